//! The rows on their way: chunks that are the same whenever the same sheet is imported.

use std::{
    collections::BTreeSet,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use rollcall_validation::{Profile, sheet::Sheet};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use crate::server::Failure;

/// Most rows of a chunk.
const CHUNK_ROWS: u32 = 1_000;
/// Most bytes of a request, which takes 4 MiB with what stands around the rows.
const CHUNK_BYTES: usize = 3_900_000;
/// Chunks that are under way at the same time.
const AT_A_TIME: usize = 3;

/// Some rows.
#[derive(Debug)]
pub(super) struct Chunk {
    /// Its number, from 0.
    pub(super) number: u32,
    /// How many rows.
    pub(super) rows: u64,
    /// As it is sent.
    pub(super) body: String,
}

/// All rows that are good.
#[derive(Debug)]
pub(super) struct Upload {
    profile_hash: String,
    chunks: Vec<Chunk>,
}

/// Which chunks have not arrived.
#[derive(Debug, Deserialize)]
pub(super) struct Staged {
    missing: Vec<u32>,
}

impl Upload {
    pub(super) fn new(sheet: &Sheet, profile: &Profile) -> Self {
        let counts = sheet.counts();
        let total = counts.accepted + counts.corrected;
        let mut size = CHUNK_ROWS;
        loop {
            let chunks = chunks(sheet, profile.hash(), total, size);
            if size == 1 || chunks.iter().all(|chunk| chunk.body.len() <= CHUNK_BYTES) {
                return Self { profile_hash: profile.hash().to_owned(), chunks };
            }
            size = size.div_ceil(2);
        }
    }

    pub(super) fn chunks(&self) -> &[Chunk] {
        &self.chunks
    }

    pub(super) fn rows(&self) -> u64 {
        self.chunks.iter().map(|chunk| chunk.rows).sum()
    }

    /// The announcement of the chunks.
    pub(super) fn plan(&self) -> String {
        let (chunks, rows) = (self.chunks.len(), self.rows());
        serde_json::json!({"profile_hash": self.profile_hash, "chunks": chunks, "total_rows": rows}).to_string()
    }

    /// The idempotency key of an attempt to import just these rows in just this way.
    pub(super) fn key(&self, request: &str, attempt: u32) -> String {
        let mut digest = Sha256::new();
        for part in std::iter::once(request).chain(self.chunks.iter().map(|chunk| chunk.body.as_str())) {
            digest.update(part.len().to_be_bytes());
            digest.update(part);
        }
        let hex: String = digest.finalize().iter().take(20).map(|byte| format!("{byte:02x}")).collect();
        format!("rollcall-cli-{hex}-{attempt}")
    }

    /// The chunks that have not arrived; all of them where the server does not say.
    pub(super) fn missing(&self, staged: Option<&Staged>) -> Vec<&Chunk> {
        let missing: Option<BTreeSet<u32>> = staged.map(|staged| staged.missing.iter().copied().collect());
        let is_missing = |chunk: &&Chunk| missing.as_ref().is_none_or(|missing| missing.contains(&chunk.number));
        self.chunks.iter().filter(is_missing).collect()
    }
}

fn chunks(sheet: &Sheet, hash: &str, total: u32, size: u32) -> Vec<Chunk> {
    (0..total.div_ceil(size))
        .map(|number| {
            let start = number * size;
            let rows = sheet.records_json(start, size);
            let body = format!("{{\"profile_hash\":\"{hash}\",\"rows\":{rows}}}");
            Chunk { number, rows: u64::from(size.min(total - start)), body }
        })
        .collect()
}

/// Sends chunks, several at a time; the first failure ends it.
pub(super) fn send(chunks: &[&Chunk], put: impl Fn(&Chunk) -> Result<(), Failure> + Sync) -> Result<(), Failure> {
    let next = AtomicUsize::new(0);
    let failure = Mutex::new(None);
    let ended = |failed: Option<Failure>| {
        let Ok(mut failure) = failure.lock() else { return true };
        if failure.is_none() {
            *failure = failed;
        }
        failure.is_some()
    };
    thread::scope(|scope| {
        for _ in 0..AT_A_TIME.min(chunks.len()) {
            scope.spawn(|| {
                while let Some(chunk) = chunks.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if ended(None) || ended(put(chunk).err()) {
                        return;
                    }
                }
            });
        }
    });
    failure.into_inner().unwrap_or_default().map_or(Ok(()), Err)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn upload(people: u32, name: &str) -> Upload {
        let profile = Profile::built_in("modern").unwrap();
        let mut text = String::from("First name,Email,Password\n");
        for person in 0..people {
            text.push_str(&format!("{name},person{person}@example.org\nB0b,\n"));
        }
        Upload::new(&Sheet::parse(text.as_bytes(), &profile, None).unwrap(), &profile)
    }

    #[test]
    fn only_good_rows_are_sent_a_thousand_at_a_time() {
        let upload = upload(2_001, "Ana");
        assert_eq!(upload.chunks.iter().map(|chunk| chunk.rows).collect::<Vec<_>>(), [1_000, 1_000, 1]);
        assert_eq!(upload.rows(), 2_001);
        let hash = Profile::built_in("modern").unwrap().hash().to_owned();
        assert_eq!(
            upload.chunks[2].body,
            format!(
                "{{\"profile_hash\":\"{hash}\",\"rows\":[{{\"email\":\"person2000@example.org\",\
                 \"first_name\":\"Ana\",\"row\":4001}}]}}"
            )
        );
        assert_eq!(upload.plan(), format!("{{\"chunks\":3,\"profile_hash\":\"{hash}\",\"total_rows\":2001}}"));
        let numbers =
            |staged: Option<&Staged>| upload.missing(staged).iter().map(|chunk| chunk.number).collect::<Vec<_>>();
        assert_eq!(numbers(None), [0, 1, 2]);
        assert_eq!(numbers(Some(&Staged { missing: vec![1] })), [1]);
    }

    #[test]
    fn the_key_is_of_rows_request_and_attempt() {
        let ana = upload(3, "Ana");
        let key = ana.key("/v1/imports?profile=modern", 0);
        assert_eq!(key, upload(3, "Ana").key("/v1/imports?profile=modern", 0));
        for other in [
            ana.key("/v1/imports?profile=modern", 1),
            ana.key("/v1/imports?profile=modern&role=x", 0),
            upload(4, "Ana").key("/v1/imports?profile=modern", 0),
            upload(3, "Eva").key("/v1/imports?profile=modern", 0),
        ] {
            assert_ne!(key, other);
        }
        assert!(key.len() <= 255 && key.bytes().all(|byte| byte.is_ascii_graphic()));
    }

    #[test]
    fn rows_that_are_long_go_in_smaller_chunks() {
        let profile = Profile::built_in("modern").unwrap();
        let mut text = String::from("First name,Email,Properties\n");
        let properties = (0..40).map(|n| format!("p{n}={}", "x".repeat(90))).collect::<Vec<_>>().join(";");
        for person in 0..1_900 {
            text.push_str(&format!("Ana,person{person}@example.org,{properties}\n"));
        }
        let upload = Upload::new(&Sheet::parse(text.as_bytes(), &profile, None).unwrap(), &profile);
        assert_eq!(upload.chunks.iter().map(|chunk| chunk.rows).collect::<Vec<_>>(), [500, 500, 500, 400]);
        assert!(upload.chunks.iter().all(|chunk| chunk.body.len() <= CHUNK_BYTES));
    }

    #[test]
    fn the_first_failure_ends_the_sending() {
        let upload = upload(5_000, "Ana");
        let all: Vec<&Chunk> = upload.chunks.iter().collect();
        let sent = Mutex::new(Vec::new());
        let put = |chunk: &Chunk| {
            sent.lock().unwrap().push(chunk.number);
            if chunk.number == 0 { Err(Failure::NotUnderstood("no".into())) } else { Ok(()) }
        };
        assert!(matches!(send(&all, put), Err(Failure::NotUnderstood(_))));
        sent.lock().unwrap().clear();
        send(&all, |chunk| {
            sent.lock().unwrap().push(chunk.number);
            Ok(())
        })
        .unwrap();
        sent.lock().unwrap().sort_unstable();
        assert_eq!(*sent.lock().unwrap(), [0, 1, 2, 3, 4]);
        send(&[], |_| Err(Failure::NotUnderstood("nothing to send".into()))).unwrap();
    }
}
