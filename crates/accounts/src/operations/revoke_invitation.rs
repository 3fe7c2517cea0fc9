//! Withdraws a pending or expired invitation: its link is dead for good.

use serde_json::json;

use crate::{
    Result,
    access::Actor,
    audit::Origin,
    error::{Conflict, Missing},
    ids::UserId,
    invitation::InvitationStatus,
    lifecycle::{self, Operation},
    operations::edits::{Edit, EditUsers, editable, modify_user},
    roles::Permission,
    user::User,
};

/// Withdraws the invitation. A mail that is still queued is not sent.
///
/// # Errors
/// [`Missing::User`]; [`Conflict::InvitationNotPending`]; a finished or deactivated account.
pub async fn revoke_invitation(ports: &impl EditUsers, actor: &Actor, id: &str, origin: &Origin) -> Result<User> {
    actor.require(Permission::InvitationsWrite)?;
    let id = UserId::parse(id).map_err(|_| Missing::User)?;
    modify_user(ports, &id, |mut user| {
        editable(actor, &user)?;
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
