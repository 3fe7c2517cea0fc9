//! GET /v1/users: filters, search, order and paging.

use rollcall_tests::system::{Caller, System};
use serde_json::{Value, json};

/// Last names in the order of all pages of that size, and how many pages there were.
async fn listed(system: &System, caller: &Caller, query: &str, limit: usize) -> (Vec<String>, usize) {
    let (mut names, mut pages, mut cursor) = (Vec::new(), 0, String::new());
    loop {
        let page = system.get(caller, format!("/v1/users?{query}&limit={limit}{cursor}")).await;
        assert_eq!(page.status, 200, "{query}: {page:?}");
        let items = page.json["items"].as_array().expect("items");
        assert!(items.len() <= limit, "{query}");
        names.extend(items.iter().map(|item| item["last_name"].as_str().unwrap_or_default().to_owned()));
        pages += 1;
        assert!(pages < 100, "{query}: the paging does not end");
        match page.json["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return (names, pages),
        }
    }
}

async fn add(
    system: &System,
    kind: &str,
    organization: Option<&str>,
    role: &str,
    first: &str,
    last: &str,
    email: &str,
) -> Value {
    let body = json!({
        "kind": kind, "organization_id": organization, "roles": [role],
        "first_name": first, "last_name": last, "email": email,
    });
    system.user(body).await.json
}

/// Two technicians beside the Root Master, five people in Acme, two in Beta; Coda is empty.
async fn people(system: &System) -> (String, String) {
    let all = system.get(&system.root(), "/v1/organizations").await;
    let acme = all.json["items"][0]["id"].as_str().expect("Acme").to_owned();
    let beta = system.organization("beta").await;
    system.organization("Coda").await;
    let user = "organization_user";
    for (kind, organization, role, first, last, email) in [
        ("technician", None, "technician", "Uma", "Zeta", "uma@tech.example"),
        ("technician", None, "system_administrator", "Tom", "Adler", "tom@tech.example"),
        ("end_user", Some(&acme), user, "Ana", "Silva", "ana.silva@acme.example"),
        ("end_user", Some(&acme), user, "Ana", "Anders", "second@acme.example"),
        ("end_user", Some(&acme), "organization_admin", "Bob", "Öz", "bob@acme.example"),
        ("end_user", Some(&acme), user, "Cid", "silver", "cid@acme.example"),
        ("end_user", Some(&acme), user, "Dora", "Miller", "dora@other.example"),
        ("end_user", Some(&beta), user, "Eve", "Silva", "eve@beta.example"),
        ("end_user", Some(&beta), user, "Zoe", "Berg", "zoe@beta.example"),
    ] {
        add(system, kind, organization.map(String::as_str), role, first, last, email).await;
    }
    (acme, beta)
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_is_listed_once_in_order_whatever_the_page_size() {
    let system = System::start(20).await;
    let (acme, beta) = people(&system).await;
    let root = system.root();
    let acme_people = ["Anders", "Miller", "Silva", "silver", "Öz"];
    let whole = ["Adler", "Root", "Zeta"].into_iter().chain(acme_people).chain(["Berg", "Silva"]).collect::<Vec<_>>();
    for limit in [1, 2, 3, 5, 7, 100] {
        assert_eq!(listed(&system, &root, "", limit).await.0, whole, "pages of {limit}");
    }
    for (name, query, wanted) in [
        ("one organization", format!("organization={acme}"), acme_people.to_vec()),
        ("the other", format!("organization={beta}"), vec!["Berg", "Silva"]),
        ("technicians", "kind=technician".into(), vec!["Adler", "Root", "Zeta"]),
        ("end users", "kind=end_user".into(), whole[3..].to_vec()),
        ("nobody is a member", "kind=member".into(), vec![]),
        ("a role", "role=organization_admin".into(), vec!["Öz"]),
        ("registered", "status=active".into(), vec!["Root"]),
        ("invited", "status=invited&kind=technician".into(), vec!["Adler", "Zeta"]),
        ("pending", format!("invitation=pending&organization={beta}"), vec!["Berg", "Silva"]),
        ("expired", "invitation=expired".into(), vec![]),
        ("the beginning of a first name", "q=an".into(), vec!["Anders", "Silva"]),
        ("of a last name in two organizations", "q=Silv".into(), vec!["Silva", "silver", "Silva"]),
        ("two words in any order", "q=silva+ana".into(), vec!["Silva"]),
        ("of an address", "q=dora%40oth".into(), vec!["Miller"]),
        ("of a domain", "q=tech".into(), vec!["Adler", "Zeta"]),
        ("of a folded letter", "q=%C3%B6Z".into(), vec!["Öz"]),
        ("the middle of a word", "q=ilva".into(), vec![]),
        ("punctuation only", "q=.-".into(), vec![]),
        ("search and filter", format!("q=silva&organization={beta}"), vec!["Silva"]),
        ("search and kind", "q=a&kind=technician".into(), vec!["Adler", "Root"]),
    ] {
        for limit in [1, 2, 50] {
            let (mut names, mut wanted) = (listed(&system, &root, &query, limit).await.0, wanted.clone());
            if query.contains("q=") {
                // A search is in the order of the words found, and within one in none.
                names.sort_unstable();
                wanted.sort_unstable();
            }
            assert_eq!(names, wanted, "{name}, pages of {limit}");
        }
    }

    system.server.advance("PT25H").await.expect("a clock");
    let expired = listed(&system, &root, "invitation=expired", 50).await.0;
    assert_eq!(expired, ["Adler", "Zeta"], "technicians have 24 hours");
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_longest_names_that_the_rules_take_are_listed_and_found() {
    let system = System::start(23).await;
    let root = system.root();
    for (name, letter, search) in [("four bytes", "\u{20000}", "%F0%A0%80%80"), ("folded to six", "ΐ", "%CE%90")] {
        let long = letter.repeat(150);
        let user =
            system.user(json!({"kind": "technician", "profile": "modern", "first_name": long, "last_name": long}));
        let id = user.await.text_of("id");
        for query in ["kind=technician".to_owned(), format!("q={search}")] {
            let page = system.get(&root, format!("/v1/users?{query}")).await;
            let found = page.json["items"].as_array().into_iter().flatten().any(|item| item["id"] == json!(id));
            assert!(found, "{name}, {query}: {page:?}");
        }
    }
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn values_that_mean_nothing_are_refused() {
    let system = System::start(21).await;
    let root = system.root();
    for _ in 0..3 {
        system.user(json!({"kind": "technician"})).await;
    }
    let first = system.get(&root, "/v1/users?kind=technician&limit=1").await;
    let cursor = first.text_of("next_cursor");
    for (name, query, outcome) in [
        ("a limit of none", "limit=0".to_owned(), (400, "parameter_not_valid")),
        ("a limit above the most", "limit=101".into(), (400, "parameter_not_valid")),
        ("a limit that is no number", "limit=ten".into(), (400, "parameter_not_valid")),
        ("an unknown kind", "kind=robot".into(), (400, "parameter_not_valid")),
        ("an unknown status", "status=Active".into(), (400, "parameter_not_valid")),
        ("an unknown role", "role=king".into(), (400, "parameter_not_valid")),
        ("an unknown delivery", "delivery=lost".into(), (400, "parameter_not_valid")),
        ("an unknown invitation", "invitation=open".into(), (400, "parameter_not_valid")),
        ("a search without end", format!("q={}", "a".repeat(201)), (400, "parameter_not_valid")),
        ("a cursor that is none", "cursor=abc".into(), (400, "parameter_not_valid")),
        ("a cursor of other filters", format!("kind=end_user&cursor={cursor}"), (400, "parameter_not_valid")),
        ("a cursor of another listing", format!("cursor={cursor}"), (400, "parameter_not_valid")),
        ("an organization that is none", "organization=acme".into(), (404, "organization_not_found")),
        (
            "an organization that is not there",
            "organization=org_00000000000000000000000000".into(),
            (404, "organization_not_found"),
        ),
        ("the cursor as it was", format!("kind=technician&limit=100&cursor={cursor}"), (200, "")),
    ] {
        let answer = system.get(&root, format!("/v1/users?{query}")).await;
        assert_eq!(answer.outcome(), outcome, "{name}: {answer:?}");
    }
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_becomes_visible_while_one_pages_stays_hidden_there() {
    let system = System::start(22).await;
    let root = system.root();
    let acme = system.get(&root, "/v1/organizations").await.json["items"][0]["id"].as_str().expect("Acme").to_owned();
    for (last, email) in [("Alpha", "a@acme.example"), ("Zulu", "z@acme.example")] {
        add(&system, "end_user", Some(&acme), "organization_user", "Old", last, email).await;
    }
    let first = system.get(&root, format!("/v1/users?organization={acme}&limit=1")).await;
    let cursor = first.text_of("next_cursor");

    let rows: Vec<_> = ["Bravo", "Yankee"]
        .iter()
        .map(|last| json!({"first_name": "New", "last_name": last, "email": format!("{last}@acme.example")}))
        .collect();
    let path = format!("/v1/imports?profile=end-user&organization={acme}&role=organization_user");
    let import = system.post(&root, path, json!({"rows": rows})).await;
    assert_eq!(import.status, 202, "{import:?}");
    let import = format!("/v1/imports/{}", import.text_of("id"));
    let finished = system
        .eventually(async || (system.get(&root, &import).await.json["status"] == json!("finished")).then_some(()))
        .await;
    assert!(finished.is_some(), "{:?}", system.get(&root, &import).await);

    let rest = system.get(&root, format!("/v1/users?organization={acme}&limit=50&cursor={cursor}")).await;
    let names: Vec<_> = rest.json["items"].as_array().into_iter().flatten().map(|item| &item["last_name"]).collect();
    assert_eq!(names, ["Zulu"], "the paging goes on as it began");
    let anew = listed(&system, &root, &format!("organization={acme}"), 50).await.0;
    assert_eq!(anew, ["Alpha", "Bravo", "Yankee", "Zulu"]);
    let counts = system.get(&root, "/v1/organizations").await.json["items"][0]["counts"].clone();
    assert_eq!(counts, json!({"users": 4, "active": 0}));
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_filter_finds_whom_it_means_after_whatever_happened_to_them() {
    let system = System::start(24).await;
    let root = system.root();
    let (acme, beta) = people(&system).await;
    let new = async |list: &str, body: Value| {
        let made = system.post(&root, format!("/v1/{list}?organization={acme}"), body).await;
        assert_eq!(made.status, 201, "{made:?}");
        made.text_of("id")
    };
    let team = new("groups", json!({"name": "Team", "active": true})).await;
    let other = new("groups", json!({"name": "Other", "active": true})).await;
    let id_of = async |last: &str| {
        let found = system.get(&root, format!("/v1/users?organization={acme}&q={last}")).await;
        found.json["items"][0]["id"].as_str().unwrap_or_else(|| panic!("no {last}: {found:?}")).to_owned()
    };
    let patch = async |id: &str, change: Value| {
        let path = format!("/v1/users/{id}");
        let version = system.get(&root, &path).await.headers["etag"].clone();
        let request = rollcall_tests::system::Request::new("PATCH", path).header("if-match", version).json(&change);
        let changed = system.send(&root, request).await;
        assert_eq!(changed.status, 200, "{changed:?}");
    };
    let (anders, miller, silva) = (id_of("anders").await, id_of("miller").await, id_of("silva").await);
    patch(&anders, json!({"groups": [team, other]})).await;
    patch(&miller, json!({"groups": [team], "roles": ["organization_admin"]})).await;
    patch(&silva, json!({"groups": [team]})).await;
    patch(&silva, json!({"groups": [other]})).await;
    let off = system.post(&root, format!("/v1/users/{miller}/deactivate"), json!({})).await;
    assert_eq!(off.status, 200, "{off:?}");
    for (name, query, wanted) in [
        ("a group", format!("group={team}"), vec!["Anders", "Miller"]),
        ("the other group", format!("group={other}"), vec!["Anders", "Silva"]),
        ("a group in another organization", format!("group={team}&organization={beta}"), vec![]),
        ("a role", format!("role=organization_admin&organization={acme}"), vec!["Miller", "Öz"]),
        ("deactivated", "status=deactivated".into(), vec!["Miller"]),
        ("group and status", format!("group={team}&status=deactivated"), vec!["Miller"]),
        ("group and search", format!("group={team}&q=and"), vec!["Anders"]),
        ("role and short search", "role=organization_admin&q=m".into(), vec!["Miller"]),
        (
            "against the order",
            format!("organization={acme}&sort=-name"),
            vec!["Öz", "silver", "Silva", "Miller", "Anders"],
        ),
        (
            "a role against the order",
            format!("role=organization_admin&organization={acme}&sort=-name"),
            vec!["Öz", "Miller"],
        ),
    ] {
        for limit in [1, 2, 50] {
            assert_eq!(listed(&system, &root, &query, limit).await.0, wanted, "{name}, pages of {limit}");
        }
    }

    // A new name moves them in every index, and a new organization of the same role finds nobody twice.
    patch(&anders, json!({"last_name": "Zander"})).await;
    assert_eq!(listed(&system, &root, &format!("group={team}"), 1).await.0, ["Miller", "Zander"]);

    // Mail that did not arrive, and a new address.
    let mail = system
        .eventually(async || {
            let mails = system.server.outbox().list(&rollcall_dev_server::MailFilter::default()).unwrap_or_default();
            mails.into_iter().find(|mail| mail.to == "cid@acme.example")
        })
        .await
        .expect("an invitation");
    let played = system.server.play_mail_event(&mail.id, rollcall_dev_server::MailEventKind::Bounced).await;
    assert!(played.is_ok_and(|known| known));
    for (name, query) in
        [("bounced", "delivery=bounced"), ("bounced, with a role", "delivery=bounced&role=organization_user")]
    {
        assert_eq!(listed(&system, &root, query, 50).await.0, ["silver"], "{name}");
    }
    assert_eq!(listed(&system, &root, "delivery=complained", 50).await.0, [""; 0]);
    patch(&id_of("silver").await, json!({"email": "cid2@acme.example"})).await;
    assert_eq!(listed(&system, &root, "delivery=bounced", 50).await.0, [""; 0], "invited again at another address");

    for (name, query, outcome) in [
        ("by a moment", "sort=created", (400, "parameter_not_supported")),
        ("by nothing", "sort=shoe", (400, "parameter_not_valid")),
        ("no group", "group=team", (400, "parameter_not_valid")),
    ] {
        assert_eq!(system.get(&root, format!("/v1/users?{query}")).await.outcome(), outcome, "{name}");
    }
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_filtered_list_is_exported_with_names_and_can_be_imported_again() {
    let system = System::start(25).await;
    let root = system.root();
    let (acme, _) = people(&system).await;
    let phone = json!({
        "kind": "end_user", "organization_id": acme, "roles": ["organization_admin"], "phone": "+4915112345678",
        "first_name": "Pho", "last_name": "Ne", "email": "phone@acme.example",
    });
    system.user(phone).await;
    let csv = system.get(&root, format!("/v1/users/export?organization={acme}&role=organization_admin")).await;
    assert_eq!(csv.status, 200, "{csv:?}");
    assert!(csv.headers["content-disposition"].contains("users.csv"));
    assert!(!csv.headers.contains_key("rollcall-next-cursor"), "all of it");
    let lines: Vec<&str> = csv.text.trim_start_matches('\u{feff}').lines().collect();
    assert!(lines[0].starts_with("First Name,Last Name,Email,Username,Phone,Role,Groups,Site,"), "{}", lines[0]);
    assert_eq!(lines.len(), 3, "{csv:?}");
    assert!(lines[1].starts_with("Pho,Ne,phone@acme.example,,'+4915112345678,Organization Admin,,HQ,"), "{}", lines[1]);
    assert!(lines[2].contains("Acme,end_user,invited,not_enrolled,pending,"), "{}", lines[2]);

    let again = rollcall_tests::system::Request::new(
        "POST",
        format!("/v1/imports?profile=modern&kind=end_user&organization={acme}&dry_run=true"),
    )
    .body("text/csv", csv.text.clone().into_bytes());
    let again = system.send(&root, again).await;
    assert_eq!(again.status, 200, "{again:?}");
    assert!(again.text.contains("already_exists"), "the importer reads what was exported: {again:?}");

    let path = "/v1/users/export?format=xlsx&kind=technician";
    let media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    let request = rollcall_tests::system::Request::new("GET", path).header("accept", media_type);
    let workbook = system.send(&root, request).await;
    assert_eq!(workbook.status, 200);
    assert!(workbook.text.starts_with("PK"), "a zip archive");
    system.server.stop().await;
}
