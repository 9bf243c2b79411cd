//! Whether a percentile keeps to its latency budget.

use super::Conclusion;
use super::binomial::{as_float, at_least, at_most};
use super::rank::fewest;

/// The error of the test with a fixed number of samples, on each side. Against the portal it is shared by
/// all comparisons (Bonferroni).
const FIXED: f64 = 0.05;
/// The error that the last test of the combined procedure may make against a good portal. With the stop
/// at [`STOP_OVER`], which alone errs at most 1 time in 50, both together stay below .05.
const LAST_OVER: f64 = 0.03;
/// The error that the last test of the combined procedure may make for a bad portal.
const LAST_WITHIN: f64 = 0.05;
/// The e-value that ends the procedure against the portal, for one comparison.
const STOP_OVER: f64 = 50.0;
/// The e-value that ends the procedure for the portal.
const STOP_WITHIN: f64 = 20.0;

/// The share of samples over its budget that p95 may have, for which the alternatives are given.
const MODEL: f64 = 0.05;
/// The shares that the portal is suspected of when it is over its budget.
const WORSE: [f64; 5] = [0.07, 0.10, 0.15, 0.25, 0.5];
/// The shares that the portal is credited with when it is within its budget.
const BETTER: [f64; 5] = [0.002, 0.01, 0.02, 0.03, 0.04];

/// That a quantile of the times is at most its latency budget.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Claim {
    /// Which quantile: .95 for p95. Nothing is ever concluded about one that is not between 0 and 1.
    pub quantile: f64,
    /// How many claims the check judges: routes × percentiles. The more there are, the rarer each is
    /// found wrong by chance; none is harder to find right. 0 counts as 1.
    pub comparisons: u32,
}

impl Claim {
    /// The share of samples that may be over the budget.
    fn allowed(self) -> Option<f64> {
        (self.quantile > 0.0 && self.quantile < 1.0).then_some(1.0 - self.quantile)
    }

    fn comparisons(self) -> f64 {
        f64::from(self.comparisons.max(1))
    }

    /// The tests of a count, each at its own error.
    ///
    /// With the quantile at its budget, the samples over it are binomial whatever the times are
    /// distributed like (Conover, *Practical Nonparametric Statistics*, third edition, 1999, section 3.2:
    /// the quantile test). Both tests together say at most one thing, as the two tails add up to more
    /// than 1.
    fn test(self, count: u64, over: u64, against: f64, support: f64) -> Conclusion {
        let Some(allowed) = self.allowed() else {
            return Conclusion::TooFew;
        };
        if count > 0 && at_least(count, allowed, over) <= against / self.comparisons() {
            Conclusion::Over
        } else if count < u64::from(fewest(self.quantile, 1.0 - support)) {
            Conclusion::TooFew
        } else if at_most(count, allowed, over) <= support {
            Conclusion::Within
        } else {
            Conclusion::TooClose
        }
    }
}

/// Whether a time counts as over its budget: everything does that is not a time from 0 to the budget, so
/// that a clock that was set back, or a value that is not a number, never helps.
pub fn is_over(value: f64, budget: f64) -> bool {
    !(value >= 0.0 && value <= budget)
}

/// Judges a claim by a number of samples that was fixed before the first of them, at an error of .05 on
/// each side. To look again and again as samples come, use [`Sequential`].
pub fn fixed(claim: Claim, count: u64, over: u64) -> Conclusion {
    claim.test(count, over, FIXED, FIXED)
}

/// Judges a claim while samples come, as soon as they prove enough, and at the latest when no more come.
///
/// Two e-values are kept, one against the portal and one for it. Each is a mean over alternatives of the
/// likelihood ratio of the samples, alternative against the claim's own share, and a bet that does not
/// gain on average while the claim is on the edge; so it reaches e at any time at most once in e runs,
/// however often one looks: Ville, *Étude critique de la notion de collectif*, 1939; for mixtures Robbins,
/// *Statistical Methods Related to the Law of the Iterated Logarithm*, Annals of Mathematical Statistics
/// 41(5), 1970; in general Howard, Ramdas, McAuliffe and Sekhon, *Time-uniform Chernoff Bounds via
/// Nonnegative Supermartingales*, Probability Surveys 17, 2020, and Ramdas, Grünwald, Vovk and Shafer,
/// *Game-Theoretic Statistics and Safe Anytime-Valid Inference*, Statistical Science 38(4), 2023.
///
/// It stops against the portal at 50 × comparisons and for it at 20; when it did not stop, one last test
/// follows at .03 / comparisons and .05. A portal that keeps its budget is found over it at most
/// (1/50 + .03) / comparisons of the time, so at most .05. Only one e-value can rise with a sample, so that
/// both never stop at once.
#[derive(Debug, Clone)]
pub struct Sequential {
    claim: Claim,
    count: u64,
    over: u64,
    stopped: Option<Conclusion>,
    stops: Stops,
}

impl Sequential {
    /// Nothing observed yet.
    pub fn new(claim: Claim) -> Self {
        Self {
            claim,
            count: 0,
            over: 0,
            stopped: None,
            stops: Stops::new(claim),
        }
    }

    /// Takes the next sample, and says so once enough is proven; what is proven stays.
    ///
    /// Give the samples in the order in which they were due, not in which they ended: those that ended
    /// first are the fast ones, and a portal that stalls would be found good before the rest came.
    pub fn observe(&mut self, over: bool) -> Option<Conclusion> {
        self.count += 1;
        self.over += u64::from(over);
        if self.stopped.is_none() {
            self.stopped = self.stops.after(self.count, self.over, over);
        }
        self.stopped
    }

    /// The same for a sample that comes early: the claim can be found wrong by it, and not yet right,
    /// because a portal that stalls now and then had no time to show it.
    pub fn observe_early(&mut self, over: bool) -> Option<Conclusion> {
        self.count += 1;
        self.over += u64::from(over);
        if self.stopped.is_none() {
            let proven = self.stops.after(self.count, self.over, over);
            self.stopped = proven.filter(|proven| *proven == Conclusion::Over);
        }
        self.stopped
    }

    /// What the samples say when no more come. Ask once, at the end: asking again with more samples
    /// spends the error again, which [`Sequential::observe`] does not.
    pub fn conclude(&self) -> Conclusion {
        self.stopped.unwrap_or_else(|| {
            self.claim
                .test(self.count, self.over, LAST_OVER, LAST_WITHIN)
        })
    }

    /// What was proven before the end, if anything was.
    pub fn stopped(&self) -> Option<Conclusion> {
        self.stopped
    }

    /// How many samples were observed.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// How many of them were over.
    pub fn over(&self) -> u64 {
        self.over
    }
}

/// Where the procedure stops before its end.
#[derive(Debug, Clone)]
pub(super) struct Stops {
    /// None for a claim about which nothing can be concluded.
    mixtures: Option<(Mixture, Mixture)>,
    /// ln of the e-value that stops it against the portal.
    against: f64,
}

impl Stops {
    pub(super) fn new(claim: Claim) -> Self {
        let mixtures = claim
            .allowed()
            .map(|allowed| (Mixture::new(allowed, WORSE), Mixture::new(allowed, BETTER)));
        Self {
            mixtures,
            against: (STOP_OVER * claim.comparisons()).ln(),
        }
    }

    /// Whether so many samples, of which so many are over, stop it, when the last was over or not.
    pub(super) fn after(&self, count: u64, over: u64, last_over: bool) -> Option<Conclusion> {
        let (worse, better) = self.mixtures.as_ref()?;
        // Only the one that the last sample raised can have reached its stop.
        if last_over {
            (worse.ln_value(count, over) >= self.against).then_some(Conclusion::Over)
        } else {
            (better.ln_value(count, over) >= STOP_WITHIN.ln()).then_some(Conclusion::Within)
        }
    }
}

/// The mean of likelihood ratios of several alternatives against one share.
#[derive(Debug, Clone)]
struct Mixture {
    /// For each alternative what a sample that is over, and one that is not, adds to ln of its ratio.
    steps: [(f64, f64); 5],
}

impl Mixture {
    /// The alternatives are given for a share of .05. For another their odds are scaled by the same
    /// factor as those of the share: that leaves every alternative between 0 and 1 and on its side, and a
    /// sample's weight depends on the odds ratio alone (ln of the odds is what the binomial family is
    /// linear in). Scaled shares would not do: five times as many as .5 is no share.
    fn new(allowed: f64, alternatives: [f64; 5]) -> Self {
        let odds = |share: f64| share / (1.0 - share);
        let scale = odds(allowed) / odds(MODEL);
        let steps = alternatives.map(|alternative| {
            let scaled = odds(alternative) * scale;
            let share = scaled / (1.0 + scaled);
            (
                (share / allowed).ln(),
                (-share).ln_1p() - (-allowed).ln_1p(),
            )
        });
        Self { steps }
    }

    /// ln of the e-value. Made from the counts each time, so that no rounding adds up.
    fn ln_value(&self, count: u64, over: u64) -> f64 {
        let (over, within) = (as_float(over), as_float(count - over));
        let logarithms = self.steps.map(|(up, down)| over * up + within * down);
        let largest = logarithms.iter().copied().fold(f64::MIN, f64::max);
        let total: f64 = logarithms.iter().map(|one| (one - largest).exp()).sum();
        largest + (total / as_float(self.steps.len() as u64)).ln()
    }
}
