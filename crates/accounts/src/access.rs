//! Who acts, and what they may do where.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    Error, Result,
    error::Missing,
    ids::{OrganizationId, SessionId, UserId},
    roles::{Permission, RoleBook},
    user::{User, UserStatus},
};

/// In which organizations a user may work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrganizationScope {
    /// In all of them, and on technicians.
    All,
    /// In these.
    Selected(BTreeSet<OrganizationId>),
}

impl OrganizationScope {
    /// Whether the organization is in it.
    #[must_use]
    pub fn contains(&self, organization: &OrganizationId) -> bool {
        match self {
            Self::All => true,
            Self::Selected(set) => set.contains(organization),
        }
    }

    /// Whether all of another scope is in it.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::All, _) => true,
            (Self::Selected(_), Self::All) => false,
            (Self::Selected(own), Self::Selected(others)) => others.is_subset(own),
        }
    }
}

/// A signed-in user or the owner of an API key, with what they may do at this moment.
#[derive(Debug, Clone)]
pub struct Actor {
    /// The user.
    pub user: User,
    /// How they came in.
    pub via: Via,
    permissions: Vec<Permission>,
}

/// A user with the roles that can mean something for them.
#[derive(Debug, Clone)]
pub struct Account {
    /// The user.
    pub user: User,
    /// At least those that the user has.
    pub roles: RoleBook,
}

/// How an actor came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Via {
    /// A browser's session.
    Session {
        /// Its identifier.
        id: SessionId,
        /// When it ends in any case.
        expires_at: Timestamp,
        /// When it ends unless somebody is there before.
        idle_until: Timestamp,
    },
    /// An API key.
    ApiKey,
}

impl Via {
    /// The session, if it is one.
    #[must_use]
    pub fn session(&self) -> Option<&SessionId> {
        match self {
            Self::Session { id, .. } => Some(id),
            Self::ApiKey => None,
        }
    }
}

/// A user without custom roles.
impl From<User> for Account {
    fn from(user: User) -> Self {
        Self { user, roles: RoleBook::default() }
    }
}

impl Actor {
    /// The actor that a user is. `None` unless the account is active.
    #[must_use]
    pub fn new(account: Account, via: Via) -> Option<Self> {
        let Account { user, roles } = account;
        (user.status == UserStatus::Active && user.import_mark.is_none()).then(|| {
            let permissions = roles.permissions_of_user(&user);
            Self { user, via, permissions }
        })
    }

    /// The actor's identifier.
    #[must_use]
    pub fn id(&self) -> &UserId {
        &self.user.id
    }

    /// What the actor may do.
    #[must_use]
    pub fn permissions(&self) -> &[Permission] {
        &self.permissions
    }

    /// Whether the actor holds a permission.
    #[must_use]
    pub fn may(&self, permission: Permission) -> bool {
        self.permissions.contains(&permission)
    }

    /// Goes on only with the permission.
    ///
    /// # Errors
    /// [`Error::PermissionDenied`].
    pub fn require(&self, permission: Permission) -> Result<()> {
        if self.may(permission) { Ok(()) } else { Err(Error::PermissionDenied(permission.name())) }
    }

    /// Goes on only with the permission and, for an organization, within the actor's scope; technicians
    /// (`None`) need the scope over all. An organization outside it is [`Missing::Organization`]: its
    /// existence is nothing to tell.
    ///
    /// # Errors
    /// [`Error::PermissionDenied`] or [`Error::NotFound`].
    pub fn require_in(&self, permission: Permission, organization: Option<&OrganizationId>) -> Result<()> {
        self.require(permission)?;
        match organization {
            Some(organization) if self.user.scope.contains(organization) => Ok(()),
            Some(_) => Err(Error::NotFound(Missing::Organization)),
            None if self.user.scope == OrganizationScope::All => Ok(()),
            None => Err(Error::PermissionDenied(permission.name())),
        }
    }

    /// Whether the actor may see this user (given the permission to read users); everyone sees themselves.
    #[must_use]
    pub fn sees(&self, user: &User) -> bool {
        user.id == self.user.id
            || match &user.organization_id {
                Some(organization) => self.user.scope.contains(organization),
                None => self.user.scope == OrganizationScope::All,
            }
    }
}

/// Finds who a request's credentials belong to.
#[expect(async_fn_in_trait, reason = "used with static dispatch only; functions require Send where they spawn")]
pub trait Authenticator {
    /// The owner of a session token (already hashed, SHA-256 hex), if it is complete, not over at `now`, and of the
    /// user's present epoch.
    async fn session_user(&self, token_hash: &str, now: Timestamp) -> Result<Option<(Account, Via)>>;
    /// The owner of an API key (already hashed, SHA-256 hex), if it is not over at `now` and of the user's present
    /// epoch.
    async fn api_key_user(&self, key_hash: &str, now: Timestamp) -> Result<Option<Account>>;
}

/// SHA-256 in lower-case hex: how session tokens and API keys are stored.
#[must_use]
pub fn secret_hash(secret: &str) -> String {
    secret_hash_of(secret.as_bytes())
}

/// SHA-256 in lower-case hex of any bytes.
#[must_use]
pub fn secret_hash_of(bytes: &[u8]) -> String {
    use sha2::Digest as _;
    use std::fmt::Write as _;
    sha2::Sha256::digest(bytes).iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
