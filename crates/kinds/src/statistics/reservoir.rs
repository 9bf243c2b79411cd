//! Values of which a bounded number is kept.

use tidegate_core::distribution::KEPT;

use super::budget::is_over;
use super::random::Seeded;

/// Keeps at most [`KEPT`] values, of which every value that came has the same chance to be one.
///
/// Algorithm R: Vitter, *Random Sampling with a Reservoir*, ACM TOMS 11(1), 1985.
#[derive(Debug, Clone)]
pub struct Reservoir {
    kept: Vec<f64>,
    count: u64,
    unusable: u64,
    random: Seeded,
}

impl Reservoir {
    /// Empty; the seed decides which values stay when there are too many.
    pub fn new(seed: u64) -> Self {
        Self {
            kept: Vec::new(),
            count: 0,
            unusable: 0,
            random: Seeded::new(seed),
        }
    }

    /// Takes a value. One that is not a number, negative or infinite is counted and never kept.
    pub fn add(&mut self, value: f64) {
        self.count += 1;
        if !(value.is_finite() && value >= 0.0) {
            self.unusable += 1;
        } else if self.kept.len() < KEPT {
            self.kept.push(value);
        } else {
            let place = self.random.below(self.count - self.unusable);
            if let Some(kept) = usize::try_from(place)
                .ok()
                .and_then(|place| self.kept.get_mut(place))
            {
                *kept = value;
            }
        }
    }

    /// How many values came.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// How many of them were no times: not a number, negative or infinite.
    pub fn unusable(&self) -> u64 {
        self.unusable
    }

    /// The kept values, ascending. Percentiles and their intervals of these are right for all values, as
    /// an even choice of a sample is a sample too; with more values than are kept they are wider than
    /// they could be.
    pub fn ascending(&self) -> Vec<f64> {
        let mut values = self.kept.clone();
        values.sort_by(f64::total_cmp);
        values
    }
}

/// Counts how many values are over each of several latency budgets, so that a verdict stays exact with
/// more values than a [`Reservoir`] keeps.
#[derive(Debug, Clone)]
pub struct Tally {
    budgets: Vec<(f64, u64)>,
    count: u64,
}

impl Tally {
    /// Nothing counted yet.
    pub fn new(budgets: &[f64]) -> Self {
        Self {
            budgets: budgets.iter().map(|budget| (*budget, 0)).collect(),
            count: 0,
        }
    }

    /// Takes a value; [`is_over`] says what counts as over.
    pub fn add(&mut self, value: f64) {
        self.count += 1;
        for (budget, over) in &mut self.budgets {
            *over += u64::from(is_over(value, *budget));
        }
    }

    /// How many values came.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// How many of them were over the budget at this place in the list.
    pub fn over(&self, budget: usize) -> Option<u64> {
        self.budgets.get(budget).map(|(_, over)| *over)
    }
}
