//! The send-sign-in-code function.

use rollcall_http_api::operations::send_sign_in_code::send_sign_in_code;
use rollcall_lambda::{Environment, Error, Function};
use rollcall_store_dynamodb::Store;

/// The operation as a function.
///
/// # Errors
/// When a variable is missing.
pub fn service(environment: &Environment) -> Result<Function, Error> {
    let store = Store::new(&environment.sdk, environment.var("ROLLCALL_TABLE")?);
    rollcall_lambda::http(environment, "send-sign-in-code", move |call| {
        let store = store.clone();
        async move { send_sign_in_code(&store, call).await }
    })
}
