//! Mutated numbers against rlibphonenumber: `phones` compares ten million, `phones 1000` a thousand. `phones print 1000` prints
//! numbers with what this crate says of them, for tests/phonenumbers.py.
#![expect(clippy::print_stdout, clippy::disallowed_methods, reason = "prints, and measures time")]

#[path = "../tests/oracle/mod.rs"]
mod oracle;

use std::thread;
use std::time::Instant;

use oracle::{Mutations, can_be_asked, ours, theirs};
use phone_automaton::{METADATA_VERSION, Verdict};

const NUMBERS: usize = 10_000_000;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let count = arguments.last().and_then(|count| count.parse().ok()).unwrap_or(NUMBERS);
    if arguments.first().is_some_and(|first| first == "print") { print(count) } else { compare(count) }
}

fn compare(numbers: usize) {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let started = Instant::now();
    let work = |thread: usize| {
        let mut mutations = Mutations::new(1_000_003 * (u64::try_from(thread).unwrap_or_default() + 1));
        let (mut read, mut in_use, mut wrong) = (0_usize, 0_usize, 0_usize);
        for _ in 0..numbers / threads {
            let (text, home) = mutations.number();
            if !can_be_asked(&text) {
                continue;
            }
            let (ours, theirs) = (ours(&text, home), theirs(&text, home));
            read += usize::from(ours.is_ok());
            in_use += usize::from(ours.as_ref().is_ok_and(|answer| matches!(answer.verdict, Verdict::InUse(_))));
            if ours != theirs {
                wrong += 1;
                println!("{text:?} in {home:?}: {ours:?}, and it should be {theirs:?}");
            }
        }
        (read, in_use, wrong)
    };
    let workers: Vec<_> = (0..threads).map(|thread| thread::spawn(move || work(thread))).collect();
    let (mut read, mut in_use, mut wrong) = (0, 0, 0);
    for worker in workers {
        let counts = worker.join().expect("a worker");
        (read, in_use, wrong) = (read + counts.0, in_use + counts.1, wrong + counts.2);
    }
    println!(
        "metadata {METADATA_VERSION}, {numbers} mutated numbers: {read} are numbers, {in_use} are in use, {wrong} are read otherwise by rlibphonenumber ({:.0} s)",
        started.elapsed().as_secs_f64()
    );
    assert_eq!(wrong, 0);
}

/// Text, country, what is said; as JSON, a line each.
fn print(numbers: usize) {
    let mut mutations = Mutations::new(9);
    for _ in 0..numbers {
        let (text, home) = mutations.number();
        let says = match ours(&text, home) {
            Ok(answer) => {
                let verdict = match answer.verdict {
                    Verdict::InUse(region) => region.code().to_owned(),
                    Verdict::TooShort => "too short".to_owned(),
                    Verdict::TooLong => "too long".to_owned(),
                    Verdict::NotInUse => "not in use".to_owned(),
                };
                serde_json::json!([answer.e164, answer.extension, verdict])
            }
            Err(why) => serde_json::json!([why.code()]),
        };
        println!("{}", serde_json::json!([text, home, says]));
    }
}
