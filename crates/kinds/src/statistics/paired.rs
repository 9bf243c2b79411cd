//! Whether one of two deploys that were measured together is slower.

mod merged;
mod visible;

use super::Conclusion;
use super::random::Seeded;
use super::rank::fewest;
use merged::{Merged, Sorted, Swaps};

/// How often the labels are permuted, for one comparison: with the labels as they are that makes 200, so
/// that .05 is a whole number of them.
pub const PERMUTATIONS: u32 = 199;
/// The error on each side.
const ERROR: f64 = 0.05;
/// How many of 200 may look as extreme as what was measured, itself included.
const EXTREME: u32 = 10;
/// For how many comparisons there are more permutations; with more comparisons there are only fewer of
/// them that may look as extreme.
const MOST_COMPARISONS: u32 = 50;

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
    /// Between what the true ratio lies. Each end is wrong 5 % of the time: of a single comparison the lower
    /// end is 1 + tolerance or above exactly when the conclusion is [`Over`](Conclusion::Over). An end is
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
    compare_among(pairs, tolerance, quantile, 1, seed)
}

/// The same as one of so many comparisons of a check. The more there are, the rarer each is found slower
/// by chance: the error on that side is .05 divided by their number (Bonferroni), and there are as many
/// times more permutations, as 200 could not show so small a share. No deploy is harder to find fast
/// enough, and the interval of the ratio is the one of a single comparison.
pub fn compare_among(
    pairs: &Paired,
    tolerance: f64,
    quantile: f64,
    comparisons: u32,
    seed: u64,
) -> Comparison {
    let Some(mut trial) = Trial::new(pairs, tolerance, quantile, comparisons, seed) else {
        return Comparison::NOTHING;
    };
    let (above, below) = trial.extremes();
    let share = |times: u32, of: u32| f64::from(times) / f64::from(of + 1);
    Comparison {
        conclusion: trial.judge(above, below),
        ratio: trial.sorted.ratio().exp(),
        interval: interval(&trial),
        upper: share(above, trial.permutations),
        lower: share(below, PERMUTATIONS),
        visible: visible::smallest(&mut trial),
    }
}

/// The conclusion of [`compare`] alone, at a thirtieth of the work.
pub fn conclude(pairs: &Paired, tolerance: f64, quantile: f64, seed: u64) -> Conclusion {
    let trial = Trial::new(pairs, tolerance, quantile, 1, seed);
    trial.map_or(Conclusion::TooFew, |trial| {
        let (above, below) = trial.extremes();
        trial.judge(above, below)
    })
}

/// How probable it is that the new deploy looks as fast as it does, or faster, if it is slower by just this
/// (.5 for 50 %): a small share rules out that it is so slow. 1 when the times cannot be compared.
pub fn as_fast(pairs: &Paired, slower: f64, quantile: f64, seed: u64) -> f64 {
    let trial = Trial::new(pairs, slower, quantile, 1, seed);
    trial.map_or(1.0, |trial| {
        f64::from(trial.extremes().1) / f64::from(PERMUTATIONS + 1)
    })
}

/// What is needed to try ratios.
struct Trial {
    sorted: Sorted,
    quantile: f64,
    /// ln of the ratio that is just tolerated.
    at_tolerance: f64,
    /// How many permutations there are.
    permutations: u32,
    /// How many of them may look as slow as what was measured, itself included, when it is slower.
    extreme: u32,
    swaps: Swaps,
    random: Seeded,
}

impl Trial {
    fn new(
        pairs: &Paired,
        tolerance: f64,
        quantile: f64,
        comparisons: u32,
        seed: u64,
    ) -> Option<Self> {
        if !(tolerance.is_finite() && tolerance > -1.0) {
            return None;
        }
        let sorted = Sorted::new(pairs, quantile)?;
        let comparisons = comparisons.max(1);
        let times = comparisons.min(MOST_COMPARISONS);
        let permutations = (PERMUTATIONS + 1) * times - 1;
        let mut random = Seeded::new(seed);
        Some(Self {
            quantile,
            at_tolerance: (1.0 + tolerance).ln(),
            permutations,
            extreme: (EXTREME * times / comparisons).max(1),
            swaps: Swaps::new(permutations, sorted.pairs(), &mut random),
            sorted,
            random,
        })
    }

    /// In how many of all permutations the new deploy looks as slow as it does, or slower, if it is slower
    /// by just the tolerance; and in how many of the first [`PERMUTATIONS`] as fast or faster.
    fn extremes(&self) -> (u32, u32) {
        let all = extremes(&self.sorted, self.at_tolerance, self.swaps.each());
        let first = extremes(&self.sorted, self.at_tolerance, self.first());
        (all.0, first.1)
    }

    /// The permutations of a single comparison.
    fn first(&self) -> impl Iterator<Item = &[u64]> {
        self.swaps.each().take(PERMUTATIONS as usize)
    }

    fn judge(&self, above: u32, below: u32) -> Conclusion {
        if above <= self.extreme {
            Conclusion::Over
        } else if self.sorted.pairs() < fewest(self.quantile, 1.0 - ERROR) as usize {
            Conclusion::TooFew
        } else if below <= EXTREME {
            Conclusion::Within
        } else {
            Conclusion::TooClose
        }
    }
}

/// In how many permutations the new deploy looks as slow as it does or slower, and as fast or faster, if
/// its times are divided by this (given as its logarithm); the one without a swap counts.
fn extremes<'s>(
    sorted: &Sorted,
    divisor: f64,
    swaps: impl Iterator<Item = &'s [u64]>,
) -> (u32, u32) {
    let merged = Merged::new(sorted, -divisor);
    let observed = sorted.ratio() - divisor;
    let (mut above, mut below) = (1, 1);
    for swapped in swaps {
        let difference = merged.permuted(swapped);
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
fn interval(trial: &Trial) -> (Option<f64>, Option<f64>) {
    let measured = trial.sorted.ratio();
    let too_low = |ratio: f64| extremes(&trial.sorted, ratio, trial.first()).0 <= EXTREME;
    let too_high = |ratio: f64| extremes(&trial.sorted, ratio, trial.first()).1 <= EXTREME;
    let lower = edge(measured, -REACH, trial.at_tolerance, too_low);
    let upper = edge(measured, REACH, trial.at_tolerance, too_high);
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
