//! `cargo xtask unicode-tables`: what crates/validation knows of characters, from the crates that are its oracles in tests.

use std::fs;
use std::iter::once;
use std::path::{Path, PathBuf};

use idna_adapter::{
    Adapter, FIRST_BC_MASK, LAST_LTR_MASK, LAST_RTL_MASK, LEFT_OR_DUAL_JOINING_MASK, MIDDLE_LTR_MASK, MIDDLE_RTL_MASK,
    RIGHT_OR_DUAL_JOINING_MASK,
};
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::{canonical_combining_class, compose, decompose_canonical, decompose_compatible};
use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeGeneralCategory as _};

use crate::process::{Outcome, at, say};
use crate::root;

/// Writes the tables.
pub(crate) fn write() -> Outcome<()> {
    for (path, bytes) in files() {
        if let Some(folder) = path.parent() {
            at(folder, fs::create_dir_all(folder))?;
        }
        at(&path, fs::write(&path, &bytes))?;
        say(&format!("{}: {} bytes", path.display(), bytes.len()));
    }
    Ok(())
}

/// Whether what is committed is what would be written.
pub(crate) fn is_current(log: &Path) -> Outcome<bool> {
    let mut same = true;
    for (path, bytes) in files() {
        same &= at(&path, fs::read(&path))? == bytes;
    }
    let how = if same { "" } else { "`cargo xtask unicode-tables` writes them anew\n" };
    at(log, fs::write(log, format!("test result: {} passed; {} failed\n{how}", u8::from(same), u8::from(!same))))?;
    Ok(same)
}

fn files() -> [(PathBuf, Vec<u8>); 2] {
    let folder = root().join("crates/validation/src/unicode");
    let tables = packed([categories(), combining_classes(), decompositions(), foldings()]);
    [(folder.join("tables.bin"), tables), (folder.join("idna.bin"), packed(domains()))]
}

/// Tables one after the other, each with the number of its bytes in front.
fn packed<const N: usize>(tables: [Vec<Vec<u8>>; N]) -> Vec<u8> {
    let mut packed = Vec::new();
    for table in tables.into_iter().flatten() {
        varint(&mut packed, u32::try_from(table.len()).unwrap_or(u32::MAX));
        packed.extend(table);
    }
    packed
}

fn all() -> impl Iterator<Item = char> {
    '\0'..=char::MAX
}

/// Runs of one kind: how long, and of which kind.
fn categories() -> Vec<Vec<u8>> {
    let kind = |c: char| match (c.general_category(), c.general_category_group()) {
        (GeneralCategory::DecimalNumber, _) => 1,
        (_, GeneralCategoryGroup::Letter) => 2,
        (_, GeneralCategoryGroup::Mark) => 3,
        (_, GeneralCategoryGroup::Other) => 4,
        _ => 0,
    };
    runs(all().map(|c| (c, kind(c))))
}

/// Runs of one canonical combining class.
fn combining_classes() -> Vec<Vec<u8>> {
    runs(all().map(|c| (c, canonical_combining_class(c))))
}

fn runs(values: impl Iterator<Item = (char, u8)>) -> Vec<Vec<u8>> {
    let (mut lengths, mut kinds) = (Vec::new(), Vec::new());
    let (mut start, mut now) = (0, None);
    for (c, value) in values {
        if let Some(before) = now.filter(|before| *before != value) {
            varint(&mut lengths, u32::from(c) - start);
            kinds.push(before);
            start = u32::from(c);
        }
        now = Some(value);
    }
    varint(&mut lengths, u32::from(char::MAX) + 1 - start);
    kinds.extend(now);
    vec![lengths, kinds]
}

/// How far from the character before, which kind, what it becomes. Hangul syllables are computed.
///
/// Kinds: 0 for the two characters that it is composed of again; 1 to 4 for so many that it is not composed of again; 16 and
/// more for that many of a compatibility decomposition, which is complete.
fn decompositions() -> Vec<Vec<u8>> {
    let mut table = Mappings::default();
    for c in all().filter(|c| !('\u{ac00}'..='\u{d7a3}').contains(c)) {
        let (mut canonical, mut compatible) = (Vec::new(), Vec::new());
        decompose_canonical(c, |part| canonical.push(part));
        decompose_compatible(c, |part| compatible.push(part));
        if canonical != [c] {
            let pair = canonical.split_last().and_then(|(last, first)| {
                let first = first.iter().copied().map(Some).reduce(|a, b| compose(a?, b?))??;
                (compose(first, *last) == Some(c)).then_some([first, *last])
            });
            match pair {
                Some(pair) => table.push(c, 0, &pair),
                None => table.push(c, length(&canonical), &canonical),
            }
        } else if compatible != [c] {
            table.push(c, 16 + length(&compatible), &compatible);
        }
    }
    table.streams()
}

/// How far from the character before, how many, what it becomes.
fn foldings() -> Vec<Vec<u8>> {
    let mut table = Mappings::default();
    for c in all() {
        let folded: Vec<char> = caseless::default_case_fold_str(&c.to_string()).chars().collect();
        if folded != [c] {
            table.push(c, length(&folded), &folded);
        }
    }
    table.streams()
}

/// What domain names are made of (UTS 46): what becomes of characters, what that cannot be computed of the other tables
/// becomes, directions, and how letters join.
fn domains() -> [Vec<Vec<u8>>; 4] {
    let adapter = Adapter::new();
    let mut exceptions = Mappings::default();
    let (mut kinds, mut directions, mut joinings) = (Vec::new(), Vec::new(), Vec::new());
    let (mut direction, mut joining) = (0, 0);
    for c in all() {
        let mapped: Vec<char> = adapter.map_normalize(once(c)).collect();
        // 0: computed. 1: stays. 2: not allowed. 3: left out.
        let kind = match mapped.as_slice() {
            [] => 3,
            mapped if mapped.contains(&char::REPLACEMENT_CHARACTER) => 2,
            mapped if *mapped == computed(c) => 0,
            [same] if *same == c => 1,
            mapped => {
                exceptions.push(c, length(mapped), mapped);
                0
            }
        };
        kinds.push((c, kind));
        // Of what is in no domain name nothing more is asked, so that runs get longer.
        if kind < 2 {
            direction = direction_of(&adapter, c);
            joining = joining_of(&adapter, c);
        }
        directions.push((c, direction));
        joinings.push((c, joining));
    }
    let runs = |values: Vec<(char, u8)>| runs(values.into_iter());
    [runs(kinds), exceptions.streams(), runs(directions), runs(joinings)]
}

/// What crates/validation computes.
fn computed(c: char) -> Vec<char> {
    let folded: String = caseless::default_case_fold_str(&once(c).nfkc().nfd().collect::<String>()).nfc().collect();
    folded.nfkc().collect()
}

/// 0: never in a domain with what is written from right to left. 1: left to right. 2: right to left. 3, 4: European, Arabic
/// digits. 5: marks without a width. 6: neutral.
fn direction_of(adapter: &Adapter, c: char) -> u8 {
    let class = adapter.bidi_class(c);
    let is = |mask: idna_adapter::BidiClassMask| mask.intersects(class.to_mask());
    match () {
        () if class.is_nonspacing_mark() => 5,
        () if class.is_european_number() => 3,
        () if class.is_arabic_number() => 4,
        () if is(FIRST_BC_MASK) => {
            if class.is_ltr() {
                1
            } else {
                2
            }
        }
        () if is(MIDDLE_LTR_MASK) && is(MIDDLE_RTL_MASK) && !is(LAST_LTR_MASK) && !is(LAST_RTL_MASK) => 6,
        () => 0,
    }
}

/// 1: joins what is to its left. 2: to its right. 3: both. 4: does not count. 0: none.
fn joining_of(adapter: &Adapter, c: char) -> u8 {
    let joining = adapter.joining_type(c);
    let is = |mask: idna_adapter::JoiningTypeMask| u8::from(mask.intersects(joining.to_mask()));
    if joining.is_transparent() {
        return 4;
    }
    is(LEFT_OR_DUAL_JOINING_MASK) + 2 * is(RIGHT_OR_DUAL_JOINING_MASK)
}

fn length(chars: &[char]) -> u8 {
    u8::try_from(chars.len()).unwrap_or(u8::MAX)
}

/// Characters that become others, in streams that compress well.
#[derive(Default)]
struct Mappings {
    last: u32,
    distances: Vec<u8>,
    kinds: Vec<u8>,
    /// The first, as its distance from the first of the mapping before or from the character, whichever is nearer as a rule.
    firsts: Vec<u8>,
    shift: i64,
    others: Vec<u8>,
}

impl Mappings {
    fn push(&mut self, c: char, kind: u8, to: &[char]) {
        let c = u32::from(c);
        varint(&mut self.distances, c - self.last);
        self.last = c;
        self.kinds.push(kind);
        let Some((first, others)) = to.split_first() else { return };
        // How far it is mapped, compared with how far the one before was.
        let shift = i64::from(u32::from(*first)) - i64::from(c);
        let change = shift - self.shift;
        self.shift = shift;
        let zigzag = (change << 1) ^ (change >> 63);
        varint(&mut self.firsts, u32::try_from(zigzag).unwrap_or(u32::MAX));
        others.iter().for_each(|other| varint(&mut self.others, u32::from(*other)));
    }

    fn streams(self) -> Vec<Vec<u8>> {
        vec![self.distances, self.kinds, self.firsts, self.others]
    }
}

fn varint(bytes: &mut Vec<u8>, mut value: u32) {
    while value > 0x7f {
        bytes.push(u8::try_from(value & 0x7f).unwrap_or_default() | 0x80);
        value >>= 7;
    }
    bytes.push(u8::try_from(value).unwrap_or_default());
}
