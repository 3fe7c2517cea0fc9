//! Who may do what where, operation by operation: nobody, somebody without the permission, and somebody of
//! another organization; then every built-in role in every place, as docs/PERMISSIONS.md says. A route without a
//! case fails.

use std::{collections::BTreeSet, ops::Deref};

use rollcall_accounts::{
    roles::{BUILT_IN, Permission as P, RoleId},
    user::UserKind,
};
use rollcall_http_api::ROUTES;
use rollcall_tests::system::{Answer, Caller, PASSWORD, Request, System};
use serde_json::{Value, json};

/// Two organizations; whatever can be asked about is Acme's.
struct World {
    system: System,
    /// The Root Master.
    root: Caller,
    /// Administrator of Acme.
    own: Caller,
    /// In Acme, may nothing.
    powerless: Caller,
    /// Administrator of Beta.
    other: Caller,
    place: Place,
}

/// What can be asked about in one organization, Acme where nothing else is said.
struct Place {
    acme: String,
    /// A user, invited.
    user: String,
    /// A custom role.
    role: String,
    /// An access group.
    group: String,
    /// A second session of the administrator.
    session: String,
    /// An API key of the administrator.
    key: String,
    /// A finished import.
    import: String,
    /// An import that waits for its chunk.
    staged: String,
    /// A custom import profile.
    profile: String,
    /// The password of whoever asks.
    password: String,
}

impl Deref for World {
    type Target = Place;

    fn deref(&self) -> &Place {
        &self.place
    }
}

/// What an operation owes to whom.
struct Case {
    operation: &'static str,
    /// A request about something of Acme's, good for whoever may make it.
    request: fn(&Place) -> Request,
    /// Anyone may ask.
    public: bool,
    /// Without any permission.
    powerless: Expected,
    /// By the administrator of another organization.
    other: Expected,
}

enum Expected {
    /// Status and code.
    Refused(u16, &'static str),
    /// Answered, and the answer holds nothing of Acme's.
    NothingOfAcme,
}

use Expected::{NothingOfAcme, Refused};

const DENIED: Expected = Refused(403, "permission_denied");
const NO_ORGANIZATION: Expected = Refused(404, "organization_not_found");
const NO_USER: Expected = Refused(404, "user_not_found");
const NO_ROLE: Expected = Refused(404, "role_not_found");
const NO_PROFILE: Expected = Refused(404, "profile_not_found");
const NO_IMPORT: Expected = Refused(404, "import_not_found");

fn get(path: String) -> Request {
    Request::new("GET", path)
}

fn post(path: String, body: &Value) -> Request {
    Request::new("POST", path).json(body)
}

const fn case(operation: &'static str, request: fn(&Place) -> Request, powerless: Expected, other: Expected) -> Case {
    Case { operation, request, public: false, powerless, other }
}

/// What strangers may do: there is no one to refuse and nothing that belongs to an organization without its
/// own proof (password, code or mailed link).
const fn public(operation: &'static str, request: fn(&Place) -> Request) -> Case {
    Case { operation, request, public: true, powerless: NothingOfAcme, other: NothingOfAcme }
}

const CASES: &[Case] = &[
    public("sign-in", |_| post("/v1/sessions".into(), &json!({"email": "x@example.org", "password": "x"}))),
    public("get-openapi", |_| get("/v1/openapi.json".into())),
    public("get-invitation", |_| get("/v1/invitations/inv_x.k.x".into())),
    public("accept-invitation", |_| {
        post("/v1/invitations/inv_x.k.x/accept".into(), &json!({"password": "a long enough phrase"}))
    }),
    public("verify-acceptance", |_| post("/v1/invitations/inv_x.k.x/verify".into(), &json!({"code": "000000"}))),
    public("renew-invitation", |_| post("/v1/invitations/inv_x.k.x/renew".into(), &json!({}))),
    public("request-password-reset", |_| post("/v1/password-resets".into(), &json!({"email": "x@example.org"}))),
    public("get-password-reset", |_| get("/v1/password-resets/rst_x.k.x".into())),
    public("complete-password-reset", |_| {
        post("/v1/password-resets/rst_x.k.x".into(), &json!({"password": "a long enough phrase"}))
    }),
    public("get-email-change", |_| get("/v1/email-changes/emc_x.k.x".into())),
    public("confirm-email-change", |_| post("/v1/email-changes/emc_x.k.x/confirm".into(), &json!({}))),
    // The second step needs the cookie of a first one; a complete session is none.
    case(
        "verify-mfa",
        |_| post("/v1/sessions/mfa".into(), &json!({"code": "000000"})),
        Refused(401, "not_authenticated"),
        Refused(401, "not_authenticated"),
    ),
    case(
        "send-sign-in-code",
        |_| post("/v1/sessions/mfa/text".into(), &json!({})),
        Refused(401, "not_authenticated"),
        Refused(401, "not_authenticated"),
    ),
    case(
        "choose-password",
        |_| post("/v1/sessions/password".into(), &json!({"password": "a long enough phrase"})),
        Refused(401, "not_authenticated"),
        Refused(401, "not_authenticated"),
    ),
    case(
        "begin-enrolment",
        |_| post("/v1/sessions/enrolment".into(), &json!({"method": "totp"})),
        Refused(401, "not_authenticated"),
        Refused(401, "not_authenticated"),
    ),
    case(
        "verify-enrolment",
        |_| post("/v1/sessions/enrolment/verify".into(), &json!({"code": "000000"})),
        Refused(401, "not_authenticated"),
        Refused(401, "not_authenticated"),
    ),
    case("list-sessions", |_| get("/v1/sessions".into()), Refused(200, ""), NothingOfAcme),
    case("keep-session", |_| post("/v1/sessions/current/keep".into(), &json!({})), Refused(200, ""), NothingOfAcme),
    case(
        "end-session",
        |w| Request::new("DELETE", format!("/v1/sessions/{}", w.session)),
        Refused(404, "session_not_found"),
        Refused(404, "session_not_found"),
    ),
    case(
        "update-me",
        |_| Request::new("PATCH", "/v1/me").header("if-match", "\"0\"").json(&json!({"idle_minutes": 30})),
        Refused(412, "version_conflict"),
        Refused(412, "version_conflict"),
    ),
    case(
        "change-password",
        |_| post("/v1/me/password".into(), &json!({"current": "not it", "password": "another long phrase"})),
        Refused(422, "password_wrong"),
        Refused(422, "password_wrong"),
    ),
    case(
        "begin-mfa",
        |_| post("/v1/me/mfa".into(), &json!({"method": "totp", "password": "not it"})),
        Refused(422, "password_wrong"),
        Refused(422, "password_wrong"),
    ),
    case(
        "confirm-mfa",
        |_| post("/v1/me/mfa/verify".into(), &json!({"code": "000000"})),
        Refused(409, "enrolment_not_begun"),
        Refused(409, "enrolment_not_begun"),
    ),
    case(
        "renew-recovery-codes",
        |_| post("/v1/me/mfa/recovery-codes".into(), &json!({"password": "not it"})),
        Refused(422, "password_wrong"),
        Refused(422, "password_wrong"),
    ),
    case(
        "remove-mfa",
        |_| Request::new("DELETE", "/v1/me/mfa/totp").json(&json!({"password": "not it"})),
        Refused(422, "password_wrong"),
        Refused(422, "password_wrong"),
    ),
    case("list-api-keys", |_| get("/v1/api-keys".into()), Refused(200, ""), NothingOfAcme),
    case(
        "delete-api-key",
        |w| Request::new("DELETE", format!("/v1/api-keys/{}", w.key)),
        Refused(404, "api_key_not_found"),
        Refused(404, "api_key_not_found"),
    ),
    case("list-user-sessions", |w| get(format!("/v1/users/{}/sessions", w.user)), DENIED, NO_USER),
    case("end-user-sessions", |w| Request::new("DELETE", format!("/v1/users/{}/sessions", w.user)), DENIED, NO_USER),
    case("list-user-api-keys", |w| get(format!("/v1/users/{}/api-keys", w.user)), DENIED, NO_USER),
    case("end-user-api-keys", |w| Request::new("DELETE", format!("/v1/users/{}/api-keys", w.user)), DENIED, NO_USER),
    case("get-me", |_| get("/v1/me".into()), Refused(200, ""), NothingOfAcme),
    case("list-organizations", |_| get("/v1/organizations".into()), DENIED, NothingOfAcme),
    case("create-organization", |_| post("/v1/organizations".into(), &json!({"name": "Coda"})), DENIED, DENIED),
    case("get-organization", |w| get(format!("/v1/organizations/{}", w.acme)), DENIED, NO_ORGANIZATION),
    case(
        "update-organization",
        |w| {
            Request::new("PATCH", format!("/v1/organizations/{}", w.acme))
                .header("if-match", "\"1\"")
                .json(&json!({"default_country": "DE"}))
        },
        DENIED,
        NO_ORGANIZATION,
    ),
    case("list-roles", |_| get("/v1/roles".into()), DENIED, NothingOfAcme),
    case(
        "create-role",
        |w| {
            let body = json!({"name": "Night", "kind": "end_user", "organization_id": w.acme, "permissions": []});
            post("/v1/roles".into(), &body)
        },
        DENIED,
        NO_ORGANIZATION,
    ),
    case("get-role", |w| get(format!("/v1/roles/{}", w.role)), DENIED, NO_ROLE),
    case(
        "update-role",
        |w| {
            Request::new("PATCH", format!("/v1/roles/{}", w.role))
                .header("if-match", "\"1\"")
                .json(&json!({"description": "Changed."}))
        },
        DENIED,
        NO_ROLE,
    ),
    // Of a version that it never had, so that it is there for the next who asks.
    case(
        "delete-role",
        |w| Request::new("DELETE", format!("/v1/roles/{}", w.role)).header("if-match", "\"99\""),
        DENIED,
        NO_ROLE,
    ),
    case("list-permissions", |_| get("/v1/permissions".into()), DENIED, NothingOfAcme),
    case("list-entries", |w| get(format!("/v1/groups?organization={}", w.acme)), DENIED, NO_ORGANIZATION),
    case(
        "create-entry",
        |w| post(format!("/v1/sites?organization={}", w.acme), &json!({"name": "Berlin"})),
        DENIED,
        NO_ORGANIZATION,
    ),
    case(
        "update-entry",
        |w| {
            Request::new("PATCH", format!("/v1/groups/{}?organization={}", w.group, w.acme))
                .header("if-match", "\"1\"")
                .json(&json!({"active": false}))
        },
        DENIED,
        NO_ORGANIZATION,
    ),
    case(
        "delete-entry",
        |w| {
            let path = format!("/v1/groups/{}?organization={}", w.group, w.acme);
            Request::new("DELETE", path).header("if-match", "\"99\"")
        },
        DENIED,
        NO_ORGANIZATION,
    ),
    case(
        "create-api-key",
        |w| post("/v1/api-keys".into(), &json!({"name": "a key", "password": w.password})),
        DENIED,
        NothingOfAcme,
    ),
    case("list-users", |w| get(format!("/v1/users?organization={}", w.acme)), DENIED, NO_ORGANIZATION),
    case(
        "create-user",
        |w| {
            post(
                "/v1/users".into(),
                &json!({"kind": "end_user", "organization_id": w.acme, "roles": ["organization_user"],
                    "first_name": "New", "last_name": "Comer", "email": "newcomer@acme.example"}),
            )
        },
        DENIED,
        NO_ORGANIZATION,
    ),
    case("get-user", |w| get(format!("/v1/users/{}", w.user)), DENIED, NO_USER),
    case(
        "update-user",
        |w| {
            Request::new("PATCH", format!("/v1/users/{}", w.user))
                .header("if-match", "\"1\"")
                .json(&json!({"first_name": "Changed"}))
        },
        DENIED,
        NO_USER,
    ),
    case("export-users", |w| get(format!("/v1/users/export?organization={}", w.acme)), DENIED, NO_ORGANIZATION),
    case(
        "clone-user",
        |w| {
            let like = json!({"first_name": "Cl", "last_name": "One", "email": "clone@acme.example"});
            post(format!("/v1/users/{}/clone", w.user), &like)
        },
        DENIED,
        NO_USER,
    ),
    case("deactivate-user", |w| post(format!("/v1/users/{}/deactivate", w.user), &json!({})), DENIED, NO_USER),
    case("activate-user", |w| post(format!("/v1/users/{}/activate", w.user), &json!({})), DENIED, NO_USER),
    case("unlock-user", |w| post(format!("/v1/users/{}/unlock", w.user), &json!({})), DENIED, NO_USER),
    case("reset-mfa", |w| post(format!("/v1/users/{}/reset-mfa", w.user), &json!({})), DENIED, NO_USER),
    // Of a version that it never had, so that it is there for the next who asks.
    case(
        "delete-user",
        |w| Request::new("DELETE", format!("/v1/users/{}", w.user)).header("if-match", "\"99\""),
        DENIED,
        NO_USER,
    ),
    case("list-user-audit-events", |w| get(format!("/v1/users/{}/audit-events", w.user)), DENIED, NO_USER),
    case("list-audit-events", |_| get("/v1/audit-events".into()), DENIED, NothingOfAcme),
    case(
        "export-audit-events",
        |w| get(format!("/v1/audit-events/export?organization={}", w.acme)),
        DENIED,
        NO_ORGANIZATION,
    ),
    case("reset-password", |w| post(format!("/v1/users/{}/reset-password", w.user), &json!({})), DENIED, NO_USER),
    case("send-invitation", |w| post(format!("/v1/users/{}/send-invitation", w.user), &json!({})), DENIED, NO_USER),
    case("resend-invitation", |w| post(format!("/v1/users/{}/resend-invitation", w.user), &json!({})), DENIED, NO_USER),
    case("revoke-invitation", |w| post(format!("/v1/users/{}/revoke-invitation", w.user), &json!({})), DENIED, NO_USER),
    case(
        "list-import-profiles",
        |w| get(format!("/v1/import-profiles?organization={}", w.acme)),
        DENIED,
        NO_ORGANIZATION,
    ),
    case(
        "get-import-profile",
        |w| get(format!("/v1/import-profiles/end-user?organization={}", w.acme)),
        DENIED,
        NO_ORGANIZATION,
    ),
    case(
        "get-import-profile-definition",
        |w| get(format!("/v1/import-profiles/{}/definition", w.profile)),
        DENIED,
        NO_PROFILE,
    ),
    case(
        "create-import-profile",
        |w| post(format!("/v1/import-profiles?organization={}", w.acme), &json!({"base": "end-user", "title": "More"})),
        DENIED,
        NO_ORGANIZATION,
    ),
    case(
        "preview-import-profile",
        |w| {
            let body = json!({"base": "end-user", "title": "Tried"});
            post(format!("/v1/import-profiles/preview?organization={}", w.acme), &body)
        },
        DENIED,
        NO_ORGANIZATION,
    ),
    case(
        "update-import-profile",
        |w| {
            Request::new("PUT", format!("/v1/import-profiles/{}", w.profile))
                .header("if-match", "\"1\"")
                .json(&json!({"base": "end-user", "title": "Ours", "limits": {"rows": 10}}))
        },
        DENIED,
        NO_PROFILE,
    ),
    // Of a version that it never had, so that it is there for the next who asks.
    case(
        "delete-import-profile",
        |w| Request::new("DELETE", format!("/v1/import-profiles/{}", w.profile)).header("if-match", "\"99\""),
        DENIED,
        NO_PROFILE,
    ),
    case(
        "get-import-template",
        |w| get(format!("/v1/import-profiles/end-user/template?organization={}", w.acme)),
        DENIED,
        NO_ORGANIZATION,
    ),
    case(
        "start-import",
        |w| {
            Request::new("POST", format!("/v1/imports?profile=end-user&organization={}&role=organization_user", w.acme))
                .body("text/csv", "First Name,Last Name,Email\nIm,Port,import@acme.example\n")
        },
        DENIED,
        NO_ORGANIZATION,
    ),
    case("list-imports", |_| get("/v1/imports".into()), DENIED, NothingOfAcme),
    case("get-import", |w| get(format!("/v1/imports/{}", w.import)), DENIED, NO_IMPORT),
    case("get-import-report", |w| get(format!("/v1/imports/{}/report", w.import)), DENIED, NO_IMPORT),
    case(
        "stage-chunk",
        |w| {
            Request::new("PUT", format!("/v1/imports/{}/chunks/0", w.staged)).json(&json!({"rows": [
                {"first_name": "Sta", "last_name": "Ged", "email": "staged@acme.example"}]}))
        },
        DENIED,
        NO_IMPORT,
    ),
    case(
        "stage-source",
        |w| Request::new("PUT", format!("/v1/imports/{}/source/0", w.staged)).body("application/octet-stream", "x"),
        DENIED,
        NO_IMPORT,
    ),
    case("commit-import", |w| post(format!("/v1/imports/{}/commit", w.staged), &json!({})), DENIED, NO_IMPORT),
    case("cancel-import", |w| post(format!("/v1/imports/{}/cancel", w.staged), &json!({})), DENIED, NO_IMPORT),
    case("undo-import", |w| post(format!("/v1/imports/{}/undo", w.import), &json!({})), DENIED, NO_IMPORT),
    // Last: it ends the session that asks.
    case("sign-out", |_| Request::new("DELETE", "/v1/sessions/current"), Refused(204, ""), NothingOfAcme),
];

async fn world() -> World {
    let system = System::start(30).await;
    let root = system.root();
    let acme = system.get(&root, "/v1/organizations").await.json["items"][0]["id"].as_str().expect("Acme").to_owned();
    let beta = system.organization("Beta").await;
    let end_user =
        |organization: &str, role: &str| json!({"kind": "end_user", "organization_id": organization, "roles": [role]});
    let administrator = system.person(end_user(&acme, "organization_admin")).await;
    let own = administrator.caller;
    let credentials = json!({"email": administrator.email, "password": PASSWORD});
    let second = system.post(&Caller::Nobody, "/v1/sessions", credentials).await.session().expect("a second session");
    let session = system.get(&second, "/v1/me").await.json["session"]["id"].as_str().expect("its id").to_owned();
    let wanted = json!({"name": "a key", "password": PASSWORD});
    let key = system.post(&own, "/v1/api-keys", wanted).await.text_of("id");
    let powerless = system.person(end_user(&acme, "organization_user")).await.caller;
    let other = system.person(end_user(&beta, "organization_admin")).await.caller;
    let user = system.user(end_user(&acme, "organization_user")).await.text_of("id");

    let role = json!({"name": "Desk", "kind": "end_user", "organization_id": acme, "permissions": ["users.read"]});
    let role = system.post(&root, "/v1/roles", role).await.text_of("id");
    let groups = format!("/v1/groups?organization={acme}");
    let group = system.post(&root, groups, json!({"name": "Day"})).await.text_of("id");

    let imports = format!("/v1/imports?profile=end-user&organization={acme}&role=organization_user");
    let rows = json!({"rows": [{"first_name": "Al", "last_name": "Ready", "email": "already@acme.example"}]});
    let import = system.post(&root, &imports, rows).await;
    assert_eq!(import.status, 202, "{import:?}");
    let import = import.text_of("id");
    let finished = system
        .eventually(async || {
            let head = system.get(&root, format!("/v1/imports/{import}")).await;
            (head.json["status"] == json!("finished")).then_some(())
        })
        .await;
    assert!(finished.is_some(), "the import does not finish");
    let staged = system.post(&root, &imports, json!({"chunks": 1, "total_rows": 1})).await;
    assert_eq!(staged.status, 201, "{staged:?}");
    let staged = staged.text_of("id");
    let profiles = format!("/v1/import-profiles?organization={acme}");
    let profile = system.post(&root, profiles, json!({"base": "end-user", "title": "Ours"})).await.text_of("id");
    let place = Place { acme, user, role, group, session, key, import, staged, profile, password: PASSWORD.into() };
    World { system, root, own, powerless, other, place }
}

fn check(name: &str, world: &World, answer: &Answer, expected: &Expected) {
    match expected {
        Refused(status, code) => assert_eq!(answer.outcome(), (*status, *code), "{name}: {answer:?}"),
        NothingOfAcme => {
            assert!(
                answer.status < 500 && answer.status != 401 || answer.code().ends_with("_not_valid"),
                "{name}: {answer:?}"
            );
            for own in [
                &world.acme,
                &world.user,
                &world.role,
                &world.group,
                &world.session,
                &world.key,
                &world.import,
                &world.staged,
                &world.profile,
            ] {
                assert!(!answer.text.contains(own.as_str()), "{name} tells of Acme: {answer:?}");
            }
        }
    }
}

#[test]
fn every_route_has_a_case() {
    let routes: BTreeSet<_> = ROUTES.iter().map(|route| route.operation).collect();
    let cases: BTreeSet<_> = CASES.iter().map(|case| case.operation).collect();
    assert_eq!(
        routes, cases,
        "\ngive every operation its case in CASES: a request about something of Acme's, and what somebody without \
         permission and somebody of another organization get\n"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_the_powerless_and_other_organizations_get_nothing() {
    let world = world().await;
    let system = &world.system;
    let wrong_key = Caller::Key("rk_0000000000000000000000000000000000000000000000000000".into());
    let wrong_cookie = Caller::Session("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA".into());
    for case in CASES.iter().filter(|case| !case.public) {
        for (name, caller) in
            [("nobody", &Caller::Nobody), ("a wrong key", &wrong_key), ("a wrong cookie", &wrong_cookie)]
        {
            let answer = system.send(caller, (case.request)(&world)).await;
            assert_eq!(answer.outcome(), (401, "not_authenticated"), "{name}, {}: {answer:?}", case.operation);
        }
    }
    for case in CASES {
        let answer = system.send(&world.powerless, (case.request)(&world)).await;
        if !case.public {
            check(&format!("no permission, {}", case.operation), &world, &answer, &case.powerless);
        }
        let answer = system.send(&world.other, (case.request)(&world)).await;
        check(&format!("another organization, {}", case.operation), &world, &answer, &case.other);
    }
    world.system.server.stop().await;
}

/// What proves something of the caller's own: a sign-in that waits, a session, a password.
const OF_ONESELF: &[&str] = &[
    "verify-mfa",
    "send-sign-in-code",
    "choose-password",
    "begin-enrolment",
    "verify-enrolment",
    "change-password",
    "begin-mfa",
    "confirm-mfa",
    "renew-recovery-codes",
    "remove-mfa",
    "sign-out",
];
/// What an API key has none of, and what is the administrator's own.
const NOT_OF_ROOTS_KEY: &[&str] = &["keep-session", "end-session", "create-api-key", "delete-api-key"];

/// The requests above are refused for who makes them, not for what they say: those who may make them are
/// answered, or told of the state that things are in.
#[tokio::test(flavor = "multi_thread")]
async fn the_same_requests_serve_those_who_may_make_them() {
    let world = world().await;
    for (name, caller) in [("the organization's administrator", &world.own), ("the Root Master", &world.root)] {
        for case in CASES.iter().filter(|case| !case.public && !OF_ONESELF.contains(&case.operation)) {
            let root = name == "the Root Master";
            if !root && case.operation == "create-organization" || root && NOT_OF_ROOTS_KEY.contains(&case.operation) {
                continue;
            }
            let answer = world.system.send(caller, (case.request)(&world)).await;
            let state = matches!(answer.status, 409 | 412);
            assert!(answer.status < 300 || state, "{name}, {}: {answer:?}", case.operation);
        }
    }
    world.system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_organizations_administrator_sees_their_own_people_only() {
    let world = world().await;
    let users = |answer: &Answer| -> BTreeSet<String> {
        let items = answer.json["items"].as_array().into_iter().flatten();
        items.filter_map(|item| item["organization_id"].as_str().map(str::to_owned)).collect()
    };
    let own = world.system.get(&world.own, "/v1/users").await;
    assert_eq!(users(&own), BTreeSet::from([world.acme.clone()]));
    let other = world.system.get(&world.other, "/v1/users").await;
    assert_eq!(other.json["items"].as_array().map(Vec::len), Some(1), "{other:?}");
    assert!(!users(&other).contains(&world.acme));
    for query in ["q=already", "kind=technician", "q=admin", "role=root_master"] {
        let answer = world.system.get(&world.other, format!("/v1/users?{query}")).await;
        assert_eq!(answer.json, json!({"items": [], "next_cursor": null}), "{query}");
    }
    let technicians = json!({"kind": "technician", "roles": ["system_administrator"], "first_name": "Mal",
        "last_name": "Ory", "email": "mal@acme.example"});
    let made = world.system.post(&world.own, "/v1/users", technicians).await;
    assert_eq!(made.outcome(), (403, "permission_denied"), "{made:?}");
    world.system.server.stop().await;
}

/// What an operation asks of whoever makes it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Need {
    /// Nothing: its proof is a password, a code or a mailed link, or it tells nothing of anybody.
    Anyone,
    /// A sign-in that is under way.
    SignInUnderWay,
    /// To be signed in: it is about oneself.
    Oneself,
    /// A permission; what is answered is what one may see.
    Holds(P),
    /// A permission, and to be a technician of all organizations.
    Everywhere(P),
    /// A permission, where the thing is.
    Where(P),
}

use Need::{Anyone, Everywhere, Holds, Oneself, SignInUnderWay, Where};

const NEEDS: &[(&str, Need)] = &[
    ("sign-in", Anyone),
    ("verify-mfa", SignInUnderWay),
    ("send-sign-in-code", SignInUnderWay),
    ("choose-password", SignInUnderWay),
    ("begin-enrolment", SignInUnderWay),
    ("verify-enrolment", SignInUnderWay),
    ("sign-out", Oneself),
    ("list-sessions", Oneself),
    ("keep-session", Oneself),
    ("end-session", Oneself),
    ("get-me", Oneself),
    ("update-me", Oneself),
    ("change-password", Oneself),
    ("begin-mfa", Oneself),
    ("confirm-mfa", Oneself),
    ("renew-recovery-codes", Oneself),
    ("remove-mfa", Oneself),
    ("list-api-keys", Oneself),
    ("delete-api-key", Oneself),
    ("create-api-key", Holds(P::ApiKeysWrite)),
    ("get-openapi", Anyone),
    ("get-invitation", Anyone),
    ("accept-invitation", Anyone),
    ("verify-acceptance", Anyone),
    ("renew-invitation", Anyone),
    ("request-password-reset", Anyone),
    ("get-password-reset", Anyone),
    ("complete-password-reset", Anyone),
    ("get-email-change", Anyone),
    ("confirm-email-change", Anyone),
    ("list-organizations", Holds(P::OrganizationsRead)),
    ("create-organization", Everywhere(P::OrganizationsWrite)),
    ("get-organization", Where(P::OrganizationsRead)),
    ("update-organization", Where(P::OrganizationsWrite)),
    ("list-roles", Holds(P::RolesRead)),
    ("list-permissions", Holds(P::RolesRead)),
    ("create-role", Where(P::RolesWrite)),
    ("get-role", Where(P::RolesRead)),
    ("update-role", Where(P::RolesWrite)),
    ("delete-role", Where(P::RolesWrite)),
    ("list-entries", Where(P::ListsRead)),
    ("create-entry", Where(P::ListsWrite)),
    ("update-entry", Where(P::ListsWrite)),
    ("delete-entry", Where(P::ListsWrite)),
    ("list-users", Where(P::UsersRead)),
    ("export-users", Where(P::UsersRead)),
    ("create-user", Where(P::UsersWrite)),
    ("get-user", Where(P::UsersRead)),
    ("update-user", Where(P::UsersWrite)),
    ("clone-user", Where(P::UsersWrite)),
    ("deactivate-user", Where(P::UsersWrite)),
    ("activate-user", Where(P::UsersWrite)),
    ("delete-user", Where(P::UsersDelete)),
    ("unlock-user", Where(P::CredentialsWrite)),
    ("reset-mfa", Where(P::CredentialsWrite)),
    ("reset-password", Where(P::CredentialsWrite)),
    ("list-user-sessions", Where(P::UsersRead)),
    ("end-user-sessions", Where(P::CredentialsWrite)),
    ("list-user-api-keys", Where(P::CredentialsWrite)),
    ("end-user-api-keys", Where(P::CredentialsWrite)),
    ("send-invitation", Where(P::InvitationsWrite)),
    ("resend-invitation", Where(P::InvitationsWrite)),
    ("revoke-invitation", Where(P::InvitationsWrite)),
    ("list-user-audit-events", Where(P::UsersRead)),
    ("list-audit-events", Holds(P::AuditRead)),
    ("export-audit-events", Where(P::AuditRead)),
    ("list-import-profiles", Where(P::ImportsRead)),
    ("get-import-profile", Where(P::ImportsRead)),
    ("get-import-profile-definition", Where(P::ImportsRead)),
    ("create-import-profile", Where(P::OrganizationsWrite)),
    ("preview-import-profile", Where(P::OrganizationsWrite)),
    ("update-import-profile", Where(P::OrganizationsWrite)),
    ("delete-import-profile", Where(P::OrganizationsWrite)),
    ("get-import-template", Where(P::ImportsRead)),
    ("start-import", Where(P::ImportsWrite)),
    ("list-imports", Holds(P::ImportsRead)),
    ("get-import", Where(P::ImportsRead)),
    ("get-import-report", Where(P::ImportsRead)),
    ("stage-chunk", Where(P::ImportsWrite)),
    ("stage-source", Where(P::ImportsWrite)),
    ("commit-import", Where(P::ImportsWrite)),
    ("cancel-import", Where(P::ImportsWrite)),
    ("undo-import", Where(P::ImportsWrite)),
];

/// A request about something in a place.
type Ask = fn(&Place) -> Request;

/// What is asked of technicians' things where the case names an organization.
const OF_TECHNICIANS: &[(&str, Ask)] = &[
    ("create-role", |_| post("/v1/roles".into(), &json!({"name": "Night", "kind": "technician", "permissions": []}))),
    ("create-user", |_| {
        let new = json!({"kind": "technician", "roles": ["technician"], "first_name": "New", "last_name": "Comer",
            "email": "newcomer@tech.example"});
        post("/v1/users".into(), &new)
    }),
    ("create-import-profile", |_| post("/v1/import-profiles".into(), &json!({"base": "technician", "title": "More"}))),
    ("preview-import-profile", |_| {
        post("/v1/import-profiles/preview".into(), &json!({"base": "technician", "title": "Tried"}))
    }),
    ("start-import", |_| {
        Request::new("POST", "/v1/imports?profile=technician")
            .body("text/csv", "First Name,Last Name,Email\nIm,Port,import@tech.example\n")
    }),
];

/// Where the thing is that is asked about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum At {
    /// In the caller's organization, or one that a technician is limited to.
    Own,
    /// In another one.
    Other,
    /// Among technicians.
    Technicians,
}

const PLACES: [At; 3] = [At::Own, At::Other, At::Technicians];

/// A built-in role, held by somebody of that kind.
struct Column {
    title: String,
    kind: UserKind,
    role: &'static str,
    permissions: &'static [P],
    /// A technician who is limited to one organization.
    limited: bool,
}

fn columns() -> Vec<Column> {
    let mut all = Vec::new();
    for role in BUILT_IN {
        // The Root Master is a technician; nobody makes another.
        let kinds = if role.id == RoleId::ROOT_MASTER { &role.kinds[..1] } else { role.kinds };
        for kind in kinds {
            let column =
                |limited, title| Column { title, kind: *kind, role: role.id, permissions: role.permissions, limited };
            all.push(column(false, role.name.to_owned()));
            if role.id == "technician" {
                all.push(column(true, format!("{}, of one organization", role.name)));
            }
        }
    }
    all
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Cell {
    /// Done, or told of the state that the thing is in.
    Allowed,
    /// This status.
    Status(u16),
    /// There is no such thing in that place.
    Nothing,
}

impl Cell {
    fn text(self) -> String {
        match self {
            Self::Allowed => "✓".to_owned(),
            Self::Status(status) => status.to_string(),
            Self::Nothing => "–".to_owned(),
        }
    }
}

/// What an operation is asked with in a place; none where there is no such thing.
fn request(case: &Case, at: At, place: &Place) -> Option<Request> {
    let request = (case.request)(place);
    if at != At::Technicians {
        return Some(request);
    }
    if let Some((_, request)) = OF_TECHNICIANS.iter().find(|(operation, _)| *operation == case.operation) {
        return Some(request(place));
    }
    let things = [&place.user, &place.role, &place.import, &place.staged];
    things.iter().any(|thing| request.path().contains(thing.as_str())).then_some(request)
}

fn expected(case: &Case, need: Need, column: &Column, at: At, asked: bool) -> Cell {
    let everywhere = column.kind == UserKind::Technician && !column.limited;
    let refused = |expected: &Expected| match expected {
        Refused(status, _) => Cell::Status(*status),
        NothingOfAcme => Cell::Allowed,
    };
    match need {
        _ if !asked => Cell::Nothing,
        Anyone | SignInUnderWay | Oneself => Cell::Allowed,
        Holds(permission) | Everywhere(permission) | Where(permission) if !column.permissions.contains(&permission) => {
            refused(&case.powerless)
        }
        Holds(_) => Cell::Allowed,
        Everywhere(_) if everywhere => Cell::Allowed,
        Everywhere(_) => Cell::Status(403),
        Where(_) if everywhere || at == At::Own => Cell::Allowed,
        Where(_) if at == At::Other => refused(&case.other),
        // What is made among technicians is refused as such; what is there does not exist for others.
        Where(_) if OF_TECHNICIANS.iter().any(|(operation, _)| *operation == case.operation) => Cell::Status(403),
        Where(_) => Cell::Status(404),
    }
}

fn case_of(operation: &str) -> &'static Case {
    CASES.iter().find(|case| case.operation == operation).unwrap_or_else(|| panic!("{operation} has no case"))
}

#[test]
fn every_route_says_what_it_needs() {
    let routes: BTreeSet<_> = ROUTES.iter().map(|route| route.operation).collect();
    let needs: BTreeSet<_> = NEEDS.iter().map(|(operation, _)| *operation).collect();
    assert_eq!(routes, needs, "give every operation its line in NEEDS");
}

/// Identifiers that name nothing, for knowing what a request is about.
fn nowhere() -> Place {
    let id = |prefix: &str| format!("{prefix}_nowhere");
    Place {
        acme: id("org"),
        user: id("usr"),
        role: id("role"),
        group: id("ent"),
        session: id("ses"),
        key: id("key"),
        import: id("imp"),
        staged: id("imp2"),
        profile: id("prof"),
        password: PASSWORD.into(),
    }
}

fn table() -> String {
    let columns = columns();
    let mut text = "| operation | needs |".to_owned();
    text.extend(columns.iter().map(|column| format!(" {} |", column.title)));
    text += "\n| --- | --- |";
    text += &" --- |".repeat(columns.len());
    for (operation, need) in NEEDS {
        let case = case_of(operation);
        let permission = match need {
            Anyone => "nothing, or what was mailed".to_owned(),
            SignInUnderWay => "a sign-in under way".to_owned(),
            Oneself => "to be signed in".to_owned(),
            Holds(permission) | Where(permission) => format!("`{}`", permission.name()),
            Everywhere(permission) => format!("`{}` everywhere", permission.name()),
        };
        text += &format!("\n| `{operation}` | {permission} |");
        for column in &columns {
            let cell = |at| expected(case, *need, column, at, request(case, at, &nowhere()).is_some()).text();
            let cells = if matches!(need, Where(_)) { PLACES.map(cell).join(" ") } else { cell(At::Own) };
            text += &format!(" {cells} |");
        }
    }
    text.push('\n');
    text
}

#[test]
fn the_table_in_the_docs_is_what_is_tested_here() {
    let file = rollcall_tests::workspace::root().join("docs/PERMISSIONS.md");
    let docs = std::fs::read_to_string(&file).unwrap_or_default();
    let (begin, end) = ("<!-- generated: begin -->\n", "<!-- generated: end -->");
    let (head, rest) = docs.split_once(begin).expect("docs/PERMISSIONS.md has the mark of the table");
    let (_, tail) = rest.split_once(end).expect("docs/PERMISSIONS.md has the mark of the table's end");
    let wanted = format!("{head}{begin}\n{}\n{end}{tail}", table());
    if docs != wanted && std::env::var_os("ROLLCALL_WRITE_DOCS").is_some() {
        std::fs::write(&file, &wanted).expect("the file can be written");
        return;
    }
    assert!(
        docs == wanted,
        "docs/PERMISSIONS.md is not what this test says any more; write it anew with\n\
         ROLLCALL_WRITE_DOCS=1 cargo test --release -p rollcall-tests --test api_tenants the_table"
    );
}

/// New things in a place, for one caller to ask about.
async fn furnish(system: &System, organization: Option<&str>, import: &str, n: usize) -> Place {
    let root = system.root();
    let letters: String = n.to_string().bytes().map(|digit| char::from(digit - b'0' + b'a')).collect();
    let (user, role, imports) = match organization {
        Some(id) => (
            json!({"kind": "end_user", "organization_id": id, "roles": ["organization_user"]}),
            json!({"name": format!("Desk {letters}"), "kind": "end_user", "organization_id": id, "permissions": []}),
            format!("/v1/imports?profile=end-user&organization={id}&role=organization_user"),
        ),
        None => (
            json!({"kind": "technician", "roles": ["technician"]}),
            json!({"name": format!("Desk {letters}"), "kind": "technician", "permissions": []}),
            "/v1/imports?profile=technician".to_owned(),
        ),
    };
    let user = system.user(user).await.text_of("id");
    let role = system.post(&root, "/v1/roles", role).await.text_of("id");
    let staged = system.post(&root, imports, json!({"chunks": 1, "total_rows": 1})).await.text_of("id");
    let mut place = Place { user, role, staged, import: import.to_owned(), ..nowhere() };
    if let Some(id) = organization {
        let path = format!("/v1/groups?organization={id}");
        place.group = system.post(&root, path, json!({"name": format!("Day {letters}")})).await.text_of("id");
        let path = format!("/v1/import-profiles?organization={id}");
        let profile = json!({"base": "end-user", "title": format!("Ours {letters}")});
        place.profile = system.post(&root, path, profile).await.text_of("id");
        place.acme = id.to_owned();
    }
    place
}

async fn finished_import(system: &System, query: &str, email: &str) -> String {
    let rows = json!({"rows": [{"first_name": "Al", "last_name": "Ready", "email": email}]});
    let import = system.post(&system.root(), format!("/v1/imports?{query}"), rows).await.text_of("id");
    let finished = system
        .eventually(async || {
            let head = system.get(&system.root(), format!("/v1/imports/{import}")).await;
            (head.json["status"] == json!("finished")).then_some(())
        })
        .await;
    assert!(finished.is_some(), "the import does not finish");
    import
}

/// Whether an operation changes something that the audit trail tells of.
fn changes(operation: &str) -> bool {
    // Rows that wait to be committed are nobody yet, and a profile that is tried is none.
    let route = ROUTES.iter().find(|route| route.operation == operation);
    route.is_some_and(|route| route.method != "GET") && !["stage-chunk", "preview-import-profile"].contains(&operation)
}

async fn newest_event(system: &System) -> Option<String> {
    let page = system.get(&system.root(), "/v1/audit-events?limit=1").await;
    page.json["items"][0]["id"].as_str().map(str::to_owned)
}

/// docs/PERMISSIONS.md, cell by cell; and whatever is changed on the way leaves an event.
#[tokio::test(flavor = "multi_thread")]
async fn every_built_in_role_may_do_in_every_place_what_the_table_says() {
    let system = System::start(31).await;
    let root = system.root();
    let acme = system.get(&root, "/v1/organizations").await.json["items"][0]["id"].as_str().expect("Acme").to_owned();
    let beta = system.organization("Beta").await;
    let end_users = |id: &str| format!("profile=end-user&organization={id}&role=organization_user");
    let imports = [
        finished_import(&system, &end_users(&acme), "already@acme.example").await,
        finished_import(&system, &end_users(&beta), "already@beta.example").await,
        finished_import(&system, "profile=technician", "already@tech.example").await,
    ];
    let asking = NEEDS.iter().filter(|(_, need)| matches!(need, Holds(_) | Everywhere(_) | Where(_)));
    let asking: Vec<_> = asking.map(|(operation, need)| (case_of(operation), *need)).collect();
    let mut wrong = Vec::new();
    let mut n = 0;
    for column in columns() {
        let (caller, password) = if column.role == RoleId::ROOT_MASTER {
            (system.root_session().await, &*system.server.account().password)
        } else {
            let mut person = json!({"kind": column.kind.name(), "roles": [column.role]});
            if column.kind != UserKind::Technician {
                person["organization_id"] = json!(acme);
            } else if column.limited {
                person["organizations"] = json!([acme]);
            }
            (system.person(person).await.caller, PASSWORD)
        };
        for (at, name, organization, import) in [
            (At::Own, "own", Some(acme.as_str()), &imports[0]),
            (At::Other, "another's", Some(beta.as_str()), &imports[1]),
            (At::Technicians, "technicians'", None, &imports[2]),
        ] {
            n += 1;
            let furnished = furnish(&system, organization, import, n).await;
            let place = Place { password: password.to_owned(), ..furnished };
            for (case, need) in &asking {
                let Some(request) = request(case, at, &place) else { continue };
                // The trail is looked at for one who may do everything.
                let looks = column.role == RoleId::ROOT_MASTER && changes(case.operation);
                let before = if looks { newest_event(&system).await } else { None };
                let answer = system.send(&caller, request).await;
                if looks && answer.status < 300 && newest_event(&system).await == before {
                    wrong.push(format!("{} {name} changed something and left no event", case.operation));
                }
                let got = match answer.status {
                    status if status < 300 || status == 409 || status == 412 => Cell::Allowed,
                    status => Cell::Status(status),
                };
                let wanted = expected(case, *need, &column, at, true);
                if got != wanted {
                    let operation = case.operation;
                    wrong.push(format!(
                        "{}, {operation}, {name}: {got:?}, not {wanted:?}: {}",
                        column.title, answer.text
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} cells of the table are wrong:\n{}", wrong.len(), wrong.join("\n"));
    system.server.stop().await;
}
