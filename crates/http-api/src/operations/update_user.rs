//! PATCH /v1/users/{id}

use rollcall_accounts::{
    access::Authenticator,
    lists::ReadLists,
    operations::{
        assign::KnowOrganizations,
        create_user::ReadOrganization,
        edits::{EditUsers, ReadCredential},
        update_user::{NamesInUse, update_user as use_case},
    },
    roles::ReadRoles,
};

use crate::{
    Answer, Call, Reply,
    representations::user::{UpdateUserRequest, UserResponse},
};

/// Changes a user; absent fields stay.
///
/// Nobody gives or takes what they do not hold, nor decides on their own roles, permissions and organizations. Who
/// may do less afterwards is signed out everywhere. Additions and removals (`add_groups`, `remove_roles`, …) mean
/// the same whatever else changes, so a request with nothing else may say `If-Match: *`.
///
/// While the invitation is pending, a new email kills its link and a new one goes to the new address. Of somebody
/// who has registered it counts once its owner has confirmed it: the answer has it as `email_change`, a link goes to
/// the new address and a note to the present one. Sending the present email takes a waiting change back.
#[utoipa::path(
    patch,
    path = "/v1/users/{id}",
    operation_id = "update-user",
    tag = "Users",
    params(
        ("id" = String, Path, description = "The user"),
        ("If-Match" = String, Header, description = "The ETag that was read; `*` where the request has additions and removals only"),
    ),
    request_body = UpdateUserRequest,
    responses(
        (status = 200, description = "Changed", body = UserResponse,
            headers(("ETag" = String, description = "Its version"))),
        (status = 400, description = "`body_not_json`"),
        (status = 401, description = "`not_authenticated`"),
        (status = 403, description = "`permission_denied` without `users.write`, or for somebody who may do more than oneself"),
        (status = 404, description = "`user_not_found`"),
        (status = 409, description = "`email_taken`, `email_reserved`, `import_unfinished`, `own_account`, `own_phone`, `root_master`, `lists_changed`"),
        (status = 412, description = "`version_conflict`: changed since it was read"),
        (status = 422, description = "`row_refused` with every value that is refused"),
        (status = 428, description = "`precondition_required` without `If-Match`"),
    )
)]
pub async fn update_user(
    ports: &(
         impl Authenticator
         + EditUsers
         + ReadCredential
         + ReadOrganization
         + ReadRoles
         + ReadLists
         + KnowOrganizations
         + NamesInUse
     ),
    call: Call,
) -> Answer {
    let (actor, origin) = call.acting(ports).await?;
    let version = call.if_match_or_any()?;
    let changes = call.json::<UpdateUserRequest>()?.into_changes();
    let user = use_case(ports, &actor, call.param("id"), version, &changes, &origin).await?;
    Reply::user(&user, call.now)
}
