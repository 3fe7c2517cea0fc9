//! Signing in and out, API keys, idempotency: through the real handlers against the local system.

use rollcall_dev_server::MailFilter;
use rollcall_tests::system::{Answer, Caller, Person, Request, System};
use serde_json::json;

async fn sign_in(system: &System, email: &str, password: &str) -> Answer {
    system.post(&Caller::Nobody, "/v1/sessions", json!({"email": email, "password": password})).await
}

/// The first administrator, past the first step.
async fn first_step(system: &System) -> Caller {
    let account = system.server.account();
    let answer = sign_in(system, &account.email, &account.password).await;
    assert_eq!((answer.status, &answer.json), (200, &json!({"next": "verify_mfa", "methods": ["totp"]})));
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
    let cookies = &done.headers["set-cookie"];
    assert_eq!(cookies.lines().count(), 2, "session and browser: {cookies}");
    let known = cookies.lines().last().unwrap_or_default();
    for attribute in ["__Host-device=", "Max-Age=31536000", "Path=/", "Secure", "HttpOnly", "SameSite=Strict"] {
        assert!(known.contains(attribute), "{attribute} in {known}");
    }
    let cookie = cookies.lines().next().unwrap_or_default();
    for attribute in ["__Host-session=", "Max-Age=604800", "Path=/", "Secure", "HttpOnly", "SameSite=Strict"] {
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
    let root = system.root_session().await;
    let password = &system.server.account().password;
    let wanted = json!({"name": "nightly import", "password": password});
    let made = system.post(&root, "/v1/api-keys", wanted.clone()).await;
    assert_eq!(made.status, 201, "{made:?}");
    let key = made.text_of("key");
    assert!(key.starts_with("rk_") && key.len() == 55, "{key}");
    let me = system.get(&Caller::Key(key.clone()), "/v1/me").await;
    assert_eq!((me.status, &me.json["session"]), (200, &json!(null)));
    assert_eq!(me.json["user"]["id"], system.get(&root, "/v1/me").await.json["user"]["id"]);

    for (name, wrong) in [("one letter more", format!("{key}x")), ("none", String::new()), ("another", "rk_x".into())] {
        assert_eq!(system.get(&Caller::Key(wrong), "/v1/me").await.outcome(), (401, "not_authenticated"), "{name}");
    }
    for (name, wrong, outcome) in [
        ("no name", json!({"name": " ", "password": password}), (422, "row_refused")),
        ("no password", json!({"name": "n"}), (422, "row_refused")),
        ("another password", json!({"name": "n", "password": "not this one"}), (422, "password_wrong")),
        ("too long", json!({"name": "n", "password": password, "expires_in_days": 366}), (422, "row_refused")),
    ] {
        assert_eq!(system.post(&root, "/v1/api-keys", wrong).await.outcome(), outcome, "{name}");
    }
    for key in [key, system.server.account().api_key.clone()] {
        let by_key = system.post(&Caller::Key(key), "/v1/api-keys", wanted.clone()).await;
        assert_eq!(by_key.outcome(), (403, "session_required"), "a key makes no key");
    }
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_request_gives_the_first_answer_and_another_one_is_refused() {
    let system = System::start(6).await;
    let (root, signed_in) = (system.root(), system.root_session().await);
    let request = |path: &str, name: &str| {
        let mut body = json!({"name": name});
        if path == "/v1/api-keys" {
            body["password"] = json!(system.server.account().password);
        }
        Request::new("POST", path).header("idempotency-key", "7c9e-1").json(&body)
    };
    let mut locations = Vec::new();
    for (caller, path) in [(&root, "/v1/organizations"), (&signed_in, "/v1/api-keys")] {
        let first = system.send(caller, request(path, "Beta")).await;
        let second = system.send(caller, request(path, "Beta")).await;
        assert_eq!((first.status, &first.text), (201, &second.text), "{path}");
        assert_eq!(second.status, 201, "{path}");
        assert_eq!(first.headers.get("location"), second.headers.get("location"), "{path}");
        assert_eq!(first.headers.get("etag"), second.headers.get("etag"), "{path}");
        let replayed = [&first, &second].map(|answer| answer.headers.get("idempotent-replayed").map(String::as_str));
        assert_eq!(replayed, [None, Some("true")], "{path}");
        let other = system.send(caller, request(path, "Gamma")).await;
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
    let root = system.root_session().await;
    let body = json!({"name": "one", "password": system.server.account().password});
    let request = || Request::new("POST", "/v1/api-keys").header("idempotency-key", "k").json(&body);
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

/// Somebody of Acme without a second factor.
async fn someone(system: &System) -> Person {
    let acme = system.get(&system.root(), "/v1/organizations").await.json["items"][0]["id"].clone();
    let body = json!({"kind": "end_user", "organization_id": acme, "roles": ["organization_user"]});
    system.person(body).await
}

const PASSWORD: &str = "a long enough phrase";

#[tokio::test(flavor = "multi_thread")]
async fn a_session_ends_a_minute_after_the_idle_limit_unless_somebody_is_there() {
    let system = System::start(9).await;
    let person = someone(&system).await;
    let caller = &person.caller;
    let keep = async || system.post(caller, "/v1/sessions/current/keep", json!({})).await;
    system.server.advance("PT60M").await.expect("a clock");
    let me = system.get(caller, "/v1/me").await;
    assert_eq!(me.status, 200, "a request within the last minute is answered and is no activity");
    let kept = keep().await;
    assert_eq!((kept.status, &kept.json["idle_minutes"]), (200, &json!(60)));
    let before = me.json["session"]["idle_until"].as_str().unwrap_or_default();
    assert!(kept.text_of("idle_until").as_str() > before);
    system.server.advance("PT60M").await.expect("a clock");
    assert_eq!(system.get(caller, "/v1/me").await.status, 200);
    system.server.advance("PT61S").await.expect("a clock");
    assert_eq!(system.get(caller, "/v1/me").await.outcome(), (401, "not_authenticated"));
    assert_eq!(keep().await.outcome(), (401, "not_authenticated"), "what is over stays over");
    assert_eq!(
        system.post(&system.root(), "/v1/sessions/current/keep", json!({})).await.outcome(),
        (404, "session_not_found"),
        "an API key has none"
    );
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_ends_after_seven_days_whatever_happens_in_it() {
    let system = System::start(10).await;
    let person = someone(&system).await;
    let me = system.get(&person.caller, "/v1/me").await;
    let patch = Request::new("PATCH", "/v1/me")
        .header("if-match", me.headers["etag"].as_str())
        .json(&json!({"idle_minutes": 1440}));
    assert_eq!(system.send(&person.caller, patch).await.status, 200);
    let keep = async || system.post(&person.caller, "/v1/sessions/current/keep", json!({})).await;
    for day in 1..=7 {
        let kept = keep().await;
        assert_eq!(kept.status, 200, "day {day}: {kept:?}");
        system.server.advance("PT23H30M").await.expect("a clock");
    }
    let last = keep().await;
    assert_eq!((last.status, &last.json["idle_until"]), (200, &last.json["expires_at"]), "no further than it lasts");
    system.server.advance("PT3H").await.expect("a clock");
    assert_eq!(system.get(&person.caller, "/v1/me").await.status, 200);
    system.server.advance("PT40M").await.expect("a clock");
    assert_eq!(system.get(&person.caller, "/v1/me").await.outcome(), (401, "not_authenticated"));
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_sees_and_ends_ones_own_sessions_and_administrators_everybodys() {
    let system = System::start(11).await;
    let person = someone(&system).await;
    let phone = Request::new("POST", "/v1/sessions")
        .header(
            "user-agent",
            "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/141.0.0.0 Mobile Safari/537.36",
        )
        .json(&json!({"email": person.email, "password": PASSWORD}));
    let phone = system.send(&Caller::Nobody, phone).await.session().expect("a cookie");
    system.server.advance("PT1M").await.expect("a clock");
    system.post(&person.caller, "/v1/sessions/current/keep", json!({})).await;

    let listed = system.get(&person.caller, "/v1/sessions").await;
    let rows: Vec<_> = listed.json["items"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|row| (row["current"] == json!(true), row["device"].as_str(), row["source"].is_string()))
        .collect();
    assert_eq!(rows, [(true, None, true), (false, Some("Chrome on Android"), true)], "{listed:?}");
    let other = listed.json["items"][1]["id"].as_str().unwrap_or_default().to_owned();

    let stranger = someone(&system).await;
    let end = |id: &str| Request::new("DELETE", format!("/v1/sessions/{id}"));
    for (name, id) in
        [("somebody else's", other.as_str()), ("none", "ses_00000000000000000000000000"), ("nonsense", "x")]
    {
        assert_eq!(system.send(&stranger.caller, end(id)).await.outcome(), (404, "session_not_found"), "{name}");
    }
    assert_eq!(system.get(&phone, "/v1/me").await.status, 200);
    assert_eq!(system.send(&person.caller, end(&other)).await.status, 204);
    assert_eq!(system.get(&phone, "/v1/me").await.outcome(), (401, "not_authenticated"));
    assert_eq!(system.send(&person.caller, end(&other)).await.outcome(), (404, "session_not_found"), "again");

    let theirs = format!("/v1/users/{}/sessions", person.id);
    let seen = system.get(&system.root(), theirs.as_str()).await;
    assert_eq!(seen.json["items"].as_array().map(Vec::len), Some(1), "{seen:?}");
    assert_eq!(seen.json["items"][0]["current"], json!(false));
    assert_eq!(system.send(&system.root(), Request::new("DELETE", theirs.as_str())).await.status, 204);
    assert_eq!(system.get(&person.caller, "/v1/me").await.outcome(), (401, "not_authenticated"));
    let seen = system.get(&system.root(), theirs).await;
    assert_eq!(seen.json, json!({"items": []}));
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_are_locked_out_and_the_known_browser_is_not() {
    let system = System::start(12).await;
    let person = someone(&system).await;
    let known = sign_in(&system, &person.email, PASSWORD).await.device().expect("a device cookie");
    let with_cookie = |password: &str| {
        Request::new("POST", "/v1/sessions")
            .header("cookie", format!("__Host-device={known}"))
            .json(&json!({"email": person.email, "password": password}))
    };
    // All at once, so that none knows of another.
    let guesses =
        futures_util::future::join_all((0..30).map(|_| sign_in(&system, &person.email, "a wrong phrase"))).await;
    let tried = guesses.iter().filter(|answer| answer.outcome() == (401, "credentials_not_valid")).count();
    let refused = guesses.iter().filter(|answer| answer.outcome() == (429, "too_many_attempts")).count();
    assert_eq!((tried, refused), (10, 20), "{guesses:?}");
    let answer = sign_in(&system, &person.email, PASSWORD).await;
    assert_eq!(answer.outcome(), (429, "too_many_attempts"), "a stranger with the right password");
    let wait: u32 = answer.headers["retry-after"].parse().expect("seconds");
    assert!((480..=600).contains(&wait), "{wait}: what is left of ten minutes, on a busy machine too");
    assert!(answer.session().is_none());

    // A name that nobody holds gets the same answers.
    let nobody: Vec<_> = {
        let mut answers = Vec::new();
        for _ in 0..11 {
            answers.push(sign_in(&system, "nobody@acme.example", "a wrong phrase").await);
        }
        answers
    };
    let first = guesses.iter().find(|answer| answer.status == 401).expect("a guess");
    assert!(nobody[..10].iter().all(|answer| answer.text == first.text), "{nobody:?}");
    assert_eq!(nobody[10].outcome(), (429, "too_many_attempts"));

    assert_eq!(system.get(&person.caller, "/v1/me").await.json["user"]["status"], json!("locked_out"), "goes on");
    let answer = system.send(&Caller::Nobody, with_cookie("a wrong phrase")).await;
    assert_eq!(answer.outcome(), (401, "credentials_not_valid"), "counted apart");
    assert_eq!(system.send(&Caller::Nobody, with_cookie(PASSWORD)).await.status, 200);

    let events = system.get(&system.root(), format!("/v1/users/{}/audit-events", person.id)).await;
    let locked =
        events.json["items"].as_array().into_iter().flatten().filter(|e| e["action"] == json!("user.locked_out"));
    assert_eq!(locked.count(), 1, "{events:?}");
    let unlocked = system.post(&system.root(), format!("/v1/users/{}/unlock", person.id), json!({})).await;
    assert_eq!((unlocked.status, &unlocked.json["status"]), (200, &json!("active")), "{unlocked:?}");
    assert_eq!(sign_in(&system, &person.email, PASSWORD).await.status, 200, "at once");
    for _ in 0..10 {
        assert_eq!(sign_in(&system, &person.email, "a wrong phrase").await.status, 401, "counting begins anew");
    }
    assert_eq!(sign_in(&system, &person.email, PASSWORD).await.status, 429);
    system.server.advance("PT10M1S").await.expect("a clock");
    assert_eq!(sign_in(&system, &person.email, PASSWORD).await.status, 200, "the lock is over");
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_fails_at_many_names_is_not_heard_for_a_while() {
    let system = System::start(13).await;
    let person = someone(&system).await;
    let known = sign_in(&system, &person.email, PASSWORD).await.device().expect("a device cookie");
    for batch in 0..10 {
        let names: Vec<String> = (0..10).map(|n| format!("nobody{batch}-{n}@acme.example")).collect();
        let guesses = futures_util::future::join_all(names.iter().map(|name| sign_in(&system, name, "guess"))).await;
        assert!(guesses.iter().all(|answer| answer.status == 401), "{guesses:?}");
    }
    assert_eq!(sign_in(&system, &person.email, PASSWORD).await.outcome(), (429, "too_many_attempts"));
    let cookie = Request::new("POST", "/v1/sessions")
        .header("cookie", format!("__Host-device={known}"))
        .json(&json!({"email": person.email, "password": PASSWORD}));
    assert_eq!(system.send(&Caller::Nobody, cookie).await.status, 200, "a known browser at the same address");
    system.server.advance("PT10M1S").await.expect("a clock");
    assert_eq!(sign_in(&system, &person.email, PASSWORD).await.status, 200);
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn guessed_tokens_open_nothing() {
    let system = System::start(14).await;
    let guesses = (0..200_u32).map(|n| {
        let token = format!("{n:043}");
        let system = &system;
        async move { system.get(&Caller::Session(token), "/v1/me").await }
    });
    let answers = futures_util::future::join_all(guesses).await;
    assert!(answers.iter().all(|answer| answer.outcome() == (401, "not_authenticated")));
    let codes = (0..50_u32).map(|n| {
        let system = &system;
        async move {
            let token = Caller::Session(format!("{n:043}"));
            system.post(&token, "/v1/sessions/mfa", json!({"code": format!("{n:06}")})).await
        }
    });
    let answers = futures_util::future::join_all(codes).await;
    assert!(answers.iter().all(|answer| answer.outcome() == (401, "not_authenticated")));
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn guessed_codes_lock_the_account_over_all_sign_ins_that_wait() {
    let system = System::start(15).await;
    let account = system.server.account().clone();
    let mut waiting = Vec::new();
    for _ in 0..3 {
        waiting.push(first_step(&system).await);
    }
    let right = system.totp_code(&account.totp_secret);
    let wrong = if right == "000000" { "000001" } else { "000000" };
    let mut codes = Vec::new();
    for caller in &waiting {
        for _ in 0..5 {
            codes.push(second_step(&system, caller, wrong).await.code().to_owned());
        }
    }
    assert_eq!(codes.iter().filter(|code| *code == "code_not_valid").count(), 10, "{codes:?}");
    assert_eq!(codes.iter().filter(|code| *code == "too_many_attempts").count(), 5, "{codes:?}");
    let answer = sign_in(&system, &account.email, &account.password).await;
    assert_eq!(answer.outcome(), (429, "too_many_attempts"));
    let told = system
        .eventually(async || {
            let mails = system.server.outbox().list(&MailFilter { to: Some(account.email.clone()), limit: None });
            mails.unwrap_or_default().into_iter().find(|mail| mail.subject == "Somebody knows your Rollcall password")
        })
        .await;
    assert!(told.is_some(), "at the tenth wrong code the person is told");
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_password_is_changed_and_the_account_becomes_active() {
    let system = System::start(16).await;
    let root = system.root();
    let acme = system.get(&root, "/v1/organizations").await.json["items"][0]["id"].as_str().expect("Acme").to_owned();
    let organization = format!("/v1/organizations/{acme}");
    let etag = system.get(&root, organization.as_str()).await.headers["etag"].clone();
    let patch = Request::new("PATCH", organization)
        .header("if-match", etag)
        .json(&json!({"mfa_required": true, "password_policy": {"min_length": 14}}));
    let patched = system.send(&root, patch).await;
    assert_eq!(patched.status, 200, "{patched:?}");
    let user = system
        .user(json!({"kind": "end_user", "organization_id": acme, "roles": ["organization_user"],
            "phone": "+4915112345678", "credentials": {"mode": "specify_only", "password": "handed over on paper"}}))
        .await;
    assert_eq!(user.json["status"], json!("invited"), "{user:?}");
    let email = user.text_of("email");
    let first = sign_in(&system, &email, "handed over on paper").await;
    assert_eq!(
        (first.status, &first.json),
        (200, &json!({"next": "change_password", "password_policy": {"min_length": 14, "blocked_words": []}}))
    );
    assert!(first.device().is_none());
    let waiting = first.session().expect("a cookie");
    assert_eq!(system.get(&waiting, "/v1/me").await.outcome(), (401, "not_authenticated"), "a step is missing");
    let short = system.post(&waiting, "/v1/sessions/password", json!({"password": "only thirteen"})).await;
    assert_eq!(short.outcome(), (422, "password_too_short"));
    let same = system.post(&waiting, "/v1/sessions/password", json!({"password": "handed over on paper"})).await;
    assert_eq!(same.outcome(), (422, "password_unchanged"));
    let second = system.post(&waiting, "/v1/sessions/password", json!({"password": "a phrase of my own"})).await;
    assert_eq!((second.status, &second.json), (200, &json!({"next": "enrol_mfa", "methods": ["totp", "text"]})));
    let again = system.post(&waiting, "/v1/sessions/password", json!({"password": "another of my own"})).await;
    assert_eq!(again.outcome(), (401, "not_authenticated"), "the former token");

    let waiting = second.session().expect("a cookie");
    let other = json!({"method": "text", "phone": "+4915112345679"});
    assert_eq!(system.post(&waiting, "/v1/sessions/enrolment", other).await.outcome(), (422, "phone_not_yours"));
    let begun = system.post(&waiting, "/v1/sessions/enrolment", json!({"method": "text"})).await;
    assert_eq!((begun.status, &begun.json), (200, &json!({"sent_to": "…78"})));
    let code = system.text_code("+4915112345678", None).await;
    let done = system.post(&waiting, "/v1/sessions/enrolment/verify", json!({"code": code})).await;
    assert_eq!((done.status, &done.json["next"]), (200, &json!(null)), "{done:?}");
    assert_eq!(done.json["recovery_codes"].as_array().map(Vec::len), Some(10));
    assert!(done.device().is_some());
    let me = system.get(&done.session().expect("a cookie"), "/v1/me").await;
    assert_eq!((&me.json["user"]["status"], &me.json["user"]["mfa"]), (&json!("active"), &json!("enrolled")));
    assert_eq!(me.json["mfa"], json!({"required": true, "methods": ["text"], "recovery_codes_left": 10}));
    assert_eq!(sign_in(&system, &email, "handed over on paper").await.status, 401);

    system.server.advance("PT1M").await.expect("a clock");
    let first = sign_in(&system, &email, "a phrase of my own").await;
    assert_eq!(first.json, json!({"next": "verify_mfa", "methods": ["text", "recovery"]}));
    let waiting = first.session().expect("a cookie");
    let sent = system.post(&waiting, "/v1/sessions/mfa/text", json!({})).await;
    assert_eq!((sent.status, &sent.json), (202, &json!({"sent_to": "…78"})));
    let soon = system.post(&waiting, "/v1/sessions/mfa/text", json!({})).await;
    assert_eq!(soon.outcome(), (429, "rate_limited"));
    let code = system.text_code("+4915112345678", Some(&code)).await;
    assert_eq!(second_step(&system, &waiting, &code).await.status, 200);
    assert_eq!(second_step(&system, &waiting, &code).await.outcome(), (401, "not_authenticated"), "once");

    let recovery = done.json["recovery_codes"][0].as_str().unwrap_or_default().to_owned();
    for (name, wanted) in [("first", (200, "")), ("a second time", (401, "code_not_valid"))] {
        let waiting = sign_in(&system, &email, "a phrase of my own").await.session().expect("a cookie");
        let body = json!({"code": recovery, "method": "recovery"});
        assert_eq!(system.post(&waiting, "/v1/sessions/mfa", body).await.outcome(), wanted, "{name}");
    }
    let events = system.get(&root, format!("/v1/users/{}/audit-events", user.text_of("id"))).await;
    let actions: Vec<_> = events.json["items"].as_array().into_iter().flatten().map(|e| e["action"].clone()).collect();
    for action in ["user.password_changed", "user.registered", "mfa.recovery_code_used"] {
        assert_eq!(actions.iter().filter(|known| **known == json!(action)).count(), 1, "{action} in {actions:?}");
    }
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_in_again_ends_the_session_that_the_browser_was_in() {
    let system = System::start(42).await;
    let acme = system.get(&system.root(), "/v1/organizations").await.json["items"][0]["id"].clone();
    let person = json!({"kind": "end_user", "organization_id": acme, "roles": ["organization_user"]});
    let (one, other) = (system.person(person.clone()).await, system.person(person).await);
    let credentials = |email: &str, password: &str| json!({"email": email, "password": password});
    let wrong = system.post(&one.caller, "/v1/sessions", credentials(&other.email, "not this one")).await;
    assert_eq!(wrong.outcome(), (401, "credentials_not_valid"));
    assert_eq!(system.get(&one.caller, "/v1/me").await.status, 200, "only signing in ends it");
    let again = system.post(&one.caller, "/v1/sessions", credentials(&other.email, PASSWORD)).await;
    assert_eq!(again.status, 200, "{again:?}");
    assert_eq!(system.get(&one.caller, "/v1/me").await.outcome(), (401, "not_authenticated"), "whoever's it was");
    assert_eq!(system.get(&other.caller, "/v1/me").await.status, 200, "another browser goes on");
    assert_eq!(system.get(&again.session().expect("a cookie"), "/v1/me").await.status, 200);
    system.server.stop().await;
}
