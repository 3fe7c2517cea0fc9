//! Replaces a pending or expired invitation by a newer one: the older link dies.

use serde_json::json;

use crate::{
    Result,
    access::Actor,
    audit::Origin,
    error::{Conflict, Missing},
    ids::UserId,
    lifecycle::{self, Operation},
    operations::{
        edits::{Edit, EditUsers, editable, modify_user},
        rules::Rules,
    },
    outbox::{DueMail, Lane},
    roles::Permission,
    user::User,
};

/// Queues the next generation.
///
/// # Errors
/// [`Missing::User`]; [`Conflict::InvitationNotPending`] when there is none or it was withdrawn (send one instead);
/// what else stands in the way: a finished or deactivated account.
pub async fn resend_invitation(ports: &impl EditUsers, actor: &Actor, id: &str, origin: &Origin) -> Result<User> {
    actor.require(Permission::InvitationsWrite)?;
    let id = UserId::parse(id).map_err(|_| Missing::User)?;
    modify_user(ports, &id, |mut user| {
        editable(actor, &user)?;
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
