//! The create-user function.

use rollcall_accounts::token::TokenKeys;
use rollcall_http_api::operations::create_user::create_user;
use rollcall_lambda::{Environment, Error, Function};
use rollcall_store_dynamodb::Store;

/// The operation as a function.
///
/// # Errors
/// When a variable is missing or is no key list.
pub fn service(environment: &Environment) -> Result<Function, Error> {
    let store = Store::new(&environment.sdk, environment.var("ROLLCALL_TABLE")?);
    let keys = TokenKeys::parse(environment.var("ROLLCALL_TOKEN_KEYS")?)?;
    rollcall_lambda::http(environment, "create-user", move |call| {
        let (store, keys) = (store.clone(), keys.clone());
        async move { create_user(&store, &keys, call).await }
    })
}
