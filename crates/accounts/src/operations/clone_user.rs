//! Makes a new user like another one: kind, roles, permissions, organizations, groups, site, courses, services,
//! properties, language and time zone are the other's; name, address and phone are new (requirements.md, S0).

use serde_json::json;

use crate::{
    Result,
    access::{Actor, OrganizationScope},
    audit::Origin,
    error::{Conflict, Missing},
    ids::UserId,
    lists::ReadLists,
    operations::{
        assign::{Assignments, KnowOrganizations, References, WantedScope},
        create_user::{CreateUsers, NewUser, ReadOrganization, create_user},
        edits::{EditUsers, editable},
    },
    random::Randomness,
    roles::{Permission, ReadRoles},
    user::{User, UserKind},
};

/// What is the new user's own.
#[derive(Debug, Clone)]
pub struct NewClone {
    /// First name, as typed.
    pub first_name: String,
    /// Last name, as typed.
    pub last_name: String,
    /// Email, as typed.
    pub email: String,
    /// Phone, as typed.
    pub phone: Option<String>,
    /// Sign-in name beside the email, as typed.
    pub username: Option<String>,
    /// Whether to invite; by the profile's policy when absent.
    pub invite: Option<bool>,
}

/// Clones a user.
///
/// # Errors
/// As [`create_user`]; [`Missing::User`] for a source that the actor may not see; [`Conflict::RootMaster`],
/// [`Conflict::ImportUnfinished`].
pub async fn clone_user(
    ports: &(impl EditUsers + CreateUsers + ReadOrganization + ReadRoles + ReadLists + KnowOrganizations),
    actor: &Actor,
    id: &str,
    new: NewClone,
    origin: &Origin,
    randomness: &impl Randomness,
) -> Result<User> {
    actor.require(Permission::UsersWrite)?;
    let id = UserId::parse(id).map_err(|_| Missing::User)?;
    let source = ports.user_to_edit(&id).await?.ok_or(Missing::User)?;
    editable(actor, &source)?;
    if source.is_root() {
        return Err(Conflict::RootMaster.into());
    }
    create_user(ports, actor, like(&source, new), None, origin, randomness).await
}

fn like(source: &User, new: NewClone) -> NewUser {
    let all = |ids: Vec<String>| References { all: Some(ids), ..References::default() };
    let given = |ids: Vec<String>| if ids.is_empty() { References::default() } else { all(ids) };
    let technician = source.user_kind == UserKind::Technician;
    let organizations = match &source.scope {
        OrganizationScope::All => WantedScope::All,
        OrganizationScope::Selected(ids) => WantedScope::Selected(ids.iter().map(ToString::to_string).collect()),
    };
    let permissions: Vec<String> = source.permissions.iter().map(|permission| permission.name().to_owned()).collect();
    NewUser {
        kind: source.user_kind,
        profile: Some(source.profile.clone()),
        organization_id: source.organization_id.as_ref().map(ToString::to_string),
        first_name: new.first_name,
        last_name: new.last_name,
        email: new.email,
        phone: new.phone,
        username: new.username,
        assignments: Assignments {
            roles: all(source.roles.iter().map(|role| role.as_str().to_owned()).collect()),
            permissions: technician.then_some(permissions),
            organizations: technician.then_some(organizations),
            groups: given(source.groups.iter().map(ToString::to_string).collect()),
            courses: given(source.courses.iter().map(ToString::to_string).collect()),
            services: given(source.services.iter().map(ToString::to_string).collect()),
            site: source.site.as_ref().map(|site| Some(site.to_string())),
            properties: source.properties.iter().map(|(key, value)| (key.clone(), json!(value))).collect(),
            all_module_access: Some(source.all_module_access),
        },
        language: source.language.clone(),
        time_zone: source.settings.time_zone.clone(),
        invite: new.invite,
        cloned_from: Some(source.id.clone()),
        own_rules: source.own_rules.clone(),
    }
}
