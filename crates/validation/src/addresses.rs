//! Addresses as mail programs copy them: `"Smith, Alice" <a@x.org>; Bob Jones <b@x.org>; c@x.org`, over lines, with
//! semicolons or commas.

use std::borrow::Cow;

use crate::{
    cell, names,
    table::{Cell, line_ends},
    text,
};

/// What mail programs write in front of a list.
const FIELDS: [&str; 9] = ["to", "cc", "bcc", "from", "an", "von", "para", "de", "à"];

/// Most bytes of an entry.
const LONGEST: usize = 1000;

/// Reads people one after the other: address, first name, last name.
#[derive(Debug, Clone)]
pub(crate) struct Reader<'a> {
    text: &'a str,
    at: usize,
    line: u32,
    /// Names are split in two; otherwise they stand together.
    two_names: bool,
}

/// Name and address as they stand in the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Entry<'a> {
    name: &'a str,
    address: &'a str,
}

impl<'a> Reader<'a> {
    /// A reader of a text that is nothing but addresses, several in a line or with names beside them. One address a
    /// line is a sheet of one column.
    pub(crate) fn new(text: &'a str, two_names: bool) -> Option<Self> {
        // Most texts say in their first line what they are.
        if !text.split(['\n', '\r']).map(str::trim).find(|line| !line.is_empty())?.contains('@') {
            return None;
        }
        let start = Self { text, at: 0, line: 1, two_names };
        let mut reader = start.clone();
        let (mut entries, mut named) = (0_usize, false);
        while let Some((_, entry)) = reader.entry() {
            entries += 1;
            named |= !entry?.name.is_empty();
        }
        // Addresses alone are a list if it goes on from line to line; else they are columns.
        let mut lines = text.split(['\n', '\r']).map(str::trim).filter(|line| !line.is_empty());
        let last = lines.next_back();
        let goes_on = last.is_some() && lines.all(|line| line.ends_with([';', ',']));
        (named || goes_on && entries > 1).then_some(start)
    }

    /// How far it is, in bytes.
    pub(crate) fn position(&self) -> usize {
        self.at
    }

    /// Reads the next person into `cells`; answers the line that it begins on, or nothing at the end.
    pub(crate) fn next(&mut self, cells: &mut Vec<Cell<'a>>) -> Option<u32> {
        cells.clear();
        let (line, entry) = self.entry()?;
        let Entry { name, address } = entry?;
        let mut push = |text: Cow<'a, str>| cells.push(Cell { text, broken: false });
        push(address.into());
        let name = shown(name).filter(|name| !name.eq_ignore_ascii_case(address) && !name.contains('@'));
        let (first, last) = names::parts(&name.unwrap_or_default());
        if self.two_names {
            push(first.into());
            push(last.into());
        } else {
            push(format!("{first} {last}").trim().to_owned().into());
        }
        Some(line)
    }

    /// The next entry and its line: nothing inside if it is none.
    fn entry(&mut self) -> Option<(u32, Option<Entry<'a>>)> {
        let between = |c: char| text::is_blank(c) || matches!(c, ';' | ',');
        let rest = &self.text[self.at..];
        let skipped = rest.len() - rest.trim_start_matches(between).len();
        self.step(skipped);
        let rest = &self.text[self.at..];
        let line = self.line;
        let mut quoted = false;
        let mut open = None;
        let mut end = rest.len();
        for (at, c) in rest.char_indices() {
            if at > LONGEST {
                end = at;
                break;
            }
            match c {
                '"' => quoted = !quoted,
                '\n' | '\r' => {
                    end = at;
                    break;
                }
                _ if quoted => {}
                '<' => open = Some(at),
                '>' if open.is_some() => {
                    end = at + 1;
                    break;
                }
                ';' | '\t' => {
                    end = at;
                    break;
                }
                // A comma within a name goes on.
                ',' if open.is_none() && is_address(&rest[..at]) => {
                    end = at;
                    break;
                }
                _ => {}
            }
        }
        if rest.is_empty() {
            return None;
        }
        let entry = &rest[..end];
        self.step(end);
        let parsed = match open {
            Some(open) => entry[open + 1..].strip_suffix('>').map(|address| Entry { name: &entry[..open], address }),
            None => Some(Entry { name: "", address: entry }),
        };
        let parsed = parsed.map(|entry| Entry { name: without_field(entry.name), address: bare(entry.address) });
        let commas = |name: &str| name.matches(',').count() < 2;
        Some((
            line,
            parsed.filter(|entry| is_address(entry.address) && (commas(entry.name) || entry.name.contains('"'))),
        ))
    }

    fn step(&mut self, bytes: usize) {
        self.line += line_ends(&self.text[self.at..self.at + bytes]);
        self.at += bytes;
    }
}

/// Without `To:` in front.
fn without_field(text: &str) -> &str {
    match text.split_once(':') {
        Some((field, rest)) if is_field(field.trim_matches(text::is_blank)) => rest,
        _ => text,
    }
}

/// Whether it is one of the fields in whatever case. Only one letter of theirs is beyond ASCII.
fn is_field(text: &str) -> bool {
    text == "À" || FIELDS.iter().any(|field| field.eq_ignore_ascii_case(text))
}

fn bare(address: &str) -> &str {
    let address = without_field(address).trim_matches(text::is_blank);
    let address =
        address.get(..7).filter(|head| head.eq_ignore_ascii_case("mailto:")).map_or(address, |_| &address[7..]);
    address.trim_matches(|c| text::is_blank(c) || matches!(c, '\'' | '"'))
}

fn is_address(text: &str) -> bool {
    let text = bare(text);
    cell::looks_like_email(text) && !text.contains(['"', '<', '>', ':'])
}

/// A name without its quotation marks.
fn shown(name: &str) -> Option<String> {
    let name = name.trim_matches(|c| text::is_blank(c) || matches!(c, '"' | '\'' | '\u{201c}' | '\u{201d}'));
    let name = name.replace("\\\"", "\"").replace("\"\"", "\"");
    (!name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, two_names: bool) -> String {
        let Some(mut reader) = Reader::new(text, two_names) else { return "no list".to_owned() };
        let mut cells = Vec::new();
        let mut people = Vec::new();
        while let Some(line) = reader.next(&mut cells) {
            let cells: Vec<&str> = cells.iter().map(|cell| &*cell.text).collect();
            people.push(format!("{line} {}", cells.join("|")));
        }
        people.join("; ")
    }

    #[test]
    fn fields_are_known_in_whatever_case() {
        let letters: String = FIELDS.concat();
        for c in '\0'..=char::MAX {
            let lower = c.to_lowercase().to_string();
            let known = letters.chars().any(|letter| lower == letter.to_string());
            assert_eq!(letters.chars().any(|letter| letter.eq_ignore_ascii_case(&c)) || c == 'À', known, "{c:?}");
        }
        for (field, known) in [("To", true), ("À", true), ("à", true), ("CC", true), ("toto", false), ("", false)] {
            assert_eq!((is_field(field), FIELDS.contains(&&*field.to_lowercase())), (known, known), "{field}");
        }
    }

    #[test]
    fn lists_of_addresses_are_read() {
        for (name, text, expected) in [
            (
                "as Outlook copies them",
                "\"Smith, Alice\" <a@x.org>; Bob Jones <b@x.org>; c@x.org",
                "1 a@x.org|Alice|Smith; 1 b@x.org|Bob|Jones; 1 c@x.org||",
            ),
            (
                "with commas",
                "Alice Smith <a@x.org>, Bob <b@x.org>, c@x.org",
                "1 a@x.org|Alice|Smith; 1 b@x.org|Bob|; 1 c@x.org||",
            ),
            (
                "last names first, unquoted",
                "Smith, Alice <a@x.org>; Jones, Bob <b@x.org>;",
                "1 a@x.org|Alice|Smith; 1 b@x.org|Bob|Jones",
            ),
            (
                "over lines",
                "Alice Smith <a@x.org>\r\n\r\nBob Jones <b@x.org>;\r\nc@x.org",
                "1 a@x.org|Alice|Smith; 3 b@x.org|Bob|Jones; 4 c@x.org||",
            ),
            ("after its field", "To: Alice <a@x.org>;\nCc: b@x.org", "1 a@x.org|Alice|; 2 b@x.org||"),
            ("addresses only", "a@x.org; b@x.org, c@x.org", "1 a@x.org||; 1 b@x.org||; 1 c@x.org||"),
            ("names that are addresses", "'a@x.org' <a@x.org>; 'b@x.org'", "1 a@x.org||; 1 b@x.org||"),
            ("mailto", "Alice <mailto:a@x.org>", "1 a@x.org|Alice|"),
            ("three words", "Mary Ann Smith <a@x.org>", "1 a@x.org|Mary Ann|Smith"),
            ("a particle", "Jan van der Berg <a@x.org>", "1 a@x.org|Jan|van der Berg"),
            ("over lines that go on", "a@x.org;\nb@x.org", "1 a@x.org||; 2 b@x.org||"),
            ("two columns", "a@x.org,b@x.org\nc@x.org,d@x.org", "no list"),
            ("one a line", "a@x.org\nb@x.org", "no list"),
            ("a sheet", "Ana,Diaz,a@x.org\nBo,Li,b@x.org", "no list"),
            ("a sheet with a header", "Email\nAna <a@x.org>", "no list"),
            ("a sheet of tabs", "Ana\tDiaz\ta@x.org", "no list"),
            ("a sheet of semicolons", "Ana;Diaz;a@x.org", "no list"),
            ("a sheet with addresses first", "a@x.org,Ana,Diaz\nb@x.org,Bo,Li", "no list"),
            ("an address that is none", "Alice <a@x>; Bob <b@x.org>", "no list"),
            ("nothing", "", "no list"),
        ] {
            assert_eq!(read(text, true), expected, "{name}");
        }
        assert_eq!(read("\"Smith, Alice\" <a@x.org>", false), "1 a@x.org|Alice Smith");
    }

    #[test]
    fn hostile_lists_take_linear_time() {
        for part in ["\"", "<", "a@x.de,", "a@x.de<", ",a@x.de,\"", "@.", "a,", "a@x.de;"] {
            let text = format!("a@x.de;{}", part.repeat(1_000_000 / part.len()));
            let _ = read(&text, true);
        }
    }
}
