//! POST /v1/api-keys

use http::StatusCode;
use rollcall_accounts::{
    access::Authenticator,
    idempotency::KeepAnswers,
    operations::create_api_key::{SaveApiKey, create_api_key as use_case},
    random::SystemRandomness,
};

use crate::{
    Answer, Call, Reply,
    idempotency::idempotent_secret,
    representations::api_key::{CreateApiKeyRequest, NewApiKeyResponse},
};

/// Makes an API key that may do what the caller may, and shows it once.
#[utoipa::path(
    post,
    path = "/v1/api-keys",
    operation_id = "create-api-key",
    tag = "API keys",
    params(("Idempotency-Key" = Option<String>, Header, description = "Repeating the request with it gives the first answer")),
    request_body = CreateApiKeyRequest,
    responses(
        (status = 201, description = "Made", body = NewApiKeyResponse),
        (status = 401, description = "`not_authenticated`"),
        (status = 403, description = "`permission_denied` without `api_keys.write`"),
        (status = 409, description = "`request_in_progress`"),
        (status = 422, description = "`row_refused`, `idempotency_key_reused`"),
    )
)]
pub async fn create_api_key(ports: &(impl Authenticator + SaveApiKey + KeepAnswers), call: Call) -> Answer {
    let actor = call.actor(ports).await?;
    idempotent_secret(ports, &call, actor.id(), || async {
        let request: CreateApiKeyRequest = call.json()?;
        let origin = call.origin(Some(actor.id()));
        let new = use_case(ports, &actor, &request.name, &origin, &SystemRandomness).await?;
        Reply::json(StatusCode::CREATED, &NewApiKeyResponse::from(&new))
    })
    .await
}
