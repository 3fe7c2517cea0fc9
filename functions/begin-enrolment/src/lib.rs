//! The begin-enrolment function.

use rollcall_http_api::operations::begin_enrolment::begin_enrolment;
use rollcall_lambda::{Environment, Error, Function};
use rollcall_store_dynamodb::Store;

/// The operation as a function.
///
/// # Errors
/// When a variable is missing.
pub fn service(environment: &Environment) -> Result<Function, Error> {
    let store = Store::new(&environment.sdk, environment.var("ROLLCALL_TABLE")?);
    let texts = !environment.var("ROLLCALL_TEXT_ORIGINATION")?.is_empty();
    rollcall_lambda::http(environment, "begin-enrolment", move |call| {
        let store = store.clone();
        async move { begin_enrolment(&store, texts, call).await }
    })
}
