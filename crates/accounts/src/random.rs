//! Randomness as a port, so that tests can repeat a run.

/// Gives unpredictable bytes.
pub trait Randomness: Send + Sync {
    /// Fills an array with bytes fit for keys and tokens.
    fn bytes<const N: usize>(&self) -> [u8; N];
}

/// The operating system's generator.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemRandomness;

impl Randomness for SystemRandomness {
    #[expect(clippy::expect_used, reason = "without the system's generator no token may be made at all")]
    fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0_u8; N];
        getrandom::fill(&mut bytes).expect("the system's random generator");
        bytes
    }
}
