//! DELETE /v1/api-keys/{id}

use http::StatusCode;
use rollcall_accounts::{
    access::Authenticator,
    operations::delete_api_key::{DeleteApiKey, delete_api_key as use_case},
};

use crate::{Answer, Call, Reply};

/// Deletes one of one's own API keys, at once.
#[utoipa::path(
    delete,
    path = "/v1/api-keys/{id}",
    operation_id = "delete-api-key",
    tag = "API keys",
    params(("id" = String, Path, description = "The key")),
    responses(
        (status = 204, description = "Deleted: it opens nothing from this moment on"),
        (status = 401, description = "`not_authenticated`"),
        (status = 403, description = "`origin_not_allowed`"),
        (status = 404, description = "`api_key_not_found`, also for somebody else's"),
    )
)]
pub async fn delete_api_key(ports: &(impl Authenticator + DeleteApiKey), call: Call) -> Answer {
    let (actor, origin) = call.acting(ports).await?;
    use_case(ports, &actor, call.param("id"), &origin).await?;
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}
