//! The Role and Permission resources.

use rollcall_accounts::{
    error::Invalid,
    operations::{create_role::NewRole, get_role::Found, update_role::RoleChanges},
    roles::{Permission, Role},
    user::UserKind,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A named set of permissions.
#[derive(Debug, Serialize, ToSchema)]
pub struct RoleResponse {
    /// Identifier.
    pub id: String,
    /// Name, as matched in sheets.
    pub name: String,
    /// One sentence; may be empty.
    pub description: String,
    /// The kinds of user that may have it.
    pub kinds: Vec<&'static str>,
    /// What it grants.
    pub permissions: Vec<&'static str>,
    /// Whether it comes with Rollcall.
    pub built_in: bool,
    /// Whether a form, an API call or an import may give it.
    pub assignable: bool,
    /// Whose it is; null for built-in roles and for those of technicians.
    pub organization_id: Option<String>,
    /// Whether anybody has it; null where nobody looked: in lists, and of built-in roles.
    pub in_use: Option<bool>,
    /// Goes up with every edit; also the ETag.
    pub version: u64,
}

impl From<Role<'_>> for RoleResponse {
    fn from(role: Role<'_>) -> Self {
        let (built_in, assignable, organization_id, version) = match role {
            Role::BuiltIn(role) => (true, role.assignable, None, 1),
            Role::Custom(role) => (false, !role.retired, role.organization_id.as_ref(), role.version),
        };
        Self {
            id: role.id().to_owned(),
            name: role.name().to_owned(),
            description: role.description().to_owned(),
            kinds: role.kinds().iter().map(|kind| kind.name()).collect(),
            permissions: role.permissions().iter().map(|permission| permission.name()).collect(),
            built_in,
            assignable,
            organization_id: organization_id.map(ToString::to_string),
            in_use: None,
            version,
        }
    }
}

impl From<&Found> for RoleResponse {
    fn from(found: &Found) -> Self {
        let in_use = match found {
            Found::BuiltIn(_) => None,
            Found::Custom { in_use, .. } => Some(*in_use),
        };
        Self { in_use, ..found.role().into() }
    }
}

/// A new role. A copy is one with the permissions of another.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "Help desk", "description": "Unlocks people.", "kind": "end_user", "organization_id": "org_0123456789abcdefghjkmnpqrs", "permissions": ["users.read", "credentials.write"]}))]
pub struct CreateRoleRequest {
    /// 1 to 60 characters, unique among the roles of its kind.
    pub name: String,
    /// One sentence, at most 300 characters.
    #[serde(default)]
    pub description: String,
    /// The kind of user that may have it: `technician`, `end_user` or `member`.
    pub kind: String,
    /// Whose it is; absent for technicians.
    #[serde(default)]
    pub organization_id: Option<String>,
    /// What it grants; nothing that one does not hold oneself.
    pub permissions: Vec<String>,
}

impl CreateRoleRequest {
    /// What is asked for.
    ///
    /// # Errors
    /// [`Invalid::Parameter`] for an unknown kind.
    pub fn into_new_role(self) -> Result<NewRole, Invalid> {
        let kind = UserKind::parse(&self.kind)
            .ok_or_else(|| Invalid::Parameter { name: "kind", expected: "technician, end_user or member".into() })?;
        Ok(NewRole {
            name: self.name,
            description: self.description,
            kind,
            organization_id: self.organization_id,
            permissions: self.permissions,
        })
    }
}

/// Changes of a role. Absent fields stay.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"permissions": ["users.read"]}))]
pub struct UpdateRoleRequest {
    /// Name.
    #[serde(default)]
    pub name: Option<String>,
    /// One sentence.
    #[serde(default)]
    pub description: Option<String>,
    /// All that it grants.
    #[serde(default)]
    pub permissions: Option<Vec<String>>,
}

impl From<UpdateRoleRequest> for RoleChanges {
    fn from(request: UpdateRoleRequest) -> Self {
        Self { name: request.name, description: request.description, permissions: request.permissions }
    }
}

/// Something that a role can grant.
#[derive(Debug, Serialize, ToSchema)]
pub struct PermissionResponse {
    /// Its name.
    #[schema(example = "users.read")]
    pub name: &'static str,
    /// What it lets one do.
    pub description: &'static str,
}

impl From<Permission> for PermissionResponse {
    fn from(permission: Permission) -> Self {
        Self { name: permission.name(), description: permission.description() }
    }
}

/// All permissions.
#[derive(Debug, Serialize, ToSchema)]
pub struct PermissionsResponse {
    /// In their order.
    pub items: Vec<PermissionResponse>,
}
