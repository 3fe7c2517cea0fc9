//! The deliver-bulk function: on a schedule, the one sender of bulk mail.

mod pace;

use std::{sync::Arc, time::Duration};

use rollcall_accounts::{
    operations::{deliver_bulk::deliver_bulk, delivery::Run, letters::Desk},
    random::SystemRandomness,
    token::TokenKeys,
};
use rollcall_lambda::{Environment, Error, Function};
use rollcall_mail::{Post, Ses, Sms, TextSettings};
use rollcall_store_dynamodb::Store;
use serde_json::{Value, json};

use crate::pace::Metronome;

/// Less than the schedule's interval, so that runs follow on each other; the rest of the function's timeout is
/// for what is on its way then.
const LONGEST: Duration = Duration::from_secs(50);

/// The operation as a function.
///
/// # Errors
/// When a variable is missing or is no key list.
pub fn service(environment: &Environment) -> Result<Function, Error> {
    let store = Store::new(&environment.sdk, environment.var("ROLLCALL_TABLE")?);
    let texts = TextSettings {
        origination: environment.var("ROLLCALL_TEXT_ORIGINATION")?,
        message_type: environment.var("ROLLCALL_TEXT_TYPE")?,
    };
    let (sender, set) = (environment.var("ROLLCALL_SENDER")?, environment.var("ROLLCALL_CONFIGURATION_SET")?);
    let post = Post { ses: Ses::new(&environment.sdk, sender, set), sms: Sms::new(&environment.sdk, texts) };
    let keys = TokenKeys::parse(environment.var("ROLLCALL_TOKEN_KEYS")?)?;
    let url: Arc<str> = environment.var("ROLLCALL_URL")?.into();
    let metrics = environment.metrics();
    Ok(rollcall_lambda::worker(environment, LONGEST, move |invocation| {
        let (store, post, keys, url) = (store.clone(), post.clone(), keys.clone(), Arc::clone(&url));
        let metrics = metrics.clone();
        async move {
            let desk = Desk::new(&url, keys);
            let clock = || invocation.now();
            let pace = Metronome::new(invocation.time_left());
            let run = deliver_bulk(&store, &post, &desk, &clock, &pace, &SystemRandomness).await.map_err(failed)?;
            let Run { tally, failure } = run;
            metrics.count(&tally.counts());
            if tally != Default::default() {
                tracing::info!(?tally, "delivered");
            }
            failure.map_or(Ok(()), |error| Err(failed(error)))?;
            Ok::<Value, Error>(json!({"sent": tally.sent, "postponed": tally.postponed}))
        }
    }))
}

fn failed(error: rollcall_accounts::Error) -> Error {
    format!("{error:?}").into()
}
