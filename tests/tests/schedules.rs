//! Schedules that fire twice at once, as EventBridge may: what they find is done once.

use rollcall_dev_server::{Clock, Config, Faults, MailFilter};
use rollcall_tests::imports::settled;
use rollcall_tests::system::System;
use serde_json::{Value, json};

/// People with an invitation each: one made alone, the others by an import.
const PEOPLE: [&str; 4] = ["one@example.org", "ana@example.org", "bea@example.org", "cyd@example.org"];

/// Starts a function twice at once; what both say of it, added up.
async fn twice(system: &System, function: &str, counted: &str) -> u64 {
    let run = || system.server.invoke(function, json!({}));
    let (one, other) = tokio::join!(run(), run());
    [one, other].map(|answer| answer.expect("a run")[counted].as_u64().unwrap_or_default()).iter().sum()
}

/// Moves the clock, and nothing else.
fn later(system: &System, duration: &str) {
    system.server.clock().advance(Clock::duration(duration).expect("a duration")).expect("a clock");
}

fn mails(system: &System, to: &str) -> usize {
    let mails = system.server.outbox().list(&MailFilter::default()).expect("the outbox");
    mails.iter().filter(|mail| mail.to == to).count()
}

/// How often the audit trail has an action, of all that this is about.
async fn told(system: &System, action: &str) -> usize {
    let trail = system.get(&system.root(), "/v1/audit-events?limit=100").await;
    let events = trail.json["items"].as_array().cloned().unwrap_or_default();
    events.iter().filter(|event| event["action"] == action).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_due_is_done_once_however_often_schedules_fire_at_once() {
    let config = Config { faults: Faults::none(), schedules: false, ..Config::for_tests(1) };
    let system = System::start_with(config).await;
    let root = system.root();

    // Mail that waits: the service is busy until a quarter of an hour has passed.
    system.server.mail_account().refuses(429, "TooManyRequestsException", "Maximum sending rate exceeded.");
    system.user(json!({"kind": "technician", "email": PEOPLE[0]})).await;
    let row = |email: &&str| json!({"first_name": "Ana", "last_name": "Diaz", "email": email});
    let rows = json!({"rows": PEOPLE[1..].iter().map(row).collect::<Vec<Value>>()});
    let import = system.post(&root, "/v1/imports?profile=technician", rows).await;
    assert_eq!(settled(&system, &import.text_of("id")).await["status"], "finished");
    twice(&system, "DeliverBulkFunction", "sent").await;
    system.server.mail_account().takes();
    later(&system, "PT16M");
    twice(&system, "SweepMailFunction", "sent").await;
    twice(&system, "DeliverBulkFunction", "sent").await;
    for email in PEOPLE {
        let sent = system.eventually(async || (mails(&system, email) > 0).then_some(())).await;
        assert!(sent.is_some(), "{email} got no mail");
    }

    // An import that nobody commits.
    let staged = system.post(&root, "/v1/imports?profile=technician", json!({"chunks": 1, "total_rows": 5})).await;
    assert_eq!(staged.status, 201, "{staged:?}");

    later(&system, "PT25H");
    assert_eq!(twice(&system, "ExpireInvitationsFunction", "expired").await, 4);
    assert_eq!(twice(&system, "SweepImportsFunction", "asked").await, 1);
    assert_eq!(settled(&system, &staged.text_of("id")).await["status"], "cancelled");
    later(&system, "PT2M");
    twice(&system, "DeliverBulkFunction", "sent").await;
    twice(&system, "SweepMailFunction", "sent").await;

    assert_eq!(told(&system, "invitation.expired").await, PEOPLE.len());
    assert_eq!(told(&system, "import.rolled_back").await, 1);
    let outbox = system.server.outbox().list(&MailFilter::default()).expect("the outbox");
    let digests: Vec<&str> =
        outbox.iter().map(|mail| mail.subject.as_str()).filter(|subject| subject.contains("expired")).collect();
    assert_eq!(digests, ["4 invitations have expired"]);
    for email in PEOPLE {
        assert_eq!(mails(&system, email), 1, "{email}");
    }
    system.server.stop().await;
}
