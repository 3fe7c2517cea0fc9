//! `cargo xtask bench imports`: users a second that an atomic import brings into the embedded DynamoDB over HTTP, and what
//! each of them costs in capacity units and calls, as the answers of the database say; how both grow with the import.
#![expect(clippy::print_stdout, reason = "a benchmark says what it measured")]

use std::{collections::BTreeMap, time::Instant};

use aws_sdk_dynamodb::{Client, types::AttributeValue};
use rollcall_dev_server::{Calls, Config, Faults, Usage};
use rollcall_tests::system::{Answer, Caller, Request, System};
use serde_json::{Value, json};

/// Rows of a chunk.
const CHUNK: usize = 1_000;
/// Imports of each size of which the speed is measured.
const RUNS: usize = 3;
/// What the project asks for, at least and as an aim.
const SPEED: (f64, f64) = (3_300.0, 10_000.0);
const UNITS: (f64, f64) = (1.25, 1.05);

#[tokio::main(flavor = "multi_thread")]
async fn main() {
    let sizes: Vec<usize> = std::env::args().skip(1).filter_map(|text| text.parse().ok()).collect();
    let sizes = if sizes.is_empty() { vec![1_000, 10_000, 100_000] } else { sizes };
    let mut measured = Vec::new();
    for size in &sizes {
        measured.push(measure(*size).await);
    }
    print(&measured);
}

struct Measured {
    size: usize,
    /// Of each run: seconds until all rows are staged, and from the commit until the import is finished.
    times: Vec<(f64, f64)>,
    staging: Usage,
    running: Usage,
    /// Of one user: bytes and the units that writing it once takes, of user, guard and invitation.
    items: Vec<(&'static str, usize)>,
}

/// Everything in a system of its own, so that no size finds what another has left.
async fn measure(size: usize) -> Measured {
    let mut times = Vec::new();
    let runs = if size > 10_000 { 1 } else { RUNS };
    for run in 0..runs {
        let system = System::start_with(config()).await;
        let root = system.root();
        let organization = system.organization("Speed").await;
        let begun = Instant::now();
        let import = stage(&system, &root, &organization, size, run).await;
        let staged = begun.elapsed().as_secs_f64();
        let begun = Instant::now();
        commit(&system, &root, &import).await;
        times.push((staged, begun.elapsed().as_secs_f64()));
        system.server.stop().await;
    }
    // The accounts take time: they are kept in another import.
    let system = System::start_with(config()).await;
    let root = system.root();
    let organization = system.organization("Units").await;
    let _ = system.server.used();
    let import = stage(&system, &root, &organization, size, runs).await;
    let staging = system.server.used();
    commit(&system, &root, &import).await;
    let running = system.server.used();
    let items = items(&system, &organization, size, runs).await;
    system.server.stop().await;
    Measured { size, times, staging, running, items }
}

/// No schedules: mails are sent by a lane of their own, at the mail service's pace.
fn config() -> Config {
    Config { faults: Faults::none(), schedules: false, ..Config::for_tests(1) }
}

async fn stage(system: &System, root: &Caller, organization: &str, size: usize, run: usize) -> String {
    let path = format!("/v1/imports?profile=modern&kind=end_user&organization={organization}");
    let chunks = size.div_ceil(CHUNK);
    let opened = system.post(root, path, json!({"chunks": chunks, "total_rows": size})).await;
    let import = format!("/v1/imports/{}", good(opened, 201).text_of("id"));
    for chunk in 0..chunks {
        let rows: Vec<Value> =
            (chunk * CHUNK..size.min((chunk + 1) * CHUNK)).map(|row| person(size, run, row)).collect();
        let request = Request::new("PUT", format!("{import}/chunks/{chunk}")).json(&json!({"rows": rows}));
        let staged = system.send(root, request).await;
        assert!(staged.status < 300, "{staged:?}");
    }
    import
}

async fn commit(system: &System, root: &Caller, import: &str) {
    good(system.post(root, format!("{import}/commit"), json!({})).await, 202);
    loop {
        let head = system.get(root, import).await;
        match head.json["status"].as_str() {
            Some("finished") => return,
            Some("rejected" | "failed") | None => panic!("{head:?}"),
            Some(_) => tokio::time::sleep(std::time::Duration::from_millis(20)).await,
        }
    }
}

/// The three items that a user cannot be without, as they are after the import.
async fn items(system: &System, organization: &str, size: usize, run: usize) -> Vec<(&'static str, usize)> {
    let email = person(size, run, size / 2)["email"].as_str().map(str::to_owned).expect("an address");
    let path = format!("/v1/users?organization={organization}&q={}", email.split('@').next().unwrap_or_default());
    let found = good(system.get(&system.root(), path).await, 200);
    let user = found.json["items"][0]["id"].as_str().map(str::to_owned).expect("the user");
    let client = Client::new(system.server.operator());
    let get = async |pk: String, sk: &str| {
        let answer = client.get_item().table_name(system.server.table()).key("pk", AttributeValue::S(pk));
        let answer = answer.key("sk", AttributeValue::S(sk.to_owned())).send().await.expect("an item");
        answer.item.expect("an item")
    };
    let whole = get(format!("USER#{user}"), "USER").await;
    let invitation = whole.get("invitation").and_then(|invitation| invitation.as_m().ok()?.get("id")?.as_s().ok());
    let invitation = invitation.expect("an invitation");
    let guard = get(format!("LOGIN#{email}"), "GUARD").await;
    let locator = get(format!("INVITATION#{invitation}"), "LOCATOR").await;
    vec![("user", bytes(&whole)), ("guard", bytes(&guard)), ("invitation", bytes(&locator))]
}

/// As the service counts them: names and texts by their bytes, numbers by two digits a byte, lists and maps with what
/// holds them together.
fn bytes(item: &std::collections::HashMap<String, AttributeValue>) -> usize {
    item.iter().map(|(name, value)| name.len() + size_of(value)).sum()
}

fn size_of(value: &AttributeValue) -> usize {
    match value {
        AttributeValue::S(text) => text.len(),
        AttributeValue::N(digits) => digits.len().div_ceil(2) + 1,
        AttributeValue::M(members) => 3 + members.len() + bytes(members),
        AttributeValue::L(members) => 3 + members.iter().map(|member| 1 + size_of(member)).sum::<usize>(),
        AttributeValue::Ss(members) => members.iter().map(String::len).sum(),
        AttributeValue::B(blob) => blob.as_ref().len(),
        _ => 1,
    }
}

fn person(size: usize, run: usize, n: usize) -> Value {
    let first = ["Johanna", "Mia", "Ben", "Ada", "Leo", "Ida", "Noa", "Tom", "Eva", "Max"][n % 10];
    json!({
        "first_name": first, "last_name": format!("Person{}", letters(n)),
        "email": format!("p{n}r{run}@bench{size}.example"), "role": "Organization User",
    })
}

/// Digits as letters: names take no digits.
fn letters(n: usize) -> String {
    n.to_string().bytes().map(|digit| char::from(digit - b'0' + b'a')).collect()
}

fn good(answer: Answer, status: u16) -> Answer {
    assert_eq!(answer.status, status, "{answer:?}");
    answer
}

fn print(measured: &[Measured]) {
    println!("### Atomic imports into the embedded DynamoDB over HTTP\n");
    println!("| users | staged s | imported s | users/s, import | users/s, staging too | runs |");
    println!("| ---: | ---: | ---: | ---: | ---: | ---: |");
    for Measured { size, times, .. } in measured {
        let (staged, imported) = (median(times, |run| run.0), median(times, |run| run.1));
        println!(
            "| {size} | {staged:.2} | {imported:.2} | {:.0} | {:.0} | {} |",
            *size as f64 / imported,
            *size as f64 / (staged + imported),
            times.len()
        );
    }
    println!("\n| users | calls a user | write units a user | read units a user | of them to stage | minimum | × |");
    println!("| ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
    for Measured { size, staging, running, items, .. } in measured {
        let users = *size as f64;
        let of = |usage: &Usage, writes: bool, of: fn(&Calls) -> f64| -> f64 {
            let operations = usage.operations.iter().filter(|(name, _)| is_write(name) == writes);
            operations.map(|(_, calls)| of(calls)).sum::<f64>() / users
        };
        let calls = |usage: &Usage| of(usage, true, |one| one.calls as f64) + of(usage, false, |one| one.calls as f64);
        let units = |usage: &Usage, writes| of(usage, writes, |one| one.units);
        let minimum: usize = items.iter().map(|(_, bytes)| bytes.div_ceil(1024)).sum();
        let writes = units(staging, true) + units(running, true);
        println!(
            "| {size} | {:.2} | {writes:.2} | {:.2} | {:.2} | {minimum} | {:.2} |",
            calls(staging) + calls(running),
            units(staging, false) + units(running, false),
            units(staging, true),
            writes / minimum as f64
        );
    }
    let Some(Measured { size, running, items, times, .. }) = measured.last() else { return };
    println!("\nOf each user, in the import of {size}:\n");
    println!("| calls | a user | units a user |");
    println!("| --- | ---: | ---: |");
    for (name, Calls { calls, units }) in &running.operations {
        println!("| {name} | {:.3} | {:.2} |", *calls as f64 / *size as f64, units / *size as f64);
    }
    println!("\n| what is acted on | a user |");
    println!("| --- | ---: |");
    let mut members: BTreeMap<&str, u64> = BTreeMap::new();
    for (what, count) in &running.members {
        *members.entry(what).or_default() += count;
    }
    for (what, count) in members.into_iter().filter(|(_, count)| *count * 100 > *size as u64) {
        println!("| {what} | {:.2} |", count as f64 / *size as f64);
    }
    let sizes: Vec<String> = items.iter().map(|(name, bytes)| format!("{name} {bytes}")).collect();
    println!("\nBytes of a user's items: {}.\n", sizes.join(", "));
    let speed = *size as f64 / median(times, |run| run.1);
    println!(
        "- users a second: {speed:.0} (at least {:.0}, aim {:.0}): {}",
        SPEED.0,
        SPEED.1,
        said(speed >= SPEED.0, speed >= SPEED.1)
    );
    let minimum: usize = items.iter().map(|(_, bytes)| bytes.div_ceil(1024)).sum();
    let written: f64 = running.operations.iter().filter(|(name, _)| is_write(name)).map(|(_, calls)| calls.units).sum();
    let ratio = written / *size as f64 / minimum as f64;
    println!(
        "- write units against the minimum: {ratio:.2} × (at most {}, aim {}): {}",
        UNITS.0,
        UNITS.1,
        said(ratio <= UNITS.0, ratio <= UNITS.1)
    );
}

fn median(times: &[(f64, f64)], of: fn(&(f64, f64)) -> f64) -> f64 {
    let mut values: Vec<f64> = times.iter().map(of).collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn said(at_least: bool, aim: bool) -> &'static str {
    if aim {
        "aim reached"
    } else if at_least {
        "at least reached, aim missed"
    } else {
        "MISSED"
    }
}

/// Statements are only written.
fn is_write(operation: &str) -> bool {
    !matches!(operation, "GetItem" | "Query" | "BatchGetItem" | "TransactGetItems")
}
