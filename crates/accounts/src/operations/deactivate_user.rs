//! Switches an account off: signed out everywhere at once, every link that waits is void. Names, roles, groups and
//! settings stay.

use serde_json::json;

use crate::{
    Result,
    access::Actor,
    audit::Origin,
    credential::Credential,
    invitation::InvitationStatus,
    lifecycle::{self, Operation, State},
    operations::edits::{Edit, EditUsers, modify_others_account},
    roles::{Permission, ReadRoles},
    user::{User, UserStatus},
};

/// Deactivates somebody else's account.
///
/// # Errors
/// [`crate::Error::PermissionDenied`], [`crate::error::Missing::User`], and what stands in the way: one's own account, the Root
/// Master's, one that is deactivated already, one whose import is not finished.
pub async fn deactivate_user(
    ports: &(impl EditUsers + ReadRoles),
    actor: &Actor,
    id: &str,
    origin: &Origin,
) -> Result<User> {
    modify_others_account(ports, actor, Permission::UsersWrite, id, |mut user| {
        let state = lifecycle::next(&user, Operation::Deactivate, origin.now)?;
        let before = user.status_at(origin.now);
        user.status = UserStatus::Deactivated;
        user.locked_until = None;
        user.end_everything();
        user.revoke_password_reset(origin.now);
        user.revoke_email_change(origin.now);
        if let Some(invitation) = &mut user.invitation
            && matches!(invitation.status, InvitationStatus::Pending | InvitationStatus::Expired)
        {
            invitation.status = InvitationStatus::Revoked;
            invitation.revoked_at = Some(origin.now);
        }
        let event = origin.event(
            "user.deactivated",
            user.organization_id.as_ref(),
            user.id.as_str(),
            json!({"status": before.name()}),
            json!({"status": user.status.name()}),
        );
        let id = user.id.clone();
        let edit = Edit::new(user, event).while_active(actor);
        // A first password that nobody has used is void like a link.
        Ok(if state == State::DeactivatedUnfinished { edit.with_credential(Credential::empty(id)) } else { edit })
    })
    .await
}
