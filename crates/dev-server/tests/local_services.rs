//! The local services as the functions' SDK meets them.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use std::{collections::HashMap, time::Duration};

use aws_sdk_dynamodb::{Client, error::ProvideErrorMetadata as _, types::AttributeValue};
use rollcall_dev_server::{Config, Crash, DevServer, Faults, InvokeError, MailEventKind};
use serde_json::{Value, json};

async fn calm() -> DevServer {
    let config = Config { faults: Faults::none(), schedules: false, ..Config::for_tests(1) };
    DevServer::start(config).await.unwrap()
}

fn item(pk: &str, kind: &str) -> HashMap<String, AttributeValue> {
    [("pk", pk), ("sk", "TEST"), ("kind", kind)]
        .map(|(name, value)| (name.to_owned(), AttributeValue::S(value.to_owned())))
        .into()
}

async fn put(client: &Client, server: &DevServer, pk: &str) -> Result<(), String> {
    let put = client.put_item().table_name(server.table()).set_item(Some(item(pk, "test")));
    put.send().await.map(drop).map_err(|error| error.code().unwrap_or("none").to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_function_may_do_what_the_template_allows_and_nothing_else() {
    let server = calm().await;
    let reader = Client::new(&server.as_function("GetUserFunction"));
    let writer = Client::new(&server.as_function("CreateUserFunction"));
    let stranger = Client::new(&server.as_function("NoFunction"));
    assert_eq!(put(&writer, &server, "A").await, Ok(()));
    assert_eq!(put(&reader, &server, "B").await, Err("AccessDeniedException".into()));
    assert_eq!(put(&stranger, &server, "C").await, Err("UnrecognizedClientException".into()));

    let get = reader
        .get_item()
        .table_name(server.table())
        .key("pk", AttributeValue::S("A".into()))
        .key("sk", AttributeValue::S("TEST".into()));
    assert_eq!(get.send().await.unwrap().item, Some(item("A", "test")));
    let scan = writer.scan().table_name(server.table()).send().await.unwrap_err();
    assert_eq!(scan.code(), Some("AccessDeniedException"), "nothing scans");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_keeps_account_and_time() {
    let dir = tempfile::tempdir().unwrap();
    let config = Config { data: Some(dir.path().to_owned()), faults: Faults::none(), ..Config::for_tests(1) };
    let read = || -> Value { serde_json::from_slice(&std::fs::read(dir.path().join("dev.json")).unwrap()).unwrap() };

    let server = DevServer::start(config.clone()).await.unwrap();
    let before = server.advance("PT25H").await.unwrap();
    let first = read();
    assert_eq!(first["url"], server.url());
    assert!(DevServer::start(config.clone()).await.is_err(), "two servers on one folder");
    server.stop().await;

    let server = DevServer::start(config).await.unwrap();
    let second = read();
    assert!(server.clock().now() >= before);
    assert_eq!(second["url"], server.url());
    for name in ["api_key", "admin"] {
        assert_eq!(first[name], second[name], "{name}");
    }
    assert_eq!(server.account().email, second["admin"]["email"]);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_planned_crash_kills_the_invocation_at_its_call() {
    let server = calm().await;
    server.crashes().plan("SweepMailFunction", 1, Crash::BeforeCall);
    let died = server.invoke("SweepMailFunction", json!({})).await;
    assert!(matches!(died, Err(InvokeError::Died)), "{died:?}");
    assert!(server.invoke("SweepMailFunction", json!({})).await.is_ok(), "only once");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_is_kept_with_its_links_and_its_events_are_played() {
    use aws_sdk_sesv2::types::{Body, Content, Destination, EmailContent, Message, MessageTag};

    let server = calm().await;
    let send = async |function: &str, to: &str| {
        let text = |data: &str| Content::builder().data(data).build().unwrap();
        let body = Body::builder().text(text("Open http://x.example/invitations/a.b now.")).html(text("<p>")).build();
        let message = Message::builder().subject(text("Hello")).body(body).build();
        aws_sdk_sesv2::Client::new(&server.as_function(function))
            .send_email()
            .from_email_address("Rollcall <no-reply@rollcall.example>")
            .destination(Destination::builder().to_addresses(to).build())
            .content(EmailContent::builder().simple(message).build())
            .email_tags(MessageTag::builder().name("test").value("1").build().unwrap())
            .configuration_set_name("rollcall-dev")
            .send()
            .await
            .map(|sent| sent.message_id.unwrap_or_default())
            .map_err(|error| error.code().unwrap_or("none").to_owned())
    };
    let id = send("DeliverMailFunction", "ana@x.example").await.unwrap();
    assert_eq!(send("CreateUserFunction", "ana@x.example").await, Err("AccessDeniedException".into()));
    let bounced = send("DeliverBulkFunction", "bounce@x.example").await.unwrap();

    let message = server.outbox().get(&id).unwrap().unwrap();
    assert_eq!((message.to.as_str(), message.subject.as_str()), ("ana@x.example", "Hello"));
    assert_eq!(message.links, ["http://x.example/invitations/a.b"]);
    for (id, kind) in [(&id, MailEventKind::Delivered), (&bounced, MailEventKind::Bounced)] {
        assert_eq!(first_event(&server, id).await, kind);
    }
    // An address that bounced is on the suppression list.
    let again = send("DeliverMailFunction", "bounce@x.example").await.unwrap();
    assert_eq!(first_event(&server, &again).await, MailEventKind::Suppressed);
    assert!(server.play_mail_event(&id, MailEventKind::Complained).await.unwrap());
    assert!(!server.play_mail_event("none", MailEventKind::Delivered).await.unwrap());
    assert!(server.dead_letters().list().is_empty(), "{:?}", server.dead_letters().list());
    server.stop().await;
}

async fn first_event(server: &DevServer, id: &str) -> MailEventKind {
    let mut look = tokio::time::interval(Duration::from_millis(5));
    for _ in 0..2_000 {
        look.tick().await;
        if let Some(event) = server.outbox().get(id).unwrap().unwrap().events.first() {
            return event.kind;
        }
    }
    panic!("no event was played");
}
