//! The times of both deploys in one order, to permute their labels quickly.
//!
//! A quantile far from the middle is found from the near end of the order after few steps, so that a
//! permutation needs neither sorting nor a look at most of the values.

use super::super::random::Seeded;
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

/// Which pairs have their labels swapped, in each of several permutations: a bit for each pair.
pub(super) struct Swaps {
    bits: Vec<u64>,
    /// How many words a permutation has.
    words: usize,
}

impl Swaps {
    /// So many permutations of so many pairs, each label swapped with probability ½.
    pub(super) fn new(permutations: u32, pairs: usize, random: &mut Seeded) -> Self {
        let words = pairs.div_ceil(64).max(1);
        let all = words * permutations as usize;
        Self {
            bits: (0..all).map(|_| random.draw()).collect(),
            words,
        }
    }

    /// Each permutation.
    pub(super) fn each(&self) -> impl Iterator<Item = &[u64]> {
        self.bits.chunks_exact(self.words)
    }
}

/// Both deploys' times in one order.
pub(super) struct Merged {
    entries: Vec<Entry>,
    depth: usize,
}

/// A time.
struct Entry {
    logarithm: f64,
    pair: usize,
    /// 1 for the new deploy's, 0 for the old one's.
    deploy: usize,
}

impl Merged {
    /// Puts them together, with this added to the logarithm of each new time.
    pub(super) fn new(sorted: &Sorted, shift: f64) -> Self {
        let mut entries = Vec::with_capacity(2 * sorted.pairs());
        let mut old = sorted.old.iter().peekable();
        let mut new = sorted.new.iter().peekable();
        loop {
            let deploy = match (old.peek(), new.peek()) {
                (None, None) => break,
                (Some(_), None) => 0,
                (None, Some(_)) => 1,
                (Some((one, _)), Some((other, _))) => {
                    usize::from((*one > *other + shift) != sorted.descending)
                }
            };
            let (next, shift) = match deploy {
                0 => (old.next(), 0.0),
                _ => (new.next(), shift),
            };
            entries.extend(next.map(|(logarithm, pair)| Entry {
                logarithm: logarithm + shift,
                pair: *pair,
                deploy,
            }));
        }
        Self {
            entries,
            depth: sorted.depth,
        }
    }

    /// ln of the quantile of what is labelled new, less that of what is labelled old, in a permutation.
    pub(super) fn permuted(&self, swapped: &[u64]) -> f64 {
        self.difference(|entry| {
            let word = swapped.get(entry.pair / 64).copied().unwrap_or(0);
            let swap = usize::from((word >> (entry.pair % 64)) & 1 == 1);
            (entry.deploy ^ swap, 1)
        })
    }

    /// The same with the labels as they are, where each pair is there so many times, all together as
    /// often as there are pairs.
    pub(super) fn drawn(&self, copies: &[u32]) -> f64 {
        self.difference(|entry| {
            let copies = copies.get(entry.pair).copied().unwrap_or(0);
            (entry.deploy, copies as usize)
        })
    }

    /// The same for any labels and copies.
    fn difference(&self, labelled: impl Fn(&Entry) -> (usize, usize)) -> f64 {
        // Of the old and the new: how many values are missing until the quantile, and the quantile.
        let mut missing = [self.depth; 2];
        let mut quantiles = [0.0; 2];
        for entry in &self.entries {
            let (label, copies) = labelled(entry);
            let label = label & 1;
            if missing[label] == 0 {
                continue;
            }
            missing[label] = missing[label].saturating_sub(copies);
            if missing[label] == 0 {
                quantiles[label] = entry.logarithm;
                if missing[label ^ 1] == 0 {
                    break;
                }
            }
        }
        quantiles[1] - quantiles[0]
    }
}
