//! The create-import-profile function.

use rollcall_http_api::operations::create_import_profile::create_import_profile;
use rollcall_lambda::{Environment, Error, Function};
use rollcall_store_dynamodb::Store;

/// The operation as a function.
///
/// # Errors
/// When a variable is missing.
pub fn service(environment: &Environment) -> Result<Function, Error> {
    let store = Store::new(&environment.sdk, environment.var("ROLLCALL_TABLE")?);
    rollcall_lambda::http(environment, "create-import-profile", move |call| {
        let store = store.clone();
        async move { create_import_profile(&store, call).await }
    })
}
