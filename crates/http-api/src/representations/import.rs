//! The Import resource, its report, and what an import is sent as.

use rollcall_accounts::{
    Timestamp,
    error::Error,
    import::{Import, ServerIssue, custom::CustomProfile, report::ReportPage},
    operations::get_import_report::Told,
    time::iso,
};
use rollcall_validation::Record;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An import.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportResponse {
    /// Identifier.
    pub id: String,
    /// `staged`, `checking`, `running`, `committed`, `finished`, `rejected`, `cancelled`, `undoing` or `undone`.
    pub status: &'static str,
    /// `pending`, `committed` (its users count, since one instant) or `discarded`.
    pub visibility: &'static str,
    /// `atomic` or `partial`.
    pub mode: &'static str,
    /// The effective profile that the rows were checked against.
    pub profile: ProfileRefResponse,
    /// The organization; null for technicians.
    pub organization_id: Option<String>,
    /// Rows that were sent or announced.
    pub total_rows: u32,
    /// What became of the rows.
    pub counts: ImportCountsResponse,
    /// What the caller chose.
    pub options: ImportOptionsResponse,
    /// How far it is.
    pub progress: ImportProgressResponse,
    /// Who made it.
    pub created_by: String,
    /// Why it ended otherwise than wished.
    pub problem: Option<ImportProblemResponse>,
    /// Until when a staged import may be committed, ISO 8601 UTC.
    pub commit_deadline: Option<String>,
    /// What of a staged import has arrived; only where one import is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub staged: Option<StagedPart>,
    /// Until when it can be undone, ISO 8601 UTC; null where it cannot.
    pub undo_deadline: Option<String>,
    /// When it was made, ISO 8601 UTC.
    pub created_at: String,
    /// When its users became visible, ISO 8601 UTC.
    pub committed_at: Option<String>,
    /// When nothing was left to do, ISO 8601 UTC.
    pub finished_at: Option<String>,
    /// Where its report is.
    pub report_url: String,
    /// Goes up with every change.
    pub version: u64,
}

/// What of a staged import has arrived.
#[derive(Debug, Serialize, ToSchema)]
pub struct StagedPart {
    /// How many chunks were announced; none of a file in pieces.
    pub chunks: u32,
    /// In how many pieces a file was announced; none where chunks were.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_pieces: Option<u32>,
    /// The numbers of the chunks or pieces that have not arrived.
    pub missing: Vec<u32>,
}

/// An effective profile by name.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProfileRefResponse {
    /// Identifier.
    pub id: String,
    /// Version.
    pub version: u32,
    /// Hash of the effective profile.
    pub hash: String,
}

/// A custom profile.
#[derive(Debug, Serialize, ToSchema)]
pub struct CustomProfileResponse {
    /// Identifier.
    pub id: String,
    /// For a person.
    pub name: String,
    /// The built-in profile that it is made from.
    pub base: String,
    /// The organization whose it is; null: every organization's.
    pub organization_id: Option<String>,
    /// Goes up with every change; older ones are kept.
    pub version: u32,
    /// Who wrote this version.
    pub written_by: String,
    /// When, ISO 8601 UTC.
    pub written_at: String,
}

impl From<&CustomProfile> for CustomProfileResponse {
    fn from(custom: &CustomProfile) -> Self {
        Self {
            id: custom.id.to_string(),
            name: custom.definition.title().to_owned(),
            base: custom.definition.base().to_owned(),
            organization_id: custom.organization_id.as_ref().map(ToString::to_string),
            version: custom.version,
            written_by: custom.written_by.to_string(),
            written_at: iso(custom.written_at),
        }
    }
}

/// What a custom profile says: its base, and what is otherwise there. What is absent is as in the base; nothing may be
/// weaker. What a built-in profile says is read at its `definition`.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes for the description of the API what the validator reads")]
pub struct ProfileDefinition {
    /// Identifier of a built-in profile.
    base: String,
    /// For a person, 1 to 150 characters; unique among the profiles of the organization.
    title: String,
    /// Of a base that makes any kind of user: `technician`, `end_user` or `member`.
    kind: Option<String>,
    /// The columns that are kept, in their order: `field`, and `title`, `titles`, `required`, `default`, `rule` where
    /// they are otherwise.
    columns: Option<Vec<serde_json::Map<String, serde_json::Value>>>,
    /// `rows` and `bytes`, at most as in the base.
    limits: Option<serde_json::Map<String, serde_json::Value>>,
    /// Of those of the base; the first is the default.
    modes: Option<Vec<String>>,
    /// `policy` where the base leaves it open; `expires_after_hours`, at most as in the base.
    invitation: Option<serde_json::Map<String, serde_json::Value>>,
    /// `required`, or `as_organization` where the base has it.
    mfa: Option<String>,
    /// Whether people without a phone number are asked for one.
    phone_at_acceptance: Option<bool>,
    /// `required_at_commit`, `multiple`.
    role: Option<serde_json::Map<String, serde_json::Value>>,
    /// Of those of the base; the first is the default.
    credentials: Option<Vec<String>>,
    /// By list (`roles`, `groups`, `sites`, …) the identifiers of the entries that rows may name.
    lists: Option<std::collections::BTreeMap<String, Vec<String>>>,
}

/// What became of the rows.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportCountsResponse {
    /// All of them.
    pub rows: u32,
    /// Users made.
    pub imported: u32,
    /// People who were there already and were changed, invited again or added to groups.
    pub updated: u32,
    /// Left out: there already.
    pub skipped: u32,
    /// Refused.
    pub failed: u32,
}

/// What the caller chose.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportOptionsResponse {
    /// Identifier of the role for rows without one.
    pub role: Option<String>,
    /// `refuse`, `skip`, `update`, `invite` or `add_to_group`.
    pub on_existing: &'static str,
    /// Whether to invite, where the profile leaves it open.
    pub invite: Option<bool>,
    /// How people get first passwords: `generate_and_mail`, `specify_and_mail` or `specify_only`; null: they get none.
    pub credentials: Option<&'static str>,
}

/// How far an import is.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportProgressResponse {
    /// `staging`, `reserving`, `writing`, `finishing`, `cleaning`, `rolling_back`, `undoing` or `done`.
    pub phase: &'static str,
    /// Rows that the phase has done.
    pub done: u32,
    /// Rows.
    pub total: u32,
}

/// Why an import ended otherwise than wished.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportProblemResponse {
    /// Stable.
    pub code: String,
    /// One sentence for a person.
    pub detail: String,
}

impl ImportResponse {
    /// The import as it is.
    #[must_use]
    pub fn new(import: &Import, now: Timestamp) -> Self {
        let (done, total) = import.progress();
        Self {
            id: import.id.to_string(),
            status: import.status().name(),
            visibility: import.visibility.name(),
            mode: import.mode.name(),
            profile: ProfileRefResponse {
                id: import.profile.id.clone(),
                version: import.profile.version,
                hash: import.profile.hash.clone(),
            },
            organization_id: import.organization_id.as_ref().map(ToString::to_string),
            total_rows: import.total_rows,
            counts: ImportCountsResponse {
                rows: import.counts.rows,
                // What is written but not visible yet is nothing to count.
                imported: if import.committed_at.is_some() { import.counts.imported } else { 0 },
                updated: import.counts.updated,
                skipped: import.counts.skipped,
                failed: import.counts.failed,
            },
            options: ImportOptionsResponse {
                role: import.options.role.clone(),
                on_existing: import.options.on_existing.name(),
                invite: import.options.invite,
                credentials: import.options.credentials.map(|first| first.mode.as_str()),
            },
            progress: ImportProgressResponse { phase: import.phase.name(), done, total },
            created_by: import.created_by.to_string(),
            problem: import
                .problem
                .as_ref()
                .map(|problem| ImportProblemResponse { code: problem.code.clone(), detail: problem.detail.clone() }),
            commit_deadline: import.is_staged().then(|| iso(import.commit_deadline)),
            staged: None,
            undo_deadline: import.undo_deadline(now).map(iso),
            created_at: iso(import.created_at),
            committed_at: import.committed_at.map(iso),
            finished_at: import.finished_at.map(iso),
            report_url: format!("/v1/imports/{}/report", import.id),
            version: import.version,
        }
    }
}

/// What only the server knows of a row.
#[derive(Debug, Serialize, ToSchema)]
pub struct ServerIssueResponse {
    /// The sheet's row.
    pub row: u32,
    /// Field.
    pub field: String,
    /// `email_taken`, `email_reserved`, `username_taken`, `username_reserved`, `duplicate_in_import`,
    /// `role_required`, `role_not_grantable`, `importer_not_allowed`, `organization_not_found`, and of people who are there already
    /// `already_exists`, `nothing_to_change`, `already_registered`, `own_account`, `root_master`,
    /// `person_deactivated`, `other_kind`, `permission_denied`, `import_unfinished`, `person_unreadable`
    /// or `user_not_found`.
    pub code: String,
    /// `error`: the row is refused; `skipped`: it is left out; `updated`, `invited`, `added_to_group`: what happens
    /// to the person who is there already.
    pub severity: &'static str,
    /// One sentence for a person.
    pub detail: String,
    /// The other row of a duplicate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub other_row: Option<u32>,
}

/// The server's issues as JSON.
#[must_use]
pub fn server_issues(issues: &[ServerIssue]) -> Vec<ServerIssueResponse> {
    issues
        .iter()
        .map(|issue| ServerIssueResponse {
            row: issue.row,
            field: issue.field.clone(),
            code: issue.code.clone(),
            severity: issue.severity.name(),
            detail: issue.detail(),
            other_row: issue.other_row,
        })
        .collect()
}

/// The server's part of a report.
#[derive(Debug, Serialize, ToSchema)]
pub struct ServerPart {
    /// By row.
    pub issues: Vec<ServerIssueResponse>,
}

/// What became of the rows, in a report.
#[derive(Debug, Serialize, ToSchema)]
pub struct ResultsPart {
    /// Users made.
    pub imported: u32,
    /// People who were there already and were changed, invited again or added to groups.
    pub updated: u32,
    /// Left out: there already.
    pub skipped: u32,
    /// Refused.
    pub failed: u32,
}

/// What undoing an import took back and whom it left.
#[derive(Debug, Serialize, ToSchema)]
pub struct UndoPart {
    /// Users that were removed.
    pub removed: u32,
    /// Who stayed, of the rows of this page.
    pub stayed: Vec<StayedResponse>,
}

/// Somebody whom undoing an import left.
#[derive(Debug, Serialize, ToSchema)]
pub struct StayedResponse {
    /// The sheet's row.
    pub row: u32,
    /// Who.
    pub user_id: String,
    /// `registered`, `deactivated`, `permission_denied` (whoever undid it may not delete this person), or
    /// `updated_person`: was there before, and keeps what the import changed.
    pub reason: String,
}

/// A report, or a page of a large one.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportReportResponse {
    /// The validator's report, the same as `rollcall check` gives.
    #[schema(value_type = Object)]
    pub report: Box<serde_json::value::RawValue>,
    /// What only the server knows.
    pub server: ServerPart,
    /// What became of the rows; absent from a dry run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub results: Option<ResultsPart>,
    /// What undoing took back and whom it left; absent where nobody has undone it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub undo: Option<UndoPart>,
    /// Ask again with `?from_row=` for the next page; absent when this is all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_row: Option<u32>,
}

impl ImportReportResponse {
    /// The report of a dry run.
    ///
    /// # Errors
    /// When the report is not JSON, which would be a bug.
    pub fn new(page: ReportPage) -> Result<Self, Error> {
        Ok(Self {
            report: raw(page.report)?,
            server: ServerPart { issues: server_issues(&page.issues) },
            results: None,
            undo: None,
            next_row: page.next_row,
        })
    }

    /// What is told of an import.
    ///
    /// # Errors
    /// When the report is not JSON, which would be a bug.
    pub fn of(mut told: Told) -> Result<Self, Error> {
        let stayed = std::mem::take(&mut told.page.stayed);
        let stayed = stayed
            .into_iter()
            .map(|one| StayedResponse { row: one.row, user_id: one.user_id.to_string(), reason: one.reason })
            .collect();
        let results = ResultsPart {
            imported: told.counts.imported,
            updated: told.counts.updated,
            skipped: told.counts.skipped,
            failed: told.counts.failed,
        };
        let undo = told.undo.map(|undo| UndoPart { removed: undo.removed, stayed });
        Ok(Self { results: Some(results), undo, ..Self::new(told.page)? })
    }
}

/// The very bytes: reading and writing them again might order them otherwise.
fn raw(report: String) -> Result<Box<serde_json::value::RawValue>, Error> {
    serde_json::value::RawValue::from_string(report).map_err(Error::internal)
}

/// An import as JSON: rows, or the announcement of chunks, or of a file in pieces.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(example = json!({
    "rows": [{"row": 1, "first_name": "Ana", "last_name": "Silva", "email": "ana.silva@example.org", "on_existing": "skip"}]
}))]
#[serde(deny_unknown_fields)]
pub struct StartImportRequest {
    /// The hash of the effective profile that the rows were checked against.
    pub profile_hash: Option<String>,
    /// The rows: fields with their values, the number of the sheet's row in `row`, and in `on_existing` what happens to
    /// this person if they are there already, where that is not what the request says of all.
    #[schema(value_type = Option<Vec<Object>>)]
    pub rows: Option<Vec<Record>>,
    /// How many chunks will follow.
    pub chunks: Option<u32>,
    /// With how many rows altogether.
    pub total_rows: Option<u32>,
    /// How many bytes a file has that will follow in pieces.
    pub source_bytes: Option<u64>,
    /// In how many pieces of at most 4 MiB.
    pub source_pieces: Option<u32>,
}

/// A chunk of rows.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StageChunkRequest {
    /// The hash of the effective profile that the rows were checked against.
    pub profile_hash: Option<String>,
    /// The rows, at most 1,000.
    #[schema(value_type = Vec<Object>)]
    pub rows: Vec<Record>,
}

/// A chunk that is staged.
#[derive(Debug, Serialize, ToSchema)]
pub struct StagedChunkResponse {
    /// Its number.
    pub chunk: u32,
    /// Its rows.
    pub rows: u32,
}

/// A piece of a file that has arrived.
#[derive(Debug, Serialize, ToSchema)]
pub struct StagedPieceResponse {
    /// Its number.
    pub piece: u32,
    /// Its bytes.
    pub bytes: u64,
}

/// The profiles that may be used.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportProfilesResponse {
    /// All of them.
    pub items: Vec<ImportProfileResponse>,
}

/// A profile in the list.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportProfileResponse {
    /// Identifier.
    pub id: String,
    /// For a person.
    pub name: String,
    /// What it makes: `technician`, `end_user`, `member`, or `any` where the caller decides by naming an
    /// organization or none.
    pub kind: String,
    /// Version.
    pub version: u32,
    /// Hash of the effective profile.
    pub hash: String,
    /// Of a custom profile the built-in one that it is made from; null: it is built in.
    pub base: Option<String>,
    /// Of a custom profile the organization whose it is; null: every organization's.
    pub organization_id: Option<String>,
}
