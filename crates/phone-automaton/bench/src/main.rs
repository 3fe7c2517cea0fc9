//! How long it takes to say whether phone numbers are in use: this crate, rlibphonenumber, phonenumber; ten thousand and a
//! hundred thousand rows of all regions; the first pass of a process and the next ones.
//!
//! `compare N` reads N mutated numbers (ten million) by this crate and by rlibphonenumber; `print N` prints some with what
//! this crate says of them, for tests/independent.py.

#[path = "../../tests/oracle/mod.rs"]
mod oracle;

use std::hint::black_box;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use oracle::{Mutations, can_be_asked, ours, theirs};
use phone_automaton::{METADATA_VERSION, Region, Verdict, parse};
use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumberFormat, PhoneNumberType};

/// Name, check, processes, passes in each: the slow one is asked less often.
type Peer = (&'static str, fn(&str) -> bool, usize, usize);

const PEERS: [Peer; 3] = [
    ("phone-automaton", phone_automaton, 9, 9),
    ("rlibphonenumber", rlibphonenumber, 5, 5),
    ("phonenumber", phonenumber, 1, 2),
];

/// Numbers to compare.
const NUMBERS: usize = 10_000_000;

fn phone_automaton(text: &str) -> bool {
    parse(text, None).is_ok_and(|number| matches!(number.verdict(), Verdict::InUse(_)))
}

fn rlibphonenumber(text: &str) -> bool {
    PHONE_NUMBER_UTIL.parse(text, None).is_ok_and(|number| PHONE_NUMBER_UTIL.is_valid_number(&number))
}

fn phonenumber(text: &str) -> bool {
    phonenumber::parse(None, text).is_ok_and(|number| phonenumber::is_valid(&number))
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let count = |count: Option<&String>| count.and_then(|count| count.parse().ok()).unwrap_or(NUMBERS);
    match arguments.as_slice() {
        [what, rest @ ..] if what == "compare" => compare(count(rest.first())),
        [what, rest @ ..] if what == "print" => print(count(rest.first())),
        [place, sheet] => measure(place, sheet),
        _ => table(),
    }
}

/// One process: a first pass, then warm ones.
fn measure(place: &str, sheet: &str) {
    let sheet = std::fs::read_to_string(sheet).expect("the sheet");
    let rows: Vec<&str> = sheet.lines().collect();
    let (_, check, _, passes) = PEERS[place.parse::<usize>().expect("a peer")];
    let mut times = Vec::new();
    let mut in_use = 0;
    for _ in 0..passes {
        let started = Instant::now();
        in_use = rows.iter().filter(|text| check(black_box(text))).count();
        times.push(started.elapsed().as_nanos());
    }
    let first = times.remove(0);
    times.sort_unstable();
    println!("{first} {} {in_use}", times[times.len() / 2]);
}

fn table() {
    println!("| phones | rows | | in use | ms | ns each | × |");
    println!("| --- | --- | --- | --- | --- | --- | --- |");
    for rows in [10_000, 100_000] {
        let path = std::env::temp_dir().join(format!("phones-{}-{rows}", std::process::id()));
        std::fs::write(&path, sheet(rows).join("\n")).expect("a temporary file");
        let mut all: Vec<Vec<(u128, u128, usize)>> = vec![Vec::new(); PEERS.len()];
        // In turns, so that what else the machine does meets all of them.
        for run in 0..PEERS[0].2 {
            for (place, runs) in all.iter_mut().enumerate().filter(|(place, _)| run < PEERS[*place].2) {
                // A hundred thousand of them take minutes.
                if rows > 10_000 && place == 2 {
                    continue;
                }
                let mut command = Command::new(std::env::current_exe().expect("this program"));
                let output = command.arg(place.to_string()).arg(&path).output().expect("this program again");
                let text = String::from_utf8_lossy(&output.stdout);
                let numbers: Vec<u128> = text.split_whitespace().filter_map(|word| word.parse().ok()).collect();
                runs.push((numbers[0], numbers[1], numbers[2] as usize));
            }
        }
        let _ = std::fs::remove_file(path);
        let median = |runs: &[(u128, u128, usize)], of: fn(&(u128, u128, usize)) -> u128| {
            let mut times: Vec<u128> = runs.iter().map(of).collect();
            times.sort_unstable();
            Duration::from_nanos(times[times.len() / 2] as u64)
        };
        let passes: [(&str, fn(&(u128, u128, usize)) -> u128); 2] =
            [("first pass", |run| run.0), ("warm", |run| run.1)];
        for (pass, of) in passes {
            let base = median(&all[0], of).as_secs_f64();
            for (runs, (name, ..)) in all.iter().zip(PEERS).filter(|(runs, _)| !runs.is_empty()) {
                let time = median(runs, of).as_secs_f64();
                println!(
                    "| {name} | {rows} | {pass} | {} | {:.2} | {:.0} | {:.0} |",
                    runs[0].2,
                    time * 1e3,
                    time * 1e9 / rows as f64,
                    time / base
                );
            }
        }
    }
}

/// Numbers as people write them for abroad, of all regions and kinds, nearly all of them in use.
fn sheet(rows: usize) -> Vec<String> {
    let util = &*PHONE_NUMBER_UTIL;
    let kinds = [PhoneNumberType::FixedLine, PhoneNumberType::Mobile, PhoneNumberType::Mobile];
    let regions = Region::all().filter(|region| region.is_geographic());
    let regions = regions.filter_map(|region| rlibphonenumber::Region::try_from(region.code()).ok());
    let examples: Vec<String> = regions
        .flat_map(|region| {
            kinds.iter().filter_map(move |kind| util.get_example_number_for_type_and_region(region, *kind).ok())
        })
        .map(|number| util.format(&number, PhoneNumberFormat::International).into_owned())
        .collect();
    let mut state = 1_u64;
    (0..rows)
        .map(|row| {
            let mut text = examples[row % examples.len()].clone().into_bytes();
            // Other digits at the end, so that rows differ.
            for byte in text.iter_mut().rev().filter(|byte| byte.is_ascii_digit()).take(4) {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                *byte = b'0' + ((state >> 33) % 10) as u8;
            }
            String::from_utf8(text).expect("ASCII")
        })
        .collect()
}

fn compare(numbers: usize) {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let started = Instant::now();
    let work = move |thread: usize| {
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
