//! The list-import-profiles function.

use rollcall_http_api::operations::list_import_profiles::list_import_profiles;
use rollcall_lambda::{Environment, Error, Function};
use rollcall_store_dynamodb::Store;

/// The operation as a function.
///
/// # Errors
/// When a variable is missing.
pub fn service(environment: &Environment) -> Result<Function, Error> {
    let store = Store::new(&environment.sdk, environment.var("ROLLCALL_TABLE")?);
    rollcall_lambda::http(environment, "list-import-profiles", move |call| {
        let store = store.clone();
        async move { list_import_profiles(&store, call).await }
    })
}
