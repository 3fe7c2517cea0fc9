//! The request-password-reset function.

use rollcall_http_api::operations::request_password_reset::request_password_reset;
use rollcall_lambda::{Environment, Error, Function};
use rollcall_store_dynamodb::Store;

/// The operation as a function.
///
/// # Errors
/// When a variable is missing.
pub fn service(environment: &Environment) -> Result<Function, Error> {
    let store = Store::new(&environment.sdk, environment.var("ROLLCALL_TABLE")?);
    rollcall_lambda::http(environment, "request-password-reset", move |call| {
        let store = store.clone();
        async move { request_password_reset(&store, call).await }
    })
}
