//! The get-email-change function.

use rollcall_accounts::token::TokenKeys;
use rollcall_http_api::operations::get_email_change::get_email_change;
use rollcall_lambda::{Environment, Error, Function};
use rollcall_store_dynamodb::Store;

/// The operation as a function.
///
/// # Errors
/// When a variable is missing or is no key list.
pub fn service(environment: &Environment) -> Result<Function, Error> {
    let store = Store::new(&environment.sdk, environment.var("ROLLCALL_TABLE")?);
    let keys = TokenKeys::parse(environment.var("ROLLCALL_TOKEN_KEYS")?)?;
    rollcall_lambda::http(environment, "get-email-change", move |call| {
        let (store, keys) = (store.clone(), keys.clone());
        async move { get_email_change(&store, &keys, call).await }
    })
}
