//! Who is signed in, what they may do, and what they have set for themselves.

use futures_util::future::try_join3;
use jiff::Timestamp;

use crate::{
    Result,
    access::{Actor, OrganizationScope, Via},
    ids::SessionId,
    lists::{ReadLists, modules_of},
    operations::{
        create_user::ReadOrganization, edits::ReadCredential, rules::mfa_required, verify_enrolment::methods,
    },
    organization::PasswordPolicy,
    roles::Permission,
    user::User,
};

/// The actor to themselves. Everyone may see it.
#[derive(Debug, Clone)]
pub struct Me {
    /// The user.
    pub user: User,
    /// What they may do.
    pub permissions: Vec<Permission>,
    /// Where.
    pub organizations: OrganizationScope,
    /// The modules that they have.
    pub modules: Vec<String>,
    /// Their second factors.
    pub mfa: MyMfa,
    /// What a new password of theirs must be.
    pub password_policy: PasswordPolicy,
    /// The session; `None` for an API key.
    pub session: Option<MySession>,
}

/// Second factors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MyMfa {
    /// Whether one is required.
    pub required: bool,
    /// Those that are set up, by name.
    pub methods: Vec<&'static str>,
    /// Recovery codes that were not used.
    pub recovery_codes_left: usize,
}

/// The session that asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MySession {
    /// Identifier.
    pub id: SessionId,
    /// When it ends in any case.
    pub expires_at: Timestamp,
    /// When it ends unless somebody is there before.
    pub idle_until: Timestamp,
}

/// Describes the actor.
///
/// # Errors
/// Those of the store.
pub async fn get_me(ports: &(impl ReadCredential + ReadOrganization + ReadLists), actor: &Actor) -> Result<Me> {
    let user = &actor.user;
    let organization = async {
        match &user.organization_id {
            Some(id) => ports.read_organization(id).await,
            None => Ok(None),
        }
    };
    let (credential, organization, modules) =
        try_join3(ports.credential_to_edit(&user.id), organization, modules_of(ports, user)).await?;
    Ok(Me {
        user: user.clone(),
        permissions: actor.permissions().to_vec(),
        organizations: user.scope.clone(),
        modules,
        mfa: MyMfa {
            required: mfa_required(user, organization.as_ref()),
            methods: credential.as_ref().map(methods).unwrap_or_default(),
            recovery_codes_left: credential.map_or(0, |credential| credential.recovery_codes.len()),
        },
        password_policy: organization.map(|organization| organization.password_policy).unwrap_or_default(),
        session: match &actor.via {
            Via::Session { id, expires_at, idle_until } => {
                Some(MySession { id: id.clone(), expires_at: *expires_at, idle_until: *idle_until })
            }
            Via::ApiKey => None,
        },
    })
}
