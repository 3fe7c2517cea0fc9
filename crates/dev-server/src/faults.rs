//! What the cloud may do to us and one machine never would: repeated, late and reordered events, transaction
//! conflicts, half-done batches. All by seed.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

/// How often what goes wrong, in thousandths.
#[derive(Debug, Clone, Default)]
pub struct Faults {
    /// Where the pseudo-random numbers start.
    pub seed: u64,
    /// Events (stream batches and mail events) that are delivered twice.
    pub duplicate_per_mille: u32,
    /// Stream batches that wait before they are delivered; lanes overtake each other then.
    pub delay_per_mille: u32,
    /// The longest such wait.
    pub longest_delay: Duration,
    /// Writes refused with a transaction conflict, and batches of which a part is left undone.
    pub storage_per_mille: u32,
}

impl Faults {
    /// Nothing goes wrong.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// A little of everything goes wrong: what tests run with.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self {
            seed,
            duplicate_per_mille: 50,
            delay_per_mille: 50,
            longest_delay: Duration::from_millis(40),
            storage_per_mille: 5,
        }
    }
}

/// Draws from a seed (splitmix64). Which event a draw meets depends on the interleaving; how many go wrong does not.
#[derive(Debug)]
pub(crate) struct Dice {
    faults: Faults,
    state: AtomicU64,
}

impl Dice {
    pub(crate) fn new(faults: Faults) -> Self {
        let state = AtomicU64::new(faults.seed);
        Self { faults, state }
    }

    fn draw(&self) -> u64 {
        const GAMMA: u64 = 0x9E37_79B9_7F4A_7C15;
        let mut z = self.state.fetch_add(GAMMA, Ordering::Relaxed).wrapping_add(GAMMA);
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn happens(&self, per_mille: u32) -> bool {
        per_mille > 0 && self.draw() % 1_000 < u64::from(per_mille)
    }

    pub(crate) fn duplicates(&self) -> bool {
        self.happens(self.faults.duplicate_per_mille)
    }

    pub(crate) fn storage_fails(&self) -> bool {
        self.happens(self.faults.storage_per_mille)
    }

    pub(crate) fn delay(&self) -> Option<Duration> {
        let longest = u64::try_from(self.faults.longest_delay.as_millis()).unwrap_or(u64::MAX);
        (longest > 0 && self.happens(self.faults.delay_per_mille)).then(|| Duration::from_millis(self.draw() % longest))
    }

    /// A number below `bound`.
    pub(crate) fn below(&self, bound: usize) -> usize {
        let bound = u64::try_from(bound.max(1)).unwrap_or(1);
        usize::try_from(self.draw() % bound).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_faults() {
        let draws = |seed| {
            let dice = Dice::new(Faults::seeded(seed));
            (0..1_000).map(|_| dice.duplicates()).collect::<Vec<_>>()
        };
        assert_eq!(draws(7), draws(7));
        assert_ne!(draws(7), draws(8));
        let count = draws(7).into_iter().filter(|&happens| happens).count();
        assert!((20..100).contains(&count), "{count} of 1,000 at 50 per mille");
    }

    #[test]
    fn without_faults_nothing_goes_wrong() {
        let dice = Dice::new(Faults::none());
        assert!((0..1_000).all(|_| !dice.duplicates() && !dice.storage_fails() && dice.delay().is_none()));
    }
}
