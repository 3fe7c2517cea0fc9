//! What the validator and the server said of an import's rows.

use super::stage_chunk::found;
use crate::{
    Result,
    access::Actor,
    ids::ImportId,
    import::{
        RowCounts, Undo, Visibility,
        existing::told,
        ports::ReadReports,
        report::{ReportPage, page},
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
