//! One's own account: settings, password, second factors, API keys. Through the real handlers against the local system.

use rollcall_dev_server::{Crash, MailFilter};
use rollcall_tests::system::{Answer, Caller, PASSWORD, Person, Request, System};
use serde_json::{Value, json};

/// Somebody of Acme without a second factor.
async fn someone(system: &System, role: &str) -> Person {
    let acme = system.get(&system.root(), "/v1/organizations").await.json["items"][0]["id"].clone();
    system.person(json!({"kind": "end_user", "organization_id": acme, "roles": [role]})).await
}

async fn sign_in(system: &System, email: &str, password: &str) -> Answer {
    system.post(&Caller::Nobody, "/v1/sessions", json!({"email": email, "password": password})).await
}

async fn patch(system: &System, caller: &Caller, body: Value) -> Answer {
    let etag = system.get(caller, "/v1/me").await.headers["etag"].clone();
    system.send(caller, Request::new("PATCH", "/v1/me").header("if-match", etag).json(&body)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn one_sets_what_is_ones_own_to_set() {
    let system = System::start(80).await;
    let person = someone(&system, "organization_user").await;
    let me = system.get(&person.caller, "/v1/me").await;
    assert_eq!(
        me.json["settings"],
        json!({"language": null, "time_zone": null, "idle_minutes": 60, "getting_started": true,
            "notifications": {"organizations": "all", "schedule": null,
                "mail": {"severity": "info", "priority": "low"}, "text": {"severity": "off", "priority": "low"}}})
    );
    assert_eq!(me.json["mfa"], json!({"required": false, "methods": [], "recovery_codes_left": 0}));
    assert_eq!(me.json["password_policy"], json!({"min_length": 12, "blocked_words": []}));
    assert_eq!(me.json["session"]["idle_minutes"], json!(60));

    let acme = me.json["user"]["organization_id"].clone();
    let notifications = json!({"organizations": [acme], "schedule": {"days": ["mon", "fri"], "from": "08:00", "to": "24:00"},
        "mail": {"severity": "warning", "priority": "high"}, "text": {"severity": "critical", "priority": "normal"}});
    let whole = json!({"language": "de", "time_zone": "europe/berlin", "idle_minutes": 5, "getting_started": false,
        "notifications": notifications});
    let changed = patch(&system, &person.caller, whole).await;
    assert_eq!(changed.outcome(), (200, ""), "{changed:?}");
    assert_eq!(
        changed.json["settings"],
        json!({"language": "de", "time_zone": "Europe/Berlin", "idle_minutes": 5, "getting_started": false,
            "notifications": notifications})
    );
    assert_eq!(system.get(&person.caller, "/v1/me").await.json["settings"], changed.json["settings"]);
    let kept = patch(&system, &person.caller, json!({"language": null})).await;
    assert_eq!((&kept.json["settings"]["language"], &kept.json["settings"]["idle_minutes"]), (&json!(null), &json!(5)));

    let stale = Request::new("PATCH", "/v1/me").header("if-match", "\"1\"").json(&json!({"idle_minutes": 30}));
    assert_eq!(system.send(&person.caller, stale).await.outcome(), (412, "version_conflict"));
    let blind = Request::new("PATCH", "/v1/me").json(&json!({"idle_minutes": 30}));
    assert_eq!(system.send(&person.caller, blind).await.outcome(), (428, "precondition_required"));
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_ones_own_or_makes_no_sense_is_refused_row_by_row() {
    let system = System::start(81).await;
    let person = someone(&system, "organization_user").await;
    let beta = system.organization("Beta").await;
    let before = system.get(&person.caller, "/v1/me").await.json["user"].clone();
    for member in [
        "roles",
        "permissions",
        "organizations",
        "status",
        "kind",
        "email",
        "username",
        "first_name",
        "groups",
        "locked_until",
        "session_epoch",
        "organization_id",
        "version",
        "id",
        "mfa_enrolled",
        "settings",
    ] {
        for value in [json!("root_master"), json!(["root_master"]), json!(null), json!(0)] {
            let answer = patch(&system, &person.caller, json!({ member: value })).await;
            assert_eq!(answer.outcome(), (400, "body_not_json"), "{member}: {value}");
        }
    }
    assert_eq!(system.get(&person.caller, "/v1/me").await.json["user"], before, "nothing was written");

    let off = json!({"severity": "off", "priority": "low"});
    let notifications = |change: Value| {
        let mut whole = json!({"organizations": "all", "schedule": null, "mail": off, "text": off});
        for (name, value) in change.as_object().into_iter().flatten() {
            whole[name] = value.clone();
        }
        json!({"notifications": whole})
    };
    let schedule =
        |days: Value, from: &str, to: &str| notifications(json!({"schedule": {"days": days, "from": from, "to": to}}));
    for (name, body, field, code) in [
        ("no time zone", json!({"time_zone": "Mars/Olympus"}), "time_zone", "time_zone_not_known"),
        ("no language", json!({"language": "deutsch!"}), "language", "language_not_valid"),
        ("too short an idle limit", json!({"idle_minutes": 4}), "idle_minutes", "idle_minutes_out_of_range"),
        ("too long an idle limit", json!({"idle_minutes": 1441}), "idle_minutes", "idle_minutes_out_of_range"),
        ("a negative one", json!({"idle_minutes": -60}), "idle_minutes", "idle_minutes_out_of_range"),
        (
            "another organization",
            notifications(json!({"organizations": [beta]})),
            "notifications.organizations",
            "organization_unknown",
        ),
        (
            "no organization",
            notifications(json!({"organizations": ["x"]})),
            "notifications.organizations",
            "organization_unknown",
        ),
        ("no days", schedule(json!([]), "08:00", "18:00"), "notifications.schedule", "days_not_valid"),
        ("no such day", schedule(json!(["mo"]), "08:00", "18:00"), "notifications.schedule", "days_not_valid"),
        ("backwards", schedule(json!(["mon"]), "18:00", "08:00"), "notifications.schedule", "hours_not_valid"),
        ("no hours", schedule(json!(["mon"]), "8", "18:60"), "notifications.schedule", "hours_not_valid"),
        ("past midnight", schedule(json!(["mon"]), "08:00", "24:01"), "notifications.schedule", "hours_not_valid"),
        (
            "no severity",
            notifications(json!({"mail": {"severity": "loud", "priority": "low"}})),
            "notifications.mail",
            "severity_unknown",
        ),
        (
            "no priority",
            notifications(json!({"mail": {"severity": "info", "priority": "p1"}})),
            "notifications.mail",
            "priority_unknown",
        ),
    ] {
        let answer = patch(&system, &person.caller, body).await;
        assert_eq!(answer.outcome(), (422, "row_refused"), "{name}: {answer:?}");
        assert_eq!(
            (&answer.json["errors"][0]["field"], &answer.json["errors"][0]["code"]),
            (&json!(field), &json!(code)),
            "{name}"
        );
    }
    let two = patch(&system, &person.caller, json!({"time_zone": "x", "idle_minutes": 0})).await;
    assert_eq!(two.json["errors"].as_array().map(Vec::len), Some(2), "all at once");
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_phone_number_ends_every_session_and_text_notifications_need_one() {
    let system = System::start(82).await;
    let person = someone(&system, "organization_user").await;
    let second = sign_in(&system, &person.email, PASSWORD).await.session().expect("a cookie");
    let bad = patch(&system, &person.caller, json!({"phone": "12"})).await;
    assert_eq!((bad.outcome(), &bad.json["errors"][0]["field"]), ((422, "row_refused"), &json!("phone")));
    let text = json!({"phone": null, "notifications": {"organizations": "all",
        "mail": {"severity": "off", "priority": "low"}, "text": {"severity": "info", "priority": "low"}}});
    let none = patch(&system, &person.caller, text).await;
    assert_eq!(none.json["errors"][0]["code"], json!("phone_required"), "{none:?}");
    let changed = patch(&system, &person.caller, json!({"phone": "+49 1511 2345699"})).await;
    assert_eq!((changed.status, &changed.json["user"]["phone"]), (200, &json!("+4915112345699")));
    assert!(changed.headers["set-cookie"].contains("Max-Age=0"));
    for (name, caller) in [("this one", &person.caller), ("another one", &second)] {
        assert_eq!(system.get(caller, "/v1/me").await.outcome(), (401, "not_authenticated"), "{name}");
    }
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_password_takes_the_old_one_and_ends_every_session() {
    let system = System::start(83).await;
    let person = someone(&system, "organization_user").await;
    let change = |current: &str, password: &str| json!({"current": current, "password": password});
    for (name, body, code) in [
        ("a wrong one", change("not it", "another long phrase"), "password_wrong"),
        ("too short", change(PASSWORD, "short"), "password_too_short"),
        ("a common one", change(PASSWORD, "password1234"), "password_too_common"),
        ("one's own address", change(PASSWORD, &person.email), "password_too_common"),
        ("the same", change(PASSWORD, PASSWORD), "password_unchanged"),
    ] {
        let answer = system.post(&person.caller, "/v1/me/password", body).await;
        assert_eq!(answer.outcome(), (422, code), "{name}");
    }
    let second = sign_in(&system, &person.email, PASSWORD).await.session().expect("a cookie");
    let changed = system.post(&person.caller, "/v1/me/password", change(PASSWORD, "another long phrase")).await;
    assert_eq!(changed.status, 204, "{changed:?}");
    assert!(changed.headers["set-cookie"].contains("Max-Age=0"));
    for caller in [&person.caller, &second] {
        assert_eq!(system.get(caller, "/v1/me").await.outcome(), (401, "not_authenticated"));
    }
    assert_eq!(sign_in(&system, &person.email, PASSWORD).await.outcome(), (401, "credentials_not_valid"));
    assert_eq!(sign_in(&system, &person.email, "another long phrase").await.status, 200);
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn second_factors_are_set_up_used_and_removed() {
    let system = System::start(84).await;
    let person = someone(&system, "organization_user").await;
    let begin = |method: &str, password: &str| json!({"method": method, "password": password});
    let wrong = system.post(&person.caller, "/v1/me/mfa", begin("totp", "not it")).await;
    assert_eq!((wrong.outcome(), &wrong.json["errors"][0]["field"]), ((422, "password_wrong"), &json!("password")));
    let unknown = system.post(&person.caller, "/v1/me/mfa", begin("pigeon", PASSWORD)).await;
    assert_eq!(unknown.outcome(), (400, "parameter_not_valid"));
    let early = system.post(&person.caller, "/v1/me/mfa/verify", json!({"code": "123456"})).await;
    assert_eq!(early.outcome(), (409, "enrolment_not_begun"));
    let key = system.post(&system.root(), "/v1/me/mfa", begin("totp", "x")).await;
    assert_eq!(key.outcome(), (404, "session_not_found"), "not with an API key");

    let begun = system.post(&person.caller, "/v1/me/mfa", begin("totp", PASSWORD)).await;
    assert_eq!(begun.status, 200, "{begun:?}");
    let secret = begun.text_of("totp_secret");
    assert!(begun.text_of("totp_uri").contains(&secret));
    assert_eq!(system.get(&person.caller, "/v1/me").await.json["mfa"]["methods"], json!([]), "not yet");
    let typo = system.post(&person.caller, "/v1/me/mfa/verify", json!({"code": "12345"})).await;
    assert_eq!(typo.outcome(), (422, "code_not_valid"));
    let code = system.totp_code(&secret);
    let done = system.post(&person.caller, "/v1/me/mfa/verify", json!({"code": code})).await;
    assert_eq!(done.status, 200, "{done:?}");
    assert_eq!(done.json["recovery_codes"].as_array().map(Vec::len), Some(10));
    assert!(done.headers["set-cookie"].contains("Max-Age=0"));
    assert_eq!(system.get(&person.caller, "/v1/me").await.outcome(), (401, "not_authenticated"), "signed out");

    let first = sign_in(&system, &person.email, PASSWORD).await;
    assert_eq!(first.json, json!({"next": "verify_mfa", "methods": ["totp", "recovery"]}));
    let waiting = first.session().expect("a cookie");
    let replayed = system.post(&waiting, "/v1/sessions/mfa", json!({"code": code})).await;
    assert_eq!(replayed.outcome(), (401, "code_not_valid"), "the code that set it up counts once too");
    let text = system.post(&waiting, "/v1/sessions/mfa/text", json!({})).await;
    assert_eq!(text.outcome(), (409, "no_text_codes"));
    system.server.advance("PT30S").await.expect("a clock");
    let fresh = json!({"code": system.totp_code(&secret), "method": "totp"});
    let session = system.post(&waiting, "/v1/sessions/mfa", fresh).await.session().expect("a cookie");

    let renewed = system.post(&session, "/v1/me/mfa/recovery-codes", json!({"password": PASSWORD})).await;
    assert_eq!(renewed.status, 200, "{renewed:?}");
    let old = done.json["recovery_codes"][0].clone();
    let waiting = sign_in(&system, &person.email, PASSWORD).await.session().expect("a cookie");
    assert_eq!(
        system.post(&waiting, "/v1/sessions/mfa", json!({"code": old})).await.outcome(),
        (401, "code_not_valid")
    );
    let new = renewed.json["recovery_codes"][0].clone();
    assert_eq!(system.post(&waiting, "/v1/sessions/mfa", json!({"code": new})).await.status, 200);
    assert_eq!(system.get(&session, "/v1/me").await.json["mfa"]["recovery_codes_left"], json!(9));

    let remove =
        |method: &str| Request::new("DELETE", format!("/v1/me/mfa/{method}")).json(&json!({"password": PASSWORD}));
    assert_eq!(system.send(&session, remove("text")).await.outcome(), (404, "method_not_found"));
    assert_eq!(system.send(&session, remove("totp")).await.status, 204);
    assert_eq!(system.get(&session, "/v1/me").await.outcome(), (401, "not_authenticated"), "signed out");
    assert_eq!(sign_in(&system, &person.email, PASSWORD).await.json, json!({"next": null}));
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_required_second_factor_may_be_changed_but_not_removed() {
    let system = System::start(85).await;
    let technician = system.person(json!({"kind": "technician", "roles": ["technician"]})).await;
    let caller = technician.caller;
    let remove = || Request::new("DELETE", "/v1/me/mfa/totp").json(&json!({"password": PASSWORD}));
    assert_eq!(system.send(&caller, remove()).await.outcome(), (409, "mfa_required"));
    let begun = system
        .post(&caller, "/v1/me/mfa", json!({"method": "text", "password": PASSWORD, "phone": "+4915112345690"}))
        .await;
    assert_eq!((begun.status, &begun.json), (200, &json!({"sent_to": "…90"})), "{begun:?}");
    let soon = system.post(&caller, "/v1/me/mfa", json!({"method": "text", "password": PASSWORD})).await;
    assert_eq!(soon.outcome(), (429, "rate_limited"));
    let code = system.text_code("+4915112345690", None).await;
    assert_eq!(system.post(&caller, "/v1/me/mfa/verify", json!({"code": code})).await.status, 200);

    let first = sign_in(&system, &technician.email, PASSWORD).await;
    assert_eq!(first.json["methods"], json!(["totp", "text", "recovery"]));
    let waiting = first.session().expect("a cookie");
    assert_eq!(system.post(&waiting, "/v1/sessions/mfa/text", json!({})).await.status, 202);
    let code = system.text_code("+4915112345690", Some(&code)).await;
    let session = system.post(&waiting, "/v1/sessions/mfa", json!({"code": code, "method": "text"})).await;
    let session = session.session().expect("a cookie");
    let me = system.get(&session, "/v1/me").await;
    assert_eq!(me.json["user"]["phone"], json!("+4915112345690"), "the number that was proved");
    assert_eq!(patch(&system, &session, json!({"phone": "+4915112345691"})).await.outcome(), (409, "phone_in_use"));
    assert_eq!(system.send(&session, remove()).await.status, 204, "another one is left");
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_whose_sender_died_is_sent_by_the_sweep() {
    let system = System::start(88).await;
    let person = someone(&system, "organization_user").await;
    system.server.crashes().plan("DeliverMailFunction", 1, Crash::AfterCall);
    let phone = json!({"method": "text", "password": PASSWORD, "phone": "+4915112345692"});
    assert_eq!(system.post(&person.caller, "/v1/me/mfa", phone).await.status, 200);
    let died = system.eventually(async || (!system.server.crashes().is_planned("DeliverMailFunction")).then_some(()));
    assert!(died.await.is_some(), "it had claimed the message");
    system.server.advance("PT4M").await.expect("a clock");
    let code = system.text_code("+4915112345692", None).await;
    assert_eq!(system.post(&person.caller, "/v1/me/mfa/verify", json!({"code": code})).await.status, 200);
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_factor_that_was_reset_is_set_up_at_the_next_sign_in() {
    let system = System::start(86).await;
    let technician = system.person(json!({"kind": "technician", "roles": ["technician"]})).await;
    let reset = system.post(&system.root(), format!("/v1/users/{}/reset-mfa", technician.id), json!({})).await;
    assert_eq!((reset.status, &reset.json["mfa"]), (200, &json!("not_enrolled")), "{reset:?}");
    assert_eq!(system.get(&technician.caller, "/v1/me").await.outcome(), (401, "not_authenticated"));
    let first = sign_in(&system, &technician.email, PASSWORD).await;
    assert_eq!(first.json, json!({"next": "enrol_mfa", "methods": ["totp", "text"]}));
    let waiting = first.session().expect("a cookie");
    let begun = system.post(&waiting, "/v1/sessions/enrolment", json!({"method": "totp"})).await;
    let code = system.totp_code(&begun.text_of("totp_secret"));
    let done = system.post(&waiting, "/v1/sessions/enrolment/verify", json!({"code": code})).await;
    assert_eq!((done.status, &done.json["next"]), (200, &json!(null)), "{done:?}");
    assert_eq!(system.get(&done.session().expect("a cookie"), "/v1/me").await.status, 200);
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn api_keys_are_listed_deleted_and_end_with_the_account() {
    let system = System::start(87).await;
    let admin = someone(&system, "organization_admin").await;
    let wanted = |name: &str| json!({"name": name, "password": PASSWORD});
    let make = async |name: &str| system.post(&admin.caller, "/v1/api-keys", wanted(name)).await;
    let (one, two) = (make("one").await, make("two").await);
    let listed = system.get(&admin.caller, "/v1/api-keys").await;
    let names: Vec<_> = listed.json["items"].as_array().into_iter().flatten().map(|key| key["name"].clone()).collect();
    assert_eq!(names.len(), 2, "{listed:?}");
    assert!(!listed.text.contains("rk_"), "never the keys themselves");
    assert_eq!(system.get(&system.root(), "/v1/api-keys").await.json["items"].as_array().map(Vec::len), Some(1));

    let delete = Request::new("DELETE", format!("/v1/api-keys/{}", one.text_of("id")));
    assert_eq!(system.send(&system.root(), delete.clone()).await.outcome(), (404, "api_key_not_found"), "not root's");
    assert_eq!(system.send(&admin.caller, delete.clone()).await.status, 204);
    assert_eq!(system.send(&admin.caller, delete).await.outcome(), (404, "api_key_not_found"));
    let dead = Caller::Key(one.text_of("key"));
    assert_eq!(system.get(&dead, "/v1/me").await.outcome(), (401, "not_authenticated"));
    let live = Caller::Key(two.text_of("key"));
    assert_eq!(system.get(&live, "/v1/me").await.status, 200);

    let of = |what: &str| format!("/v1/users/{}/{what}", admin.id);
    assert_eq!(system.post(&system.root(), of("deactivate"), json!({})).await.status, 200);
    assert_eq!(system.get(&live, "/v1/me").await.outcome(), (401, "not_authenticated"));
    assert_eq!(system.post(&system.root(), of("activate"), json!({})).await.status, 200);
    assert_eq!(system.get(&live, "/v1/me").await.outcome(), (401, "not_authenticated"), "keys do not come back");
    system.server.stop().await;
}

/// A session of somebody without a second factor.
async fn session(system: &System, email: &str, password: &str) -> Caller {
    let signed_in = sign_in(system, email, password).await;
    assert_eq!((signed_in.status, &signed_in.json["next"]), (200, &json!(null)), "{signed_in:?}");
    signed_in.session().expect("a cookie")
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_ends_a_persons_secrets_ends_their_api_keys() {
    let system = System::start(88).await;
    let root = system.root();
    for (name, method, what, status) in [
        ("their keys are ended", "DELETE", "api-keys", 204),
        ("signed out everywhere", "DELETE", "sessions", 204),
        ("the second factor is reset", "POST", "reset-mfa", 200),
        ("the password is reset", "POST", "reset-password", 200),
    ] {
        let admin = someone(&system, "organization_admin").await;
        let of = |what: &str| format!("/v1/users/{}/{what}", admin.id);
        let request = Request::new(method, of(what)).json(&json!({}));
        let key = system.key_of(&admin.caller).await;
        let before = system.get(&root, of("api-keys")).await;
        assert_eq!(before.json["items"].as_array().map(Vec::len), Some(1), "{name}: {before:?}");
        assert!(!before.text.contains("rk_"), "{name}: never the keys themselves");
        assert_eq!(system.send(&root, request).await.status, status, "{name}");
        assert_eq!(system.get(&key, "/v1/me").await.outcome(), (401, "not_authenticated"), "{name}");
        assert_eq!(system.get(&root, of("api-keys")).await.json["items"], json!([]), "{name}");
        let stays = if name == "their keys are ended" { 200 } else { 401 };
        assert_eq!(system.get(&admin.caller, "/v1/me").await.status, stays, "{name}: the browser");
    }
    let admin = someone(&system, "organization_admin").await;
    let key = system.key_of(&admin.caller).await;
    assert_eq!(system.get(&key, "/v1/me").await.status, 200);
    let asked = system.post(&Caller::Nobody, "/v1/password-resets", json!({"email": admin.email})).await;
    assert_eq!(asked.status, 202, "{asked:?}");
    choose_by_link(&system, &admin.email, "an entirely new phrase").await;
    assert_eq!(system.get(&key, "/v1/me").await.outcome(), (401, "not_authenticated"), "a password by a link");
    system.server.stop().await;
}

/// Chooses a password with the link that is mailed.
async fn choose_by_link(system: &System, email: &str, password: &str) {
    let token = system
        .eventually(async || {
            let filter = MailFilter { to: Some(email.to_owned()), limit: None };
            let mails = system.server.outbox().list(&filter).ok()?;
            let mut links = mails.iter().flat_map(|mail| &mail.links);
            links.find_map(|link| Some(link.split_once("/password-resets/")?.1.to_owned()))
        })
        .await
        .expect("a link is mailed");
    let path = format!("/v1/password-resets/{token}");
    let done = system.post(&Caller::Nobody, path, json!({"password": password})).await;
    assert_eq!(done.status, 204, "{done:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_has_an_end_and_its_owner_hears_of_it() {
    let system = System::start(89).await;
    let admin = someone(&system, "organization_admin").await;
    let wanted = json!({"name": "For a day", "expires_in_days": 1, "password": PASSWORD});
    let made = system.post(&admin.caller, "/v1/api-keys", wanted).await;
    assert_eq!(made.status, 201, "{made:?}");
    let mailed = system
        .eventually(async || {
            let filter = MailFilter { to: Some(admin.email.clone()), limit: None };
            let mails = system.server.outbox().list(&filter).ok()?;
            mails.into_iter().find(|mail| mail.subject.contains("API key"))
        })
        .await
        .expect("the owner is told");
    assert!(mailed.text.contains("For a day"), "{}", mailed.text);
    assert!(!mailed.text.contains(&made.text_of("key")), "the mail does not hold the key");

    let key = Caller::Key(made.text_of("key"));
    assert_eq!(system.get(&key, "/v1/me").await.status, 200);
    system.server.advance("P1D").await.expect("a clock");
    assert_eq!(system.get(&key, "/v1/me").await.outcome(), (401, "not_authenticated"), "its day is over");
    let again = session(&system, &admin.email, PASSWORD).await;
    let listed = system.get(&again, "/v1/api-keys").await;
    assert_eq!(listed.json["items"][0]["expires_at"].as_str(), Some(&*made.text_of("expires_at")), "{listed:?}");
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_ends_the_keys_of_somebody_mightier_or_their_own_by_this_door() {
    let system = System::start(90).await;
    let root = system.root();
    let acme = system.get(&root, "/v1/organizations").await.json["items"][0]["id"].clone();
    let role = json!({"name": "Desk", "kind": "end_user", "organization_id": acme,
        "permissions": ["users.read", "credentials.write"]});
    let role = system.post(&root, "/v1/roles", role).await.text_of("id");
    let desk = someone(&system, &role).await;
    let admin = someone(&system, "organization_admin").await;
    let key = system.key_of(&admin.caller).await;
    let me = system.get(&root, "/v1/me").await.json["user"]["id"].as_str().expect("an id").to_owned();
    for (name, caller, id, outcome) in [
        ("somebody mightier", &desk.caller, &admin.id, (403, "permission_denied")),
        ("oneself", &desk.caller, &desk.id, (409, "own_account")),
        ("the Root Master", &desk.caller, &me, (404, "user_not_found")),
    ] {
        let path = format!("/v1/users/{id}/api-keys");
        assert_eq!(system.get(caller, &*path).await.outcome(), outcome, "{name}: seen");
        assert_eq!(system.send(caller, Request::new("DELETE", path)).await.outcome(), outcome, "{name}: ended");
    }
    assert_eq!(system.get(&key, "/v1/me").await.status, 200, "and the key is good");
    let own = Request::new("DELETE", format!("/v1/users/{}/sessions", admin.id));
    assert_eq!(
        system.send(&key, own).await.outcome(),
        (403, "session_required"),
        "a program does not put its owner out"
    );
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn codes_go_to_no_number_that_an_administrator_has_typed() {
    let system = System::start(91).await;
    let root = system.root();
    let person = someone(&system, "organization_user").await;
    let wanted = json!({"method": "text", "password": PASSWORD, "phone": "+4915112345692"});
    assert_eq!(system.post(&person.caller, "/v1/me/mfa", wanted).await.status, 200);
    let code = system.text_code("+4915112345692", None).await;
    assert_eq!(system.post(&person.caller, "/v1/me/mfa/verify", json!({"code": code})).await.status, 200);
    assert_eq!(sign_in(&system, &person.email, PASSWORD).await.json["next"], "verify_mfa");

    let path = format!("/v1/users/{}", person.id);
    let read = system.get(&root, &*path).await;
    let patch = |body: Value, etag: &str| Request::new("PATCH", &*path).header("if-match", etag).json(&body);
    let same = system.send(&root, patch(json!({"phone": "+4915112345692"}), &read.headers["etag"])).await;
    assert_eq!((same.status, &same.json["mfa"]), (200, &json!("enrolled")), "the same number: {same:?}");
    let other = system.send(&root, patch(json!({"phone": "+4915112345693"}), &same.headers["etag"])).await;
    assert_eq!((other.status, &other.json["mfa"]), (200, &json!("not_enrolled")), "{other:?}");
    assert_eq!(sign_in(&system, &person.email, PASSWORD).await.json["next"], "enrol_mfa");
    system.server.stop().await;
}
