//! The description of the API, put together from the operations' own annotations.

mod finish;

use std::sync::LazyLock;

use serde_json::Value;
use utoipa::{
    Modify, OpenApi,
    openapi::{
        ContentBuilder, Ref, RefOr, ResponseBuilder,
        path::Operation,
        security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};

use crate::{auth::SESSION_COOKIE, operations, representations::problem::ProblemResponse};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Rollcall",
        version = "1",
        description = "Creates user accounts in bulk and gets every one of them safely to a first sign-in.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    servers((url = "/", description = "This deployment")),
    paths(
        operations::sign_in::sign_in,
        operations::verify_mfa::verify_mfa,
        operations::sign_out::sign_out,
        operations::send_sign_in_code::send_sign_in_code,
        operations::choose_password::choose_password,
        operations::begin_enrolment::begin_enrolment,
        operations::verify_enrolment::verify_enrolment,
        operations::list_sessions::list_sessions,
        operations::keep_session::keep_session,
        operations::end_session::end_session,
        operations::get_me::get_me,
        operations::update_me::update_me,
        operations::change_password::change_password,
        operations::begin_mfa::begin_mfa,
        operations::confirm_mfa::confirm_mfa,
        operations::renew_recovery_codes::renew_recovery_codes,
        operations::remove_mfa::remove_mfa,
        operations::list_organizations::list_organizations,
        operations::create_organization::create_organization,
        operations::get_organization::get_organization,
        operations::update_organization::update_organization,
        operations::list_roles::list_roles,
        operations::create_role::create_role,
        operations::get_role::get_role,
        operations::update_role::update_role,
        operations::delete_role::delete_role,
        operations::list_permissions::list_permissions,
        operations::list_entries::list_entries,
        operations::create_entry::create_entry,
        operations::update_entry::update_entry,
        operations::delete_entry::delete_entry,
        operations::create_api_key::create_api_key,
        operations::list_api_keys::list_api_keys,
        operations::delete_api_key::delete_api_key,
        operations::get_openapi::get_openapi,
        operations::list_users::list_users,
        operations::create_user::create_user,
        operations::get_user::get_user,
        operations::update_user::update_user,
        operations::list_user_sessions::list_user_sessions,
        operations::end_user_sessions::end_user_sessions,
        operations::list_user_api_keys::list_user_api_keys,
        operations::end_user_api_keys::end_user_api_keys,
        operations::delete_user::delete_user,
        operations::export_users::export_users,
        operations::clone_user::clone_user,
        operations::deactivate_user::deactivate_user,
        operations::activate_user::activate_user,
        operations::unlock_user::unlock_user,
        operations::reset_mfa::reset_mfa,
        operations::list_user_audit_events::list_user_audit_events,
        operations::list_audit_events::list_audit_events,
        operations::export_audit_events::export_audit_events,
        operations::reset_password::reset_password,
        operations::send_invitation::send_invitation,
        operations::resend_invitation::resend_invitation,
        operations::revoke_invitation::revoke_invitation,
        operations::get_invitation::get_invitation,
        operations::accept_invitation::accept_invitation,
        operations::verify_acceptance::verify_acceptance,
        operations::renew_invitation::renew_invitation,
        operations::request_password_reset::request_password_reset,
        operations::get_password_reset::get_password_reset,
        operations::complete_password_reset::complete_password_reset,
        operations::get_email_change::get_email_change,
        operations::confirm_email_change::confirm_email_change,
        operations::list_import_profiles::list_import_profiles,
        operations::get_import_profile::get_import_profile,
        operations::get_import_profile_definition::get_import_profile_definition,
        operations::create_import_profile::create_import_profile,
        operations::preview_import_profile::preview_import_profile,
        operations::update_import_profile::update_import_profile,
        operations::delete_import_profile::delete_import_profile,
        operations::get_import_template::get_import_template,
        operations::start_import::start_import,
        operations::list_imports::list_imports,
        operations::get_import::get_import,
        operations::stage_chunk::stage_chunk,
        operations::commit_import::commit_import,
        operations::stage_source::stage_source,
        operations::cancel_import::cancel_import,
        operations::undo_import::undo_import,
        operations::get_import_report::get_import_report,
    ),
    components(schemas(ProblemResponse)),
    security(("session" = []), ("api_key" = [])),
    tags(
        (name = "Sessions", description = "Signing in and out, and where one is signed in"),
        (name = "Own account", description = "Who one is, and what one sets for oneself"),
        (name = "Organizations", description = "Customers whose people are managed"),
        (name = "Roles", description = "Named sets of permissions"),
        (name = "Lists", description = "What an organization's people can be given: groups, sites, properties, courses, services"),
        (name = "API keys", description = "For programs"),
        (name = "Users", description = "People, and their invitations"),
        (name = "Audit", description = "What was changed, by whom, when and from where"),
        (name = "Imports", description = "Many people at once: whole or not at all"),
        (name = "Invitations", description = "What an invited person does with the mailed link"),
        (name = "Password resets", description = "What a person does who cannot sign in"),
        (name = "Email changes", description = "What the owner of a new address does with the mailed link"),
        (name = "About", description = "This API"),
    ),
    modifiers(&Finish)
)]
struct Document;

/// The description. Made once.
#[must_use]
pub fn document() -> &'static Value {
    static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
        // A description that is no JSON is a bug that every test of it meets.
        let mut document = serde_json::to_value(Document::openapi()).unwrap_or_default();
        finish::finish(&mut document);
        document
    });
    &DOCUMENT
}

/// What holds for every operation: how one proves who one is, and how an error looks.
struct Finish;

impl Modify for Finish {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let components = openapi.components.get_or_insert_default();
        components.add_security_scheme(
            "session",
            SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::with_description(
                SESSION_COOKIE,
                "Browsers: the cookie that signing in sets. Unsafe methods must come from Rollcall's own origin.",
            ))),
        );
        components.add_security_scheme(
            "api_key",
            SecurityScheme::Http(
                HttpBuilder::new()
                    .scheme(HttpAuthScheme::Bearer)
                    .description(Some("Programs: `Authorization: Bearer rk_…`, made by POST /v1/api-keys."))
                    .build(),
            ),
        );
        for item in openapi.paths.paths.values_mut() {
            for operation in [&mut item.get, &mut item.post, &mut item.put, &mut item.patch, &mut item.delete] {
                operation.iter_mut().for_each(describe_problems);
            }
        }
    }
}

fn describe_problems(operation: &mut Operation) {
    let problem = || ContentBuilder::new().schema(Some(RefOr::Ref(Ref::from_schema_name("Problem")))).build();
    for (status, response) in &mut operation.responses.responses {
        if let RefOr::T(response) = response
            && status.starts_with(['4', '5'])
        {
            response.content.clear();
            response.content.insert("application/problem+json".to_owned(), problem().into());
        }
    }
    let other = ResponseBuilder::new()
        .description("Any other problem; `internal` (500) names a `request_id` to quote")
        .content("application/problem+json", problem());
    operation.responses.responses.insert("default".to_owned(), RefOr::T(other.build()));
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::ROUTES;

    fn json() -> &'static Value {
        document()
    }

    #[test]
    fn every_json_body_has_an_example_without_gaps() {
        fn gaps(path: &str, value: &Value, found: &mut Vec<String>) {
            match value {
                Value::Null => found.push(path.to_owned()),
                Value::Array(items) => items.iter().for_each(|item| gaps(path, item, found)),
                Value::Object(members) => {
                    members.iter().for_each(|(name, member)| gaps(&format!("{path}.{name}"), member, found));
                }
                _ => {}
            }
        }
        let mut found = Vec::new();
        for (path, item) in json()["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                let responses = operation["responses"].as_object().unwrap().iter();
                let bodies = responses
                    .chain([(&"request".to_owned(), &operation["requestBody"])])
                    .map(|(name, body)| (name.clone(), body["content"].as_object().cloned().unwrap_or_default()))
                    .collect::<Vec<_>>();
                for (name, contents) in bodies {
                    for (media_type, content) in contents {
                        if media_type.ends_with("json") && content["schema"] != serde_json::json!({}) {
                            gaps(&format!("{method} {path} {name}"), &content["example"], &mut found);
                        }
                    }
                }
            }
        }
        assert!(
            found.is_empty(),
            "name an example for these in openapi/finish.rs, or with #[schema(example = …)]:\n{found:#?}"
        );
    }

    #[test]
    fn every_route_is_described_and_nothing_else() {
        let routes: BTreeSet<_> =
            ROUTES.iter().map(|route| format!("{} {} {}", route.method, route.path, route.operation)).collect();
        let described: BTreeSet<_> = json()["paths"]
            .as_object()
            .unwrap()
            .iter()
            .flat_map(|(path, item)| {
                item.as_object().unwrap().iter().map(move |(method, operation)| {
                    format!("{} {path} {}", method.to_uppercase(), operation["operationId"].as_str().unwrap_or("?"))
                })
            })
            .collect();
        let missing: Vec<_> = routes.difference(&described).collect();
        let unknown: Vec<_> = described.difference(&routes).collect();
        assert!(
            missing.is_empty() && unknown.is_empty(),
            "annotate the handler with #[utoipa::path] and name it under `paths` in openapi.rs\n\
             routes without a description: {missing:#?}\ndescriptions without a route: {unknown:#?}"
        );
    }

    #[test]
    fn nothing_is_null_but_values() {
        fn nulls(path: &str, value: &Value, found: &mut Vec<String>) {
            match value {
                Value::Null => found.push(path.to_owned()),
                Value::Array(items) => items.iter().for_each(|item| nulls(path, item, found)),
                Value::Object(members) => members
                    .iter()
                    .filter(|(name, _)| !matches!(name.as_str(), "example" | "default" | "enum"))
                    .for_each(|(name, member)| nulls(&format!("{path}/{name}"), member, found)),
                _ => {}
            }
        }
        let mut found = Vec::new();
        nulls("", json(), &mut found);
        assert!(found.is_empty(), "{found:#?}");
    }

    #[test]
    fn it_is_openapi_3_1_and_every_reference_leads_somewhere() {
        let document = json();
        assert!(document["openapi"].as_str().unwrap().starts_with("3.1"), "{}", document["openapi"]);
        let text = document.to_string();
        for part in text.split("\"$ref\":\"#").skip(1) {
            let pointer = part.split('"').next().unwrap();
            assert!(document.pointer(pointer).is_some(), "nothing at {pointer}");
        }
    }

    #[test]
    fn path_parameters_are_declared_and_tags_are_described() {
        let document = json();
        let tags: BTreeSet<_> =
            document["tags"].as_array().unwrap().iter().map(|tag| tag["name"].as_str().unwrap()).collect();
        for (path, item) in document["paths"].as_object().unwrap() {
            for operation in item.as_object().unwrap().values() {
                for tag in operation["tags"].as_array().unwrap() {
                    assert!(tags.contains(tag.as_str().unwrap()), "{path}: tag {tag}");
                }
                let declared: BTreeSet<_> = operation["parameters"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .filter(|parameter| parameter["in"] == "path")
                    .map(|parameter| parameter["name"].as_str().unwrap())
                    .collect();
                let wanted: BTreeSet<_> =
                    path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')).collect();
                assert_eq!(declared, wanted, "{path}");
            }
        }
    }
}
