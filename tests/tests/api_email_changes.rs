//! A new address of somebody who has registered counts once its owner has confirmed it: through the real handlers
//! against the local system.

use rollcall_dev_server::{MailFilter, Message};
use rollcall_tests::system::{Answer, Caller, Person, Request, System};
use serde_json::{Value, json};

const PASSWORD: &str = "a long enough phrase";

fn mails(system: &System, to: &str, subject: &str) -> Vec<Message> {
    let all = system.server.outbox().list(&MailFilter { to: Some(to.to_owned()), limit: None }).expect("the outbox");
    all.into_iter().filter(|mail| mail.subject.contains(subject)).collect()
}

async fn mail(system: &System, to: &str, subject: &str) -> Message {
    let found = system.eventually(async || mails(system, to, subject).pop()).await;
    found.unwrap_or_else(|| panic!("no mail about {subject}"))
}

/// The API path of the newest link to confirm that address, waited for.
async fn link(system: &System, to: &str) -> String {
    let mail = mail(system, to, "Confirm your new address").await;
    let link = mail.links.iter().find(|link| link.contains("/email-changes/")).expect("a link");
    format!("/v1/email-changes/{}", link.rsplit('/').next().expect("a token"))
}

async fn change(system: &System, id: &str, email: &str) -> Answer {
    let version = read(system, id).await.json["version"].clone();
    let request = Request::new("PATCH", format!("/v1/users/{id}")).json(&json!({"email": email}));
    system.send(&system.root(), request.header("if-match", format!("\"{version}\""))).await
}

async fn read(system: &System, id: &str) -> Answer {
    system.get(&system.root(), format!("/v1/users/{id}")).await
}

async fn confirm(system: &System, link: &str) -> Answer {
    system.post(&Caller::Nobody, format!("{link}/confirm"), json!({})).await
}

async fn sign_in(system: &System, email: &str) -> u16 {
    let body = json!({"email": email, "password": PASSWORD});
    system.post(&Caller::Nobody, "/v1/sessions", body).await.status
}

async fn somebody(system: &System, email: &str) -> Person {
    let acme = system.organization("Nordwind").await;
    let body = json!({"kind": "end_user", "organization_id": acme, "roles": ["organization_user"], "email": email});
    system.person(body).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_new_address_counts_once_it_is_confirmed() {
    let system = System::start(1).await;
    let person = somebody(&system, "old@example.org").await;
    let asked = change(&system, &person.id, "new@example.org").await;
    assert_eq!(asked.status, 200, "{asked:?}");
    assert_eq!(asked.json["email"], "old@example.org");
    assert_eq!(asked.json["email_change"]["email"], "new@example.org");
    let path = link(&system, "new@example.org").await;
    let note = mail(&system, "old@example.org", "A new address was asked for").await;
    assert!(note.text.contains("new@example.org") && note.links.is_empty(), "{}", note.text);
    assert_eq!(sign_in(&system, "old@example.org").await, 200);
    assert_eq!(sign_in(&system, "new@example.org").await, 401);

    let seen = system.get(&Caller::Nobody, &path).await;
    assert_eq!((seen.status, &seen.json["email"]), (200, &json!("new@example.org")), "{seen:?}");
    assert_eq!(seen.json["organization"], "Nordwind");
    for method in ["GET", "HEAD", "OPTIONS", "PUT"] {
        system.send(&Caller::Nobody, Request::new(method, &path)).await;
        system.send(&Caller::Nobody, Request::new(method, format!("{path}/confirm"))).await;
    }
    assert_eq!(read(&system, &person.id).await.json["email"], "old@example.org", "looking confirms nothing");

    let done = confirm(&system, &path).await;
    assert_eq!((done.status, done.text.as_str()), (204, ""), "{done:?}");
    let user = read(&system, &person.id).await;
    assert_eq!((&user.json["email"], &user.json["email_change"]), (&json!("new@example.org"), &Value::Null));
    assert_eq!(system.get(&person.caller, "/v1/me").await.status, 401, "signed out everywhere");
    assert_eq!(sign_in(&system, "new@example.org").await, 200);
    assert_eq!(sign_in(&system, "old@example.org").await, 401);
    let told = mail(&system, "old@example.org", "was changed").await;
    assert!(told.text.contains("new@example.org"), "{}", told.text);
    assert_eq!(system.get(&Caller::Nobody, &path).await.outcome(), (410, "change_used"));
    assert_eq!(confirm(&system, &path).await.outcome(), (410, "change_used"));

    let found = system.get(&system.root(), "/v1/users?q=new@example").await;
    assert_eq!(found.json["items"][0]["id"], json!(person.id), "found by the new address");
    let other = system.user(json!({"kind": "technician", "email": "old@example.org"})).await;
    assert_eq!(other.status, 201, "the former address is free");
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn newer_changes_replace_older_ones_and_the_present_address_takes_them_back() {
    let system = System::start(2).await;
    let person = somebody(&system, "old@example.org").await;
    change(&system, &person.id, "one@example.org").await;
    let one = link(&system, "one@example.org").await;
    change(&system, &person.id, "two@example.org").await;
    let two = link(&system, "two@example.org").await;
    assert_eq!(confirm(&system, &one).await.outcome(), (410, "change_replaced"));
    assert_eq!(system.get(&Caller::Nobody, &one).await.outcome(), (410, "change_replaced"));
    let back = change(&system, &person.id, "old@example.org").await;
    assert_eq!((back.status, &back.json["email_change"]), (200, &Value::Null), "{back:?}");
    assert_eq!(confirm(&system, &two).await.outcome(), (410, "change_replaced"));
    change(&system, &person.id, "three@example.org").await;
    let three = link(&system, "three@example.org").await;
    system.server.advance("PT24H").await.unwrap();
    assert_eq!(confirm(&system, &three).await.outcome(), (410, "change_expired"));
    assert_eq!(read(&system, &person.id).await.json["email_change"], Value::Null);
    for path in ["/v1/email-changes/x", &three.replace("emc_", "rst_")] {
        assert_eq!(system.get(&Caller::Nobody, path).await.outcome(), (404, "change_not_found"), "{path}");
        assert_eq!(confirm(&system, path).await.outcome(), (404, "change_not_found"), "{path}");
    }
    assert_eq!(read(&system, &person.id).await.json["email"], "old@example.org");
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_gets_an_address_that_is_taken() {
    let system = System::start(3).await;
    let person = somebody(&system, "old@example.org").await;
    system.user(json!({"kind": "technician", "email": "taken@example.org"})).await;
    let refused = change(&system, &person.id, "Taken@Example.org").await;
    assert_eq!(refused.outcome(), (409, "email_taken"), "{refused:?}");
    assert_eq!(change(&system, &person.id, "no address").await.outcome(), (422, "row_refused"));
    assert!(mails(&system, "taken@example.org", "Confirm").is_empty());

    change(&system, &person.id, "wanted@example.org").await;
    let path = link(&system, "wanted@example.org").await;
    system.user(json!({"kind": "technician", "email": "wanted@example.org"})).await;
    assert_eq!(confirm(&system, &path).await.outcome(), (409, "email_taken"), "taken meanwhile");
    assert_eq!(read(&system, &person.id).await.json["email"], "old@example.org");
    assert_eq!(system.get(&person.caller, "/v1/me").await.status, 200, "nothing has changed");
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_confirmed_twice_at_the_same_moment_is_confirmed_once() {
    let system = System::start(4).await;
    let person = somebody(&system, "old@example.org").await;
    change(&system, &person.id, "new@example.org").await;
    let path = link(&system, "new@example.org").await;
    let (one, other) = tokio::join!(confirm(&system, &path), confirm(&system, &path));
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [204, 410], "{one:?} {other:?}");
    mail(&system, "old@example.org", "was changed").await;
    system.server.advance("PT5M").await.unwrap();
    assert_eq!(mails(&system, "old@example.org", "was changed").len(), 1);
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_for_a_password_that_went_to_the_former_address_is_void() {
    let system = System::start(5).await;
    let person = somebody(&system, "old@example.org").await;
    let ask = json!({"email": "old@example.org"});
    assert_eq!(system.post(&Caller::Nobody, "/v1/password-resets", ask).await.status, 202);
    let reset = mail(&system, "old@example.org", "Choose a new").await;
    let reset = reset.links.iter().find_map(|link| link.split_once("/password-resets/")).expect("a link").1.to_owned();
    change(&system, &person.id, "new@example.org").await;
    assert_eq!(confirm(&system, &link(&system, "new@example.org").await).await.status, 204);
    let late = system
        .post(&Caller::Nobody, format!("/v1/password-resets/{reset}"), json!({"password": "another phrase of mine"}))
        .await;
    assert_eq!(late.outcome(), (410, "reset_revoked"));
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_an_account_that_is_switched_off_it_changes_at_once() {
    let system = System::start(6).await;
    let person = somebody(&system, "old@example.org").await;
    change(&system, &person.id, "one@example.org").await;
    let one = link(&system, "one@example.org").await;
    let off = system.post(&system.root(), format!("/v1/users/{}/deactivate", person.id), json!({})).await;
    assert_eq!(off.status, 200, "{off:?}");
    assert_eq!(confirm(&system, &one).await.outcome(), (410, "change_replaced"));
    let changed = change(&system, &person.id, "new@example.org").await;
    assert_eq!((&changed.json["email"], &changed.json["email_change"]), (&json!("new@example.org"), &Value::Null));
    system.server.advance("PT5M").await.unwrap();
    assert!(mails(&system, "new@example.org", "Confirm").is_empty());
    let told = mail(&system, "old@example.org", "was changed").await;
    assert!(told.text.contains("new@example.org"), "{}", told.text);
    system.server.stop().await;
}

/// Whoever could take over an account by switching it off, naming another address and switching it on.
#[tokio::test(flavor = "multi_thread")]
async fn switching_on_again_takes_the_permission_for_resets() {
    let system = System::start(7).await;
    let person = somebody(&system, "old@example.org").await;
    let role = json!({"name": "Assistant", "kind": "technician", "permissions": ["users.read", "users.write"]});
    let role = system.post(&system.root(), "/v1/roles", role).await.text_of("id");
    let assistant = system.person(json!({"kind": "technician", "roles": [role]})).await;
    let act = async |caller: &Caller, what: &str| {
        system.post(caller, format!("/v1/users/{}/{what}", person.id), json!({})).await
    };
    assert_eq!(act(&assistant.caller, "deactivate").await.status, 200);
    assert_eq!(act(&assistant.caller, "activate").await.outcome(), (403, "permission_denied"));
    assert_eq!(act(&system.root(), "activate").await.status, 200);
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_counts_only_while_who_asked_may_touch_the_account() {
    let system = System::start(8).await;
    let root = system.root();
    let person = somebody(&system, "old@example.org").await;
    let acme = read(&system, &person.id).await.json["organization_id"].clone();
    let role = json!({"name": "Desk", "kind": "end_user", "organization_id": acme,
        "permissions": ["users.read", "users.write"]});
    let role = system.post(&root, "/v1/roles", role).await.text_of("id");
    let desk = system.person(json!({"kind": "end_user", "organization_id": acme, "roles": [role]})).await;
    let patch = async |caller: &Caller, id: &str, body: Value| {
        let version = read(&system, id).await.json["version"].clone();
        let request = Request::new("PATCH", format!("/v1/users/{id}")).json(&body);
        let answer = system.send(caller, request.header("if-match", format!("\"{version}\""))).await;
        assert_eq!(answer.status, 200, "{answer:?}");
    };
    patch(&desk.caller, &person.id, json!({"email": "one@example.org"})).await;
    let one = link(&system, "one@example.org").await;
    patch(&root, &person.id, json!({"roles": ["organization_admin"]})).await;
    assert_eq!(confirm(&system, &one).await.outcome(), (410, "change_replaced"), "of somebody mightier by now");
    assert_eq!(read(&system, &person.id).await.json["email"], "old@example.org");

    patch(&root, &person.id, json!({"roles": ["organization_user"]})).await;
    patch(&desk.caller, &person.id, json!({"email": "two@example.org"})).await;
    let two = link(&system, "two@example.org").await;
    let off = system.post(&root, format!("/v1/users/{}/deactivate", desk.id), json!({})).await;
    assert_eq!(off.status, 200, "{off:?}");
    assert_eq!(confirm(&system, &two).await.outcome(), (410, "change_replaced"), "asked for by somebody switched off");
    patch(&root, &person.id, json!({"email": "three@example.org"})).await;
    assert_eq!(confirm(&system, &link(&system, "three@example.org").await).await.status, 204);
    system.server.stop().await;
}
