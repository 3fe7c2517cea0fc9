//! The start-import function.

use rollcall_accounts::token::TokenKeys;
use rollcall_http_api::operations::start_import::start_import;
use rollcall_lambda::{Environment, Error, Function};
use rollcall_store_dynamodb::Store;

/// The operation as a function.
///
/// # Errors
/// When a variable is missing or is no key list.
pub fn service(environment: &Environment) -> Result<Function, Error> {
    let store = Store::new(&environment.sdk, environment.var("ROLLCALL_TABLE")?);
    let keys = TokenKeys::parse(environment.var("ROLLCALL_TOKEN_KEYS")?)?;
    rollcall_lambda::http(environment, "start-import", move |call| {
        let (store, keys) = (store.clone(), keys.clone());
        async move { start_import(&store, &keys, call).await }
    })
}
