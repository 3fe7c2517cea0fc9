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
        ("no time zone", with(json!({"time_zone": "Mars/Olympus"})), vec!["time_zone"]),
        ("an unknown permission", with(json!({"permissions": ["users.fly"]})), vec!["permissions"]),
        (
            "an unknown organization",
            with(json!({"organizations": ["org_00000000000000000000000000"]})),
            vec!["organizations"],
        ),
        ("no organization selected", with(json!({"organizations": []})), vec!["organizations"]),
        ("a username with a slash", with(json!({"username": "ana/silva"})), vec!["username"]),
        ("a username too long", with(json!({"username": "x".repeat(51)})), vec!["username"]),
        (
            "permissions of an end user",
            with(json!({"kind": "end_user", "organization_id": acme, "roles": ["standard"],
                "permissions": ["users.read"]})),
            vec!["permissions"],
        ),
        (
            "two roles of a member",
            with(json!({"kind": "member", "organization_id": acme, "roles": ["user", "billing"]})),
            vec!["roles"],
        ),
        ("a member without a role", with(json!({"kind": "member", "organization_id": acme})), vec!["roles"]),
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

#[tokio::test(flavor = "multi_thread")]
async fn the_root_masters_role_is_neither_given_nor_changed() {
    let system = System::start(9).await;
    let root = system.root();
    let acme = system.organization("Nordwind").await;
    for (name, role) in [("by identifier", "root_master"), ("by name", "Root Master")] {
        for body in [
            json!({"kind": "technician", "roles": [role]}),
            json!({"kind": "member", "organization_id": acme, "roles": [role]}),
        ] {
            let mut whole = json!({"first_name": "Ana", "last_name": "Silva", "email": "ana@example.org"});
            for (name, value) in body.as_object().into_iter().flatten() {
                whole[name] = value.clone();
            }
            let answer = system.post(&root, "/v1/users", whole).await;
            assert_eq!(answer.outcome(), (409, "root_master"), "{name}");
        }
    }
    let me = system.get(&root, "/v1/me").await.json["user"]["id"].as_str().unwrap().to_owned();
    let master = system.get(&root, format!("/v1/users/{me}")).await;
    assert_eq!((&master.json["root"], &master.json["roles"]), (&json!(true), &json!(["root_master"])));
    let admin = system.person(json!({"kind": "technician", "roles": ["system_administrator"]})).await.caller;
    let beta = system.organization("Beta").await;
    for (name, caller) in [("the Root Master", &root), ("a System Administrator", &admin)] {
        for body in [
            json!({"roles": ["technician"]}),
            json!({"roles": []}),
            json!({"add_roles": ["technician"]}),
            json!({"remove_roles": ["root_master"]}),
            json!({"permissions": ["users.read"]}),
            json!({"organizations": [beta]}),
        ] {
            let answer = patch(&system, caller, &master, body.clone()).await;
            assert_eq!(answer.outcome(), (409, "root_master"), "{name} {body}");
        }
    }
    let taken = patch(&system, &admin, &master, json!({"email": "mine@example.org"})).await;
    assert_eq!(taken.outcome(), (409, "root_master"), "whoever decides on the address gets in");
    let same = patch(&system, &root, &master, json!({"roles": ["root_master"], "language": "de"})).await;
    assert_eq!(same.status, 200, "what stays is no change: {same:?}");
    let user = system.user(json!({"kind": "technician"})).await;
    assert_eq!(
        patch(&system, &root, &user, json!({"add_roles": ["root_master"]})).await.outcome(),
        (409, "root_master")
    );
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn technicians_have_roles_permissions_and_organizations() {
    let system = System::start(10).await;
    let root = system.root();
    let one = system.organization("Aster").await;
    let two = system.organization("Birch").await;
    let body = json!({"kind": "technician", "roles": ["technician"], "permissions": ["audit.read", "audit.read"],
        "organizations": [one], "time_zone": "europe/berlin", "language": "de"});
    let made = system.user(body.clone()).await;
    for (name, wanted) in [
        ("permissions", json!(["audit.read"])),
        ("organizations", json!([one])),
        ("time_zone", json!("Europe/Berlin")),
        ("root", json!(false)),
        ("all_module_access", json!(false)),
        ("email_change", Value::Null),
        ("password_reset", Value::Null),
        ("locked_until", Value::Null),
    ] {
        assert_eq!(made.json[name], wanted, "{name}");
    }
    assert_eq!(made.json["created_by"], system.get(&root, "/v1/me").await.json["user"]["id"]);
    let both = patch(&system, &root, &made, json!({"organizations": [two, one], "permissions": []})).await;
    assert_eq!(both.json["organizations"].as_array().map(Vec::len), Some(2), "{both:?}");
    let all = patch(&system, &root, &both, json!({"organizations": "all", "time_zone": null})).await;
    assert_eq!((&all.json["organizations"], &all.json["time_zone"]), (&json!("all"), &Value::Null));
    let wrong = patch(&system, &root, &all, json!({"organizations": "some"})).await;
    assert_eq!(wrong.outcome(), (400, "body_not_json"));

    // Of selected organizations only those are seen, and technicians not at all.
    let limited = system.person(body).await.caller;
    let end_user =
        |organization: &str| json!({"kind": "end_user", "organization_id": organization, "roles": ["standard"]});
    let near = system.user(end_user(&one)).await;
    let far = system.user(end_user(&two)).await;
    assert_eq!(patch(&system, &limited, &near, json!({"first_name": "Eva"})).await.status, 200);
    for other in [&far, &made] {
        let answer = patch(&system, &limited, other, json!({"first_name": "Eva"})).await;
        assert_eq!(answer.outcome(), (404, "user_not_found"));
    }
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn others_decide_on_ones_own_access() {
    let system = System::start(11).await;
    let root = system.root();
    let admin = system.person(json!({"kind": "technician", "roles": ["system_administrator"]})).await;
    let me = system.get(&root, format!("/v1/users/{}", admin.id)).await;
    for body in [
        json!({"roles": ["technician"]}),
        json!({"add_roles": ["technician"]}),
        json!({"permissions": ["users.read"]}),
        json!({"organizations": [system.organization("Aster").await]}),
    ] {
        let answer = patch(&system, &admin.caller, &me, body.clone()).await;
        assert_eq!(answer.outcome(), (409, "own_account"), "{body}");
    }
    let own = patch(&system, &admin.caller, &me, json!({"first_name": "Eva", "roles": ["system_administrator"]})).await;
    assert_eq!(own.status, 200, "{own:?}");
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn taking_something_away_ends_sessions_and_giving_more_does_not() {
    let system = System::start(12).await;
    let root = system.root();
    let acme = system.organization("Nordwind").await;
    let me = async |caller: &Caller| system.get(caller, "/v1/me").await.status;
    let read = async |id: &str| system.get(&root, format!("/v1/users/{id}")).await;

    let person = system.person(json!({"kind": "technician", "roles": ["technician"]})).await;
    let raised = patch(&system, &root, &read(&person.id).await, json!({"permissions": ["audit.read"]})).await;
    assert_eq!((raised.status, me(&person.caller).await), (200, 200), "more is no reason");
    let groups = patch(&system, &root, &raised, json!({"first_name": "Eva", "time_zone": "UTC"})).await;
    assert_eq!((groups.status, me(&person.caller).await), (200, 200), "a name is none either");
    let reduced = patch(&system, &root, &groups, json!({"permissions": []})).await;
    assert_eq!((reduced.status, me(&person.caller).await), (200, 401), "an explicit permission less");

    let person = system.person(json!({"kind": "technician", "roles": ["technician"]})).await;
    let narrowed = patch(&system, &root, &read(&person.id).await, json!({"organizations": [acme]})).await;
    assert_eq!((narrowed.status, me(&person.caller).await), (200, 401), "fewer organizations");

    let body = json!({"kind": "end_user", "organization_id": acme, "roles": ["organization_admin"]});
    let person = system.person(body).await;
    let body = json!({"roles": ["organization_view_only_admin"]});
    let reduced = patch(&system, &root, &read(&person.id).await, body).await;
    assert_eq!((reduced.status, me(&person.caller).await), (200, 401), "a lesser role");
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn additions_and_removals_meet_no_other_edit() {
    let system = System::start(13).await;
    let root = system.root();
    let acme = system.organization("Nordwind").await;
    let body = json!({"kind": "end_user", "organization_id": acme, "roles": ["standard"]});
    let user = system.user(body).await.text_of("id");
    let groups = format!("/v1/groups?organization={acme}");
    let mut ids = Vec::new();
    for n in 0..4 {
        ids.push(system.post(&root, &groups, json!({"name": format!("Group {n}")})).await.text_of("id"));
    }
    let any = |body: Value| {
        let request = Request::new("PATCH", format!("/v1/users/{user}")).header("if-match", "*").json(&body);
        system.send(&root, request)
    };
    let at_once = ids.iter().map(|id| any(json!({"add_groups": [id]})));
    for answer in futures_util::future::join_all(at_once).await {
        assert_eq!(answer.status, 200, "{answer:?}");
    }
    let mut wanted = ids.clone();
    wanted.sort_unstable();
    let groups_of = async || {
        let user = system.get(&root, format!("/v1/users/{user}")).await;
        let mut groups: Vec<String> =
            user.json["groups"].as_array().unwrap().iter().map(|id| id.as_str().unwrap().to_owned()).collect();
        groups.sort_unstable();
        groups
    };
    assert_eq!(groups_of().await, wanted, "none of four additions at once is lost");
    assert_eq!(any(json!({"add_groups": [ids[0]], "remove_groups": ["Group 1", "Group 2"]})).await.status, 200);
    let mut wanted = vec![ids[0].clone(), ids[3].clone()];
    wanted.sort_unstable();
    assert_eq!(groups_of().await, wanted);
    let roles = any(json!({"add_roles": ["privileged"], "remove_roles": ["standard"]})).await;
    assert_eq!(roles.json["roles"], json!(["privileged"]), "{roles:?}");
    assert_eq!(
        any(json!({"remove_roles": ["privileged"]})).await.outcome(),
        (422, "row_refused"),
        "a role is required"
    );
    for body in [json!({"groups": []}), json!({"add_groups": [ids[1]], "first_name": "Eva"}), json!({"site": null})] {
        assert_eq!(any(body.clone()).await.outcome(), (428, "precondition_required"), "{body} replaces what is there");
    }
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_editable_is_not_edited() {
    let system = System::start(14).await;
    let root = system.root();
    let user = system.user(json!({"kind": "technician", "username": "tech.one"})).await;
    assert_eq!(user.json["username"], "tech.one");
    for field in [
        "id",
        "kind",
        "organization_id",
        "username",
        "status",
        "mfa",
        "mfa_enrolled",
        "invitation",
        "root",
        "version",
        "created_at",
        "created_by",
        "import_id",
        "modules",
        "locked_until",
        "session_epoch",
        "password",
    ] {
        let answer = patch(&system, &root, &user, json!({field: "x"})).await;
        assert_eq!(answer.outcome(), (400, "body_not_json"), "{field}");
    }
    let read = system.get(&root, format!("/v1/users/{}", user.text_of("id"))).await;
    assert_eq!(read.json["version"], 1);
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn usernames_and_addresses_are_one_namespace() {
    let system = System::start(15).await;
    let root = system.root();
    let new = |email: &str, username: &str| {
        let body = json!({"kind": "technician", "first_name": "Ana", "last_name": "Silva", "email": email,
            "username": username});
        system.post(&root, "/v1/users", body)
    };
    assert_eq!(new("one@example.org", "ana").await.status, 201);
    for (name, email, username, wanted) in [
        ("the same username", "two@example.org", "ANA", (409, "username_taken")),
        ("somebody's address", "three@example.org", "one@example.org", (409, "username_taken")),
        ("somebody's address as one's own", "One@example.org", "bo", (409, "email_taken")),
    ] {
        assert_eq!(new(email, username).await.outcome(), wanted, "{name}");
    }
    let own = new("four@example.org", "Four@Example.org").await;
    assert_eq!((own.status, &own.json["username"]), (201, &Value::Null), "one's own address says nothing beside it");
    let found = system.get(&root, "/v1/users?q=ana").await;
    assert_eq!(found.json["items"].as_array().map(Vec::len), Some(2), "found by username and by name: {found:?}");
    system.server.stop().await;
}

/// Codes may be sent to it: `PATCH /v1/me` knows, and setting up text messages asks for the password.
#[tokio::test(flavor = "multi_thread")]
async fn ones_own_phone_number_is_not_changed_among_the_users() {
    let system = System::start(89).await;
    let person = system.person(json!({"kind": "technician", "roles": ["technician"]})).await;
    let read = system.get(&person.caller, format!("/v1/users/{}", person.id)).await;
    let other = patch(&system, &person.caller, &read, json!({"phone": "+4915112345699"})).await;
    assert_eq!(other.outcome(), (409, "own_phone"), "{other:?}");
    let renamed = patch(&system, &person.caller, &read, json!({"first_name": "Eva", "phone": "+4915112345678"})).await;
    assert_eq!(renamed.status, 200, "the number that is there is no other: {renamed:?}");
    system.server.stop().await;
}
