//! Says what a mailed link is. Changes nothing, however often and by whomever it is fetched.

use jiff::Timestamp;

use crate::{
    Error, Result,
    error::DeadLink,
    operations::{
        create_user::ReadOrganization,
        delivery::ReadPeople,
        links::{FindInvited, Link, LinkState},
        rules::Rules,
    },
    organization::PasswordPolicy,
    token::TokenKeys,
};

/// What a link's holder is told.
#[derive(Debug, Clone)]
pub struct InvitationView {
    /// What it opens.
    pub state: LinkState,
    /// The organization; none for technicians.
    pub organization_name: Option<String>,
    /// Who invited.
    pub inviter_name: Option<String>,
    /// The invited person's name; not for holders of a former address.
    pub name: Option<String>,
    /// The address, while the link is open.
    pub email: Option<String>,
    /// When it ends or ended.
    pub expires_at: Option<Timestamp>,
    /// When it was replaced, used or withdrawn.
    pub died_at: Option<Timestamp>,
    /// Whether a phone number is asked for.
    pub needs_phone: bool,
    /// Whether a second factor is to be enrolled.
    pub needs_mfa: bool,
    /// BCP 47 tag the person prefers.
    pub language: Option<String>,
    /// What the password must be, while the link is open.
    pub password_policy: Option<PasswordPolicy>,
}

impl InvitationView {
    fn nothing(state: LinkState) -> Self {
        Self {
            state,
            organization_name: None,
            inviter_name: None,
            name: None,
            email: None,
            expires_at: None,
            died_at: None,
            needs_phone: false,
            needs_mfa: false,
            language: None,
            password_policy: None,
        }
    }
}

/// Looks at a link.
///
/// # Errors
/// [`crate::error::Missing::Invitation`] for a token that was not issued here.
pub async fn get_invitation(
    ports: &(impl FindInvited + ReadOrganization + ReadPeople),
    keys: &TokenKeys,
    token: &str,
    now: Timestamp,
) -> Result<InvitationView> {
    let link = match Link::find(ports, keys, token).await {
        // Of an account that was deleted nothing is left to tell.
        Err(Error::DeadLink(reason)) => return Ok(InvitationView::nothing(LinkState::Dead(reason))),
        found => found?,
    };
    let (user, invitation, state) = (&link.user, link.invitation(), link.state(now));
    let organization = match &user.organization_id {
        Some(id) => ports.read_organization(id).await?,
        None => None,
    };
    let rules = Rules::of(user, organization.as_ref())?;
    let theirs = state != LinkState::Dead(DeadLink::AddressChanged);
    let open = state == LinkState::Open;
    let inviter = ports.read_people(std::slice::from_ref(&invitation.invited_by)).await?.pop();
    let policy = organization.as_ref().map(|organization| organization.password_policy.clone()).unwrap_or_default();
    Ok(InvitationView {
        state,
        organization_name: organization.map(|organization| organization.name),
        inviter_name: inviter.filter(|_| theirs).map(|inviter| inviter.name()),
        name: theirs.then(|| user.name()),
        email: open.then(|| user.email.clone()),
        expires_at: invitation.expires_at.filter(|_| theirs),
        died_at: link.died_at(now),
        needs_phone: open && rules.asks_for_phone() && user.phone.is_none(),
        needs_mfa: open && rules.needs_mfa(),
        language: user.language.clone(),
        password_policy: open.then_some(policy),
    })
}
