//! PATCH /v1/me

use http::StatusCode;
use rollcall_accounts::{
    access::Authenticator,
    lists::ReadLists,
    operations::{
        assign::KnowOrganizations,
        create_user::ReadOrganization,
        edits::{EditUsers, ReadCredential},
        get_me::get_me,
        update_me::update_me as use_case,
    },
};

use crate::{
    Answer, Call, Reply,
    representations::me::{MeResponse, UpdateMeRequest},
};

/// Changes what one has set for oneself; absent fields stay. Roles, names, address and the like are not among it.
///
/// Another phone number ends every session, this one included. A number that codes are sent to is changed by setting
/// up text messages for the new one.
#[utoipa::path(
    patch,
    path = "/v1/me",
    operation_id = "update-me",
    tag = "Own account",
    params(("If-Match" = String, Header, description = "The ETag that was read")),
    request_body = UpdateMeRequest,
    responses(
        (status = 200, description = "Changed", body = MeResponse,
            headers(("ETag" = String, description = "The user's version"))),
        (status = 400, description = "`body_not_json`, also for a field that is not one's own to change"),
        (status = 401, description = "`not_authenticated`"),
        (status = 403, description = "`origin_not_allowed`"),
        (status = 409, description = "`phone_in_use`: codes are sent to the number"),
        (status = 412, description = "`version_conflict`: changed since it was read"),
        (status = 422, description = "`row_refused` with every value that is refused"),
        (status = 428, description = "`precondition_required` without `If-Match`"),
    )
)]
pub async fn update_me(
    ports: &(impl Authenticator + EditUsers + ReadCredential + ReadOrganization + KnowOrganizations + ReadLists),
    call: Call,
) -> Answer {
    let (mut actor, origin) = call.acting(ports).await?;
    let version = call.if_match()?;
    let changes = call.json::<UpdateMeRequest>()?.into_changes();
    let user = use_case(ports, &actor, version, &changes, &origin).await?;
    let signed_out = user.session_epoch != actor.user.session_epoch;
    actor.user = user;
    let me = get_me(ports, &actor).await?;
    let reply = Reply::json(StatusCode::OK, &MeResponse::new(&me, call.now))?.with_version(me.user.version);
    Ok(if signed_out { reply.without_session() } else { reply })
}
