//! The route table: every operation with its method and path. infra/template.yaml says the same; a test
//! fails where they disagree.

use std::collections::BTreeMap;

use http::Method;

use crate::call::percent_decode;

/// One operation's place in the API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// The operation: also the name of its function's package and of its modules.
    pub operation: &'static str,
    /// Method.
    pub method: Method,
    /// Path template, `/v1/users/{id}`.
    pub path: &'static str,
}

macro_rules! routes {
    ($($method:ident $path:literal $operation:literal,)*) => {
        /// Every operation of the HTTP API.
        pub const ROUTES: &[Route] = &[$(Route { operation: $operation, method: Method::$method, path: $path },)*];
    };
}

routes! {
    POST "/v1/sessions" "sign-in",
    POST "/v1/sessions/mfa" "verify-mfa",
    DELETE "/v1/sessions/current" "sign-out",
    POST "/v1/sessions/mfa/text" "send-sign-in-code",
    POST "/v1/sessions/password" "choose-password",
    POST "/v1/sessions/enrolment" "begin-enrolment",
    POST "/v1/sessions/enrolment/verify" "verify-enrolment",
    GET "/v1/sessions" "list-sessions",
    POST "/v1/sessions/current/keep" "keep-session",
    DELETE "/v1/sessions/{id}" "end-session",
    GET "/v1/me" "get-me",
    PATCH "/v1/me" "update-me",
    POST "/v1/me/password" "change-password",
    POST "/v1/me/mfa" "begin-mfa",
    POST "/v1/me/mfa/verify" "confirm-mfa",
    POST "/v1/me/mfa/recovery-codes" "renew-recovery-codes",
    DELETE "/v1/me/mfa/{method}" "remove-mfa",
    GET "/v1/organizations" "list-organizations",
    POST "/v1/organizations" "create-organization",
    GET "/v1/organizations/{id}" "get-organization",
    PATCH "/v1/organizations/{id}" "update-organization",
    GET "/v1/roles" "list-roles",
    POST "/v1/roles" "create-role",
    GET "/v1/roles/{id}" "get-role",
    PATCH "/v1/roles/{id}" "update-role",
    DELETE "/v1/roles/{id}" "delete-role",
    GET "/v1/permissions" "list-permissions",
    GET "/v1/{list}" "list-entries",
    POST "/v1/{list}" "create-entry",
    PATCH "/v1/{list}/{id}" "update-entry",
    DELETE "/v1/{list}/{id}" "delete-entry",
    POST "/v1/api-keys" "create-api-key",
    GET "/v1/api-keys" "list-api-keys",
    DELETE "/v1/api-keys/{id}" "delete-api-key",
    GET "/v1/openapi.json" "get-openapi",
    GET "/v1/users" "list-users",
    POST "/v1/users" "create-user",
    GET "/v1/users/{id}" "get-user",
    PATCH "/v1/users/{id}" "update-user",
    GET "/v1/users/{id}/sessions" "list-user-sessions",
    DELETE "/v1/users/{id}/sessions" "end-user-sessions",
    GET "/v1/users/{id}/api-keys" "list-user-api-keys",
    DELETE "/v1/users/{id}/api-keys" "end-user-api-keys",
    DELETE "/v1/users/{id}" "delete-user",
    GET "/v1/users/export" "export-users",
    POST "/v1/users/{id}/clone" "clone-user",
    POST "/v1/users/{id}/deactivate" "deactivate-user",
    POST "/v1/users/{id}/activate" "activate-user",
    POST "/v1/users/{id}/unlock" "unlock-user",
    POST "/v1/users/{id}/reset-mfa" "reset-mfa",
    GET "/v1/users/{id}/audit-events" "list-user-audit-events",
    GET "/v1/audit-events" "list-audit-events",
    GET "/v1/audit-events/export" "export-audit-events",
    POST "/v1/users/{id}/reset-password" "reset-password",
    POST "/v1/users/{id}/send-invitation" "send-invitation",
    POST "/v1/users/{id}/resend-invitation" "resend-invitation",
    POST "/v1/users/{id}/revoke-invitation" "revoke-invitation",
    GET "/v1/import-profiles" "list-import-profiles",
    POST "/v1/import-profiles" "create-import-profile",
    POST "/v1/import-profiles/preview" "preview-import-profile",
    GET "/v1/import-profiles/{id}" "get-import-profile",
    PUT "/v1/import-profiles/{id}" "update-import-profile",
    DELETE "/v1/import-profiles/{id}" "delete-import-profile",
    GET "/v1/import-profiles/{id}/definition" "get-import-profile-definition",
    GET "/v1/import-profiles/{id}/template" "get-import-template",
    POST "/v1/imports" "start-import",
    GET "/v1/imports" "list-imports",
    GET "/v1/imports/{id}" "get-import",
    PUT "/v1/imports/{id}/chunks/{n}" "stage-chunk",
    POST "/v1/imports/{id}/commit" "commit-import",
    PUT "/v1/imports/{id}/source/{n}" "stage-source",
    POST "/v1/imports/{id}/cancel" "cancel-import",
    POST "/v1/imports/{id}/undo" "undo-import",
    GET "/v1/imports/{id}/report" "get-import-report",
    GET "/v1/invitations/{token}" "get-invitation",
    POST "/v1/invitations/{token}/accept" "accept-invitation",
    POST "/v1/invitations/{token}/verify" "verify-acceptance",
    POST "/v1/invitations/{token}/renew" "renew-invitation",
    POST "/v1/password-resets" "request-password-reset",
    GET "/v1/password-resets/{token}" "get-password-reset",
    POST "/v1/password-resets/{token}" "complete-password-reset",
    GET "/v1/email-changes/{token}" "get-email-change",
    POST "/v1/email-changes/{token}/confirm" "confirm-email-change",
}

impl Route {
    /// The route of an operation.
    #[must_use]
    pub fn of(operation: &str) -> Option<&'static Self> {
        ROUTES.iter().find(|route| route.operation == operation)
    }

    /// The path parameters, percent-decoded, when the path fits the template.
    #[must_use]
    pub fn match_path(&self, path: &str) -> Option<BTreeMap<&'static str, String>> {
        let mut params = BTreeMap::new();
        let mut given = path.split('/');
        for wanted in self.path.split('/') {
            let segment = given.next()?;
            match wanted.strip_prefix('{').and_then(|w| w.strip_suffix('}')) {
                Some(_) if segment.is_empty() => return None,
                Some(name) => {
                    params.insert(name, percent_decode(segment, false));
                }
                None if wanted == segment => {}
                None => return None,
            }
        }
        given.next().is_none().then_some(params)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_match_whole_segments_only() {
        let route = Route::of("stage-chunk").unwrap();
        let params = route.match_path("/v1/imports/imp_1/chunks/3").unwrap();
        assert_eq!((params["id"].as_str(), params["n"].as_str()), ("imp_1", "3"));
        for path in [
            "/v1/imports/imp_1/chunks",
            "/v1/imports/imp_1/chunks/",
            "/v1/imports/imp_1/chunks/3/4",
            "/v1/imports//chunks/3",
        ] {
            assert_eq!(route.match_path(path), None, "{path}");
        }
    }

    #[test]
    fn operations_are_named_once() {
        for route in ROUTES {
            assert_eq!(ROUTES.iter().filter(|other| other.operation == route.operation).count(), 1);
        }
    }
}
