//! One cell: cleaned, then checked by its column's rule.

use std::borrow::Cow;

use crate::{
    Field, Issue, Profile, Status, Value, code, email,
    identity::{IdentityKey, fold},
    json,
    phone::{self, NotANumber},
    profile::{CharacterClass, Column, ListName, Named, Rule},
    refused,
    text::{self, Apostrophe, Cleaned, Cleaning},
    unicode::{nfc, nfkc},
};

/// Most names that an issue lists.
const NAMES_LISTED: usize = 20;
/// Most characters of a name of a list that is not known, and of what issues repeat of a cell.
const NAME_LIMIT: usize = 150;

/// What is given for a cell.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Input<'a> {
    /// The text of a sheet's cell.
    Text(&'a str),
    /// Names, as the API or a person's choice gives them.
    Names(&'a [String]),
}

impl Input<'_> {
    pub(crate) fn is_blank(self) -> bool {
        match self {
            Self::Text(text) => text::is_all_blank(text),
            Self::Names(names) => names.iter().all(|name| text::is_all_blank(name)),
        }
    }

    /// As it was given.
    pub(crate) fn to_value(self) -> Value {
        match self {
            Self::Text(text) => Value::Text(text.to_owned()),
            Self::Names(names) => Value::List(names.to_vec()),
        }
    }
}

/// What is said of a cell.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Outcome {
    /// The value after correction; of a refused cell, what was given. Nothing where nothing was given.
    pub(crate) value: Option<Value>,
    pub(crate) issues: Vec<Issue>,
}

impl Outcome {
    pub(crate) fn status(&self) -> Status {
        Status::of(&self.issues)
    }
}

/// What becomes of lossless corrections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Corrections {
    /// They are made, as for a sheet, and what is valid but very likely not what was meant is refused with what was.
    Made,
    /// They are made, and what is valid is accepted: a form's field, and what a person chose to keep.
    WithoutSuggestions,
    /// They are made, but an apostrophe is not taken for Excel's where it may stand: programs and people who chose to
    /// keep it mean what they say.
    MadeForPrograms,
    /// A person wants the cell as it is.
    Refused,
}

/// Checks a cell.
pub(crate) fn check(profile: &Profile, column: &Column, input: Input<'_>, corrections: Corrections) -> Outcome {
    let mut outcome = match input {
        _ if input.is_blank() => empty(profile, column),
        Input::Text(text) => check_text(profile, column, text, corrections),
        Input::Names(names) => check_names(profile, column, names),
    };
    for issue in &mut outcome.issues {
        issue.field = Some(column.field);
    }
    outcome.value = outcome.value.map(|value| of_column(column, value));
    outcome
}

/// The value of a list column is a list, whatever it holds.
pub(crate) fn of_column(column: &Column, value: Value) -> Value {
    match value {
        Value::Text(text) if column.is_list() => Value::List(vec![text]),
        value => value,
    }
}

fn empty(profile: &Profile, column: &Column) -> Outcome {
    match default(profile, column) {
        None if column.required => Outcome { value: None, issues: vec![Issue::error(code::REQUIRED)] },
        value => Outcome { value, issues: Vec::new() },
    }
}

/// The value of a column's empty cells.
pub(crate) fn default(profile: &Profile, column: &Column) -> Option<Value> {
    profile.default_of(column).map(|default| of_column(column, Value::Text(default.to_owned())))
}

fn check_text(profile: &Profile, column: &Column, given: &str, corrections: Corrections) -> Outcome {
    let refused = |issues| Outcome { value: Some(Value::Text(given.to_owned())), issues };
    if let Rule::Secret { min, max } = column.rule {
        return match lengths(given, min, max) {
            None => Outcome { value: Some(Value::Text(given.to_owned())), issues: Vec::new() },
            Some(issue) => refused(vec![issue]),
        };
    }
    let Cleaned { text, codes } = text::clean(given, cleaning(&column.rule));
    let kept = corrections == Corrections::Refused;
    let about_excel = |code: &&str| [code::EXCEL_APOSTROPHE, code::EXCEL_TEXT_FORMULA].contains(code);
    if (kept || corrections == Corrections::MadeForPrograms && codes.iter().all(about_excel))
        && !codes.is_empty()
        && let Ok(value) = apply(profile, column, given)
    {
        return Outcome { value: Some(value), issues: Vec::new() };
    }
    match apply(profile, column, &text) {
        Err(issues) => refused(issues),
        Ok(value) if corrections == Corrections::Made && doubt(column, &value).is_some() => {
            refused(doubt(column, &value).into_iter().collect())
        }
        Ok(value) if codes.is_empty() => Outcome { value: Some(value), issues: Vec::new() },
        Ok(value) => {
            let note = |code| {
                let issue = if kept { Issue::error(code) } else { Issue::warning(code) };
                Issue { correction: Some(value.clone()), ..issue.with("before", given) }
            };
            let issues = codes.into_iter().map(note).collect();
            if kept { refused(issues) } else { Outcome { value: Some(value), issues } }
        }
    }
}

/// What there is to say of a valid value that is very likely not what was meant.
fn doubt(column: &Column, value: &Value) -> Option<Issue> {
    let (Rule::Email { .. }, Value::Text(text)) = (&column.rule, value) else { return None };
    let domain = email::meant_domain(text)?;
    let (local, _) = text.rsplit_once('@')?;
    let meant = format!("{local}@{domain}");
    Some(Issue { correction: Some(Value::Text(meant)), ..Issue::error(code::EMAIL_DOMAIN_TYPO).with("meant", domain) })
}

fn check_names(profile: &Profile, column: &Column, given: &[String]) -> Outcome {
    let refused = |issues| Outcome { value: Some(Value::List(given.to_vec())), issues };
    let names: Vec<&str> =
        given.iter().map(|name| name.trim_matches(text::is_blank)).filter(|name| !name.is_empty()).collect();
    let checked = match (&column.rule, names.as_slice()) {
        (Rule::List { list, multiple, case_sensitive }, _) => {
            listed(profile, column, *list, *multiple, *case_sensitive, names)
        }
        (_, [one]) => return check_text(profile, column, one, Corrections::MadeForPrograms),
        _ => Err(vec![Issue::error(code::ONE_ONLY).with("count", names.len())]),
    };
    match checked {
        Ok(value) => Outcome { value: Some(value), issues: Vec::new() },
        Err(issues) => refused(issues),
    }
}

fn cleaning(rule: &Rule) -> Cleaning {
    let (apostrophe, direction_means_nothing) = match rule {
        Rule::Phone { .. } => (Apostrophe::Excels, true),
        Rule::Email { .. } => (Apostrophe::AroundAddress, false),
        Rule::Text { allow, .. }
            if !allow.iter().any(|class| matches!(class, CharacterClass::Apostrophes | CharacterClass::Printable)) =>
        {
            (Apostrophe::Excels, false)
        }
        Rule::Text { .. } | Rule::List { .. } | Rule::Secret { .. } => (Apostrophe::BeforeNumbers, false),
    };
    Cleaning { apostrophe, direction_means_nothing, joiners: !matches!(rule, Rule::Phone { .. } | Rule::Email { .. }) }
}

/// Applies a column's rule to a text that is not blank.
fn apply(profile: &Profile, column: &Column, text: &str) -> Result<Value, Vec<Issue>> {
    common(profile, column, text)?;
    match &column.rule {
        Rule::Text { min, max, allow, forbid } => {
            check_characters(text, *min, *max, allow, forbid)?;
            if column.field == Field::Username {
                check_domain(profile, text)?;
            }
            Ok(Value::Text(text.to_owned()))
        }
        Rule::Email { max, unicode, edges } => {
            email::check(text, email::Rule { max: *max, unicode: *unicode, edges })?;
            Ok(Value::Text(text.to_owned()))
        }
        Rule::Phone { digits_and_blanks_only, national } => {
            let home = profile.default_country().filter(|country| phone::is_country(country));
            let number = check_phone(text, *digits_and_blanks_only, *national, home).map_err(|issue| vec![*issue])?;
            Ok(Value::Text(number))
        }
        Rule::List { list, multiple, case_sensitive } => {
            let names = split(profile.list(*list), text, *case_sensitive);
            let names = names.iter().map(|name| &**name).collect();
            listed(profile, column, *list, *multiple, *case_sensitive, names)
        }
        Rule::Secret { .. } => Ok(Value::Text(text.to_owned())),
    }
}

/// What no cell may be, whatever its column.
fn common(profile: &Profile, column: &Column, text: &str) -> Result<(), Vec<Issue>> {
    if is_excel_error(text) {
        return Err(vec![Issue::error(code::EXCEL_ERROR).with("value", text)]);
    }
    // Where what is left without the characters in question would do, it is offered.
    let without = |goes: &dyn Fn(char) -> bool, instead: &str| {
        let mut rest = String::with_capacity(text.len());
        for c in text.chars() {
            if goes(c) { rest.push_str(instead) } else { rest.push(c) }
        }
        let rest = rest.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
        // What stood apart may combine now.
        apply(profile, column, &nfc(&rest)).ok()
    };
    if let Some(c) = text.chars().find(|c| text::is_direction_control(*c)) {
        let correction = without(&text::is_direction_control, "");
        let issue = Issue::error(code::DIRECTION_CONTROL).with("character", text::shown(c));
        return Err(vec![Issue { correction, ..issue }]);
    }
    if text.contains(text::is_line_end) && !matches!(column.rule, Rule::List { .. }) {
        let correction = without(&text::is_line_end, " ");
        return Err(vec![Issue { correction, ..Issue::error(code::LINE_BREAK) }]);
    }
    let control = |c: char| text::is_control(c) && !text::is_line_end(c) && !text::is_joiner(c);
    if let Some(c) = text.chars().find(|c| control(*c)) {
        // What stands for bytes that could not be read stands for something.
        let lost = c == char::REPLACEMENT_CHARACTER;
        let correction = if lost { None } else { without(&control, "") };
        let issue = Issue::error(code::CONTROL_CHARACTER).with("character", text::shown(c));
        return Err(vec![Issue { correction, ..issue }]);
    }
    if is_formula(text, &column.rule) {
        return Err(vec![Issue::error(code::FORMULA)]);
    }
    Ok(())
}

/// A spreadsheet's errors, in English and as German, French and Spanish versions show them, and what databases and
/// programs write for nothing. Somebody may be called Null, but not NULL.
fn is_excel_error(text: &str) -> bool {
    const NOTHING: [&str; 8] = ["NULL", "<NULL>", "(NULL)", "[NULL]", "(null)", "<null>", "NaN", "\\N"];
    const ERRORS: [&str; 22] = [
        "#N/A",
        "#REF!",
        "#NAME?",
        "#VALUE!",
        "#DIV/0!",
        "#NULL!",
        "#NUM!",
        "#SPILL!",
        "#CALC!",
        "#FIELD!",
        "#BLOCKED!",
        "#CONNECT!",
        "#GETTING_DATA",
        "#NV",
        "#BEZUG!",
        "#WERT!",
        "#ZAHL!",
        "#NOM?",
        "#VALEUR!",
        "#NOMBRE!",
        "#NOMBRE?",
        "#¡VALOR!",
    ];
    NOTHING.contains(&text)
        || text.starts_with('#') && (ERRORS.contains(&text) || text.bytes().all(|byte| byte == b'#') && text.len() > 2)
}

/// What a spreadsheet would compute on opening. Phone numbers begin with `+` by right.
fn is_formula(text: &str, rule: &Rule) -> bool {
    if matches!(rule, Rule::Phone { .. }) {
        return text.starts_with(['=', '@']);
    }
    let mut chars = text.chars();
    match chars.next() {
        Some('=' | '@') => true,
        Some('+') => true,
        Some('-') => chars.next().is_some_and(|c| c.is_ascii_digit() || matches!(c, '(' | '+' | '-' | '=')),
        _ => false,
    }
}

fn lengths(text: &str, min: usize, max: usize) -> Option<Issue> {
    let length = text::length(text);
    if length < min {
        Some(Issue::error(code::TOO_SHORT).with("min", min).with("length", length))
    } else if length > max {
        Some(Issue::error(code::TOO_LONG).with("max", max).with("length", length))
    } else {
        None
    }
}

fn check_characters(
    text: &str,
    min: usize,
    max: usize,
    allow: &[CharacterClass],
    forbid: &str,
) -> Result<(), Vec<Issue>> {
    let mut issues: Vec<Issue> = lengths(text, min, max).into_iter().collect();
    let fits = |c: char| is_allowed(c, allow) && !forbid.contains(c);
    if let Some(c) = text.chars().find(|c| !fits(*c)) {
        let code = if is_smart_quote(c) { code::SMART_QUOTES } else { code::CHARACTER_NOT_ALLOWED };
        let mut issue = Issue::error(code).with("character", text::shown(c));
        if code == code::CHARACTER_NOT_ALLOWED && !forbid.contains(c) {
            let names = allow.iter().map(|class| class.as_str().to_owned()).collect();
            issue.params.insert("allowed", crate::Param::Names(names));
        }
        issue.correction = straightened(text)
            .into_iter()
            .find(|plain| {
                plain != text
                    && plain.chars().all(fits)
                    && lengths(plain, min, max).is_none()
                    && has_letter(plain, allow)
            })
            .map(Value::Text);
        issues.push(issue);
    } else if !has_letter(text, allow) {
        issues.push(Issue::error(code::LETTER_MISSING));
    }
    if issues.is_empty() { Ok(()) } else { Err(issues) }
}

/// Names are written with letters, or digits where those are allowed; what may be anything printable need not be.
fn has_letter(text: &str, allow: &[CharacterClass]) -> bool {
    let digits = allow.contains(&CharacterClass::Digits);
    !allow.contains(&CharacterClass::Letters) || text.chars().any(|c| text::is_letter(c) || digits && text::is_digit(c))
}

/// Where usernames have a domain of the organization's, one that brings its own brings one of those.
fn check_domain(profile: &Profile, username: &str) -> Result<(), Vec<Issue>> {
    let domains = profile.username().and_then(|rule| rule.domain).and_then(|_| profile.list(ListName::Domains));
    let (Some(known), Some((_, domain))) = (domains, username.rsplit_once('@')) else {
        return Ok(());
    };
    let key = |domain: &str| IdentityKey::from_username(&format!("x@{domain}"));
    if known.iter().any(|named| key(&named.name) == key(domain)) {
        return Ok(());
    }
    Err(vec![unknown(ListName::Domains, domain, known)])
}

pub(crate) fn is_allowed(c: char, allow: &[CharacterClass]) -> bool {
    allow.iter().any(|class| match class {
        CharacterClass::Letters => text::is_letter(c) || text::is_mark(c) || text::is_joiner(c),
        CharacterClass::Digits => text::is_digit(c),
        CharacterClass::Spaces => c == ' ',
        CharacterClass::Hyphens => matches!(c, '-' | '\u{2010}' | '\u{2011}'),
        CharacterClass::Apostrophes => c == '\'',
        CharacterClass::CurlyApostrophes => matches!(c, '\u{2019}' | '\u{2bc}'),
        CharacterClass::FullStops => c == '.',
        CharacterClass::MiddleDots => matches!(c, '\u{b7}' | '\u{30fb}'),
        CharacterClass::Printable => {
            c == ' ' || !(text::is_control(c) || text::is_blank(c) || text::is_direction_control(c))
        }
    })
}

fn is_smart_quote(c: char) -> bool {
    matches!(c, '\u{2018}'..='\u{201f}' | '\u{ab}' | '\u{bb}' | '\u{2039}' | '\u{203a}' | '\u{300c}' | '\u{300d}')
}

/// What a text was before a word processor or a full-width keyboard had it, in the order to be tried.
fn straightened(text: &str) -> Vec<String> {
    let quotes = |c: char| is_smart_quote(c) || matches!(c, '"' | '\'');
    let straight: String = nfkc(text)
        .chars()
        .map(|c| match c {
            '\u{2018}' | '\u{2019}' | '\u{201b}' | '\u{2bc}' | '\u{b4}' | '`' => '\'',
            '\u{2012}'..='\u{2015}' | '\u{2212}' => '-',
            c => c,
        })
        .collect();
    let bare = text.trim_matches(|c| quotes(c) || c == ' ').to_owned();
    vec![straight, bare]
}

/// Separates names in a cell.
fn is_separator(c: char) -> bool {
    matches!(c, ';' | '|' | ',') || text::is_line_end(c)
}

/// A cell that equals one known name is that name; otherwise it splits on `;`, `|`, `,` and line ends, and what stands
/// between two of them that equals a known name is that one. Programs write lists as JSON too.
fn split<'a>(known: Option<&[Named]>, text: &'a str, case_sensitive: bool) -> Vec<Cow<'a, str>> {
    if known.is_some_and(|known| find(known, text, case_sensitive).is_some()) {
        return vec![text.into()];
    }
    if text.starts_with("[\"")
        && let Some(names) = json::read::names(text)
    {
        return names.into_iter().map(Cow::Owned).collect();
    }
    let longest = known.map_or(0, |known| {
        known.iter().map(|named| named.name.matches(is_separator).count()).max().unwrap_or_default()
    });
    let mut names = Vec::new();
    let mut rest = text;
    loop {
        // The longest piece that is a known name, else the one up to the next separator.
        let ends = rest.match_indices(is_separator).map(|(at, _)| at).chain([rest.len()]).take(longest + 1);
        let ends: Vec<usize> = ends.collect();
        let is_name = |end: &usize| {
            let piece = rest[..*end].trim_matches(text::is_blank);
            known.is_some_and(|known| find(known, piece, case_sensitive).is_some())
        };
        let first = ends[0];
        let end = if longest == 0 { first } else { ends.into_iter().rev().find(is_name).unwrap_or(first) };
        names.push(rest[..end].trim_matches(text::is_blank));
        let Some(separator) = rest[end..].chars().next() else { break };
        rest = &rest[end + separator.len_utf8()..];
    }
    names.into_iter().filter(|name| !name.is_empty()).map(Cow::Borrowed).collect()
}

/// Names as a person would type them into one cell; as JSON where that would read as other names.
pub(crate) fn list_text(profile: &Profile, column: &Column, names: &[String]) -> String {
    let joined = names.join("; ");
    let Rule::List { list, case_sensitive, .. } = column.rule else { return joined };
    let read = split(profile.list(list), &joined, case_sensitive);
    let same = read.len() == names.len() && read.iter().zip(names).all(|(read, name)| read == name);
    if same { joined } else { refused::as_json(names) }
}

fn find<'a>(known: &'a [Named], name: &str, case_sensitive: bool) -> Option<&'a Named> {
    known.iter().find(|named| named.name == name).or_else(|| {
        if case_sensitive {
            return None;
        }
        let folded = fold(name);
        known.iter().find(|named| fold(&named.name) == folded)
    })
}

fn listed(
    profile: &Profile,
    column: &Column,
    list: ListName,
    multiple: bool,
    case_sensitive: bool,
    names: Vec<&str>,
) -> Result<Value, Vec<Issue>> {
    let known = profile.list(list);
    let mut found: Vec<String> = Vec::new();
    let mut issues = Vec::new();
    for name in names {
        let canonical = match known {
            None if text::length(name) > NAME_LIMIT => {
                issues.push(Issue::error(code::TOO_LONG).with("max", NAME_LIMIT).with("length", text::length(name)));
                continue;
            }
            None => name,
            Some(known) if list == ListName::Properties => match property(known, name, case_sensitive) {
                Some(canonical) => {
                    if !found.contains(&canonical) {
                        found.push(canonical);
                    }
                    continue;
                }
                None => {
                    issues.push(unknown(list, name, known));
                    continue;
                }
            },
            Some(known) => match find(known, name, case_sensitive) {
                Some(named) => named.name.as_str(),
                None => {
                    issues.push(unknown(list, name, known));
                    continue;
                }
            },
        };
        if found.iter().all(|other| other != canonical) {
            found.push(canonical.to_owned());
        }
    }
    if !multiple && found.len() + issues.len() > 1 {
        issues.push(Issue::error(code::ONE_ONLY).with("count", found.len() + issues.len()));
    }
    if found.is_empty() && issues.is_empty() {
        // Nothing but delimiters.
        let c = Issue::error(code::CHARACTER_NOT_ALLOWED);
        issues.push(c.with("character", ";"));
    }
    // One name that differs in blanks, or in case only where case counts, is very likely what was meant.
    if let ([issue], Some(known), true) = (issues.as_mut_slice(), known, found.is_empty())
        && let Some(crate::Param::Text(name)) = issue.params.get("name")
        && let Some(named) = find(known, &name.split_whitespace().collect::<Vec<_>>().join(" "), false)
    {
        issue.correction = Some(as_value(column, vec![named.name.clone()]));
    }
    if issues.is_empty() { Ok(as_value(column, found)) } else { Err(issues) }
}

/// A known property, by its name or its identifier, with the value that is given for it: `Desk=12`, `Desk: 12`. What
/// values it may have, the server knows.
fn property(known: &[Named], text: &str, case_sensitive: bool) -> Option<String> {
    let named = |name: &str| find(known, name, case_sensitive).or_else(|| known.iter().find(|named| named.id == name));
    if let Some(named) = named(text) {
        return Some(named.name.clone());
    }
    let (name, value) = text.split_once(['=', ':'])?;
    let named = named(name.trim_matches(text::is_blank))?;
    Some(format!("{}={}", named.name, value.trim_matches(text::is_blank)))
}

fn as_value(column: &Column, names: Vec<String>) -> Value {
    if column.is_list() { Value::List(names) } else { Value::Text(names.into_iter().next().unwrap_or_default()) }
}

fn unknown(list: ListName, name: &str, known: &[Named]) -> Issue {
    let code = match list {
        ListName::Courses => code::COURSE_UNKNOWN,
        ListName::Domains => code::DOMAIN_UNKNOWN,
        ListName::Groups => code::GROUP_UNKNOWN,
        ListName::Languages => code::LANGUAGE_UNKNOWN,
        ListName::Organizations => code::ORGANIZATION_UNKNOWN,
        ListName::Properties => code::PROPERTY_UNKNOWN,
        ListName::Roles => code::ROLE_UNKNOWN,
        ListName::Sites => code::SITE_UNKNOWN,
        ListName::UserTypes => code::USER_TYPE_UNKNOWN,
    };
    let shown: String = name.chars().take(NAME_LIMIT).collect();
    let names = known.iter().take(NAMES_LISTED).map(|named| named.name.clone()).collect();
    let mut issue = Issue::error(code).with("name", shown);
    issue.params.insert("known", crate::Param::Names(names));
    issue
}

fn check_phone(text: &str, plain_only: bool, national: bool, home: Option<&str>) -> Result<String, Box<Issue>> {
    let refuse = |code| Issue::error(code);
    let meant = |text: &str| phone::read(text, None).ok().filter(|number| !number.extension).map(|number| number.e164);
    let offering =
        |issue: Issue, meant: Option<String>| Err(Box::new(Issue { correction: meant.map(Value::Text), ..issue }));
    // Most numbers are no more than digits: nothing was done to them.
    let plain = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'+' | b' '));
    if !plain && let Some(whole) = without_decimals(text) {
        // Its digits are all there, or they are lost for good.
        let number = whole.and_then(|whole| match check_phone(&whole, plain_only, national, home) {
            Ok(number) => Some(number),
            Err(issue) => issue.correction.map(|meant| meant.to_text()),
        });
        return offering(refuse(code::PHONE_DECIMAL), number);
    }
    if !plain && is_scientific(text) {
        return offering(refuse(code::PHONE_SCIENTIFIC_NOTATION), None);
    }
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    if has_several(text) {
        return offering(refuse(code::PHONE_SEVERAL), None);
    }
    let international = text.starts_with('+') || text.starts_with("(+") || text.starts_with('\u{ff0b}');
    let odd = |c: char| !(c.is_ascii_digit() || matches!(c, '+' | ' '));
    let punctuation =
        |c: char| matches!(c, '-' | '(' | ')' | '.' | '/' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{ff0b}');
    // Reading is what costs: a plain number is read once.
    if text.contains(|c| odd(c) && !punctuation(c))
        && let Ok(number) = phone::read(text, home)
        && number.extension
    {
        return offering(refuse(code::PHONE_EXTENSION), None);
    }
    if text.chars().any(text::is_letter) {
        return offering(refuse(code::PHONE_LETTERS), if international { meant(text) } else { None });
    }
    let misplaced = text.char_indices().find(|(at, c)| *c == '+' && *at > 0 && !text.starts_with("(+"));
    let stray = text.chars().find(|c| odd(*c) && !punctuation(*c) && !text::is_digit(*c));
    if let Some(c) = stray.or(misplaced.map(|(_, c)| c)) {
        let issue = refuse(code::PHONE_CHARACTER).with("character", text::shown(c));
        return offering(issue, if international && misplaced.is_none() { meant(text) } else { None });
    }
    if plain_only && let Some(c) = text.chars().find(|c| odd(*c)) {
        let issue =
            refuse(code::PHONE_CHARACTER).with("character", text::shown(c)).with("allowed", "+, digits and blanks");
        return offering(issue, if international { meant(text) } else { None });
    }
    if !international {
        let from_home = home.and_then(|home| phone::read(text, Some(home)).ok()).map(|number| number.e164);
        if let Some(rest) = digits.strip_prefix("00")
            && let Some(number) = meant(&format!("+{rest}"))
        {
            return offering(refuse(code::PHONE_INTERNATIONAL_PREFIX), Some(number));
        }
        let as_international = if digits.starts_with('0') { None } else { meant(&format!("+{digits}")) };
        let zero_lost = |number: &str| !digits.starts_with('0') && phone::has_trunk_zero(number);
        return match (&from_home, as_international) {
            (Some(number), _) if national && !zero_lost(number) => Ok(number.clone()),
            // What lacks a zero at home and a + abroad, nobody can tell apart, unless it is abroad at home.
            (Some(home), Some(abroad)) if !phone::of_one_country(home, &abroad) => {
                offering(refuse(code::PHONE_COUNTRY_CODE_MISSING), None)
            }
            (Some(number), None) if national => offering(refuse(code::PHONE_ZERO_LOST), Some(number.clone())),
            (_, Some(number)) => offering(refuse(code::PHONE_PLUS_LOST), Some(number)),
            (Some(number), None) => {
                let country = home.unwrap_or_default();
                offering(refuse(code::PHONE_NATIONAL).with("country", country), Some(number.clone()))
            }
            (None, None) if national && home.is_some() => {
                phone::read(text, home).map(|number| number.e164).map_err(|why| Box::new(not_a_number(why)))
            }
            (None, None) => offering(refuse(code::PHONE_COUNTRY_CODE_MISSING), None),
        };
    }
    phone::read(text, None).map(|number| number.e164).map_err(|why| Box::new(not_a_number(why)))
}

fn not_a_number(why: NotANumber) -> Issue {
    let of = |code, country_code: Option<u32>| match country_code {
        Some(country_code) => Issue::error(code).with("country_code", country_code),
        None => Issue::error(code::PHONE_NOT_VALID),
    };
    match why {
        NotANumber::Unreadable => Issue::error(code::PHONE_NOT_VALID),
        NotANumber::CountryCodeUnknown => Issue::error(code::PHONE_COUNTRY_CODE_UNKNOWN),
        NotANumber::TooShort(country_code) => of(code::PHONE_TOO_SHORT, country_code),
        NotANumber::TooLong(country_code) => of(code::PHONE_TOO_LONG, country_code),
        NotANumber::NotInUse { country_code, region } => {
            let issue = Issue::error(code::PHONE_NOT_VALID).with("country_code", country_code);
            match region {
                Some(region) => issue.with("region", region),
                None => issue,
            }
        }
    }
}

/// `5.58E+12`, `5,58E+12`: what a spreadsheet shows of a number that is too wide for its column.
fn is_scientific(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.trim_start_matches('+').split_once(['E', 'e']) else { return false };
    let exponent = exponent.trim_start_matches(['+', '-']);
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits(exponent) && digits(&mantissa.replacen(['.', ','], "", 1))
}

/// The digits of a number that a program took for an amount: `491701234567.0`, `491.701.234.567,00`,
/// `4.91701234567E+11`. Nothing inside if some of them are lost; nothing at all if it is no such number.
fn without_decimals(text: &str) -> Option<Option<String>> {
    let all_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let plus = if text.starts_with('+') { "+" } else { "" };
    let number = text.trim_start_matches('+');
    if is_scientific(text) {
        let (mantissa, exponent) = number.split_once(['E', 'e'])?;
        let (whole, decimals) = mantissa.split_once(['.', ','])?;
        let exponent: usize = exponent.trim_start_matches('+').parse().ok()?;
        // Fewer decimals may have been cut off, or be zeros: who knows.
        let (kept, rest) = decimals.split_at_checked(exponent)?;
        let all_kept = whole.len() == 1 && (6..15).contains(&exponent) && rest.bytes().all(|byte| byte == b'0');
        return all_kept.then(|| Some(format!("{plus}{whole}{kept}")));
    }
    let (whole, decimals) = number.rsplit_once(['.', ','])?;
    let point = number[whole.len()..].chars().next()?;
    let group = if point == '.' { ',' } else { '.' };
    let groups: Vec<&str> = whole.split(group).collect();
    let grouped = groups.len() > 1 && groups[1..].iter().all(|group| group.len() == 3) && groups[0].len() < 4;
    let digits = groups.concat();
    let zeros = decimals.bytes().all(|byte| byte == b'0');
    let is_amount = all_digits(&digits) && !digits.starts_with('0') && digits.len() >= 7 && all_digits(decimals);
    // Three digits after a point may be one more group.
    if !is_amount || !(grouped || groups.len() == 1) || !(decimals.len() < 3 || zeros && decimals.len() > 3) {
        return None;
    }
    Some((zeros && digits.len() <= 15).then(|| format!("{plus}{digits}")))
}

fn has_several(text: &str) -> bool {
    let long = |part: &str| part.bytes().filter(u8::is_ascii_digit).count() >= 6;
    text.matches('+').count() > 1
        || text.split([';', ',', '|', '/']).filter(|part| long(part)).count() > 1
        || text.split(" or ").filter(|part| long(part)).count() > 1
}

/// `01.05.2024`, `2024-05-01`, `5/1/24`.
fn is_date(text: &str) -> bool {
    ['.', '-', '/'].iter().any(|separator| {
        let parts: Vec<usize> = text.split(*separator).map(str::len).collect();
        matches!(parts.as_slice(), [1 | 2, 1 | 2, 2 | 4] | [4, 1 | 2, 1 | 2])
    })
}

/// Whether a text looks like a phone number, whole or damaged, without asking for its validity.
pub(crate) fn looks_like_phone(text: &str) -> bool {
    let text = text.trim_matches(text::is_blank);
    let text = text.strip_prefix('\'').unwrap_or(text);
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let fits =
        text.chars().all(|c| c.is_ascii_digit() || " +-().\u{2f}\u{a0}\u{202f}\u{202a}\u{202c}\u{2013}".contains(c));
    is_scientific(text)
        || fits
            && !is_date(text)
            && digits >= 7
            && (text.starts_with(['+', '0', '(']) || digits >= 9)
            && text.len() <= 40
}

/// Whether a text is an email address, or wants to be one.
pub(crate) fn looks_like_email(text: &str) -> bool {
    let text = text.trim_matches(|c| text::is_blank(c) || matches!(c, '\'' | '<' | '>'));
    text.split_once('@').is_some_and(|(local, domain)| {
        !local.is_empty() && !domain.contains('@') && domain.contains('.') && !text.contains([' ', ',', ';', '|', '\t'])
    })
}

/// Whether a text is among the names of a list column's list.
pub(crate) fn is_known(profile: &Profile, column: &Column, text: &str) -> bool {
    let Rule::List { list, case_sensitive, .. } = column.rule else { return false };
    profile.list(list).is_some_and(|known| {
        let names = split(Some(known), text.trim_matches(text::is_blank), case_sensitive);
        !names.is_empty() && names.iter().all(|name| find(known, name, case_sensitive).is_some())
    })
}

/// Sign-in names of a row, with the place of the column that they stand in. `accepted` gives the text of a column of
/// the profile, unless it is refused.
pub(crate) fn sign_in_names<'a>(
    profile: &Profile,
    accepted: impl Fn(usize) -> Option<&'a str>,
) -> Vec<(usize, IdentityKey)> {
    let accepted = |field: Field| profile.column_of(field).and_then(|at| Some((at, accepted(at)?)));
    let mut keys = Vec::with_capacity(1);
    if let Some((at, email)) = accepted(Field::Email) {
        keys.push((at, IdentityKey::from_email(email)));
    }
    if let Some(rule) = profile.username()
        && let Some((at, username)) = accepted(Field::Username)
    {
        let domain = rule.domain.and_then(&accepted).map(|(_, domain)| domain);
        let key = match domain {
            Some(domain) if !username.contains('@') => IdentityKey::from_username(&format!("{username}@{domain}")),
            _ => IdentityKey::from_username(username),
        };
        if keys.iter().all(|(_, other)| *other != key) {
            keys.push((at, key));
        }
    }
    keys
}

impl Outcome {
    /// The text, unless it is refused.
    pub(crate) fn accepted_text(&self) -> Option<&str> {
        match &self.value {
            Some(Value::Text(text)) if self.status() != Status::Refused => Some(text),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Lists;

    fn said(profile: &Profile, field: Field, cell: &str) -> String {
        let column = &profile.columns()[profile.column_of(field).unwrap()];
        let outcome = check(profile, column, Input::Text(cell), Corrections::Made);
        let codes: Vec<&str> = outcome.issues.iter().map(|issue| issue.code).collect();
        let value = outcome.value.map(|value| value.to_text()).unwrap_or_default();
        let meant = outcome.issues.iter().filter(|issue| issue.is_error()).find_map(|issue| issue.correction.as_ref());
        match (outcome.issues.iter().any(Issue::is_error), meant) {
            (true, Some(meant)) => format!("{} -> {}", codes.join(" "), meant.to_text()),
            (true, None) => codes.join(" "),
            (false, _) => format!("{value} {}", codes.join(" ")).trim().to_owned(),
        }
    }

    fn lists() -> Lists {
        let named = |names: &[&str]| {
            names.iter().map(|name| crate::Named { id: name.to_lowercase(), name: (*name).to_owned() }).collect()
        };
        Lists {
            roles: named(&["Technician", "Billing, Read Only", "Straße"]),
            default_country: Some("DE".into()),
            ..Lists::default()
        }
    }

    #[test]
    fn properties_bring_their_values() {
        let named = |id: &str, name: &str| crate::Named { id: id.to_owned(), name: name.to_owned() };
        let properties = vec![named("desk_number", "Desk number"), named("parking", "Parking")];
        let profile = Profile::built_in("end-user").unwrap();
        let known = profile.effective(&Lists { properties, ..Lists::default() });
        for (name, cell, expected) in [
            ("a name alone", "Parking", "Parking"),
            ("a value", "Desk number=12", "Desk number=12"),
            ("a colon and blanks", "desk NUMBER : 12", "Desk number=12"),
            ("its key", "desk_number=12", "Desk number=12"),
            ("several", "Parking; Desk number=12", "Parking; Desk number=12"),
            ("an equals sign in the value", "Desk number=a=b", "Desk number=a=b"),
            ("an unknown one", "Shoe=44", "property_unknown"),
        ] {
            assert_eq!(said(&known, Field::Properties, cell), expected, "{name}");
        }
        assert_eq!(said(&profile, Field::Properties, "Shoe: 44"), "Shoe: 44", "left to the server");
    }

    #[test]
    fn a_technicians_cells() {
        let profile = Profile::built_in("technician").unwrap().effective(&lists());
        for (name, field, cell, expected) in [
            ("letters", Field::FirstName, "José", "José"),
            ("letters of another script", Field::FirstName, "Łukasz", "Łukasz"),
            ("a letter without composed form", Field::FirstName, "Ṙ̇a", "Ṙ̇a"),
            ("two words", Field::FirstName, "José María", "character_not_allowed"),
            ("apostrophe", Field::LastName, "O'Brien", "character_not_allowed"),
            ("hyphen", Field::LastName, "Smith-Jones", "character_not_allowed"),
            ("digit", Field::LastName, "R2", "character_not_allowed"),
            ("a mark alone", Field::LastName, "\u{301}", "letter_missing"),
            ("blanks around", Field::FirstName, "  Ana ", "Ana blanks_trimmed"),
            ("Excel's apostrophe", Field::FirstName, "'Ana", "Ana excel_apostrophe"),
            ("empty", Field::FirstName, "", "required"),
            ("blanks only", Field::FirstName, " \u{a0}\u{200b}", "required"),
            ("150", Field::FirstName, &"a".repeat(150), &"a".repeat(150)),
            ("151", Field::FirstName, &"a".repeat(151), "too_long"),
            (
                "150 after normalization",
                Field::FirstName,
                &"e\u{301}".repeat(150),
                &format!("{} unicode_normalized", "é".repeat(150)),
            ),
            ("right-to-left override", Field::FirstName, "Ana\u{202e}", "direction_control -> Ana"),
            ("NUL", Field::FirstName, "A\0na", "control_character -> Ana"),
            ("what could not be read", Field::FirstName, "Jos\u{fffd}", "control_character"),
            ("formula", Field::FirstName, "=1+1", "formula"),
            ("formula with apostrophe", Field::FirstName, "'=1+1", "formula"),
            ("lookup error", Field::FirstName, "#N/A", "excel_error"),
            ("a database's nothing", Field::LastName, "NULL", "excel_error"),
            ("somebody called Null", Field::LastName, "Null", "Null"),
            ("role with two blanks", Field::Role, "System  Administrator", "role_unknown -> System Administrator"),
            ("too narrow a column", Field::Phone, "########", "excel_error"),
            ("smart quotes", Field::FirstName, "“Ana”", "smart_quotes -> Ana"),
            ("line break", Field::FirstName, "Ana\nMaria", "line_break"),
            ("phone", Field::Phone, "+34 600 123 456", "+34600123456"),
            ("phone with apostrophe", Field::Phone, "'+34 600 123 456", "+34600123456 excel_apostrophe"),
            ("phone with dashes", Field::Phone, "+34 600-123-456", "phone_character -> +34600123456"),
            ("phone with special blanks", Field::Phone, "+34\u{a0}600\u{202f}123456", "+34600123456 blanks_normalized"),
            ("scientific notation", Field::Phone, "5.58E+12", "phone_scientific_notation"),
            ("scientific notation with comma", Field::Phone, "5,58E+12", "phone_scientific_notation"),
            ("decimals", Field::Phone, "491701234567.0", "phone_decimal -> +491701234567"),
            ("decimals with comma", Field::Phone, "491701234567,0", "phone_decimal -> +491701234567"),
            ("an amount", Field::Phone, "491.701.234.567,00", "phone_decimal -> +491701234567"),
            ("an amount with a plus", Field::Phone, "+491,701,234,567.00", "phone_decimal -> +491701234567"),
            ("decimals that were digits", Field::Phone, "4917012345.6", "phone_decimal"),
            ("more digits than a number keeps", Field::Phone, "49170123456778900.0", "phone_decimal"),
            ("all digits in scientific notation", Field::Phone, "4.91701234567E+11", "phone_decimal -> +491701234567"),
            ("with a comma", Field::Phone, "4,91701234567E11", "phone_decimal -> +491701234567"),
            ("some digits in scientific notation", Field::Phone, "3.46001E+10", "phone_scientific_notation"),
            ("lost plus", Field::Phone, "491701234567", "phone_plus_lost -> +491701234567"),
            (
                "lost plus of a number that could be of two countries",
                Field::Phone,
                "34600123456",
                "phone_country_code_missing",
            ),
            ("lost plus of a number of elsewhere", Field::Phone, "818012345678", "phone_plus_lost -> +818012345678"),
            ("00", Field::Phone, "0034 600123456", "phone_international_prefix -> +34600123456"),
            ("national", Field::Phone, "030 901820", "phone_national -> +4930901820"),
            ("national without its zero", Field::Phone, "30 901820", "phone_national -> +4930901820"),
            ("without a zero or without a plus", Field::Phone, "1512 3456789", "phone_country_code_missing"),
            ("national of elsewhere", Field::Phone, "0999999999999", "phone_country_code_missing"),
            ("not in use", Field::Phone, "+34 000 123 456", "phone_not_valid"),
            ("too short", Field::Phone, "+34 600", "phone_too_short"),
            ("unknown country code", Field::Phone, "+999 123456", "phone_country_code_unknown"),
            ("letters for digits", Field::Phone, "+1 800 FLOWERS", "phone_letters -> +18003569377"),
            ("extension", Field::Phone, "+1 650 253 0000 ext. 5", "phone_extension"),
            ("two numbers", Field::Phone, "+34 600 123 456 / +34 600 123 457", "phone_several"),
            ("no phone", Field::Phone, "", ""),
            ("role", Field::Role, "Technician", "Technician"),
            ("role in another case", Field::Role, "technician", "Technician"),
            ("role with sharp s", Field::Role, "STRASSE", "Straße"),
            ("role with a comma in its name", Field::Role, "Billing, Read Only", "Billing, Read Only"),
            ("two roles", Field::Role, "Technician; straße", "Technician; Straße"),
            ("the same role twice", Field::Role, "Technician|technician", "Technician"),
            ("built-in role", Field::Role, "System Administrator", "System Administrator"),
            ("unknown role", Field::Role, "King", "role_unknown"),
            ("organizations that only the server knows", Field::Organizations, "Acme, Initech", "Acme; Initech"),
        ] {
            assert_eq!(said(&profile, field, cell), expected, "{name}");
        }
    }

    #[test]
    fn a_modern_persons_cells() {
        let profile = Profile::built_in("modern").unwrap().effective(&lists());
        for (name, field, cell, expected) in [
            ("apostrophe", Field::LastName, "O'Brien", "O'Brien"),
            ("curly apostrophe", Field::LastName, "O’Brien", "O’Brien"),
            ("apostrophe in front", Field::LastName, "'t Hooft", "'t Hooft"),
            ("hyphen", Field::FirstName, "Jean-Luc", "Jean-Luc"),
            ("two words", Field::FirstName, "José María", "José María"),
            ("special blank", Field::FirstName, "José\u{a0}María", "José María blanks_normalized"),
            ("Chinese", Field::FirstName, "李", "李"),
            ("middle dot", Field::FirstName, "Gal·la", "Gal·la"),
            ("initials", Field::FirstName, "J. R. R.", "J. R. R."),
            ("joiner", Field::FirstName, "علی\u{200c}رضا", "علی\u{200c}رضا"),
            ("en dash", Field::FirstName, "Jean–Luc", "character_not_allowed -> Jean-Luc"),
            ("full-width letters are letters", Field::FirstName, "Ａｎａ", "Ａｎａ"),
            ("line break", Field::FirstName, "Ana\r\nMaria", "line_break -> Ana Maria"),
            ("punctuation only", Field::FirstName, "-", "letter_missing"),
            ("digit", Field::FirstName, "Ana2", "character_not_allowed"),
            ("no last name", Field::LastName, "", ""),
            ("national number", Field::Phone, "030 901820", "+4930901820"),
            ("national number with dashes", Field::Phone, "030/901820", "+4930901820"),
            ("lost zero", Field::Phone, "30901820", "phone_zero_lost -> +4930901820"),
            ("decimals and a lost zero", Field::Phone, "30901820.0", "phone_decimal -> +4930901820"),
            ("mistyped domain", Field::Email, "ana@gmial.com", "email_domain_typo -> ana@gmail.com"),
            ("mistyped domain and blanks", Field::Email, " ana@example.con ", "email_domain_typo -> ana@example.com"),
            ("number of another country", Field::Phone, "+34 600 123 456", "+34600123456"),
            ("umlaut in an address", Field::Email, "jürgen@example.org", "jürgen@example.org"),
            ("language", Field::Language, "DE", "de"),
            ("unknown language", Field::Language, "tlh", "language_unknown"),
            ("two languages", Field::Language, "de, en", "one_only"),
            ("username", Field::Username, "ana.diaz", "ana.diaz"),
            ("username with slash", Field::Username, "ana/diaz", "character_not_allowed"),
        ] {
            assert_eq!(said(&profile, field, cell), expected, "{name}");
        }
    }

    #[test]
    fn what_a_person_keeps_is_accepted_only_if_the_rule_takes_it() {
        let profile = Profile::built_in("modern").unwrap();
        let check_kept = |field: Field, cell: &str| {
            let column = &profile.columns()[profile.column_of(field).unwrap()];
            let outcome = check(&profile, column, Input::Text(cell), Corrections::Refused);
            let codes: Vec<&str> = outcome.issues.iter().map(|issue| issue.code).collect();
            (outcome.status(), outcome.value.unwrap().to_text(), codes.join(" "))
        };
        let cell = "'ana@example.com";
        assert_eq!(check_kept(Field::Email, cell), (Status::Accepted, cell.to_owned(), String::new()));
        let cell = "ana@example.com ";
        assert_eq!(check_kept(Field::Email, cell), (Status::Refused, cell.to_owned(), "blanks_trimmed".to_owned()));
    }

    #[test]
    fn names_given_as_a_list_are_not_split() {
        let profile = Profile::built_in("technician").unwrap().effective(&lists());
        let column = &profile.columns()[profile.column_of(Field::Role).unwrap()];
        let names = ["Billing, Read Only".to_owned(), "technician".to_owned()];
        let outcome = check(&profile, column, Input::Names(&names), Corrections::Made);
        assert_eq!(outcome.value, Some(Value::List(vec!["Billing, Read Only".into(), "Technician".into()])));
        let column = &profile.columns()[0];
        let outcome = check(&profile, column, Input::Names(&names), Corrections::Made);
        assert_eq!(outcome.issues[0].code, code::ONE_ONLY);
    }
}
