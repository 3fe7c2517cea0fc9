//! What this crate says is what rlibphonenumber says with the same metadata.

mod oracle;

use oracle::{Mutations, can_be_asked, ours, theirs};
use phone_automaton::Region;

const NUMBERS: usize = 200_000;
/// Change it to see others; the benchmark asks about ten million.
const SEED: u64 = 6;

#[test]
fn mutated_numbers_of_all_regions_are_read_alike() {
    let mut mutations = Mutations::new(SEED);
    let (mut wrong, mut in_use, mut read) = (Vec::new(), 0, 0);
    for _ in 0..NUMBERS {
        let (text, home) = mutations.number();
        if !can_be_asked(&text) {
            continue;
        }
        let (ours, theirs) = (ours(&text, home), theirs(&text, home));
        read += usize::from(ours.is_ok());
        in_use +=
            usize::from(ours.as_ref().is_ok_and(|answer| matches!(answer.verdict, phone_automaton::Verdict::InUse(_))));
        if ours != theirs {
            wrong.push(format!("{text:?} in {home:?}: {ours:?}, and it should be {theirs:?}"));
        }
    }
    let count = wrong.len();
    wrong.truncate(20);
    assert!(wrong.is_empty(), "{count} differ:\n{}", wrong.join("\n"));
    // The sample is worth something: much is in use, much is not, much is no number.
    assert!(in_use * 5 > NUMBERS && (read - in_use) * 10 > NUMBERS && (NUMBERS - read) * 20 > NUMBERS);
}

#[test]
fn every_character_around_a_number_is_read_alike() {
    let mut wrong = Vec::new();
    // Where characters of scripts are, all of them; of the ideographs and the private ones beyond, a few.
    let far = ('\u{20000}'..=char::MAX).step_by(997).chain('\u{e0000}'..'\u{e0200}');
    for c in ('\0'..'\u{20000}').chain(far) {
        // Before, within and behind; behind an extension.
        let texts = [format!("{c}+16502530000"), format!("+1650253{c}0000"), format!("+16502530000{c}")];
        for text in texts {
            let (ours, theirs) = (ours(&text, None), theirs(&text, None));
            // Characters that are newer than the oracle: it lets them stand, and finds no number.
            let newer = theirs.is_err() && ours.is_ok() && !c.is_ascii();
            if ours != theirs && !(newer && c > '\u{a0}') {
                wrong.push(format!("{text:?}: {ours:?}, and it should be {theirs:?}"));
            }
        }
    }
    assert_eq!(wrong, [""; 0]);
}

#[test]
fn regions_are_those_of_the_oracle() {
    let util = &*rlibphonenumber::PHONE_NUMBER_UTIL;
    let mut theirs: Vec<String> = util.get_supported_regions().map(|region| region.to_string()).collect();
    let mut ours: Vec<String> =
        Region::all().filter(|region| region.is_geographic()).map(|region| region.code().to_owned()).collect();
    theirs.sort();
    ours.sort();
    assert_eq!(ours, theirs);
    for code in 0..1000 {
        let main = util.get_region_for_country_code(i32::from(code)).map(|region| region.to_string());
        assert_eq!(Region::of_calling_code(code).map(|region| region.code().to_owned()), main, "{code}");
    }
    assert_eq!(Region::of("de"), Region::of("DE"));
    for code in ["", "D", "XX", "DEU", "01", "é", "001", "AQ"] {
        assert_eq!(Region::of(code), None, "{code}");
    }
}
