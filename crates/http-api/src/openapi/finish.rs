//! What the annotations leave open, by name and the same for every operation: which values a parameter can
//! have, and an example of every body. Known here once, so that no handler repeats it.

use std::collections::BTreeSet;

use rollcall_accounts::{
    Error,
    import::OnExisting,
    invitation::{Delivery, InvitationStatus},
    roles::Permission,
    user::UserStatus,
};
use rollcall_validation::CredentialMode;
use serde_json::{Map, Value, json};

/// Finishes the document. What has no example here fails a test that says so.
pub(super) fn finish(document: &mut Value) {
    let schemas = document["components"]["schemas"].take();
    let schemas = refined(schemas);
    let examples = Examples { schemas: &schemas };
    for (path, operations) in members(document, "paths") {
        for operation in operations.as_object_mut().into_iter().flat_map(Map::values_mut) {
            let parameters = operation.get_mut("parameters").and_then(Value::as_array_mut);
            for parameter in parameters.into_iter().flatten() {
                describe_parameter(&path, parameter);
            }
            if let Some(body) = operation.get_mut("requestBody") {
                give_examples(body, &examples);
            }
            for (_, response) in members(operation, "responses") {
                give_examples(response, &examples);
            }
        }
    }
    document["components"]["schemas"] = schemas;
}

/// The members of an object's member; none where there is no such object. (Indexing would put a null there.)
fn members<'a>(value: &'a mut Value, name: &str) -> impl Iterator<Item = (String, &'a mut Value)> {
    value
        .get_mut(name)
        .and_then(Value::as_object_mut)
        .into_iter()
        .flat_map(Map::iter_mut)
        .map(|(name, member)| (name.clone(), member))
}

/// Users' kinds, in the API.
const KINDS: [&str; 3] = ["technician", "end_user", "member"];

fn names<T: Copy>(all: &[T], name: impl Fn(T) -> &'static str) -> Vec<&'static str> {
    all.iter().map(|one| name(*one)).collect()
}

/// Which values a parameter can have, where its name says it.
fn describe_parameter(path: &str, parameter: &mut Value) {
    let place = parameter["in"].as_str().unwrap_or_default().to_owned();
    let name = parameter["name"].as_str().unwrap_or_default().to_owned();
    let choice = |values: Vec<&str>| json!({"type": "string", "enum": values});
    let schema = match (place.as_str(), name.as_str()) {
        ("query", "limit") => json!({"type": "integer", "minimum": 1, "maximum": 100, "default": 50}),
        ("query", "from_row") => json!({"type": "integer", "minimum": 1}),
        ("query", "kind") => choice(KINDS.to_vec()),
        ("query", "status") => choice(names(UserStatus::ALL, UserStatus::name)),
        ("query", "invitation") => choice(names(InvitationStatus::ALL, InvitationStatus::name)),
        ("query", "delivery") => choice(names(Delivery::ALL, Delivery::name)),
        ("query", "mode") => choice(vec!["atomic", "partial"]),
        ("query", "on_existing") => choice(names(OnExisting::ALL, OnExisting::name)),
        ("query", "sort") => choice(vec!["name", "-name"]),
        ("query", "format") if path == "/v1/imports/{id}/report" => choice(vec!["json", "csv", "xlsx"]),
        ("query", "format") => choice(vec!["csv", "xlsx"]),
        ("header", "If-Match") => json!({"type": "string", "pattern": "^\"[0-9]{1,15}\"$"}),
        ("header", "Idempotency-Key") => {
            json!({"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"})
        }
        ("path", "token") => {
            json!({"type": "string", "pattern": "^[a-z0-9_]{1,60}\\.[A-Za-z0-9]{1,8}\\.[A-Za-z0-9_-]{22}$"})
        }
        ("path", "list") => choice(vec!["groups", "sites", "properties", "courses", "services"]),
        ("query", "organization") => {
            if path.starts_with("/v1/{list}") {
                parameter["required"] = json!(true);
                identifier("org_")
            } else {
                // Empty counts as absent.
                json!({"type": "string", "pattern": "^(org_[0-9a-hjkmnp-tv-z]{26})?$"})
            }
        }
        ("query", "actor") => identifier("usr_"),
        ("query", "group") => identifier("ent_"),
        ("query", "role") => json!({"type": "string", "pattern": "^[a-z0-9_]{1,60}$"}),
        ("query", "cursor") => json!({"type": "string", "pattern": "^[A-Za-z0-9_-]{0,2000}$"}),
        _ => return,
    };
    parameter["schema"] = schema;
    parameter["example"] = match name.as_str() {
        "If-Match" => json!("\"1\""),
        "Idempotency-Key" => json!("monday-1"),
        "token" => json!("inv_0123456789abcdefghjkmnpqrs.k1.AAAAAAAAAAAAAAAAAAAAAA"),
        "limit" => json!(50),
        "from_row" => json!(1),
        "organization" => text("organization_id").map_or(Value::Null, Value::from),
        "actor" | "group" | "role" | "cursor" => {
            text(&name.replace("group", "groups")).map_or(Value::Null, Value::from)
        }
        _ => parameter["schema"]["enum"][0].clone(),
    };
}

/// An identifier with that prefix.
fn identifier(prefix: &str) -> Value {
    json!({"type": "string", "pattern": format!("^{prefix}[0-9a-hjkmnp-tv-z]{{26}}$")})
}

/// Schemas whose properties can have few values.
fn refined(mut schemas: Value) -> Value {
    for (name, schema) in schemas.as_object_mut().into_iter().flatten() {
        for (property, value) in members(schema, "properties") {
            let Some(mut values) = values(name, &property) else { continue };
            let listed = value.get("items").is_some();
            let value = if listed { &mut value["items"] } else { value };
            let nullable = value["type"].as_array().is_some_and(|types| types.iter().any(|one| one == "null"));
            if nullable {
                values.push(Value::Null);
            }
            if value.get("enum").is_none() && value.get("$ref").is_none() {
                value["enum"] = values.into();
            }
        }
    }
    schemas
}

/// The codes that a value can be refused with.
fn refusals() -> impl Iterator<Item = &'static str> {
    rollcall_accounts::error::REFUSALS.iter().chain(rollcall_validation::code::ALL).copied()
}

fn distinct<'a>(values: impl IntoIterator<Item = &'a str>) -> Vec<Value> {
    values.into_iter().collect::<BTreeSet<_>>().into_iter().map(Value::from).collect()
}

/// What a property of a schema can be, where it is one of a few values.
fn values(schema: &str, property: &str) -> Option<Vec<Value>> {
    let few = |values: &[&str]| Some(values.iter().map(|value| json!(value)).collect());
    match (schema, property) {
        // What is refused on a page of its own has the first value's code.
        ("Problem", "code") => Some(distinct(Error::codes().into_iter().chain(refusals()))),
        ("FieldProblem", "code") => Some(distinct(refusals())),
        ("ImportProfileResponse", "kind") => few(&["technician", "end_user", "member", "any"]),
        (_, "kind") => few(&KINDS),
        ("BeginEnrolmentRequest" | "BeginMfaRequest", "method") => few(&["totp", "text"]),
        ("VerifyMfaRequest", "method") => few(&["totp", "text", "recovery"]),
        ("ScheduleRequest", "days") => few(&["mon", "tue", "wed", "thu", "fri", "sat", "sun"]),
        ("ThresholdRequest", "severity") => few(&["info", "warning", "critical", "off"]),
        ("ThresholdRequest", "priority") => few(&["low", "normal", "high"]),
        ("CreateEntryRequest", "type") => few(&["text", "number", "date", "yes_no", "choice", "list"]),
        ("CredentialsRequest", "mode") | ("UpdateOrganizationRequest", "credential_modes") => {
            Some(CredentialMode::ALL.iter().map(|mode| json!(mode.as_str())).collect())
        }
        (_, "permissions") if schema.ends_with("Request") => few(&names(Permission::ALL, Permission::name)),
        _ => None,
    }
}

/// Puts an example beside every JSON body's schema.
fn give_examples(body: &mut Value, examples: &Examples<'_>) {
    for (media_type, content) in members(body, "content") {
        let typed = media_type.starts_with("application/") && media_type.ends_with("json");
        if typed && content.get("example").is_none() && content["schema"].is_object() {
            let example = examples.of("", &content["schema"].clone(), 0);
            content["example"] = example;
        }
    }
}

/// Makes examples of schemas.
struct Examples<'a> {
    schemas: &'a Value,
}

/// Deepest nesting that an example shows.
const DEPTH: usize = 6;

impl Examples<'_> {
    /// An example of a schema, for a property of that name.
    fn of(&self, name: &str, schema: &Value, depth: usize) -> Value {
        if let Some(reference) = schema["$ref"].as_str() {
            let target = reference.rsplit('/').next().unwrap_or_default();
            return self.of(name, &self.schemas[target], depth);
        }
        for given in ["example", "const", "default"] {
            if let Some(value) = schema.get(given).filter(|value| !value.is_null()) {
                return value.clone();
            }
        }
        if let Some(first) = schema["examples"].get(0).or_else(|| schema["enum"].get(0)) {
            return first.clone();
        }
        for choice in ["oneOf", "anyOf", "allOf"] {
            let mut choices = schema[choice].as_array().into_iter().flatten();
            if let Some(one) = choices.find(|one| one["type"] != "null") {
                return self.of(name, one, depth);
            }
        }
        let is = |wanted: &str| match &schema["type"] {
            Value::Array(all) => all.iter().any(|one| one == wanted),
            one => one == wanted,
        };
        if is("object") || schema["properties"].is_object() {
            return if depth < DEPTH { self.object(schema, depth) } else { json!({}) };
        }
        if is("array") {
            return if depth < DEPTH { json!([self.of(name, &schema["items"], depth + 1)]) } else { json!([]) };
        }
        if is("integer") || is("number") {
            return schema.get("minimum").filter(|least| **least != 0).cloned().unwrap_or(json!(1));
        }
        if is("boolean") {
            return json!(true);
        }
        if is("string") { text(name).map_or(Value::Null, Value::from) } else { Value::Null }
    }

    fn object(&self, schema: &Value, depth: usize) -> Value {
        let properties = schema["properties"].as_object().into_iter().flatten();
        properties.map(|(name, property)| (name.clone(), self.of(name, property, depth + 1))).collect()
    }
}

/// An example of a text, by the name of what holds it.
fn text(name: &str) -> Option<&'static str> {
    let name = name.strip_prefix("add_").or_else(|| name.strip_prefix("remove_")).unwrap_or(name);
    Some(match name {
        "email" | "login" | "to" => "ana.silva@example.org",
        "first_name" => "Ana",
        "last_name" => "Silva",
        "name" | "title" | "organization" => "Acme",
        "username" => "ana.silva",
        "phone" => "+4930123456",
        "password" | "current" => "correct horse battery staple",
        "code" => "123456",
        "description" | "detail" | "message" | "text" => "Looks after the people of Berlin.",
        "language" => "de",
        "time_zone" => "Europe/Berlin",
        "id" | "user_id" | "created_by" | "written_by" | "actor" | "target" | "inviter" => {
            "usr_0123456789abcdefghjkmnpqrs"
        }
        "organization_id" | "organizations" => "org_0123456789abcdefghjkmnpqrs",
        "import_id" => "imp_0123456789abcdefghjkmnpqrs",
        "role" | "roles" => "organization_user",
        "permission" | "permissions" => "users.read",
        "groups" | "courses" | "services" | "site" => "ent_0123456789abcdefghjkmnpqrs",
        "modules" => "helpdesk",
        "domains" => "example.org",
        "blocked_words" => "acme",
        "choices" => "Berlin",
        "key" => "cost_center",
        "default_country" => "DE",
        "next_cursor" | "cursor" => "eyJhZnRlciI6Ii4uLiJ9",
        "api_key" | "secret" => "rk_0123456789abcdefghjkmnpqrstvwxyz0123456789abcdefghjk",
        "totp_uri" => "otpauth://totp/Rollcall:ana.silva@example.org?secret=JBSWY3DPEHPK3PXP&issuer=Rollcall",
        "totp_secret" => "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
        "recovery_codes" => "0123-4567-89ab-cdef",
        "sent_to" => "…56",
        "source" => "192.0.2.1",
        "device" => "Firefox on Linux",
        "hash" | "profile_hash" => "3bc5cabae68b26b89fd039dd8302b35bad7bf94c43e2238d09c0ce3ad7f68c39",
        "profile" | "base" => "end-user",
        "credentials" => "link",
        "report_url" => "/v1/imports/imp_0123456789abcdefghjkmnpqrs/report",
        "request_id" => "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
        "kinds" | "kind" => "end_user",
        "type" => "text",
        "from" => "08:00",
        "days" => "mon",
        "field" => "email",
        "action" => "user.updated",
        "status" => "active",
        "next" => "verify_mfa",
        "mode" | "modes" => "atomic",
        "method" | "methods" | "mfa_methods" => "totp",
        "delivery" => "delivered",
        "mfa" => "enrolled",
        "severity" => "error",
        "priority" => "normal",
        "on_existing" => "refuse",
        "phase" => "writing",
        "reason" => "registered",
        "sheet" => "People",
        "visibility" => "pending",
        "state" => "pending",
        "next_step" => "accept",
        "inviter_name" => "Robin Root",
        "organization_name" => "Acme",
        _ if name.ends_with("_at")
            || name.ends_with("_deadline")
            || name.ends_with("_until")
            || matches!(name, "at" | "since") =>
        {
            "2026-11-21T12:00:00.000Z"
        }
        _ => return None,
    })
}
