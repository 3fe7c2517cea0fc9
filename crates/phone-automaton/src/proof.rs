//! Proof that the automaton says what the patterns say: for every calling code and every plan, our automaton and those that
//! `regex-automata` makes of the metadata's regular expressions are walked through side by side, over all numbers at once. Not
//! a sample: where no state of the product disagrees, no number does.
//!
//! Nothing of the generator is used here. The metadata is read by rlibphonenumber's own types, the patterns by
//! `regex-automata`.

use core::iter::repeat_n;
use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::process::Command;
use std::string::{String, ToString as _};
use std::vec::Vec;
use std::{env, fs, vec};

use prost::Message as _;
use regex_automata::dfa::{Automaton as _, StartKind, dense};
use regex_automata::nfa::thompson::pikevm::PikeVM;
use regex_automata::util::{primitives::StateID, start, syntax};
use regex_automata::{Anchored, Input};
use rlibphonenumber::{PhoneMetadata, PhoneMetadataCollection, PhoneNumberDesc};

use crate::automaton::{State, label, step};
use crate::generated::{METADATA_HASH, METADATA_SOURCE};
use crate::plan::{Column, Region};

/// More digits than any pattern reads.
const FAR: usize = 24;

fn metadata() -> Vec<PhoneMetadata> {
    let cargo = env::var("CARGO").unwrap_or_else(|_| "cargo".to_string());
    let version = Command::new(&cargo).arg("-vV").output().unwrap().stdout;
    let version = String::from_utf8(version).unwrap();
    // What other platforms need is not on this machine.
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    let output = Command::new(cargo)
        .args(["metadata", "--format-version=1", "--quiet", "--offline", "--filter-platform", host])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = json["packages"].as_array().unwrap();
    let package = packages.iter().find(|package| package["name"] == "rlibphonenumber").unwrap();
    assert_eq!(METADATA_SOURCE, std::format!("rlibphonenumber {}", package["version"].as_str().unwrap()));
    let folder = Path::new(package["manifest_path"].as_str().unwrap()).parent().unwrap();
    let bytes = fs::read(folder.join("src/generated/metadata/metadata.bin")).unwrap();
    let hash = bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3));
    assert_eq!(METADATA_HASH, std::format!("{hash:016x}"));
    PhoneMetadataCollection::decode(&*bytes).unwrap().metadata
}

/// The plans of each calling code in libphonenumber's order, with our regions.
fn by_code(metadata: &[PhoneMetadata]) -> BTreeMap<i32, Vec<(Region, &PhoneMetadata)>> {
    let mut codes: BTreeMap<i32, Vec<&PhoneMetadata>> = BTreeMap::new();
    for plan in metadata {
        let of_code = codes.entry(plan.country_code()).or_default();
        of_code.insert(if plan.main_country_for_code() { 0 } else { of_code.len() }, plan);
    }
    let regions = |(code, plans): (i32, Vec<_>)| {
        let ours = Region::all().filter(|region| i32::from(region.calling_code()) == code);
        let plans: Vec<(Region, &PhoneMetadata)> = ours.zip(plans).collect();
        plans.iter().for_each(|(region, plan)| assert_eq!(region.code(), plan.id));
        (code, plans)
    };
    codes.into_iter().map(regions).collect()
}

/// A pattern as `regex-automata` understands it.
struct Pattern(dense::DFA<Vec<u32>>);

impl Pattern {
    /// Of whole numbers, or of how they begin.
    fn new(pattern: &str, beginning: bool) -> Self {
        let pattern = match pattern.strip_suffix('$') {
            Some(pattern) if beginning => std::format!("{pattern}[0-9]*$"),
            _ => pattern.to_string(),
        };
        let dfa = dense::Builder::new()
            .configure(dense::Config::new().start_kind(StartKind::Anchored))
            .syntax(syntax::Config::new().unicode(false).utf8(false))
            .build(&pattern)
            .unwrap();
        Self(dfa)
    }

    fn start(&self) -> StateID {
        self.0.start_state(&start::Config::new().anchored(Anchored::Yes)).unwrap()
    }

    fn next(&self, state: StateID, digit: u8) -> StateID {
        self.0.next_state(state, b'0' + digit)
    }

    /// Whether it matches if the number ends here.
    fn ends(&self, state: StateID) -> bool {
        self.0.is_match_state(self.0.next_eoi_state(state))
    }
}

/// A description: its pattern's place among the patterns, and its lengths.
struct Kind {
    pattern: Option<usize>,
    lengths: Vec<i32>,
}

impl Kind {
    #[expect(deprecated, reason = "rlibphonenumber empties the field in its own wrappers, which this is not")]
    fn new(description: Option<&PhoneNumberDesc>, patterns: &mut Vec<Pattern>) -> Self {
        let pattern = description.and_then(|description| description.national_number_pattern.as_ref()).map(|pattern| {
            patterns.push(Pattern::new(pattern, false));
            patterns.len() - 1
        });
        Self {
            pattern,
            lengths: description.map(|description| description.possible_length.clone()).unwrap_or_default(),
        }
    }

    fn holds(&self, matched: &[bool], digits: usize) -> bool {
        let length = self.lengths.is_empty() || self.lengths.contains(&i32::try_from(digits).unwrap());
        length && self.pattern.is_some_and(|pattern| matched[pattern])
    }
}

/// A region as libphonenumber looks at it when it asks for validity.
struct Plan {
    leading: Option<usize>,
    general: Kind,
    kinds: Vec<Kind>,
}

impl Plan {
    #[expect(deprecated, reason = "rlibphonenumber empties the fields in its own wrappers, which this is not")]
    fn new(plan: &PhoneMetadata, patterns: &mut Vec<Pattern>) -> Self {
        let mut kinds = vec![
            &plan.premium_rate,
            &plan.toll_free,
            &plan.shared_cost,
            &plan.voip,
            &plan.personal_number,
            &plan.pager,
            &plan.uan,
            &plan.voicemail,
            &plan.fixed_line,
        ];
        if !plan.same_mobile_and_fixed_line_pattern() {
            kinds.push(&plan.mobile);
        }
        let general = Kind::new(plan.general_desc.as_ref(), patterns);
        let kinds = kinds.into_iter().map(|kind| Kind::new(kind.as_ref(), patterns)).collect();
        let leading = plan.leading_digits.as_ref().map(|leading| {
            patterns.push(Pattern::new(leading, true));
            patterns.len() - 1
        });
        Self { leading, general, kinds }
    }

    fn is_valid(&self, matched: &[bool], digits: usize) -> bool {
        self.general.holds(matched, digits) && self.kinds.iter().any(|kind| kind.holds(matched, digits))
    }
}

/// Walks through the product of one of our automata and some patterns; everywhere, the label must be what `expected` makes
/// of which patterns match there and of how many digits were read. Answers how many states that were.
fn prove(name: &str, from: State, patterns: &[Pattern], expected: &dyn Fn(&[bool], usize) -> u8) -> usize {
    let start: Vec<StateID> = patterns.iter().map(Pattern::start).collect();
    let mut level: HashMap<(State, Vec<StateID>), String> = HashMap::from([((from, start), String::new())]);
    let mut states = 0;
    for digits in 0..FAR {
        let mut next = HashMap::new();
        for ((state, theirs), number) in level {
            states += 1;
            let matched: Vec<bool> =
                patterns.iter().zip(&theirs).map(|(pattern, state)| pattern.ends(*state)).collect();
            let (ours, theirs_say) = (label(state), expected(&matched, digits));
            assert_eq!(ours, theirs_say, "{name}: {number:?}");
            // Where the patterns have no way on, and neither have we, nothing follows that could differ.
            let dead = |(pattern, state): (&Pattern, &StateID)| pattern.0.is_dead_state(*state);
            if state == State(0) && patterns.iter().zip(&theirs).all(dead) {
                continue;
            }
            for digit in 0..10 {
                let states = patterns.iter().zip(&theirs).map(|(pattern, state)| pattern.next(*state, digit)).collect();
                next.entry((step(state, digit), states)).or_insert_with(|| std::format!("{number}{digit}"));
            }
        }
        level = next;
    }
    // Beyond that, both stay as they are.
    for (state, theirs) in level.keys() {
        for digit in 0..10 {
            assert_eq!(step(*state, digit), *state, "{name}");
            patterns
                .iter()
                .zip(theirs)
                .for_each(|(pattern, state)| assert_eq!(pattern.next(*state, digit), *state, "{name}"));
        }
    }
    states
}

#[test]
fn exactly_the_numbers_that_the_patterns_have_in_use_are_in_use() {
    let metadata = metadata();
    let mut states = 0;
    for (code, members) in by_code(&metadata) {
        let mut patterns = Vec::new();
        let plans: Vec<Plan> = members.iter().map(|(_, plan)| Plan::new(plan, &mut patterns)).collect();
        let expected = |matched: &[bool], digits: usize| {
            let claims = |plan: &&Plan| {
                plans.len() == 1
                    || plan.leading.is_some_and(|leading| matched[leading])
                    || plan.is_valid(matched, digits)
            };
            let claimed = plans.iter().position(|plan| claims(&plan));
            let valid = claimed.filter(|place| plans[*place].is_valid(matched, digits));
            valid.map_or(0, |place| u8::try_from(place + 1).unwrap())
        };
        let from = members[0].0.state(Column::Valid);
        states += prove(&std::format!("+{code}"), from, &patterns, &expected);
    }
    assert!(states > 10_000, "{states}");
}

#[test]
#[expect(deprecated, reason = "rlibphonenumber empties the field in its own wrappers, which this is not")]
fn numbers_of_a_plan_are_those_of_its_general_pattern() {
    let metadata = metadata();
    for (region, plan) in by_code(&metadata).into_values().flatten() {
        let mut patterns = Vec::new();
        let general = Kind::new(plan.general_desc.as_ref(), &mut patterns);
        let expected = |matched: &[bool], _| u8::from(matched[general.pattern.unwrap()]);
        prove(region.code(), region.state(Column::General), &patterns, &expected);
    }
}

/// Prefixes are taken away by what a backtracking matcher captures, which no automaton of `regex-automata` says. So this
/// asks its virtual machine, about all numbers of up to four digits, and about one for every way to every state, continued in
/// several ways.
#[test]
#[expect(deprecated, reason = "rlibphonenumber empties the fields in its own wrappers, which this is not")]
fn prefixes_are_those_that_the_patterns_capture() {
    let metadata = metadata();
    let mut numbers = 0_usize;
    for (region, plan) in by_code(&metadata).into_values().flatten() {
        let international = plan.international_prefix.as_deref();
        let national = plan.national_prefix_for_parsing.as_deref();
        for (column, pattern) in [(Column::InternationalPrefix, international), (Column::NationalPrefix, national)] {
            let from = region.state(column);
            let Some(pattern) = pattern else {
                assert_eq!(from, State(0));
                continue;
            };
            let machine = PikeVM::builder()
                .syntax(syntax::Config::new().unicode(false).utf8(false))
                .build(pattern.strip_suffix('$').unwrap())
                .unwrap();
            let mut cache = machine.create_cache();
            for number in questions(from) {
                let text: String = number.iter().map(|digit| char::from(b'0' + digit)).collect();
                let mut captures = machine.create_captures();
                machine.captures(&mut cache, Input::new(&text).anchored(Anchored::Yes), &mut captures);
                let group = |place: usize| captures.get_group(place).map(|span| &text[span.range()]);
                let ours = label(number.iter().fold(from, |state, digit| step(state, *digit)));
                numbers += 1;
                if matches!(column, Column::InternationalPrefix) {
                    assert_eq!(usize::from(ours), group(0).map_or(0, str::len), "{region:?} {text}");
                    continue;
                }
                let Some(matched) = group(0) else {
                    assert_eq!(ours, 0, "{region:?} {text}");
                    continue;
                };
                let rest = &text[matched.len()..];
                let rule = plan.national_prefix_transform_rule();
                let transformed = match (group(1), group(2)) {
                    (Some(_), Some(second)) => !second.is_empty(),
                    (Some(first), None) => !first.is_empty(),
                    (None, _) => false,
                };
                let expected = if transformed && !rule.is_empty() {
                    let with = |rule: String, place: usize| {
                        rule.replace(&std::format!("${place}"), group(place).unwrap_or_default())
                    };
                    std::format!("{}{rest}", with(with(rule.to_string(), 1), 2))
                } else {
                    rest.to_string()
                };
                let stripped: String = region.stripped(text.as_bytes()).iter().copied().map(char::from).collect();
                assert_eq!((ours > 0, stripped), (true, expected), "{region:?} {text}");
            }
        }
    }
    assert!(numbers > 1_000_000, "{numbers}");
}

/// Numbers that a prefix may or may not stand before.
fn questions(from: State) -> Vec<Vec<u8>> {
    let mut questions = Vec::new();
    // One way to each state by each digit.
    let mut seen: HashMap<State, Vec<u8>> = HashMap::from([(from, Vec::new())]);
    let mut waiting = vec![from];
    while let Some(state) = waiting.pop() {
        let way = seen[&state].clone();
        for digit in 0..10 {
            let mut on = way.clone();
            on.push(digit);
            let next = step(state, digit);
            for behind in [0_u8, 1, 2, 5, 6, 7, 8, 10, 12] {
                questions.push(on.iter().copied().chain(repeat_n(digit, usize::from(behind))).collect());
                questions.push(on.iter().copied().chain((0..behind).map(|place| (place * 3 + 1) % 10)).collect());
            }
            if next != state && !seen.contains_key(&next) {
                seen.insert(next, on);
                waiting.push(next);
            }
        }
    }
    for length in 0..=4 {
        for number in 0..10_u32.pow(length) {
            let length = usize::try_from(length).unwrap();
            let digits = std::format!("{number:0length$}");
            questions.push(digits.bytes().take(length).map(|byte| byte - b'0').collect());
        }
    }
    questions
}
