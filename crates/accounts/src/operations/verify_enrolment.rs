//! A step of a sign-in: a second factor is set up. Its other half: the first code.

use serde_json::json;

use crate::{
    Error, Result,
    audit::{AuditEvent, Origin},
    credential::{Credential, new_recovery_codes, recovery_hash},
    error::{Conflict, Refusal},
    operations::{
        create_user::ReadOrganization,
        edits::{EditUsers, ReadCredential},
        sessions::{Enrolment, FindSession, Session, Stage, TryCodes},
        steps::{Method, Proceeded, Taken, Waiting, by, proceeded, settle, waiting},
    },
    random::Randomness,
    token::TokenKeys,
    user::User,
};

/// A second factor that is set up.
#[derive(Debug)]
pub struct Enrolled {
    /// The sign-in, which is complete.
    pub proceeded: Proceeded,
    /// Shown once; only their hashes are kept.
    pub recovery_codes: Vec<String>,
}

/// Takes the step: every other session ends, and the person is signed in.
///
/// # Errors
/// [`Error::NotAuthenticated`] when no sign-in waits for it under that token (any more);
/// [`Conflict::EnrolmentNotBegun`]; [`Error::Unfit`] with `code_not_valid`.
pub async fn verify_enrolment(
    ports: &(impl FindSession + TryCodes + EditUsers + ReadCredential + ReadOrganization),
    keys: &TokenKeys,
    token: &str,
    code: &str,
    origin: &Origin,
    randomness: &impl Randomness,
) -> Result<Enrolled> {
    let waiting = waiting(ports, token, Stage::EnrolMfa, origin.now).await?;
    let Waiting { token_hash, session, person } = &waiting;
    let proved = prove(ports, keys, token_hash, session, code, origin).await?;
    let recovery_codes = new_recovery_codes(randomness);
    let open = settle(ports, &waiting, origin, randomness, |mut user, mut credential| {
        let event = enrol(&mut user, &mut credential, &proved, &recovery_codes, origin);
        Ok(Taken { user, credential, event: Some(event), stage: Stage::Complete })
    })
    .await?;
    Ok(Enrolled { proceeded: proceeded(person, open, keys, randomness), recovery_codes })
}

/// A second factor that has given its first code.
#[derive(Debug, Clone)]
pub(crate) enum Proved {
    Totp { secret: crate::totp::TotpSecret, step: u64 },
    Text { phone: String },
}

impl Proved {
    fn method(&self) -> Method {
        match self {
            Self::Totp { .. } => Method::Totp,
            Self::Text { .. } => Method::Text,
        }
    }
}

/// The second factor that a session's person is setting up, if the code is its own.
pub(crate) async fn prove(
    ports: &impl TryCodes,
    keys: &TokenKeys,
    token_hash: &str,
    session: &Session,
    code: &str,
    origin: &Origin,
) -> Result<Proved> {
    let enrolment = session.enrolment.clone().ok_or(Conflict::EnrolmentNotBegun)?;
    if !ports.try_code(token_hash).await? {
        return Err(Conflict::EnrolmentNotBegun.into());
    }
    match enrolment {
        Enrolment::Totp { secret } => match secret.check(code, origin.now, None) {
            Some(step) => Ok(Proved::Totp { secret, step }),
            None => Err(wrong("the code is not right; wait for the next one and check the device's clock")),
        },
        Enrolment::Text { phone } if session.is_text_code(keys, code, origin.now) => Ok(Proved::Text { phone }),
        Enrolment::Text { .. } => Err(wrong("the code is not right or too old; take the one from the last message")),
    }
}

fn wrong(detail: &str) -> Error {
    Error::Unfit(vec![Refusal { field: "code".into(), code: "code_not_valid".into(), detail: detail.into() }])
}

/// The second factor becomes the user's, with recovery codes; every session ends.
pub(crate) fn enrol(
    user: &mut User,
    credential: &mut Credential,
    proved: &Proved,
    recovery_codes: &[String],
    origin: &Origin,
) -> AuditEvent {
    let before = methods(credential);
    let phone_before = user.phone.clone();
    match proved.clone() {
        Proved::Totp { secret, step } => {
            credential.totp_secret = Some(secret);
            credential.totp_last_step = Some(step);
        }
        Proved::Text { phone } => {
            credential.text_codes = true;
            user.phone = Some(phone);
        }
    }
    credential.must_enrol = false;
    credential.recovery_codes = recovery_codes.iter().filter_map(|code| recovery_hash(code)).collect();
    user.mfa_enrolled = true;
    user.end_sessions();
    let (mut was, mut is) = (json!({"methods": before}), json!({"methods": methods(credential)}));
    is["set_up"] = json!(proved.method().name());
    if phone_before != user.phone {
        was["phone"] = json!(phone_before);
        is["phone"] = json!(user.phone);
    }
    by(&user.id, origin).event("mfa.enrolled", user.organization_id.as_ref(), user.id.as_str(), was, is)
}

/// The second factors that are set up, by name.
pub(crate) fn methods(credential: &Credential) -> Vec<&'static str> {
    let all = [(Method::Totp, credential.totp_secret.is_some()), (Method::Text, credential.text_codes)];
    all.into_iter().filter_map(|(method, has)| has.then_some(method.name())).collect()
}
