//! The rules that hold for one person: those of the profile that made the account, with what the
//! organization adds to them.

use rollcall_validation::{
    Field, InvitationPolicy, Lists, MfaPolicy, Named, Profile, Status, check_field, identity::IdentityKey, message,
};

use crate::{
    Result,
    error::{Missing, Refusal},
    import::custom::OwnRules,
    organization::Organization,
    roles::{RoleBook, RoleId, built_in},
    user::{User, UserKind},
};

/// The profile whose rules hold for fields that another one's sheets do not have.
const WHAT_OTHERS_LEAVE_OPEN: &str = "modern";

/// The profile of a person's account.
#[derive(Debug, Clone)]
pub struct Rules {
    kind: UserKind,
    roles: RoleBook,
    profile: Profile,
    lists: Lists,
    mfa_by_organization: bool,
    /// What a custom profile asks beyond the built-in one.
    own: Option<OwnRules>,
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
            domains: organization
                .iter()
                .flat_map(|organization| &organization.domains)
                .map(|domain| Named { id: domain.clone(), name: domain.clone() })
                .collect(),
            default_country: organization.and_then(|organization| organization.default_country.clone()),
            ..Lists::default()
        };
        Ok(Self {
            kind,
            roles,
            profile: profile.effective(&lists),
            lists,
            mfa_by_organization: organization.is_some_and(|organization| organization.mfa_required),
            own: None,
            domains: organization.map(|organization| organization.domains.clone()).unwrap_or_default(),
        })
    }

    /// The rules that hold for a user, without roles.
    ///
    /// # Errors
    /// [`Missing::Profile`] when theirs is not there any more.
    pub fn of(user: &User, organization: Option<&Organization>) -> Result<Self> {
        Self::of_with(user, organization, RoleBook::default())
    }

    /// The rules that hold for a user, with the roles that count there.
    ///
    /// # Errors
    /// As [`Rules::of`].
    pub fn of_with(user: &User, organization: Option<&Organization>, roles: RoleBook) -> Result<Self> {
        let rules = Self::new(user.user_kind, Some(&user.profile), organization, roles)?;
        Ok(rules.with(user.own_rules.clone()))
    }

    /// The same rules with what a custom profile asks beyond them.
    #[must_use]
    pub fn with(self, own: Option<OwnRules>) -> Self {
        Self { own, ..self }
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
        let hours = self.profile.invitation().expires_after;
        self.own.as_ref().map_or(hours, |own| own.valid_hours.min(hours))
    }

    /// Whether a new person is invited, given what the caller asked for.
    #[must_use]
    pub fn invites(&self, asked: Option<bool>) -> bool {
        match self.profile.invitation().policy {
            InvitationPolicy::Never => false,
            // Who is given no other credentials is given the link to choose their own.
            InvitationPolicy::Always | InvitationPolicy::ByCredentialMode => asked.unwrap_or(true),
            InvitationPolicy::OptIn => asked.unwrap_or(false),
        }
    }

    /// Whether the person must enrol a second factor to finish.
    #[must_use]
    pub fn needs_mfa(&self) -> bool {
        match self.profile.mfa() {
            _ if self.own.as_ref().is_some_and(|own| own.mfa_required) => true,
            MfaPolicy::Required => true,
            MfaPolicy::AsOrganization => self.mfa_by_organization,
        }
    }

    /// Whether the person is asked for a phone number on finishing when none is known.
    #[must_use]
    pub fn asks_for_phone(&self) -> bool {
        self.profile.phone_at_acceptance() || self.own.as_ref().is_some_and(|own| own.phone_at_acceptance)
    }

    /// The roles that count here.
    #[must_use]
    pub fn role_book(&self) -> &RoleBook {
        &self.roles
    }

    /// Checks one field as a cell of a sheet would be; what is refused goes to `refusals`. Corrections that
    /// lose nothing are taken.
    pub fn field(&self, field: &'static str, text: &str, refusals: &mut Vec<Refusal>) -> String {
        let known = Field::parse(field).is_some_and(|wanted| self.profile.fields().any(|own| own == wanted));
        let verdict = match Profile::built_in(WHAT_OTHERS_LEAVE_OPEN).filter(|_| !known) {
            // What its sheets have no column for, people have all the same: a phone number for codes, a last name.
            Some(modern) => check_field(&modern.effective(&self.lists), field, text),
            None => check_field(&self.profile, field, text),
        };
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
                    let names: Vec<String> =
                        self.roles.assignable(self.kind).map(|role| role.name().to_owned()).collect();
                    refusals.push(unknown("roles", "role_unknown", "roles", &names));
                }
            }
        }
        found
    }

    /// A sign-in name beside the email, by the profile's rule for its sheets; where sheets have none, of at most
    /// [`USERNAME_LIMIT`] characters without blanks and none of `# / ? \` (requirements.md, S4). Where the profile
    /// takes the domain from the organization's, one without a domain gets the primary one, and another domain is
    /// refused (S3).
    pub fn username(&self, text: &str, refusals: &mut Vec<Refusal>) -> Option<String> {
        use unicode_normalization::UnicodeNormalization as _;
        let name: String = text.trim().nfc().collect();
        if name.is_empty() {
            if self.profile.requires(Field::Username) {
                refusals.push(refused("username", "required", "a username is required".into()));
            }
            return None;
        }
        if self.profile.fields().any(|field| field == Field::Username) {
            let name = self.field("username", &name, refusals);
            let takes_domain = self.profile.username().is_some_and(|rule| rule.domain.is_some());
            return match self.domains.first() {
                Some(primary) if takes_domain && !name.contains('@') => Some(format!("{name}@{primary}")),
                _ => Some(name),
            };
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

    /// The sign-in name that a new account has beside its address: what was asked for, or the address itself where
    /// forms fill the name in from it and it does not follow the address afterwards (S4). Elsewhere one that means
    /// the address says nothing beside it.
    pub fn new_username(&self, text: Option<&str>, email: &str, refusals: &mut Vec<Refusal>) -> Option<String> {
        let text = text.unwrap_or_default();
        if self.profile.username().is_some_and(|rule| rule.prefill == Some(Field::Email)) {
            if text.trim().is_empty() {
                let mut unfit = Vec::new();
                return self.username(email, &mut unfit).filter(|_| unfit.is_empty() && !email.is_empty());
            }
            return self.username(text, refusals);
        }
        let email = IdentityKey::from_email(email);
        self.username(text, refusals).filter(|name| IdentityKey::from_username(name) != email)
    }

    /// Refuses built-in roles that the profile does not make people with.
    pub fn require_roles_of_profile(&self, roles: &[RoleId], refusals: &mut Vec<Refusal>) {
        let Some(known) = self.profile.role_list() else {
            return;
        };
        if roles.iter().any(|role| built_in(role).is_some() && known.iter().all(|named| named.id != role.as_str())) {
            let names: Vec<&str> = known.iter().map(|named| named.name.as_str()).collect();
            refusals.push(refused("roles", "role_unknown", format!("roles must be among {}", names.join(", "))));
        }
    }

    /// The role of whoever is given none.
    #[must_use]
    pub fn default_role(&self) -> Option<&str> {
        self.profile.default_role()
    }
}

/// Most characters of a username (requirements.md, S4).
pub const USERNAME_LIMIT: usize = 50;

/// Most known names that a refusal lists.
const NAMES_LISTED: usize = 20;

/// The refusal of a name that is not known, with those that are.
pub(super) fn unknown(field: &str, code: &str, what: &str, known: &[String]) -> Refusal {
    let listed = known.iter().take(NAMES_LISTED).cloned().collect::<Vec<_>>().join(", ");
    let detail = match known.len() {
        0 => format!("there are no {what} here"),
        count if count > NAMES_LISTED => format!("{what} must be among {listed} and {} more", count - NAMES_LISTED),
        _ => format!("{what} must be among {listed}"),
    };
    refused(field, code, detail)
}

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
        organization::{PasswordPolicy, every_credential_mode},
    };

    fn rules(profile: &str, domains: &[&str]) -> Rules {
        let organization = Organization {
            id: OrganizationId::derived(&["acme"]),
            name: "Acme".into(),
            default_country: None,
            mfa_required: false,
            password_policy: PasswordPolicy::default(),
            credential_modes: every_credential_mode(),
            domains: domains.iter().map(|domain| (*domain).to_owned()).collect(),
            created_at: jiff::Timestamp::UNIX_EPOCH,
            version: 1,
        };
        let kind = if profile == "member" { UserKind::Member } else { UserKind::EndUser };
        Rules::new(kind, Some(profile), Some(&organization), RoleBook::default()).unwrap()
    }

    #[test]
    fn usernames_row_by_row() {
        let long = "x".repeat(151);
        let (free, members, owned) = ("end-user", "member", "organization-user");
        for (name, rules, given, wanted) in [
            ("free", rules(free, &[]), " Ana.Sá ", Ok(Some("Ana.Sá"))),
            ("of any domain", rules(free, &["acme.example"]), "ana@gmail.com", Ok(Some("ana@gmail.com"))),
            ("none", rules(free, &[]), "  ", Ok(None)),
            ("at the limit", rules(free, &[]), &long[101..], Ok(Some(&long[101..]))),
            ("over it", rules(free, &[]), &long[100..], Err("too_long")),
            ("a hash sign", rules(free, &[]), "a#b", Err("character_not_allowed")),
            ("a backslash", rules(free, &[]), "a\\b", Err("character_not_allowed")),
            ("a blank", rules(free, &[]), "a b", Err("character_not_allowed")),
            ("an override", rules(free, &[]), "a\u{202e}b", Err("character_not_allowed")),
            ("a member's at the limit", rules(members, &[]), &long[101..], Ok(Some(&long[101..]))),
            ("a member's over it", rules(members, &[]), &long[100..], Err("too_long")),
            ("a member's hash sign", rules(members, &[]), "a#b", Err("character_not_allowed")),
            ("by modern at its limit", rules("modern", &[]), &long[1..], Ok(Some(&long[1..]))),
            ("by modern over it", rules("modern", &[]), &long, Err("too_long")),
            ("primary domain", rules(owned, &["a.example", "b.example"]), "ana", Ok(Some("ana@a.example"))),
            ("own domain", rules(owned, &["a.example", "b.example"]), "ana@B.example", Ok(Some("ana@B.example"))),
            ("another's", rules(owned, &["a.example"]), "ana@c.example", Err("domain_unknown")),
            ("without domains", rules(owned, &[]), "ana@c.example", Ok(Some("ana@c.example"))),
            ("none where one is needed", rules(owned, &[]), " ", Err("required")),
        ] {
            let mut refusals = Vec::new();
            let username = rules.username(given, &mut refusals);
            match refusals.first() {
                Some(refusal) => assert_eq!(Err(refusal.code.as_str()), wanted, "{name}"),
                None => assert_eq!(Ok(username.as_deref()), wanted, "{name}"),
            }
        }
    }

    #[test]
    fn a_members_username_is_the_address_unless_another_is_given_and_others_have_none_beside_it() {
        let long = format!("{}@example.com", "a".repeat(40));
        for (name, profile, text, email, wanted) in [
            ("filled in", "member", None, "ana@example.com", Some("ana@example.com")),
            (
                "kept though it is the address",
                "member",
                Some("Ana@example.com"),
                "ana@example.com",
                Some("Ana@example.com"),
            ),
            ("another", "member", Some("ana"), "ana@example.com", Some("ana")),
            ("an address longer than usernames", "member", None, &long, None),
            ("none", "end-user", None, "ana@example.com", None),
            ("the address says nothing beside itself", "end-user", Some("ANA@example.com"), "ana@example.com", None),
            ("another of an end user", "end-user", Some("ana"), "ana@example.com", Some("ana")),
        ] {
            let mut refusals = Vec::new();
            let username = rules(profile, &[]).new_username(text, email, &mut refusals);
            assert_eq!((username.as_deref(), refusals.len()), (wanted, 0), "{name}");
        }
    }

    #[test]
    fn what_a_sheet_has_no_column_for_people_have_all_the_same() {
        for (profile, field, text, wanted) in [
            ("portal-user", "last_name", "", Ok("")),
            ("portal-user", "last_name", "O’Brien", Ok("O’Brien")),
            ("portal-user", "phone", "+44 20 7946 0958", Ok("+442079460958")),
            ("portal-user", "phone", "12", Err(())),
            ("portal-user", "first_name", "Front desk 2", Ok("Front desk 2")),
            ("member", "last_name", "", Err(())),
        ] {
            let mut refusals = Vec::new();
            let value = rules(profile, &[]).field(field, text, &mut refusals);
            assert_eq!(
                if refusals.is_empty() { Ok(value.as_str()) } else { Err(()) },
                wanted,
                "{profile} {field} {text}"
            );
        }
    }

    #[test]
    fn a_profile_makes_people_with_its_roles() {
        for (profile, role, wanted) in [
            ("portal-user", "privileged", None),
            ("portal-user", "organization_user", Some("role_unknown")),
            ("organization-user", "organization_admin", None),
            ("organization-user", "standard", Some("role_unknown")),
            ("member", "billing", None),
            ("end-user", "standard", None),
            ("end-user", "role_night", None),
        ] {
            let mut refusals = Vec::new();
            rules(profile, &[]).require_roles_of_profile(&[RoleId::parse(role).unwrap()], &mut refusals);
            assert_eq!(refusals.first().map(|refusal| refusal.code.as_str()), wanted, "{profile} {role}");
        }
        assert_eq!(rules("portal-user", &[]).default_role(), Some("Standard"));
        assert_eq!(rules("organization-user", &[]).default_role(), Some("Organization User"));
        assert_eq!(rules("member", &[]).default_role(), None);
    }
}
