//! What imports need of the table. A trait per capability, so that a function is granted only what it uses.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rollcall_validation::identity::IdentityKey;

use super::{
    Import, ServerIssue,
    custom::ReadProfiles,
    existing::{Met, Settled, Settling},
    failed::FailedRow,
    rows::{Finished, Place, PlacedIssue, StagedRow},
    undo::{Made, Stayed},
};
use crate::{
    Result,
    access::Account,
    audit::AuditEvent,
    ids::{ImportId, OrganizationId, UserId},
    lists::ReadLists,
    operations::edits::{EditUsers, Written},
    organization::Organization,
    outbox::DueMail,
    roles::ReadRoles,
    user::User,
};

/// Reads heads.
#[expect(async_fn_in_trait, reason = "used with static dispatch only; functions require Send where they spawn")]
pub trait ReadImports {
    /// The head of an import.
    async fn import(&self, id: &ImportId) -> Result<Option<Import>>;
}

/// Organizations as imports need them.
#[expect(async_fn_in_trait, reason = "used with static dispatch only; functions require Send where they spawn")]
pub trait ImportOrganizations: ReadRoles + ReadLists + ReadProfiles {
    /// An organization.
    async fn import_organization(&self, id: &OrganizationId) -> Result<Option<Organization>>;
    /// The organizations of these names (compared case-folded); a name without one is left out.
    async fn organizations_named(&self, names: &[String]) -> Result<Vec<(String, OrganizationId)>>;
}

/// What is written with a change of the head, in its transaction.
#[derive(Debug, Clone, Default)]
pub struct Along {
    /// The tick of the head's cursor.
    pub tick: bool,
    /// What is told to the audit trail.
    pub event: Option<AuditEvent>,
    /// What the importer is told.
    pub mail: Option<DueMail>,
}

/// Changes heads.
#[expect(async_fn_in_trait, reason = "used with static dispatch only; functions require Send where they spawn")]
pub trait ChangeImports: ReadImports {
    /// Saves a head over the version it was read at and, when that worked, raises that version. `false`: it
    /// was changed meanwhile, and nothing was written.
    async fn save_import(&self, import: &mut Import, along: &Along) -> Result<bool>;
}

/// Makes heads.
#[expect(async_fn_in_trait, reason = "used with static dispatch only; functions require Send where they spawn")]
pub trait CreateImports: ReadImports {
    /// A new head and its entries in the lists. `false`: one of that identifier is there.
    async fn create_import(&self, import: &Import, event: &AuditEvent) -> Result<bool>;
}

/// A chunk of rows on its way into the table.
#[derive(Debug, Clone)]
pub struct Chunk {
    /// Its number, from 0.
    pub number: u32,
    /// What the caller sent, hashed: the same chunk again has the same.
    pub digest: String,
    /// The accepted rows.
    pub rows: Vec<StagedRow>,
    /// How many rows the validator refused (partial mode).
    pub refused: u32,
    /// The numbers of the rows that have no role.
    pub without_role: Vec<u32>,
    /// The validator's report, where it is not kept elsewhere.
    pub report: Option<String>,
    /// What the server found of rows that are refused for it (partial mode).
    pub issues: Vec<ServerIssue>,
}

/// What staging a chunk found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Staging {
    /// Nothing; now it is there.
    Stored,
    /// The same chunk.
    Same,
    /// A chunk of that number with other rows.
    Differs,
    /// An import that takes no rows any more.
    Closed,
}

/// What is known of a staged chunk without reading its rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChunkFacts {
    /// Its number.
    pub number: u32,
    /// Accepted rows.
    pub rows: u32,
    /// Refused rows.
    pub refused: u32,
    /// The numbers of the rows that have no role.
    pub without_role: Vec<u32>,
}

/// Reads which chunks of a staged import have arrived.
#[expect(async_fn_in_trait, reason = "used with static dispatch only; functions require Send where they spawn")]
pub trait ReadChunks: ReadImports {
    /// What is known of the staged chunks, by number.
    async fn chunks(&self, import: &ImportId) -> Result<Vec<ChunkFacts>>;
}

/// Stages rows.
#[expect(async_fn_in_trait, reason = "used with static dispatch only; functions require Send where they spawn")]
pub trait StageRows: ReadChunks {
    /// Stores a chunk, whole or not at all, while the import is staged.
    async fn stage(&self, import: &ImportId, chunk: &Chunk) -> Result<Staging>;
}

/// A piece of a file that has arrived.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Piece {
    /// Its number, from 0.
    pub number: u32,
    /// What identifies its bytes.
    pub digest: String,
    /// How many these are.
    pub bytes: u64,
}

/// Reads which pieces of a file have arrived.
#[expect(async_fn_in_trait, reason = "used with static dispatch only; functions require Send where they spawn")]
pub trait ReadPieces: ReadImports {
    /// The pieces that have arrived, by number.
    async fn pieces(&self, import: &ImportId) -> Result<Vec<Piece>>;
}

/// Takes a file in pieces.
#[expect(async_fn_in_trait, reason = "used with static dispatch only; functions require Send where they spawn")]
pub trait StageSource: ReadImports {
    /// Stores a piece, whole or not at all, while the import is staged.
    async fn stage_piece(&self, import: &ImportId, piece: &Piece, bytes: &[u8]) -> Result<Staging>;
}

/// Puts a file together again.
#[expect(async_fn_in_trait, reason = "used with static dispatch only; functions require Send where they spawn")]
pub trait ReadSource: ReadPieces {
    /// The bytes of these pieces, one after the other.
    async fn source(&self, import: &ImportId, pieces: &[Piece]) -> Result<Vec<u8>>;
}

/// Keeps the report of a sheet that came in one piece.
#[expect(async_fn_in_trait, reason = "used with static dispatch only; functions require Send where they spawn")]
pub trait KeepReport {
    /// Stores it, and what the server found of rows that are refused for it (partial mode); the same again changes
    /// nothing.
    async fn keep_report(&self, import: &ImportId, report: &str, issues: &[ServerIssue]) -> Result<()>;
}

/// Keeps rows that failed, for as long as the import is kept.
#[expect(async_fn_in_trait, reason = "used with static dispatch only; functions require Send where they spawn")]
pub trait KeepFailed {
    /// Stores those of a chunk that failed on an occasion; the same again changes nothing.
    async fn keep_failed(&self, import: &ImportId, chunk: u32, occasion: Occasion, rows: &[FailedRow]) -> Result<()>;
}

/// When rows failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Occasion {
    /// When they were staged.
    Staging,
    /// Before anything became visible.
    Running,
    /// When people who are there already were changed.
    Changing,
}

impl Occasion {
    /// Its name in the table.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Staging => "STAGED",
            Self::Running => "RUN",
            Self::Changing => "CHANGE",
        }
    }
}

/// Says which sign-in names are taken, for a dry run.
#[expect(async_fn_in_trait, reason = "used with static dispatch only; functions require Send where they spawn")]
pub trait PeekGuards {
    /// What a claim of each of these would find, for users of that organization (or technicians); nothing
    /// is claimed.
    async fn peek(&self, organization: Option<&OrganizationId>, claims: &[Claim]) -> Result<Vec<Held>>;
}

/// A page of imports.
#[derive(Debug, Clone)]
pub struct ImportPage {
    /// Newest first.
    pub imports: Vec<Import>,
    /// Where the next page begins.
    pub next: Option<String>,
}

/// Lists imports.
#[expect(async_fn_in_trait, reason = "used with static dispatch only; functions require Send where they spawn")]
pub trait ListImports {
    /// Imports of these scopes, newest first, after a position that a page gave.
    async fn list_imports(&self, scopes: &[ImportScope], after: Option<&str>, limit: usize) -> Result<ImportPage>;
}

/// Where imports are listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImportScope {
    /// Those of the whole deployment.
    All,
    /// Those of an organization.
    Organization(OrganizationId),
}

/// Reads what is said of an import's rows.
#[expect(async_fn_in_trait, reason = "used with static dispatch only; functions require Send where they spawn")]
pub trait ReadReports: ReadImports {
    /// The validator's reports, in the order of the chunks.
    async fn reports(&self, import: &ImportId) -> Result<Vec<String>>;
    /// What the server found, in the order of the chunks.
    async fn issues(&self, import: &ImportId) -> Result<Vec<PlacedIssue>>;
    /// The rows that failed, in the order of the chunks.
    async fn failed_rows(&self, import: &ImportId) -> Result<Vec<FailedRow>>;
    /// Who stayed when it was undone.
    async fn stayed(&self, import: &ImportId) -> Result<Vec<Stayed>>;
}

/// A sign-in name that a row wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The name.
    pub identity: IdentityKey,
    /// Who will hold it.
    pub user_id: UserId,
    /// The row's place.
    pub place: Place,
    /// The sheet's row.
    pub row: u32,
    /// `email` or `username`.
    pub field: &'static str,
}

/// What a claim found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Held {
    /// Nobody: it is this row's now (or, when only looked at, free).
    Ours,
    /// Another row of this import.
    SameImport {
        /// Its place.
        place: Place,
        /// Its number in the sheet.
        row: u32,
    },
    /// An import that is still running.
    Reserved,
    /// A user.
    Taken {
        /// Who, if they belong where this import imports to. Nothing is told of others.
        here: Option<UserId>,
    },
}

/// Reads people who are there already.
#[expect(async_fn_in_trait, reason = "used with static dispatch only; functions require Send where they spawn")]
pub trait ReadExisting {
    /// Those of these that there are, whether or not they count; `None` for one whose record cannot be read.
    async fn existing_people(&self, ids: &[UserId]) -> Result<Vec<(UserId, Option<User>)>>;
}

/// What the runner needs.
#[expect(async_fn_in_trait, reason = "used with static dispatch only; functions require Send where they spawn")]
pub trait RunImports: ChangeImports + EditUsers + KeepFailed + ReadExisting + ReadRoles {
    /// A user with the roles that can mean something for them.
    async fn importer(&self, id: &UserId) -> Result<Option<Account>>;
    /// Notes which rows mean which people; says of each whose it was before, if another row's.
    async fn claim_people(&self, import: &ImportId, people: &[Met]) -> Result<Vec<Option<Met>>>;
    /// What became of the rows of these people, of those that are settled.
    async fn settled(&self, import: &ImportId, people: &[UserId]) -> Result<BTreeMap<UserId, Settled>>;
    /// Settles a row that changes nobody. `false`: it was settled already.
    async fn settle(&self, settling: &Settling) -> Result<bool>;
    /// The rows of a chunk.
    async fn staged_rows(&self, import: &ImportId, chunk: u32) -> Result<Vec<StagedRow>>;
    /// Claims sign-in names, each on its own; an answer per claim, in their order.
    async fn reserve(&self, import: &Import, claims: &[Claim]) -> Result<Vec<Held>>;
    /// Gives sign-in names up that the import holds for these users.
    async fn release(&self, import: &ImportId, claims: &[(IdentityKey, UserId)]) -> Result<()>;
    /// Keeps what was found about the rows of a chunk (again: replaces it).
    async fn put_issues(&self, import: &ImportId, chunk: u32, issues: &[PlacedIssue]) -> Result<()>;
    /// Adds an issue to a row of a chunk that was done before.
    async fn add_issue(&self, import: &ImportId, issue: &PlacedIssue) -> Result<()>;
    /// What was found about the rows of a chunk.
    async fn chunk_issues(&self, import: &ImportId, chunk: u32) -> Result<Vec<PlacedIssue>>;
    /// Writes users with everything that lists and finds them.
    async fn write_users(&self, users: &[User]) -> Result<()>;
    /// Keeps which rows of a chunk became users, for as long as the import may be undone.
    async fn keep_made(&self, import: &Import, chunk: u32, made: &[Made]) -> Result<()>;
    /// The rows of a chunk that became users.
    async fn made(&self, import: &ImportId, chunk: u32) -> Result<Vec<Made>>;
    /// Begins to undo a chunk: these are its users that are there. What was kept first is what counts.
    async fn begin_undoing(&self, import: &ImportId, chunk: u32, there: &[Made]) -> Result<Vec<Made>>;
    /// Keeps who stayed of a chunk.
    async fn keep_stayed(&self, import: &ImportId, chunk: u32, there: &[Made], stayed: &[Stayed]) -> Result<()>;
    /// Removes a user and everything that is theirs, if it still is as read.
    async fn remove_user(&self, read: &User, event: &AuditEvent) -> Result<Written>;
    /// Takes them back.
    async fn erase_users(&self, users: &[User]) -> Result<()>;
    /// Makes the import visible: one transaction with the commit sequence, the counters and the audit trail.
    /// `false`: the head was changed meanwhile.
    async fn flip(&self, import: &mut Import, now: Timestamp) -> Result<bool>;
    /// The users of these identifiers, whether or not they count; those that are gone are left out.
    async fn written_users(&self, ids: &[UserId]) -> Result<Vec<User>>;
    /// Finishes one user over the version it was read at. `false`: it was changed meanwhile.
    async fn finish_user(&self, finished: &Finished) -> Result<bool>;
    /// Deletes staged rows and ticks, and of an import that cannot be undone which rows became users.
    async fn clean(&self, import: &Import) -> Result<()>;
}

/// An import whose time has come.
#[derive(Debug, Clone)]
pub struct DueImport {
    /// Which.
    pub id: ImportId,
    /// When it is due, by the index.
    pub due_at: Timestamp,
    /// Its head; `None` for one that cannot be read, which the log tells of.
    pub import: Option<Import>,
}

/// Finds imports that should go on.
#[expect(async_fn_in_trait, reason = "used with static dispatch only; functions require Send where they spawn")]
pub trait DueImports: ChangeImports {
    /// Imports whose time has come, at most so many.
    async fn due_imports(&self, now: Timestamp, limit: usize) -> Result<Vec<DueImport>>;
    /// An import that cannot be read is due at another time. `false`: it is not as found any more.
    async fn postpone_import(&self, found: &DueImport, due: Timestamp) -> Result<bool>;
}
