//! Running other programs and telling the person at the terminal about it.

use std::ffi::OsString;
use std::fmt;
use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

/// What went wrong, as a sentence for the person who ran the command.
#[derive(Debug)]
pub(crate) struct Failure(String);

pub(crate) type Outcome<T> = Result<T, Failure>;

impl Failure {
    pub(crate) fn new(what: impl Into<String>) -> Self {
        Self(what.into())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self(error.to_string())
    }
}

/// Adds the path to an I/O error, which does not name it itself.
pub(crate) fn at<T>(path: &Path, result: io::Result<T>) -> Outcome<T> {
    result.map_err(|error| Failure(format!("{}: {error}", path.display())))
}

/// One line to the terminal. A closed pipe at the other end is nobody's problem.
pub(crate) fn say(line: &str) {
    let mut out = io::stdout().lock();
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

/// A program to run: arguments, folder, environment.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    program: OsString,
    arguments: Vec<OsString>,
    directory: Option<PathBuf>,
    set: Vec<(OsString, OsString)>,
    unset: Vec<OsString>,
}

impl Call {
    pub(crate) fn new(program: impl Into<OsString>) -> Self {
        Self { program: program.into(), arguments: Vec::new(), directory: None, set: Vec::new(), unset: Vec::new() }
    }

    pub(crate) fn arg(mut self, argument: impl Into<OsString>) -> Self {
        self.arguments.push(argument.into());
        self
    }

    pub(crate) fn args<A: Into<OsString>>(mut self, arguments: impl IntoIterator<Item = A>) -> Self {
        self.arguments.extend(arguments.into_iter().map(Into::into));
        self
    }

    pub(crate) fn directory(mut self, directory: &Path) -> Self {
        self.directory = Some(directory.to_path_buf());
        self
    }

    pub(crate) fn env(mut self, name: &str, value: impl Into<OsString>) -> Self {
        self.set.push((name.into(), value.into()));
        self
    }

    /// Forgets what the cargo that runs us has set for us, so that the next cargo makes its own choices.
    pub(crate) fn clean_cargo_environment(mut self) -> Self {
        let ours = std::env::vars_os().map(|(name, _)| name).filter(|name| {
            let name = name.to_string_lossy();
            let package =
                name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") || name.starts_with("CARGO_BIN_");
            package || ["CARGO", "CARGO_PRIMARY_PACKAGE", "CARGO_CRATE_NAME", "RUST_RECURSION_COUNT"].contains(&&*name)
        });
        self.unset.extend(ours);
        self
    }

    pub(crate) fn unset(mut self, name: &str) -> Self {
        self.unset.push(name.into());
        self
    }

    /// The call as std takes it. Nothing we run may wait for input.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).stdin(Stdio::null());
        if let Some(directory) = &self.directory {
            command.current_dir(directory);
        }
        for name in &self.unset {
            command.env_remove(name);
        }
        for (name, value) in &self.set {
            command.env(name, value);
        }
        command
    }

    fn start_failed(&self, error: &io::Error) -> Failure {
        Failure(format!("{} cannot be started: {error}", self.program.to_string_lossy()))
    }

    fn must_succeed(&self, status: ExitStatus, output: &str) -> Outcome<()> {
        if status.success() {
            return Ok(());
        }
        let line = std::iter::once(&self.program)
            .chain(&self.arguments)
            .map(|part| part.to_string_lossy())
            .collect::<Vec<_>>()
            .join(" ");
        Err(Failure(format!("{output}\n`{line}` failed: {status}").trim().to_owned()))
    }

    /// Runs with our own terminal.
    pub(crate) fn show(&self) -> Outcome<()> {
        let status = self.command().status().map_err(|error| self.start_failed(&error))?;
        self.must_succeed(status, "")
    }

    /// Runs silently; the failure holds what the program printed. Answers standard output.
    pub(crate) fn read(&self) -> Outcome<String> {
        let output = self.command().output().map_err(|error| self.start_failed(&error))?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        self.must_succeed(output.status, &format!("{text}{}", String::from_utf8_lossy(&output.stderr)))?;
        Ok(text)
    }

    /// Whether the program starts and succeeds.
    pub(crate) fn succeeds(&self) -> bool {
        self.command().stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
    }

    /// Runs with both outputs appended to `log`. Answers whether it succeeded.
    pub(crate) fn log(&self, log: &Path) -> Outcome<bool> {
        let file = at(log, File::options().create(true).append(true).open(log))?;
        let errors = at(log, file.try_clone())?;
        let status = self.command().stdout(file).stderr(errors).status().map_err(|error| self.start_failed(&error))?;
        Ok(status.success())
    }
}
