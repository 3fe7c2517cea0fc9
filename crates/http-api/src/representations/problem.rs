//! `application/problem+json` (RFC 9457), as documentation: [`crate::problem`] writes it.

use serde::Serialize;
use utoipa::ToSchema;

/// What went wrong. Programs match on `code`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemResponse {
    /// `urn:rollcall:problem:CODE`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Short, the same for every problem of a status.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// One sentence for a person.
    pub detail: String,
    /// Stable.
    pub code: String,
    /// Every value that is refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub errors: Option<Vec<FieldProblem>>,
    /// What to quote when it was a failure of ours (status 500).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
}

/// A value that is refused.
#[derive(Debug, Serialize, ToSchema)]
pub struct FieldProblem {
    /// The field.
    pub field: String,
    /// Stable.
    pub code: String,
    /// One sentence for a person.
    pub detail: String,
}
