//! The automaton: unpacked once, then a look-up for each digit.
//!
//! `phone-automaton-generator`'s `encode.rs` says how it is packed.

use core::sync::atomic::{AtomicBool, AtomicU16, Ordering};

use crate::generated::{FAR_TARGETS, HEIGHTS, SINKS, STATES, TABLES, TARGETS};

/// A state, and with it the question that begins there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct State(pub(crate) u16);

/// Where each digit leads from each state.
///
/// Memory that is zero until it is needed costs nothing in a program's file, unlike a table ten times the packed one. Threads
/// that come first at once all write the same.
static NEXT: [AtomicU16; STATES * 10] = [const { AtomicU16::new(0) }; STATES * 10];
static UNPACKED: AtomicBool = AtomicBool::new(false);

const ROWS: usize = STATES - SINKS;
const LABELS: usize = 4 * HEIGHTS;
const HIGH: usize = LABELS + STATES;
const CHANGES: usize = HIGH + ROWS.div_ceil(8);
const KINDS: usize = CHANGES + ROWS;
const FAR_LOW: usize = KINDS + TARGETS;
const FAR_HIGH: usize = FAR_LOW + FAR_TARGETS;
/// Where the tables of the plans begin.
pub(crate) const END: usize = FAR_HIGH + FAR_TARGETS;

/// What a number is to a question: the label of the state where it ends, 0 for nothing.
pub(crate) fn answer(from: State, digits: &[u8]) -> u8 {
    if !UNPACKED.load(Ordering::Acquire) {
        unpack();
    }
    let mut state = from;
    for digit in digits {
        // Sinks come first: nothing that follows makes a difference.
        if usize::from(state.0) < SINKS {
            break;
        }
        state = next(state, *digit);
    }
    label(state)
}

fn next(state: State, digit: u8) -> State {
    let place = usize::from(state.0) * 10 + usize::from(digit & 0xf);
    State(NEXT.get(place).map_or(0, |next| next.load(Ordering::Relaxed)))
}

/// The answer if the number ends here.
pub(crate) fn label(state: State) -> u8 {
    TABLES.get(LABELS + usize::from(state.0)).copied().unwrap_or_default()
}

/// Where a digit leads.
#[cfg(test)]
pub(crate) fn step(state: State, digit: u8) -> State {
    answer(state, &[]);
    if usize::from(state.0) < SINKS { state } else { next(state, digit) }
}

fn short(at: usize) -> u16 {
    u16::from_le_bytes([TABLES[at], TABLES[at + 1]])
}

#[cold]
fn unpack() {
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
            let row = usize::from(state) * 10;
            for (digit, next) in NEXT[row..row + 10].iter().enumerate() {
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
                next.store(target, Ordering::Relaxed);
            }
        }
    }
    UNPACKED.store(true, Ordering::Release);
}
