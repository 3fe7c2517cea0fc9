//! `rollcall import` and `rollcall template`, the program as people run it, against the whole system.

use std::{
    ffi::OsString,
    fs,
    io::{Cursor, Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::Command,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
};

use rollcall_tests::system::{Caller, System};
use serde_json::{Value, json};

/// The program, built once as this test was.
fn program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let itself = std::env::current_exe().expect("this program");
        let folder = itself.parent().and_then(Path::parent).expect("its profile's folder");
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
        let mut build = Command::new(cargo);
        build.args(["build", "--quiet", "--package", "rollcall-cli"]).current_dir(rollcall_tests::workspace::root());
        if folder.ends_with("release") {
            build.arg("--release");
        }
        // What cargo tells this test about itself would have others built anew.
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            if ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_"].iter().any(|prefix| text.starts_with(prefix))
                || text == "CARGO"
            {
                build.env_remove(&name);
            }
        }
        assert!(build.status().expect("cargo").success(), "rollcall-cli does not build");
        folder.join(format!("rollcall{}", std::env::consts::EXE_SUFFIX))
    })
}

/// What a run left behind.
#[derive(Debug)]
struct Ran {
    code: i32,
    out: Vec<u8>,
    err: String,
}

impl Ran {
    fn text(&self) -> &str {
        std::str::from_utf8(&self.out).expect("text")
    }

    /// The report: one line of canonical JSON.
    fn report(&self) -> Value {
        let text = self.text();
        assert!(text.ends_with("}\n") && text.lines().count() == 1, "{self:?}");
        serde_json::from_str(text).expect("JSON")
    }

    /// The report without what only a server says.
    fn checked(&self) -> Value {
        let mut report = self.report();
        let members = report.as_object_mut().expect("an object");
        members.remove("import");
        members.remove("server");
        report
    }

    /// Row and code of what only the server says.
    fn server_issues(&self) -> Vec<(u64, String)> {
        let report = self.report();
        let issues = report["server"]["issues"].as_array().expect("issues");
        let code = |issue: &Value| issue["code"].as_str().unwrap_or_default().to_owned();
        issues.iter().map(|issue| (issue["row"].as_u64().unwrap_or(0), code(issue))).collect()
    }
}

/// A folder of sheets, and a system to import them into.
struct Desk {
    system: System,
    folder: PathBuf,
}

impl Desk {
    async fn new(name: &str, seed: u64) -> Self {
        let folder = std::env::temp_dir().join(format!("rollcall-cli-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        Self { system: System::start(seed).await, folder }
    }

    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.folder.join(name);
        fs::write(&path, content).expect("a file");
        path.to_string_lossy().into_owned()
    }

    /// Runs the program as the holder of the first administrator's key.
    async fn run(&self, line: &[&str]) -> Ran {
        self.run_at(self.system.server.url(), line).await
    }

    async fn run_at(&self, url: &str, line: &[&str]) -> Ran {
        let Caller::Key(key) = self.system.root() else { panic!("the administrator has a key") };
        let line: Vec<String> = line.iter().map(|word| (*word).to_owned()).collect();
        let (url, folder) = (url.to_owned(), self.folder.clone());
        let run = move || {
            let mut command = Command::new(program());
            command.env("ROLLCALL_URL", url).env("ROLLCALL_API_KEY", key).current_dir(folder).args(line);
            for proxy in ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"] {
                command.env_remove(proxy);
            }
            command.output().expect("the program runs")
        };
        let output = tokio::task::spawn_blocking(run).await.expect("an end");
        Ran {
            code: output.status.code().expect("a code"),
            out: output.stdout,
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// The imports there are.
    async fn imports(&self) -> Vec<Value> {
        let list = self.system.get(&self.system.root(), "/v1/imports").await;
        list.json["items"].as_array().cloned().expect("items")
    }

    /// The rules of there, as a file for `rollcall check`.
    async fn rules(&self, profile: &str, query: &str) -> String {
        let answer = self.system.get(&self.system.root(), format!("/v1/import-profiles/{profile}{query}")).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        self.file("rules.json", answer.text)
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// A sheet of that many people with addresses of their own.
fn sheet(prefix: &str, people: usize) -> String {
    let mut text = String::from("First Name,Last Name,Email\n");
    for person in 0..people {
        let letters: String = person.to_string().bytes().map(|digit| char::from(digit - b'0' + b'a')).collect();
        text.push_str(&format!("Person,N{letters},{prefix}{person}@example.com\n"));
    }
    text
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sheet_is_imported_once_with_the_report_that_check_prints() {
    let desk = Desk::new("once", 71).await;
    let file = desk.file("people.csv", sheet("once", 1_300));
    let rules = desk.rules("technician", "").await;
    let checked = desk.run(&["check", &file, "--profile", &rules]).await;
    assert_eq!(checked.code, 0, "{checked:?}");

    let dry = desk.run(&["import", &file, "--profile", "technician", "--dry-run"]).await;
    assert_eq!((dry.code, dry.checked(), dry.server_issues()), (0, checked.report(), vec![]), "{}", dry.err);
    assert!(dry.err.contains("0 already here, 1300 new"), "{}", dry.err);
    assert_eq!(desk.imports().await.len(), 0, "a dry run leaves nothing");

    let ran = desk.run(&["import", &file, "--profile", "technician"]).await;
    assert_eq!((ran.code, ran.checked(), ran.server_issues()), (0, checked.report(), vec![]), "{}", ran.err);
    let report = ran.report();
    assert_eq!(report["import"]["status"], "finished");
    assert_eq!(
        report["import"]["counts"],
        json!({"rows": 1_300, "imported": 1_300, "updated": 0, "skipped": 0, "failed": 0})
    );
    let found = desk.system.get(&desk.system.root(), "/v1/users?q=once1299").await;
    assert_eq!(found.json["items"].as_array().map(Vec::len), Some(1));

    let repeated = desk.run(&["import", &file, "--profile", "technician"]).await;
    assert_eq!((repeated.code, repeated.report()), (0, report), "{}", repeated.err);
    assert!(repeated.err.contains("--again"), "{}", repeated.err);
    assert_eq!(desk.imports().await.len(), 1);

    let again = desk.run(&["import", &file, "--profile", "technician", "--again"]).await;
    assert_eq!((again.code, &again.report()["import"]["status"]), (1, &json!("rejected")), "{}", again.err);
    assert_eq!(again.server_issues().len(), 1_300);
    assert!(again.server_issues().iter().all(|(_, code)| code == "email_taken" || code == "already_exists"));
    let skipped = desk.run(&["import", &file, "--profile", "technician", "--on-existing", "skip"]).await;
    assert_eq!((skipped.code, &skipped.report()["import"]["counts"]["skipped"]), (0, &json!(1_300)), "{}", skipped.err);
}

/// A way to the server that ends after so many bytes, for good.
struct Cut {
    url: String,
}

impl Cut {
    fn after(bytes: usize, server: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let to = server.trim_start_matches("http://").to_owned();
        let (passed, open) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(true)));
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                if !open.load(Ordering::SeqCst) {
                    return;
                }
                let Ok(server) = TcpStream::connect(&to) else { return };
                let (mut back_from, mut back_to) =
                    (server.try_clone().expect("a copy"), client.try_clone().expect("a copy"));
                thread::spawn(move || {
                    let _ = std::io::copy(&mut back_from, &mut back_to);
                    let _ = back_to.shutdown(Shutdown::Both);
                });
                let (passed, open) = (Arc::clone(&passed), Arc::clone(&open));
                thread::spawn(move || pass(client, server, bytes, &passed, &open));
            }
        });
        Self { url }
    }
}

/// Passes on what a client sends; the server is addressed by its own name.
fn pass(mut client: TcpStream, mut server: TcpStream, limit: usize, passed: &AtomicUsize, open: &AtomicBool) {
    let host = |address: std::io::Result<std::net::SocketAddr>| format!("host: {}", address.expect("an address"));
    let (named, meant) = (host(client.local_addr()), host(server.peer_addr()));
    let mut buffer = [0; 4096];
    while let Ok(count @ 1..) = client.read(&mut buffer) {
        if passed.fetch_add(count, Ordering::SeqCst) + count > limit {
            open.store(false, Ordering::SeqCst);
        }
        let mut bytes = buffer[..count].to_vec();
        if let Some(at) = bytes.windows(named.len()).position(|text| text.eq_ignore_ascii_case(named.as_bytes())) {
            bytes.splice(at..at + named.len(), meant.bytes());
        }
        if !open.load(Ordering::SeqCst) || server.write_all(&bytes).is_err() {
            break;
        }
    }
    let _ = server.shutdown(Shutdown::Both);
    let _ = client.shutdown(Shutdown::Both);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupted_import_goes_on_where_it_was() {
    let desk = Desk::new("cut", 72).await;
    let text = sheet("cut", 4_500);
    let file = desk.file("people.csv", &text);
    // The rows of three chunks and a bit, as JSON.
    let way = Cut::after(350_000, desk.system.server.url());
    let cut = desk.run_at(&way.url, &["import", &file, "--profile", "technician"]).await;
    assert_eq!((cut.code, cut.text()), (2, ""), "{}", cut.err);
    assert!(cut.err.contains(&format!("{} does not answer", way.url)), "{}", cut.err);
    let imports = desk.imports().await;
    assert_eq!((imports.len(), &imports[0]["status"]), (1, &json!("staged")));

    let whole = desk.run(&["import", &file, "--profile", "technician"]).await;
    assert_eq!((whole.code, &whole.report()["import"]["counts"]["imported"]), (0, &json!(4_500)), "{}", whole.err);
    assert_eq!(whole.report()["import"]["id"], imports[0]["id"], "the same import");
    assert_eq!(desk.imports().await.len(), 1);
    let sent = whole.err.lines().find_map(|line| line.strip_prefix("rollcall: sending ")).expect("what was sent");
    let rows: usize = sent.split(' ').next().and_then(|rows| rows.parse().ok()).expect("a number");
    assert!(rows < 4_500, "what had arrived is not sent again: {sent}");
}

#[tokio::test(flavor = "multi_thread")]
async fn refused_rows_keep_an_atomic_import_out_and_are_left_out_of_a_partial_one() {
    let desk = Desk::new("refused", 73).await;
    let acme = desk.system.organization("Cli Acme").await;
    let file =
        desk.file("people.csv", "First name,Last name,Email\nAna,Li,ana@example.com\nB,C,b@\nCy,Wu,cy@example.com\n");
    let rules = desk.rules("modern", &format!("?organization={acme}")).await;
    let checked = desk.run(&["check", &file, "--profile", &rules]).await;
    let import = ["import", &file, "--profile", "modern", "--organization", &acme, "--role", "Organization User"];

    let atomic = desk.run(&import).await;
    assert_eq!((atomic.code, atomic.text()), (1, checked.text()), "byte for byte what check prints");
    assert!(atomic.err.contains("row 2, email: ") && atomic.err.contains("nothing was imported"), "{}", atomic.err);
    assert_eq!(desk.imports().await.len(), 0);

    let partial = desk.run(&[&import[..], &["--mode", "partial"]].concat()).await;
    assert_eq!((partial.code, partial.checked()), (1, checked.report()), "{}", partial.err);
    let said = &partial.report()["import"];
    assert_eq!(said["status"], "finished");
    assert_eq!(said["counts"], json!({"rows": 3, "imported": 2, "updated": 0, "skipped": 0, "failed": 1}));
    let dry = desk.run(&[&import[..], &["--mode", "partial", "--dry-run", "--on-existing", "skip"]].concat()).await;
    assert_eq!(dry.server_issues(), [(1, "already_exists".to_owned()), (3, "already_exists".to_owned())]);
    assert_eq!(dry.code, 1, "row 2 is still refused");
    assert!(dry.err.contains("2 already here, 0 new"), "{}", dry.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_done_is_said_and_why() {
    let desk = Desk::new("errors", 74).await;
    let acme = desk.system.organization("Cli Errors").await;
    let people = desk.file("people.csv", sheet("err", 3));
    let picture = desk.file("picture.png", b"\x89PNG\r\n\x1a\n\0\0\0\0");
    let nothing = desk.folder.join("nothing.csv").to_string_lossy().into_owned();
    let technicians: &[&str] = &["--profile", "technician"];
    for (case, line, code, said) in [
        ("no file", [&["import", &nothing], technicians].concat(), 2, "nothing.csv: "),
        ("a picture", [&["import", &picture], technicians].concat(), 2, "picture.png: "),
        ("a wrong key", [&["import", &people, "--api-key", "rk_nobody"], technicians].concat(), 2, "API key"),
        ("a profile that is not there", vec!["import", &people, "--profile", "nobody"], 2, "profile_not_found"),
        ("no organization", vec!["import", &people, "--profile", "end-user"], 2, "say --organization"),
        ("no role", vec!["import", &people, "--profile", "end-user", "--organization", &acme], 1, "(1, 2, 3)"),
        (
            "a mode it lacks",
            [&["import", &people, "--mode", "partial"], technicians].concat(),
            2,
            "--mode of this profile is atomic",
        ),
        (
            "a role that is not there",
            [&["import", &people, "--role", "king"], technicians].concat(),
            2,
            "parameter_not_valid",
        ),
        (
            "in the clear",
            [&["import", &people, "--url", "http://rollcall.example"], technicians].concat(),
            2,
            "https://",
        ),
        (
            "nobody there",
            [&["import", &people, "--url", "http://127.0.0.1:9"], technicians].concat(),
            2,
            "http://127.0.0.1:9 does not answer",
        ),
        (
            "no Rollcall",
            [&["import", &people, "--url", &format!("{}/v1", desk.system.server.url())], technicians].concat(),
            2,
            "is --url right?",
        ),
        ("no profile", vec!["import", &people], 2, "--profile is missing"),
        ("an option that is not there", vec!["import", &people, "--fast"], 2, "there is no option --fast here"),
        ("a template of nothing", vec!["template", "--profile", "nobody"], 2, "there are modern"),
        (
            "a format that is not there",
            vec!["template", "--profile", "modern", "--format", "ods"],
            2,
            "csv, xlsx or zip",
        ),
    ] {
        let ran = desk.run(&line).await;
        assert_eq!(ran.code, code, "{case}: {ran:?}");
        assert!(ran.err.contains(said), "{case}: {}", ran.err);
    }
    assert_eq!(desk.imports().await.len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_template_is_the_organizations_and_what_is_filled_in_is_imported_without_a_word() {
    let desk = Desk::new("template", 75).await;
    let root = desk.system.root();
    let acme = desk.system.organization("Cli Templates").await;
    for (list, name) in [("groups", "Night shift"), ("sites", "Zürich")] {
        let path = format!("/v1/{list}?organization={acme}");
        let made = desk.system.post(&root, path, json!({"name": name})).await;
        assert_eq!(made.status, 201, "{made:?}");
    }
    let url = desk.system.server.url().to_owned();
    for format in ["csv", "xlsx", "zip"] {
        let own = desk.run(&["template", "--profile", "technician", "--format", format]).await;
        let servers = desk.run(&["template", "--profile", "technician", "--format", format, "--url", &url]).await;
        assert_eq!((own.code, servers.code), (0, 0), "{} {}", own.err, servers.err);
        assert!(own.out == servers.out && !own.out.is_empty(), "{format}: of no organization both are the same");
    }
    let file = desk.folder.join("member.zip").to_string_lossy().into_owned();
    let line = ["template", "--profile", "member", "--organization", &acme, "--format", "zip", "-o", &file];
    let ran = desk.run(&line).await;
    assert_eq!((ran.code, ran.out.len()), (0, 0), "{}", ran.err);
    let mut archive = zip::ZipArchive::new(Cursor::new(fs::read(&file).expect("the file"))).expect("an archive");
    let mut part = |name: &str| {
        let mut text = String::new();
        archive.by_name(name).expect(name).read_to_string(&mut text).expect("text");
        text
    };
    let readme = part("README.txt").split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(readme.contains("There are: Night shift."), "{readme}");
    let filled = format!("{}ana.li,ana@example.com,User,Night shift,Ana,Li\r\n", part("member-template.csv"));
    let filled = desk.file("filled.csv", filled);
    let ran = desk.run(&["import", &filled, "--profile", "member", "--organization", &acme, "--rows", "all"]).await;
    let report = ran.report();
    assert_eq!((ran.code, &report["verdict"], &report["issues"]), (0, &json!("accepted"), &json!([])), "{}", ran.err);
    assert_eq!((&report["rows"][0]["issues"], &report["server"]["issues"]), (&json!([]), &json!([])));
    assert_eq!(report["import"]["counts"]["imported"], 1);

    let answer = desk.system.get(&root, format!("/v1/import-profiles/portal-user/template?organization={acme}")).await;
    assert_eq!((answer.status, answer.text.as_str()), (200, "\u{feff}User name*,Email*,User type,Site\r\n"));
    assert_eq!(answer.headers["content-type"], "text/csv; charset=utf-8");
    assert_eq!(answer.headers["content-disposition"], "attachment; filename=\"portal-user-template.csv\"");
    for (query, outcome) in [
        (format!("portal-user/template?organization={acme}&format=ods"), (400, "parameter_not_valid")),
        ("portal-user/template".to_owned(), (400, "organization_required")),
        (format!("nobody/template?organization={acme}"), (404, "profile_not_found")),
    ] {
        let answer = desk.system.get(&root, format!("/v1/import-profiles/{query}")).await;
        assert_eq!(answer.outcome(), outcome, "{query}");
    }
}
