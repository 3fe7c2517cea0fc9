//! Invites a user who has no invitation, or whose invitation was withdrawn.

use serde_json::{Value, json};

use crate::{
    Result,
    access::Actor,
    audit::Origin,
    error::{Conflict, Missing},
    ids::{InvitationId, UserId},
    invitation::{Invitation, InvitationStatus},
    operations::{
        edits::{Edit, EditUsers, editable, modify_user},
        rules::Rules,
    },
    outbox::{DueMail, Lane},
    random::Randomness,
    roles::{Permission, RoleBook},
    user::{User, UserStatus},
};

/// Queues an invitation.
///
/// # Errors
/// [`Missing::User`], [`Conflict::AlreadyInvited`] (resend instead), [`Conflict::AlreadyRegistered`].
pub async fn send_invitation(
    ports: &impl EditUsers,
    actor: &Actor,
    id: &str,
    origin: &Origin,
    randomness: &impl Randomness,
) -> Result<User> {
    actor.require(Permission::InvitationsWrite)?;
    let id = UserId::parse(id).map_err(|_| Missing::User)?;
    modify_user(ports, &id, |mut user| {
        editable(actor, &user)?;
        if !matches!(user.status, UserStatus::Created | UserStatus::Invited) {
            return Err(Conflict::AlreadyRegistered.into());
        }
        // How long an invitation is good for does not depend on the organization.
        let hours = Rules::new(user.user_kind, Some(&user.profile), None, RoleBook::default())?.valid_hours();
        let by = actor.id().clone();
        let next = match &user.invitation {
            None => Invitation::queued(InvitationId::random(randomness), hours, by, origin.now),
            Some(old) if old.status == InvitationStatus::Revoked => old.next_generation(hours, by, origin.now, false),
            Some(_) => return Err(Conflict::AlreadyInvited.into()),
        };
        let event = origin.event(
            "invitation.sent",
            user.organization_id.as_ref(),
            user.id.as_str(),
            Value::Null,
            json!({"generation": next.generation}),
        );
        let mail = DueMail::invitation(&user.id, &next, Lane::Now);
        user.status = UserStatus::Invited;
        user.invitation = Some(next);
        Ok(Edit::new(user, event).with_mail(mail))
    })
    .await
}
