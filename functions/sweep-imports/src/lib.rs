//! The sweep-imports function: on a schedule.

use std::time::Duration;

use rollcall_accounts::operations::sweep_imports::sweep_imports;
use rollcall_lambda::{Environment, Error, Function};
use rollcall_store_dynamodb::Store;
use serde_json::json;

/// The operation as a function.
///
/// # Errors
/// When a variable is missing.
pub fn service(environment: &Environment) -> Result<Function, Error> {
    let store = Store::new(&environment.sdk, environment.var("ROLLCALL_TABLE")?);
    let metrics = environment.metrics();
    Ok(rollcall_lambda::worker(environment, Duration::from_secs(50), move |invocation| {
        let (store, metrics) = (store.clone(), metrics.clone());
        async move {
            let asked = sweep_imports(&store, invocation.now()).await.map_err(|error| match error {
                rollcall_accounts::Error::Internal(internal) => Error::from(internal.for_log()),
                other => other.to_string().into(),
            })?;
            metrics.count(&[("ImportsSwept", asked as u64)]);
            if asked > 0 {
                tracing::info!(asked, "swept imports");
            }
            Ok(json!({ "asked": asked }))
        }
    }))
}
