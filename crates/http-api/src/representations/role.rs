//! The Role resource.

use rollcall_accounts::roles::BuiltInRole;
use serde::Serialize;
use utoipa::ToSchema;

/// A named set of permissions.
#[derive(Debug, Serialize, ToSchema)]
pub struct RoleResponse {
    /// Identifier.
    pub id: &'static str,
    /// Name, as matched in sheets.
    pub name: &'static str,
    /// One sentence.
    pub description: &'static str,
    /// The kinds of user that may have it.
    pub kinds: Vec<&'static str>,
    /// What it grants.
    pub permissions: Vec<&'static str>,
    /// Whether it comes with Rollcall.
    pub built_in: bool,
    /// Whether a form, an API call or an import may give it.
    pub assignable: bool,
}

impl From<&BuiltInRole> for RoleResponse {
    fn from(role: &BuiltInRole) -> Self {
        Self {
            id: role.id,
            name: role.name,
            description: role.description,
            kinds: role.kinds.iter().map(|kind| kind.name()).collect(),
            permissions: role.permissions.iter().map(|permission| permission.name()).collect(),
            built_in: true,
            assignable: role.assignable,
        }
    }
}
