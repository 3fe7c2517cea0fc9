//! Hands the role of the Root Master on: the one change of it that there is, for an operator with access to the
//! table. No request of the API leads here.

use serde_json::json;

use crate::{
    Error, Result,
    access::OrganizationScope,
    audit::Origin,
    error::Missing,
    ids::UserId,
    operations::edits::{Edit, EditUsers},
    roles::RoleId,
    user::{User, UserKind, UserStatus},
};

/// What the former Root Master is afterwards.
pub const FORMER_ROOT_ROLE: &str = "system_administrator";
/// What the audit trail names as the source of the change.
pub const OPERATOR: &str = "operator";
/// Times that a promotion which met an edit starts over.
const TRIES: u32 = 6;

/// Reads and writes both accounts.
#[expect(async_fn_in_trait, reason = "used with static dispatch only; functions require Send where they spawn")]
pub trait PromoteRoot: EditUsers {
    /// Who is the Root Master.
    async fn root_master(&self) -> Result<Option<UserId>>;
    /// Who signs in with an address.
    async fn holder_of_address(&self, email: &str) -> Result<Option<UserId>>;
    /// Writes both edits over what was read, and who is the Root Master from now on, in one transaction; `false`
    /// when somebody was quicker, and nothing is written.
    async fn write_promotion(&self, former: (&User, &Edit), next: (&User, &Edit)) -> Result<bool>;
}

/// Why nobody was promoted.
#[derive(Debug, thiserror::Error)]
pub enum NotPromoted {
    /// The deployment has no Root Master yet.
    #[error("this deployment has no Root Master yet; run rollcall bootstrap")]
    NotBootstrapped,
    /// Nobody signs in with that address.
    #[error("nobody signs in with this address")]
    Unknown,
    /// Only a technician can be.
    #[error("only a technician can be the Root Master")]
    NotTechnician,
    /// Only a finished account that is not switched off can be.
    #[error("the account is not active")]
    NotActive,
    /// The store failed.
    #[error("{0}")]
    Failed(Error),
}

impl<E: Into<Error>> From<E> for NotPromoted {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

/// What a promotion did.
#[derive(Debug)]
pub enum Promoted {
    /// The role was handed on, from whom to whom.
    Done {
        /// The former Root Master, now a System Administrator.
        former: Box<User>,
        /// The new one.
        next: Box<User>,
    },
    /// They are the Root Master already; nothing was changed.
    Already,
}

/// Makes an active technician the Root Master.
///
/// # Errors
/// [`NotPromoted`].
pub async fn promote_root(
    ports: &impl PromoteRoot,
    email: &str,
    now: jiff::Timestamp,
) -> Result<Promoted, NotPromoted> {
    let origin = Origin { actor: None, source: Some(OPERATOR.to_owned()), now };
    for _ in 0..TRIES {
        let root = ports.root_master().await?.ok_or(NotPromoted::NotBootstrapped)?;
        let next = ports.holder_of_address(email).await?.ok_or(NotPromoted::Unknown)?;
        if root == next {
            return Ok(Promoted::Already);
        }
        let former = ports.user_to_edit(&root).await?.ok_or(Missing::User)?;
        let next = ports.user_to_edit(&next).await?.ok_or(NotPromoted::Unknown)?;
        if next.user_kind != UserKind::Technician {
            return Err(NotPromoted::NotTechnician);
        }
        if next.status != UserStatus::Active || next.import_mark.is_some() {
            return Err(NotPromoted::NotActive);
        }
        let (demoted, promoted) = (demoted(&former, &next, &origin), promoted(&next, &former, &origin));
        if ports.write_promotion((&former, &demoted), (&next, &promoted)).await? {
            return Ok(Promoted::Done { former: Box::new(demoted.user), next: Box::new(promoted.user) });
        }
    }
    Err(Error::VersionConflict.into())
}

fn demoted(former: &User, next: &User, origin: &Origin) -> Edit {
    let mut user = former.clone();
    user.roles.retain(|role| role.as_str() != RoleId::ROOT_MASTER);
    user.roles.extend(RoleId::parse(FORMER_ROOT_ROLE));
    user.roles.sort_unstable();
    user.roles.dedup();
    let event = origin.event(
        "user.root_handed_on",
        None,
        user.id.as_str(),
        json!({"roles": former.roles}),
        json!({"roles": user.roles, "root_master": next.id}),
    );
    Edit::new(user, event)
}

fn promoted(next: &User, former: &User, origin: &Origin) -> Edit {
    let mut user = next.clone();
    user.roles = RoleId::parse(RoleId::ROOT_MASTER).into_iter().collect();
    user.permissions.clear();
    user.scope = OrganizationScope::All;
    user.all_module_access = true;
    let event = origin.event(
        "user.root_promoted",
        None,
        user.id.as_str(),
        json!({"roles": next.roles, "root_master": former.id}),
        json!({"roles": user.roles, "root_master": user.id}),
    );
    Edit::new(user, event)
}
