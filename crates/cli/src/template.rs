//! `rollcall template`: the sheet that people fill in.

use std::{
    fs,
    io::{IsTerminal as _, Write as _, stdout},
    process::ExitCode,
};

use rollcall_templates::{Format, template};

use crate::{
    Usage,
    arguments::{Arguments, one_of},
    check, output,
    server::{Server, escaped, query},
};

/// Runs the command.
pub(crate) fn run(arguments: &[String]) -> Result<ExitCode, Usage> {
    let options = ["--profile", "--format", "-o", "--organization"];
    let given = Arguments::read(arguments, &[&options[..], &Server::OPTIONS].concat(), &[])?;
    given.nothing_else()?;
    let profile = given.required("--profile")?;
    let format = given.value("--format");
    let format =
        format.map_or(Ok(Format::Xlsx), |name| one_of("--format", &name, "csv, xlsx or zip", Format::parse))?;
    let file = given.value("-o").unwrap_or_else(|| "-".to_owned());
    if file == "-" && format != Format::Csv && stdout().is_terminal() {
        return Err(Usage(format!("where to? Say -o FILE.{format}")));
    }
    let organization = given.value("--organization");
    let made = if organization.is_some() || given.value("--url").is_some() {
        let server = Server::of(&given)?;
        let wanted = query(&[("organization", organization.as_deref()), ("format", Some(format.name()))]);
        let path = format!("/v1/import-profiles/{}/template{wanted}", escaped(&profile));
        // The gateway looks at the bare type.
        let accept = format.media_type().split(';').next().unwrap_or_default();
        server.get(&path, accept).map(|answer| answer.body).map_err(|failure| failure.to_string())
    } else {
        check::profile(&profile).and_then(|profile| template(&profile, format).map_err(|error| error.to_string()))
    };
    let written = made.and_then(|bytes| match file.as_str() {
        "-" => stdout().lock().write_all(&bytes).map_err(|error| error.to_string()),
        file => fs::write(file, bytes).map_err(|error| format!("{file}: {error}")),
    });
    Ok(match written {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            output::error(&format!("rollcall: {why}"));
            ExitCode::from(2)
        }
    })
}
