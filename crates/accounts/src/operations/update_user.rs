//! Changes a user. A new address of somebody who has registered counts once its owner has confirmed it; before that,
//! it kills the invitation that went to the old one and gets its own.

use rollcall_validation::identity::IdentityKey;

use crate::{
    Error, Result,
    access::Actor,
    audit::Origin,
    error::{Conflict, Invalid, Missing},
    ids::UserId,
    invitation::InvitationStatus,
    lifecycle::State,
    lists::ReadLists,
    operations::{
        assign::{
            Assignments, KnowOrganizations, Referred, access_differs, assign, is_reduced, permitted, refers_anew,
        },
        create_user::{ReadOrganization, summary},
        edits::{Edit, EditUsers, ReadCredential, covers, editable, modify_read_user},
        rules::{self, Rules},
    },
    outbox::{DueMail, Lane},
    roles::{Permission, ReadRoles},
    user::{EmailChange, User, UserStatus},
};

/// What shall change; absent fields stay.
#[derive(Debug, Clone, Default)]
pub struct UserChanges {
    /// First name, as typed.
    pub first_name: Option<String>,
    /// Last name, as typed.
    pub last_name: Option<String>,
    /// Email, as typed.
    pub email: Option<String>,
    /// Phone, as typed; `Some(None)` removes it.
    pub phone: Option<Option<String>>,
    /// What shall be given.
    pub assignments: Assignments,
    /// Preferred language; `Some(None)` removes it.
    pub language: Option<Option<String>>,
    /// Name of a time zone; `Some(None)`: UTC.
    pub time_zone: Option<Option<String>>,
}

impl UserChanges {
    /// Whether they mean the same whatever the user was when the caller read them: additions and removals only.
    #[must_use]
    pub fn is_relative(&self) -> bool {
        let Self { first_name, last_name, email, phone, assignments, language, time_zone } = self;
        let others = [first_name.is_some(), last_name.is_some(), email.is_some(), phone.is_some()];
        !others.contains(&true) && language.is_none() && time_zone.is_none() && assignments.is_relative()
    }
}

/// Knows which sign-in names are taken.
#[expect(async_fn_in_trait, reason = "used with static dispatch only; functions require Send where they spawn")]
pub trait NamesInUse {
    /// What stands in the way of that user having that name, if something does.
    async fn name_conflict(&self, identity: &IdentityKey, own: &UserId) -> Result<Option<Conflict>>;
}

/// Changes a user over the version that the caller has read (none: whatever it is, which only additions and
/// removals may do). Who may do less afterwards, or in fewer organizations, or has another phone number, is signed out
/// everywhere; codes go to no number that nobody has proved, so that another one turns them off.
///
/// # Errors
/// [`Error::PermissionDenied`], [`Missing::User`], [`Error::VersionConflict`], [`Error::Refused`] with every
/// value that is not acceptable, [`Conflict::OwnAccount`], [`Conflict::OwnPhone`], [`Conflict::RootMaster`],
/// [`Conflict::ListsChanged`],
/// and what stands in the way of a new email.
pub async fn update_user(
    ports: &(impl EditUsers + ReadCredential + ReadOrganization + ReadRoles + ReadLists + KnowOrganizations + NamesInUse),
    actor: &Actor,
    id: &str,
    version: Option<u64>,
    changes: &UserChanges,
    origin: &Origin,
) -> Result<User> {
    actor.require(Permission::UsersWrite)?;
    let id = UserId::parse(id).map_err(|_| Missing::User)?;
    let user = ports.user_to_edit(&id).await?.ok_or(Missing::User)?;
    editable(actor, &user)?;
    let organization = match &user.organization_id {
        Some(organization) => ports.read_organization(organization).await?,
        None => None,
    };
    if version.is_none() && !changes.is_relative() {
        return Err(Invalid::PreconditionRequired.into());
    }
    let referred = Referred::read(ports, user.organization_id.as_ref(), &changes.assignments).await?;
    let book = ports.role_book(user.organization_id.as_ref()).await?;
    let rules = Rules::of_with(&user, organization.as_ref(), book)?;
    if let Some(email) = confirmable(&rules, &user, changes)
        && let Some(conflict) = ports.name_conflict(&IdentityKey::from_email(&email), &user.id).await?
    {
        return Err(conflict.into());
    }
    let credential = match &changes.phone {
        Some(_) => ports.credential_to_edit(&user.id).await?.filter(|credential| credential.text_codes),
        None => None,
    };
    modify_read_user(ports, user, |read| {
        editable(actor, &read)?;
        covers(actor, &rules.role_book().permissions_of_user(&read))?;
        if version.is_some_and(|version| version != read.version) {
            return Err(Error::VersionConflict);
        }
        let user = changed(actor, &rules, &referred, &read, changes)?;
        let (mut user, mails) = with_new_address(actor, &rules, &read, user, changes, origin);
        let credential = credential.clone().filter(|_| user.phone != read.phone).map(|mut credential| {
            credential.stop_text_codes();
            user.mfa_enrolled = credential.has_mfa();
            credential
        });
        let event = origin.event(
            "user.updated",
            read.organization_id.as_ref(),
            read.id.as_str(),
            summary(&read),
            summary(&user),
        );
        let as_of = referred.as_of.filter(|_| refers_anew(Some(&read), &user));
        let decides_on_access = access_differs(&read, &user);
        let edit = Edit { as_of, mails, credential, ..Edit::new(user, event) };
        Ok(if decides_on_access { edit.while_active(actor) } else { edit })
    })
    .await
}

fn changed(actor: &Actor, rules: &Rules, referred: &Referred, read: &User, changes: &UserChanges) -> Result<User> {
    let mut user = read.clone();
    let mut refusals = Vec::new();
    let mut take = |field: &'static str, text: &Option<String>, to: &mut String| {
        if let Some(text) = text {
            *to = rules.field(field, text, &mut refusals);
        }
    };
    take("first_name", &changes.first_name, &mut user.first_name);
    take("last_name", &changes.last_name, &mut user.last_name);
    take("email", &changes.email, &mut user.email);
    if let Some(phone) = &changes.phone {
        let phone = rules.field("phone", phone.as_deref().unwrap_or_default(), &mut refusals);
        user.phone = Some(phone).filter(|phone| !phone.is_empty());
    }
    assign(rules, referred, &changes.assignments, &mut user, &mut refusals)?;
    if let Some(tag) = &changes.language {
        user.language = tag.as_deref().and_then(|tag| rules::language(tag, &mut refusals));
    }
    if let Some(name) = &changes.time_zone {
        user.settings.time_zone = name.as_deref().and_then(|name| rules::time_zone(name, &mut refusals));
    }
    if !refusals.is_empty() {
        return Err(Error::Refused(refusals));
    }
    permitted(actor, rules.role_book(), Some(read), &user)?;
    // Second factors may be sent there: update_me knows.
    if read.id == *actor.id() && user.phone != read.phone {
        return Err(Conflict::OwnPhone.into());
    }
    // Whoever decides on the address decides who gets in.
    if read.is_root() && read.id != *actor.id() && user.email != read.email {
        return Err(Conflict::RootMaster.into());
    }
    if is_reduced(rules.role_book(), read, &user) || user.phone != read.phone {
        user.end_sessions();
    }
    Ok(user)
}

/// The new address that its owner must confirm, if the changes want one; what is not acceptable is refused later.
fn confirmable(rules: &Rules, user: &User, changes: &UserChanges) -> Option<String> {
    let email = rules.field("email", changes.email.as_deref()?, &mut Vec::new());
    (user.status == UserStatus::Active && !email.is_empty() && email != user.email).then_some(email)
}

/// What a new address comes to, and the mails that go out with it.
///
/// Of somebody who has registered it waits until its owner confirms it; asking for the address that is there takes a
/// waiting one back. While the invitation waits for the person, the new address gets a link of its own. One that
/// does not wait stays as it is, but no link that went to the former address is good for anything any more. A former
/// address is told if its owner has registered; one that nobody has proved is nobody's to tell.
fn with_new_address(
    actor: &Actor,
    rules: &Rules,
    read: &User,
    mut user: User,
    changes: &UserChanges,
    origin: &Origin,
) -> (User, Vec<DueMail>) {
    if user.email == read.email {
        if changes.email.is_some() {
            user.revoke_email_change(origin.now);
        }
        return (user, Vec::new());
    }
    if user.status == UserStatus::Active {
        let email = std::mem::replace(&mut user.email, read.email.clone());
        user.email_change = Some(EmailChange::next(read, &email, actor.id(), origin.now));
        let mails = DueMail::email_change(&user);
        return (user, mails);
    }
    user.revoke_email_change(origin.now);
    user.revoke_password_reset(origin.now);
    if State::of(read, origin.now) == State::Deactivated {
        let mails = vec![DueMail::email_changed(&user, &read.email, origin.now)];
        return (user, mails);
    }
    let Some(invitation) = &mut user.invitation else { return (user, Vec::new()) };
    match invitation.status_at(origin.now) {
        InvitationStatus::Pending => {
            let next = invitation.next_generation(rules.valid_hours(), actor.id().clone(), origin.now, true);
            let mail = DueMail::invitation(&read.id, &next, Lane::Now);
            *invitation = next;
            (user, vec![mail])
        }
        InvitationStatus::Expired | InvitationStatus::Revoked => {
            invitation.address_generation = invitation.generation + 1;
            (user, Vec::new())
        }
        InvitationStatus::Registered => (user, Vec::new()),
    }
}
