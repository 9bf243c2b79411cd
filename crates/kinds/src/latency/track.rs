//! What was seen of one route.

use std::collections::BTreeMap;
use std::time::Duration;

use tidegate_core::ports::http::Timings;
use tidegate_core::ports::load::{Answer, Sample};

use super::config::{Budget, Route};
use crate::measure::{Percentile, milliseconds};
use crate::statistics::{
    Claim, Conclusion, Reservoir, Sequential, ascending, fixed, is_over, nearest_rank,
};

/// The most different errors that are told.
const TOLD_ERRORS: usize = 5;
/// How many samples of a route show how large its answers are, where no time is judged.
const ENOUGH_FOR_SIZE: u64 = 5;

/// One request that counts.
#[derive(Debug, Clone)]
pub(super) struct Taken {
    /// When it was due.
    planned: Duration,
    /// From when it was due, in milliseconds.
    pub(super) waited: f64,
    /// From when it was sent, in milliseconds.
    pub(super) took: f64,
    /// Where its time went; absent when it timed out.
    pub(super) timings: Option<Timings>,
}

impl Taken {
    fn of(sample: &Sample) -> Self {
        Self {
            planned: sample.planned,
            waited: milliseconds(sample.waited()),
            took: milliseconds(sample.took()),
            timings: sample.answer.as_ref().ok().map(|answer| answer.timings),
        }
    }

    /// Whether a connection was opened for it.
    pub(super) fn is_fresh(&self) -> bool {
        self.timings
            .is_some_and(|timings| timings.connect.is_some())
    }
}

/// A latency budget and what the samples say about it.
pub(super) struct Judged<'c> {
    /// The budget.
    pub(super) budget: &'c Budget,
    /// How many of all samples are over it.
    pub(super) over: u64,
    claim: Claim,
    sequential: Sequential,
}

impl Judged<'_> {
    fn observe(&mut self, waited: f64, early: bool) {
        let over = is_over(waited, milliseconds(self.budget.limit));
        if early {
            self.sequential.observe_early(over);
        } else {
            self.sequential.observe(over);
        }
    }
}

/// Requests that failed.
#[derive(Debug, Clone)]
pub(super) struct Errors {
    /// What was said, and how often.
    said: BTreeMap<String, u64>,
    share: Sequential,
}

impl Errors {
    /// One in a hundred may fail.
    fn new(routes: u32) -> Self {
        let claim = Claim {
            quantile: 0.99,
            comparisons: routes,
        };
        Self {
            said: BTreeMap::new(),
            share: Sequential::new(claim),
        }
    }

    /// How many.
    pub(super) fn count(&self) -> u64 {
        self.share.over()
    }

    /// How many requests there were in all.
    pub(super) fn of(&self) -> u64 {
        self.share.count()
    }

    /// Notes whether a request failed, and in which words. A portal that has answered for long can begin to
    /// fail, so that it is always too early to say that few do.
    pub(super) fn see(&mut self, failed: Option<&str>) {
        self.share.observe_early(failed.is_some());
        let Some(words) = failed else {
            return;
        };
        if self.said.len() < TOLD_ERRORS || self.said.contains_key(words) {
            *self.said.entry(words.to_owned()).or_default() += 1;
        }
    }

    /// Whether too many fail for chance already.
    pub(super) fn too_many(&self) -> bool {
        self.share.stopped() == Some(Conclusion::Over)
    }

    /// Whether too many fail for chance, when no more come.
    pub(super) fn conclude(&self) -> bool {
        self.count() > 1 && self.share.conclude() == Conclusion::Over
    }

    /// What was said, and how often.
    pub(super) fn words(&self) -> String {
        let said = self.said.iter();
        let said = said.map(|(words, count)| {
            format!("{words} ({count} times)").replace("(1 times)", "(once)")
        });
        said.collect::<Vec<_>>().join(", ")
    }
}

/// What was seen of one route.
pub(super) struct Track<'c> {
    /// The route.
    pub(super) route: &'c Route,
    /// What it is called.
    pub(super) name: String,
    /// Its latency budgets.
    pub(super) judged: Vec<Judged<'c>>,
    /// The samples that count.
    samples: Reservoir<Taken>,
    /// How many of them timed out.
    pub(super) timeouts: u64,
    /// How many requests got no answer in time, those of the warm-up among them.
    pub(super) silent: u64,
    /// The failures.
    pub(super) errors: Errors,
    /// How long the requests before the first that counts took, in milliseconds.
    pub(super) warm: Vec<f64>,
    /// How many answers were larger than the size budget.
    pub(super) oversized: u64,
    /// The largest answer, in bytes, and whether it was not read to its end.
    pub(super) largest: (u64, bool),
    /// The slowest sample.
    pub(super) slowest: Option<Sample>,
    /// How many answers came from a cache, and what one of them said.
    pub(super) cached: (u64, String),
    /// The protocol of the last answer.
    pub(super) version: &'static str,
    /// How many requests opened a connection.
    pub(super) fresh: u64,
    /// What this machine was late by, in milliseconds, once that is known.
    pub(super) late: f64,
}

impl<'c> Track<'c> {
    /// Nothing seen yet of a route whose check judges so many claims and routes.
    pub(super) fn new(
        route: &'c Route,
        name: String,
        (comparisons, routes): (u32, u32),
        seed: u64,
    ) -> Self {
        let judged = route.budgets.iter().map(|budget| {
            let claim = Claim {
                quantile: budget.percentile.quantile(),
                comparisons,
            };
            Judged {
                budget,
                over: 0,
                claim,
                sequential: Sequential::new(claim),
            }
        });
        Self {
            route,
            name,
            judged: judged.collect(),
            samples: Reservoir::new(seed),
            timeouts: 0,
            silent: 0,
            errors: Errors::new(routes),
            warm: Vec::new(),
            oversized: 0,
            largest: (0, false),
            slowest: None,
            cached: (0, String::new()),
            version: "",
            fresh: 0,
            late: 0.0,
        }
    }

    /// How many samples there were.
    pub(super) fn count(&self) -> u64 {
        self.samples.count()
    }

    /// The samples, at most [`KEPT`](tidegate_core::distribution::KEPT) of them, evenly chosen.
    pub(super) fn kept(&self) -> &[Taken] {
        self.samples.kept()
    }

    /// Takes in a sample that counts.
    pub(super) fn take(&mut self, sample: &Sample) -> f64 {
        let taken = Taken::of(sample);
        let waited = taken.waited;
        self.fresh += u64::from(taken.is_fresh());
        for judged in &mut self.judged {
            judged.over += u64::from(is_over(waited, milliseconds(judged.budget.limit)));
        }
        match &sample.answer {
            Ok(answer) => self.look(answer),
            Err(_) => self.timeouts += 1,
        }
        if self
            .slowest
            .as_ref()
            .is_none_or(|slowest| slowest.waited() < sample.waited())
        {
            self.slowest = Some(sample.clone());
        }
        self.samples.add(taken);
        waited
    }

    fn look(&mut self, answer: &Answer) {
        self.version = answer.version;
        let limit = self.route.size.as_ref().map(|size| size.value.0);
        self.oversized += u64::from(limit.is_some_and(|limit| answer.bytes > limit));
        if answer.bytes > self.largest.0 {
            self.largest = (answer.bytes, answer.truncated);
        }
        if let Some(words) = cache(answer) {
            self.cached.0 += 1;
            self.cached.1 = words;
        }
    }

    /// Lets the judgement know of a sample, in the order of arrivals: a slow one that was sent before a
    /// quick one also counts before it, or quick answers alone would end the measuring. While it is `early`
    /// nothing is found within its budget.
    pub(super) fn judge(&mut self, waited: f64, early: bool) {
        for judged in &mut self.judged {
            judged.observe(waited, early);
        }
    }

    /// Whether no further sample changes anything.
    pub(super) fn is_decided(&self) -> bool {
        if self.judged.is_empty() {
            return self.count() >= ENOUGH_FOR_SIZE;
        }
        let mut judged = self.judged.iter();
        judged.all(|judged| judged.sequential.stopped().is_some())
    }

    /// Whether this machine was too late to hold every time against a budget: by more than a tenth of it.
    pub(super) fn is_late_for(&self, budget: &Budget) -> bool {
        self.late > milliseconds(budget.limit) / 10.0
    }

    /// What is concluded of a latency budget, or nothing when this machine was too late to know.
    ///
    /// A time from when a request was due is the time from when it was sent and what this machine was late
    /// by, which is never below 0. So lateness can only make a portal look slower: a request that is within
    /// its budget all the same would have been if sent on time, because a later one is not answered
    /// earlier. That it is *within* stands. That it is *over* stands if it does by the times from sending,
    /// each shortened once more by what this machine was late by, as one that sends late reads late, too.
    pub(super) fn stands(&self, judged: &Judged<'_>) -> Option<Conclusion> {
        let conclusion = judged.sequential.conclude();
        let known = match conclusion {
            Conclusion::Within | Conclusion::TooFew => true,
            Conclusion::TooClose => false,
            Conclusion::Over => self.is_over_from_sending(judged),
        };
        (known || !self.is_late_for(judged.budget)).then_some(conclusion)
    }

    /// Whether a budget is exceeded by the times from sending alone, with what this machine was late by
    /// added to it.
    ///
    /// The e-value bounds the error whenever it is looked at; the last test is fair only where the number of
    /// samples did not follow from what they said.
    fn is_over_from_sending(&self, judged: &Judged<'_>) -> bool {
        let mut kept: Vec<&Taken> = self.kept().iter().collect();
        kept.sort_by_key(|taken| taken.planned);
        let limit = milliseconds(judged.budget.limit) + self.late;
        let mut sequential = Sequential::new(judged.claim);
        let mut taken = kept.into_iter();
        taken.any(|taken| {
            sequential.observe_early(is_over(taken.took, limit)) == Some(Conclusion::Over)
        }) || (judged.sequential.stopped().is_none() && sequential.conclude() == Conclusion::Over)
    }

    /// The same with many clients at once: the number of requests was fixed by time and not by what they
    /// said, so that one look is right. Clients that ask late are a lighter load than was promised, so that
    /// of a late machine only *over* stands, if it does from sending, too.
    pub(super) fn stands_under_load(&self, judged: &Judged<'_>) -> Option<Conclusion> {
        let conclusion = fixed(judged.claim, self.count(), judged.over);
        let from_sending = || {
            let limit = milliseconds(judged.budget.limit) + self.late;
            let kept = self.kept();
            let over = kept.iter().filter(|taken| is_over(taken.took, limit));
            let over = over.count() as u64;
            fixed(judged.claim, kept.len() as u64, over) == Conclusion::Over
        };
        let known = match conclusion {
            Conclusion::TooFew => true,
            Conclusion::Within | Conclusion::TooClose => false,
            Conclusion::Over => from_sending(),
        };
        (known || !self.is_late_for(judged.budget)).then_some(conclusion)
    }

    /// The times from when a request was due, ascending, in milliseconds.
    pub(super) fn ascending(&self) -> Vec<f64> {
        ascending(self.kept().iter().map(|taken| taken.waited))
    }

    /// The value of a percentile from when a request was sent, in milliseconds.
    pub(super) fn sent(&self, percentile: Percentile) -> Option<f64> {
        let took = ascending(self.kept().iter().map(|taken| taken.took));
        nearest_rank(&took, percentile.quantile())
    }

    /// The sample in the middle.
    pub(super) fn median(&self) -> Option<&Taken> {
        let median = nearest_rank(&self.ascending(), 0.5)?;
        self.kept()
            .iter()
            .find(|taken| taken.waited.total_cmp(&median).is_eq())
    }

    /// The samples from this percentile on: those that make a route slow.
    pub(super) fn slow(&self, percentile: Percentile) -> Vec<&Taken> {
        let from = nearest_rank(&self.ascending(), percentile.quantile());
        let from = from.unwrap_or(f64::INFINITY);
        self.kept()
            .iter()
            .filter(|taken| taken.waited >= from)
            .collect()
    }
}

/// What says that an answer came from a cache (RFC 9111, 5.1; `X-Cache` is what many caches add).
fn cache(answer: &Answer) -> Option<String> {
    let hit = answer
        .header("x-cache")
        .filter(|value| value.to_ascii_lowercase().contains("hit"));
    if hit.is_some() {
        return Some("x-cache: hit".to_owned());
    }
    let age: u64 = answer.header("age")?.trim().parse().ok()?;
    (age > 0).then(|| format!("age: {age}"))
}

/// The phases of a request that happened, in words and milliseconds, in their order.
pub(super) fn phases(timings: &Timings) -> [(&'static str, Option<f64>); 5] {
    let of = |time: Duration| milliseconds(time);
    [
        ("name", timings.dns.map(of)),
        ("connect", timings.connect.map(of)),
        ("TLS", timings.tls.map(of)),
        ("first byte", Some(of(timings.first_byte))),
        ("download", Some(of(timings.download))),
    ]
}
