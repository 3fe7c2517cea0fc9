//! Makes a role of an organization's people, or of technicians.

use serde_json::{Value, json};

use crate::{
    Error, Result,
    access::Actor,
    audit::{AuditEvent, Origin},
    error::{Conflict, Invalid, Missing},
    ids::OrganizationId,
    naming,
    operations::{create_user::ReadOrganization, edits::covers},
    random::Randomness,
    roles::{CustomRole, DESCRIPTION_LIMIT, Permission, RoleId, parse_permissions, role_name},
    user::UserKind,
};

/// What is asked for, as it came in.
#[derive(Debug, Clone)]
pub struct NewRole {
    /// Name.
    pub name: String,
    /// One sentence; may be empty.
    pub description: String,
    /// The kind of user that may have it.
    pub kind: UserKind,
    /// Whose; none for technicians.
    pub organization_id: Option<String>,
    /// Names of the permissions that it grants.
    pub permissions: Vec<String>,
}

/// Stores new roles.
#[expect(async_fn_in_trait, reason = "used with static dispatch only; functions require Send where they spawn")]
pub trait CreateRoles {
    /// Stores a role with its audit event. `Err` inside, and nothing stored: [`Conflict::NameTaken`] among the roles
    /// of its kind there, or [`Conflict::ListFull`].
    async fn save_new_role(&self, role: &CustomRole, event: &AuditEvent) -> Result<Result<(), Conflict>>;
}

/// Makes a role that grants nothing that the actor does not hold. A copy is a new role with the permissions of
/// another.
///
/// # Errors
/// [`Error::PermissionDenied`]; [`Missing::Organization`]; [`Invalid::OrganizationRequired`];
/// [`Error::Refused`] with every value that is refused; [`Conflict::NameTaken`]; [`Conflict::ListFull`].
pub async fn create_role(
    ports: &(impl CreateRoles + ReadOrganization),
    actor: &Actor,
    new: &NewRole,
    origin: &Origin,
    randomness: &impl Randomness,
) -> Result<CustomRole> {
    actor.require(Permission::RolesWrite)?;
    let organization_id = organization_of(actor, new)?;
    if let Some(id) = &organization_id {
        ports.read_organization(id).await?.ok_or(Missing::Organization)?;
    }
    let mut refusals = Vec::new();
    let mut take =
        |outcome: std::result::Result<String, _>| outcome.map_err(|refusal| refusals.push(refusal)).unwrap_or_default();
    let name = take(role_name(&new.name));
    let description = take(naming::text("description", &new.description, DESCRIPTION_LIMIT));
    let permissions = parse_permissions(&new.permissions, &mut refusals);
    if !refusals.is_empty() {
        return Err(Error::Refused(refusals));
    }
    covers(actor, &permissions)?;
    let role = CustomRole {
        id: RoleId::random(randomness),
        organization_id,
        name,
        description,
        user_kind: new.kind,
        permissions,
        retired: false,
        reduced_at: None,
        version: 1,
    };
    let event =
        origin.event("role.created", role.organization_id.as_ref(), role.id.as_str(), Value::Null, role_summary(&role));
    ports.save_new_role(&role, &event).await??;
    Ok(role)
}

fn organization_of(actor: &Actor, new: &NewRole) -> Result<Option<OrganizationId>> {
    match (new.kind, &new.organization_id) {
        (UserKind::Technician, None) => {
            actor.require_in(Permission::RolesWrite, None)?;
            Ok(None)
        }
        (UserKind::Technician, Some(_)) => Err(Invalid::Parameter {
            name: "organization_id",
            expected: "absent: technicians' roles are the whole deployment's".into(),
        }
        .into()),
        (_, None) => Err(Invalid::OrganizationRequired.into()),
        (_, Some(id)) => {
            let id = OrganizationId::parse(id).map_err(|_| Missing::Organization)?;
            actor.require_in(Permission::RolesWrite, Some(&id))?;
            Ok(Some(id))
        }
    }
}

/// What the audit trail keeps of a role.
pub(crate) fn role_summary(role: &CustomRole) -> Value {
    json!({
        "name": role.name,
        "description": role.description,
        "kind": role.user_kind,
        "permissions": role.permissions,
    })
}
