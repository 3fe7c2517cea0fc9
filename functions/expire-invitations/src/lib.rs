//! The expire-invitations function.

use rollcall_lambda::{Environment, Error, Function};

/// The operation as a function.
///
/// # Errors
/// When a variable is missing.
pub fn service(_environment: &Environment) -> Result<Function, Error> {
    Err("not there yet".into())
}
