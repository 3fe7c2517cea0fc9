//! Services that take a request and never answer: what that comes to.

use std::{
    future::{pending, ready},
    sync::{Arc, Mutex},
    time::Duration,
};

use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use aws_sdk_sesv2::config::{BehaviorVersion, Region};
use aws_smithy_async::rt::sleep::{AsyncSleep, SharedAsyncSleep, Sleep};
use aws_smithy_runtime_api::client::{
    http::{HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector},
    orchestrator::HttpRequest,
    runtime_components::RuntimeComponents,
};
use aws_types::SdkConfig;
use rollcall_accounts::operations::{
    delivery::{Mailer as _, SendFailure, TextSender as _},
    letters::{Content, Letter, TextContent, TextMessage},
};

use crate::{LONGEST, Ses, Sms, TextSettings};

/// A service that takes everything and says nothing.
#[derive(Debug)]
struct Silent;

impl HttpConnector for Silent {
    fn call(&self, _: HttpRequest) -> HttpConnectorFuture {
        HttpConnectorFuture::new(pending())
    }
}

impl HttpClient for Silent {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(Self)
    }
}

/// Time that passes at once, and how long it was.
#[derive(Debug, Clone, Default)]
struct Quick(Arc<Mutex<Vec<Duration>>>);

impl AsyncSleep for Quick {
    fn sleep(&self, duration: Duration) -> Sleep {
        self.0.lock().unwrap().push(duration);
        Sleep::new(ready(()))
    }
}

fn silence(time: &Quick) -> SdkConfig {
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-central-1"))
        .credentials_provider(SharedCredentialsProvider::new(Credentials::new("A", "s", None, None, "test")))
        .http_client(Silent)
        .sleep_impl(SharedAsyncSleep::new(time.clone()))
        .build()
}

fn in_time(failed: &SendFailure, time: &Quick) {
    let SendFailure::Failed(why) = failed else { panic!("{failed:?}") };
    assert!(why.contains("did not answer in time"), "{why}");
    assert!(time.0.lock().unwrap().contains(&LONGEST));
}

#[tokio::test]
async fn a_mail_service_that_never_answers_is_given_up_and_the_mail_tried_again_later() {
    let time = Quick::default();
    let ses = Ses::new(&silence(&time), "people@example.org", "rollcall");
    let letter = Letter {
        to: "ana@example.org".into(),
        reply_to: None,
        language: None,
        tags: Vec::new(),
        content: Content::PasswordChanged {
            name: "Ana Silva".into(),
            at: "2026-11-22T18:03:00Z".parse().unwrap(),
            link: "https://rollcall.example/sign-in".into(),
        },
    };
    in_time(&ses.send(&letter).await.unwrap_err(), &time);
}

#[tokio::test]
async fn a_text_message_service_that_never_answers_is_given_up() {
    let time = Quick::default();
    let settings = TextSettings { origination: "arn:aws:sms-voice:x", message_type: "TRANSACTIONAL" };
    let text = TextMessage { to: "+34600000000".into(), language: None, content: TextContent::Code("123456".into()) };
    in_time(&Sms::new(&silence(&time), settings).send_text(&text).await.unwrap_err(), &time);
}
