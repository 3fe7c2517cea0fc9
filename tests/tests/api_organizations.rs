//! Organizations' settings, through the real handlers against the local system.

use rollcall_tests::system::{Answer, Caller, Request, System};
use serde_json::{Value, json};

async fn get(system: &System, id: &str) -> Answer {
    system.get(&system.root(), format!("/v1/organizations/{id}")).await
}

async fn patch_as(system: &System, caller: &Caller, id: &str, body: Value) -> Answer {
    let version = get(system, id).await.json["version"].to_string();
    let request = Request::new("PATCH", format!("/v1/organizations/{id}"));
    system.send(caller, request.header("if-match", format!("\"{version}\"")).json(&body)).await
}

async fn patch(system: &System, id: &str, body: Value) -> Answer {
    patch_as(system, &system.root(), id, body).await
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_have_defaults_and_change_one_by_one() {
    let system = System::start(90).await;
    let nord = system.organization("Nordwind").await;
    let read = get(&system, &nord).await;
    assert_eq!((read.status, read.headers["etag"].as_str()), (200, "\"1\""));
    for (name, wanted) in [
        ("default_country", Value::Null),
        ("mfa_required", json!(false)),
        (
            "password_policy",
            json!({"min_length": 12, "lockout_attempts": 10, "lockout_minutes": 10, "blocked_words": []}),
        ),
        ("credential_modes", json!(["link", "generate_and_mail", "specify_and_mail", "specify_only"])),
        ("domains", json!([])),
        ("counts", json!({"users": 0, "active": 0})),
    ] {
        assert_eq!(read.json[name], wanted, "{name}");
    }
    let changed = patch(
        &system,
        &nord,
        json!({
            "default_country": "DE", "mfa_required": true, "credential_modes": ["specify_only"],
            "password_policy": {"min_length": 16, "blocked_words": ["nordwind", "nordwind"]},
            "domains": ["Nordwind.example", "bücher.example"],
        }),
    )
    .await;
    assert_eq!(changed.status, 200, "{changed:?}");
    for (name, wanted) in [
        ("default_country", json!("DE")),
        ("mfa_required", json!(true)),
        ("credential_modes", json!(["link", "specify_only"])),
        (
            "password_policy",
            json!({"min_length": 16, "lockout_attempts": 10, "lockout_minutes": 10, "blocked_words": ["nordwind"]}),
        ),
        ("domains", json!(["nordwind.example", "bücher.example"])),
        ("version", json!(2)),
    ] {
        assert_eq!(changed.json[name], wanted, "{name}");
    }
    let cleared = patch(&system, &nord, json!({"default_country": null})).await;
    assert_eq!((&cleared.json["default_country"], &cleared.json["mfa_required"]), (&Value::Null, &json!(true)));
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_that_is_not_acceptable_is_named_and_nothing_changes() {
    let system = System::start(91).await;
    let nord = system.organization("Nordwind").await;
    let body = json!({
        "name": " ", "default_country": "Germany", "credential_modes": ["pigeon"], "domains": ["nordwind"],
        "password_policy": {"min_length": 8, "lockout_attempts": 100, "lockout_minutes": 0, "blocked_words": ["a"]},
    });
    let answer = patch(&system, &nord, body).await;
    assert_eq!(answer.outcome(), (422, "row_refused"));
    let errors = answer.json["errors"].as_array().into_iter().flatten();
    let mut codes: Vec<String> = errors
        .map(|error| format!("{} {}", error["field"].as_str().unwrap(), error["code"].as_str().unwrap()))
        .collect();
    codes.sort_unstable();
    assert_eq!(
        codes,
        [
            "credential_modes mode_unknown",
            "default_country country_not_known",
            "domains domain_not_valid",
            "name name_missing",
            "password_policy.blocked_words word_not_valid",
            "password_policy.lockout_attempts out_of_range",
            "password_policy.lockout_minutes out_of_range",
            "password_policy.min_length out_of_range",
        ]
    );
    for (name, body) in [
        ("an identifier", json!({"id": "org_00000000000000000000000000"})),
        ("counts", json!({"counts": {"users": 0}})),
        ("a version", json!({"version": 9})),
        ("a text for a number", json!({"password_policy": {"min_length": "12"}})),
        ("a negative number", json!({"password_policy": {"min_length": -1}})),
    ] {
        assert_eq!(patch(&system, &nord, body).await.outcome(), (400, "body_not_json"), "{name}");
    }
    assert_eq!(get(&system, &nord).await.json["version"], 1);
    let path = format!("/v1/organizations/{nord}");
    let without = system.send(&system.root(), Request::new("PATCH", &path).json(&json!({}))).await;
    assert_eq!(without.outcome(), (428, "precondition_required"));
    let stale = Request::new("PATCH", &path).header("if-match", "\"7\"").json(&json!({"mfa_required": true}));
    assert_eq!(system.send(&system.root(), stale).await.outcome(), (412, "version_conflict"));
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn names_and_domains_are_one_organizations_and_move_with_it() {
    let system = System::start(92).await;
    let root = system.root();
    let one = system.organization("Aster").await;
    let two = system.organization("Birch").await;
    assert_eq!(patch(&system, &one, json!({"name": "BIRCH"})).await.outcome(), (409, "name_taken"));
    let renamed = patch(&system, &one, json!({"name": "Zinnia", "domains": ["a.example", "b.example"]})).await;
    assert_eq!(renamed.status, 200, "{renamed:?}");
    let listed = system.get(&root, "/v1/organizations").await;
    let names: Vec<&str> =
        listed.json["items"].as_array().unwrap().iter().filter_map(|item| item["name"].as_str()).collect();
    assert_eq!(names, ["Acme", "Birch", "Zinnia"], "each once, in the order of the new names");
    assert_eq!(patch(&system, &one, json!({"name": "ZINNIA"})).await.status, 200, "another way to write it");
    let again = system.post(&root, "/v1/organizations", json!({"name": "Aster"})).await;
    assert_eq!(again.status, 201, "the old name is free: {again:?}");

    for domain in ["b.example", "B.EXAMPLE"] {
        let taken = patch(&system, &two, json!({"domains": ["c.example", domain]})).await;
        assert_eq!(taken.outcome(), (409, "domain_taken"), "{domain}");
    }
    assert_eq!(patch(&system, &one, json!({"domains": ["a.example"]})).await.status, 200);
    let freed = patch(&system, &two, json!({"domains": ["b.example", "c.example"]})).await;
    assert_eq!(freed.status, 200, "what is given up is free: {freed:?}");
    let umlaut = patch(&system, &one, json!({"domains": ["bücher.example"]})).await;
    assert_eq!(umlaut.status, 200, "{umlaut:?}");
    let same = patch(&system, &two, json!({"domains": ["xn--bcher-kva.example"]})).await;
    assert_eq!(same.outcome(), (409, "domain_taken"), "the same domain, written otherwise");
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_change_settings_at_once_one_reads_again() {
    let system = System::start(93).await;
    let nord = system.organization("Nordwind").await;
    let edit = |minutes: u32| {
        let request = Request::new("PATCH", format!("/v1/organizations/{nord}")).header("if-match", "\"1\"");
        request.json(&json!({"password_policy": {"lockout_minutes": minutes}}))
    };
    let root = system.root();
    let answers = futures_util::future::join_all((5..9).map(|n| system.send(&root, edit(n)))).await;
    let mut outcomes: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    outcomes.sort_unstable();
    assert_eq!(outcomes, [200, 412, 412, 412]);
    let winner = answers.iter().find(|answer| answer.status == 200).expect("one");
    assert_eq!(get(&system, &nord).await.json["password_policy"], winner.json["password_policy"]);
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_organizations_administrator_changes_their_own() {
    let system = System::start(94).await;
    let one = system.organization("Aster").await;
    let two = system.organization("Birch").await;
    let admin = json!({"kind": "end_user", "organization_id": one, "roles": ["organization_admin"]});
    let admin = system.person(admin).await.caller;
    let viewer = json!({"kind": "end_user", "organization_id": one, "roles": ["organization_view_only_admin"]});
    let viewer = system.person(viewer).await.caller;
    let change = json!({"mfa_required": true});
    assert_eq!(patch_as(&system, &viewer, &one, change.clone()).await.outcome(), (403, "permission_denied"));
    assert_eq!(system.get(&viewer, format!("/v1/organizations/{one}")).await.status, 200);
    assert_eq!(patch_as(&system, &admin, &one, change.clone()).await.status, 200);
    assert_eq!(patch_as(&system, &admin, &two, change).await.outcome(), (404, "organization_not_found"));
    let read = system.get(&admin, format!("/v1/organizations/{one}")).await;
    assert_eq!(read.json["counts"], json!({"users": 2, "active": 2}));
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn long_lists_are_refused_by_their_length_and_answers_stay_short() {
    let system = System::start(360).await;
    let root = system.root();
    let words = |count: usize| json!((0..count).map(|n| format!("w{n:04}")).collect::<Vec<_>>());
    for (field, body) in [
        ("password_policy.blocked_words", json!({"password_policy": {"blocked_words": words(5_000)}})),
        ("domains", json!({"domains": words(5_000)})),
        ("credential_modes", json!({"credential_modes": words(5_000)})),
    ] {
        let answer = patch(&system, &system.organization(field).await, body).await;
        assert_eq!(answer.outcome(), (422, "row_refused"), "{field}");
        let errors = answer.json["errors"].as_array().expect("errors");
        let found: Vec<_> = errors.iter().map(|error| (error["field"].as_str(), error["code"].as_str())).collect();
        assert_eq!(found, [(Some(field), Some("too_many"))]);
    }
    let nord = system.organization("Nordwind").await;
    let larger = patch(&system, &nord, json!({"password_policy": {"blocked_words": words(100_000)}})).await;
    assert_eq!(larger.outcome(), (413, "body_too_large"), "{larger:?}");

    let new = |roles: Value, organizations: Value| {
        json!({"kind": "technician", "first_name": "Ana", "last_name": "Diaz", "email": "ana@example.org",
            "roles": roles, "organizations": organizations})
    };
    let roles = system.post(&root, "/v1/users", new(words(5_000), json!("all"))).await;
    assert_eq!((roles.status, roles.json["errors"][0]["code"].as_str()), (422, Some("too_many")), "{roles:?}");
    let unknown = system.post(&root, "/v1/users", new(json!(["technician"]), words(500))).await;
    assert_eq!(unknown.json["errors"].as_array().map(Vec::len), Some(100), "as many as one answer names");
    assert_eq!(unknown.json["detail"], "500 of the values sent cannot be accepted");
    assert!(unknown.text.len() < 100 * 1024, "{}", unknown.text.len());
    assert_eq!(system.post(&root, "/v1/users", new(words(100_000), json!("all"))).await.status, 413);
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_is_for_nobody_to_keep_to_frame_or_to_run() {
    let system = System::start(361).await;
    let root = system.root();
    for (name, caller, path, status, policy) in [
        ("an answer", &root, "/v1/me", 200, "default-src 'none'; frame-ancestors 'none'"),
        ("a refusal", &Caller::Nobody, "/v1/me", 401, "default-src 'none'; frame-ancestors 'none'"),
        ("a download", &root, "/v1/users/export?format=csv", 200, "default-src 'none'; frame-ancestors 'none'"),
        ("the gateway's own", &root, "/v1/nothing/here/at/all", 404, "default-src; frame-ancestors"),
    ] {
        let answer = system.get(caller, path).await;
        assert_eq!(answer.status, status, "{name}");
        for (header, wanted) in [
            ("cache-control", "no-store"),
            ("x-content-type-options", "nosniff"),
            ("content-security-policy", policy),
            ("strict-transport-security", "max-age=63072000; includeSubDomains"),
        ] {
            assert_eq!(answer.headers.get(header).map(String::as_str), Some(wanted), "{name}: {header}");
        }
    }
    system.server.stop().await;
}
