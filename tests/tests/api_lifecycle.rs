//! The life of an account: every state of the machine (docs/LIFECYCLE.md) with every operation, through the real
//! handlers; and what becomes of sessions, keys, links, addresses and numbers on the way.

use rollcall_accounts::lifecycle::{Operation, State, step};
use rollcall_dev_server::MailFilter;
use rollcall_tests::system::{Answer, Caller, Request, System};
use serde_json::{Value, json};

const PASSWORD: &str = "a long enough phrase";

/// Somebody in some state, with what they would need to do something themselves.
struct Subject {
    id: String,
    email: String,
    /// `/v1/invitations/…`, the last that was mailed.
    link: Option<String>,
    password: &'static str,
}

async fn act(system: &System, caller: &Caller, id: &str, what: &str) -> Answer {
    system.post(caller, format!("/v1/users/{id}/{what}"), json!({})).await
}

async fn read(system: &System, id: &str) -> Answer {
    system.get(&system.root(), format!("/v1/users/{id}")).await
}

/// The identifier of the organization Acme.
async fn acme(system: &System) -> String {
    system.get(&system.root(), "/v1/organizations").await.json["items"][0]["id"].as_str().expect("Acme").to_owned()
}

/// Acme, where three failed sign-ins lock an account and credentials may be given in every way.
async fn strict(system: &System) -> String {
    let acme = acme(system).await;
    let path = format!("/v1/organizations/{acme}");
    let now = system.get(&system.root(), &path).await;
    let policy = json!({"password_policy": {"lockout_attempts": 3}});
    let request = Request::new("PATCH", &path).header("if-match", now.headers["etag"].clone()).json(&policy);
    let changed = system.send(&system.root(), request).await;
    assert_eq!(changed.status, 200, "{changed:?}");
    acme
}

fn end_user(organization: &str) -> Value {
    json!({"kind": "end_user", "organization_id": organization, "roles": ["organization_user"]})
}

async fn fail_to_sign_in(system: &System, email: &str, times: usize) {
    for _ in 0..times {
        let wrong = json!({"email": email, "password": "not the right phrase"});
        let answer = system.post(&Caller::Nobody, "/v1/sessions", wrong).await;
        assert!(answer.status == 401 || answer.status == 429, "{answer:?}");
    }
}

/// What the API says of a state.
fn state_of(answer: &Answer) -> State {
    if answer.outcome() == (404, "user_not_found") {
        return State::Deleted;
    }
    let user = &answer.json;
    let finished = !user["last_sign_in_at"].is_null() || !user["invitation"]["registered_at"].is_null();
    match (user["status"].as_str().unwrap_or_default(), user["invitation"]["status"].as_str()) {
        ("created", _) => State::Created,
        ("invited", Some("pending")) => State::Invited,
        ("invited", Some("expired")) => State::InvitationExpired,
        ("invited", Some("revoked")) => State::InvitationRevoked,
        ("invited", None) => State::FirstPassword,
        ("active", _) => State::Active,
        ("locked_out", _) => State::LockedOut,
        ("deactivated", _) if finished => State::Deactivated,
        ("deactivated", _) => State::DeactivatedUnfinished,
        other => panic!("{other:?} in {answer:?}"),
    }
}

/// Somebody new in that state. For one whose invitation has expired the clock is moved afterwards.
async fn subject(system: &System, organization: &str, state: State) -> Subject {
    let root = system.root();
    let with = |more: Value| {
        let mut whole = end_user(organization);
        for (name, value) in more.as_object().into_iter().flatten() {
            whole[name] = value.clone();
        }
        whole
    };
    let mut password = PASSWORD;
    let user = match state {
        State::Created => system.user(with(json!({"invite": false}))).await,
        State::FirstPassword => {
            password = "given by somebody else";
            system.user(with(json!({"credentials": {"mode": "specify_only", "password": password}}))).await
        }
        State::Active | State::LockedOut | State::Deactivated => {
            let person = system.person(with(json!({}))).await;
            read(system, &person.id).await
        }
        _ => system.user(with(json!({}))).await,
    };
    let (id, email) = (user.text_of("id"), user.text_of("email"));
    let mut link = None;
    if user.json["invitation"].is_object() {
        link = Some(system.invitation_path(&email).await);
    }
    match state {
        State::InvitationRevoked => assert_eq!(act(system, &root, &id, "revoke-invitation").await.status, 200),
        State::LockedOut => fail_to_sign_in(system, &email, 4).await,
        State::Deactivated | State::DeactivatedUnfinished => {
            assert_eq!(act(system, &root, &id, "deactivate").await.status, 200);
        }
        State::Deleted => {
            let gone = system.send(&root, Request::new("DELETE", format!("/v1/users/{id}"))).await;
            assert_eq!(gone.status, 204, "{gone:?}");
        }
        _ => {}
    }
    Subject { id, email, link, password }
}

/// Does it; gives the answer where it is an administrator's operation, whose refusals are the machine's.
async fn perform(system: &System, subject: &Subject, operation: Operation) -> Option<Answer> {
    let root = system.root();
    let Subject { id, email, link, password } = subject;
    let link = link.clone().unwrap_or_else(|| "/v1/invitations/inv_x.k.x".to_owned());
    let patch = async |change: Value| {
        let path = format!("/v1/users/{id}");
        let version = read(system, id).await.headers.get("etag").cloned().unwrap_or_else(|| "\"1\"".to_owned());
        system.send(&root, Request::new("PATCH", path).header("if-match", version).json(&change)).await
    };
    Some(match operation {
        Operation::SendInvitation => act(system, &root, id, "send-invitation").await,
        Operation::ResendInvitation => act(system, &root, id, "resend-invitation").await,
        Operation::RevokeInvitation => act(system, &root, id, "revoke-invitation").await,
        Operation::Unlock => act(system, &root, id, "unlock").await,
        Operation::ResetPassword => act(system, &root, id, "reset-password").await,
        Operation::ResetMfa => act(system, &root, id, "reset-mfa").await,
        Operation::Deactivate => act(system, &root, id, "deactivate").await,
        Operation::Activate => act(system, &root, id, "activate").await,
        Operation::Delete => system.send(&root, Request::new("DELETE", format!("/v1/users/{id}"))).await,
        Operation::Edit => patch(json!({"first_name": "Renamed"})).await,
        Operation::ChangeEmail => patch(json!({"email": format!("new-{email}")})).await,
        Operation::RenewInvitation => {
            let renewed = system.post(&Caller::Nobody, format!("{link}/renew"), json!({})).await;
            assert!(renewed.status == 202 || renewed.status == 429, "{renewed:?}");
            return None;
        }
        Operation::AcceptInvitation => {
            let chosen = json!({"password": PASSWORD, "phone": "+4915112345678"});
            let accepted = system.post(&Caller::Nobody, format!("{link}/accept"), chosen).await;
            assert!(matches!(accepted.status, 200 | 404 | 410), "{accepted:?}");
            return None;
        }
        Operation::SignIn => {
            let signed = json!({"email": email, "password": password});
            let answer = system.post(&Caller::Nobody, "/v1/sessions", signed).await;
            if answer.json["next"] == json!("change_password") {
                let caller = answer.session().expect("a session that asks for a password");
                let chosen = json!({"password": "one of my very own"});
                let done = system.post(&caller, "/v1/sessions/password", chosen).await;
                assert_eq!((done.status, &done.json["next"]), (200, &Value::Null), "{done:?}");
            }
            return None;
        }
        Operation::Lock => {
            fail_to_sign_in(system, email, 4).await;
            return None;
        }
        Operation::ChoosePassword => {
            let asked = system.post(&Caller::Nobody, "/v1/password-resets", json!({"email": email})).await;
            assert_eq!(asked.status, 202, "{asked:?}");
            if matches!(state_of(&read(system, id).await), State::Active | State::LockedOut) {
                let link = mailed(system, email, "/password-resets/").await;
                let chosen = json!({"password": "another of my own"});
                let done = system.post(&Caller::Nobody, format!("/v1/password-resets/{link}"), chosen).await;
                assert_eq!(done.status, 204, "{done:?}");
            }
            return None;
        }
        Operation::ExpireInvitation | Operation::LockEnds => return None,
    })
}

/// What comes after `marker` in the newest link mailed to an address.
async fn mailed(system: &System, email: &str, marker: &str) -> String {
    let found = system
        .eventually(async || {
            let mails = system.server.outbox().list(&MailFilter::default()).unwrap_or_default();
            let of_them = mails.into_iter().rev().filter(|mail| mail.to == email);
            let mut links = of_them.flat_map(|mail| mail.links.clone());
            links.find_map(|link| link.split_once(marker).map(|(_, token)| token.to_owned()))
        })
        .await;
    found.unwrap_or_else(|| panic!("no {marker} was mailed to {email}"))
}

/// One state, a person for each operation; then time passes for another.
async fn every_operation_in(seed: u64, state: State) {
    let system = System::start(seed).await;
    let organization = strict(&system).await;
    let mut subjects = Vec::new();
    for operation in Operation::ALL {
        subjects.push((*operation, subject(&system, &organization, state).await));
    }
    if state == State::InvitationExpired {
        system.server.advance("PT361H").await.expect("a clock");
    }
    for (operation, subject) in &subjects {
        let name = format!("{operation:?} in {state:?}");
        let before = state_of(&read(&system, &subject.id).await);
        assert_eq!(before, state, "{name}: the state that it begins in");
        let expected = step(state, *operation);
        let answer = perform(&system, subject, *operation).await;
        if matches!(operation, Operation::ExpireInvitation | Operation::LockEnds) {
            continue;
        }
        if let Some(answer) = answer {
            match &expected {
                Ok(_) => assert!(answer.status < 300, "{name}: {answer:?}"),
                Err(error) => assert_eq!(answer.code(), error.code(), "{name}: {answer:?}"),
            }
        }
        let after = state_of(&read(&system, &subject.id).await);
        assert_eq!(after, *expected.as_ref().unwrap_or(&state), "{name}");
    }
    system.server.advance("PT361H").await.expect("a clock");
    for (operation, subject) in &subjects {
        if matches!(operation, Operation::ExpireInvitation | Operation::LockEnds) {
            let passed = step(state, Operation::ExpireInvitation).or_else(|_| step(state, Operation::LockEnds));
            let after = state_of(&read(&system, &subject.id).await);
            assert_eq!(after, passed.unwrap_or(state), "time passes in {state:?}");
        }
    }
    system.server.stop().await;
}

macro_rules! every_state {
    ($($name:ident $seed:literal $state:ident,)*) => {
        $(#[tokio::test(flavor = "multi_thread")]
        async fn $name() {
            every_operation_in($seed, State::$state).await;
        })*

        #[test]
        fn no_state_is_left_out() {
            let run = [$(State::$state),*];
            assert!(State::ALL.iter().all(|state| run.contains(state)), "give every state its line in every_state!");
        }
    };
}

every_state! {
    every_operation_in_created 300 Created,
    every_operation_in_invited 301 Invited,
    every_operation_with_an_expired_invitation 302 InvitationExpired,
    every_operation_with_a_withdrawn_invitation 303 InvitationRevoked,
    every_operation_with_a_first_password 304 FirstPassword,
    every_operation_in_active 305 Active,
    every_operation_in_locked_out 306 LockedOut,
    every_operation_in_deactivated 307 Deactivated,
    every_operation_in_deactivated_before_it_was_finished 308 DeactivatedUnfinished,
    every_operation_in_deleted 309 Deleted,
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deactivated_person_is_out_at_once_and_comes_back_with_everything_but_their_secrets() {
    let system = System::start(320).await;
    let root = system.root();
    let acme = acme(&system).await;
    let role = json!({"kind": "end_user", "organization_id": acme, "roles": ["organization_admin"], "language": "de"});
    let person = system.person(role).await;
    let key = system.key_of(&person.caller).await;
    assert_eq!(system.get(&person.caller, "/v1/me").await.status, 200);
    assert_eq!(system.get(&key.clone(), "/v1/me").await.status, 200);

    let off = act(&system, &root, &person.id, "deactivate").await;
    assert_eq!((off.status, off.json["status"].as_str()), (200, Some("deactivated")), "{off:?}");
    for (name, caller) in [("the browser", person.caller.clone()), ("the key", key.clone())] {
        assert_eq!(system.get(&caller, "/v1/me").await.outcome(), (401, "not_authenticated"), "{name}");
    }
    let sign_in = json!({"email": person.email, "password": PASSWORD});
    assert_eq!(system.post(&Caller::Nobody, "/v1/sessions", sign_in.clone()).await.status, 401);
    assert_eq!(off.json["roles"], json!(["organization_admin"]));
    assert_eq!(off.json["language"], json!("de"));
    let taken = json!({"kind": "end_user", "organization_id": acme, "roles": ["organization_user"],
        "first_name": "An", "last_name": "Other", "email": person.email});
    assert_eq!(
        system.post(&root, "/v1/users", taken).await.outcome(),
        (409, "email_taken"),
        "the address stays theirs"
    );

    let on = act(&system, &root, &person.id, "activate").await;
    assert_eq!((on.status, on.json["status"].as_str()), (200, Some("active")), "{on:?}");
    assert_eq!(on.json["password_reset"]["status"], "pending");
    assert_eq!(system.post(&Caller::Nobody, "/v1/sessions", sign_in).await.status, 401, "the old password is void");
    for (name, caller) in [("the browser", person.caller.clone()), ("the key", key)] {
        assert_eq!(system.get(&caller, "/v1/me").await.status, 401, "{name} does not come back");
    }
    let token = mailed(&system, &person.email, "/password-resets/").await;
    let chosen = json!({"password": "an entirely new phrase"});
    let done = system.post(&Caller::Nobody, format!("/v1/password-resets/{token}"), chosen.clone()).await;
    assert_eq!(done.status, 204, "{done:?}");
    let back = json!({"email": person.email, "password": "an entirely new phrase"});
    let back = system.post(&Caller::Nobody, "/v1/sessions", back).await;
    assert_eq!((back.status, back.json["next"].as_str()), (200, Some("enrol_mfa")), "and the second factor: {back:?}");
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_person_leaves_nothing_but_a_trail() {
    let system = System::start(321).await;
    let root = system.root();
    let acme = acme(&system).await;
    let admin = json!({"kind": "end_user", "organization_id": acme, "roles": ["organization_admin"]});
    let person = system.person(admin).await;
    let key = system.key_of(&person.caller).await;
    let path = format!("/v1/users/{}", person.id);

    let stale = Request::new("DELETE", &path).header("if-match", "\"99\"");
    assert_eq!(system.send(&root, stale).await.outcome(), (412, "version_conflict"));
    let version = read(&system, &person.id).await.headers["etag"].clone();
    let gone = system.send(&root, Request::new("DELETE", &path).header("if-match", version)).await;
    assert_eq!((gone.status, gone.text.as_str()), (204, ""));
    assert_eq!(system.send(&root, Request::new("DELETE", &path)).await.outcome(), (404, "user_not_found"));

    assert_eq!(system.get(&person.caller, "/v1/me").await.status, 401);
    assert_eq!(system.get(&key, "/v1/me").await.status, 401);
    for query in
        [format!("organization={acme}"), "q=number".into(), "role=organization_admin".into(), "status=active".into()]
    {
        let listed = system.get(&root, format!("/v1/users?{query}")).await;
        assert!(!listed.text.contains(&person.id), "{query}: {listed:?}");
    }
    let again = json!({"kind": "technician", "email": person.email});
    system.user(again).await;

    let trail = system.get(&root, format!("/v1/audit-events?target={}", person.id)).await;
    let deleted = &trail.json["items"][0];
    assert_eq!(deleted["action"], "user.deleted", "{trail:?}");
    assert_eq!(deleted["before"]["email"], json!(person.email));
    assert_eq!(deleted["before"]["roles"], json!(["organization_admin"]));
    assert_eq!(deleted["before"]["status"], "active");
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_link_of_somebody_who_was_deleted_says_that_it_was_withdrawn() {
    let system = System::start(322).await;
    let user = system.user(json!({"kind": "technician"})).await;
    let link = system.invitation_path(&user.text_of("email")).await;
    let gone = Request::new("DELETE", format!("/v1/users/{}", user.text_of("id")));
    assert_eq!(system.send(&system.root(), gone).await.status, 204);
    let looked = system.get(&Caller::Nobody, &link).await;
    assert_eq!((looked.status, looked.json["state"].as_str()), (200, Some("revoked")), "{looked:?}");
    assert_eq!(looked.json["next_step"], "ask_administrator");
    assert!(!looked.text.contains("Person"), "nothing of the person is left to tell: {looked:?}");
    let used = json!({"password": PASSWORD, "phone": "+4915112345678"});
    let used = system.post(&Caller::Nobody, format!("{link}/accept"), used).await;
    assert_eq!(used.outcome(), (410, "invitation_revoked"));
    let (signed, mac) = link.rsplit_once('.').expect("a signed token");
    let other = if mac.starts_with('A') { "B" } else { "A" };
    let forged = format!("{signed}.{other}{}", &mac[1..]);
    let forged = system.get(&Caller::Nobody, forged).await;
    assert_eq!(forged.outcome(), (404, "invitation_not_found"), "who only guesses learns nothing");
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_does_it_to_themselves_to_the_root_master_or_to_somebody_mightier() {
    let system = System::start(323).await;
    let root = system.root();
    let me = system.get(&root, "/v1/me").await.json["user"]["id"].as_str().map(str::to_owned);
    let root_id = match me {
        Some(id) => id,
        None => system.get(&root, "/v1/me").await.text_of("id"),
    };
    let mighty = system.person(json!({"kind": "technician", "roles": ["system_administrator"]})).await;
    let weak = system.person(json!({"kind": "technician", "roles": ["technician"]})).await;
    let all = ["deactivate", "activate", "unlock", "reset-mfa", "reset-password"];
    let delete = |id: &str| Request::new("DELETE", format!("/v1/users/{id}"));
    for what in all {
        let own = act(&system, &mighty.caller, &mighty.id, what).await;
        assert_eq!(own.outcome(), (409, "own_account"), "{what}: {own:?}");
        let roots = act(&system, &mighty.caller, &root_id, what).await;
        assert_eq!(roots.outcome(), (409, "root_master"), "{what}: {roots:?}");
        let mightier = act(&system, &weak.caller, &mighty.id, what).await;
        assert_eq!(mightier.outcome(), (403, "permission_denied"), "{what}: {mightier:?}");
    }
    let waiting = system.user(json!({"kind": "technician", "roles": ["system_administrator"]})).await.text_of("id");
    for what in ["send-invitation", "resend-invitation", "revoke-invitation"] {
        let mightier = act(&system, &weak.caller, &waiting, what).await;
        assert_eq!(mightier.outcome(), (403, "permission_denied"), "{what}: {mightier:?}");
    }
    assert_eq!(system.send(&mighty.caller, delete(&mighty.id)).await.outcome(), (409, "own_account"));
    assert_eq!(system.send(&mighty.caller, delete(&root_id)).await.outcome(), (409, "root_master"));
    assert_eq!(system.send(&root, delete(&root_id)).await.outcome(), (409, "own_account"));
    assert_eq!(system.send(&weak.caller, delete(&mighty.id)).await.outcome(), (403, "permission_denied"));
    let clone = json!({"first_name": "An", "last_name": "Other", "email": "clone@example.org"});
    let cloned = system.post(&mighty.caller, format!("/v1/users/{root_id}/clone"), clone.clone()).await;
    assert_eq!(cloned.outcome(), (409, "root_master"));
    let cloned = system.post(&weak.caller, format!("/v1/users/{}/clone", mighty.id), clone).await;
    assert_eq!(cloned.outcome(), (403, "permission_denied"));
    assert_eq!(system.get(&mighty.caller, "/v1/me").await.status, 200, "nothing has happened to anybody");
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_administrators_who_switch_each_other_off_one_stays() {
    let system = System::start(324).await;
    let acme = acme(&system).await;
    for round in 0..4 {
        let admin = json!({"kind": "end_user", "organization_id": acme, "roles": ["organization_admin"]});
        let (one, other) = (system.person(admin.clone()).await, system.person(admin).await);
        let delete = |id: &str| Request::new("DELETE", format!("/v1/users/{id}"));
        let (first, second) = if round % 2 == 0 {
            tokio::join!(
                act(&system, &one.caller, &other.id, "deactivate"),
                act(&system, &other.caller, &one.id, "deactivate")
            )
        } else {
            tokio::join!(system.send(&one.caller, delete(&other.id)), system.send(&other.caller, delete(&one.id)))
        };
        let done = [&first, &second].iter().filter(|answer| answer.status < 300).count();
        assert_eq!(done, 1, "round {round}: {first:?} {second:?}");
        let refused = if first.status < 300 { &second } else { &first };
        assert_eq!(refused.outcome(), (401, "not_authenticated"), "round {round}: whoever is out changes nothing");
    }
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_administrators_at_once_do_not_overwrite_each_other() {
    let system = System::start(325).await;
    let root = system.root();
    let person = system.person(json!({"kind": "technician", "roles": ["technician"]})).await;
    let (off, edited) = tokio::join!(act(&system, &root, &person.id, "deactivate"), async {
        let path = format!("/v1/users/{}", person.id);
        let version = read(&system, &person.id).await.headers["etag"].clone();
        let change = json!({"first_name": "Changed"});
        system.send(&root, Request::new("PATCH", path).header("if-match", version).json(&change)).await
    });
    assert_eq!(off.status, 200, "{off:?}");
    assert!(edited.status == 200 || edited.outcome() == (412, "version_conflict"), "{edited:?}");
    let now = read(&system, &person.id).await;
    assert_eq!(now.json["status"], "deactivated");
    let changed = now.json["first_name"] == json!("Changed");
    assert_eq!(changed, edited.status == 200, "what was answered is what is there");
    let all = (0..6).map(|_| act(&system, &root, &person.id, "activate"));
    let mut outcomes: Vec<u16> = futures_util::future::join_all(all).await.iter().map(|answer| answer.status).collect();
    outcomes.sort_unstable();
    assert_eq!(outcomes, [200, 409, 409, 409, 409, 409], "of six at once one activates");
    system.server.stop().await;
}

/// However accounts come, move and go, the organization's numbers are those of its list.
#[tokio::test(flavor = "multi_thread")]
async fn the_numbers_of_an_organization_are_those_of_its_list() {
    for seed in [330_u64, 331] {
        let system = System::start(seed).await;
        let root = system.root();
        let acme = acme(&system).await;
        let mut people: Vec<String> = Vec::new();
        // A small generator of its own: the same seed, the same life.
        let mut chance = seed;
        let mut below = |n: usize| {
            chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(chance >> 33).unwrap_or(0) % n
        };
        for round in 0..60 {
            let pick = |n: usize, people: &[String]| people.get(n % people.len().max(1)).cloned();
            match below(7) {
                0 | 1 => people.push(system.user(end_user(&acme)).await.text_of("id")),
                2 => people.push(system.person(end_user(&acme)).await.id),
                choice => {
                    if let Some(id) = pick(below(100), &people) {
                        match choice {
                            3 | 4 => drop(act(&system, &root, &id, "deactivate").await),
                            5 => drop(act(&system, &root, &id, "activate").await),
                            _ => {
                                let gone = Request::new("DELETE", format!("/v1/users/{id}"));
                                assert_eq!(system.send(&root, gone).await.status, 204);
                                people.retain(|other| *other != id);
                            }
                        }
                    }
                }
            }
            if round % 10 != 9 {
                continue;
            }
            let listed = system.get(&root, format!("/v1/users?organization={acme}&limit=100")).await;
            let items = listed.json["items"].as_array().cloned().unwrap_or_default();
            let active = items.iter().filter(|item| item["status"] == json!("active")).count();
            let counts = system.get(&root, "/v1/organizations").await.json["items"][0]["counts"].clone();
            assert_eq!(counts, json!({"users": items.len(), "active": active}), "seed {seed}, round {round}");
            assert_eq!(items.len(), people.len(), "seed {seed}, round {round}");
            for status in ["active", "deactivated", "invited", "created"] {
                let found = system.get(&root, format!("/v1/users?organization={acme}&status={status}&limit=100")).await;
                let wanted = items.iter().filter(|item| item["status"] == json!(status)).count();
                assert_eq!(found.json["items"].as_array().map(Vec::len), Some(wanted), "{status}, round {round}");
            }
        }
        system.server.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clone_is_like_the_other_and_somebody_of_their_own() {
    let system = System::start(326).await;
    let root = system.root();
    let acme = acme(&system).await;
    let group = system.post(&root, format!("/v1/groups?organization={acme}"), json!({"name": "Team", "active": true}));
    let group = group.await.text_of("id");
    let site =
        system.post(&root, format!("/v1/sites?organization={acme}"), json!({"name": "Porto"})).await.text_of("id");
    let desk = json!({"name": "Desk", "key": "desk", "type": "text"});
    let desk = system.post(&root, format!("/v1/properties?organization={acme}"), desk).await;
    assert_eq!(desk.status, 201, "{desk:?}");
    let source = system
        .user(json!({
            "kind": "end_user", "organization_id": acme, "roles": ["organization_admin"], "groups": [group],
            "site": site, "properties": {"desk": "12"}, "language": "pt", "phone": "+351912345678",
        }))
        .await;
    let path = format!("/v1/users/{}/clone", source.text_of("id"));
    let new = json!({"first_name": "Zoe", "last_name": "Nova", "email": "zoe@example.org"});
    let request = Request::new("POST", &path).header("idempotency-key", "z").json(&new);
    let clone = system.send(&root, request.clone()).await;
    assert_eq!(clone.status, 201, "{clone:?}");
    assert_eq!(system.send(&root, request).await.text, clone.text, "the same request again");
    for name in ["kind", "organization_id", "roles", "groups", "site", "properties", "language", "all_module_access"] {
        assert_eq!(clone.json[name], source.json[name], "{name}");
    }
    for (name, wanted) in [
        ("first_name", json!("Zoe")),
        ("email", json!("zoe@example.org")),
        ("phone", Value::Null),
        ("status", json!("invited")),
    ] {
        assert_eq!(clone.json[name], wanted, "{name}");
    }
    assert_ne!(clone.json["id"], source.json["id"]);
    let trail = system.get(&root, format!("/v1/audit-events?target={}", clone.text_of("id"))).await;
    assert_eq!(trail.json["items"][0]["after"]["cloned_from"], source.json["id"], "{trail:?}");
    for (name, body, wanted) in [
        (
            "the address of another",
            json!({"first_name": "A", "email": "zoe@example.org", "last_name": "B"}),
            (409, "email_taken"),
        ),
        (
            "a name that is none",
            json!({"first_name": "", "last_name": "B", "email": "b@example.org"}),
            (422, "row_refused"),
        ),
        (
            "more than may be said",
            json!({"first_name": "A", "email": "c@example.org", "roles": []}),
            (400, "body_not_json"),
        ),
    ] {
        assert_eq!(system.post(&root, &path, body).await.outcome(), wanted, "{name}");
    }
    system.server.stop().await;
}
