//! First and last names as two cells of one person: in each other's place, or both in one of them.

use crate::{
    Field, Issue, Profile, Status, Value,
    cell::{self, Corrections, Input},
    code, text,
    unicode::nfkd,
};

/// Rows by which it is judged how a sheet's addresses are made of names.
const ROWS_JUDGED: u32 = 1000;
/// Fewest addresses that show it.
const FEWEST: u32 = 3;
/// For each address that shows the opposite there must be so many that show it.
const TIMES: u32 = 4;

/// What begins a last name of several words.
const PARTICLES: [&str; 24] = [
    "van", "von", "de", "da", "do", "dos", "das", "del", "della", "di", "der", "den", "du", "la", "le", "ter", "ten",
    "zu", "zum", "zur", "al", "el", "bin", "ben",
];
/// What follows a name without being one.
const SUFFIXES: [&str; 14] =
    ["jr", "jnr", "sr", "snr", "ii", "iii", "iv", "phd", "md", "mba", "esq", "msc", "bsc", "ba"];

/// The parts that addresses are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// `alice.smith`, `alicesmith`.
    Names,
    /// `a.smith`, `asmith`.
    Initial,
    /// `alice.s`, `alices`.
    FinalInitial,
}

const FORMS: [Form; 3] = [Form::Names, Form::Initial, Form::FinalInitial];

/// How the addresses of a sheet are made of names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Convention {
    form: Form,
    /// The last name comes first: `smith.alice`.
    last_first: bool,
}

/// What the addresses of the first rows show.
#[derive(Debug, Clone, Default)]
pub(crate) struct Votes {
    rows: u32,
    /// By form: those that name the first name first, and the others.
    votes: [[u32; 2]; FORMS.len()],
}

impl Votes {
    /// The next row, as its cells were accepted.
    pub(crate) fn row<'a>(&mut self, profile: &Profile, cell: &dyn Fn(usize) -> Option<Given<'a>>) {
        self.rows += 1;
        if let Some(person) = Person::of(profile, cell) {
            self.person(&person);
        }
    }

    fn person(&mut self, person: &Person<'_>) {
        let Some(local) = person.local() else { return };
        let (forward, backward) = (forms(local, person, false), forms(local, person, true));
        for (votes, (forward, backward)) in self.votes.iter_mut().zip(forward.into_iter().zip(backward)) {
            votes[0] += u32::from(forward && !backward);
            votes[1] += u32::from(backward && !forward);
        }
    }

    /// The next row, if first name, last name and address are given and accepted.
    pub(crate) fn names(&mut self, names: Option<[&str; 3]>) {
        self.rows += 1;
        if let Some(names) = names {
            self.person(&Person::plain(names));
        }
    }

    /// Whether further rows change nothing.
    pub(crate) fn are_counted(&self) -> bool {
        self.rows >= ROWS_JUDGED
    }

    /// The one that nearly all show.
    pub(crate) fn convention(&self) -> Option<Convention> {
        let ways = FORMS.into_iter().zip(&self.votes).flat_map(|(form, [forward, backward])| {
            [
                (*forward, *backward, Convention { form, last_first: false }),
                (*backward, *forward, Convention { form, last_first: true }),
            ]
        });
        let clear = ways.filter(|(votes, against, _)| *votes >= FEWEST && *votes >= against.saturating_mul(TIMES));
        clear.max_by_key(|(votes, ..)| *votes).map(|(.., convention)| convention)
    }
}

/// A cell of a row.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Given<'a> {
    /// The value after correction; of a refused cell, what stands in it.
    pub(crate) text: &'a str,
    pub(crate) status: Status,
    /// A person keeps what was typed.
    pub(crate) kept: bool,
}

/// Names and address of a row.
struct Person<'a> {
    first: (usize, Given<'a>),
    last: (usize, Given<'a>),
    email: Option<Given<'a>>,
}

impl<'a> Person<'a> {
    fn of(profile: &Profile, cell: &dyn Fn(usize) -> Option<Given<'a>>) -> Option<Self> {
        let (first, last) = (profile.column_of(Field::FirstName)?, profile.column_of(Field::LastName)?);
        let email = profile.column_of(Field::Email).and_then(cell);
        Some(Self { first: (first, cell(first)?), last: (last, cell(last)?), email })
    }

    /// Names and address as they are given and accepted.
    fn plain([first, last, email]: [&'a str; 3]) -> Self {
        let given = |text| Given { text, status: Status::Accepted, kept: false };
        Self { first: (0, given(first)), last: (0, given(last)), email: Some(given(email)) }
    }

    /// What stands before the `@`, if it and both names are accepted.
    fn local(&self) -> Option<&'a str> {
        let email = self.email?;
        let accepted = [email, self.first.1, self.last.1].iter().all(|given| given.status != Status::Refused);
        let named = !self.first.1.text.is_empty() && !self.last.1.text.is_empty();
        (accepted && named).then(|| email.text.split_once('@').map(|(local, _)| local))?
    }
}

/// What the two names should have been.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Suggestion {
    /// The column that the issue is about.
    pub(crate) at: usize,
    pub(crate) issue: Issue,
    /// First and last name, with their columns.
    pub(crate) names: [(usize, String); 2],
}

/// First and last name of a row that comes back with the remark that they seem to be swapped: what showed that was
/// left behind.
pub(crate) type Told = Option<Box<[String; 2]>>;

/// Whether what came back with a row says so of the names as they still stand.
pub(crate) fn told<'a>(profile: &Profile, errors: &str, cell: &dyn Fn(usize) -> Option<Given<'a>>) -> Told {
    if errors.is_empty() {
        return None;
    }
    let Person { first: (_, first), last: (_, last), .. } = Person::of(profile, cell)?;
    let said = crate::message(&swapped(first.text, last.text));
    errors.contains(&said).then(|| Box::new([first.text.to_owned(), last.text.to_owned()]))
}

fn swapped(first: &str, last: &str) -> Issue {
    Issue::error(code::NAMES_SWAPPED).with("first_name", last).with("last_name", first)
}

/// What there is to say of a row's names. `cell` gives the cell of each of the profile's columns.
pub(crate) fn suggestion<'a>(
    profile: &Profile,
    convention: Option<Convention>,
    told: &Told,
    cell: &dyn Fn(usize) -> Option<Given<'a>>,
) -> Option<Suggestion> {
    let person = Person::of(profile, cell)?;
    let ((first_at, first), (last_at, last)) = (person.first, person.last);
    let (code, at, names) = match (first.text.is_empty(), last.text.is_empty()) {
        (false, true) if !first.kept => (code::FULL_NAME_IN_ONE_CELL, first_at, split(first.text)?),
        (true, false) if !last.kept => (code::FULL_NAME_IN_ONE_CELL, last_at, split(last.text)?),
        (false, false)
            if !first.kept
                && !last.kept
                && (told.as_ref().is_some_and(|told| told[0] == first.text && told[1] == last.text)
                    || is_swapped(&person, convention?)) =>
        {
            (code::NAMES_SWAPPED, first_at, (last.text.to_owned(), first.text.to_owned()))
        }
        _ => return None,
    };
    let names = [(first_at, names.0), (last_at, names.1)];
    let fits = |(at, name): &(usize, String)| {
        let column = &profile.columns()[*at];
        let outcome = cell::check(profile, column, Input::Text(name), Corrections::WithoutSuggestions);
        outcome.status() == Status::Accepted
    };
    if !names.iter().all(fits) {
        return None;
    }
    let [(_, first), (_, last)] = &names;
    let issue = Issue::error(code).with("first_name", first.as_str()).with("last_name", last.as_str());
    let correction = if at == first_at { first } else { last };
    let correction = Some(Value::Text(correction.clone()));
    Some(Suggestion { at, issue: Issue { correction, ..issue.of(profile.columns()[at].field) }, names })
}

/// First and last name of a cell that holds both.
fn split(text: &str) -> Option<(String, String)> {
    let words = |text: &str| {
        text.split(text::is_blank).filter(|word| !word.is_empty()).map(str::to_owned).collect::<Vec<String>>()
    };
    if let Some((last, first)) = text.split_once(',') {
        let (last, first) = (words(last), words(first));
        let is_suffix = |word: &String| SUFFIXES.contains(&&*word.replace('.', "").to_ascii_lowercase());
        let several = first.iter().any(|word| word.contains(','));
        return (!last.is_empty() && !first.is_empty() && !several && !first.iter().any(is_suffix))
            .then(|| (first.join(" "), last.join(" ")));
    }
    let words = words(text);
    let particle = words.iter().skip(1).position(|word| PARTICLES.contains(&&*word.to_ascii_lowercase()));
    match (words.as_slice(), particle) {
        (_, Some(at)) if at + 2 < words.len() => Some((words[..=at].join(" "), words[at + 1..].join(" "))),
        ([last, first], _) if [last, first].iter().all(|word| word.chars().all(is_east_asian)) => {
            Some((first.clone(), last.clone()))
        }
        ([first, last], _) if words.iter().all(|word| word.chars().filter(|c| text::is_letter(*c)).count() > 1) => {
            Some((first.clone(), last.clone()))
        }
        _ => None,
    }
}

/// First and last name of a name that somebody goes by. Of several words the last one is the last name, unless the
/// name itself says more.
pub(crate) fn parts(name: &str) -> (String, String) {
    let joined = name.split(text::is_blank).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    split(&joined).unwrap_or_else(|| match joined.rsplit_once(' ') {
        Some((first, last)) if !joined.contains(',') => (first.to_owned(), last.to_owned()),
        _ => (joined, String::new()),
    })
}

/// Scripts of languages in which the family name comes first.
fn is_east_asian(c: char) -> bool {
    matches!(c, '\u{3005}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// The address says the names in the order in which the sheet's addresses say them, but not with the names' columns.
fn is_swapped(person: &Person<'_>, convention: Convention) -> bool {
    let Some(local) = person.local() else { return false };
    let at = usize::from(convention.form != Form::Names) + usize::from(convention.form == Form::FinalInitial);
    forms(local, person, !convention.last_first)[at] && !forms(local, person, convention.last_first).contains(&true)
}

/// The same of names and an address that are given and accepted.
pub(crate) fn seem_swapped(names: [&str; 3], convention: Convention) -> bool {
    is_swapped(&Person::plain(names), convention)
}

/// Of which forms an address is, the names taken in this order.
fn forms(local: &str, person: &Person<'_>, last_first: bool) -> [bool; FORMS.len()] {
    let (first, last) = (person.first.1.text, person.last.1.text);
    let (one, two) = if last_first { (last, first) } else { (first, last) };
    let Some(initial) = initial(local, one) else { return [false; FORMS.len()] };
    let (one, two_initial) = (name(local, one), |rest: &str| self::initial(rest, two).is_some_and(is_number));
    let ends = |rest: Option<&str>| rest.map(after_separator).and_then(|rest| name(rest, two)).is_some_and(is_number);
    [ends(one), ends(Some(initial)), one.map(after_separator).is_some_and(two_initial)]
}

fn is_number(rest: &str) -> bool {
    rest.bytes().all(|byte| byte.is_ascii_digit())
}

fn after_separator(text: &str) -> &str {
    text.strip_prefix(['.', '_', '-']).unwrap_or(text)
}

/// A letter as addresses have it.
fn letter(c: char) -> Option<char> {
    let c = if c.is_ascii() { c } else { nfkd(c.encode_utf8(&mut [0; 4])).chars().next()? };
    c.is_ascii_alphabetic().then(|| c.to_ascii_lowercase())
}

/// The rest of an address after the first letter of a name.
fn initial<'a>(local: &'a str, name: &str) -> Option<&'a str> {
    let wanted = name.chars().find_map(letter)?;
    let mut rest = local.chars();
    (rest.next()?.to_ascii_lowercase() == wanted).then_some(rest.as_str())
}

/// The rest of an address after a name. What is no letter may be left out.
fn name<'a>(local: &'a str, name: &str) -> Option<&'a str> {
    let mut rest = local;
    let mut letters = 0;
    for c in name.chars() {
        match letter(c) {
            Some(wanted) => {
                let mut chars = rest.chars();
                if chars.next()?.to_ascii_lowercase() != wanted {
                    return None;
                }
                rest = chars.as_str();
                letters += 1;
            }
            None if text::is_letter(c) => return None,
            None if letters > 0 => rest = after_separator(rest),
            None => {}
        }
    }
    (letters > 1).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(text: &str) -> Given<'_> {
        Given { text, status: Status::Accepted, kept: false }
    }

    fn cell<'a>(profile: &Profile, row: [&'a str; 3]) -> impl Fn(usize) -> Option<Given<'a>> {
        let fields: Vec<Field> = profile.fields().collect();
        move |at| match fields[at] {
            Field::FirstName => Some(given(row[0])),
            Field::LastName => Some(given(row[1])),
            Field::Email => Some(given(row[2])),
            _ => None,
        }
    }

    fn said(profile: &Profile, sheet: &[[&str; 3]], row: [&str; 3]) -> String {
        let mut votes = Votes::default();
        for row in sheet {
            votes.row(profile, &cell(profile, *row));
        }
        match suggestion(profile, votes.convention(), &None, &cell(profile, row)) {
            Some(Suggestion { issue, names: [(_, first), (_, last)], .. }) => format!("{} {first}|{last}", issue.code),
            None => String::new(),
        }
    }

    #[test]
    fn names_that_are_swapped_are_told_by_how_the_sheets_addresses_are_made() {
        let modern = Profile::built_in("modern").unwrap();
        let dotted = [
            ["Ana", "Diaz", "ana.diaz@x.de"],
            ["Bo", "Li", "bo.li@x.de"],
            ["Jean-Luc", "O'Brien", "jean-luc.obrien@x.de"],
            ["José", "García", "jose.garcia2@x.de"],
        ];
        let last_first = dotted.map(|[first, last, email]| [last, first, email]);
        let initials = [["Ana", "Diaz", "adiaz@x.de"], ["Bo", "Odd", "b.odd@x.de"], ["Cy", "Li", "cli@x.de"]];
        let final_initials =
            [["Diaz", "Ana", "diaza@x.de"], ["Odd", "Bo", "oddb@x.de"], ["Light", "Cy", "lightc@x.de"]];
        let final_initials = final_initials.map(|[last, first, email]| [first, last, email]);
        for (name, sheet, row, expected) in [
            ("as they should be", &dotted[..], ["Eve", "Stone", "eve.stone@x.de"], ""),
            ("swapped", &dotted, ["Stone", "Eve", "eve.stone@x.de"], "names_swapped Eve|Stone"),
            ("swapped with accents", &dotted, ["Gómez", "Zoë", "zoe.gomez@x.de"], "names_swapped Zoë|Gómez"),
            ("no convention", &dotted[..2], ["Stone", "Eve", "eve.stone@x.de"], ""),
            ("another form", &dotted, ["Stone", "Eve", "estone@x.de"], ""),
            ("an address that says nothing", &dotted, ["Stone", "Eve", "info@x.de"], ""),
            ("both ways", &dotted, ["Kim", "Kim", "kim.kim@x.de"], ""),
            ("the last name first", &last_first, ["Eve", "Stone", "eve.stone@x.de"], "names_swapped Stone|Eve"),
            ("the last name first, as it should be", &last_first, ["Stone", "Eve", "eve.stone@x.de"], ""),
            ("initials", &initials, ["Stone", "Eve", "estone@x.de"], "names_swapped Eve|Stone"),
            ("initials at the end", &final_initials, ["Stone", "Eve", "stonee@x.de"], "names_swapped Eve|Stone"),
            ("letters that addresses have not", &dotted, ["李", "Eve", "eve.li@x.de"], ""),
        ] {
            assert_eq!(said(&modern, sheet, row), expected, "{name}");
        }
        let mixed: Vec<_> = dotted.into_iter().chain(last_first).collect();
        assert_eq!(said(&modern, &mixed, ["Stone", "Eve", "eve.stone@x.de"]), "", "a sheet that is half of each");
    }

    #[test]
    fn a_full_name_in_one_cell_is_split() {
        let modern = Profile::built_in("modern").unwrap();
        for (name, first, last, expected) in [
            ("two words", "Alice Smith", "", "Alice|Smith"),
            ("a comma", "Smith, Alice", "", "Alice|Smith"),
            ("a comma and two first names", "Smith, Alice Mary", "", "Alice Mary|Smith"),
            ("in the last name", "", "Alice Smith", "Alice|Smith"),
            ("with a comma in the last name", "", "Smith, Alice", "Alice|Smith"),
            ("a particle", "Jan van Dijk", "", "Jan|van Dijk"),
            ("two first names and a particle", "Ana Maria de la Cruz", "", "Ana Maria|de la Cruz"),
            ("a name that ends with a particle", "Xi Le", "", "Xi|Le"),
            ("special blanks", "Alice\u{a0}Smith", "", "Alice|Smith"),
            ("Japanese", "山田 太郎", "", "太郎|山田"),
            ("a hyphen", "Jean-Luc Picard", "", "Jean-Luc|Picard"),
            ("one word", "Alice", "", ""),
            ("three words", "Gabriel García Márquez", "", ""),
            ("a suffix", "Smith, Jr.", "", ""),
            ("an initial", "Alice S.", "", ""),
            ("what is no name", "Room 12", "", ""),
            ("two commas", "Smith, Alice, Mary", "", ""),
            ("both filled", "Alice Smith", "Jones", ""),
            ("nothing", "", "", ""),
        ] {
            let expected =
                if expected.is_empty() { String::new() } else { format!("full_name_in_one_cell {expected}") };
            assert_eq!(said(&modern, &[], [first, last, "x@x.de"]), expected, "{name}");
        }
        let portal = Profile::built_in("portal-user").unwrap();
        assert_eq!(said(&portal, &[], ["Alice Smith", "", "x@x.de"]), "", "where there is no last name");
    }
}
