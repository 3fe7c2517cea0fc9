//! The sweep-imports function: on a schedule.

use std::time::Duration;

use rollcall_accounts::operations::sweep_imports::{Sweep, sweep_imports};
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
            let go_on = || !invocation.time_left().is_zero();
            let sweep = sweep_imports(&store, invocation.now(), &go_on).await.map_err(failed)?;
            let Sweep { asked, unreadable, failure } = sweep;
            metrics.count(&[("ImportsSwept", asked as u64)]);
            if asked + unreadable > 0 {
                tracing::info!(asked, unreadable, "swept imports");
            }
            failure.map_or(Ok(()), |error| Err(failed(error)))?;
            Ok(json!({"asked": asked, "unreadable": unreadable}))
        }
    }))
}

fn failed(error: rollcall_accounts::Error) -> Error {
    match error {
        rollcall_accounts::Error::Internal(internal) => internal.for_log().into(),
        other => other.to_string().into(),
    }
}
