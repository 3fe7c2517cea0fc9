//! Sends the code that a sign-in waits for as a text message.

use jiff::Timestamp;

use crate::{
    Result,
    attempts::{CountAttempts, Counter, TEXTS_LIMIT, TEXTS_WINDOW, rate_limited},
    audit::Origin,
    error::Conflict,
    operations::{
        create_user::ReadOrganization,
        edits::{EditUsers, ReadCredential},
        sessions::{Challenge, Enrolment, FindSession, MAX_TEXTS, Session, Stage, TEXT_PAUSE, TextSent},
        steps::waiting,
    },
    outbox::DueMail,
};

/// Sends a code to the phone of the account, and says how its number ends.
///
/// # Errors
/// [`crate::Error::NotAuthenticated`] when no sign-in waits for a code under that token (any more);
/// [`Conflict::NoTextCodes`]; [`crate::Error::RateLimited`].
pub async fn send_sign_in_code(
    ports: &(impl FindSession + EditUsers + ReadCredential + ReadOrganization + CountAttempts + Challenge),
    token: &str,
    origin: &Origin,
) -> Result<String> {
    let waiting = waiting(ports, token, Stage::VerifyMfa, origin.now).await?;
    let phone = waiting.person.user.phone.clone().filter(|_| waiting.person.credential.text_codes);
    let phone = phone.ok_or(Conflict::NoTextCodes)?;
    send_text(ports, &waiting.token_hash, &waiting.session, &phone, None, origin.now).await?;
    Ok(ending(&phone))
}

/// Makes a text message due with a new code, and keeps what it is for; earlier codes are good for nothing any more.
pub(crate) async fn send_text(
    ports: &(impl CountAttempts + Challenge),
    token_hash: &str,
    session: &Session,
    phone: &str,
    enrolment: Option<&Enrolment>,
    now: Timestamp,
) -> Result<()> {
    let number = session.text.as_ref().map_or(1, |text| text.number + 1);
    if let Some(text) = &session.text {
        let next = text.at.saturating_add(TEXT_PAUSE).unwrap_or(Timestamp::MAX);
        if now < next {
            return Err(rate_limited(next, now));
        }
    }
    if session.stage != Stage::Complete && number > MAX_TEXTS {
        return Err(rate_limited(session.expires_at, now));
    }
    let counted = ports.count_attempt(&Counter::texts(&session.user_id), now, TEXTS_WINDOW).await?;
    if counted.count > TEXTS_LIMIT {
        return Err(rate_limited(counted.until, now));
    }
    let text = TextSent { number, at: now };
    let mail = DueMail::text_code(&session.user_id, session.id.as_str(), number, phone, now);
    if !ports.keep_challenge(token_hash, session, enrolment, Some((&text, &mail))).await? {
        // The same request at the same time: its message is on the way.
        return Err(rate_limited(now.saturating_add(TEXT_PAUSE).unwrap_or(Timestamp::MAX), now));
    }
    Ok(())
}

/// What a person recognises a number by and nobody can call: `…12`.
#[must_use]
pub fn ending(phone: &str) -> String {
    let start = phone.char_indices().rev().nth(1).map_or(0, |(at, _)| at);
    format!("…{}", &phone[start..])
}
