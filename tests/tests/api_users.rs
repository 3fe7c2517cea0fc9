//! Creating, reading and changing one user: through the real handlers against the local system.

use rollcall_tests::system::{Answer, Caller, Request, System};
use serde_json::{Value, json};

async fn patch(system: &System, caller: &Caller, user: &Answer, body: Value) -> Answer {
    let path = format!("/v1/users/{}", user.text_of("id"));
    let version = user.json["version"].to_string();
    system.send(caller, Request::new("PATCH", path).header("if-match", format!("\"{version}\"")).json(&body)).await
}

fn codes(answer: &Answer) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    answer.json["errors"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|error| (text(&error["field"]), text(&error["code"])))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_technician_is_created_invited_and_read_back() {
    let system = System::start(1).await;
    let created = system
        .post(
            &system.root(),
            "/v1/users",
            json!({
                "kind": "technician", "first_name": " Ana", "last_name": "Silva", "email": "ana.silva@example.org",
                "phone": "'+4915112345678", "roles": ["Technician"],
            }),
        )
        .await;
    assert_eq!(created.status, 201, "{created:?}");
    let id = created.text_of("id");
    assert_eq!(created.headers["location"], format!("/v1/users/{id}"));
    assert_eq!(created.headers["etag"], "\"1\"");
    for (name, wanted) in [
        ("kind", json!("technician")),
        ("organization_id", Value::Null),
        ("first_name", json!("Ana")),
        ("name", json!("Ana Silva")),
        ("phone", json!("+4915112345678")),
        ("roles", json!(["technician"])),
        ("status", json!("invited")),
        ("mfa", json!("not_enrolled")),
        ("version", json!(1)),
    ] {
        assert_eq!(created.json[name], wanted, "{name}");
    }
    let invitation = &created.json["invitation"];
    assert_eq!(invitation["status"], "pending");
    assert_eq!(invitation["delivery"], "queued");
    assert_eq!(invitation["valid_hours"], 24);
    assert_eq!((&invitation["sent_at"], &invitation["expires_at"]), (&Value::Null, &Value::Null));

    let read = system.get(&system.root(), format!("/v1/users/{id}")).await;
    assert_eq!(read.status, 200);
    assert_eq!(read.json["email"], "ana.silva@example.org");
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_value_that_cannot_be_accepted_is_named_at_once() {
    let system = System::start(2).await;
    let acme = system.organization("Nordwind").await;
    let good = json!({"kind": "technician", "first_name": "Ana", "last_name": "Silva", "email": "a@example.org"});
    let with = |changes: Value| {
        let mut body = good.clone();
        for (name, value) in changes.as_object().into_iter().flatten() {
            body[name] = value.clone();
        }
        body
    };
    for (name, body, fields) in [
        (
            "nothing but blanks",
            with(json!({"first_name": " ", "last_name": "", "email": ""})),
            vec!["first_name", "last_name", "email"],
        ),
        (
            "an email of 300 characters",
            with(json!({"email": format!("{}@example.org", "a".repeat(288))})),
            vec!["email"],
        ),
        ("two at signs", with(json!({"email": "a@b@example.org"})), vec!["email"]),
        ("umlaut in a technician's email", with(json!({"email": "jürgen@example.org"})), vec!["email"]),
        ("a right-to-left override", with(json!({"first_name": "An\u{202e}a"})), vec!["first_name"]),
        ("no country code", with(json!({"phone": "0151 12345678"})), vec!["phone"]),
        ("destroyed by Excel", with(json!({"phone": "4.91511E+12"})), vec!["phone"]),
        ("a role of another kind", with(json!({"roles": ["Organization User"]})), vec!["roles"]),
        ("the role nobody gives", with(json!({"roles": ["root_master"]})), vec!["roles"]),
        ("no language", with(json!({"language": "klingon!"})), vec!["language"]),
        ("an end user without a role", with(json!({"kind": "end_user", "organization_id": acme})), vec!["roles"]),
        (
            "all of it",
            with(json!({"first_name": "A1", "email": "x", "phone": "y", "roles": ["z"]})),
            vec!["first_name", "email", "phone", "roles"],
        ),
    ] {
        let answer = system.post(&system.root(), "/v1/users", body).await;
        assert_eq!(answer.outcome(), (422, "row_refused"), "{name}: {answer:?}");
        let mut found: Vec<String> = codes(&answer).into_iter().map(|(field, _)| field).collect();
        found.dedup();
        assert_eq!(found, fields, "{name}: {answer:?}");
    }
    let nobody = system.get(&system.root(), "/v1/users?q=a@example.org").await;
    assert_eq!(nobody.json["items"], json!([]), "nothing is left of what was refused");
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_that_cannot_be_understood_say_why() {
    let system = System::start(3).await;
    let root = system.root();
    let user = |body: Value| {
        let mut whole = json!({"first_name": "Ana", "last_name": "Silva", "email": "ana@example.org"});
        for (name, value) in body.as_object().into_iter().flatten() {
            whole[name] = value.clone();
        }
        Request::new("POST", "/v1/users").json(&whole)
    };
    let elsewhere = "org_00000000000000000000000000";
    for (name, request, wanted) in [
        ("not JSON", Request::new("POST", "/v1/users").body("application/json", "{"), (400, "body_not_json")),
        ("not an object", Request::new("POST", "/v1/users").json(&json!([])), (400, "body_not_json")),
        ("an unknown member", user(json!({"kind": "technician", "admin": true})), (400, "body_not_json")),
        (
            "not even said to be JSON",
            Request::new("POST", "/v1/users").body("text/plain", "x"),
            (415, "media_type_not_supported"),
        ),
        ("an unknown kind", user(json!({"kind": "wizard"})), (400, "parameter_not_valid")),
        ("an unknown profile", user(json!({"kind": "technician", "profile": "x"})), (404, "profile_not_found")),
        (
            "a profile of another kind",
            user(json!({"kind": "technician", "profile": "end-user"})),
            (404, "profile_not_found"),
        ),
        ("no organization", user(json!({"kind": "end_user"})), (400, "organization_required")),
        (
            "an organization that is none",
            user(json!({"kind": "end_user", "organization_id": "x"})),
            (404, "organization_not_found"),
        ),
        (
            "an unknown organization",
            user(json!({"kind": "end_user", "organization_id": elsewhere})),
            (404, "organization_not_found"),
        ),
        (
            "a technician in one",
            user(json!({"kind": "technician", "organization_id": elsewhere})),
            (400, "parameter_not_valid"),
        ),
        ("an unknown user", Request::new("GET", "/v1/users/usr_00000000000000000000000000"), (404, "user_not_found")),
        ("no identifier", Request::new("GET", "/v1/users/me"), (404, "user_not_found")),
    ] {
        let answer = system.send(&root, request.clone()).await;
        assert_eq!(answer.outcome(), wanted, "{name}: {answer:?}");
        let stranger = system.send(&Caller::Nobody, request).await;
        assert_eq!(stranger.outcome(), (401, "not_authenticated"), "{name}");
    }
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_address_is_one_person_however_it_is_written() {
    let system = System::start(4).await;
    let acme = system.organization("Nordwind").await;
    system.user(json!({"kind": "technician", "email": "kelvin@example.org"})).await;
    for (name, email) in [
        ("the same", "kelvin@example.org"),
        ("upper case", "KELVIN@Example.ORG"),
        ("with the Kelvin sign", "\u{212a}elvin@example.org"),
    ] {
        let body = json!({
            "kind": "end_user", "profile": "modern", "organization_id": acme, "first_name": "Ana",
            "email": email, "roles": ["organization_user"],
        });
        let answer = system.post(&system.root(), "/v1/users", body).await;
        assert_eq!(answer.outcome(), (409, "email_taken"), "{name}: {answer:?}");
    }
    let body = json!({"kind": "technician", "first_name": "Bo", "last_name": "Li", "email": "bo@example.org"});
    let root = system.root();
    let at_once = (0..8).map(|_| system.post(&root, "/v1/users", body.clone()));
    let answers = futures_util::future::join_all(at_once).await;
    let mut outcomes: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    outcomes.sort_unstable();
    assert_eq!(outcomes, [vec![201], vec![409; 7]].concat(), "of eight at once one is created");
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_create_that_is_repeated_with_its_key_creates_one() {
    let system = System::start(5).await;
    let body = json!({"kind": "technician", "first_name": "Ana", "last_name": "Silva", "email": "ana@example.org"});
    let request = Request::new("POST", "/v1/users").header("idempotency-key", "one").json(&body);
    let first = system.send(&system.root(), request.clone()).await;
    let again = system.send(&system.root(), request).await;
    assert_eq!((first.status, again.status), (201, 201));
    assert_eq!(first.text, again.text);
    let other = Request::new("POST", "/v1/users").header("idempotency-key", "one").json(&json!({"kind": "technician"}));
    assert_eq!(system.send(&system.root(), other).await.outcome(), (422, "idempotency_key_reused"));
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_names_the_version_it_starts_from() {
    let system = System::start(6).await;
    let root = system.root();
    let user = system.user(json!({"kind": "technician", "phone": "+4915112345678", "language": "de"})).await;
    let path = format!("/v1/users/{}", user.text_of("id"));
    let without = system.send(&root, Request::new("PATCH", &path).json(&json!({"first_name": "Eva"}))).await;
    assert_eq!(without.outcome(), (428, "precondition_required"));

    let renamed = patch(&system, &root, &user, json!({"first_name": "Eva", "phone": null})).await;
    assert_eq!(renamed.status, 200, "{renamed:?}");
    assert_eq!(renamed.headers["etag"], "\"2\"");
    assert_eq!((&renamed.json["first_name"], &renamed.json["phone"]), (&json!("Eva"), &Value::Null));
    assert_eq!(renamed.json["language"], "de", "what is absent stays");
    assert_eq!(patch(&system, &root, &user, json!({"first_name": "Ida"})).await.outcome(), (412, "version_conflict"));

    let refused = patch(&system, &root, &renamed, json!({"first_name": "", "email": "x"})).await;
    assert_eq!(refused.outcome(), (422, "row_refused"));
    let found = system.get(&root, "/v1/users?q=eva").await;
    assert_eq!(found.json["items"][0]["id"], user.json["id"], "the new name is found");
    let lost = system.get(&root, "/v1/users?q=person").await;
    assert!(
        lost.json["items"].as_array().unwrap().iter().all(|item| item["first_name"] != "Person"),
        "the old name is not"
    );
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_address_frees_the_old_one_and_cannot_be_somebody_elses() {
    let system = System::start(7).await;
    let root = system.root();
    let one = system.user(json!({"kind": "technician", "email": "one@example.org"})).await;
    system.user(json!({"kind": "technician", "email": "two@example.org"})).await;
    let taken = patch(&system, &root, &one, json!({"email": "TWO@example.org"})).await;
    assert_eq!(taken.outcome(), (409, "email_taken"));
    let moved = patch(&system, &root, &one, json!({"email": "three@example.org"})).await;
    assert_eq!(moved.status, 200, "{moved:?}");
    let found = system.get(&root, "/v1/users?q=three").await;
    assert_eq!(found.json["items"].as_array().map(Vec::len), Some(1));
    system.user(json!({"kind": "technician", "email": "one@example.org"})).await;
    let back = patch(&system, &root, &moved, json!({"email": "one@example.org"})).await;
    assert_eq!(back.outcome(), (409, "email_taken"));
    let case = patch(&system, &root, &moved, json!({"email": "Three@example.org"})).await;
    assert_eq!(case.status, 200, "another way to write one's own address: {case:?}");
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_gives_or_takes_over_more_than_they_have() {
    let system = System::start(8).await;
    let technician = system.person(json!({"kind": "technician", "roles": ["technician"]})).await;
    let give = json!({
        "kind": "technician", "first_name": "Eva", "last_name": "Eis", "email": "eva@example.org",
        "roles": ["system_administrator"],
    });
    assert_eq!(system.post(&technician.caller, "/v1/users", give).await.outcome(), (403, "permission_denied"));
    let mighty = system.user(json!({"kind": "technician", "roles": ["system_administrator"]})).await;
    let stolen = patch(&system, &technician.caller, &mighty, json!({"email": "mine@example.org"})).await;
    assert_eq!(stolen.outcome(), (403, "permission_denied"), "whoever decides on the address gets the link");
    let equal = system.user(json!({"kind": "technician", "roles": ["technician"]})).await;
    let raised = patch(&system, &technician.caller, &equal, json!({"roles": ["system_administrator"]})).await;
    assert_eq!(raised.outcome(), (403, "permission_denied"));
    let renamed = patch(&system, &technician.caller, &equal, json!({"first_name": "Ole"})).await;
    assert_eq!(renamed.status, 200, "{renamed:?}");
    system.server.stop().await;
}
