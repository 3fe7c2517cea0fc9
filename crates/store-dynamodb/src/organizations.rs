//! Organizations, their listing and their counters.

use async_recursion::async_recursion as boxed;
use std::collections::BTreeSet;

use rollcall_accounts::{
    Result,
    access::OrganizationScope,
    audit::AuditEvent,
    error::{Conflict, StoreError},
    ids::OrganizationId,
    operations::{
        create_organization::SaveOrganization,
        edits::Written,
        list_organizations::{ListOrganizations, ListedOrganization, ReadOrganizations},
        update_organization::ChangeOrganizations,
    },
    organization::{Organization, OrganizationCounts, domain_key},
};

use crate::{
    Store,
    dispatch::Dispatch as _,
    failure::internal,
    item::{self, Item, s},
    keys::{self, Key, SHARDS},
    write::key_of,
};

impl SaveOrganization for Store {
    async fn save_organization(&self, organization: &Organization, event: &AuditEvent) -> Result<bool> {
        let id = organization.id.as_str();
        let name = keys::organization_name(&organization.name);
        let listing = keys::organization_listing(&organization.name, &organization.id);
        let mut members = vec![
            self.put_new(entry(name, "organization_name", id))?,
            self.put_new(item::to_item(&keys::organization(&organization.id), "organization", organization)?)?,
            self.put(entry(listing, "organization_listing", id))?,
        ];
        members.extend(self.audit(event)?);
        Ok(self.transact(members).await?.is_ok())
    }
}

impl ChangeOrganizations for Store {
    async fn write_organization(
        &self,
        read: &Organization,
        organization: &Organization,
        event: &AuditEvent,
    ) -> Result<Written> {
        let id = organization.id.as_str();
        let written = item::to_item(&keys::organization(&organization.id), "organization", organization)?;
        let mut members = vec![self.put_over(written, read.version)?];
        let guard = |name: &str| entry(keys::organization_name(name), "organization_name", id);
        let (old, new) = (guard(&read.name), guard(&organization.name));
        let renamed = key_of(&old) != key_of(&new);
        if renamed {
            members.push(self.put_new(new)?);
            members.push(self.delete(&key_of(&old))?);
            let listing = |name: &str| keys::organization_listing(name, &organization.id);
            members.push(self.delete(&listing(&read.name))?);
            members.push(self.put(entry(listing(&organization.name), "organization_listing", id))?);
        }
        let domain = |domain: &String| entry(keys::domain(&domain_key(domain)), "domain", id);
        let keys_of =
            |domains: &[String]| -> BTreeSet<Key> { domains.iter().map(|name| key_of(&domain(name))).collect() };
        let (before, after) = (keys_of(&read.domains), keys_of(&organization.domains));
        for name in &organization.domains {
            if !before.contains(&key_of(&domain(name))) {
                members.push(self.put_new(domain(name))?);
            }
        }
        for key in before.difference(&after) {
            members.push(self.delete(key)?);
        }
        members.extend(self.audit(event)?);
        Ok(match self.transact(members).await? {
            Ok(()) => Written::Done,
            Err(failed) if failed.contains(&0) => Written::Changed,
            Err(failed) if renamed && failed.contains(&1) => Written::Taken(Conflict::NameTaken),
            Err(_) => Written::Taken(Conflict::DomainTaken),
        })
    }
}

/// An item that only says which organization it is about.
fn entry(key: Key, kind: &str, id: &str) -> Item {
    Item::from([
        ("pk".to_owned(), s(key.pk)),
        ("sk".to_owned(), s(key.sk)),
        ("kind".to_owned(), s(kind)),
        ("organization_id".to_owned(), s(id)),
    ])
}

impl ListOrganizations for Store {
    async fn organizations_after(
        &self,
        scope: &OrganizationScope,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<ListedOrganization>> {
        if let OrganizationScope::Selected(ids) = scope {
            let mut listed: Vec<_> = self
                .read_organizations(ids.iter())
                .await?
                .into_iter()
                .map(|organization| ListedOrganization {
                    position: keys::organization_listing(&organization.name, &organization.id).sk,
                    id: organization.id,
                })
                .filter(|listed| after.is_none_or(|after| listed.position.as_str() > after))
                .collect();
            listed.sort_by(|a, b| a.position.cmp(&b.position));
            listed.truncate(limit);
            return Ok(listed);
        }
        let mut listed = Vec::new();
        let mut start = None;
        loop {
            let query = self
                .client
                .query()
                .table_name(&self.table)
                .consistent_read(true)
                .limit(i32::try_from(limit - listed.len()).unwrap_or(i32::MAX))
                .set_exclusive_start_key(start)
                .expression_attribute_values(":pk", s(keys::ORGANIZATIONS));
            let query = match after {
                Some(after) => query
                    .key_condition_expression("pk = :pk AND sk > :after")
                    .expression_attribute_values(":after", s(after)),
                None => query.key_condition_expression("pk = :pk"),
            };
            let answer = query.dispatch().await.map_err(internal)?;
            listed.extend(answer.items.unwrap_or_default().iter().filter_map(|item| {
                Some(ListedOrganization {
                    position: item::text(item, "sk")?.to_owned(),
                    id: OrganizationId::parse(item::text(item, "organization_id")?).ok()?,
                })
            }));
            start = answer.last_evaluated_key;
            if start.is_none() || listed.len() >= limit {
                return Ok(listed);
            }
        }
    }
}

impl ReadOrganizations for Store {
    async fn organizations(&self, ids: &[OrganizationId]) -> Result<Vec<(Organization, OrganizationCounts)>> {
        let counters = |id: &OrganizationId| {
            let scope = keys::scope(Some(id));
            (0..SHARDS).map(move |shard| keys::counts(&scope, shard))
        };
        let counts = self.batch_get(ids.iter().flat_map(counters).collect()).await?;
        let sum = |id: &OrganizationId| {
            // A shard may be below zero on its own; the sum never is.
            let total = |name: &str| {
                let total: i64 =
                    counters(id).filter_map(|key| counts.get(&key)?.get(name)?.as_n().ok()?.parse::<i64>().ok()).sum();
                u64::try_from(total).unwrap_or_default()
            };
            OrganizationCounts { users: total("users"), active: total("active") }
        };
        Ok(self
            .read_organizations(ids.iter())
            .await?
            .into_iter()
            .map(|organization| {
                let counts = sum(&organization.id);
                (organization, counts)
            })
            .collect())
    }
}

impl Store {
    /// One organization.
    #[boxed]
    pub(crate) async fn organization(&self, id: &OrganizationId) -> Result<Option<Organization>, StoreError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .set_key(Some(keys::organization(id).attributes()))
            .consistent_read(true)
            .dispatch()
            .await
            .map_err(internal)?;
        answer.item.map(item::from_item).transpose()
    }

    /// Organizations in that order; those that are gone are left out.
    async fn read_organizations(
        &self,
        ids: impl Iterator<Item = &OrganizationId>,
    ) -> Result<Vec<Organization>, StoreError> {
        let wanted: Vec<Key> = ids.map(keys::organization).collect();
        let mut items = self.batch_get(wanted.clone()).await?;
        wanted.iter().filter_map(|key| items.remove(key)).map(item::from_item).collect()
    }
}
