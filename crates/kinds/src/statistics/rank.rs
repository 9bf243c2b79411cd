//! Percentiles by nearest rank, and between what they lie.

use super::binomial::{as_float, at_least, at_most};

/// What the interval of a percentile leaves out on each side.
const EACH_SIDE: f64 = 0.025;

/// The fewest samples of which none is over with which a claim about this quantile can be found right at
/// this confidence: the least n with quantileⁿ ≤ 1 − confidence. 59 for p95 and 299 for p99 at .95.
///
/// The largest number where the quantile or the confidence is not between 0 and 1.
pub fn fewest(quantile: f64, confidence: f64) -> u32 {
    let sensible = |share: f64| share > 0.0 && share < 1.0;
    if !sensible(quantile) || !sensible(confidence) {
        return u32::MAX;
    }
    let samples = ((1.0 - confidence).ln() / quantile.ln() - 1e-9).ceil();
    // The cast saturates, which is right here.
    samples.max(1.0) as u32
}

/// The rank of a quantile among so many values, from 1: the least rank with at least this share of the
/// values at or below it. None without values or when the quantile is not above 0 and at most 1.
pub(super) fn rank(count: usize, quantile: f64) -> Option<usize> {
    if count == 0 || !(quantile > 0.0 && quantile <= 1.0) {
        return None;
    }
    let exact = as_float(count as u64) * quantile;
    // .07 × 100 is a little more than 7 in binary, and its rank is 7.
    let rank = (exact - exact * 1e-12).ceil();
    Some((rank as usize).clamp(1, count))
}

/// Values in ascending order, as percentiles are taken of them.
pub fn ascending(values: impl IntoIterator<Item = f64>) -> Vec<f64> {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    values
}

/// The value at a quantile (.95 for p95) by nearest rank, of values in ascending order; it is one of the
/// values. None without values, and where the value is not a number.
///
/// Hyndman and Fan, *Sample Quantiles in Statistical Packages*, The American Statistician 50(4), 1996,
/// definition 1.
pub fn nearest_rank(ascending: &[f64], quantile: f64) -> Option<f64> {
    let value = *ascending.get(rank(ascending.len(), quantile)? - 1)?;
    (!value.is_nan()).then_some(value)
}

/// Between which two of the values, in ascending order, the true quantile lies with 95 % confidence. An
/// end is absent when there are too few values to know it.
pub fn interval(ascending: &[f64], quantile: f64) -> (Option<f64>, Option<f64>) {
    let (lower, upper) = interval_ranks(ascending.len(), quantile);
    let value = |rank: usize| {
        let value = *ascending.get(rank.checked_sub(1)?)?;
        (!value.is_nan()).then_some(value)
    };
    (lower.and_then(value), upper.and_then(value))
}

/// The ranks, from 1, of the two values of so many between which the true quantile lies with 95 %
/// confidence: 184 and 197 for p95 of 200 values. Whatever the values are distributed like, the
/// confidence is at least that.
///
/// The number of values below the true quantile is binomial: David and Nagaraja, *Order Statistics*,
/// third edition, 2003, section 7.1. Each side leaves out at most 2.5 %, as in Clopper and Pearson, *The
/// Use of Confidence or Fiducial Limits Illustrated in the Case of the Binomial*, Biometrika 26(4), 1934.
pub fn interval_ranks(count: usize, quantile: f64) -> (Option<usize>, Option<usize>) {
    if count == 0 || !(quantile > 0.0 && quantile < 1.0) {
        return (None, None);
    }
    let values = count as u64;
    // The true quantile is below the value of rank r when at most r − 1 values are below it, and above it
    // when at least r are.
    let below = |rank: usize| at_most(values, quantile, rank as u64 - 1) <= EACH_SIDE;
    let above = |rank: usize| at_least(values, quantile, rank as u64) <= EACH_SIDE;
    let beyond = first(count, |rank| !below(rank));
    let upper = first(count, above);
    let lower = beyond - 1;
    (
        (lower >= 1).then_some(lower),
        (upper <= count).then_some(upper),
    )
}

/// The first rank for which this holds, which then holds for all above; one more than `count` for none.
fn first(count: usize, holds: impl Fn(usize) -> bool) -> usize {
    let (mut low, mut high) = (1, count + 1);
    while low < high {
        let middle = low + (high - low) / 2;
        if holds(middle) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    low
}
