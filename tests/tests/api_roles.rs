//! Custom roles: made, changed, given and deleted, through the real handlers against the local system.

use rollcall_tests::system::{Answer, Caller, Person, Request, System};
use serde_json::{Value, json};

async fn acme(system: &System) -> String {
    let organizations = system.get(&system.root(), "/v1/organizations").await;
    organizations.json["items"][0]["id"].as_str().expect("Acme").to_owned()
}

async fn new_role(system: &System, caller: &Caller, body: Value) -> Answer {
    system.post(caller, "/v1/roles", body).await
}

/// A role that there is now.
async fn role(system: &System, name: &str, organization: Option<&str>, permissions: &[&str]) -> Answer {
    let kind = if organization.is_some() { "end_user" } else { "technician" };
    let body = json!({"name": name, "kind": kind, "organization_id": organization, "permissions": permissions});
    let made = new_role(system, &system.root(), body).await;
    assert_eq!(made.status, 201, "{made:?}");
    made
}

async fn patch(system: &System, caller: &Caller, role: &Answer, body: Value) -> Answer {
    let path = format!("/v1/roles/{}", role.text_of("id"));
    let version = role.json["version"].to_string();
    system.send(caller, Request::new("PATCH", path).header("if-match", format!("\"{version}\"")).json(&body)).await
}

async fn delete(system: &System, caller: &Caller, role: &Answer) -> Answer {
    system.send(caller, Request::new("DELETE", format!("/v1/roles/{}", role.text_of("id")))).await
}

async fn patch_user(system: &System, caller: &Caller, id: &str, body: Value) -> Answer {
    let path = format!("/v1/users/{id}");
    let version = system.get(&system.root(), &path).await.json["version"].to_string();
    system.send(caller, Request::new("PATCH", path).header("if-match", format!("\"{version}\"")).json(&body)).await
}

async fn person(system: &System, organization: &str, role: &Answer) -> Person {
    let id = role.text_of("id");
    system.person(json!({"kind": "end_user", "organization_id": organization, "roles": [id]})).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_is_made_listed_given_and_deleted_when_nobody_has_it() {
    let system = System::start(70).await;
    let root = system.root();
    let acme = acme(&system).await;
    let made = role(&system, "  Help desk ", Some(&acme), &["users.read", "credentials.write", "users.read"]).await;
    let id = made.text_of("id");
    assert_eq!(made.headers["location"], format!("/v1/roles/{id}"));
    for (name, wanted) in [
        ("name", json!("Help desk")),
        ("kinds", json!(["end_user"])),
        ("permissions", json!(["users.read", "credentials.write"])),
        ("built_in", json!(false)),
        ("assignable", json!(true)),
        ("organization_id", json!(acme)),
        ("in_use", json!(false)),
        ("version", json!(1)),
    ] {
        assert_eq!(made.json[name], wanted, "{name}");
    }
    let listed = async |query: &str| -> Vec<String> {
        let answer = system.get(&root, format!("/v1/roles{query}")).await;
        let items = answer.json["items"].as_array().into_iter().flatten();
        items.filter_map(|item| item["id"].as_str().map(str::to_owned)).collect()
    };
    assert!(listed(&format!("?organization={acme}")).await.contains(&id));
    assert!(listed(&format!("?organization={acme}&kind=end_user")).await.contains(&id));
    assert!(!listed(&format!("?organization={acme}&kind=member")).await.contains(&id));
    assert!(!listed("").await.contains(&id), "whose roles must be said");

    let user = json!({"kind": "end_user", "organization_id": acme, "roles": ["Help desk"]});
    let other = system.user(user.clone()).await;
    let user = system.user(user).await;
    assert_eq!(user.json["roles"], json!([id]));
    assert_eq!(system.get(&root, format!("/v1/roles/{id}")).await.json["in_use"], true);
    let refused = delete(&system, &root, &made).await;
    assert_eq!(refused.outcome(), (409, "role_in_use"));
    assert_eq!(system.get(&root, format!("/v1/roles/{id}")).await.json["version"], 1, "it stays as it was");

    let freed = patch_user(&system, &root, &user.text_of("id"), json!({"roles": ["organization_user"]})).await;
    assert_eq!(freed.status, 200, "{freed:?}");
    assert_eq!(delete(&system, &root, &made).await.outcome(), (409, "role_in_use"), "one of two has it still");
    patch_user(&system, &root, &other.text_of("id"), json!({"roles": ["organization_user"]})).await;
    let stale = Request::new("DELETE", format!("/v1/roles/{id}")).header("if-match", "\"7\"");
    assert_eq!(system.send(&root, stale).await.outcome(), (412, "version_conflict"));
    assert_eq!(delete(&system, &root, &made).await.status, 204);
    for answer in [system.get(&root, format!("/v1/roles/{id}")).await, delete(&system, &root, &made).await] {
        assert_eq!(answer.outcome(), (404, "role_not_found"));
    }
    let given = patch_user(&system, &root, &user.text_of("id"), json!({"roles": [id]})).await;
    assert_eq!(given.outcome(), (422, "row_refused"), "a role that is gone cannot be given");
    role(&system, "Help desk", Some(&acme), &[]).await;
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_a_role_is_refused() {
    let system = System::start(71).await;
    let root = system.root();
    let acme = acme(&system).await;
    let beta = system.organization("Beta").await;
    role(&system, "Night shift", Some(&acme), &["users.read"]).await;
    let good = json!({"name": "New", "kind": "end_user", "organization_id": acme, "permissions": ["users.read"]});
    let with = |changes: Value| {
        let mut body = good.clone();
        for (name, value) in changes.as_object().into_iter().flatten() {
            body[name] = value.clone();
        }
        body
    };
    for (name, body, wanted) in [
        ("no name", with(json!({"name": " "})), (422, "row_refused")),
        ("a name too long", with(json!({"name": "x".repeat(61)})), (422, "row_refused")),
        ("a built-in role's name", with(json!({"name": "organization admin"})), (422, "row_refused")),
        ("a built-in role's identifier", with(json!({"name": "root_master"})), (422, "row_refused")),
        ("a name that is there in another case", with(json!({"name": "NIGHT shift"})), (409, "name_taken")),
        ("an unknown permission", with(json!({"permissions": ["users.fly"]})), (422, "row_refused")),
        ("an unknown kind", with(json!({"kind": "robot"})), (400, "parameter_not_valid")),
        ("no organization", with(json!({"organization_id": null})), (400, "organization_required")),
        ("technicians of one", with(json!({"kind": "technician"})), (400, "parameter_not_valid")),
        (
            "an unknown organization",
            with(json!({"organization_id": "org_00000000000000000000000000"})),
            (404, "organization_not_found"),
        ),
        ("a member that is not there", with(json!({"retired": false})), (400, "body_not_json")),
        ("no permissions said", json!({"name": "New", "kind": "technician"}), (400, "body_not_json")),
    ] {
        assert_eq!(new_role(&system, &root, body).await.outcome(), wanted, "{name}");
    }
    for (name, body) in [
        ("the same name of another kind", with(json!({"name": "Night shift", "kind": "member"}))),
        ("the same name elsewhere", with(json!({"name": "Night shift", "organization_id": beta}))),
    ] {
        assert_eq!(new_role(&system, &root, body).await.status, 201, "{name}");
    }
    for id in ["system_administrator", "root_master"] {
        let path = format!("/v1/roles/{id}");
        let shown = system.get(&root, &path).await;
        assert_eq!((shown.status, &shown.json["in_use"]), (200, &Value::Null));
        let changed = Request::new("PATCH", &path).header("if-match", "\"1\"").json(&json!({"permissions": []}));
        assert_eq!(system.send(&root, changed).await.outcome(), (409, "role_built_in"));
        assert_eq!(system.send(&root, Request::new("DELETE", &path)).await.outcome(), (409, "role_built_in"));
    }
    let permissions = system.get(&root, "/v1/permissions").await;
    let first = &permissions.json["items"][0];
    assert_eq!(first["name"], "users.read");
    assert_eq!(first["description"], "See users, their invitations and their histories");
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_makes_changes_gives_or_deletes_more_than_they_hold() {
    let system = System::start(72).await;
    let acme = acme(&system).await;
    let beta = system.organization("Beta").await;
    let powers = ["roles.read", "roles.write", "users.read", "users.write"];
    let manager = role(&system, "Manager", Some(&acme), &powers).await;
    let mighty = role(&system, "Mighty", Some(&acme), &["audit.read"]).await;
    let elsewhere = role(&system, "Elsewhere", Some(&beta), &[]).await;
    let technicians = role(&system, "Field", None, &[]).await;
    let manager = person(&system, &acme, &manager).await;
    let me = &manager.caller;
    let body = |organization: Option<&str>, kind: &str, permissions: &[&str]| json!({"name": "Mine", "kind": kind, "organization_id": organization, "permissions": permissions});
    for (name, body, wanted) in [
        ("more than one holds", body(Some(&acme), "end_user", &["audit.read"]), (403, "permission_denied")),
        ("in another organization", body(Some(&beta), "end_user", &[]), (404, "organization_not_found")),
        ("of technicians", body(None, "technician", &[]), (403, "permission_denied")),
        ("what one holds", body(Some(&acme), "end_user", &["users.read"]), (201, "")),
    ] {
        assert_eq!(new_role(&system, me, body).await.outcome(), wanted, "{name}");
    }
    for (name, role, wanted) in [
        ("a mightier one", &mighty, (403, "permission_denied")),
        ("another organization's", &elsewhere, (404, "role_not_found")),
        ("technicians'", &technicians, (404, "role_not_found")),
    ] {
        assert_eq!(patch(&system, me, role, json!({"permissions": []})).await.outcome(), wanted, "{name}");
        assert_eq!(delete(&system, me, role).await.outcome(), wanted, "{name}");
    }
    let mine = role(&system, "Reader", Some(&acme), &["users.read"]).await;
    let raised = patch(&system, me, &mine, json!({"permissions": ["users.read", "audit.read"]})).await;
    assert_eq!(raised.outcome(), (403, "permission_denied"));
    let user = json!({"kind": "end_user", "organization_id": acme, "roles": ["organization_user"]});
    let user = system.user(user).await.text_of("id");
    let given = patch_user(&system, me, &user, json!({"roles": [mighty.text_of("id")]})).await;
    assert_eq!(given.outcome(), (403, "permission_denied"));
    let elsewheres = patch_user(&system, me, &user, json!({"roles": [elsewhere.text_of("id")]})).await;
    assert_eq!(elsewheres.outcome(), (422, "row_refused"), "a role of another organization is none here");
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_counts_at_the_next_request_and_a_reduction_ends_sessions() {
    let system = System::start(73).await;
    let root = system.root();
    let acme = acme(&system).await;
    let desk = role(&system, "Desk", Some(&acme), &["users.read"]).await;
    let holder = person(&system, &acme, &desk).await;
    let stranger = json!({"kind": "end_user", "organization_id": acme, "roles": ["organization_admin"]});
    let stranger = system.person(stranger).await;
    assert_eq!(system.get(&holder.caller, "/v1/roles").await.outcome(), (403, "permission_denied"));
    let more = patch(&system, &root, &desk, json!({"permissions": ["users.read", "roles.read"]})).await;
    assert_eq!(more.status, 200, "{more:?}");
    assert_eq!(system.get(&holder.caller, "/v1/roles").await.status, 200);
    let renamed = patch(&system, &root, &more, json!({"name": "Front desk", "description": "Sees people."})).await;
    assert_eq!(renamed.json["version"], 3);
    assert_eq!(system.get(&holder.caller, "/v1/users").await.status, 200, "a name takes nothing away");
    let less = patch(&system, &root, &renamed, json!({"permissions": ["roles.read"]})).await;
    assert_eq!(less.status, 200, "{less:?}");
    assert_eq!(system.get(&holder.caller, "/v1/roles").await.outcome(), (401, "not_authenticated"));
    assert_eq!(system.get(&stranger.caller, "/v1/roles").await.status, 200, "others go on");
    // The name that was given up is free, the new one is not.
    role(&system, "Desk", Some(&acme), &[]).await;
    let taken = json!({"name": "FRONT DESK", "kind": "end_user", "organization_id": acme, "permissions": []});
    assert_eq!(new_role(&system, &root, taken).await.outcome(), (409, "name_taken"));
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_edit_at_once_one_reads_again() {
    let system = System::start(74).await;
    let root = system.root();
    let acme = acme(&system).await;
    let desk = role(&system, "Desk", Some(&acme), &["users.read"]).await;
    let path = format!("/v1/roles/{}", desk.text_of("id"));
    let without = system.send(&root, Request::new("PATCH", &path).json(&json!({"name": "X"}))).await;
    assert_eq!(without.outcome(), (428, "precondition_required"));
    let edits = (0..4).map(|n| patch(&system, &root, &desk, json!({"description": format!("Edit {n}.")})));
    let answers = futures_util::future::join_all(edits).await;
    let mut outcomes: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    outcomes.sort_unstable();
    assert_eq!(outcomes, [200, 412, 412, 412]);
    assert_eq!(patch(&system, &root, &desk, json!({"name": "Y"})).await.outcome(), (412, "version_conflict"));
    let same_name = json!({"name": "Twin", "kind": "end_user", "organization_id": acme, "permissions": []});
    let at_once = (0..4).map(|_| new_role(&system, &root, same_name.clone()));
    let answers = futures_util::future::join_all(at_once).await;
    let mut outcomes: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    outcomes.sort_unstable();
    assert_eq!(outcomes, [201, 409, 409, 409], "of four with one name one is made");
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_locks_themselves_out_by_their_own_role() {
    let system = System::start(75).await;
    let acme = acme(&system).await;
    let powers = ["users.read", "users.write", "roles.read", "roles.write", "lists.read"];
    let boss = role(&system, "Boss", Some(&acme), &powers).await;
    let me = person(&system, &acme, &boss).await;
    for (name, left) in [
        ("no longer manages roles", vec!["users.read", "users.write", "roles.read"]),
        ("no longer manages users", vec!["users.read", "roles.read", "roles.write"]),
        ("nothing at all", vec![]),
    ] {
        let answer = patch(&system, &me.caller, &boss, json!({"permissions": left})).await;
        assert_eq!(answer.outcome(), (409, "would_lock_out"), "{name}");
    }
    let smaller = json!({"permissions": ["users.read", "users.write", "roles.read", "roles.write"]});
    let answer = patch(&system, &me.caller, &boss, smaller).await;
    assert_eq!(answer.status, 200, "what is not needed may go: {answer:?}");
    let nothing = patch(&system, &system.root(), &answer, json!({"permissions": []})).await;
    assert_eq!(nothing.status, 200, "others may take it all: {nothing:?}");
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_is_never_given_and_deleted_at_once() {
    let system = System::start(76).await;
    let root = system.root();
    let acme = acme(&system).await;
    let user = json!({"kind": "end_user", "organization_id": acme, "roles": ["organization_user"]});
    let user = system.user(user).await.text_of("id");
    for round in 0..12 {
        let contested = role(&system, &format!("Contested {round}"), Some(&acme), &[]).await;
        let id = contested.text_of("id");
        let give = patch_user(&system, &root, &user, json!({"roles": [id]}));
        let (given, deleted) = futures_util::future::join(give, delete(&system, &root, &contested)).await;
        let there = system.get(&root, format!("/v1/roles/{id}")).await;
        match (given.status, deleted.status) {
            (200, 409) => assert_eq!((there.status, &there.json["assignable"]), (200, &json!(true)), "round {round}"),
            (409 | 422, 204) => assert_eq!(there.status, 404, "round {round}"),
            other => panic!("round {round}: {other:?}: {given:?} {deleted:?}"),
        }
    }
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn there_is_room_for_a_hundred_roles() {
    let system = System::start(77).await;
    let root = system.root();
    let acme = acme(&system).await;
    let mut last = None;
    for n in 0..100 {
        last = Some(role(&system, &format!("Role {n}"), Some(&acme), &[]).await);
    }
    let one_more = json!({"name": "One more", "kind": "end_user", "organization_id": acme, "permissions": []});
    assert_eq!(new_role(&system, &root, one_more.clone()).await.outcome(), (409, "list_full"));
    assert_eq!(delete(&system, &root, &last.expect("a role")).await.status, 204);
    assert_eq!(new_role(&system, &root, one_more).await.status, 201);
    role(&system, "A technician's", None, &[]).await;
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn technicians_of_selected_organizations_see_of_technicians_roles_their_own() {
    let system = System::start(78).await;
    let acme = acme(&system).await;
    let own = role(&system, "Field", None, &["roles.read", "roles.write"]).await;
    let other = role(&system, "Office", None, &[]).await;
    let body = json!({"kind": "technician", "roles": [own.json["id"]], "organizations": [acme]});
    let limited = system.person(body).await.caller;
    let unlimited = system.person(json!({"kind": "technician", "roles": [own.json["id"]]})).await.caller;
    for (name, caller, seen) in
        [("limited", &limited, vec!["Field"]), ("not limited", &unlimited, vec!["Field", "Office"])]
    {
        let listed = system.get(caller, "/v1/roles?kind=technician").await;
        let items = listed.json["items"].as_array().expect("a list").iter();
        let names: Vec<&str> =
            items.filter(|item| item["built_in"] == false).filter_map(|item| item["name"].as_str()).collect();
        assert_eq!(names, seen, "{name}");
        assert_eq!(system.get(caller, format!("/v1/roles/{}", own.text_of("id"))).await.status, 200, "{name}");
    }
    let hidden = system.get(&limited, format!("/v1/roles/{}", other.text_of("id"))).await;
    assert_eq!(hidden.outcome(), (404, "role_not_found"));
    let change = json!({"description": "Mine."});
    assert_eq!(patch(&system, &limited, &other, change.clone()).await.outcome(), (404, "role_not_found"));
    assert_eq!(patch(&system, &limited, &own, change.clone()).await.outcome(), (403, "permission_denied"));
    assert_eq!(patch(&system, &unlimited, &own, change).await.status, 200);
    system.server.stop().await;
}
