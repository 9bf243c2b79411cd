//! What pairs of times prove.

use super::config::Config;
use crate::statistics::{Comparison, Conclusion, Paired, compare_among};

/// What is asked of the times.
#[derive(Debug, Clone, Copy)]
pub(super) struct Question {
    /// The share by which the new deploy may be slower.
    pub(super) tolerance: f64,
    /// Which quantile is compared.
    pub(super) quantile: f64,
    /// The slowdown that must be ruled out where none is seen.
    pub(super) visible: f64,
    /// How many routes are asked about: the more there are, the rarer each is found slower by chance.
    pub(super) routes: u32,
    /// The fewest pairs that prove something.
    pub(super) least: u32,
    /// What the permutations are drawn by.
    pub(super) seed: u64,
}

impl Question {
    /// What the gate file asks.
    pub(super) fn of(config: &Config, seed: u64) -> Self {
        Self {
            tolerance: config.tolerance,
            quantile: config.quantile,
            visible: config.visible,
            routes: u32::try_from(config.routes.len()).unwrap_or(u32::MAX),
            least: config.least(),
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

/// Judges a route: a slowdown beyond the tolerance that the permutation test shows is one. Without it,
/// the route passes when the same test proves that the slowdown is below the tolerance, or when the upper
/// end of the ratio's interval is below the one that must be seen. A deploy that is slower by that much
/// passes in at most 1 of 20 runs, and one that did not change need not prove that it is no 10 % slower,
/// which takes thousands of pairs.
///
/// An equivalence margin, as in Schuirmann, *A comparison of the two one-sided tests procedure*, Journal
/// of Pharmacokinetics and Biopharmaceutics 15(6), 1987, on one side.
pub(super) fn judge(pairs: &Paired, question: &Question) -> Judged {
    let Question {
        quantile,
        tolerance,
        routes,
        seed,
        ..
    } = *question;
    let comparison = compare_among(pairs, tolerance, quantile, routes, seed);
    let counted = pairs.old.len().min(pairs.new.len());
    let (_, most) = comparison.interval;
    let standing = match comparison.conclusion {
        Conclusion::Over => Standing::Slower,
        Conclusion::TooFew => Standing::TooFew,
        _ if counted < question.least as usize => Standing::TooFew,
        Conclusion::Within => Standing::Within,
        Conclusion::TooClose if most.is_some_and(|most| most < question.visible) => {
            Standing::RuledOut
        }
        Conclusion::TooClose => Standing::TooClose,
    };
    Judged {
        standing,
        comparison,
        pairs: counted,
    }
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
