//! What operators do to a deployed stack with their own AWS credentials, by scripts beside the template.

use std::process::ExitCode;

use crate::process::{Call, Outcome};
use crate::{root, tools, wasm, web};

/// `cargo xtask console [--stack NAME]`: builds the pages and puts them into the stack's bucket.
pub(crate) fn console(arguments: &[String]) -> Outcome<ExitCode> {
    wasm::build()?;
    web::build()?;
    let script = script("console.py")?.arg("--dist").arg(root().join("web/dist").as_os_str());
    script.args(arguments).show()?;
    Ok(ExitCode::SUCCESS)
}

/// `cargo xtask redrive [--stack NAME]`: tries again what is in the dead-letter queues.
pub(crate) fn redrive(arguments: &[String]) -> Outcome<ExitCode> {
    script("redrive.py")?.args(arguments).show()?;
    Ok(ExitCode::SUCCESS)
}

/// A script of infra/, with the SDK that came with sam.
fn script(name: &str) -> Outcome<Call> {
    let python = tools::python_tools()?.join("python");
    Ok(Call::new(python).arg(root().join("infra").join(name).as_os_str()))
}
