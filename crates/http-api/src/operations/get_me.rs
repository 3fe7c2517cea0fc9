//! GET /v1/me

use http::StatusCode;
use rollcall_accounts::{
    access::Authenticator,
    lists::ReadLists,
    operations::{create_user::ReadOrganization, edits::ReadCredential, get_me::get_me as use_case},
};

use crate::{Answer, Call, Reply, representations::me::MeResponse};

/// Who is signed in, what they may do, and what they have set for themselves.
#[utoipa::path(
    get,
    path = "/v1/me",
    operation_id = "get-me",
    tag = "Own account",
    responses(
        (status = 200, description = "The caller", body = MeResponse,
            headers(("ETag" = String, description = "The user's version"))),
        (status = 401, description = "`not_authenticated`"),
    )
)]
pub async fn get_me(
    ports: &(impl Authenticator + ReadCredential + ReadOrganization + ReadLists),
    call: Call,
) -> Answer {
    let actor = call.actor(ports).await?;
    let me = use_case(ports, &actor).await?;
    Ok(Reply::json(StatusCode::OK, &MeResponse::new(&me, call.now))?.with_version(me.user.version))
}
