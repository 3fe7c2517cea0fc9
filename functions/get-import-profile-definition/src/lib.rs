//! The get-import-profile-definition function.

use rollcall_http_api::operations::get_import_profile_definition::get_import_profile_definition;
use rollcall_lambda::{Environment, Error, Function};
use rollcall_store_dynamodb::Store;

/// The operation as a function.
///
/// # Errors
/// When a variable is missing.
pub fn service(environment: &Environment) -> Result<Function, Error> {
    let store = Store::new(&environment.sdk, environment.var("ROLLCALL_TABLE")?);
    rollcall_lambda::http(environment, "get-import-profile-definition", move |call| {
        let store = store.clone();
        async move { get_import_profile_definition(&store, call).await }
    })
}
