//! The audit trail: every change leaves an event, whoever may look finds it, nobody else does.

use std::collections::BTreeSet;

use rollcall_tests::system::{Answer, Caller, Request, System};
use serde_json::{Value, json};

async fn acme(system: &System) -> String {
    system.get(&system.root(), "/v1/organizations").await.json["items"][0]["id"].as_str().expect("Acme").to_owned()
}

fn actions(answer: &Answer) -> Vec<String> {
    let items = answer.json["items"].as_array().into_iter().flatten();
    items.map(|item| item["action"].as_str().unwrap_or_default().to_owned()).collect()
}

/// All events of a query, page by page.
async fn all(system: &System, caller: &Caller, query: &str, limit: usize) -> Vec<Value> {
    let (mut items, mut cursor) = (Vec::new(), String::new());
    for _ in 0..200 {
        let page = system.get(caller, format!("{query}limit={limit}{cursor}")).await;
        assert_eq!(page.status, 200, "{query}: {page:?}");
        items.extend(page.json["items"].as_array().cloned().unwrap_or_default());
        match page.json["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return items,
        }
    }
    panic!("{query}: the paging does not end")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_persons_timeline_tells_their_whole_life() {
    let system = System::start(340).await;
    let root = system.root();
    let person = system.person(json!({"kind": "technician", "roles": ["technician"]})).await;
    let act = async |what: &str| {
        let done = system.post(&root, format!("/v1/users/{}/{what}", person.id), json!({})).await;
        assert_eq!(done.status, 200, "{what}: {done:?}");
    };
    let version = system.get(&root, format!("/v1/users/{}", person.id)).await.headers["etag"].clone();
    let request = Request::new("PATCH", format!("/v1/users/{}", person.id)).header("if-match", version);
    let edited = system.send(&root, request.json(&json!({"first_name": "Renamed"}))).await;
    assert_eq!(edited.status, 200, "{edited:?}");
    act("reset-mfa").await;
    act("reset-password").await;
    act("deactivate").await;
    act("activate").await;

    let timeline = format!("/v1/users/{}/audit-events", person.id);
    let whole = system.get(&root, &timeline).await;
    let wanted = [
        "user.activated",
        "user.deactivated",
        "user.password_reset",
        "user.mfa_reset",
        "user.updated",
        "user.registered",
        "user.created",
    ];
    assert_eq!(actions(&whole), wanted, "{whole:?}");
    let updated = &whole.json["items"][4];
    assert_eq!(updated["before"]["first_name"], "Person");
    assert_eq!(updated["after"]["first_name"], "Renamed");
    assert_eq!(updated["source"], "127.0.0.1");
    assert_eq!(updated["actor"]["name"], "Robin Root", "{updated}");
    assert_eq!(updated["target"]["id"], json!(person.id));
    assert!(updated["target"]["name"].as_str().is_some_and(|name| name.starts_with("Renamed")), "{updated}");
    assert!(updated["at"].as_str().is_some_and(|at| at.len() == 24), "{updated}");
    for limit in [1, 2, 3] {
        let paged: Vec<Value> = all(&system, &root, &format!("{timeline}?"), limit).await;
        let names: Vec<&str> = paged.iter().filter_map(|event| event["action"].as_str()).collect();
        assert_eq!(names, wanted, "pages of {limit}");
    }
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_trail_is_filtered_and_paged_and_each_event_comes_once() {
    let system = System::start(341).await;
    let root = system.root();
    let acme = acme(&system).await;
    let beta = system.organization("Beta").await;
    let user = |organization: &str| json!({"kind": "end_user", "organization_id": organization, "roles": ["organization_user"]});
    for _ in 0..5 {
        system.user(user(&acme)).await;
    }
    let last = system.user(user(&beta)).await.text_of("id");
    let before = system.server.clock().now().to_string();
    system.server.advance("P40D").await.expect("a clock");
    let deleted = system.send(&root, Request::new("DELETE", format!("/v1/users/{last}"))).await;
    assert_eq!(deleted.status, 204);

    let whole = all(&system, &root, "/v1/audit-events?", 100).await;
    let moments: Vec<&str> = whole.iter().filter_map(|event| event["at"].as_str()).collect();
    assert!(moments.is_sorted_by(|one, other| one >= other), "newest first, across months: {moments:?}");
    let ids: BTreeSet<&str> = whole.iter().filter_map(|event| event["id"].as_str()).collect();
    assert_eq!(ids.len(), whole.len(), "each once");
    for limit in [1, 3, 7] {
        assert_eq!(all(&system, &root, "/v1/audit-events?", limit).await, whole, "pages of {limit}");
    }
    let count = |query: &str| {
        let query = format!("/v1/audit-events?{query}&");
        let (system, root) = (&system, &root);
        async move { all(system, root, &query, 50).await.len() }
    };
    let me = whole.iter().find(|event| event["action"] == "user.deleted").expect("the deletion")["actor"]["id"].clone();
    let me = me.as_str().expect("an actor");
    for (name, query, wanted) in [
        ("created in Acme", format!("organization={acme}&action=user.created"), 5),
        ("whatever happened to users in Beta", format!("organization={beta}&action=user"), 2),
        ("deleted anywhere", "action=user.deleted".into(), 1),
        ("of one thing", format!("target={last}&action=user"), 2),
        ("by the Root Master", format!("actor={me}&action=user.created"), 6),
        ("by nobody there is", "actor=usr_00000000000000000000000000".into(), 0),
        ("since", format!("from={before}&action=user"), 1),
        ("until", format!("to={before}&action=user.deleted"), 0),
        ("of nothing", "target=usr_00000000000000000000000000".into(), 0),
    ] {
        assert_eq!(count(&query).await, wanted, "{name}");
    }
    for (name, query, wanted) in [
        ("no moment", "from=yesterday", (400, "parameter_not_valid")),
        ("no user", "actor=me", (400, "parameter_not_valid")),
        ("no action", "action=user%20deleted", (400, "parameter_not_valid")),
        ("no organization", "organization=acme", (404, "organization_not_found")),
        ("a cursor that is none", "cursor=abc", (400, "parameter_not_valid")),
    ] {
        let answer = system.get(&root, format!("/v1/audit-events?{query}")).await;
        assert_eq!(answer.outcome(), wanted, "{name}: {answer:?}");
    }
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_looks_sees_their_own_organizations_and_names_they_may_know() {
    let system = System::start(342).await;
    let root = system.root();
    let acme = acme(&system).await;
    let beta = system.organization("Beta").await;
    let admin = |organization: &str| json!({"kind": "end_user", "organization_id": organization, "roles": ["organization_admin"]});
    let own = system.person(admin(&acme)).await;
    let other = system.person(admin(&beta)).await;
    let mine = all(&system, &own.caller, "/v1/audit-events?", 50).await;
    assert!(!mine.is_empty());
    for event in &mine {
        assert_eq!(event["organization_id"], json!(acme), "{event}");
        if event["action"] == "user.created" {
            assert_eq!(event["actor"]["name"], Value::Null, "a technician is nobody of theirs: {event}");
        }
    }
    let target = system.get(&other.caller, format!("/v1/audit-events?target={}", own.id)).await;
    assert_eq!(target.json, json!({"items": [], "next_cursor": null}));
    let timeline = system.get(&other.caller, format!("/v1/users/{}/audit-events", own.id)).await;
    assert_eq!(timeline.outcome(), (404, "user_not_found"));
    let two = system
        .person(json!({"kind": "technician", "roles": ["system_administrator"], "organizations": [acme, beta]}))
        .await;
    let both = all(&system, &two.caller, "/v1/audit-events?", 3).await;
    let organizations: BTreeSet<&str> = both.iter().filter_map(|event| event["organization_id"].as_str()).collect();
    assert_eq!(organizations, BTreeSet::from([acme.as_str(), beta.as_str()]));
    assert!(both.iter().all(|event| !event["organization_id"].is_null()), "the deployment's is not theirs");
    let roots = all(&system, &root, "/v1/audit-events?", 50).await;
    assert!(roots.iter().any(|event| event["organization_id"].is_null()));
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_imported_persons_timeline_begins_with_the_import() {
    let system = System::start(343).await;
    let root = system.root();
    let acme = acme(&system).await;
    let path = format!("/v1/imports?profile=end-user&organization={acme}&role=organization_user");
    let rows = json!({"rows": [{"first_name": "Ana", "last_name": "Sá", "email": "ana@acme.example"}]});
    let import = system.post(&root, path, rows).await;
    assert_eq!(import.status, 202, "{import:?}");
    let import = import.text_of("id");
    let finished = system
        .eventually(async || {
            let head = system.get(&root, format!("/v1/imports/{import}")).await;
            (head.json["status"] == json!("finished")).then_some(())
        })
        .await;
    assert!(finished.is_some());
    let ana = system.get(&root, "/v1/users?q=ana@acme.example").await.json["items"][0]["id"].clone();
    let ana = ana.as_str().expect("Ana").to_owned();
    let revoked = system.post(&root, format!("/v1/users/{ana}/revoke-invitation"), json!({})).await;
    assert_eq!(revoked.status, 200, "{revoked:?}");
    for limit in [1, 2, 50] {
        let timeline = all(&system, &root, &format!("/v1/users/{ana}/audit-events?"), limit).await;
        let told: Vec<&str> = timeline.iter().filter_map(|event| event["action"].as_str()).collect();
        assert_eq!(told, ["invitation.revoked", "user.imported"], "pages of {limit}");
        assert_eq!(timeline[1]["after"]["import_id"], json!(import));
    }
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_trail_is_exported_and_no_cell_is_a_formula() {
    let system = System::start(344).await;
    let root = system.root();
    let acme = acme(&system).await;
    let list = format!("/v1/sites?organization={acme}");
    let made = system.post(&root, list, json!({"name": "=1+1"})).await;
    assert_eq!(made.status, 201, "{made:?}");
    let csv = system.get(&root, format!("/v1/audit-events/export?organization={acme}")).await;
    assert_eq!(csv.status, 200, "{csv:?}");
    assert_eq!(csv.headers["content-type"], "text/csv; charset=utf-8");
    assert!(csv.headers["content-disposition"].contains("audit.csv"));
    assert!(csv.text.starts_with("\u{feff}Time,Actor,Actor ID,Action,Target"), "{}", csv.text);
    assert!(csv.text.contains("'=1+1"), "{}", csv.text);
    assert!(!csv.text.contains(",=1+1"), "{}", csv.text);
    let path = "/v1/audit-events/export?format=xlsx";
    let media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    let workbook = system.send(&root, Request::new("GET", path).header("accept", media_type)).await;
    assert_eq!((workbook.status, workbook.headers["content-type"].as_str()), (200, media_type));
    assert!(workbook.text.starts_with("PK"), "a zip archive");
    let other = system.get(&root, "/v1/audit-events/export?format=pdf").await;
    assert_eq!(other.outcome(), (400, "parameter_not_valid"));
    system.server.stop().await;
}
