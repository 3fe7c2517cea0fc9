//! What a profile asks, in sentences.

use rollcall_validation::{CredentialMode, Expects, Field, InvitationPolicy, MfaPolicy, Mode, Profile, SheetColumn};

/// An address that every profile takes.
pub(crate) const EMAIL: &str = "name@example.com";
/// A number that every profile takes.
pub(crate) const PHONE: &str = "+49 1511 2345678";
/// Names of a list that a text shows; of longer ones it tells how many there are.
const SHOWN: usize = 20;

/// What stands in a column, sentence by sentence.
pub(crate) fn column(profile: &Profile, column: &SheetColumn<'_>) -> Vec<String> {
    let mut said = vec![match (&column.default, column.required) {
        (Some(default), _) => format!("Optional: an empty cell means {default}."),
        (None, true) => "Required.".to_owned(),
        (None, false) => "Optional.".to_owned(),
    }];
    said.extend(cells(&column.expects));
    said.extend(meaning(profile, column));
    said
}

fn cells(expects: &Expects<'_>) -> Vec<String> {
    match expects {
        Expects::Text { min, max, allow, forbid } => {
            let mut said = vec![format!("{} only, {}.", capitalized(&and(allow)), lengths(*min, *max))];
            said.extend(without(forbid));
            said
        }
        Expects::Email { max, unicode, edges } => {
            let mut said = vec![format!("An email address such as {EMAIL}, at most {max} characters.")];
            if !unicode {
                said.push("Without accents and umlauts.".to_owned());
            }
            if !edges.is_empty() {
                let signs: Vec<String> = edges.chars().map(|c| c.to_string()).collect();
                said.push(format!("It neither begins nor ends with {}.", or(&signs)));
            }
            said
        }
        Expects::Phone { digits_and_blanks_only, national, country } => {
            let mut said = vec![format!("A phone number with + and the country code, such as {PHONE}.")];
            if *national && let Some(country) = country {
                said.push(format!("A number without a country code is one of {country}."));
            }
            if *digits_and_blanks_only {
                said.push("Digits and blanks only: no dashes, no parentheses.".to_owned());
            }
            said
        }
        Expects::Names { multiple, case_sensitive, with_value, known } => {
            names(*multiple, *case_sensitive, *with_value, *known)
        }
        Expects::Secret { min, max } => vec![
            format!("A password, {}. It must be changed at the first sign-in.", lengths(*min, *max)),
            "Only where passwords are specified when importing; delete this file afterwards.".to_owned(),
        ],
    }
}

fn names(
    multiple: bool,
    case_sensitive: bool,
    with_value: bool,
    known: Option<&[rollcall_validation::Named]>,
) -> Vec<String> {
    let mut said = Vec::new();
    match known {
        _ if with_value => {
            said.push("A name, = and a value, such as Desk=12; several are separated by a semicolon.".to_owned());
        }
        _ if multiple => said.push("One or several names, separated by semicolons.".to_owned()),
        _ => said.push("One name.".to_owned()),
    }
    if let Some(known) = known {
        let shown: Vec<&str> = known.iter().take(SHOWN).map(|named| named.name.as_str()).collect();
        match known.len() {
            0 => said.push("There are none yet.".to_owned()),
            count if count > SHOWN => {
                said.push(format!(
                    "There are {count}: {}, … (all of them on the workbook's sheet “{}”).",
                    shown.join(", "),
                    crate::workbook::LISTS
                ));
            }
            _ => said.push(format!("There are: {}.", shown.join(", "))),
        }
    }
    if case_sensitive {
        said.push("Exactly as they are written: capitals count.".to_owned());
    }
    said
}

/// What a column means beside what its cells hold.
fn meaning(profile: &Profile, column: &SheetColumn<'_>) -> Vec<String> {
    let mut said = Vec::new();
    let title_of = |field: Field| profile.sheet_columns().find(|other| other.field == field).map(|other| other.title);
    let role = profile.role();
    if role.column == Some(column.field) && role.required_at_commit && !column.required && column.default.is_none() {
        said.push("Everybody needs one: where the cell is empty, it is given when importing.".to_owned());
    }
    if column.field == Field::Username
        && let Some(rule) = profile.username()
    {
        if let Some(domain) = rule.domain.and_then(title_of) {
            said.push(format!("Where there is no @ in it, an @ and what stands in “{domain}” follow."));
        }
        if rule.immutable {
            said.push("It cannot be changed later.".to_owned());
        }
    }
    if matches!(column.field, Field::Email | Field::Username) {
        said.push("No two people have the same.".to_owned());
    }
    said
}

/// What holds for the whole sheet.
pub(crate) fn sheet(profile: &Profile) -> Vec<String> {
    let mut said = vec![format!(
        "At most {} rows; the file at most {} bytes ({}).",
        grouped(profile.row_limit().into()),
        grouped(profile.byte_limit()),
        mebibytes(profile.byte_limit())
    )];
    said.push(
        match profile.modes() {
            [Mode::Atomic] => "All or nothing: if a single row is refused, nobody is imported.",
            [Mode::Partial] => "Rows that are refused do not stop the others.",
            [Mode::Partial, ..] => {
                "Rows that are refused do not stop the others, unless all or nothing is chosen when importing."
            }
            _ => {
                "If a single row is refused, nobody is imported, unless the good rows alone are chosen when importing."
            }
        }
        .to_owned(),
    );
    let invitation = profile.invitation();
    let valid = hours(invitation.expires_after);
    match invitation.policy {
        InvitationPolicy::Always => said.push(format!("Everybody gets an invitation by mail, valid for {valid}.")),
        InvitationPolicy::OptIn => said.push(format!(
            "Invitations are mailed only if that is chosen when importing (valid for {valid}); they can be sent later, too."
        )),
        InvitationPolicy::ByCredentialMode => {
            let ways: Vec<&str> = profile.credential_modes().iter().map(|mode| way(*mode)).collect();
            said.push(format!("How people get in for the first time is chosen when importing: {}.", or(&ways)));
        }
        InvitationPolicy::Never => said.push("Nobody is invited.".to_owned()),
    }
    if profile.mfa() == MfaPolicy::Required {
        said.push("To finish, everybody sets up a second factor.".to_owned());
    }
    said
}

fn way(mode: CredentialMode) -> &'static str {
    match mode {
        CredentialMode::Link => "by a link to choose a password",
        CredentialMode::GenerateAndMail => "with a generated password that is mailed",
        CredentialMode::SpecifyAndMail => "with the password in the sheet (mailed)",
        CredentialMode::SpecifyOnly => "with the password in the sheet (not mailed)",
    }
}

fn lengths(min: usize, max: usize) -> String {
    if min > 1 { format!("{min} to {max} characters") } else { format!("at most {max} characters") }
}

fn without(forbid: &str) -> Option<String> {
    if forbid.is_empty() {
        return None;
    }
    let signs: Vec<String> =
        forbid.chars().map(|c| if c == ' ' { "blanks".to_owned() } else { c.to_string() }).collect();
    Some(format!("None of these: {}.", signs.join(" ")))
}

fn hours(hours: u32) -> String {
    if hours > 24 && hours.is_multiple_of(24) { format!("{} days", hours / 24) } else { format!("{hours} hours") }
}

/// `1234567` as `1,234,567`.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A limit in the unit that people know it by; one byte less than a round number is below it.
fn mebibytes(bytes: u64) -> String {
    const MEBIBYTE: u64 = 1024 * 1024;
    match bytes {
        _ if bytes.is_multiple_of(MEBIBYTE) => format!("{} MB", bytes / MEBIBYTE),
        _ if (bytes + 1).is_multiple_of(MEBIBYTE) => format!("less than {} MB", bytes.div_ceil(MEBIBYTE)),
        _ => format!("about {} MB", bytes.div_ceil(MEBIBYTE)),
    }
}

fn and<T: AsRef<str>>(parts: &[T]) -> String {
    joined(parts, "and")
}

fn or<T: AsRef<str>>(parts: &[T]) -> String {
    joined(parts, "or")
}

fn joined<T: AsRef<str>>(parts: &[T], word: &str) -> String {
    match parts {
        [] => String::new(),
        [one] => one.as_ref().to_owned(),
        [most @ .., last] => {
            let most: Vec<&str> = most.iter().map(AsRef::as_ref).collect();
            format!("{} {word} {}", most.join(", "), last.as_ref())
        }
    }
}

fn capitalized(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_as_people_read_them() {
        for (number, text) in [(7, "7"), (999, "999"), (1_000, "1,000"), (10_485_759, "10,485,759")] {
            assert_eq!(grouped(number), text);
        }
        for (bytes, text) in [(52_428_800, "50 MB"), (10_485_759, "less than 10 MB"), (1_500_000, "about 2 MB")] {
            assert_eq!(mebibytes(bytes), text);
        }
        assert_eq!((hours(24), hours(336), hours(36)), ("24 hours".into(), "14 days".into(), "36 hours".into()));
    }

    #[test]
    fn what_the_texts_give_as_examples_every_profile_takes() {
        for id in Profile::built_in_ids() {
            let profile = Profile::built_in(id).unwrap();
            for column in profile.sheet_columns() {
                let example = match column.expects {
                    Expects::Email { .. } => EMAIL,
                    Expects::Phone { .. } => PHONE,
                    Expects::Names { with_value: true, .. } => "Desk=12",
                    _ => continue,
                };
                let verdict = rollcall_validation::check_field(&profile, column.field.as_str(), example);
                assert!(verdict.is_accepted() && verdict.issues.is_empty(), "{id} {example}: {verdict:?}");
            }
        }
    }
}
