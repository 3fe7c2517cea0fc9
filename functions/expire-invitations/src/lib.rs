//! The expire-invitations function: on a schedule.

use std::time::Duration;

use rollcall_accounts::operations::expire_invitations::{Run, expire_invitations};
use rollcall_lambda::{Environment, Error, Function};
use rollcall_store_dynamodb::Store;
use serde_json::{Value, json};

/// Less than the function's timeout; what is left then is still due.
const LONGEST: Duration = Duration::from_secs(50);

/// The operation as a function.
///
/// # Errors
/// When a variable is missing.
pub fn service(environment: &Environment) -> Result<Function, Error> {
    let store = Store::new(&environment.sdk, environment.var("ROLLCALL_TABLE")?);
    let metrics = environment.metrics();
    Ok(rollcall_lambda::worker(environment, LONGEST, move |invocation| {
        let (store, metrics) = (store.clone(), metrics.clone());
        async move {
            let go_on = || !invocation.time_left().is_zero();
            let run = expire_invitations(&store, invocation.now(), &go_on).await.map_err(failed)?;
            let Run { expired, unreadable, failure } = run;
            metrics.count(&[("InvitationsExpired", expired as u64)]);
            if expired + unreadable > 0 {
                tracing::info!(expired, unreadable, "invitations expired");
            }
            failure.map_or(Ok(()), |error| Err(failed(error)))?;
            Ok::<Value, Error>(json!({"expired": expired, "unreadable": unreadable}))
        }
    }))
}

fn failed(error: rollcall_accounts::Error) -> Error {
    format!("{error:?}").into()
}
