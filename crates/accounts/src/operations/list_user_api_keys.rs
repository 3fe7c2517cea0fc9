//! The API keys of a user, for their administrators.

use jiff::Timestamp;

use crate::{
    Result,
    access::Actor,
    operations::{
        create_api_key::ApiKey,
        edits::{EditUsers, named_account, others_account},
        list_api_keys::{ListApiKeys, keys_of},
    },
    roles::{Permission, ReadRoles},
};

/// The keys that act as somebody else, and those whose end has come of late; the newest first.
///
/// # Errors
/// [`crate::Error::PermissionDenied`], also for somebody who may do more than the actor; [`crate::error::Missing::User`];
/// one's own account, the Root Master's.
pub async fn list_user_api_keys(
    ports: &(impl EditUsers + ReadRoles + ListApiKeys),
    actor: &Actor,
    id: &str,
    now: Timestamp,
) -> Result<Vec<ApiKey>> {
    actor.require(Permission::CredentialsWrite)?;
    let (user, book) = named_account(ports, id).await?;
    others_account(actor, &user, &book)?;
    keys_of(ports, &user, now).await
}
