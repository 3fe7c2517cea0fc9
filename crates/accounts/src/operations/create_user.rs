//! Creates one user and, if the profile says so, queues the invitation in the same transaction.

use serde_json::{Value, json};

use crate::{
    Error, Result,
    access::Actor,
    audit::{AuditEvent, Origin},
    error::{Conflict, Invalid, Missing},
    ids::{InvitationId, OrganizationId, UserId},
    invitation::Invitation,
    operations::{
        edits::covers,
        rules::{self, Rules},
    },
    organization::Organization,
    outbox::{DueMail, Lane},
    random::Randomness,
    roles::{Permission, ReadRoles},
    user::{User, UserKind, UserStatus},
};

/// What is asked for.
#[derive(Debug, Clone)]
pub struct NewUser {
    /// Kind.
    pub kind: UserKind,
    /// Import profile whose rules hold; the kind's own when absent.
    pub profile: Option<String>,
    /// The organization of an end user.
    pub organization_id: Option<String>,
    /// First name, as typed.
    pub first_name: String,
    /// Last name, as typed.
    pub last_name: String,
    /// Email, as typed.
    pub email: String,
    /// Phone, as typed.
    pub phone: Option<String>,
    /// Role identifiers or names.
    pub roles: Vec<String>,
    /// Preferred language.
    pub language: Option<String>,
    /// Whether to invite; by the profile's policy when absent.
    pub invite: Option<bool>,
}

/// A user that is new, and what is written with it.
#[derive(Debug, Clone)]
pub struct Creation {
    /// The user.
    pub user: User,
    /// The invitation's mail.
    pub mail: Option<DueMail>,
    /// The audit event.
    pub event: AuditEvent,
}

/// Writes a new user.
#[expect(async_fn_in_trait, reason = "used with static dispatch only; functions require Send where they spawn")]
pub trait CreateUsers {
    /// Writes user, guards, listing, search entries, invitation, mail, audit event and counters in one
    /// transaction; `Err` inside when a sign-in name is not free, and nothing is written.
    async fn write_creation(&self, creation: &Creation) -> Result<Result<(), Conflict>>;
}

/// Reads organizations.
#[expect(async_fn_in_trait, reason = "used with static dispatch only; functions require Send where they spawn")]
pub trait ReadOrganization {
    /// The organization.
    async fn read_organization(&self, id: &OrganizationId) -> Result<Option<Organization>>;
}

/// Creates a user.
///
/// # Errors
/// [`Error::PermissionDenied`], [`Missing::Organization`], [`Invalid::OrganizationRequired`],
/// [`Error::Refused`] with every value that is not acceptable, [`Conflict::EmailTaken`],
/// [`Conflict::EmailReserved`].
pub async fn create_user(
    ports: &(impl CreateUsers + ReadOrganization + ReadRoles),
    actor: &Actor,
    new: NewUser,
    origin: &Origin,
    randomness: &impl Randomness,
) -> Result<User> {
    let organization = organization_of(ports, actor, &new).await?;
    let book = ports.role_book(organization.as_ref().map(|found| &found.id)).await?;
    let rules = Rules::new(new.kind, new.profile.as_deref(), organization.as_ref(), book)?;
    let mut refusals = Vec::new();
    let first_name = rules.field("first_name", &new.first_name, &mut refusals);
    let last_name = rules.field("last_name", &new.last_name, &mut refusals);
    let email = rules.field("email", &new.email, &mut refusals);
    let phone = rules.field("phone", new.phone.as_deref().unwrap_or_default(), &mut refusals);
    let roles = rules.roles(&new.roles, &mut refusals);
    let language = new.language.as_deref().and_then(|tag| rules::language(tag, &mut refusals));
    if !refusals.is_empty() {
        return Err(Error::Refused(refusals));
    }
    covers(actor, &rules.role_book().permissions_of(&roles))?;

    let id = UserId::random(randomness);
    let invitation = rules.invites(new.invite).then(|| {
        Invitation::queued(InvitationId::random(randomness), rules.valid_hours(), actor.id().clone(), origin.now)
    });
    let user = User {
        first_name,
        last_name,
        email,
        phone: Some(phone).filter(|phone| !phone.is_empty()),
        roles,
        status: if invitation.is_some() { UserStatus::Invited } else { UserStatus::Created },
        invitation,
        language,
        ..User::new(
            id.clone(),
            new.kind,
            organization.map(|organization| organization.id),
            rules.profile_id(),
            actor.id().clone(),
            origin.now,
        )
    };
    let creation = Creation {
        mail: user.invitation.as_ref().map(|invitation| DueMail::invitation(&id, invitation, Lane::Now)),
        event: origin.event("user.created", user.organization_id.as_ref(), id.as_str(), Value::Null, summary(&user)),
        user,
    };
    ports.write_creation(&creation).await??;
    Ok(creation.user)
}

async fn organization_of(ports: &impl ReadOrganization, actor: &Actor, new: &NewUser) -> Result<Option<Organization>> {
    let Some(wanted) = &new.organization_id else {
        if new.kind == UserKind::Technician {
            actor.require_in(Permission::UsersWrite, None)?;
            return Ok(None);
        }
        actor.require(Permission::UsersWrite)?;
        return Err(Invalid::OrganizationRequired.into());
    };
    actor.require(Permission::UsersWrite)?;
    if new.kind == UserKind::Technician {
        return Err(Invalid::Parameter {
            name: "organization_id",
            expected: "absent: a technician is a user of the whole deployment".into(),
        }
        .into());
    }
    let id = OrganizationId::parse(wanted).map_err(|_| Missing::Organization)?;
    actor.require_in(Permission::UsersWrite, Some(&id))?;
    let organization = ports.read_organization(&id).await?.ok_or(Missing::Organization)?;
    Ok(Some(organization))
}

/// What the audit trail keeps of a user.
pub(crate) fn summary(user: &User) -> Value {
    json!({
        "first_name": user.first_name,
        "last_name": user.last_name,
        "email": user.email,
        "phone": user.phone,
        "roles": user.roles,
        "language": user.language,
    })
}
