//! `cargo verify`: every check and test, each a named and timed step, and a closing line of counts.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::thread::{self, JoinHandle};
use std::time::Instant;

use crate::process::{Call, Failure, Outcome, at, say};
use crate::{
    bench, browser, cargo, deploy_test, dev, functions, phone_metadata, policies, root, schemathesis, target, template,
    tools, unicode_tables, wasm, web,
};

/// The functions that are built as they are deployed, side by side on two cores: one of the API with the validator in
/// it, one of the stream that sends mail.
const DEPLOYED: [&str; 2] = ["start-import", "deliver-mail"];

/// Packages that ask for other features of what they share with the rest (the validator's tests do). Built together with
/// it, everything that `cargo dev` has built would be built again.
const APART: [&str; 6] = [
    "phone-automaton",
    "rollcall-validation",
    "rollcall-wasm-validator",
    "rollcall-wasm-xlsx",
    "rollcall-xlsx",
    "xtask",
];

/// What a step found: tests that passed and failed, beside its own success.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Counts {
    passed: u64,
    failed: u64,
}

/// All steps so far.
struct Verify {
    logs: PathBuf,
    step: u32,
    total: Counts,
}

pub(crate) fn run(arguments: &[String]) -> Outcome<ExitCode> {
    let quick = match arguments {
        [] => false,
        [only] if only == "--quick" => true,
        _ => return Err(Failure::new("cargo verify takes only --quick")),
    };
    let started = Instant::now();
    let logs = target().join("verify");
    if logs.exists() {
        at(&logs, fs::remove_dir_all(&logs))?;
    }
    at(&logs, fs::create_dir_all(&logs))?;
    // Downloads wait for the network, compilers for the processor: side by side.
    let downloads: JoinHandle<()> = thread::spawn(|| {
        // A failure comes back, with its reason, in the step that needs the tools.
        let _ = tools::python_tools();
        let _ = tools::schemathesis();
        let _ = tools::ministack();
    });
    let mut verify = Verify { logs, step: 0, total: Counts::default() };
    verify.steps(quick, downloads);
    let Counts { passed, failed } = verify.total;
    say(&format!("verified in {:.0} s", started.elapsed().as_secs_f32()));
    say(&format!("{passed} passed, {failed} failed"));
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

impl Verify {
    fn steps(&mut self, quick: bool, downloads: JoinHandle<()>) {
        self.step("format", |log| cargo().args(["fmt", "--all", "--check", "--", "--files-with-diff"]).log(log));
        self.step("lints", |log| {
            let lint = |packages: Vec<&str>| {
                let clippy = cargo().args(["clippy", "--release", "--quiet", "--all-targets"]).args(packages);
                clippy.args(["--", "-D", "warnings"]).log(log)
            };
            Ok(lint(together())? & lint(APART.iter().flat_map(|name| ["--package", name]).collect())?)
        });
        self.step("tables of phone numbers", phone_metadata::is_current);
        self.step("tables of characters", unicode_tables::is_current);
        let package = self.step("validator for the browser", |_| wasm::build().map(|()| true));
        self.step("tests", |log| {
            let test = cargo().args(["test", "--release", "--quiet", "--no-fail-fast"]).args(together());
            let test = test.args(without_tests()?.into_iter().flat_map(|name| ["--exclude".to_owned(), name]));
            test.env("ROLLCALL_ACCESSES", policies::start()?).log(log)
        });
        self.step("policies", policies::check);
        for (name, package) in [
            ("phone numbers", "phone-automaton"),
            ("workbooks", "rollcall-xlsx"),
            ("the validator", "rollcall-validation"),
        ] {
            self.step(&format!("tests of {name}"), |log| {
                cargo().args(["test", "--release", "--quiet", "--no-fail-fast", "--package", package]).log(log)
            });
        }
        self.step("tests of these commands", |log| {
            cargo().args(["test", "--release", "--quiet", "--package", "xtask"]).log(log)
        });
        self.step("rollcall check", check_samples);
        if package {
            self.step("corpus in WebAssembly", |log| {
                Call::new("node").arg(root().join("tests/corpus.mjs").as_os_str()).log(log)
            });
            self.step("validator package", |log| {
                Call::new("node")
                    .args(["--test", "--test-reporter=spec"])
                    .arg(root().join("wasm-validator/test/package.test.mjs").as_os_str())
                    .log(log)
            });
            let installed = self.step("web packages", |_| tools::npm_ci(&root().join("web")).map(|()| true));
            if installed {
                for (name, script) in [("web types", "typecheck"), ("web lints", "lint"), ("web tests", "test")] {
                    self.step(name, |log| web::npm(&["run", "--silent", script]).env("NO_COLOR", "1").log(log));
                }
                self.step("web build", |_| web::build().map(|()| true));
            }
        }
        let _ = downloads.join();
        self.step("template", |log| {
            Ok(template::checks()?
                .iter()
                .map(|check| check.log(log))
                .collect::<Outcome<Vec<_>>>()?
                .into_iter()
                .all(|passed| passed))
        });
        self.step("API against its description", schemathesis::run);
        if quick {
            return;
        }
        self.step("functions as deployed", deployed_functions);
        self.step("deployed story", deploy_test::run);
        self.browser_tests();
    }

    fn browser_tests(&mut self) {
        let mut ready = None;
        self.step("browser tests: preparation", |_| {
            web::build()?;
            dev::build_server(dev::Progress::Silent)?;
            ready = Some((browser::prepare()?, browser::stories()?));
            Ok(true)
        });
        let Some((chromium, stories)) = ready else { return };
        self.step("the validator beside its peers", bench::smoke);
        let screenshots = target().join("screenshots");
        for story in stories {
            self.step(&format!("browser test {}", story.name), |log| {
                browser::run(&story, &chromium, &screenshots, log)
            });
        }
    }

    /// Runs one step and says how it went. Whatever went wrong is shown; the next step runs all the same.
    fn step(&mut self, name: &str, work: impl FnOnce(&Path) -> Outcome<bool>) -> bool {
        self.step += 1;
        let log = self.logs.join(format!("{:02}-{}.log", self.step, name.replace([' ', ':'], "-")));
        let started = Instant::now();
        let outcome = fs::write(&log, "").map_err(Failure::from).and_then(|()| work(&log));
        let text = fs::read(&log).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
        let counts = count(&text);
        let passed = matches!(outcome, Ok(true)) && counts.failed == 0;
        let seconds = started.elapsed().as_secs_f32();
        let tests = if counts == Counts::default() {
            String::new()
        } else {
            format!(", {} tests", counts.passed + counts.failed)
        };
        say(&format!("{} {name} ({seconds:.1} s{tests})", if passed { "ok    " } else { "FAILED" }));
        if !passed {
            say(text.trim_end());
            if let Err(failure) = &outcome {
                say(&failure.to_string());
            }
        }
        self.total.passed += counts.passed + u64::from(passed);
        // A step that failed for another reason than its tests counts as one failure.
        self.total.failed += counts.failed + u64::from(!passed && counts.failed == 0);
        passed
    }
}

/// The workspace without what is built apart, with the commands of operators.
pub(crate) fn together() -> Vec<&'static str> {
    let all = ["--workspace", "--features", "rollcall-cli/operator"];
    all.into_iter().chain(APART.iter().flat_map(|name| ["--exclude", name])).collect()
}

/// Adds up what the test runners print at their end: cargo's, vitest's, node's and our own.
fn count(log: &str) -> Counts {
    let mut counts = Counts::default();
    for line in log.lines() {
        let words: Vec<&str> = line.split_whitespace().map(|word| word.trim_end_matches([';', ','])).collect();
        let before = |label: &str| {
            words.windows(2).find(|pair| pair[1] == label).and_then(|pair| pair[0].parse::<u64>().ok()).unwrap_or(0)
        };
        match words.as_slice() {
            ["test", "result:", ..] | ["Tests", ..] => {
                counts.passed += before("passed");
                counts.failed += before("failed");
            }
            ["ℹ", "pass", number] => counts.passed += number.parse().unwrap_or(0),
            ["ℹ", "fail", number] => counts.failed += number.parse().unwrap_or(0),
            _ => {}
        }
    }
    counts
}

/// Functions without tests of their own: nearly all, since what they do is tested behind them. Linking the SDK into two
/// empty test programs for each of them would take longer than all tests.
fn without_tests() -> Outcome<Vec<String>> {
    let functions = root().join("functions");
    let mut names = Vec::new();
    for entry in at(&functions, fs::read_dir(&functions))? {
        let package = at(&functions, entry)?.path();
        let mut tested = package.join("tests").is_dir();
        let sources = package.join("src");
        for source in at(&sources, fs::read_dir(&sources))? {
            let source = at(&sources, source)?.path();
            tested |= source.is_file() && at(&source, fs::read_to_string(&source))?.contains("#[test]");
        }
        if !tested {
            names.push(package.file_name().unwrap_or_default().to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}

/// The command-line program, as a person runs it: what it prints and how it exits.
fn check_samples(log: &Path) -> Outcome<bool> {
    let built = cargo().args(["build", "--release", "--quiet", "--package", "rollcall-cli"]).log(log)?;
    if !built {
        return Ok(false);
    }
    let samples: [(&str, &[u8], i32, &str); 3] = [
        ("accepted", b"First Name\tLast Name\tEmail\nAna\tDiaz\tana@example.com\n", 0, "\"verdict\":\"accepted\""),
        ("refused", b"First Name\tLast Name\tEmail\nAna\tDiaz\tana@\n", 1, "\"verdict\":\"refused\""),
        ("unreadable", b"\x89PNG\r\n\x1a\n\0\0\0\0", 2, "\"verdict\":\"refused\""),
    ];
    let mut passed = true;
    let mut lines = String::new();
    for (name, sheet, code, expected) in samples {
        let file = target().join("verify").join(format!("{name}.tsv"));
        at(&file, fs::write(&file, sheet))?;
        let rollcall = Call::new(target().join("release/rollcall"))
            .arg("check")
            .arg(file.as_os_str())
            .args(["--profile", "end-user"]);
        let output = rollcall.command().output()?;
        let printed = String::from_utf8_lossy(&output.stdout);
        let right = output.status.code() == Some(code) && printed.contains(expected) && printed.ends_with("}\n");
        lines += &format!("test result: {name}: {} passed; {} failed\n", u8::from(right), u8::from(!right));
        if !right {
            lines += &format!(
                "expected exit code {code} and {expected}; got {}\n{printed}{}\n",
                output.status,
                String::from_utf8_lossy(&output.stderr)
            );
        }
        passed &= right;
    }
    at(log, fs::write(log, lines))?;
    Ok(passed)
}

/// Builds functions as `sam build` does, and says how large they are.
fn deployed_functions(log: &Path) -> Outcome<bool> {
    if !functions::build(&DEPLOYED, log)? {
        return Ok(false);
    }
    for name in DEPLOYED {
        let program = functions::program(name);
        let size = at(&program, fs::metadata(&program))?.len();
        say(&format!("       {name}: {:.1} MB", size as f64 / 1e6));
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::{Counts, count};

    #[test]
    fn totals_of_every_test_runner_are_counted() {
        let rows = [
            (
                "cargo",
                "test result: ok. 12 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.1s",
                12,
                0,
            ),
            (
                "cargo with failures",
                "test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out",
                3,
                2,
            ),
            ("vitest", "      Tests  7 passed (7)", 7, 0),
            ("vitest with failures", "      Tests  1 failed | 6 passed (7)", 6, 1),
            ("node, passed", "ℹ pass 4", 4, 0),
            ("node, failed", "ℹ fail 1", 0, 1),
            ("anything else", "running 12 tests that passed before; 3 failed", 0, 0),
        ];
        for (name, line, passed, failed) in rows {
            assert_eq!(count(line), Counts { passed, failed }, "{name}");
        }
    }
}
