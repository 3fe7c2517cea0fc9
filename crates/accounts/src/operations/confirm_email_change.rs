//! The owner of a new address confirms it with the link mailed there: only now it counts.

use serde_json::json;

use crate::{
    Result,
    access::{Account, Actor, Via},
    audit::Origin,
    error::DeadLink,
    ids::UserId,
    operations::{
        edits::{Edit, EditUsers, modify_user, others_account},
        get_email_change::{ChangeLink, FindChangingUser, open_change},
    },
    outbox::DueMail,
    roles::{Permission, ReadRoles, RoleBook},
    token::TokenKeys,
    user::{LinkState, User},
};

/// Makes the new address the account's: its sign-in name changes hands in the same transaction, every session
/// ends, links that went to the former address are void, and the former address is told. A change that somebody else
/// asked for counts only if they may still touch the account.
///
/// # Errors
/// [`crate::error::Missing::EmailChange`], [`DeadLink`], [`crate::error::Conflict::EmailTaken`] when somebody else
/// has taken the address meanwhile.
pub async fn confirm_email_change(
    ports: &(impl FindChangingUser + EditUsers + ReadRoles),
    keys: &TokenKeys,
    token: &str,
    origin: &Origin,
) -> Result<()> {
    let link = ChangeLink::find(ports, keys, token).await?;
    link.open(origin.now)?;
    let ChangeLink { user, generation } = link;
    let asker = match &user.email_change {
        Some(change) if change.requested_by != user.id => Some(Asker::of(ports, &change.requested_by, &user).await?),
        _ => None,
    };
    let origin = Origin { actor: Some(user.id.clone()), ..origin.clone() };
    modify_user(ports, &user.id, |mut user| {
        open_change(&user, generation, origin.now)?;
        if asker.as_ref().is_some_and(|asker| !asker.may_touch(&user)) {
            return Err(DeadLink::ChangeReplaced.into());
        }
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

/// Who asked for somebody else's change, as they are now.
struct Asker {
    /// None: gone, or not active.
    actor: Option<Actor>,
    /// The roles that count for whose address it is.
    book: RoleBook,
}

impl Asker {
    async fn of(ports: &(impl EditUsers + ReadRoles), id: &UserId, of: &User) -> Result<Self> {
        let actor = match ports.user_to_edit(id).await? {
            Some(user) => {
                let roles = ports.role_book(user.organization_id.as_ref()).await?;
                Actor::new(Account { user, roles }, Via::ApiKey)
            }
            None => None,
        };
        Ok(Self { actor, book: ports.role_book(of.organization_id.as_ref()).await? })
    }

    fn may_touch(&self, user: &User) -> bool {
        self.actor
            .as_ref()
            .is_some_and(|actor| actor.may(Permission::UsersWrite) && others_account(actor, user, &self.book).is_ok())
    }
}
