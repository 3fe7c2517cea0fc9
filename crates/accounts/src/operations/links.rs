//! What a mailed link is at a moment. Looking changes nothing.

use jiff::Timestamp;

use crate::{
    Result,
    error::{DeadLink, Missing},
    ids::InvitationId,
    invitation::{Invitation, InvitationStatus},
    token::{MailedToken, Purpose, TokenKeys},
    user::User,
};

/// Finds who an invitation is for.
#[expect(async_fn_in_trait, reason = "used with static dispatch only; functions require Send where they spawn")]
pub trait FindInvited {
    /// The user of an invitation, if it counts.
    async fn invited_user(&self, id: &InvitationId) -> Result<Option<User>>;
    /// The last generation of an invitation whose user was deleted.
    async fn left_generation(&self, id: &InvitationId) -> Result<Option<u32>>;
}

/// A link whose token was issued by this deployment.
#[derive(Debug, Clone)]
pub struct Link {
    /// Who it is for, with the invitation as it is now.
    pub user: User,
    /// The generation that the link was mailed for.
    pub generation: u32,
    invitation: Invitation,
}

/// What a link opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkState {
    /// The account can be finished with it.
    Open,
    /// Nothing (any more).
    Dead(DeadLink),
}

impl LinkState {
    /// Its name in the API.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Dead(DeadLink::Expired | DeadLink::ResetExpired | DeadLink::ChangeExpired) => "expired",
            Self::Dead(DeadLink::Replaced | DeadLink::ResetReplaced | DeadLink::ChangeReplaced) => "replaced",
            Self::Dead(DeadLink::Used | DeadLink::ResetUsed | DeadLink::ChangeUsed) => "used",
            Self::Dead(DeadLink::Revoked | DeadLink::ResetRevoked) => "revoked",
            Self::Dead(DeadLink::AddressChanged) => "address_changed",
        }
    }

    /// The one right thing to do next.
    #[must_use]
    pub fn next_step(self) -> &'static str {
        match self {
            Self::Open => "accept",
            Self::Dead(DeadLink::Expired | DeadLink::ResetExpired | DeadLink::ResetRevoked) => "renew",
            Self::Dead(DeadLink::Replaced | DeadLink::ResetReplaced | DeadLink::AddressChanged) => "open_newer_mail",
            Self::Dead(DeadLink::Used | DeadLink::ResetUsed | DeadLink::ChangeUsed) => "sign_in",
            Self::Dead(DeadLink::Revoked | DeadLink::ChangeExpired | DeadLink::ChangeReplaced) => "ask_administrator",
        }
    }
}

impl Link {
    /// Reads a token.
    ///
    /// # Errors
    /// [`Missing::Invitation`] for what this deployment did not issue, however it is wrong; [`DeadLink::Revoked`]
    /// for a link to an account that was deleted.
    pub async fn find(ports: &impl FindInvited, keys: &TokenKeys, token: &str) -> Result<Self> {
        let token = MailedToken::parse(token).ok_or(Missing::Invitation)?;
        let id = InvitationId::parse(&token.id).map_err(|_| Missing::Invitation)?;
        let Some(user) = ports.invited_user(&id).await? else {
            let newest = ports.left_generation(&id).await?.ok_or(Missing::Invitation)?;
            keys.generation_of(&token, Purpose::Invitation, newest).ok_or(Missing::Invitation)?;
            return Err(DeadLink::Revoked.into());
        };
        let invitation = user.invitation.clone().filter(|invitation| invitation.id == id).ok_or(Missing::Invitation)?;
        let generation =
            keys.generation_of(&token, Purpose::Invitation, invitation.generation).ok_or(Missing::Invitation)?;
        Ok(Self { user, generation, invitation })
    }

    /// The invitation in its current generation.
    #[must_use]
    pub fn invitation(&self) -> &Invitation {
        &self.invitation
    }

    /// What the link opens at this moment, exactly.
    ///
    /// A link to a former address says just that: nothing else of the account is its holder's to know. An
    /// older link of an invitation that has expired meanwhile leads to a new one rather than to the dead newer one.
    #[must_use]
    pub fn state(&self, now: Timestamp) -> LinkState {
        let invitation = &self.invitation;
        let status = invitation.status_at(now);
        if self.generation < invitation.address_generation {
            return LinkState::Dead(DeadLink::AddressChanged);
        }
        match status {
            InvitationStatus::Registered => LinkState::Dead(DeadLink::Used),
            InvitationStatus::Revoked => LinkState::Dead(DeadLink::Revoked),
            InvitationStatus::Expired => LinkState::Dead(DeadLink::Expired),
            InvitationStatus::Pending if self.generation < invitation.generation => LinkState::Dead(DeadLink::Replaced),
            InvitationStatus::Pending => LinkState::Open,
        }
    }

    /// When the link died, where something other than the clock killed it.
    #[must_use]
    pub fn died_at(&self, now: Timestamp) -> Option<Timestamp> {
        match self.state(now) {
            LinkState::Dead(DeadLink::Replaced | DeadLink::AddressChanged) => Some(self.invitation.queued_at),
            LinkState::Dead(DeadLink::Used) => self.invitation.registered_at,
            LinkState::Dead(DeadLink::Revoked) => self.invitation.revoked_at,
            LinkState::Dead(_) | LinkState::Open => None,
        }
    }

    /// Goes on only with an open link.
    ///
    /// # Errors
    /// The [`DeadLink`] that it is.
    pub fn open(&self, now: Timestamp) -> Result<()> {
        match self.state(now) {
            LinkState::Open => Ok(()),
            LinkState::Dead(reason) => Err(reason.into()),
        }
    }
}
