//! Tries the API with requests made from its own description, right ones and wrong ones, and holds every answer
//! against it (tests/schemathesis/schemathesis.toml).

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::browser::Server;
use crate::process::{Call, Outcome, at};
use crate::{dev, required, root, target, tools};

/// Runs against a dev server of its own, the output appended to `log`. Answers whether nothing was found.
pub(crate) fn run(log: &Path) -> Outcome<bool> {
    let programs = tools::schemathesis()?;
    dev::build_server(dev::Progress::Silent)?;
    let data = target().join("schemathesis-run");
    if data.exists() {
        at(&data, fs::remove_dir_all(&data))?;
    }
    at(&data, fs::create_dir_all(&data))?;
    let server = Server::start(&data)?;
    let written = data.join("dev.json");
    let written: Value = serde_json::from_str(&at(&written, fs::read_to_string(&written))?).unwrap_or_default();
    let key = required(written["api_key"].as_str(), "dev.json holds no api_key")?;
    Call::new(programs.join("st"))
        .arg("--config-file")
        .arg(root().join("tests/schemathesis/schemathesis.toml").as_os_str())
        .args(["run", "--no-color"])
        .arg(format!("{}/v1/openapi.json", server.url))
        .directory(&data)
        .env("ROLLCALL_API_KEY", key)
        .log(log)
}
