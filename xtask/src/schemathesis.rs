//! Tries the API with requests made from its own description, right ones and wrong ones, and holds every answer
//! against it (tests/schemathesis/schemathesis.toml).

use std::fs;
use std::path::Path;

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
    let written: String = at(&written, fs::read_to_string(&written))?;
    let key = required(api_key(&written), "dev.json holds no api_key")?;
    Call::new(programs.join("st"))
        .arg("--config-file")
        .arg(root().join("tests/schemathesis/schemathesis.toml").as_os_str())
        .args(["run", "--no-color"])
        .arg(format!("{}/v1/openapi.json", server.url))
        .directory(&data)
        .env("ROLLCALL_API_KEY", key)
        .log(log)
}

/// The text of the member `api_key`, which holds nothing that JSON would escape.
fn api_key(json: &str) -> Option<String> {
    let (_, rest) = json.split_once("\"api_key\"")?;
    rest.split('"').nth(1).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::api_key;

    #[test]
    fn the_key_is_found_in_what_the_dev_server_writes() {
        assert_eq!(api_key(r#"{"url": "x", "api_key": "rk_1", "admin": {}}"#).as_deref(), Some("rk_1"));
        assert_eq!(api_key("{}"), None);
    }
}
