//! The slowest requests of a run, by what its checks measured and what was seen in passing.

use std::collections::BTreeMap;

use tidegate_core::check::{Metric, Unit};
use tidegate_core::distribution::Standing;
use tidegate_core::event::Summary;
use tidegate_core::name::CheckId;
use tidegate_core::result::CheckResult;

use crate::distribution::words::{amount, samples};
use crate::distribution::{rank, same};

/// The fewest samples by which a p95 can be held against a latency budget: ⌈ln .05 / ln .95⌉, as the reference
/// for the order-statistic test has it.
const FEWEST: u64 = 59;

/// A request and how long 95 of 100 of its like took at most.
#[derive(Debug, Clone)]
pub(crate) struct Slow<'s> {
    /// The request, as in `GET /api/records`.
    pub(crate) subject: &'s str,
    /// What measured it.
    pub(crate) check: &'s CheckId,
    /// Its p95 in milliseconds.
    pub(crate) value: f64,
    /// How often it was measured.
    samples: u64,
    /// How it stands to its latency budget, when it has one.
    standing: Option<Standing>,
}

impl Slow<'_> {
    /// Whether a check held it against a latency budget, often enough.
    pub(crate) fn judged(&self) -> bool {
        self.samples >= FEWEST && self.standing.is_some()
    }

    /// Whether it was measured often enough, and is within its latency budget.
    pub(crate) fn fast_enough(&self) -> bool {
        self.judged() && self.standing == Some(Standing::Within)
    }

    /// The request with its time and how well that is known, as in
    /// `GET /api/records 412 ms (1,000 samples, within its latency budget)`.
    pub(crate) fn told(&self) -> String {
        let known = match self.standing {
            Some(Standing::Within) => "within its latency budget",
            Some(Standing::Over) => "over its latency budget",
            Some(Standing::TooClose) => "too close to its latency budget to call",
            _ if self.samples >= FEWEST => "not judged",
            _ => "only seen in passing",
        };
        let value = amount(self.value, Unit::Milliseconds);
        format!(
            "{} {value} ({}, {known})",
            self.subject,
            samples(self.samples)
        )
    }
}

/// Every request whose p95 is known, the slowest first; of one that several measured, what was judged, else
/// what was measured most often.
pub(crate) fn slowest(summary: &Summary) -> Vec<Slow<'_>> {
    let mut known: BTreeMap<&str, Slow<'_>> = BTreeMap::new();
    for one in summary.results.iter().flat_map(measured) {
        let weight = |slow: &Slow<'_>| (slow.standing.is_some(), slow.samples);
        match known.get_mut(one.subject) {
            Some(before) if weight(before) >= weight(&one) => {}
            Some(before) => *before = one,
            None => {
                known.insert(one.subject, one);
            }
        }
    }
    let mut all: Vec<Slow<'_>> = known.into_values().collect();
    all.sort_by(|one, other| other.value.total_cmp(&one.value));
    all
}

fn measured(result: &CheckResult) -> Vec<Slow<'_>> {
    let metrics = || {
        result
            .metrics
            .iter()
            .filter(|metric| metric.value.is_finite() && metric.value >= 0.0)
    };
    let counts = metrics().filter(|metric| metric.name == "samples");
    let counts: BTreeMap<&str, f64> = counts
        .map(|one| (one.subject.as_str(), one.value))
        .collect();
    let standings = standings(result);
    let times = metrics().filter(|one| one.name == "p95" && one.unit == Unit::Milliseconds);
    let slow = times.map(|metric: &Metric| Slow {
        subject: match metric.subject.as_str() {
            "" => result.id.as_str(),
            subject => subject,
        },
        check: &result.id,
        value: metric.value,
        samples: whole(
            counts
                .get(metric.subject.as_str())
                .copied()
                .unwrap_or_default(),
        ),
        standing: standings.get(metric.subject.as_str()).copied(),
    });
    slow.collect()
}

/// How the p95 of each request stands to its latency budget, as far as it was held against one; the worst
/// where it was so more than once.
fn standings(result: &CheckResult) -> BTreeMap<&str, Standing> {
    let mut standings = BTreeMap::new();
    for distribution in &result.distributions {
        let judged = distribution.marks.iter().filter(|mark| {
            let judged = mark.standing != Standing::Unjudged;
            judged && mark.budget.is_some() && same(mark.percentile, 95.0)
        });
        for mark in judged {
            let worst = standings
                .entry(distribution.subject.as_str())
                .or_insert(mark.standing);
            if rank(mark.standing) < rank(*worst) {
                *worst = mark.standing;
            }
        }
    }
    standings
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a cast of a float ends at the limits of the integer"
)]
fn whole(number: f64) -> u64 {
    number as u64
}
