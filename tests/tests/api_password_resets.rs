//! A new password by a mailed link, asked for by an administrator or by the person: through the real handlers
//! against the local system.

use rollcall_dev_server::{MailFilter, Message};
use rollcall_tests::system::{Answer, Caller, Person, Request, System};
use serde_json::{Value, json};

const OLD: &str = "a long enough phrase";
const NEW: &str = "another phrase of mine";

fn mails(system: &System, to: &str, subject: &str) -> Vec<Message> {
    let all = system.server.outbox().list(&MailFilter { to: Some(to.to_owned()), limit: None }).expect("the outbox");
    all.into_iter().filter(|mail| mail.subject.contains(subject)).collect()
}

/// The API path of the link in the `n`-th mail that offers one, waited for.
async fn link(system: &System, to: &str, n: usize) -> String {
    let mail = system.eventually(async || mails(system, to, "Choose a new").into_iter().nth(n - 1)).await;
    let mail = mail.expect("a mail with a link");
    let link = mail.links.iter().find(|link| link.contains("/password-resets/")).expect("a link");
    format!("/v1/password-resets/{}", link.rsplit('/').next().expect("a token"))
}

async fn reset(system: &System, caller: &Caller, id: &str) -> Answer {
    system.post(caller, format!("/v1/users/{id}/reset-password"), json!({})).await
}

async fn ask(system: &System, email: &str) -> Answer {
    system.post(&Caller::Nobody, "/v1/password-resets", json!({"email": email})).await
}

async fn choose(system: &System, link: &str, password: &str) -> Answer {
    system.post(&Caller::Nobody, link, json!({"password": password})).await
}

async fn sign_in(system: &System, email: &str, password: &str) -> Answer {
    system.post(&Caller::Nobody, "/v1/sessions", json!({"email": email, "password": password})).await
}

async fn is_signed_in(system: &System, person: &Person) -> bool {
    system.get(&person.caller, "/v1/me").await.status == 200
}

/// Somebody of an organization without a second factor.
async fn somebody(system: &System) -> Person {
    let acme = system.organization("Nordwind").await;
    system.person(json!({"kind": "end_user", "organization_id": acme, "roles": ["organization_user"]})).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_resets_and_the_person_chooses() {
    let system = System::start(1).await;
    let person = somebody(&system).await;
    let answer = reset(&system, &system.root(), &person.id).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.json["password_reset"]["status"], "pending");
    let moment = |name: &str| answer.json["password_reset"][name].as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
    assert_eq!(moment("expires_at").duration_since(moment("requested_at")).as_hours(), 24);
    assert!(!is_signed_in(&system, &person).await, "signed out at once");
    assert_eq!(sign_in(&system, &person.email, OLD).await.outcome(), (401, "credentials_not_valid"));

    let path = link(&system, &person.email, 1).await;
    let mail = mails(&system, &person.email, "Choose a new").pop().unwrap();
    assert!(mail.text.contains("has reset the password"), "{}", mail.text);
    let seen = system.get(&Caller::Nobody, &path).await;
    assert_eq!(seen.status, 200, "{seen:?}");
    assert_eq!((&seen.json["email"], &seen.json["password_policy"]["min_length"]), (&json!(person.email), &json!(12)));
    for method in ["GET", "HEAD", "OPTIONS", "PUT"] {
        system.send(&Caller::Nobody, Request::new(method, &path)).await;
    }
    assert_eq!(system.get(&Caller::Nobody, &path).await.text, seen.text, "looking uses nothing up");
    let short = choose(&system, &path, "elevenchars").await;
    assert_eq!((short.outcome(), &short.json["errors"][0]["field"]), ((422, "password_too_short"), &json!("password")));
    assert_eq!(choose(&system, &path, &person.email).await.outcome(), (422, "password_too_common"));

    let done = choose(&system, &path, NEW).await;
    assert_eq!((done.status, done.text.as_str()), (204, ""), "{done:?}");
    for method in ["GET", "POST"] {
        let body = json!({"password": "yet another phrase"});
        let again = system.send(&Caller::Nobody, Request::new(method, &path).json(&body)).await;
        assert_eq!(again.outcome(), (410, "reset_used"), "{method}");
    }
    assert_eq!(sign_in(&system, &person.email, OLD).await.outcome(), (401, "credentials_not_valid"));
    assert_eq!(sign_in(&system, &person.email, NEW).await.status, 200);
    let told = system.eventually(async || mails(&system, &person.email, "was changed").pop()).await;
    assert!(told.is_some(), "the person is told");
    let user = system.get(&system.root(), format!("/v1/users/{}", person.id)).await;
    assert_eq!(user.json["password_reset"]["status"], "used");
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whose_password_may_be_reset() {
    let system = System::start(2).await;
    let root = system.get(&system.root(), "/v1/me").await.json["user"]["id"].as_str().unwrap().to_owned();
    let administrator = system.person(json!({"kind": "technician", "roles": ["system_administrator"]})).await;
    let helper = system.person(json!({"kind": "technician", "roles": ["technician"]})).await;
    let invited = system.user(json!({"kind": "technician"})).await.text_of("id");
    let registered = system.person(json!({"kind": "technician"})).await;
    let gone = system.person(json!({"kind": "technician"})).await;
    let off = system.post(&system.root(), format!("/v1/users/{}/deactivate", gone.id), json!({})).await;
    assert_eq!(off.status, 200, "{off:?}");
    for (name, caller, id, outcome) in [
        ("one's own", &administrator.caller, &administrator.id, (409, "own_account")),
        ("the Root Master's own", &system.root(), &root, (409, "own_account")),
        ("the Root Master's", &administrator.caller, &root, (409, "root_master")),
        ("of somebody who may do more", &helper.caller, &administrator.id, (403, "permission_denied")),
        ("without the permission", &registered.caller, &helper.id, (403, "permission_denied")),
        ("of somebody never registered", &administrator.caller, &invited, (409, "not_registered")),
        ("of somebody switched off", &administrator.caller, &gone.id, (409, "status_not_fitting")),
        ("of somebody who may do less", &helper.caller, &registered.id, (200, "")),
        ("of nobody", &administrator.caller, &"usr_00000000000000000000000000".to_owned(), (404, "user_not_found")),
    ] {
        let answer = reset(&system, caller, id).await;
        assert_eq!(answer.outcome(), outcome, "{name}: {answer:?}");
    }
    assert!(is_signed_in(&system, &administrator).await, "what is refused changes nothing");
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_link_says_why() {
    let system = System::start(3).await;
    let person = somebody(&system).await;
    reset(&system, &system.root(), &person.id).await;
    let first = link(&system, &person.email, 1).await;
    reset(&system, &system.root(), &person.id).await;
    let second = link(&system, &person.email, 2).await;
    let outcome = async |path: &str| {
        let seen = system.get(&Caller::Nobody, path).await;
        let used = choose(&system, path, NEW).await;
        assert_eq!(seen.outcome(), used.outcome(), "looking and choosing say the same");
        (seen.status, seen.code().to_owned())
    };
    assert_eq!(outcome(&first).await, (410, "reset_replaced".to_owned()));
    let since = system.get(&Caller::Nobody, &first).await.json["replaced_at"].clone();
    let user = system.get(&system.root(), format!("/v1/users/{}", person.id)).await;
    assert_eq!(since, user.json["password_reset"]["requested_at"], "and since when");
    system.server.advance("PT24H").await.unwrap();
    assert_eq!(outcome(&second).await, (410, "reset_expired".to_owned()));
    let (head, mac) = second.rsplit_once('.').unwrap();
    let flipped = if mac.starts_with('A') { mac.replacen('A', "B", 1) } else { format!("A{}", &mac[1..]) };
    for path in [
        format!("{head}.{flipped}"),
        "/v1/password-resets/x".to_owned(),
        "/v1/password-resets/rst_00000000000000000000000000.dev.AAAAAAAAAAAAAAAAAAAAAA".to_owned(),
        second.replace("rst_", "inv_"),
    ] {
        assert_eq!(outcome(&path).await, (404, "reset_not_found".to_owned()), "{path}");
    }
    let user = system.get(&system.root(), format!("/v1/users/{}", person.id)).await;
    assert_eq!(user.json["password_reset"]["status"], "expired");
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_is_void_once_the_account_changed_otherwise() {
    let system = System::start(4).await;
    let change = json!({"current": OLD, "password": "a phrase chosen meanwhile"});
    for (name, n) in [("one's own change", 1), ("switched off", 2)] {
        let person = system.person(json!({"kind": "technician"})).await;
        assert_eq!(ask(&system, &person.email).await.status, 202);
        let path = link(&system, &person.email, 1).await;
        assert_eq!(system.get(&Caller::Nobody, &path).await.status, 200, "{name}");
        let done = if n == 1 {
            system.post(&person.caller, "/v1/me/password", change.clone()).await
        } else {
            system.post(&system.root(), format!("/v1/users/{}/deactivate", person.id), json!({})).await
        };
        assert!(done.status < 300, "{name}: {done:?}");
        assert_eq!(choose(&system, &path, NEW).await.outcome(), (410, "reset_revoked"), "{name}");
    }
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_asks_and_nothing_is_lost_by_asking() {
    let system = System::start(5).await;
    let person = somebody(&system).await;
    let invited = system.user(json!({"kind": "technician", "email": "invited@example.org"})).await.text_of("email");
    let mut answers = Vec::new();
    for email in [person.email.as_str(), "nobody@example.org", &invited, "", "no address", &"x".repeat(5000)] {
        let answer = ask(&system, email).await;
        answers.push((answer.status, answer.text));
    }
    answers.dedup();
    assert_eq!(answers, [(202, "{}".to_owned())], "the same for everybody and nobody");
    let path = link(&system, &person.email, 1).await;
    let mail = mails(&system, &person.email, "Choose a new").pop().unwrap();
    assert!(mail.text.contains("your password stays as it is"), "{}", mail.text);
    assert!(is_signed_in(&system, &person).await);
    assert_eq!(sign_in(&system, &person.email, OLD).await.status, 200, "the former password is still good");
    system.server.advance("PT5M").await.unwrap();
    assert!(mails(&system, &invited, "Choose a new").is_empty(), "only who has registered gets a link");
    let all = system.server.outbox().list(&MailFilter::default()).unwrap();
    assert!(all.iter().all(|mail| [person.email.as_str(), invited.as_str()].contains(&mail.to.as_str())));

    assert_eq!(choose(&system, &path, NEW).await.status, 204);
    assert!(!is_signed_in(&system, &person).await, "every session ends once it is used");
    assert_eq!(sign_in(&system, &person.email, OLD).await.status, 401);
    let events = system.get(&system.root(), format!("/v1/users/{}/audit-events", person.id)).await;
    let actions: Vec<&Value> = events.json["items"].as_array().unwrap().iter().map(|event| &event["action"]).collect();
    for action in ["user.password_reset_requested", "user.password_changed"] {
        assert!(actions.contains(&&json!(action)), "{actions:?}");
    }
    assert!(!events.text.contains(NEW) && !events.text.contains(path.rsplit('/').next().unwrap()));
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lock_is_lifted_by_a_new_password() {
    let system = System::start(6).await;
    let person = somebody(&system).await;
    let locked = system
        .eventually(async || {
            let answer = sign_in(&system, &person.email, "a wrong phrase of words").await;
            (answer.status == 429).then_some(answer)
        })
        .await;
    assert_eq!(locked.map(|answer| answer.code().to_owned()).as_deref(), Some("too_many_attempts"));
    assert_eq!(ask(&system, &person.email).await.status, 202);
    let path = link(&system, &person.email, 1).await;
    assert_eq!(choose(&system, &path, NEW).await.status, 204);
    let answer = sign_in(&system, &person.email, NEW).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn asking_is_limited_alike_for_everybody() {
    let system = System::start(7).await;
    let person = somebody(&system).await;
    let mut outcomes = Vec::new();
    for email in [person.email.clone(), "nobody@example.org".into(), person.email.to_uppercase()] {
        let mut answers = Vec::new();
        for _ in 0..7 {
            let answer = ask(&system, &email).await;
            assert_eq!(answer.headers.contains_key("retry-after"), answer.status == 429);
            answers.push((answer.status, answer.code().to_owned()));
        }
        outcomes.push(answers);
    }
    assert_eq!(outcomes[0], outcomes[1], "somebody's and nobody's");
    let statuses = |n: usize| outcomes[n].iter().map(|(status, _)| *status).collect::<Vec<_>>();
    assert_eq!(statuses(0), [202, 202, 202, 202, 202, 429, 429]);
    assert_eq!(statuses(2), [429; 7], "written otherwise it is the same address");
    link(&system, &person.email, 1).await;
    system.server.advance("PT1H").await.unwrap();
    let sent = mails(&system, &person.email, "Choose a new").len();
    assert!((1..=5).contains(&sent), "{sent} mails: those that a newer one replaced in time are not sent");
    assert_eq!(ask(&system, &person.email).await.status, 202, "again in the next hour");
    // From one source no more than sixty an hour, whoever is named.
    let mut refused = 0;
    for n in 0..62 {
        refused += u32::from(ask(&system, &format!("guess{n}@example.org")).await.status == 429);
    }
    assert_eq!(refused, 3, "one was asked for before");
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_used_twice_at_the_same_moment_is_used_once() {
    let system = System::start(8).await;
    let person = somebody(&system).await;
    reset(&system, &system.root(), &person.id).await;
    let path = link(&system, &person.email, 1).await;
    let (one, other) = tokio::join!(choose(&system, &path, NEW), choose(&system, &path, "a phrase of somebody else"));
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [204, 410], "{one:?} {other:?}");
    let mine = sign_in(&system, &person.email, NEW).await.status;
    assert_eq!(mine == 200, one.status == 204);
    system.server.stop().await;
}
