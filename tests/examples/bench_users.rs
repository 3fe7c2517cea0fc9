//! `cargo xtask bench users`: what lists, searches and filters of users read, in an organization of 5,000 and in one
//! of 50,000. What a page reads is bounded, whatever the size; where the smaller one has fewer than a page of what is
//! asked for, it reads less.
#![expect(clippy::print_stderr, reason = "a benchmark says what it measured")]

use std::time::Instant;

use rollcall_accounts::operations::list_users::READ_BUDGET;
use rollcall_dev_server::{Config, Faults, Reads};
use rollcall_tests::system::{Answer, Caller, Request, System};
use serde_json::{Value, json};

/// Rows of a chunk.
const CHUNK: usize = 1_000;
/// Pages after which a page is deep.
const DEEP: usize = 40;
/// Most items that a page may read: an entry and a user for each of its budget, the last batch begun before it was
/// spent, and who asks.
const ITEMS: u64 = 2 * (READ_BUDGET as u64 + 100) + 20;

#[tokio::main(flavor = "multi_thread")]
async fn main() {
    let sizes: Vec<usize> = match std::env::args().nth(1).and_then(|text| text.parse().ok()) {
        Some(size) => vec![size / 10, size],
        None => vec![5_000, 50_000],
    };
    let config = Config { faults: Faults::none(), schedules: false, ..Config::for_tests(1) };
    let system = System::start_with(config).await;
    let root = system.root();
    let mut columns = Vec::new();
    for size in &sizes {
        let organization = Organization::fill(&system, &root, *size).await;
        columns.push(organization.measure(&system, &root).await);
    }
    print(&sizes, &columns);
    let over = columns.iter().flatten().filter(|(_, cost)| cost.reads.items > ITEMS);
    let over: Vec<&str> = over.map(|(question, _)| *question).collect();
    system.server.stop().await;
    assert!(over.is_empty(), "these read more than {ITEMS} items: {over:?}");
}

struct Organization {
    id: String,
    group: String,
}

#[derive(Debug, Clone, Copy)]
struct Cost {
    reads: Reads,
    milliseconds: f64,
    found: usize,
}

impl Organization {
    /// Users by import, in chunks; of 1,000 of them 10 are administrators, 20 are in a group. Beside them 20 who are
    /// deactivated and 20 whose mail bounced, whatever the size.
    async fn fill(system: &System, root: &Caller, size: usize) -> Self {
        let id = system.organization(&format!("Bench{}", letters(size))).await;
        let group = system.post(root, format!("/v1/groups?organization={id}"), json!({"name": "Team", "active": true}));
        let group = good(group.await, 201).text_of("id");
        let path = format!("/v1/imports?profile=modern&kind=end_user&organization={id}");
        let chunks = size / CHUNK;
        let begun = Instant::now();
        let opened = system.post(root, path, json!({"chunks": chunks, "total_rows": size})).await;
        let import = format!("/v1/imports/{}", good(opened, 201).text_of("id"));
        for chunk in 0..chunks {
            let rows: Vec<Value> = (0..CHUNK).map(|row| person(size, chunk * CHUNK + row)).collect();
            let request = Request::new("PUT", format!("{import}/chunks/{chunk}")).json(&json!({"rows": rows}));
            let staged = system.send(root, request).await;
            assert!(staged.status < 300, "{}", staged.code());
        }
        let staged = begun.elapsed();
        let begun = Instant::now();
        good(system.post(root, format!("{import}/commit"), json!({})).await, 202);
        loop {
            let head = system.get(root, &import).await;
            match head.json["status"].as_str() {
                Some("finished") => break,
                Some("rejected" | "failed") | None => panic!("{head:?}"),
                Some(_) => tokio::time::sleep(std::time::Duration::from_millis(50)).await,
            }
        }
        let ran = begun.elapsed();
        eprintln!(
            "{size} users: staged in {:.1} s, imported in {:.1} s ({:.0} users a second)",
            staged.as_secs_f64(),
            ran.as_secs_f64(),
            size as f64 / ran.as_secs_f64()
        );
        for n in 0..20 {
            let user = json!({
                "kind": "end_user", "organization_id": id, "roles": ["organization_user"], "invite": false,
                "first_name": "Off", "last_name": format!("Line{}", letters(n)),
                "email": format!("off{n}@bench{size}.example"),
            });
            let user = good(system.post(root, "/v1/users", user).await, 201).text_of("id");
            good(system.post(root, format!("/v1/users/{user}/deactivate"), json!({})).await, 200);
        }
        Self { id, group }
    }

    async fn measure(&self, system: &System, root: &Caller) -> Vec<(&'static str, Cost)> {
        let base = format!("/v1/users?organization={}&limit=50", self.id);
        let mut costs = Vec::new();
        for (question, query) in [
            ("first page", String::new()),
            ("from Z to A", "&sort=-name".into()),
            ("search, one person", "&q=needle".into()),
            ("search, one in ten", "&q=johanna".into()),
            ("search, two words", "&q=johanna+needle".into()),
            ("role: one in a hundred", "&role=organization_admin".into()),
            ("role: nearly all", "&role=organization_user".into()),
            ("group: one in fifty", format!("&group={}", self.group)),
            ("status: deactivated, 20", "&status=deactivated".into()),
            ("status: invited, nearly all", "&status=invited".into()),
            ("status: active, nobody", "&status=active".into()),
            ("delivery: bounced, nobody", "&delivery=bounced".into()),
            ("role and search", "&role=organization_admin&q=johanna".into()),
            ("group and status", format!("&group={}&status=invited", self.group)),
        ] {
            let path = format!("{base}{query}");
            costs.push((question, cost(system, root, &path).await));
        }
        let mut cursor = String::new();
        for _ in 0..DEEP {
            let page = good(system.get(root, format!("{base}&limit=100{cursor}")).await, 200);
            // Small organizations have no page that deep: it is their last.
            let Some(next) = page.json["next_cursor"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        costs.push(("page 41 of 100 each", cost(system, root, &format!("{base}&limit=100{cursor}")).await));
        let trail = format!("/v1/audit-events?organization={}", self.id);
        costs.push(("audit trail, first page", cost(system, root, &trail).await));
        costs
    }
}

async fn cost(system: &System, root: &Caller, path: &str) -> Cost {
    // Once for caches that a warm function has.
    good(system.get(root, path).await, 200);
    let before = system.server.reads();
    let begun = Instant::now();
    let page = good(system.get(root, path).await, 200);
    Cost {
        reads: system.server.reads() - before,
        milliseconds: begun.elapsed().as_secs_f64() * 1000.0,
        found: page.json["items"].as_array().map_or(0, Vec::len),
    }
}

fn print(sizes: &[usize], columns: &[Vec<(&'static str, Cost)>]) {
    let heads: Vec<String> = sizes.iter().map(|size| format!("{size} users")).collect();
    let mut lines = vec![format!("{:<30} {:>38} {:>38}", "", heads[0], heads[1])];
    let head = "calls   items  found       ms";
    lines.push(format!("{:<30} {head:>38} {head:>38}", ""));
    for ((question, small), (_, large)) in columns[0].iter().zip(&columns[1]) {
        let cell = |cost: &Cost| {
            format!("{:>5} {:>7} {:>6} {:>8.1}", cost.reads.calls, cost.reads.items, cost.found, cost.milliseconds)
        };
        lines.push(format!("{question:<30} {:>38} {:>38}", cell(small), cell(large)));
    }
    eprintln!("{}", lines.join("\n"));
}

fn good(answer: Answer, status: u16) -> Answer {
    assert_eq!(answer.status, status, "{answer:?}");
    answer
}

fn person(size: usize, n: usize) -> Value {
    let first = ["Johanna", "Mia", "Ben", "Ada", "Leo", "Ida", "Noa", "Tom", "Eva", "Max"][n % 10];
    let last = if n == 711 { "Needle".to_owned() } else { format!("Person{}", letters(n)) };
    let role = if n % 100 == 7 { "Organization Admin" } else { "Organization User" };
    let mut row = json!({
        "first_name": first, "last_name": last, "email": format!("p{n}@bench{size}.example"), "role": role,
    });
    if n % 50 == 3 {
        row["groups"] = json!(["Team"]);
    }
    row
}

/// Digits as letters: names take no digits.
fn letters(n: usize) -> String {
    n.to_string().bytes().map(|digit| char::from(digit - b'0' + b'a')).collect()
}
