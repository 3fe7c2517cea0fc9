//! The stage-source function.

use rollcall_http_api::operations::stage_source::stage_source;
use rollcall_lambda::{Environment, Error, Function};
use rollcall_store_dynamodb::Store;

/// The operation as a function.
///
/// # Errors
/// When a variable is missing.
pub fn service(environment: &Environment) -> Result<Function, Error> {
    let store = Store::new(&environment.sdk, environment.var("ROLLCALL_TABLE")?);
    rollcall_lambda::http(environment, "stage-source", move |call| {
        let store = store.clone();
        async move { stage_source(&store, call).await }
    })
}
