//! A user as the domain knows it.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    access::OrganizationScope,
    ids::{EmailChangeId, EntryId, ImportId, OrganizationId, PasswordResetId, UserId},
    import::custom::OwnRules,
    invitation::{Invitation, InvitationStatus},
    lists::PropertyValue,
    roles::{Permission, RoleId},
    settings::Settings,
};

/// What kind of user: decides which roles fit and where the user is listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UserKind {
    /// A user of the whole deployment.
    Technician,
    /// A user of exactly one organization.
    EndUser,
    /// A member with groups.
    Member,
}

impl UserKind {
    /// Its name in the API and in profiles.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Technician => "technician",
            Self::EndUser => "end_user",
            Self::Member => "member",
        }
    }

    /// The kind of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Technician, Self::EndUser, Self::Member].into_iter().find(|kind| kind.name() == name)
    }
}

/// Where an account is in its life. Stored is every one but [`UserStatus::LockedOut`], which follows from
/// [`User::locked_until`] and the moment; see [`User::status_at`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UserStatus {
    /// Exists, never invited.
    Created,
    /// Invited, not registered (the invitation may be pending, expired or revoked).
    Invited,
    /// Registered.
    Active,
    /// Too many failed sign-ins; for a while. Never stored.
    LockedOut,
    /// Switched off by an administrator.
    Deactivated,
}

impl UserStatus {
    /// Every status there is.
    pub const ALL: &'static [Self] = &[Self::Created, Self::Invited, Self::Active, Self::LockedOut, Self::Deactivated];

    /// The status of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|status| status.name() == name)
    }

    /// Its name in the API.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Invited => "invited",
            Self::Active => "active",
            Self::LockedOut => "locked_out",
            Self::Deactivated => "deactivated",
        }
    }
}

/// The mark of an import on a user that it wrote and has not finished: the user counts only once the
/// import's head is committed (design.md, "Import: atomic at any size").
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportMark {
    /// The import.
    pub import_id: ImportId,
    /// The sheet's row.
    pub row: u32,
}

/// What has become of a mailed link that is good once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkState {
    /// Waits for the person.
    Pending,
    /// Was used.
    Used,
    /// Is void: what it was for has happened otherwise, or is not wanted any more.
    Revoked,
}

/// A password reset: its link is good for 24 hours from when it was asked for (requirements.md, S1 and S4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasswordReset {
    /// Identifier, the same for all resets of a user; starts the mailed token.
    pub id: PasswordResetId,
    /// Goes up with every reset that is asked for, which kills the older links.
    pub generation: u32,
    /// What has become of it.
    pub state: LinkState,
    /// The administrator who asked; `None` when the person did.
    pub requested_by: Option<UserId>,
    /// When it was asked for.
    #[serde(with = "crate::time::fixed")]
    pub requested_at: Timestamp,
    /// When its link ends.
    #[serde(with = "crate::time::fixed")]
    pub expires_at: Timestamp,
    /// When it was used or became void.
    #[serde(with = "crate::time::fixed::option", default)]
    pub ended_at: Option<Timestamp>,
}

impl PasswordReset {
    /// How long a link is good for (requirements.md, S1 and S4).
    pub const VALID: SignedDuration = SignedDuration::from_hours(24);

    /// The next reset of a user, asked for now by an administrator or (`None`) by the person: older links die.
    /// Put it into the user's edit, with [`crate::outbox::DueMail::password_reset`].
    #[must_use]
    pub fn next(user: &User, requested_by: Option<&UserId>, now: Timestamp) -> Self {
        let last = user.password_reset.as_ref();
        Self {
            id: last.map_or_else(|| PasswordResetId::derived(&[user.id.as_str()]), |last| last.id.clone()),
            generation: last.map_or(0, |last| last.generation) + 1,
            state: LinkState::Pending,
            requested_by: requested_by.cloned(),
            requested_at: now,
            expires_at: now.saturating_add(Self::VALID).unwrap_or(Timestamp::MAX),
            ended_at: None,
        }
    }

    /// What its link is at a moment, exactly.
    #[must_use]
    pub fn status_at(&self, now: Timestamp) -> LinkStatus {
        LinkStatus::of(self.state, self.expires_at, now)
    }
}

/// A new address that its owner must confirm before it counts (requirements.md, S4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmailChange {
    /// Identifier, the same for all changes of a user; starts the mailed token.
    pub id: EmailChangeId,
    /// Goes up with every change that is asked for, which kills the older links.
    pub generation: u32,
    /// What has become of it.
    pub state: LinkState,
    /// The new address.
    pub email: String,
    /// Who asked.
    pub requested_by: UserId,
    /// When it was asked for.
    #[serde(with = "crate::time::fixed")]
    pub requested_at: Timestamp,
    /// When its link ends.
    #[serde(with = "crate::time::fixed")]
    pub expires_at: Timestamp,
    /// When it was used or became void.
    #[serde(with = "crate::time::fixed::option", default)]
    pub ended_at: Option<Timestamp>,
}

impl EmailChange {
    /// How long a link is good for.
    pub const VALID: SignedDuration = SignedDuration::from_hours(24);

    /// The next change of a user's address, asked for now: older links die.
    #[must_use]
    pub fn next(user: &User, email: &str, requested_by: &UserId, now: Timestamp) -> Self {
        let last = user.email_change.as_ref();
        Self {
            id: last.map_or_else(|| EmailChangeId::derived(&[user.id.as_str()]), |last| last.id.clone()),
            generation: last.map_or(0, |last| last.generation) + 1,
            state: LinkState::Pending,
            email: email.to_owned(),
            requested_by: requested_by.clone(),
            requested_at: now,
            expires_at: now.saturating_add(Self::VALID).unwrap_or(Timestamp::MAX),
            ended_at: None,
        }
    }

    /// What its link is at a moment, exactly.
    #[must_use]
    pub fn status_at(&self, now: Timestamp) -> LinkStatus {
        LinkStatus::of(self.state, self.expires_at, now)
    }
}

/// What a mailed link that is good once is at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkStatus {
    /// Waits for the person.
    Pending,
    /// Was used.
    Used,
    /// Its time has passed.
    Expired,
    /// Is void.
    Revoked,
}

impl LinkStatus {
    fn of(state: LinkState, expires_at: Timestamp, now: Timestamp) -> Self {
        match state {
            LinkState::Pending if now >= expires_at => Self::Expired,
            LinkState::Pending => Self::Pending,
            LinkState::Used => Self::Used,
            LinkState::Revoked => Self::Revoked,
        }
    }

    /// Its name in the API.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Used => "used",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
        }
    }
}

/// A user.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct User {
    /// Identifier.
    pub id: UserId,
    /// Kind.
    pub user_kind: UserKind,
    /// The one organization of an end user; none for a technician.
    pub organization_id: Option<OrganizationId>,
    /// Which organizations a technician may work in; an end user's own otherwise.
    pub scope: OrganizationScope,
    /// First name.
    pub first_name: String,
    /// Last name; empty for people with one name.
    pub last_name: String,
    /// Mail goes here, as written by whoever entered it.
    pub email: String,
    /// Sign-in name when it is not the email.
    pub username: Option<String>,
    /// E.164.
    pub phone: Option<String>,
    /// Roles.
    pub roles: Vec<RoleId>,
    /// Permissions that a technician holds beside those of their roles.
    #[serde(default)]
    pub permissions: Vec<Permission>,
    /// Access groups.
    pub groups: Vec<EntryId>,
    /// Courses.
    #[serde(default)]
    pub courses: Vec<EntryId>,
    /// Services (licences).
    #[serde(default)]
    pub services: Vec<EntryId>,
    /// Whether every module of the organization's groups is granted, not only those of the person's active groups.
    #[serde(default)]
    pub all_module_access: bool,
    /// Where the account is in its life.
    pub status: UserStatus,
    /// Whether a second factor is enrolled.
    pub mfa_enrolled: bool,
    /// The one invitation, in its current generation.
    pub invitation: Option<Invitation>,
    /// Organization-defined properties, by their keys.
    pub properties: BTreeMap<String, PropertyValue>,
    /// Site; none is the site that every organization has.
    pub site: Option<EntryId>,
    /// BCP 47 tag the person prefers.
    pub language: Option<String>,
    /// What the person has set for themselves.
    #[serde(default)]
    pub settings: Settings,
    /// Until when no stranger's sign-in is tried, after too many that failed.
    #[serde(with = "crate::time::fixed::option", default)]
    pub locked_until: Option<Timestamp>,
    /// Sessions count only under the epoch they were opened under: raising it ends all of them at once.
    #[serde(default)]
    pub session_epoch: u32,
    /// The same for API keys.
    #[serde(default)]
    pub key_epoch: u32,
    /// The last password reset that was asked for.
    #[serde(default)]
    pub password_reset: Option<PasswordReset>,
    /// The last change of the address that was asked for.
    #[serde(default)]
    pub email_change: Option<EmailChange>,
    /// Last completed sign-in.
    #[serde(with = "crate::time::fixed::option", default)]
    pub last_sign_in_at: Option<Timestamp>,
    /// When the account was made.
    #[serde(with = "crate::time::fixed")]
    pub created_at: Timestamp,
    /// Who made it (inviter).
    pub created_by: UserId,
    /// The import profile whose rules made the account and still hold for it.
    pub profile: String,
    /// What the custom profile that the import went by asks beyond that.
    #[serde(default)]
    pub own_rules: Option<OwnRules>,
    /// Present while the import that wrote it has not finished it.
    pub import_mark: Option<ImportMark>,
    /// The import that made the user, for good.
    pub import_id: Option<ImportId>,
    /// The commit sequence number of that import; pages that began before it hide the user.
    pub visible_seq: Option<u64>,
    /// Goes up by one with every edit; the ETag.
    pub version: u64,
}

impl User {
    /// An account that begins now, with nothing but what it cannot be without: the rest is absent, empty or
    /// by default, and set by whoever makes it.
    #[must_use]
    pub fn new(
        id: UserId,
        user_kind: UserKind,
        organization_id: Option<OrganizationId>,
        profile: &str,
        created_by: UserId,
        created_at: Timestamp,
    ) -> Self {
        let scope =
            organization_id.clone().map_or(OrganizationScope::All, |id| OrganizationScope::Selected([id].into()));
        Self {
            id,
            user_kind,
            organization_id,
            scope,
            first_name: String::new(),
            last_name: String::new(),
            email: String::new(),
            username: None,
            phone: None,
            roles: Vec::new(),
            permissions: Vec::new(),
            groups: Vec::new(),
            courses: Vec::new(),
            services: Vec::new(),
            all_module_access: false,
            status: UserStatus::Created,
            mfa_enrolled: false,
            invitation: None,
            properties: BTreeMap::new(),
            site: None,
            language: None,
            settings: Settings::default(),
            locked_until: None,
            session_epoch: 0,
            key_epoch: 0,
            password_reset: None,
            email_change: None,
            last_sign_in_at: None,
            created_at,
            created_by,
            profile: profile.to_owned(),
            own_rules: None,
            import_mark: None,
            import_id: None,
            visible_seq: None,
            version: 1,
        }
    }

    /// Whether this is the Root Master, the account that bootstrapped the deployment or was promoted by an
    /// operator since.
    #[must_use]
    pub fn is_root(&self) -> bool {
        self.roles.iter().any(|role| role.as_str() == RoleId::ROOT_MASTER)
    }

    /// The status at this moment: an active account is locked out while its lock lasts.
    #[must_use]
    pub fn status_at(&self, now: Timestamp) -> UserStatus {
        let locked = self.status == UserStatus::Active && self.locked_until.is_some_and(|end| now < end);
        if locked { UserStatus::LockedOut } else { self.status }
    }

    /// Ends every session of the user, the current one included.
    pub fn end_sessions(&mut self) {
        self.session_epoch += 1;
    }

    /// Ends every session and every API key of the user: whoever came in by any way is out.
    pub fn end_everything(&mut self) {
        self.end_sessions();
        self.end_api_keys();
    }

    /// Ends every API key of the user.
    pub fn end_api_keys(&mut self) {
        self.key_epoch += 1;
    }

    /// No link for a new password is good any more: the password has changed otherwise, or the address the link
    /// went to is not the person's any more.
    pub fn revoke_password_reset(&mut self, now: Timestamp) {
        if let Some(reset) = self.password_reset.as_mut().filter(|reset| reset.state == LinkState::Pending) {
            reset.state = LinkState::Revoked;
            reset.ended_at = Some(now);
        }
    }

    /// The address stays what it is: no link to confirm another is good any more.
    pub fn revoke_email_change(&mut self, now: Timestamp) {
        if let Some(change) = self.email_change.as_mut().filter(|change| change.state == LinkState::Pending) {
            change.state = LinkState::Revoked;
            change.ended_at = Some(now);
        }
    }

    /// Whether the person does something in Rollcall beside looking after their own account.
    #[must_use]
    pub fn has_duties(&self) -> bool {
        !self.roles.is_empty() || !self.permissions.is_empty()
    }

    /// First and last name as one text.
    #[must_use]
    pub fn name(&self) -> String {
        if self.last_name.is_empty() {
            self.first_name.clone()
        } else {
            format!("{} {}", self.first_name, self.last_name)
        }
    }

    /// The invitation's status at this moment: exact, whether or not the scheduled job has been there.
    #[must_use]
    pub fn invitation_status(&self, now: Timestamp) -> Option<InvitationStatus> {
        self.invitation.as_ref().map(|invitation| invitation.status_at(now))
    }
}
