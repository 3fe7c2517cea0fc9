//! The workspace: packages, dependencies, sources.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// The repository's folder.
///
/// # Panics
/// Never: this crate lies in it.
#[must_use]
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ lies in the repository").to_path_buf()
}

/// The workspace and everything it depends on, as `cargo metadata` tells it. Read as plain JSON: the crate for it would
/// switch on a feature of `serde_json`, and the whole workspace would be built a second time for the tests.
pub struct Workspace(Value);

/// One package, ours or somebody else's.
#[derive(Clone, Copy)]
pub struct Package<'a>(&'a Value);

impl Workspace {
    /// Asks cargo.
    ///
    /// # Panics
    /// When cargo cannot say.
    #[must_use]
    pub fn read() -> Self {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let answer = Command::new(cargo)
            .args(["metadata", "--format-version=1", "--quiet"])
            .current_dir(root())
            .output()
            .expect("cargo starts");
        assert!(answer.status.success(), "cargo metadata: {}", String::from_utf8_lossy(&answer.stderr));
        Self(serde_json::from_slice(&answer.stdout).expect("cargo metadata is JSON"))
    }

    /// All packages, ours and others'.
    #[must_use]
    pub fn all(&self) -> Vec<Package<'_>> {
        array(&self.0["packages"]).iter().map(Package).collect()
    }

    /// Our own packages by name.
    #[must_use]
    pub fn ours(&self) -> BTreeMap<&str, Package<'_>> {
        let members = array(&self.0["workspace_members"]);
        self.all()
            .into_iter()
            .filter(|package| members.contains(&package.0["id"]))
            .map(|package| (package.name(), package))
            .collect()
    }

    /// Names of all that ends up in the package, itself left out.
    ///
    /// # Panics
    /// When cargo's answer is not consistent.
    #[must_use]
    pub fn reached(&self, package: Package<'_>) -> BTreeSet<&str> {
        let nodes: BTreeMap<&str, &Value> =
            array(&self.0["resolve"]["nodes"]).iter().map(|node| (string(&node["id"]), node)).collect();
        let names: BTreeMap<&str, &str> =
            self.all().into_iter().map(|package| (string(&package.0["id"]), package.name())).collect();
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        let mut next = vec![string(&package.0["id"])];
        while let Some(id) = next.pop() {
            let normal = array(&nodes[id]["deps"])
                .iter()
                .filter(|dependency| array(&dependency["dep_kinds"]).iter().any(|kind| kind["kind"].is_null()));
            let id_of = |dependency| nodes.get_key_value(string(dependency)).expect("a node for every dependency");
            next.extend(
                normal.map(|dependency| *id_of(&dependency["pkg"]).0).filter(|dependency| seen.insert(dependency)),
            );
        }
        seen.into_iter().map(|id| names[id]).collect()
    }
}

impl<'a> Package<'a> {
    /// Its name.
    #[must_use]
    pub fn name(self) -> &'a str {
        string(&self.0["name"])
    }

    /// Its version.
    #[must_use]
    pub fn version(self) -> &'a str {
        string(&self.0["version"])
    }

    /// What its manifest says of its license; a file alone counts as said.
    #[must_use]
    pub fn license(self) -> Option<&'a str> {
        self.0["license"].as_str().or(self.0["license_file"].as_str())
    }

    /// Where it comes from; ours come from nowhere.
    #[must_use]
    pub fn source(self) -> Option<&'a str> {
        self.0["source"].as_str()
    }

    /// Its Cargo.toml.
    #[must_use]
    pub fn manifest(self) -> &'a Path {
        Path::new(string(&self.0["manifest_path"]))
    }

    /// The folder of one of our packages, relative to the repository, with forward slashes.
    #[must_use]
    pub fn folder(self) -> String {
        let folder = self.manifest().parent().unwrap_or(Path::new(""));
        folder.strip_prefix(root()).unwrap_or(folder).to_string_lossy().replace('\\', "/")
    }

    /// Names of what the manifest asks for when the package is built as a dependency: neither tests nor build scripts.
    #[must_use]
    pub fn direct(self) -> BTreeSet<&'a str> {
        let normal = array(&self.0["dependencies"]).iter().filter(|dependency| dependency["kind"].is_null());
        normal.map(|dependency| string(&dependency["name"])).collect()
    }

    /// The programs that it makes.
    #[must_use]
    pub fn programs(self) -> Vec<&'a str> {
        let programs =
            array(&self.0["targets"]).iter().filter(|target| array(&target["kind"]).iter().any(|kind| kind == "bin"));
        programs.map(|target| string(&target["name"])).collect()
    }
}

fn array(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn string(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// All files with one of these endings below a folder, outputs and other people's code left out, sorted.
///
/// # Panics
/// When a folder cannot be read.
#[must_use]
pub fn files(folder: &Path, endings: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut next = vec![folder.to_path_buf()];
    while let Some(folder) = next.pop() {
        for entry in fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
            let path = entry.expect("a readable entry").path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if path.is_dir() {
                if !["target", "node_modules", "pkg", "dist", ".git"].contains(&name.as_str()) {
                    next.push(path);
                }
            } else if endings.iter().any(|ending| name.ends_with(ending)) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// A file's text.
///
/// # Panics
/// When it cannot be read.
#[must_use]
pub fn text(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
