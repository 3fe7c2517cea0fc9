//! `rollcall-dev-server --port N --data DIR`: the whole system on localhost until it is told to stop.

use std::{
    error::Error,
    io::{Write as _, stderr, stdout},
    path::PathBuf,
    process::ExitCode,
};

use rollcall_dev_server::{Config, DevServer, Faults};
use tokio::signal::unix::{SignalKind, signal};

const USAGE: &str = "\
Usage: rollcall-dev-server [--port N] [--data DIR] [--template FILE] [--web DIR] [--mail-rate N] [--faults SEED]

  --port N         listen on 127.0.0.1:N (8080; 0 for any free port)
  --data DIR       keep everything in DIR (.dev)
  --template FILE  run this template (infra/template.yaml)
  --web DIR        serve the pages built there (web/dist)
  --mail-rate N    take at most N mails a second (200)
  --faults SEED    repeat, delay and refuse by this seed what the cloud might
";

fn main() -> ExitCode {
    let config = match arguments(std::env::args().skip(1)) {
        Ok(Some(config)) => config,
        Ok(None) => {
            say(USAGE);
            return ExitCode::SUCCESS;
        }
        Err(message) => return fail(&format!("{message}\n\n{USAGE}")),
    };
    let filter = tracing_subscriber::EnvFilter::try_from_env("ROLLCALL_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(stderr).init();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&error.to_string()),
    };
    match runtime.block_on(run(config)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let mut message = error.to_string();
            let mut source = error.source();
            while let Some(error) = source {
                message.push_str(&format!(": {error}"));
                source = error.source();
            }
            fail(&message)
        }
    }
}

async fn run(config: Config) -> Result<(), Box<dyn Error>> {
    // Listened to before the start, so that a stop during it is not lost.
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let server = tokio::select! {
        server = DevServer::start(config) => server?,
        _ = terminate.recv() => return Ok(()),
        _ = interrupt.recv() => return Ok(()),
    };
    let (url, account) = (server.url(), server.account());
    say(&format!(
        "
  Rollcall    {url}
  sign in     {email}
  password    {password}
  code        {url}/outbox shows it (TOTP secret {secret})
  mails       {url}/outbox
  sample      {url}/dev/sample is a sheet to copy and paste into an import
  programs    {file} holds an API key

ready {url}
",
        email = account.email,
        password = account.password,
        secret = account.totp_secret,
        file = server.data().join("dev.json").display(),
    ));
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    server.stop().await;
    Ok(())
}

fn arguments(mut given: impl Iterator<Item = String>) -> Result<Option<Config>, String> {
    let mut config = Config::for_development(PathBuf::from(".dev"), 8080);
    while let Some(name) = given.next() {
        if name == "--help" || name == "-h" {
            return Ok(None);
        }
        let mut value = || given.next().ok_or_else(|| format!("{name} needs a value"));
        let number = |text: String| text.parse().map_err(|_| format!("{name}: {text} is no number"));
        match name.as_str() {
            "--port" => {
                config.port = u16::try_from(number(value()?)?).map_err(|_| "a port is at most 65535".to_owned())?;
            }
            "--data" => config.data = Some(value()?.into()),
            "--template" => config.template = value()?.into(),
            "--web" => config.web = value()?.into(),
            "--mail-rate" => config.mail_rate = number(value()?)?,
            "--faults" => config.faults = Faults::seeded(number(value()?)?.into()),
            _ => return Err(format!("{name} is no option")),
        }
    }
    Ok(Some(config))
}

// A reader that is gone (a closed pipe) is no reason to stop.
fn say(text: &str) {
    let mut out = stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

fn fail(message: &str) -> ExitCode {
    let _ = writeln!(stderr().lock(), "{message}");
    ExitCode::FAILURE
}
