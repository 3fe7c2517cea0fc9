//! Says what a link to choose a new password is. Looking changes nothing.

use jiff::Timestamp;

use crate::{
    Result,
    error::{DeadLink, DeadSince, Missing},
    ids::PasswordResetId,
    lifecycle::{self, Operation},
    operations::create_user::ReadOrganization,
    organization::PasswordPolicy,
    token::{MailedToken, Purpose, TokenKeys},
    user::{LinkStatus, PasswordReset, User},
};

/// Finds whose password a link is for.
#[expect(async_fn_in_trait, reason = "used with static dispatch only; functions require Send where they spawn")]
pub trait FindResetUser {
    /// The user of a password reset, if it counts.
    async fn reset_user(&self, id: &PasswordResetId) -> Result<Option<User>>;
}

/// A link whose token was issued by this deployment.
#[derive(Debug, Clone)]
pub(crate) struct ResetLink {
    /// Whose password.
    pub(crate) user: User,
    /// The generation that the link was mailed for.
    pub(crate) generation: u32,
}

impl ResetLink {
    /// Reads a token.
    ///
    /// # Errors
    /// [`Missing::PasswordReset`] for what this deployment did not issue, however it is wrong.
    pub(crate) async fn find(ports: &impl FindResetUser, keys: &TokenKeys, token: &str) -> Result<Self> {
        let token = MailedToken::parse(token).ok_or(Missing::PasswordReset)?;
        let id = PasswordResetId::parse(&token.id).map_err(|_| Missing::PasswordReset)?;
        let user = ports.reset_user(&id).await?.ok_or(Missing::PasswordReset)?;
        let newest = user.password_reset.as_ref().filter(|reset| reset.id == id).ok_or(Missing::PasswordReset)?;
        let generation =
            keys.generation_of(&token, Purpose::PasswordReset, newest.generation).ok_or(Missing::PasswordReset)?;
        Ok(Self { user, generation })
    }
}

/// Goes on only where a link of that generation is good for the user as they are now.
///
/// # Errors
/// The [`DeadLink`] that it is.
pub(crate) fn open_reset(user: &User, generation: u32, now: Timestamp) -> Result<&PasswordReset, DeadLink> {
    let reset = user.password_reset.as_ref().ok_or(DeadLink::ResetRevoked)?;
    if generation < reset.generation {
        return Err(DeadLink::ResetReplaced);
    }
    match reset.status_at(now) {
        LinkStatus::Used => Err(DeadLink::ResetUsed),
        LinkStatus::Revoked => Err(DeadLink::ResetRevoked),
        LinkStatus::Expired => Err(DeadLink::ResetExpired),
        LinkStatus::Pending => match lifecycle::next(user, Operation::ChoosePassword, now) {
            Ok(_) => Ok(reset),
            Err(_) => Err(DeadLink::ResetRevoked),
        },
    }
}

impl ResetLink {
    /// The reset, as long as the link is good.
    ///
    /// # Errors
    /// Why it is not, and since when.
    pub(crate) fn open(&self, now: Timestamp) -> Result<&PasswordReset, DeadSince> {
        open_reset(&self.user, self.generation, now).map_err(|link| {
            let newest = self.user.password_reset.as_ref();
            let at = newest.and_then(|reset| match link {
                DeadLink::ResetExpired => Some(reset.expires_at),
                DeadLink::ResetReplaced => Some(reset.requested_at),
                _ => reset.ended_at,
            });
            DeadSince { link, at, language: self.user.language.clone() }
        })
    }
}

/// The policy that holds for a person's passwords: their organization's, or the default one.
pub(crate) async fn policy_for(ports: &impl ReadOrganization, user: &User) -> Result<PasswordPolicy> {
    let organization = match &user.organization_id {
        Some(id) => ports.read_organization(id).await?,
        None => None,
    };
    Ok(organization.map(|organization| organization.password_policy).unwrap_or_default())
}

/// What a link's holder is told.
#[derive(Debug, Clone)]
pub struct ResetView {
    /// The person's name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// When the link ends.
    pub expires_at: Timestamp,
    /// BCP 47 tag the person prefers.
    pub language: Option<String>,
    /// What the new password must be.
    pub policy: PasswordPolicy,
}

/// Looks at a link.
///
/// # Errors
/// [`Missing::PasswordReset`], [`DeadLink`].
pub async fn get_password_reset(
    ports: &(impl FindResetUser + ReadOrganization),
    keys: &TokenKeys,
    token: &str,
    now: Timestamp,
) -> Result<ResetView> {
    let link = ResetLink::find(ports, keys, token).await?;
    let expires_at = link.open(now)?.expires_at;
    let user = link.user;
    let policy = policy_for(ports, &user).await?;
    Ok(ResetView { name: user.name(), email: user.email, expires_at, language: user.language, policy })
}
