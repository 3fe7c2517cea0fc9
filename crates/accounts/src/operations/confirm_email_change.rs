//! The owner of a new address confirms it with the link mailed there: only now it counts.

use serde_json::json;

use crate::{
    Result,
    audit::Origin,
    error::DeadLink,
    operations::{
        edits::{Edit, EditUsers, modify_user},
        get_email_change::{ChangeLink, FindChangingUser, open_change},
    },
    outbox::DueMail,
    token::TokenKeys,
    user::LinkState,
};

/// Makes the new address the account's: its sign-in name changes hands in the same transaction, every session
/// ends, links that went to the former address are void, and the former address is told.
///
/// # Errors
/// [`crate::error::Missing::EmailChange`], [`DeadLink`], [`crate::error::Conflict::EmailTaken`] when somebody else
/// has taken the address meanwhile.
pub async fn confirm_email_change(
    ports: &(impl FindChangingUser + EditUsers),
    keys: &TokenKeys,
    token: &str,
    origin: &Origin,
) -> Result<()> {
    let link = ChangeLink::find(ports, keys, token).await?;
    link.open(origin.now)?;
    let ChangeLink { user, generation } = link;
    let origin = Origin { actor: Some(user.id.clone()), ..origin.clone() };
    modify_user(ports, &user.id, |mut user| {
        open_change(&user, generation, origin.now)?;
        let change = user.email_change.as_mut().ok_or(DeadLink::ChangeReplaced)?;
        change.state = LinkState::Used;
        change.ended_at = Some(origin.now);
        let former = std::mem::replace(&mut user.email, change.email.clone());
        user.revoke_password_reset(origin.now);
        user.end_sessions();
        let event = origin.event(
            "user.email_changed",
            user.organization_id.as_ref(),
            user.id.as_str(),
            json!({"email": former}),
            json!({"email": user.email}),
        );
        let mail = DueMail::email_changed(&user, &former, origin.now);
        Ok(Edit::new(user, event).with_mail(mail))
    })
    .await?;
    Ok(())
}
