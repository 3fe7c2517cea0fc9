//! Browser tests: every tests/browser/*.mjs in a headless Chromium against a dev server of its own.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ExitCode, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use crate::process::{Call, Failure, Outcome, at, say};
use crate::{dev, required, root, target, tools, wasm, web};

/// How long a fresh dev server may take to answer; it makes its table and first administrator in that time.
const START: Duration = Duration::from_secs(60);

/// One file of tests and how to run it.
pub(crate) struct Story {
    pub(crate) name: String,
    file: PathBuf,
}

/// The test files, in order of their names. Files that start with an underscore are helpers of the others.
pub(crate) fn stories() -> Outcome<Vec<Story>> {
    let folder = root().join("tests/browser");
    let mut files = Vec::new();
    for entry in at(&folder, fs::read_dir(&folder))? {
        let file = at(&folder, entry)?.path();
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if let Some(name) = name.strip_suffix(".test.mjs") {
            files.push(Story { name: name.to_owned(), file });
        }
    }
    files.sort_by(|left, right| left.name.cmp(&right.name));
    Ok(files)
}

/// Installs what the stories need: npm packages and a browser.
pub(crate) fn prepare() -> Outcome<PathBuf> {
    tools::npm_ci(&root().join("tests/browser"))?;
    tools::chromium()
}

/// Runs one story under node's test runner, its output appended to `log`. Answers whether it passed.
pub(crate) fn run(story: &Story, chromium: &Path, screenshots: &Path, log: &Path) -> Outcome<bool> {
    let data = target().join("browser").join(&story.name);
    if data.exists() {
        at(&data, fs::remove_dir_all(&data))?;
    }
    at(&data, fs::create_dir_all(&data))?;
    at(screenshots, fs::create_dir_all(screenshots))?;
    let server = Server::start(&data)?;
    // One process per file anyway: without isolation the runner reports the tests in the file, not the file.
    let node = Call::new("node").args(["--test", "--test-reporter=spec"]).arg(story.file.as_os_str());
    let node = node.directory(&root().join("tests/browser"));
    node.env("ROLLCALL_URL", &server.url)
        .env("ROLLCALL_DATA", data.as_os_str())
        .env("CHROMIUM", chromium.as_os_str())
        .env("SCREENSHOTS", screenshots.as_os_str())
        .log(log)
}

/// `cargo xtask screenshots [DIR]`
pub(crate) fn screenshots(arguments: &[String]) -> Outcome<ExitCode> {
    let folder = root().join(arguments.first().map_or("screenshots", String::as_str));
    wasm::build()?;
    web::build()?;
    dev::build_server(dev::Progress::Silent)?;
    let chromium = prepare()?;
    let log = target().join("browser/screenshots.log");
    at(&target().join("browser"), fs::create_dir_all(target().join("browser")))?;
    at(&log, fs::write(&log, ""))?;
    let mut passed = true;
    for story in stories()? {
        let ok = run(&story, &chromium, &folder, &log)?;
        say(&format!("{} {}", if ok { "ok    " } else { "FAILED" }, story.name));
        passed &= ok;
    }
    if !passed {
        say(&at(&log, fs::read_to_string(&log))?);
    }
    say(&format!("screenshots are in {}", folder.display()));
    Ok(if passed { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// A dev server of our own on a free port, its data in a folder; ends with the value.
pub(crate) struct Server {
    child: Child,
    pub(crate) url: String,
}

impl Server {
    pub(crate) fn start(data: &Path) -> Outcome<Self> {
        let log = data.join("dev-server.log");
        let call = Call::new(target().join("release/rollcall-dev-server"))
            .args(["--port", "0", "--data"])
            .arg(data.as_os_str());
        let mut command = call.directory(&root()).command();
        let mut child = command.stdout(Stdio::piped()).stderr(at(&log, fs::File::create(&log))?).spawn()?;
        let output = required(child.stdout.take(), "the dev server has no output")?;
        let mut server = Self { child, url: String::new() };
        let (lines, ready) = mpsc::channel();
        // Reads to the end: a server whose output nobody takes would stop when the pipe is full.
        thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if let Some(url) = line.strip_prefix("ready ") {
                    let _ = lines.send(url.trim().to_owned());
                }
            }
        });
        server.url = ready.recv_timeout(START).map_err(|_| {
            let said = fs::read_to_string(&log).unwrap_or_default();
            Failure::new(format!("{said}\nthe dev server did not become ready"))
        })?;
        Ok(server)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
