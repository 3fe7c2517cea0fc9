//! The revoke-invitation function.

use rollcall_http_api::operations::revoke_invitation::revoke_invitation;
use rollcall_lambda::{Environment, Error, Function};
use rollcall_store_dynamodb::Store;

/// The operation as a function.
///
/// # Errors
/// When a variable is missing.
pub fn service(environment: &Environment) -> Result<Function, Error> {
    let store = Store::new(&environment.sdk, environment.var("ROLLCALL_TABLE")?);
    rollcall_lambda::http(environment, "revoke-invitation", move |call| {
        let store = store.clone();
        async move { revoke_invitation(&store, call).await }
    })
}
