//! What pairs of times prove.

use tidegate_core::ports::Tasks;

use super::config::Config;
use crate::blocking::{self, Stop, each};
use crate::measure::Percentile;
use crate::statistics::{Comparison, Conclusion, Paired, as_fast, compare_among};

/// The error of finding a deploy fast enough, and that of finding it slower.
const ERROR: f64 = 0.05;

/// What is asked of the times.
#[derive(Debug, Clone, Copy)]
pub(super) struct Question {
    /// The share by which the new deploy may be slower.
    pub(super) tolerance: f64,
    /// Which percentile is compared.
    pub(super) percentile: Percentile,
    /// The slowdown that must be ruled out where none is seen.
    pub(super) visible: f64,
    /// How many routes are asked about: the more there are, the rarer each is found slower by chance.
    pub(super) routes: u32,
    /// The fewest pairs that prove something.
    pub(super) least: u32,
    /// The most pairs of a route that the gate file allows.
    pub(super) most: u32,
    /// How often a route may be looked at, pairs being added in between: the error is shared between the
    /// looks.
    pub(super) looks: u32,
    /// What the permutations are drawn by.
    pub(super) seed: u64,
}

impl Question {
    /// What the gate file asks.
    pub(super) fn of(config: &Config, looks: u32, seed: u64) -> Self {
        Self {
            tolerance: config.tolerance,
            percentile: config.percentile,
            visible: config.visible,
            routes: u32::try_from(config.routes.len()).unwrap_or(u32::MAX),
            least: config.least(),
            most: config.samples,
            looks,
            seed,
        }
    }
}

/// What the times of a route prove.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// It is slower by more than the tolerance.
    Slower,
    /// It is not: that is proven.
    Within,
    /// No slowdown is seen, and one of the size that must be seen is ruled out.
    RuledOut,
    /// Neither is proven.
    TooClose,
    /// There are too few pairs.
    TooFew,
}

/// The answer for one route.
#[derive(Debug, Clone, Copy)]
pub(super) struct Judged {
    /// What is proven.
    pub(super) standing: Standing,
    /// The comparison at the tolerance.
    pub(super) comparison: Comparison,
    /// How many pairs there were.
    pub(super) pairs: usize,
}

/// Judges the pairs of routes, each as [`judge`] does, on threads of their own: thousands of permutations take
/// seconds, and a stop is not to wait for them.
pub(super) async fn judge_all(
    tasks: &dyn Tasks,
    pairs: Vec<Paired>,
    question: &Question,
) -> Vec<(Paired, Judged)> {
    let question = *question;
    let work = move |stop: &Stop| {
        let judged = each(&pairs, stop, || (), |(), pairs| judge(pairs, &question));
        pairs.into_iter().zip(judged).collect()
    };
    blocking::run(tasks, work).await
}

/// Judges a route: a slowdown beyond the tolerance that the permutation test shows is one. Without it, the
/// route passes when the same test proves that the slowdown is below the tolerance, or below the one that
/// must be seen. A deploy that is slower by that much passes in at most 1 of 20 runs, and one that did not
/// change need not prove that it is no 10 % slower, which takes thousands of pairs.
///
/// Of several looks each has its share of both errors, so that together they have no more (Bonferroni; the
/// simplest spending of Lan and DeMets, *Discrete Sequential Boundaries for Clinical Trials*, Biometrika
/// 70(3), 1983). The margin is that of an equivalence test, as in Schuirmann, *A comparison of the two
/// one-sided tests procedure*, Journal of Pharmacokinetics and Biopharmaceutics 15(6), 1987, on one side.
pub(super) fn judge(pairs: &Paired, question: &Question) -> Judged {
    let Question {
        tolerance, seed, ..
    } = *question;
    let quantile = question.percentile.quantile();
    let comparisons = question.routes.saturating_mul(question.looks.max(1));
    let comparison = compare_among(pairs, tolerance, quantile, comparisons, seed);
    let counted = pairs.old.len().min(pairs.new.len());
    let excluded = |slowdown: f64| rare(as_fast(pairs, slowdown - 1.0, quantile, seed), question);
    let standing = if comparison.conclusion == Conclusion::Over {
        Standing::Slower
    } else if comparison.conclusion == Conclusion::TooFew || counted < question.least as usize {
        Standing::TooFew
    } else if rare(comparison.lower, question) {
        Standing::Within
    } else if excluded(question.visible) {
        Standing::RuledOut
    } else {
        Standing::TooClose
    };
    Judged {
        standing,
        comparison,
        pairs: counted,
    }
}

/// Whether a probability is within the share of the error that a look has. Shares of 200 permutations are
/// not exact in binary.
fn rare(probability: f64, question: &Question) -> bool {
    probability <= ERROR / f64::from(question.looks.max(1)) + 1e-9
}

impl Judged {
    /// How many pairs would rule the wanted slowdown out, when this run could not have seen it: what is
    /// visible shrinks with the root of their number.
    pub(super) fn wanted(&self, question: &Question) -> Option<u32> {
        let beyond = |slowdown: f64| (slowdown / (1.0 + question.tolerance)).ln();
        let visible = self.comparison.visible?;
        let (now, wanted) = (beyond(visible), beyond(question.visible));
        (now > wanted && wanted > 0.0).then(|| {
            let pairs = self.pairs as f64 * (now / wanted).powi(2);
            ((pairs / 50.0).ceil() * 50.0).min(f64::from(u32::MAX)) as u32
        })
    }

    /// Whether the new one is so much faster that somebody should look.
    pub(super) fn strikingly_faster(&self) -> bool {
        // Two of 200 permutations, and shares of 200 are not exact in binary.
        self.comparison.lower < 0.0125 && self.comparison.ratio < 0.67
    }
}
