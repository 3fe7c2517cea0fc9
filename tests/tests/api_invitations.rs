//! Invitations from mail to registered, and everything that can befall a link on the way: through the real
//! handlers against the local system.

use rollcall_dev_server::{Config, Crash, MailEventKind, MailFilter, Message};
use rollcall_tests::system::{Answer, Caller, Request, System};
use serde_json::{Value, json};

const PASSWORD: &str = "a long enough phrase";

fn mails(system: &System, to: &str) -> Vec<Message> {
    let all = system.server.outbox().list(&MailFilter::default()).expect("the outbox");
    all.into_iter().filter(|mail| mail.to == to).collect()
}

/// The API path of the link in a mail.
fn path(mail: &Message) -> String {
    let link = mail.links.iter().find(|link| link.contains("/invitations/")).expect("a link");
    format!("/v1/invitations/{}", link.rsplit('/').next().expect("a token"))
}

/// The `n`-th mail to an address, waited for.
async fn mail(system: &System, to: &str, n: usize) -> Message {
    system.eventually(async || mails(system, to).into_iter().nth(n - 1)).await.expect("a mail")
}

/// The user once its invitation has that delivery.
async fn delivered_as(system: &System, id: &str, delivery: &str) -> Answer {
    let found = system
        .eventually(async || {
            let user = read(system, id).await;
            (user.json["invitation"]["delivery"] == delivery).then_some(user)
        })
        .await;
    match found {
        Some(user) => user,
        None => panic!("never {delivery}: {:?}", read(system, id).await.json["invitation"]),
    }
}

async fn read(system: &System, id: &str) -> Answer {
    system.get(&system.root(), format!("/v1/users/{id}")).await
}

async fn act(system: &System, id: &str, what: &str) -> Answer {
    system.send(&system.root(), Request::new("POST", format!("/v1/users/{id}/{what}"))).await
}

async fn look(system: &System, path: &str) -> Answer {
    system.get(&Caller::Nobody, path).await
}

async fn step(system: &System, path: &str, step: &str, body: Value) -> Answer {
    system.post(&Caller::Nobody, format!("{path}/{step}"), body).await
}

/// State and next step of a link.
fn state(answer: &Answer) -> (&str, &str) {
    (answer.json["state"].as_str().unwrap_or("?"), answer.json["next_step"].as_str().unwrap_or("?"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_technician_goes_from_mail_to_registered_and_signed_in() {
    let system = System::start(1).await;
    let user = system.user(json!({"kind": "technician", "email": "ana@example.org"})).await;
    let id = user.text_of("id");
    let mail = mail(&system, "ana@example.org", 1).await;
    assert_eq!(mail.tags["user"], id);
    assert_eq!(mail.tags["generation"], "1");
    let sent = delivered_as(&system, &id, "delivered").await;
    let invitation = &sent.json["invitation"];
    let moment = |name: &str| invitation[name].as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
    assert_eq!(moment("expires_at").duration_since(moment("sent_at")).as_hours(), 24);
    assert_eq!(sent.json["version"], 1, "delivery is no edit");
    let stated = moment("expires_at").to_zoned(jiff::tz::TimeZone::UTC).strftime("%H:%M UTC").to_string();
    assert!(mail.text.contains(&stated) && mail.html.contains(&stated), "{stated} in {}", mail.text);

    let path = path(&mail);
    let link = look(&system, &path).await;
    assert_eq!(state(&link), ("open", "accept"), "{link:?}");
    for (name, wanted) in [
        ("organization_name", Value::Null),
        ("email", json!("ana@example.org")),
        ("needs_phone", json!(true)),
        ("needs_mfa", json!(true)),
        ("password_policy", json!({"min_length": 12, "blocked_words": []})),
        ("expires_at", invitation["expires_at"].clone()),
    ] {
        assert_eq!(link.json[name], wanted, "{name}");
    }

    let begun = step(&system, &path, "accept", json!({"password": PASSWORD, "phone": "+49 1511 2345678"})).await;
    assert_eq!((begun.status, &begun.json["next"]), (200, &json!("enrol_mfa")), "{begun:?}");
    assert!(begun.text_of("totp_uri").starts_with("otpauth://totp/Rollcall:ana%40example.org?secret="));
    assert!(begun.session().is_none(), "not signed in yet");
    assert_eq!(state(&look(&system, &path).await).0, "open", "the link is spent only on completion");
    let wrong = step(&system, &path, "verify", json!({"code": "000"})).await;
    assert_eq!(wrong.outcome(), (422, "code_not_valid"));

    let code = system.totp_code(&begun.text_of("totp_secret"));
    let done = step(&system, &path, "verify", json!({"code": code})).await;
    assert_eq!((done.status, &done.json["next"]), (200, &Value::Null), "{done:?}");
    assert_eq!(done.json["recovery_codes"].as_array().map(Vec::len), Some(10));
    let caller = done.session().expect("signed in");
    let me = system.get(&caller, "/v1/me").await;
    assert_eq!(me.json["user"]["id"], json!(id));

    let registered = read(&system, &id).await;
    assert_eq!(registered.json["status"], "active");
    assert_eq!(registered.json["mfa"], "enrolled");
    assert_eq!(registered.json["phone"], "+4915112345678");
    assert_eq!(registered.json["invitation"]["status"], "registered");
    assert_eq!(registered.json["invitation"]["delivery"], "delivered");

    let used = look(&system, &path).await;
    assert_eq!(state(&used), ("used", "sign_in"));
    assert_eq!(used.json["email"], Value::Null);
    for what in ["accept", "verify"] {
        let body = if what == "accept" { json!({"password": PASSWORD}) } else { json!({"code": code}) };
        assert_eq!(step(&system, &path, what, body).await.outcome(), (410, "invitation_used"));
    }
    for what in ["resend-invitation", "revoke-invitation", "send-invitation"] {
        assert_eq!(act(&system, &id, what).await.outcome(), (409, "already_registered"), "{what}");
    }
    system.server.advance("PT48H").await.unwrap();
    assert_eq!(read(&system, &id).await.json["invitation"]["status"], "registered", "a finished one never expires");
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_end_user_without_second_factor_finishes_in_one_step() {
    let system = System::start(2).await;
    let acme = system.organization("Nordwind").await;
    let user = system
        .user(json!({"kind": "end_user", "organization_id": acme, "roles": ["organization_user"], "language": "de"}))
        .await;
    let email = user.text_of("email");
    assert_eq!(user.json["invitation"]["valid_hours"], 14 * 24);
    let mail = mail(&system, &email, 1).await;
    assert!(mail.subject.starts_with("Nordwind lädt Sie zu Rollcall ein · gültig bis"), "{}", mail.subject);
    let path = path(&mail);
    let link = look(&system, &path).await;
    assert_eq!(link.json["organization_name"], "Nordwind");
    assert_eq!((&link.json["needs_phone"], &link.json["needs_mfa"]), (&json!(false), &json!(false)));
    let done = step(&system, &path, "accept", json!({"password": PASSWORD})).await;
    assert_eq!((done.status, &done.json["next"]), (200, &Value::Null), "{done:?}");
    assert_eq!(done.json["user"]["status"], "active");
    let caller = done.session().expect("signed in");
    assert_eq!(system.get(&caller, "/v1/me").await.json["user"]["email"], json!(email));
    let organization = system.get(&system.root(), "/v1/organizations").await;
    let counts = organization.json["items"].as_array().unwrap().iter().find(|item| item["id"] == json!(acme)).unwrap();
    assert_eq!(counts["counts"], json!({"users": 1, "active": 1}));
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_person_types_is_refused_with_every_reason_and_changes_nothing() {
    let system = System::start(3).await;
    let user = system.user(json!({"kind": "technician", "email": "ana@example.org"})).await;
    let path = path(&mail(&system, "ana@example.org", 1).await);
    for (name, body, first, all) in [
        (
            "short",
            json!({"password": "elevenchars", "phone": "+4915112345678"}),
            "password_too_short",
            vec!["password"],
        ),
        (
            "common",
            json!({"password": "Password1234", "phone": "+4915112345678"}),
            "password_too_common",
            vec!["password"],
        ),
        (
            "one's address",
            json!({"password": "ana@example.org", "phone": "+4915112345678"}),
            "password_too_common",
            vec!["password"],
        ),
        ("no phone", json!({"password": PASSWORD}), "phone_required", vec!["phone"]),
        ("a blank phone", json!({"password": PASSWORD, "phone": " "}), "phone_required", vec!["phone"]),
        ("no password, no phone", json!({"password": ""}), "password_too_short", vec!["password", "phone"]),
    ] {
        let answer = step(&system, &path, "accept", body).await;
        assert_eq!(answer.outcome(), (422, first), "{name}: {answer:?}");
        let fields: Vec<&str> =
            answer.json["errors"].as_array().unwrap().iter().map(|error| error["field"].as_str().unwrap()).collect();
        assert_eq!(fields, all, "{name}");
    }
    let number = step(&system, &path, "accept", json!({"password": PASSWORD, "phone": "12"})).await;
    assert_eq!((number.status, &number.json["errors"][0]["field"]), (422, &json!("phone")));
    let early = step(&system, &path, "verify", json!({"code": "123456"})).await;
    assert_eq!(early.outcome(), (409, "acceptance_not_begun"));
    assert_eq!(step(&system, &path, "accept", json!({"pass": 1})).await.outcome(), (400, "body_not_json"));
    assert_eq!(read(&system, &user.text_of("id")).await.json["status"], "invited");
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn looking_at_a_link_never_uses_it() {
    let system = System::start(4).await;
    let user = system.user(json!({"kind": "technician", "email": "ana@example.org"})).await;
    let path = path(&mail(&system, "ana@example.org", 1).await);
    let before = delivered_as(&system, &user.text_of("id"), "delivered").await;
    let first = look(&system, &path).await;
    for method in ["GET", "HEAD", "GET", "OPTIONS", "PUT"] {
        system.send(&Caller::Nobody, Request::new(method, &path)).await;
        system.send(&Caller::Nobody, Request::new(method, format!("{path}/accept"))).await;
    }
    assert_eq!(look(&system, &path).await.text, first.text);
    assert_eq!(read(&system, &user.text_of("id")).await.text, before.text);
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn guessed_forged_and_malformed_links_are_one_and_the_same_answer() {
    let system = System::start(5).await;
    system.user(json!({"kind": "technician", "email": "ana@example.org"})).await;
    let real = path(&mail(&system, "ana@example.org", 1).await);
    let (head, mac) = real.rsplit_once('.').unwrap();
    let flipped = if mac.starts_with('A') { mac.replacen('A', "B", 1) } else { format!("A{}", &mac[1..]) };
    let other_kid = head.rsplit_once('.').unwrap().0;
    let answers = [
        ("a forged signature", format!("{head}.{flipped}")),
        ("an unknown key", format!("{other_kid}.zz.{mac}")),
        ("an unknown invitation", format!("/v1/invitations/inv_00000000000000000000000000.dev.{mac}")),
        ("no token at all", "/v1/invitations/x".to_owned()),
        ("something long", format!("/v1/invitations/{}", "x".repeat(2000))),
        ("escapes", "/v1/invitations/%2e%2e%2f%00".to_owned()),
    ];
    let mut bodies = Vec::new();
    for (name, path) in &answers {
        let seen = look(&system, path).await;
        assert_eq!(seen.outcome(), (404, "invitation_not_found"), "{name}: {seen:?}");
        bodies.push(seen.text);
        let accepted = step(&system, path, "accept", json!({"password": PASSWORD})).await;
        assert_eq!(accepted.outcome(), (404, "invitation_not_found"), "{name}");
        let verified = step(&system, path, "verify", json!({"code": "123456"})).await;
        assert_eq!(verified.outcome(), (404, "invitation_not_found"), "{name}");
        let renewed = step(&system, path, "renew", json!({})).await;
        assert_eq!((renewed.status, renewed.text.as_str()), (202, "{}"), "{name}: asking tells nothing");
    }
    bodies.dedup();
    assert_eq!(bodies.len(), 1, "{bodies:?}");
    assert_eq!(mails(&system, "ana@example.org").len(), 1);
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn resending_kills_the_older_link_which_says_so() {
    let system = System::start(6).await;
    let user = system.user(json!({"kind": "technician", "email": "ana@example.org"})).await;
    let id = user.text_of("id");
    let old = path(&mail(&system, "ana@example.org", 1).await);
    let begun = step(&system, &old, "accept", json!({"password": PASSWORD, "phone": "+4915112345678"})).await;
    let resent = act(&system, &id, "resend-invitation").await;
    assert_eq!(resent.status, 200, "{resent:?}");
    assert_eq!(resent.json["invitation"]["generation"], 2);
    let second = mail(&system, "ana@example.org", 2).await;
    assert!(second.text.contains("replaces"), "{}", second.text);
    let dead = look(&system, &old).await;
    assert_eq!(state(&dead), ("replaced", "open_newer_mail"));
    assert_eq!(dead.json["replaced_at"], resent.json["invitation"]["queued_at"]);
    assert_eq!(dead.json["email"], Value::Null);
    let code = system.totp_code(&begun.text_of("totp_secret"));
    let late = step(&system, &old, "verify", json!({"code": code})).await;
    assert_eq!(late.outcome(), (410, "invitation_replaced"));
    let new = path(&second);
    assert_eq!(state(&look(&system, &new).await).0, "open");
    let carried = step(&system, &new, "verify", json!({"code": code})).await;
    assert_eq!(carried.outcome(), (409, "acceptance_not_begun"), "what the older link began is void");
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn revoking_kills_the_link_until_somebody_sends_another() {
    let system = System::start(7).await;
    let user = system.user(json!({"kind": "technician", "email": "ana@example.org"})).await;
    let id = user.text_of("id");
    let old = path(&mail(&system, "ana@example.org", 1).await);
    assert_eq!(act(&system, &id, "send-invitation").await.outcome(), (409, "already_invited"));
    let revoked = act(&system, &id, "revoke-invitation").await;
    assert_eq!(revoked.json["invitation"]["status"], "revoked", "{revoked:?}");
    let dead = look(&system, &old).await;
    assert_eq!(state(&dead), ("revoked", "ask_administrator"));
    assert!(dead.json["replaced_at"].is_string());
    let accepted = step(&system, &old, "accept", json!({"password": PASSWORD})).await;
    assert_eq!(accepted.outcome(), (410, "invitation_revoked"));
    assert_eq!(act(&system, &id, "revoke-invitation").await.outcome(), (409, "invitation_not_pending"));
    assert_eq!(act(&system, &id, "resend-invitation").await.outcome(), (409, "invitation_not_pending"));
    assert_eq!(act(&system, &id, "send-invitation").await.status, 200);
    let new = path(&mail(&system, "ana@example.org", 2).await);
    assert_eq!(state(&look(&system, &new).await).0, "open");
    system.server.advance("PT25H").await.unwrap();
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_created_without_invitation_is_sent_one_later() {
    let system = System::start(8).await;
    let user = system.user(json!({"kind": "technician", "email": "ana@example.org", "invite": false})).await;
    let id = user.text_of("id");
    assert_eq!((&user.json["status"], &user.json["invitation"]), (&json!("created"), &Value::Null));
    assert_eq!(act(&system, &id, "resend-invitation").await.outcome(), (409, "invitation_not_pending"));
    let sent = act(&system, &id, "send-invitation").await;
    assert_eq!((&sent.json["status"], &sent.json["invitation"]["status"]), (&json!("invited"), &json!("pending")));
    assert_eq!(state(&look(&system, &path(&mail(&system, "ana@example.org", 1).await)).await).0, "open");
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_expires_to_the_moment_and_the_person_can_ask_for_a_new_one() {
    let system = System::start(9).await;
    let user = system.user(json!({"kind": "technician", "email": "ana@example.org"})).await;
    let id = user.text_of("id");
    let old = path(&mail(&system, "ana@example.org", 1).await);
    delivered_as(&system, &id, "delivered").await;
    system.server.advance("PT23H59M").await.unwrap();
    assert_eq!(state(&look(&system, &old).await).0, "open");
    system.server.advance("PT2M").await.unwrap();
    let dead = look(&system, &old).await;
    assert_eq!(state(&dead), ("expired", "renew"));
    assert!(dead.json["expires_at"].is_string());
    let accepted = step(&system, &old, "accept", json!({"password": PASSWORD, "phone": "+4915112345678"})).await;
    assert_eq!(accepted.outcome(), (410, "invitation_expired"));
    assert_eq!(read(&system, &id).await.json["invitation"]["status"], "expired");
    let root = system.server.account().email.clone();
    // The schedule comes every five minutes; the digest goes with the bulk mail of a minute later.
    system.server.advance("PT6M").await.unwrap();
    system.server.advance("PT2M").await.unwrap();
    let digest = mail(&system, &root, 1).await;
    assert_eq!(digest.subject, "1 invitation has expired");
    assert!(digest.text.contains("ana@example.org"), "{}", digest.text);

    let renewed = step(&system, &old, "renew", json!({})).await;
    assert_eq!((renewed.status, renewed.text.as_str()), (202, "{}"));
    let new = path(&mail(&system, "ana@example.org", 2).await);
    assert_ne!(new, old);
    assert_eq!(state(&look(&system, &new).await).0, "open");
    assert_eq!(state(&look(&system, &old).await).0, "replaced");
    delivered_as(&system, &id, "delivered").await;
    let again = step(&system, &old, "renew", json!({})).await;
    assert_eq!(again.outcome(), (429, "rate_limited"));
    let wait: u32 = again.headers["retry-after"].parse().unwrap();
    assert!((1..=300).contains(&wait), "{wait}");
    let open = step(&system, &new, "renew", json!({})).await;
    assert_eq!((open.status, mails(&system, "ana@example.org").len()), (202, 2), "an open link needs no newer one");
    system.server.advance("PT6M").await.unwrap();
    assert_eq!(step(&system, &old, "renew", json!({})).await.status, 202);
    mail(&system, "ana@example.org", 3).await;

    let digests = mails(&system, &root).len();
    system.server.advance("PT10M").await.unwrap();
    assert_eq!(mails(&system, &root).len(), digests, "one digest a run, and none without an expiry");
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_address_gets_its_own_link_and_the_old_ones_holder_learns_nothing() {
    let system = System::start(10).await;
    let user = system.user(json!({"kind": "technician", "email": "old@example.org"})).await;
    let id = user.text_of("id");
    let old = path(&mail(&system, "old@example.org", 1).await);
    let sent = delivered_as(&system, &id, "delivered").await;
    let request = Request::new("PATCH", format!("/v1/users/{id}"))
        .header("if-match", sent.headers["etag"].as_str())
        .json(&json!({"email": "new@example.org"}));
    let moved = system.send(&system.root(), request).await;
    assert_eq!(moved.status, 200, "{moved:?}");
    assert_eq!(moved.json["invitation"]["generation"], 2);
    assert_eq!(moved.json["invitation"]["delivery"], "queued");
    let new = path(&mail(&system, "new@example.org", 1).await);
    let dead = look(&system, &old).await;
    assert_eq!(state(&dead).0, "address_changed");
    for secret in ["email", "name", "inviter_name", "expires_at"] {
        assert_eq!(dead.json[secret], Value::Null, "{secret}");
    }
    let accepted = step(&system, &old, "accept", json!({"password": PASSWORD})).await;
    assert_eq!(accepted.outcome(), (410, "address_changed"));
    delivered_as(&system, &id, "delivered").await;
    assert_eq!(step(&system, &old, "renew", json!({})).await.status, 202);
    assert_eq!(mails(&system, "new@example.org").len(), 1, "who has the old address asks for nothing");
    assert_eq!(state(&look(&system, &new).await).0, "open");
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_accept_at_once_one_finishes() {
    let system = System::start(11).await;
    let user = system.user(json!({"kind": "technician", "email": "ana@example.org"})).await;
    let path = path(&mail(&system, "ana@example.org", 1).await);
    let begin = json!({"password": PASSWORD, "phone": "+4915112345678"});
    let (one, other) =
        tokio::join!(step(&system, &path, "accept", begin.clone()), step(&system, &path, "accept", begin));
    assert_eq!((one.status, other.status), (200, 200));
    let code = |answer: &Answer| json!({"code": system.totp_code(&answer.text_of("totp_secret"))});
    let (one, other) =
        tokio::join!(step(&system, &path, "verify", code(&one)), step(&system, &path, "verify", code(&other)));
    let mut outcomes = [one.status, other.status];
    outcomes.sort_unstable();
    assert!(outcomes == [200, 422] || outcomes == [200, 410], "{one:?} {other:?}");
    assert_eq!(read(&system, &user.text_of("id")).await.json["status"], "active");
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_code_sent_twice_at_once_finishes_once() {
    let system = System::start(12).await;
    system.user(json!({"kind": "technician", "email": "ana@example.org"})).await;
    let path = path(&mail(&system, "ana@example.org", 1).await);
    let begun = step(&system, &path, "accept", json!({"password": PASSWORD, "phone": "+4915112345678"})).await;
    let code = json!({"code": system.totp_code(&begun.text_of("totp_secret"))});
    let (one, other) = tokio::join!(step(&system, &path, "verify", code.clone()), step(&system, &path, "verify", code));
    let mut outcomes = [one.outcome(), other.outcome()];
    outcomes.sort_unstable();
    assert_eq!(outcomes, [(200, ""), (410, "invitation_used")]);
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_mail_service_reports_is_recorded_of_that_mailing_only() {
    let system = System::start(13).await;
    let user = system.user(json!({"kind": "technician", "email": "ana@example.org"})).await;
    let id = user.text_of("id");
    let first = mail(&system, "ana@example.org", 1).await;
    delivered_as(&system, &id, "delivered").await;
    assert!(system.server.play_mail_event(&first.id, MailEventKind::Bounced).await.unwrap());
    let bounced = delivered_as(&system, &id, "bounced").await;
    assert!(bounced.json["invitation"]["delivery_at"].is_string());
    system.server.play_mail_event(&first.id, MailEventKind::Delivered).await.unwrap();
    assert_eq!(read(&system, &id).await.json["invitation"]["delivery"], "bounced", "bad news stays");

    assert_eq!(act(&system, &id, "resend-invitation").await.status, 200);
    system.server.play_mail_event(&first.id, MailEventKind::Complained).await.unwrap();
    let now = read(&system, &id).await;
    assert_ne!(now.json["invitation"]["delivery"], "complained", "the complaint was about the older mail");
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sender_that_dies_is_followed_by_one_that_sends_what_was_left() {
    for (name, call, crash, mails_sent) in [
        ("before it claims", 1, Crash::BeforeCall, 1),
        ("after it claimed", 1, Crash::AfterCall, 1),
        ("after it read the person", 2, Crash::AfterCall, 1),
    ] {
        let system = System::start(14).await;
        system.server.crashes().plan("DeliverMailFunction", call, crash);
        let user = system.user(json!({"kind": "technician", "email": "ana@example.org"})).await;
        system.eventually(async || (!system.server.crashes().is_planned("DeliverMailFunction")).then_some(())).await;
        // Past the claim's lease the sweep finds it.
        system.server.advance("PT4M").await.unwrap();
        delivered_as(&system, &user.text_of("id"), "delivered").await;
        system.server.advance("PT10M").await.unwrap();
        assert_eq!(mails(&system, "ana@example.org").len(), mails_sent, "{name}");
        system.server.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_mail_service_gets_every_mail_once_and_all_in_the_end() {
    let system = System::start_with(Config { mail_rate: 10, ..Config::for_tests(15) }).await;
    let mut people = Vec::new();
    for _ in 0..25 {
        people.push(system.user(json!({"kind": "technician"})).await.text_of("email"));
    }
    let sent = || people.iter().map(|email| mails(&system, email).len()).collect::<Vec<_>>();
    system
        .eventually(async || {
            system.server.advance("PT1M").await.unwrap();
            sent().iter().all(|count| *count > 0).then_some(())
        })
        .await;
    system.server.advance("PT30M").await.unwrap();
    assert_eq!(sent(), vec![1; people.len()]);
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bulk_mail_keeps_to_the_rate_and_one_sender_has_the_lane() {
    let system = System::start_with(Config { mail_rate: 20, schedules: false, ..Config::for_tests(16) }).await;
    let rows: String =
        (0..12).map(|n| format!("Bulk\tPerson{}\tbulk{n}@example.org\n", char::from(b'a' + n))).collect();
    let sheet = format!("First Name\tLast Name\tEmail\n{rows}");
    let request = Request::new("POST", "/v1/imports?profile=technician").body("text/tab-separated-values", sheet);
    let import = system.send(&system.root(), request).await;
    assert_eq!(import.status, 202, "{import:?}");
    let path = format!("/v1/imports/{}", import.text_of("id"));
    let finished = system
        .eventually(async || (system.get(&system.root(), &*path).await.json["status"] == "finished").then_some(()))
        .await;
    assert!(finished.is_some(), "{:?}", system.get(&system.root(), &*path).await);

    let began = std::time::Instant::now();
    let run = || system.server.invoke("DeliverBulkFunction", json!({}));
    let (one, other) = tokio::join!(run(), run());
    let took = began.elapsed();
    let mut sent = [one.unwrap()["sent"].clone(), other.unwrap()["sent"].clone()];
    sent.sort_by_key(|count| count.as_u64());
    assert_eq!(sent, [json!(0), json!(12)], "one of the two senders sends");
    // Four fifths of twenty a second are for bulk: eleven intervals of 62.5 ms.
    assert!(took.as_millis() >= 680, "{took:?}");
    for n in 0..12 {
        assert_eq!(mails(&system, &format!("bulk{n}@example.org")).len(), 1);
    }
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn in_the_sandbox_mail_to_strangers_waits_and_none_is_lost() {
    let system = System::start(17).await;
    system.server.mail_account().sandbox(&["known@example.org"]);
    let known = system.user(json!({"kind": "technician", "email": "known@example.org"})).await.text_of("id");
    let other = system.user(json!({"kind": "technician", "email": "stranger@example.org"})).await.text_of("id");
    delivered_as(&system, &known, "delivered").await;
    system.server.advance("PT30M").await.unwrap();
    let waiting = read(&system, &other).await.json["invitation"].clone();
    assert_eq!((&waiting["status"], &waiting["delivery"]), (&json!("pending"), &json!("queued")), "{waiting}");
    assert_eq!((&waiting["sent_at"], &waiting["expires_at"]), (&Value::Null, &Value::Null), "its time has not begun");
    assert_eq!(mails(&system, "stranger@example.org").len(), 0);

    system.server.mail_account().production();
    // At most a quarter of an hour between two tries.
    system.server.advance("PT15M").await.unwrap();
    let sent = delivered_as(&system, &other, "delivered").await;
    assert!(sent.json["invitation"]["expires_at"].is_string());
    system.server.advance("PT30M").await.unwrap();
    assert_eq!((mails(&system, "known@example.org").len(), mails(&system, "stranger@example.org").len()), (1, 1));
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_mail_service_refuses_for_now_is_kept_and_what_it_refuses_for_good_is_said() {
    let unverified =
        "Email address is not verified. The following identities failed the check in region EU-CENTRAL-1: x";
    for (status, kind, message, kept) in [
        (429, "TooManyRequestsException", "Maximum sending rate exceeded.", true),
        (400, "LimitExceededException", "Daily message quota exceeded.", true),
        (400, "ThrottlingException", "Rate exceeded", true),
        (400, "MessageRejected", unverified, true),
        (400, "MailFromDomainNotVerifiedException", "The MAIL FROM domain is not verified.", true),
        (400, "SendingPausedException", "Sending is paused.", true),
        (400, "AccountSuspendedException", "The account is suspended.", true),
        (404, "NotFoundException", "Configuration set <x> does not exist.", true),
        (403, "AccessDeniedException", "not authorized to perform ses:SendEmail", true),
        (500, "InternalServiceErrorException", "internal", true),
        (400, "MessageRejected", "Email content is not accepted.", false),
        (400, "BadRequestException", "Local address contains control or whitespace", false),
    ] {
        let name = format!("{kind}: {message}");
        let system = System::start(18).await;
        system.server.mail_account().refuses(status, kind, message);
        let user = system.user(json!({"kind": "technician", "email": "ana@example.org"})).await;
        let id = user.text_of("id");
        if !kept {
            let refused = delivered_as(&system, &id, "suppressed").await;
            assert_eq!(refused.json["invitation"]["expires_at"], Value::Null, "{name}");
            system.server.stop().await;
            continue;
        }
        for _ in 0..3 {
            system.server.advance("PT10M").await.unwrap();
        }
        let waiting = read(&system, &id).await.json["invitation"].clone();
        assert_eq!((&waiting["delivery"], &waiting["expires_at"]), (&json!("queued"), &Value::Null), "{name}");
        system.server.mail_account().takes();
        system.server.advance("PT15M").await.unwrap();
        delivered_as(&system, &id, "delivered").await;
        assert_eq!(mails(&system, "ana@example.org").len(), 1, "{name}");
        system.server.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_bounced_is_on_the_stop_list_however_they_are_invited_again_until_the_address_is_another() {
    for (name, number) in [("resent", 19), ("withdrawn and sent", 20), ("asked for by its holder", 21)] {
        let system = System::start(number).await;
        let user = system.user(json!({"kind": "technician", "email": "bounce@example.org"})).await;
        let id = user.text_of("id");
        let link = path(&mail(&system, "bounce@example.org", 1).await);
        delivered_as(&system, &id, "bounced").await;
        let listed = async |delivery: &str| {
            let found = system.get(&system.root(), format!("/v1/users?delivery={delivery}")).await;
            found.json["items"].as_array().map_or(0, Vec::len)
        };
        assert_eq!((listed("bounced").await, listed("suppressed").await), (1, 0), "{name}");
        match name {
            "resent" => assert_eq!(act(&system, &id, "resend-invitation").await.status, 200),
            "withdrawn and sent" => {
                assert_eq!(act(&system, &id, "revoke-invitation").await.status, 200);
                assert_eq!(act(&system, &id, "send-invitation").await.status, 200);
            }
            _ => {
                system.server.advance("PT25H").await.unwrap();
                assert_eq!(step(&system, &link, "renew", json!({})).await.status, 202);
            }
        }
        let stopped = delivered_as(&system, &id, "suppressed").await;
        assert_eq!(stopped.json["invitation"]["generation"], 2, "{name}");
        assert_eq!((listed("bounced").await, listed("suppressed").await), (0, 1), "{name}");
        let request = Request::new("PATCH", format!("/v1/users/{id}"))
            .header("if-match", stopped.headers["etag"].as_str())
            .json(&json!({"email": "right@example.org"}));
        assert_eq!(system.send(&system.root(), request).await.status, 200, "{name}");
        delivered_as(&system, &id, "delivered").await;
        assert_eq!((listed("bounced").await, listed("suppressed").await), (0, 0), "{name}");
        system.server.stop().await;
    }
}
