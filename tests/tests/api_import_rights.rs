//! What an import may do is what whoever announced it may do, when it does it; nobody else's rows come into it.

use rollcall_dev_server::{Config, Crash, DevServer, Faults};
use rollcall_tests::imports::{report, server_issues, settled, users};
use rollcall_tests::system::{Caller, Person, Request, System};
use serde_json::{Value, json};

async fn put(system: &System, caller: &Caller, path: String, rows: &Value) -> (u16, String) {
    let answer = system.send(caller, Request::new("PUT", path).json(&json!({"rows": rows}))).await;
    (answer.status, answer.json["code"].as_str().unwrap_or_default().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_staged_is_for_who_announced_it() {
    let system = System::start(91).await;
    let root = system.root();
    let technician = system.person(json!({"kind": "technician", "roles": ["technician"]})).await.caller;
    let rows = json!([{"first_name": "Mal", "last_name": "Ory", "email": "mal@example.org"}]);
    let refused = (409, "import_of_somebody_else".to_owned());

    // Its people become System Administrators, which a technician can make nobody.
    let path = "/v1/imports?profile=technician&role=system_administrator";
    let staged = system.post(&root, path, json!({"chunks": 1, "total_rows": 1})).await;
    assert_eq!(staged.status, 201, "{staged:?}");
    let id = staged.text_of("id");
    assert_eq!(put(&system, &technician, format!("/v1/imports/{id}/chunks/0"), &rows).await, refused);
    assert_eq!(put(&system, &root, format!("/v1/imports/{id}/chunks/0"), &rows).await.0, 200);
    let commit = system.post(&technician, format!("/v1/imports/{id}/commit"), json!({})).await;
    assert_eq!((commit.status, commit.code()), (refused.0, refused.1.as_str()), "{commit:?}");

    let staged = system.post(&root, path, json!({"source_bytes": 30, "source_pieces": 1})).await;
    assert_eq!(staged.status, 201, "{staged:?}");
    let source = format!("/v1/imports/{}/source/0", staged.text_of("id"));
    let piece = Request::new("PUT", source).body("application/octet-stream", b"Email\nmal@example.org\n".to_vec());
    assert_eq!(system.send(&technician, piece).await.outcome(), (409, "import_of_somebody_else"));

    assert_eq!(users(&system, "q=mal").await.len(), 0);
    let cancelled = system.post(&technician, format!("/v1/imports/{id}/cancel"), json!({})).await;
    assert_eq!(cancelled.status, 202, "whoever may import may stop what somebody else began: {cancelled:?}");
}

/// An administrator of an organization has announced one more and sent the row; there is a role that may only import.
async fn announced(system: &System) -> (Person, String, String) {
    let organization = system.organization("Rights").await;
    let desk = json!({"name": "Desk", "kind": "end_user", "organization_id": organization,
        "permissions": ["imports.read", "imports.write", "users.read"]});
    let desk = system.post(&system.root(), "/v1/roles", desk).await.text_of("id");
    let who = json!({"kind": "end_user", "organization_id": organization, "roles": ["organization_admin"]});
    let administrator = system.person(who).await;
    let path = format!("/v1/imports?profile=end-user&organization={organization}&role=organization_admin");
    let staged = system.post(&administrator.caller, path, json!({"chunks": 1, "total_rows": 1})).await;
    assert_eq!(staged.status, 201, "{staged:?}");
    let id = staged.text_of("id");
    let rows = json!([{"first_name": "Mal", "last_name": "Ory", "email": "mal@example.org"}]);
    assert_eq!(put(system, &administrator.caller, format!("/v1/imports/{id}/chunks/0"), &rows).await.0, 200);
    (administrator, id, desk)
}

#[tokio::test(flavor = "multi_thread")]
async fn rights_are_those_of_the_moment_in_which_people_are_made() {
    let system = System::start(92).await;
    let root = system.root();
    let (administrator, id, desk) = announced(&system).await;
    let path = format!("/v1/users/{}", administrator.id);
    let read = system.get(&root, &path).await;
    let demoted = Request::new("PATCH", path).header("if-match", read.headers["etag"].clone());
    let demoted = system.send(&root, demoted.json(&json!({"roles": [desk]}))).await;
    assert_eq!(demoted.status, 200, "{demoted:?}");
    // Who may do less is signed out.
    let credentials = json!({"email": administrator.email, "password": "a long enough phrase"});
    let caller = system.post(&Caller::Nobody, "/v1/sessions", credentials).await.session().expect("a session");
    let commit = system.post(&caller, format!("/v1/imports/{id}/commit"), json!({})).await;
    assert_eq!(commit.status, 202, "they may still import: {commit:?}");
    assert_eq!(settled(&system, &id).await["status"], "rejected");
    let issues = server_issues(&report(&system, &id).await);
    assert_eq!(issues, [(1, "role".into(), "role_not_grantable".into())]);
    assert_eq!(users(&system, "q=mal").await.len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_of_somebody_who_was_deactivated_meanwhile_makes_nobody() {
    let config = Config { faults: Faults::none(), schedules: false, ..Config::for_tests(93) };
    let system = System::of(DevServer::start(config).await.expect("a server"));
    let (administrator, id, _) = announced(&system).await;
    // The first runner takes the lease and dies before it does anything.
    let crashes = system.server.crashes();
    crashes.plan("RunImportFunction", 2, Crash::BeforeCall);
    let commit = system.post(&administrator.caller, format!("/v1/imports/{id}/commit"), json!({})).await;
    assert_eq!(commit.status, 202, "{commit:?}");
    let died = system.eventually(async || (!crashes.is_planned("RunImportFunction")).then_some(())).await;
    assert!(died.is_some(), "the runner lives");
    let path = format!("/v1/users/{}/deactivate", administrator.id);
    let deactivated =
        system.send(&system.root(), Request::new("POST", path).header("if-match", "*").json(&json!({}))).await;
    assert!(deactivated.status < 300, "{deactivated:?}");
    system.server.advance("PT5M").await.expect("a duration");
    assert_eq!(settled(&system, &id).await["status"], "rejected");
    let issues = server_issues(&report(&system, &id).await);
    assert_eq!(issues, [(1, "email".into(), "importer_not_allowed".into())]);
    assert_eq!(users(&system, "q=mal").await.len(), 0);
    system.server.stop().await;
}
