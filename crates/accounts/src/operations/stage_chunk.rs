//! Takes one chunk of rows of a staged import. The same chunk again is the same answer.

use std::collections::{BTreeMap, BTreeSet};

use rollcall_validation::Record;

use super::start_import::{Terms, digest, grantable, may_meet, without_role};
use crate::{
    Error, Result,
    access::Actor,
    error::{Conflict, ImportRefused, Invalid, Missing},
    ids::{ImportId, OrganizationId},
    import::{
        CHUNK_ROWS, Import, Mode, ServerIssue, Severity,
        check::{self, Checked},
        credentials::Sealing,
        failed::FailedRow,
        ports::{Chunk, ImportOrganizations, KeepFailed, Occasion, PeekGuards, ReadImports, StageRows, Staging},
        profile::{Effective, effective},
        report::page,
        rows::{Given, StagedRow},
    },
    roles::Permission,
    token::TokenKeys,
};

/// A chunk as it came in.
#[derive(Debug, Clone)]
pub struct StageChunk {
    /// Its number, from 0.
    pub number: u32,
    /// The rows.
    pub rows: Vec<Record>,
    /// The hash of the effective profile that they were checked against.
    pub profile_hash: Option<String>,
}

/// Stores a chunk; says how many rows it holds.
///
/// # Errors
/// [`Missing::Import`]; [`Conflict::ImportOfSomebodyElse`]; [`Conflict::ImportNotStaged`]; [`Conflict::ImportStagedOtherwise`]; [`Conflict::ChunkDiffers`];
/// [`Conflict::RulesChanged`]; [`Error::ImportRefused`] when the check refuses a row of an atomic import;
/// [`Invalid::Parameter`] for a number or size that cannot be.
pub async fn stage_chunk(
    ports: &(impl ImportOrganizations + StageRows + KeepFailed + PeekGuards),
    keys: &TokenKeys,
    actor: &Actor,
    id: &ImportId,
    request: StageChunk,
) -> Result<u32> {
    let import = own(ports, actor, id).await?;
    if import.upload.is_some() {
        return Err(Conflict::ImportStagedOtherwise.into());
    }
    if request.number >= import.chunks {
        return Err(Invalid::Parameter {
            name: "n",
            expected: format!("a chunk's number from 0 to {}", import.chunks - 1),
        }
        .into());
    }
    let sent = request.rows.len();
    if !(1..=CHUNK_ROWS).contains(&sent) {
        return Err(Invalid::Body(format!("a chunk has 1 to {CHUNK_ROWS} rows")).into());
    }
    if !import.is_staged() {
        return Err(Conflict::ImportNotStaged.into());
    }
    let effective = same_rules(ports, actor, &import).await?;
    effective.expect_hash(request.profile_hash.as_deref())?;
    let Checked { report, file_refused, accepted, refused } = check::records(&request.rows, &effective.profile)?;
    let policy = effective.password_policy();
    let sealing = Sealing { import: id, passwords: import.options.credentials, policy: &policy, keys };
    let prechecked = precheck(ports, actor, &effective, &sealing, accepted).await?;
    let some_refused = refused > 0 || !prechecked.issues.is_empty();
    if file_refused || (import.mode == Mode::Atomic && some_refused) {
        return Err(refusal(report, &prechecked.issues));
    }
    let chunk = Chunk {
        number: request.number,
        digest: digest(&sealing.without_passwords(&request.rows))?,
        without_role: without_role(ports, &Terms::of_import(&import), &prechecked.rows).await?,
        rows: prechecked.rows,
        refused: refused + u32::try_from(prechecked.failed.len()).map_err(Error::internal)?,
        report: Some(report),
        issues: prechecked.issues,
    };
    match ports.stage(id, &chunk).await? {
        Staging::Stored | Staging::Same => {
            ports.keep_failed(id, request.number, Occasion::Staging, &prechecked.failed).await?;
            Ok(u32::try_from(sent).map_err(Error::internal)?)
        }
        Staging::Differs => Err(Conflict::ChunkDiffers.into()),
        Staging::Closed => Err(Conflict::ImportNotStaged.into()),
    }
}

/// The import, if the actor announced it and may still import; another tenant's is not there.
///
/// Its options were allowed to who announced it, and it changes people with their rights: nobody else's rows come into it.
///
/// # Errors
/// [`Missing::Import`], [`Error::PermissionDenied`], [`Conflict::ImportOfSomebodyElse`].
pub(super) async fn own(ports: &impl ReadImports, actor: &Actor, id: &ImportId) -> Result<Import> {
    let import = found(ports, actor, Permission::ImportsWrite, id).await?;
    if import.created_by == *actor.id() { Ok(import) } else { Err(Conflict::ImportOfSomebodyElse.into()) }
}

/// The import, if the actor holds the permission where it belongs.
///
/// # Errors
/// [`Missing::Import`], [`Error::PermissionDenied`].
pub(super) async fn found(
    ports: &impl ReadImports,
    actor: &Actor,
    permission: Permission,
    id: &ImportId,
) -> Result<Import> {
    actor.require(permission)?;
    let import = ports.import(id).await?;
    import
        .filter(|import| actor.require_in(permission, import.organization_id.as_ref()).is_ok())
        .ok_or(Error::NotFound(Missing::Import))
}

/// The effective profile, if it is still the one that the import began with.
///
/// # Errors
/// [`Conflict::RulesChanged`] and those of [`effective`].
pub(super) async fn same_rules(ports: &impl ImportOrganizations, actor: &Actor, import: &Import) -> Result<Effective> {
    let effective =
        effective(ports, actor, Permission::ImportsWrite, &import.profile.id, import.organization_id.as_ref()).await?;
    effective.expect_hash(Some(&import.profile.hash))?;
    Ok(effective)
}

/// A refusal by validator and server together.
pub(super) fn refusal(report: String, issues: &[ServerIssue]) -> Error {
    match page(vec![report], issues.to_vec(), Vec::new(), 0) {
        Ok(page) => Error::ImportRefused(Box::new(ImportRefused { page })),
        Err(error) => error,
    }
}

/// Rows that the validator accepted, less those that the server knows better about.
#[derive(Debug)]
pub(super) struct Prechecked {
    pub(super) rows: Vec<StagedRow>,
    pub(super) issues: Vec<ServerIssue>,
    /// The rows that they are about.
    pub(super) failed: Vec<FailedRow>,
}

/// What only the server knows and needs no guard: roles that the actor may give, organizations that a
/// technician is limited to, passwords that may be given, and whom and what names and values of properties stand for.
///
/// # Errors
/// [`Error::PermissionDenied`] when a row wants something done to people that the actor may not do.
pub(super) async fn precheck(
    ports: &impl ImportOrganizations,
    actor: &Actor,
    effective: &Effective,
    sealing: &Sealing<'_>,
    rows: Vec<StagedRow>,
) -> Result<Prechecked> {
    may_meet(actor, effective, rows.iter().filter_map(|row| row.on_existing))?;
    let names: BTreeSet<String> = rows.iter().flat_map(|row| row.list("organizations")).cloned().collect();
    let names: Vec<String> = names.into_iter().collect();
    let organizations: BTreeMap<String, OrganizationId> = if names.is_empty() {
        BTreeMap::new()
    } else {
        let found = ports.organizations_named(&names).await?;
        found.into_iter().filter(|(_, id)| actor.user.scope.contains(id)).collect()
    };
    let mut good = Vec::with_capacity(rows.len());
    let mut issues = Vec::new();
    let mut failed = Vec::new();
    for mut row in rows {
        let number = row.row;
        let issue = |field: &str, code: &str| ServerIssue {
            row: number,
            field: field.to_owned(),
            code: code.to_owned(),
            severity: Severity::Error,
            other_row: None,
        };
        let before = issues.len();
        if let Err(code) = sealing.settle(&mut row) {
            issues.push(issue("password", &code));
        }
        let given =
            row.list("role").iter().filter_map(|name| effective.roles.find_assignable(effective.user_kind, name));
        if given.clone().any(|role| grantable(actor, role).is_err()) {
            issues.push(issue("role", "role_not_grantable"));
        }
        match Given::resolve(&row, effective.user_kind, &effective.roles, &effective.catalog) {
            Ok(given) => row.given = given,
            Err(problems) => issues.extend(problems.into_iter().map(|(field, code)| issue(field, code))),
        }
        let scope: Option<Vec<OrganizationId>> =
            row.list("organizations").iter().map(|name| organizations.get(name).cloned()).collect();
        match scope {
            None => issues.push(issue("organizations", "organization_not_found")),
            Some(scope) => row.scope = scope,
        }
        if issues.len() == before {
            good.push(row);
        } else {
            failed.push(FailedRow::of(&row));
        }
    }
    Ok(Prechecked { rows: good, issues, failed })
}
