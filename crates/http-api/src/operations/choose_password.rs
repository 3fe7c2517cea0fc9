//! POST /v1/sessions/password

use http::StatusCode;
use rollcall_accounts::{
    Error,
    operations::{
        choose_password::choose_password as use_case,
        create_user::ReadOrganization,
        edits::{EditUsers, ReadCredential},
        sessions::FindSession,
    },
    random::SystemRandomness,
    token::TokenKeys,
};

use crate::{
    Answer, Call, Reply,
    representations::session::{ChoosePasswordRequest, SignInResponse},
};

/// Signs in: changes a password that somebody else chose.
#[utoipa::path(
    post,
    path = "/v1/sessions/password",
    operation_id = "choose-password",
    tag = "Sessions",
    security(("session" = [])),
    request_body = ChoosePasswordRequest,
    responses(
        (status = 200, description = "Signed in, or another step comes next, under a new cookie", body = SignInResponse,
            headers(("Set-Cookie" = String, description = "The `__Host-session` cookie, and `__Host-device` once signed in"))),
        (status = 401, description = "`not_authenticated` when no sign-in waits for this step"),
        (status = 403, description = "`origin_not_allowed`"),
        (status = 422, description = "`password_too_short`, `password_too_common`, `password_word_blocked`, `password_unchanged`, …"),
    )
)]
pub async fn choose_password(
    ports: &(impl FindSession + EditUsers + ReadCredential + ReadOrganization),
    keys: &TokenKeys,
    call: Call,
) -> Answer {
    let token = call.session_token()?.ok_or(Error::NotAuthenticated)?;
    let request: ChoosePasswordRequest = call.json()?;
    let proceeded = use_case(ports, keys, &token, &request.password, &call.origin(None), &SystemRandomness).await?;
    Ok(Reply::json(StatusCode::OK, &SignInResponse::from(&proceeded.next))?.with_step(&proceeded))
}
