//! GET /v1/users/export

use jiff::Timestamp;
use rollcall_accounts::{
    access::Authenticator,
    lists::ReadLists,
    operations::{
        create_user::ReadOrganization,
        export_users::{Names, export_users as use_case, properties},
        list_organizations::ListOrganizations,
        list_users::{Position, ReadListings},
    },
    roles::ReadRoles,
    time::iso,
    user::User,
};

use super::list_users::filter;
use crate::{
    Answer, Call,
    table::{Format, Table},
};

/// Named as the importer reads them, where it does.
const TITLES: &[&str] = &[
    "First Name",
    "Last Name",
    "Email",
    "Username",
    "Phone",
    "Role",
    "Groups",
    "Site",
    "Courses",
    "Services",
    "Properties",
    "Language",
    "Organizations",
    "Kind",
    "Status",
    "MFA",
    "Invitation",
    "Delivery",
    "Invitation Expires",
    "Last Sign-In",
    "Created",
    "ID",
];

/// The filtered list of users as a table, in parts of at most 5,000; every part has the titles.
///
/// Reading is no change: an export leaves no event in the audit trail.
#[utoipa::path(
    get,
    path = "/v1/users/export",
    operation_id = "export-users",
    tag = "Users",
    params(
        ("format" = Option<String>, Query, description = "`csv` (default) or `xlsx`"),
        ("organization" = Option<String>, Query, description = "As in GET /v1/users"),
        ("kind" = Option<String>, Query, description = "As there"),
        ("status" = Option<String>, Query, description = "As there"),
        ("role" = Option<String>, Query, description = "As there"),
        ("group" = Option<String>, Query, description = "As there"),
        ("q" = Option<String>, Query, description = "As there"),
        ("invitation" = Option<String>, Query, description = "As there"),
        ("delivery" = Option<String>, Query, description = "As there"),
        ("sort" = Option<String>, Query, description = "As there"),
        ("cursor" = Option<String>, Query, description = "The `Rollcall-Next-Cursor` of the part before, with the same filters"),
    ),
    responses(
        (status = 200, description = "A part", content(
            (String = "text/csv"),
            (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ), headers(("Rollcall-Next-Cursor" = String, description = "Where the next part begins; absent at the end"))),
        (status = 400, description = "`parameter_not_valid`, `parameter_not_supported`"),
        (status = 401, description = "`not_authenticated`"),
        (status = 403, description = "`permission_denied` without `users.read`"),
        (status = 404, description = "`organization_not_found`"),
    )
)]
pub async fn export_users(
    ports: &(impl Authenticator + ReadListings + ListOrganizations + ReadOrganization + ReadRoles + ReadLists),
    call: Call,
) -> Answer {
    let actor = call.actor(ports).await?;
    let format = Format::of(&call)?;
    let filter = filter(&call)?;
    let from: Option<Position> = call.cursor(actor.id())?;
    let part = use_case(ports, &actor, &filter, from, call.now).await?;
    let next = part.next.map(|next| call.next_cursor(actor.id(), &next)).transpose()?;
    let rows = part.users.iter().map(|user| row(user, &part.names, call.now)).collect();
    Table { name: "users", titles: TITLES, rows }.reply(format, next)
}

fn row(user: &User, names: &Names, now: Timestamp) -> Vec<String> {
    let moment = |at: Option<Timestamp>| at.map(iso).unwrap_or_default();
    let invitation = user.invitation.as_ref();
    let several = |parts: Vec<String>| parts.join("; ");
    vec![
        user.first_name.clone(),
        user.last_name.clone(),
        user.email.clone(),
        user.username.clone().unwrap_or_default(),
        user.phone.clone().unwrap_or_default(),
        several(names.roles(user)),
        several(names.entries(&user.groups)),
        names.site(user),
        several(names.entries(&user.courses)),
        several(names.entries(&user.services)),
        several(properties(user)),
        user.language.clone().unwrap_or_default(),
        several(names.organizations(user)),
        user.user_kind.name().to_owned(),
        user.status_at(now).name().to_owned(),
        if user.mfa_enrolled { "enrolled" } else { "not_enrolled" }.to_owned(),
        invitation.map(|invitation| invitation.status_at(now).name().to_owned()).unwrap_or_default(),
        invitation.map(|invitation| invitation.delivery.name().to_owned()).unwrap_or_default(),
        moment(invitation.and_then(|invitation| invitation.expires_at)),
        moment(user.last_sign_in_at),
        iso(user.created_at),
        user.id.to_string(),
    ]
}
