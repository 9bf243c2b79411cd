//! Distributions within bounds, so that no number breaks a picture or a file.

use tidegate_core::distribution::{Distribution, KEPT, Mark};
use tidegate_core::event::Summary;

/// The most distributions of one check that are kept.
pub(crate) const MOST: usize = 1_000;
/// The most values of all distributions of a report together.
const VALUES: usize = 200_000;
/// The most percentiles of one distribution that are kept.
const MARKS: usize = 16;
/// The largest value that is told apart from larger ones; of milliseconds three years.
const LARGEST: f64 = 1e11;

/// How many values each distribution of a report may keep.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Room(usize);

impl Room {
    /// Shares the room of a report among all distributions of a run; each has the whole of [`KEPT`]
    /// unless there are very many.
    pub(crate) fn of(summary: &Summary) -> Self {
        let results = summary.results.iter();
        let kept = results.flat_map(|result| result.distributions.iter().take(MOST));
        let (mut lists, mut values) = (0_usize, 0_usize);
        for distribution in kept {
            for list in [&distribution.values, &distribution.reference] {
                lists += usize::from(!list.is_empty());
                values += list.len().min(KEPT);
            }
        }
        if values <= VALUES {
            Self(KEPT)
        } else {
            Self(VALUES / lists.max(1))
        }
    }
}

impl Default for Room {
    fn default() -> Self {
        Self(KEPT)
    }
}

/// The distribution with finite values in ascending order, at most as many as there is room for, and
/// only percentiles that are ones.
pub(crate) fn tidy(distribution: &Distribution, room: Room) -> Distribution {
    let marks = distribution.marks.iter().filter_map(mark);
    Distribution {
        subject: distribution.subject.clone(),
        unit: distribution.unit,
        values: values(&distribution.values, room),
        count: distribution.count,
        reference: values(&distribution.reference, room),
        marks: marks.take(MARKS).collect(),
    }
}

fn values(values: &[f64], Room(most): Room) -> Vec<f64> {
    let mut kept: Vec<f64> = values.iter().copied().filter_map(value).collect();
    kept.sort_by(f64::total_cmp);
    thinned(kept, most)
}

/// At most so many of the values, evenly chosen, the first and the last among them.
fn thinned(values: Vec<f64>, most: usize) -> Vec<f64> {
    if values.len() <= most {
        return values;
    }
    let (last, steps) = (values.len() - 1, most.saturating_sub(1).max(1));
    let chosen = (0..most).map(|step| step * last / steps);
    chosen.filter_map(|at| values.get(at).copied()).collect()
}

/// A value to a thousandth of its unit; nothing for what no measurement gives.
fn value(value: f64) -> Option<f64> {
    let possible = value.is_finite() && value >= 0.0;
    possible.then(|| (value.min(LARGEST) * 1e3).round() / 1e3)
}

fn mark(mark: &Mark) -> Option<Mark> {
    let possible = mark.percentile > 0.0 && mark.percentile <= 100.0;
    let (low, high) = mark.interval;
    possible.then(|| Mark {
        percentile: mark.percentile,
        value: value(mark.value).unwrap_or(f64::NAN),
        interval: (low.and_then(value), high.and_then(value)),
        budget: mark.budget.and_then(value),
        standing: mark.standing,
    })
}
