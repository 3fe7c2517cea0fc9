//! Checks of infra/template.yaml by AWS's own tools.

use std::path::Path;

use crate::process::{Call, Outcome};
use crate::{root, tools};

/// The calls that check the template, in order. None of them talks to AWS.
pub(crate) fn checks() -> Outcome<Vec<Call>> {
    let programs = tools::python_tools()?;
    let template = root().join("infra/template.yaml");
    Ok(vec![
        call(&programs, "cfn-lint").arg(template.as_os_str()),
        call(&programs, "sam").args(["validate", "--lint", "--template-file"]).arg(template.as_os_str()),
    ])
}

fn call(programs: &Path, program: &str) -> Call {
    // sam wants a region before it lints, and would otherwise call home.
    let call = Call::new(programs.join(program)).directory(&root());
    call.env("AWS_DEFAULT_REGION", "eu-central-1").env("SAM_CLI_TELEMETRY", "0").env("SAM_CLI_POLL_DELAY", "0")
}
