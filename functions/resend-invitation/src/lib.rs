//! The resend-invitation function.

use rollcall_http_api::operations::resend_invitation::resend_invitation;
use rollcall_lambda::{Environment, Error, Function};
use rollcall_store_dynamodb::Store;

/// The operation as a function.
///
/// # Errors
/// When a variable is missing.
pub fn service(environment: &Environment) -> Result<Function, Error> {
    let store = Store::new(&environment.sdk, environment.var("ROLLCALL_TABLE")?);
    rollcall_lambda::http(environment, "resend-invitation", move |call| {
        let store = store.clone();
        async move { resend_invitation(&store, call).await }
    })
}
