//! Sheets and rows through the validator, as imports need its answer.

use std::collections::BTreeMap;

use rollcall_validation::{Field, Profile, Record, Report, Rows, Status, Value, Verdict, identity::IdentityKey};

use super::{
    OnExisting,
    rows::{FieldValue, Given, StagedRow},
};
use crate::{Result, error::Invalid};

/// What the validator says.
#[derive(Debug, Clone)]
pub struct Checked {
    /// The report: canonical JSON, the very bytes of `rollcall check`.
    pub report: String,
    /// Whether the file as a whole is refused, whatever its rows.
    pub file_refused: bool,
    /// The rows that can be imported.
    pub accepted: Vec<StagedRow>,
    /// How many cannot.
    pub refused: u32,
}

impl Checked {
    /// Rows altogether.
    #[must_use]
    pub fn total(&self) -> u32 {
        u32::try_from(self.accepted.len()).unwrap_or(u32::MAX) + self.refused
    }
}

/// Checks a sheet's bytes: of a workbook the worksheet of that name, or the one in which most rows are good.
#[must_use]
pub fn sheet(bytes: &[u8], sheet: Option<&str>, profile: &Profile) -> Checked {
    checked(&rollcall_validation::check_sheet(bytes, profile, sheet), profile, &[])
}

/// Checks rows that were read already. A row that brings its number from the sheet keeps it.
///
/// # Errors
/// [`Invalid::Body`] for a row's `on_existing` that is none.
pub fn records(records: &[Record], profile: &Profile) -> Result<Checked> {
    let wishes = records
        .iter()
        .map(|record| match record.on_existing.as_deref() {
            None => Ok(None),
            Some(name) => OnExisting::parse(name).map(Some).ok_or_else(|| {
                let names: Vec<&str> = OnExisting::ALL.iter().map(|one| one.name()).collect();
                Invalid::Body(format!("a row's on_existing is one of {}", names.join(", ")))
            }),
        })
        .collect::<Result<Vec<_>, Invalid>>()?;
    Ok(checked(&rollcall_validation::check_rows(records, profile), profile, &wishes))
}

/// Values as people have them: the role that another column names, a username with its domain, and none that means
/// the address unless forms fill it in from there.
fn settled(profile: &Profile, mut values: BTreeMap<String, FieldValue>) -> BTreeMap<String, FieldValue> {
    if let Some(column) = profile.role().column.filter(|column| *column != Field::Role)
        && let Some(value) = values.remove(column.as_str())
    {
        values.insert(Field::Role.as_str().to_owned(), value);
    }
    let Some(rule) = profile.username() else {
        return values;
    };
    let text = |field: Field| match values.get(field.as_str()) {
        Some(FieldValue::Text(text)) => text.as_str(),
        _ => "",
    };
    let mut username = text(Field::Username).to_owned();
    let email = IdentityKey::from_email(text(Field::Email));
    if let Some(domain) = rule.domain.map(text).filter(|domain| !domain.is_empty() && !username.contains('@')) {
        username = format!("{username}@{domain}");
    }
    let beside = rule.prefill.is_some() || IdentityKey::from_username(&username) != email;
    values.remove(Field::Domain.as_str());
    values.remove(Field::Username.as_str());
    if beside && !username.is_empty() {
        values.insert(Field::Username.as_str().to_owned(), FieldValue::Text(username));
    }
    values
}

/// What the validator said; `wishes` are those of its rows, in their order, where rows can have any.
fn checked(report: &Report, profile: &Profile, wishes: &[Option<OnExisting>]) -> Checked {
    let mut accepted = Vec::new();
    let mut refused = 0;
    for (position, row) in report.rows().iter().enumerate() {
        if row.status == Status::Refused {
            refused += 1;
            continue;
        }
        let values = row
            .values
            .iter()
            .map(|(field, value)| {
                let value = match value {
                    Value::Text(text) => FieldValue::Text(text.clone()),
                    Value::List(list) => FieldValue::List(list.clone()),
                };
                (field.as_str().to_owned(), value)
            })
            .collect();
        let by_default = row
            .values
            .iter()
            .filter(|(field, value)| profile.default_value(*field).as_ref() == Some(*value))
            .map(|(field, _)| if Some(field) == profile.role().column { Field::Role } else { field })
            .map(|field| field.as_str().to_owned())
            .collect();
        let values = settled(profile, values);
        accepted.push(StagedRow {
            row: row.row,
            by_default,
            on_existing: wishes.get(position).copied().flatten(),
            values,
            password: None,
            scope: Vec::new(),
            given: Given::default(),
        });
    }
    Checked {
        report: report.to_json(Rows::Issues),
        file_refused: report.verdict() == Verdict::Refused && !report.issues().is_empty(),
        accepted,
        refused,
    }
}

#[cfg(test)]
mod tests {
    use rollcall_validation::{Lists, Named};

    use super::*;

    #[test]
    fn rows_are_people_as_their_profile_says() {
        let domains = ["acme.example", "acme.test"].map(|name| Named { id: name.into(), name: name.into() });
        let lists = Lists { domains: domains.to_vec(), ..Lists::default() };
        for (profile, sheet, wanted) in [
            ("portal-user", "User name,Email,User type\nAna Diaz,ana@x.org,Privileged\n", ("", "Privileged")),
            ("portal-user", "User name,Email\nAna Diaz,ana@x.org\n", ("", "Standard")),
            ("organization-user", "Username,Email\nana,ana@x.org\n", ("ana@acme.example", "Organization User")),
            (
                "organization-user",
                "Username,Email,Domain\nana,ana@x.org,ACME.test\n",
                ("ana@acme.test", "Organization User"),
            ),
            ("organization-user", "Username,Email\nana@acme.test,ana@x.org\n", ("ana@acme.test", "Organization User")),
            ("organization-user", "Username,Email\nana,ANA@acme.example\n", ("", "Organization User")),
            (
                "member",
                "Username,Email,Role,Groups,First Name,Last Name\nana@x.org,ana@x.org,Billing,Day,Ana,Diaz\n",
                ("ana@x.org", "Billing"),
            ),
        ] {
            let profile = Profile::built_in(profile).unwrap().effective(&lists);
            let checked = sheet_of(sheet, &profile);
            let [row] = checked.accepted.as_slice() else { panic!("{sheet}: {}", checked.report) };
            assert_eq!((row.text("username"), row.list("role")), (wanted.0, &[wanted.1.to_owned()][..]), "{sheet}");
            assert_eq!((row.text("domain"), row.text("user_type")), ("", ""), "{sheet}");
        }
    }

    fn sheet_of(text: &str, profile: &Profile) -> Checked {
        sheet(text.as_bytes(), None, profile)
    }
}
