//! The five lists that an organization keeps, and what its people are given of them: through the real handlers
//! against the local system.

use rollcall_tests::system::{Answer, Request, System};
use serde_json::{Value, json};

async fn acme(system: &System) -> String {
    let organizations = system.get(&system.root(), "/v1/organizations").await;
    organizations.json["items"][0]["id"].as_str().expect("Acme").to_owned()
}

/// An organization, and whoever asks about its lists.
struct Lists<'a> {
    system: &'a System,
    organization: String,
}

impl Lists<'_> {
    async fn post(&self, list: &str, body: Value) -> Answer {
        self.system.post(&self.system.root(), format!("/v1/{list}?organization={}", self.organization), body).await
    }

    async fn made(&self, list: &str, body: Value) -> Answer {
        let made = self.post(list, body).await;
        assert_eq!(made.status, 201, "{made:?}");
        made
    }

    fn path(&self, list: &str, entry: &Answer) -> String {
        format!("/v1/{list}/{}?organization={}", entry.text_of("id"), self.organization)
    }

    async fn patch(&self, list: &str, entry: &Answer, body: Value) -> Answer {
        let version = entry.json["version"].to_string();
        let request = Request::new("PATCH", self.path(list, entry)).header("if-match", format!("\"{version}\""));
        self.system.send(&self.system.root(), request.json(&body)).await
    }

    async fn delete(&self, list: &str, entry: &Answer) -> Answer {
        self.system.send(&self.system.root(), Request::new("DELETE", self.path(list, entry))).await
    }

    async fn get(&self, list: &str, query: &str) -> Answer {
        let path = format!("/v1/{list}?organization={}{query}", self.organization);
        self.system.get(&self.system.root(), path).await
    }

    async fn user(&self, body: Value) -> Answer {
        let mut whole =
            json!({"kind": "end_user", "organization_id": self.organization, "roles": ["organization_user"]});
        for (name, value) in body.as_object().into_iter().flatten() {
            whole[name] = value.clone();
        }
        self.system.user(whole).await
    }

    async fn patch_user(&self, id: &str, body: Value) -> Answer {
        let path = format!("/v1/users/{id}");
        let version = self.system.get(&self.system.root(), &path).await.json["version"].to_string();
        let request = Request::new("PATCH", path).header("if-match", format!("\"{version}\"")).json(&body);
        self.system.send(&self.system.root(), request).await
    }

    async fn modules(&self, id: &str) -> Value {
        self.system.get(&self.system.root(), format!("/v1/users/{id}")).await.json["modules"].clone()
    }
}

fn names(answer: &Answer) -> Vec<String> {
    let items = answer.json["items"].as_array().into_iter().flatten();
    items.filter_map(|item| item["name"].as_str().map(str::to_owned)).collect()
}

fn codes(answer: &Answer) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let errors = answer.json["errors"].as_array().into_iter().flatten();
    errors.map(|error| (text(&error["field"]), text(&error["code"]))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_list_takes_names_of_its_own_and_gives_them_back_in_order() {
    let system = System::start(80).await;
    let lists = Lists { system: &system, organization: acme(&system).await };
    for list in ["groups", "sites", "properties", "courses", "services"] {
        let first = lists.made(list, json!({"name": " north "})).await;
        lists.made(list, json!({"name": "East"})).await;
        let third = lists.made(list, json!({"name": "South"})).await;
        assert_eq!(first.json["name"], "north", "{list}");
        assert_eq!(lists.post(list, json!({"name": "north"})).await.outcome(), (409, "name_taken"), "{list}");
        assert_eq!(names(&lists.get(list, "").await), ["East", "north", "South"], "{list}");
        let page = lists.get(list, "&limit=2").await;
        assert_eq!(names(&page), ["East", "north"], "{list}");
        let cursor = page.text_of("next_cursor");
        let rest = lists.get(list, &format!("&limit=2&cursor={cursor}")).await;
        assert_eq!((names(&rest), &rest.json["next_cursor"]), (vec!["South".to_owned()], &Value::Null), "{list}");

        let renamed = lists.patch(list, &third, json!({"name": "West"})).await;
        assert_eq!((renamed.status, &renamed.json["version"]), (200, &json!(2)), "{list}: {renamed:?}");
        assert_eq!(lists.patch(list, &third, json!({"name": "X"})).await.outcome(), (412, "version_conflict"));
        assert_eq!(lists.patch(list, &renamed, json!({"name": "East"})).await.outcome(), (409, "name_taken"));
        assert_eq!(lists.delete(list, &renamed).await.status, 204, "{list}");
        assert_eq!(lists.delete(list, &renamed).await.outcome(), (404, "entry_not_found"), "{list}");
        // A name that was given up, by another name or by being deleted, is free.
        for name in ["South", "West"] {
            lists.made(list, json!({"name": name})).await;
        }
    }
    // Case counts, and so does the list.
    lists.made("groups", json!({"name": "North"})).await;
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_entry_is_refused() {
    let system = System::start(81).await;
    let lists = Lists { system: &system, organization: acme(&system).await };
    let choices: Vec<String> = (0..101).map(|n| format!("Choice {n}")).collect();
    for (name, list, body, wanted) in [
        ("no name", "groups", json!({"name": ""}), ("name", "name_missing")),
        ("a name too long", "courses", json!({"name": "x".repeat(151)}), ("name", "name_too_long")),
        ("headquarters", "sites", json!({"name": "HQ"}), ("name", "name_reserved")),
        ("headquarters in another case", "sites", json!({"name": "hq"}), ("name", "name_reserved")),
        ("modules of a site", "sites", json!({"name": "A", "modules": ["x"]}), ("modules", "field_unknown")),
        ("a type of a group", "groups", json!({"name": "A", "type": "text"}), ("type", "field_unknown")),
        ("an unknown type", "properties", json!({"name": "A", "type": "colour"}), ("type", "type_unknown")),
        ("no choices", "properties", json!({"name": "A", "type": "choice"}), ("choices", "choices_missing")),
        ("choices of a text", "properties", json!({"name": "A", "choices": ["x"]}), ("choices", "field_unknown")),
        (
            "too many choices",
            "properties",
            json!({"name": "A", "type": "list", "choices": choices}),
            ("choices", "too_many"),
        ),
        ("a key that is none", "properties", json!({"name": "A", "key": "Cost Center"}), ("key", "key_not_valid")),
        ("a name without a key", "properties", json!({"name": "番号"}), ("key", "key_not_valid")),
    ] {
        let answer = lists.post(list, body).await;
        assert_eq!(answer.outcome(), (422, "row_refused"), "{name}: {answer:?}");
        assert_eq!(codes(&answer), [(wanted.0.to_owned(), wanted.1.to_owned())], "{name}");
    }
    let property = lists.made("properties", json!({"name": "Cost center", "key": "cc"})).await;
    let twice = lists.post("properties", json!({"name": "Another", "key": "cc"})).await;
    assert_eq!(twice.outcome(), (409, "name_taken"), "a key is somebody's too");
    for (name, body) in [("key", json!({"key": "x"})), ("type", json!({"type": "number"})), ("id", json!({"id": "x"}))]
    {
        let answer = lists.patch("properties", &property, body).await;
        assert_eq!(answer.outcome(), (400, "body_not_json"), "{name} never changes");
    }
    let root = system.root();
    for (path, wanted) in [
        ("/v1/groups".to_owned(), (400, "organization_required")),
        ("/v1/groups?organization=x".to_owned(), (404, "organization_not_found")),
        (format!("/v1/planets?organization={}", lists.organization), (404, "route_not_found")),
        ("/v1/users".to_owned(), (200, "")),
        ("/v1/permissions".to_owned(), (200, "")),
    ] {
        assert_eq!(system.get(&root, &path).await.outcome(), wanted, "{path}");
    }
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn active_groups_grant_their_modules_at_once() {
    let system = System::start(82).await;
    let lists = Lists { system: &system, organization: acme(&system).await };
    let day = lists.made("groups", json!({"name": "Day", "modules": ["mail", "crm", "mail"]})).await;
    let night = lists.made("groups", json!({"name": "Night", "modules": ["erp"], "active": false})).await;
    lists.made("groups", json!({"name": "Other", "modules": ["hr"]})).await;
    assert_eq!((&day.json["active"], &day.json["modules"]), (&json!(true), &json!(["crm", "mail"])));

    let body = json!({"groups": ["Day", night.text_of("id")]});
    let user = lists.user(body).await;
    assert_eq!(user.json["groups"], json!([day.json["id"], night.json["id"]]));
    assert_eq!(user.json["modules"], Value::Null, "only where one is asked for");
    let id = user.text_of("id");
    assert_eq!(lists.modules(&id).await, json!(["crm", "mail"]));
    let night = lists.patch("groups", &night, json!({"active": true})).await;
    assert_eq!(lists.modules(&id).await, json!(["crm", "erp", "mail"]), "on activation, at once");
    lists.patch("groups", &night, json!({"active": false})).await;
    assert_eq!(lists.modules(&id).await, json!(["crm", "mail"]));
    let all = lists.patch_user(&id, json!({"all_module_access": true})).await;
    assert_eq!(all.status, 200, "{all:?}");
    assert_eq!(lists.modules(&id).await, json!(["crm", "erp", "hr", "mail"]));

    let member = json!({"kind": "member", "profile": "modern", "organization_id": lists.organization,
        "roles": ["master"], "groups": ["Day"]});
    let member = system.user(member).await;
    assert_eq!(member.json["all_module_access"], true, "masters have all, until it is deselected");
    let member = member.text_of("id");
    assert_eq!(lists.modules(&member).await, json!(["crm", "erp", "hr", "mail"]));
    lists.patch_user(&member, json!({"all_module_access": false})).await;
    assert_eq!(lists.modules(&member).await, json!(["crm", "mail"]));
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_sees_ones_own_modules_whatever_they_come_from() {
    let system = System::start(87).await;
    let lists = Lists { system: &system, organization: acme(&system).await };
    for (name, module) in [("Day", "crm"), ("Night", "erp"), ("Other", "hr")] {
        lists.made("groups", json!({"name": name, "modules": [module]})).await;
    }
    let body = json!({"kind": "end_user", "organization_id": lists.organization, "roles": ["organization_user"],
        "groups": ["Day", "Night"]});
    let person = system.person(body).await;
    let seen = async |wanted: Value| {
        let me = system.get(&person.caller, "/v1/me").await;
        assert_eq!(me.json["user"]["modules"], wanted, "{me:?}");
        let request = Request::new("PATCH", "/v1/me").header("if-match", me.headers["etag"].clone());
        let changed = system.send(&person.caller, request.json(&json!({"idle_minutes": 30}))).await;
        assert_eq!(changed.json["user"]["modules"], wanted, "{changed:?}");
    };
    seen(json!(["crm", "erp"])).await;
    assert_eq!(lists.patch_user(&person.id, json!({"all_module_access": true})).await.status, 200);
    seen(json!(["crm", "erp", "hr"])).await;
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_has_is_not_deleted() {
    let system = System::start(83).await;
    let lists = Lists { system: &system, organization: acme(&system).await };
    let desk = json!({"name": "Desk", "type": "number"});
    let entries = [
        ("groups", lists.made("groups", json!({"name": "Day"})).await),
        ("sites", lists.made("sites", json!({"name": "Berlin"})).await),
        ("courses", lists.made("courses", json!({"name": "Safety"})).await),
        ("services", lists.made("services", json!({"name": "Office"})).await),
        ("properties", lists.made("properties", desk).await),
    ];
    let given = json!({"groups": ["Day"], "site": "Berlin", "courses": ["Safety"], "services": ["Office"],
        "properties": {"desk": 12}});
    let user = lists.user(given.clone()).await;
    assert_eq!(user.json["properties"], json!({"desk": 12}));
    let other = lists.user(given).await;
    for (list, entry) in &entries {
        assert_eq!(lists.delete(list, entry).await.outcome(), (409, "entry_in_use"), "{list}");
        let stays = lists.patch(list, entry, json!({})).await;
        assert_eq!(stays.status, 200, "{list}: nothing is left of the attempt: {stays:?}");
    }
    let nothing = json!({"groups": [], "site": null, "courses": [], "services": [], "properties": {"desk": null}});
    let freed = lists.patch_user(&user.text_of("id"), nothing.clone()).await;
    assert_eq!(freed.status, 200, "{freed:?}");
    let (list, entry) = &entries[0];
    assert_eq!(lists.delete(list, entry).await.outcome(), (409, "entry_in_use"), "one of two has it still");
    assert_eq!(lists.patch_user(&other.text_of("id"), nothing).await.status, 200);
    assert_eq!((&freed.json["site"], &freed.json["properties"]), (&Value::Null, &json!({})));
    for (list, entry) in &entries {
        assert_eq!(lists.delete(list, entry).await.status, 204, "{list}");
    }
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_is_never_given_and_deleted_at_once() {
    let system = System::start(84).await;
    let lists = Lists { system: &system, organization: acme(&system).await };
    let user = lists.user(json!({})).await.text_of("id");
    for round in 0..12 {
        let group = lists.made("groups", json!({"name": format!("Group {round}")})).await;
        let give = lists.patch_user(&user, json!({"groups": [group.json["id"]]}));
        let (given, deleted) = futures_util::future::join(give, lists.delete("groups", &group)).await;
        let there = names(&lists.get("groups", "").await).contains(&format!("Group {round}"));
        match (given.status, deleted.status) {
            (200, 409) => assert!(there, "round {round}"),
            (409 | 422, 204) => assert!(!there, "round {round}"),
            other => panic!("round {round}: {other:?}: {given:?} {deleted:?}"),
        }
    }
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn properties_have_values_of_their_type() {
    let system = System::start(85).await;
    let lists = Lists { system: &system, organization: acme(&system).await };
    let colours = json!(["Red", "Blue"]);
    for body in [
        json!({"name": "Note"}),
        json!({"name": "Desk", "type": "number"}),
        json!({"name": "Born", "type": "date"}),
        json!({"name": "Parking", "type": "yes_no"}),
        json!({"name": "Badges", "type": "list", "choices": colours}),
    ] {
        lists.made("properties", body).await;
    }
    let colour = lists.made("properties", json!({"name": "Colour", "type": "choice", "choices": colours})).await;
    let user = lists.user(json!({"properties": {"colour": "Red"}})).await.text_of("id");
    let good = json!({"note": "by the door", "desk": 1.5, "born": "1990-02-28", "parking": false, "badges": ["Blue"]});
    let changed = lists.patch_user(&user, json!({"properties": good})).await;
    assert_eq!(changed.status, 200, "{changed:?}");
    let mut wanted = good.clone();
    wanted["colour"] = json!("Red");
    assert_eq!(changed.json["properties"], wanted, "what is not named stays");
    for (name, value, code) in [
        ("note", json!(1), "property_not_text"),
        ("desk", json!("12"), "property_not_number"),
        ("born", json!("28.02.1990"), "property_not_date"),
        ("parking", json!("yes"), "property_not_yes_no"),
        ("colour", json!("Green"), "property_not_choice"),
        ("badges", json!("Red"), "property_not_list"),
    ] {
        let answer = lists.patch_user(&user, json!({"properties": {name: value}})).await;
        assert_eq!(codes(&answer), [(format!("properties.{name}"), code.to_owned())], "{answer:?}");
    }
    let unknown = lists.patch_user(&user, json!({"properties": {"shoe": 44}})).await;
    assert_eq!(codes(&unknown), [("properties".to_owned(), "property_unknown".to_owned())]);
    assert!(unknown.text.contains("badges, born, colour, desk, note, parking"), "{unknown:?}");

    // A choice that is offered no more stays with who has it, and nobody else gets it.
    let colour = lists.patch("properties", &colour, json!({"choices": ["Blue", "Green"]})).await;
    assert_eq!(colour.status, 200, "{colour:?}");
    let kept = lists.patch_user(&user, json!({"first_name": "Eva", "properties": {"colour": "Red"}})).await;
    assert_eq!((kept.status, &kept.json["properties"]["colour"]), (200, &json!("Red")), "{kept:?}");
    let moved = lists.patch_user(&user, json!({"properties": {"colour": "Green"}})).await;
    assert_eq!(moved.json["properties"]["colour"], "Green");
    let back = lists.patch_user(&user, json!({"properties": {"colour": "Red"}})).await;
    assert_eq!(back.outcome(), (422, "row_refused"));
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_names_are_refused_with_the_known_ones() {
    let system = System::start(86).await;
    let lists = Lists { system: &system, organization: acme(&system).await };
    let elsewhere = Lists { system: &system, organization: system.organization("Beta").await };
    lists.made("groups", json!({"name": "Day"})).await;
    lists.made("sites", json!({"name": "Berlin"})).await;
    let foreign = elsewhere.made("groups", json!({"name": "Foreign"})).await;
    let user = lists.user(json!({})).await.text_of("id");
    for (name, body, field, code, known) in [
        ("another case", json!({"groups": ["day"]}), "groups", "group_unknown", "Day"),
        ("another organization's", json!({"groups": [foreign.json["id"]]}), "groups", "group_unknown", "Day"),
        ("an unknown site", json!({"site": "Paris"}), "site", "site_unknown", "HQ, Berlin"),
        ("no course at all", json!({"courses": ["Safety"]}), "courses", "course_unknown", "no courses"),
        ("no service at all", json!({"services": ["Office"]}), "services", "service_unknown", "no services"),
    ] {
        let answer = lists.patch_user(&user, body).await;
        assert_eq!(codes(&answer), [(field.to_owned(), code.to_owned())], "{name}: {answer:?}");
        assert!(answer.text.contains(known) && !answer.text.contains("Foreign"), "{name}: {answer:?}");
    }
    for site in ["HQ", "hq"] {
        let answer = lists.patch_user(&user, json!({"site": site})).await;
        assert_eq!((answer.status, &answer.json["site"]), (200, &Value::Null), "{site}");
    }
    let technician = json!({"kind": "technician", "groups": ["Day"], "first_name": "Tea", "last_name": "Cher",
        "email": "tea@example.org"});
    let answer = system.post(&system.root(), "/v1/users", technician).await;
    assert_eq!(codes(&answer), [("groups".to_owned(), "group_unknown".to_owned())], "technicians have no lists");
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn imports_name_what_the_organization_has() {
    let system = System::start(87).await;
    let root = system.root();
    let lists = Lists { system: &system, organization: acme(&system).await };
    let day = lists.made("groups", json!({"name": "Day"})).await;
    lists.made("properties", json!({"name": "Desk number", "type": "number"})).await;
    let role = json!({"name": "Night shift", "kind": "end_user", "organization_id": lists.organization,
        "permissions": ["users.read"]});
    let role = system.post(&root, "/v1/roles", role).await.text_of("id");

    let profile = system.get(&root, format!("/v1/import-profiles/end-user?organization={}", lists.organization)).await;
    for name in ["Night shift", "Day", "Desk number", "desk_number"] {
        assert!(profile.text.contains(&format!("\"{name}\"")), "{name} is none of the effective profile's");
    }
    let path = format!("/v1/imports?profile=end-user&organization={}", lists.organization);
    let import = async |rows: &str| {
        let sheet = format!("First Name\tLast Name\tEmail\tRole\tGroups\tProperties\n{rows}\n");
        system.send(&root, Request::new("POST", &path).body("text/tab-separated-values", sheet)).await
    };
    for (name, row, code) in [
        ("an unknown role", "Ana\tSilva\ta@example.org\tDay shift\tDay\t", "role_unknown"),
        ("an unknown group", "Ana\tSilva\ta@example.org\tNight shift\tLate\t", "group_unknown"),
        ("an unknown property", "Ana\tSilva\ta@example.org\tNight shift\tDay\tShoe=44", "property_unknown"),
        ("a text for a number", "Ana\tSilva\ta@example.org\tNight shift\tDay\tDesk number=x", "property_not_number"),
    ] {
        let answer = import(row).await;
        assert_eq!(answer.outcome(), (422, "import_refused"), "{name}: {answer:?}");
        assert!(answer.text.contains(&format!("\"{code}\"")), "{name}: {answer:?}");
    }
    let started = import("Ana\tSilva\tana@example.org\tNight shift\tDay\tDesk number=12").await;
    assert_eq!(started.status, 202, "{started:?}");
    let head = format!("/v1/imports/{}", started.text_of("id"));
    let finished = system
        .eventually(async || (system.get(&root, &head).await.json["status"] == json!("finished")).then_some(()))
        .await;
    assert!(finished.is_some(), "the import does not finish");
    let found = system.get(&root, "/v1/users?q=ana@example.org").await;
    let user = &found.json["items"][0];
    assert_eq!(user["roles"], json!([role]));
    assert_eq!(user["groups"], json!([day.json["id"]]));
    assert_eq!(user["properties"], json!({"desk_number": 12}));
    assert_eq!(lists.delete("groups", &day).await.outcome(), (409, "entry_in_use"), "imported people have it too");
    system.server.stop().await;
}
