//! `rollcall check`: the report of a sheet, byte for byte what the browser and the API say.

use std::{
    fs::{self, File},
    io::{self, Read, stdin},
    process::ExitCode,
};

use rollcall_validation::{
    Profile, ProfileError, Rows, Verdict, check, message,
    sheet::{MappingError, Sheet},
};

use crate::{
    Usage,
    arguments::{Arguments, one_of},
    output,
};

/// The arguments of `rollcall check`.
#[derive(Debug, PartialEq, Eq)]
struct Asked {
    file: String,
    profile: String,
    sheet: Option<String>,
    rows: Rows,
}

/// Runs the command.
pub(crate) fn run(arguments: &[String]) -> Result<ExitCode, Usage> {
    let asked = parse(arguments)?;
    let unreadable = |what: String| {
        output::error(&format!("rollcall: {what}"));
        Ok(ExitCode::from(2))
    };
    let profile = match profile(&asked.profile) {
        Ok(profile) => profile,
        Err(what) => return unreadable(what),
    };
    let bytes = match read(&asked.file, profile.byte_limit()) {
        Ok(bytes) => bytes,
        Err(error) => return unreadable(format!("{}: {error}", asked.file)),
    };
    let report = match &asked.sheet {
        None => check(&bytes, &profile),
        Some(name) => match opened(&bytes, &profile, Some(name)) {
            Ok(sheet) => sheet.report(),
            Err(error) => return unreadable(format!("{}: {error}", asked.file)),
        },
    };
    output::line(&report.to_json(asked.rows));
    if !report.is_readable() {
        let issues: Vec<String> = report.issues().iter().map(message).collect();
        return unreadable(format!("{}: {}", asked.file, issues.join("; ")));
    }
    Ok(if report.verdict() == Verdict::Refused { ExitCode::from(1) } else { ExitCode::SUCCESS })
}

fn parse(arguments: &[String]) -> Result<Asked, Usage> {
    let given = Arguments::read(arguments, &["--profile", "--sheet", "--rows"], &[])?;
    Ok(Asked {
        file: given.only("FILE")?,
        profile: given.required("--profile")?,
        sheet: given.value("--sheet"),
        rows: rows(&given)?,
    })
}

/// A sheet that is read and checked: of a workbook the worksheet of that name, or the one with people on it.
pub(crate) fn opened(bytes: &[u8], profile: &Profile, sheet: Option<&str>) -> Result<Sheet, MappingError> {
    let mapping = sheet.map(|name| serde_json::json!({"sheet": name}).to_string());
    Sheet::parse(bytes, profile, mapping.as_deref())
}

/// Which rows a report lists.
pub(crate) fn rows(given: &Arguments) -> Result<Rows, Usage> {
    let parse = |name: &str| match name {
        "issues" => Some(Rows::Issues),
        "all" => Some(Rows::All),
        _ => None,
    };
    given.value("--rows").map_or(Ok(Rows::Issues), |name| one_of("--rows", &name, "issues or all", parse))
}

/// A built-in profile by its id, or one from a file.
pub(crate) fn profile(id_or_file: &str) -> Result<Profile, String> {
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
pub(crate) fn read(file: &str, limit: u64) -> io::Result<Vec<u8>> {
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

    #[test]
    fn arguments_row_by_row() {
        let asked = |line: &str| {
            let given: Vec<String> = line.split(' ').map(str::to_owned).collect();
            parse(&given).map_err(|Usage(what)| what)
        };
        let expected = |sheet: Option<&str>, rows| {
            Ok(Asked { file: "a.csv".into(), profile: "modern".into(), sheet: sheet.map(str::to_owned), rows })
        };
        assert_eq!(asked("a.csv --profile modern"), expected(None, Rows::Issues));
        assert_eq!(asked("--profile modern --rows all a.csv --sheet New"), expected(Some("New"), Rows::All));
        for (line, what) in [
            ("a.csv", "--profile is missing"),
            ("--profile=modern", "FILE is missing"),
            ("a.csv --profile modern --rows some", "--rows is issues or all, not some"),
        ] {
            assert_eq!(asked(line), Err(what.to_owned()), "{line}");
        }
    }
}
