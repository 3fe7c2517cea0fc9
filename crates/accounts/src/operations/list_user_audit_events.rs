//! What was done to one user, newest first; the import that made them comes last.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::list_audit_events::{Filter, Page, ReadTrails, Trail, page, told};
use crate::{
    Result,
    access::Actor,
    audit::Origin,
    error::Missing,
    ids::UserId,
    operations::{delivery::ReadPeople, edits::EditUsers},
    roles::Permission,
    user::User,
};

/// A place before everything in a trail.
const BEGINNING: &str = "0";

/// The timeline of a user. Rows of imports have no event each: the import that made a user is told from the user.
///
/// # Errors
/// [`crate::Error::PermissionDenied`]; [`Missing::User`] for somebody the actor may not see.
pub async fn list_user_audit_events(
    ports: &(impl EditUsers + ReadTrails + ReadPeople),
    actor: &Actor,
    id: &str,
    before: Option<String>,
    limit: usize,
    now: Timestamp,
) -> Result<Page> {
    actor.require(Permission::UsersRead)?;
    let id = UserId::parse(id).map_err(|_| Missing::User)?;
    let user = ports.user_to_edit(&id).await?.filter(|user| actor.sees(user)).ok_or(Missing::User)?;
    let trail = [Trail::Target(id.to_string())];
    let (mut events, mut next) = page(ports, actor, &trail, &Filter::default(), before, limit, now).await?;
    if next.is_none()
        && let Some(import) = imported(&user)
    {
        if events.len() < limit {
            events.push(import);
        } else {
            next = Some(BEGINNING.to_owned());
        }
    }
    Ok(Page { items: told(ports, actor, events).await?, next })
}

fn imported(user: &User) -> Option<crate::audit::AuditEvent> {
    let import = user.import_id.as_ref()?;
    let origin = Origin { actor: Some(user.created_by.clone()), source: None, now: user.created_at };
    let after = json!({"import_id": import});
    Some(origin.event("user.imported", user.organization_id.as_ref(), user.id.as_str(), Value::Null, after))
}
