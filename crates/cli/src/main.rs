//! The `rollcall` command. A subcommand is a module with a `run` that answers the exit code.

use std::process::ExitCode;

mod arguments;
mod check;
mod import;
#[cfg(feature = "operator")]
mod operator;
mod output;
mod progress;
mod server;
mod template;

const USAGE: &str = "\
usage: rollcall COMMAND

commands:
  check FILE --profile ID|FILE.json [--sheet NAME] [--rows issues|all]
        checks a sheet and prints the report as canonical JSON; FILE may be - for standard input, and of a workbook the
        worksheet with people on it is read unless another is named
        exit code 0: nothing is refused; 1: something is; 2: the input cannot be read

  template --profile ID|FILE.json [--format xlsx|csv|zip] [-o FILE]
           [--url URL] [--api-key KEY] [--organization ID]
        writes the sheet to fill in; with --url or --organization the server's, with the organization's own lists

  import FILE --profile ID [--organization ID] [--sheet NAME] [--mode atomic|partial]
         [--role ROLE] [--invite | --no-invite] [--on-existing refuse|skip|update|invite|add_to_group]
         [--credentials link|generate_and_mail|specify_and_mail|specify_only]
         [--dry-run] [--again] [--rows issues|all] [--url URL] [--api-key KEY]
        checks a sheet by the server's rules, imports it, waits for the end and prints the same report, with what the
        server says beside it; an interrupted command goes on where it was when it is repeated, and what was imported
        is not imported twice unless --again is said
        exit code 0: nothing is refused; 1: something is; 2: nothing was done, and why

  The server is --url or ROLLCALL_URL; the key --api-key or, seen by nobody else on the machine, ROLLCALL_API_KEY.

for operators, with AWS credentials that may write the deployment's table (AWS_PROFILE, AWS_REGION, …):
  bootstrap --table NAME --email ADDRESS --first-name NAME --last-name NAME
        makes the Root Master, once per deployment, and prints what to sign in with, once
  promote-root ADDRESS --table NAME
        hands the role of the Root Master on to an active technician; the former one becomes a System Administrator
        exit code 0: done; 1: not, and why; 2: misused";

/// What the arguments lack.
#[derive(Debug, PartialEq, Eq)]
struct Usage(String);

fn main() -> ExitCode {
    let mut arguments: Vec<String> = Vec::new();
    for argument in std::env::args_os().skip(1) {
        let Ok(argument) = argument.into_string() else { return misused(&Usage("arguments must be UTF-8".into())) };
        arguments.push(argument);
    }
    let ran = match arguments.split_first() {
        Some((command, rest)) if command == "check" => check::run(rest),
        Some((command, rest)) if command == "template" => template::run(rest),
        Some((command, rest)) if command == "import" => import::run(rest),
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
    output::error(&format!("rollcall: {what}\n`rollcall help` says what there is"));
    ExitCode::from(2)
}
