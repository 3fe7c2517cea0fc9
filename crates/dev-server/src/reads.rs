//! What the local DynamoDB was asked to read, for benchmarks that show that a question costs the same however much
//! there is.

use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::Value;

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

/// The counters.
#[derive(Debug, Default)]
pub(crate) struct Meter {
    calls: AtomicU64,
    items: AtomicU64,
}

impl Meter {
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
}
