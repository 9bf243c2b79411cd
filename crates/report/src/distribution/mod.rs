//! Distributions of measured values as reports show them: bounded, with an axis, bins and words.
//!
//! What a check measured is as little to be trusted as any other foreign number: values may be no
//! numbers, in no order, or very many.

mod axis;
mod blocks;
mod histogram;
mod tidy;
pub(crate) mod words;

use tidegate_core::distribution::{Distribution, Mark, Standing};
use tidegate_core::event::Summary;
use tidegate_core::result::{CheckResult, Outcome};

pub(crate) use self::axis::Axis;
pub(crate) use self::blocks::{drawing, sparkline};
pub(crate) use self::histogram::shares;
pub(crate) use self::tidy::{MOST, Room, tidy};

/// The percentiles that are told of every distribution.
pub(crate) const TOLD: [f64; 4] = [50.0, 90.0, 95.0, 99.0];

/// The distributions of a run, each with its check and as the check gave it: those over their latency
/// budget first, then those too close to it, then those within.
pub(crate) fn all(summary: &Summary) -> Vec<(&CheckResult, &Distribution)> {
    let results = summary.results.iter();
    let mut all: Vec<(&CheckResult, &Distribution)> = results
        .flat_map(|result| result.distributions.iter().map(move |one| (result, one)))
        .filter(|(_, one)| !one.values.is_empty() || !one.marks.is_empty())
        .collect();
    all.sort_by_key(|(_, one)| rank(standing(one)));
    all
}

/// The worst that was concluded of a distribution.
pub(crate) fn standing(distribution: &Distribution) -> Standing {
    worst(distribution).map_or(Standing::Unjudged, |mark| mark.standing)
}

/// The percentile that matters most: the worst of those that were judged, else the p95, else the first.
pub(crate) fn worst(distribution: &Distribution) -> Option<&Mark> {
    let marks = || distribution.marks.iter();
    marks()
        .filter(|mark| mark.standing != Standing::Unjudged)
        .min_by_key(|mark| rank(mark.standing))
        .or_else(|| marks().find(|mark| same(mark.percentile, 95.0)))
        .or_else(|| marks().next())
}

/// What the values that a check compares its own with are of.
pub(crate) fn beside(result: &CheckResult) -> &'static str {
    match result.kind.as_str() {
        "latency" => "one client alone",
        "regression" => "the old deploy",
        _ => "before",
    }
}

/// Whether a distribution that is over a latency budget is one of those that made its check fail; else it is only
/// worth a warning.
pub(crate) fn fails(result: &CheckResult, standing: Standing) -> bool {
    standing == Standing::Over && result.outcome == Outcome::Failed
}

pub(crate) fn rank(standing: Standing) -> u8 {
    match standing {
        Standing::Over => 0,
        Standing::TooClose => 1,
        Standing::Within => 2,
        Standing::Unjudged => 3,
    }
}

/// Whether two percentiles are the same one.
pub(crate) fn same(one: f64, other: f64) -> bool {
    (one - other).abs() < 1e-6
}

/// The marks of a distribution with those of [`TOLD`] that it lacks and has values for, by percentile.
pub(crate) fn marks(distribution: &Distribution) -> Vec<Mark> {
    let mut marks = distribution.marks.clone();
    for percentile in TOLD {
        let known = marks.iter().any(|mark| same(mark.percentile, percentile));
        let value = nearest_rank(&distribution.values, percentile);
        if let (false, Some(value)) = (known, value) {
            marks.push(Mark {
                percentile,
                value,
                interval: (None, None),
                budget: None,
                standing: Standing::Unjudged,
            });
        }
    }
    marks.sort_by(|one, other| one.percentile.total_cmp(&other.percentile));
    marks
}

/// The percentile of ascending values by nearest rank: the smallest value that so many of a hundred do
/// not exceed.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "there are at most 2,000 values, and a cast of a float ends at the limits of the integer"
)]
pub(crate) fn nearest_rank(ascending: &[f64], percentile: f64) -> Option<f64> {
    let rank = (percentile / 100.0 * ascending.len() as f64).ceil() as usize;
    let at = rank.clamp(1, ascending.len().max(1)) - 1;
    ascending.get(at).copied()
}

#[cfg(test)]
mod tests;
