//! The automaton: unpacked once, then a look-up for each digit.
//!
//! `phone-automaton-generator`'s `encode.rs` says how it is packed.

use core::sync::atomic::{AtomicU16, AtomicU64, Ordering};

use crate::generated::{FAR_TARGETS, HEIGHTS, SINKS, STATES, TABLES, TARGETS};

/// A state, and with it the question that begins there; as the place of its row in the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct State(pub(crate) u16);

/// Where each digit leads from each state.
///
/// Memory that is zero until it is needed costs nothing in a program's file, unlike a table ten times the packed one. Threads
/// that come first at once all write the same.
static NEXT: [AtomicU16; STATES * ROW] = [const { AtomicU16::new(0) }; STATES * ROW];
/// What is left to be asked in a tail, which is a state from where on it does not matter which digits follow, but only how
/// many. Bit n: an answer after n digits more; after [`FAR`] and more of them; the answer from bit [`LABEL`] on.
static TAILS: [AtomicU64; STATES] = [const { AtomicU64::new(0) }; STATES];
/// Marks targets that are tails: places of rows are even.
const TAIL: u16 = 1;
const FAR: usize = 40;
const LABEL: usize = 56;

/// Digits that lead somewhere.
const ROW: usize = 10;
/// Places fit into two bytes.
const _: () = assert!(STATES * ROW <= 1 << 16);

const ROWS: usize = STATES - SINKS;
const LABELS: usize = 4 * HEIGHTS;
const HIGH: usize = LABELS + STATES;
const CHANGES: usize = HIGH + ROWS.div_ceil(8);
const KINDS: usize = CHANGES + ROWS;
const FAR_LOW: usize = KINDS + TARGETS;
const FAR_HIGH: usize = FAR_LOW + FAR_TARGETS;
/// Where the tables of the plans begin.
pub(crate) const END: usize = FAR_HIGH + FAR_TARGETS;

/// What a number (ASCII digits) is to a question: the label of the state where it ends, 0 for nothing.
#[inline]
pub(crate) fn answer(from: State, digits: &[u8]) -> u8 {
    let mut state = from;
    for (place, digit) in digits.iter().enumerate() {
        state = next(state, *digit);
        if state.0 & TAIL == TAIL {
            let tail = TAILS.get(state.number()).map_or(0, |tail| tail.load(Ordering::Relaxed));
            let more = (digits.len() - place - 1).min(FAR);
            return if tail >> more & 1 == 1 { (tail >> LABEL) as u8 } else { 0 };
        }
    }
    label(state)
}

#[inline]
fn next(state: State, digit: u8) -> State {
    let place = usize::from(state.0 & !TAIL) + usize::from(digit & 0xf);
    State(NEXT.get(place).map_or(0, |next| next.load(Ordering::Relaxed)))
}

/// The answer if the number ends here.
#[inline]
pub(crate) fn label(state: State) -> u8 {
    TABLES.get(LABELS + state.number()).copied().unwrap_or_default()
}

/// Whether a digit ends a question that has not been answered yet, with nothing.
#[inline]
pub(crate) fn leads_nowhere(from: State, digit: u8) -> bool {
    next(from, digit) == State(TAIL)
}

/// Where a digit leads.
#[cfg(test)]
pub(crate) fn step(state: State, digit: u8) -> State {
    State(next(state, digit).0 & !TAIL)
}

fn short(at: usize) -> u16 {
    u16::from_le_bytes([TABLES[at], TABLES[at + 1]])
}

impl State {
    /// The state of a number in the tables.
    pub(crate) fn numbered(number: u16) -> Self {
        Self(number.wrapping_mul(ROW as u16))
    }

    #[inline]
    fn number(self) -> usize {
        usize::from(self.0) / ROW
    }
}

/// Fills the table.
pub(crate) fn unpack() {
    // By height: the first state, and the next that nobody has wanted so far.
    let mut starts = [0_u16; HEIGHTS + 1];
    let mut fresh = [0_u16; HEIGHTS];
    for height in 0..HEIGHTS {
        fresh[height] = starts[height] + short(4 * height + 2);
        starts[height + 1] = starts[height] + short(4 * height);
    }
    let mut kinds = TABLES[KINDS..FAR_LOW].iter();
    let mut far = TABLES[FAR_LOW..FAR_HIGH].iter().zip(&TABLES[FAR_HIGH..END]);
    let mut read = 0;
    for height in (1..HEIGHTS).rev() {
        for state in starts[height]..starts[height + 1] {
            let high = u16::from(TABLES[HIGH + read / 8] >> (read % 8) & 1);
            // Bit 9 - n: digit n leads elsewhere than the digit before it; the first always does.
            let changes = 1 << 9 | high << 8 | u16::from(TABLES[CHANGES + read]);
            read += 1;
            let mut new = [0_u16; 10];
            let mut count = 0;
            let mut target = 0;
            let row = usize::from(state) * ROW;
            for (digit, next) in NEXT[row..row + ROW].iter().enumerate() {
                if changes >> (9 - digit) & 1 == 1 {
                    let kind = kinds.next().copied().unwrap_or_default();
                    target = match kind {
                        0 => 0,
                        1..=9 => new[(count - usize::from(kind)) % 10],
                        _ => {
                            let target = match kind {
                                10..=27 => {
                                    let next = &mut fresh[height - 1 - usize::from(kind - 10)];
                                    *next += 1;
                                    *next - 1
                                }
                                28..=223 => starts[height - 1] + u16::from(kind - 28),
                                _ => {
                                    let (low, high) = far.next().unwrap_or((&0, &0));
                                    let rank = u16::from_le_bytes([*low, *high]);
                                    match kind {
                                        224..=231 => starts[height - 1] + rank + (u16::from(kind - 224) << 8),
                                        _ => starts[height - 1 - usize::from(kind - 231)] + rank,
                                    }
                                }
                            };
                            new[count] = target;
                            count += 1;
                            target
                        }
                    };
                }
                next.store(State::numbered(target).0, Ordering::Relaxed);
            }
        }
    }
    mark_tails();
}

/// Finds the tails, from the sinks on, and marks what leads to them.
fn mark_tails() {
    const ALL: u64 = (1 << (FAR + 1)) - 1;
    let mut is_tail = [false; STATES];
    for (number, tail) in TAILS.iter().enumerate() {
        let row = &NEXT[number * ROW..(number + 1) * ROW];
        let label = TABLES[LABELS + number];
        if number < SINKS {
            let itself = u16::try_from(number * ROW).unwrap_or_default();
            row.iter().for_each(|next| next.store(itself | TAIL, Ordering::Relaxed));
            tail.store(if label == 0 { 0 } else { u64::from(label) << LABEL | ALL }, Ordering::Relaxed);
            is_tail[number] = true;
            continue;
        }
        // What a state leads to comes before it.
        for next in row {
            let target = next.load(Ordering::Relaxed);
            if is_tail[usize::from(target) / ROW] {
                next.store(target | TAIL, Ordering::Relaxed);
            }
        }
        let first = row[0].load(Ordering::Relaxed);
        if first & TAIL == 0 || row.iter().any(|next| next.load(Ordering::Relaxed) != first) {
            continue;
        }
        let rest = TAILS[usize::from(first) / ROW].load(Ordering::Relaxed);
        let (answers, then) = (rest & ALL, (rest >> LABEL) as u8);
        if label != 0 && then != 0 && label != then {
            continue;
        }
        let answers = (answers << 1 | answers & 1 << FAR | u64::from(label != 0)) & ALL;
        tail.store(u64::from(label.max(then)) << LABEL | answers, Ordering::Relaxed);
        is_tail[number] = true;
    }
}
