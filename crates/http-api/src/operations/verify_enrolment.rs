//! POST /v1/sessions/enrolment/verify

use http::StatusCode;
use rollcall_accounts::{
    Error,
    operations::{
        create_user::ReadOrganization,
        edits::{EditUsers, ReadCredential},
        sessions::{FindSession, TryCodes},
        verify_enrolment::verify_enrolment as use_case,
    },
    random::SystemRandomness,
    token::TokenKeys,
};

use crate::{
    Answer, Call, Reply,
    representations::session::{CodeRequest, EnrolledResponse},
};

/// Signs in: the first code of the second factor that is being set up. The sign-in is then complete.
#[utoipa::path(
    post,
    path = "/v1/sessions/enrolment/verify",
    operation_id = "verify-enrolment",
    tag = "Sessions",
    security(("session" = [])),
    request_body = CodeRequest,
    responses(
        (status = 200, description = "Set up, and signed in under a new cookie; every other session has ended",
            body = EnrolledResponse,
            headers(("Set-Cookie" = String, description = "The `__Host-session` and `__Host-device` cookies"))),
        (status = 401, description = "`not_authenticated` when no sign-in waits for this step"),
        (status = 403, description = "`origin_not_allowed`"),
        (status = 409, description = "`enrolment_not_begun`, also after five wrong codes"),
        (status = 422, description = "`code_not_valid`"),
    )
)]
pub async fn verify_enrolment(
    ports: &(impl FindSession + TryCodes + EditUsers + ReadCredential + ReadOrganization),
    keys: &TokenKeys,
    call: Call,
) -> Answer {
    let token = call.session_token()?.ok_or(Error::NotAuthenticated)?;
    let request: CodeRequest = call.json()?;
    let enrolled = use_case(ports, keys, &token, &request.code, &call.origin(None), &SystemRandomness).await?;
    let response =
        EnrolledResponse { next: enrolled.proceeded.next.stage.name(), recovery_codes: enrolled.recovery_codes };
    Ok(Reply::json(StatusCode::OK, &response)?.with_step(&enrolled.proceeded))
}
