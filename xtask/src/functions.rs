//! Functions as `sam build` makes them, without its cross-compiler: for this machine.

use std::fs;
use std::path::{Path, PathBuf};

use crate::process::{Call, Outcome, at};
use crate::{cargo, root, target};

/// Builds functions in a cargo call of their own, so that no feature of the dev server gets in.
pub(crate) fn build(names: &[&str], log: &Path) -> Outcome<bool> {
    let packages = names.iter().flat_map(|name| ["--package", name]);
    if !cargo().args(["build", "--quiet", "--profile", "lambda", "--bins"]).args(packages).log(log)? {
        return Ok(false);
    }
    at(&folder(), fs::create_dir_all(folder()))?;
    for name in names {
        let built = target().join("lambda").join(name);
        at(&built, fs::copy(&built, program(name)))?;
        let emptied = Call::new("python3").arg(root().join("infra/unwinding.py").as_os_str());
        emptied.arg(program(name).as_os_str()).read()?;
    }
    Ok(true)
}

/// Where a function is that was built.
pub(crate) fn program(name: &str) -> PathBuf {
    folder().join(name)
}

fn folder() -> PathBuf {
    target().join("functions/here")
}
