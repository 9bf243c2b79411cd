//! Values of which a bounded number is kept.

use tidegate_core::distribution::KEPT;

use super::random::Seeded;

/// Keeps at most [`KEPT`] values, of which every value that came has the same chance to be one. Percentiles
/// and their intervals of those are right for all, as an even choice of a sample is a sample too; with more
/// values than are kept they are wider than they could be.
///
/// Algorithm R: Vitter, *Random Sampling with a Reservoir*, ACM TOMS 11(1), 1985.
#[derive(Debug, Clone)]
pub struct Reservoir<V> {
    kept: Vec<V>,
    count: u64,
    random: Seeded,
}

impl<V> Reservoir<V> {
    /// Empty; the seed decides which values stay when there are too many.
    pub fn new(seed: u64) -> Self {
        Self {
            kept: Vec::new(),
            count: 0,
            random: Seeded::new(seed),
        }
    }

    /// Takes a value.
    pub fn add(&mut self, value: V) {
        self.count += 1;
        if self.kept.len() < KEPT {
            self.kept.push(value);
            return;
        }
        let place = self.random.below(self.count);
        let place = usize::try_from(place).unwrap_or(usize::MAX);
        if let Some(kept) = self.kept.get_mut(place) {
            *kept = value;
        }
    }

    /// How many values came.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The kept values, in no order.
    pub fn kept(&self) -> &[V] {
        &self.kept
    }
}
