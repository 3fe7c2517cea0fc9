//! Says what a link to confirm a new address is. Looking changes nothing.

use jiff::Timestamp;

use crate::{
    Result,
    error::{DeadLink, DeadSince, Missing},
    ids::EmailChangeId,
    operations::create_user::ReadOrganization,
    token::{MailedToken, Purpose, TokenKeys},
    user::{EmailChange, LinkStatus, User, UserStatus},
};

/// Finds whose address a link is for.
#[expect(async_fn_in_trait, reason = "used with static dispatch only; functions require Send where they spawn")]
pub trait FindChangingUser {
    /// The user of a change of address, if it counts.
    async fn changing_user(&self, id: &EmailChangeId) -> Result<Option<User>>;
}

/// A link whose token was issued by this deployment.
#[derive(Debug, Clone)]
pub(crate) struct ChangeLink {
    /// Whose address.
    pub(crate) user: User,
    /// The generation that the link was mailed for.
    pub(crate) generation: u32,
}

impl ChangeLink {
    /// Reads a token.
    ///
    /// # Errors
    /// [`Missing::EmailChange`] for what this deployment did not issue, however it is wrong.
    pub(crate) async fn find(ports: &impl FindChangingUser, keys: &TokenKeys, token: &str) -> Result<Self> {
        let token = MailedToken::parse(token).ok_or(Missing::EmailChange)?;
        let id = EmailChangeId::parse(&token.id).map_err(|_| Missing::EmailChange)?;
        let user = ports.changing_user(&id).await?.ok_or(Missing::EmailChange)?;
        let newest = user.email_change.as_ref().filter(|change| change.id == id).ok_or(Missing::EmailChange)?;
        let generation =
            keys.generation_of(&token, Purpose::EmailChange, newest.generation).ok_or(Missing::EmailChange)?;
        Ok(Self { user, generation })
    }
}

/// Goes on only where a link of that generation is good for the user as they are now.
///
/// # Errors
/// The [`DeadLink`] that it is.
pub(crate) fn open_change(user: &User, generation: u32, now: Timestamp) -> Result<&EmailChange, DeadLink> {
    let change = user.email_change.as_ref().ok_or(DeadLink::ChangeReplaced)?;
    if generation < change.generation {
        return Err(DeadLink::ChangeReplaced);
    }
    match change.status_at(now) {
        LinkStatus::Used => Err(DeadLink::ChangeUsed),
        LinkStatus::Revoked => Err(DeadLink::ChangeReplaced),
        LinkStatus::Expired => Err(DeadLink::ChangeExpired),
        LinkStatus::Pending if user.status != UserStatus::Active => Err(DeadLink::ChangeReplaced),
        LinkStatus::Pending => Ok(change),
    }
}

impl ChangeLink {
    /// The change, as long as the link is good.
    ///
    /// # Errors
    /// Why it is not, and since when.
    pub(crate) fn open(&self, now: Timestamp) -> Result<&EmailChange, DeadSince> {
        open_change(&self.user, self.generation, now).map_err(|link| {
            let newest = self.user.email_change.as_ref();
            let replaced = newest.is_some_and(|change| self.generation < change.generation);
            let at = newest.and_then(|change| match link {
                DeadLink::ChangeExpired => Some(change.expires_at),
                _ if replaced => Some(change.requested_at),
                _ => change.ended_at,
            });
            DeadSince { link, at, language: self.user.language.clone() }
        })
    }
}

/// What a link's holder is told.
#[derive(Debug, Clone)]
pub struct ChangeView {
    /// The new address.
    pub email: String,
    /// The organization; none for technicians.
    pub organization: Option<String>,
    /// When the link ends.
    pub expires_at: Timestamp,
    /// BCP 47 tag the person prefers.
    pub language: Option<String>,
}

/// Looks at a link.
///
/// # Errors
/// [`Missing::EmailChange`], [`DeadLink`].
pub async fn get_email_change(
    ports: &(impl FindChangingUser + ReadOrganization),
    keys: &TokenKeys,
    token: &str,
    now: Timestamp,
) -> Result<ChangeView> {
    let link = ChangeLink::find(ports, keys, token).await?;
    let (user, change) = (&link.user, link.open(now)?);
    let organization = match &user.organization_id {
        Some(id) => ports.read_organization(id).await?,
        None => None,
    };
    Ok(ChangeView {
        email: change.email.clone(),
        organization: organization.map(|organization| organization.name),
        expires_at: change.expires_at,
        language: user.language.clone(),
    })
}
