//! Import profiles: what the built-in ones make of sheets, with which first credentials, and custom ones. Through the
//! real handlers against the local system.

use aws_sdk_dynamodb::types::AttributeValue;
use rollcall_dev_server::{MailFilter, Message};
use rollcall_tests::imports::{imported, paste, report, server_issues, settled, users};
use rollcall_tests::system::{Answer, Caller, Request, System};
use serde_json::{Value, json};

const GIVEN: &str = "a phrase that was given";
const OWN: &str = "a phrase of one's own";

async fn sent(system: &System, caller: &Caller, query: &str, sheet: &str) -> Answer {
    let request = Request::new("POST", format!("/v1/imports?{query}")).body("text/csv", sheet);
    system.send(caller, request).await
}

async fn entry(system: &System, organization: &str, list: &str, name: &str) -> String {
    let path = format!("/v1/{list}?organization={organization}");
    system.post(&system.root(), path, json!({"name": name})).await.text_of("id")
}

async fn change_organization(system: &System, id: &str, changes: Value) {
    let path = format!("/v1/organizations/{id}");
    let version = system.get(&system.root(), &path).await.headers["etag"].clone();
    let request = Request::new("PATCH", path).header("if-match", version).json(&changes);
    let changed = system.send(&system.root(), request).await;
    assert_eq!(changed.status, 200, "{changed:?}");
}

/// The one user whose address that is.
async fn user(system: &System, email: &str) -> Value {
    let found = users(system, &format!("q={email}")).await;
    assert_eq!(found.len(), 1, "{email}: {found:?}");
    found[0].clone()
}

fn mails(system: &System, to: &str) -> Vec<Message> {
    system.server.outbox().list(&MailFilter { to: Some(to.to_owned()), limit: None }).expect("the outbox")
}

/// The line of a mail that begins so.
fn fact(mail: &Message, name: &str) -> String {
    let mut lines = mail.text.lines().map(str::trim);
    let line = lines.find_map(|line| line.strip_prefix(&format!("{name}: ")));
    line.unwrap_or_else(|| panic!("no {name} in {}", mail.text)).to_owned()
}

async fn sign_in(system: &System, name: &str, password: &str) -> Answer {
    system.post(&Caller::Nobody, "/v1/sessions", json!({"email": name, "password": password})).await
}

/// Signs in with a first password and chooses another; what comes next is answered.
async fn first_sign_in(system: &System, name: &str, password: &str) -> Value {
    let step = sign_in(system, name, password).await;
    assert_eq!((step.status, &step.json["next"]), (200, &json!("change_password")), "{step:?}");
    let session = step.session().expect("a session");
    let chosen = system.post(&session, "/v1/sessions/password", json!({"password": OWN})).await;
    assert_eq!(chosen.status, 200, "{chosen:?}");
    chosen.json["next"].clone()
}

/// Everything that stands in the table, as text.
async fn everything(system: &System) -> String {
    let table = aws_sdk_dynamodb::Client::new(system.server.operator());
    let (mut text, mut start) = (String::new(), None);
    loop {
        let page = table.scan().table_name(system.server.table()).set_exclusive_start_key(start).send().await;
        let page = page.expect("the table");
        text.extend(page.items().iter().map(|item| format!("{item:?}\n")));
        start = page.last_evaluated_key().cloned();
        if start.is_none() {
            return text;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn portal_users_have_a_type_and_a_site_and_are_invited_if_that_is_wanted() {
    let system = System::start(1).await;
    let acme = system.organization("Nordwind").await;
    let lyon = entry(&system, &acme, "sites", "Lyon").await;
    let query = format!("profile=portal-user&organization={acme}");
    let sheet =
        "User name*,Email*,User type,Site\nAna Díaz 2,ana@example.org,Privileged,Lyon\nDesk,desk@example.org,,\n";
    let import = imported(&system, &query, sheet).await;
    assert_eq!(import["counts"]["imported"], 2, "{import}");
    let ana = user(&system, "ana@example.org").await;
    assert_eq!(
        (&ana["kind"], &ana["first_name"], &ana["last_name"]),
        (&json!("end_user"), &json!("Ana Díaz 2"), &json!(""))
    );
    assert_eq!((&ana["roles"], &ana["site"]), (&json!(["privileged"]), &json!(lyon)));
    assert_eq!((&ana["status"], &ana["invitation"]), (&json!("created"), &Value::Null), "not invited unless asked");
    let desk = user(&system, "desk@example.org").await;
    assert_eq!((&desk["roles"], &desk["site"]), (&json!(["standard"]), &Value::Null), "Standard, and HQ");
    let later = system
        .post(&system.root(), format!("/v1/users/{}/send-invitation", desk["id"].as_str().unwrap()), json!({}))
        .await;
    assert_eq!(later.status, 200, "{later:?}");

    imported(&system, &format!("{query}&invite=true"), "User name,Email\nBo,bo@example.org\n").await;
    let bo = user(&system, "bo@example.org").await;
    assert_eq!((&bo["status"], &bo["invitation"]["valid_hours"]), (&json!("invited"), &json!(14 * 24)));

    let unknown = sent(&system, &system.root(), &query, "User name,Email,Site\nCy,cy@example.org,Paris\n").await;
    assert_eq!(unknown.outcome(), (422, "import_refused"));
    let issue = &unknown.json["report"]["rows"][0]["issues"][0];
    assert_eq!((&issue["code"], &issue["params"]["known"]), (&json!("site_unknown"), &json!(["HQ", "Lyon"])));
    for (name, more, wanted) in [
        ("another mode", "&mode=partial", (400, "parameter_not_valid")),
        ("a role of others", "&role=organization_admin", (400, "parameter_not_valid")),
        ("passwords", "&credentials=generate_and_mail", (422, "credential_mode_not_allowed")),
        ("an unknown way", "&credentials=letter", (422, "credential_mode_unknown")),
    ] {
        let answer =
            sent(&system, &system.root(), &format!("{query}{more}"), "User name,Email\nCy,cy@example.org\n").await;
        assert_eq!(answer.outcome(), wanted, "{name}: {answer:?}");
    }
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn members_have_groups_and_one_role_and_set_up_a_second_factor() {
    let system = System::start(2).await;
    let acme = system.organization("Nordwind").await;
    let (day, night) =
        (entry(&system, &acme, "groups", "Day").await, entry(&system, &acme, "groups", "Night; late").await);
    let course = entry(&system, &acme, "courses", "Safety").await;
    let query = format!("profile=member&organization={acme}");
    let sheet = "Username,Email,Role,Groups,First Name,Last Name,Courses\n\
        ana,ana@example.org,User,Day,Ana,O'Brien,Safety\n\
        bo@example.org,bo@example.org,Master,Night; late,Bo,Li,\n\
        cy,cy@example.org,User,day,Cy,Li,\n\
        dee,dee@example.org,Root Master,Day,Dee,Li,\n";
    let import = imported(&system, &query, sheet).await;
    assert_eq!(
        (&import["mode"], &import["counts"]["imported"], &import["counts"]["failed"]),
        (&json!("partial"), &json!(2), &json!(2))
    );
    let ana = user(&system, "ana@example.org").await;
    assert_eq!((&ana["kind"], &ana["username"], &ana["roles"]), (&json!("member"), &json!("ana"), &json!(["user"])));
    assert_eq!((&ana["groups"], &ana["courses"]), (&json!([day]), &json!([course])));
    assert_eq!((&ana["status"], &ana["invitation"]["valid_hours"]), (&json!("invited"), &json!(14 * 24)));
    let bo = user(&system, "bo@example.org").await;
    assert_eq!((&bo["username"], &bo["groups"]), (&json!("bo@example.org"), &json!([night])));
    let read = system.get(&system.root(), format!("/v1/users/{}", bo["id"].as_str().unwrap())).await;
    assert_eq!(read.json["all_module_access"], true, "Masters have all modules");
    system.server.advance("PT5M").await.expect("a duration");
    let link = system.invitation_path("ana@example.org").await;
    let accepted = system.post(&Caller::Nobody, format!("{link}/accept"), json!({"password": OWN})).await;
    assert_eq!(accepted.json["next"], "enrol_mfa", "{accepted:?}");
    let found = report(&system, import["id"].as_str().unwrap()).await;
    let codes: Vec<&Value> =
        found["report"]["rows"].as_array().unwrap().iter().map(|row| &row["issues"][0]["code"]).collect();
    assert_eq!(codes, [&json!("group_unknown"), &json!("role_unknown")], "case counts, and nobody becomes Root Master");
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn among_members_only_masters_import_others() {
    let system = System::start(3).await;
    let root = system.root();
    let acme = system.organization("Nordwind").await;
    entry(&system, &acme, "groups", "Day").await;
    let role = json!({"name": "Helper", "kind": "member", "organization_id": acme, "permissions": ["imports.read", "imports.write", "users.write", "users.read"]});
    let helper = system.post(&root, "/v1/roles", role).await.text_of("id");
    let member = |roles: Value, profile: &str| json!({"kind": "member", "organization_id": acme, "roles": roles, "profile": profile});
    let master = system.person(member(json!(["master"]), "member")).await.caller;
    let billing = system.person(member(json!(["billing"]), "member")).await.caller;
    let helping = system.person(member(json!([helper]), "modern")).await.caller;
    let query = format!("profile=member&organization={acme}");
    let sheet = |name: &str| {
        format!("Username,Email,Role,Groups,First Name,Last Name\n{name},{name}@example.org,User,Day,Ana,Li\n")
    };
    for (name, caller, wanted) in
        [("a master", &master, 202), ("billing", &billing, 403), ("another with the permission", &helping, 403)]
    {
        let answer = sent(&system, caller, &query, &sheet(&format!("u{wanted}{}", name.len()))).await;
        assert_eq!(answer.status, wanted, "{name}: {answer:?}");
    }
    let staged = Request::new("POST", format!("/v1/imports?{query}")).json(&json!({"chunks": 1, "total_rows": 1}));
    assert_eq!(system.send(&helping, staged).await.status, 403);
    for role in ["root_master", "Root Master", &helper] {
        let answer = sent(&system, &root, &format!("{query}&role={}", role.replace(' ', "%20")), &sheet("x")).await;
        assert_eq!(answer.outcome(), (400, "parameter_not_valid"), "{role}");
    }
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn users_of_an_organization_sign_in_with_names_in_its_domains() {
    let system = System::start(4).await;
    let acme = system.organization("Nordwind").await;
    change_organization(&system, &acme, json!({"domains": ["nordwind.example", "wind.example"]})).await;
    let query = format!("profile=organization-user&organization={acme}");
    let sheet = "Username,Email,Role,Domain\n\
        ana,ana@mail.example,Organization Admin,\n\
        bo,bo@mail.example,,Wind.example\n\
        cy@WIND.example,cy@mail.example,,\n";
    imported(&system, &query, sheet).await;
    for (email, username, role) in [
        ("ana@mail.example", "ana@nordwind.example", "organization_admin"),
        ("bo@mail.example", "bo@wind.example", "organization_user"),
        ("cy@mail.example", "cy@WIND.example", "organization_user"),
    ] {
        let found = user(&system, email).await;
        assert_eq!((&found["username"], &found["roles"]), (&json!(username), &json!([role])), "{email}");
        assert_eq!(
            (&found["status"], &found["invitation"]["valid_hours"]),
            (&json!("invited"), &json!(14 * 24)),
            "a link by default"
        );
    }
    let foreign = sent(&system, &system.root(), &query, "Username,Email\ndee@else.example,dee@mail.example\n").await;
    assert_eq!(foreign.json["report"]["rows"][0]["issues"][0]["code"], "domain_unknown", "{foreign:?}");
    let taken = imported(
        &system,
        &format!("{query}&mode=partial"),
        "Username,Email\nana,other@mail.example\neve,eve@mail.example\n",
    )
    .await;
    let found = report(&system, taken["id"].as_str().unwrap()).await;
    assert_eq!(server_issues(&found), [(1, "username".to_owned(), "username_taken".to_owned())]);
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn imported_people_get_first_passwords_as_asked() {
    let system = System::start(5).await;
    let acme = system.organization("Nordwind").await;
    let query = |mode: &str| format!("profile=organization-user&organization={acme}&credentials={mode}");

    imported(&system, &query("generate_and_mail"), "Username,Email\nana,ana@example.org\nbo,bo@example.org\n").await;
    system.server.advance("PT5M").await.expect("a duration");
    let mut passwords = Vec::new();
    for name in ["ana", "bo"] {
        let email = format!("{name}@example.org");
        let found = user(&system, &email).await;
        assert_eq!((&found["status"], &found["invitation"]), (&json!("invited"), &Value::Null), "{found}");
        let mail = system.eventually(async || mails(&system, &email).pop()).await.expect("a mail");
        let password = fact(&mail, "Password");
        assert_eq!(fact(&mail, "Username"), name);
        assert!(password.len() >= 16 && password.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{password}");
        passwords.push(password);
    }
    assert_ne!(passwords[0], passwords[1]);
    let events = format!("/v1/audit-events?organization={acme}&action=user.created");
    let events = system.get(&system.root(), events).await;
    assert!(events.text.contains("\"generate_and_mail\"") && !events.text.contains(&passwords[0]), "{}", events.text);
    assert_eq!(first_sign_in(&system, "ana", &passwords[0]).await, Value::Null);
    assert_eq!(user(&system, "ana@example.org").await["status"], "active");

    let sheet = format!("Username,Email,Password\ncy,cy@example.org,{GIVEN}\n");
    imported(&system, &query("specify_and_mail"), sheet.as_str()).await;
    system.server.advance("PT5M").await.expect("a duration");
    let mail = system.eventually(async || mails(&system, "cy@example.org").pop()).await.expect("a mail");
    assert_eq!(fact(&mail, "Password"), GIVEN);

    imported(&system, &query("specify_only"), sheet.replace("cy", "dee")).await;
    system.server.advance("PT5M").await.expect("a duration");
    assert!(mails(&system, "dee@example.org").is_empty());
    assert_eq!(first_sign_in(&system, "dee", GIVEN).await, Value::Null);
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn passwords_of_an_import_are_where_they_are_asked_for_and_as_the_organization_wants_them() {
    let system = System::start(6).await;
    let acme = system.organization("Nordwind").await;
    change_organization(&system, &acme, json!({"password_policy": {"min_length": 14, "blocked_words": ["nordwind"]}}))
        .await;
    let query = |mode: &str| format!("profile=organization-user&organization={acme}&credentials={mode}");
    for (name, mode, password, wanted) in [
        ("none where one is needed", "specify_only", "", "password_missing"),
        ("one where none is wanted", "link", GIVEN, "password_not_wanted"),
        ("one beside a generated one", "generate_and_mail", GIVEN, "password_not_wanted"),
        ("a blocked word", "specify_only", "hello Nordwind hello", "password_word_blocked"),
        ("a common one", "specify_only", "password123456", "password_too_common"),
    ] {
        let sheet = format!("Username,Email,Password\nana,ana@example.org,{password}\n");
        let dry = sent(&system, &system.root(), &format!("{}&dry_run=true", query(mode)), &sheet).await;
        let wanted = [(1, "password".to_owned(), wanted.to_owned())];
        assert_eq!(server_issues(&dry.json), wanted, "{name}: {dry:?}");
        assert!(password.is_empty() || !dry.text.contains(password), "{name}");
        let refused = sent(&system, &system.root(), &query(mode), &sheet).await;
        assert_eq!(refused.outcome(), (422, "import_refused"), "{name}");
        assert_eq!(server_issues(&refused.json), wanted, "{name}");
    }
    let short = sent(
        &system,
        &system.root(),
        &query("specify_only"),
        "Username,Email,Password\nana,ana@example.org,thirteen long\n",
    )
    .await;
    let issue = &short.json["report"]["rows"][0]["issues"][0];
    assert_eq!(
        (&issue["code"], &issue["params"]["min"]),
        (&json!("too_short"), &json!(14)),
        "the validator says so: {short:?}"
    );
    assert_eq!(short.json["report"]["rows"][0]["values"]["password"], "•••");

    change_organization(&system, &acme, json!({"credential_modes": ["link", "generate_and_mail"]})).await;
    let forbidden =
        sent(&system, &system.root(), &query("specify_only"), "Username,Email\nana,ana@example.org\n").await;
    assert_eq!(forbidden.outcome(), (422, "credential_mode_not_allowed"));
    let contrary = sent(
        &system,
        &system.root(),
        &format!("{}&invite=true", query("generate_and_mail")),
        "Username,Email\nana,ana@example.org\n",
    )
    .await;
    assert_eq!(contrary.outcome(), (400, "parameter_not_supported"));
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn passwords_that_wait_in_staged_rows_are_sealed_and_chunks_are_known_again() {
    let system = System::start(7).await;
    let acme = system.organization("Nordwind").await;
    let query = format!("profile=organization-user&organization={acme}&credentials=specify_only");
    let staged =
        system.post(&system.root(), format!("/v1/imports?{query}"), json!({"chunks": 1, "total_rows": 2})).await;
    assert_eq!(staged.status, 201, "{staged:?}");
    let id = staged.text_of("id");
    let chunk = |password: &str| {
        let row = |name: &str| json!({"username": name, "email": format!("{name}@example.org"), "password": password});
        let mut rows = vec![row("ana"), row("bo")];
        for (row, number) in rows.iter_mut().zip(1..) {
            row["row"] = json!(number);
        }
        Request::new("PUT", format!("/v1/imports/{id}/chunks/0")).json(&json!({ "rows": rows }))
    };
    for (name, password, wanted) in [
        ("first", GIVEN, (200, "")),
        ("the same again", GIVEN, (200, "")),
        ("with other passwords", OWN, (409, "chunk_differs")),
    ] {
        let answer = system.send(&system.root(), chunk(password)).await;
        assert_eq!(answer.outcome(), wanted, "{name}: {answer:?}");
    }
    let table = everything(&system).await;
    assert!(table.contains("ana@example.org"), "the rows are there");
    assert!(!table.contains(GIVEN) && !table.contains(OWN), "and the passwords are not");
    let committed = system.post(&system.root(), format!("/v1/imports/{id}/commit"), json!({})).await;
    assert_eq!(committed.status, 202, "{committed:?}");
    let import = settled(&system, &id).await;
    assert_eq!(import["counts"]["imported"], 2, "{import}");
    assert!(!everything(&system).await.contains(GIVEN));
    assert_eq!(first_sign_in(&system, "bo@example.org", GIVEN).await, Value::Null);
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn forms_make_people_as_the_profiles_do() {
    let system = System::start(8).await;
    let root = system.root();
    let acme = system.organization("Nordwind").await;
    change_organization(&system, &acme, json!({"domains": ["nordwind.example"]})).await;
    let form = async |kind: &str, profile: Option<&str>, more: Value| {
        let mut body = json!({"kind": kind, "organization_id": acme, "first_name": "Ana", "last_name": "Li", "email": "x@example.org"});
        if let Some(profile) = profile {
            body["profile"] = json!(profile);
        }
        for (name, value) in more.as_object().expect("members") {
            body[name] = value.clone();
        }
        system.post(&root, "/v1/users", body).await
    };
    let portal = form(
        "end_user",
        Some("portal-user"),
        json!({"first_name": "Front desk 2", "last_name": "", "email": "a@example.org"}),
    )
    .await;
    assert_eq!(portal.status, 201, "{portal:?}");
    assert_eq!((&portal.json["roles"], &portal.json["status"]), (&json!(["standard"]), &json!("created")));
    let organization = form(
        "end_user",
        Some("organization-user"),
        json!({"first_name": "", "last_name": "", "username": "ana", "email": "b@example.org"}),
    )
    .await;
    assert_eq!(organization.status, 201, "{organization:?}");
    assert_eq!(
        (&organization.json["username"], &organization.json["roles"], &organization.json["invitation"]["valid_hours"]),
        (&json!("ana@nordwind.example"), &json!(["organization_user"]), &json!(14 * 24))
    );
    let member = form("member", None, json!({"roles": ["user"], "email": "c@example.org"})).await;
    assert_eq!(
        (member.status, &member.json["username"]),
        (201, &json!("c@example.org")),
        "filled in from the address: {member:?}"
    );
    let changed = Request::new("PATCH", format!("/v1/users/{}", member.text_of("id")))
        .header("if-match", member.headers["etag"].clone())
        .json(&json!({"email": "new@example.org"}));
    let changed = system.send(&root, changed).await;
    assert_eq!(
        (changed.status, &changed.json["email"], &changed.json["username"]),
        (200, &json!("new@example.org"), &json!("c@example.org")),
        "a username stays: {changed:?}"
    );
    let taken = form("member", None, json!({"roles": ["user"], "email": "c@example.org"})).await;
    assert_eq!(taken.status, 409, "it is still theirs: {taken:?}");
    for (name, kind, profile, more, field) in [
        ("a role of others", "end_user", Some("portal-user"), json!({"roles": ["organization_admin"]}), "roles"),
        (
            "a portal user's role",
            "end_user",
            Some("organization-user"),
            json!({"roles": ["privileged"], "username": "y"}),
            "roles",
        ),
        ("no username", "end_user", Some("organization-user"), json!({}), "username"),
        ("another domain", "end_user", Some("organization-user"), json!({"username": "y@else.example"}), "username"),
        ("a long name", "member", None, json!({"roles": ["user"], "last_name": "x".repeat(49)}), "last_name"),
        (
            "a long address",
            "member",
            None,
            json!({"roles": ["user"], "email": format!("{}@{}.org", "a".repeat(60), "b".repeat(40))}),
            "email",
        ),
        ("two roles", "member", None, json!({"roles": ["user", "billing"]}), "roles"),
        ("no role", "member", None, json!({}), "roles"),
    ] {
        let answer = form(kind, profile, more).await;
        assert_eq!(
            (answer.outcome(), &answer.json["errors"][0]["field"]),
            ((422, "row_refused"), &json!(field)),
            "{name}: {answer:?}"
        );
    }
    system.server.stop().await;
}

/// A custom profile for temporary staff.
fn temporary() -> Value {
    json!({
        "base": "organization-user", "title": "Temporary staff", "limits": {"rows": 3}, "modes": ["partial"],
        "mfa": "required", "invitation": {"expires_after_hours": 48}, "lists": {"roles": ["organization_user"]},
        "columns": [
            {"field": "email", "title": "Work address", "titles": ["Dienst-Mail"]},
            {"field": "username"}, {"field": "last_name", "required": true}, {"field": "role"}, {"field": "domain"},
        ],
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_custom_profile_is_made_tried_used_changed_and_deleted() {
    let system = System::start(9).await;
    let acme = system.organization("Nordwind").await;
    let administrator = json!({"kind": "end_user", "organization_id": acme, "roles": ["organization_admin"]});
    let own = system.person(administrator).await.caller;
    let profiles = format!("/v1/import-profiles?organization={acme}");

    let tried = system.post(&own, format!("/v1/import-profiles/preview?organization={acme}"), temporary()).await;
    assert_eq!(
        (tried.status, &tried.json["title"], &tried.json["limits"]["rows"]),
        (200, &json!("Temporary staff"), &json!(3))
    );
    let listed = system.get(&own, &profiles).await;
    assert_eq!(
        listed.json["items"].as_array().map(Vec::len),
        Some(5),
        "nothing was stored, and technicians are not theirs: {listed:?}"
    );

    let made =
        system.send(&own, Request::new("POST", &profiles).header("idempotency-key", "once").json(&temporary())).await;
    assert_eq!((made.status, made.headers["etag"].as_str()), (201, "\"1\""), "{made:?}");
    let again =
        system.send(&own, Request::new("POST", &profiles).header("idempotency-key", "once").json(&temporary())).await;
    assert_eq!(again.json, made.json);
    assert_eq!(system.post(&own, &profiles, temporary()).await.outcome(), (409, "name_taken"));
    let id = made.text_of("id");
    let path = format!("/v1/import-profiles/{id}");
    assert_eq!(made.headers["location"], path);
    let listed = system.get(&own, &profiles).await.json;
    let item = listed["items"].as_array().and_then(|items| items.last()).cloned().expect("the last");
    assert_eq!(
        (&item["id"], &item["name"], &item["base"], &item["kind"], &item["organization_id"]),
        (&json!(id), &json!("Temporary staff"), &json!("organization-user"), &json!("end_user"), &json!(acme))
    );
    let effective = system.get(&own, format!("{path}?organization={acme}")).await.json;
    assert_eq!((&effective["hash"], &effective["id"], &effective["version"]), (&item["hash"], &json!(id), &json!(1)));
    let defined = system.get(&own, format!("{path}/definition")).await;
    assert_eq!((&defined.json, defined.headers["etag"].as_str()), (&temporary(), "\"1\""), "as it was written");
    let template = system.get(&own, format!("{path}/template?organization={acme}&format=csv")).await;
    assert!(template.text.contains("Work address"), "{template:?}");

    let sheet = "Dienst-Mail;Username;Nachname\nana@example.org;ana;Li\nbo@example.org;bo;\n";
    let import = imported(&system, &format!("profile={id}&organization={acme}"), sheet).await;
    assert_eq!(
        (&import["mode"], &import["counts"]["imported"], &import["counts"]["failed"]),
        (&json!("partial"), &json!(1), &json!(1))
    );
    assert_eq!((&import["profile"]["id"], &import["profile"]["version"]), (&json!(id), &json!(1)));
    let ana = user(&system, "ana@example.org").await;
    assert_eq!((&ana["invitation"]["valid_hours"], &ana["roles"]), (&json!(48), &json!(["organization_user"])));

    // A new version: what was checked against the former is checked again, which is kept.
    let put = |version: &str, title: &str| {
        let body = json!({"base": "organization-user", "title": title});
        Request::new("PUT", path.clone()).header("if-match", version).json(&body)
    };
    let without = Request::new("PUT", path.clone()).json(&temporary());
    assert_eq!(system.send(&own, without).await.status, 428);
    let changed = system.send(&own, put("\"1\"", "Staff")).await;
    assert_eq!((changed.status, &changed.json["version"]), (200, &json!(2)), "{changed:?}");
    assert_eq!(system.send(&own, put("\"1\"", "Staff")).await.outcome(), (412, "version_conflict"));
    let stale = format!("profile={id}&organization={acme}&profile_hash={}", effective["hash"].as_str().unwrap());
    let stale = sent(&system, &own, &stale, "Email;Username\ncy@example.org;cy\n").await;
    assert_eq!(stale.outcome(), (409, "rules_changed"));
    assert_eq!(system.get(&own, format!("{path}/definition?version=1")).await.json, temporary());
    assert_eq!(system.get(&own, format!("{path}/definition?version=3")).await.outcome(), (404, "profile_not_found"));
    assert_eq!(system.get(&own, format!("{path}/definition?version=x")).await.outcome(), (400, "parameter_not_valid"));

    // Who was made by it keeps its rules, though the profile is gone.
    let gone = system.send(&own, Request::new("DELETE", path.clone()).header("if-match", "\"1\"")).await;
    assert_eq!(gone.outcome(), (412, "version_conflict"));
    assert_eq!(system.send(&own, Request::new("DELETE", path.clone())).await.status, 204);
    for (name, request) in [
        ("effective", Request::new("GET", format!("{path}?organization={acme}"))),
        ("definition", Request::new("GET", format!("{path}/definition"))),
        ("delete", Request::new("DELETE", path.clone())),
    ] {
        assert_eq!(system.send(&own, request).await.outcome(), (404, "profile_not_found"), "{name}");
    }
    assert_eq!(
        system.get(&own, format!("{path}/definition?version=2")).await.json["title"],
        "Staff",
        "imports name it"
    );
    system.server.advance("PT5M").await.expect("a duration");
    let link = system.invitation_path("ana@example.org").await;
    let accepted = system.post(&Caller::Nobody, format!("{link}/accept"), json!({"password": OWN})).await;
    assert_eq!(accepted.json["next"], "enrol_mfa", "the organization asks nobody for a second factor: {accepted:?}");
    let resent =
        system.post(&own, format!("/v1/users/{}/resend-invitation", ana["id"].as_str().unwrap()), json!({})).await;
    assert_eq!(resent.json["invitation"]["valid_hours"], 48, "{resent:?}");

    let events = system.get(&own, format!("/v1/audit-events?organization={acme}&action=import_profile")).await.json;
    let actions: Vec<&Value> = events["items"].as_array().unwrap().iter().map(|event| &event["action"]).collect();
    assert_eq!(
        actions,
        [&json!("import_profile.deleted"), &json!("import_profile.updated"), &json!("import_profile.created")]
    );
    assert_eq!(events["items"][1]["before"]["definition"]["title"], "Temporary staff");
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn custom_profiles_are_never_weaker_and_stay_in_their_organization() {
    let system = System::start(10).await;
    let root = system.root();
    let (acme, beta) = (system.organization("Nordwind").await, system.organization("Suedwind").await);
    let administrator = |organization: &str| json!({"kind": "end_user", "organization_id": organization, "roles": ["organization_admin"]});
    let own = system.person(administrator(&acme)).await.caller;
    let other = system.person(administrator(&beta)).await.caller;
    let profiles = format!("/v1/import-profiles?organization={acme}");
    let weak = json!({"base": "portal-user", "title": "X", "limits": {"rows": 501}, "modes": ["partial"],
        "columns": [{"field": "first_name"}, {"field": "email", "required": false}, {"field": "user_type"}, {"field": "site", "default": "Paris"}]});
    for path in [profiles.clone(), format!("/v1/import-profiles/preview?organization={acme}")] {
        let refused = system.post(&own, path, weak.clone()).await;
        assert_eq!(refused.outcome(), (422, "weaker_than_base"), "{refused:?}");
        let fields: Vec<&Value> =
            refused.json["errors"].as_array().unwrap().iter().map(|error| &error["field"]).collect();
        assert_eq!(fields, [&json!("limits.rows"), &json!("modes"), &json!("columns.email.required")]);
    }
    for (name, body, wanted) in [
        (
            "a site that is not there",
            json!({"base": "portal-user", "title": "X", "columns": [{"field": "first_name"}, {"field": "email"}, {"field": "user_type"}, {"field": "site", "default": "Paris"}]}),
            (422, "definition_not_valid"),
        ),
        ("technicians of an organization", json!({"base": "technician", "title": "X"}), (422, "definition_not_valid")),
        (
            "more than a page",
            json!({"base": "portal-user", "title": "X", "lists": {"sites": vec!["x".repeat(100); 900]}}),
            (422, "definition_not_valid"),
        ),
        ("no base", json!({"base": "nobody", "title": "X"}), (422, "definition_not_valid")),
        ("something unknown", json!({"base": "member", "title": "X", "shoe": 44}), (400, "body_not_json")),
        ("no title", json!({"base": "member"}), (400, "body_not_json")),
    ] {
        assert_eq!(system.post(&own, &profiles, body).await.outcome(), wanted, "{name}");
    }

    let mine = system.post(&own, &profiles, json!({"base": "portal-user", "title": "Ours"})).await.text_of("id");
    let sheet = "User name,Email\nAna,ana@example.org\n";
    for (name, caller, query, wanted) in [
        (
            "another organization's administrator",
            &other,
            format!("profile={mine}&organization={beta}"),
            (404, "profile_not_found"),
        ),
        ("for another organization", &root, format!("profile={mine}&organization={beta}"), (404, "profile_not_found")),
        ("for its own without saying so", &own, format!("profile={mine}"), (202, "")),
    ] {
        assert_eq!(sent(&system, caller, &query, sheet).await.outcome(), wanted, "{name}");
    }
    assert_eq!(system.get(&other, format!("/v1/import-profiles/{mine}/definition")).await.status, 404);

    // The deployment's are everybody's to use and no organization's to change.
    let all = system.post(&root, "/v1/import-profiles", json!({"base": "portal-user", "title": "For all"})).await;
    assert_eq!((all.status, &all.json["organization_id"]), (201, &Value::Null), "{all:?}");
    let all = all.text_of("id");
    let offered = system.get(&other, format!("/v1/import-profiles?organization={beta}")).await;
    assert!(offered.text.contains(&all) && !offered.text.contains(&mine), "{offered:?}");
    let used =
        sent(&system, &other, &format!("profile={all}&organization={beta}"), "User name,Email\nBo,bo@example.org\n")
            .await;
    assert_eq!(used.status, 202, "{used:?}");
    assert_eq!(system.get(&other, format!("/v1/import-profiles/{all}/definition")).await.status, 200);
    let change = Request::new("PUT", format!("/v1/import-profiles/{all}"))
        .header("if-match", "\"1\"")
        .json(&json!({"base": "portal-user", "title": "Mine"}));
    assert_eq!(system.send(&other, change).await.status, 403);
    assert_eq!(system.send(&other, Request::new("DELETE", format!("/v1/import-profiles/{all}"))).await.status, 403);
    assert_eq!(
        system.post(&own, "/v1/import-profiles", json!({"base": "portal-user", "title": "X"})).await.status,
        403
    );

    // Any built-in one is a beginning.
    for base in ["modern", "technician", "end-user", "portal-user", "organization-user", "member"] {
        let definition = system.get(&own, format!("/v1/import-profiles/{base}/definition")).await;
        let mut body = definition.json.clone();
        body["title"] = json!(format!("Like {base}"));
        let made = system.post(&root, "/v1/import-profiles", body).await;
        assert_eq!(made.status, 201, "{base}: {made:?}");
    }
    let table = aws_sdk_dynamodb::Client::new(system.server.operator());
    let counts = table
        .get_item()
        .table_name(system.server.table())
        .key("pk", AttributeValue::S("CATALOG#@technicians".into()))
        .key("sk", AttributeValue::S("COUNTS".into()))
        .send()
        .await
        .expect("the table");
    assert_eq!(counts.item().and_then(|item| item["profiles"].as_n().ok()).map(String::as_str), Some("7"));
    let pasted = paste(&system, &format!("profile={all}"), sheet).await;
    assert_eq!(pasted.outcome(), (400, "organization_required"));
    system.server.stop().await;
}
