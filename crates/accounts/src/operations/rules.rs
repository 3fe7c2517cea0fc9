//! The rules that hold for one person: those of the profile that made the account, with what the
//! organization adds to them.

use rollcall_validation::{InvitationPolicy, Lists, MfaPolicy, Named, Profile, Status, check_field, message};

use crate::{
    Result,
    error::{Missing, Refusal},
    organization::Organization,
    roles::{RoleBook, RoleId},
    user::UserKind,
};

/// The profile of a person's account.
#[derive(Debug, Clone)]
pub struct Rules {
    kind: UserKind,
    roles: RoleBook,
    profile: Profile,
    mfa_by_organization: bool,
}

impl Rules {
    /// The rules of a profile for that kind of user, in an organization (none: a technician).
    ///
    /// # Errors
    /// [`Missing::Profile`] when there is none of that name or it does not make such users.
    pub fn new(
        kind: UserKind,
        profile: Option<&str>,
        organization: Option<&Organization>,
        roles: RoleBook,
    ) -> Result<Self> {
        let profile = Profile::built_in(profile.unwrap_or_else(|| Self::default_profile(kind)))
            .and_then(|profile| profile.for_kind(kind.name()))
            .ok_or(Missing::Profile)?;
        let lists = Lists {
            roles: roles
                .assignable(kind)
                .map(|role| Named { id: role.id().to_owned(), name: role.name().to_owned() })
                .collect(),
            default_country: organization.and_then(|organization| organization.default_country.clone()),
            ..Lists::default()
        };
        Ok(Self {
            kind,
            roles,
            profile: profile.effective(&lists),
            mfa_by_organization: organization.is_some_and(|organization| organization.mfa_required),
        })
    }

    /// The profile that a kind of user has when none is named.
    #[must_use]
    pub fn default_profile(kind: UserKind) -> &'static str {
        match kind {
            UserKind::Technician => "technician",
            UserKind::EndUser => "end-user",
            UserKind::Member => "member",
        }
    }

    /// The profile's identifier, kept with the user.
    #[must_use]
    pub fn profile_id(&self) -> &str {
        self.profile.id()
    }

    /// How long an invitation is good for once its mail is sent, in hours.
    #[must_use]
    pub fn valid_hours(&self) -> u32 {
        self.profile.invitation().expires_after
    }

    /// Whether a new person is invited, given what the caller asked for.
    #[must_use]
    pub fn invites(&self, asked: Option<bool>) -> bool {
        match self.profile.invitation().policy {
            InvitationPolicy::Never => false,
            InvitationPolicy::Always => asked.unwrap_or(true),
            InvitationPolicy::OptIn | InvitationPolicy::ByCredentialMode => asked.unwrap_or(false),
        }
    }

    /// Whether the person must enrol a second factor to finish.
    #[must_use]
    pub fn needs_mfa(&self) -> bool {
        match self.profile.mfa() {
            MfaPolicy::Required => true,
            MfaPolicy::AsOrganization => self.mfa_by_organization,
        }
    }

    /// Whether the person is asked for a phone number on finishing when none is known.
    #[must_use]
    pub fn asks_for_phone(&self) -> bool {
        self.profile.phone_at_acceptance()
    }

    /// The roles that count here.
    #[must_use]
    pub fn role_book(&self) -> &RoleBook {
        &self.roles
    }

    /// Checks one field as a cell of a sheet would be; what is refused goes to `refusals`. Corrections that
    /// lose nothing are taken.
    pub fn field(&self, field: &'static str, text: &str, refusals: &mut Vec<Refusal>) -> String {
        let verdict = check_field(&self.profile, field, text);
        if verdict.status == Status::Refused {
            let issues = verdict.issues.iter().filter(|issue| issue.is_error());
            refusals.extend(issues.map(|issue| Refusal {
                field: field.to_owned(),
                code: issue.code.to_owned(),
                detail: message(issue),
            }));
            return String::new();
        }
        verdict.value.map(|value| value.to_text()).unwrap_or_default()
    }

    /// The roles of these identifiers or names.
    pub fn roles(&self, wanted: &[String], refusals: &mut Vec<Refusal>) -> Vec<RoleId> {
        let mut refuse = |code: &str, detail: String| {
            refusals.push(Refusal { field: "roles".into(), code: code.into(), detail });
        };
        let mut found: Vec<RoleId> = Vec::new();
        for text in wanted {
            let role = self.roles.find_assignable(self.kind, text.trim()).and_then(|role| RoleId::parse(role.id()));
            match role {
                Some(role) if !found.contains(&role) => found.push(role),
                Some(_) => {}
                None => {
                    let names: Vec<&str> = self.roles.assignable(self.kind).map(|role| role.name()).collect();
                    refuse("role_unknown", format!("roles must be among {}", names.join(", ")))
                }
            }
        }
        let rule = self.profile.role();
        if found.len() > 1 && !rule.multiple {
            refuse("too_many_roles", "one role only".into());
        }
        if wanted.is_empty() && rule.required_at_commit {
            refuse("role_required", "a role is required".into());
        }
        found
    }
}

/// A language tag as it is kept: `de`, `pt-BR` (BCP 47: a primary subtag of 2 or 3 letters and at most two more).
pub fn language(text: &str, refusals: &mut Vec<Refusal>) -> Option<String> {
    let text = text.trim();
    let mut subtags = text.split('-');
    let primary = subtags.next().unwrap_or_default();
    let rest: Vec<&str> = subtags.collect();
    let fits = (2..=3).contains(&primary.len())
        && primary.bytes().all(|b| b.is_ascii_alphabetic())
        && rest.len() <= 2
        && rest.iter().all(|tag| (2..=8).contains(&tag.len()) && tag.bytes().all(|b| b.is_ascii_alphanumeric()));
    if fits {
        return Some(text.to_owned());
    }
    refusals.push(Refusal {
        field: "language".into(),
        code: "language_not_valid".into(),
        detail: "a language is a tag such as de or pt-BR".into(),
    });
    None
}
