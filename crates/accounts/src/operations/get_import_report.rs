//! What the validator and the server said of an import's rows.

use rollcall_validation::Profile;

use super::stage_chunk::found;
use crate::{
    Error, Result,
    access::Actor,
    error::Missing,
    ids::ImportId,
    import::{
        RowCounts, Undo, Visibility,
        existing::told,
        failed::{FailedRows, failed_rows},
        ports::{ImportOrganizations, ReadReports},
        profile::effective,
        report::{ANSWER_LIMIT, ReportPage, page},
    },
    roles::Permission,
};

/// What is told of an import.
#[derive(Debug)]
pub struct Told {
    /// Of its rows, a page.
    pub page: ReportPage,
    /// What became of them.
    pub counts: RowCounts,
    /// How far it was undone, if it is or is being.
    pub undo: Option<Undo>,
}

/// The report, from a row on, and what became of the rows.
///
/// # Errors
/// [`crate::error::Missing::Import`], [`crate::Error::PermissionDenied`].
pub async fn get_import_report(ports: &impl ReadReports, actor: &Actor, id: &ImportId, from_row: u32) -> Result<Told> {
    let import = found(ports, actor, Permission::ImportsRead, id).await?;
    let reports = ports.reports(id).await?;
    let issues = told(ports.issues(id).await?, import.visibility == Visibility::Discarded);
    let stayed = if import.undo.is_some() { ports.stayed(id).await? } else { Vec::new() };
    Ok(Told { page: page(reports, issues, stayed, from_row)?, counts: import.counts, undo: import.undo })
}

/// The rows that failed, from a row on, to be repaired and sent again.
///
/// # Errors
/// As [`get_import_report`].
pub async fn get_failed_rows(
    ports: &(impl ReadReports + ImportOrganizations),
    actor: &Actor,
    id: &ImportId,
    from_row: u32,
) -> Result<FailedRows> {
    let import = found(ports, actor, Permission::ImportsRead, id).await?;
    let organization = import.organization_id.as_ref();
    let profile = match effective(ports, actor, Permission::ImportsRead, &import.profile.id, organization).await {
        Ok(effective) => effective.profile,
        // A custom one that was deleted since, or does not fit its base any more: the widest has every column.
        Err(Error::NotFound(Missing::Profile) | Error::Unfit(_)) => {
            Profile::built_in("modern").ok_or(Missing::Profile)?
        }
        Err(error) => return Err(error),
    };
    let issues = told(ports.issues(id).await?, import.visibility == Visibility::Discarded);
    let (reports, failed) = (ports.reports(id).await?, ports.failed_rows(id).await?);
    failed_rows(&profile, &reports, &failed, &issues, from_row, ANSWER_LIMIT)
}
