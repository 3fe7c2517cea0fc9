//! From numbering plans to automata: one root for each question that reading a number asks.

use std::collections::BTreeMap;

use crate::{
    Failure,
    dag::{Captures, Dag, Node, Operation},
    metadata::{Description, Format, Plan},
    pattern::Pattern,
};

/// The longest national number, in digits, that lengths are told apart for.
const LONGEST: i64 = 31;
/// The answer of a region that claims a number by its leading digits, without having it in use.
const CLAIMED: u8 = u8::MAX;

/// What becomes of a number whose national prefix was found.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Outcome {
    /// What comes first.
    pub literal: String,
    /// Which of its digits come then.
    pub copied: (u8, u8),
    /// From where on the rest is kept.
    pub rest: u8,
}

/// All plans, compiled.
#[derive(Debug)]
pub struct Compiled {
    /// The nodes.
    pub dag: Dag,
    /// In the order of the metadata.
    pub plans: Vec<CompiledPlan>,
    /// What the answers of national prefixes mean, from 1.
    pub outcomes: Vec<Outcome>,
    /// For each calling code its plans, by their place in `plans`, the main one first.
    pub calling_codes: BTreeMap<u16, Vec<usize>>,
}

/// The roots of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompiledPlan {
    /// ISO 3166 alpha-2, or `001`.
    pub id: String,
    /// The country calling code.
    pub calling_code: u16,
    /// Whether a number looks like one of the plan, whatever its length (1).
    pub general: Node,
    /// How its national prefix is taken away (the outcome).
    pub national_prefix: Node,
    /// How many digits its international prefix has.
    pub international_prefix: Node,
    /// Of the main plan of a calling code: which of the code's plans has the number in use, from 1.
    pub valid: Node,
    /// Of the main plan of a calling code: whether the number is written with a zero at home that is no part of it (1).
    pub trunk_zero: Node,
    /// Lengths (bit n: n digits).
    pub lengths: u32,
    /// Lengths where the area code is left out.
    pub local_lengths: u32,
}

/// Compiles plans.
///
/// # Errors
/// If the metadata has something that it had not when this was written.
pub fn compile(plans: &[Plan]) -> Result<Compiled, Failure> {
    let mut dag = Dag::default();
    let nothing = dag.sink(0);
    let mut calling_codes: BTreeMap<u16, Vec<usize>> = BTreeMap::new();
    for (index, plan) in plans.iter().enumerate() {
        let of_code = calling_codes.entry(plan.calling_code).or_default();
        of_code.insert(if plan.main { 0 } else { of_code.len() }, index);
    }
    let mut outcomes: Vec<Outcome> = Vec::new();
    let mut compiled = Vec::new();
    for plan in plans {
        let end = dag.end(1);
        let general = match &plan.general.pattern {
            Some(pattern) => dag.language(&Pattern::wrapped(pattern)?, end),
            None => nothing,
        };
        compiled.push(CompiledPlan {
            id: plan.id.clone(),
            calling_code: plan.calling_code,
            general,
            national_prefix: national_prefix(&mut dag, plan, &mut outcomes)?,
            international_prefix: match &plan.international_prefix {
                Some(pattern) => {
                    let pattern = Pattern::wrapped(pattern)?;
                    dag.ways(&pattern, 0, Captures::default(), &|dag, at, _| dag.sink(at))
                }
                None => nothing,
            },
            valid: nothing,
            trunk_zero: nothing,
            lengths: mask(&plan.general.lengths)?,
            local_lengths: mask(&plan.general.local_lengths)?,
        });
    }
    for members in calling_codes.values() {
        let valid = valid_of_code(&mut dag, plans, members)?;
        let main = members[0];
        compiled[main].valid = valid;
        compiled[main].trunk_zero = trunk_zero(&mut dag, &plans[main].formats, valid)?;
    }
    Ok(Compiled { dag, plans: compiled, outcomes, calling_codes })
}

/// As `build_length_mask` has it: -1 takes back what was said before.
fn mask(lengths: &[i64]) -> Result<u32, Failure> {
    lengths.iter().try_fold(0, |mask, length| match length {
        -1 => Ok(0),
        0..=LONGEST => Ok(mask | 1 << length),
        _ => Err(Failure::Metadata("a length below 32")),
    })
}

/// Numbers of a kind, as `is_number_matching_desc`.
fn described(dag: &mut Dag, description: &Description) -> Result<Node, Failure> {
    let Some(pattern) = &description.pattern else { return Ok(dag.sink(0)) };
    let end = dag.end(1);
    let numbers = dag.language(&Pattern::wrapped(pattern)?, end);
    if description.lengths.is_empty() {
        return Ok(numbers);
    }
    let mut allowed = 0;
    for length in &description.lengths {
        if (0..=LONGEST).contains(length) {
            allowed |= 1 << length;
        }
    }
    let lengths = dag.lengths(allowed);
    Ok(dag.combine(Operation::Both, numbers, lengths))
}

/// Which of the regions of a calling code has a number in use, as `is_valid_number`: the first that claims the number, by
/// its leading digits or by having it, decides.
fn valid_of_code(dag: &mut Dag, plans: &[Plan], members: &[usize]) -> Result<Node, Failure> {
    let mut decided = dag.sink(0);
    for (place, member) in members.iter().enumerate() {
        let plan = &plans[*member];
        let mut kinds = dag.sink(0);
        for kind in &plan.kinds {
            let kind = described(dag, kind)?;
            kinds = dag.combine(Operation::First, kinds, kind);
        }
        let general = described(dag, &plan.general)?;
        let valid = dag.combine(Operation::Both, general, kinds);
        let label = u8::try_from(place + 1).ok().filter(|label| *label < CLAIMED);
        let label = label.ok_or(Failure::Metadata("fewer regions of a calling code"))?;
        let mut region = dag.relabel(valid, &|_| label);
        if members.len() > 1
            && let Some(leading) = &plan.leading_digits
        {
            let claimed = dag.sink(CLAIMED);
            let claimed = dag.language(&Pattern::wrapped(leading)?, claimed);
            region = dag.combine(Operation::First, region, claimed);
        }
        decided = dag.combine(Operation::First, decided, region);
    }
    Ok(dag.relabel(decided, &|label| if label == CLAIMED { 0 } else { label }))
}

/// As `maybe_strip_national_prefix_and_carrier_code`, without its looking at whether numbers match before and after.
fn national_prefix(dag: &mut Dag, plan: &Plan, outcomes: &mut Vec<Outcome>) -> Result<Node, Failure> {
    let Some(prefix) = &plan.national_prefix else { return Ok(dag.sink(0)) };
    let pattern = Pattern::wrapped(prefix)?;
    let rule = plan.transform.as_deref().map(rule).transpose()?;
    let ends = std::cell::RefCell::new(std::mem::take(outcomes));
    let node = dag.ways(&pattern, 0, Captures::default(), &|dag, at, captures| {
        let is_empty = |(from, to): (u8, u8)| from == to;
        let transformed = rule.as_ref().filter(|_| match (captures[1], captures[2]) {
            (Some(_), Some(second)) => !is_empty(second),
            (Some(first), None) => !is_empty(first),
            (None, _) => false,
        });
        let outcome = match transformed {
            // A group that took no part is replaced by nothing.
            Some((literal, group)) => Outcome {
                literal: literal.clone(),
                copied: captures[usize::from(*group)].unwrap_or((at, at)),
                rest: at,
            },
            None => Outcome { literal: String::new(), copied: (at, at), rest: at },
        };
        let mut ends = ends.borrow_mut();
        let place = ends.iter().position(|known| *known == outcome).unwrap_or_else(|| {
            ends.push(outcome);
            ends.len() - 1
        });
        dag.sink(u8::try_from(place + 1).unwrap_or(u8::MAX))
    });
    *outcomes = ends.into_inner();
    if outcomes.len() >= usize::from(u8::MAX) {
        return Err(Failure::Metadata("fewer outcomes of national prefixes"));
    }
    Ok(node)
}

/// `268$1`: digits, then one group.
fn rule(text: &str) -> Result<(String, u8), Failure> {
    let unknown = || Failure::Rule(text.to_owned());
    let (literal, group) = text.split_once('$').ok_or_else(unknown)?;
    let group = match group {
        "1" => 1,
        "2" => 2,
        _ => return Err(unknown()),
    };
    if literal.bytes().all(|byte| byte.is_ascii_digit()) { Ok((literal.to_owned(), group)) } else { Err(unknown()) }
}

/// Which numbers are written at home with a zero in front that is no part of them: those whose first format that fits
/// begins so. Of numbers that are not in use, nobody asks.
fn trunk_zero(dag: &mut Dag, formats: &[Format], valid: Node) -> Result<Node, Failure> {
    let mut chosen = dag.sink(0);
    for format in formats {
        let end = dag.end(1);
        let mut fits = dag.language(&Pattern::wrapped(&format.pattern)?, end);
        if let Some(leading) = format.leading_digits.last() {
            let anything = dag.sink(1);
            let leading = dag.language(&Pattern::wrapped(leading)?, anything);
            fits = dag.combine(Operation::Both, fits, leading);
        }
        let with_zero = begins_with_zero(format)?;
        let answer = dag.relabel(fits, &|_| if with_zero { 1 } else { 2 });
        chosen = dag.combine(Operation::First, chosen, answer);
    }
    let zero = dag.relabel(chosen, &|answer| if answer == 1 { 1 } else { 0 });
    // A zero that the number itself begins with is a part of it.
    let nothing = dag.sink(0);
    let mut next = dag.children(zero);
    next[0] = nothing;
    let label = dag.label(zero);
    let zero = dag.node(label, next);
    let both = dag.combine(Operation::Both, zero, valid);
    let all = dag.relabel(valid, &|_| 1);
    let mut next = dag.children(all);
    next[0] = nothing;
    let label = dag.label(all);
    let all_but_zero = dag.node(label, next);
    // All of them: then the answer is as simple as "does not begin with a zero".
    if both == all_but_zero {
        let anything = dag.sink(1);
        let mut next = [anything; 10];
        next[0] = nothing;
        return Ok(dag.node(1, next));
    }
    Ok(both)
}

/// Whether what a format writes begins with a zero, opening parentheses aside, of numbers that begin with none.
fn begins_with_zero(format: &Format) -> Result<bool, Failure> {
    let unknown = || Failure::Rule(format!("{} {}", format.format, format.prefix_rule));
    // The rule takes the place of the first group.
    let at = format.format.find('$').ok_or_else(unknown)?;
    let group = format.format.get(at..at + 2).ok_or_else(unknown)?;
    let rule = if format.prefix_rule.is_empty() { "$1" } else { &format.prefix_rule };
    let written = format!("{}{}", &format.format[..at], rule.replace("$1", group));
    match written.trim_start_matches('(').as_bytes() {
        [b'0', ..] => Ok(true),
        // The first group of a pattern is where the number begins.
        [b'$', b'1', ..] if format.pattern.starts_with("^(?:(") => Ok(false),
        [b'$', ..] => Err(unknown()),
        _ => Ok(false),
    }
}
