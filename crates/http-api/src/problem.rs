//! The one map from error to `application/problem+json` (RFC 9457).

use http::{StatusCode, header};
use rollcall_accounts::{
    Error,
    error::{Conflict, DeadLink, Invalid},
    time::iso,
};
use serde_json::{Value, json};

use crate::{Reply, call::Call};

/// Most refused values that one answer names; `detail` says how many there are.
const REFUSALS_SHOWN: usize = 100;

/// An error on its way to a client.
#[derive(Debug)]
pub struct Problem(Error);

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

impl From<rollcall_accounts::error::StoreError> for Problem {
    fn from(error: rollcall_accounts::error::StoreError) -> Self {
        Self(error.into())
    }
}

impl Problem {
    /// The error.
    #[must_use]
    pub fn error(&self) -> &Error {
        &self.0
    }

    /// The answer. A 5xx is logged here, once, and its text stays here.
    #[must_use]
    pub fn into_reply(self, operation: &str, request_id: &str) -> Reply {
        let error = self.0;
        let (status, title) = status(&error);
        let mut body = json!({
            "type": format!("urn:rollcall:problem:{}", error.code()),
            "title": title,
            "status": status.as_u16(),
            "detail": error.to_string(),
            "code": error.code(),
        });
        match &error {
            Error::Internal(internal) => {
                tracing::error!(operation, request_id, cause = internal.for_log(), "answered 500");
                body["detail"] = Value::from(
                    "something of ours failed; nothing of this request was done by halves, and it can be repeated",
                );
                body["request_id"] = Value::from(request_id);
            }
            Error::Refused(refusals) | Error::Unfit(refusals) => {
                body["errors"] = refusals
                    .iter()
                    .take(REFUSALS_SHOWN)
                    .map(|refusal| json!({"field": refusal.field, "code": refusal.code, "detail": refusal.detail}))
                    .collect();
            }
            Error::ImportRefused(refused) => {
                let page = &refused.page;
                body["report"] = serde_json::from_str(&page.report).unwrap_or(Value::Null);
                body["server"] = json!({"issues": crate::representations::import::server_issues(&page.issues)});
                if let Some(row) = page.next_row {
                    body["next_row"] = Value::from(row);
                }
            }
            Error::DeadSince(dead) => {
                let name = match dead.link {
                    DeadLink::Expired | DeadLink::ResetExpired | DeadLink::ChangeExpired => "expires_at",
                    DeadLink::Used | DeadLink::ResetUsed | DeadLink::ChangeUsed => "used_at",
                    DeadLink::Replaced
                    | DeadLink::Revoked
                    | DeadLink::AddressChanged
                    | DeadLink::ResetReplaced
                    | DeadLink::ResetRevoked
                    | DeadLink::ChangeReplaced => "replaced_at",
                };
                body[name] = json!(dead.at.map(iso));
                body["language"] = json!(dead.language);
            }
            Error::Invalid(Invalid::ChunksMissing(numbers)) => body["missing"] = json!(numbers),
            Error::Invalid(Invalid::RoleRequired(rows)) => {
                body["rows"] = json!(rows.iter().take(1_000).collect::<Vec<_>>());
            }
            _ => {}
        }
        let reply = Reply::bytes(status, "application/problem+json", body.to_string());
        match error {
            Error::RateLimited { retry_after_seconds } | Error::TooManyAttempts { retry_after_seconds } => {
                reply.with(header::RETRY_AFTER, retry_after_seconds.to_string())
            }
            Error::NotAuthenticated => reply.with(header::WWW_AUTHENTICATE, "Bearer"),
            _ => reply,
        }
    }

    /// The answer to a call.
    #[must_use]
    pub fn reply_to(self, call: &Call) -> Reply {
        self.into_reply(call.operation, &call.request_id)
    }
}

/// Exhaustive: a new error does not compile before it has its status here.
fn status(error: &Error) -> (StatusCode, &'static str) {
    match error {
        Error::NotAuthenticated | Error::NotAccepted(_) => (StatusCode::UNAUTHORIZED, "Not authenticated"),
        Error::PermissionDenied(_) => (StatusCode::FORBIDDEN, "Permission denied"),
        Error::NotFound(_) => (StatusCode::NOT_FOUND, "Not found"),
        Error::Conflict(conflict) => match conflict {
            Conflict::EmailTaken
            | Conflict::EmailReserved
            | Conflict::NameTaken
            | Conflict::DomainTaken
            | Conflict::ListFull
            | Conflict::ListsChanged
            | Conflict::EntryInUse
            | Conflict::WouldLockOut
            | Conflict::RoleBuiltIn
            | Conflict::RoleInUse
            | Conflict::UsernameTaken
            | Conflict::InvitationNotPending
            | Conflict::AlreadyInvited
            | Conflict::AlreadyRegistered
            | Conflict::AlreadyDeactivated
            | Conflict::NotDeactivated
            | Conflict::NotLocked
            | Conflict::OwnAccount
            | Conflict::RootMaster
            | Conflict::NotRegistered
            | Conflict::StatusNotFitting
            | Conflict::AcceptanceNotBegun
            | Conflict::EnrolmentNotBegun
            | Conflict::NotEnrolled
            | Conflict::MfaRequired
            | Conflict::NoTextCodes
            | Conflict::PhoneInUse
            | Conflict::OwnPhone
            | Conflict::ImportUnfinished
            | Conflict::ImportNotStaged
            | Conflict::ImportOfSomebodyElse
            | Conflict::ImportNotCancellable
            | Conflict::ImportNotFinished
            | Conflict::ImportUndone
            | Conflict::UndoTooLate
            | Conflict::ChunkDiffers
            | Conflict::ImportStagedOtherwise
            | Conflict::PieceDiffers
            | Conflict::RequestInProgress
            | Conflict::RulesChanged => (StatusCode::CONFLICT, "Conflict"),
        },
        Error::VersionConflict => (StatusCode::PRECONDITION_FAILED, "Changed meanwhile"),
        Error::DeadLink(_) | Error::DeadSince(_) => (StatusCode::GONE, "This link can no longer be used"),
        Error::Refused(_) | Error::Unfit(_) => (StatusCode::UNPROCESSABLE_ENTITY, "Values refused"),
        Error::ImportRefused(_) => (StatusCode::UNPROCESSABLE_ENTITY, "Sheet refused"),
        Error::Invalid(invalid) => match invalid {
            Invalid::Body(_)
            | Invalid::Parameter { .. }
            | Invalid::ParameterNotSupported { .. }
            | Invalid::OrganizationRequired => (StatusCode::BAD_REQUEST, "Bad request"),
            Invalid::BodyTooLarge { .. } | Invalid::UseChunks { .. } => {
                (StatusCode::PAYLOAD_TOO_LARGE, "Body too large")
            }
            Invalid::MediaType { .. } => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "Media type not supported"),
            Invalid::PreconditionRequired => (StatusCode::PRECONDITION_REQUIRED, "Precondition required"),
            Invalid::IdempotencyKeyReused => (StatusCode::UNPROCESSABLE_ENTITY, "Idempotency key reused"),
            Invalid::SessionRequired => (StatusCode::FORBIDDEN, "Session required"),
            Invalid::Origin => (StatusCode::FORBIDDEN, "Origin not allowed"),
            Invalid::ChunksMissing(_) => (StatusCode::CONFLICT, "Chunks missing"),
            Invalid::RowsMissing { .. } => (StatusCode::CONFLICT, "Rows missing"),
            Invalid::BytesMissing { .. } => (StatusCode::CONFLICT, "Bytes missing"),
            Invalid::RoleRequired(_) => (StatusCode::UNPROCESSABLE_ENTITY, "Role required"),
        },
        Error::RateLimited { .. } | Error::TooManyAttempts { .. } => {
            (StatusCode::TOO_MANY_REQUESTS, "Too many requests")
        }
        Error::Internal(_) => (StatusCode::INTERNAL_SERVER_ERROR, "Internal error"),
    }
}
