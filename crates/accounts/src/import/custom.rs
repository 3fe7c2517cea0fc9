//! Custom import profiles: an organization's, or the deployment's. What they say is in [`Definition`]; every version
//! of it is kept, as imports name the one that they went by.

use jiff::Timestamp;
use rollcall_validation::{Definition, MfaPolicy, Profile, Unfit};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    Error, Result,
    access::Actor,
    audit::AuditEvent,
    error::{Conflict, Missing, Refusal},
    ids::{OrganizationId, ProfileId, UserId},
    roles::Permission,
};

/// Most custom profiles of an organization, and of the deployment.
pub const CUSTOM_PROFILE_LIMIT: usize = 100;

/// A custom profile in one of its versions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomProfile {
    /// Identifier.
    pub id: ProfileId,
    /// Whose it is; none: every organization's.
    pub organization_id: Option<OrganizationId>,
    /// What it says.
    pub definition: Definition,
    /// Who wrote this version.
    pub written_by: UserId,
    /// When.
    #[serde(with = "crate::time::fixed")]
    pub written_at: Timestamp,
    /// Goes up with every change.
    pub version: u32,
}

impl CustomProfile {
    /// The profile, without an organization's lists.
    ///
    /// # Errors
    /// [`Error::Unfit`] with every part that does not fit its base: `weaker_than_base`, `not_in_base`,
    /// `definition_not_valid`.
    pub fn profile(&self) -> Result<Profile> {
        profile_of(&self.definition, self.id.as_str(), self.version)
    }

    /// Whether it may be used where an organization is named, or none.
    #[must_use]
    pub fn is_for(&self, organization: Option<&OrganizationId>) -> bool {
        self.organization_id.is_none() || self.organization_id.as_ref() == organization
    }

    /// What the audit trail keeps of it.
    #[must_use]
    pub fn summary(&self) -> Value {
        json!({"version": self.version, "definition": self.definition})
    }
}

/// The profile of a definition.
///
/// # Errors
/// As [`CustomProfile::profile`].
pub fn profile_of(definition: &Definition, id: &str, version: u32) -> Result<Profile> {
    definition.profile(id, version).map_err(refused)
}

/// Parts of a definition that do not fit, as they are refused.
pub(crate) fn refused(unfit: Vec<Unfit>) -> Error {
    let refusal = |one: Unfit| Refusal { field: one.part, code: one.code.into(), detail: one.detail };
    Error::Unfit(unfit.into_iter().map(refusal).collect())
}

/// What a custom profile asks of the people that it makes, beyond its base: kept with each of them, so that it holds
/// as long as they do, whatever becomes of the profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnRules {
    /// The custom profile.
    pub profile: ProfileId,
    /// The built-in one that it is made from.
    pub base: String,
    /// Whether a second factor is required.
    pub mfa_required: bool,
    /// Whether people without a phone number are asked for one.
    pub phone_at_acceptance: bool,
    /// Hours for which invitations are good once mailed.
    pub valid_hours: u32,
}

impl OwnRules {
    /// Those of a custom profile.
    #[must_use]
    pub fn of(custom: &CustomProfile, profile: &Profile) -> Self {
        Self {
            profile: custom.id.clone(),
            base: custom.definition.base().to_owned(),
            mfa_required: profile.mfa() == MfaPolicy::Required,
            phone_at_acceptance: profile.phone_at_acceptance(),
            valid_hours: profile.invitation().expires_after,
        }
    }
}

/// Reads custom profiles.
#[expect(async_fn_in_trait, reason = "used with static dispatch only; functions require Send where they spawn")]
pub trait ReadProfiles {
    /// The profile of that identifier, in its newest version.
    async fn custom_profile(&self, id: &ProfileId) -> Result<Option<CustomProfile>>;
    /// Those of an organization (none: of the deployment), by title.
    async fn custom_profiles(&self, organization: Option<&OrganizationId>) -> Result<Vec<CustomProfile>>;
}

/// Reads older versions.
#[expect(async_fn_in_trait, reason = "used with static dispatch only; functions require Send where they spawn")]
pub trait ReadProfileVersions: ReadProfiles {
    /// A profile in that version, also if it was deleted.
    async fn custom_profile_version(&self, id: &ProfileId, version: u32) -> Result<Option<CustomProfile>>;
}

/// Makes custom profiles.
#[expect(async_fn_in_trait, reason = "used with static dispatch only; functions require Send where they spawn")]
pub trait CreateProfiles: ReadProfiles {
    /// Writes a new profile with its first version; `Err` inside when there is no room for one more.
    async fn save_new_profile(&self, profile: &CustomProfile, event: &AuditEvent) -> Result<Result<(), Conflict>>;
}

/// Changes custom profiles.
#[expect(async_fn_in_trait, reason = "used with static dispatch only; functions require Send where they spawn")]
pub trait ChangeProfiles: ReadProfiles {
    /// Writes a new version over the one that was read. `false`: it was changed meanwhile.
    async fn save_profile(&self, read: u32, profile: &CustomProfile, event: &AuditEvent) -> Result<bool>;
}

/// Deletes custom profiles.
#[expect(async_fn_in_trait, reason = "used with static dispatch only; functions require Send where they spawn")]
pub trait DeleteProfiles: ReadProfiles {
    /// Deletes a profile over the version that was read; its versions stay. `false`: it was changed meanwhile.
    async fn remove_profile(&self, profile: &CustomProfile, event: &AuditEvent) -> Result<bool>;
}

/// Where an actor may make custom profiles.
///
/// # Errors
/// [`Error::PermissionDenied`]; [`Missing::Organization`].
pub fn may_write(actor: &Actor, organization: Option<&OrganizationId>) -> Result<()> {
    actor.require_in(Permission::OrganizationsWrite, organization)
}

/// The profile, if the actor may see it; another tenant's is not there.
///
/// # Errors
/// [`Missing::Profile`].
pub fn seen(actor: &Actor, found: Option<CustomProfile>) -> Result<CustomProfile> {
    found
        .filter(|found| found.organization_id.as_ref().is_none_or(|id| actor.user.scope.contains(id)))
        .ok_or(Error::NotFound(Missing::Profile))
}

/// The profile, if the actor may change it.
///
/// # Errors
/// [`Error::PermissionDenied`]; [`Missing::Profile`].
pub async fn to_change(ports: &impl ReadProfiles, actor: &Actor, id: &str) -> Result<CustomProfile> {
    actor.require(Permission::OrganizationsWrite)?;
    let id = ProfileId::parse(id).map_err(|_| Missing::Profile)?;
    let found = seen(actor, ports.custom_profile(&id).await?)?;
    may_write(actor, found.organization_id.as_ref())?;
    Ok(found)
}
