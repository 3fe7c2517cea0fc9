//! The end-session function.

use rollcall_http_api::operations::end_session::end_session;
use rollcall_lambda::{Environment, Error, Function};
use rollcall_store_dynamodb::Store;

/// The operation as a function.
///
/// # Errors
/// When a variable is missing.
pub fn service(environment: &Environment) -> Result<Function, Error> {
    let store = Store::new(&environment.sdk, environment.var("ROLLCALL_TABLE")?);
    rollcall_lambda::http(environment, "end-session", move |call| {
        let store = store.clone();
        async move { end_session(&store, call).await }
    })
}
