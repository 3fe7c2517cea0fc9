//! First passwords of imported people, where somebody else chooses them (requirements.md, S3). One that a sheet gives
//! waits sealed in its staged row; it is hashed, and mailed where that is wanted, when its user is finished.

use std::borrow::Cow;

use jiff::{SignedDuration, Timestamp};
use rollcall_validation::{CredentialMode, Field, Record, Value};
use serde::{Deserialize, Serialize};

use super::{
    Import, later,
    rows::{FieldValue, StagedRow},
};
use crate::{
    credential::Credential,
    first_credentials::FirstCredentials,
    ids::ImportId,
    organization::PasswordPolicy,
    outbox::{DueMail, Lane},
    password::NewPassword,
    random::Randomness,
    token::TokenKeys,
    user::User,
};

/// What passwords of staged rows are sealed for.
const PURPOSE: &str = "imported password";

/// How the people of an import get first passwords; none: they are sent a link, or nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirstPasswords {
    /// Which way; never the link.
    pub mode: CredentialMode,
    /// Fewest characters, of the organization's policy when the import began.
    pub least: u8,
}

impl FirstPasswords {
    /// Those of a way to first credentials.
    #[must_use]
    pub fn of(mode: CredentialMode, policy: &PasswordPolicy) -> Option<Self> {
        (mode != CredentialMode::Link).then_some(Self { mode, least: policy.min_length })
    }

    /// Whether sheets give the passwords.
    #[must_use]
    pub fn are_given(self) -> bool {
        matches!(self.mode, CredentialMode::SpecifyAndMail | CredentialMode::SpecifyOnly)
    }
}

/// What takes the passwords out of rows before these are stored.
#[derive(Debug, Clone, Copy)]
pub struct Sealing<'a> {
    /// The import that they belong to.
    pub import: &'a ImportId,
    /// How its people get first passwords.
    pub passwords: Option<FirstPasswords>,
    /// What a password must be.
    pub policy: &'a PasswordPolicy,
    /// The deployment's keys.
    pub keys: &'a TokenKeys,
}

impl Sealing<'_> {
    /// Seals the password of a row, which must have one exactly where passwords are given.
    ///
    /// # Errors
    /// The stable code of why that cannot be: `password_missing`, `password_not_wanted`, or the policy's.
    pub fn settle(&self, row: &mut StagedRow) -> Result<(), String> {
        let given = match row.values.remove(Field::Password.as_str()) {
            Some(FieldValue::Text(text)) => Some(text),
            _ => None,
        };
        match (given, self.passwords.is_some_and(FirstPasswords::are_given)) {
            (None, false) => Ok(()),
            (None, true) => Err("password_missing".into()),
            (Some(_), false) => Err("password_not_wanted".into()),
            (Some(text), true) => {
                let (email, username) = (row.text("email"), row.text("username"));
                let (first, last) = (row.text("first_name"), row.text("last_name"));
                let local = |name: &str| name.split('@').next().unwrap_or_default().to_owned();
                let full = format!("{first} {last}");
                let names = [email, &local(email), username, &local(username), first, last, full.trim()];
                NewPassword::parse(&text, &names, self.policy).map_err(|refusal| refusal.code)?;
                row.password = Some(self.keys.seal_repeatably(PURPOSE, &context(self.import, row.row), &text));
                Ok(())
            }
        }
    }

    /// Rows as what identifies them is made of: no hash of a password that can be guessed is kept.
    #[must_use]
    pub fn without_passwords<'r>(&self, rows: &'r [Record]) -> Cow<'r, [Record]> {
        let field = Field::Password.as_str();
        if rows.iter().all(|row| !row.values.contains_key(field)) {
            return Cow::Borrowed(rows);
        }
        let mut rows = rows.to_vec();
        for row in &mut rows {
            if let Some(value) = row.values.get_mut(field) {
                let context = context(self.import, row.row.unwrap_or_default());
                *value = Value::Text(self.keys.seal_repeatably(PURPOSE, &context, &value.to_text()));
            }
        }
        Cow::Owned(rows)
    }
}

fn context(import: &ImportId, row: u32) -> String {
    format!("{import}#{row}")
}

/// A first password, ready to be written with its user.
#[derive(Debug, Clone)]
pub struct Issued {
    /// The user's secrets.
    pub credential: Credential,
    /// The mail that brings it, where it is mailed.
    pub mail: Option<DueMail>,
    /// Which way it goes, for the audit trail.
    pub mode: CredentialMode,
}

/// Issues the first password of a user of an import, whose row was `row` and who has `sealed` waiting. None where
/// people get none, or where what waits cannot be read any more: they can be sent an invitation.
#[must_use]
pub fn issue(
    import: &Import,
    row: u32,
    sealed: Option<&str>,
    user: &User,
    keys: &TokenKeys,
    randomness: &impl Randomness,
    now: Timestamp,
) -> Option<Issued> {
    let passwords = import.options.credentials?;
    let opened = || keys.open(PURPOSE, &context(&import.id, row), sealed?);
    let credentials = match passwords.mode {
        CredentialMode::Link => return None,
        CredentialMode::GenerateAndMail => FirstCredentials::GenerateAndMail,
        CredentialMode::SpecifyAndMail => FirstCredentials::SpecifyAndMail(opened()?),
        CredentialMode::SpecifyOnly => FirstCredentials::SpecifyOnly(opened()?),
    };
    let text = credentials.password(passwords.least, randomness);
    // What a person gave met the whole policy when it was staged; here it is hashed.
    let policy = PasswordPolicy { min_length: passwords.least, ..PasswordPolicy::default() };
    let hashed = NewPassword::for_user(&text, user, &policy).ok()?;
    let mut credential = Credential::first_password(user.id.clone(), &hashed, now);
    // A custom profile may give people less time than first passwords have.
    let until = later(now, SignedDuration::from_hours(import.valid_hours.into()));
    let until = credential.first_password_until.map_or(until, |most| most.min(until));
    credential.first_password_until = Some(until);
    let mail = credentials.is_mailed().then(|| DueMail {
        lane: Lane::Bulk,
        ..DueMail::first_credentials(&user.id, &text, until, now, keys, randomness)
    });
    Some(Issued { credential, mail, mode: passwords.mode })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        import::{Mode, rows, tests::staged},
        random::SystemRandomness,
    };

    fn keys() -> TokenKeys {
        TokenKeys::parse("k1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA").unwrap()
    }

    fn row(password: Option<&str>) -> StagedRow {
        let mut row: StagedRow = serde_json::from_value(serde_json::json!({
            "row": 3,
            "values": {"username": "ana.diaz@acme.example", "email": "ana@example.com", "first_name": "Ana"},
        }))
        .unwrap();
        if let Some(password) = password {
            row.values.insert("password".into(), FieldValue::Text(password.into()));
        }
        row
    }

    const GOOD: &str = "a phrase of one's own";

    #[test]
    fn a_row_has_a_password_exactly_where_passwords_are_given() {
        let (keys, policy, import) = (keys(), PasswordPolicy::default(), ImportId::derived(&["test"]));
        use CredentialMode::{GenerateAndMail, Link, SpecifyAndMail, SpecifyOnly};
        for (mode, password, wanted) in [
            (Link, None, Ok(())),
            (Link, Some(GOOD), Err("password_not_wanted")),
            (GenerateAndMail, None, Ok(())),
            (GenerateAndMail, Some(GOOD), Err("password_not_wanted")),
            (SpecifyAndMail, Some(GOOD), Ok(())),
            (SpecifyAndMail, None, Err("password_missing")),
            (SpecifyOnly, Some(GOOD), Ok(())),
            (SpecifyOnly, Some("eleven chrs"), Err("password_too_short")),
            (SpecifyOnly, Some("password12345"), Err("password_too_common")),
            (SpecifyOnly, Some("ANA.DIAZ@acme.example"), Err("password_too_common")),
        ] {
            let sealing =
                Sealing { import: &import, passwords: FirstPasswords::of(mode, &policy), policy: &policy, keys: &keys };
            let mut row = row(password);
            let settled = sealing.settle(&mut row);
            let settled = settled.as_ref().err().map(String::as_str);
            assert_eq!(settled, wanted.err(), "{mode:?} {password:?}");
            let stored = serde_json::to_string(&row).unwrap();
            assert!(password.is_none_or(|password| !stored.contains(password)), "{stored}");
            assert_eq!(row.password.is_some(), wanted.is_ok() && password.is_some(), "{mode:?}");
        }
    }

    #[test]
    fn rows_that_are_sent_again_are_known_again_without_their_passwords() {
        let (keys, policy, import) = (keys(), PasswordPolicy::default(), ImportId::derived(&["test"]));
        let sealing = Sealing { import: &import, passwords: None, policy: &policy, keys: &keys };
        let rows = |password: &str| -> Vec<Record> {
            vec![serde_json::from_value(serde_json::json!({"row": 1, "email": "a@b.c", "password": password})).unwrap()]
        };
        let told = |password: &str| serde_json::to_string(&sealing.without_passwords(&rows(password))).unwrap();
        assert_eq!(told("one"), told("one"));
        assert_ne!(told("one"), told("two"));
        assert!(!told("one").contains("\"one\""));
        let plain: Vec<Record> = vec![serde_json::from_value(serde_json::json!({"email": "a@b.c"})).unwrap()];
        assert!(matches!(sealing.without_passwords(&plain), Cow::Borrowed(_)));
    }

    #[test]
    fn what_waits_becomes_a_first_password_as_the_way_says() {
        let (keys, policy) = (keys(), PasswordPolicy::default());
        let mut import = staged(1, Mode::Atomic);
        for (mode, mailed) in [
            (CredentialMode::GenerateAndMail, true),
            (CredentialMode::SpecifyAndMail, true),
            (CredentialMode::SpecifyOnly, false),
        ] {
            import.options.credentials = FirstPasswords::of(mode, &policy);
            let passwords = import.options.credentials;
            let sealing = Sealing { import: &import.id, passwords, policy: &policy, keys: &keys };
            let mut row = row((mode != CredentialMode::GenerateAndMail).then_some(GOOD));
            sealing.settle(&mut row).unwrap();
            let user = rows::user_of(&import, rows::Place { chunk: 0, index: 0 }, &row);
            let now = import.created_at;
            let issued = issue(&import, 3, row.password.as_deref(), &user, &keys, &SystemRandomness, now).unwrap();
            assert_eq!((issued.mail.is_some(), issued.mode), (mailed, mode));
            assert!(issued.mail.is_none_or(|mail| mail.lane == Lane::Bulk));
            let hash = issued.credential.password_hash.as_deref();
            assert_eq!(crate::password::verify(hash, GOOD), mode != CredentialMode::GenerateAndMail, "{mode:?}");
            let until = now.saturating_add(SignedDuration::from_hours(24)).unwrap();
            assert_eq!(issued.credential.first_password_until, Some(until), "as long as an invitation");
            let another = issue(&import, 4, row.password.as_deref(), &user, &keys, &SystemRandomness, now);
            assert_eq!(another.is_some(), mode == CredentialMode::GenerateAndMail, "bound to its row");
        }
    }
}
