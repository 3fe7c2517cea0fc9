//! Makes an organization.

use crate::{
    Result,
    access::Actor,
    audit::{AuditEvent, Origin},
    error::{Conflict, Error},
    ids::OrganizationId,
    organization::{CountryCode, Organization, OrganizationName, PasswordPolicy, every_credential_mode},
    random::Randomness,
    roles::Permission,
};

/// What is asked for, as it came in.
#[derive(Debug, Clone)]
pub struct NewOrganization {
    /// Name.
    pub name: String,
    /// ISO 3166-1 alpha-2.
    pub default_country: Option<String>,
}

/// Stores new organizations.
#[expect(async_fn_in_trait, reason = "used with static dispatch only; functions require Send where they spawn")]
pub trait SaveOrganization {
    /// Stores it with its audit event. `false`, and nothing stored, when the name is used.
    async fn save_organization(&self, organization: &Organization, event: &AuditEvent) -> Result<bool>;
}

/// Makes an organization with a name of its own. Needs the permission and the scope over all organizations.
///
/// # Errors
/// [`Error::Refused`] with every value that is refused; [`Conflict::NameTaken`].
pub async fn create_organization(
    ports: &impl SaveOrganization,
    actor: &Actor,
    new: &NewOrganization,
    origin: &Origin,
    randomness: &impl Randomness,
) -> Result<Organization> {
    actor.require_in(Permission::OrganizationsWrite, None)?;
    let name = OrganizationName::parse(&new.name);
    let country = new.default_country.as_deref().map(CountryCode::parse).transpose();
    let (name, country) = match (name, country) {
        (Ok(name), Ok(country)) => (name, country),
        (name, country) => {
            return Err(Error::Refused(name.err().into_iter().chain(country.err()).collect()));
        }
    };
    let organization = Organization {
        id: OrganizationId::random(randomness),
        name: name.into(),
        default_country: country.map(|country| country.to_string()),
        mfa_required: false,
        password_policy: PasswordPolicy::default(),
        credential_modes: every_credential_mode(),
        domains: Vec::new(),
        created_at: origin.now,
        version: 1,
    };
    let event = origin.event(
        "organization.created",
        Some(&organization.id),
        organization.id.as_str(),
        serde_json::Value::Null,
        serde_json::json!({"name": organization.name, "default_country": organization.default_country}),
    );
    if ports.save_organization(&organization, &event).await? {
        Ok(organization)
    } else {
        Err(Conflict::NameTaken.into())
    }
}
