//! Signing in and out, API keys, idempotency: through the real handlers against the local system.

use rollcall_tests::system::{Answer, Caller, Request, System};
use serde_json::json;

async fn sign_in(system: &System, email: &str, password: &str) -> Answer {
    system.post(&Caller::Nobody, "/v1/sessions", json!({"email": email, "password": password})).await
}

/// The first administrator, past the first step.
async fn first_step(system: &System) -> Caller {
    let account = system.server.account();
    let answer = sign_in(system, &account.email, &account.password).await;
    assert_eq!((answer.status, &answer.json), (200, &json!({"next": "verify_mfa"})));
    answer.session().expect("a cookie")
}

async fn second_step(system: &System, caller: &Caller, code: &str) -> Answer {
    system.post(caller, "/v1/sessions/mfa", json!({"code": code})).await
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_in_takes_password_and_code_and_signing_out_ends_it() {
    let system = System::start(1).await;
    let account = system.server.account().clone();
    let waiting = first_step(&system).await;
    assert_eq!(system.get(&waiting, "/v1/me").await.outcome(), (401, "not_authenticated"), "a code is missing");

    let wrong = second_step(&system, &waiting, "12345").await;
    assert_eq!(wrong.outcome(), (401, "code_not_valid"));
    let code = system.totp_code(&account.totp_secret);
    let done = second_step(&system, &waiting, &code).await;
    assert_eq!((done.status, &done.json), (200, &json!({"next": null})));
    let cookie = &done.headers["set-cookie"];
    for attribute in ["__Host-session=", "Max-Age=43200", "Path=/", "Secure", "HttpOnly", "SameSite=Strict"] {
        assert!(cookie.contains(attribute), "{attribute} in {cookie}");
    }

    let signed_in = done.session().expect("a cookie");
    let me = system.get(&signed_in, "/v1/me").await;
    assert_eq!(me.status, 200);
    assert_eq!(me.json["user"]["email"], json!(account.email));
    assert_eq!(me.json["organizations"], json!("all"));
    assert!(me.json["user"]["last_sign_in_at"].is_string());
    assert!(me.json["session"]["expires_at"].is_string());
    assert_eq!(system.get(&waiting, "/v1/me").await.status, 401, "the first step's token is gone");

    let again = first_step(&system).await;
    assert_eq!(second_step(&system, &again, &code).await.outcome(), (401, "code_not_valid"), "a code counts once");

    let out = system.send(&signed_in, Request::new("DELETE", "/v1/sessions/current")).await;
    assert_eq!(out.status, 204);
    assert!(out.headers["set-cookie"].contains("Max-Age=0"));
    assert_eq!(system.get(&signed_in, "/v1/me").await.outcome(), (401, "not_authenticated"));
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_sign_in_never_says_why() {
    let system = System::start(2).await;
    let account = system.server.account().clone();
    let invited = system.user(json!({"kind": "technician"})).await.text_of("email");
    let refused = sign_in(&system, "nobody@example.org", "a long enough phrase").await;
    assert_eq!(refused.outcome(), (401, "credentials_not_valid"));
    for (name, email, password) in [
        ("a wrong password", account.email.as_str(), "a long enough phrase"),
        ("no password", account.email.as_str(), ""),
        ("not registered yet", invited.as_str(), "a long enough phrase"),
        ("no email", "", "a long enough phrase"),
        ("a very long email", &"a".repeat(10_000), "a long enough phrase"),
    ] {
        let answer = sign_in(&system, email, password).await;
        assert_eq!((answer.status, &answer.text), (401, &refused.text), "{name}");
        assert!(answer.session().is_none(), "{name}");
    }
    let upper = sign_in(&system, &account.email.to_uppercase(), &account.password).await;
    assert_eq!(upper.status, 200, "the case of an address does not matter");
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn five_wrong_codes_and_time_end_a_sign_in() {
    let system = System::start(3).await;
    let secret = system.server.account().totp_secret.clone();
    let waiting = first_step(&system).await;
    for _ in 0..5 {
        assert_eq!(second_step(&system, &waiting, "12345").await.outcome(), (401, "code_not_valid"));
    }
    let right = system.totp_code(&secret);
    assert_eq!(second_step(&system, &waiting, &right).await.outcome(), (401, "not_authenticated"));

    let late = first_step(&system).await;
    system.server.advance("PT11M").await.expect("a clock");
    let right = system.totp_code(&secret);
    assert_eq!(second_step(&system, &late, &right).await.outcome(), (401, "not_authenticated"));

    let session = second_step(&system, &first_step(&system).await, &right).await.session().expect("a cookie");
    system.server.advance("PT11H").await.expect("a clock");
    assert_eq!(system.get(&session, "/v1/me").await.status, 200);
    system.server.advance("PT2H").await.expect("a clock");
    assert_eq!(system.get(&session, "/v1/me").await.outcome(), (401, "not_authenticated"), "12 hours at most");
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cookie_changes_things_only_from_our_own_pages() {
    let system = System::start(4).await;
    let waiting = first_step(&system).await;
    let code = system.totp_code(&system.server.account().totp_secret);
    let session = second_step(&system, &waiting, &code).await.session().expect("a cookie");
    let create = |name: &str| Request::new("POST", "/v1/organizations").json(&json!({"name": name}));
    let own = system.server.url().to_owned();
    for (name, header, value, outcome) in [
        ("another origin", "origin", "https://evil.example", (403, "origin_not_allowed")),
        ("a hidden origin", "origin", "null", (403, "origin_not_allowed")),
        ("another site", "sec-fetch-site", "cross-site", (403, "origin_not_allowed")),
        ("a sibling", "sec-fetch-site", "same-site", (403, "origin_not_allowed")),
        ("our own origin", "origin", own.as_str(), (201, "")),
        ("our own page", "sec-fetch-site", "same-origin", (201, "")),
    ] {
        let answer = system.send(&session, create(name).header(header, value)).await;
        assert_eq!(answer.outcome(), outcome, "{name}");
    }
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_api_key_is_shown_once_and_does_what_its_owner_may() {
    let system = System::start(5).await;
    let root = system.root();
    let made = system.post(&root, "/v1/api-keys", json!({"name": "nightly import"})).await;
    assert_eq!(made.status, 201, "{made:?}");
    let key = made.text_of("key");
    assert!(key.starts_with("rk_") && key.len() == 55, "{key}");
    let me = system.get(&Caller::Key(key.clone()), "/v1/me").await;
    assert_eq!((me.status, &me.json["session"]), (200, &json!(null)));
    assert_eq!(me.json["user"]["id"], system.get(&root, "/v1/me").await.json["user"]["id"]);

    for (name, wrong) in [("one letter more", format!("{key}x")), ("none", String::new()), ("another", "rk_x".into())] {
        assert_eq!(system.get(&Caller::Key(wrong), "/v1/me").await.outcome(), (401, "not_authenticated"), "{name}");
    }
    let nameless = system.post(&root, "/v1/api-keys", json!({"name": " "})).await;
    assert_eq!(nameless.outcome(), (422, "row_refused"));
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_request_gives_the_first_answer_and_another_one_is_refused() {
    let system = System::start(6).await;
    let root = system.root();
    let request = |path: &str, name: &str| {
        Request::new("POST", path).header("idempotency-key", "7c9e-1").json(&json!({"name": name}))
    };
    let mut locations = Vec::new();
    for path in ["/v1/organizations", "/v1/api-keys"] {
        let first = system.send(&root, request(path, "Beta")).await;
        let second = system.send(&root, request(path, "Beta")).await;
        assert_eq!((first.status, &first.text), (201, &second.text), "{path}");
        assert_eq!(second.status, 201, "{path}");
        assert_eq!(first.headers.get("location"), second.headers.get("location"), "{path}");
        assert_eq!(first.headers.get("etag"), second.headers.get("etag"), "{path}");
        let other = system.send(&root, request(path, "Gamma")).await;
        assert_eq!(other.outcome(), (422, "idempotency_key_reused"), "{path}");
        locations.push(first.text_of("id"));
    }
    let plain = system.post(&root, "/v1/organizations", json!({"name": "BETA"})).await;
    assert_eq!(plain.outcome(), (409, "name_taken"), "without the key it is another request");

    let listed = system.get(&root, "/v1/organizations").await;
    let names: Vec<_> = listed.json["items"].as_array().into_iter().flatten().map(|item| &item["name"]).collect();
    assert_eq!(names, ["Acme", "Beta"]);

    for (name, key) in [("empty", ""), ("too long", &*"k".repeat(256)), ("a blank inside", "a b")] {
        let answer = system
            .send(
                &root,
                Request::new("POST", "/v1/organizations").header("idempotency-key", key).json(&json!({"name": "E"})),
            )
            .await;
        assert_eq!(answer.outcome(), (400, "parameter_not_valid"), "{name}");
    }

    system.server.advance("PT25H").await.expect("a clock");
    let later = system.send(&root, request("/v1/organizations", "Beta")).await;
    assert_eq!(later.outcome(), (409, "name_taken"), "an answer is kept for 24 hours");
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_request_at_the_same_time_is_done_once() {
    let system = System::start(7).await;
    let root = system.root();
    let request = || Request::new("POST", "/v1/api-keys").header("idempotency-key", "k").json(&json!({"name": "one"}));
    let (a, b, c, d) = tokio::join!(
        system.send(&root, request()),
        system.send(&root, request()),
        system.send(&root, request()),
        system.send(&root, request()),
    );
    let answers = [a, b, c, d];
    let mut keys: Vec<_> = answers.iter().filter(|answer| answer.status == 201).map(|answer| &answer.text).collect();
    keys.dedup();
    assert_eq!(keys.len(), 1, "{answers:?}");
    for answer in answers.iter().filter(|answer| answer.status != 201) {
        assert_eq!(answer.outcome(), (409, "request_in_progress"));
    }
    let after = system.send(&root, request()).await;
    assert_eq!((after.status, &after.text), (201, keys[0]));
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_that_cannot_be_read_are_named() {
    let system = System::start(8).await;
    let root = system.root();
    let organizations = || Request::new("POST", "/v1/organizations");
    for (name, request, outcome) in [
        ("no body", organizations().header("content-type", "application/json"), (400, "body_not_json")),
        ("not JSON", organizations().body("application/json", "{\"name\":"), (400, "body_not_json")),
        ("another shape", organizations().json(&json!(["Beta"])), (400, "body_not_json")),
        ("an unknown member", organizations().json(&json!({"name": "Beta", "nmae": 1})), (400, "body_not_json")),
        (
            "a form",
            organizations().body("application/x-www-form-urlencoded", "name=Beta"),
            (415, "media_type_not_supported"),
        ),
        ("bytes", organizations().body("application/json", vec![0xff, 0xfe, 0x00]), (400, "body_not_json")),
        ("a hidden character", organizations().json(&json!({"name": "Be\u{202e}ta"})), (422, "row_refused")),
        (
            "two wrong values",
            organizations().json(&json!({"name": "", "default_country": "Germany"})),
            (422, "row_refused"),
        ),
    ] {
        let answer = system.send(&root, request).await;
        assert_eq!(answer.outcome(), outcome, "{name}: {answer:?}");
        assert_eq!(answer.headers["content-type"], "application/problem+json", "{name}");
        if name == "two wrong values" {
            assert_eq!(answer.json["errors"].as_array().map(Vec::len), Some(2), "{name}");
        }
    }
    system.server.stop().await;
}
