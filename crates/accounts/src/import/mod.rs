//! An import: its head and the state machine that carries it from staged rows to users that all become
//! visible in one instant, or to nothing (design.md, "Import: atomic at any size").
//!
//! The head is the only thing that decides. Every change of it names the version it was read at, so of two
//! writers one wins and the other reads again.

pub mod check;
pub mod credentials;
pub mod custom;
pub mod existing;
pub mod failed;
pub mod ports;
pub mod profile;
pub mod report;
pub mod rows;
pub mod undo;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    Result,
    error::{Conflict, Error},
    ids::{ImportId, OrganizationId, UserId},
    roles::Permission,
    user::UserKind,
};

/// Most rows of a chunk.
pub const CHUNK_ROWS: usize = 1_000;
/// Most chunks of a staged import: more than 100,000 rows need even if each is a fifth full.
pub const CHUNK_LIMIT: u32 = 500;
/// Most bytes of a piece of a file: what a request's body holds.
pub const PIECE_BYTES: u64 = 4 * 1024 * 1024;
/// How long a runner may work alone: the function's timeout (60 s) and the longest call of its client, so
/// that nothing a runner sent can arrive after another one has taken over.
pub const LEASE: SignedDuration = SignedDuration::from_secs(120);
/// How long a tick may stay unanswered before the sweep asks again.
pub const TICK_PATIENCE: SignedDuration = SignedDuration::from_secs(60);
/// How long rows may stay staged without a commit.
pub const STAGING_TIME: SignedDuration = SignedDuration::from_hours(24);
/// The same for an import that commits itself: a request that has not done so by then has died.
pub const SELF_COMMIT_TIME: SignedDuration = SignedDuration::from_mins(10);
/// How long a finished import can be undone after it became visible (requirements.md, "Undo").
pub const UNDO_TIME: SignedDuration = SignedDuration::from_hours(24);
/// Sweeps without any progress after which an import that is not visible yet is given up.
pub const STALLS: u32 = 12;

/// Whether one refused row refuses all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// All rows or none.
    Atomic,
    /// The good rows; the report says what became of the others.
    Partial,
}

impl Mode {
    /// Its name in the API and in profiles.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Atomic => "atomic",
            Self::Partial => "partial",
        }
    }

    /// The mode of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Atomic, Self::Partial].into_iter().find(|mode| mode.name() == name)
    }
}

/// What happens to people who are there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnExisting {
    /// Their row is refused.
    Refuse,
    /// Their row is left out, and counted as skipped.
    Skip,
    /// What their row says replaces what they have.
    Update,
    /// They are sent another invitation, if they have not registered.
    Invite,
    /// The row's groups are added to theirs.
    AddToGroup,
}

impl OnExisting {
    /// Everything that can happen.
    pub const ALL: &'static [Self] = &[Self::Refuse, Self::Skip, Self::Update, Self::Invite, Self::AddToGroup];

    /// Its name in the API.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Refuse => "refuse",
            Self::Skip => "skip",
            Self::Update => "update",
            Self::Invite => "invite",
            Self::AddToGroup => "add_to_group",
        }
    }

    /// The one of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|one| one.name() == name)
    }

    /// What becomes of the row of a person who is there, if nothing stands in the way.
    #[must_use]
    pub fn outcome(self) -> Severity {
        match self {
            Self::Refuse => Severity::Error,
            Self::Skip => Severity::Skipped,
            Self::Update => Severity::Updated,
            Self::Invite => Severity::Invited,
            Self::AddToGroup => Severity::AddedToGroup,
        }
    }

    /// What the caller must hold where the people are, beside what an import takes.
    #[must_use]
    pub fn permission(self) -> Option<Permission> {
        match self {
            Self::Refuse | Self::Skip => None,
            Self::Update | Self::AddToGroup => Some(Permission::UsersWrite),
            Self::Invite => Some(Permission::InvitationsWrite),
        }
    }
}

/// What the head says of everything that carries the import's mark. Written once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    /// Does not count yet.
    Pending,
    /// Counts.
    Committed,
    /// Never counts.
    Discarded,
}

impl Visibility {
    /// Its name in the API.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Committed => "committed",
            Self::Discarded => "discarded",
        }
    }
}

/// What the runner does next, chunk after chunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Rows arrive; no runner yet.
    Staged,
    /// Guards are taken and conflicts collected.
    Reserve,
    /// Users are written, marked.
    Write,
    /// Everything is written; the one transaction that makes it visible is next.
    Flip,
    /// Marks come off, invitations and mails go on, user by user.
    Finish,
    /// Staged rows and ticks go.
    Clean,
    /// Guards, users and entries of an import that is discarded go.
    RollBack,
    /// Users that it made and nobody has finished go, as somebody asked.
    Undo,
    /// Nothing is left to do.
    Done,
}

impl Phase {
    /// Its name in the API.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Staged => "staging",
            Self::Reserve => "reserving",
            Self::Write | Self::Flip => "writing",
            Self::Finish => "finishing",
            Self::Clean => "cleaning",
            Self::RollBack => "rolling_back",
            Self::Undo => "undoing",
            Self::Done => "done",
        }
    }
}

/// How an import ended, or will once it has been cleaned up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Its rows are users.
    Finished,
    /// Refused by what only the server knows; nothing of it is left.
    Rejected,
    /// Withdrawn before it was visible; nothing of it is left.
    Cancelled,
    /// Taken back after it was visible, as far as nobody had registered.
    Undone,
}

/// Where an import is, as the API says it. Final ones are said only when nothing is left to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Rows arrive.
    Staged,
    /// Sign-in names are being reserved.
    Checking,
    /// Users are being written, or taken back.
    Running,
    /// Visible; invitations are being queued.
    Committed,
    /// Done.
    Finished,
    /// Refused, nothing left.
    Rejected,
    /// Withdrawn, nothing left.
    Cancelled,
    /// Being taken back.
    Undoing,
    /// Taken back.
    Undone,
}

impl Status {
    /// Its name in the API.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Staged => "staged",
            Self::Checking => "checking",
            Self::Running => "running",
            Self::Committed => "committed",
            Self::Finished => "finished",
            Self::Rejected => "rejected",
            Self::Cancelled => "cancelled",
            Self::Undoing => "undoing",
            Self::Undone => "undone",
        }
    }
}

/// That an import is taken back, and how far.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Undo {
    /// Who asked.
    pub by: UserId,
    /// When.
    #[serde(with = "crate::time::fixed")]
    pub at: Timestamp,
    /// From which address, for the audit trail.
    pub source: Option<String>,
    /// Users that were removed.
    pub removed: u32,
    /// People who stayed: users that it made, and people whom it changed.
    pub stayed: u32,
}

/// The effective profile that the rows were checked against.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfileRef {
    /// Identifier.
    pub id: String,
    /// Version.
    pub version: u32,
    /// Hash of the effective profile, lower-case hex.
    pub hash: String,
}

/// What the caller chose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Options {
    /// Identifier of the role for rows that have none.
    pub role: Option<String>,
    /// What happens to people who are there already.
    pub on_existing: OnExisting,
    /// Whether to invite, where the profile leaves it to the caller.
    pub invite: Option<bool>,
    /// How people get first passwords that they did not choose; none: they get none.
    #[serde(default)]
    pub credentials: Option<credentials::FirstPasswords>,
    /// What a custom profile asks of its people; none: a built-in one is asked.
    #[serde(default)]
    pub own_rules: Option<custom::OwnRules>,
}

/// A file that comes in pieces.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Upload {
    /// Its bytes.
    pub bytes: u64,
    /// Its pieces.
    pub pieces: u32,
    /// The worksheet, of a workbook.
    pub sheet: Option<String>,
}

/// What became of the rows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowCounts {
    /// All of them, refused ones included.
    pub rows: u32,
    /// Users made.
    pub imported: u32,
    /// People who were there already and were changed, invited again or added to groups.
    #[serde(default)]
    pub updated: u32,
    /// Left out: there already.
    pub skipped: u32,
    /// Refused.
    pub failed: u32,
}

/// Why an import ended otherwise than wished.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportProblem {
    /// Stable code.
    pub code: String,
    /// For a person.
    pub detail: String,
}

/// What only the server knows of a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerIssue {
    /// The sheet's row.
    pub row: u32,
    /// Field.
    pub field: String,
    /// `email_taken`, `email_reserved`, `duplicate_in_import`, `already_exists`, …
    pub code: String,
    /// What it means for the row.
    pub severity: Severity,
    /// The other row, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other_row: Option<u32>,
}

/// What an issue does to its row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Refuses it.
    Error,
    /// Leaves it out.
    Skipped,
    /// Changes the person who is there already.
    Updated,
    /// Invites the person who is there already.
    Invited,
    /// Adds groups to the person who is there already.
    AddedToGroup,
}

impl Severity {
    /// Its name in the API.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Skipped => "skipped",
            Self::Updated => "updated",
            Self::Invited => "invited",
            Self::AddedToGroup => "added_to_group",
        }
    }

    /// Whether it does something to a person who is there already.
    #[must_use]
    pub fn changes_a_person(self) -> bool {
        matches!(self, Self::Updated | Self::Invited | Self::AddedToGroup)
    }
}

impl ServerIssue {
    /// Text for a person.
    #[must_use]
    pub fn detail(&self) -> String {
        match (self.code.as_str(), self.other_row) {
            ("email_taken" | "username_taken", _) => "this is already somebody's sign-in name".into(),
            ("email_reserved" | "username_reserved", _) => {
                "this is part of another import that is still running; try again shortly".into()
            }
            ("duplicate_in_import", Some(other)) => {
                format!("row {other} of this import has the same")
            }
            ("already_exists", _) => match self.severity {
                Severity::Error => "this person is here already",
                Severity::Skipped => "this person is here already and is left out",
                Severity::Updated => "this person is here already and gets what the row says",
                Severity::Invited => "this person is here already and is invited again",
                Severity::AddedToGroup => "this person is here already and is added to the row's groups",
            }
            .into(),
            ("nothing_to_change", _) => "this person is here already, and nothing of the row is new".into(),
            ("already_registered", _) => "this person is here already and has registered".into(),
            ("own_account", _) => "this is your own account, which an import does not change".into(),
            ("root_master", _) => "this is the Root Master, whom an import does not change".into(),
            ("person_deactivated", _) => "this person is here, but deactivated; activate them first".into(),
            ("other_kind", _) => "this person is here as another kind of user".into(),
            ("permission_denied", _) => "you may not do this to this person".into(),
            ("import_unfinished", _) => {
                "this person is part of an import that is not finished; try again shortly".into()
            }
            ("user_not_found", _) => "this person was deleted meanwhile".into(),
            ("person_unreadable", _) => {
                "this person is here, but what is stored of them is damaged; your operator has to mend it".into()
            }
            ("password_missing", _) => "this way to first credentials needs a password in every row".into(),
            ("password_not_wanted", _) => "this way to first credentials takes no passwords".into(),
            ("password_too_short" | "password_too_long", _) => {
                "this password is not as long as the organization asks for".into()
            }
            ("password_too_common", _) => "this password is among the first that attackers try".into(),
            ("password_word_blocked", _) => {
                "this password has a word that the organization does not allow in any".into()
            }
            ("role_required", _) => "give this row a role".into(),
            ("importer_not_allowed", _) => "who announced this import may not import people here any more".into(),
            ("role_not_grantable", _) => "this role holds permissions that you do not have".into(),
            ("group_unknown", _) => "there is no such access group here".into(),
            ("site_unknown", _) => "there is no such site here".into(),
            ("course_unknown", _) => "there is no such course here".into(),
            ("role_unknown", _) => "there is no such role that this person could have".into(),
            ("property_unknown", _) => "there is no such property here".into(),
            ("property_twice", _) => "a property has one value".into(),
            ("property_not_text", _) => "this property is a text".into(),
            ("property_too_long", _) => "this property's text is too long".into(),
            ("property_not_number", _) => "this property is a number".into(),
            ("property_not_date", _) => "this property is a date such as 2026-11-21".into(),
            ("property_not_yes_no", _) => "this property is yes or no".into(),
            ("property_not_choice", _) => "this is none of the property's choices".into(),
            ("property_not_list", _) => "this is no list of the property's choices, with + between them".into(),
            ("too_many", _) => "this is more than one person can have".into(),
            ("organization_not_found", _) => "there is no such organization among those you may work in".into(),
            _ => "this row cannot be imported".into(),
        }
    }
}

/// The head of an import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Import {
    /// Identifier.
    pub id: ImportId,
    /// What is next.
    pub phase: Phase,
    /// Whether what it wrote counts.
    pub visibility: Visibility,
    /// How it ends, once that is decided.
    pub outcome: Option<Outcome>,
    /// Atomic or partial.
    pub mode: Mode,
    /// What it makes.
    pub user_kind: UserKind,
    /// By which rules.
    pub profile: ProfileRef,
    /// Where; none for technicians.
    pub organization_id: Option<OrganizationId>,
    /// What the caller chose.
    pub options: Options,
    /// Whether its users are invited: the profile's policy and the caller's choice.
    pub invite: bool,
    /// Hours for which the invitations are good once mailed.
    pub valid_hours: u32,
    /// Whether a row without a role is refused.
    pub role_required: bool,
    /// The file that its rows are read from when it is committed, where it comes in pieces.
    #[serde(default)]
    pub upload: Option<Upload>,
    /// Chunks; of a file in pieces none before it is committed.
    pub chunks: u32,
    /// Rows that the caller announced or sent.
    pub total_rows: u32,
    /// Rows that the validator refused (partial mode); none of them is staged.
    pub refused_rows: u32,
    /// What became of the rows.
    pub counts: RowCounts,
    /// Rows with a conflict, as counted while reserving.
    pub conflicts: u32,
    /// The next chunk of the phase.
    pub next_chunk: u32,
    /// Whether users may have been written.
    pub wrote: bool,
    /// The cursor: the tick that asks for the next slice. Every other one is ignored.
    pub tick: u64,
    /// Goes up with every lease.
    pub epoch: u64,
    /// Until when a runner works alone.
    #[serde(with = "crate::time::fixed::option", default)]
    pub lease_until: Option<Timestamp>,
    /// Whether somebody asked to stop; the runner that holds the lease does it.
    pub cancel_requested: bool,
    /// Sweeps since the last progress.
    pub stalls: u32,
    /// The commit sequence number of the instant at which it became visible.
    pub commit_seq: Option<u64>,
    /// That instant.
    #[serde(with = "crate::time::fixed::option", default)]
    pub committed_at: Option<Timestamp>,
    /// When nothing was left to do.
    #[serde(with = "crate::time::fixed::option", default)]
    pub finished_at: Option<Timestamp>,
    /// When it was made.
    #[serde(with = "crate::time::fixed")]
    pub created_at: Timestamp,
    /// Who made it: the inviter of its users.
    pub created_by: UserId,
    /// From which address, for the audit trail.
    pub source: Option<String>,
    /// Until when it may be committed.
    #[serde(with = "crate::time::fixed")]
    pub commit_deadline: Timestamp,
    /// Why it ended otherwise than wished.
    pub problem: Option<ImportProblem>,
    /// That it is taken back, once somebody asked.
    #[serde(default)]
    pub undo: Option<Undo>,
    /// When the sweep looks at it again; none once it is done.
    #[serde(with = "crate::time::fixed::option", default)]
    pub due_at: Option<Timestamp>,
    /// Goes up with every change.
    pub version: u64,
}

/// What an import is made of.
#[derive(Debug, Clone)]
pub struct NewImport {
    /// Identifier.
    pub id: ImportId,
    /// Atomic or partial.
    pub mode: Mode,
    /// What it makes.
    pub user_kind: UserKind,
    /// By which rules.
    pub profile: ProfileRef,
    /// Where.
    pub organization_id: Option<OrganizationId>,
    /// What the caller chose.
    pub options: Options,
    /// See [`Import::invite`].
    pub invite: bool,
    /// See [`Import::valid_hours`].
    pub valid_hours: u32,
    /// See [`Import::role_required`].
    pub role_required: bool,
    /// See [`Import::upload`].
    pub upload: Option<Upload>,
    /// Chunks.
    pub chunks: u32,
    /// Rows.
    pub total_rows: u32,
    /// How long it may stay staged.
    pub staging: SignedDuration,
}

/// What a runner may do with an import at this moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// Take the lease and go on.
    Mine,
    /// Another runner works, or may still.
    Busy,
    /// The tick is old, or nothing is left to do.
    Nothing,
}

impl Import {
    /// A staged import.
    #[must_use]
    pub fn staged(new: NewImport, origin: &crate::audit::Origin, created_by: UserId) -> Self {
        let deadline = later(origin.now, new.staging);
        Self {
            id: new.id,
            phase: Phase::Staged,
            visibility: Visibility::Pending,
            outcome: None,
            mode: new.mode,
            user_kind: new.user_kind,
            profile: new.profile,
            organization_id: new.organization_id,
            options: new.options,
            invite: new.invite,
            valid_hours: new.valid_hours,
            role_required: new.role_required,
            upload: new.upload,
            chunks: new.chunks,
            total_rows: new.total_rows,
            refused_rows: 0,
            counts: RowCounts::default(),
            conflicts: 0,
            next_chunk: 0,
            wrote: false,
            tick: 0,
            epoch: 0,
            lease_until: None,
            cancel_requested: false,
            stalls: 0,
            commit_seq: None,
            committed_at: None,
            finished_at: None,
            created_at: origin.now,
            created_by,
            source: origin.source.clone(),
            commit_deadline: deadline,
            problem: None,
            undo: None,
            due_at: Some(deadline),
            version: 1,
        }
    }

    /// Its status, as the API says it.
    #[must_use]
    pub fn status(&self) -> Status {
        match (self.phase, self.outcome) {
            (Phase::Done, Some(Outcome::Rejected)) => Status::Rejected,
            (Phase::Done, Some(Outcome::Cancelled)) => Status::Cancelled,
            (Phase::Done, Some(Outcome::Undone)) => Status::Undone,
            (Phase::Undo, _) | (Phase::Clean, Some(Outcome::Undone)) => Status::Undoing,
            (Phase::Done, _) => Status::Finished,
            (Phase::Staged, _) => Status::Staged,
            (Phase::Reserve, _) => Status::Checking,
            (Phase::Write | Phase::Flip | Phase::RollBack, _) => Status::Running,
            (Phase::Clean, Some(Outcome::Rejected | Outcome::Cancelled)) => Status::Running,
            (Phase::Finish | Phase::Clean, _) => Status::Committed,
        }
    }

    /// How many of how many rows the phase has done.
    #[must_use]
    pub fn progress(&self) -> (u32, u32) {
        let total = self.total_rows.max(1);
        let share = |chunks: u32| {
            let done = u64::from(self.total_rows) * u64::from(chunks);
            u32::try_from(done / u64::from(self.chunks.max(1))).unwrap_or(total)
        };
        match self.phase {
            Phase::Staged => (0, total),
            Phase::Flip | Phase::Clean | Phase::Done => (total, total),
            _ => (share(self.next_chunk.min(self.chunks)), total),
        }
    }

    /// Whether rows may still be staged.
    #[must_use]
    pub fn is_staged(&self) -> bool {
        self.phase == Phase::Staged && self.outcome.is_none()
    }

    /// Asks for the next slice: the caller inserts the tick of this number in the same transaction.
    fn ask(&mut self, now: Timestamp) {
        self.tick += 1;
        self.lease_until = None;
        self.due_at = Some(later(now, TICK_PATIENCE));
    }

    /// Starts the run. Rows are `accepted` staged ones and `refused` by the validator.
    ///
    /// # Errors
    /// [`Conflict::ImportNotStaged`].
    pub fn commit(&mut self, accepted: u32, refused: u32, now: Timestamp) -> Result<()> {
        if !self.is_staged() {
            return Err(Conflict::ImportNotStaged.into());
        }
        self.phase = Phase::Reserve;
        if self.upload.is_some() {
            self.chunks = accepted.div_ceil(CHUNK_ROWS as u32);
        }
        self.refused_rows = refused;
        self.counts = RowCounts { rows: accepted + refused, failed: refused, ..RowCounts::default() };
        self.total_rows = accepted + refused;
        self.ask(now);
        Ok(())
    }

    /// Withdraws the import. `Ok(true)`: a tick must be inserted with the change; `Ok(false)`: the runner at
    /// work will see it, or everything is said already.
    ///
    /// # Errors
    /// [`Conflict::ImportNotCancellable`] once it is visible or was rejected.
    pub fn cancel(&mut self, now: Timestamp) -> Result<bool> {
        match (self.visibility, self.outcome) {
            (_, Some(Outcome::Cancelled)) => Ok(false),
            (Visibility::Pending, None) => {
                self.cancel_requested = true;
                if self.is_leased(now) {
                    return Ok(false);
                }
                self.discard(Outcome::Cancelled, None);
                self.ask(now);
                Ok(true)
            }
            _ => Err(Error::Conflict(Conflict::ImportNotCancellable)),
        }
    }

    /// Decides that nothing of it will ever count; what it wrote goes.
    pub fn discard(&mut self, outcome: Outcome, problem: Option<ImportProblem>) {
        self.visibility = Visibility::Discarded;
        self.outcome = Some(outcome);
        self.problem = problem;
        self.counts.imported = 0;
        self.phase = if self.phase == Phase::Staged { Phase::Clean } else { Phase::RollBack };
        self.next_chunk = 0;
    }

    /// Whether a runner works, or may still.
    #[must_use]
    pub fn is_leased(&self, now: Timestamp) -> bool {
        self.lease_until.is_some_and(|until| until > now)
    }

    /// Whose turn it is when a tick arrives.
    #[must_use]
    pub fn turn(&self, tick: u64, now: Timestamp) -> Turn {
        if tick != self.tick || matches!(self.phase, Phase::Staged | Phase::Done) {
            Turn::Nothing
        } else if self.is_leased(now) {
            Turn::Busy
        } else {
            Turn::Mine
        }
    }

    /// Takes the lease; a new epoch begins.
    pub fn take(&mut self, now: Timestamp) {
        let until = later(now, LEASE);
        self.epoch += 1;
        self.lease_until = Some(until);
        self.due_at = Some(until);
        if self.cancel_requested && self.visibility == Visibility::Pending {
            self.discard(Outcome::Cancelled, None);
        }
    }

    /// Gives the lease back after a failure, for the same tick to be tried again.
    pub fn let_go(&mut self, now: Timestamp) {
        self.lease_until = None;
        self.due_at = Some(later(now, TICK_PATIENCE));
    }

    /// Ends a slice with work left: the lease goes, the next tick is asked for.
    pub fn hand_on(&mut self, now: Timestamp) {
        self.ask(now);
    }

    /// Notes that a chunk of the phase is done, and steps to the next phase after the last.
    pub fn chunk_done(&mut self) {
        self.stalls = 0;
        self.next_chunk += 1;
        if self.next_chunk < self.chunks {
            return;
        }
        self.next_chunk = 0;
        self.phase = match self.phase {
            Phase::Reserve if self.mode == Mode::Atomic && self.conflicts > 0 => {
                let rows = self.conflicts;
                self.discard(
                    Outcome::Rejected,
                    Some(ImportProblem {
                        code: "rows_refused".into(),
                        detail: format!(
                            "{rows} of {} rows cannot be imported, so none was; the report names them",
                            self.counts.rows,
                        ),
                    }),
                );
                Phase::RollBack
            }
            Phase::Reserve => {
                self.wrote = true;
                Phase::Write
            }
            Phase::Write => Phase::Flip,
            Phase::Finish | Phase::RollBack | Phase::Undo => Phase::Clean,
            other => other,
        };
    }

    /// The instant: everything written counts from here on.
    pub fn flip(&mut self, seq: u64, now: Timestamp) {
        self.visibility = Visibility::Committed;
        self.outcome = Some(Outcome::Finished);
        self.phase = Phase::Finish;
        self.next_chunk = 0;
        self.commit_seq = Some(seq);
        self.committed_at = Some(now);
        self.stalls = 0;
    }

    /// Until when it can be undone; none where it cannot.
    #[must_use]
    pub fn undo_deadline(&self, now: Timestamp) -> Option<Timestamp> {
        let deadline = self.committed_at.map(|at| later(at, UNDO_TIME));
        deadline.filter(|end| self.phase == Phase::Done && self.outcome == Some(Outcome::Finished) && now < *end)
    }

    /// Begins to take a finished import back. `false`: it is being done.
    ///
    /// # Errors
    /// [`Conflict::ImportUndone`], [`Conflict::ImportNotFinished`], [`Conflict::UndoTooLate`].
    pub fn begin_undo(&mut self, origin: &crate::audit::Origin, by: &UserId) -> Result<bool> {
        match (self.phase, self.outcome) {
            (Phase::Done, Some(Outcome::Undone)) => return Err(Conflict::ImportUndone.into()),
            (_, Some(Outcome::Undone)) => return Ok(false),
            (Phase::Done, Some(Outcome::Finished)) => {}
            _ => return Err(Conflict::ImportNotFinished.into()),
        }
        if self.undo_deadline(origin.now).is_none() {
            return Err(Conflict::UndoTooLate.into());
        }
        let (at, source) = (origin.now, origin.source.clone());
        self.undo = Some(Undo { by: by.clone(), at, source, removed: 0, stayed: 0 });
        self.phase = Phase::Undo;
        self.outcome = Some(Outcome::Undone);
        self.finished_at = None;
        self.next_chunk = 0;
        self.stalls = 0;
        self.ask(origin.now);
        Ok(true)
    }

    /// Nothing is left to do.
    pub fn done(&mut self, now: Timestamp) {
        self.phase = Phase::Done;
        self.finished_at = Some(now);
        self.lease_until = None;
        self.due_at = None;
    }

    /// What the sweep does with an import whose time has come. `true`: a tick must be inserted with the
    /// change; `false`: there is nothing to change.
    pub fn sweep(&mut self, now: Timestamp) -> bool {
        if self.phase == Phase::Done || self.is_leased(now) || self.due_at.is_none_or(|due| due > now) {
            return false;
        }
        if self.phase == Phase::Staged {
            self.discard(
                Outcome::Cancelled,
                Some(ImportProblem {
                    code: "commit_deadline_passed".into(),
                    detail: "it was not committed in time".into(),
                }),
            );
        }
        self.stalls += 1;
        if self.stalls > STALLS && self.visibility == Visibility::Pending {
            self.discard(
                Outcome::Rejected,
                Some(ImportProblem {
                    code: "import_failed".into(),
                    detail: "something of ours failed again and again; nothing was imported".into(),
                }),
            );
        }
        self.ask(now);
        // Asking ever more rarely: what fails every time should not keep everything else busy.
        let patience = TICK_PATIENCE * i32::try_from(self.stalls.min(5)).unwrap_or(5);
        self.due_at = Some(later(now, patience));
        true
    }
}

/// A moment so much later.
pub(crate) fn later(now: Timestamp, by: SignedDuration) -> Timestamp {
    now.checked_add(by).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::audit::Origin;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    pub(crate) fn staged(chunks: u32, mode: Mode) -> Import {
        let now = at("2026-11-21T10:00:00Z");
        Import::staged(
            NewImport {
                id: ImportId::derived(&["test"]),
                mode,
                user_kind: UserKind::Technician,
                profile: ProfileRef { id: "technician".into(), version: 1, hash: "00".into() },
                organization_id: None,
                options: Options {
                    role: None,
                    on_existing: OnExisting::Refuse,
                    invite: None,
                    credentials: None,
                    own_rules: None,
                },
                invite: true,
                valid_hours: 24,
                role_required: false,
                upload: None,
                chunks,
                total_rows: chunks * 10,
                staging: STAGING_TIME,
            },
            &Origin { actor: None, source: None, now },
            UserId::derived(&["root"]),
        )
    }

    #[test]
    fn an_import_goes_through_every_phase_in_order() {
        let mut import = staged(2, Mode::Atomic);
        let now = import.created_at;
        import.commit(20, 0, now).unwrap();
        import.take(now);
        let mut phases = vec![import.phase];
        while import.phase != Phase::Done {
            match import.phase {
                Phase::Flip => import.flip(1, now),
                Phase::Clean => import.done(now),
                _ => import.chunk_done(),
            }
            if phases.last() != Some(&import.phase) {
                phases.push(import.phase);
            }
        }
        assert_eq!(phases, [Phase::Reserve, Phase::Write, Phase::Flip, Phase::Finish, Phase::Clean, Phase::Done]);
        assert_eq!((import.status(), import.due_at), (Status::Finished, None));
    }

    #[test]
    fn one_conflict_discards_an_atomic_import_and_only_counts_in_a_partial_one() {
        for (mode, phase, visibility) in
            [(Mode::Atomic, Phase::RollBack, Visibility::Discarded), (Mode::Partial, Phase::Write, Visibility::Pending)]
        {
            let mut import = staged(1, mode);
            import.commit(10, 0, import.created_at).unwrap();
            import.conflicts = 1;
            import.chunk_done();
            assert_eq!((import.phase, import.visibility), (phase, visibility));
        }
    }

    #[test]
    fn only_the_cursors_tick_counts_and_a_lease_keeps_others_out_until_it_ends() {
        let mut import = staged(1, Mode::Atomic);
        let now = import.created_at;
        assert_eq!(import.turn(0, now), Turn::Nothing);
        import.commit(10, 0, now).unwrap();
        assert_eq!(import.turn(2, now), Turn::Nothing);
        assert_eq!(import.turn(1, now), Turn::Mine);
        import.take(now);
        assert_eq!(import.turn(1, now), Turn::Busy);
        assert_eq!(import.turn(1, later(now, LEASE)), Turn::Mine);
        import.hand_on(now);
        assert_eq!((import.turn(1, now), import.turn(2, now)), (Turn::Nothing, Turn::Mine));
    }

    #[test]
    fn cancelling_waits_for_the_runner_at_work_and_is_too_late_after_the_flip() {
        let mut import = staged(1, Mode::Atomic);
        let now = import.created_at;
        import.commit(10, 0, now).unwrap();
        import.take(now);
        assert!(!import.cancel(now).unwrap());
        assert_eq!(import.visibility, Visibility::Pending);
        import.take(later(now, LEASE));
        assert_eq!((import.visibility, import.phase), (Visibility::Discarded, Phase::RollBack));

        let mut flipped = staged(1, Mode::Atomic);
        flipped.commit(10, 0, now).unwrap();
        flipped.flip(1, now);
        assert!(flipped.cancel(now).is_err());

        let mut waiting = staged(1, Mode::Atomic);
        assert!(waiting.cancel(now).unwrap());
        assert_eq!(waiting.phase, Phase::Clean);
        assert!(!waiting.cancel(now).unwrap(), "repeating changes nothing");
    }

    #[test]
    fn the_sweep_asks_again_gives_up_what_never_moves_and_never_gives_up_what_is_visible() {
        let mut import = staged(1, Mode::Atomic);
        let mut now = import.created_at;
        import.commit(10, 0, now).unwrap();
        assert!(!import.sweep(now), "not due yet");
        let mut visible = import.clone();
        visible.flip(1, now);
        for _ in 0..=STALLS {
            now = later(now, SignedDuration::from_hours(1));
            assert!(import.sweep(now));
            assert!(visible.sweep(now));
        }
        assert_eq!((import.visibility, import.outcome), (Visibility::Discarded, Some(Outcome::Rejected)));
        assert_eq!(visible.visibility, Visibility::Committed);
    }

    #[test]
    fn a_finished_import_is_undone_once_within_a_day_and_the_sweep_carries_that_on() {
        let mut import = staged(1, Mode::Atomic);
        let now = import.created_at;
        let by = UserId::derived(&["root"]);
        let origin = |after: SignedDuration| Origin { actor: None, source: None, now: later(now, after) };
        let code = |import: &mut Import, after| {
            import.begin_undo(&origin(after), &by).map_err(|error| error.code().to_owned())
        };
        let hour = SignedDuration::from_hours(1);
        assert_eq!(code(&mut import, hour), Err("import_not_finished".into()));
        import.commit(10, 0, now).unwrap();
        import.flip(1, now);
        assert_eq!(code(&mut import, hour), Err("import_not_finished".into()));
        import.chunk_done();
        import.done(now);
        let mut late = import.clone();
        assert_eq!(import.undo_deadline(now), Some(later(now, UNDO_TIME)));
        assert_eq!(
            (code(&mut late, UNDO_TIME), late.undo_deadline(later(now, UNDO_TIME))),
            (Err("undo_too_late".into()), None)
        );

        assert_eq!(code(&mut import, hour), Ok(true));
        assert_eq!((import.status(), import.finished_at), (Status::Undoing, None));
        assert_eq!(code(&mut import, hour), Ok(false), "repeated");
        assert!(import.sweep(later(now, hour * 2)));
        assert_eq!((import.phase, import.visibility), (Phase::Undo, Visibility::Committed));
        import.chunk_done();
        assert_eq!((import.phase, import.status()), (Phase::Clean, Status::Undoing));
        import.done(now);
        assert_eq!((import.status(), import.undo_deadline(now)), (Status::Undone, None));
        assert_eq!(code(&mut import, hour), Err("import_undone".into()));
    }

    #[test]
    fn an_import_that_is_never_committed_is_cancelled_by_the_sweep() {
        let mut import = staged(1, Mode::Atomic);
        assert!(import.sweep(import.commit_deadline));
        assert_eq!((import.phase, import.outcome), (Phase::Clean, Some(Outcome::Cancelled)));
    }
}
