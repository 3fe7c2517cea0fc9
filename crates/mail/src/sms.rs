//! Text messages by AWS End User Messaging SMS (its API is called Pinpoint SMS Voice v2).

use aws_sdk_pinpointsmsvoicev2::{
    Client,
    config::{retry::RetryConfig, timeout::TimeoutConfig},
    error::{ProvideErrorMetadata as _, SdkError},
    operation::send_text_message::SendTextMessageError,
    types::{MessageType, ValidationExceptionReason},
};
use rollcall_accounts::operations::{
    delivery::{SendFailure, TextSender},
    letters::TextMessage,
};

use crate::{LONGEST, render_text};

/// From what text messages are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextSettings<'a> {
    /// ARN of the phone number, pool or sender id; empty: no text messages are sent.
    pub origination: &'a str,
    /// `TRANSACTIONAL` or `PROMOTIONAL`.
    pub message_type: &'a str,
}

/// AWS End User Messaging, or nothing where no origination is set up.
#[derive(Debug, Clone)]
pub struct Sms {
    client: Client,
    origination: Option<String>,
    message_type: MessageType,
}

impl Sms {
    /// A client. A call takes 10 s at most. It never repeats one by itself: a call whose answer was lost may have sent
    /// the message.
    #[must_use]
    pub fn new(sdk: &aws_types::SdkConfig, settings: TextSettings<'_>) -> Self {
        let config = aws_sdk_pinpointsmsvoicev2::config::Builder::from(sdk)
            .retry_config(RetryConfig::disabled())
            .timeout_config(TimeoutConfig::builder().operation_timeout(LONGEST).build())
            .build();
        Self {
            client: Client::from_conf(config),
            origination: Some(settings.origination.to_owned()).filter(|origination| !origination.is_empty()),
            message_type: MessageType::from(settings.message_type),
        }
    }
}

impl TextSender for Sms {
    async fn send_text(&self, text: &TextMessage) -> Result<(), SendFailure> {
        let Some(origination) = &self.origination else { return Err(SendFailure::Refused) };
        let sent = self
            .client
            .send_text_message()
            .destination_phone_number(&text.to)
            .origination_identity(origination)
            .message_type(self.message_type.clone())
            .message_body(render_text(text))
            .send()
            .await;
        match sent {
            Ok(_) => Ok(()),
            Err(error) => Err(failure(&error)),
        }
    }
}

/// What an error says about trying again.
fn failure(error: &SdkError<SendTextMessageError>) -> SendFailure {
    match error.as_service_error() {
        Some(SendTextMessageError::ThrottlingException(_) | SendTextMessageError::ServiceQuotaExceededException(_)) => {
            SendFailure::Throttled
        }
        // A number that takes none, or one that asked for none.
        Some(SendTextMessageError::ConflictException(_)) => SendFailure::Refused,
        Some(SendTextMessageError::ValidationException(refused)) if is_about_the_number(refused.reason()) => {
            SendFailure::Refused
        }
        // The code only: the service's messages can hold numbers.
        Some(other) => SendFailure::Failed(other.code().unwrap_or("the text message service failed").to_owned()),
        None => SendFailure::Failed(
            match error {
                SdkError::TimeoutError(_) => "the text message service did not answer in time",
                SdkError::DispatchFailure(_) => "the text message service could not be reached",
                SdkError::ResponseError(_) => "the text message service's answer could not be read",
                _ => "the request to the text message service could not be made",
            }
            .to_owned(),
        ),
    }
}

fn is_about_the_number(reason: Option<&ValidationExceptionReason>) -> bool {
    matches!(
        reason,
        Some(
            ValidationExceptionReason::DestinationCountryBlocked
                | ValidationExceptionReason::CountryNotEnabled
                | ValidationExceptionReason::InternationalSendingNotSupported
                | ValidationExceptionReason::InvalidIdentityForDestinationCountry
                | ValidationExceptionReason::PriceOverThreshold
                | ValidationExceptionReason::CannotParse
                | ValidationExceptionReason::FieldValidationFailed
                | ValidationExceptionReason::InvalidParameter
        )
    )
}
