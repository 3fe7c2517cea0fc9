//! Forgets the second factor of somebody who lost it: not enrolled, signed out everywhere, set up at the next
//! sign-in.

use serde_json::json;

use crate::{
    Result,
    access::Actor,
    audit::Origin,
    lifecycle::{self, Operation},
    operations::edits::{Edit, EditUsers, ReadCredential, modify_account, named_account, others_account},
    roles::{Permission, ReadRoles},
    user::User,
};

/// Resets the second factor of somebody else. Doing it again changes nothing that the person could notice.
///
/// # Errors
/// [`crate::Error::PermissionDenied`], [`crate::error::Missing::User`], and what stands in the way: one's own account, the Root
/// Master's, one that was never finished or is deactivated.
pub async fn reset_mfa(
    ports: &(impl EditUsers + ReadCredential + ReadRoles),
    actor: &Actor,
    id: &str,
    origin: &Origin,
) -> Result<User> {
    actor.require(Permission::CredentialsWrite)?;
    let (user, book) = named_account(ports, id).await?;
    modify_account(ports, &user.id, |mut user, mut credential| {
        others_account(actor, &user, &book)?;
        lifecycle::next(&user, Operation::ResetMfa, origin.now)?;
        let event = origin.event(
            "user.mfa_reset",
            user.organization_id.as_ref(),
            user.id.as_str(),
            json!({"mfa_enrolled": user.mfa_enrolled}),
            json!({"mfa_enrolled": false}),
        );
        credential.reset_mfa();
        user.mfa_enrolled = false;
        user.end_everything();
        Ok(Edit::new(user, event).with_credential(credential))
    })
    .await
}
