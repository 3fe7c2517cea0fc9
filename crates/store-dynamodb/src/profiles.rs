//! Custom import profiles: one partition for each organization's, and one for the deployment's. Versions are kept
//! under the profile's own partition, for good.

use rollcall_accounts::{
    Result,
    audit::AuditEvent,
    error::{Conflict, StoreError},
    ids::{OrganizationId, ProfileId},
    import::custom::{
        CUSTOM_PROFILE_LIMIT, ChangeProfiles, CreateProfiles, CustomProfile, DeleteProfiles, ReadProfileVersions,
        ReadProfiles,
    },
};

use crate::{
    Store,
    item::{self, Item},
    keys,
    write::named,
};

/// What a scope's count of custom profiles is called.
const PROFILES: &str = "profiles";

fn scope_of(profile: &CustomProfile) -> String {
    keys::scope(profile.organization_id.as_ref())
}

fn profile_item(profile: &CustomProfile) -> Result<Item, StoreError> {
    item::to_item(&keys::profile(&scope_of(profile), &profile.id), "profile", profile)
}

fn version_item(profile: &CustomProfile) -> Result<Item, StoreError> {
    item::to_item(&keys::profile_version(&profile.id, profile.version), "profile_version", profile)
}

impl ReadProfiles for Store {
    async fn custom_profile(&self, id: &ProfileId) -> Result<Option<CustomProfile>> {
        let locator = self.item(&keys::profile_locator(id)).await?;
        let Some(scope) = locator.as_ref().and_then(|item| item::text(item, "scope")) else { return Ok(None) };
        Ok(self.item(&keys::profile(scope, id)).await?.map(item::from_item).transpose()?)
    }

    async fn custom_profiles(&self, organization: Option<&OrganizationId>) -> Result<Vec<CustomProfile>> {
        let partition = keys::profiles_partition(&keys::scope(organization));
        let items = self.partition(&partition, "").await?.into_iter();
        let mut profiles = items.map(item::from_item).collect::<Result<Vec<CustomProfile>, StoreError>>()?;
        profiles.sort_by(|a, b| (a.definition.title(), &a.id).cmp(&(b.definition.title(), &b.id)));
        Ok(profiles)
    }
}

impl ReadProfileVersions for Store {
    async fn custom_profile_version(&self, id: &ProfileId, version: u32) -> Result<Option<CustomProfile>> {
        Ok(self.item(&keys::profile_version(id, version)).await?.map(item::from_item).transpose()?)
    }
}

impl CreateProfiles for Store {
    async fn save_new_profile(&self, profile: &CustomProfile, event: &AuditEvent) -> Result<Result<(), Conflict>> {
        let scope = scope_of(profile);
        let mut members = vec![
            self.count_of(&scope, PROFILES, 1, CUSTOM_PROFILE_LIMIT)?,
            self.put_new(profile_item(profile)?)?,
            self.put_new(named(keys::profile_locator(&profile.id), "profile_locator", "scope", &scope))?,
            self.put_new(version_item(profile)?)?,
        ];
        members.extend(self.audit(event)?);
        Ok(match self.transact(members).await? {
            Ok(()) => Ok(()),
            Err(_) => Err(Conflict::ListFull),
        })
    }
}

impl ChangeProfiles for Store {
    async fn save_profile(&self, read: u32, profile: &CustomProfile, event: &AuditEvent) -> Result<bool> {
        let mut members =
            vec![self.put_over(profile_item(profile)?, u64::from(read))?, self.put_new(version_item(profile)?)?];
        members.extend(self.audit(event)?);
        Ok(self.transact(members).await?.is_ok())
    }
}

impl DeleteProfiles for Store {
    async fn remove_profile(&self, profile: &CustomProfile, event: &AuditEvent) -> Result<bool> {
        let scope = scope_of(profile);
        let mut members = vec![
            self.delete_over(&keys::profile(&scope, &profile.id), u64::from(profile.version))?,
            self.delete(&keys::profile_locator(&profile.id))?,
            self.count_of(&scope, PROFILES, -1, CUSTOM_PROFILE_LIMIT)?,
        ];
        members.extend(self.audit(event)?);
        Ok(self.transact(members).await?.is_ok())
    }
}
