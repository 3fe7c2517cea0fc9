//! The sweep-mail function: on a schedule, for mail of the lane *now* that the stream did not lead to.

use std::{sync::Arc, time::Duration};

use rollcall_accounts::{
    operations::{delivery::Run, letters::Desk, sweep_mail::sweep_mail},
    token::TokenKeys,
};
use rollcall_lambda::{Environment, Error, Function};
use rollcall_mail::{Post, Ses, Sms, TextSettings};
use rollcall_store_dynamodb::Store;
use serde_json::{Value, json};

/// Less than the function's timeout and than the schedule's interval.
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
            let go_on = || !invocation.time_left().is_zero();
            let Run { tally, failure } = sweep_mail(&store, &post, &desk, &clock, &go_on).await.map_err(failed)?;
            metrics.count(&tally.counts());
            metrics.count(&[("MailsSwept", u64::from(tally.sent + tally.postponed))]);
            if tally != Default::default() {
                tracing::info!(?tally, "swept");
            }
            failure.map_or(Ok(()), |error| Err(failed(error)))?;
            Ok::<Value, Error>(json!({"sent": tally.sent, "postponed": tally.postponed}))
        }
    }))
}

fn failed(error: rollcall_accounts::Error) -> Error {
    format!("{error:?}").into()
}
