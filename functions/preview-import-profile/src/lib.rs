//! The preview-import-profile function.

use rollcall_http_api::operations::preview_import_profile::preview_import_profile;
use rollcall_lambda::{Environment, Error, Function};
use rollcall_store_dynamodb::Store;

/// The operation as a function.
///
/// # Errors
/// When a variable is missing.
pub fn service(environment: &Environment) -> Result<Function, Error> {
    let store = Store::new(&environment.sdk, environment.var("ROLLCALL_TABLE")?);
    rollcall_lambda::http(environment, "preview-import-profile", move |call| {
        let store = store.clone();
        async move { preview_import_profile(&store, call).await }
    })
}
