//! The times of both deploys in one order, to permute their labels quickly.
//!
//! A quantile far from the middle is found from the near end of the order after few steps, so that a
//! permutation needs neither sorting nor a look at most of the values.

use super::super::rank::rank;
use super::Paired;

/// What no time is below, so that its logarithm exists.
const LEAST: f64 = 1e-9;

/// The logarithms of the times of each deploy with the number of their pair, from the end of the order
/// that is nearer to the quantile.
pub(super) struct Sorted {
    old: Vec<(f64, usize)>,
    new: Vec<(f64, usize)>,
    /// How many values there are from that end to the quantile, itself included.
    depth: usize,
    descending: bool,
}

impl Sorted {
    /// None without pairs, with values that are no times, or when there is no such quantile.
    pub(super) fn new(pairs: &Paired, quantile: f64) -> Option<Self> {
        let count = pairs.old.len();
        let usable = |value: &f64| value.is_finite() && *value >= 0.0;
        let values = pairs.old.iter().chain(&pairs.new);
        if quantile >= 1.0 || pairs.new.len() != count || !values.clone().all(usable) {
            return None;
        }
        let rank = rank(count, quantile)?;
        let from_above = count - rank + 1;
        let descending = from_above < rank;
        let sort = |values: &[f64]| {
            let logarithms = values.iter().map(|value| value.max(LEAST).ln());
            let mut sorted: Vec<(f64, usize)> = logarithms.zip(0..).collect();
            sorted.sort_by(|(one, _), (other, _)| one.total_cmp(other));
            if descending {
                sorted.reverse();
            }
            sorted
        };
        Some(Self {
            old: sort(&pairs.old),
            new: sort(&pairs.new),
            depth: if descending { from_above } else { rank },
            descending,
        })
    }

    /// How many pairs there are.
    pub(super) fn pairs(&self) -> usize {
        self.old.len()
    }

    /// ln of the new quantile divided by the old one.
    pub(super) fn ratio(&self) -> f64 {
        self.new[self.depth - 1].0 - self.old[self.depth - 1].0
    }
}

/// Both deploys' times in one order.
pub(super) struct Merged {
    /// The logarithm, the pair and whether it is the new deploy's.
    entries: Vec<(f64, usize, bool)>,
    depth: usize,
}

impl Merged {
    /// Puts them together, with this added to the logarithm of each new time.
    pub(super) fn new(sorted: &Sorted, shift: f64) -> Self {
        let mut entries = Vec::with_capacity(2 * sorted.pairs());
        let mut old = sorted.old.iter().peekable();
        let mut new = sorted.new.iter().peekable();
        loop {
            let first_is_old = match (old.peek(), new.peek()) {
                (None, None) => break,
                (Some(_), None) => true,
                (None, Some(_)) => false,
                (Some((one, _)), Some((other, _))) => (*one > *other + shift) == sorted.descending,
            };
            let next = if first_is_old { old.next() } else { new.next() };
            let shift = if first_is_old { 0.0 } else { shift };
            entries.extend(next.map(|(value, pair)| (value + shift, *pair, !first_is_old)));
        }
        Self {
            entries,
            depth: sorted.depth,
        }
    }

    /// ln of the quantile of what is labelled new, less that of what is labelled old, where each pair is
    /// there so many times with its own labels, and so many times with its labels swapped; both together
    /// as often as there are pairs.
    pub(super) fn difference(&self, copies: impl Fn(usize) -> (u32, u32)) -> f64 {
        let mut old = Side::new(self.depth);
        let mut new = Side::new(self.depth);
        for (value, pair, is_new) in &self.entries {
            let (own, swapped) = copies(*pair);
            let (to_new, to_old) = if *is_new {
                (own, swapped)
            } else {
                (swapped, own)
            };
            new.take(*value, to_new);
            old.take(*value, to_old);
            if old.missing == 0 && new.missing == 0 {
                break;
            }
        }
        new.quantile - old.quantile
    }
}

/// What is labelled as one deploy's, counted from the near end until the quantile is reached.
struct Side {
    missing: usize,
    quantile: f64,
}

impl Side {
    fn new(depth: usize) -> Self {
        Self {
            missing: depth,
            quantile: 0.0,
        }
    }

    fn take(&mut self, value: f64, copies: u32) {
        if self.missing > 0 && copies > 0 {
            self.missing = self.missing.saturating_sub(copies as usize);
            self.quantile = value;
        }
    }
}
