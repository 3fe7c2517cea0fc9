//! The workspace: packages, dependencies, sources.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package, PackageId};

/// The repository's folder.
#[must_use]
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ lies in the repository").to_path_buf()
}

/// The workspace and everything it depends on.
pub struct Workspace(Metadata);

impl Workspace {
    /// Asks cargo.
    ///
    /// # Panics
    /// When cargo cannot say.
    #[must_use]
    pub fn read() -> Self {
        Self(MetadataCommand::new().manifest_path(root().join("Cargo.toml")).exec().expect("cargo metadata answers"))
    }

    /// Our own packages by name.
    #[must_use]
    pub fn ours(&self) -> BTreeMap<&str, &Package> {
        self.0.workspace_packages().into_iter().map(|package| (package.name.as_str(), package)).collect()
    }

    /// All packages, ours and others'.
    #[must_use]
    pub fn all(&self) -> &[Package] {
        &self.0.packages
    }

    /// The package's folder, relative to the repository, with forward slashes.
    #[must_use]
    pub fn folder(package: &Package) -> String {
        let folder = package.manifest_path.parent().map(|path| path.as_std_path().to_path_buf()).unwrap_or_default();
        folder.strip_prefix(root()).unwrap_or(&folder).to_string_lossy().replace('\\', "/")
    }

    /// Names of what the package's manifest asks for when it is built as a dependency: neither tests nor build scripts.
    #[must_use]
    pub fn direct(package: &Package) -> BTreeSet<&str> {
        package
            .dependencies
            .iter()
            .filter(|dependency| dependency.kind == DependencyKind::Normal)
            .map(|dependency| dependency.name.as_str())
            .collect()
    }

    /// Names of all that ends up in the package, itself left out.
    ///
    /// # Panics
    /// When cargo's answer has no dependency graph.
    #[must_use]
    pub fn reached(&self, package: &Package) -> BTreeSet<&str> {
        let graph = self.0.resolve.as_ref().expect("metadata with dependencies");
        let nodes: BTreeMap<&PackageId, _> = graph.nodes.iter().map(|node| (&node.id, node)).collect();
        let mut seen: BTreeSet<&PackageId> = BTreeSet::new();
        let mut next = vec![&package.id];
        while let Some(id) = next.pop() {
            let normal = nodes[id]
                .deps
                .iter()
                .filter(|dependency| dependency.dep_kinds.iter().any(|kind| kind.kind == DependencyKind::Normal));
            next.extend(normal.map(|dependency| &dependency.pkg).filter(|dependency| seen.insert(dependency)));
        }
        seen.into_iter().map(|id| self.0[id].name.as_str()).collect()
    }
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
