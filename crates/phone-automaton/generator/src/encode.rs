//! Writes the automaton down so that a general compressor finds little left to do, and a loop can read it.
//!
//! States are grouped by height, which is how many digits they may still read. In each group come first the *shared*
//! states, which several states lead to, the most wanted first; then the others, in the order in which they are wanted; then
//! those that only roots lead to. So most targets are "the next one that nobody wanted before" or a small number in the
//! group right below. `phone-automaton`'s `tables.rs` reads it back.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Write as _;

use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UNICODE_VERSION, UnicodeGeneralCategory as _};

use crate::{
    Failure,
    compile::{Compiled, CompiledPlan},
    dag::{Dag, Node},
};

/// Kinds of targets, each a byte; those that are not here are ranks of shared states in the group below.
mod kind {
    /// Nothing matches any more.
    pub(super) const NOTHING: u8 = 0;
    /// The same as another digit's before: 1 for the last state that was new to this one, up to 9.
    pub(super) const AGAIN: u8 = 1;
    /// The next state of the group that nobody wanted before; 10 for the group below, up to 18 groups below that.
    pub(super) const FRESH: u8 = 10;
    /// A shared state of the group below; 28 for its first.
    pub(super) const SHARED: u8 = 28;
    /// A shared state of the group below with a rank of more than a byte: this plus the high byte.
    pub(super) const SHARED_FAR: u8 = 224;
    /// A shared state of a group further below: this plus how many groups.
    pub(super) const SHARED_BELOW: u8 = 231;
}

/// The two files that are committed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Encoded {
    /// The tables.
    pub tables: Vec<u8>,
    /// Rust: their sizes and versions.
    pub sizes: String,
}

/// What the numbers come from.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// libphonenumber's version.
    pub metadata_version: &'a str,
    /// The crate whose metadata it is, with its version.
    pub package: &'a str,
    /// The metadata itself.
    pub bytes: &'a [u8],
}

/// Writes everything down.
///
/// # Errors
/// If something has become too large for its field.
pub fn encode(compiled: &Compiled, source: Source<'_>) -> Result<Encoded, Failure> {
    let plans: Vec<&CompiledPlan> = compiled
        .calling_codes
        .values()
        .flat_map(|members| members.iter().map(|member| &compiled.plans[*member]))
        .collect();
    if plans.len() >= usize::from(u8::MAX) {
        return Err(Failure::Metadata("fewer regions"));
    }
    let roots: Vec<Node> = plans
        .iter()
        .flat_map(|plan| [plan.valid, plan.general, plan.national_prefix, plan.international_prefix, plan.trunk_zero])
        .collect();
    let states = States::new(&compiled.dag, &roots);
    let mut tables = Vec::new();
    let automaton = states.write(&compiled.dag, &mut tables)?;
    write_plans(&plans, &states, &mut tables)?;
    let outcomes = write_outcomes(compiled, &mut tables)?;
    let digits = write_digits(&mut tables);
    let ends = write_ends(&mut tables);
    let mut sizes = String::from("//! Made by `cargo xtask phone-metadata`.\n\n");
    let (major, minor, patch) = UNICODE_VERSION;
    let texts = [
        ("libphonenumber's version of the metadata.", "METADATA_VERSION", source.metadata_version.to_owned()),
        ("Where the metadata is from.", "METADATA_SOURCE", source.package.to_owned()),
        ("FNV-1a of the metadata's bytes.", "METADATA_HASH", format!("{:016x}", fnv(source.bytes))),
        ("Unicode's version of the characters' categories.", "UNICODE_VERSION", format!("{major}.{minor}.{patch}")),
    ];
    for (doc, name, value) in texts {
        let _ = write!(sizes, "/// {doc}\npub const {name}: &str = \"{value}\";\n");
    }
    let numbers = [
        ("STATES", states.order.len()),
        ("SINKS", states.heights[0].size),
        ("HEIGHTS", states.heights.len()),
        ("TARGETS", automaton.targets),
        ("FAR_TARGETS", automaton.far),
        ("PLANS", plans.len()),
        ("OUTCOMES", outcomes),
        ("DIGITS", digits),
        ("ENDS", ends),
    ];
    for (name, value) in numbers {
        let _ = writeln!(sizes, "pub(crate) const {name}: usize = {value};");
    }
    let _ = writeln!(sizes, "pub(crate) static TABLES: &[u8; {}] = include_bytes!(\"tables.bin\");", tables.len());
    Ok(Encoded { tables, sizes })
}

fn fnv(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3))
}

/// One group of states.
#[derive(Debug, Clone, Copy, Default)]
struct Height {
    start: usize,
    size: usize,
    shared: usize,
}

struct States {
    order: Vec<Node>,
    place: HashMap<Node, usize>,
    height: HashMap<Node, usize>,
    heights: Vec<Height>,
    wanted: HashMap<Node, u32>,
}

/// How long the streams of variable length are.
struct Streams {
    targets: usize,
    far: usize,
}

impl States {
    fn new(dag: &Dag, roots: &[Node]) -> Self {
        let nothing = roots.iter().copied().find(|root| dag.is_sink(*root) && dag.label(*root) == 0);
        let mut height = HashMap::new();
        for root in roots {
            measure(dag, *root, &mut height);
        }
        let mut wanted: HashMap<Node, u32> = HashMap::new();
        for node in height.keys().filter(|node| !dag.is_sink(**node)) {
            for child in distinct(dag, *node) {
                *wanted.entry(child).or_default() += 1;
            }
        }
        let tallest = height.values().copied().max().unwrap_or_default();
        let mut groups: Vec<Vec<Node>> = vec![Vec::new(); tallest + 1];
        let mut first_wanted: Vec<Vec<Node>> = vec![Vec::new(); tallest + 1];
        let mut heights = vec![Height::default(); tallest + 1];
        // The order in which roots and their states are found does not depend on how the nodes were made.
        let found = found(dag, roots);
        for level in (0..=tallest).rev() {
            let members: Vec<Node> = found.iter().copied().filter(|node| height[node] == level).collect();
            let times = |node: &Node| wanted.get(node).copied().unwrap_or_default();
            let is_shared = |node: &&Node| level == 0 || times(node) > 1;
            let mut group: Vec<Node> = members.iter().copied().filter(|node| is_shared(&node)).collect();
            // Nothing is always state 0.
            group.sort_by_key(|node| (Some(*node) != nothing, std::cmp::Reverse(times(node))));
            heights[level].shared = group.len();
            group.append(&mut first_wanted[level]);
            group.extend(members.iter().filter(|node| level > 0 && times(node) == 0));
            heights[level].size = group.len();
            for node in &group {
                for child in distinct(dag, *node) {
                    let below = height[&child];
                    if below > 0 && times(&child) == 1 && !dag.is_sink(*node) {
                        first_wanted[below].push(child);
                    }
                }
            }
            groups[level] = group;
        }
        let mut start = 0;
        for level in &mut heights {
            level.start = start;
            start += level.size;
        }
        let order: Vec<Node> = groups.into_iter().flatten().collect();
        let place = order.iter().enumerate().map(|(place, node)| (*node, place)).collect();
        Self { order, place, height, heights, wanted }
    }

    fn write(&self, dag: &Dag, tables: &mut Vec<u8>) -> Result<Streams, Failure> {
        for level in &self.heights {
            tables.extend(short(level.size)?);
            tables.extend(short(level.shared)?);
        }
        tables.extend(self.order.iter().map(|node| dag.label(*node)));
        let (mut changes, mut high) = (Vec::new(), Vec::new());
        let (mut targets, mut far_low, mut far_high) = (Vec::new(), Vec::new(), Vec::new());
        for (level, group) in self.heights.iter().enumerate().skip(1).rev() {
            for node in &self.order[group.start..group.start + group.size] {
                let next = dag.children(*node);
                let mut change = 0_u16;
                let mut new: Vec<Node> = Vec::new();
                for digit in 0..10 {
                    if digit > 0 && next[digit] == next[digit - 1] {
                        continue;
                    }
                    // Bit 8: digit 1 goes elsewhere than digit 0.
                    change |= if digit > 0 { 1 << (9 - digit) } else { 0 };
                    let target = next[digit];
                    if self.place[&target] == 0 {
                        targets.push(kind::NOTHING);
                        continue;
                    }
                    if let Some(back) = new.iter().rev().position(|known| *known == target) {
                        targets.push(kind::AGAIN + byte(back)?);
                        continue;
                    }
                    new.push(target);
                    let target_level = self.height[&target];
                    let below = level - 1 - target_level;
                    let rank = self.place[&target] - self.heights[target_level].start;
                    // What the kinds leave room for.
                    if below >= usize::from(kind::SHARED - kind::FRESH) || rank >= 8 << 8 {
                        return Err(Failure::Metadata("a smaller automaton"));
                    }
                    if target_level > 0 && self.wanted[&target] == 1 {
                        targets.push(kind::FRESH + byte(below)?);
                    } else if below == 0 && rank < usize::from(kind::SHARED_FAR - kind::SHARED) {
                        targets.push(kind::SHARED + byte(rank)?);
                    } else if below == 0 {
                        targets.push(kind::SHARED_FAR + byte(rank >> 8)?);
                        far_low.push(byte(rank & 0xff)?);
                        far_high.push(0);
                    } else {
                        targets.push(kind::SHARED_BELOW + byte(below)?);
                        far_low.push(byte(rank & 0xff)?);
                        far_high.push(byte(rank >> 8)?);
                    }
                }
                changes.push(byte(usize::from(change & 0xff))?);
                high.push(change >> 8 != 0);
            }
        }
        let bits = high
            .chunks(8)
            .map(|bits| bits.iter().enumerate().fold(0, |byte, (place, bit)| byte | u8::from(*bit) << place));
        let streams = Streams { targets: targets.len(), far: far_low.len() };
        tables.extend(bits);
        for stream in [changes, targets, far_low, far_high] {
            tables.extend(stream);
        }
        Ok(streams)
    }
}

/// The states that a state leads to, each once, without the one where nothing matches.
fn distinct(dag: &Dag, node: Node) -> Vec<Node> {
    let mut seen = HashSet::new();
    let children = dag.children(node);
    let kept = |child: &Node| !(dag.is_sink(*child) && dag.label(*child) == 0) && seen.insert(*child);
    children.into_iter().filter(kept).collect()
}

fn measure(dag: &Dag, node: Node, heights: &mut HashMap<Node, usize>) -> usize {
    if let Some(known) = heights.get(&node) {
        return *known;
    }
    let height = if dag.is_sink(node) {
        0
    } else {
        1 + dag.children(node).into_iter().map(|child| measure(dag, child, heights)).max().unwrap_or_default()
    };
    heights.insert(node, height);
    height
}

/// Breadth first, from the roots.
fn found(dag: &Dag, roots: &[Node]) -> Vec<Node> {
    let mut seen = HashSet::new();
    let mut found: Vec<Node> = Vec::new();
    found.extend(roots.iter().copied().filter(|root| seen.insert(*root)));
    let mut at = 0;
    while at < found.len() {
        let children = dag.children(found[at]);
        found.extend(children.into_iter().filter(|child| seen.insert(*child)));
        at += 1;
    }
    found
}

fn byte(value: usize) -> Result<u8, Failure> {
    u8::try_from(value).map_err(|_| Failure::Metadata("a smaller automaton"))
}

fn short(value: usize) -> Result<[u8; 2], Failure> {
    Ok(u16::try_from(value).map_err(|_| Failure::Metadata("a smaller automaton"))?.to_le_bytes())
}

/// Column by column: regions, calling codes, roots, lengths.
fn write_plans(plans: &[&CompiledPlan], states: &States, tables: &mut Vec<u8>) -> Result<(), Failure> {
    for plan in plans {
        // 001 is no two letters: the digits of its end are taken.
        let id = plan.id.as_bytes();
        tables.extend(id.get(id.len().saturating_sub(2)..).filter(|id| id.len() == 2).unwrap_or(b"??"));
    }
    let mut columns: Vec<Vec<u16>> = vec![plans.iter().map(|plan| plan.calling_code).collect()];
    let roots: [fn(&CompiledPlan) -> Node; 5] = [
        |plan| plan.valid,
        |plan| plan.general,
        |plan| plan.national_prefix,
        |plan| plan.international_prefix,
        |plan| plan.trunk_zero,
    ];
    for root in roots {
        let places = plans.iter().map(|plan| states.place[&root(plan)]);
        let places = places.map(|place| u16::try_from(place).map_err(|_| Failure::Metadata("a smaller automaton")));
        columns.push(places.collect::<Result<_, _>>()?);
    }
    for column in columns {
        tables.extend(column.iter().map(|value| value.to_le_bytes()[0]));
        tables.extend(column.iter().map(|value| value.to_le_bytes()[1]));
    }
    for mask in [|plan: &CompiledPlan| plan.lengths, |plan: &CompiledPlan| plan.local_lengths] {
        for part in 0..4 {
            tables.extend(plans.iter().map(|plan| mask(plan).to_le_bytes()[part]));
        }
    }
    Ok(())
}

/// Eight bytes each: how many digits come first, four of them, from where to where is copied, where the rest begins.
fn write_outcomes(compiled: &Compiled, tables: &mut Vec<u8>) -> Result<usize, Failure> {
    for outcome in &compiled.outcomes {
        let literal = outcome.literal.as_bytes();
        if literal.len() > 4 {
            return Err(Failure::Rule(outcome.literal.clone()));
        }
        tables.push(byte(literal.len())?);
        tables.extend((0..4).map(|at| literal.get(at).map_or(0, |digit| digit - b'0')));
        tables.extend([outcome.copied.0, outcome.copied.1, outcome.rest]);
    }
    Ok(compiled.outcomes.len())
}

/// The zeros of all scripts; the digits follow them.
fn write_digits(tables: &mut Vec<u8>) -> usize {
    let mut zeros: BTreeMap<u32, ()> = BTreeMap::new();
    let mut last = None;
    for c in ('\0'..=char::MAX).filter(|c| c.general_category() == GeneralCategory::DecimalNumber) {
        let number = u32::from(c);
        // Blocks of ten may touch one another.
        if last.is_none_or(|zero| number >= zero + 10) {
            zeros.insert(number, ());
            last = Some(number);
        }
    }
    let bytes: Vec<[u8; 4]> = zeros.keys().map(|zero| zero.to_le_bytes()).collect();
    for part in 0..3 {
        tables.extend(bytes.iter().map(|bytes| bytes[part]));
    }
    bytes.len()
}

/// What ends a number, so that it is cut off with all that is like it: assigned characters that are no letters, numbers
/// or `#`. As lengths of runs, beginning with those that do not end one; of more than 127 in bytes of seven bits.
fn write_ends(tables: &mut Vec<u8>) -> usize {
    let ends = |c: char| {
        let group = c.general_category_group();
        c != '#'
            && c.general_category() != GeneralCategory::Unassigned
            && !matches!(group, GeneralCategoryGroup::Letter | GeneralCategoryGroup::Number)
    };
    let mut runs = Vec::new();
    let (mut now, mut length) = (false, 0_u32);
    // Surrogates are no characters: what is said of them is said of nothing.
    for number in 0..=u32::from(char::MAX) {
        let this = char::from_u32(number).map_or(now, ends);
        if this != now {
            runs.push(length);
            (now, length) = (this, 0);
        }
        length += 1;
    }
    runs.push(length);
    let before = tables.len();
    for mut run in runs {
        while run > 0x7f {
            tables.push(u8::try_from(run & 0x7f).unwrap_or_default() | 0x80);
            run >>= 7;
        }
        tables.push(u8::try_from(run).unwrap_or_default());
    }
    tables.len() - before
}
