//! Deletes an account for good: its address is free at once, its links say that they were withdrawn, and the audit
//! trail keeps what it was.

use serde_json::{Value, json};

use crate::{
    Error, Result,
    access::Actor,
    audit::{AuditEvent, Origin},
    error::Missing,
    ids::UserId,
    lifecycle::{self, Operation},
    operations::{
        create_user::summary,
        edits::{EditUsers, Written, others_account},
    },
    roles::{Permission, ReadRoles},
    user::User,
};

/// Times that a deletion which met an edit starts over.
const TRIES: u32 = 6;

/// Deletes users.
#[expect(async_fn_in_trait, reason = "used with static dispatch only; functions require Send where they spawn")]
pub trait DeleteUsers: EditUsers {
    /// Takes away the user that was read and everything that is theirs, in one transaction, if it still is as read
    /// and the actor is still active.
    async fn write_deletion(&self, read: &User, actor: &Actor, event: &AuditEvent) -> Result<Written>;
}

/// Deletes somebody else's account; over the version that the caller has read, if they say which.
///
/// # Errors
/// [`Error::PermissionDenied`], [`Missing::User`], [`Error::VersionConflict`], and what stands in the way: one's own
/// account, the Root Master's, one whose import is not finished.
pub async fn delete_user(
    ports: &(impl DeleteUsers + ReadRoles),
    actor: &Actor,
    id: &str,
    version: Option<u64>,
    origin: &Origin,
) -> Result<()> {
    actor.require(Permission::UsersDelete)?;
    let id = UserId::parse(id).map_err(|_| Missing::User)?;
    for _ in 0..TRIES {
        let user = ports.user_to_edit(&id).await?.ok_or(Missing::User)?;
        let book = ports.role_book(user.organization_id.as_ref()).await?;
        others_account(actor, &user, &book)?;
        if version.is_some_and(|version| version != user.version) {
            return Err(Error::VersionConflict);
        }
        lifecycle::next(&user, Operation::Delete, origin.now)?;
        let mut before = summary(&user);
        before["kind"] = json!(user.user_kind);
        before["status"] = json!(user.status_at(origin.now).name());
        before["created_at"] = json!(crate::time::iso(user.created_at));
        before["import_id"] = json!(user.import_id);
        let event = origin.event("user.deleted", user.organization_id.as_ref(), user.id.as_str(), before, Value::Null);
        match ports.write_deletion(&user, actor, &event).await? {
            Written::Done => return Ok(()),
            Written::Changed => {}
            Written::Taken(conflict) => return Err(Error::from(conflict)),
        }
    }
    Err(Error::VersionConflict)
}
