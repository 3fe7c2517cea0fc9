//! First credentials that are not a link: generated or chosen by somebody else, mailed or handed over. Through the
//! real handlers against the local system.

use rollcall_dev_server::{MailFilter, Message};
use rollcall_tests::system::{Answer, Caller, Request, System};
use serde_json::{Value, json};

const GIVEN: &str = "a phrase that was given";
const OWN: &str = "a phrase of one's own";

async fn create(system: &System, acme: &str, email: &str, credentials: Value) -> Answer {
    let body = json!({
        "kind": "end_user",
        "organization_id": acme,
        "first_name": "Ana",
        "last_name": "Silva",
        "email": email,
        "username": format!("{}.name", email.split('@').next().unwrap_or_default()),
        "roles": ["organization_user"],
        "credentials": credentials,
    });
    system.post(&system.root(), "/v1/users", body).await
}

fn mails(system: &System, to: &str) -> Vec<Message> {
    system.server.outbox().list(&MailFilter { to: Some(to.to_owned()), limit: None }).expect("the outbox")
}

async fn mail(system: &System, to: &str) -> Message {
    system.eventually(async || mails(system, to).pop()).await.expect("a mail")
}

/// The value after a name in a mail's text.
fn fact(mail: &Message, name: &str) -> String {
    let line = mail.text.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")));
    line.unwrap_or_else(|| panic!("no {name} in {}", mail.text)).to_owned()
}

async fn sign_in(system: &System, login: &str, password: &str) -> Answer {
    system.post(&Caller::Nobody, "/v1/sessions", json!({"email": login, "password": password})).await
}

/// Signs in for the first time and chooses a password.
async fn first_sign_in(system: &System, login: &str, password: &str) -> Answer {
    let first = sign_in(system, login, password).await;
    assert_eq!((first.status, &first.json["next"]), (200, &json!("change_password")), "{first:?}");
    let session = first.session().expect("a session");
    assert_eq!(system.get(&session, "/v1/users").await.status, 401, "it opens nothing else");
    let same = system.post(&session, "/v1/sessions/password", json!({"password": "short"})).await;
    assert_eq!(same.outcome(), (422, "password_too_short"));
    system.post(&session, "/v1/sessions/password", json!({"password": OWN})).await
}

async fn user(system: &System, id: &str) -> Answer {
    system.get(&system.root(), format!("/v1/users/{id}")).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_generated_password_is_learned_by_its_person_alone() {
    let system = System::start(1).await;
    let acme = system.organization("Nordwind").await;
    let created = create(&system, &acme, "ana@example.org", json!({"mode": "generate_and_mail"})).await;
    assert_eq!(created.status, 201, "{created:?}");
    assert_eq!((&created.json["status"], &created.json["invitation"]), (&json!("invited"), &Value::Null));
    let mail = mail(&system, "ana@example.org").await;
    assert!(mail.subject.starts_with("Nordwind: your access to Rollcall"), "{}", mail.subject);
    let password = fact(&mail, "Password");
    assert_eq!(fact(&mail, "Username"), "ana.name");
    assert!(password.len() >= 16 && password.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{password}");
    assert!(!created.text.contains(&password));
    let events = system.get(&system.root(), format!("/v1/users/{}/audit-events", created.text_of("id"))).await;
    assert!(events.text.contains("generate_and_mail") && !events.text.contains(&password), "{}", events.text);

    let done = first_sign_in(&system, "ana.name", &password).await;
    assert_eq!((done.status, &done.json["next"]), (200, &Value::Null), "{done:?}");
    let after = user(&system, &created.text_of("id")).await;
    assert_eq!(after.json["status"], "active");
    assert_eq!(sign_in(&system, "ana@example.org", &password).await.status, 401, "it was good once");
    assert_eq!(sign_in(&system, "ana@example.org", OWN).await.json["next"], Value::Null);
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn while_it_waits_to_be_mailed_it_is_sealed_and_afterwards_gone() {
    let system = System::start(2).await;
    let acme = system.organization("Nordwind").await;
    let table = aws_sdk_dynamodb::Client::new(system.server.operator());
    let waiting = async |id: &str| {
        let item = table
            .get_item()
            .table_name(system.server.table())
            .key("pk", aws_sdk_dynamodb::types::AttributeValue::S(format!("MAIL#credentials#{id}")))
            .key("sk", aws_sdk_dynamodb::types::AttributeValue::S("MAIL".into()))
            .send()
            .await
            .expect("the table");
        item.item.map(|item| format!("{item:?}"))
    };
    // A mail is gone quickly: one of several is seen while it waits.
    let (mut people, mut seen) = (Vec::new(), None);
    while seen.is_none() && people.len() < 40 {
        let email = format!("person{}@example.org", people.len());
        let credentials = json!({"mode": "specify_and_mail", "password": GIVEN});
        let id = create(&system, &acme, &email, credentials).await.text_of("id");
        seen = waiting(&id).await;
        people.push((id, email));
    }
    let seen = seen.expect("one waits");
    assert!(seen.contains("first_credentials") && !seen.contains(GIVEN), "{seen}");
    for (id, email) in people {
        assert_eq!(fact(&mail(&system, &email).await, "Password"), GIVEN);
        let gone = system.eventually(async || waiting(&id).await.is_none().then_some(())).await;
        assert!(gone.is_some(), "erased once the mail service took it");
    }
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_that_is_handed_over_is_not_mailed_and_must_be_changed() {
    let system = System::start(3).await;
    let acme = system.organization("Nordwind").await;
    let short =
        create(&system, &acme, "ana@example.org", json!({"mode": "specify_only", "password": "elevenchars"})).await;
    assert_eq!(short.outcome(), (422, "row_refused"), "{short:?}");
    assert_eq!(
        (&short.json["errors"][0]["field"], &short.json["errors"][0]["code"]),
        (&json!("credentials.password"), &json!("password_too_short"))
    );
    let created = create(&system, &acme, "ana@example.org", json!({"mode": "specify_only", "password": GIVEN})).await;
    assert_eq!(created.status, 201, "{created:?}");
    system.server.advance("PT5M").await.unwrap();
    assert!(mails(&system, "ana@example.org").is_empty());
    let done = first_sign_in(&system, "ana@example.org", GIVEN).await;
    assert_eq!((done.status, &done.json["next"]), (200, &Value::Null), "{done:?}");
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn first_passwords_end_after_fourteen_days_or_with_an_invitation() {
    let system = System::start(4).await;
    let acme = system.organization("Nordwind").await;
    let given = json!({"mode": "specify_only", "password": GIVEN});
    let late = create(&system, &acme, "late@example.org", given.clone()).await;
    let invited = create(&system, &acme, "invited@example.org", given.clone()).await.text_of("id");
    let sent = system.post(&system.root(), format!("/v1/users/{invited}/send-invitation"), json!({})).await;
    assert_eq!((sent.status, &sent.json["invitation"]["status"]), (200, &json!("pending")), "{sent:?}");
    assert_eq!(sign_in(&system, "invited@example.org", GIVEN).await.outcome(), (401, "credentials_not_valid"));
    system.server.advance("P13DT23H").await.unwrap();
    assert_eq!(sign_in(&system, "late@example.org", GIVEN).await.status, 200, "still good");
    system.server.advance("PT2H").await.unwrap();
    assert_eq!(sign_in(&system, "late@example.org", GIVEN).await.outcome(), (401, "credentials_not_valid"));
    let again =
        system.post(&system.root(), format!("/v1/users/{}/send-invitation", late.text_of("id")), json!({})).await;
    assert_eq!(again.status, 200, "a link instead");
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_be_given_a_password_and_how() {
    let system = System::start(5).await;
    let acme = system.organization("Nordwind").await;
    let strict = system.organization("Strict").await;
    let version = system.get(&system.root(), format!("/v1/organizations/{strict}")).await.json["version"].clone();
    let request = Request::new("PATCH", format!("/v1/organizations/{strict}"))
        .json(&json!({"credential_modes": ["link", "generate_and_mail"]}))
        .header("if-match", format!("\"{version}\""));
    let changed = system.send(&system.root(), request).await;
    assert_eq!(changed.status, 200, "{changed:?}");
    let specify = json!({"mode": "specify_only", "password": GIVEN});
    for (name, organization, credentials, outcome) in [
        ("forbidden by the organization", &strict, specify.clone(), (422, "credential_mode_not_allowed")),
        ("allowed by it", &strict, json!({"mode": "generate_and_mail"}), (201, "")),
        ("no such mode", &acme, json!({"mode": "letter"}), (422, "credential_mode_unknown")),
        ("nothing given", &acme, json!({"mode": "specify_only"}), (422, "password_missing")),
        (
            "given for nothing",
            &acme,
            json!({"mode": "generate_and_mail", "password": GIVEN}),
            (422, "password_not_wanted"),
        ),
        ("something else", &acme, json!({"mode": "specify_only", "secret": GIVEN}), (400, "body_not_json")),
        ("a link", &acme, json!({"mode": "link"}), (201, "")),
    ] {
        let email = format!("{}@example.org", name.replace(' ', "-"));
        let answer = create(&system, organization, &email, credentials).await;
        assert_eq!(answer.outcome(), outcome, "{name}: {answer:?}");
        if name == "a link" {
            assert_eq!(answer.json["invitation"]["status"], "pending");
        }
    }
    let technician = json!({
        "kind": "technician", "first_name": "Tia", "last_name": "Tan", "email": "t@example.org", "credentials": specify,
    });
    let refused = system.post(&system.root(), "/v1/users", technician).await;
    assert_eq!(refused.outcome(), (422, "credential_mode_not_allowed"), "{refused:?}");
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn repeating_the_request_makes_one_person_one_password_and_one_mail() {
    let system = System::start(6).await;
    let acme = system.organization("Nordwind").await;
    let body = json!({
        "kind": "end_user", "organization_id": acme, "first_name": "Ana", "last_name": "Silva",
        "email": "ana@example.org", "roles": ["organization_user"], "credentials": {"mode": "generate_and_mail"},
    });
    let request = Request::new("POST", "/v1/users").json(&body).header("idempotency-key", "once");
    let first = system.send(&system.root(), request.clone()).await;
    let second = system.send(&system.root(), request).await;
    assert_eq!((first.status, &first.text), (201, &second.text));
    let mail = mail(&system, "ana@example.org").await;
    system.server.advance("PT5M").await.unwrap();
    assert_eq!(mails(&system, "ana@example.org").len(), 1);
    assert_eq!(sign_in(&system, "ana@example.org", &fact(&mail, "Password")).await.status, 200);
    system.server.stop().await;
}
