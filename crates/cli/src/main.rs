//! The `rollcall` command. A subcommand is a module with a `run` that answers the exit code.

use std::process::ExitCode;

mod check;
#[cfg(feature = "operator")]
mod operator;
mod output;

const USAGE: &str = "\
usage: rollcall COMMAND

commands:
  check FILE --profile ID|FILE.json [--rows issues|all]
        checks a sheet and prints the report as canonical JSON; FILE may be - for standard input
        exit code 0: nothing is refused; 1: something is; 2: the input cannot be read

for operators, with AWS credentials that may write the deployment's table (AWS_PROFILE, AWS_REGION, …):
  bootstrap --table NAME --email ADDRESS --first-name NAME --last-name NAME
        makes the Root Master, once per deployment, and prints what to sign in with, once
  promote-root ADDRESS --table NAME
        hands the role of the Root Master on to an active technician; the former one becomes a System Administrator
        exit code 0: done; 1: not, and why; 2: misused";

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
        #[cfg(feature = "operator")]
        Some((command, rest)) if command == "bootstrap" => operator::bootstrap(rest),
        #[cfg(feature = "operator")]
        Some((command, rest)) if command == "promote-root" => operator::promote_root(rest),
        #[cfg(not(feature = "operator"))]
        Some((command, _)) if matches!(command.as_str(), "bootstrap" | "promote-root") => {
            Err(Usage(format!("{command} is not in this build; build it with --features operator")))
        }
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
