//! The import protocol with a crash at each step: the runner dies at its n-th call of the table, before the
//! call or after it took effect, for every n. Then the clock moves on, the sweep finds the import, and it is
//! whole or gone; nothing of a runner's work is left behind.

#![expect(clippy::print_stdout, reason = "the numbers are worth seeing")]

use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

use aws_sdk_dynamodb::types::AttributeValue;
use rollcall_dev_server::{Config, Crash, DevServer, Faults, MailFilter};
use rollcall_tests::system::{Request, System};
use serde_json::{Value, json};

const ROWS: usize = 8;
const CHUNKS: usize = 2;
const RUNNER: &str = "RunImportFunction";

fn address(run: &str, number: usize) -> String {
    format!("{run}-{number}@example.com")
}

/// Stages and commits an import in two chunks.
async fn start(system: &System, organization: &str, run: &str) -> String {
    start_with(system, organization, run, "").await
}

async fn start_with(system: &System, organization: &str, run: &str, more: &str) -> String {
    let root = system.root();
    let path = format!("/v1/imports?profile=modern&organization={organization}&role=organization_user{more}");
    let staged = system.post(&root, path, json!({"chunks": CHUNKS, "total_rows": ROWS})).await;
    assert_eq!(staged.status, 201, "{staged:?}");
    let id = staged.text_of("id");
    let per_chunk = ROWS / CHUNKS;
    for chunk in 0..CHUNKS {
        let rows: Vec<Value> = (chunk * per_chunk..(chunk + 1) * per_chunk)
            .map(|number| json!({"row": number + 1, "first_name": "Ana", "email": address(run, number)}))
            .collect();
        let put = Request::new("PUT", format!("/v1/imports/{id}/chunks/{chunk}")).json(&json!({"rows": rows}));
        assert_eq!(system.send(&root, put).await.status, 200);
    }
    let commit = system.post(&root, format!("/v1/imports/{id}/commit"), json!({})).await;
    assert_eq!(commit.status, 202, "{commit:?}");
    id
}

/// The import, once nothing is left to do; the clock is moved for as long as something is.
async fn recovered(system: &System, id: &str, crash_planned: impl Fn() -> bool) -> Value {
    let began = Instant::now();
    let mut moved: Option<Instant> = None;
    loop {
        let import = system.get(&system.root(), format!("/v1/imports/{id}")).await.json;
        if !import["finished_at"].is_null() {
            return import;
        }
        assert!(began.elapsed() < Duration::from_secs(300), "the import does not end: {import}");
        // The runner is dead: its lease must run out, and the sweep come by. The next one needs real time for its
        // work, or the clock would take its lease away too.
        if !crash_planned() && moved.is_none_or(|moved| moved.elapsed() > Duration::from_secs(3)) {
            system.server.advance("PT3M").await.expect("a duration");
            moved = Some(Instant::now());
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// The table as it is.
async fn items(system: &System) -> Vec<BTreeMap<String, AttributeValue>> {
    let table = aws_sdk_dynamodb::Client::new(system.server.operator());
    let (mut all, mut from) = (Vec::new(), None);
    loop {
        let page = table
            .scan()
            .table_name(system.server.table())
            .consistent_read(true)
            .set_exclusive_start_key(from)
            .send()
            .await
            .expect("a scan");
        all.extend(page.items.unwrap_or_default().into_iter().map(|item| item.into_iter().collect()));
        from = page.last_evaluated_key;
        if from.is_none() {
            return all;
        }
    }
}

fn text<'a>(item: &'a BTreeMap<String, AttributeValue>, name: &str) -> &'a str {
    item.get(name).and_then(|value| value.as_s().ok()).map_or("", String::as_str)
}

/// What must hold of the whole table whenever no import is under way.
async fn nothing_is_left_behind(system: &System, case: &str) {
    let items = items(system).await;
    let of_kind = |kind: &'static str| items.iter().filter(move |item| text(item, "kind") == kind);
    for kind in ["import_tick", "import_rows", "import_chunk", "import_person"] {
        assert_eq!(of_kind(kind).count(), 0, "{case}: {kind}");
    }
    let users: BTreeMap<&str, _> = of_kind("user").map(|user| (text(user, "id"), user)).collect();
    for (id, user) in &users {
        assert!(!user.contains_key("import_mark"), "{case}: user {id} is marked");
    }
    let mut held = BTreeMap::<&str, usize>::new();
    for guard in of_kind("guard") {
        assert!(!guard.contains_key("import_id"), "{case}: {} is still the import's", text(guard, "pk"));
        *held.entry(text(guard, "user_id")).or_default() += 1;
    }
    assert_eq!(held.keys().copied().collect::<BTreeSet<_>>(), users.keys().copied().collect(), "{case}: guards");
    for kind in ["listing", "word"] {
        let found: BTreeSet<&str> = of_kind(kind).map(|entry| text(entry, "user_id")).collect();
        assert_eq!(found, users.keys().copied().collect(), "{case}: {kind}");
    }
    let mut mails = BTreeMap::<&str, usize>::new();
    for mail in of_kind("mail") {
        let invitation = text(mail, "pk").trim_start_matches("MAIL#").split('#').next().unwrap_or_default();
        *mails.entry(invitation).or_default() += 1;
    }
    // Of who was deleted a locator stays, for the link to say that it was withdrawn.
    let locators: BTreeMap<&str, &str> = of_kind("invitation")
        .filter(|locator| locator.contains_key("user_id"))
        .map(|locator| (text(locator, "pk").trim_start_matches("INVITATION#"), text(locator, "user_id")))
        .collect();
    let invitations: BTreeMap<&str, usize> = users
        .iter()
        .filter_map(|(id, user)| {
            let invitation = user.get("invitation")?.as_m().ok()?;
            Some((*id, invitation["generation"].as_n().ok()?.parse().ok()?))
        })
        .collect();
    let mut invited = 0;
    for (id, user) in &users {
        let Some(AttributeValue::M(invitation)) = user.get("invitation") else { continue };
        let delivery = invitation["delivery"].as_s().expect("a state").as_str();
        let invitation = invitation["id"].as_s().expect("an id").as_str();
        assert_eq!(locators.get(invitation), Some(id), "{case}: locator of user {id}");
        // A mail is in the table until it is handed over.
        let waiting = mails.remove(invitation).unwrap_or_default();
        assert_eq!(waiting, usize::from(delivery == "queued"), "{case}: mails to user {id}");
        let address = text(user, "email").to_owned();
        let filter = MailFilter { to: Some(address), limit: None };
        let handed = system.server.outbox().list(&filter).expect("the outbox").len();
        let generation = invitations.get(id).copied().unwrap_or_default();
        assert_eq!(waiting + handed, generation, "{case}: mails to user {id}");
        invited += 1;
    }
    assert_eq!((locators.len(), mails.len()), (invited, 0), "{case}: invitations without a user");
}

/// Every crash of one side of the calls; says at how many calls the runner died.
async fn every_crash(side: Crash, taken: bool) -> usize {
    let config = Config { faults: Faults::none(), schedules: false, ..Config::for_tests(0) };
    let system = System::of(DevServer::start(config).await.expect("a server"));
    let root = system.root();
    let crashes = system.server.crashes();
    for call in 1.. {
        let run = format!("run{call}");
        let case = format!("{side:?} {call}, one address taken: {taken}");
        let organization = system.organization(&format!("Organization {call}")).await;
        if taken {
            let body = json!({"kind": "end_user", "organization_id": organization, "roles": ["organization_user"],
                "first_name": "Eve", "last_name": "First", "email": address(&run, ROWS - 1)});
            system.user(body).await;
        }
        crashes.plan(RUNNER, call, side);
        let id = start(&system, &organization, &run).await;
        let import = recovered(&system, &id, || crashes.is_planned(RUNNER)).await;
        let (status, imported) = if taken { ("rejected", 0) } else { ("finished", ROWS) };
        assert_eq!((&import["status"], &import["counts"]["imported"]), (&json!(status), &json!(imported)), "{case}");
        let listed = system.get(&root, format!("/v1/users?organization={organization}&limit=100")).await.json;
        let wanted = imported + usize::from(taken);
        assert_eq!(listed["items"].as_array().map(Vec::len), Some(wanted), "{case}");
        let organizations = system.get(&root, "/v1/organizations?limit=100").await.json;
        let counted = organizations["items"].as_array().into_iter().flatten();
        let counted = counted.filter(|each| each["id"] == organization.as_str()).map(|each| &each["counts"]["users"]);
        assert!(counted.clone().all(|count| *count == json!(wanted)), "{case}: {counted:?}");
        let over = crashes.is_planned(RUNNER);
        // The table grows with every run, and what is left behind stays: a look now and then finds it.
        if over || call % 10 == 0 {
            system.server.advance("PT5M").await.expect("a duration");
            nothing_is_left_behind(&system, &case).await;
        }
        if over {
            return call - 1;
        }
    }
    unreachable!("the runner makes a finite number of calls")
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_is_whole_whatever_call_its_runner_dies_before() {
    let calls = every_crash(Crash::BeforeCall, false).await;
    println!("died before each of {calls} calls");
    assert!(calls > 20, "{calls}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_is_whole_whatever_call_its_runner_dies_after() {
    let calls = every_crash(Crash::AfterCall, false).await;
    println!("died after each of {calls} calls");
    assert!(calls > 20, "{calls}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rejected_import_is_gone_whatever_call_its_runner_dies_before() {
    let calls = every_crash(Crash::BeforeCall, true).await;
    println!("died before each of {calls} calls");
    assert!(calls > 10, "{calls}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rejected_import_is_gone_whatever_call_its_runner_dies_after() {
    let calls = every_crash(Crash::AfterCall, true).await;
    println!("died after each of {calls} calls");
    assert!(calls > 10, "{calls}");
}

/// A request that dies on the way is finished by repeating it, as one import.
async fn every_crash_of_the_request(side: Crash) -> usize {
    let config = Config { faults: Faults::none(), schedules: false, ..Config::for_tests(0) };
    let system = System::of(DevServer::start(config).await.expect("a server"));
    let function = "StartImportFunction";
    let crashes = system.server.crashes();
    for call in 1.. {
        let case = format!("{side:?} {call}");
        let organization = system.organization(&format!("Organization {call}")).await;
        let path = format!("/v1/imports?profile=modern&organization={organization}&role=organization_user");
        let sheet: String = (0..ROWS).map(|number| format!("Ana,{}\n", address(&format!("s{call}"), number))).collect();
        let request = Request::new("POST", path)
            .header("idempotency-key", format!("key{call}"))
            .body("text/csv", format!("First Name,Email\n{sheet}"));
        crashes.plan(function, call, side);
        let first = system.send(&system.root(), request.clone()).await;
        let over = crashes.is_planned(function);
        assert_eq!(first.status == 202, over, "{case}: {first:?}");
        let last = if over {
            first
        } else {
            // The key stays claimed for a minute: the first request might still be at work.
            system.server.advance("PT2M").await.expect("a duration");
            system.send(&system.root(), request).await
        };
        assert_eq!(last.status, 202, "{case}: {last:?}");
        let import = recovered(&system, &last.text_of("id"), || true).await;
        assert_eq!((&import["status"], &import["counts"]["imported"]), (&json!("finished"), &json!(ROWS)), "{case}");
        let imports = system.get(&system.root(), format!("/v1/imports?organization={organization}")).await.json;
        assert_eq!(imports["items"].as_array().map(Vec::len), Some(1), "{case}");
        if over {
            nothing_is_left_behind(&system, &case).await;
            return call - 1;
        }
    }
    unreachable!("a request makes a finite number of calls")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_dies_anywhere_is_finished_by_repeating_it() {
    for side in [Crash::BeforeCall, Crash::AfterCall] {
        let calls = every_crash_of_the_request(side).await;
        println!("{side:?}: the request died at each of {calls} calls");
        assert!(calls > 5, "{calls}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_is_cancelled_at_any_moment_is_whole_or_gone() {
    let config = Config { faults: Faults::none(), schedules: false, ..Config::for_tests(0) };
    let system = System::of(DevServer::start(config).await.expect("a server"));
    let mut ends = BTreeMap::<String, usize>::new();
    for moment in 0..40 {
        let organization = system.organization(&format!("Organization {moment}")).await;
        let id = start(&system, &organization, &format!("c{moment}")).await;
        // Another moment of the run each time: nothing is expected to have happened by then.
        for _ in 0..moment {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        let cancel = system.post(&system.root(), format!("/v1/imports/{id}/cancel"), json!({})).await;
        let import = recovered(&system, &id, || true).await;
        let status = import["status"].as_str().expect("a status").to_owned();
        let (wanted, answered) = match status.as_str() {
            "cancelled" => (0, (202, "")),
            _ => (ROWS, (409, "import_not_cancellable")),
        };
        assert_eq!(cancel.outcome().0, answered.0, "{moment}: {cancel:?}");
        assert_eq!(cancel.code(), answered.1, "{moment}: {cancel:?}");
        let listed = system.get(&system.root(), format!("/v1/users?organization={organization}&limit=100")).await.json;
        assert_eq!(listed["items"].as_array().map(Vec::len), Some(wanted), "{moment}: {status}");
        *ends.entry(status).or_default() += 1;
    }
    println!("cancelled at 40 moments: {ends:?}");
    nothing_is_left_behind(&system, "cancelled").await;
    assert!(ends.contains_key("cancelled"), "{ends:?}");
}

/// The people of an organization, by address.
async fn people(system: &System, organization: &str) -> BTreeMap<String, Value> {
    let listed = system.get(&system.root(), format!("/v1/users?organization={organization}&limit=100")).await.json;
    let items = listed["items"].as_array().cloned().unwrap_or_default();
    items.into_iter().map(|user| (user["email"].as_str().unwrap_or_default().to_owned(), user)).collect()
}

/// How often something was done to a person, as the audit trail tells it.
async fn told(system: &System, user: &Value, action: &str) -> usize {
    let path = format!("/v1/users/{}/audit-events", user["id"].as_str().unwrap_or_default());
    let events = system.get(&system.root(), path).await.json;
    events["items"].as_array().into_iter().flatten().filter(|event| event["action"] == action).count()
}

/// Every crash of an import that changes people who are there already.
async fn every_crash_with_people(side: Crash, wish: &str) -> usize {
    let config = Config { faults: Faults::none(), schedules: false, ..Config::for_tests(0) };
    let system = System::of(DevServer::start(config).await.expect("a server"));
    let crashes = system.server.crashes();
    let here = [1, ROWS - 1];
    for call in 1.. {
        let run = format!("run{call}");
        let case = format!("{side:?} {call}, {wish}");
        let organization = system.organization(&format!("Organization {call}")).await;
        for number in here {
            let body = json!({"kind": "end_user", "organization_id": organization, "roles": ["organization_user"],
                "first_name": "Eve", "last_name": "First", "email": address(&run, number)});
            system.user(body).await;
            system.invitation_path(&address(&run, number)).await;
        }
        crashes.plan(RUNNER, call, side);
        let id = start_with(&system, &organization, &run, &format!("&on_existing={wish}")).await;
        let import = recovered(&system, &id, || crashes.is_planned(RUNNER)).await;
        let (new, changed) = (ROWS - here.len(), here.len());
        let counts = json!({"rows": ROWS, "imported": new, "updated": changed, "skipped": 0, "failed": 0});
        assert_eq!((&import["status"], &import["counts"]), (&json!("finished"), &counts), "{case}");
        let people = people(&system, &organization).await;
        assert_eq!(people.len(), ROWS, "{case}");
        for number in here {
            let person = &people[&address(&run, number)];
            let updated = wish == "update";
            let (name, generation) = if updated { ("Ana", 1) } else { ("Eve", 2) };
            let is = (&person["first_name"], &person["invitation"]["generation"]);
            assert_eq!(is, (&json!(name), &json!(generation)), "{case}");
            let (action, other) = ("user.updated", "invitation.resent");
            let (action, other) = if updated { (action, other) } else { (other, action) };
            assert_eq!((told(&system, person, action).await, told(&system, person, other).await), (1, 0), "{case}");
            assert_eq!(person["version"], 2, "{case}: changed once");
        }
        let over = crashes.is_planned(RUNNER);
        if over || call % 10 == 0 {
            system.server.advance("PT5M").await.expect("a duration");
            nothing_is_left_behind(&system, &case).await;
        }
        if over {
            return call - 1;
        }
    }
    unreachable!("the runner makes a finite number of calls")
}

#[tokio::test(flavor = "multi_thread")]
async fn people_who_are_there_are_changed_once_whatever_call_the_runner_dies_at() {
    for (side, wish) in [(Crash::BeforeCall, "update"), (Crash::AfterCall, "invite")] {
        let calls = every_crash_with_people(side, wish).await;
        println!("{wish}, {side:?}: died at each of {calls} calls");
        assert!(calls > 20, "{calls}");
    }
}

/// Every crash while an import is taken back.
async fn every_crash_of_undoing(side: Crash) -> usize {
    let config = Config { faults: Faults::none(), schedules: false, ..Config::for_tests(0) };
    let system = System::of(DevServer::start(config).await.expect("a server"));
    let crashes = system.server.crashes();
    for call in 1.. {
        let run = format!("run{call}");
        let case = format!("{side:?} {call}, undoing");
        let organization = system.organization(&format!("Organization {call}")).await;
        let id = start(&system, &organization, &run).await;
        assert_eq!(recovered(&system, &id, || true).await["status"], "finished", "{case}");
        // Every mail is out: one that is dropped would look like one that was lost.
        system.server.advance("PT2M").await.expect("a duration");
        let deactivated = people(&system, &organization).await[&address(&run, 3)]["id"].clone();
        let path = format!("/v1/users/{}/deactivate", deactivated.as_str().unwrap_or_default());
        assert_eq!(system.post(&system.root(), path, json!({})).await.status, 200);
        crashes.plan(RUNNER, call, side);
        let undo = system.post(&system.root(), format!("/v1/imports/{id}/undo"), json!({})).await;
        assert_eq!(undo.status, 202, "{case}: {undo:?}");
        let import = recovered(&system, &id, || crashes.is_planned(RUNNER)).await;
        assert_eq!(import["status"], "undone", "{case}");
        let report = system.get(&system.root(), format!("/v1/imports/{id}/report")).await.json;
        let stayed = json!([{"row": 4, "user_id": deactivated, "reason": "deactivated"}]);
        assert_eq!(report["undo"], json!({"removed": ROWS - 1, "stayed": stayed}), "{case}");
        let left = people(&system, &organization).await;
        assert_eq!(left.keys().collect::<Vec<_>>(), [&address(&run, 3)], "{case}");
        let organization = system.get(&system.root(), format!("/v1/organizations/{organization}")).await.json;
        assert_eq!(organization["counts"]["users"], 1, "{case}");
        let over = crashes.is_planned(RUNNER);
        if over || call % 10 == 0 {
            system.server.advance("PT5M").await.expect("a duration");
            nothing_is_left_behind(&system, &case).await;
            let items = items(&system).await;
            let made = items.iter().filter(|item| text(item, "kind") == "import_made").count();
            assert_eq!(made, 0, "{case}: which rows became users is of no use any more");
        }
        if over {
            return call - 1;
        }
    }
    unreachable!("the runner makes a finite number of calls")
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_is_undone_whatever_call_its_runner_dies_at() {
    for side in [Crash::BeforeCall, Crash::AfterCall] {
        let calls = every_crash_of_undoing(side).await;
        println!("{side:?}: died at each of {calls} calls");
        assert!(calls > 15, "{calls}");
    }
}
