//! The table's stream: read off the engine's file, spread over virtual shards, filtered and delivered as Lambda's
//! event source mappings do, with retries and dead letters.
//!
//! Records are trimmed once every reader is done with them; what was not finished is delivered again after a restart.

use std::{
    collections::BTreeMap,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    path::Path,
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{Receiver, RecvTimeoutError},
    },
    time::Duration,
};

use rusqlite::{Connection, params};
use serde_json::{Value, json};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::{
    dead_letters::{DeadLetter, DeadLetters},
    faults::Dice,
    functions::Functions,
    template::{REGION, StreamSource, table_arn},
};

/// Virtual shards; each has as many lanes as the source's parallelization factor.
const SHARDS: usize = 2;
/// Records read at once.
const PAGE: i64 = 1_000;
/// Records read before consumed ones are trimmed. Each trimming also empties the engine's page cache, which must not
/// happen often.
const TRIM_AFTER: usize = 25_000;
/// A safety net: writers wake the reader.
const LONGEST_WAIT: Duration = Duration::from_millis(500);
const FIRST_BACKOFF: Duration = Duration::from_millis(50);
const LONGEST_BACKOFF: Duration = Duration::from_secs(5);

/// What the stream needs.
pub(crate) struct Streams {
    pub(crate) table: String,
    pub(crate) sources: Vec<(String, StreamSource)>,
    pub(crate) functions: Functions,
    pub(crate) dice: Arc<Dice>,
    pub(crate) dead_letters: DeadLetters,
    /// A writer says that there is something to read; hung up: stop.
    pub(crate) written: Receiver<()>,
}

/// The reader's own connection, prepared before the first write: without the index every write would search all
/// records for the last sequence number.
pub(crate) fn connect(file: &Path) -> Result<Connection, rusqlite::Error> {
    let connection = Connection::open(file)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.execute_batch(
        "PRAGMA synchronous = OFF;
         CREATE INDEX IF NOT EXISTS rollcall_stream_by_sequence
            ON _stream_records (table_name, CAST(sequence_number AS INTEGER));",
    )?;
    Ok(connection)
}

/// Starts the lanes in the current runtime, and the reader on a thread of its own.
pub(crate) fn start(connection: Connection, streams: Streams) -> std::io::Result<std::thread::JoinHandle<()>> {
    let progress = Arc::new(Progress::default());
    let readers: Vec<Reader> = streams
        .sources
        .into_iter()
        .map(|(function, source)| {
            let mapping = Arc::new(Mapping {
                function,
                source,
                functions: streams.functions.clone(),
                dice: Arc::clone(&streams.dice),
                dead_letters: streams.dead_letters.clone(),
                progress: Arc::clone(&progress),
            });
            let lanes = (0..SHARDS * mapping.source.parallelization)
                .map(|_| {
                    let (sender, receiver) = unbounded_channel();
                    tokio::spawn(lane(Arc::clone(&mapping), receiver));
                    sender
                })
                .collect();
            Reader { mapping, lanes }
        })
        .collect();
    let (table, written) = (streams.table, streams.written);
    std::thread::Builder::new()
        .name("stream".into())
        .spawn(move || read(&connection, &table, &written, &readers, &progress))
}

struct Reader {
    mapping: Arc<Mapping>,
    lanes: Vec<UnboundedSender<Record>>,
}

/// A record on its way, with its stored sequence number.
#[derive(Debug, Clone)]
struct Record {
    sequence: i64,
    event: Value,
}

impl Record {
    fn sequence_number(&self) -> &str {
        self.event.pointer("/dynamodb/SequenceNumber").and_then(Value::as_str).unwrap_or_default()
    }
}

/// Which records are still on their way.
#[derive(Debug, Default)]
struct Progress {
    pending: Mutex<BTreeMap<i64, usize>>,
}

impl Progress {
    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<i64, usize>> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn begin(&self, sequence: i64) {
        *self.lock().entry(sequence).or_default() += 1;
    }

    fn finish(&self, sequence: i64) {
        let mut pending = self.lock();
        if let Some(count) = pending.get_mut(&sequence) {
            *count -= 1;
            if *count == 0 {
                pending.remove(&sequence);
            }
        }
    }

    fn first(&self) -> Option<i64> {
        self.lock().first_key_value().map(|(&sequence, _)| sequence)
    }
}

fn read(connection: &Connection, table: &str, written: &Receiver<()>, readers: &[Reader], progress: &Progress) {
    let mut position = 0;
    let mut since_trim = 0;
    loop {
        match page(connection, table, position) {
            Ok(records) if !records.is_empty() => {
                for record in records {
                    position = record.sequence;
                    since_trim += 1;
                    record.dispatch(table, readers, progress);
                }
                if since_trim < TRIM_AFTER {
                    continue;
                }
            }
            Ok(_) => match written.recv_timeout(LONGEST_WAIT) {
                Ok(()) => continue,
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            },
            Err(error) => {
                tracing::error!(%error, "the stream cannot be read");
                std::thread::sleep(LONGEST_WAIT);
                continue;
            }
        }
        // Seldom, or when nobody writes: trimming takes the engine's write lock, and who meets it there sleeps.
        if since_trim > 0 {
            // The newest record stays: the engine numbers the next one after it.
            let done = progress.first().unwrap_or(position) - 1;
            match trim(connection, table, done) {
                // What is still on its way is looked at again when nobody writes.
                Ok(()) => since_trim = usize::from(done < position - 1),
                Err(error) => tracing::warn!(%error, "the stream was not trimmed"),
            }
        }
    }
}

fn trim(connection: &Connection, table: &str, up_to: i64) -> Result<(), rusqlite::Error> {
    // In steps, so that a writer never waits long.
    loop {
        let trimmed = connection
            .prepare_cached(
                "DELETE FROM _stream_records WHERE id IN (
                    SELECT id FROM _stream_records
                    WHERE table_name = ?1 AND CAST(sequence_number AS INTEGER) <= ?2
                    ORDER BY CAST(sequence_number AS INTEGER) LIMIT 2000)",
            )?
            .execute(params![table, up_to])?;
        if trimmed < 2_000 {
            return Ok(());
        }
    }
}

/// A record as the engine keeps it.
struct Stored {
    sequence: i64,
    event_id: Option<String>,
    event_name: String,
    keys: String,
    new_image: Option<String>,
    old_image: Option<String>,
    created_at: i64,
}

fn page(connection: &Connection, table: &str, after: i64) -> Result<Vec<Stored>, rusqlite::Error> {
    connection
        .prepare_cached(
            "SELECT CAST(sequence_number AS INTEGER), event_id, event_name, keys_json, new_image, old_image, created_at
             FROM _stream_records
             WHERE table_name = ?1 AND CAST(sequence_number AS INTEGER) > ?2
             ORDER BY CAST(sequence_number AS INTEGER) LIMIT ?3",
        )?
        .query_map(params![table, after, PAGE], |row| {
            Ok(Stored {
                sequence: row.get(0)?,
                event_id: row.get(1)?,
                event_name: row.get(2)?,
                keys: row.get(3)?,
                new_image: row.get(4)?,
                old_image: row.get(5)?,
                created_at: row.get(6)?,
            })
        })?
        .collect()
}

impl Stored {
    fn dispatch(self, table: &str, readers: &[Reader], progress: &Progress) {
        let lane = {
            let mut hasher = DefaultHasher::new();
            partition_of(&self.keys).hash(&mut hasher);
            usize::try_from(hasher.finish() >> 1).unwrap_or(0)
        };
        let sequence = self.sequence;
        let event = self.event(table);
        for reader in readers {
            let filters = &reader.mapping.source.filters;
            if !filters.is_empty() && !filters.iter().any(|filter| filter.matches(&event)) {
                continue;
            }
            progress.begin(sequence);
            let record = Record { sequence, event: event.clone() };
            // A closed lane means that the server stops: the record stays in the file for the next start.
            let _ = reader.lanes[lane % reader.lanes.len()].send(record);
        }
    }

    fn event(self, table: &str) -> Value {
        let image = |text: Option<String>| text.and_then(|text| serde_json::from_str::<Value>(&text).ok());
        let size = self.keys.len()
            + self.new_image.as_ref().map_or(0, String::len)
            + self.old_image.as_ref().map_or(0, String::len);
        let mut data = json!({
            "ApproximateCreationDateTime": self.created_at,
            "Keys": image(Some(self.keys)),
            // 21 digits, as DynamoDB's are.
            "SequenceNumber": (100_000_000_000_000_000_000_u128 + u128::try_from(self.sequence).unwrap_or(0)).to_string(),
            "SizeBytes": size,
            "StreamViewType": "NEW_AND_OLD_IMAGES",
        });
        for (name, value) in [("NewImage", image(self.new_image)), ("OldImage", image(self.old_image))] {
            if let (Some(value), Some(object)) = (value, data.as_object_mut()) {
                object.insert(name.to_owned(), value);
            }
        }
        json!({
            "eventID": self.event_id.unwrap_or_else(|| self.sequence.to_string()),
            "eventName": self.event_name,
            "eventVersion": "1.1",
            "eventSource": "aws:dynamodb",
            "awsRegion": REGION,
            "dynamodb": data,
            "eventSourceARN": format!("{}/stream/local", table_arn(table)),
        })
    }
}

/// The partition key's value; records of one key keep their order.
fn partition_of(keys: &str) -> String {
    let keys: Value = serde_json::from_str(keys).unwrap_or_default();
    keys.get("pk").map(ToString::to_string).unwrap_or_default()
}

/// An event source mapping: one function's reading of the stream.
struct Mapping {
    function: String,
    source: StreamSource,
    functions: Functions,
    dice: Arc<Dice>,
    dead_letters: DeadLetters,
    progress: Arc<Progress>,
}

/// How one call ended.
enum Outcome {
    Done,
    /// From this position on the records failed.
    FailedFrom(usize, String),
}

async fn lane(mapping: Arc<Mapping>, mut records: UnboundedReceiver<Record>) {
    while let Some(first) = records.recv().await {
        let mut batch = vec![first];
        while batch.len() < mapping.source.batch_size {
            match records.try_recv() {
                Ok(record) => batch.push(record),
                Err(_) => break,
            }
        }
        if let Some(delay) = mapping.dice.delay() {
            tokio::time::sleep(delay).await;
        }
        mapping.deliver(batch.clone()).await;
        if mapping.dice.duplicates() {
            mapping.deliver(batch.clone()).await;
        }
        for record in &batch {
            mapping.progress.finish(record.sequence);
        }
    }
}

impl Mapping {
    /// Delivers a batch until it is done or given up.
    async fn deliver(&self, batch: Vec<Record>) {
        // Halves of a failed batch wait here; the earlier half goes first, so that order within the lane is kept.
        let mut waiting = vec![batch];
        while let Some(mut batch) = waiting.pop() {
            let mut backoff = FIRST_BACKOFF;
            let mut left = self.source.retries;
            loop {
                let Outcome::FailedFrom(position, reason) = self.call(&batch).await else {
                    break;
                };
                batch.drain(..position);
                if left == 0 {
                    self.give_up(&batch, reason);
                    break;
                }
                left -= 1;
                tokio::time::sleep(backoff).await;
                backoff = (backoff * 2).min(LONGEST_BACKOFF);
                if self.source.bisect && batch.len() > 1 {
                    let later = batch.split_off(batch.len() / 2);
                    waiting.push(later);
                }
            }
        }
    }

    async fn call(&self, batch: &[Record]) -> Outcome {
        let records: Vec<&Value> = batch.iter().map(|record| &record.event).collect();
        match self.functions.invoke(&self.function, json!({ "Records": records })).await {
            Err(error) => Outcome::FailedFrom(0, error.to_string()),
            Ok(answer) if self.source.reports_failures => first_failure(batch, &answer),
            Ok(_) => Outcome::Done,
        }
    }

    fn give_up(&self, batch: &[Record], reason: String) {
        self.dead_letters.put(DeadLetter {
            queue: self.source.failure_destination.clone(),
            function: self.function.clone(),
            reason,
            detail: json!({
                "batchSize": batch.len(),
                "startSequenceNumber": batch.first().map(Record::sequence_number),
                "endSequenceNumber": batch.last().map(Record::sequence_number),
            }),
        });
    }
}

/// Lambda tries again from the first record that failed; an identifier that it does not know fails the whole batch.
fn first_failure(batch: &[Record], answer: &Value) -> Outcome {
    let failures = answer.get("batchItemFailures").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    if failures.is_empty() {
        return Outcome::Done;
    }
    let mut first = batch.len();
    for failure in failures {
        let id = failure.get("itemIdentifier").and_then(Value::as_str).unwrap_or_default();
        let position = batch.iter().position(|record| record.sequence_number() == id).unwrap_or(0);
        first = first.min(position);
    }
    Outcome::FailedFrom(first, "the function reported failed records".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stored(sequence: i64, name: &str, kind: &str) -> Stored {
        Stored {
            sequence,
            event_id: None,
            event_name: name.into(),
            keys: r#"{"pk":{"S":"A"},"sk":{"S":"B"}}"#.into(),
            new_image: Some(format!(r#"{{"pk":{{"S":"A"}},"kind":{{"S":"{kind}"}}}}"#)),
            old_image: None,
            created_at: 1,
        }
    }

    fn record(sequence: i64) -> Record {
        Record { sequence, event: stored(sequence, "INSERT", "mail").event("t") }
    }

    #[test]
    fn a_record_becomes_an_event_as_the_cloud_sends_it() {
        insta::assert_snapshot!(stored(7, "INSERT", "mail").event("t"), @r#"{"awsRegion":"eu-central-1","dynamodb":{"ApproximateCreationDateTime":1,"Keys":{"pk":{"S":"A"},"sk":{"S":"B"}},"NewImage":{"kind":{"S":"mail"},"pk":{"S":"A"}},"SequenceNumber":"100000000000000000007","SizeBytes":67,"StreamViewType":"NEW_AND_OLD_IMAGES"},"eventID":"7","eventName":"INSERT","eventSource":"aws:dynamodb","eventSourceARN":"arn:aws:dynamodb:eu-central-1:000000000000:table/t/stream/local","eventVersion":"1.1"}"#);
    }

    #[test]
    fn a_partly_failed_batch_is_tried_again_from_the_first_failure() {
        let batch = [record(1), record(2), record(3)];
        let failures = |ids: &[&str]| {
            let list: Vec<Value> = ids.iter().map(|id| json!({ "itemIdentifier": id })).collect();
            json!({ "batchItemFailures": list })
        };
        for (name, answer, expected) in [
            ("none failed", failures(&[]), None),
            ("no list", Value::Null, None),
            ("the last", failures(&[batch[2].sequence_number()]), Some(2)),
            ("two of them", failures(&[batch[2].sequence_number(), batch[1].sequence_number()]), Some(1)),
            ("an unknown one fails all", failures(&["x"]), Some(0)),
        ] {
            let from = match first_failure(&batch, &answer) {
                Outcome::Done => None,
                Outcome::FailedFrom(position, _) => Some(position),
            };
            assert_eq!(from, expected, "{name}");
        }
    }

    #[test]
    fn only_finished_records_may_be_trimmed() {
        let progress = Progress::default();
        for sequence in [5, 6, 7] {
            progress.begin(sequence);
        }
        progress.begin(5);
        progress.finish(6);
        progress.finish(5);
        assert_eq!(progress.first(), Some(5), "a second reader is not done with it");
        progress.finish(5);
        assert_eq!(progress.first(), Some(7));
        progress.finish(7);
        assert_eq!(progress.first(), None);
    }
}
