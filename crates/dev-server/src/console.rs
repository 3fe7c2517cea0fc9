//! The web pages as a content delivery network would serve them: routes of the console, security headers, caching.

use std::path::{Component, Path, PathBuf};

use axum::{
    body::Body,
    http::{HeaderValue, Method, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use percent_encoding::percent_decode_str;

/// The pages narrow this by policies of their own; mails shown in /outbox bring styles.
const POLICY: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; \
                      img-src 'self' data:; worker-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; \
                      frame-ancestors 'none'";

/// First segments of what a mailed link leads to: pages of the light bundle, with a secret in their path.
const LINKS: [&str; 3] = ["invitations", "password-resets", "email-changes"];

/// The built pages (web/dist).
#[derive(Debug, Clone)]
pub(crate) struct Console {
    pub(crate) root: PathBuf,
}

impl Console {
    pub(crate) async fn serve(&self, method: &Method, path: &str) -> Response {
        if !matches!(*method, Method::GET | Method::HEAD) {
            return StatusCode::METHOD_NOT_ALLOWED.into_response();
        }
        let Some((file, cache)) = self.choose(path).await else {
            return StatusCode::NOT_FOUND.into_response();
        };
        let bytes = match tokio::fs::read(self.root.join(&file)).await {
            Ok(bytes) => bytes,
            Err(_) if file.extension().is_some_and(|extension| extension == "html") => {
                let hint = "The pages are not built: run `cargo dev`, or `cargo xtask web`.\n";
                return (StatusCode::SERVICE_UNAVAILABLE, hint).into_response();
            }
            Err(_) => return StatusCode::NOT_FOUND.into_response(),
        };
        let mut response = Response::new(Body::from(bytes));
        let headers = response.headers_mut();
        let mut set = |name, value: &'static str| {
            headers.insert(name, HeaderValue::from_static(value));
        };
        set(header::CONTENT_TYPE, media_type(&file));
        set(header::CACHE_CONTROL, cache);
        set(header::CONTENT_SECURITY_POLICY, POLICY);
        set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
        set(header::X_FRAME_OPTIONS, "DENY");
        // A token in the path must not travel on.
        let referrer = if file == Path::new("accept.html") { "no-referrer" } else { "same-origin" };
        set(header::REFERRER_POLICY, referrer);
        set(header::HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
        set(header::HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()");
        response
    }

    /// The file for a path, and how long it may be kept.
    async fn choose(&self, path: &str) -> Option<(PathBuf, &'static str)> {
        const FOREVER: &str = "public, max-age=31536000, immutable";
        const ASK: &str = "no-cache";
        let decoded = percent_decode_str(path).decode_utf8().ok()?;
        let relative = Path::new(decoded.trim_start_matches('/'));
        if decoded.contains('\0') || relative.components().any(|component| !matches!(component, Component::Normal(_))) {
            return None;
        }
        if relative.starts_with("assets") {
            return Some((relative.to_owned(), FOREVER));
        }
        if LINKS.iter().any(|link| relative.starts_with(link)) {
            return Some(("accept.html".into(), "no-store"));
        }
        if relative == Path::new("outbox") {
            return Some(("outbox.html".into(), ASK));
        }
        if relative.extension().is_some()
            && tokio::fs::metadata(self.root.join(relative)).await.is_ok_and(|metadata| metadata.is_file())
        {
            return Some((relative.to_owned(), ASK));
        }
        // Every other path is a view of the console.
        Some(("index.html".into(), ASK))
    }
}

fn media_type(file: &Path) -> &'static str {
    match file.extension().and_then(|extension| extension.to_str()).unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" | "webmanifest" => "application/json",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn paths_lead_to_pages_and_never_out_of_the_folder() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("icon.svg"), "x").unwrap();
        let console = Console { root: dir.path().to_owned() };
        for (path, file) in [
            ("/", Some("index.html")),
            ("/users/u_1", Some("index.html")),
            ("/imports/new", Some("index.html")),
            ("/missing.svg", Some("index.html")),
            ("/icon.svg", Some("icon.svg")),
            ("/outbox", Some("outbox.html")),
            ("/invitations/abc.def", Some("accept.html")),
            ("/password-resets/abc.def", Some("accept.html")),
            ("/email-changes/abc.def", Some("accept.html")),
            ("/assets/index-1a2b.js", Some("assets/index-1a2b.js")),
            ("/assets/../../secret", None),
            ("/%2e%2e/secret", None),
            ("/..%2fsecret", None),
        ] {
            let chosen = console.choose(path).await.map(|(file, _)| file);
            assert_eq!(chosen, file.map(PathBuf::from), "{path}");
        }
    }

    #[tokio::test]
    async fn pages_carry_security_headers() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("assets")).unwrap();
        for (file, text) in [("accept.html", "<p>"), ("index.html", "<p>"), ("assets/v.wasm", "x")] {
            std::fs::write(dir.path().join(file), text).unwrap();
        }
        let console = Console { root: dir.path().to_owned() };
        let header = |response: &Response, name: &str| {
            response.headers().get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
        };
        let page = console.serve(&Method::GET, "/invitations/x.y").await;
        assert_eq!(header(&page, "referrer-policy"), "no-referrer");
        assert!(header(&page, "content-security-policy").contains("frame-ancestors 'none'"));
        let asset = console.serve(&Method::GET, "/assets/v.wasm").await;
        assert_eq!(header(&asset, "content-type"), "application/wasm");
        assert!(header(&asset, "cache-control").contains("immutable"));
        assert_eq!(console.serve(&Method::POST, "/").await.status(), 405);
        assert_eq!(console.serve(&Method::GET, "/assets/none.js").await.status(), 404);
    }
}
