//! GET /v1/me

use http::StatusCode;
use rollcall_accounts::{access::Authenticator, operations::get_me::get_me as use_case};

use crate::{Answer, Call, Reply, representations::session::MeResponse};

/// Who is signed in, and what they may do.
#[utoipa::path(
    get,
    path = "/v1/me",
    operation_id = "get-me",
    tag = "Sessions",
    responses(
        (status = 200, description = "The caller", body = MeResponse),
        (status = 401, description = "`not_authenticated`"),
    )
)]
pub async fn get_me(ports: &impl Authenticator, call: Call) -> Answer {
    let actor = call.actor(ports).await?;
    Reply::json(StatusCode::OK, &MeResponse::new(&use_case(&actor), call.now))
}
