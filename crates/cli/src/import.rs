//! `rollcall import`: a sheet becomes users on a server, with the report that `rollcall check` gives.
//!
//! The sheet is checked here by the rules of there; rows that are good go up in chunks. All that is sent follows from
//! the sheet and the options, the idempotency key included, so the same command again takes up what is not finished.

mod report;
mod upload;

use std::{collections::BTreeSet, process::ExitCode, thread, time::Duration};

use rollcall_validation::{Mode, Profile, Report, Rows, Status, message, sheet::Sheet};
use serde::Deserialize;
use serde_json::json;

use self::{
    report::{ServerIssues, printed},
    upload::Upload,
};
use crate::{
    Usage,
    arguments::{Arguments, one_of},
    check, output,
    progress::Progress,
    server::{Failure, Server, escaped, query},
};

/// Problems that are shown to a person; the report has them all.
const SHOWN: usize = 10;
/// Pauses between two looks at an import that runs.
const PAUSES: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(2));
const ON_EXISTING: [&str; 5] = ["refuse", "skip", "update", "invite", "add_to_group"];

/// What the command line asks for.
#[derive(Debug)]
struct Asked {
    file: String,
    profile: String,
    organization: Option<String>,
    sheet: Option<String>,
    mode: Option<String>,
    role: Option<String>,
    on_existing: Option<String>,
    credentials: Option<String>,
    invite: Option<bool>,
    dry_run: bool,
    again: bool,
    rows: Rows,
}

impl Asked {
    fn read(given: &Arguments) -> Result<Self, Usage> {
        let known = |name: &str| ON_EXISTING.contains(&name).then(|| name.to_owned());
        let on_existing = given.value("--on-existing");
        let on_existing = on_existing.map(|name| one_of("--on-existing", &name, &ON_EXISTING.join(", "), known));
        Ok(Self {
            file: given.only("FILE")?,
            profile: given.required("--profile")?,
            organization: given.value("--organization"),
            sheet: given.value("--sheet"),
            mode: given.value("--mode"),
            role: given.value("--role"),
            on_existing: on_existing.transpose()?,
            credentials: given.value("--credentials"),
            invite: match (given.flag("--invite"), given.flag("--no-invite")) {
                (true, true) => return Err(Usage("--invite or --no-invite?".into())),
                (true, false) => Some(true),
                (false, true) => Some(false),
                (false, false) => None,
            },
            dry_run: given.flag("--dry-run"),
            again: given.flag("--again"),
            rows: check::rows(given)?,
        })
    }

    /// What the server is told of it.
    fn query(&self, more: &[(&str, Option<&str>)]) -> String {
        let invite = self.invite.map(|invite| if invite { "true" } else { "false" });
        let mut parameters = vec![
            ("profile", Some(self.profile.as_str())),
            ("organization", self.organization.as_deref()),
            ("mode", self.mode.as_deref()),
            ("role", self.role.as_deref()),
            ("on_existing", self.on_existing.as_deref()),
            ("credentials", self.credentials.as_deref()),
            ("invite", invite),
        ];
        parameters.extend(more);
        query(&parameters)
    }
}

/// An import, as far as this command looks at it.
#[derive(Debug, Deserialize)]
struct Import {
    id: String,
    status: String,
    counts: Counts,
    progress: Step,
    problem: Option<Problem>,
    finished_at: Option<String>,
    /// Chunks that have not arrived, while it waits for them.
    #[serde(default)]
    staged: Option<upload::Staged>,
}

#[derive(Debug, Deserialize)]
struct Counts {
    imported: u64,
    #[serde(default)]
    updated: u64,
    skipped: u64,
    failed: u64,
}

#[derive(Debug, Deserialize)]
struct Step {
    phase: String,
    done: u64,
    total: u64,
}

#[derive(Debug, Deserialize)]
struct Problem {
    detail: String,
}

impl Import {
    /// Whether it ended without effect, so that the same sheet may be imported after all.
    fn had_no_effect(&self) -> bool {
        matches!(self.status.as_str(), "rejected" | "cancelled" | "undone")
    }
}

/// Why there is no import to report on.
#[derive(Debug)]
enum Ended {
    /// The server, or the way to it.
    Failed(Failure),
    /// What the sheet or the options lack.
    Lacking(String),
    /// The server refuses rows that the check here takes.
    RowsRefused(ServerIssues),
}

impl From<Failure> for Ended {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

/// Runs the command.
pub(crate) fn run(arguments: &[String]) -> Result<ExitCode, Usage> {
    let options =
        ["--profile", "--organization", "--sheet", "--mode", "--role", "--on-existing", "--credentials", "--rows"];
    let flags = ["--invite", "--no-invite", "--dry-run", "--again"];
    let given = Arguments::read(arguments, &[&options[..], &Server::OPTIONS].concat(), &flags)?;
    let asked = Asked::read(&given)?;
    let server = Server::of(&given)?;
    let profile = match profile(&server, &asked) {
        Ok(profile) => profile,
        Err(failure) => return Ok(failed(&failure.to_string())),
    };
    let mode = match asked.mode.as_deref() {
        None => profile.modes().first().copied(),
        Some(name) => profile.modes().iter().find(|mode| mode.as_str() == name).copied(),
    };
    let Some(mode) = mode else {
        let offered: Vec<&str> = profile.modes().iter().map(|mode| mode.as_str()).collect();
        return Err(Usage(format!("--mode of this profile is {}", offered.join(" or "))));
    };
    let bytes = match check::read(&asked.file, profile.byte_limit()) {
        Ok(bytes) => bytes,
        Err(error) => return Ok(failed(&format!("{}: {error}", asked.file))),
    };
    let checking = Progress::begin(&format!("checking {}", asked.file), 0);
    let sheet = match check::opened(&bytes, &profile, asked.sheet.as_deref()) {
        Ok(sheet) => sheet,
        Err(error) => return Ok(failed(&format!("{}: {error}", asked.file))),
    };
    let checked = sheet.report();
    drop(checking);
    if !checked.is_readable() {
        output::line(&checked.to_json(asked.rows));
        let issues: Vec<String> = checked.issues().iter().map(message).collect();
        return Ok(failed(&format!("{}: {}", asked.file, issues.join("; "))));
    }
    let command = Command { server, asked, profile, mode, sheet, checked };
    Ok(command.run())
}

fn failed(why: &str) -> ExitCode {
    output::error(&format!("rollcall: {why}"));
    ExitCode::from(2)
}

/// The effective profile: the rules of there.
fn profile(server: &Server, asked: &Asked) -> Result<Profile, Failure> {
    let wanted = query(&[("organization", asked.organization.as_deref())]);
    let path = format!("/v1/import-profiles/{}{wanted}", escaped(&asked.profile));
    let answer = server.get(&path, "application/json")?;
    let text = String::from_utf8_lossy(&answer.body);
    Profile::from_json(&text).map_err(|error| Failure::NotUnderstood(error.to_string()))
}

/// A sheet that was checked, on its way.
struct Command {
    server: Server,
    asked: Asked,
    profile: Profile,
    mode: Mode,
    sheet: Sheet,
    checked: Report,
}

impl Command {
    fn run(&self) -> ExitCode {
        let counts = self.checked.counts();
        let good = counts.rows - counts.refused;
        let file_refused = self.checked.issues().iter().any(rollcall_validation::Issue::is_error);
        let nothing_goes =
            file_refused || good == 0 || (!self.asked.dry_run && self.mode == Mode::Atomic && counts.refused > 0);
        if nothing_goes {
            output::line(&self.checked.to_json(self.asked.rows));
            self.show_problems(&ServerIssues::default());
            output::error(&format!("rollcall: {}; nothing was imported", refused(counts.refused, counts.rows)));
            return ExitCode::from(1);
        }
        let outcome = if self.asked.dry_run { self.dry_run() } else { self.import() };
        match outcome {
            Ok(code) => code,
            Err(Ended::Failed(failure)) => failed(&failure.to_string()),
            Err(Ended::Lacking(what)) => {
                output::line(&self.checked.to_json(self.asked.rows));
                output::error(&format!("rollcall: {what}; nothing was imported"));
                ExitCode::from(1)
            }
            Err(Ended::RowsRefused(issues)) => {
                self.print(&[("server", issues.to_json())]);
                self.show_problems(&issues);
                output::error("rollcall: the server refuses rows; nothing was imported");
                ExitCode::from(1)
            }
        }
    }

    /// Says what would happen.
    fn dry_run(&self) -> Result<ExitCode, Ended> {
        let upload = Upload::new(&self.sheet, &self.profile);
        let progress = Progress::begin("asking the server", upload.rows());
        let mut issues = ServerIssues::default();
        for chunk in upload.chunks() {
            let mut from_row = None;
            loop {
                let more = [("dry_run", Some("true")), ("from_row", from_row.as_deref())];
                let path = format!("/v1/imports{}", self.asked.query(&more));
                let page: report::Page = self.server.post(&path, None, &chunk.body)?.json()?;
                from_row = page.next_row.map(|row| row.to_string());
                issues.add(page.server);
                if from_row.is_none() {
                    break;
                }
            }
            progress.more(chunk.rows);
        }
        drop(progress);
        self.print(&[("server", issues.to_json())]);
        self.show_problems(&issues);
        let counts = self.checked.counts();
        let (refused_there, here) = (issues.refused_rows(), issues.rows_of_people_here());
        let refused_rows = u64::from(counts.refused) + refused_there.len() as u64;
        let not_new = refused_there.union(&here).count() as u64;
        output::error(&format!(
            "rollcall: {}; {} already here, {} new; nothing was imported, as you wished",
            refused(refused_rows, counts.rows),
            here.len(),
            upload.rows().saturating_sub(not_new),
        ));
        Ok(ExitCode::from(u8::from(refused_rows > 0)))
    }

    fn import(&self) -> Result<ExitCode, Ended> {
        self.roles_are_there()?;
        let upload = Upload::new(&self.sheet, &self.profile);
        let (import, found) = self.open(&upload)?;
        if found && import.finished_at.is_some() {
            output::error(&format!(
                "rollcall: this very sheet was imported before ({}); say --again to import it once more",
                import.id
            ));
        }
        if import.status == "staged" {
            self.send(&upload, &import)?;
        }
        let import = self.wait(&import.id)?;
        let mut issues = ServerIssues::default();
        let mut from_row = None;
        loop {
            let wanted = query(&[("from_row", from_row.as_deref())]);
            let path = format!("/v1/imports/{}/report{wanted}", escaped(&import.id));
            let page: report::Page = self.server.get(&path, "application/json")?.json()?;
            from_row = page.next_row.map(|row| row.to_string());
            issues.add(page.server);
            if from_row.is_none() {
                break;
            }
        }
        let Counts { imported, updated, skipped, failed } = import.counts;
        let refused_here = u64::from(self.checked.counts().refused);
        let said = json!({
            "id": import.id, "status": import.status,
            "counts": {"imported": imported, "updated": updated, "skipped": skipped, "failed": failed + refused_here,
                "rows": self.checked.counts().rows},
        });
        self.print(&[("import", report::canonical(&said)), ("server", issues.to_json())]);
        self.show_problems(&issues);
        let why = import.problem.map(|problem| format!(": {}", problem.detail)).unwrap_or_default();
        output::error(&format!(
            "rollcall: {} {}{why}: {imported} imported, {updated} updated, {skipped} skipped, {} failed",
            import.id,
            import.status,
            failed + refused_here
        ));
        let good = import.status == "finished" && failed + refused_here == 0;
        Ok(ExitCode::from(u8::from(!good)))
    }

    /// Of an import that is whole or not at all, that everybody has the role they need: said before anything is sent.
    fn roles_are_there(&self) -> Result<(), Ended> {
        let rule = self.profile.role();
        if !rule.required_at_commit || self.asked.role.is_some() || self.mode != Mode::Atomic {
            return Ok(());
        }
        let has_role =
            |values: &rollcall_validation::Values| rule.column.is_some_and(|field| values.get(field).is_some());
        let without: Vec<String> = self
            .checked
            .rows()
            .iter()
            .filter(|row| row.status != Status::Refused && !has_role(&row.values))
            .map(|row| row.row.to_string())
            .collect();
        if without.is_empty() {
            return Ok(());
        }
        let shown = without.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
        let more = if without.len() > SHOWN { ", …" } else { "" };
        Err(Ended::Lacking(format!(
            "{} rows have no role ({shown}{more}): give the sheet a column for it, or say --role",
            without.len()
        )))
    }

    /// The import of this sheet: a new one, or the one that the same command began before (`true`). One that ended
    /// without effect is no reason not to try again.
    fn open(&self, upload: &Upload) -> Result<(Import, bool), Failure> {
        let path = format!("/v1/imports{}", self.asked.query(&[]));
        let mut seen = BTreeSet::new();
        for attempt in 0_u32.. {
            let key = upload.key(&path, attempt);
            let answer = match self.server.post(&path, Some(&key), &upload.plan()) {
                Ok(answer) => answer,
                // What was refused yesterday may be allowed today.
                Err(Failure::Refused(refusal)) if refusal.replayed => continue,
                Err(failure) => return Err(failure),
            };
            let opened: Import = answer.json()?;
            let import = self.look(&opened.id)?;
            let found = answer.replayed || import.status != "staged";
            if import.had_no_effect() || (self.asked.again && import.finished_at.is_some()) {
                if !seen.insert(import.id.clone()) {
                    return Ok((import, found));
                }
                continue;
            }
            return Ok((import, found));
        }
        Err(Failure::NotUnderstood("too many imports of the same sheet".into()))
    }

    /// Sends what has not arrived, and commits.
    fn send(&self, upload: &Upload, import: &Import) -> Result<(), Ended> {
        let missing = upload.missing(import.staged.as_ref());
        let there = upload.rows() - missing.iter().map(|chunk| chunk.rows).sum::<u64>();
        let progress = Progress::begin(&format!("sending {} rows", upload.rows() - there), upload.rows());
        progress.at(there);
        let sent = upload::send(&missing, |chunk| {
            let path = format!("/v1/imports/{}/chunks/{}", escaped(&import.id), chunk.number);
            self.server.put(&path, &chunk.body)?;
            progress.more(chunk.rows);
            Ok(())
        });
        drop(progress);
        let path = format!("/v1/imports/{}", escaped(&import.id));
        let done = sent.and_then(|()| self.server.post(&format!("{path}/commit"), None, "{}").map(|_| ()));
        let failure = match done {
            Ok(()) => return Ok(()),
            // The same command runs elsewhere and was quicker.
            Err(failure) if failure.code() == "import_not_staged" => return Ok(()),
            Err(failure) => failure,
        };
        let Failure::Refused(refusal) = &failure else { return Err(failure.into()) };
        // What the server refuses it will not take later either: nothing is to lie about there.
        let _ = self.server.post(&format!("{path}/cancel"), None, "{}");
        match refusal.code.as_str() {
            "import_refused" => {
                let page: Result<report::ServerPart, _> = Deserialize::deserialize(&refusal.problem["server"]);
                let mut issues = ServerIssues::default();
                issues.add(page.unwrap_or_default());
                Err(Ended::RowsRefused(issues))
            }
            "role_required" => Err(Ended::Lacking("there are rows without a role: say --role".into())),
            _ => Err(failure.into()),
        }
    }

    /// The import when nothing is left to do.
    fn wait(&self, id: &str) -> Result<Import, Failure> {
        let mut pause = PAUSES.0;
        let mut shown: Option<(String, Progress)> = None;
        loop {
            let import = self.look(id)?;
            if import.finished_at.is_some() {
                return Ok(import);
            }
            let Step { phase, done, total } = &import.progress;
            if shown.as_ref().is_none_or(|(shown, _)| shown != phase) {
                drop(shown.take());
                shown = Some((phase.clone(), Progress::begin(&phase.replace('_', " "), *total)));
                pause = PAUSES.0;
            }
            if let Some((_, progress)) = &shown {
                progress.at(*done);
            }
            thread::sleep(pause);
            pause = (pause * 3 / 2).min(PAUSES.1);
        }
    }

    fn look(&self, id: &str) -> Result<Import, Failure> {
        self.server.get(&format!("/v1/imports/{}", escaped(id)), "application/json")?.json()
    }

    fn print(&self, sections: &[(&str, String)]) {
        output::line(&printed(&self.checked.to_json(self.asked.rows), sections));
    }

    /// The first problems, for a person who looks on.
    fn show_problems(&self, server: &ServerIssues) {
        let file = self.checked.issues().iter().filter(|issue| issue.is_error()).map(message);
        let rows = self.checked.rows().iter().flat_map(|row| {
            let errors = row.issues.iter().filter(|issue| issue.is_error());
            errors.map(|issue| problem(row.row, issue.field.map(|field| field.as_str()), &message(issue)))
        });
        let there = server.errors().map(|issue| problem(issue.row, Some(&issue.field), &issue.detail));
        let mut all = file.chain(rows).chain(there);
        for problem in all.by_ref().take(SHOWN) {
            output::error(&problem);
        }
        match all.count() {
            0 => {}
            more => output::error(&format!("… and {more} more; the report names them all")),
        }
    }
}

fn problem(row: u32, field: Option<&str>, what: &str) -> String {
    match field {
        Some(field) if !field.is_empty() => format!("row {row}, {}: {what}", field.replace('_', " ")),
        _ => format!("row {row}: {what}"),
    }
}

fn refused(count: impl Into<u64>, rows: u32) -> String {
    match count.into() {
        0 if rows == 0 => "there are no people in it".to_owned(),
        0 => format!("none of {rows} rows is refused"),
        1 => format!("1 of {rows} rows is refused"),
        count => format!("{count} of {rows} rows are refused"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(line: &str) -> Result<Asked, String> {
        let given: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        let options = ["--profile", "--organization", "--on-existing", "--role", "--rows"];
        let given = Arguments::read(&given, &options, &["--invite", "--no-invite", "--dry-run"]);
        given.and_then(|given| Asked::read(&given)).map_err(|Usage(what)| what)
    }

    #[test]
    fn what_is_asked_becomes_a_query() {
        let all = asked("a.csv --profile end-user --organization org_1 --role Ärztin --on-existing skip --invite");
        assert_eq!(
            all.unwrap().query(&[("dry_run", Some("true"))]),
            "?profile=end%2Duser&organization=org%5F1&role=%C3%84rztin&on_existing=skip&invite=true&dry_run=true"
        );
        assert_eq!(asked("a.csv --profile x --no-invite").unwrap().query(&[]), "?profile=x&invite=false");
        for (line, what) in [
            ("--profile x", "FILE is missing"),
            ("a.csv", "--profile is missing"),
            ("a.csv --profile x --invite --no-invite", "--invite or --no-invite?"),
            (
                "a.csv --profile x --on-existing ignore",
                "--on-existing is refuse, skip, update, invite, add_to_group, not ignore",
            ),
        ] {
            assert_eq!(asked(line).unwrap_err(), what, "{line}");
        }
    }

    #[test]
    fn how_many_are_refused_is_said_in_words() {
        for (count, rows, said) in [
            (0_u32, 0, "there are no people in it"),
            (0, 3, "none of 3 rows is refused"),
            (1, 3, "1 of 3 rows is refused"),
            (2, 3, "2 of 3 rows are refused"),
        ] {
            assert_eq!(refused(count, rows), said);
        }
        assert_eq!(problem(7, Some("last_name"), "required"), "row 7, last name: required");
        assert_eq!(problem(7, None, "required"), "row 7: required");
    }
}
