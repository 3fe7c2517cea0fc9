//! The commit-import function.

use rollcall_accounts::token::TokenKeys;
use rollcall_http_api::operations::commit_import::commit_import;
use rollcall_lambda::{Environment, Error, Function};
use rollcall_store_dynamodb::Store;

/// The operation as a function.
///
/// # Errors
/// When a variable is missing or is no key list.
pub fn service(environment: &Environment) -> Result<Function, Error> {
    let store = Store::new(&environment.sdk, environment.var("ROLLCALL_TABLE")?);
    let keys = TokenKeys::parse(environment.var("ROLLCALL_TOKEN_KEYS")?)?;
    rollcall_lambda::http(environment, "commit-import", move |call| {
        let (store, keys) = (store.clone(), keys.clone());
        async move { commit_import(&store, &keys, call).await }
    })
}
