//! The User resource (design.md, "Contracts that scripts rely on").

use std::collections::BTreeMap;

use jiff::Timestamp;
use rollcall_accounts::{
    error::Invalid,
    operations::{create_user::NewUser, update_user::UserChanges},
    time::iso,
    user::{User, UserKind},
};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::json;
use utoipa::ToSchema;

/// A user.
#[derive(Debug, Serialize, ToSchema)]
pub struct UserResponse {
    /// Identifier.
    pub id: String,
    /// `technician`, `end_user` or `member`.
    pub kind: &'static str,
    /// The one organization of an end user.
    pub organization_id: Option<String>,
    /// First name.
    pub first_name: String,
    /// Last name; empty for people with one name.
    pub last_name: String,
    /// First and last name.
    pub name: String,
    /// Email address.
    pub email: String,
    /// Sign-in name when it is not the email.
    pub username: Option<String>,
    /// E.164.
    pub phone: Option<String>,
    /// Role identifiers.
    pub roles: Vec<String>,
    /// Access groups.
    pub groups: Vec<String>,
    /// `created`, `invited`, `active`, `locked_out` or `deactivated`.
    pub status: &'static str,
    /// `not_enrolled` or `enrolled`.
    pub mfa: &'static str,
    /// The invitation, null when never invited.
    pub invitation: Option<InvitationResponse>,
    /// Organization-defined properties.
    pub properties: BTreeMap<String, serde_json::Value>,
    /// Site.
    pub site: Option<String>,
    /// BCP 47 tag.
    pub language: Option<String>,
    /// Last completed sign-in, ISO 8601 UTC.
    pub last_sign_in_at: Option<String>,
    /// When the account was made, ISO 8601 UTC.
    pub created_at: String,
    /// The import that made the user.
    pub import_id: Option<String>,
    /// Goes up with every edit; also the ETag.
    pub version: u64,
}

/// A user's invitation in its current generation.
#[derive(Debug, Serialize, ToSchema)]
pub struct InvitationResponse {
    /// `pending`, `registered`, `expired` or `revoked`; exact at the time of reading.
    pub status: &'static str,
    /// `queued`, `sent`, `delivered`, `bounced`, `complained` or `suppressed`.
    pub delivery: &'static str,
    /// Which mailing of it this is, from 1.
    pub generation: u32,
    /// When it was asked for.
    pub queued_at: String,
    /// When the mail service took its mail.
    pub sent_at: Option<String>,
    /// When the receiving server took it, or it bounced.
    pub delivery_at: Option<String>,
    /// When it ends; null while queued.
    pub expires_at: Option<String>,
    /// When the person finished.
    pub registered_at: Option<String>,
    /// Hours it is good for once its mail is sent.
    pub valid_hours: u32,
}

impl UserResponse {
    /// The user as seen at `now`.
    #[must_use]
    pub fn new(user: &User, now: Timestamp) -> Self {
        Self {
            id: user.id.to_string(),
            kind: user.user_kind.name(),
            organization_id: user.organization_id.as_ref().map(ToString::to_string),
            first_name: user.first_name.clone(),
            last_name: user.last_name.clone(),
            name: user.name(),
            email: user.email.clone(),
            username: user.username.clone(),
            phone: user.phone.clone(),
            roles: user.roles.iter().map(|role| role.as_str().to_owned()).collect(),
            groups: user.groups.iter().map(ToString::to_string).collect(),
            status: user.status_at(now).name(),
            mfa: if user.mfa_enrolled { "enrolled" } else { "not_enrolled" },
            invitation: user.invitation.as_ref().map(|invitation| InvitationResponse {
                status: invitation.status_at(now).name(),
                delivery: invitation.delivery.name(),
                generation: invitation.generation,
                queued_at: iso(invitation.queued_at),
                sent_at: invitation.sent_at.map(iso),
                delivery_at: invitation.delivery_at.map(iso),
                expires_at: invitation.expires_at.map(iso),
                registered_at: invitation.registered_at.map(iso),
                valid_hours: invitation.valid_hours,
            }),
            properties: user.properties.iter().map(|(key, value)| (key.clone(), json!(value))).collect(),
            site: user.site.as_ref().map(ToString::to_string),
            language: user.language.clone(),
            last_sign_in_at: user.last_sign_in_at.map(iso),
            created_at: iso(user.created_at),
            import_id: user.import_id.as_ref().map(ToString::to_string),
            version: user.version,
        }
    }
}

/// A new user.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateUserRequest {
    /// `technician` or `end_user`.
    pub kind: String,
    /// Import profile whose rules hold; the kind's own when absent.
    #[serde(default)]
    pub profile: Option<String>,
    /// The organization of an end user.
    #[serde(default)]
    pub organization_id: Option<String>,
    /// First name.
    pub first_name: String,
    /// Last name.
    #[serde(default)]
    pub last_name: String,
    /// Email address.
    pub email: String,
    /// With country code, or national where the profile and the organization allow it.
    #[serde(default)]
    pub phone: Option<String>,
    /// Role identifiers or names.
    #[serde(default)]
    pub roles: Vec<String>,
    /// BCP 47 tag.
    #[serde(default)]
    pub language: Option<String>,
    /// Whether to invite; by the profile's policy when absent.
    #[serde(default)]
    pub invite: Option<bool>,
}

impl CreateUserRequest {
    /// What is asked for.
    ///
    /// # Errors
    /// [`Invalid::Parameter`] for an unknown kind.
    pub fn into_new_user(self) -> Result<NewUser, Invalid> {
        let kind = UserKind::parse(&self.kind)
            .ok_or_else(|| Invalid::Parameter { name: "kind", expected: "technician or end_user".into() })?;
        Ok(NewUser {
            kind,
            profile: self.profile,
            organization_id: self.organization_id,
            first_name: self.first_name,
            last_name: self.last_name,
            email: self.email,
            phone: self.phone,
            roles: self.roles,
            language: self.language,
            invite: self.invite,
        })
    }
}

/// Changes of a user. Absent fields stay; `null` removes.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateUserRequest {
    /// First name.
    #[serde(default)]
    pub first_name: Option<String>,
    /// Last name.
    #[serde(default)]
    pub last_name: Option<String>,
    /// Email address.
    #[serde(default)]
    pub email: Option<String>,
    /// Phone number, or null for none.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    pub phone: Option<Option<String>>,
    /// All role identifiers or names.
    #[serde(default)]
    pub roles: Option<Vec<String>>,
    /// BCP 47 tag, or null for none.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    pub language: Option<Option<String>>,
}

/// Tells `null` from absent.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

impl UpdateUserRequest {
    /// What shall change.
    #[must_use]
    pub fn into_changes(self) -> UserChanges {
        UserChanges {
            first_name: self.first_name,
            last_name: self.last_name,
            email: self.email,
            phone: self.phone,
            roles: self.roles,
            language: self.language,
        }
    }
}
