//! Whether one of two deploys that were measured together is slower.

use super::Conclusion;
use super::random::Seeded;
use super::rank::{fewest, nearest_rank};

/// How often the labels are permuted.
pub const PERMUTATIONS: usize = 199;
/// The error on each side.
const ERROR: f64 = 0.05;
/// What no time is below, so that its logarithm exists.
const LEAST: f64 = 1e-9;

/// Times of two deploys that were measured together.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Paired {
    /// The old deploy's.
    pub old: Vec<f64>,
    /// The new deploy's: as many, and each was measured beside the old one at the same place.
    pub new: Vec<f64>,
}

/// What a comparison found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Comparison {
    /// Whether the new deploy is slower by more than the tolerance.
    pub conclusion: Conclusion,
    /// The new quantile divided by the old one; not a number when the times could not be compared.
    pub ratio: f64,
    /// How probable it is to look as slow as this, or slower, when it is slower by just the tolerance.
    pub upper: f64,
    /// How probable it is to look as fast as this, or faster, when it is slower by just the tolerance.
    pub lower: f64,
    /// The smallest slowdown that a run like this one sees 80 % of the time: 1.43 for 43 % slower.
    pub visible: Option<f64>,
}

/// Compares a quantile of two deploys: whether the new one is at most (1 + `tolerance`) times the old.
pub fn compare(pairs: &Paired, tolerance: f64, quantile: f64, seed: u64) -> Comparison {
    let nothing = Comparison {
        conclusion: Conclusion::TooFew,
        ratio: f64::NAN,
        upper: 1.0,
        lower: 1.0,
        visible: None,
    };
    let usable = |values: &[f64]| {
        values
            .iter()
            .all(|value| value.is_finite() && *value >= 0.0)
    };
    let sensible = tolerance.is_finite() && tolerance > -1.0 && quantile > 0.0 && quantile < 1.0;
    if !sensible || pairs.old.len() != pairs.new.len() || !usable(&pairs.old) || !usable(&pairs.new)
    {
        return nothing;
    }
    let scaled: Vec<f64> = pairs
        .new
        .iter()
        .map(|value| value / (1.0 + tolerance))
        .collect();
    let Some(observed) = difference(&pairs.old, &scaled, quantile) else {
        return nothing;
    };
    let mut random = Seeded::new(seed);
    let (mut above, mut below) = (1_u32, 1_u32);
    for _ in 0..PERMUTATIONS {
        let (mut one, mut other) = (pairs.old.clone(), scaled.clone());
        for (left, right) in one.iter_mut().zip(&mut other) {
            if random.next() & 1 == 1 {
                std::mem::swap(left, right);
            }
        }
        let permuted = difference(&one, &other, quantile).unwrap_or(0.0);
        above += u32::from(permuted >= observed);
        below += u32::from(permuted <= observed);
    }
    let share = |times: u32| f64::from(times) / (PERMUTATIONS + 1) as f64;
    let (upper, lower) = (share(above), share(below));
    let conclusion = if upper <= ERROR {
        Conclusion::Over
    } else if pairs.old.len() < fewest(quantile, 1.0 - ERROR) as usize {
        Conclusion::TooFew
    } else if lower <= ERROR {
        Conclusion::Within
    } else {
        Conclusion::TooClose
    };
    Comparison {
        conclusion,
        ratio: observed.exp() * (1.0 + tolerance),
        upper,
        lower,
        visible: None,
    }
}

/// ln of the new quantile less ln of the old one.
fn difference(old: &[f64], new: &[f64], quantile: f64) -> Option<f64> {
    let logarithm = |values: &[f64]| {
        let mut values = values.to_vec();
        values.sort_by(f64::total_cmp);
        nearest_rank(&values, quantile).map(|value| value.max(LEAST).ln())
    };
    Some(logarithm(new)? - logarithm(old)?)
}
