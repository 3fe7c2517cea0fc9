//! The renew-recovery-codes function.

use rollcall_http_api::operations::renew_recovery_codes::renew_recovery_codes;
use rollcall_lambda::{Environment, Error, Function};
use rollcall_store_dynamodb::Store;

/// The operation as a function.
///
/// # Errors
/// When a variable is missing.
pub fn service(environment: &Environment) -> Result<Function, Error> {
    let store = Store::new(&environment.sdk, environment.var("ROLLCALL_TABLE")?);
    rollcall_lambda::http(environment, "renew-recovery-codes", move |call| {
        let store = store.clone();
        async move { renew_recovery_codes(&store, call).await }
    })
}
