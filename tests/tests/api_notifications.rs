//! Rollcall's own events on their way to the person concerned, through what that person has set: through the real
//! handlers against the local system.

use jiff::{Zoned, civil::Time, tz::TimeZone};
use rollcall_dev_server::{MailFilter, Message, MessageKind};
use rollcall_tests::system::{Answer, Caller, Person, Request, System};
use serde_json::{Value, json};

fn messages(system: &System, to: &str, kind: MessageKind, about: &str) -> Vec<Message> {
    let all = system.server.outbox().list(&MailFilter { to: Some(to.to_owned()), limit: None }).expect("the outbox");
    let says = |message: &Message| format!("{} {}", message.subject, message.text).contains(about);
    all.into_iter().filter(|message| message.kind == kind && says(message)).collect()
}

/// The newest mail about something, waited for while time goes by.
async fn mail(system: &System, to: &str, about: &str) -> Message {
    let found = system
        .eventually(async || {
            let mail = messages(system, to, MessageKind::Mail, about).pop();
            if mail.is_none() {
                system.server.advance("PT1M").await.expect("a clock");
            }
            mail
        })
        .await;
    found.unwrap_or_else(|| panic!("no mail about {about}"))
}

/// Nothing of the kind comes, however long one waits.
async fn nothing(system: &System, to: &str, about: &str) {
    for _ in 0..4 {
        system.server.advance("PT10M").await.expect("a clock");
    }
    for kind in [MessageKind::Mail, MessageKind::Text] {
        assert!(messages(system, to, kind, about).is_empty(), "{kind:?} about {about}");
    }
}

async fn set(system: &System, person: &Person, change: Value) {
    let me = system.get(&person.caller, "/v1/me").await;
    let version = me.headers.get("etag").expect("a version").clone();
    let request = Request::new("PATCH", "/v1/me").json(&change).header("if-match", version);
    let answer = system.send(&person.caller, request).await;
    assert_eq!(answer.status, 200, "{answer:?}");
}

fn notifications(organizations: Value, schedule: Value, mail: &str, text: &str) -> Value {
    json!({"notifications": {
        "organizations": organizations,
        "schedule": schedule,
        "mail": {"severity": mail, "priority": "low"},
        "text": {"severity": text, "priority": "low"},
    }})
}

/// Somebody who administers by program: a browser would be signed out while the clock moves on.
async fn administrator(system: &System, email: &str) -> Person {
    let person = system.person(json!({"kind": "technician", "roles": ["system_administrator"], "email": email})).await;
    Person { caller: system.key_of(&person.caller).await, ..person }
}

/// Imports people into an organization and waits for the end.
async fn import(system: &System, caller: &Caller, organization: &str, emails: &[&str]) -> Answer {
    let rows: String = emails
        .iter()
        .enumerate()
        .map(|(n, email)| {
            format!("Person\tNumber{}\t{email}\n", char::from(b'a' + u8::try_from(n).unwrap_or_default()))
        })
        .collect();
    let path = format!("/v1/imports?profile=end-user&organization={organization}&role=organization_user");
    let sheet = format!("First Name\tLast Name\tEmail\n{rows}");
    let request = Request::new("POST", path).body("text/tab-separated-values", sheet);
    let started = system.send(caller, request).await;
    assert_eq!(started.status, 202, "{started:?}");
    let path = format!("/v1/imports/{}", started.text_of("id"));
    let ended = system
        .eventually(async || {
            let import = system.get(caller, &*path).await;
            ["finished", "rejected"].contains(&import.json["status"].as_str()?).then_some(import)
        })
        .await;
    ended.expect("the import ends")
}

#[tokio::test(flavor = "multi_thread")]
async fn an_importer_hears_of_the_end_as_they_have_set() {
    let system = System::start(1).await;
    let acme = system.organization("Nordwind").await;
    let beta = system.organization("Beta").await;
    let plain = administrator(&system, "plain@example.org").await;
    import(&system, &plain.caller, &acme, &["one@example.org", "two@example.org"]).await;
    let told = mail(&system, "plain@example.org", "finished").await;
    assert_eq!(told.subject, "Import into Nordwind finished: 2 created");
    assert!(told.links.iter().any(|link| link.contains("/imports/imp_")), "{:?}", told.links);
    system.server.advance("PT20M").await.unwrap();
    assert_eq!(messages(&system, "plain@example.org", MessageKind::Mail, "finished").len(), 1);

    let serious = administrator(&system, "serious@example.org").await;
    set(&system, &serious, notifications(json!("all"), Value::Null, "warning", "off")).await;
    import(&system, &serious.caller, &acme, &["three@example.org"]).await;
    nothing(&system, "serious@example.org", "finished").await;
    let rejected = import(&system, &serious.caller, &acme, &["three@example.org", "four@example.org"]).await;
    assert_eq!(rejected.json["status"], "rejected");
    let told = mail(&system, "serious@example.org", "rejected").await;
    assert_eq!(told.subject, "Import into Nordwind rejected: nothing was changed");

    let elsewhere = administrator(&system, "elsewhere@example.org").await;
    set(&system, &elsewhere, notifications(json!([beta]), Value::Null, "info", "info")).await;
    import(&system, &elsewhere.caller, &acme, &["five@example.org"]).await;
    nothing(&system, "elsewhere@example.org", "inished").await;
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn text_messages_go_out_beside_mails_or_without_them() {
    let system = System::start(2).await;
    let acme = system.organization("Nordwind").await;
    // Whoever finishes in these tests gives this number.
    let phone = "+4915112345678";
    let both = administrator(&system, "both@example.org").await;
    set(&system, &both, notifications(json!("all"), Value::Null, "info", "warning")).await;
    import(&system, &both.caller, &acme, &["one@example.org"]).await;
    mail(&system, "both@example.org", "finished").await;
    import(&system, &both.caller, &acme, &["one@example.org"]).await;
    mail(&system, "both@example.org", "rejected").await;
    let text = system.eventually(async || messages(&system, phone, MessageKind::Text, "import").pop()).await;
    let text = text.expect("a text message");
    assert_eq!(text.text, "Rollcall: import rejected, nothing was changed. (Nordwind)");
    assert_eq!(messages(&system, phone, MessageKind::Text, "import").len(), 1, "only what is serious enough");

    set(&system, &both, notifications(json!("all"), Value::Null, "off", "info")).await;
    import(&system, &both.caller, &acme, &["two@example.org"]).await;
    let found = system.eventually(async || messages(&system, phone, MessageKind::Text, "1 created").pop()).await;
    assert!(found.is_some(), "a text message without a mail");
    assert_eq!(messages(&system, "both@example.org", MessageKind::Mail, "finished").len(), 1);
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn outside_the_schedule_it_waits_for_the_next_beginning() {
    let system = System::start(3).await;
    let acme = system.organization("Nordwind").await;
    let person = administrator(&system, "office@example.org").await;
    let zone = TimeZone::get("Asia/Tokyo").unwrap();
    let now: Zoned = system.server.clock().now().to_zoned(zone.clone());
    let opening_day = now.date().tomorrow().unwrap();
    let names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let day = names[usize::try_from(opening_day.weekday().to_monday_zero_offset()).unwrap()];
    let schedule = json!({"days": [day], "from": "08:00", "to": "18:00"});
    let mut change = notifications(json!("all"), schedule, "info", "info");
    change["time_zone"] = json!("Asia/Tokyo");
    set(&system, &person, change).await;
    import(&system, &person.caller, &acme, &["one@example.org"]).await;
    let opening = opening_day.to_datetime(Time::constant(8, 0, 0, 0)).to_zoned(zone).unwrap().timestamp();
    let left = |system: &System| opening.duration_since(system.server.clock().now()).as_secs();
    system.server.advance(&format!("PT{}S", left(&system) - 120)).await.unwrap();
    let told = |system: &System| messages(system, "office@example.org", MessageKind::Mail, "finished");
    assert!(told(&system).is_empty(), "not yet");
    system.server.advance("PT3M").await.unwrap();
    let sent = system.eventually(async || told(&system).pop()).await.expect("a mail");
    assert!(sent.sent_at >= opening, "{} before {opening}", sent.sent_at);
    let text = system
        .eventually(async || messages(&system, "+4915112345678", MessageKind::Text, "import finished").pop())
        .await;
    assert!(text.is_some_and(|text| text.sent_at >= opening));
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn inviters_hear_once_of_all_who_were_not_reached() {
    let system = System::start(4).await;
    let acme = system.organization("Nordwind").await;
    let inviter = administrator(&system, "inviter@example.org").await;
    let invite = async |email: &str| {
        let body = json!({
            "kind": "end_user", "organization_id": acme, "first_name": "Ana", "last_name": "Silva",
            "email": email, "roles": ["organization_user"],
        });
        let answer = system.post(&inviter.caller, "/v1/users", body).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        answer.text_of("id")
    };
    let mut ids = Vec::new();
    for email in ["bounce1@example.org", "bounce2@example.org", "complain@example.org", "good@example.org"] {
        ids.push(invite(email).await);
    }
    for (id, delivery) in ids.iter().zip(["bounced", "bounced", "complained", "delivered"]) {
        let seen = system
            .eventually(async || {
                let user = system.get(&system.root(), format!("/v1/users/{id}")).await;
                (user.json["invitation"]["delivery"] == delivery).then_some(())
            })
            .await;
        assert!(seen.is_some(), "{delivery}");
    }
    let told = mail(&system, "inviter@example.org", "did not arrive").await;
    system.server.advance("PT1H").await.unwrap();
    let all = messages(&system, "inviter@example.org", MessageKind::Mail, "did not arrive");
    let text: String = all.iter().map(|mail| mail.text.as_str()).collect();
    assert!(all.len() <= 2, "gathered, unless the ten minutes ended in between: {}", all.len());
    assert!(told.subject.ends_with("· Nordwind"), "{}", told.subject);
    for (email, why) in [
        ("bounce1@example.org", "does not exist"),
        ("bounce2@example.org", "does not exist"),
        ("complain@example.org", "marked as spam"),
    ] {
        let line = text.lines().find(|line| line.contains(email)).unwrap_or_default();
        assert!(line.contains(why), "{email}: {text}");
    }
    assert!(!text.contains("good@example.org"));
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn digests_of_expiries_are_by_organization_and_for_people_with_duties() {
    let system = System::start(5).await;
    let acme = system.organization("Nordwind").await;
    let beta = system.organization("Beta").await;
    let inviter = administrator(&system, "inviter@example.org").await;
    let gone = administrator(&system, "gone@example.org").await;
    set(&system, &inviter, notifications(json!([acme]), Value::Null, "info", "off")).await;
    for (caller, organization, email) in [
        (&inviter.caller, &acme, "one@example.org"),
        (&inviter.caller, &beta, "two@example.org"),
        (&gone.caller, &acme, "three@example.org"),
    ] {
        let body = json!({
            "kind": "end_user", "organization_id": organization, "first_name": "Ana", "last_name": "Silva",
            "email": email, "roles": ["organization_user"],
        });
        assert_eq!(system.post(caller, "/v1/users", body).await.status, 201);
        let sent = system.eventually(async || messages(&system, email, MessageKind::Mail, "invites you").pop()).await;
        assert!(sent.is_some(), "{email} is invited");
    }
    let off = system.post(&system.root(), format!("/v1/users/{}/deactivate", gone.id), json!({})).await;
    assert_eq!(off.status, 200, "{off:?}");
    system.server.advance("P14D").await.unwrap();
    let told = mail(&system, "inviter@example.org", "expired").await;
    assert_eq!(told.subject, "1 invitation has expired · Nordwind");
    assert!(told.text.contains("one@example.org") && !told.text.contains("two@example.org"), "{}", told.text);
    system.server.advance("PT30M").await.unwrap();
    assert_eq!(messages(&system, "inviter@example.org", MessageKind::Mail, "has expired").len(), 1);
    // The same by text message, which goes with the bulk mail too.
    set(&system, &inviter, notifications(json!("all"), Value::Null, "info", "info")).await;
    let body = json!({
        "kind": "end_user", "organization_id": beta, "first_name": "Ana", "last_name": "Silva",
        "email": "four@example.org", "roles": ["organization_user"],
    });
    assert_eq!(system.post(&inviter.caller, "/v1/users", body).await.status, 201);
    let sent =
        system.eventually(async || messages(&system, "four@example.org", MessageKind::Mail, "invites you").pop());
    assert!(sent.await.is_some());
    system.server.advance("P14D").await.unwrap();
    let text = system
        .eventually(async || {
            let text = messages(&system, "+4915112345678", MessageKind::Text, "expired").pop();
            if text.is_none() {
                system.server.advance("PT1M").await.expect("a clock");
            }
            text
        })
        .await;
    assert!(text.is_some_and(|text| text.text.contains("1 invitation") && text.text.contains("Beta")));
    nothing(&system, "gone@example.org", "has expired").await;
    system.server.stop().await;
}
