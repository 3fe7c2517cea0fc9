//! /v1/imports with people who are there already, and imports that are taken back.

use rollcall_dev_server::MailFilter;
use rollcall_tests::imports::{imported, paste, report, server_issues, settled, users};
use rollcall_tests::system::{Answer, Caller, Person, Request, System};
use serde_json::{Value, json};

/// An organization with people who were imported before: Ana, Ben, Cleo and Dan, invited.
async fn acme(system: &System) -> (String, String) {
    let acme = system.organization("Repeats Acme").await;
    let query = format!("profile=modern&organization={acme}&role=organization_user");
    let sheet = "First Name,Last Name,Email\nAna,Silva,ana@example.com\nBen,Li,ben@example.com\nCleo,Roy,cleo@example.com\nDan,Poe,dan@example.com\n";
    assert_eq!(imported(system, &query, sheet).await["counts"]["imported"], 4);
    (acme, query)
}

async fn user(system: &System, email: &str) -> Value {
    let found = users(system, &format!("q={email}")).await;
    let found: Vec<&Value> = found.iter().filter(|user| user["email"] == email).collect();
    assert_eq!(found.len(), 1, "{email}: {found:?}");
    found[0].clone()
}

async fn rows(system: &System, caller: &Caller, query: &str, rows: Value) -> Answer {
    system.post(caller, format!("/v1/imports?{query}"), json!({"rows": rows})).await
}

async fn rows_imported(system: &System, query: &str, sent: Value) -> Value {
    let started = rows(system, &system.root(), query, sent).await;
    assert_eq!(started.status, 202, "{started:?}");
    settled(system, &started.text_of("id")).await
}

/// Row, severity and code of what the server says.
fn said(report: &Value) -> Vec<String> {
    let issues = report["server"]["issues"].as_array().cloned().unwrap_or_default();
    let text = |issue: &Value, name: &str| issue[name].as_str().unwrap_or_default().to_owned();
    issues.iter().map(|issue| format!("{} {} {}", issue["row"], text(issue, "severity"), text(issue, "code"))).collect()
}

async fn accept(system: &System, email: &str) -> Answer {
    let link = system.invitation_path(email).await;
    let body = json!({"password": "a long enough phrase", "phone": "+4915112345678"});
    system.post(&Caller::Nobody, format!("{link}/accept"), body).await
}

async fn trail(system: &System, query: &str) -> Vec<Value> {
    let answer = system.get(&system.root(), format!("/v1/audit-events?limit=100&{query}")).await;
    answer.json["items"].as_array().cloned().unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn yesterdays_list_again_brings_people_up_to_date_and_adds_who_is_new() {
    let system = System::start(41).await;
    let (acme, query) = acme(&system).await;
    let before = user(&system, "ben@example.com").await;
    let sheet = "First Name,Last Name,Email,Phone\nAna,Santos,ANA@example.com,\nBen,Li,ben@example.com,\nCleo,,cleo@example.com,+4915112345678\nEve,New,eve@example.com,\n";
    let query = format!("{query}&on_existing=update");
    let dry = paste(&system, &format!("{query}&dry_run=true"), sheet).await;
    let wanted = ["1 updated already_exists", "2 skipped nothing_to_change", "3 updated already_exists"];
    assert_eq!(said(&dry.json), wanted, "{dry:?}");
    assert_eq!(user(&system, "ana@example.com").await["last_name"], "Silva", "a dry run changes nothing");

    let import = imported(&system, &query, sheet).await;
    assert_eq!(import["counts"], json!({"rows": 4, "imported": 1, "updated": 2, "skipped": 1, "failed": 0}));
    let report = report(&system, import["id"].as_str().expect("an id")).await;
    assert_eq!(said(&report), wanted);
    assert_eq!(report["results"], json!({"imported": 1, "updated": 2, "skipped": 1, "failed": 0}));
    let ana = user(&system, "ana@example.com").await;
    assert_eq!((&ana["last_name"], &ana["email"]), (&json!("Santos"), &json!("ana@example.com")), "never the address");
    assert_eq!(ana["invitation"]["generation"], 1, "updating invites nobody");
    assert_eq!(users(&system, &format!("organization={acme}&q=santos")).await.len(), 1, "found by the new name");
    let cleo = user(&system, "cleo@example.com").await;
    assert_eq!(
        (&cleo["last_name"], &cleo["phone"]),
        (&json!("Roy"), &json!("+4915112345678")),
        "empty changes nothing"
    );
    assert_eq!(user(&system, "ben@example.com").await["version"], before["version"], "nothing new is no change");
    let promoted = json!([{"row": 1, "first_name": "Ben", "last_name": "Li", "email": "ben@example.com",
        "role": ["Organization Admin"]}]);
    let sent = format!("profile=end-user&organization={acme}&on_existing=update");
    assert_eq!(rows_imported(&system, &sent, promoted).await["counts"]["updated"], 1);
    assert_eq!(user(&system, "ben@example.com").await["roles"], json!(["organization_admin"]));
    let events = trail(&system, &format!("organization={acme}&action=user.updated")).await;
    assert_eq!(events.len(), 3, "{events:?}");
    let of_the_sheet = events.iter().filter(|event| event["after"]["import_id"] == import["id"]);
    assert_eq!(of_the_sheet.count(), 2, "{events:?}");
    let again = imported(&system, &query, sheet).await;
    assert_eq!(again["counts"], json!({"rows": 4, "imported": 0, "updated": 0, "skipped": 4, "failed": 0}));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_row_may_have_its_own_way_and_people_who_are_here_need_no_role() {
    let system = System::start(42).await;
    let (acme, _) = acme(&system).await;
    let group = system.post(&system.root(), format!("/v1/groups?organization={acme}"), json!({"name": "Day"})).await;
    assert_eq!(accept(&system, "dan@example.com").await.status, 200);
    let old_link = system.invitation_path("ben@example.com").await;
    let query = format!("profile=end-user&organization={acme}&on_existing=skip");
    let row = |row: u32, name: &str, wish: Option<&str>| {
        let mut sent = json!({"row": row, "first_name": name, "last_name": "Li",
            "email": format!("{}@example.com", name.to_lowercase()), "groups": ["Day"]});
        if let Some(wish) = wish {
            sent["on_existing"] = json!(wish);
        }
        sent
    };
    let mut fresh = row(5, "Eve", Some("update"));
    let sent = |fresh: &Value| {
        json!([
            row(1, "Ana", None),
            row(2, "Ben", Some("invite")),
            row(3, "Cleo", Some("add_to_group")),
            row(4, "Dan", Some("invite")),
            fresh
        ])
    };
    let refused = rows(&system, &system.root(), &query, sent(&fresh)).await;
    assert_eq!((refused.outcome(), &refused.json["rows"]), ((422, "role_required"), &json!([5])), "{refused:?}");
    fresh["role"] = json!(["Organization User"]);
    let import = rows_imported(&system, &query, sent(&fresh)).await;
    assert_eq!(import["counts"], json!({"rows": 5, "imported": 1, "updated": 2, "skipped": 2, "failed": 0}));
    let told = said(&report(&system, import["id"].as_str().expect("an id")).await);
    assert_eq!(
        told,
        [
            "1 skipped already_exists",
            "2 invited already_exists",
            "3 added_to_group already_exists",
            "4 skipped already_registered"
        ]
    );
    assert_eq!(user(&system, "ana@example.com").await["groups"], json!([]));
    assert_eq!(user(&system, "cleo@example.com").await["groups"], json!([group.json["id"]]));
    assert_eq!(user(&system, "cleo@example.com").await["last_name"], "Roy");
    let ben = user(&system, "ben@example.com").await;
    assert_eq!((&ben["invitation"]["generation"], &ben["invitation"]["status"]), (&json!(2), &json!("pending")));
    let newer = system
        .eventually(async || {
            let link = system.invitation_path("ben@example.com").await;
            (link != old_link).then_some(link)
        })
        .await;
    assert!(newer.is_some(), "a second mail");
    assert_eq!(system.get(&Caller::Nobody, old_link).await.json["state"], "replaced");
    let odd = rows(&system, &system.root(), &query, json!([row(1, "Ana", Some("whatever"))])).await;
    assert_eq!(odd.outcome(), (400, "body_not_json"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_done_to_a_person_refuses_an_atomic_import_and_only_the_row_of_a_partial_one() {
    let system = System::start(43).await;
    let (acme, query) = acme(&system).await;
    let admin: Person =
        system.person(json!({"kind": "end_user", "organization_id": acme, "roles": ["organization_admin"]})).await;
    let dan = user(&system, "dan@example.com").await;
    let path = format!("/v1/users/{}/deactivate", dan["id"].as_str().expect("an id"));
    assert_eq!(system.post(&system.root(), path, json!({})).await.status, 200);
    let own = admin.email.as_str();
    let sheet =
        format!("First Name,Email\nNew,new@example.com\nAda,{own}\nDaniel,dan@example.com\nAnna,ana@example.com\n");
    let send = async |mode: &str| {
        let request = Request::new("POST", format!("/v1/imports?{query}&on_existing=update&mode={mode}"));
        let started = system.send(&admin.caller, request.body("text/csv", sheet.as_str())).await;
        assert_eq!(started.status, 202, "{started:?}");
        settled(&system, &started.text_of("id")).await
    };
    let import = send("atomic").await;
    assert_eq!((&import["status"], &import["counts"]["failed"]), (&json!("rejected"), &json!(2)));
    let told = said(&report(&system, import["id"].as_str().expect("an id")).await);
    assert_eq!(told, ["2 error own_account", "3 error person_deactivated"], "and nothing of what was not done");
    assert_eq!(user(&system, "ana@example.com").await["first_name"], "Ana");
    assert_eq!(users(&system, "q=new@example.com").await.len(), 0);

    let import = send("partial").await;
    assert_eq!(import["counts"], json!({"rows": 4, "imported": 1, "updated": 1, "skipped": 0, "failed": 2}));
    assert_eq!(user(&system, "ana@example.com").await["first_name"], "Anna");
    assert_eq!(user(&system, "dan@example.com").await["first_name"], "Dan");
}

#[tokio::test(flavor = "multi_thread")]
async fn whom_an_import_may_change_is_whom_its_importer_may_change_one_by_one() {
    let system = System::start(44).await;
    let (acme, query) = acme(&system).await;
    let role = json!({"name": "Importer", "kind": "end_user", "organization_id": acme,
        "permissions": ["imports.read", "imports.write"]});
    let role = system.post(&system.root(), "/v1/roles", role).await.text_of("id");
    let importer = system.person(json!({"kind": "end_user", "organization_id": acme, "roles": [role]})).await;
    let sheet = "First Name,Email\nAnna,ana@example.com\n";
    for (wish, wanted) in [("skip", 202), ("update", 403), ("invite", 403), ("add_to_group", 403)] {
        let request = Request::new("POST", format!("/v1/imports?{query}&on_existing={wish}"));
        let answer = system.send(&importer.caller, request.body("text/csv", sheet)).await;
        assert_eq!(answer.status, wanted, "{wish}: {answer:?}");
    }
    let sent = json!([{"first_name": "Anna", "email": "ana@example.com", "on_existing": "update"}]);
    assert_eq!(rows(&system, &importer.caller, &query, sent).await.outcome(), (403, "permission_denied"));
    // Somebody who may do more than the importer, and somebody of another organization.
    let technician = system.person(json!({"kind": "technician", "roles": ["technician"]})).await;
    let boss = json!({"kind": "end_user", "organization_id": acme, "roles": ["organization_admin"],
        "first_name": "Bo", "last_name": "Ss", "email": "boss@example.com"});
    system.user(boss).await;
    let other = system.organization("Repeats Other").await;
    system
        .user(json!({"kind": "end_user", "organization_id": other, "roles": ["organization_user"],
        "email": "other@example.com"}))
        .await;
    let sheet = "First Name,Email\nBoss,boss@example.com\nOther,other@example.com\n";
    let request = Request::new("POST", format!("/v1/imports?{query}&on_existing=update&dry_run=true"));
    let answer = system.send(&technician.caller, request.body("text/csv", sheet)).await;
    assert_eq!(said(&answer.json), ["1 error permission_denied", "2 error email_taken"], "{answer:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_rows_that_mean_the_same_person_are_duplicates_wherever_they_stand() {
    let system = System::start(45).await;
    let (acme, _) = acme(&system).await;
    let named = json!({"kind": "end_user", "organization_id": acme, "roles": ["organization_user"],
        "email": "zoe@example.com", "username": "zoe@names.example"});
    system.user(named).await;
    let query = format!("profile=modern&organization={acme}&mode=partial&on_existing=update&role=organization_user");
    let root = system.root();
    let staged = system.post(&root, format!("/v1/imports?{query}"), json!({"chunks": 2, "total_rows": 4})).await;
    let id = staged.text_of("id");
    for (chunk, sent) in [
        json!([{"row": 1, "first_name": "One", "email": "ana@example.com"},
            {"row": 2, "first_name": "Zoé", "email": "zoe@example.com"}]),
        json!([{"row": 3, "first_name": "Two", "email": "Ana@Example.com"},
            {"row": 4, "first_name": "Zo", "email": "zoe@names.example"}]),
    ]
    .into_iter()
    .enumerate()
    {
        let put = Request::new("PUT", format!("/v1/imports/{id}/chunks/{chunk}")).json(&json!({"rows": sent}));
        assert_eq!(system.send(&root, put).await.status, 200);
    }
    assert_eq!(system.post(&root, format!("/v1/imports/{id}/commit"), json!({})).await.status, 202);
    let import = settled(&system, &id).await;
    assert_eq!(import["counts"], json!({"rows": 4, "imported": 0, "updated": 0, "skipped": 0, "failed": 4}));
    let report = report(&system, &id).await;
    let duplicate = |row: u64| (row, "email".to_owned(), "duplicate_in_import".to_owned());
    assert_eq!(server_issues(&report), [duplicate(1), duplicate(2), duplicate(3), duplicate(4)]);
    assert_eq!(report["server"]["issues"][0]["other_row"], 3);
    assert_eq!(user(&system, "ana@example.com").await["first_name"], "Ana");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_staged_import_says_which_chunks_it_lacks() {
    let system = System::start(46).await;
    let root = system.root();
    let staged = system.post(&root, "/v1/imports?profile=technician", json!({"chunks": 3, "total_rows": 3})).await;
    let id = staged.text_of("id");
    let put = Request::new("PUT", format!("/v1/imports/{id}/chunks/1"));
    let sent = json!({"rows": [{"first_name": "Ana", "last_name": "Li", "email": "ana@example.com"}]});
    assert_eq!(system.send(&root, put.json(&sent)).await.status, 200);
    let import = system.get(&root, format!("/v1/imports/{id}")).await.json;
    assert_eq!(import["staged"], json!({"chunks": 3, "missing": [0, 2]}));
    assert_eq!(system.post(&root, format!("/v1/imports/{id}/cancel"), json!({})).await.status, 202);
    assert_eq!(settled(&system, &id).await["staged"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn undoing_removes_who_never_registered_and_says_who_stayed_and_why() {
    let system = System::start(47).await;
    let (acme, query) = acme(&system).await;
    let sheet = "First Name,Email\nAnna,ana@example.com\nFay,fay@example.com\nGil,gil@example.com\nHal,hal@example.com\nIda,ida@example.com\n";
    let import = imported(&system, &format!("{query}&on_existing=update"), sheet).await;
    assert_eq!(import["counts"], json!({"rows": 5, "imported": 4, "updated": 1, "skipped": 0, "failed": 0}));
    assert!(import["undo_deadline"].as_str() > import["committed_at"].as_str(), "{import}");
    let id = import["id"].as_str().expect("an id").to_owned();
    let undo = async || system.post(&system.root(), format!("/v1/imports/{id}/undo"), json!({})).await;
    // Gil registers, Hal is switched off, Ida is edited and still waits, Fay is deleted.
    assert_eq!(accept(&system, "gil@example.com").await.status, 200);
    let of = async |email: &str| user(&system, email).await["id"].as_str().expect("an id").to_owned();
    let (gil, hal, ida, fay, ana) = (
        of("gil@example.com").await,
        of("hal@example.com").await,
        of("ida@example.com").await,
        of("fay@example.com").await,
        of("ana@example.com").await,
    );
    let root = system.root();
    assert_eq!(system.post(&root, format!("/v1/users/{hal}/deactivate"), json!({})).await.status, 200);
    let link = system.invitation_path("ida@example.com").await;
    let version = user(&system, "ida@example.com").await["version"].to_string();
    let patch = Request::new("PATCH", format!("/v1/users/{ida}")).header("if-match", format!("\"{version}\""));
    assert_eq!(system.send(&root, patch.json(&json!({"last_name": "Edited"}))).await.status, 200);
    assert_eq!(system.send(&root, Request::new("DELETE", format!("/v1/users/{fay}"))).await.status, 204);

    let began = undo().await;
    assert_eq!((began.status, began.json["status"].as_str()), (202, Some("undoing")), "{began:?}");
    let undone = settled(&system, &id).await;
    assert_eq!((&undone["status"], &undone["undo_deadline"]), (&json!("undone"), &Value::Null));
    let report = report(&system, &id).await;
    assert_eq!(
        report["undo"],
        json!({"removed": 1, "stayed": [
            {"row": 1, "user_id": ana, "reason": "updated_person"},
            {"row": 3, "user_id": gil, "reason": "registered"},
            {"row": 4, "user_id": hal, "reason": "deactivated"},
        ]})
    );
    assert_eq!(system.get(&root, format!("/v1/users/{ida}")).await.status, 404);
    assert_eq!(user(&system, "ana@example.com").await["first_name"], "Anna", "what was changed stays changed");
    assert_eq!(system.get(&Caller::Nobody, link).await.json["state"], "revoked", "the link is dead");
    assert_eq!(users(&system, &format!("organization={acme}")).await.len(), 6);
    let organization = system.get(&root, format!("/v1/organizations/{acme}")).await;
    assert_eq!(organization.json["counts"]["users"], 6);
    assert_eq!(undo().await.outcome(), (409, "import_undone"));
    let gone = trail(&system, &format!("organization={acme}&action=user.deleted")).await;
    assert!(gone.iter().any(|event| event["after"]["undone_import"] == id.as_str()), "{gone:?}");
    assert_eq!(trail(&system, &format!("target={id}&action=import.undone")).await.len(), 1);
    // The address is free again.
    let again = imported(&system, &query, "First Name,Email\nIda,ida@example.com\n").await;
    assert_eq!(again["counts"]["imported"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_is_undone_for_a_day_only_and_only_once_it_is_finished() {
    let system = System::start(48).await;
    let root = system.root();
    let undo = async |id: &str| system.post(&root, format!("/v1/imports/{id}/undo"), json!({})).await;
    let staged = system.post(&root, "/v1/imports?profile=technician", json!({"chunks": 1, "total_rows": 1})).await;
    assert_eq!(undo(&staged.text_of("id")).await.outcome(), (409, "import_not_finished"));
    let sheet = "First Name,Last Name,Email\nAna,Li,ana@example.com\n";
    let import = imported(&system, "profile=technician", sheet).await;
    let rejected = imported(&system, "profile=technician", sheet).await;
    assert_eq!(rejected["undo_deadline"], Value::Null);
    assert_eq!(undo(rejected["id"].as_str().expect("an id")).await.outcome(), (409, "import_not_finished"));
    system.server.advance("PT24H").await.expect("a duration");
    let id = import["id"].as_str().expect("an id");
    assert_eq!(undo(id).await.outcome(), (409, "undo_too_late"));
    assert_eq!(system.get(&root, format!("/v1/imports/{id}")).await.json["undo_deadline"], Value::Null);
    assert_eq!(undo("imp_00000000000000000000000000").await.outcome(), (404, "import_not_found"));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_registers_at_the_very_moment_of_undoing_stays_whole_or_was_never_there() {
    const PEOPLE: usize = 12;
    let system = System::start(49).await;
    let (_, query) = acme(&system).await;
    let letters = |number: usize| char::from(b'a' + u8::try_from(number).expect("few"));
    let address = |number: usize| format!("race{}@example.com", letters(number));
    let sheet: String = (0..PEOPLE).map(|number| format!("Race,{}\n", address(number))).collect();
    let import = imported(&system, &query, format!("First Name,Email\n{sheet}")).await;
    let id = import["id"].as_str().expect("an id").to_owned();
    let mut links = Vec::new();
    for number in 0..PEOPLE {
        links.push(system.invitation_path(&address(number)).await);
    }
    let body = json!({"password": "a long enough phrase", "phone": "+4915112345678"});
    let (root, nobody) = (system.root(), Caller::Nobody);
    let accepting = links.iter().map(|link| system.post(&nobody, format!("{link}/accept"), body.clone()));
    let (undo, accepted) = tokio::join!(
        system.post(&root, format!("/v1/imports/{id}/undo"), json!({})),
        futures_util::future::join_all(accepting)
    );
    assert_eq!(undo.status, 202, "{undo:?}");
    assert_eq!(settled(&system, &id).await["status"], "undone");
    let undone = report(&system, &id).await["undo"].clone();
    let mut stayed = 0;
    for (number, accepted) in accepted.iter().enumerate() {
        let found = users(&system, &format!("q={}", address(number))).await;
        assert_eq!(accepted.status == 200, found.len() == 1, "{number}: {accepted:?} {found:?}");
        assert!(accepted.status == 200 || matches!(accepted.status, 404 | 409 | 410 | 412), "{accepted:?}");
        assert!(found.iter().all(|user| user["status"] == "active"), "{found:?}");
        stayed += found.len();
    }
    assert_eq!(undone["stayed"].as_array().map(Vec::len), Some(stayed), "{undone}");
    assert_eq!(undone["removed"], json!(PEOPLE - stayed), "{undone}");
    let mails = system.server.outbox().list(&MailFilter::default()).expect("the outbox");
    assert!(mails.iter().filter(|mail| mail.to.starts_with("race")).count() >= PEOPLE);
}
