//! Sets up a second factor of one's own account. Its first half: a secret for an authenticator, or a code to a phone.

use crate::{
    Result,
    access::Actor,
    attempts::CountAttempts,
    audit::Origin,
    operations::{
        begin_enrolment::{Begun, NewFactor, begin, given_phone},
        create_user::ReadOrganization,
        edits::ReadCredential,
        own_password::{own_session, require_own_password},
        sessions::{Challenge, Enrolment, FindSession},
    },
    random::Randomness,
    totp::TotpSecret,
};

/// Begins, given the password; beginning again replaces what was begun. An authenticator that is enrolled stays so
/// until the new one has given its first code.
///
/// # Errors
/// [`crate::error::Missing::Session`] for an API key; [`crate::Error::Unfit`] for password and number;
/// [`crate::Error::TooManyAttempts`]; [`crate::Error::RateLimited`].
pub async fn begin_mfa(
    ports: &(impl FindSession + CountAttempts + ReadCredential + ReadOrganization + Challenge),
    actor: &Actor,
    token: Option<&str>,
    factor: &NewFactor,
    password: &str,
    origin: &Origin,
    randomness: &impl Randomness,
) -> Result<Begun> {
    let (token_hash, session) = own_session(ports, actor, token).await?;
    let enrolment = match factor {
        NewFactor::Totp => Enrolment::Totp { secret: TotpSecret::random(randomness) },
        NewFactor::Text { phone } => {
            let organization = match &actor.user.organization_id {
                Some(id) => ports.read_organization(id).await?,
                None => None,
            };
            Enrolment::Text { phone: given_phone(&actor.user, organization.as_ref(), phone.as_deref())? }
        }
    };
    require_own_password(ports, actor, "password", password, origin.now).await?;
    begin(ports, &token_hash, &session, &actor.user, &enrolment, origin).await
}
