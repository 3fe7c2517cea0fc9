//! From the SDK's errors to ours: what a condition said is for the caller, everything else is internal.

use aws_sdk_dynamodb::{
    error::{DisplayErrorContext, ProvideErrorMetadata, SdkError},
    operation::transact_write_items::TransactWriteItemsError,
};
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

/// How a transaction was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cancelled {
    /// The members (by position) whose conditions failed.
    Conditions(Vec<usize>),
    /// Another transaction touched an item at the same time; trying again helps.
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
        if codes.contains(&"TransactionConflict") {
            return Ok(Cancelled::Conflict);
        }
    }
    if let Some(TransactWriteItemsError::TransactionInProgressException(_)) = error.as_service_error() {
        return Ok(Cancelled::Conflict);
    }
    Err(internal(error))
}
