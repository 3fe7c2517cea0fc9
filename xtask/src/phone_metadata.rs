//! `cargo xtask phone-metadata`: the tables of crates/phone-automaton, from the metadata of the rlibphonenumber that we pin.

use std::fs;
use std::path::{Path, PathBuf};

use phone_automaton_generator::{Source, generate};

use crate::process::{Failure, Outcome, at, say};
use crate::{cargo, required, root};

const PACKAGE: &str = "rlibphonenumber";
const METADATA: &str = "src/generated/metadata/metadata.bin";

/// Writes the tables.
pub(crate) fn write() -> Outcome<()> {
    for (path, bytes) in files()? {
        let changed = fs::read(&path).ok().as_ref() != Some(&bytes);
        at(&path, fs::write(&path, &bytes))?;
        let changed = if changed { "changed" } else { "as before" };
        say(&format!("{}: {} bytes, {changed}", path.display(), bytes.len()));
    }
    Ok(())
}

/// Whether what is committed is what would be written.
pub(crate) fn is_current(log: &Path) -> Outcome<bool> {
    let mut lines = String::new();
    let mut current = true;
    for (path, bytes) in files()? {
        let same = at(&path, fs::read(&path))? == bytes;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        lines += &format!("test result: {name}: {} passed; {} failed\n", u8::from(same), u8::from(!same));
        current &= same;
    }
    if !current {
        lines += "`cargo xtask phone-metadata` writes them anew\n";
    }
    at(log, fs::write(log, lines))?;
    Ok(current)
}

fn files() -> Outcome<[(PathBuf, Vec<u8>); 2]> {
    let (version, folder) = package()?;
    let metadata = folder.join(METADATA);
    let bytes = at(&metadata, fs::read(&metadata))?;
    // The file itself does not say of which version it is.
    let readme = folder.join("Readme.md");
    let readme = at(&readme, fs::read_to_string(&readme))?;
    let metadata_version = required(
        readme
            .lines()
            .find(|line| line.contains("Used metadata version"))
            .and_then(|line| line.split(['`', 'v']).find(|part| part.starts_with(|c: char| c.is_ascii_digit()))),
        "rlibphonenumber's Readme.md does not say which version its metadata has",
    )?;
    let source = Source { metadata_version, package: &format!("{PACKAGE} {version}"), bytes: &bytes };
    let encoded = generate(source).map_err(|failure| Failure::new(failure.to_string()))?;
    let generated = root().join("crates/phone-automaton/src/generated");
    at(&generated, fs::create_dir_all(&generated))?;
    Ok([(generated.join("tables.bin"), encoded.tables), (generated.join("mod.rs"), encoded.sizes.into_bytes())])
}

/// The version and the folder of the package, wherever cargo keeps it.
fn package() -> Outcome<(String, PathBuf)> {
    let json = cargo().args(["metadata", "--format-version", "1", "--locked"]).read()?;
    let metadata: serde_json::Value = serde_json::from_str(&json).map_err(|error| Failure::new(error.to_string()))?;
    let packages = metadata["packages"].as_array().map(Vec::as_slice).unwrap_or_default();
    let package = packages.iter().find(|package| package["name"] == PACKAGE);
    let package = required(package, "no package depends on rlibphonenumber")?;
    let text = |key: &str| required(package[key].as_str(), "cargo metadata does not say where rlibphonenumber is");
    let folder = Path::new(text("manifest_path")?).parent().unwrap_or(Path::new("")).to_path_buf();
    Ok((text("version")?.to_owned(), folder))
}
