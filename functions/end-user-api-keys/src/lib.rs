//! The end-user-api-keys function.

use rollcall_http_api::operations::end_user_api_keys::end_user_api_keys;
use rollcall_lambda::{Environment, Error, Function};
use rollcall_store_dynamodb::Store;

/// The operation as a function.
///
/// # Errors
/// When a variable is missing.
pub fn service(environment: &Environment) -> Result<Function, Error> {
    let store = Store::new(&environment.sdk, environment.var("ROLLCALL_TABLE")?);
    rollcall_lambda::http(environment, "end-user-api-keys", move |call| {
        let store = store.clone();
        async move { end_user_api_keys(&store, call).await }
    })
}
