//! Names that people give to what they make: organizations, roles, entries of lists.

use unicode_normalization::UnicodeNormalization as _;

use crate::error::Refusal;

/// A name as it is kept: 1 to `limit` characters (Unicode scalar values) in NFC, none of them hidden, blanks at
/// the ends trimmed.
///
/// # Errors
/// A [`Refusal`] of `field` with code `name_missing`, `name_too_long` or `name_not_valid`.
pub fn name(field: &str, text: &str, limit: usize) -> Result<String, Refusal> {
    let refuse = |code: &str, detail: String| Refusal { field: field.to_owned(), code: code.into(), detail };
    let name: String = text.trim().nfc().collect();
    if name.is_empty() {
        return Err(refuse("name_missing", "give it a name".into()));
    }
    if name.chars().count() > limit {
        return Err(refuse("name_too_long", format!("use at most {limit} characters")));
    }
    if name.chars().any(is_hidden) {
        return Err(refuse("name_not_valid", "use characters that can be seen".into()));
    }
    Ok(name)
}

/// The same, but it may be empty.
///
/// # Errors
/// As [`name`].
pub fn text(field: &str, text: &str, limit: usize) -> Result<String, Refusal> {
    if text.trim().is_empty() { Ok(String::new()) } else { name(field, text, limit) }
}

/// Control characters, and those that hide, reorder or join what stands beside them.
#[must_use]
pub fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

/// The form in which names are compared where case does not count.
#[must_use]
pub fn folded(text: &str) -> String {
    caseless::default_case_fold_str(&text.nfc().collect::<String>()).nfc().collect()
}
