//! The delete-role function.

use rollcall_http_api::operations::delete_role::delete_role;
use rollcall_lambda::{Environment, Error, Function};
use rollcall_store_dynamodb::Store;

/// The operation as a function.
///
/// # Errors
/// When a variable is missing.
pub fn service(environment: &Environment) -> Result<Function, Error> {
    let store = Store::new(&environment.sdk, environment.var("ROLLCALL_TABLE")?);
    rollcall_lambda::http(environment, "delete-role", move |call| {
        let store = store.clone();
        async move { delete_role(&store, call).await }
    })
}
