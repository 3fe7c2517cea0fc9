//! Items that can never be worked off: nobody else waits for them, and what was given up is where an operator looks for
//! it.

use aws_sdk_dynamodb::types::AttributeValue;
use rollcall_dev_server::{Config, Faults, MailFilter};
use rollcall_tests::system::System;
use serde_json::{Value, json};

/// An item as a version with a bug might have written it. Values of digits only are numbers.
async fn put(system: &System, pk: &str, sk: &str, attributes: &[(&str, &str)]) {
    let value = |text: &str| match text.parse::<u64>() {
        Ok(number) => AttributeValue::N(number.to_string()),
        Err(_) => AttributeValue::S(text.to_owned()),
    };
    let keys = [("pk", pk), ("sk", sk)];
    let item = keys.iter().chain(attributes).map(|(name, text)| ((*name).to_owned(), value(text))).collect();
    let table = aws_sdk_dynamodb::Client::new(system.server.operator());
    table.put_item().table_name(system.server.table()).set_item(Some(item)).send().await.expect("put");
}

/// Who gave up, and where the letter is, once there is one.
async fn given_up(system: &System) -> Option<(String, Option<String>, Value)> {
    system
        .eventually(async || {
            let letter = system.server.dead_letters().list().into_iter().next()?;
            Some((letter.function, letter.queue, letter.detail["batchSize"].clone()))
        })
        .await
}

fn mails(system: &System, to: &str) -> usize {
    let mails = system.server.outbox().list(&MailFilter::default()).unwrap_or_default();
    mails.iter().filter(|mail| mail.to == to).count()
}

fn people(prefix: &str, number: usize) -> Value {
    let letters = |n: usize| [n / 26, n % 26].map(|n| char::from(b'a' + u8::try_from(n).unwrap_or(0))).iter().collect();
    let row = |n: usize| {
        let last: String = letters(n);
        json!({"first_name": "Ana", "last_name": last, "email": format!("{prefix}{n}@example.org")})
    };
    json!({"rows": (0..number).map(row).collect::<Vec<_>>()})
}

/// Imports technicians and waits for the import's end.
async fn import(system: &System, prefix: &str, number: usize) {
    let begun = system.post(&system.root(), "/v1/imports?profile=technician", people(prefix, number)).await;
    assert_eq!(begun.status, 202, "{begun:?}");
    let path = format!("/v1/imports/{}", begun.text_of("id"));
    let finished = system
        .eventually(async || {
            (system.get(&system.root(), path.as_str()).await.json["status"] == "finished").then_some(())
        })
        .await;
    assert!(finished.is_some(), "the import does not end");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_that_nobody_can_read_keeps_nobody_waiting() {
    let config = Config { faults: Faults::none(), schedules: false, ..Config::for_tests(1) };
    let system = System::start_with(config).await;
    // The first of its lane, with all by which workers find it, and nothing that a mail has.
    let due = [("due_at", "2020-01-01T00:00:00.000Z"), ("kind", "mail"), ("attempts", "0")];
    put(&system, "MAIL#bulk", "MAIL", &[&due[..], &[("lane", "bulk"), ("due_pk", "DUE#MAIL_BULK#0")]].concat()).await;
    put(&system, "MAIL#now", "MAIL", &[&due[..], &[("lane", "now"), ("due_pk", "DUE#MAIL_NOW#0")]].concat()).await;
    import(&system, "many", 60).await;
    for number in 0..3 {
        system.user(json!({"kind": "technician", "email": format!("one{number}@example.org")})).await;
        system.invitation_path(&format!("one{number}@example.org")).await;
    }
    // One run of each schedule.
    let _ = system.server.advance("PT1M").await;
    let sent = (0..60).filter(|number| mails(&system, &format!("many{number}@example.org")) == 1).count();
    assert_eq!(sent, 60, "one run sends what is due, but for what cannot be read");
    for number in 0..3 {
        assert_eq!(mails(&system, &format!("one{number}@example.org")), 1, "and everybody one mail");
    }
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tick_of_an_import_that_nobody_can_read_is_given_up_and_others_run() {
    let system = System::start_with(Config { faults: Faults::none(), ..Config::for_tests(2) }).await;
    let id = rollcall_accounts::ids::ImportId::derived(&["broken"]).to_string();
    let pk = format!("IMPORT#{id}");
    put(&system, &pk, "HEAD", &[("kind", "import")]).await;
    put(&system, &pk, "TICK#0", &[("kind", "import_tick"), ("import_id", &id), ("n", "0")]).await;
    import(&system, "ana", 1).await;
    let letter = given_up(&system).await;
    assert_eq!(letter, Some(("RunImportFunction".to_owned(), Some("StreamDeadLetters".to_owned()), json!(1))));
    system.server.stop().await;
}
