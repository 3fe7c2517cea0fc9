//! Skipping what is already built: a hash over the inputs, kept beside the output.

use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};

use crate::process::{Outcome, at};

/// Folders that are outputs or somebody else's, whatever they lie in.
const NOT_INPUTS: &[&str] = &["node_modules", "pkg", "dist", "target", ".git"];

/// Hashes paths and contents of all files under the given files and folders. Missing ones count as absent.
pub(crate) fn of(inputs: &[PathBuf]) -> Outcome<String> {
    let mut files = Vec::new();
    for input in inputs {
        collect(input, &mut files)?;
    }
    files.sort();
    let mut hasher = DefaultHasher::new();
    for file in files {
        file.hash(&mut hasher);
        at(&file, fs::read(&file))?.hash(&mut hasher);
    }
    Ok(format!("{:016x}", hasher.finish()))
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> Outcome<()> {
    if path.is_file() {
        files.push(path.to_path_buf());
    } else if path.is_dir() {
        for entry in at(path, fs::read_dir(path))? {
            let entry = at(path, entry)?;
            if !NOT_INPUTS.contains(&&*entry.file_name().to_string_lossy()) {
                collect(&entry.path(), files)?;
            }
        }
    }
    Ok(())
}

/// Whether `stamp` holds this fingerprint.
pub(crate) fn is_current(stamp: &Path, fingerprint: &str) -> bool {
    fs::read_to_string(stamp).is_ok_and(|kept| kept == fingerprint)
}

/// Writes the stamp, when the output is complete.
pub(crate) fn keep(stamp: &Path, fingerprint: &str) -> Outcome<()> {
    if let Some(directory) = stamp.parent() {
        at(directory, fs::create_dir_all(directory))?;
    }
    at(stamp, fs::write(stamp, fingerprint))
}
