//! GET /v1/openapi.json

use http::StatusCode;

use crate::{Answer, Call, Reply, openapi::document};

/// Describes this API, in OpenAPI 3.1.
#[utoipa::path(
    get,
    path = "/v1/openapi.json",
    operation_id = "get-openapi",
    tag = "About",
    security(()),
    responses((status = 200, description = "The description", body = serde_json::Value))
)]
pub async fn get_openapi(_call: Call) -> Answer {
    Reply::json(StatusCode::OK, document())
}
