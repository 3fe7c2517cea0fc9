//! What the validator and the server said of an import's rows.

use super::stage_chunk::found;
use crate::{
    Result,
    access::Actor,
    ids::ImportId,
    import::{
        RowCounts, Visibility,
        existing::told,
        ports::ReadReports,
        report::{ReportPage, page},
    },
    roles::Permission,
};

/// The report, from a row on, and what became of the rows.
///
/// # Errors
/// [`crate::error::Missing::Import`], [`crate::Error::PermissionDenied`].
pub async fn get_import_report(
    ports: &impl ReadReports,
    actor: &Actor,
    id: &ImportId,
    from_row: u32,
) -> Result<(ReportPage, RowCounts)> {
    let import = found(ports, actor, Permission::ImportsRead, id).await?;
    let reports = ports.reports(id).await?;
    let issues = told(ports.issues(id).await?, import.visibility == Visibility::Discarded);
    Ok((page(reports, issues, from_row)?, import.counts))
}
