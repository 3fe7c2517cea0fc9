//! Email addresses: a dot-atom, `@`, a domain of at least two labels (RFC 5321, 5322, 6531), and the profile's own rules.
//! What is wrong is found here, so that it can be named; the `email_address` crate has the last word.

use std::borrow::Cow;

use email_address::{EmailAddress, Options};

use crate::{Issue, Value, code, idna, text, unicode::nfkc};

/// Most octets before the `@` (RFC 5321, 4.5.3.1.1).
const LOCAL_LIMIT: usize = 64;
/// Most octets of a domain (RFC 5321, 4.5.3.1.2).
const DOMAIN_LIMIT: usize = 255;
/// Most octets of a label (RFC 1035, 2.3.4).
const LABEL_LIMIT: usize = 63;

#[derive(Debug, Clone, Copy)]
pub(crate) struct Rule<'a> {
    pub(crate) max: usize,
    pub(crate) unicode: bool,
    pub(crate) edges: &'a str,
}

/// Everything that is wrong with an address; the last issue carries what it could have been meant to be.
pub(crate) fn check(address: &str, rule: Rule<'_>) -> Result<(), Vec<Issue>> {
    let mut issues = Vec::new();
    let length = text::length(address);
    if length > rule.max {
        issues.push(Issue::error(code::EMAIL_TOO_LONG).with("max", rule.max).with("length", length));
    }
    if let Err(issue) = structure(address, rule) {
        issues.push(issue);
    }
    if issues.is_empty() {
        return Ok(());
    }
    if let Some(meant) = meant(address, rule)
        && let Some(last) = issues.last_mut()
    {
        last.correction = Some(Value::Text(meant));
    }
    Err(issues)
}

fn structure(address: &str, rule: Rule<'_>) -> Result<(), Issue> {
    let refuse = |code| Err(Issue::error(code));
    let with = |code, c: char| Err(Issue::error(code).with("character", text::shown(c)));
    if address.contains(['<', '>']) || starts_with_mailto(address) {
        return refuse(code::EMAIL_DISPLAY_NAME);
    }
    match address.matches('@').count() {
        0 => return refuse(code::EMAIL_AT_MISSING),
        1 => {}
        _ if address.contains('"') => return refuse(code::EMAIL_QUOTED),
        _ => return refuse(code::EMAIL_SEVERAL),
    }
    let Some((local, domain)) = address.split_once('@') else { return refuse(code::EMAIL_AT_MISSING) };
    if address.contains('"') {
        return refuse(code::EMAIL_QUOTED);
    }
    if address.contains(['(', ')']) {
        return refuse(code::EMAIL_COMMENT);
    }
    if domain.starts_with('[') {
        return refuse(code::EMAIL_DOMAIN_LITERAL);
    }
    if address.contains(text::is_blank) {
        return refuse(code::EMAIL_BLANK);
    }
    if local.is_empty() {
        return refuse(code::EMAIL_LOCAL_MISSING);
    }
    if let Some(c) = address.chars().find(|c| !rule.unicode && !c.is_ascii()) {
        return with(code::EMAIL_NOT_ASCII, c);
    }
    if let Some(c) = local.chars().find(|c| !is_atom(*c)) {
        return with(code::EMAIL_CHARACTER, c);
    }
    let edge = |text: &str| rule.edges.chars().find(|c| text.starts_with(*c) || text.ends_with(*c));
    if let Some(c) = edge(local).or_else(|| edge(address)) {
        return with(code::EMAIL_EDGE, c);
    }
    if [local, domain].iter().any(|part| part.starts_with('.') || part.ends_with('.') || part.contains("..")) {
        return refuse(code::EMAIL_DOTS);
    }
    if local.len() > LOCAL_LIMIT {
        return Err(Issue::error(code::EMAIL_LOCAL_TOO_LONG).with("max", LOCAL_LIMIT).with("length", local.len()));
    }
    if !domain.contains('.') {
        return refuse(code::EMAIL_DOMAIN_INCOMPLETE);
    }
    let ascii: Cow<'_, str> = if domain.is_ascii() {
        domain.into()
    } else {
        match idna::to_ascii_strict(domain) {
            Some(ascii) => ascii.into(),
            None => return refuse(code::EMAIL_DOMAIN_NOT_VALID),
        }
    };
    if let Some(c) = ascii.chars().find(|c| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-'))) {
        return with(code::EMAIL_CHARACTER, c);
    }
    let labels_fit = ascii
        .split('.')
        .all(|label| (1..=LABEL_LIMIT).contains(&label.len()) && !label.starts_with('-') && !label.ends_with('-'));
    let top_is_a_number = ascii.rsplit('.').next().is_some_and(|top| top.bytes().all(|byte| byte.is_ascii_digit()));
    if !labels_fit || top_is_a_number || ascii.len() > DOMAIN_LIMIT {
        return refuse(code::EMAIL_DOMAIN_NOT_VALID);
    }
    let options = Options::default().with_minimum_sub_domains(2).without_display_text().without_domain_literal();
    match EmailAddress::parse_with_options(address, options) {
        Ok(_) => Ok(()),
        Err(_) => refuse(code::EMAIL_NOT_VALID),
    }
}

/// What an atom consists of (RFC 5322, 3.2.3), and beyond ASCII whatever can be seen (RFC 6531).
fn is_atom(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c);
    }
    !text::is_control(c) && !text::is_blank(c) && !text::is_direction_control(c)
}

fn starts_with_mailto(address: &str) -> bool {
    address.get(..7).is_some_and(|head| head.eq_ignore_ascii_case("mailto:"))
}

/// Domains of the large mail services as they are mistyped, in order.
const MISTYPED: &[(&str, &str)] = &[
    ("btinernet.com", "btinternet.com"),
    ("btinterent.com", "btinternet.com"),
    ("btinternet.co", "btinternet.com"),
    ("btinternetcom", "btinternet.com"),
    ("comacst.net", "comcast.net"),
    ("comcastnet", "comcast.net"),
    ("comcat.net", "comcast.net"),
    ("comcst.net", "comcast.net"),
    ("gamil.com", "gmail.com"),
    ("ggmail.com", "gmail.com"),
    ("gimail.com", "gmail.com"),
    ("gmaail.com", "gmail.com"),
    ("gmai.com", "gmail.com"),
    ("gmaiil.com", "gmail.com"),
    ("gmaik.com", "gmail.com"),
    ("gmail", "gmail.com"),
    ("gmail.cim", "gmail.com"),
    ("gmail.cm", "gmail.com"),
    ("gmail.co", "gmail.com"),
    ("gmail.comcom", "gmail.com"),
    ("gmail.om", "gmail.com"),
    ("gmail.vom", "gmail.com"),
    ("gmailc.om", "gmail.com"),
    ("gmailcom", "gmail.com"),
    ("gmaill.com", "gmail.com"),
    ("gmaio.com", "gmail.com"),
    ("gmal.com", "gmail.com"),
    ("gmali.com", "gmail.com"),
    ("gmaol.com", "gmail.com"),
    ("gmaul.com", "gmail.com"),
    ("gmeil.com", "gmail.com"),
    ("gmial.com", "gmail.com"),
    ("gmil.com", "gmail.com"),
    ("gmmail.com", "gmail.com"),
    ("gmsil.com", "gmail.com"),
    ("gmx.d", "gmx.de"),
    ("gmx.dee", "gmx.de"),
    ("gmx.ed", "gmx.de"),
    ("gmxde", "gmx.de"),
    ("gnail.com", "gmail.com"),
    ("goglemail.com", "googlemail.com"),
    ("googelmail.com", "googlemail.com"),
    ("googlemai.com", "googlemail.com"),
    ("googlemailcom", "googlemail.com"),
    ("googlemal.com", "googlemail.com"),
    ("googlemial.com", "googlemail.com"),
    ("hormail.com", "hotmail.com"),
    ("hotamil.com", "hotmail.com"),
    ("hotmai.co.uk", "hotmail.co.uk"),
    ("hotmai.com", "hotmail.com"),
    ("hotmai.fr", "hotmail.fr"),
    ("hotmail", "hotmail.com"),
    ("hotmail.cm", "hotmail.com"),
    ("hotmail.couk", "hotmail.co.uk"),
    ("hotmail.om", "hotmail.com"),
    ("hotmailco.uk", "hotmail.co.uk"),
    ("hotmailcom", "hotmail.com"),
    ("hotmaill.com", "hotmail.com"),
    ("hotmal.co.uk", "hotmail.co.uk"),
    ("hotmal.com", "hotmail.com"),
    ("hotmal.fr", "hotmail.fr"),
    ("hotmali.com", "hotmail.com"),
    ("hotmial.co.uk", "hotmail.co.uk"),
    ("hotmial.com", "hotmail.com"),
    ("hotmial.fr", "hotmail.fr"),
    ("hotmil.com", "hotmail.com"),
    ("hotnail.com", "hotmail.com"),
    ("hotrmail.com", "hotmail.com"),
    ("htomail.com", "hotmail.com"),
    ("iclod.com", "icloud.com"),
    ("iclou.com", "icloud.com"),
    ("icloud", "icloud.com"),
    ("icloud.cm", "icloud.com"),
    ("icloudcom", "icloud.com"),
    ("iclould.com", "icloud.com"),
    ("iclound.com", "icloud.com"),
    ("icluod.com", "icloud.com"),
    ("icolud.com", "icloud.com"),
    ("icoud.com", "icloud.com"),
    ("lapost.net", "laposte.net"),
    ("lapostenet", "laposte.net"),
    ("libeor.it", "libero.it"),
    ("liberoit", "libero.it"),
    ("orage.fr", "orange.fr"),
    ("oragne.fr", "orange.fr"),
    ("orangefr", "orange.fr"),
    ("ornage.fr", "orange.fr"),
    ("otlook.com", "outlook.com"),
    ("oulook.com", "outlook.com"),
    ("oultook.com", "outlook.com"),
    ("outllok.com", "outlook.com"),
    ("outlok.com", "outlook.com"),
    ("outlook", "outlook.com"),
    ("outlook.cm", "outlook.com"),
    ("outlook.co", "outlook.com"),
    ("outlookcom", "outlook.com"),
    ("outlool.com", "outlook.com"),
    ("outloook.com", "outlook.com"),
    ("outook.com", "outlook.com"),
    ("protonmai.com", "protonmail.com"),
    ("protonmailcom", "protonmail.com"),
    ("protonmal.com", "protonmail.com"),
    ("protonmial.com", "protonmail.com"),
    ("t-onine.de", "t-online.de"),
    ("t-onlie.de", "t-online.de"),
    ("t-onlien.de", "t-online.de"),
    ("t-onlin.de", "t-online.de"),
    ("t-online", "t-online.de"),
    ("t-online.d", "t-online.de"),
    ("t-onlinede", "t-online.de"),
    ("tonline.de", "t-online.de"),
    ("wanado.fr", "wanadoo.fr"),
    ("wanadoofr", "wanadoo.fr"),
    ("wandoo.fr", "wanadoo.fr"),
    ("web.d", "web.de"),
    ("web.dee", "web.de"),
    ("web.ed", "web.de"),
    ("webde", "web.de"),
    ("yahho.com", "yahoo.com"),
    ("yaho.co.uk", "yahoo.co.uk"),
    ("yaho.com", "yahoo.com"),
    ("yaho.fr", "yahoo.fr"),
    ("yahoo", "yahoo.com"),
    ("yahoo.cm", "yahoo.com"),
    ("yahoo.couk", "yahoo.co.uk"),
    ("yahoo.om", "yahoo.com"),
    ("yahooco.uk", "yahoo.co.uk"),
    ("yahoocom", "yahoo.com"),
    ("yahooo.co.uk", "yahoo.co.uk"),
    ("yahooo.com", "yahoo.com"),
    ("yahooo.fr", "yahoo.fr"),
    ("yajoo.com", "yahoo.com"),
    ("yaoo.com", "yahoo.com"),
    ("yhaoo.com", "yahoo.com"),
    ("yhoo.com", "yahoo.com"),
];
/// Most bytes of one of them.
const LONGEST_MISTYPED: usize = 14;

/// Top-level domains that there are not, and those that are meant.
const NO_TOP: &[(&str, &str)] = &[
    ("c0m", "com"),
    ("cmo", "com"),
    ("comm", "com"),
    ("con", "com"),
    ("coom", "com"),
    ("cpm", "com"),
    ("nett", "net"),
    ("nte", "net"),
    ("ocm", "com"),
    ("ogr", "org"),
    ("orgg", "org"),
    ("vom", "com"),
    ("xom", "com"),
];

/// The domain that is meant where a well-known one, or the end of one, is mistyped.
pub(crate) fn meant_domain(address: &str) -> Option<String> {
    meant_domain_of(address.rsplit_once('@')?.1)
}

pub(crate) fn meant_domain_of(domain: &str) -> Option<String> {
    // Most domains are neither as short as those of the large services nor end in what there is not.
    let (_, top) = domain.rsplit_once('.').unwrap_or_default();
    let short = domain.len() <= LONGEST_MISTYPED && domain.starts_with(|c: char| "bcghiloptwyBCGHILOPTWY".contains(c));
    if !short && (top.len() == 2 || matches!(top, "com" | "org" | "net")) {
        return None;
    }
    let lower: Cow<'_, str> = if domain.bytes().any(|byte| byte.is_ascii_uppercase()) {
        domain.to_ascii_lowercase().into()
    } else {
        domain.into()
    };
    let of = |table: &[(&str, &'static str)], wrong: &str| {
        table.binary_search_by_key(&wrong, |(wrong, _)| wrong).ok().map(|at| table[at].1)
    };
    if let Some(meant) = of(MISTYPED, &lower) {
        return Some(meant.to_owned());
    }
    let (rest, top) = lower.rsplit_once('.')?;
    let meant = format!("{rest}.{}", of(NO_TOP, top)?);
    // Two slips in one domain.
    Some(of(MISTYPED, &meant).map_or(meant, str::to_owned))
}

/// What the address was meant to be, if one of the usual slips explains it.
fn meant(address: &str, rule: Rule<'_>) -> Option<String> {
    let within = |text: &str| match (text.find('<'), text.rfind('>')) {
        (Some(open), Some(close)) if open < close => text[open + 1..close].to_owned(),
        _ => text.to_owned(),
    };
    let bare = within(address);
    let bare = if starts_with_mailto(&bare) { bare[7..].to_owned() } else { bare };
    let typed: String =
        nfkc(&bare).chars().filter(|c| !text::is_blank(*c) && !text::is_direction_control(*c)).collect();
    let straight = typed.replace(['\u{2018}', '\u{2019}'], "'");
    // In front only what encloses: a sign there may be part of somebody else's address.
    let enclosing = ['"', '\'', '\u{201c}', '\u{201d}', '<', '(', '['];
    let trimmed = straight.trim_start_matches(enclosing);
    let trimmed = trimmed.trim_end_matches(['.', ',', ';', ':', '"', '\'', '\u{201c}', '\u{201d}', '>', ')', ']', '-']);
    let spelled = trimmed.replace("(at)", "@").replace("[at]", "@").replace("(dot)", ".").replace("[dot]", ".");
    let dotted = dotted(&spelled);
    let domain = |address: &str| {
        let (local, _) = address.rsplit_once('@')?;
        Some(format!("{local}@{}", meant_domain(address)?))
    };
    [straight.as_str(), trimmed, &spelled, &dotted]
        .into_iter()
        .map(|candidate| domain(candidate).unwrap_or_else(|| candidate.to_owned()))
        .find(|candidate| {
            candidate != address && text::length(candidate) <= rule.max && structure(candidate, rule).is_ok()
        })
}

/// One dot where there are two, or a comma in place of one in the domain.
fn dotted(address: &str) -> String {
    let mut text = address.to_owned();
    while text.contains("..") {
        text = text.replace("..", ".");
    }
    match text.split_once('@') {
        Some((local, domain)) if domain.matches(',').count() == 1 && !domain.contains('@') => {
            format!("{local}@{}", domain.replace(',', "."))
        }
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STRICT: Rule<'_> = Rule { max: 64, unicode: false, edges: ".-" };
    const MODERN: Rule<'_> = Rule { max: 254, unicode: true, edges: "" };

    fn said(address: &str, rule: Rule<'_>) -> String {
        let issues = check(address, rule).err().unwrap_or_default();
        let codes: Vec<&str> = issues.iter().map(|issue| issue.code).collect();
        let meant =
            issues.iter().find_map(|issue| issue.correction.as_ref()).map(|value| format!(" -> {}", value.to_text()));
        codes.join(" ") + meant.as_deref().unwrap_or_default()
    }

    #[test]
    fn strict_addresses() {
        let local_64 = format!("{}@example.com", "a".repeat(52));
        let local_65 = format!("{}@example.com", "a".repeat(53));
        for (name, address, expected) in [
            ("plain", "ana@example.com", ""),
            ("tagged", "ana.diaz+x_1@mail.example.co.uk", ""),
            ("signs of an atom", "a!#$%&'*+/=?^_`{|}~z@example.com", ""),
            ("64 characters", &local_64, ""),
            ("65 characters", &local_65, "email_too_long"),
            ("no @", "ana.example.com", "email_at_missing"),
            ("nothing before", "@example.com", "email_local_missing"),
            ("nothing after", "ana@", "email_domain_incomplete"),
            ("one label", "ana@localhost", "email_domain_incomplete"),
            ("two", "ana@example.com;bo@example.com", "email_several"),
            ("two @", "ana@@example.com", "email_several"),
            ("display name", "Ana Diaz <ana@example.com>", "email_display_name -> ana@example.com"),
            ("mailto", "mailto:ana@example.com", "email_display_name -> ana@example.com"),
            ("blank", "ana @example.com", "email_blank -> ana@example.com"),
            ("umlaut", "jürgen@example.com", "email_not_ascii"),
            ("full-width at", "ana\u{ff20}example.com", "email_at_missing -> ana@example.com"),
            ("dot at the beginning", ".ana@example.com", "email_edge"),
            ("dot before the @", "ana.@example.com", "email_edge"),
            ("hyphen at the beginning", "-ana@example.com", "email_edge"),
            ("hyphen at the end", "ana@example.com-", "email_edge -> ana@example.com"),
            ("dot at the end", "ana@example.com.", "email_edge -> ana@example.com"),
            ("two dots", "ana..diaz@example.com", "email_dots -> ana.diaz@example.com"),
            ("two dots in the domain", "ana@example..com", "email_dots -> ana@example.com"),
            ("a comma in the domain", "ana@example,com", "email_domain_incomplete -> ana@example.com"),
            ("a well-known domain without its dot", "ana@gmailcom", "email_domain_incomplete -> ana@gmail.com"),
            ("a well-known domain without its end", "ana@gmail", "email_domain_incomplete -> ana@gmail.com"),
            ("a slip in a slip", "Ana <ana@gmial.con>", "email_display_name -> ana@gmail.com"),
            ("spelled out", "ana[at]example(dot)com", "email_at_missing -> ana@example.com"),
            ("quoted", "\"ana diaz\"@example.com", "email_quoted"),
            ("quoted @", "\"a@b\"@example.com", "email_quoted"),
            ("IP address", "ana@[192.0.2.1]", "email_domain_literal"),
            ("bare IP address", "ana@192.0.2.1", "email_domain_not_valid"),
            ("comment", "ana(work)@example.com", "email_comment"),
            ("comma", "ana,diaz@example.com", "email_character"),
            ("comma at the end", "ana@example.com,", "email_character -> ana@example.com"),
            ("underscore in the domain", "ana@ex_ample.com", "email_character"),
            ("hyphen in front of a label", "ana@-example.com", "email_domain_not_valid"),
        ] {
            assert_eq!(said(address, STRICT), expected, "{name}");
        }
    }

    #[test]
    fn mistyped_domains_are_known() {
        for (address, domain) in [
            ("ana@gmial.com", "gmail.com"),
            ("ana@GMIAL.com", "gmail.com"),
            ("ana@hotmial.com", "hotmail.com"),
            ("ana@example.con", "example.com"),
            ("ana@mail.example.ogr", "mail.example.org"),
            ("ana@gmial.con", "gmail.com"),
            ("ana@t-onlin.de", "t-online.de"),
        ] {
            assert_eq!(meant_domain(address).as_deref(), Some(domain), "{address}");
        }
        for address in
            ["ana@gmail.com", "ana@ymail.com", "ana@mail.com", "ana@gmx.com", "ana@example.co", "ana@example.cm"]
        {
            assert_eq!(meant_domain(address), None, "{address}");
        }
        assert_eq!(MISTYPED.iter().map(|(wrong, _)| wrong.len()).max(), Some(LONGEST_MISTYPED));
        assert!(MISTYPED.iter().all(|(wrong, _)| "bcghiloptwy".contains(&wrong[..1])));
        for table in [MISTYPED, NO_TOP] {
            assert!(table.is_sorted_by(|(a, _), (b, _)| a < b));
            assert!(table.iter().all(|(_, meant)| !table.iter().any(|(wrong, _)| wrong == meant)));
        }
    }

    #[test]
    fn modern_addresses() {
        let most =
            format!("{}@{}.example.com", "a".repeat(64), ["b".repeat(63), "c".repeat(63), "d".repeat(49)].join("."));
        let long = format!("{}@{}.example.com", "a".repeat(64), "b".repeat(240));
        for (name, address, expected) in [
            ("umlaut", "jürgen@example.com", ""),
            ("Chinese", "用户@例子.广告", ""),
            ("domain with umlaut", "ana@bücher.example", ""),
            ("hyphen at the beginning", "-ana@example.com", ""),
            ("254 characters", &most, ""),
            ("300 characters", &long, "email_too_long email_domain_not_valid"),
            ("65 octets before the @", &format!("{}@example.com", "é".repeat(33)), "email_local_too_long"),
            ("no domain", "ana@☃\u{202e}.example", "email_domain_not_valid"),
            ("label that is too long", &format!("ana@{}.com", "b".repeat(64)), "email_domain_not_valid"),
            ("turned around", "ana\u{202e}@example.com", "email_character -> ana@example.com"),
            ("smart apostrophe at the end", "ana@example.com\u{2019}", "email_not_valid -> ana@example.com"),
        ] {
            assert_eq!(said(address, MODERN), expected, "{name}");
        }
        assert_eq!(text::length(&most), 254);
    }
}
