//! The first step of finishing an account: password, a missing phone number, the authenticator to enrol.
//! Where no second factor is wanted it is the only step.

use serde_json::json;

use crate::{
    Error, Result,
    audit::Origin,
    credential::{Credential, PendingCredential},
    error::{DeadLink, Refusal},
    ids::UserId,
    invitation::InvitationStatus,
    lifecycle::{Operation, State, step},
    operations::{
        create_user::ReadOrganization,
        edits::{Edit, EditUsers, modify_user},
        links::{FindInvited, Link},
        rules::Rules,
        sessions::{Browser, OpenSession, Stage},
    },
    organization::PasswordPolicy,
    password::NewPassword,
    random::Randomness,
    token::TokenKeys,
    totp::TotpSecret,
    user::{User, UserStatus},
};

/// Reads and writes the secrets of a person who is finishing an account.
#[expect(async_fn_in_trait, reason = "used with static dispatch only; functions require Send where they spawn")]
pub trait KeepPending {
    /// The secrets so far.
    async fn pending_credential(&self, id: &UserId) -> Result<Option<Credential>>;
    /// Keeps what a first step gave, if the invitation is still pending in that generation; `false` if not.
    async fn keep_pending(&self, credential: &Credential, pending: &PendingCredential) -> Result<bool>;
}

/// What follows a first step.
#[derive(Debug)]
pub enum Accepted {
    /// The authenticator is to be enrolled and its first code sent.
    EnrolMfa {
        /// `otpauth://…`, for the QR code.
        totp_uri: String,
        /// The secret in base 32, for typing.
        totp_secret: String,
    },
    /// The account is finished, and the person signed in.
    Finished {
        /// The user.
        user: Box<User>,
        /// The session.
        session: Box<OpenSession>,
    },
}

/// What the person gives in the first step.
#[derive(Clone, Copy)]
pub struct Choice<'a> {
    /// The password, as typed.
    pub password: &'a str,
    /// A phone number, as typed, where they are asked for one.
    pub phone: Option<&'a str>,
}

/// Takes the first step. May be taken again, with another password, until the account is finished.
///
/// # Errors
/// [`crate::error::Missing::Invitation`], [`DeadLink`], [`Error::Unfit`] with every value that is not acceptable.
pub async fn accept_invitation(
    ports: &(impl FindInvited + ReadOrganization + KeepPending + EditUsers),
    keys: &TokenKeys,
    token: &str,
    choice: Choice<'_>,
    origin: &Origin,
    device: Option<&str>,
    randomness: &impl Randomness,
) -> Result<Accepted> {
    let link = Link::find(ports, keys, token).await?;
    link.open(origin.now)?;
    let user = &link.user;
    let organization = match &user.organization_id {
        Some(id) => ports.read_organization(id).await?,
        None => None,
    };
    let rules = Rules::of(user, organization.as_ref())?;
    let policy = organization.as_ref().map(|organization| organization.password_policy.clone()).unwrap_or_default();
    let given = given(&rules, user, choice, &policy)?;
    let pending = PendingCredential {
        invitation_id: link.invitation().id.clone(),
        generation: link.generation,
        password_hash: given.password.hash(),
        totp_secret: rules.needs_mfa().then(|| TotpSecret::random(randomness)),
        phone: given.phone,
        at: origin.now,
    };
    let stored = ports.pending_credential(&user.id).await?;
    let mut credential = stored.unwrap_or_else(|| Credential::empty(user.id.clone()));
    if let Some(secret) = pending.totp_secret.clone() {
        credential.pending = Some(pending.clone());
        if !ports.keep_pending(&credential, &pending).await? {
            // Resent, revoked or finished in this very moment: say which.
            Link::find(ports, keys, token).await?.open(origin.now)?;
            return Err(DeadLink::Replaced.into());
        }
        return Ok(Accepted::EnrolMfa {
            totp_uri: secret.uri(user.username.as_deref().unwrap_or(&user.email)),
            totp_secret: secret.to_base32(),
        });
    }
    credential.set_password(pending.password_hash.clone());
    let session = OpenSession::new(user, Stage::Complete, &browser(origin, device), origin.now, randomness);
    let user = finish(ports, &link, &pending, &credential, &session, origin).await?;
    Ok(Accepted::Finished { user: Box::new(user), session: Box::new(session) })
}

struct Given {
    password: NewPassword,
    phone: Option<String>,
}

fn given(rules: &Rules, user: &User, choice: Choice<'_>, policy: &PasswordPolicy) -> Result<Given> {
    let Choice { password, phone } = choice;
    let mut refusals = Vec::new();
    let password = NewPassword::for_user(password, user, policy).map_err(|refusal| refusals.push(refusal)).ok();
    let phone = match phone.map(str::trim).filter(|phone| !phone.is_empty()) {
        // The number that an administrator entered is not the link holder's to replace.
        _ if user.phone.is_some() => None,
        None if rules.asks_for_phone() => {
            refusals.push(Refusal {
                field: "phone".into(),
                code: "phone_required".into(),
                detail: "a mobile number is needed to finish".into(),
            });
            None
        }
        None => None,
        Some(text) => Some(rules.field("phone", text, &mut refusals)).filter(|phone| !phone.is_empty()),
    };
    match password {
        Some(password) if refusals.is_empty() => Ok(Given { password, phone }),
        _ => Err(Error::Unfit(refusals)),
    }
}

/// The browser that an account is finished in.
pub(crate) fn browser(origin: &Origin, device: Option<&str>) -> Browser {
    Browser { source: origin.source.clone(), device: device.map(str::to_owned), known: None }
}

/// Finishes an account: spends the link, opens the session, counts the person as registered, in one transaction.
pub(crate) async fn finish(
    ports: &impl EditUsers,
    link: &Link,
    pending: &PendingCredential,
    credential: &Credential,
    session: &OpenSession,
    origin: &Origin,
) -> Result<User> {
    let origin = Origin { actor: Some(link.user.id.clone()), ..origin.clone() };
    modify_user(ports, &link.user.id, |mut user| {
        let state = State::of(&user, origin.now);
        let invitation = user.invitation.as_mut().ok_or(DeadLink::Replaced)?;
        still_open(invitation.status_at(origin.now), invitation.generation, link.generation)?;
        step(state, Operation::AcceptInvitation)?;
        invitation.status = InvitationStatus::Registered;
        invitation.registered_at = Some(origin.now);
        user.status = UserStatus::Active;
        user.mfa_enrolled = pending.totp_secret.is_some();
        user.phone = user.phone.or_else(|| pending.phone.clone());
        user.last_sign_in_at = Some(origin.now);
        let event = origin.event(
            "user.registered",
            user.organization_id.as_ref(),
            user.id.as_str(),
            json!({"status": UserStatus::Invited.name()}),
            json!({"status": UserStatus::Active.name(), "mfa_enrolled": user.mfa_enrolled}),
        );
        let mut edit = Edit::new(user, event);
        edit.credential = Some(credential.clone());
        edit.session = Some(session.clone());
        Ok(edit)
    })
    .await
}

/// What may have happened between reading the link and writing.
fn still_open(status: InvitationStatus, current: u32, of_link: u32) -> Result<(), DeadLink> {
    match status {
        InvitationStatus::Registered => Err(DeadLink::Used),
        InvitationStatus::Revoked => Err(DeadLink::Revoked),
        InvitationStatus::Expired => Err(DeadLink::Expired),
        InvitationStatus::Pending if current != of_link => Err(DeadLink::Replaced),
        InvitationStatus::Pending => Ok(()),
    }
}
