//! What a comparison of two deploys is told in the gate file.

use std::time::Duration;

use serde::Deserialize;
use tidegate_core::check::ParseScope;
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::gate::EnvironmentKind;
use tidegate_core::located::Located;
use tidegate_core::node::Node;
use tidegate_core::period::Period;
use tidegate_core::request::{RequestTemplate, request_keys};
use tidegate_core::span::Span;
use tidegate_core::template::Template;

use super::looks::pace;
use super::old::Old;
use crate::measure::Rates;
use crate::statistics::fewest;
use crate::timed_routes::{self, Written};

/// By how much the new deploy may be slower unless the gate file says otherwise.
const TOLERANCE: f64 = 0.10;
/// The slowdown that must be ruled out where none is seen, unless the gate file says otherwise.
const VISIBLE: f64 = 1.5;
/// How many pairs of each route are measured at most unless the gate file says otherwise.
const SAMPLES: u32 = 500;
/// The fewest that prove anything of any percentile.
const FEWEST: u32 = 50;
/// The most that it may say, which is also the most that is kept of a route.
const MOST: u32 = 2_000;
/// How long the measurement may take unless the gate file says otherwise.
const WITHIN: Duration = Duration::from_secs(5 * 60);
/// How many pairs a second are sent unless the gate file says otherwise.
const RATE: u32 = 20;
/// The most that it may say.
const MOST_RATE: u32 = 200;
/// How many pairs of each route come first and do not count.
const WARM_UP: u32 = 5;
/// The most that the gate file may say.
const MOST_WARM_UP: u32 = 100;
/// The most routes of one check: more would take longer than a deploy is waited for.
const ROUTES: usize = 20;
/// How long a request may take unless its route says otherwise.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The value of `regression:`.
pub(super) struct Config {
    /// What it is compared with.
    pub(super) old: Old,
    /// The routes, each with a timeout.
    pub(super) routes: Vec<RequestTemplate>,
    /// The share by which the new deploy may be slower: .10.
    pub(super) tolerance: f64,
    /// Which quantile is compared: .95.
    pub(super) quantile: f64,
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
        let (written, rest) = timed_routes::split(node, &["idempotent"])?;
        if rest.get("old").is_none() {
            return Err(vec![nothing_old(&node.span)]);
        }
        let raw: Raw = rest.read()?;
        let old = Old::parse(&raw.old, scope)?;
        let mut faults = Vec::new();
        let rate = rate(raw.rate.as_ref(), &mut faults);
        let here = Rates::new(scope.environment, scope.elsewhere.rate(), Some(rate));
        let mut places = vec![scope.environment];
        places.extend(old.kind());
        places.retain(|_| scope.applies);
        let mut config = Self {
            rates: pace(here, &old, rate),
            rate,
            routes: routes(written, &places, scope, &mut faults),
            old,
            tolerance: tolerance(raw.tolerance.as_ref(), &mut faults),
            quantile: quantile(raw.percentile.as_ref(), &mut faults),
            visible: VISIBLE,
            samples: number(
                raw.samples.as_ref(),
                SAMPLES,
                FEWEST,
                MOST,
                "pairs",
                &mut faults,
            ),
            warm_up: number(
                raw.warm_up.as_ref(),
                WARM_UP,
                0,
                MOST_WARM_UP,
                "pairs",
                &mut faults,
            ),
            within: raw.within.as_ref().map_or(WITHIN, |within| within.value.0),
        };
        config.visible = visible(raw.visible.as_ref(), config.tolerance, &mut faults);
        config.check_samples(raw.samples.as_ref(), raw.percentile.as_ref(), &mut faults);
        config.check_time(raw.within.as_ref(), node, &mut faults);
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
        fewest(self.quantile, 0.95).max(FEWEST)
    }

    /// The longest that a request may take.
    pub(super) fn longest(&self) -> Duration {
        let routes = self.routes.iter();
        let limits = routes.filter_map(|route| route.timeout.map(|Period(limit)| limit));
        limits.max().unwrap_or(TIMEOUT)
    }

    /// Every template in it.
    pub(super) fn templates(&self) -> Vec<Template> {
        let mut templates = timed_routes::templates(&self.routes);
        templates.extend(self.old.templates());
        templates
    }

    /// The percentile as people write it: `p95`.
    pub(super) fn percentile(&self) -> String {
        format!("p{:.0}", self.quantile * 100.0)
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
            let name = self.percentile();
            let message = format!("{} pairs are too few for {name}", self.samples);
            faults.push(
                Diagnostic::at(span.clone(), message)
                    .label(format!("needs {least} at least"))
                    .help(format!("Write `samples: {least}` or more. p50 and p90 need {FEWEST}, p95 59 and p99 299.")),
            );
        }
    }

    /// A measurement that cannot come to its end in time is told before it begins.
    fn check_time(
        &self,
        within: Option<&Located<Period>>,
        node: &Node,
        faults: &mut Vec<Diagnostic>,
    ) {
        let Err(fitting) = self.looks(self.rates) else {
            return;
        };
        let span = within.map_or_else(|| head(&node.span), |within| within.span.clone());
        let message = format!(
            "only {fitting} pairs of {} fit into {}",
            count(self.routes.len(), "route"),
            Period(self.within),
        );
        let all = f64::from(self.least() + self.warm_up) * self.routes.len() as f64;
        let needed = (all + 3.0 * all.sqrt()) / self.rates.mean + 5.0;
        faults.push(
            Diagnostic::at(span, message)
                .label(format!(
                    "{} prove something, which needs about {needed:.0} s",
                    self.least()
                ))
                .help("Give it longer with `within:`, or take fewer routes or a higher `rate:`."),
        );
    }
}

/// A number and what it counts.
pub(super) fn count(number: usize, what: &str) -> String {
    let end = if number == 1 { "" } else { "s" };
    format!("{number} {what}{end}")
}

/// The first line of a place.
fn head(span: &Span) -> Span {
    let first = span.text().lines().next().unwrap_or_default().trim_end();
    let start = span.range().start;
    Span::new(span.source().clone(), start, start + first.len())
}

fn routes(
    written: Vec<Written>,
    places: &[EnvironmentKind],
    scope: &ParseScope<'_>,
    faults: &mut Vec<Diagnostic>,
) -> Vec<RequestTemplate> {
    let mut routes = Vec::new();
    for route in written {
        let mut request = route.request;
        match route.rest.read_beside::<RawRoute>(&request_keys()) {
            Ok(raw) => timed_routes::check(&request, raw.idempotent, places, scope, faults),
            Err(more) => faults.extend(more),
        }
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
        request.timeout.get_or_insert(Period(TIMEOUT));
        routes.push(request);
    }
    timed_routes::distinct(&routes, faults);
    if let Some(over) = routes.get(ROUTES) {
        let message = format!("more than {ROUTES} routes in one comparison");
        faults.push(
            Diagnostic::at(over.span.clone(), message)
                .label("one too many")
                .help("Keep those that clients wait for most, or make a second check of the rest."),
        );
    }
    routes
}

fn number(
    written: Option<&Located<u32>>,
    default: u32,
    least: u32,
    most: u32,
    what: &str,
    faults: &mut Vec<Diagnostic>,
) -> u32 {
    let Some(written) = written else {
        return default;
    };
    if !(least..=most).contains(&written.value) {
        faults.push(
            Diagnostic::at(written.span.clone(), format!("this is no number of {what}"))
                .label(format!("expected a number from {least} to {most}")),
        );
        return default;
    }
    written.value
}

fn rate(written: Option<&Located<u32>>, faults: &mut Vec<Diagnostic>) -> u32 {
    number(written, RATE, 1, MOST_RATE, "pairs a second", faults)
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

fn quantile(written: Option<&Located<String>>, faults: &mut Vec<Diagnostic>) -> f64 {
    match written.map(|written| (written.value.as_str(), written)) {
        None | Some(("p95", _)) => 0.95,
        Some(("p50", _)) => 0.50,
        Some(("p90", _)) => 0.90,
        Some(("p99", _)) => 0.99,
        Some((name, written)) => {
            faults.push(Diagnostic::unknown(
                written.span.clone(),
                "percentile",
                name,
                &["p50", "p90", "p95", "p99"],
            ));
            0.95
        }
    }
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
