//! Starts an import: checks a sheet and runs it, or opens a staged one for more rows than a request holds.

use rollcall_validation::Record;

use super::stage_chunk::{Prechecked, precheck, refusal};
use crate::{
    Error, Result,
    access::Actor,
    audit::Origin,
    error::{Conflict, Invalid, Missing},
    ids::{ImportId, OrganizationId},
    import::{
        CHUNK_LIMIT, CHUNK_ROWS, Import, Mode, NewImport, OnExisting, Options, SELF_COMMIT_TIME, STAGING_TIME,
        ServerIssue, Severity,
        check::{self, Checked},
        ports::{
            Along, ChangeImports, Chunk, Claim, CreateImports, Held, ImportOrganizations, KeepReport, PeekGuards,
            StageRows, Staging,
        },
        profile::{Effective, effective},
        report::{ReportPage, page},
        rows::{Place, StagedRow, user_id},
    },
    roles::{Permission, Role},
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
    Sheet(Vec<u8>),
    /// Rows as read by the validator.
    Rows(Vec<Record>),
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
/// sheet; [`Invalid::RoleRequired`]; [`Invalid::Parameter`] for a mode, role or size that cannot be.
pub async fn start_import(
    ports: &(impl ImportOrganizations + CreateImports + ChangeImports + StageRows + KeepReport + PeekGuards),
    actor: &Actor,
    request: StartImport,
    origin: &Origin,
) -> Result<Started> {
    let effective =
        effective(ports, actor, Permission::ImportsWrite, &request.profile, request.organization.as_ref()).await?;
    effective.expect_hash(request.profile_hash.as_deref())?;
    let mode = effective.mode(request.mode.as_deref())?;
    let role = role(actor, &effective, request.role.as_deref())?;
    let invite = effective.invites(request.invite)?;
    let new = NewImport {
        id: request.id,
        mode,
        user_kind: effective.user_kind,
        profile: effective.reference(),
        organization_id: effective.organization_id().cloned(),
        options: Options { role, on_existing: request.on_existing, invite: request.invite },
        invite,
        valid_hours: effective.profile.invitation().expires_after,
        role_required: effective.profile.role().required_at_commit,
        chunks: 0,
        total_rows: 0,
        staging: SELF_COMMIT_TIME,
    };
    let checked = match request.source {
        Source::Chunks { chunks, total_rows } => {
            if request.dry_run {
                return Err(Invalid::ParameterNotSupported {
                    name: "dry_run",
                    detail: "send the sheet itself to a dry run".into(),
                }
                .into());
            }
            sizes_fit(&effective, chunks, total_rows)?;
            let new = NewImport { chunks, total_rows, staging: STAGING_TIME, ..new };
            return open(ports, new, actor, origin).await.map(|import| Started::Staged(Box::new(import)));
        }
        Source::Sheet(bytes) => check::sheet(&bytes, &effective.profile),
        Source::Rows(rows) => check::records(&rows, &effective.profile),
    };
    let Checked { report, file_refused, accepted, refused } = checked;
    let prechecked = precheck(ports, actor, &effective, accepted).await?;
    let without_role = new.without_role(&prechecked.rows);
    if request.dry_run {
        let mut issues = prechecked.issues;
        issues.extend(without_role.iter().map(|row| role_required(*row)));
        issues.extend(peeked(ports, &new, &prechecked.rows).await?);
        return page(vec![report], issues, request.from_row).map(Started::DryRun);
    }
    let nothing_left = prechecked.rows.is_empty();
    let some_refused = refused > 0 || !prechecked.issues.is_empty();
    if file_refused || nothing_left || (mode == Mode::Atomic && some_refused) {
        return Err(refusal(report, &prechecked.issues));
    }
    if mode == Mode::Atomic && !without_role.is_empty() {
        return Err(Invalid::RoleRequired(without_role).into());
    }
    let rows = u32::try_from(prechecked.rows.len()).map_err(Error::internal)?;
    let refused = refused + prechecked.refused;
    let new = NewImport { chunks: rows.div_ceil(CHUNK_ROWS as u32), total_rows: rows + refused, ..new };
    let mut import = open(ports, new, actor, origin).await?;
    if import.is_staged() {
        stage_all(ports, &import, &report, prechecked).await?;
        commit(ports, &mut import, actor, origin, rows, refused).await?;
    }
    Ok(Started::Running(Box::new(import)))
}

/// The role asked for, by identifier; only one that gives nobody more than the actor has.
fn role(actor: &Actor, effective: &Effective, wanted: Option<&str>) -> Result<Option<String>> {
    let Some(wanted) = wanted else {
        return Ok(None);
    };
    let role = effective.roles.find_assignable(effective.user_kind, wanted).ok_or_else(|| Invalid::Parameter {
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
    ports: &(impl StageRows + KeepReport),
    import: &Import,
    report: &str,
    prechecked: Prechecked,
) -> Result<()> {
    ports.keep_report(&import.id, report).await?;
    for (number, rows) in (0_u32..).zip(prechecked.rows.chunks(CHUNK_ROWS)) {
        let chunk = Chunk {
            number,
            digest: digest(rows)?,
            rows: rows.to_vec(),
            // Counted when the import is committed; the one report names them.
            refused: 0,
            without_role: import.rows_without_role(rows),
            report: None,
            issues: if number == 0 { prechecked.issues.clone() } else { Vec::new() },
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

impl NewImport {
    /// The numbers of the rows that would be refused for want of a role.
    fn without_role(&self, rows: &[StagedRow]) -> Vec<u32> {
        without_role(self.role_required, &self.options, rows)
    }
}

impl Import {
    /// The numbers of the rows that are refused for want of a role.
    #[must_use]
    pub fn rows_without_role(&self, rows: &[StagedRow]) -> Vec<u32> {
        without_role(self.role_required, &self.options, rows)
    }
}

fn without_role(required: bool, options: &Options, rows: &[StagedRow]) -> Vec<u32> {
    if !required || options.role.is_some() {
        return Vec::new();
    }
    rows.iter().filter(|row| !row.has_role()).map(|row| row.row).collect()
}

fn role_required(row: u32) -> ServerIssue {
    ServerIssue { row, field: "role".into(), code: "role_required".into(), severity: Severity::Error, other_row: None }
}

/// What the guards would say.
async fn peeked(ports: &impl PeekGuards, new: &NewImport, rows: &[StagedRow]) -> Result<Vec<ServerIssue>> {
    let claims: Vec<Claim> =
        (0_u32..).zip(rows).flat_map(|(index, row)| claims_of(&new.id, Place { chunk: 0, index }, row)).collect();
    let held = ports.peek(new.organization_id.as_ref(), &claims).await?;
    Ok(claims.iter().zip(held).filter_map(|(claim, held)| issue_of(claim, &held, new.options.on_existing)).collect())
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

/// What a claim's answer means for its row.
pub(super) fn issue_of(claim: &Claim, held: &Held, on_existing: OnExisting) -> Option<ServerIssue> {
    let username = claim.field == "username";
    let (code, severity, other_row) = match held {
        Held::Ours => return None,
        Held::SameImport { row, .. } => ("duplicate_in_import", Severity::Error, Some(*row)),
        Held::Reserved if username => ("username_reserved", Severity::Error, None),
        Held::Reserved => ("email_reserved", Severity::Error, None),
        Held::Taken { same_scope: true } if on_existing == OnExisting::Skip && !username => {
            ("already_exists", Severity::Skipped, None)
        }
        Held::Taken { .. } if username => ("username_taken", Severity::Error, None),
        Held::Taken { .. } => ("email_taken", Severity::Error, None),
    };
    Some(ServerIssue { row: claim.row, field: claim.field.to_owned(), code: code.to_owned(), severity, other_row })
}
