//! The User resource (design.md, "Contracts that scripts rely on").

use std::collections::BTreeMap;

use jiff::Timestamp;
use rollcall_accounts::{
    Error,
    access::OrganizationScope,
    error::Invalid,
    first_credentials::FirstCredentials,
    ids::EntryId,
    operations::{
        assign::{Assignments, References, WantedScope},
        clone_user::NewClone,
        create_user::NewUser,
        update_user::UserChanges,
    },
    time::iso,
    user::{LinkStatus, User, UserKind, UserStatus},
};
use serde::{Deserialize, Serialize};
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
    /// What a technician may do beside what their roles permit.
    pub permissions: Vec<&'static str>,
    /// `all`, or the identifiers of the organizations that they may work in.
    pub organizations: OrganizationsResponse,
    /// Access groups.
    pub groups: Vec<String>,
    /// Courses.
    pub courses: Vec<String>,
    /// Services (licences).
    pub services: Vec<String>,
    /// Whether all modules of the organization's groups are granted, not only those of the person's active groups.
    pub all_module_access: bool,
    /// The modules that come of it; null in lists.
    pub modules: Option<Vec<String>>,
    /// `created`, `invited`, `active`, `locked_out` or `deactivated`.
    pub status: &'static str,
    /// Until when no sign-in is tried; null unless locked out.
    pub locked_until: Option<String>,
    /// `not_enrolled` or `enrolled`.
    pub mfa: &'static str,
    /// The invitation, null when never invited.
    pub invitation: Option<InvitationResponse>,
    /// A new address that its owner has not confirmed yet.
    pub email_change: Option<EmailChangeResponse>,
    /// The last password reset that was asked for.
    pub password_reset: Option<PasswordResetResponse>,
    /// Values of the organization's properties by their keys: a text, a number, true or false, or a list of texts.
    pub properties: BTreeMap<String, serde_json::Value>,
    /// Site; null is HQ, which every organization has.
    pub site: Option<String>,
    /// BCP 47 tag.
    pub language: Option<String>,
    /// Name in the IANA time zone database; null is UTC.
    pub time_zone: Option<String>,
    /// Last completed sign-in, ISO 8601 UTC.
    pub last_sign_in_at: Option<String>,
    /// When the account was made, ISO 8601 UTC.
    pub created_at: String,
    /// Who made it.
    pub created_by: String,
    /// Whether this is the Root Master, whose role and account nobody changes.
    pub root: bool,
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

/// A new address that its owner must confirm.
#[derive(Debug, Serialize, ToSchema)]
pub struct EmailChangeResponse {
    /// The address.
    pub email: String,
    /// When it was asked for, ISO 8601 UTC.
    pub requested_at: String,
    /// When its link ends, ISO 8601 UTC.
    pub expires_at: String,
}

/// A password reset.
#[derive(Debug, Serialize, ToSchema)]
pub struct PasswordResetResponse {
    /// When it was asked for, ISO 8601 UTC.
    pub requested_at: String,
    /// When its link ends, ISO 8601 UTC.
    pub expires_at: String,
    /// `pending`, `used`, `expired` or `revoked`.
    pub status: &'static str,
}

/// Where a user may work.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum OrganizationsResponse {
    /// `all`.
    All(&'static str),
    /// These.
    Selected(Vec<String>),
}

impl From<&OrganizationScope> for OrganizationsResponse {
    fn from(scope: &OrganizationScope) -> Self {
        match scope {
            OrganizationScope::All => Self::All("all"),
            OrganizationScope::Selected(ids) => Self::Selected(ids.iter().map(ToString::to_string).collect()),
        }
    }
}

fn email_change(user: &User, now: Timestamp) -> Option<EmailChangeResponse> {
    let change = user.email_change.as_ref()?;
    (change.status_at(now) == LinkStatus::Pending).then(|| EmailChangeResponse {
        email: change.email.clone(),
        requested_at: iso(change.requested_at),
        expires_at: iso(change.expires_at),
    })
}

fn password_reset(user: &User, now: Timestamp) -> Option<PasswordResetResponse> {
    user.password_reset.as_ref().map(|reset| PasswordResetResponse {
        requested_at: iso(reset.requested_at),
        expires_at: iso(reset.expires_at),
        status: reset.status_at(now).name(),
    })
}

impl UserResponse {
    /// With the modules that the user has.
    #[must_use]
    pub fn with_modules(self, modules: Vec<String>) -> Self {
        Self { modules: Some(modules), ..self }
    }

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
            permissions: user.permissions.iter().map(|permission| permission.name()).collect(),
            organizations: (&user.scope).into(),
            groups: texts(&user.groups),
            courses: texts(&user.courses),
            services: texts(&user.services),
            all_module_access: user.all_module_access,
            modules: None,
            status: user.status_at(now).name(),
            locked_until: user.locked_until.filter(|_| user.status_at(now) == UserStatus::LockedOut).map(iso),
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
            email_change: email_change(user, now),
            password_reset: password_reset(user, now),
            properties: user.properties.iter().map(|(key, value)| (key.clone(), json!(value))).collect(),
            site: user.site.as_ref().map(ToString::to_string),
            language: user.language.clone(),
            time_zone: user.settings.time_zone.clone(),
            last_sign_in_at: user.last_sign_in_at.map(iso),
            created_at: iso(user.created_at),
            created_by: user.created_by.to_string(),
            root: user.is_root(),
            import_id: user.import_id.as_ref().map(ToString::to_string),
            version: user.version,
        }
    }
}

fn texts(ids: &[EntryId]) -> Vec<String> {
    ids.iter().map(ToString::to_string).collect()
}

/// Where a technician may work.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum OrganizationsRequest {
    /// In all of them.
    All(AllOrganizations),
    /// In those of these identifiers.
    Selected(Vec<String>),
}

/// All organizations.
#[derive(Debug, Deserialize, ToSchema)]
pub enum AllOrganizations {
    /// `all`.
    #[serde(rename = "all")]
    All,
}

impl From<OrganizationsRequest> for WantedScope {
    fn from(wanted: OrganizationsRequest) -> Self {
        match wanted {
            OrganizationsRequest::All(AllOrganizations::All) => Self::All,
            OrganizationsRequest::Selected(ids) => Self::Selected(ids),
        }
    }
}

/// A new user.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateUserRequest {
    /// `technician`, `end_user` or `member`.
    pub kind: String,
    /// Import profile whose rules hold; the kind's own when absent.
    #[serde(default)]
    pub profile: Option<String>,
    /// The organization of an end user or member.
    #[serde(default)]
    pub organization_id: Option<String>,
    /// First name.
    pub first_name: String,
    /// Last name.
    #[serde(default)]
    pub last_name: String,
    /// Email address.
    pub email: String,
    /// Sign-in name beside the email, at most 50 characters and none of `# / ? \`; cannot be changed afterwards.
    #[serde(default)]
    pub username: Option<String>,
    /// With country code, or national where the profile and the organization allow it.
    #[serde(default)]
    pub phone: Option<String>,
    /// Role identifiers or names.
    #[serde(default)]
    pub roles: Vec<String>,
    /// What a technician may do beside what their roles permit.
    #[serde(default)]
    pub permissions: Option<Vec<String>>,
    /// `all`, or identifiers of the organizations that a technician may work in; all when absent.
    #[serde(default)]
    pub organizations: Option<OrganizationsRequest>,
    /// Access groups by identifier or name.
    #[serde(default)]
    pub groups: Vec<String>,
    /// Site by identifier or name; HQ when absent.
    #[serde(default)]
    pub site: Option<String>,
    /// Courses by identifier or name.
    #[serde(default)]
    pub courses: Vec<String>,
    /// Services by identifier or name.
    #[serde(default)]
    pub services: Vec<String>,
    /// Values of the organization's properties by their keys.
    #[serde(default)]
    pub properties: BTreeMap<String, serde_json::Value>,
    /// Whether all modules are granted; when absent, to those with the role `master`.
    #[serde(default)]
    pub all_module_access: Option<bool>,
    /// BCP 47 tag.
    #[serde(default)]
    pub language: Option<String>,
    /// Name in the IANA time zone database.
    #[serde(default)]
    pub time_zone: Option<String>,
    /// Whether to invite; by the profile's policy when absent.
    #[serde(default)]
    pub invite: Option<bool>,
    /// How the person gets their first credentials; by a mailed link when absent.
    #[serde(default)]
    pub credentials: Option<CredentialsRequest>,
}

/// First credentials of an end user, where the organization allows it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CredentialsRequest {
    /// `link`: mailed, to choose a password. `generate_and_mail`: a password is made and mailed, and nobody else learns it.
    /// `specify_and_mail`: the given one is mailed. `specify_only`: it is handed over otherwise. All but the link's must be
    /// changed at the first sign-in, within 14 days.
    #[schema(example = "specify_and_mail")]
    pub mode: String,
    /// With `specify_and_mail` and `specify_only`: as the organization's password policy says.
    #[serde(default)]
    #[schema(format = Password)]
    pub password: Option<String>,
}

impl CreateUserRequest {
    /// How the person gets their first credentials, where it is not by a link.
    ///
    /// # Errors
    /// [`Error::Unfit`] with what is wrong with mode or password.
    pub fn first_credentials(&mut self) -> Result<Option<FirstCredentials>, Error> {
        let Some(CredentialsRequest { mode, password }) = self.credentials.take() else { return Ok(None) };
        let first = FirstCredentials::read(&mode, password).map_err(|refusal| Error::Unfit(vec![refusal]))?;
        if first.is_none() {
            self.invite = self.invite.or(Some(true));
        }
        Ok(first)
    }

    /// What is asked for.
    ///
    /// # Errors
    /// [`Invalid::Parameter`] for an unknown kind.
    pub fn into_new_user(self) -> Result<NewUser, Invalid> {
        let kind = UserKind::parse(&self.kind)
            .ok_or_else(|| Invalid::Parameter { name: "kind", expected: "technician, end_user or member".into() })?;
        let all = |named: Vec<String>| References { all: Some(named), ..References::default() };
        let given = |named: Vec<String>| if named.is_empty() { References::default() } else { all(named) };
        Ok(NewUser {
            kind,
            profile: self.profile,
            organization_id: self.organization_id,
            first_name: self.first_name,
            last_name: self.last_name,
            email: self.email,
            username: self.username,
            phone: self.phone,
            assignments: Assignments {
                roles: all(self.roles),
                permissions: self.permissions,
                organizations: self.organizations.map(Into::into),
                groups: given(self.groups),
                courses: given(self.courses),
                services: given(self.services),
                site: self.site.map(Some),
                properties: self.properties,
                all_module_access: self.all_module_access,
            },
            language: self.language,
            time_zone: self.time_zone,
            invite: self.invite,
            cloned_from: None,
            own_rules: None,
        })
    }
}

/// A new user like another one.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CloneUserRequest {
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
    /// Sign-in name beside the email; cannot be changed afterwards.
    #[serde(default)]
    pub username: Option<String>,
    /// Whether to invite; by the profile's policy when absent.
    #[serde(default)]
    pub invite: Option<bool>,
}

impl CloneUserRequest {
    /// What is asked for.
    #[must_use]
    pub fn into_clone(self) -> NewClone {
        NewClone {
            first_name: self.first_name,
            last_name: self.last_name,
            email: self.email,
            phone: self.phone,
            username: self.username,
            invite: self.invite,
        }
    }
}

/// Changes of a user. Absent fields stay; `null` removes.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"add_groups": ["Field staff"], "properties": {"cost_center": "4711"}}))]
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
    #[serde(default, deserialize_with = "super::present")]
    #[schema(value_type = Option<String>)]
    pub phone: Option<Option<String>>,
    /// All role identifiers or names.
    #[serde(default)]
    pub roles: Option<Vec<String>>,
    /// Roles to add.
    #[serde(default)]
    pub add_roles: Vec<String>,
    /// Roles to take away.
    #[serde(default)]
    pub remove_roles: Vec<String>,
    /// All that a technician may do beside what their roles permit.
    #[serde(default)]
    pub permissions: Option<Vec<String>>,
    /// `all`, or identifiers of all organizations that a technician may work in.
    #[serde(default)]
    pub organizations: Option<OrganizationsRequest>,
    /// All access groups by identifier or name.
    #[serde(default)]
    pub groups: Option<Vec<String>>,
    /// Groups to add.
    #[serde(default)]
    pub add_groups: Vec<String>,
    /// Groups to take away.
    #[serde(default)]
    pub remove_groups: Vec<String>,
    /// Site by identifier or name, or null for HQ.
    #[serde(default, deserialize_with = "super::present")]
    #[schema(value_type = Option<String>)]
    pub site: Option<Option<String>>,
    /// All courses by identifier or name.
    #[serde(default)]
    pub courses: Option<Vec<String>>,
    /// Courses to add.
    #[serde(default)]
    pub add_courses: Vec<String>,
    /// Courses to take away.
    #[serde(default)]
    pub remove_courses: Vec<String>,
    /// All services by identifier or name.
    #[serde(default)]
    pub services: Option<Vec<String>>,
    /// Services to add.
    #[serde(default)]
    pub add_services: Vec<String>,
    /// Services to take away.
    #[serde(default)]
    pub remove_services: Vec<String>,
    /// Values of properties by their keys; null removes one, and those that are not named stay.
    #[serde(default)]
    pub properties: BTreeMap<String, serde_json::Value>,
    /// Whether all modules are granted.
    #[serde(default)]
    pub all_module_access: Option<bool>,
    /// BCP 47 tag, or null for none.
    #[serde(default, deserialize_with = "super::present")]
    #[schema(value_type = Option<String>)]
    pub language: Option<Option<String>>,
    /// Name in the IANA time zone database, or null for UTC.
    #[serde(default, deserialize_with = "super::present")]
    #[schema(value_type = Option<String>)]
    pub time_zone: Option<Option<String>>,
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
            assignments: Assignments {
                roles: References { all: self.roles, add: self.add_roles, remove: self.remove_roles },
                permissions: self.permissions,
                organizations: self.organizations.map(Into::into),
                groups: References { all: self.groups, add: self.add_groups, remove: self.remove_groups },
                courses: References { all: self.courses, add: self.add_courses, remove: self.remove_courses },
                services: References { all: self.services, add: self.add_services, remove: self.remove_services },
                site: self.site,
                properties: self.properties,
                all_module_access: self.all_module_access,
            },
            language: self.language,
            time_zone: self.time_zone,
        }
    }
}
