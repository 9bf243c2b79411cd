//! How much of a distribution lies where.

use super::Axis;

/// Which share of the values lies in each of so many equal parts of the axis.
#[allow(clippy::cast_precision_loss, reason = "there are at most 2,000 values")]
pub(crate) fn shares(values: &[f64], axis: &Axis, parts: usize) -> Vec<f64> {
    let mut counts = vec![0_usize; parts];
    for value in values {
        if let Some(count) = counts.get_mut(part(*value, axis, parts)) {
            *count += 1;
        }
    }
    let all = values.len().max(1) as f64;
    counts.into_iter().map(|count| count as f64 / all).collect()
}

/// In which of so many equal parts of the axis a value lies, from 0.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a place is between 0 and 1, and there are few parts"
)]
pub(super) fn part(value: f64, axis: &Axis, parts: usize) -> usize {
    let last = parts.saturating_sub(1);
    ((axis.place(value) * parts as f64) as usize).min(last)
}
