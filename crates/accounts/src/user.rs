//! A user as the domain knows it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    access::OrganizationScope,
    ids::{ImportId, OrganizationId, UserId},
    invitation::{Invitation, InvitationStatus},
    roles::RoleId,
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

/// Where an account is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UserStatus {
    /// Exists, never invited.
    Created,
    /// Invited, not registered (the invitation may be pending, expired or revoked).
    Invited,
    /// Registered.
    Active,
    /// Too many failed sign-ins.
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
    /// Access groups, by name.
    pub groups: Vec<String>,
    /// Where the account is in its life.
    pub status: UserStatus,
    /// Whether a second factor is enrolled.
    pub mfa_enrolled: bool,
    /// The one invitation, in its current generation.
    pub invitation: Option<Invitation>,
    /// Organization-defined properties.
    pub properties: BTreeMap<String, String>,
    /// Site.
    pub site: Option<String>,
    /// BCP 47 tag the person prefers.
    pub language: Option<String>,
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
