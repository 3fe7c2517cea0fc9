//! From a profile and an organization to the effective profile that browser, command line and functions take.

use rollcall_validation::{CredentialMode, Definition, Field, InvitationPolicy, Lists, Named, Profile};

use super::{
    Mode, ProfileRef,
    custom::{CustomProfile, OwnRules, profile_of, refused, seen},
    ports::ImportOrganizations,
};
use crate::{
    Error, Result,
    access::Actor,
    error::{Invalid, Missing, Refusal},
    ids::{OrganizationId, ProfileId},
    lists::{Catalog, HEADQUARTERS, HEADQUARTERS_ID, ListKind},
    organization::{Organization, PasswordPolicy},
    roles::{Permission, RoleBook},
    user::UserKind,
};

/// An effective profile, with what it was made of.
#[derive(Debug, Clone)]
pub struct Effective {
    /// The profile, lists inlined.
    pub profile: Profile,
    /// What it makes here.
    pub user_kind: UserKind,
    /// Where; none for technicians.
    pub organization: Option<Organization>,
    /// The roles that count there.
    pub roles: RoleBook,
    /// What the lists there hold that its columns name.
    pub catalog: Catalog,
    /// What it asks of its people beyond the built-in one that it is made from, if it is a custom one.
    pub own_rules: Option<OwnRules>,
}

impl Effective {
    /// How an import refers to it.
    #[must_use]
    pub fn reference(&self) -> ProfileRef {
        ProfileRef {
            id: self.profile.id().to_owned(),
            version: self.profile.version(),
            hash: self.profile.hash().to_owned(),
        }
    }

    /// The organization's identifier.
    #[must_use]
    pub fn organization_id(&self) -> Option<&OrganizationId> {
        self.organization.as_ref().map(|found| &found.id)
    }

    /// The mode asked for, or the profile's first.
    ///
    /// # Errors
    /// [`Invalid::Parameter`] when the profile has no such mode.
    pub fn mode(&self, wanted: Option<&str>) -> Result<Mode> {
        let offered: Vec<Mode> = self.profile.modes().iter().filter_map(|mode| Mode::parse(mode.as_str())).collect();
        let found = match wanted {
            None => offered.first().copied(),
            Some(name) => Mode::parse(name).filter(|mode| offered.contains(mode)),
        };
        found.ok_or_else(|| {
            let names: Vec<&str> = offered.iter().map(|mode| mode.name()).collect();
            Invalid::Parameter { name: "mode", expected: names.join(" or ") }.into()
        })
    }

    /// The way in which people get their first credentials: the one asked for by the profile's name for it, or the
    /// profile's first.
    ///
    /// # Errors
    /// [`Error::Unfit`] with `credential_mode_unknown`, or `credential_mode_not_allowed` when profile or organization
    /// do not offer it.
    pub fn credentials(&self, wanted: Option<&str>) -> Result<CredentialMode> {
        let unfit = |code: &str, detail: String| {
            Error::Unfit(vec![Refusal { field: "credentials".into(), code: code.into(), detail }])
        };
        let offered = self.profile.credential_modes();
        let mode = match wanted {
            None => offered.first().copied().unwrap_or(CredentialMode::Link),
            Some(name) => CredentialMode::parse(name).ok_or_else(|| {
                let names: Vec<&str> = CredentialMode::ALL.iter().map(|mode| mode.as_str()).collect();
                unfit("credential_mode_unknown", format!("credentials is one of {}", names.join(", ")))
            })?,
        };
        let by_organization = self.organization.as_ref().is_some_and(|found| found.credential_modes.contains(&mode));
        let by_kind = self.user_kind == UserKind::EndUser && by_organization;
        if offered.contains(&mode) && (mode == CredentialMode::Link || by_kind) {
            return Ok(mode);
        }
        let names: Vec<&str> = offered.iter().map(|mode| mode.as_str()).collect();
        let detail = format!("the profile offers {}, as far as the organization allows it", names.join(", "));
        Err(unfit("credential_mode_not_allowed", detail))
    }

    /// Whether users are invited: the profile decides, and the caller where it leaves that open.
    ///
    /// # Errors
    /// [`Invalid::ParameterNotSupported`] when the caller wants what the profile rules out.
    pub fn invites(&self, wanted: Option<bool>, credentials: CredentialMode) -> Result<bool> {
        let refused =
            |detail: &str| Err(Invalid::ParameterNotSupported { name: "invite", detail: detail.to_owned() }.into());
        if self.profile.invitation_policy() == InvitationPolicy::ByCredentialMode {
            let invites = credentials == CredentialMode::Link;
            return match wanted {
                Some(wanted) if wanted != invites => refused("here `credentials` says who is sent a link"),
                _ => Ok(invites),
            };
        }
        match (self.profile.invitation_policy(), wanted) {
            (InvitationPolicy::Always, Some(false)) => refused("this profile always invites"),
            (InvitationPolicy::Never, Some(true)) => refused("this profile never invites"),
            (InvitationPolicy::Always | InvitationPolicy::ByCredentialMode, _) => Ok(true),
            (InvitationPolicy::Never, _) => Ok(false),
            (InvitationPolicy::OptIn, wanted) => Ok(wanted.unwrap_or(false)),
        }
    }

    /// What passwords must be there.
    #[must_use]
    pub fn password_policy(&self) -> PasswordPolicy {
        self.organization.as_ref().map(|found| found.password_policy.clone()).unwrap_or_default()
    }

    /// Whether a role may be given by this profile's sheets: any of the kind's, or those that the profile names.
    #[must_use]
    pub fn offers_role(&self, id: &str) -> bool {
        self.profile.role_list().is_none_or(|named| named.iter().any(|role| role.id == id))
    }

    /// The hash that the caller checked against must be this profile's.
    ///
    /// # Errors
    /// [`crate::error::Conflict::RulesChanged`].
    pub fn expect_hash(&self, hash: Option<&str>) -> Result<()> {
        match hash {
            Some(hash) if hash != self.profile.hash() => Err(crate::error::Conflict::RulesChanged.into()),
            _ => Ok(()),
        }
    }
}

/// The role of members that adds other members (requirements.md, S4).
const MASTER: &str = "master";

/// The kind that a profile makes: its own, or for one that leaves it to the caller an end user where an
/// organization is named and a technician where none is.
fn kind_of(profile: &Profile, organization: Option<&OrganizationId>) -> UserKind {
    let by_caller = if organization.is_some() { UserKind::EndUser } else { UserKind::Technician };
    profile.kind().and_then(UserKind::parse).unwrap_or(by_caller)
}

/// The profile with the rules of that kind and the lists that hold there.
fn resolved(
    profile: &Profile,
    kind: UserKind,
    organization: Option<&Organization>,
    roles: &RoleBook,
    catalog: &Catalog,
) -> Option<Profile> {
    let profile = profile.for_kind(kind.name())?;
    let lists = lists(&profile, kind, organization, roles, catalog);
    Some(profile.effective(&lists))
}

/// What an organization adds to a profile: of the lists only those that its columns name, so that nothing else
/// changes its hash.
fn lists(
    profile: &Profile,
    kind: UserKind,
    organization: Option<&Organization>,
    roles: &RoleBook,
    catalog: &Catalog,
) -> Lists {
    let named = |list: ListKind| -> Vec<Named> {
        let entries = if has_column(profile, list) { catalog.entries(list) } else { &[] };
        entries.iter().map(|entry| Named { id: entry.id.to_string(), name: entry.name.clone() }).collect()
    };
    let mut sites = named(ListKind::Sites);
    if organization.is_some() && has_column(profile, ListKind::Sites) {
        sites.insert(0, Named { id: HEADQUARTERS_ID.to_owned(), name: HEADQUARTERS.to_owned() });
    }
    let mut properties = named(ListKind::Properties);
    for (named, entry) in properties.iter_mut().zip(catalog.entries(ListKind::Properties)) {
        // The API knows properties by their keys, and so may sheets.
        named.id = entry.property.as_ref().map_or_else(String::new, |property| property.key.clone());
    }
    let domains = organization.filter(|_| profile.fields().any(|field| field == Field::Domain));
    Lists {
        roles: roles
            .assignable(kind)
            .map(|role| Named { id: role.id().to_owned(), name: role.name().to_owned() })
            .collect(),
        groups: named(ListKind::Groups),
        sites,
        properties,
        courses: named(ListKind::Courses),
        domains: domains
            .iter()
            .flat_map(|organization| &organization.domains)
            .map(|domain| Named { id: domain.clone(), name: domain.clone() })
            .collect(),
        default_country: organization.and_then(|found| found.default_country.clone()),
        password_min: organization.map(|found| usize::from(found.password_policy.min_length)),
    }
}

/// Whether a profile's sheets have a column of that list's names.
fn has_column(profile: &Profile, list: ListKind) -> bool {
    let wanted = match list {
        ListKind::Groups => Field::Groups,
        ListKind::Sites => Field::Site,
        ListKind::Properties => Field::Properties,
        ListKind::Courses => Field::Courses,
        ListKind::Services => return false,
    };
    profile.fields().any(|field| field == wanted)
}

/// What the lists hold that the columns of these profiles name.
async fn catalog(
    ports: &impl ImportOrganizations,
    organization: Option<&OrganizationId>,
    profiles: &[Profile],
) -> Result<Catalog> {
    let mut entries = Vec::new();
    for list in ListKind::ALL {
        if let Some(organization) = organization
            && profiles.iter().any(|profile| has_column(profile, *list))
        {
            entries.extend(ports.list(organization, *list).await?);
        }
    }
    Ok(Catalog::new(entries))
}

/// The effective profile for an organization, if the actor may do this there.
///
/// # Errors
/// [`Missing::Profile`], [`Missing::Organization`], [`Invalid::OrganizationRequired`],
/// [`Error::PermissionDenied`].
pub async fn effective(
    ports: &impl ImportOrganizations,
    actor: &Actor,
    permission: Permission,
    profile: &str,
    organization: Option<&OrganizationId>,
) -> Result<Effective> {
    actor.require(permission)?;
    let (profile, own_rules, organization) = found(ports, actor, profile, organization).await?;
    let organization = organization.as_ref();
    let user_kind = kind_of(&profile, organization);
    if permission == Permission::ImportsWrite {
        adds(actor, user_kind)?;
    }
    let organization = match (user_kind, organization) {
        (UserKind::Technician, _) => {
            actor.require_in(permission, None)?;
            None
        }
        (_, None) => return Err(Invalid::OrganizationRequired.into()),
        (_, Some(id)) => {
            actor.require_in(permission, Some(id))?;
            let found = ports.import_organization(id).await?;
            Some(found.ok_or(Error::NotFound(Missing::Organization))?)
        }
    };
    let effective = inlined(ports, &profile, user_kind, organization).await?;
    Ok(Effective { own_rules, ..effective })
}

/// A profile with the lists that hold there.
async fn inlined(
    ports: &impl ImportOrganizations,
    profile: &Profile,
    user_kind: UserKind,
    organization: Option<Organization>,
) -> Result<Effective> {
    let roles = ports.role_book(organization.as_ref().map(|found| &found.id)).await?;
    let organization_id = organization.as_ref().map(|found| &found.id);
    let catalog = catalog(ports, organization_id, std::slice::from_ref(profile)).await?;
    let profile = resolved(profile, user_kind, organization.as_ref(), &roles, &catalog);
    let profile = profile.ok_or(Error::NotFound(Missing::Profile))?;
    Ok(Effective { profile, user_kind, organization, roles, catalog, own_rules: None })
}

/// A built-in or custom profile by its identifier, and the organization to use it in: the one that is named, or a
/// custom one's own.
async fn found(
    ports: &impl ImportOrganizations,
    actor: &Actor,
    id: &str,
    organization: Option<&OrganizationId>,
) -> Result<(Profile, Option<OwnRules>, Option<OrganizationId>)> {
    if let Some(profile) = Profile::built_in(id) {
        return Ok((profile, None, organization.cloned()));
    }
    let id = ProfileId::parse(id).map_err(|_| Missing::Profile)?;
    let custom = seen(actor, ports.custom_profile(&id).await?)?;
    let organization = organization.or(custom.organization_id.as_ref()).cloned();
    if !custom.is_for(organization.as_ref()) {
        return Err(Missing::Profile.into());
    }
    let profile = custom.profile()?;
    let own_rules = OwnRules::of(&custom, &profile);
    Ok((profile, Some(own_rules), organization))
}

/// What a definition would make of an organization's sheets, or of those of one without settings of its own.
///
/// # Errors
/// [`Missing::Organization`]; [`Error::Unfit`] with everything that does not fit.
pub(crate) async fn check_definition(
    ports: &impl ImportOrganizations,
    organization: Option<&OrganizationId>,
    definition: &Definition,
) -> Result<Profile> {
    let organization = match organization {
        None => None,
        Some(id) => Some(ports.import_organization(id).await?.ok_or(Error::NotFound(Missing::Organization))?),
    };
    let unfit = |part: &str, detail: String| {
        Error::Unfit(vec![Refusal { field: part.into(), code: "definition_not_valid".into(), detail }])
    };
    if serde_json::to_string(definition).map_err(Error::internal)?.len() > DEFINITION_LIMIT {
        return Err(unfit("definition", format!("at most {DEFINITION_LIMIT} bytes of JSON")));
    }
    let profile = profile_of(definition, PREVIEW, 1)?;
    let kind = kind_of(&profile, None);
    if kind == UserKind::Technician && organization.is_some() {
        return Err(unfit("base", "profiles that make technicians are the whole deployment's".into()));
    }
    let effective = inlined(ports, &profile, kind, organization).await?;
    let defaults = if effective.organization.is_some() { effective.profile.unfit_defaults() } else { Vec::new() };
    if defaults.is_empty() { Ok(effective.profile) } else { Err(refused(defaults)) }
}

/// Most bytes of a definition: an event of the audit trail holds two, and an item 400 KB.
const DEFINITION_LIMIT: usize = 64 * 1024;
/// What a profile is called that has no identifier yet.
const PREVIEW: &str = "preview";

/// Among members only those with the role Master add others, whatever custom roles permit (requirements.md, S4).
fn adds(actor: &Actor, kind: UserKind) -> Result<()> {
    let is_master = || actor.user.is_root() || actor.user.roles.iter().any(|role| role.as_str() == MASTER);
    if kind == UserKind::Member && actor.user.user_kind == UserKind::Member && !is_master() {
        return Err(Error::PermissionDenied(Permission::ImportsWrite.name()));
    }
    Ok(())
}

/// A profile that may be used.
#[derive(Debug, Clone)]
pub struct Offered {
    /// The one kind that it makes; none: the caller decides.
    pub kind: Option<String>,
    /// What it comes to.
    pub effective: Effective,
    /// The custom profile, if it is one.
    pub custom: Option<CustomProfile>,
}

/// The profiles that an actor may use, for an organization if one is named: the built-in ones, then its own, then the
/// deployment's. Without one, those that need one are as they would be for an organization
/// without settings of its own.
///
/// # Errors
/// [`Missing::Organization`], [`Error::PermissionDenied`].
pub async fn offered(
    ports: &impl ImportOrganizations,
    actor: &Actor,
    organization: Option<&OrganizationId>,
) -> Result<Vec<Offered>> {
    actor.require(Permission::ImportsRead)?;
    let found = match organization {
        Some(id) => {
            actor.require_in(Permission::ImportsRead, Some(id))?;
            let found = ports.import_organization(id).await?;
            Some(found.ok_or(Error::NotFound(Missing::Organization))?)
        }
        None => None,
    };
    let roles = ports.role_book(organization).await?;
    let technicians_too = actor.require_in(Permission::ImportsRead, None).is_ok();
    let mut profiles: Vec<Profile> = Profile::built_in_ids().iter().filter_map(|id| Profile::built_in(id)).collect();
    let mut custom = Vec::new();
    for scope in [organization, None].into_iter().skip(usize::from(organization.is_none())) {
        // One that does not fit its base any more cannot be imported by, and is not offered.
        for found in ports.custom_profiles(scope).await? {
            if let Ok(profile) = found.profile() {
                custom.push((profile.clone(), found));
                profiles.push(profile);
            }
        }
    }
    let catalog = catalog(ports, organization, &profiles).await?;
    Ok(profiles
        .into_iter()
        .filter_map(|profile| {
            let user_kind = kind_of(&profile, organization);
            let offered = user_kind != UserKind::Technician || technicians_too;
            let custom = custom.iter().find(|(own, _)| own.id() == profile.id()).map(|(_, custom)| custom.clone());
            let effective = Effective {
                own_rules: custom.as_ref().map(|custom| OwnRules::of(custom, &profile)),
                profile: offered.then(|| resolved(&profile, user_kind, found.as_ref(), &roles, &catalog)).flatten()?,
                user_kind,
                organization: found.clone(),
                roles: roles.clone(),
                catalog: catalog.clone(),
            };
            Some(Offered { kind: profile.kind().map(str::to_owned), effective, custom })
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn first_credentials_are_those_that_profile_and_organization_offer() {
        let effective = |offered: &[&str], allowed: &[CredentialMode]| {
            let definition = json!({"base": "organization-user", "title": "Own", "credentials": offered});
            let definition: Definition = serde_json::from_value(definition).unwrap();
            let organization = Organization {
                id: OrganizationId::derived(&["acme"]),
                name: "Acme".into(),
                default_country: None,
                mfa_required: false,
                password_policy: PasswordPolicy::default(),
                credential_modes: allowed.iter().copied().collect(),
                domains: vec![],
                created_at: jiff::Timestamp::UNIX_EPOCH,
                version: 1,
            };
            Effective {
                profile: profile_of(&definition, PREVIEW, 1).unwrap(),
                user_kind: UserKind::EndUser,
                organization: Some(organization),
                roles: RoleBook::default(),
                catalog: Catalog::default(),
                own_rules: None,
            }
        };
        use CredentialMode::{GenerateAndMail, Link};
        let (both, generated) = (&["link", "generate_and_mail"][..], &["generate_and_mail"][..]);
        for (name, offered, allowed, wanted, told) in [
            ("the profile's first", generated, &[Link, GenerateAndMail][..], None, Some(GenerateAndMail)),
            ("another of its", both, &[Link, GenerateAndMail], Some("generate_and_mail"), Some(GenerateAndMail)),
            ("not allowed by the organization", both, &[Link], Some("generate_and_mail"), None),
            ("a link that the profile leaves out", generated, &[Link, GenerateAndMail], Some("link"), None),
            ("another that it leaves out", both, &[Link, GenerateAndMail], Some("specify_only"), None),
            ("unknown", both, &[Link, GenerateAndMail], Some("letter"), None),
        ] {
            assert_eq!(effective(offered, allowed).credentials(wanted).ok(), told, "{name}");
        }
    }
}
