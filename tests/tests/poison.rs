//! Records that fail for ever, records that come again, and runs that start twice at once: nobody else waits for them,
//! nothing is done twice, and what was given up is where an operator looks for it.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_dynamodb::types::AttributeValue;
use rollcall_dev_server::{Config, Faults, MailFilter};
use rollcall_tests::system::System;
use serde_json::{Value, json};

/// An item as an operator, or a version with a bug, might have written it.
async fn put(system: &System, pk: &str, sk: &str, attributes: &[(&str, &str)]) {
    let text = |text: &str| AttributeValue::S(text.to_owned());
    let mut item: HashMap<String, AttributeValue> =
        attributes.iter().map(|(name, value)| ((*name).to_owned(), text(value))).collect();
    item.extend([("pk".to_owned(), text(pk)), ("sk".to_owned(), text(sk))]);
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

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_that_nobody_can_read_is_given_up_alone() {
    let system = System::start_with(Config { faults: Faults::none(), ..Config::for_tests(1) }).await;
    // It has all that the stream's filter asks for, and nothing that a mail has.
    put(&system, "MAIL#broken", "MAIL", &[("kind", "mail"), ("lane", "now")]).await;
    for number in 0..12 {
        system.user(json!({"kind": "technician", "email": format!("p{number}@example.org")})).await;
    }
    for number in 0..12 {
        system.invitation_path(&format!("p{number}@example.org")).await;
    }
    let letter = given_up(&system).await;
    assert_eq!(letter, Some(("DeliverMailFunction".to_owned(), Some("StreamDeadLetters".to_owned()), json!(1))));
    for number in 0..12 {
        assert_eq!(mails(&system, &format!("p{number}@example.org")), 1, "the others were sent, once");
    }
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tick_of_an_import_that_nobody_can_read_is_given_up_and_others_run() {
    let system = System::start_with(Config { faults: Faults::none(), ..Config::for_tests(2) }).await;
    let id = rollcall_accounts::ids::ImportId::derived(&["broken"]);
    put(&system, &format!("IMPORT#{id}"), "HEAD", &[("kind", "import")]).await;
    let table = aws_sdk_dynamodb::Client::new(system.server.operator());
    let tick = BTreeMap::from([
        ("pk", AttributeValue::S(format!("IMPORT#{id}"))),
        ("sk", AttributeValue::S("TICK#0000000000".to_owned())),
        ("kind", AttributeValue::S("import_tick".to_owned())),
        ("import_id", AttributeValue::S(id.to_string())),
        ("n", AttributeValue::N("0".to_owned())),
    ]);
    let item = tick.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    table.put_item().table_name(system.server.table()).set_item(Some(item)).send().await.expect("put");

    let rows = json!({"rows": [{"first_name": "Ana", "last_name": "Diaz", "email": "ana@example.org"}]});
    let begun = system.post(&system.root(), "/v1/imports?profile=technician", rows).await;
    assert_eq!(begun.status, 202, "{begun:?}");
    let path = format!("/v1/imports/{}", begun.text_of("id"));
    let finished = system
        .eventually(async || {
            (system.get(&system.root(), path.as_str()).await.json["status"] == "finished").then_some(())
        })
        .await;
    assert!(finished.is_some(), "it does not wait for the broken one");
    let letter = given_up(&system).await;
    assert_eq!(letter, Some(("RunImportFunction".to_owned(), Some("StreamDeadLetters".to_owned()), json!(1))));
    system.server.stop().await;
}
