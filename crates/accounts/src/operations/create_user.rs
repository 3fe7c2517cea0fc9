//! Creates one user and, if the profile says so, queues the invitation in the same transaction.

use rollcall_validation::CredentialMode;
use serde_json::{Value, json};

use crate::{
    Error, Result,
    access::{Actor, OrganizationScope},
    audit::{AuditEvent, Origin},
    credential::Credential,
    error::{Conflict, Invalid, Missing, Refusal},
    first_credentials::FirstCredentials,
    ids::{InvitationId, OrganizationId, UserId},
    import::custom::OwnRules,
    invitation::Invitation,
    lists::ReadLists,
    operations::{
        assign::{AsOf, Assignments, KnowOrganizations, Referred, assign, permitted, refers_anew},
        rules::{self, Rules},
    },
    organization::{Organization, PasswordPolicy},
    outbox::{DueMail, Lane},
    password::NewPassword,
    random::Randomness,
    roles::{Permission, ReadRoles, RoleId},
    token::TokenKeys,
    user::{LinkState, User, UserKind, UserStatus},
};

/// Who is given this role has access to all modules, unless it is deselected (requirements.md, S4).
const ALL_MODULES_ROLE: &str = "master";

/// Whether who is given these roles has access to all modules to begin with.
#[must_use]
pub fn grants_all_modules(roles: &[RoleId]) -> bool {
    roles.iter().any(|role| role.as_str() == ALL_MODULES_ROLE)
}

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
    /// Sign-in name beside the email, as typed.
    pub username: Option<String>,
    /// What they are given; roles are asked for even if there are none.
    pub assignments: Assignments,
    /// Preferred language.
    pub language: Option<String>,
    /// Name of a time zone.
    pub time_zone: Option<String>,
    /// Whether to invite; by the profile's policy when absent.
    pub invite: Option<bool>,
    /// Whose clone this is, for the audit trail.
    pub cloned_from: Option<UserId>,
    /// What a custom profile asks beyond the profile, as of whom this is a clone.
    pub own_rules: Option<OwnRules>,
}

/// A user that is new, and what is written with it.
#[derive(Debug, Clone)]
pub struct Creation {
    /// The user.
    pub user: User,
    /// The mail that goes to the person: an invitation, or first credentials.
    pub mail: Option<DueMail>,
    /// Their secrets, where somebody else chose their first password.
    pub credential: Option<Credential>,
    /// The audit event.
    pub event: AuditEvent,
    /// Where the user refers to custom roles or entries of lists: nothing may have been retired since.
    pub as_of: Option<AsOf>,
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

/// First credentials that are not a link, and the keys that seal them while they wait to be mailed.
#[derive(Debug, Clone, Copy)]
pub struct Issuing<'a> {
    /// What is asked for.
    pub credentials: &'a FirstCredentials,
    /// The deployment's keys.
    pub keys: &'a TokenKeys,
}

/// Creates a user; with `issuing`, one whose first password somebody else chose and who must change it at the
/// first sign-in.
///
/// # Errors
/// [`Error::Unfit`] with `credential_mode_not_allowed`;
/// [`Error::PermissionDenied`], [`Missing::Organization`], [`Invalid::OrganizationRequired`],
/// [`Error::Refused`] with every value that is not acceptable, [`Conflict::EmailTaken`],
/// [`Conflict::UsernameTaken`], [`Conflict::EmailReserved`], [`Conflict::RootMaster`], [`Conflict::ListsChanged`].
pub async fn create_user(
    ports: &(impl CreateUsers + ReadOrganization + ReadRoles + ReadLists + KnowOrganizations),
    actor: &Actor,
    mut new: NewUser,
    issuing: Option<Issuing<'_>>,
    origin: &Origin,
    randomness: &impl Randomness,
) -> Result<User> {
    let organization = organization_of(ports, actor, &new).await?;
    if let Some(issuing) = &issuing {
        allowed(new.kind, organization.as_ref(), issuing.credentials)?;
    }
    let organization_id = organization.as_ref().map(|found| &found.id);
    let referred = Referred::read(ports, organization_id, &new.assignments).await?;
    let book = ports.role_book(organization_id).await?;
    let rules = Rules::new(new.kind, new.profile.as_deref(), organization.as_ref(), book)?.with(new.own_rules.clone());
    if let (Some(role), Some([])) = (rules.default_role(), new.assignments.roles.all.as_deref()) {
        new.assignments.roles.all = Some(vec![role.to_owned()]);
    }
    let mut user = User::new(
        UserId::random(randomness),
        new.kind,
        organization_id.cloned(),
        rules.profile_id(),
        actor.id().clone(),
        origin.now,
    );
    user.own_rules = new.own_rules;
    let mut refusals = Vec::new();
    user.first_name = rules.field("first_name", &new.first_name, &mut refusals);
    user.last_name = rules.field("last_name", &new.last_name, &mut refusals);
    user.email = rules.field("email", &new.email, &mut refusals);
    user.phone = Some(rules.field("phone", new.phone.as_deref().unwrap_or_default(), &mut refusals))
        .filter(|phone| !phone.is_empty());
    user.username = rules.new_username(new.username.as_deref(), &user.email, &mut refusals);
    assign(&rules, &referred, &new.assignments, &mut user, &mut refusals)?;
    if new.cloned_from.is_none() {
        rules.require_roles_of_profile(&user.roles, &mut refusals);
    }
    if new.assignments.all_module_access.is_none() {
        user.all_module_access = grants_all_modules(&user.roles);
    }
    user.language = new.language.as_deref().and_then(|tag| rules::language(tag, &mut refusals));
    user.settings.time_zone = new.time_zone.as_deref().and_then(|name| rules::time_zone(name, &mut refusals));
    let policy = organization.as_ref().map(|found| found.password_policy.clone()).unwrap_or_default();
    let issued = issuing.and_then(|issuing| Issued::new(issuing, &user, &policy, randomness, &mut refusals));
    if !refusals.is_empty() {
        return Err(Error::Refused(refusals));
    }
    permitted(actor, rules.role_book(), None, &user)?;

    user.invitation = (issuing.is_none() && rules.invites(new.invite)).then(|| {
        Invitation::queued(InvitationId::random(randomness), rules.valid_hours(), actor.id().clone(), origin.now)
    });
    if user.invitation.is_some() || issued.is_some() {
        user.status = UserStatus::Invited;
    }
    let mut after = summary(&user);
    if let Some(issued) = &issued {
        after["credentials"] = json!(issued.mode.as_str());
    }
    let credential =
        issued.as_ref().map(|issued| Credential::first_password(user.id.clone(), &issued.hashed, origin.now));
    let until = credential.as_ref().and_then(|credential| credential.first_password_until).unwrap_or(origin.now);
    let invitation = user.invitation.as_ref().map(|invitation| DueMail::invitation(&user.id, invitation, Lane::Now));
    let mailed = issued.zip(issuing).filter(|(issued, _)| issued.is_mailed).map(|(issued, issuing)| {
        DueMail::first_credentials(&user.id, &issued.password, until, origin.now, issuing.keys, randomness)
    });
    if let Some(source) = &new.cloned_from {
        after["cloned_from"] = json!(source);
    }
    let creation = Creation {
        mail: invitation.or(mailed),
        credential,
        event: origin.event("user.created", user.organization_id.as_ref(), user.id.as_str(), Value::Null, after),
        as_of: referred.as_of.filter(|_| refers_anew(None, &user)),
        user,
    };
    ports.write_creation(&creation).await??;
    Ok(creation.user)
}

/// A first password that met the policy.
struct Issued {
    password: String,
    hashed: NewPassword,
    mode: CredentialMode,
    is_mailed: bool,
}

impl Issued {
    fn new(
        issuing: Issuing<'_>,
        user: &User,
        policy: &PasswordPolicy,
        randomness: &impl Randomness,
        refusals: &mut Vec<Refusal>,
    ) -> Option<Self> {
        let password = issuing.credentials.password(policy.min_length, randomness);
        match NewPassword::for_user(&password, user, policy) {
            Ok(hashed) => Some(Self {
                password,
                hashed,
                mode: issuing.credentials.mode(),
                is_mailed: issuing.credentials.is_mailed(),
            }),
            Err(refusal) => {
                refusals.push(Refusal { field: "credentials.password".into(), ..refusal });
                None
            }
        }
    }
}

/// Only end users of organizations that allow it are given passwords by others.
fn allowed(kind: UserKind, organization: Option<&Organization>, credentials: &FirstCredentials) -> Result<()> {
    let mode = credentials.mode();
    if kind == UserKind::EndUser && organization.is_some_and(|found| found.credential_modes.contains(&mode)) {
        return Ok(());
    }
    Err(Error::Unfit(vec![Refusal {
        field: "credentials.mode".into(),
        code: "credential_mode_not_allowed".into(),
        detail: "this way to first credentials is not allowed here; the person can be sent a link".into(),
    }]))
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
        "email_asked": user.email_change.as_ref().filter(|change| change.state == LinkState::Pending).map(|change| &change.email),
        "phone": user.phone,
        "username": user.username,
        "roles": user.roles,
        "permissions": user.permissions,
        "organizations": match &user.scope {
            OrganizationScope::All => json!("all"),
            OrganizationScope::Selected(ids) => json!(ids),
        },
        "groups": user.groups,
        "site": user.site,
        "courses": user.courses,
        "services": user.services,
        "properties": user.properties,
        "all_module_access": user.all_module_access,
        "language": user.language,
        "time_zone": user.settings.time_zone,
    })
}
