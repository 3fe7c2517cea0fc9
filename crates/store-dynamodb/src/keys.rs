//! Every key of the table, in one place (docs/DATA_MODEL.md).

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use rollcall_accounts::{
    access::secret_hash_of,
    attempts::Counter,
    facet::Facet,
    ids::{
        ApiKeyId, EmailChangeId, EntryId, ImportId, InvitationId, OrganizationId, PasswordResetId, ProfileId,
        SessionId, UserId,
    },
    lists::ListKind,
    roles::RoleId,
    time::iso,
    user::UserKind,
};
use rollcall_validation::identity::IdentityKey;

use crate::item::s;

/// A primary key.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// Partition key.
    pub pk: String,
    /// Sort key.
    pub sk: String,
}

impl Key {
    /// A key of its parts.
    pub fn new(pk: impl Into<String>, sk: impl Into<String>) -> Self {
        Self { pk: pk.into(), sk: sk.into() }
    }

    /// As the SDK wants it.
    #[must_use]
    pub fn attributes(&self) -> HashMap<String, AttributeValue> {
        HashMap::from([("pk".to_owned(), s(&self.pk)), ("sk".to_owned(), s(&self.sk))])
    }

    /// What logs call the item, since keys can hold addresses: the first half of the SHA-256 of `pk`, a space, `sk`.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let mut hash = secret_hash_of(format!("{} {}", self.pk, self.sk).as_bytes());
        hash.truncate(32);
        hash
    }
}

/// Shards of everything that would otherwise be one hot partition (due work, listings, counters).
pub const SHARDS: u32 = 8;

/// The shard of an identifier: FNV-1a, so that it never changes.
#[must_use]
pub fn shard_of(id: &str) -> u32 {
    let hash = id.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    hash % SHARDS
}

/// Where users are listed: an organization, or the technicians of the deployment.
#[must_use]
pub fn scope(organization: Option<&OrganizationId>) -> String {
    organization.map_or_else(|| "@technicians".to_owned(), ToString::to_string)
}

/// Finds the user of a mailed link to choose a password: `RESET#id / LOCATOR`.
#[must_use]
pub fn password_reset(id: &PasswordResetId) -> Key {
    Key::new(format!("RESET#{id}"), "LOCATOR")
}

/// Finds the user of a mailed link to confirm an address: `EMAILCHANGE#id / LOCATOR`.
#[must_use]
pub fn email_change(id: &EmailChangeId) -> Key {
    Key::new(format!("EMAILCHANGE#{id}"), "LOCATOR")
}

/// The user itself: `USER#id / USER`.
#[must_use]
pub fn user(id: &UserId) -> Key {
    Key::new(format!("USER#{id}"), "USER")
}

/// The user's secrets (password hash, TOTP secret, recovery codes): `USER#id / CREDENTIAL`.
#[must_use]
pub fn credential(id: &UserId) -> Key {
    Key::new(format!("USER#{id}"), "CREDENTIAL")
}

/// The guard of an email or username: `LOGIN#identity / GUARD`, written only if absent. Carries `user_id`,
/// `organization_id`, and `import_id` while an import holds it.
#[must_use]
pub fn guard(identity: &IdentityKey) -> Key {
    Key::new(format!("LOGIN#{}", identity.as_str()), "GUARD")
}

/// Separates the words of a sort key; below every letter.
pub const SEPARATOR: char = '\u{1}';

/// The partition of the custom import profiles of a scope: an organization's, or under the technicians' the
/// deployment's.
#[must_use]
pub fn profiles_partition(scope: &str) -> String {
    format!("PROFILES#{scope}")
}

/// A custom import profile in its newest version: `PROFILES#scope / id`.
#[must_use]
pub fn profile(scope: &str, id: &ProfileId) -> Key {
    Key::new(profiles_partition(scope), id.as_str())
}

/// Finds the scope of a custom import profile by its identifier alone: `PROFILE#id / LOCATOR`.
#[must_use]
pub fn profile_locator(id: &ProfileId) -> Key {
    Key::new(format!("PROFILE#{id}"), "LOCATOR")
}

/// A version of a custom import profile, for good: `PROFILE#id / VERSION#n`.
#[must_use]
pub fn profile_version(id: &ProfileId, version: u32) -> Key {
    Key::new(format!("PROFILE#{id}"), format!("VERSION#{version:06}"))
}

/// The partition of the custom roles of a scope.
#[must_use]
pub fn roles_partition(scope: &str) -> String {
    format!("ROLES#{scope}")
}

/// A custom role: `ROLES#scope / id`.
#[must_use]
pub fn role(scope: &str, id: &RoleId) -> Key {
    Key::new(roles_partition(scope), id.as_str())
}

/// Finds the scope of a custom role by its identifier alone: `ROLE#id / LOCATOR`.
#[must_use]
pub fn role_locator(id: &RoleId) -> Key {
    Key::new(format!("ROLE#{}", id.as_str()), "LOCATOR")
}

/// The guard of a custom role's name among those of its kind: `ROLE_NAME#scope#kind / folded name`, written only if
/// absent.
#[must_use]
pub fn role_name(scope: &str, kind: UserKind, name: &str) -> Key {
    Key::new(format!("ROLE_NAME#{scope}#{}", kind.name()), fold(name))
}

/// The partition of a list's entries.
#[must_use]
pub fn entries_partition(organization: &OrganizationId, list: ListKind) -> String {
    format!("ENTRIES#{organization}#{}", list.name())
}

/// An entry of a list: `ENTRIES#organization#list / id`.
#[must_use]
pub fn list_entry(organization: &OrganizationId, list: ListKind, id: &EntryId) -> Key {
    Key::new(entries_partition(organization, list), id.as_str())
}

/// The guard of an entry's name, where case counts: `ENTRY_NAME#organization#list / name`, written only if absent.
#[must_use]
pub fn entry_name(organization: &OrganizationId, list: ListKind, name: &str) -> Key {
    Key::new(format!("ENTRY_NAME#{organization}#{}", list.name()), name)
}

/// The guard of a property's key: `PROPERTY_KEY#organization / key`, written only if absent.
#[must_use]
pub fn property_key(organization: &OrganizationId, key: &str) -> Key {
    Key::new(format!("PROPERTY_KEY#{organization}"), key)
}

/// What is counted of the lists and custom roles of a scope: `CATALOG#scope / COUNTS`. How many there are of each,
/// and, in `retired`, how often one was retired.
#[must_use]
pub fn catalog(scope: &str) -> Key {
    Key::new(format!("CATALOG#{scope}"), "COUNTS")
}

/// The guard of a domain of usernames: `DOMAIN#domain / GUARD`, written only if absent.
#[must_use]
pub fn domain(domain: &str) -> Key {
    Key::new(format!("DOMAIN#{domain}"), "GUARD")
}

/// A user in the listing of its scope: `LIST#scope#shard / folded last name, folded first name, id`.
#[must_use]
pub fn listing(scope: &str, first_name: &str, last_name: &str, id: &UserId) -> Key {
    Key::new(listing_partition(scope, shard_of(id.as_str())), listing_sort(first_name, last_name, id))
}

/// The partition of one shard of a listing.
#[must_use]
pub fn listing_partition(scope: &str, shard: u32) -> String {
    format!("LIST#{scope}#{shard}")
}

/// Most bytes of a folded name in a sort key, of which DynamoDB takes 1,024: 150 characters can be 900 bytes once
/// folded. Longer ones sort by their beginnings.
const NAME_BYTES: usize = 480;

/// The sort key of a user in its listing; the same in every shard, so one cursor serves all of them.
#[must_use]
pub fn listing_sort(first_name: &str, last_name: &str, id: &UserId) -> String {
    let (first, last) = (fold(first_name), fold(last_name));
    let leading = if last.is_empty() { &first } else { &last };
    format!("{}{SEPARATOR}{}{SEPARATOR}{id}", beginning(leading, NAME_BYTES), beginning(&first, NAME_BYTES))
}

/// The whole characters among the first bytes of a text.
fn beginning(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}

/// A user under something that finds them: `FACET#scope#facet#shard / sort key`. Where lists are filtered by
/// it the sort key is that of the listing, so that the same cursor serves both.
#[must_use]
pub fn facet(scope: &str, facet: &Facet, sort: &str, id: &UserId) -> Key {
    Key::new(facet_partition(scope, facet, shard_of(id.as_str())), sort)
}

/// The partition of one shard of what one facet finds.
#[must_use]
pub fn facet_partition(scope: &str, facet: &Facet, shard: u32) -> String {
    format!("FACET#{scope}#{facet}#{shard}")
}

/// The entries that find a user by the beginning of any word of name, email and username:
/// `WORD#scope#first character / word, id`.
#[must_use]
pub fn search_entries(scope: &str, texts: &[&str], id: &UserId) -> Vec<Key> {
    let mut keys: Vec<Key> = texts
        .iter()
        .flat_map(|text| search_words(text))
        .map(|word| Key::new(search_partition(scope, &word), format!("{word}{SEPARATOR}{id}")))
        .collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// The partition in which words with that beginning are.
#[must_use]
pub fn search_partition(scope: &str, word: &str) -> String {
    format!("WORD#{scope}#{}", word.chars().next().unwrap_or_default())
}

/// The folded words of a text, at most 8 of at most 64 characters: of an email the whole, then the parts of it.
#[must_use]
pub fn search_words(text: &str) -> Vec<String> {
    let folded = fold(text);
    let whole = folded.contains('@').then(|| folded.clone());
    let parts = folded.split(|c: char| c.is_whitespace() || "@.-_+'’·,;()".contains(c)).filter(|w| !w.is_empty());
    whole.into_iter().chain(parts.map(str::to_owned)).take(8).map(|word| word.chars().take(64).collect()).collect()
}

/// The words that a search asks for, the longest first: what is typed like an address stays whole, the rest
/// is taken apart as [`search_words`] does.
#[must_use]
pub fn query_words(query: &str) -> Vec<String> {
    let mut words: Vec<String> = query
        .split_whitespace()
        .flat_map(|word| {
            let mut words = search_words(word);
            if word.contains('@') {
                words.truncate(1);
            }
            words
        })
        .take(8)
        .collect();
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    words
}

/// An import's head: `IMPORT#id / HEAD`.
#[must_use]
pub fn import_head(id: &ImportId) -> Key {
    Key::new(format!("IMPORT#{id}"), "HEAD")
}

/// Asks for a slice of an import: `IMPORT#id / TICK#n`, never changed.
#[must_use]
pub fn import_tick(id: &ImportId, tick: u64) -> Key {
    Key::new(format!("IMPORT#{id}"), format!("TICK#{tick:010}"))
}

/// What is known of a staged chunk: `IMPORT#id / CHUNK#n`, written only if absent.
#[must_use]
pub fn import_chunk(id: &ImportId, chunk: u32) -> Key {
    Key::new(format!("IMPORT#{id}"), format!("CHUNK#{chunk:05}"))
}

/// What is known of a piece of a file: `IMPORT#id / PIECE#n`, written only if absent.
#[must_use]
pub fn import_piece(id: &ImportId, piece: u32) -> Key {
    Key::new(format!("IMPORT#{id}"), format!("PIECE#{piece:05}"))
}

/// A part of a piece, by what identifies its bytes: `IMPORT#id#shard / SOURCE#piece#part#digest`.
#[must_use]
pub fn import_source(id: &ImportId, piece: u32, part: u32, digest: &str) -> Key {
    Key::new(import_rows_partition(id, piece + part), format!("SOURCE#{piece:05}#{part:02}#{digest}"))
}

/// The partition in which the rows of a chunk are.
#[must_use]
pub fn import_rows_partition(id: &ImportId, chunk: u32) -> String {
    format!("IMPORT#{id}#{}", chunk % SHARDS)
}

/// A part of the rows of a chunk: `IMPORT#id#shard / ROWS#chunk#part`.
#[must_use]
pub fn import_rows(id: &ImportId, chunk: u32, part: usize) -> Key {
    Key::new(import_rows_partition(id, chunk), format!("ROWS#{chunk:05}#{part:05}"))
}

/// The partition of the rows of an import that failed.
#[must_use]
pub fn import_failed_partition(id: &ImportId) -> String {
    format!("IMPORT#{id}#FAILED")
}

/// A part of the rows of a chunk that failed on an occasion: `IMPORT#id#FAILED / chunk#occasion#part`.
#[must_use]
pub fn import_failed(id: &ImportId, chunk: u32, occasion: &str, part: usize) -> Key {
    Key::new(import_failed_partition(id), format!("{chunk:05}#{occasion}#{part:05}"))
}

/// Which rows of a chunk became users: `IMPORT#id / MADE#chunk`.
#[must_use]
pub fn import_made(id: &ImportId, chunk: u32) -> Key {
    Key::new(format!("IMPORT#{id}"), format!("MADE#{chunk:05}"))
}

/// The partition of what was undone of an import.
#[must_use]
pub fn import_undo_partition(id: &ImportId) -> String {
    format!("IMPORT#{id}#UNDO")
}

/// What was undone of a chunk, and who stayed: `IMPORT#id#UNDO / chunk`.
#[must_use]
pub fn import_undo(id: &ImportId, chunk: u32) -> Key {
    Key::new(import_undo_partition(id), format!("{chunk:05}"))
}

/// The row of an import that means a person who is there already: `IMPORT#id#shard / PERSON#user`, written only if
/// absent.
#[must_use]
pub fn import_person(id: &ImportId, person: &UserId) -> Key {
    Key::new(import_rows_partition(id, shard_of(person.as_str())), format!("PERSON#{person}"))
}

/// The partition of an import's reports.
#[must_use]
pub fn import_reports_partition(id: &ImportId) -> String {
    format!("IMPORT#{id}#REPORT")
}

/// A part of the validator's report of a chunk, or of the whole sheet: `IMPORT#id#REPORT / chunk#part`.
#[must_use]
pub fn import_report(id: &ImportId, chunk: u32, part: usize) -> Key {
    Key::new(import_reports_partition(id), format!("{chunk:05}#{part:05}"))
}

/// The partition of what the server found about an import's rows.
#[must_use]
pub fn import_issues_partition(id: &ImportId) -> String {
    format!("IMPORT#{id}#ISSUES")
}

/// What was found about rows of a chunk, on which occasion: `IMPORT#id#ISSUES / chunk#occasion`.
#[must_use]
pub fn import_issues(id: &ImportId, chunk: u32, occasion: &str) -> Key {
    Key::new(import_issues_partition(id), format!("{chunk:05}#{occasion}"))
}

/// An import in a listing, of an organization, the technicians or all: `IMPORTS#listing / moment, id`.
#[must_use]
pub fn import_listing(listing: &str, at: Timestamp, id: &ImportId) -> Key {
    Key::new(format!("IMPORTS#{listing}"), format!("{}#{id}", iso(at)))
}

/// The listing of the imports of the whole deployment.
pub const ALL_IMPORTS: &str = "@all";

/// Finds the user of an invitation, and carries its expiry's due key: `INVITATION#id / LOCATOR`.
#[must_use]
pub fn invitation(id: &InvitationId) -> Key {
    Key::new(format!("INVITATION#{id}"), "LOCATOR")
}

/// A mail in the outbox: `MAIL#id / MAIL`.
#[must_use]
pub fn mail(id: &str) -> Key {
    Key::new(format!("MAIL#{id}"), "MAIL")
}

/// The lease of the one sender of bulk mail: `LEASE#bulk-mail / LEASE`.
#[must_use]
pub fn bulk_lease() -> Key {
    Key::new("LEASE#bulk-mail", "LEASE")
}

/// One shard of the counters of a scope: `COUNTS#scope / shard`.
#[must_use]
pub fn counts(scope: &str, shard: u32) -> Key {
    Key::new(format!("COUNTS#{scope}"), format!("{shard}"))
}

/// The deployment's commit sequence: `SEQUENCE / COMMIT`, attribute `n`.
#[must_use]
pub fn commit_sequence() -> Key {
    Key::new("SEQUENCE", "COMMIT")
}

/// A browser's session by its token's hash: `SESSION#hash / SESSION`.
#[must_use]
pub fn session(token_hash: &str) -> Key {
    Key::new(format!("SESSION#{token_hash}"), "SESSION")
}

/// The entry that lists a complete session under its user: `USER#id / SESSION#session id`.
#[must_use]
pub fn session_entry(user: &UserId, id: &SessionId) -> Key {
    Key::new(format!("USER#{user}"), format!("{SESSION_ENTRIES}{id}"))
}

/// How the sort keys of these entries begin.
pub const SESSION_ENTRIES: &str = "SESSION#";

/// A counter of attempts: `ATTEMPTS#counter / ATTEMPTS`.
#[must_use]
pub fn attempts(counter: &Counter) -> Key {
    Key::new(format!("ATTEMPTS#{}", counter.as_str()), "ATTEMPTS")
}

/// What is written in place of a lock where there is no account: `ATTEMPTS#counter / STAND-IN#n`.
#[must_use]
pub fn attempts_stand_in(counter: &Counter, number: usize) -> Key {
    Key::new(attempts(counter).pk, format!("STAND-IN#{number}"))
}

/// An API key by its hash: `APIKEY#hash / APIKEY`.
#[must_use]
pub fn api_key(hash: &str) -> Key {
    Key::new(format!("APIKEY#{hash}"), "APIKEY")
}

/// The entry that lists an API key under its owner: `USER#id / APIKEY#key id`.
#[must_use]
pub fn api_key_entry(owner: &UserId, id: &ApiKeyId) -> Key {
    Key::new(format!("USER#{owner}"), format!("{API_KEY_ENTRIES}{id}"))
}

/// How the sort keys of these entries begin.
pub const API_KEY_ENTRIES: &str = "APIKEY#";

/// The answer to a request under an idempotency key: `IDEMPOTENCY#name / ANSWER`.
#[must_use]
pub fn idempotency(name: &str) -> Key {
    Key::new(format!("IDEMPOTENCY#{name}"), "ANSWER")
}

/// An organization: `ORGANIZATION#id / ORGANIZATION`.
#[must_use]
pub fn organization(id: &OrganizationId) -> Key {
    Key::new(format!("ORGANIZATION#{id}"), "ORGANIZATION")
}

/// The guard of an organization's name: `ORGANIZATION_NAME#folded / GUARD`, written only if absent.
#[must_use]
pub fn organization_name(name: &str) -> Key {
    Key::new(format!("ORGANIZATION_NAME#{}", fold(name)), "GUARD")
}

/// The partition that lists all organizations. One: they are made by hand, and read by the page.
pub const ORGANIZATIONS: &str = "ORGANIZATIONS";

/// An organization in the listing of all: `ORGANIZATIONS / folded name, id`.
#[must_use]
pub fn organization_listing(name: &str, id: &OrganizationId) -> Key {
    Key::new(ORGANIZATIONS, format!("{}{SEPARATOR}{id}", fold(name)))
}

/// That the deployment has its Root Master: `BOOTSTRAP / DONE`, written only if absent.
#[must_use]
pub fn bootstrap() -> Key {
    Key::new("BOOTSTRAP", "DONE")
}

/// An audit event: `AUDIT#scope#month / moment, id`.
#[must_use]
pub fn audit(scope: &str, at: Timestamp, id: &str) -> Key {
    let at = iso(at);
    Key::new(audit_partition(scope, &at[..7]), format!("{at}#{id}"))
}

/// The trail of the whole deployment, a copy of an event: `AUDITALL#month#shard / moment, id`.
#[must_use]
pub fn audit_all(at: Timestamp, id: &str) -> Key {
    let at = iso(at);
    Key::new(audit_all_partition(&at[..7], shard_of(id)), format!("{at}#{id}"))
}

/// The partition of one shard of a month of it.
#[must_use]
pub fn audit_all_partition(month: &str, shard: u32) -> String {
    format!("AUDITALL#{month}#{shard}")
}

/// The partition of a month of a scope's trail.
#[must_use]
pub fn audit_partition(scope: &str, month: &str) -> String {
    format!("AUDIT#{scope}#{month}")
}

/// The trail of one thing that is changed, a copy of an event: `AUDITOF#target / moment, id`.
#[must_use]
pub fn audit_of(target: &str, at: Timestamp, id: &str) -> Key {
    Key::new(audit_of_partition(target), format!("{}#{id}", iso(at)))
}

/// The partition of the trail of one thing.
#[must_use]
pub fn audit_of_partition(target: &str) -> String {
    format!("AUDITOF#{target}")
}

/// The attributes of the sparse index `due`: what is due, sharded, and when.
#[must_use]
pub fn due(work: Due, id: &str, at: Timestamp) -> [(String, AttributeValue); 2] {
    [("due_pk".to_owned(), s(work.partition(shard_of(id)))), ("due_at".to_owned(), s(iso(at)))]
}

/// Kinds of due work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// Mail that a person waits for.
    MailNow,
    /// Mail of many.
    MailBulk,
    /// Invitations whose time ends.
    Expiry,
    /// Imports that should go on.
    Import,
}

impl Due {
    /// The partition of one shard.
    #[must_use]
    pub fn partition(self, shard: u32) -> String {
        let name = match self {
            Self::MailNow => "MAIL_NOW",
            Self::MailBulk => "MAIL_BULK",
            Self::Expiry => "EXPIRY",
            Self::Import => "IMPORT",
        };
        format!("DUE#{name}#{shard}")
    }
}

/// The form in which texts are compared and sorted: NFC, full case fold, NFC again.
#[must_use]
pub fn fold(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization as _;
    caseless::default_case_fold_str(&text.nfc().collect::<String>()).nfc().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sort_keys_stay_within_what_the_table_takes() {
        let id = UserId::derived(&["x"]);
        for letter in ["a", "\u{20000}", "ΐ", "\u{fdfa}"] {
            let long = letter.repeat(150);
            assert!(listing_sort(&long, &long, &id).len() <= 1024, "{letter}");
            for key in search_entries("org_00000000000000000000000000", &[&long], &id) {
                assert!(key.sk.len() <= 1024 && key.pk.len() <= 2048, "{letter}");
            }
        }
    }

    #[test]
    fn searches_are_taken_apart_like_what_they_search() {
        for (query, words) in [
            ("Ana", vec!["ana"]),
            ("O'Brien j", vec!["brien", "o", "j"]),
            ("ana@Example", vec!["ana@example"]),
            ("Jean-Luc Picard", vec!["picard", "jean", "luc"]),
            ("STRASSE", vec!["strasse"]),
            ("straße", vec!["strasse"]),
            (" .,- ", vec![]),
        ] {
            assert_eq!(query_words(query), words, "{query}");
        }
    }
}
