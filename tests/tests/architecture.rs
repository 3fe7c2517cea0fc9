//! Who may depend on whom, and what is deliberately absent. docs/ARCHITECTURE.md says why.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use rollcall_tests::workspace::{Workspace, files, root, text};

/// Folder to the packages of ours that it may name. A folder that is missing here may name none.
const ARROWS: &[(&str, &[&str])] = &[
    ("crates/phone-automaton", &[]),
    ("crates/phone-automaton/generator", &[]),
    ("crates/xlsx", &[]),
    ("crates/validation", &["phone-automaton", "rollcall-xlsx"]),
    ("crates/accounts", &["rollcall-validation"]),
    ("crates/templates", &["rollcall-validation"]),
    ("crates/http-api", &["rollcall-accounts", "rollcall-templates", "rollcall-validation"]),
    ("crates/store-dynamodb", &["rollcall-accounts", "rollcall-validation"]),
    ("crates/mail", &["rollcall-accounts"]),
    ("crates/lambda", &["rollcall-accounts", "rollcall-http-api"]),
    // Its operator's commands, a feature of their own: what makes and hands on the Root Master is behind no API.
    (
        "crates/cli",
        &[
            "rollcall-accounts",
            "rollcall-lambda",
            "rollcall-store-dynamodb",
            "rollcall-templates",
            "rollcall-validation",
        ],
    ),
    ("wasm-validator", &["rollcall-validation"]),
    ("wasm-validator/xlsx", &["rollcall-xlsx"]),
    ("xtask", &["phone-automaton-generator"]),
];

/// What a function may name: the lambda crate and adapters.
const FUNCTION_MAY: &[&str] =
    &["rollcall-accounts", "rollcall-http-api", "rollcall-lambda", "rollcall-mail", "rollcall-store-dynamodb"];

/// These put everything together and may name whatever they like.
const COMPOSERS: &[&str] = &["crates/dev-server", "tests"];

#[test]
fn dependencies_point_inwards() {
    let workspace = Workspace::read();
    let ours = workspace.ours();
    let arrows: BTreeMap<_, _> = ARROWS.iter().copied().collect();
    let mut wrong = Vec::new();
    for (name, package) in &ours {
        let folder = package.folder();
        if COMPOSERS.contains(&folder.as_str()) {
            continue;
        }
        let allowed = if folder.starts_with("functions/") {
            FUNCTION_MAY
        } else {
            arrows.get(folder.as_str()).copied().unwrap_or_default()
        };
        let named = package.direct().into_iter().filter(|dependency| ours.contains_key(dependency));
        wrong.extend(
            named
                .filter(|dependency| !allowed.contains(dependency))
                .map(|dependency| format!("{name} must not depend on {dependency}")),
        );
    }
    assert_eq!(wrong, [""; 0]);
}

#[test]
fn only_the_lambda_crate_names_the_lambda_runtime() {
    named_only_by(
        |dependency| dependency.starts_with("lambda_") || dependency == "aws_lambda_events",
        &["crates/lambda"],
    );
}

#[test]
fn only_the_adapters_name_the_sdk() {
    let adapters = ["crates/store-dynamodb", "crates/mail", "crates/lambda", "crates/dev-server", "tests"];
    named_only_by(|dependency| dependency.starts_with("aws-") || dependency == "serde_dynamo", &adapters);
}

#[test]
fn only_the_local_system_names_the_local_database() {
    named_only_by(
        |dependency| ["dynoxide-rs", "rusqlite", "axum"].contains(&dependency),
        &["crates/dev-server", "tests"],
    );
}

fn named_only_by(what: impl Fn(&str) -> bool, folders: &[&str]) {
    let workspace = Workspace::read();
    let mut wrong = Vec::new();
    for (name, package) in workspace.ours() {
        if !folders.contains(&package.folder().as_str()) {
            wrong.extend(
                package
                    .direct()
                    .into_iter()
                    .filter(|dependency| what(dependency))
                    .map(|dependency| format!("{name} names {dependency}")),
            );
        }
    }
    assert_eq!(wrong, [""; 0]);
}

#[test]
fn validation_is_pure() {
    let workspace = Workspace::read();
    let validation = workspace.ours()["rollcall-validation"];
    let impure: BTreeSet<_> = [
        "tokio",
        "async-std",
        "time",
        "chrono",
        "jiff",
        "rand",
        "getrandom",
        "fastrand",
        "reqwest",
        "hyper",
        "tempfile",
    ]
    .into();
    let reached = workspace.reached(validation);
    assert_eq!(
        reached.intersection(&impure).collect::<Vec<_>>(),
        [&""; 0],
        "validation has no clock, no chance, no I/O, no async"
    );

    for file in files(&root().join("crates/validation/src"), &[".rs"]) {
        let source = text(&file);
        // Tests may read sheets from the disk; what is shipped may not.
        let shipped = source.split("#[cfg(test)]").next().unwrap_or_default();
        for outside in ["std::fs", "std::net", "std::env", "std::time", "std::thread", "std::process", "std::io"] {
            assert!(!shipped.contains(outside), "{} names {outside}", file.display());
        }
    }
}

#[test]
fn nothing_scans() {
    for file in files(&root().join("crates/store-dynamodb"), &[".rs"]) {
        assert!(!text(&file).contains(".scan()"), "{} scans the table", file.display());
    }
}

#[test]
fn a_function_is_a_dozen_lines() {
    for folder in function_folders() {
        let main = text(&folder.join("src/main.rs"));
        let lines = main.lines().filter(|line| !line.trim().is_empty()).count();
        assert!(
            lines <= 16,
            "{} has {lines} lines: what it does belongs in a crate",
            folder.join("src/main.rs").display()
        );
    }
}

#[test]
fn a_function_package_is_its_operation() {
    let workspace = Workspace::read();
    let ours = workspace.ours();
    for folder in function_folders() {
        let operation = folder.file_name().expect("a name").to_string_lossy().into_owned();
        let package = ours
            .get(operation.as_str())
            .unwrap_or_else(|| panic!("functions/{operation} holds the package {operation}"));
        assert_eq!(package.folder(), format!("functions/{operation}"));
        assert_eq!(package.programs(), [operation.as_str()], "functions/{operation} makes the program {operation}");
    }
}

#[test]
fn no_test_is_switched_off_or_sleeps() {
    let root = root();
    let itself = Path::new(file!()).file_name();
    let mut wrong = Vec::new();
    for folder in ["crates", "functions", "tests", "wasm-validator", "xtask"] {
        for file in files(&root.join(folder), &[".rs"]) {
            if file.file_name() == itself {
                continue;
            }
            let source = text(&file);
            // Unit tests stand at the end of the file they test.
            let in_tests = file.components().any(|part| part.as_os_str() == "tests");
            let tests =
                if in_tests { &source } else { source.split_once("#[cfg(test)]").map_or("", |(_, tests)| tests) };
            if tests.contains("#[ignore") {
                wrong.push(format!("{}: #[ignore", file.display()));
            }
            // A short pause between two looks is polling; a long one hopes that something has happened meanwhile.
            for pause in tests.split("::sleep(").skip(1) {
                let digits = pause.trim_start_matches("std::time::").strip_prefix("Duration::from_millis(");
                let milliseconds = digits.and_then(|digits| digits.split(')').next()?.parse::<u32>().ok());
                if milliseconds.is_none_or(|milliseconds| milliseconds > 50) {
                    wrong.push(format!("{}: sleeps", file.display()));
                }
            }
        }
    }
    assert_eq!(wrong, [""; 0]);
}

#[test]
fn no_lint_is_silenced_without_a_reason() {
    let itself = Path::new(file!()).file_name();
    for folder in ["crates", "functions", "tests", "wasm-validator", "xtask"] {
        for file in files(&root().join(folder), &[".rs"]) {
            if file.file_name() != itself {
                assert!(!text(&file).contains("#[allow("), "{}: use #[expect(…, reason = \"…\")]", file.display());
            }
        }
    }
}

fn function_folders() -> Vec<std::path::PathBuf> {
    let manifests = files(&root().join("functions"), &["Cargo.toml"]);
    manifests.iter().filter_map(|manifest| manifest.parent()).map(Path::to_path_buf).collect()
}
