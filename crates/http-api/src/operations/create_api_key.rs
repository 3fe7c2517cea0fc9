//! POST /v1/api-keys

use http::StatusCode;
use rollcall_accounts::{
    access::Authenticator,
    attempts::CountAttempts,
    idempotency::KeepAnswers,
    operations::{
        create_api_key::{SaveApiKey, WantedKey, create_api_key as use_case},
        edits::ReadCredential,
        list_api_keys::ListApiKeys,
    },
    random::SystemRandomness,
};

use crate::{
    Answer, Call, Reply,
    idempotency::idempotent_secret,
    representations::api_key::{CreateApiKeyRequest, NewApiKeyResponse},
};

/// Makes an API key that may do what the caller may until its end, and shows it once. It takes a session and the
/// password; the person is told by mail.
#[utoipa::path(
    post,
    path = "/v1/api-keys",
    operation_id = "create-api-key",
    tag = "API keys",
    security(("session" = [])),
    params(("Idempotency-Key" = Option<String>, Header, description = "Repeating the request with it gives the first answer")),
    request_body = CreateApiKeyRequest,
    responses(
        (status = 201, description = "Made", body = NewApiKeyResponse),
        (status = 401, description = "`not_authenticated`"),
        (status = 403, description = "`permission_denied` without `api_keys.write`, `session_required` for an API key, `origin_not_allowed`"),
        (status = 409, description = "`list_full` with 20 keys that are good, `request_in_progress`"),
        (status = 422, description = "`row_refused` for name, days and a missing password, `password_wrong`, `idempotency_key_reused`"),
        (status = 429, description = "`too_many_attempts`",
            headers(("Retry-After" = String, description = "Seconds until the next one is heard"))),
    )
)]
pub async fn create_api_key(
    ports: &(impl Authenticator + CountAttempts + ReadCredential + ListApiKeys + SaveApiKey + KeepAnswers),
    call: Call,
) -> Answer {
    let actor = call.actor(ports).await?;
    idempotent_secret(ports, &call, actor.id(), || async {
        let request: CreateApiKeyRequest = call.json()?;
        let origin = call.origin(Some(actor.id()));
        let wanted = WantedKey { name: request.name, days: request.expires_in_days, password: request.password };
        let new = use_case(ports, &actor, &wanted, &origin, &SystemRandomness).await?;
        Reply::json(StatusCode::CREATED, &NewApiKeyResponse::from(&new))
    })
    .await
}
