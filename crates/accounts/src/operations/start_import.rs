//! Starts an import: checks a sheet and runs it, or opens a staged one for more rows than a request holds.

use std::collections::{BTreeMap, BTreeSet};

use rollcall_validation::Record;

use super::stage_chunk::{Prechecked, precheck, refusal};
use crate::{
    Error, Result,
    access::Actor,
    audit::Origin,
    error::{Conflict, Invalid, Missing},
    ids::{ImportId, OrganizationId, UserId},
    import::{
        CHUNK_LIMIT, CHUNK_ROWS, Import, Mode, NewImport, OnExisting, Options, PIECE_BYTES, SELF_COMMIT_TIME,
        STAGING_TIME, ServerIssue, Severity, Upload,
        check::{self, Checked},
        credentials::{FirstPasswords, Sealing},
        existing::{Deciding, Met, foreseen, sort_out},
        ports::{
            Along, ChangeImports, Chunk, Claim, CreateImports, ImportOrganizations, KeepFailed, KeepReport, Occasion,
            PeekGuards, ReadExisting, StageRows, Staging,
        },
        profile::{Effective, effective},
        report::{ReportPage, page},
        rows::{Place, PlacedIssue, StagedRow, user_id},
    },
    roles::{Permission, Role},
    token::TokenKeys,
};
use rollcall_validation::identity::IdentityKey;

/// What the caller asks for.
#[derive(Debug, Clone)]
pub struct StartImport {
    /// Profile.
    pub profile: String,
    /// Organization, unless the profile makes technicians.
    pub organization: Option<OrganizationId>,
    /// Mode; the profile's first when absent.
    pub mode: Option<String>,
    /// Identifier or name of the role for rows without one.
    pub role: Option<String>,
    /// What happens to people who are there already.
    pub on_existing: OnExisting,
    /// Whether to invite, where the profile leaves it open.
    pub invite: Option<bool>,
    /// How people get their first credentials, by the profile's name for it; its first when absent.
    pub credentials: Option<String>,
    /// Only say what would happen.
    pub dry_run: bool,
    /// Where a dry run's report begins: large ones come in pages.
    pub from_row: u32,
    /// The hash of the effective profile that the rows were checked against.
    pub profile_hash: Option<String>,
    /// The import's identifier: the same for a request that is repeated.
    pub id: ImportId,
    /// The rows.
    pub source: Source,
}

/// Where the rows come from.
#[derive(Debug, Clone)]
pub enum Source {
    /// A sheet's bytes.
    Sheet {
        /// The bytes.
        bytes: Vec<u8>,
        /// The worksheet, of a workbook.
        sheet: Option<String>,
    },
    /// Rows as read by the validator.
    Rows(Vec<Record>),
    /// A file in pieces that follow.
    Pieces(Upload),
    /// Chunks that follow.
    Chunks {
        /// How many.
        chunks: u32,
        /// With how many rows altogether.
        total_rows: u32,
    },
}

/// What came of it.
#[derive(Debug)]
pub enum Started {
    /// The report of a dry run and what the server would find; nothing was written.
    DryRun(ReportPage),
    /// An import that runs.
    Running(Box<Import>),
    /// An import that waits for its chunks.
    Staged(Box<Import>),
}

/// Starts an import, or says what one would do.
///
/// # Errors
/// Those of [`effective`]; [`Conflict::RulesChanged`]; [`Error::ImportRefused`] when the check refuses the
/// sheet; [`Error::Unfit`] for credentials that are not offered here; [`Invalid::RoleRequired`]; [`Invalid::Parameter`] for a mode, role or size that cannot be.
pub async fn start_import(
    ports: &(
         impl ImportOrganizations
         + CreateImports
         + ChangeImports
         + StageRows
         + KeepReport
         + KeepFailed
         + PeekGuards
         + ReadExisting
     ),
    keys: &TokenKeys,
    actor: &Actor,
    request: StartImport,
    origin: &Origin,
) -> Result<Started> {
    let effective =
        effective(ports, actor, Permission::ImportsWrite, &request.profile, request.organization.as_ref()).await?;
    effective.expect_hash(request.profile_hash.as_deref())?;
    let mode = effective.mode(request.mode.as_deref())?;
    let role = role(actor, &effective, request.role.as_deref())?;
    let credentials = effective.credentials(request.credentials.as_deref())?;
    let invite = effective.invites(request.invite, credentials)?;
    let policy = effective.password_policy();
    let credentials = FirstPasswords::of(credentials, &policy);
    may_meet(actor, &effective, [request.on_existing])?;
    let new = NewImport {
        id: request.id,
        mode,
        user_kind: effective.user_kind,
        profile: effective.reference(),
        organization_id: effective.organization_id().cloned(),
        options: Options {
            role,
            on_existing: request.on_existing,
            invite: request.invite,
            credentials,
            own_rules: effective.own_rules.clone(),
        },
        invite,
        valid_hours: effective.profile.invitation().expires_after,
        role_required: effective.profile.role().required_at_commit,
        upload: None,
        chunks: 0,
        total_rows: 0,
        staging: SELF_COMMIT_TIME,
    };
    if request.dry_run && matches!(request.source, Source::Chunks { .. } | Source::Pieces(_)) {
        let detail = "send the sheet itself to a dry run".into();
        return Err(Invalid::ParameterNotSupported { name: "dry_run", detail }.into());
    }
    let checked = match request.source {
        Source::Chunks { chunks, total_rows } => {
            sizes_fit(&effective, chunks, total_rows)?;
            let new = NewImport { chunks, total_rows, staging: STAGING_TIME, ..new };
            return open(ports, new, actor, origin).await.map(|import| Started::Staged(Box::new(import)));
        }
        Source::Pieces(upload) => {
            if credentials.is_some_and(FirstPasswords::are_given) {
                // The file waits as it is; rows wait with their passwords sealed.
                let detail = "a sheet that gives passwords is sent in one request, or as rows in chunks".into();
                return Err(Invalid::ParameterNotSupported { name: "credentials", detail }.into());
            }
            pieces_fit(&effective, &upload)?;
            let new = NewImport { upload: Some(upload), staging: STAGING_TIME, ..new };
            return open(ports, new, actor, origin).await.map(|import| Started::Staged(Box::new(import)));
        }
        Source::Sheet { bytes, sheet } => check::sheet(&bytes, sheet.as_deref(), &effective.profile),
        Source::Rows(rows) => check::records(&rows, &effective.profile)?,
    };
    let Checked { report, file_refused, accepted, refused } = checked;
    let sealing = Sealing { import: &new.id, passwords: credentials, policy: &policy, keys };
    let prechecked = precheck(ports, actor, &effective, &sealing, accepted).await?;
    let without_role = without_role(ports, &Terms::of(&new), &prechecked.rows).await?;
    if request.dry_run {
        let mut issues = prechecked.issues;
        issues.extend(without_role.iter().map(|row| role_required(*row)));
        let deciding = Deciding {
            actor: Some(actor),
            book: &effective.roles,
            kind: new.user_kind,
            valid_hours: new.valid_hours,
            now: origin.now,
        };
        issues.extend(peeked(ports, &new, &deciding, &prechecked.rows).await?);
        return page(vec![report], issues, Vec::new(), request.from_row).map(Started::DryRun);
    }
    let intake = Intake::of(mode, report, file_refused, refused, prechecked, without_role)?;
    let chunks = intake.rows.div_ceil(CHUNK_ROWS as u32);
    let new = NewImport { chunks, total_rows: intake.rows + intake.refused, ..new };
    let mut import = open(ports, new, actor, origin).await?;
    intake.run(ports, &mut import, actor, origin).await?;
    Ok(Started::Running(Box::new(import)))
}

/// A whole sheet that was checked and is taken in.
pub(super) struct Intake {
    report: String,
    prechecked: Prechecked,
    without_role: Vec<u32>,
    rows: u32,
    refused: u32,
}

impl Intake {
    /// What of a checked sheet is imported.
    ///
    /// # Errors
    /// [`Error::ImportRefused`] when that is nothing; [`Invalid::RoleRequired`].
    pub(super) fn of(
        mode: Mode,
        report: String,
        file_refused: bool,
        refused: u32,
        prechecked: Prechecked,
        without_role: Vec<u32>,
    ) -> Result<Self> {
        let nothing_left = prechecked.rows.is_empty();
        let some_refused = refused > 0 || !prechecked.issues.is_empty();
        if file_refused || nothing_left || (mode == Mode::Atomic && some_refused) {
            return Err(refusal(report, &prechecked.issues));
        }
        if mode == Mode::Atomic && !without_role.is_empty() {
            return Err(Invalid::RoleRequired(without_role).into());
        }
        let count = |number: usize| u32::try_from(number).map_err(Error::internal);
        let (rows, failed) = (count(prechecked.rows.len())?, count(prechecked.failed.len())?);
        Ok(Self { report, prechecked, without_role, rows, refused: refused + failed })
    }

    /// Stages its rows and starts the run, unless the same request did before.
    pub(super) async fn run(
        self,
        ports: &(impl ChangeImports + StageRows + KeepReport + KeepFailed),
        import: &mut Import,
        actor: &Actor,
        origin: &Origin,
    ) -> Result<()> {
        if !import.is_staged() {
            return Ok(());
        }
        stage_all(ports, import, &self.report, self.prechecked, &self.without_role).await?;
        commit(ports, import, actor, origin, self.rows, self.refused).await
    }
}

fn pieces_fit(effective: &Effective, upload: &Upload) -> Result<()> {
    let limit = effective.profile.byte_limit();
    if upload.bytes > limit {
        return Err(Invalid::BodyTooLarge { limit: usize::try_from(limit).unwrap_or(usize::MAX) }.into());
    }
    if upload.bytes == 0 {
        return Err(Invalid::Parameter { name: "source_bytes", expected: format!("from 1 to {limit}") }.into());
    }
    let fewest = upload.bytes.div_ceil(PIECE_BYTES);
    if !(fewest..=fewest.max(u64::from(CHUNK_LIMIT)).min(upload.bytes)).contains(&u64::from(upload.pieces)) {
        let expected = format!("at least {fewest} of at most 4 MiB each, and at most {CHUNK_LIMIT}");
        return Err(Invalid::Parameter { name: "source_pieces", expected }.into());
    }
    Ok(())
}

/// The role asked for, by identifier; only one that gives nobody more than the actor has.
fn role(actor: &Actor, effective: &Effective, wanted: Option<&str>) -> Result<Option<String>> {
    let Some(wanted) = wanted else {
        return Ok(None);
    };
    let role = effective.roles.find_assignable(effective.user_kind, wanted);
    let role = role.filter(|role| effective.offers_role(role.id())).ok_or_else(|| Invalid::Parameter {
        name: "role",
        expected: "the identifier or name of a role that such users can have".into(),
    })?;
    grantable(actor, role)?;
    Ok(Some(role.id().to_owned()))
}

/// Nobody gives a permission away that they do not hold.
pub(super) fn grantable(actor: &Actor, role: Role<'_>) -> Result<()> {
    match role.permissions().iter().find(|permission| !actor.may(**permission)) {
        Some(missing) => Err(Error::PermissionDenied(missing.name())),
        None => Ok(()),
    }
}

fn sizes_fit(effective: &Effective, chunks: u32, total_rows: u32) -> Result<()> {
    let limit = effective.profile.row_limit();
    if !(1..=limit).contains(&total_rows) {
        return Err(Invalid::Parameter { name: "total_rows", expected: format!("from 1 to {limit}") }.into());
    }
    let fewest = total_rows.div_ceil(CHUNK_ROWS as u32);
    if !(fewest..=CHUNK_LIMIT).contains(&chunks) || chunks > total_rows {
        return Err(Invalid::Parameter {
            name: "chunks",
            expected: format!(
                "from {fewest} to {} for {total_rows} rows of at most {CHUNK_ROWS} a chunk",
                CHUNK_LIMIT.min(total_rows)
            ),
        }
        .into());
    }
    Ok(())
}

/// A new head, or the one that the same request made before.
async fn open(ports: &impl CreateImports, new: NewImport, actor: &Actor, origin: &Origin) -> Result<Import> {
    let import = Import::staged(new, origin, actor.id().clone());
    let event = origin.event(
        "import.created",
        import.organization_id.as_ref(),
        import.id.as_str(),
        serde_json::Value::Null,
        serde_json::json!({"profile": import.profile, "mode": import.mode, "rows": import.total_rows}),
    );
    if ports.create_import(&import, &event).await? {
        return Ok(import);
    }
    ports.import(&import.id).await?.ok_or(Error::NotFound(Missing::Import))
}

async fn stage_all(
    ports: &(impl StageRows + KeepReport + KeepFailed),
    import: &Import,
    report: &str,
    prechecked: Prechecked,
    without_role: &[u32],
) -> Result<()> {
    ports.keep_report(&import.id, report, &prechecked.issues).await?;
    ports.keep_failed(&import.id, 0, Occasion::Staging, &prechecked.failed).await?;
    for (number, rows) in (0_u32..).zip(prechecked.rows.chunks(CHUNK_ROWS)) {
        let chunk = Chunk {
            number,
            digest: digest(rows)?,
            rows: rows.to_vec(),
            // Counted when the import is committed; the one report names them.
            refused: 0,
            without_role: rows.iter().map(|row| row.row).filter(|row| without_role.contains(row)).collect(),
            report: None,
            issues: Vec::new(),
        };
        match ports.stage(&import.id, &chunk).await? {
            Staging::Stored | Staging::Same => {}
            Staging::Differs => return Err(Conflict::RulesChanged.into()),
            Staging::Closed => return Ok(()),
        }
    }
    Ok(())
}

/// What identifies the rows of a chunk.
pub(super) fn digest(rows: &(impl serde::Serialize + ?Sized)) -> Result<String> {
    let text = serde_json::to_string(rows).map_err(Error::internal)?;
    Ok(crate::access::secret_hash(&text))
}

/// Starts the run, unless the same request did before.
pub(super) async fn commit(
    ports: &impl ChangeImports,
    import: &mut Import,
    actor: &Actor,
    origin: &Origin,
    accepted: u32,
    refused: u32,
) -> Result<()> {
    loop {
        if !import.is_staged() {
            // Committed by the same request, repeated; or withdrawn meanwhile, which its status says.
            return Ok(());
        }
        import.commit(accepted, refused, origin.now)?;
        let event = origin.event(
            "import.started",
            import.organization_id.as_ref(),
            import.id.as_str(),
            serde_json::Value::Null,
            serde_json::json!({"rows": import.counts.rows, "by": actor.id()}),
        );
        let along = Along { tick: true, event: Some(event), ..Along::default() };
        if ports.save_import(import, &along).await? {
            return Ok(());
        }
        *import = ports.import(&import.id).await?.ok_or(Error::NotFound(Missing::Import))?;
    }
}

/// What decides whether rows need a role.
pub(super) struct Terms<'a> {
    id: &'a ImportId,
    organization: Option<&'a OrganizationId>,
    options: &'a Options,
    role_required: bool,
}

impl<'a> Terms<'a> {
    fn of(new: &'a NewImport) -> Self {
        Self {
            id: &new.id,
            organization: new.organization_id.as_ref(),
            options: &new.options,
            role_required: new.role_required,
        }
    }

    /// Those of an import that is there.
    pub(super) fn of_import(import: &'a Import) -> Self {
        Self {
            id: &import.id,
            organization: import.organization_id.as_ref(),
            options: &import.options,
            role_required: import.role_required,
        }
    }
}

/// The numbers of the rows that are refused for want of a role: a person who is there already keeps theirs.
pub(super) async fn without_role(ports: &impl PeekGuards, terms: &Terms<'_>, rows: &[StagedRow]) -> Result<Vec<u32>> {
    if !terms.role_required || terms.options.role.is_some() {
        return Ok(Vec::new());
    }
    let lacking: Vec<&StagedRow> = rows.iter().filter(|row| !row.has_role()).collect();
    let may_be_there = |row: &StagedRow| row.on_existing.unwrap_or(terms.options.on_existing) != OnExisting::Refuse;
    let claims: Vec<Claim> = (0_u32..)
        .zip(&lacking)
        .filter(|(_, row)| may_be_there(row))
        .flat_map(|(index, row)| claims_of(terms.id, Place { chunk: 0, index }, row))
        .collect();
    let mut there = BTreeSet::new();
    if !claims.is_empty() {
        let held = ports.peek(terms.organization, &claims).await?;
        there.extend(sort_out(&claims, &held).1.into_iter().map(|met| met.place.index));
    }
    Ok((0_u32..).zip(lacking).filter(|(index, _)| !there.contains(index)).map(|(_, row)| row.row).collect())
}

/// Whoever may import may do to people who are there only what they may do to them one by one.
pub(super) fn may_meet(
    actor: &Actor,
    effective: &Effective,
    wishes: impl IntoIterator<Item = OnExisting>,
) -> Result<()> {
    let mut permissions = wishes.into_iter().filter_map(OnExisting::permission);
    permissions.try_for_each(|permission| actor.require_in(permission, effective.organization_id()))
}

fn role_required(row: u32) -> ServerIssue {
    ServerIssue { row, field: "role".into(), code: "role_required".into(), severity: Severity::Error, other_row: None }
}

/// What the guards would say, and what would become of people who are there.
async fn peeked(
    ports: &(impl PeekGuards + ReadExisting),
    new: &NewImport,
    deciding: &Deciding<'_>,
    rows: &[StagedRow],
) -> Result<Vec<ServerIssue>> {
    let claims: Vec<Claim> =
        (0_u32..).zip(rows).flat_map(|(index, row)| claims_of(&new.id, Place { chunk: 0, index }, row)).collect();
    let held = ports.peek(new.organization_id.as_ref(), &claims).await?;
    let (mut issues, people) = sort_out(&claims, &held);
    let row_of = |met: &Met| rows.get(usize::try_from(met.place.index).ok()?);
    let wishes =
        people.iter().filter_map(|met| Some((met, row_of(met)?.on_existing.unwrap_or(new.options.on_existing))));
    let looked_at: Vec<UserId> =
        wishes.filter(|(_, wish)| wish.permission().is_some()).map(|(met, _)| met.person.clone()).collect();
    let read = ports.existing_people(&looked_at).await?.into_iter().collect();
    let (people, twice) = once_each(people);
    issues.extend(twice);
    issues.extend(foreseen(deciding, new.options.on_existing, &people, &read, |met| row_of(met).cloned()));
    Ok(issues.into_iter().map(|placed| placed.issue).collect())
}

/// Each person's one row; of several rows that mean the same person none counts.
pub(super) fn once_each(people: Vec<Met>) -> (Vec<Met>, Vec<PlacedIssue>) {
    let mut rows: BTreeMap<UserId, Vec<Met>> = BTreeMap::new();
    for met in people {
        rows.entry(met.person.clone()).or_default().push(met);
    }
    let (mut once, mut twice) = (Vec::new(), Vec::new());
    for mut met in rows.into_values() {
        match met.as_slice() {
            [first, second, ..] => {
                let others = std::iter::once(second.row).chain(std::iter::repeat(first.row));
                twice.extend(met.iter().zip(others).map(|(met, other)| same_person(met, other)));
            }
            _ => once.append(&mut met),
        }
    }
    once.sort_by_key(|met| met.place);
    (once, twice)
}

/// That another row means the same person.
pub(super) fn same_person(met: &Met, other_row: u32) -> PlacedIssue {
    let mut issue = PlacedIssue::error(met.place, met.row, "email", "duplicate_in_import");
    issue.issue.other_row = Some(other_row);
    issue
}

/// The sign-in names that a row wants.
pub(super) fn claims_of(import: &ImportId, place: Place, row: &StagedRow) -> Vec<Claim> {
    let email = IdentityKey::from_email(row.text("email"));
    let username = Some(row.text("username"))
        .filter(|name| !name.is_empty())
        .map(IdentityKey::from_username)
        .filter(|name| *name != email);
    let claim = |identity, field| Claim { identity, user_id: user_id(import, place), place, row: row.row, field };
    let mut claims = vec![claim(email, "email")];
    claims.extend(username.map(|name| claim(name, "username")));
    claims
}
