//! The smallest slowdown that a run could have seen.

use super::super::random::Seeded;
use super::Trial;
use super::merged::{Merged, Sorted};

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
/// bounded: [`RUNS`] draws, and 9 times the permutations of the verdict.
pub(super) fn smallest(trial: &mut Trial) -> Option<f64> {
    let strays = strays(&trial.sorted, &mut trial.random);
    let unlucky = *strays.get(RUNS - SEEN)?;
    let at_tolerance = trial.at_tolerance;
    let seen = |ratio: f64| {
        let found = ratio - at_tolerance + unlucky;
        found > critical(trial, ratio - at_tolerance)
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
            merged.drawn(&copies)
        })
        .collect();
    strays.sort_by(f64::total_cmp);
    strays
}

/// The difference that a run must exceed to be found too slow, when the new times are scaled to differ by
/// this from the old ones.
fn critical(trial: &Trial, difference: f64) -> f64 {
    let merged = Merged::new(&trial.sorted, difference - trial.sorted.ratio());
    let swaps = trial.swaps.each();
    let mut permuted: Vec<f64> = swaps.map(|swapped| merged.permuted(swapped)).collect();
    permuted.sort_by(f64::total_cmp);
    // What was measured counts as one of those that may be as extreme.
    let place = permuted.len().checked_sub(trial.extreme as usize);
    let critical = place.and_then(|place| permuted.get(place));
    critical.copied().unwrap_or(f64::INFINITY)
}
