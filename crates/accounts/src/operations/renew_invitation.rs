//! A person whose link is dead asks for a new one, which goes to the address on file and nowhere else.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::{
    Error, Result,
    audit::Origin,
    error::{DeadLink, Missing},
    ids::InvitationId,
    invitation::{Delivery, InvitationStatus},
    lifecycle::{self, Operation},
    operations::{
        edits::{Edit, EditUsers, modify_user},
        links::{FindInvited, Link, LinkState},
        rules::Rules,
    },
    outbox::{DueMail, Lane},
    token::TokenKeys,
};

/// Time between two renewals of an invitation.
pub const INTERVAL: SignedDuration = SignedDuration::from_mins(5);

/// Reads when an invitation was last renewed.
#[expect(async_fn_in_trait, reason = "used with static dispatch only; functions require Send where they spawn")]
pub trait LastRenewal {
    /// When the person last asked for a newer link.
    async fn last_renewal(&self, id: &InvitationId) -> Result<Option<Timestamp>>;
}

/// Queues the next generation if the link is one that expired or was replaced. For every other token, known
/// or not, nothing happens and the answer is the same.
///
/// # Errors
/// [`Error::RateLimited`] to the holder of a genuine link who asked less than [`INTERVAL`] ago.
pub async fn renew_invitation(
    ports: &(impl FindInvited + LastRenewal + EditUsers),
    keys: &TokenKeys,
    token: &str,
    origin: &Origin,
) -> Result<()> {
    let link = match Link::find(ports, keys, token).await {
        Ok(link) => link,
        Err(Error::NotFound(Missing::Invitation) | Error::DeadLink(_)) => return Ok(()),
        Err(error) => return Err(error),
    };
    if !matches!(link.state(origin.now), LinkState::Dead(DeadLink::Expired | DeadLink::Replaced)) {
        return Ok(());
    }
    limit(ports.last_renewal(&link.invitation().id).await?, origin.now)?;
    let outcome = modify_user(ports, &link.user.id, |mut user| {
        lifecycle::next(&user, Operation::RenewInvitation, origin.now).map_err(|_| Missing::Invitation)?;
        let old = user.invitation.take().ok_or(Missing::Invitation)?;
        let status = old.status_at(origin.now);
        // Somebody renewed, revoked or finished it meanwhile, or its newer mail is on its way already.
        let waits = status == InvitationStatus::Expired
            || (status == InvitationStatus::Pending && old.delivery != Delivery::Queued);
        if !waits || old.generation != link.invitation().generation {
            return Err(Missing::Invitation.into());
        }
        let hours = Rules::of(&user, None)?.valid_hours();
        let next = old.next_generation(hours, old.invited_by.clone(), origin.now, false);
        let event = origin.event(
            "invitation.renewed",
            user.organization_id.as_ref(),
            user.id.as_str(),
            json!({"generation": old.generation, "status": status.name()}),
            json!({"generation": next.generation}),
        );
        let mail = DueMail::invitation(&user.id, &next, Lane::Now);
        user.invitation = Some(next);
        let mut edit = Edit::new(user, event).with_mail(mail);
        edit.renewed_at = Some(origin.now);
        Ok(edit)
    })
    .await;
    match outcome {
        Ok(_) | Err(Error::NotFound(_)) => Ok(()),
        Err(error) => Err(error),
    }
}

fn limit(last: Option<Timestamp>, now: Timestamp) -> Result<()> {
    let left = last.map_or(SignedDuration::ZERO, |last| INTERVAL - now.duration_since(last));
    if left.is_positive() {
        // Rounded up; at most 300.
        let seconds = (left.as_millis() + 999) / 1000;
        return Err(Error::RateLimited { retry_after_seconds: u32::try_from(seconds).unwrap_or(u32::MAX) });
    }
    Ok(())
}
