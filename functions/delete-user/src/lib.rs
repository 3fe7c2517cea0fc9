//! The delete-user function.

use rollcall_http_api::operations::delete_user::delete_user;
use rollcall_lambda::{Environment, Error, Function};
use rollcall_store_dynamodb::Store;

/// The operation as a function.
///
/// # Errors
/// When a variable is missing.
pub fn service(environment: &Environment) -> Result<Function, Error> {
    let store = Store::new(&environment.sdk, environment.var("ROLLCALL_TABLE")?);
    rollcall_lambda::http(environment, "delete-user", move |call| {
        let store = store.clone();
        async move { delete_user(&store, call).await }
    })
}
