//! A step of a sign-in: a second factor is set up. Its first half: a secret for an authenticator, or a code to a phone.

use crate::{
    Error, Result,
    attempts::CountAttempts,
    audit::Origin,
    error::Refusal,
    operations::{
        create_user::ReadOrganization,
        edits::{EditUsers, ReadCredential},
        rules::Rules,
        send_sign_in_code::{ending, send_text},
        sessions::{Challenge, Enrolment, FindSession, Session, Stage},
        steps::waiting,
    },
    organization::Organization,
    random::Randomness,
    totp::TotpSecret,
    user::User,
};

/// A second factor to be set up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NewFactor {
    /// An authenticator app.
    Totp,
    /// Text messages, to this number or that of the account.
    Text {
        /// As typed.
        phone: Option<String>,
    },
}

/// What the person needs for the other half.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// For an authenticator app.
    Totp {
        /// `otpauth://…`, for the QR code.
        uri: String,
        /// The secret in base 32, for typing.
        secret: String,
    },
    /// A code is on its way.
    Text {
        /// How the number ends.
        sent_to: String,
    },
}

/// Begins; beginning again replaces what was begun.
///
/// # Errors
/// [`Error::NotAuthenticated`] when no sign-in waits for it under that token (any more); [`Error::Unfit`] for the
/// number; [`Error::RateLimited`].
pub async fn begin_enrolment(
    ports: &(impl FindSession + EditUsers + ReadCredential + ReadOrganization + CountAttempts + Challenge),
    token: &str,
    factor: &NewFactor,
    origin: &Origin,
    randomness: &impl Randomness,
) -> Result<Begun> {
    let waiting = waiting(ports, token, Stage::EnrolMfa, origin.now).await?;
    let user = &waiting.person.user;
    let enrolment = match factor {
        NewFactor::Totp => Enrolment::Totp { secret: TotpSecret::random(randomness) },
        NewFactor::Text { phone } => {
            let given = given_phone(user, waiting.person.organization.as_ref(), phone.as_deref())?;
            // Who has just the password does not decide where codes go.
            if user.phone.as_ref().is_some_and(|phone| *phone != given) {
                return Err(refused("phone_not_yours", "use the number that the account has, or ask an administrator"));
            }
            Enrolment::Text { phone: given }
        }
    };
    begin(ports, &waiting.token_hash, &waiting.session, user, &enrolment, origin).await
}

/// Keeps what is being set up, and sends the code where one is sent.
pub(crate) async fn begin(
    ports: &(impl CountAttempts + Challenge),
    token_hash: &str,
    session: &Session,
    user: &User,
    enrolment: &Enrolment,
    origin: &Origin,
) -> Result<Begun> {
    match enrolment {
        Enrolment::Totp { secret } => {
            if !ports.keep_challenge(token_hash, session, Some(enrolment), None).await? {
                return Err(Error::VersionConflict);
            }
            let account = user.username.as_deref().unwrap_or(&user.email);
            Ok(Begun::Totp { uri: secret.uri(account), secret: secret.to_base32() })
        }
        Enrolment::Text { phone } => {
            send_text(ports, token_hash, session, phone, Some(enrolment), origin.now).await?;
            Ok(Begun::Text { sent_to: ending(phone) })
        }
    }
}

/// The number that was given, by the rules of the person's profile; that of the account when none was.
pub(crate) fn given_phone(user: &User, organization: Option<&Organization>, phone: Option<&str>) -> Result<String> {
    match phone.map(str::trim).filter(|phone| !phone.is_empty()) {
        Some(text) => {
            let mut refusals = Vec::new();
            let phone = Rules::of(user, organization)?.field("phone", text, &mut refusals);
            if refusals.is_empty() { Ok(phone) } else { Err(Error::Unfit(refusals)) }
        }
        None => {
            user.phone.clone().ok_or_else(|| refused("phone_required", "a mobile number is needed for text messages"))
        }
    }
}

fn refused(code: &str, detail: &str) -> Error {
    Error::Unfit(vec![Refusal { field: "phone".into(), code: code.into(), detail: detail.into() }])
}
