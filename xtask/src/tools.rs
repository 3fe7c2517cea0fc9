//! What the machine may lack, and how it gets it: Debian packages, npm packages, Python packages.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use crate::process::{Call, Failure, Outcome, at, say};
use crate::{fingerprint, root, target};

/// Whether the shell would find this program.
pub(crate) fn on_path(program: &str) -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?).map(|directory| directory.join(program)).find(|path| path.is_file())
}

/// Installs Debian packages, as root or by a sudo that asks nothing.
pub(crate) fn apt_install(packages: &[&str], why: &str) -> Outcome<()> {
    if on_path("apt-get").is_none() {
        return Err(Failure::new(format!(
            "{why} needs {}, and there is no apt-get here to install it",
            packages.join(" ")
        )));
    }
    say(&format!("installing {} ({why})", packages.join(" ")));
    let root_user = Call::new("id").arg("-u").read().is_ok_and(|id| id.trim() == "0");
    let apt = |arguments: &[&str]| {
        let call = if root_user { Call::new("apt-get") } else { Call::new("sudo").args(["-n", "apt-get"]) };
        call.args(arguments.iter().copied()).env("DEBIAN_FRONTEND", "noninteractive")
    };
    let install: Vec<&str> =
        ["install", "-y", "-q", "--no-install-recommends"].iter().chain(packages).copied().collect();
    if apt(&install).read().is_ok() {
        return Ok(());
    }
    // The package lists may be missing or old.
    apt(&["update", "-q"]).read()?;
    apt(&install).read().map(|_| ())
}

/// `npm ci` in a folder with a lock file, unless that very lock file is installed already.
pub(crate) fn npm_ci(directory: &Path) -> Outcome<()> {
    let inputs = [directory.join("package.json"), directory.join("package-lock.json")];
    let stamp = directory.join("node_modules/.installed");
    let fingerprint = fingerprint::of(&inputs)?;
    if fingerprint::is_current(&stamp, &fingerprint) {
        return Ok(());
    }
    let npm = on_path("npm").ok_or_else(|| Failure::new("npm is not installed: Node.js 20.19 or later is needed"))?;
    let name = directory.strip_prefix(root()).unwrap_or(directory).display().to_string();
    say(&format!("installing the npm packages of {name}"));
    Call::new(npm).args(["ci", "--no-audit", "--no-fund", "--loglevel=error"]).directory(directory).read()?;
    fingerprint::keep(&stamp, &fingerprint)
}

/// The folder with `cfn-lint` and `sam`, in a virtual environment of their own.
pub(crate) fn python_tools() -> Outcome<PathBuf> {
    python_environment("python", &root().join("infra/requirements.txt"), "cfn-lint", "checking infra/template.yaml")
}

/// The folder with `st`, in a virtual environment of its own.
pub(crate) fn schemathesis() -> Outcome<PathBuf> {
    let requirements = root().join("tests/schemathesis/requirements.txt");
    python_environment("schemathesis", &requirements, "st", "trying the API with requests made from its description")
}

/// The folder with `hypercorn`, beside which ministack lies, in a virtual environment of their own: aws-sam-translator
/// and aws-sam-cli want different versions of botocore.
pub(crate) fn ministack() -> Outcome<PathBuf> {
    let requirements = root().join("tests/deploy/requirements.txt");
    python_environment("ministack", &requirements, "hypercorn", "deploying to an emulator")
}

/// The programs of a virtual environment with these packages, `program` among them.
fn python_environment(name: &str, requirements: &Path, program: &str, why: &str) -> Outcome<PathBuf> {
    let environment = target().join(name);
    let stamp = environment.join(".installed");
    let fingerprint = fingerprint::of(&[requirements.to_path_buf()])?;
    let programs = environment.join("bin");
    if fingerprint::is_current(&stamp, &fingerprint) && programs.join(program).is_file() {
        return Ok(programs);
    }
    if environment.exists() {
        at(&environment, fs::remove_dir_all(&environment))?;
    }
    let make = Call::new("python3").args(["-m", "venv"]).arg(environment.as_os_str());
    if !make.succeeds() {
        apt_install(&["python3", "python3-venv"], why)?;
        make.read()?;
    }
    let shown = requirements.strip_prefix(root()).unwrap_or(requirements).display().to_string();
    say(&format!("installing the Python packages of {shown}"));
    let pip = Call::new(programs.join("python")).args([
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "-r",
    ]);
    pip.arg(requirements.as_os_str()).read()?;
    fingerprint::keep(&stamp, &fingerprint)?;
    Ok(programs)
}

/// A Chromium to drive.
pub(crate) fn chromium() -> Outcome<PathBuf> {
    let find = || {
        env::var_os("CHROMIUM")
            .map(PathBuf::from)
            .or_else(|| ["chromium", "chromium-browser", "google-chrome"].iter().find_map(|name| on_path(name)))
    };
    if let Some(browser) = find() {
        return Ok(browser);
    }
    apt_install(&["chromium", "fonts-liberation"], "the browser tests")?;
    find().ok_or_else(|| Failure::new("chromium was installed and is still not found"))
}
