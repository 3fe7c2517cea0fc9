//! Which rows have a sign-in name in common.

use std::hash::{BuildHasher as _, RandomState};

use crate::identity::IdentityKey;

/// What stands in a free slot.
const FREE: u32 = u32::MAX;

/// Sign-in names of rows, in one piece of memory: no name is one of its own.
pub(crate) struct Keys {
    /// The numbers of names by their hashes; a power of two of them, at most half of them taken.
    slots: Vec<u32>,
    hashes: Vec<u64>,
    /// Where each name ends in `texts`.
    ends: Vec<u32>,
    texts: Vec<u8>,
    /// Name, row and column as they came.
    holders: Vec<(u32, u32, u32)>,
    /// How many rows have each name.
    counts: Vec<u32>,
    seeds: [u64; 2],
}

impl Keys {
    /// For about so many rows.
    pub(crate) fn with_capacity(rows: usize) -> Self {
        let random = RandomState::new();
        Self {
            slots: vec![FREE; (rows * 2).next_power_of_two().max(16)],
            hashes: Vec::with_capacity(rows),
            ends: Vec::with_capacity(rows),
            texts: Vec::with_capacity(rows * 24),
            holders: Vec::with_capacity(rows),
            counts: Vec::with_capacity(rows),
            seeds: [random.hash_one(0), random.hash_one(1)],
        }
    }

    /// Takes note of a row's address and username, as they are accepted.
    pub(crate) fn hold(
        &mut self,
        row: u32,
        email: Option<(usize, &str)>,
        username: Option<(usize, &str, Option<&str>)>,
    ) {
        let first = email.map(|(at, email)| self.add(row, at, email, None));
        if let Some((at, username, domain)) = username {
            let start = self.holders.len();
            let second = self.add(row, at, username, domain);
            // Who signs in with the address is not its double.
            if first == Some(second) {
                self.holders.truncate(start);
                self.counts[second as usize] -= 1;
            }
        }
    }

    /// Takes note of a row's keys.
    pub(crate) fn hold_keys(&mut self, row: u32, keys: &[(usize, IdentityKey)]) {
        for (at, key) in keys {
            let start = self.texts.len();
            self.texts.extend_from_slice(key.as_str().as_bytes());
            self.keep(row, *at, start);
        }
    }

    /// Adds a name that may have a domain of its own, and answers its number.
    fn add(&mut self, row: u32, at: usize, name: &str, domain: Option<&str>) -> u32 {
        let start = self.texts.len();
        if name.is_ascii() && domain.is_none_or(str::is_ascii) {
            self.texts.extend_from_slice(name.as_bytes());
            if let Some(domain) = domain {
                self.texts.push(b'@');
                self.texts.extend_from_slice(domain.as_bytes());
            }
            self.texts[start..].make_ascii_lowercase();
        } else {
            let key = match domain {
                Some(domain) => IdentityKey::from_username(&format!("{name}@{domain}")),
                None => IdentityKey::from_username(name),
            };
            self.texts.extend_from_slice(key.as_str().as_bytes());
        }
        self.keep(row, at, start)
    }

    /// Adds the name that `texts` ends with.
    fn keep(&mut self, row: u32, at: usize, start: usize) -> u32 {
        let number = self.find_or_keep(start);
        self.counts[number as usize] += 1;
        self.holders.push((number, row, u32::try_from(at).unwrap_or_default()));
        number
    }

    /// The number of the name that `texts` ends with.
    fn find_or_keep(&mut self, start: usize) -> u32 {
        let hash = hash(&self.texts[start..], self.seeds);
        let mask = self.slots.len() - 1;
        let mut slot = place(hash) & mask;
        loop {
            let number = self.slots[slot];
            if number == FREE {
                break;
            }
            let at = number as usize;
            if self.hashes[at] == hash {
                let from = at.checked_sub(1).map_or(0, |before| self.ends[before] as usize);
                if self.texts[from..self.ends[at] as usize] == self.texts[start..] {
                    self.texts.truncate(start);
                    return number;
                }
            }
            slot = (slot + 1) & mask;
        }
        let number = u32::try_from(self.hashes.len()).unwrap_or(FREE - 1);
        self.slots[slot] = number;
        self.hashes.push(hash);
        self.ends.push(u32::try_from(self.texts.len()).unwrap_or(u32::MAX));
        self.counts.push(0);
        if self.hashes.len() * 2 > self.slots.len() {
            self.grow();
        }
        number
    }

    fn grow(&mut self) {
        self.slots = vec![FREE; self.slots.len() * 2];
        let mask = self.slots.len() - 1;
        for (number, hash) in (0..).zip(&self.hashes) {
            let mut slot = place(*hash) & mask;
            while self.slots[slot] != FREE {
                slot = (slot + 1) & mask;
            }
            self.slots[slot] = number;
        }
    }

    /// Rows that have a name in common, name by name: each with its column. Rows come in their order.
    pub(crate) fn doubles(&self) -> Vec<Vec<(u32, usize)>> {
        let mut groups: Vec<Vec<(u32, usize)>> = Vec::new();
        let mut group_of: Vec<u32> = Vec::new();
        if self.counts.iter().any(|count| *count > 1) {
            group_of = vec![FREE; self.counts.len()];
        }
        for (number, row, at) in &self.holders {
            let number = *number as usize;
            if self.counts[number] < 2 {
                continue;
            }
            if group_of[number] == FREE {
                group_of[number] = u32::try_from(groups.len()).unwrap_or_default();
                groups.push(Vec::with_capacity(self.counts[number] as usize));
            }
            groups[group_of[number] as usize].push((*row, *at as usize));
        }
        groups
    }
}

/// Where a hash belongs.
fn place(hash: u64) -> usize {
    usize::try_from(hash >> 32).unwrap_or_default()
}

/// Mixes two numbers so that each bit of both counts.
fn mixed(a: u64, b: u64) -> u64 {
    let low = |n: u64| n & 0xffff_ffff;
    // Two products of halves: the whole one is slow where words have 32 bits.
    (low(a).wrapping_mul(b >> 32)) ^ low(b).wrapping_mul(a >> 32).rotate_left(32) ^ a.rotate_left(17)
}

/// A hash that cannot be foreseen without the seeds.
fn hash(bytes: &[u8], seeds: [u64; 2]) -> u64 {
    let word = |bytes: &[u8]| {
        let mut word = [0; 8];
        word[..bytes.len()].copy_from_slice(bytes);
        u64::from_le_bytes(word)
    };
    let mut hash = seeds[0] ^ u64::try_from(bytes.len()).unwrap_or_default();
    let mut chunks = bytes.chunks_exact(8);
    for chunk in &mut chunks {
        hash = mixed(hash ^ word(chunk), seeds[1]).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
    let rest = mixed(hash ^ word(chunks.remainder()), seeds[1]).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    rest ^ rest >> 29
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn rows_have_in_common_what_their_keys_have_in_common(
            names in proptest::collection::vec("[abAB\u{e9}\u{df}]{0,2}@?[xX]?", 0..60),
            capacity in 0..40_usize,
        ) {
            let mut keys = Keys::with_capacity(capacity);
            let mut expected: HashMap<IdentityKey, Vec<(u32, usize)>> = HashMap::new();
            for (row, name) in (0..).zip(&names) {
                keys.hold(row, Some((3, name)), None);
                expected.entry(IdentityKey::from_email(name)).or_default().push((row, 3));
            }
            let mut expected: Vec<_> = expected.into_values().filter(|rows| rows.len() > 1).collect();
            expected.sort_unstable();
            let mut doubles = keys.doubles();
            doubles.sort_unstable();
            prop_assert_eq!(doubles, expected);
        }
    }
}
