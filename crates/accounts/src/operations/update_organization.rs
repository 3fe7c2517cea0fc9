//! Changes an organization's name and settings.

use std::collections::BTreeSet;

use rollcall_validation::CredentialMode;
use serde_json::{Value, json};

use crate::{
    Error, Result,
    access::Actor,
    audit::{AuditEvent, Origin},
    error::{Missing, Refusal, at_most},
    ids::OrganizationId,
    operations::{create_user::ReadOrganization, edits::Written},
    organization::{
        BLOCKED_WORD_LENGTHS, BLOCKED_WORD_LIMIT, CountryCode, DOMAIN_LIMIT, Domain, LOCKOUT_ATTEMPTS, LOCKOUT_MINUTES,
        MIN_LENGTH, Organization, OrganizationName, PasswordPolicy, domain_key,
    },
    roles::Permission,
};

/// What shall change; absent fields stay.
#[derive(Debug, Clone, Default)]
pub struct OrganizationChanges {
    /// Name.
    pub name: Option<String>,
    /// ISO 3166-1 alpha-2; `Some(None)`: none.
    pub default_country: Option<Option<String>>,
    /// Whether people must enrol a second factor where the profile leaves it to the organization.
    pub mfa_required: Option<bool>,
    /// What passwords must be; absent members stay.
    pub password_policy: PolicyChanges,
    /// Names of all ways to first credentials; a link always is one.
    pub credential_modes: Option<Vec<String>>,
    /// All domains of usernames, the primary one first.
    pub domains: Option<Vec<String>>,
}

/// What shall change of a password policy.
#[derive(Debug, Clone, Default)]
pub struct PolicyChanges {
    /// Fewest characters.
    pub min_length: Option<u64>,
    /// Failed sign-ins until an account is locked.
    pub lockout_attempts: Option<u64>,
    /// For how many minutes.
    pub lockout_minutes: Option<u64>,
    /// All words that no password may contain.
    pub blocked_words: Option<Vec<String>>,
}

/// Writes organizations.
#[expect(async_fn_in_trait, reason = "used with static dispatch only; functions require Send where they spawn")]
pub trait ChangeOrganizations: ReadOrganization {
    /// Writes an organization over the version that was read, with its audit event: its name's guard and its place
    /// in the listing and its domains' guards follow. [`Written::Taken`] with [`crate::error::Conflict::NameTaken`] or
    /// [`crate::error::Conflict::DomainTaken`].
    async fn write_organization(
        &self,
        read: &Organization,
        organization: &Organization,
        event: &AuditEvent,
    ) -> Result<Written>;
}

/// Changes an organization over the version that the caller has read. Needs the permission in that organization.
///
/// # Errors
/// [`Error::PermissionDenied`]; [`Missing::Organization`]; [`Error::VersionConflict`]; [`Error::Refused`];
/// [`crate::error::Conflict::NameTaken`]; [`crate::error::Conflict::DomainTaken`].
pub async fn update_organization(
    ports: &impl ChangeOrganizations,
    actor: &Actor,
    id: &str,
    version: u64,
    changes: &OrganizationChanges,
    origin: &Origin,
) -> Result<Organization> {
    actor.require(Permission::OrganizationsWrite)?;
    let id = OrganizationId::parse(id).map_err(|_| Missing::Organization)?;
    actor.require_in(Permission::OrganizationsWrite, Some(&id))?;
    let read = ports.read_organization(&id).await?.ok_or(Missing::Organization)?;
    if read.version != version {
        return Err(Error::VersionConflict);
    }
    let organization = changed(&read, changes)?;
    let event = origin.event("organization.updated", Some(&id), id.as_str(), settings(&read), settings(&organization));
    match ports.write_organization(&read, &organization, &event).await? {
        Written::Done => Ok(organization),
        Written::Changed => Err(Error::VersionConflict),
        Written::Taken(conflict) => Err(conflict.into()),
    }
}

fn changed(read: &Organization, changes: &OrganizationChanges) -> Result<Organization> {
    let mut organization = read.clone();
    let mut refusals = Vec::new();
    if let Some(name) = &changes.name {
        match OrganizationName::parse(name) {
            Ok(name) => organization.name = name.into(),
            Err(refusal) => refusals.push(refusal),
        }
    }
    if let Some(country) = &changes.default_country {
        match country.as_deref().map(CountryCode::parse).transpose() {
            Ok(country) => organization.default_country = country.map(|country| country.to_string()),
            Err(refusal) => refusals.push(refusal),
        }
    }
    if let Some(required) = changes.mfa_required {
        organization.mfa_required = required;
    }
    policy(&mut organization.password_policy, &changes.password_policy, &mut refusals);
    if let Some(names) = &changes.credential_modes {
        organization.credential_modes = credential_modes(names, &mut refusals);
    }
    if let Some(domains) = &changes.domains {
        organization.domains = parse_domains(domains, &mut refusals);
    }
    if !refusals.is_empty() {
        return Err(Error::Refused(refusals));
    }
    organization.version += 1;
    Ok(organization)
}

fn refusal(field: &str, code: &str, detail: String) -> Refusal {
    Refusal { field: field.into(), code: code.into(), detail }
}

fn policy(policy: &mut PasswordPolicy, changes: &PolicyChanges, refusals: &mut Vec<Refusal>) {
    fn within<T: TryFrom<u64> + PartialOrd + Copy + std::fmt::Display>(
        given: Option<u64>,
        field: &str,
        range: std::ops::RangeInclusive<T>,
        to: &mut T,
        refusals: &mut Vec<Refusal>,
    ) {
        let Some(given) = given else { return };
        match T::try_from(given).ok().filter(|given| range.contains(given)) {
            Some(given) => *to = given,
            None => refusals.push(refusal(
                &format!("password_policy.{field}"),
                "out_of_range",
                format!("from {} to {}", range.start(), range.end()),
            )),
        }
    }
    within(changes.min_length, "min_length", MIN_LENGTH, &mut policy.min_length, refusals);
    within(changes.lockout_attempts, "lockout_attempts", LOCKOUT_ATTEMPTS, &mut policy.lockout_attempts, refusals);
    within(changes.lockout_minutes, "lockout_minutes", LOCKOUT_MINUTES, &mut policy.lockout_minutes, refusals);
    if let Some(words) = &changes.blocked_words {
        const FIELD: &str = "password_policy.blocked_words";
        let mut blocked: Vec<String> = Vec::new();
        for word in at_most(FIELD, words, BLOCKED_WORD_LIMIT, refusals) {
            let word = word.trim();
            if !BLOCKED_WORD_LENGTHS.contains(&word.chars().count()) || word.chars().any(crate::naming::is_hidden) {
                let (least, most) = (BLOCKED_WORD_LENGTHS.start(), BLOCKED_WORD_LENGTHS.end());
                refusals.push(refusal(FIELD, "word_not_valid", format!("words have {least} to {most} characters")));
            } else if !blocked.iter().any(|other| other == word) {
                blocked.push(word.to_owned());
            }
        }
        policy.blocked_words = blocked;
    }
}

fn credential_modes(names: &[String], refusals: &mut Vec<Refusal>) -> BTreeSet<CredentialMode> {
    let mut modes = BTreeSet::from([CredentialMode::Link]);
    for name in at_most("credential_modes", names, CredentialMode::ALL.len(), refusals) {
        match CredentialMode::parse(name) {
            Some(mode) => {
                modes.insert(mode);
            }
            None => {
                let known: Vec<&str> = CredentialMode::ALL.iter().map(|mode| mode.as_str()).collect();
                refusals.push(refusal("credential_modes", "mode_unknown", format!("among {}", known.join(", "))));
            }
        }
    }
    modes
}

fn parse_domains(given: &[String], refusals: &mut Vec<Refusal>) -> Vec<String> {
    let mut domains: Vec<String> = Vec::new();
    for text in at_most("domains", given, DOMAIN_LIMIT, refusals) {
        match Domain::parse(text) {
            Ok(domain) if domains.iter().any(|other| domain_key(other) == domain_key(domain.as_str())) => {}
            Ok(domain) => domains.push(domain.into()),
            Err(refusal) => refusals.push(refusal),
        }
    }
    domains
}

/// What the audit trail keeps of an organization.
fn settings(organization: &Organization) -> Value {
    json!({
        "name": organization.name,
        "default_country": organization.default_country,
        "mfa_required": organization.mfa_required,
        "password_policy": organization.password_policy,
        "credential_modes": organization.credential_modes,
        "domains": organization.domains,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ids::UserId, organization::every_credential_mode};

    fn acme() -> Organization {
        Organization {
            id: OrganizationId::derived(&["acme"]),
            name: "Acme".into(),
            default_country: None,
            mfa_required: false,
            password_policy: PasswordPolicy::default(),
            credential_modes: every_credential_mode(),
            domains: Vec::new(),
            created_at: jiff::Timestamp::UNIX_EPOCH,
            version: 3,
        }
    }

    #[test]
    fn settings_have_their_limits_row_by_row() {
        let policy = |changes: PolicyChanges| OrganizationChanges { password_policy: changes, ..Default::default() };
        let length = |n| policy(PolicyChanges { min_length: Some(n), ..Default::default() });
        let attempts = |n| policy(PolicyChanges { lockout_attempts: Some(n), ..Default::default() });
        let minutes = |n| policy(PolicyChanges { lockout_minutes: Some(n), ..Default::default() });
        let words = |words: &[&str]| {
            let words = words.iter().map(|word| (*word).to_owned()).collect();
            policy(PolicyChanges { blocked_words: Some(words), ..Default::default() })
        };
        let domains = |domains: &[&str]| OrganizationChanges {
            domains: Some(domains.iter().map(|domain| (*domain).to_owned()).collect()),
            ..Default::default()
        };
        let modes = |modes: &[&str]| OrganizationChanges {
            credential_modes: Some(modes.iter().map(|mode| (*mode).to_owned()).collect()),
            ..Default::default()
        };
        let many: Vec<String> = (0..21).map(|n| format!("d{n}.example")).collect();
        for (name, changes, wanted) in [
            ("shortest", length(12), None),
            ("too short", length(11), Some("out_of_range")),
            ("longest", length(64), None),
            ("too long", length(65), Some("out_of_range")),
            ("beyond a byte", length(300), Some("out_of_range")),
            ("few attempts", attempts(2), Some("out_of_range")),
            ("many attempts", attempts(20), None),
            ("few minutes", minutes(4), Some("out_of_range")),
            ("five minutes", minutes(5), None),
            ("a day", minutes(1440), None),
            ("more than a day", minutes(1441), Some("out_of_range")),
            ("a word", words(&["acme"]), None),
            ("a letter", words(&["a"]), Some("word_not_valid")),
            ("a domain", domains(&["Acme.Example", "bücher.example"]), None),
            ("no domain", domains(&["acme"]), Some("domain_not_valid")),
            ("an address", domains(&["a@acme.example"]), Some("domain_not_valid")),
            ("too many domains", domains(&many.iter().map(String::as_str).collect::<Vec<_>>()), Some("too_many")),
            ("no modes", modes(&[]), None),
            ("an unknown mode", modes(&["pigeon"]), Some("mode_unknown")),
        ] {
            let outcome = changed(&acme(), &changes);
            let code = match &outcome {
                Ok(_) => None,
                Err(Error::Refused(refusals)) => refusals.first().map(|refusal| refusal.code.as_str()),
                Err(error) => Some(error.code()),
            };
            assert_eq!(code, wanted, "{name}");
        }
    }

    #[test]
    fn a_link_always_is_a_way_in_and_what_is_absent_stays() {
        let changes = OrganizationChanges {
            credential_modes: Some(Vec::new()),
            domains: Some(vec![
                "B\u{fc}cher.example".into(),
                "b.example".into(),
                "B.example".into(),
                "xn--bcher-kva.example".into(),
            ]),
            ..Default::default()
        };
        let organization = changed(&acme(), &changes).unwrap();
        assert_eq!(organization.credential_modes, BTreeSet::from([CredentialMode::Link]));
        assert_eq!(organization.domains, ["b\u{fc}cher.example", "b.example"]);
        assert_eq!((organization.name.as_str(), organization.version), ("Acme", 4));
        let origin = Origin { actor: Some(UserId::derived(&["root"])), source: None, now: acme().created_at };
        let event = origin.event("x", None, "y", settings(&acme()), settings(&organization));
        assert_ne!(event.before, event.after);
    }
}
