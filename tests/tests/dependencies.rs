//! What we take from others: licenses, TLS, versions. What cargo-deny would say, without installing it.

use std::collections::{BTreeMap, BTreeSet};

use rollcall_tests::workspace::{Workspace, text};

/// Licenses that ask for no more than to be named.
const LICENSES: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "MPL-2.0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// TLS and cryptography that functions must not carry: the first handshake with them costs most of a cold start.
const NOT_IN_FUNCTIONS: &[&str] =
    &["aws-lc-rs", "aws-lc-sys", "openssl", "openssl-sys", "native-tls", "dynoxide-rs", "rusqlite", "axum"];

/// Not anywhere.
const BANNED: &[&str] = &["aws-lc-rs", "aws-lc-sys", "openssl", "openssl-sys", "native-tls"];

/// Crates that cost time and size: one version of each is enough.
const ONCE: &[&str] = &[
    "aws-config",
    "aws-runtime",
    "aws-sdk-dynamodb",
    "aws-sdk-sesv2",
    "aws-sigv4",
    "aws-smithy-http-client",
    "aws-smithy-runtime",
    "aws-smithy-types",
    "bytes",
    "h2",
    "hyper",
    "hyper-util",
    "jiff",
    "libsqlite3-sys",
    "ring",
    "rustls",
    "serde",
    "serde_json",
    "tokio",
    "tower",
    "tracing",
    "tracing-subscriber",
    "wasm-bindgen",
];

#[test]
fn licenses_are_permissive() {
    let workspace = Workspace::read();
    let allowed = |expression: &str| {
        // Every part joined by AND needs one alternative that is allowed; exceptions only add to a license.
        let normal = expression.replace('/', " OR ").replace(['(', ')'], " ");
        normal.split(" AND ").all(|part| {
            part.split(" OR ")
                .any(|license| LICENSES.contains(&license.trim().split(" WITH ").next().unwrap_or_default()))
        })
    };
    let mut wrong = Vec::new();
    for package in workspace.all().into_iter().filter(|package| package.source().is_some()) {
        let license = package.license().unwrap_or("none named");
        if !allowed(license) {
            wrong.push(format!("{} {}: {license}", package.name(), package.version()));
        }
    }
    assert_eq!(wrong, [""; 0]);
}

#[test]
fn tls_is_rings() {
    let workspace = Workspace::read();
    let ours = workspace.ours();
    for (name, package) in &ours {
        let folder = package.folder();
        let unwanted = if folder.starts_with("functions/") { NOT_IN_FUNCTIONS } else { BANNED };
        let reached = workspace.reached(*package);
        let found: Vec<_> = unwanted.iter().filter(|name| reached.contains(**name)).collect();
        assert!(found.is_empty(), "{name} carries {found:?}: `cargo tree -p {name} -i {}` says why", found[0]);
    }
    assert!(workspace.reached(ours["rollcall-lambda"]).contains("ring"));
}

#[test]
fn large_crates_come_in_one_version() {
    let workspace = Workspace::read();
    let mut versions: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for package in workspace.all() {
        versions.entry(package.name()).or_default().insert(package.version());
    }
    let twice: Vec<_> = ONCE
        .iter()
        .filter_map(|name| versions.get(name).filter(|found| found.len() > 1).map(|found| format!("{name}: {found:?}")))
        .collect();
    assert_eq!(twice, [""; 0]);
}

#[test]
fn crates_come_from_the_registry_or_from_here() {
    let workspace = Workspace::read();
    for package in workspace.all() {
        if let Some(source) = package.source() {
            assert!(source.starts_with("registry+"), "{} comes from {source}", package.name());
        }
    }
}

#[test]
fn versions_live_in_the_workspace() {
    let workspace = Workspace::read();
    for (name, package) in workspace.ours() {
        let mut in_dependencies = false;
        for line in text(package.manifest()).lines().map(str::trim) {
            if line.starts_with('[') {
                in_dependencies = line.ends_with("dependencies]");
            } else if in_dependencies && line.contains('=') {
                assert!(
                    line.contains("workspace = true") || line.contains("path = "),
                    "{name}: `{line}` belongs in the root's [workspace.dependencies]"
                );
            }
        }
    }
}
