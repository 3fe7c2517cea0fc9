//! The begin-mfa function.

use rollcall_http_api::operations::begin_mfa::begin_mfa;
use rollcall_lambda::{Environment, Error, Function};
use rollcall_store_dynamodb::Store;

/// The operation as a function.
///
/// # Errors
/// When a variable is missing.
pub fn service(environment: &Environment) -> Result<Function, Error> {
    let store = Store::new(&environment.sdk, environment.var("ROLLCALL_TABLE")?);
    let texts = !environment.var("ROLLCALL_TEXT_ORIGINATION")?.is_empty();
    rollcall_lambda::http(environment, "begin-mfa", move |call| {
        let store = store.clone();
        async move { begin_mfa(&store, texts, call).await }
    })
}
