//! POST /v1/users

use http::{StatusCode, header};
use rollcall_accounts::{
    access::Authenticator,
    idempotency::KeepAnswers,
    lists::ReadLists,
    operations::{
        assign::KnowOrganizations,
        create_user::{CreateUsers, Issuing, ReadOrganization, create_user as use_case},
    },
    random::SystemRandomness,
    roles::ReadRoles,
    token::TokenKeys,
};

use crate::{
    Answer, Call, Reply,
    idempotency::idempotent,
    representations::user::{CreateUserRequest, UserResponse},
};

/// Creates one user and, if the profile says so, invites them, or gives an end user a first password.
#[utoipa::path(
    post,
    path = "/v1/users",
    operation_id = "create-user",
    tag = "Users",
    params(("Idempotency-Key" = Option<String>, Header, description = "Repeating the request with it gives the first answer")),
    request_body = CreateUserRequest,
    responses(
        (status = 201, description = "Created", body = UserResponse,
            headers(("Location" = String, description = "Where it is"), ("ETag" = String, description = "Its version"))),
        (status = 400, description = "`body_not_json`, `organization_required`, `parameter_not_valid`"),
        (status = 401, description = "`not_authenticated`"),
        (status = 403, description = "`permission_denied` without `users.write`, or for what grants more than one has"),
        (status = 404, description = "`organization_not_found`, `profile_not_found`"),
        (status = 409, description = "`email_taken`, `username_taken`, `email_reserved`, `root_master`, `lists_changed`, `request_in_progress`"),
        (status = 422, description = "`row_refused` with every value that is refused, `credential_mode_not_allowed`, `credential_mode_unknown`, `password_missing`, `password_not_wanted`, `idempotency_key_reused`"),
    )
)]
pub async fn create_user(
    ports: &(impl Authenticator + KeepAnswers + CreateUsers + ReadOrganization + ReadRoles + ReadLists + KnowOrganizations),
    keys: &TokenKeys,
    call: Call,
) -> Answer {
    let actor = call.actor(ports).await?;
    idempotent(ports, &call, actor.id(), || async {
        let mut request = call.json::<CreateUserRequest>()?;
        let credentials = request.first_credentials()?;
        let issuing = credentials.as_ref().map(|credentials| Issuing { credentials, keys });
        let new = request.into_new_user()?;
        let user = use_case(ports, &actor, new, issuing, &call.origin(Some(actor.id())), &SystemRandomness).await?;
        Ok(Reply::json(StatusCode::CREATED, &UserResponse::new(&user, call.now))?
            .with(header::LOCATION, format!("/v1/users/{}", user.id))
            .with_version(user.version))
    })
    .await
}
