//! Replaces a pending or expired invitation by a newer one: the older link dies.

use serde_json::json;

use crate::{
    Result,
    access::Actor,
    audit::Origin,
    error::Conflict,
    lifecycle::{self, Operation},
    operations::{
        edits::{Edit, EditUsers, covers, editable, modify_read_user, named_account},
        rules::Rules,
    },
    outbox::{DueMail, Lane},
    roles::{Permission, ReadRoles},
    user::User,
};

/// Queues the next generation.
///
/// # Errors
/// [`crate::Error::PermissionDenied`], also for somebody who may do more than the actor; [`crate::error::Missing::User`];
/// [`Conflict::InvitationNotPending`] when there is none or it was withdrawn (send one instead);
/// what else stands in the way: a finished or deactivated account.
pub async fn resend_invitation(
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
        lifecycle::next(&user, Operation::ResendInvitation, origin.now)?;
        let old = user.invitation.take().ok_or(Conflict::InvitationNotPending)?;
        let hours = Rules::of(&user, None)?.valid_hours();
        let next = old.next_generation(hours, actor.id().clone(), origin.now, false);
        let event = origin.event(
            "invitation.resent",
            user.organization_id.as_ref(),
            user.id.as_str(),
            json!({"generation": old.generation, "status": old.status_at(origin.now).name()}),
            json!({"generation": next.generation}),
        );
        let mail = DueMail::invitation(&user.id, &next, Lane::Now);
        user.invitation = Some(next);
        Ok(Edit::new(user, event).with_mail(mail))
    })
    .await
}
