//! What libphonenumber says, by rlibphonenumber, and numbers to ask it about.

use phone_automaton::{NotANumber, Number, Region, Verdict, parse};
use rlibphonenumber::{PHONE_NUMBER_UTIL, ParseError, PhoneNumberFormat, PhoneNumberType, ValidationError};

/// All that is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) e164: String,
    pub(crate) extension: String,
    pub(crate) verdict: Verdict,
    /// Of numbers in use.
    pub(crate) trunk_zero: bool,
}

pub(crate) fn ours(text: &str, home: Option<&str>) -> Result<Answer, NotANumber> {
    let number: Number = parse(text, home.and_then(Region::of))?;
    let verdict = number.verdict();
    let in_use = matches!(verdict, Verdict::InUse(_));
    Ok(Answer {
        e164: number.e164().to_owned(),
        extension: number.extension().to_owned(),
        verdict,
        // Asked again of what was made of it, as everyone does who keeps numbers as E.164.
        trunk_zero: in_use && parse(number.e164(), None).is_ok_and(|number| number.has_trunk_zero()),
    })
}

pub(crate) fn theirs(text: &str, home: Option<&str>) -> Result<Answer, NotANumber> {
    let util = &*PHONE_NUMBER_UTIL;
    let home = home.and_then(|home| rlibphonenumber::Region::try_from(home).ok());
    let number = util.parse(text, home).map_err(|error| match error {
        ParseError::InvalidCountryCode => NotANumber::CallingCodeUnknown,
        ParseError::NotANumber(_) => NotANumber::Unreadable,
        ParseError::TooShortAfterIdd => NotANumber::TooShortAfterPrefix,
        ParseError::TooShortNsn => NotANumber::TooShort,
        ParseError::TooLongNsn => NotANumber::TooLong,
    })?;
    let e164 = util.format(&number, PhoneNumberFormat::E164).into_owned();
    let verdict = if util.is_valid_number(&number) {
        let region = util.get_region_for_number(&number).expect("a valid number has a region");
        Verdict::InUse(match region.to_string().as_str() {
            "001" => {
                u16::try_from(number.country_code).ok().and_then(Region::of_calling_code).expect("a code with numbers")
            }
            code => Region::of(code).unwrap_or_else(|| panic!("{code}")),
        })
    } else {
        match util.is_possible_number_with_reason(&number) {
            Err(ValidationError::TooShort) => Verdict::TooShort,
            Err(ValidationError::TooLong) => Verdict::TooLong,
            _ => Verdict::NotInUse,
        }
    };
    let in_use = matches!(verdict, Verdict::InUse(_));
    let trunk_zero = in_use
        && util.parse(&e164, None).is_ok_and(|number| {
            let national = util.format(&number, PhoneNumberFormat::National);
            !number.italian_leading_zero() && national.trim_start_matches('(').starts_with('0')
        });
    // Digits of other scripts stay what they are there.
    let extension = util.normalize_digits_only(number.extension());
    Ok(Answer { e164, extension, verdict, trunk_zero })
}

/// Numbers that exist, at least once, of every region, calling code and kind: digits in E.164 and as written at home.
pub(crate) fn examples() -> Vec<(&'static str, String, String)> {
    use PhoneNumberType as Kind;
    let kinds = [
        Kind::FixedLine,
        Kind::Mobile,
        Kind::TollFree,
        Kind::PremiumRate,
        Kind::SharedCost,
        Kind::VoIP,
        Kind::PersonalNumber,
        Kind::Pager,
        Kind::UAN,
        Kind::VoiceMail,
    ];
    let util = &*PHONE_NUMBER_UTIL;
    let mut examples = Vec::new();
    for region in Region::all() {
        let mut numbers = Vec::new();
        if region.is_geographic() {
            let code = rlibphonenumber::Region::try_from(region.code()).expect("the same regions");
            numbers
                .extend(kinds.iter().filter_map(|kind| util.get_example_number_for_type_and_region(code, *kind).ok()));
        } else {
            let code = i32::from(region.calling_code());
            numbers.extend(util.get_example_number_for_non_geo_entity(code).ok());
        }
        for number in numbers {
            let [e164, national] = [PhoneNumberFormat::E164, PhoneNumberFormat::National]
                .map(|format| util.format(&number, format).into_owned());
            examples.push((region.code(), e164, national));
        }
    }
    examples
}

/// Numbers without end, the same for the same seed.
pub(crate) struct Mutations {
    examples: Vec<(&'static str, String, String)>,
    state: u64,
}

/// What numbers may hold, rightly or wrongly.
const ODD: &[char] = &[
    '+',
    '\u{ff0b}',
    '-',
    ' ',
    '(',
    ')',
    '.',
    '/',
    '\\',
    '~',
    '*',
    '#',
    ',',
    ';',
    ':',
    'x',
    'X',
    'a',
    'e',
    't',
    'n',
    'T',
    '\u{2013}',
    '\u{2212}',
    '\u{a0}',
    '\u{ad}',
    '\u{200b}',
    '\u{3000}',
    '\u{ff11}',
    '\u{ff10}',
    '\u{661}',
    '\u{6f2}',
    '\u{966}',
    '\u{1d7d8}',
    '\u{ff08}',
    '\u{ff3b}',
    '\u{2053}',
    '\u{ff0e}',
    '\t',
    '\n',
    'é',
    '\u{301}',
    '\u{bd}',
    '☎',
    '\u{b2}',
    '\u{ff58}',
    '\u{ff5e}',
    '=',
    '\'',
    '"',
    '&',
    '\u{0}',
    '\u{378}',
    '\u{2060}',
    '\u{30fc}',
    '\u{ff03}',
];

/// What stands before numbers.
const BEFORE: &[&str] = &[
    "0", "1", "8", "00", "011", "9", "15", "06", "810", "80", "0011", "001", "119", "00852", "+0", "+00", "+1", "+",
    "++", "(", " ", "tel:", "Tel. ", "+49", "014", "031", "9001", "002", "1800", "0~0", "\u{ff0b}", "(0)", "180020",
    "003768",
];

/// What stands behind them.
const BEHIND: &[&str] = &[
    " ext. 5",
    "ext5",
    " x1234",
    " extension 12",
    " extensi\u{f3}n 7",
    " EXTENSIO\u{301}N: 7",
    " \u{434}\u{43e}\u{431} 3",
    ";ext=99",
    ";EXT=1234567890123456789012",
    "#",
    " - 503#",
    ",,5",
    ";5",
    ",5",
    ", ,5#",
    " int 44",
    "~3",
    "x2/x3",
    " x1 / x2",
    "\\ x",
    ";isub=12345",
    ";phone-context=+49",
    ";phone-context=example.com",
    ";phone-context=+1-650;x=y",
    ";phone-context=",
    ";phone-context=3com.3",
    ";phone-context=a.b.",
    " anexo 12",
    "\u{ff45}\u{ff58}\u{ff54}\u{ff4e} 9",
    "\u{ff49}\u{ff4e}\u{ff54}9",
    " ext.: 5",
    ":.5",
    ",.,,5",
    "ABC",
    "TAXI",
    " or 5",
    " \u{2022}",
    "\u{1f600}",
    "x",
    "  x5 x6",
    "#5",
    " #5#",
    "\u{ff58}\u{ff11}\u{ff12}",
    ",,,,123456789",
    ";1234567890123456",
    " , , ,5",
    "extensio",
    "xtn5",
    "ensio5",
];

impl Mutations {
    pub(crate) fn new(seed: u64) -> Self {
        Self { examples: examples(), state: seed }
    }

    fn next(&mut self) -> u64 {
        // SplitMix64.
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() >> 33).unwrap_or_default() % limit.max(1)
    }

    fn digit(&mut self) -> char {
        char::from(b'0' + u8::try_from(self.below(10)).unwrap_or_default())
    }

    /// A text, and the region whose plan it is read by.
    pub(crate) fn number(&mut self) -> (String, Option<&'static str>) {
        let place = self.below(self.examples.len());
        let (region, e164, national) = &self.examples[place];
        let region = *region;
        let home = if region == "001" { None } else { Some(region) };
        let (e164, national) = (e164.clone(), national.clone());
        let mut text: Vec<char> = match self.below(8) {
            0..3 => e164.chars().collect(),
            3..6 => national.chars().collect(),
            6 => national.chars().filter(char::is_ascii_digit).collect(),
            _ => e164[1..].chars().collect(),
        };
        let changes = self.below(4);
        for _ in 0..changes {
            let at = self.below(text.len() + 1);
            match self.below(16) {
                // Other digits are most of what matters.
                0..6 => {
                    let digit = self.digit();
                    if let Some(place) = text.get_mut(at).filter(|place| place.is_ascii_digit()) {
                        *place = digit;
                    }
                }
                6..8 => {
                    let digit = self.digit();
                    text.insert(at, digit);
                }
                8..10 => {
                    if at < text.len() {
                        text.remove(at);
                    }
                }
                10..12 => {
                    let odd = ODD[self.below(ODD.len())];
                    text.insert(at, odd);
                }
                12 => {
                    let before = BEFORE[self.below(BEFORE.len())];
                    text.splice(0..0, before.chars());
                }
                13 => {
                    let behind = BEHIND[self.below(BEHIND.len())];
                    text.extend(behind.chars());
                }
                14 => text.truncate(at),
                _ => {
                    let repeated: Vec<char> = text[at..].to_vec();
                    text.extend(repeated);
                }
            }
        }
        let home = match self.below(8) {
            0 => None,
            1 => Some(self.examples[usize::try_from(self.state % 97).unwrap_or_default()].0)
                .filter(|code| *code != "001"),
            2 => {
                let other = self.below(self.examples.len());
                Some(self.examples[other].0).filter(|code| *code != "001")
            }
            _ => home,
        };
        (text.into_iter().collect(), home)
    }
}

/// Whether the oracle can be asked: it panics where `tel:` comes behind the context.
pub(crate) fn can_be_asked(text: &str) -> bool {
    match (text.find("tel:"), text.find(";phone-context=")) {
        (Some(scheme), Some(context)) => scheme < context,
        _ => true,
    }
}
