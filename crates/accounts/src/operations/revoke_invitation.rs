//! Withdraws a pending or expired invitation: its link is dead for good.

use serde_json::json;

use crate::{
    Result,
    access::Actor,
    audit::Origin,
    error::Conflict,
    invitation::InvitationStatus,
    lifecycle::{self, Operation},
    operations::edits::{Edit, EditUsers, covers, editable, modify_read_user, named_account},
    roles::{Permission, ReadRoles},
    user::User,
};

/// Withdraws the invitation. A mail that is still queued is not sent.
///
/// # Errors
/// [`crate::Error::PermissionDenied`], also for somebody who may do more than the actor; [`crate::error::Missing::User`];
/// [`Conflict::InvitationNotPending`]; a finished or deactivated account.
pub async fn revoke_invitation(
    ports: &(impl EditUsers + ReadRoles),
    actor: &Actor,
    id: &str,
    origin: &Origin,
) -> Result<User> {
    actor.require(Permission::InvitationsWrite)?;
    let (user, book) = named_account(ports, id).await?;
    modify_read_user(ports, user, |mut user| {
        editable(actor, &user)?;
        covers(actor, &book.permissions_of_user(&user))?;
        let event = origin.event(
            "invitation.revoked",
            user.organization_id.as_ref(),
            user.id.as_str(),
            json!({"status": user.invitation_status(origin.now).map(InvitationStatus::name)}),
            json!({"status": InvitationStatus::Revoked.name()}),
        );
        lifecycle::next(&user, Operation::RevokeInvitation, origin.now)?;
        let invitation = user.invitation.as_mut().ok_or(Conflict::InvitationNotPending)?;
        invitation.status = InvitationStatus::Revoked;
        invitation.revoked_at = Some(origin.now);
        Ok(Edit::new(user, event))
    })
    .await
}
