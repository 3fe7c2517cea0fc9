//! GET /v1/api-keys

use http::StatusCode;
use rollcall_accounts::{
    access::Authenticator,
    operations::list_api_keys::{ListApiKeys, list_api_keys as use_case},
};

use crate::{Answer, Call, Reply, representations::api_key::ApiKeysResponse};

/// One's own API keys, without the keys themselves: those that are good, and those whose end came in the last 30 days.
#[utoipa::path(
    get,
    path = "/v1/api-keys",
    operation_id = "list-api-keys",
    tag = "API keys",
    responses(
        (status = 200, description = "The newest first", body = ApiKeysResponse),
        (status = 401, description = "`not_authenticated`"),
    )
)]
pub async fn list_api_keys(ports: &(impl Authenticator + ListApiKeys), call: Call) -> Answer {
    let actor = call.actor(ports).await?;
    let keys = use_case(ports, &actor, call.now).await?;
    Reply::json(StatusCode::OK, &ApiKeysResponse::from(keys.as_slice()))
}
