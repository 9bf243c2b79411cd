//! Times held against a route that should not change.

use std::time::Duration;

/// A value and when it was measured.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Timed {
    /// When, on the run's monotonic clock.
    pub at: Duration,
    /// What was measured.
    pub value: f64,
}

/// The values as they would be if the machine were as fast as it was then, in the order of `samples`.
///
/// The samples are cut by time into so many blocks of equal size; the values of each are divided by
/// (median of the control route now / its median then). A block with fewer than three control values
/// takes those nearest in time to it. That assumes that whatever slows the machine slows both routes by
/// the same factor: say so in the report.
///
/// Empty, so that nothing is proven, without a usable control value or when the median then is not a
/// positive number.
pub fn normalise(
    samples: &[Timed],
    control_now: &[Timed],
    control_then_median: f64,
    blocks: usize,
) -> Vec<f64> {
    let usable = |value: f64| value.is_finite() && value > 0.0;
    let mut control: Vec<Timed> = control_now.to_vec();
    control.retain(|sample| usable(sample.value));
    control.sort_by_key(|sample| sample.at);
    if control.is_empty() || !usable(control_then_median) {
        return Vec::new();
    }
    let mut order: Vec<usize> = (0..samples.len()).collect();
    order.sort_by_key(|place| samples[*place].at);
    let mut normalised = vec![f64::NAN; samples.len()];
    let size = samples.len().div_ceil(blocks.max(1)).max(1);
    for block in order.chunks(size) {
        let (Some(first), Some(last)) = (block.first(), block.last()) else {
            continue;
        };
        let nearby = during(&control, samples[*first].at, samples[*last].at);
        let factor = median(nearby) / control_then_median;
        for place in block {
            normalised[*place] = samples[*place].value / factor;
        }
    }
    normalised
}

/// The fewest control values whose median stands for a block.
const FEWEST: usize = 3;

/// The control values from one instant to another, and where they are too few, those nearest in time.
fn during(control: &[Timed], from: Duration, until: Duration) -> &[Timed] {
    let mut start = control.partition_point(|sample| sample.at < from);
    let mut end = control
        .partition_point(|sample| sample.at <= until)
        .max(start);
    while end - start < FEWEST.min(control.len()) {
        let before = start
            .checked_sub(1)
            .map(|place| from.saturating_sub(control[place].at));
        let after = control
            .get(end)
            .map(|sample| sample.at.saturating_sub(until));
        match (before, after) {
            (Some(before), Some(after)) if before <= after => start -= 1,
            (Some(_), None) => start -= 1,
            _ => end += 1,
        }
    }
    &control[start..end]
}

/// The middle value, or the mean of the two in the middle.
fn median(values: &[Timed]) -> f64 {
    let mut values: Vec<f64> = values.iter().map(|sample| sample.value).collect();
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match (values.len() % 2, middle.checked_sub(1)) {
        (0, Some(lower)) => f64::midpoint(values[lower], values[middle]),
        _ => values.get(middle).copied().unwrap_or(f64::NAN),
    }
}
