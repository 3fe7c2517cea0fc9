//! Invites a user who has no invitation, or whose invitation was withdrawn.

use serde_json::{Value, json};

use crate::{
    Result,
    access::Actor,
    audit::Origin,
    credential::Credential,
    ids::InvitationId,
    invitation::Invitation,
    lifecycle::{Operation, State, step},
    operations::{
        edits::{Edit, EditUsers, covers, editable, modify_read_user, named_account},
        rules::Rules,
    },
    outbox::{DueMail, Lane},
    random::Randomness,
    roles::{Permission, ReadRoles},
    user::{User, UserStatus},
};

/// Queues an invitation.
///
/// # Errors
/// [`crate::Error::PermissionDenied`], also for somebody who may do more than the actor; [`crate::error::Missing::User`]; what stands in the way: an invitation that waits or has expired (resend instead), a finished
/// or deactivated account.
pub async fn send_invitation(
    ports: &(impl EditUsers + ReadRoles),
    actor: &Actor,
    id: &str,
    origin: &Origin,
    randomness: &impl Randomness,
) -> Result<User> {
    actor.require(Permission::InvitationsWrite)?;
    let (user, book) = named_account(ports, id).await?;
    modify_read_user(ports, user, |mut user| {
        editable(actor, &user)?;
        covers(actor, &book.permissions_of_user(&user))?;
        let was = State::of(&user, origin.now);
        step(was, Operation::SendInvitation)?;
        // How long an invitation is good for does not depend on the organization.
        let hours = Rules::of(&user, None)?.valid_hours();
        let by = actor.id().clone();
        let next = match &user.invitation {
            None => Invitation::queued(InvitationId::random(randomness), hours, by, origin.now),
            Some(old) => old.next_generation(hours, by, origin.now, false),
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
        let id = user.id.clone();
        let edit = Edit::new(user, event).with_mail(mail);
        // The link takes the place of a password that somebody else chose and nobody has used.
        Ok(if was == State::FirstPassword { edit.with_credential(Credential::empty(id)) } else { edit })
    })
    .await
}
