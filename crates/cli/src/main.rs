//! The `rollcall` command. A subcommand is a module with a `run` that answers the exit code.

use std::process::ExitCode;

mod check;
mod output;

const USAGE: &str = "\
usage: rollcall COMMAND

commands:
  check FILE --profile ID|FILE.json [--rows issues|all]
        checks a sheet and prints the report as canonical JSON; FILE may be - for standard input
        exit code 0: nothing is refused; 1: something is; 2: the input cannot be read";

/// What the arguments lack.
#[derive(Debug)]
struct Usage(String);

fn main() -> ExitCode {
    let mut arguments: Vec<String> = Vec::new();
    for argument in std::env::args_os().skip(1) {
        let Ok(argument) = argument.into_string() else { return misused(&Usage("arguments must be UTF-8".into())) };
        arguments.push(argument);
    }
    let ran = match arguments.split_first() {
        Some((command, rest)) if command == "check" => check::run(rest),
        Some((command, _)) if matches!(command.as_str(), "help" | "--help" | "-h") => {
            output::line(USAGE);
            Ok(ExitCode::SUCCESS)
        }
        Some((command, _)) => Err(Usage(format!("there is no command {command}"))),
        None => Err(Usage("which command?".into())),
    };
    ran.unwrap_or_else(|usage| misused(&usage))
}

fn misused(Usage(what): &Usage) -> ExitCode {
    output::error(&format!("rollcall: {what}\n{USAGE}"));
    ExitCode::from(2)
}
