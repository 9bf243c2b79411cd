//! An axis on which values lie, with ticks that people read easily.

use tidegate_core::distribution::Distribution;

/// From which ratio of the largest to the smallest value on the axis is logarithmic.
const WIDE: f64 = 30.0;
/// How many powers of ten a logarithmic axis spans at most.
const DECADES: i32 = 9;
/// The most ticks.
const TICKS: usize = 5;
/// Steps between ticks within a power of ten, the finest first.
const STEPS: [&[f64]; 3] = [&[1.0, 2.0, 5.0], &[1.0, 3.0], &[1.0]];

/// An axis from one value to a larger one.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Axis {
    low: f64,
    high: f64,
    /// Whether each step along it multiplies, not adds.
    pub(crate) logarithmic: bool,
    /// Where ticks stand, ascending.
    pub(crate) ticks: Vec<f64>,
}

impl Axis {
    /// An axis for everything that a tidied distribution has; nothing when it has no number.
    pub(crate) fn of(distribution: &Distribution) -> Option<Self> {
        let ends = |values: &[f64]| [values.first().copied(), values.last().copied()];
        let mut numbers: Vec<f64> = [&distribution.values, &distribution.reference]
            .into_iter()
            .flat_map(|values| ends(values))
            .flatten()
            .collect();
        for mark in &distribution.marks {
            let (low, high) = mark.interval;
            let known = [Some(mark.value), mark.budget, low, high];
            numbers.extend(known.into_iter().flatten().filter(|one| one.is_finite()));
        }
        let low = numbers.iter().copied().reduce(f64::min)?;
        let high = numbers.iter().copied().reduce(f64::max)?;
        let positive = numbers.iter().copied().filter(|one| *one > 0.0);
        let smallest = positive.reduce(f64::min).unwrap_or(high);
        if smallest > 0.0 && high / smallest > WIDE {
            Some(Self::logarithmic(smallest, high))
        } else {
            Some(Self::linear(low, high))
        }
    }

    fn logarithmic(low: f64, high: f64) -> Self {
        let least = high / 10_f64.powi(DECADES);
        let (first, last) = (decade(low.max(least)), decade(high));
        let all = |steps: &[f64]| -> Vec<f64> {
            let decades = (first..=last + 1)
                .flat_map(|power| steps.iter().map(move |step| step * 10_f64.powi(power)));
            decades.collect()
        };
        let finest = all(STEPS[0]);
        let below = finest.iter().rev().find(|tick| **tick <= low.max(least));
        let above = finest.iter().find(|tick| **tick >= high);
        let (low, high) = (*below.unwrap_or(&least), *above.unwrap_or(&high));
        let within = |tick: &f64| *tick >= low && *tick <= high;
        let fitting =
            |steps: &[f64]| -> Vec<f64> { all(steps).into_iter().filter(within).collect() };
        let choices = STEPS.iter().map(|steps| fitting(steps));
        let ticks = choices.into_iter().find(|ticks| ticks.len() <= TICKS);
        let ticks = ticks.unwrap_or_else(|| {
            let decades = fitting(STEPS[2]);
            let every = decades.len().div_ceil(TICKS);
            decades.into_iter().step_by(every).collect()
        });
        Self {
            low,
            high,
            logarithmic: true,
            ticks,
        }
    }

    fn linear(low: f64, high: f64) -> Self {
        let high = if high > 0.0 { high } else { 1.0 };
        // Zero belongs to an axis of lengths, unless everything lies far from it.
        let from = if low > 0.75 * high && low < high {
            low
        } else {
            0.0
        };
        let step = step((high - from) / 4.0);
        let low = (from / step).floor() * step;
        let mut ticks = vec![low];
        while let Some(last) = ticks
            .last()
            .copied()
            .filter(|last| *last < high && ticks.len() < 2 * TICKS)
        {
            ticks.push(last + step);
        }
        Self {
            low,
            high: ticks.last().copied().unwrap_or(high),
            logarithmic: false,
            ticks,
        }
    }

    /// Where a value lies, from 0 at the beginning to 1 at the end.
    pub(crate) fn place(&self, value: f64) -> f64 {
        let value = value.clamp(self.low, self.high);
        let place = if self.logarithmic {
            (value / self.low).ln() / (self.high / self.low).ln()
        } else {
            (value - self.low) / (self.high - self.low)
        };
        if place.is_finite() {
            place.clamp(0.0, 1.0)
        } else {
            0.0
        }
    }
}

/// The power of ten at or below a positive number.
#[allow(
    clippy::cast_possible_truncation,
    reason = "the logarithm of a finite number is small"
)]
fn decade(number: f64) -> i32 {
    number.log10().floor() as i32
}

/// The smallest of 1, 2, 2.5 and 5 times a power of ten that is no less than a number.
fn step(least: f64) -> f64 {
    let power = 10_f64.powi(decade(least.max(1e-3)));
    let steps = [1.0, 2.0, 2.5, 5.0, 10.0].map(|step| step * power);
    steps
        .into_iter()
        .find(|step| *step >= least * 0.999_999)
        .unwrap_or(10.0 * power)
}
