//! `rollcall check`: the report of a sheet, byte for byte what the browser and the API say.

use std::{
    fs::{self, File},
    io::{self, Read, stdin},
    process::ExitCode,
};

use rollcall_validation::{Profile, ProfileError, Rows, Verdict, message};

use crate::{Usage, output};

/// The arguments of `rollcall check`.
#[derive(Debug, PartialEq, Eq)]
struct Arguments {
    file: String,
    profile: String,
    rows: Rows,
}

/// Runs the command.
pub(crate) fn run(arguments: &[String]) -> Result<ExitCode, Usage> {
    let arguments = parse(arguments)?;
    let unreadable = |what: String| {
        output::error(&format!("rollcall: {what}"));
        Ok(ExitCode::from(2))
    };
    let profile = match profile(&arguments.profile) {
        Ok(profile) => profile,
        Err(what) => return unreadable(what),
    };
    let bytes = match read(&arguments.file, profile.byte_limit()) {
        Ok(bytes) => bytes,
        Err(error) => return unreadable(format!("{}: {error}", arguments.file)),
    };
    let report = rollcall_validation::check(&bytes, &profile);
    output::line(&report.to_json(arguments.rows));
    if !report.is_readable() {
        let issues: Vec<String> = report.issues().iter().map(message).collect();
        return unreadable(format!("{}: {}", arguments.file, issues.join("; ")));
    }
    Ok(if report.verdict() == Verdict::Refused { ExitCode::from(1) } else { ExitCode::SUCCESS })
}

fn parse(arguments: &[String]) -> Result<Arguments, Usage> {
    let (mut file, mut profile, mut rows) = (None, None, Rows::Issues);
    let mut rest = arguments.iter();
    let mut literal = false;
    while let Some(argument) = rest.next() {
        let (name, joined) = match argument.split_once('=') {
            Some((name, value)) if name.starts_with("--") => (name, Some(value.to_owned())),
            _ => (argument.as_str(), None),
        };
        let mut value = || {
            let given = joined.clone().or_else(|| rest.next().cloned());
            given.ok_or_else(|| Usage(format!("{name} needs a value")))
        };
        match name {
            "--profile" if !literal => profile = Some(value()?),
            "--rows" if !literal => {
                rows = match value()?.as_str() {
                    "issues" => Rows::Issues,
                    "all" => Rows::All,
                    other => return Err(Usage(format!("--rows is issues or all, not {other}"))),
                }
            }
            "--" if !literal => literal = true,
            _ if !literal && argument.starts_with('-') && argument != "-" => {
                return Err(Usage(format!("there is no option {argument}")));
            }
            _ if file.is_none() => file = Some(argument.clone()),
            _ => return Err(Usage("one file at a time".into())),
        }
    }
    Ok(Arguments {
        file: file.ok_or_else(|| Usage("which file?".into()))?,
        profile: profile.ok_or_else(|| Usage("which profile? Say --profile".into()))?,
        rows,
    })
}

/// A built-in profile by its id, or one from a file.
fn profile(id_or_file: &str) -> Result<Profile, String> {
    if let Some(profile) = Profile::built_in(id_or_file) {
        return Ok(profile);
    }
    let text = fs::read_to_string(id_or_file).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => {
            format!("{}: {id_or_file}; there are {}", ProfileError::Unknown, Profile::built_in_ids().join(", "))
        }
        _ => format!("{id_or_file}: {error}"),
    })?;
    Profile::from_json(&text).map_err(|error| format!("{id_or_file}: {error}"))
}

/// Reads a file, or standard input, no further than shows that there is too much of it.
fn read(file: &str, limit: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let most = limit.saturating_add(1);
    if file == "-" {
        stdin().lock().take(most).read_to_end(&mut bytes)?;
        return Ok(bytes);
    }
    let opened = File::open(file)?;
    let size = opened.metadata()?.len();
    // A report says how large the file is, so all of it is read unless that is beyond reason.
    opened.take(if size < most.saturating_mul(8) { u64::MAX } else { most }).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Arguments, String> {
        let arguments: Vec<String> = line.split(' ').map(str::to_owned).collect();
        parse(&arguments).map_err(|Usage(what)| what)
    }

    #[test]
    fn arguments_come_in_any_order() {
        let expected = |rows| Ok(Arguments { file: "a.csv".into(), profile: "modern".into(), rows });
        for (line, rows) in [
            ("a.csv --profile modern", Rows::Issues),
            ("--profile modern a.csv --rows all", Rows::All),
            ("--profile=modern --rows=issues a.csv", Rows::Issues),
            ("--profile modern -- a.csv", Rows::Issues),
        ] {
            assert_eq!(parsed(line), expected(rows), "{line}");
        }
    }

    #[test]
    fn what_is_wrong_with_arguments_is_said() {
        for (line, what) in [
            ("a.csv", "which profile? Say --profile"),
            ("--profile modern", "which file?"),
            ("a.csv b.csv --profile modern", "one file at a time"),
            ("a.csv --profile", "--profile needs a value"),
            ("a.csv --profile modern --rows some", "--rows is issues or all, not some"),
            ("a.csv --profile modern --fast", "there is no option --fast"),
        ] {
            assert_eq!(parsed(line), Err(what.to_owned()), "{line}");
        }
    }
}
