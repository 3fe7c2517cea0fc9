//! The deliver-mail function: off the stream, for each new mail of the lane *now*.

use std::{sync::Arc, time::Duration};

use rollcall_accounts::{
    operations::{deliver_mail::deliver_mail, delivery::Tally, letters::Desk},
    token::TokenKeys,
};
use rollcall_lambda::{Environment, Error, Function, Invocation};
use rollcall_mail::{Post, Ses, Sms, TextSettings};
use rollcall_store_dynamodb::Store;
use serde_json::{Value, json};

/// Less than the function's timeout; a batch is ten mails.
const LONGEST: Duration = Duration::from_secs(25);

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
            let (tally, failures) = deliver(&store, &post, &Desk::new(&url, keys), &invocation).await;
            metrics.count(&tally.counts());
            tracing::info!(?tally, failures = failures.len(), "delivered");
            Ok(json!({ "batchItemFailures": failures }))
        }
    }))
}

/// Delivers every record's mail. Those whose delivery met a failure of the table are named, and come again.
async fn deliver(store: &Store, post: &Post, desk: &Desk, invocation: &Invocation) -> (Tally, Vec<Value>) {
    let mut tally = Tally::default();
    let mut failures = Vec::new();
    for record in invocation.event["Records"].as_array().into_iter().flatten() {
        let change = &record["dynamodb"];
        let Some(id) = change["Keys"]["pk"]["S"].as_str().and_then(|pk| pk.strip_prefix("MAIL#")) else {
            continue;
        };
        if invocation.time_left().is_zero() {
            failures.push(json!({"itemIdentifier": change["SequenceNumber"]}));
            continue;
        }
        match deliver_mail(store, post, desk, id, invocation.now()).await {
            Ok(outcome) => tally.note(outcome),
            Err(error) => {
                tracing::error!(request_id = invocation.request_id, ?error, "a mail could not be delivered");
                failures.push(json!({"itemIdentifier": change["SequenceNumber"]}));
            }
        }
    }
    (tally, failures)
}
