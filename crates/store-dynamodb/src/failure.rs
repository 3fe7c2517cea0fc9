//! From the SDK's errors to ours: what a condition said is for the caller, everything else is internal.

use aws_sdk_dynamodb::{
    config::retry::{ClassifyRetry, RetryAction},
    error::{DisplayErrorContext, ProvideErrorMetadata, SdkError},
    operation::transact_write_items::TransactWriteItemsError,
};
use aws_smithy_runtime_api::client::interceptors::context::InterceptorContext;
use rollcall_accounts::error::StoreError;

/// An SDK error as an internal one, its whole chain for the log.
pub fn internal<E>(error: SdkError<E>) -> StoreError
where
    E: std::error::Error + Send + Sync + 'static,
{
    StoreError(DisplayErrorContext(error).to_string())
}

/// Whether a single write was refused by its condition.
pub fn is_condition_failure<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> bool {
    error.as_service_error().and_then(ProvideErrorMetadata::code) == Some("ConditionalCheckFailedException")
}

/// Makes the SDK try a single write again that met a transaction on its item: the table wrote nothing, and the
/// other one is over in a moment. The SDK's own classifiers take it for the caller's mistake.
#[derive(Debug)]
pub(crate) struct RetryConflicts;

impl ClassifyRetry for RetryConflicts {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let conflict = context.response().is_some_and(|response| {
            let body = response.body().bytes().unwrap_or_default();
            response.status().is_client_error() && contains(body, b"#TransactionConflictException")
        });
        if conflict { RetryAction::transient_error() } else { RetryAction::NoActionIndicated }
    }

    fn name(&self) -> &'static str {
        "single writes that met a transaction"
    }
}

fn contains(body: &[u8], text: &[u8]) -> bool {
    body.windows(text.len()).any(|window| window == text)
}

/// How a transaction was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cancelled {
    /// The members (by position) whose conditions failed.
    Conditions(Vec<usize>),
    /// Another transaction touched an item at the same time, or the table was busy; trying again helps.
    Conflict,
}

/// Why a transaction was cancelled; `Err` for anything else.
///
/// # Errors
/// The error as an internal one.
pub fn cancelled(error: SdkError<TransactWriteItemsError>) -> Result<Cancelled, StoreError> {
    if let Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) = error.as_service_error() {
        let codes: Vec<&str> =
            cancelled.cancellation_reasons().iter().map(|reason| reason.code().unwrap_or("None")).collect();
        let failed: Vec<usize> = (0..codes.len()).filter(|i| codes[*i] == "ConditionalCheckFailed").collect();
        if !failed.is_empty() {
            return Ok(Cancelled::Conditions(failed));
        }
        let passing = ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"];
        if codes.iter().any(|code| passing.contains(code)) {
            return Ok(Cancelled::Conflict);
        }
    }
    if let Some(TransactWriteItemsError::TransactionInProgressException(_)) = error.as_service_error() {
        return Ok(Cancelled::Conflict);
    }
    Err(internal(error))
}
