//! Randomness that a printed seed makes repeatable.

use std::sync::atomic::{AtomicU64, Ordering};

use sha2::{Digest, Sha256};
use tidegate_core::ports::Random;

/// Bits drawn from a seed by SHA-256, so that labels are independent of each other.
pub(crate) struct SeededRandom {
    seed: u64,
    drawn: AtomicU64,
}

impl SeededRandom {
    /// Starts from a seed.
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            seed,
            drawn: AtomicU64::new(0),
        }
    }

    /// A seed from the system; the process id when the system has none to give.
    pub(crate) fn draw_seed() -> u64 {
        getrandom::u64().unwrap_or_else(|_| u64::from(std::process::id()))
    }
}

impl Random for SeededRandom {
    fn seed(&self) -> u64 {
        self.seed
    }

    fn next(&self) -> u64 {
        let number = self.drawn.fetch_add(1, Ordering::Relaxed);
        self.derive(&format!("\u{0}next {number}"))
    }

    fn derive(&self, label: &str) -> u64 {
        let mut digest = Sha256::new();
        digest.update(self.seed.to_le_bytes());
        digest.update(label.as_bytes());
        digest
            .finalize()
            .iter()
            .take(8)
            .fold(0, |bits, byte| bits << 8 | u64::from(*byte))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_repeats_everything_and_labels_do_not_depend_on_draws() {
        let (first, second) = (SeededRandom::new(7), SeededRandom::new(7));
        first.next();
        assert_eq!(first.derive("a"), second.derive("a"));
        assert_ne!(first.derive("a"), first.derive("b"));
        assert_ne!(first.next(), second.next());
        assert_ne!(
            SeededRandom::new(8).derive("a"),
            SeededRandom::new(7).derive("a")
        );
    }
}
