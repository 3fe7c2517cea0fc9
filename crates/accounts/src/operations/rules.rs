//! The rules that hold for one person: those of the profile that made the account, with what the
//! organization adds to them.

use rollcall_validation::{InvitationPolicy, Lists, MfaPolicy, Named, Profile, Status, check_field, message};

use crate::{
    Result,
    error::{Missing, Refusal},
    organization::Organization,
    roles::{RoleBook, RoleId},
    user::{User, UserKind},
};

/// The profile of a person's account.
#[derive(Debug, Clone)]
pub struct Rules {
    kind: UserKind,
    roles: RoleBook,
    profile: Profile,
    mfa_by_organization: bool,
    /// Of the organization's usernames, the primary one first.
    domains: Vec<String>,
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
            domains: organization.map(|organization| organization.domains.clone()).unwrap_or_default(),
        })
    }

    /// The rules that hold for a user, without roles.
    ///
    /// # Errors
    /// [`Missing::Profile`] when theirs is not there any more.
    pub fn of(user: &User, organization: Option<&Organization>) -> Result<Self> {
        Self::new(user.user_kind, Some(&user.profile), organization, RoleBook::default())
    }

    /// The profile that a kind of user has when none is named.
    #[must_use]
    pub fn default_profile(kind: UserKind) -> &'static str {
        match kind {
            UserKind::Technician => "technician",
            UserKind::EndUser => "end-user",
            // Which has the rules of every kind.
            UserKind::Member => "modern",
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

    /// The roles of these identifiers or names. What somebody holds stays theirs, even if nobody else may be
    /// given it any more.
    pub fn roles(&self, wanted: &[String], held: &[RoleId], refusals: &mut Vec<Refusal>) -> Vec<RoleId> {
        let found = self.roles_named(wanted, held, refusals);
        if found.len() > 1 && !self.profile.role().multiple {
            refusals.push(refused("roles", "too_many_roles", "one role only".into()));
        }
        if wanted.is_empty() {
            self.require_role(&found, refusals);
        }
        found
    }

    /// Refuses that there is no role where there must be one.
    pub fn require_role(&self, roles: &[RoleId], refusals: &mut Vec<Refusal>) {
        if roles.is_empty() && self.profile.role().required_at_commit {
            refusals.push(refused("roles", "role_required", "a role is required".into()));
        }
    }

    /// The roles of these identifiers or names, each once; unknown ones are refused.
    pub fn roles_named(&self, wanted: &[String], held: &[RoleId], refusals: &mut Vec<Refusal>) -> Vec<RoleId> {
        let mut found: Vec<RoleId> = Vec::new();
        for text in wanted {
            let theirs = held.iter().find(|role| role.as_str() == text.trim()).cloned();
            let assignable = || self.roles.find_assignable(self.kind, text.trim());
            match theirs.or_else(|| assignable().and_then(|role| RoleId::parse(role.id()))) {
                Some(role) if !found.contains(&role) => found.push(role),
                Some(_) => {}
                None => {
                    let names: Vec<&str> = self.roles.assignable(self.kind).map(|role| role.name()).collect();
                    let detail = format!("roles must be among {}", names.join(", "));
                    refusals.push(refused("roles", "role_unknown", detail));
                }
            }
        }
        found
    }

    /// A sign-in name beside the email: at most [`USERNAME_LIMIT`] characters without blanks and none of
    /// `# / ? \` (requirements.md, S4). Where the profile takes the domain from the organization's, one without a
    /// domain gets the primary one, and another domain is refused (S3).
    pub fn username(&self, text: &str, refusals: &mut Vec<Refusal>) -> Option<String> {
        use unicode_normalization::UnicodeNormalization as _;
        let mut name: String = text.trim().nfc().collect();
        if name.is_empty() {
            return None;
        }
        if self.profile.username().is_some_and(|rule| rule.domain.is_some())
            && let Some(primary) = self.domains.first()
        {
            match name.rsplit_once('@') {
                None => name = format!("{name}@{primary}"),
                Some((_, domain)) if self.domains.iter().any(|own| own.eq_ignore_ascii_case(domain)) => {}
                Some(_) => {
                    let detail = format!("its domain must be among {}", self.domains.join(", "));
                    refusals.push(refused("username", "domain_unknown", detail));
                }
            }
        }
        if name.chars().count() > USERNAME_LIMIT {
            refusals.push(refused("username", "too_long", format!("use at most {USERNAME_LIMIT} characters")));
        }
        let odd = |c: char| c.is_whitespace() || crate::naming::is_hidden(c) || matches!(c, '#' | '/' | '?' | '\\');
        if name.chars().any(odd) {
            let detail = "use neither blanks nor any of # / ? \\".into();
            refusals.push(refused("username", "character_not_allowed", detail));
        }
        Some(name)
    }
}

/// Most characters of a username (requirements.md, S4).
pub const USERNAME_LIMIT: usize = 50;

fn refused(field: &str, code: &str, detail: String) -> Refusal {
    Refusal { field: field.into(), code: code.into(), detail }
}

/// A time zone as it is kept.
pub fn time_zone(text: &str, refusals: &mut Vec<Refusal>) -> Option<String> {
    crate::settings::time_zone(text).map_err(|refusal| refusals.push(refusal)).ok()
}

/// Whether a user must have a second factor; so they must when nothing says that they need not.
#[must_use]
pub fn mfa_required(user: &User, organization: Option<&Organization>) -> bool {
    Rules::of(user, organization).map_or(true, |rules| rules.needs_mfa())
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        ids::OrganizationId,
        organization::{CredentialMode, PasswordPolicy},
    };

    fn rules(profile: Profile, domains: &[&str]) -> Rules {
        let organization = Organization {
            id: OrganizationId::derived(&["acme"]),
            name: "Acme".into(),
            default_country: None,
            mfa_required: false,
            password_policy: PasswordPolicy::default(),
            credential_modes: CredentialMode::all(),
            domains: domains.iter().map(|domain| (*domain).to_owned()).collect(),
            created_at: jiff::Timestamp::UNIX_EPOCH,
            version: 1,
        };
        let rules = Rules::new(UserKind::EndUser, Some("modern"), Some(&organization), RoleBook::default());
        Rules { profile, ..rules.unwrap() }
    }

    fn modern() -> Profile {
        Profile::built_in("modern").unwrap()
    }

    /// A profile whose usernames have a domain of the organization's.
    fn with_domains() -> Profile {
        let json = modern().to_json().replace(&format!("\"hash\":\"{}\",", modern().hash()), "");
        let json = json.replace(
            r#""username":{"domain":null,"immutable":false"#,
            r#""username":{"domain":"domain","immutable":true"#,
        );
        Profile::from_json(&json).unwrap()
    }

    #[test]
    fn usernames_row_by_row() {
        let long = "x".repeat(51);
        for (name, rules, given, wanted) in [
            ("free", rules(modern(), &[]), " Ana.Sá ", Ok(Some("Ana.Sá"))),
            ("of any domain", rules(modern(), &["acme.example"]), "ana@gmail.com", Ok(Some("ana@gmail.com"))),
            ("none", rules(modern(), &[]), "  ", Ok(None)),
            ("at the limit", rules(modern(), &[]), &long[1..], Ok(Some(&long[1..]))),
            ("over it", rules(modern(), &[]), &long, Err("too_long")),
            ("a hash sign", rules(modern(), &[]), "a#b", Err("character_not_allowed")),
            ("a backslash", rules(modern(), &[]), "a\\b", Err("character_not_allowed")),
            ("a blank", rules(modern(), &[]), "a b", Err("character_not_allowed")),
            ("an override", rules(modern(), &[]), "a\u{202e}b", Err("character_not_allowed")),
            ("primary domain", rules(with_domains(), &["a.example", "b.example"]), "ana", Ok(Some("ana@a.example"))),
            (
                "own domain",
                rules(with_domains(), &["a.example", "b.example"]),
                "ana@B.example",
                Ok(Some("ana@B.example")),
            ),
            ("another's", rules(with_domains(), &["a.example"]), "ana@c.example", Err("domain_unknown")),
            ("without domains", rules(with_domains(), &[]), "ana@c.example", Ok(Some("ana@c.example"))),
        ] {
            let mut refusals = Vec::new();
            let username = rules.username(given, &mut refusals);
            match refusals.first() {
                Some(refusal) => assert_eq!(Err(refusal.code.as_str()), wanted, "{name}"),
                None => assert_eq!(Ok(username.as_deref()), wanted, "{name}"),
            }
        }
    }
}
