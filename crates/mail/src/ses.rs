//! SES v2.

use aws_sdk_sesv2::{
    Client,
    config::{retry::RetryConfig, timeout::TimeoutConfig},
    error::{DisplayErrorContext, ProvideErrorMetadata as _, SdkError},
    operation::send_email::SendEmailError,
    types::{Body, Content, Destination, EmailContent, Message, MessageTag},
};
use rollcall_accounts::{
    Error, Result,
    operations::{
        delivery::{Allowance, Mailer, SendFailure},
        letters::Letter,
    },
};

use crate::{LONGEST, render};

/// SES v2, sending from one address through one configuration set, whose events `record-delivery` gets.
#[derive(Debug, Clone)]
pub struct Ses {
    client: Client,
    sender: String,
    configuration_set: String,
}

impl Ses {
    /// A client. A call takes 10 s at most. It never repeats one by itself: a call whose answer was lost may have sent
    /// the mail, so when to try again is decided where that is known.
    #[must_use]
    pub fn new(sdk: &aws_types::SdkConfig, sender: &str, configuration_set: &str) -> Self {
        let config = aws_sdk_sesv2::config::Builder::from(sdk)
            .retry_config(RetryConfig::disabled())
            .timeout_config(TimeoutConfig::builder().operation_timeout(LONGEST).build())
            .build();
        Self {
            client: Client::from_conf(config),
            sender: sender.to_owned(),
            configuration_set: configuration_set.to_owned(),
        }
    }
}

impl Mailer for Ses {
    async fn send(&self, letter: &Letter) -> Result<(), SendFailure> {
        let failed = |error: &dyn std::fmt::Display| SendFailure::Failed(error.to_string());
        let rendered = render(letter).map_err(|error| failed(&error))?;
        let utf8 =
            |text: String| Content::builder().data(text).charset("UTF-8").build().map_err(|error| failed(&error));
        let message = Message::builder()
            .subject(utf8(rendered.subject)?)
            .body(Body::builder().text(utf8(rendered.text)?).html(utf8(rendered.html)?).build())
            .build();
        let mut request = self
            .client
            .send_email()
            .from_email_address(&self.sender)
            .configuration_set_name(&self.configuration_set)
            .destination(Destination::builder().to_addresses(deliverable(&letter.to)).build())
            .content(EmailContent::builder().simple(message).build())
            .set_reply_to_addresses(letter.reply_to.as_deref().map(|address| vec![deliverable(address)]));
        for (name, value) in &letter.tags {
            let tag = MessageTag::builder().name(*name).value(value).build().map_err(|error| failed(&error))?;
            request = request.email_tags(tag);
        }
        match request.send().await {
            Ok(_) => Ok(()),
            Err(error) => Err(failure(error)),
        }
    }

    async fn allowance(&self) -> Result<Allowance> {
        let account =
            self.client.get_account().send().await.map_err(|error| Error::internal(DisplayErrorContext(error)))?;
        let quota = account.send_quota();
        // -1 is "no limit" (SES API, SendQuota).
        let per_day = quota.map(|quota| quota.max24_hour_send()).filter(|day| *day >= 0.0);
        let sent = quota.map_or(0.0, |quota| quota.sent_last24_hours());
        Ok(Allowance {
            // An account without a rate is one in the sandbox: one a second.
            per_second: quota.map(|quota| quota.max_send_rate()).filter(|rate| *rate > 0.0).unwrap_or(1.0),
            per_day,
            left_today: per_day.map(|day| day - sent),
        })
    }
}

/// What an error says about trying again.
fn failure(error: SdkError<SendEmailError>) -> SendFailure {
    match error.as_service_error() {
        // The sender or, in the sandbox, the recipient is not verified (yet): a fault of the deployment, which its
        // operator will mend. Which of them it is the message says, and so it is not for the log.
        Some(SendEmailError::MessageRejected(rejected))
            if rejected.meta().message().is_some_and(|message| message.contains("not verified")) =>
        {
            SendFailure::Failed("MessageRejected: sender or recipient is not verified".to_owned())
        }
        Some(SendEmailError::MessageRejected(_) | SendEmailError::BadRequestException(_)) => SendFailure::Refused,
        Some(SendEmailError::TooManyRequestsException(_) | SendEmailError::LimitExceededException(_)) => {
            SendFailure::Throttled
        }
        Some(other) => match other.code() {
            Some("ThrottlingException" | "Throttling") => SendFailure::Throttled,
            // The code only: the service's messages can hold addresses.
            code => SendFailure::Failed(code.unwrap_or("the mail service failed").to_owned()),
        },
        None => SendFailure::Failed(transport(&error).to_owned()),
    }
}

fn transport(error: &SdkError<SendEmailError>) -> &'static str {
    match error {
        SdkError::TimeoutError(_) => "the mail service did not answer in time",
        SdkError::DispatchFailure(_) => "the mail service could not be reached",
        SdkError::ResponseError(_) => "the mail service's answer could not be read",
        _ => "the request to the mail service could not be made",
    }
}

/// The address as SES takes it: the domain in its A-label form (SES API, SendEmail: "must use punycode").
fn deliverable(address: &str) -> String {
    match address.rsplit_once('@') {
        Some((local, domain)) if !domain.is_ascii() => match idna::domain_to_ascii(domain) {
            Ok(domain) => format!("{local}@{domain}"),
            Err(_) => address.to_owned(),
        },
        _ => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains_are_written_as_the_mail_service_takes_them() {
        for (address, wanted) in [
            ("ana@example.org", "ana@example.org"),
            ("ana@müller.example", "ana@xn--mller-kva.example"),
            ("jürgen@example.org", "jürgen@example.org"),
        ] {
            assert_eq!(deliverable(address), wanted);
        }
    }
}
