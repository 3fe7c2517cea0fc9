//! GET /v1/users/{id}/api-keys

use http::StatusCode;
use rollcall_accounts::{
    access::Authenticator,
    operations::{edits::EditUsers, list_api_keys::ListApiKeys, list_user_api_keys::list_user_api_keys as use_case},
    roles::ReadRoles,
};

use crate::{Answer, Call, Reply, representations::api_key::ApiKeysResponse};

/// The API keys of somebody else, without the keys themselves.
#[utoipa::path(
    get,
    path = "/v1/users/{id}/api-keys",
    operation_id = "list-user-api-keys",
    tag = "Users",
    params(("id" = String, Path, description = "The user")),
    responses(
        (status = 200, description = "The newest first", body = ApiKeysResponse),
        (status = 401, description = "`not_authenticated`"),
        (status = 403, description = "`permission_denied` without `credentials.write`, or for somebody who may do more than oneself"),
        (status = 404, description = "`user_not_found`"),
        (status = 409, description = "`own_account`, `root_master`, `import_unfinished`"),
    )
)]
pub async fn list_user_api_keys(
    ports: &(impl Authenticator + EditUsers + ReadRoles + ListApiKeys),
    call: Call,
) -> Answer {
    let actor = call.actor(ports).await?;
    let keys = use_case(ports, &actor, call.param("id"), call.now).await?;
    Reply::json(StatusCode::OK, &ApiKeysResponse::from(keys.as_slice()))
}
