//! Whether one of two deploys that were measured together is slower.

mod merged;
mod visible;

use super::Conclusion;
use super::random::Seeded;
use super::rank::fewest;
use merged::{Merged, Sorted};

/// How often the labels are permuted: with the labels as they are that makes 200, so that .05 is a whole
/// number of them.
pub const PERMUTATIONS: u32 = 199;
/// The error on each side.
const ERROR: f64 = 0.05;
/// How many permutations of 200 may look as extreme as what was measured, itself included.
const EXTREME: u32 = 10;

/// Times of two deploys that were measured together.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Paired {
    /// The old deploy's.
    pub old: Vec<f64>,
    /// The new deploy's: as many, and each was measured beside the old one at the same place. Which of
    /// the two came first is left to chance.
    pub new: Vec<f64>,
}

/// What a comparison found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Comparison {
    /// Whether the new deploy is slower by more than the tolerance.
    pub conclusion: Conclusion,
    /// The new quantile divided by the old one; not a number when the times cannot be compared.
    pub ratio: f64,
    /// Between what the true ratio lies. Each end is wrong 5 % of the time, as the conclusion is: the lower
    /// end is above 1 + tolerance exactly when the conclusion is [`Over`](Conclusion::Over). An end is
    /// absent when there are too few pairs to know it.
    pub interval: (Option<f64>, Option<f64>),
    /// How probable it is to look as slow as this or slower if the new deploy is slower by just the
    /// tolerance.
    pub upper: f64,
    /// How probable it is to look as fast as this or faster if the new deploy is slower by just the
    /// tolerance.
    pub lower: f64,
    /// The smallest slowdown that a run like this one sees 80 % of the time: 1.43 for 43 % slower. Absent
    /// when it would not even see the tenfold.
    pub visible: Option<f64>,
}

impl Comparison {
    /// Of pairs that cannot be compared.
    const NOTHING: Self = Self {
        conclusion: Conclusion::TooFew,
        ratio: f64::NAN,
        interval: (None, None),
        upper: 1.0,
        lower: 1.0,
        visible: None,
    };
}

/// Compares a quantile (.95 for p95) of two deploys: whether the new one's is at most (1 + `tolerance`)
/// times the old one's. With the times of a short page as `old` and those of a long one as `new` it tells
/// in the same way how the time grows.
///
/// The new times are divided by (1 + tolerance). If that is just how much slower the new deploy is, then
/// swapping the two times of a pair changes nothing but by chance. So the labels are swapped in a random
/// choice of the pairs, [`PERMUTATIONS`] times, and the difference of the logarithms of the quantiles is
/// held against those: Fisher, *The Design of Experiments*, 1935, section 21; the shares count what was
/// measured as one of them: Phipson and Smyth, *Permutation P-values Should Never Be Zero*, Statistical
/// Applications in Genetics and Molecular Biology 9(1), 2010. What slows the machine for a while slows
/// both times of a pair and so does not look like a slower deploy.
///
/// Nothing is concluded from values that are not all finite and at least 0, nor when there are not as
/// many of the one as of the other; and no deploy is found fast enough by fewer pairs than
/// [`fewest`](super::fewest) says.
pub fn compare(pairs: &Paired, tolerance: f64, quantile: f64, seed: u64) -> Comparison {
    let sensible = tolerance.is_finite() && tolerance > -1.0;
    let Some(sorted) = Sorted::new(pairs, quantile).filter(|_| sensible) else {
        return Comparison::NOTHING;
    };
    let at_tolerance = (1.0 + tolerance).ln();
    let (above, below) = extremes(&sorted, at_tolerance, seed);
    let conclusion = if above <= EXTREME {
        Conclusion::Over
    } else if pairs.old.len() < fewest(quantile, 1.0 - ERROR) as usize {
        Conclusion::TooFew
    } else if below <= EXTREME {
        Conclusion::Within
    } else {
        Conclusion::TooClose
    };
    let share = |times: u32| f64::from(times) / f64::from(PERMUTATIONS + 1);
    Comparison {
        conclusion,
        ratio: sorted.ratio().exp(),
        interval: interval(&sorted, at_tolerance, seed),
        upper: share(above),
        lower: share(below),
        visible: visible::smallest(&sorted, at_tolerance, seed),
    }
}

/// In how many permutations the new deploy looks as slow as it does or slower, and as fast or faster, if
/// its times are divided by this (a logarithm); the one without a swap counts.
fn extremes(sorted: &Sorted, divisor: f64, seed: u64) -> (u32, u32) {
    let merged = Merged::new(sorted, -divisor);
    let observed = sorted.ratio() - divisor;
    let mut random = Seeded::new(seed);
    let (mut above, mut below) = (1, 1);
    for _ in 0..PERMUTATIONS {
        let coins = random.coins();
        let difference = merged.difference(|pair| {
            let swapped = coins.heads(pair, 1);
            (1 - swapped, swapped)
        });
        above += u32::from(difference >= observed - ROUNDING);
        below += u32::from(difference <= observed + ROUNDING);
    }
    (above, below)
}

/// What two logarithms of the same ratio may differ by.
const ROUNDING: f64 = 1e-9;

/// How far from the measured ratio an end of its interval is looked for, as a logarithm: tenfold.
const REACH: f64 = std::f64::consts::LN_10;
/// How often the span in which an end lies is halved: to a thousandth of it.
const HALVINGS: u32 = 10;

/// Every ratio that the test would not find wrong on either side, from the least to the largest.
fn interval(sorted: &Sorted, at_tolerance: f64, seed: u64) -> (Option<f64>, Option<f64>) {
    let measured = sorted.ratio();
    let too_low = |ratio: f64| extremes(sorted, ratio, seed).0 <= EXTREME;
    let too_high = |ratio: f64| extremes(sorted, ratio, seed).1 <= EXTREME;
    let lower = edge(measured, -REACH, at_tolerance, too_low);
    let upper = edge(measured, REACH, at_tolerance, too_high);
    (lower.map(f64::exp), upper.map(f64::exp))
}

/// The ratio nearest to the measured one, in the direction of `reach`, that is found wrong. The search
/// begins at the tolerance where that is on the way, so that it never contradicts the conclusion.
fn edge(measured: f64, reach: f64, tolerance: f64, wrong: impl Fn(f64) -> bool) -> Option<f64> {
    let (mut right, mut found) = (measured, measured + reach);
    if (tolerance - measured) * reach > 0.0 && (tolerance - measured).abs() < reach.abs() {
        if wrong(tolerance) {
            found = tolerance;
        } else {
            right = tolerance;
        }
    }
    if found != tolerance && !wrong(found) {
        return None;
    }
    for _ in 0..HALVINGS {
        let middle = f64::midpoint(right, found);
        if wrong(middle) {
            found = middle;
        } else {
            right = middle;
        }
    }
    Some(found)
}
