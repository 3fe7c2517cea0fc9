//! Deletes a custom role that nobody has. It is retired first, so that nobody can be given it while the holders are
//! looked for; a deletion that died in between is finished by asking again.

use serde_json::Value;

use crate::{
    Error, Result,
    access::Actor,
    audit::{AuditEvent, Origin},
    error::Conflict,
    facet::{Facet, FindByFacet},
    operations::{
        create_role::role_summary,
        get_role::{ReadCustomRole, role_to_change},
    },
    roles::CustomRole,
};

/// Deletes roles.
#[expect(async_fn_in_trait, reason = "used with static dispatch only; functions require Send where they spawn")]
pub trait DeleteRoles: ReadCustomRole {
    /// Sets or takes back that a role is retired, over the version that was read; then that version is one higher.
    /// `false`: it was changed meanwhile.
    async fn retire_role(&self, role: &mut CustomRole, retired: bool) -> Result<bool>;
    /// Deletes a role over the version that was read, with its audit event. `false`: it was changed meanwhile.
    async fn remove_role(&self, role: &CustomRole, event: &AuditEvent) -> Result<bool>;
}

/// Deletes a role; over the version that the caller has read, if they say which.
///
/// # Errors
/// [`Error::PermissionDenied`]; [`crate::error::Missing::Role`]; [`Conflict::RoleBuiltIn`];
/// [`Error::VersionConflict`]; [`Conflict::RoleInUse`].
pub async fn delete_role(
    ports: &(impl DeleteRoles + FindByFacet),
    actor: &Actor,
    id: &str,
    version: Option<u64>,
    origin: &Origin,
) -> Result<()> {
    let mut role = role_to_change(ports, actor, id).await?;
    if version.is_some_and(|version| version != role.version) {
        return Err(Error::VersionConflict);
    }
    let organization = role.organization_id.clone();
    let held = Facet::Role(role.id.clone());
    // First without touching it, so that a role in use stays as it was read.
    if !role.retired && ports.is_in_use(organization.as_ref(), &held).await? {
        return Err(Conflict::RoleInUse.into());
    }
    if !ports.retire_role(&mut role, true).await? {
        return Err(Error::VersionConflict);
    }
    if ports.is_in_use(organization.as_ref(), &held).await? {
        // Somebody was given it in between. If this fails too, asking again does it.
        ports.retire_role(&mut role, false).await?;
        return Err(Conflict::RoleInUse.into());
    }
    let event = origin.event("role.deleted", organization.as_ref(), role.id.as_str(), role_summary(&role), Value::Null);
    if ports.remove_role(&role, &event).await? { Ok(()) } else { Err(Error::VersionConflict) }
}

#[cfg(test)]
mod tests {
    use std::cell::{Cell, RefCell};

    use jiff::Timestamp;

    use super::*;
    use crate::{
        access::{Account, Via},
        ids::{OrganizationId, UserId},
        operations::fake::{code_of, run},
        roles::{Permission, RoleBook, RoleId},
        user::{User, UserKind, UserStatus},
    };

    /// One role, and what looking for its holders finds, look by look.
    struct Fake {
        role: RefCell<Option<CustomRole>>,
        finds: RefCell<Vec<bool>>,
        fails_to_restore: Cell<bool>,
    }

    impl ReadCustomRole for Fake {
        async fn custom_role(&self, _: &RoleId) -> Result<Option<CustomRole>> {
            Ok(self.role.borrow().clone())
        }
    }

    impl FindByFacet for Fake {
        async fn is_in_use(&self, _: Option<&OrganizationId>, _: &Facet) -> Result<bool> {
            Ok(self.finds.borrow_mut().remove(0))
        }
    }

    impl DeleteRoles for Fake {
        async fn retire_role(&self, role: &mut CustomRole, retired: bool) -> Result<bool> {
            if !retired && self.fails_to_restore.take() {
                return Err(Error::internal("the table is gone"));
            }
            let there = self.role.borrow().as_ref().map(|role| role.version);
            if there != Some(role.version) {
                return Ok(false);
            }
            *role = CustomRole { retired, version: role.version + 1, ..role.clone() };
            self.role.replace(Some(role.clone()));
            Ok(true)
        }

        async fn remove_role(&self, role: &CustomRole, _: &AuditEvent) -> Result<bool> {
            let same = self.role.borrow().as_ref().is_some_and(|there| there.version == role.version && there.retired);
            if same {
                self.role.replace(None);
            }
            Ok(same)
        }
    }

    fn fake(finds: &[bool], retired: bool) -> Fake {
        let role = CustomRole {
            id: RoleId::parse("role_x").unwrap(),
            organization_id: None,
            name: "X".into(),
            description: String::new(),
            user_kind: UserKind::Technician,
            permissions: vec![Permission::UsersRead],
            retired,
            reduced_at: None,
            version: 4,
        };
        Fake { role: RefCell::new(Some(role)), finds: RefCell::new(finds.to_vec()), fails_to_restore: Cell::new(false) }
    }

    fn deleted(fake: &Fake, version: Option<u64>) -> String {
        let id = UserId::derived(&["root"]);
        let mut user = User::new(id.clone(), UserKind::Technician, None, "technician", id, Timestamp::UNIX_EPOCH);
        user.status = UserStatus::Active;
        user.roles = RoleId::parse("system_administrator").into_iter().collect();
        let account = Account { user, roles: RoleBook::default() };
        let actor = Actor::new(account, Via::ApiKey).unwrap();
        let origin = Origin { actor: None, source: None, now: Timestamp::UNIX_EPOCH };
        code_of(run(delete_role(fake, &actor, "role_x", version, &origin)))
    }

    #[test]
    fn a_role_goes_only_if_nobody_has_it_before_and_after_it_is_retired() {
        for (name, finds, version, wanted, left) in [
            ("nobody", &[false, false][..], None, "ok", None),
            ("nobody, of that version", &[false, false], Some(4), "ok", None),
            ("somebody", &[true], None, "role_in_use", Some((false, 4))),
            ("somebody who was given it in between", &[false, true], None, "role_in_use", Some((false, 6))),
            ("another version", &[], Some(3), "version_conflict", Some((false, 4))),
        ] {
            let fake = fake(finds, false);
            assert_eq!(deleted(&fake, version), wanted, "{name}");
            let there = fake.role.borrow().as_ref().map(|role| (role.retired, role.version));
            assert_eq!(there, left, "{name}");
        }
    }

    #[test]
    fn what_a_deletion_that_died_left_is_finished_by_asking_again() {
        let fake = fake(&[false, true, true, false], false);
        fake.fails_to_restore.set(true);
        assert_eq!(deleted(&fake, None), "internal");
        assert!(fake.role.borrow().as_ref().unwrap().retired, "nobody can be given it meanwhile");
        assert_eq!(deleted(&fake, None), "role_in_use");
        assert!(!fake.role.borrow().as_ref().unwrap().retired, "and then somebody can again");
        let left = self::fake(&[false], true);
        assert_eq!(deleted(&left, None), "ok");
    }
}
