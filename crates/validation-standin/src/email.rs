//! Email addresses: the `email_address` crate's grammar (RFC 5321, 5322, 6531), narrowed to a dot-atom and a
//! domain of at least two labels, then the profile's own rules.

use email_address::{EmailAddress, Options};

use crate::{field::Field, issue::Issue, text};

/// The rule's parameters.
pub(crate) struct EmailRule<'a> {
    pub(crate) max: u32,
    pub(crate) unicode: bool,
    pub(crate) edges: &'a str,
}

/// Checks a repaired, non-empty cell.
pub(crate) fn check(cell: &str, rule: &EmailRule<'_>) -> Result<String, Issue> {
    let refuse = |code| Issue::error(Some(Field::Email), code);
    let valid = |candidate: &str| check(candidate, rule).ok();
    if let (Some(open), true) = (cell.find('<'), cell.ends_with('>')) {
        let inner = cell[open + 1..cell.len() - 1].trim();
        return Err(refuse("email_has_display_name").suggest(valid(inner)));
    }
    if let Some(inner) = cell.strip_prefix("mailto:") {
        return Err(refuse("email_has_display_name").suggest(valid(inner)));
    }
    let length = cell.chars().count() as u64;
    if length > u64::from(rule.max) {
        return Err(refuse("too_long").number("length", length).number("limit", rule.max.into()));
    }
    let ats = cell.matches('@').count();
    if ats == 0 {
        let spelled = ["(at)", "[at]", " at "].iter().find(|at| cell.contains(**at));
        return Err(refuse("email_no_at").suggest(spelled.and_then(|at| valid(&cell.replacen(at, "@", 1).replace(' ', "")))));
    }
    if ats > 1 && cell.contains([',', ';', ' ', '|', '\n']) {
        return Err(refuse("email_several"));
    }
    if cell.contains(text::is_blank_char) {
        let joined: String = cell.chars().filter(|c| !text::is_blank_char(*c)).collect();
        return Err(refuse("email_has_blank").suggest(valid(&joined)));
    }
    if cell.contains('"') {
        return Err(refuse("email_quoted"));
    }
    let Some((local, domain)) = cell.rsplit_once('@') else { return Err(refuse("email_no_at")) };
    if !rule.unicode {
        if let Some(c) = cell.chars().find(|c| !c.is_ascii()) {
            return Err(refuse("email_not_ascii").text("character", c));
        }
    }
    if let Some(c) = rule.edges.chars().find(|c| local.starts_with(*c) || local.ends_with(*c)) {
        return Err(refuse("email_edge").text("character", c));
    }
    // Trailing dots and commas come from prose.
    let trimmed = cell.trim_end_matches(['.', ',', ';']);
    if trimmed.len() < cell.len() {
        return Err(refuse("email_not_valid").suggest(valid(trimmed)));
    }
    let options = Options::default().with_minimum_sub_domains(2).without_display_text().without_domain_literal();
    if EmailAddress::parse_with_options(cell, options).is_err() {
        return Err(refuse("email_not_valid"));
    }
    match idna::domain_to_ascii_strict(domain) {
        Ok(ascii) if domain_fits(&ascii) => Ok(cell.to_owned()),
        _ => Err(refuse("email_domain_not_valid")),
    }
}

/// Labels of 1 to 63 letters, digits and inner hyphens, the last one not a number (RFC 1123, RFC 3696).
fn domain_fits(domain: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    domain.len() <= 253
        && domain.split('.').all(label)
        && domain.rsplit('.').next().is_some_and(|last| last.len() >= 2 && !last.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_row_by_row() {
        let ascii = EmailRule { max: 64, unicode: false, edges: ".-" };
        let modern = EmailRule { max: 254, unicode: true, edges: "" };
        let long = format!("{}@example.org", "a".repeat(290));
        for (name, cell, rule, code, correction) in [
            ("plain", "ana@example.org", &ascii, None, None),
            ("plus", "ana+test@example.org", &ascii, None, None),
            ("no at", "ana.example.org", &ascii, Some("email_no_at"), None),
            ("spelled at", "ana(at)example.org", &ascii, Some("email_no_at"), Some("ana@example.org")),
            ("one label", "ana@localhost", &ascii, Some("email_not_valid"), None),
            ("literal", "ana@[127.0.0.1]", &ascii, Some("email_not_valid"), None),
            ("number as domain", "ana@127.0.0.1", &ascii, Some("email_domain_not_valid"), None),
            ("display name", "Ana <ana@example.org>", &ascii, Some("email_has_display_name"), Some("ana@example.org")),
            ("quoted", "\"ana b\"@example.org", &ascii, Some("email_has_blank"), None),
            ("umlaut", "jürgen@example.org", &ascii, Some("email_not_ascii"), None),
            ("umlaut, modern", "jürgen@example.org", &modern, None, None),
            ("umlaut domain, modern", "a@bücher.example", &modern, None, None),
            ("leading dot", ".ana@example.org", &ascii, Some("email_edge"), None),
            ("trailing hyphen", "ana-@example.org", &ascii, Some("email_edge"), None),
            ("two dots", "a..b@example.org", &modern, Some("email_not_valid"), None),
            ("full stop after it", "ana@example.org.", &modern, Some("email_not_valid"), Some("ana@example.org")),
            ("two", "a@example.org; b@example.org", &modern, Some("email_several"), None),
            ("300 characters", &long, &modern, Some("too_long"), None),
            ("blank", "ana @example.org", &modern, Some("email_has_blank"), Some("ana@example.org")),
        ] {
            let outcome = check(cell, rule);
            assert_eq!(outcome.as_ref().err().map(|issue| issue.code), code, "{name}");
            assert_eq!(outcome.err().and_then(|issue| issue.correction).as_deref(), correction, "{name}");
        }
    }
}
