//! The get-openapi function.

use rollcall_http_api::operations::get_openapi::get_openapi;
use rollcall_lambda::{Environment, Error, Function};

/// The operation as a function.
///
/// # Errors
/// When the operation has no route.
pub fn service(environment: &Environment) -> Result<Function, Error> {
    rollcall_lambda::http(environment, "get-openapi", get_openapi)
}
