//! What a comparison of two deploys is told in the gate file.

use std::ops::RangeInclusive;
use std::time::Duration;

use serde::Deserialize;
use tidegate_core::check::ParseScope;
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::located::Located;
use tidegate_core::node::Node;
use tidegate_core::period::Period;
use tidegate_core::ports::http::DEFAULT_TIMEOUT;
use tidegate_core::request::{RequestTemplate, request_keys};
use tidegate_core::scope::BUILT_IN;
use tidegate_core::span::Span;
use tidegate_core::template::Template;

use super::looks::pace;
use super::old::Old;
use crate::flow::references;
use crate::measure::{Percentile, Rates, count};
use crate::timed_routes::{self, Written, bounded};

/// By how much the new deploy may be slower unless the gate file says otherwise.
const TOLERANCE: f64 = 0.10;
/// The slowdown that must be ruled out where none is seen, unless the gate file says otherwise.
const VISIBLE: f64 = 1.5;
/// How many pairs of each route are measured at most unless the gate file says otherwise.
const SAMPLES_USUAL: u32 = 500;
/// The fewest that prove anything of any percentile.
const FEWEST: u32 = 50;
/// What `samples:` may be; the most is also what is kept of a route.
pub(super) const SAMPLES: RangeInclusive<u32> = FEWEST..=2_000;
/// How long the measurement may take unless the gate file says otherwise.
const WITHIN: Duration = Duration::from_secs(5 * 60);
/// How many pairs a second are sent unless the gate file says otherwise.
const RATE_USUAL: u32 = 20;
/// What `rate:` may be.
pub(super) const RATES: RangeInclusive<u32> = 1..=200;
/// How many pairs of each route come first and do not count unless the gate file says otherwise.
const WARM_UP_USUAL: u32 = 5;
/// What `warm-up:` may be.
pub(super) const WARM_UPS: RangeInclusive<u32> = 0..=100;

/// The key of a route that may be sent again although it does not only read.
const IDEMPOTENT: &str = "idempotent";

/// The value of `regression:`.
pub(super) struct Config {
    /// What it is compared with.
    pub(super) old: Old,
    /// The routes, each with a timeout.
    pub(super) routes: Vec<RequestTemplate>,
    /// The share by which the new deploy may be slower: .10.
    pub(super) tolerance: f64,
    /// Which percentile is compared.
    pub(super) percentile: Percentile,
    /// The slowdown that must be ruled out where none is seen: 1.5.
    pub(super) visible: f64,
    /// How many pairs of each route at most.
    pub(super) samples: u32,
    /// How many pairs of each route come first and do not count.
    pub(super) warm_up: u32,
    /// How long the measurement may take.
    pub(super) within: Duration,
    /// How many pairs a second, all routes together, where the places allow as many.
    pub(super) rate: u32,
    /// How many the places allow, as far as the gate file says.
    rates: Rates,
    /// Whether one of the places is only read.
    read_only: bool,
    /// Where it says how long it measures, or else its first line.
    place: Span,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Raw {
    old: Node,
    #[serde(default)]
    tolerance: Option<Node>,
    #[serde(default)]
    percentile: Option<Located<String>>,
    #[serde(default)]
    visible: Option<Located<f64>>,
    #[serde(default)]
    samples: Option<Located<u32>>,
    #[serde(default)]
    warm_up: Option<Located<u32>>,
    #[serde(default)]
    within: Option<Located<Period>>,
    #[serde(default)]
    rate: Option<Located<u32>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct RawRoute {
    #[serde(default)]
    idempotent: bool,
}

/// Says what the deploy can be compared with.
fn nothing_old(span: &Span) -> Diagnostic {
    Diagnostic::at(span.clone(), "`old` is missing")
        .label("needs `old`")
        .help("Say what the deploy is compared with: another environment (`old: production`), an address (`old: { url: \"${OLD_URL}\" }`), a program (`old: { start: … }`), or what an earlier run measured (`old: { reference: true, control: { get: /health } }`).")
}

impl Config {
    /// Reads the value of `regression:`.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub(super) fn parse(node: &Node, scope: &ParseScope<'_>) -> Result<Self, Vec<Diagnostic>> {
        let (written, rest) = timed_routes::split(node, |key| key == IDEMPOTENT)?;
        if rest.get("old").is_none() {
            return Err(vec![nothing_old(&node.span)]);
        }
        let mut of_routes = request_keys();
        of_routes.push(IDEMPOTENT);
        let raw: Raw = rest.read_beside(&of_routes)?;
        let old = Old::parse(&raw.old, scope)?;
        let mut faults = Vec::new();
        let mut number = |written: &Option<Located<u32>>, usual, limits, what| {
            bounded(written.as_ref(), limits, what, &mut faults).unwrap_or(usual)
        };
        let samples = number(&raw.samples, SAMPLES_USUAL, &SAMPLES, "number of pairs");
        let warm_up = number(&raw.warm_up, WARM_UP_USUAL, &WARM_UPS, "number of pairs");
        let rate = number(&raw.rate, RATE_USUAL, &RATES, "number of pairs a second");
        let here = Rates::new(scope.environment, scope.elsewhere.rate(), Some(rate));
        let kinds = [Some(scope.environment), old.kind()];
        let place = raw.within.as_ref().map(|within| within.span.clone());
        let tolerance = tolerance(raw.tolerance.as_ref(), &mut faults);
        let config = Self {
            rates: pace(here, &old, rate),
            read_only: kinds.into_iter().flatten().any(|kind| !kind.writable()),
            place: place.unwrap_or_else(|| head(&node.span)),
            routes: routes(written, scope, &mut faults),
            old,
            tolerance,
            percentile: percentile(raw.percentile.as_ref(), &mut faults),
            visible: visible(raw.visible.as_ref(), tolerance, &mut faults),
            samples,
            warm_up,
            within: raw.within.as_ref().map_or(WITHIN, |within| within.value.0),
            rate,
        };
        config.check_samples(raw.samples.as_ref(), raw.percentile.as_ref(), &mut faults);
        if faults.is_empty() {
            Ok(config)
        } else {
            Err(faults)
        }
    }

    /// How many pairs are measured, those that do not count among them.
    fn pairs(&self) -> u32 {
        let routes = u32::try_from(self.routes.len()).unwrap_or(u32::MAX);
        (self.samples + self.warm_up).saturating_mul(routes)
    }

    /// How many requests are sent at most, to both deploys together.
    pub(super) fn most_requests(&self) -> u32 {
        // One to each beforehand, which asks for its build.
        self.pairs().saturating_mul(2).saturating_add(2)
    }

    /// The fewest pairs that prove something of the percentile: with fewer no deploy could be found fast
    /// enough.
    pub(super) fn least(&self) -> u32 {
        self.percentile.fewest().max(FEWEST)
    }

    /// The longest that a request may take.
    pub(super) fn longest(&self) -> Duration {
        let routes = self.routes.iter();
        let limits = routes.filter_map(|route| route.timeout.map(|Period(limit)| limit));
        limits.max().unwrap_or(DEFAULT_TIMEOUT)
    }

    /// Every template in it.
    pub(super) fn templates(&self) -> Vec<Template> {
        let mut templates = timed_routes::templates(&self.routes);
        templates.extend(self.old.templates());
        templates
    }

    fn check_samples(
        &self,
        samples: Option<&Located<u32>>,
        percentile: Option<&Located<String>>,
        faults: &mut Vec<Diagnostic>,
    ) {
        let least = self.least();
        let span = samples.map(|samples| &samples.span);
        let span = span.or(percentile.map(|percentile| &percentile.span));
        if let Some(span) = span
            && self.samples < least
        {
            let message = format!("{} pairs are too few for {}", self.samples, self.percentile);
            faults.push(
                Diagnostic::at(span.clone(), message)
                    .label(format!("needs {least} at least"))
                    .help(format!("Write `samples: {least}` or more. p50 and p90 need {FEWEST}, p95 59 and p99 299.")),
            );
        }
    }

    /// Why it cannot be in the environment that it was read for: a route that changes something where one
    /// of both is only read, or a measurement that cannot come to its end in time.
    pub(super) fn unfit(&self) -> Option<Diagnostic> {
        let writing = self.routes.iter().find(|route| route.writes());
        if let Some(route) = writing.filter(|_| self.read_only) {
            let message = format!("{} is not sent to production", route.method);
            return Some(
                Diagnostic::at(route.span.clone(), message)
                    .label("production is only read")
                    .help("Measure it in another environment: `when: { environment: [preview] }`."),
            );
        }
        let fitting = self.looks(self.rates).err()?;
        let message = format!(
            "only {fitting} pairs of {} fit into {}",
            count(self.routes.len() as u64, "route"),
            Period(self.within),
        );
        let all = f64::from(self.least() + self.warm_up) * self.routes.len() as f64;
        let needed = (all + 3.0 * all.sqrt()) / self.rates.mean + 5.0;
        Some(
            Diagnostic::at(self.place.clone(), message)
                .label(format!(
                    "{} prove something, which needs about {needed:.0} s",
                    self.least()
                ))
                .help("Give it longer with `within:`, or take fewer routes or a higher `rate:`."),
        )
    }
}

/// The first line of a place.
fn head(span: &Span) -> Span {
    let first = span.text().lines().next().unwrap_or_default().trim_end();
    let start = span.range().start;
    Span::new(span.source().clone(), start, start + first.len())
}

fn routes(
    written: Vec<Written>,
    scope: &ParseScope<'_>,
    faults: &mut Vec<Diagnostic>,
) -> Vec<RequestTemplate> {
    let mut routes = Vec::new();
    for Written { request, rest } in written {
        match rest.read_beside::<RawRoute>(&request_keys()) {
            Ok(raw) => timed_routes::check(&request, raw.idempotent, scope, faults),
            Err(more) => faults.extend(more),
        }
        references::unknown(&request.templates(), BUILT_IN, faults);
        if request.api.is_some() || !request.path.to_string().starts_with('/') {
            faults.push(
                Diagnostic::at(
                    request.span.clone(),
                    "this route is not one of the portal itself",
                )
                .label("expected a path")
                .help("Both deploys are asked for the same path, each at its own address."),
            );
        }
        routes.push(request);
    }
    timed_routes::distinct(&routes, faults);
    routes
}

fn tolerance(written: Option<&Node>, faults: &mut Vec<Diagnostic>) -> f64 {
    let Some(written) = written else {
        return TOLERANCE;
    };
    let share = written
        .text()
        .and_then(|text| text.trim().strip_suffix('%'));
    let share = share.and_then(|percent| percent.trim().parse::<f64>().ok());
    match share {
        Some(percent) if (0.0..=100.0).contains(&percent) => percent / 100.0,
        _ => {
            faults.push(
                Diagnostic::at(written.span.clone(), "this is no tolerance")
                    .label("expected a share from 0% to 100%")
                    .help(
                        "Write by how much slower the new deploy may be, as in `tolerance: 10%`.",
                    ),
            );
            TOLERANCE
        }
    }
}

fn percentile(written: Option<&Located<String>>, faults: &mut Vec<Diagnostic>) -> Percentile {
    let Some(written) = written else {
        return Percentile::P95;
    };
    Percentile::named(&written.value).unwrap_or_else(|| {
        faults.push(Diagnostic::unknown(
            written.span.clone(),
            "percentile",
            &written.value,
            &Percentile::NAMES,
        ));
        Percentile::P95
    })
}

fn visible(written: Option<&Located<f64>>, tolerance: f64, faults: &mut Vec<Diagnostic>) -> f64 {
    let least = 1.0 + tolerance;
    let Some(written) = written else {
        return VISIBLE.max(least * least);
    };
    if written.value > least && written.value <= 10.0 {
        return written.value;
    }
    faults.push(
        Diagnostic::at(written.span.clone(), "this is no slowdown that can be ruled out")
            .label(format!("expected more than {least:.2} and at most 10"))
            .help("Write how many times as slow the new deploy must not be, beyond the tolerance: `visible: 1.5`."),
    );
    VISIBLE
}
