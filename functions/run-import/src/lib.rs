//! The run-import function: off the table's stream, one tick a call.

use std::time::Duration;

use rollcall_accounts::{
    Timestamp,
    ids::ImportId,
    import::{Import, Status, ports::ReadImports as _},
    operations::run_import::{Pace, Ran, run_import},
    random::SystemRandomness,
    token::TokenKeys,
};
use rollcall_lambda::{Environment, Error, Function, Invocation};
use rollcall_store_dynamodb::Store;
use serde_json::{Value, json};

/// Longest slice. The lease is longer than the function's timeout, so a runner that was killed is never alone
/// with another one.
const SLICE: Duration = Duration::from_secs(30);

/// The operation as a function.
///
/// # Errors
/// When a variable is missing or is no key list.
pub fn service(environment: &Environment) -> Result<Function, Error> {
    let store = Store::new(&environment.sdk, environment.var("ROLLCALL_TABLE")?);
    let keys = TokenKeys::parse(environment.var("ROLLCALL_TOKEN_KEYS")?)?;
    let metrics = environment.metrics();
    Ok(rollcall_lambda::worker(environment, SLICE, move |invocation| {
        let (store, keys, metrics) = (store.clone(), keys.clone(), metrics.clone());
        async move {
            let pace = Slice(invocation);
            let mut ran = Vec::new();
            for (id, tick) in ticks(&pace.0.event) {
                let outcome = run_import(&store, &keys, &SystemRandomness, &pace, &id, tick)
                    .await
                    .map_err(|error| failure(&error))?;
                tracing::info!(import = %id, tick, outcome = ?outcome, "ran a slice");
                if outcome == Ran::Done
                    && let Some(import) = store.import(&id).await.map_err(|error| failure(&error))?
                {
                    metrics.count(&counted(&import));
                }
                ran.push(json!({"import": id, "tick": tick, "outcome": format!("{outcome:?}")}));
            }
            Ok(json!({ "ran": ran }))
        }
    }))
}

/// What an import that has come to its end counts as.
fn counted(import: &Import) -> Vec<(&'static str, u64)> {
    match import.status() {
        Status::Finished => vec![("ImportsFinished", 1), ("UsersImported", import.counts.imported.into())],
        Status::Rejected => vec![("ImportsRejected", 1)],
        Status::Cancelled => vec![("ImportsCancelled", 1)],
        Status::Undone => vec![("ImportsUndone", 1)],
        _ => Vec::new(),
    }
}

/// The text for the log: that of an internal error says more than what clients see.
fn failure(error: &rollcall_accounts::Error) -> Error {
    match error {
        rollcall_accounts::Error::Internal(internal) => internal.for_log().into(),
        other => other.to_string().into(),
    }
}

/// The ticks among the records of a stream's event.
fn ticks(event: &Value) -> Vec<(ImportId, u64)> {
    let records = event["Records"].as_array().map(Vec::as_slice).unwrap_or_default();
    records
        .iter()
        .filter_map(|record| {
            let tick = &record["dynamodb"]["NewImage"];
            let id = ImportId::parse(tick["import_id"]["S"].as_str()?).ok()?;
            Some((id, tick["n"]["N"].as_str()?.parse().ok()?))
        })
        .collect()
}

struct Slice(Invocation);

impl Pace for Slice {
    fn now(&self) -> Timestamp {
        self.0.now()
    }

    fn time_left(&self) -> Duration {
        self.0.time_left()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_read_and_what_is_none_is_left_out() {
        let id = ImportId::derived(&["x"]);
        let record = |image: Value| json!({"eventName": "INSERT", "dynamodb": {"NewImage": image}});
        let event = json!({"Records": [
            record(json!({"kind": {"S": "import_tick"}, "import_id": {"S": id}, "n": {"N": "3"}})),
            record(json!({"kind": {"S": "mail"}})),
        ]});
        assert_eq!(ticks(&event), [(id, 3)]);
        assert_eq!(ticks(&json!({})), []);
    }
}
