//! Edits of one user: read, change, write over what was read, again when somebody else was quicker.

use jiff::Timestamp;

use crate::{
    Error, Result,
    access::Actor,
    audit::AuditEvent,
    credential::Credential,
    error::{Conflict, Missing},
    ids::UserId,
    import::existing::Settling,
    operations::{assign::AsOf, sessions::OpenSession},
    outbox::DueMail,
    roles::{Permission, ReadRoles, RoleBook, RoleId},
    user::User,
};

/// Times that an edit which met another one starts over.
const TRIES: u32 = 6;

/// A user as it shall be, and everything that is written in the same transaction.
#[derive(Debug, Clone)]
pub struct Edit {
    /// The user. What lists, finds and guards it follows from the difference to the user that was read.
    pub user: User,
    /// Mails that become due with it.
    pub mails: Vec<DueMail>,
    /// The audit event.
    pub event: AuditEvent,
    /// The user's secrets, when they change too.
    pub credential: Option<Credential>,
    /// A session that begins with it.
    pub session: Option<OpenSession>,
    /// The session whose place that one takes, by its token's hash. It must be there still.
    pub former_session: Option<String>,
    /// When the person asked for a newer link, which is allowed once in a while only.
    pub renewed_at: Option<Timestamp>,
    /// Who must still be active, with the roles they were seen with, when it is written.
    pub acting: Option<(UserId, Vec<RoleId>)>,
    /// Where the user refers to custom roles or entries of lists anew: nothing may have been retired since.
    pub as_of: Option<AsOf>,
    /// The row of an import that this edit is: it is not written twice.
    pub settling: Option<Settling>,
}

impl Edit {
    /// An edit of a user that was read: its version goes up by one.
    #[must_use]
    pub fn new(mut user: User, event: AuditEvent) -> Self {
        user.version += 1;
        Self {
            user,
            mails: Vec::new(),
            event,
            credential: None,
            session: None,
            former_session: None,
            renewed_at: None,
            acting: None,
            as_of: None,
            settling: None,
        }
    }

    /// With a mail.
    #[must_use]
    pub fn with_mail(mut self, mail: DueMail) -> Self {
        self.mails.push(mail);
        self
    }

    /// Only while the actor is still active and has the roles they were seen with: of two administrators who switch
    /// each other off at the same moment one stays. Not for edits of the actor's own account.
    #[must_use]
    pub fn while_active(self, actor: &Actor) -> Self {
        Self { acting: Some((actor.id().clone(), actor.user.roles.clone())), ..self }
    }

    /// With the user's secrets as they shall be.
    #[must_use]
    pub fn with_credential(self, credential: Credential) -> Self {
        Self { credential: Some(credential), ..self }
    }
}

/// What became of an edit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// It is written, whole.
    Done,
    /// The user is another than the one that was read; nothing is written.
    Changed,
    /// A sign-in name is not free; nothing is written.
    Taken(Conflict),
}

/// Reads and writes one user.
#[expect(async_fn_in_trait, reason = "used with static dispatch only; functions require Send where they spawn")]
pub trait EditUsers {
    /// The user, if it counts.
    async fn user_to_edit(&self, id: &UserId) -> Result<Option<User>>;
    /// Writes an edit over the user that was read, in one transaction, if it still is as read.
    async fn write_edit(&self, read: &User, edit: &Edit) -> Result<Written>;
}

/// Changes a user. `change` decides on what it is given and is asked again when somebody else was quicker.
///
/// # Errors
/// [`Missing::User`]; those of `change`; [`Conflict::EmailTaken`] and the like; [`Error::VersionConflict`]
/// when others were quicker every time.
pub async fn modify_user(
    ports: &impl EditUsers,
    id: &UserId,
    change: impl FnMut(User) -> Result<Edit>,
) -> Result<User> {
    let read = ports.user_to_edit(id).await?.ok_or(Missing::User)?;
    modify_read_user(ports, read, change).await
}

/// The same for a user who was read already.
///
/// # Errors
/// As [`modify_user`].
pub async fn modify_read_user(
    ports: &impl EditUsers,
    mut read: User,
    mut change: impl FnMut(User) -> Result<Edit>,
) -> Result<User> {
    for _ in 0..TRIES {
        let edit = change(read.clone())?;
        match ports.write_edit(&read, &edit).await? {
            Written::Done => return Ok(edit.user),
            Written::Changed => read = ports.user_to_edit(&read.id).await?.ok_or(Missing::User)?,
            Written::Taken(conflict) => return Err(conflict.into()),
        }
    }
    Err(Error::VersionConflict)
}

/// Reads the secrets of a user whose secrets shall change.
#[expect(async_fn_in_trait, reason = "used with static dispatch only; functions require Send where they spawn")]
pub trait ReadCredential {
    /// The secrets, if there are any yet.
    async fn credential_to_edit(&self, id: &UserId) -> Result<Option<Credential>>;
}

/// Changes a user and their secrets, as [`modify_user`]: both are read again when somebody else was quicker. Those
/// of a user who has none yet are empty.
///
/// # Errors
/// As [`modify_user`].
pub async fn modify_account(
    ports: &(impl EditUsers + ReadCredential),
    id: &UserId,
    mut change: impl FnMut(User, Credential) -> Result<Edit>,
) -> Result<User> {
    for _ in 0..TRIES {
        let read = ports.user_to_edit(id).await?.ok_or(Missing::User)?;
        let credential = ports.credential_to_edit(id).await?.unwrap_or_else(|| Credential::empty(id.clone()));
        let edit = change(read.clone(), credential)?;
        match ports.write_edit(&read, &edit).await? {
            Written::Done => return Ok(edit.user),
            Written::Changed => {}
            Written::Taken(conflict) => return Err(conflict.into()),
        }
    }
    Err(Error::VersionConflict)
}

/// The account of that identifier, and the roles that count for it.
///
/// # Errors
/// [`Missing::User`].
pub async fn named_account(ports: &(impl EditUsers + ReadRoles), id: &str) -> Result<(User, RoleBook)> {
    let id = UserId::parse(id).map_err(|_| Missing::User)?;
    let user = ports.user_to_edit(&id).await?.ok_or(Missing::User)?;
    let book = ports.role_book(user.organization_id.as_ref()).await?;
    Ok((user, book))
}

/// Changes the account of somebody else ([`others_account`]), as [`modify_user`].
///
/// # Errors
/// [`Error::PermissionDenied`] without the permission; those of [`others_account`] and [`modify_user`].
pub async fn modify_others_account(
    ports: &(impl EditUsers + ReadRoles),
    actor: &Actor,
    permission: Permission,
    id: &str,
    mut change: impl FnMut(User) -> Result<Edit>,
) -> Result<User> {
    actor.require(permission)?;
    let (user, book) = named_account(ports, id).await?;
    modify_read_user(ports, user, |user| {
        others_account(actor, &user, &book)?;
        change(user)
    })
    .await
}

/// The user, if the actor may see it and its import is finished.
///
/// # Errors
/// [`Missing::User`] for what the actor may not see; [`Conflict::ImportUnfinished`].
pub fn editable(actor: &Actor, user: &User) -> Result<()> {
    if !actor.sees(user) {
        return Err(Missing::User.into());
    }
    if user.import_mark.is_some() {
        return Err(Conflict::ImportUnfinished.into());
    }
    Ok(())
}

/// Goes on only with an account that is somebody else's, whom the actor may see, who may do no more than they, and
/// who is not the Root Master.
///
/// # Errors
/// As [`editable`] and [`covers`]; [`Conflict::OwnAccount`], [`Conflict::RootMaster`].
pub fn others_account(actor: &Actor, user: &User, book: &RoleBook) -> Result<()> {
    editable(actor, user)?;
    if user.id == *actor.id() {
        return Err(Conflict::OwnAccount.into());
    }
    if user.is_root() {
        return Err(Conflict::RootMaster.into());
    }
    covers(actor, &book.permissions_of_user(user))
}

/// Nobody gives what they do not have, nor changes the account of somebody who may do more than they:
/// whoever decides on another's address decides who finishes that account.
///
/// # Errors
/// [`Error::PermissionDenied`], naming the first permission that the actor lacks.
pub fn covers(actor: &Actor, permissions: &[Permission]) -> Result<()> {
    permissions.iter().try_for_each(|permission| actor.require(*permission))
}
