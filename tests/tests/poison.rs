//! Items that can never be worked off: nobody else waits for them, and what was given up is where an operator looks for
//! it.

use aws_sdk_dynamodb::types::AttributeValue;
use rollcall_dev_server::{Config, Faults, MailFilter};
use rollcall_tests::imports::{report, server_issues, settled};
use rollcall_tests::system::{Answer, System};
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

/// Takes the first name away from a user's record, as a version with a bug might have written it.
async fn spoil(system: &System, id: &str) {
    let table = aws_sdk_dynamodb::Client::new(system.server.operator());
    let key = |name: &str, text: &str| (name.to_owned(), AttributeValue::S(text.to_owned()));
    let update = table.update_item().table_name(system.server.table()).update_expression("REMOVE first_name");
    let update = update.set_key(Some([key("pk", &format!("USER#{id}")), key("sk", "USER")].into()));
    update.send().await.expect("update");
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
    becomes(system, &begun, "finished").await;
}

/// Waits until an import is what it should be.
async fn becomes(system: &System, import: &Answer, status: &str) {
    let path = format!("/v1/imports/{}", import.text_of("id"));
    let is_so = async || (system.get(&system.root(), path.as_str()).await.json["status"] == status).then_some(());
    assert!(system.eventually(is_so).await.is_some(), "the import does not become {status}");
}

/// Moves the clock, and nothing else: no schedule runs.
fn later(system: &System, duration: &str) {
    let duration = rollcall_dev_server::Clock::duration(duration).expect("a duration");
    system.server.clock().advance(duration).expect("a clock");
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

#[tokio::test(flavor = "multi_thread")]
async fn a_person_who_cannot_be_read_stands_in_nobody_elses_way() {
    let config = Config { faults: Faults::none(), schedules: false, ..Config::for_tests(3) };
    let system = System::start_with(config).await;
    let root = system.root();
    let mut ids = Vec::new();
    for name in ["first", "broken", "third"] {
        let email = format!("{name}@example.org");
        let user = system.user(json!({"kind": "technician", "roles": ["technician"], "email": email})).await;
        system.invitation_path(&email).await;
        ids.push(user.text_of("id"));
    }
    // What the schedules find is what is due.
    let sent = async |id: &str| {
        (!system.get(&root, format!("/v1/users/{id}")).await.json["invitation"]["expires_at"].is_null()).then_some(())
    };
    for id in &ids {
        assert!(system.eventually(async || sent(id).await).await.is_some());
    }
    spoil(&system, &ids[1]).await;

    let listed = system.get(&root, "/v1/users?q=example.org").await;
    let people: Vec<&str> =
        listed.json["items"].as_array().into_iter().flatten().filter_map(|user| user["email"].as_str()).collect();
    assert_eq!((listed.status, people.contains(&"first@example.org")), (200, true), "{listed:?}");
    assert!(people.contains(&"third@example.org") && !people.contains(&"broken@example.org"), "{people:?}");

    later(&system, "PT25H");
    let expire = async || system.server.invoke("ExpireInvitationsFunction", json!({})).await.expect("a run");
    assert_eq!(expire().await, json!({"expired": 2, "unreadable": 1}));
    assert_eq!(expire().await, json!({"expired": 0, "unreadable": 0}), "it is looked at again later");
    for id in [&ids[0], &ids[2]] {
        let user = system.get(&root, format!("/v1/users/{id}")).await;
        assert_eq!(user.json["invitation"]["status"], "expired");
    }
    later(&system, "PT61M");
    assert_eq!(expire().await, json!({"expired": 0, "unreadable": 1}));

    // The digest of those who expired goes to whoever invited them.
    let _ = system.server.advance("PT2M").await;
    let inviter = system.server.account().email.clone();
    assert_eq!(mails(&system, &inviter), 1, "the digest");
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn imports_that_cannot_be_read_do_not_keep_the_sweep_from_others() {
    let config = Config { faults: Faults::none(), schedules: false, ..Config::for_tests(4) };
    let system = System::start_with(config).await;
    // More than one look at the index finds, everywhere in it, and all before the other one.
    for number in 0..160 {
        let id = rollcall_accounts::ids::ImportId::derived(&["broken", &number.to_string()]);
        let due_pk = format!("DUE#IMPORT#{}", number % 8);
        let due = [("kind", "import"), ("due_pk", &due_pk), ("due_at", "2020-01-01T00:00:00.000Z")];
        put(&system, &format!("IMPORT#{id}"), "HEAD", &due).await;
    }
    let open = json!({"chunks": 1, "total_rows": 5});
    let staged = system.post(&system.root(), "/v1/imports?profile=technician", open).await;
    assert_eq!(staged.status, 201, "{staged:?}");
    later(&system, "PT25H");
    let sweep = async || system.server.invoke("SweepImportsFunction", json!({})).await.expect("a run");
    assert_eq!(sweep().await, json!({"asked": 1, "unreadable": 160}), "the other one is swept");
    becomes(&system, &staged, "cancelled").await;
    assert_eq!(sweep().await, json!({"asked": 0, "unreadable": 0}), "they are looked at again later");
    later(&system, "PT61M");
    assert_eq!(sweep().await, json!({"asked": 0, "unreadable": 160}));
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_names_a_person_who_cannot_be_read_is_rejected_by_name_or_leaves_them_out() {
    let system = System::start_with(Config { faults: Faults::none(), ..Config::for_tests(6) }).await;
    let broken = system.user(json!({"kind": "technician", "email": "broken@example.org"})).await;
    spoil(&system, &broken.text_of("id")).await;
    for (number, (options, status, counts, said)) in [
        ("on_existing=refuse", "rejected", [0, 0], "already_exists"),
        ("on_existing=update", "rejected", [0, 0], "person_unreadable"),
        ("on_existing=invite", "rejected", [0, 0], "person_unreadable"),
        ("on_existing=skip", "finished", [1, 1], "already_exists"),
    ]
    .into_iter()
    .enumerate()
    {
        let rows = json!({"rows": [
            {"first_name": "Ana", "last_name": "Diaz", "email": format!("new{number}@example.org")},
            {"first_name": "Bea", "last_name": "Kaya", "email": "broken@example.org"},
        ]});
        let path = format!("/v1/imports?profile=technician&{options}");
        let dry = system.post(&system.root(), format!("{path}&dry_run=true"), rows.clone()).await;
        assert_eq!(dry.status, 200, "{options}: {dry:?}");
        let expected = vec![(2, "email".to_owned(), said.to_owned())];
        assert_eq!(server_issues(&dry.json), expected, "{options}: {dry:?}");
        let begun = system.post(&system.root(), path, rows).await;
        assert_eq!(begun.status, 202, "{options}: {begun:?}");
        let import = settled(&system, &begun.text_of("id")).await;
        assert_eq!(import["status"], status, "{options}: {import}");
        let [imported, skipped] = counts;
        assert_eq!((&import["counts"]["imported"], &import["counts"]["skipped"]), (&json!(imported), &json!(skipped)));
        let report = report(&system, &begun.text_of("id")).await;
        assert_eq!(server_issues(&report), expected, "{options}");
    }
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_batch_only_what_failed_comes_again_and_what_comes_again_is_not_sent_again() {
    let config = Config { faults: Faults::none(), schedules: false, ..Config::for_tests(5) };
    let system = System::start_with(config).await;
    // Bulk mail, which the stream leads nobody to: the batch is ours.
    import(&system, "batch", 3).await;
    let due = [("due_at", "2020-01-01T00:00:00.000Z"), ("kind", "mail"), ("attempts", "0"), ("lane", "bulk")];
    put(&system, "MAIL#broken", "MAIL", &[&due[..], &[("due_pk", "DUE#MAIL_BULK#0")]].concat()).await;
    let table = aws_sdk_dynamodb::Client::new(system.server.operator());
    let all = table.scan().table_name(system.server.table()).projection_expression("pk").send().await.expect("a scan");
    let pks = all.items().iter().filter_map(|item| item["pk"].as_s().ok()).filter(|pk| pk.starts_with("MAIL#"));
    let (mut records, mut failed) = (Vec::new(), Vec::new());
    for (number, pk) in pks.enumerate() {
        records.push(json!({"dynamodb": {"Keys": {"pk": {"S": pk}}, "SequenceNumber": number.to_string()}}));
        if pk == "MAIL#broken" {
            failed.push(json!({"itemIdentifier": number.to_string()}));
        }
    }
    assert!(records.len() >= 4, "{records:?}");
    let batch = json!({ "Records": records });
    let first = system.server.invoke("DeliverMailFunction", batch.clone()).await.expect("an answer");
    assert_eq!(first, json!({"batchItemFailures": failed}));
    let again = system.server.invoke("DeliverMailFunction", batch).await.expect("an answer");
    assert_eq!(again, json!({"batchItemFailures": []}), "it is on its lease");
    for number in 0..3 {
        assert_eq!(mails(&system, &format!("batch{number}@example.org")), 1);
    }
    system.server.stop().await;
}
