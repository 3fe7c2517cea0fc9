//! What can go wrong, free of transport. `rollcall-http-api` maps it, exhaustively and in one place.

use std::fmt;

use jiff::Timestamp;

/// The result of a use case.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a use case did not do what was asked. Every variant has a stable [`code`](Error::code).
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nobody, or a session or key that is not known any more.
    #[error("sign in, or send a valid API key")]
    NotAuthenticated,
    /// Email and password, or the second factor, do not fit.
    #[error("{0}")]
    NotAccepted(NotAccepted),
    /// The actor lacks a permission, or may not touch this organization.
    #[error("this needs the permission {0}")]
    PermissionDenied(&'static str),
    /// There is no such thing, or it is not the actor's to see.
    #[error("there is no such {}", .0.noun())]
    NotFound(Missing),
    /// The request does not fit the state that things are in.
    #[error("{0}")]
    Conflict(Conflict),
    /// The resource has changed since the version that the request names.
    #[error("this was changed meanwhile; read it again")]
    VersionConflict,
    /// A link that can no longer be used.
    #[error("{0}")]
    DeadLink(DeadLink),
    /// The same, with what the holder of a genuine link may know of it.
    #[error("{}", .0.link)]
    DeadSince(DeadSince),
    /// A value in the request is refused; all of them are listed.
    #[error("{} of the values sent cannot be accepted", .0.len())]
    Refused(Vec<Refusal>),
    /// Values that a person typed into the acceptance page are refused; the code is the first one's.
    #[error("{}", .0.first().map_or("a value cannot be accepted", |refusal| refusal.detail.as_str()))]
    Unfit(Vec<Refusal>),
    /// The sheet is refused; the report says why.
    #[error("the sheet has problems; nothing was imported")]
    ImportRefused(Box<ImportRefused>),
    /// The request itself is malformed or lacks something.
    #[error("{0}")]
    Invalid(Invalid),
    /// Too many requests of this kind.
    #[error("too many requests; try again in {retry_after_seconds} seconds")]
    RateLimited {
        /// Seconds until the next one is answered.
        retry_after_seconds: u32,
    },
    /// Too many passwords or codes that were wrong; the next ones are not tried.
    #[error("too many attempts; try again in {retry_after_seconds} seconds")]
    TooManyAttempts {
        /// Seconds until the next one is tried.
        retry_after_seconds: u32,
    },
    /// Something of ours failed. The text is for the log only.
    #[error("an internal error")]
    Internal(Internal),
}

impl Error {
    /// The stable code that programs match on.
    #[must_use]
    pub fn code(&self) -> &str {
        match self {
            Self::NotAuthenticated => "not_authenticated",
            Self::NotAccepted(what) => what.code(),
            Self::PermissionDenied(_) => "permission_denied",
            Self::NotFound(missing) => missing.code(),
            Self::Conflict(conflict) => conflict.code(),
            Self::VersionConflict => "version_conflict",
            Self::DeadLink(link) => link.code(),
            Self::DeadSince(dead) => dead.link.code(),
            Self::Refused(_) => "row_refused",
            Self::Unfit(refusals) => refusals.first().map_or("value_refused", |refusal| refusal.code.as_str()),
            Self::ImportRefused(_) => "import_refused",
            Self::Invalid(invalid) => invalid.code(),
            Self::RateLimited { .. } => "rate_limited",
            Self::TooManyAttempts { .. } => "too_many_attempts",
            Self::Internal(_) => "internal",
        }
    }

    /// The codes of all problems, but for those that values typed into a page are refused with ([`REFUSALS`] and the
    /// validator's). The description of the API lists them; every answer that a test sees is held against it.
    #[must_use]
    pub fn codes() -> Vec<&'static str> {
        let mut all = OWN_CODES.to_vec();
        all.extend(NotAccepted::ALL.iter().map(|one| one.code()));
        all.extend(Missing::ALL.iter().map(|one| one.code()));
        all.extend(Conflict::ALL.iter().map(|one| one.code()));
        all.extend(DeadLink::ALL.iter().map(|one| one.code()));
        all
    }

    /// An internal failure with its cause, for the log.
    pub fn internal(cause: impl fmt::Display) -> Self {
        Self::Internal(Internal(cause.to_string()))
    }
}

macro_rules! coded {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident $code:literal $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
        pub enum $name { $($(#[$vdoc])* #[error($text)] $variant,)* }
        impl $name {
            /// Every one of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The stable code that programs match on.
            #[must_use]
            pub fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }
        }
    };
}

coded! {
    /// What a sign-in gave that is not accepted.
    NotAccepted {
        /// Unknown email or wrong password; never says which.
        Credentials "credentials_not_valid" "the email or the password is not right",
        /// Wrong, old or already used code.
        Code "code_not_valid" "the code is not right or was used already",
    }
}

coded! {
    /// What is not there (any more, or for this actor).
    Missing {
        /// A user.
        User "user_not_found" "user",
        /// An organization.
        Organization "organization_not_found" "organization",
        /// An import.
        Import "import_not_found" "import",
        /// An import profile.
        Profile "profile_not_found" "import profile",
        /// An invitation.
        Invitation "invitation_not_found" "invitation",
        /// A link to choose a new password.
        PasswordReset "reset_not_found" "link",
        /// A link to confirm a new address.
        EmailChange "change_not_found" "link",
        /// A role.
        Role "role_not_found" "role",
        /// An entry of a list.
        Entry "entry_not_found" "entry of this list",
        /// A session.
        Session "session_not_found" "session",
        /// An API key.
        ApiKey "api_key_not_found" "API key",
        /// A second factor.
        Method "method_not_found" "second factor",
        /// A route.
        Route "route_not_found" "address",
    }
}

impl Missing {
    fn noun(self) -> String {
        self.to_string()
    }
}

coded! {
    /// What stands in the way.
    Conflict {
        /// The email or username belongs to somebody.
        EmailTaken "email_taken" "this email address is already used",
        /// A running import has reserved the email or username.
        EmailReserved "email_reserved" "this email address is part of an import that is still running; try again shortly",
        /// The username belongs to somebody.
        UsernameTaken "username_taken" "this username is already used",
        /// An organization of that name exists.
        NameTaken "name_taken" "this name is already used",
        /// Somebody has the role.
        RoleInUse "role_in_use" "somebody has this role; take it away first",
        /// The role comes with Rollcall.
        RoleBuiltIn "role_built_in" "this role comes with Rollcall and stays as it is; copy it instead",
        /// The actor would take from themselves what they need to undo it.
        WouldLockOut "would_lock_out" "you have this role, and could then no longer manage roles or users",
        /// Somebody has the entry, or a value of the property.
        EntryInUse "entry_in_use" "somebody has this; take it away first",
        /// A role or an entry that was referred to may be gone.
        ListsChanged "lists_changed" "a role or an entry of a list was deleted meanwhile; try again",
        /// There is no room for one more.
        ListFull "list_full" "there is no room for one more; delete some that nobody needs",
        /// The domain is another organization's.
        DomainTaken "domain_taken" "this domain belongs to another organization",
        /// The user has no invitation that is pending.
        InvitationNotPending "invitation_not_pending" "there is no pending invitation",
        /// The user has an invitation that is pending.
        AlreadyInvited "already_invited" "this person has been invited already; resend the invitation instead",
        /// The user has finished the account.
        AlreadyRegistered "already_registered" "this person has already registered",
        /// One cannot do this to one's own account.
        OwnAccount "own_account" "nobody can do this to their own account",
        /// The Root Master's account cannot be touched like this.
        RootMaster "root_master" "the account of the Root Master cannot be changed like this",
        /// The account is switched off already.
        AlreadyDeactivated "already_deactivated" "this account is deactivated already",
        /// The account is not switched off.
        NotDeactivated "not_deactivated" "this account is not deactivated",
        /// The account is not locked.
        NotLocked "not_locked" "this account is not locked",
        /// The account was never finished.
        NotRegistered "not_registered" "this person has not registered yet; send an invitation instead",
        /// The account is in another state than this needs.
        StatusNotFitting "status_not_fitting" "the account is in a state in which this cannot be done",
        /// The acceptance has not been begun with this link, or with an older password step.
        AcceptanceNotBegun "acceptance_not_begun" "choose a password first",
        /// No second factor is being set up, or its codes are used up.
        EnrolmentNotBegun "enrolment_not_begun" "begin to set up the second factor first",
        /// There is no second factor.
        NotEnrolled "mfa_not_enrolled" "set up a second factor first",
        /// The last second factor where one is required.
        MfaRequired "mfa_required" "a second factor is required here; set up another one first",
        /// Text messages are no second factor of the account.
        NoTextCodes "no_text_codes" "codes are not sent to a phone of this account",
        /// Codes are sent to the number that shall change.
        PhoneInUse "phone_in_use" "codes are sent to this number; set up text messages for the new one instead",
        /// One's own number is changed where codes that are sent to it are taken care of.
        OwnPhone "own_phone" "your own phone number is changed with your account's own settings",
        /// The user is of an import that is not finished yet.
        ImportUnfinished "import_unfinished" "this person's import is not finished yet; try again shortly",
        /// The import is not being staged any more.
        ImportNotStaged "import_not_staged" "this import has been committed or cancelled already",
        /// What is staged is for who announced the import: it is done with their rights.
        ImportOfSomebodyElse "import_of_somebody_else" "only who announced this import may send its rows and commit it",
        /// The import cannot be cancelled any more.
        ImportNotCancellable "import_not_cancellable" "this import is visible already and cannot be cancelled",
        /// The import has not come to its end, or came to another one.
        ImportNotFinished "import_not_finished" "only an import that is finished can be undone",
        /// The import was undone.
        ImportUndone "import_undone" "this import was undone already",
        /// The time to undo the import is over.
        UndoTooLate "undo_too_late" "an import can be undone for 24 hours only",
        /// The chunk was sent before with other content.
        ChunkDiffers "chunk_differs" "this chunk was sent before with other rows",
        /// Chunks of rows for a file in pieces, or the other way round.
        ImportStagedOtherwise "import_staged_otherwise" "this import was announced in another way: chunks of rows and pieces of a file do not mix",
        /// The piece was sent before with other bytes.
        PieceDiffers "piece_differs" "this piece was sent before with other bytes",
        /// The same request, with the same idempotency key, is still being worked on.
        RequestInProgress "request_in_progress" "this request is still being worked on; repeat it shortly with the same Idempotency-Key",
        /// The profile is another than the one the rows were checked against.
        RulesChanged "rules_changed" "the rules have changed since the sheet was checked; check it again",
    }
}

coded! {
    /// Why a mailed link opens nothing.
    DeadLink {
        /// Its time has passed.
        Expired "invitation_expired" "this invitation has expired",
        /// A newer one was sent.
        Replaced "invitation_replaced" "a newer invitation was sent; use the link in that mail",
        /// The account is finished.
        Used "invitation_used" "this invitation was used; sign in instead",
        /// An administrator withdrew it.
        Revoked "invitation_revoked" "this invitation was withdrawn",
        /// The person's address changed after it was mailed.
        AddressChanged "address_changed" "the address of this invitation was changed; the link went to the new one",
        /// Its time has passed: of a link to choose a new password.
        ResetExpired "reset_expired" "this link to choose a new password has expired; ask for another",
        /// A new password was chosen with it.
        ResetUsed "reset_used" "a new password was chosen with this link; sign in instead",
        /// A newer one was sent.
        ResetReplaced "reset_replaced" "a newer link to choose a password was sent; use the one in that mail",
        /// The password or the address was changed otherwise meanwhile.
        ResetRevoked "reset_revoked" "the account was changed otherwise meanwhile; ask for another link if one is needed",
        /// Its time has passed: of a link to confirm a new address.
        ChangeExpired "change_expired" "this link to confirm the address has expired; ask for the change again",
        /// The address was confirmed with it.
        ChangeUsed "change_used" "this address was confirmed already; sign in with it",
        /// A newer change was asked for, or this one was taken back.
        ChangeReplaced "change_replaced" "this change of address was replaced by another or taken back",
    }
}

/// A link that can no longer be used, since when, and the language of the person it was for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadSince {
    /// Why.
    pub link: DeadLink,
    /// When it ended, was used, was replaced.
    pub at: Option<Timestamp>,
    /// BCP 47 tag.
    pub language: Option<String>,
}

/// The codes that [`Error`] and [`Invalid`] have of their own.
const OWN_CODES: &[&str] = &[
    "body_not_json",
    "body_too_large",
    "bytes_missing",
    "chunks_missing",
    "idempotency_key_reused",
    "import_refused",
    "internal",
    "media_type_not_supported",
    "not_authenticated",
    "organization_required",
    "origin_not_allowed",
    "parameter_not_supported",
    "parameter_not_valid",
    "permission_denied",
    "precondition_required",
    "rate_limited",
    "role_required",
    "row_refused",
    "rows_missing",
    "session_required",
    "too_many_attempts",
    "use_chunks",
    "version_conflict",
];

/// The codes of values that are refused, beside those of the validator.
pub const REFUSALS: &[&str] = &[
    "choices_missing",
    "code_not_valid",
    "country_not_known",
    "course_unknown",
    "credential_mode_not_allowed",
    "credential_mode_unknown",
    "days_not_valid",
    "definition_not_valid",
    "domain_not_valid",
    "domain_unknown",
    "group_unknown",
    "hours_not_valid",
    "idle_minutes_out_of_range",
    "key_not_valid",
    "language_not_valid",
    "method_not_offered",
    "mode_unknown",
    "name_missing",
    "name_not_valid",
    "name_reserved",
    "name_too_long",
    "not_in_base",
    "organization_unknown",
    "organizations_missing",
    "out_of_range",
    "password_missing",
    "password_not_wanted",
    "password_too_common",
    "password_too_long",
    "password_too_short",
    "password_unchanged",
    "password_word_blocked",
    "password_wrong",
    "permission_unknown",
    "phone_not_yours",
    "phone_required",
    "priority_unknown",
    "property_not_choice",
    "property_not_date",
    "property_not_list",
    "property_not_number",
    "property_not_text",
    "property_not_yes_no",
    "property_unknown",
    "role_required",
    "role_unknown",
    "service_unknown",
    "severity_unknown",
    "site_unknown",
    "technicians_only",
    "time_zone_not_known",
    "too_many",
    "too_many_roles",
    "type_unknown",
    "weaker_than_base",
    "word_not_valid",
];

/// A request that cannot be understood or lacks something.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Invalid {
    /// The body is not JSON of the documented shape.
    #[error("the body cannot be read: {0}")]
    Body(String),
    /// A parameter has a value that it cannot have.
    #[error("the parameter {name} must be {expected}")]
    Parameter {
        /// Its name.
        name: &'static str,
        /// What it may be.
        expected: String,
    },
    /// A parameter's value is known but not offered yet.
    #[error("the parameter {name} does not support this value: {detail}")]
    ParameterNotSupported {
        /// Its name.
        name: &'static str,
        /// What is supported.
        detail: String,
    },
    /// The profile makes users of one organization, and none is named.
    #[error("name the organization with ?organization=")]
    OrganizationRequired,
    /// The body is larger than the limit, in bytes.
    #[error("the body is larger than {limit} bytes")]
    BodyTooLarge {
        /// Bytes.
        limit: usize,
    },
    /// The sheet must be sent in chunks.
    #[error("more than {limit} bytes: stage the rows in chunks (POST with chunks, PUT /chunks/0 …, POST /commit)")]
    UseChunks {
        /// Bytes.
        limit: usize,
    },
    /// The media type of the body is not one of those that are read here.
    #[error("the content type must be {expected}")]
    MediaType {
        /// Those that are.
        expected: &'static str,
    },
    /// An edit must name the version it starts from.
    #[error("send If-Match with the ETag that was read")]
    PreconditionRequired,
    /// The idempotency key came with another body before.
    #[error("this Idempotency-Key was used with another request")]
    IdempotencyKeyReused,
    /// An API key, where only somebody who is signed in may.
    #[error("sign in to do this; an API key cannot")]
    SessionRequired,
    /// A browser request from another origin.
    #[error("this request did not come from Rollcall's own pages")]
    Origin,
    /// Chunks are missing at commit.
    #[error("chunks are missing: {}", .0.iter().map(u32::to_string).collect::<Vec<_>>().join(", "))]
    ChunksMissing(Vec<u32>),
    /// The chunks hold another number of rows than was announced.
    #[error("{announced} rows were announced and {staged} are staged")]
    RowsMissing {
        /// As the import was opened with.
        announced: u32,
        /// As the chunks hold.
        staged: u32,
    },
    /// The pieces hold another number of bytes than was announced.
    #[error("{announced} bytes were announced and {staged} have arrived")]
    BytesMissing {
        /// As the import was opened with.
        announced: u64,
        /// As the pieces hold.
        staged: u64,
    },
    /// Rows without a role where the profile wants one.
    #[error("{} rows have no role; give each one, or send ?role=", .0.len())]
    RoleRequired(Vec<u32>),
}

impl Invalid {
    /// The stable code that programs match on.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Body(_) => "body_not_json",
            Self::Parameter { .. } => "parameter_not_valid",
            Self::ParameterNotSupported { .. } => "parameter_not_supported",
            Self::OrganizationRequired => "organization_required",
            Self::BodyTooLarge { .. } => "body_too_large",
            Self::UseChunks { .. } => "use_chunks",
            Self::MediaType { .. } => "media_type_not_supported",
            Self::PreconditionRequired => "precondition_required",
            Self::IdempotencyKeyReused => "idempotency_key_reused",
            Self::SessionRequired => "session_required",
            Self::Origin => "origin_not_allowed",
            Self::ChunksMissing(_) => "chunks_missing",
            Self::RowsMissing { .. } => "rows_missing",
            Self::BytesMissing { .. } => "bytes_missing",
            Self::RoleRequired(_) => "role_required",
        }
    }
}

/// One value that is refused, by the validator's code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The field, as in the request.
    pub field: String,
    /// The validator's stable code.
    pub code: String,
    /// Text for a person.
    pub detail: String,
}

impl Refusal {
    /// The refusal of a list with more members than there may be.
    #[must_use]
    pub fn too_many(field: &str, limit: usize) -> Self {
        Self { field: field.into(), code: "too_many".into(), detail: format!("at most {limit}") }
    }
}

/// A list, if it is no longer than it may be. A longer one is refused by its length alone and then counts as empty,
/// so that nobody walks it.
pub fn at_most<'a, T>(field: &str, given: &'a [T], limit: usize, refusals: &mut Vec<Refusal>) -> &'a [T] {
    if given.len() <= limit {
        return given;
    }
    refusals.push(Refusal::too_many(field, limit));
    &[]
}

/// A refused sheet.
#[derive(Debug, Clone)]
pub struct ImportRefused {
    /// What validator and server found, or the first page of it.
    pub page: crate::import::report::ReportPage,
}

/// A failure of ours: what the log gets and no client.
pub struct Internal(String);

impl Internal {
    /// The text for the log.
    #[must_use]
    pub fn for_log(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Internal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Internal({})", self.0)
    }
}

/// A store that did not answer, or answered nonsense. Turns into [`Error::Internal`].
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct StoreError(pub String);

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        Self::internal(error.0)
    }
}

impl From<Invalid> for Error {
    fn from(invalid: Invalid) -> Self {
        Self::Invalid(invalid)
    }
}

impl From<Conflict> for Error {
    fn from(conflict: Conflict) -> Self {
        Self::Conflict(conflict)
    }
}

impl From<Missing> for Error {
    fn from(missing: Missing) -> Self {
        Self::NotFound(missing)
    }
}

impl From<DeadLink> for Error {
    fn from(link: DeadLink) -> Self {
        Self::DeadLink(link)
    }
}

impl From<DeadSince> for Error {
    fn from(dead: DeadSince) -> Self {
        Self::DeadSince(dead)
    }
}

impl From<NotAccepted> for Error {
    fn from(what: NotAccepted) -> Self {
        Self::NotAccepted(what)
    }
}
