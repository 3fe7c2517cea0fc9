//! Handing the role of the Root Master on, as `rollcall promote-root` does with an operator's credentials.

use rollcall_accounts::operations::{
    bootstrap::{Bootstrap, NewRootMaster, bootstrap},
    promote_root::{NotPromoted, Promoted, promote_root},
};
use rollcall_accounts::{random::SystemRandomness, totp::TotpSecret};
use rollcall_store_dynamodb::Store;
use rollcall_tests::system::{Request, System};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_hands_the_root_master_on_and_nothing_else_does() {
    let system = System::start(350).await;
    let store = Store::new(system.server.operator(), system.server.table());
    let root = system.root();
    let now = system.server.clock().now();
    let technician = system.person(json!({"kind": "technician", "roles": ["technician"]})).await;
    let invited = system.user(json!({"kind": "technician", "roles": ["technician"]})).await.text_of("email");
    let acme = system.get(&root, "/v1/organizations").await.json["items"][0]["id"].clone();
    let member = json!({"kind": "end_user", "organization_id": acme, "roles": ["organization_admin"]});
    let member = system.person(member).await.email;

    for (name, email, wanted) in [
        ("nobody", "nobody@example.org", "nobody signs in with this address"),
        ("somebody invited", invited.as_str(), "the account is not active"),
        ("somebody of an organization", member.as_str(), "only a technician can be the Root Master"),
    ] {
        let refused = promote_root(&store, email, now).await.map(|_| ()).map_err(|refused| refused.to_string());
        assert_eq!(refused, Err(wanted.to_owned()), "{name}");
    }

    let now = system.server.clock().now();
    let promoted = promote_root(&store, &technician.email.to_uppercase(), now).await;
    let Ok(Promoted::Done { former, next }) = promoted else { panic!("{promoted:?}") };
    assert_eq!(next.id.to_string(), technician.id);
    let read = async |id: &str| system.get(&technician.caller, format!("/v1/users/{id}")).await;
    let new = read(&technician.id).await;
    assert_eq!((&new.json["roles"], &new.json["root"]), (&json!(["root_master"]), &json!(true)), "{new:?}");
    let old = read(former.id.as_str()).await;
    assert_eq!((&old.json["roles"], &old.json["root"]), (&json!(["system_administrator"]), &json!(false)), "{old:?}");
    for (role, wanted) in [("root_master", &technician.id), ("system_administrator", &former.id.to_string())] {
        let found = system.get(&technician.caller, format!("/v1/users?role={role}")).await;
        let ids: Vec<&str> =
            found.json["items"].as_array().into_iter().flatten().filter_map(|item| item["id"].as_str()).collect();
        assert_eq!(ids, [wanted.as_str()], "{role}");
    }
    let trail = system.get(&technician.caller, format!("/v1/audit-events?target={}", technician.id)).await;
    let event = &trail.json["items"][0];
    assert_eq!(event["action"], "user.root_promoted", "{trail:?}");
    assert_eq!((&event["actor"], event["source"].as_str()), (&serde_json::Value::Null, Some("operator")));

    // The former one is a person like others now; the new one is not.
    let off = system.post(&technician.caller, format!("/v1/users/{}/deactivate", former.id), json!({})).await;
    assert_eq!(off.status, 200, "{off:?}");
    let gone = Request::new("DELETE", format!("/v1/users/{}", technician.id));
    assert_eq!(system.send(&technician.caller, gone).await.outcome(), (409, "own_account"));
    let again = promote_root(&store, &technician.email, now).await;
    assert!(matches!(again, Ok(Promoted::Already)), "{again:?}");
    let back = promote_root(&store, &former.email, now).await;
    assert!(matches!(back, Err(NotPromoted::NotActive)), "{back:?}");
    system.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deployment_is_bootstrapped_once() {
    let system = System::start(351).await;
    let store = Store::new(system.server.operator(), system.server.table());
    let new = |email: &str| NewRootMaster {
        first_name: "Ro".into(),
        last_name: "Ot".into(),
        email: email.into(),
        password: "a long enough phrase".into(),
        api_key_days: 90,
        totp_secret: TotpSecret::random(&SystemRandomness),
    };
    let now = system.server.clock().now();
    let again = bootstrap(&store, new("second@example.org"), now, &SystemRandomness).await;
    assert!(matches!(again, Ok(Bootstrap::AlreadyDone)), "{again:?}");
    let refused = bootstrap(&store, new("no address"), now, &SystemRandomness).await;
    assert_eq!(refused.map(|_| ()).map_err(|error| error.code().to_owned()), Err("row_refused".to_owned()));
    let found = system.get(&system.root(), "/v1/users?q=second").await;
    assert_eq!(found.json["items"], json!([]));
    system.server.stop().await;
}
