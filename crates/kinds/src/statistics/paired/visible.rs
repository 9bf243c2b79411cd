//! The smallest slowdown that a run could have seen.

use super::super::random::Seeded;
use super::merged::{Merged, Sorted};
use super::{EXTREME, PERMUTATIONS};

/// How many runs are imagined.
const RUNS: usize = 400;
/// How many of them must find the slowdown: 80 %.
const SEEN: usize = RUNS * 4 / 5;
/// The largest slowdown that is tried: tenfold, as a logarithm.
const LARGEST: f64 = std::f64::consts::LN_10;
/// How often the span between none and the largest is halved: to less than 1 %.
const HALVINGS: u32 = 8;

/// The smallest true ratio, new to old, that a run of as many pairs finds to be above the tolerance in
/// 80 % of cases; none where it would not find the tenfold.
///
/// How far a run's ratio strays from the true one is learned by drawing pairs from the measured ones with
/// replacement (the bootstrap: Efron and Tibshirani, *An Introduction to the Bootstrap*, 1993, chapter
/// 25). For a ratio that is tried, the new times are scaled to have it, and permuted as for the verdict:
/// that gives the least ratio that is found too large. The ratio is found by halving, so that the work is
/// bounded: [`RUNS`] draws, and 9 times [`PERMUTATIONS`] permutations.
pub(super) fn smallest(sorted: &Sorted, at_tolerance: f64, seed: u64) -> Option<f64> {
    let mut random = Seeded::new(seed).branch();
    let strays = strays(sorted, &mut random);
    let unlucky = *strays.get(RUNS - SEEN)?;
    let seen = |ratio: f64| {
        let found = ratio - at_tolerance + unlucky;
        found > critical(sorted, ratio - at_tolerance, seed)
    };
    let (mut hidden, mut visible) = (at_tolerance.max(0.0), at_tolerance.max(0.0) + LARGEST);
    if !seen(visible) {
        return None;
    }
    for _ in 0..HALVINGS {
        let middle = f64::midpoint(hidden, visible);
        if seen(middle) {
            visible = middle;
        } else {
            hidden = middle;
        }
    }
    Some(visible.exp())
}

/// By how much the ratio of each imagined run differs from the measured one, as logarithms, ascending.
fn strays(sorted: &Sorted, random: &mut Seeded) -> Vec<f64> {
    let merged = Merged::new(sorted, -sorted.ratio());
    let pairs = sorted.pairs();
    let mut strays: Vec<f64> = (0..RUNS)
        .map(|_| {
            let mut copies = vec![0_u32; pairs];
            for _ in 0..pairs {
                if let Some(drawn) = copies.get_mut(random.index(pairs)) {
                    *drawn += 1;
                }
            }
            merged.difference(|pair| (copies[pair], 0))
        })
        .collect();
    strays.sort_by(f64::total_cmp);
    strays
}

/// The difference that a run must exceed to be found too slow, when the new times are scaled to differ by
/// this from the old ones.
fn critical(sorted: &Sorted, difference: f64, seed: u64) -> f64 {
    let merged = Merged::new(sorted, difference - sorted.ratio());
    let mut random = Seeded::new(seed);
    let mut permuted: Vec<f64> = (0..PERMUTATIONS)
        .map(|_| {
            let coins = random.coins();
            merged.difference(|pair| {
                let swapped = coins.heads(pair, 1);
                (1 - swapped, swapped)
            })
        })
        .collect();
    permuted.sort_by(f64::total_cmp);
    let least = PERMUTATIONS.saturating_sub(EXTREME - 1) as usize;
    permuted.get(least).copied().unwrap_or(f64::INFINITY)
}
