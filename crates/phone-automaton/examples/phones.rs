//! Ten million mutated numbers against rlibphonenumber, and how long both take. `cargo xtask bench phones` runs it.
#![expect(clippy::print_stdout, clippy::disallowed_methods, reason = "a benchmark prints and measures time")]

#[path = "../tests/oracle/mod.rs"]
mod oracle;

use std::hint::black_box;
use std::time::{Duration, Instant};

use oracle::{Mutations, can_be_asked, examples, ours, theirs};
use phone_automaton::{Region, Verdict, parse};
use rlibphonenumber::PHONE_NUMBER_UTIL;

fn main() {
    let numbers = std::env::args().nth(1).and_then(|count| count.parse().ok()).unwrap_or(10_000_000_usize);
    speed();
    if numbers > 0 {
        compare(numbers);
    }
}

/// Numbers of all regions as people write them: the international form, in which the sheet needs no country.
fn sheet(rows: usize) -> Vec<String> {
    let util = &*PHONE_NUMBER_UTIL;
    let examples: Vec<String> = examples()
        .into_iter()
        .map(|(_, e164, _)| {
            let number = util.parse(&e164, None).expect("examples are numbers");
            util.format(&number, rlibphonenumber::PhoneNumberFormat::International).into_owned()
        })
        .collect();
    let mut state = 1_u64;
    (0..rows)
        .map(|row| {
            // Other digits at the end, so that nothing is the same twice.
            let mut text = examples[row % examples.len()].clone().into_bytes();
            for byte in text.iter_mut().rev().filter(|byte| byte.is_ascii_digit()).take(4) {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                *byte = b'0' + u8::try_from((state >> 33) % 10).unwrap_or_default();
            }
            String::from_utf8(text).unwrap_or_default()
        })
        .collect()
}

fn check_ours(text: &str) -> bool {
    parse(text, None).is_ok_and(|number| matches!(number.verdict(), Verdict::InUse(_)))
}

fn check_theirs(text: &str) -> bool {
    let util = &*PHONE_NUMBER_UTIL;
    util.parse(text, None).is_ok_and(|number| util.is_valid_number(&number))
}

fn timed(rows: &[String], check: fn(&str) -> bool) -> (Duration, usize) {
    let started = Instant::now();
    let valid = rows.iter().filter(|text| check(black_box(text))).count();
    (started.elapsed(), valid)
}

fn median(rows: &[String], runs: usize, check: fn(&str) -> bool) -> (Duration, usize) {
    let mut runs: Vec<_> = (0..runs).map(|_| timed(rows, check)).collect();
    runs.sort();
    runs[runs.len() / 2]
}

fn speed() {
    // Ours first, before anything else has run: the first pass unpacks the table.
    let first = std::env::var("PHONES_FIRST").ok();
    if let Some(path) = first {
        let text = std::fs::read_to_string(path).expect("the sheet");
        let rows: Vec<String> = text.lines().map(str::to_owned).collect();
        let check = if std::env::var("PHONES_OURS").is_ok() { check_ours } else { check_theirs };
        let (time, valid) = timed(&rows, check);
        println!("{} {valid}", time.as_nanos());
        return;
    }
    println!("| phones | rows | in use | rlibphonenumber | phone-automaton | ratio |");
    println!("| --- | --- | --- | --- | --- | --- |");
    for rows in [10_000, 100_000] {
        let sheet = sheet(rows);
        let path = std::env::temp_dir().join(format!("phones-{}-{rows}", std::process::id()));
        std::fs::write(&path, sheet.join("\n")).expect("a temporary file");
        // A process of its own for every first pass.
        let fresh = |ours: bool| {
            let program = std::env::current_exe().expect("this program");
            let mut times: Vec<(u128, usize)> = (0..5)
                .map(|_| {
                    let mut command = std::process::Command::new(&program);
                    command.arg("0").env("PHONES_FIRST", &path);
                    if ours {
                        command.env("PHONES_OURS", "1");
                    }
                    let output = command.output().expect("this program again").stdout;
                    let output = String::from_utf8_lossy(&output).into_owned();
                    let mut words = output.split_whitespace();
                    let mut number = || words.next().and_then(|word| word.parse().ok()).unwrap_or(0_u128);
                    (number(), usize::try_from(number()).unwrap_or_default())
                })
                .collect();
            times.sort_unstable();
            let (time, valid) = times[times.len() / 2];
            (Duration::from_nanos(u64::try_from(time).unwrap_or(u64::MAX)), valid)
        };
        line("first pass", rows, fresh(false), fresh(true));
        let _ = check_theirs("+16502530000");
        let theirs = median(&sheet, 5, check_theirs);
        let ours = median(&sheet, 21, check_ours);
        line("warm", rows, theirs, ours);
        let _ = std::fs::remove_file(path);
    }
}

fn line(name: &str, rows: usize, theirs: (Duration, usize), ours: (Duration, usize)) {
    assert_eq!(theirs.1, ours.1, "both find the same numbers in use");
    let each = |time: Duration| {
        format!("{:.3} ms ({:.0} ns each)", time.as_secs_f64() * 1e3, time.as_secs_f64() * 1e9 / rows as f64)
    };
    let ratio = theirs.0.as_secs_f64() / ours.0.as_secs_f64();
    println!("| {name} | {rows} | {} | {} | {} | {ratio:.0} × |", ours.1, each(theirs.0), each(ours.0));
}

fn compare(numbers: usize) {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let started = Instant::now();
    let workers: Vec<_> = (0..threads)
        .map(|thread| {
            std::thread::spawn(move || {
                let mut mutations = Mutations::new(1_000_003 * (u64::try_from(thread).unwrap_or_default() + 1));
                let (mut wrong, mut in_use) = (0_usize, 0_usize);
                for _ in 0..numbers / threads {
                    let (text, home) = mutations.number();
                    if !can_be_asked(&text) {
                        continue;
                    }
                    let (ours, theirs) = (ours(&text, home), theirs(&text, home));
                    in_use +=
                        usize::from(ours.as_ref().is_ok_and(|answer| matches!(answer.verdict, Verdict::InUse(_))));
                    if ours != theirs {
                        wrong += 1;
                        println!("{text:?} in {home:?}: {ours:?}, and it should be {theirs:?}");
                    }
                }
                (wrong, in_use)
            })
        })
        .collect();
    let (mut wrong, mut in_use) = (0, 0);
    for worker in workers {
        let (theirs, valid) = worker.join().expect("a worker");
        wrong += theirs;
        in_use += valid;
    }
    let regions = Region::all().count();
    println!(
        "{numbers} mutated numbers of {regions} plans, {in_use} in use: {wrong} differ ({:.0?})",
        started.elapsed()
    );
    assert_eq!(wrong, 0);
}
