//! `cargo xtask deploy-test`: infra/template.yaml deployed by `sam deploy` to an emulator that runs the real programs,
//! and the main job's story told over it (tests/deploy/story.py).

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, ExitCode, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::process::{Call, Failure, Outcome, at, say};
use crate::{cargo, root, target, tools, verify, wasm, web};

/// How long the emulator may take to listen.
const START: Duration = Duration::from_secs(60);

/// As a person runs it: everything is built first, and the log is shown.
pub(crate) fn show() -> Outcome<ExitCode> {
    say("building the functions (the first time takes minutes)");
    build(Path::new("/dev/stderr"))?;
    let log = folder().join("story.log");
    at(&folder(), fs::create_dir_all(folder()))?;
    at(&log, fs::write(&log, ""))?;
    let passed = run(&log);
    say(at(&log, fs::read_to_string(&log))?.trim_end());
    Ok(if passed? { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The programs of all functions and `rollcall`, in the profile and with the features that the tests are built with:
/// only linking is left to do.
pub(crate) fn build(log: &Path) -> Outcome<bool> {
    cargo().args(["build", "--release", "--quiet", "--bins"]).args(verify::together()).log(log)
}

/// Deploys and tells the story, all output appended to `log`. Answers whether everything held.
pub(crate) fn run(log: &Path) -> Outcome<bool> {
    wasm::build()?;
    web::build()?;
    if !build(log)? {
        return Ok(false);
    }
    let sam = tools::python_tools()?.join("sam");
    let python = tools::ministack()?;
    let folder = folder();
    if folder.join("build").exists() {
        at(&folder, fs::remove_dir_all(folder.join("build")))?;
    }
    at(&folder, fs::create_dir_all(&folder))?;
    if !offline(Call::new(&sam).directory(&root()))
        .args(["build", "--parallel", "--build-dir"])
        .arg(folder.join("build").as_os_str())
        .env("BUILT", target().join("release").as_os_str())
        .log(log)?
    {
        return Ok(false);
    }
    let emulator = Emulator::start(&python, &folder)?;
    let story = offline(Call::new(python.join("python")).directory(&root()))
        .arg(root().join("tests/deploy/story.py").as_os_str())
        .args(["--endpoint", &emulator.url, "--emulator", &emulator.child.id().to_string()])
        .arg("--sam")
        .arg(sam.as_os_str())
        .arg("--rollcall")
        .arg(target().join("release/rollcall").as_os_str())
        .arg("--root")
        .arg(root().as_os_str())
        .arg("--build")
        .arg(folder.join("build").as_os_str())
        .arg("--dist")
        .arg(root().join("web/dist").as_os_str())
        .arg("--log")
        .arg(emulator.log.as_os_str());
    story.env("AWS_ENDPOINT_URL", &emulator.url).env("PYTHONUNBUFFERED", "1").log(log)
}

fn folder() -> PathBuf {
    target().join("deploy-test")
}

/// Credentials that open nothing, a region, and no calling home.
fn offline(call: Call) -> Call {
    call.env("AWS_ACCESS_KEY_ID", "000000000000")
        .env("AWS_SECRET_ACCESS_KEY", "none")
        .env("AWS_DEFAULT_REGION", "eu-central-1")
        .env("AWS_REGION", "eu-central-1")
        .env("AWS_CONFIG_FILE", "/dev/null")
        .env("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
        .env("SAM_CLI_TELEMETRY", "0")
        .unset("AWS_PROFILE")
        .unset("AWS_SESSION_TOKEN")
}

/// ministack on the loopback interface only; ends with the value.
struct Emulator {
    child: Child,
    url: String,
    log: PathBuf,
}

impl Emulator {
    fn start(python: &Path, folder: &Path) -> Outcome<Self> {
        // Free when it was asked for; the emulator says if somebody else was quicker.
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let (url, log) = (format!("http://127.0.0.1:{port}"), folder.join("emulator.log"));
        let output = at(&log, fs::File::create(&log))?;
        let errors = at(&log, output.try_clone())?;
        let temporary = folder.join("tmp");
        if temporary.exists() {
            at(&temporary, fs::remove_dir_all(&temporary))?;
        }
        at(&temporary, fs::create_dir_all(&temporary))?;
        // The program `ministack` would listen to every network.
        let call = offline(Call::new(python.join("hypercorn")).directory(&root().join("tests/deploy")))
            .args(["emulator:app", "--bind", &format!("127.0.0.1:{port}"), "--keep-alive", "75"])
            .env("GATEWAY_PORT", port.to_string())
            .env("AWS_ENDPOINT_URL", &url)
            .env("MINISTACK_REGION", "eu-central-1")
            .env("TMPDIR", temporary.as_os_str());
        let child = call.command().stdout(output).stderr(errors).stdin(Stdio::null()).spawn()?;
        let mut emulator = Self { child, url, log };
        let started = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            if started.elapsed() > START || emulator.child.try_wait()?.is_some() {
                let said = fs::read_to_string(&emulator.log).unwrap_or_default();
                return Err(Failure::new(format!("{said}\nministack did not become ready")));
            }
            thread::sleep(Duration::from_millis(100));
        }
        Ok(emulator)
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        // In order, so that it ends the functions that it started; at once, if it does not.
        let asked = Call::new("kill").arg(self.child.id().to_string()).succeeds();
        let started = Instant::now();
        while asked && started.elapsed() < Duration::from_secs(15) {
            if matches!(self.child.try_wait(), Ok(Some(_))) {
                return;
            }
            thread::sleep(Duration::from_millis(100));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
