//! What the local DynamoDB was asked, for benchmarks that show that a question costs the same however much there is, and
//! what an import costs.

use std::{
    collections::BTreeMap,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use serde_json::{Value, json};

use crate::policy::Access;

/// Counted since the server was started.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reads {
    /// Calls that read.
    pub calls: u64,
    /// Items that they gave, or looked for.
    pub items: u64,
}

impl std::ops::Sub for Reads {
    type Output = Self;

    fn sub(self, earlier: Self) -> Self {
        Self { calls: self.calls - earlier.calls, items: self.items - earlier.items }
    }
}

/// What was asked since [`Meter::used`], by operation, and by action and what it was about.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Usage {
    /// Calls and the capacity units that their answers name: `BatchWriteItem`.
    pub operations: BTreeMap<String, Calls>,
    /// Items that were acted on, by the first part of their partition keys: `PutItem USER`.
    pub members: BTreeMap<String, u64>,
}

/// Calls of an operation.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Calls {
    /// How many.
    pub calls: u64,
    /// Capacity units that they consumed.
    pub units: f64,
}

/// The counters.
#[derive(Debug, Default)]
pub(crate) struct Meter {
    calls: AtomicU64,
    items: AtomicU64,
    /// Nothing unless somebody wants the accounts: they take time.
    usage: Mutex<Option<Usage>>,
}

impl Meter {
    /// Begins the accounts anew; answers what they say so far.
    pub(crate) fn used(&self) -> Usage {
        self.usage().replace(Usage::default()).unwrap_or_default()
    }

    fn usage(&self) -> MutexGuard<'_, Option<Usage>> {
        self.usage.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Has an answer say what it consumed, if that is wanted.
    pub(crate) fn ask(&self, request: &mut Value) {
        if self.usage().is_some()
            && let Some(request) = request.as_object_mut()
        {
            request.insert("ReturnConsumedCapacity".to_owned(), json!("TOTAL"));
        }
    }

    /// Enters a request that was answered into the accounts.
    pub(crate) fn enter(&self, operation: &str, accesses: &[Access], answer: &str) {
        let mut usage = self.usage();
        let Some(usage) = usage.as_mut() else { return };
        let calls = usage.operations.entry(operation.to_owned()).or_default();
        calls.calls += 1;
        calls.units += consumed(answer);
        for access in accesses {
            let action = access.action.rsplit(':').next().unwrap_or_default();
            for key in access.leading_keys.iter().flatten() {
                let what = key.split('#').next().unwrap_or_default();
                *usage.members.entry(format!("{action} {what}")).or_default() += 1;
            }
        }
    }

    /// Counts a request that was answered.
    pub(crate) fn note(&self, operation: &str, request: &Value, answer: &str) {
        let items = match operation {
            "GetItem" => 1,
            "Query" => count_in(answer),
            "BatchGetItem" => keys_in(request),
            _ => return,
        };
        self.calls.fetch_add(1, Ordering::Relaxed);
        self.items.fetch_add(items, Ordering::Relaxed);
    }

    /// What was counted so far.
    pub(crate) fn reads(&self) -> Reads {
        Reads { calls: self.calls.load(Ordering::Relaxed), items: self.items.load(Ordering::Relaxed) }
    }
}

/// The capacity units of an answer that names them, of all tables and indexes.
fn consumed(answer: &str) -> f64 {
    let answer: Value = serde_json::from_str(answer).unwrap_or_default();
    let units = |consumed: &Value| consumed.get("CapacityUnits").and_then(Value::as_f64).unwrap_or_default();
    match answer.get("ConsumedCapacity") {
        Some(Value::Array(tables)) => tables.iter().map(units).sum(),
        Some(table) => units(table),
        None => 0.0,
    }
}

fn keys_in(request: &Value) -> u64 {
    let tables = request.get("RequestItems").and_then(Value::as_object);
    let keys = tables.into_iter().flat_map(|tables| tables.values()).filter_map(|table| table.get("Keys")?.as_array());
    keys.map(|keys| keys.len() as u64).sum()
}

/// The number of items that a query's answer gives, without reading the items.
fn count_in(answer: &str) -> u64 {
    let digits = answer.rsplit_once("\"Count\":").map(|(_, rest)| rest.trim_start());
    let digits = digits.map(|rest| rest.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default());
    digits.and_then(|digits| digits.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn reads_are_counted_by_what_they_give() {
        let meter = Meter::default();
        meter.note("GetItem", &json!({}), "{}");
        meter.note("Query", &json!({}), r#"{"Count":12,"Items":[],"ScannedCount":99}"#);
        meter.note("BatchGetItem", &json!({"RequestItems": {"t": {"Keys": [1, 2, 3]}}}), "{}");
        meter.note("PutItem", &json!({}), "{}");
        assert_eq!(meter.reads(), Reads { calls: 3, items: 16 });
        assert_eq!(meter.reads() - Reads { calls: 1, items: 6 }, Reads { calls: 2, items: 10 });
    }

    #[test]
    fn accounts_are_kept_once_they_are_wanted() {
        let meter = Meter::default();
        let access = Access {
            leading_keys: Some(vec!["USER#1".into(), "LIST#x#3".into()]),
            ..Access::new("dynamodb:PutItem", "t")
        };
        let (answer, mut request) =
            (r#"{"ConsumedCapacity":[{"CapacityUnits":2.5},{"CapacityUnits":1.0}]}"#, json!({}));
        meter.ask(&mut request);
        meter.enter("BatchWriteItem", std::slice::from_ref(&access), answer);
        assert_eq!((request, meter.used()), (json!({}), Usage::default()));
        let mut request = json!({});
        meter.ask(&mut request);
        assert_eq!(request, json!({"ReturnConsumedCapacity": "TOTAL"}));
        meter.enter("BatchWriteItem", &[access], answer);
        let usage = meter.used();
        assert_eq!(usage.operations["BatchWriteItem"], Calls { calls: 1, units: 3.5 });
        assert_eq!(usage.members, BTreeMap::from([("PutItem LIST".to_owned(), 1), ("PutItem USER".to_owned(), 1)]));
        meter.enter("Query", &[], r#"{"ConsumedCapacity":{"CapacityUnits":0.5}}"#);
        assert_eq!(meter.used().operations["Query"], Calls { calls: 1, units: 0.5 });
    }
}
