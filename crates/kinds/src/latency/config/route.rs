//! One route: its request and what it may take.

use std::time::Duration;

use serde::Deserialize;
use tidegate_core::check::ParseScope;
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::located::Located;
use tidegate_core::meta::Severity;
use tidegate_core::node::{Key, Node, Value};
use tidegate_core::period::Period;
use tidegate_core::ports::http::DEFAULT_TIMEOUT;
use tidegate_core::request::{RequestTemplate, request_keys};
use tidegate_core::size::Size;
use tidegate_core::span::Span;
use tidegate_core::template::Template;

use crate::expect::Status;
use crate::measure::Percentile;
use crate::timed_routes::{self, Written};

/// What is warned of when the gate file has no figure.
const WARN: Duration = Duration::from_millis(300);
/// What blocks when the gate file has no figure.
const BLOCK: Duration = Duration::from_millis(500);
/// The most that a time may grow, in times.
const GROWTH_LIMIT: f64 = 1_000.0;

/// What a percentile may take at most.
pub(crate) struct Budget {
    /// Which one.
    pub(crate) percentile: Percentile,
    /// What it may take.
    pub(crate) limit: Duration,
    /// How bad it is when it takes more.
    pub(crate) severity: Severity,
    /// Where it was written; of a usual one where the request was.
    pub(crate) span: Span,
}

/// How the time may grow from a short page to a long one.
pub(crate) struct Growth {
    /// The request of the short page.
    pub(crate) from: RequestTemplate,
    /// How many times as long the long page may take.
    pub(crate) at_most: f64,
    /// Where it was written.
    pub(crate) span: Span,
}

/// A route that is measured.
pub(crate) struct Route {
    /// The request.
    pub(crate) request: RequestTemplate,
    /// As a person names it; no other route of the check is called the same.
    pub(crate) name: String,
    /// What its percentiles may take.
    pub(crate) budgets: Vec<Budget>,
    /// The most bytes that an answer may have.
    pub(crate) size: Option<Located<Size>>,
    /// The expected status; 2xx when absent.
    pub(crate) status: Option<Status>,
    /// How its time may grow.
    pub(crate) growth: Option<Growth>,
    /// How long one request may take.
    pub(crate) timeout: Duration,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Raw {
    #[serde(default)]
    p50: Option<Located<Period>>,
    #[serde(default)]
    p90: Option<Located<Period>>,
    #[serde(default)]
    p95: Option<Located<Period>>,
    #[serde(default)]
    p99: Option<Located<Period>>,
    #[serde(default)]
    size: Option<Located<Size>>,
    #[serde(default)]
    status: Option<Node>,
    #[serde(default)]
    growth: Option<Node>,
    #[serde(default)]
    idempotent: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct RawGrowth {
    from: Node,
    at_most: Located<f64>,
}

/// The keys of a route that are no percentiles, beside those of its request.
const OWN: [&str; 4] = ["size", "status", "growth", "idempotent"];

/// Whether a key belongs to a route, beside those of its request.
pub(super) fn is_own(key: &str) -> bool {
    OWN.contains(&key) || is_percentile(key)
}

/// All keys that a route may have.
pub(super) fn keys() -> Vec<&'static str> {
    let mut keys = request_keys();
    keys.extend(OWN);
    keys.extend(Percentile::NAMES);
    keys
}

/// Whether a key means a percentile, be it a sensible one or not.
fn is_percentile(key: &str) -> bool {
    key.strip_prefix('p').is_some_and(|number| {
        number.starts_with(|first: char| first.is_ascii_digit())
            && number.chars().all(|one| one.is_ascii_digit() || one == '.')
    })
}

impl Route {
    /// Reads a route.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub(super) fn parse(written: Written, scope: &ParseScope<'_>) -> Result<Self, Vec<Diagnostic>> {
        let Written { request, rest } = written;
        let (rest, mut faults) = without_odd_percentiles(rest);
        let raw: Raw = match rest.read_beside(&request_keys()) {
            Ok(raw) => raw,
            Err(more) => {
                faults.extend(more);
                return Err(faults);
            }
        };
        let mut keep = |fault: Vec<Diagnostic>| faults.extend(fault);
        let status = raw.status.as_ref().map(Status::parse).transpose();
        let status = status.map_err(&mut keep).unwrap_or_default();
        let growth = raw.growth.as_ref().map(|node| growth(node, &request));
        let growth = growth.transpose().map_err(&mut keep).unwrap_or_default();
        timed_routes::check(&request, raw.idempotent, scope, &mut faults);
        let route = Self {
            name: request.name(),
            budgets: budgets(&raw, &request, growth.is_some(), &mut faults),
            timeout: request
                .timeout
                .map_or(DEFAULT_TIMEOUT, |Period(timeout)| timeout),
            request,
            size: raw.size,
            status,
            growth,
        };
        route.check_timeout(&mut faults);
        route.check_order(&mut faults);
        if faults.is_empty() {
            Ok(route)
        } else {
            Err(faults)
        }
    }

    /// Whether single samples of it are taken: a route that only grows is measured in pairs.
    pub(crate) fn is_sampled(&self) -> bool {
        !self.budgets.is_empty() || self.size.is_some()
    }

    /// Every template in it.
    pub(super) fn templates(&self) -> Vec<Template> {
        let mut templates = self.request.templates();
        templates.extend(self.growth.iter().map(|growth| growth.from.path.clone()));
        templates.extend(self.status.iter().flat_map(Status::templates));
        templates
    }

    /// Tells a percentile that may take less than a lower one.
    fn check_order(&self, faults: &mut Vec<Diagnostic>) {
        for pair in self.budgets.windows(2) {
            let [lower, higher] = pair else { continue };
            if higher.limit.is_zero() || higher.limit >= lower.limit {
                continue;
            }
            let (less, more) = (Period(higher.limit), Period(lower.limit));
            let message = format!(
                "{} may take {less} and {} may take {more}",
                higher.percentile, lower.percentile
            );
            let help = format!(
                "Whoever keeps to {less} at {} keeps to it at {}, too, so that the {more} at {} would never matter. Raise the one or lower the other.",
                higher.percentile,
                lower.percentile,
                lower.span.brief_location()
            );
            let fault = Diagnostic::at(higher.span.clone(), message);
            faults.push(fault.label(format!("expected {more} or more")).help(help));
        }
    }

    fn check_timeout(&self, faults: &mut Vec<Diagnostic>) {
        let over = self
            .budgets
            .iter()
            .find(|budget| budget.limit >= self.timeout);
        if let Some(budget) = over {
            let (limit, timeout) = (Period(budget.limit), Period(self.timeout));
            let message = format!("no answer is waited for longer than {timeout}");
            faults.push(
                Diagnostic::at(budget.span.clone(), message)
                    .label(format!(
                        "{limit} for {} would never be seen",
                        budget.percentile
                    ))
                    .help("Write a longer `timeout:` beside it."),
            );
        }
    }
}

/// Gives routes of the same name a number.
pub(super) fn name_apart(routes: &mut [Route]) {
    for place in 1..routes.len() {
        let (before, rest) = routes.split_at_mut(place);
        let name = rest[0].request.name();
        let same = before.iter().filter(|route| route.request.name() == name);
        let count = same.count();
        if count > 0 {
            rest[0].name = format!("{name} ({})", count + 1);
        }
    }
}

/// Takes out keys such as `p100` and says why they are none.
fn without_odd_percentiles(node: Node) -> (Node, Vec<Diagnostic>) {
    let Value::Map(entries) = node.value else {
        return (node, Vec::new());
    };
    let known = |key: &str| Percentile::NAMES.contains(&key);
    let (odd, rest): (Vec<_>, Vec<_>) = entries
        .into_iter()
        .partition(|(key, _)| is_percentile(&key.text) && !known(&key.text));
    let faults = odd.iter().map(|(key, _)| odd_percentile(key)).collect();
    (Node::new(Value::Map(rest), node.span), faults)
}

fn odd_percentile(key: &Key) -> Diagnostic {
    let number: f64 = key.text[1..].parse().unwrap_or(f64::NAN);
    let fault = Diagnostic::at(
        key.span.clone(),
        format!("`{}` cannot have a latency budget", key.text),
    )
    .label("expected p50, p90, p95 or p99");
    if number >= 100.0 {
        fault.help("No number of samples shows how slow the slowest of all requests is. Judge p99, which needs 299 samples.")
    } else if number <= 0.0 {
        fault.help(
            "The fastest of all requests says nothing about what clients wait for. Judge p95.",
        )
    } else {
        fault.help("Judge p50, p90, p95 or p99: what so many of a hundred requests keep to.")
    }
}

fn growth(node: &Node, request: &RequestTemplate) -> Result<Growth, Vec<Diagnostic>> {
    let raw: RawGrowth = node.read()?;
    let mut faults = Vec::new();
    let at_most = raw.at_most.value;
    if !(at_most > 1.0 && at_most <= GROWTH_LIMIT) {
        faults.push(
            Diagnostic::at(raw.at_most.span, format!("{at_most} is no growth"))
                .label(format!("expected a number above 1, at most {GROWTH_LIMIT}"))
                .help("3 says that the long page may take three times as long as the short one."),
        );
    }
    let get = Key {
        text: request.method.to_ascii_lowercase(),
        span: raw.from.span.clone(),
    };
    let short = Node::new(
        Value::Map(vec![(get, raw.from.clone())]),
        raw.from.span.clone(),
    );
    match RequestTemplate::take(&short) {
        Ok((from, _)) if faults.is_empty() => Ok(Growth {
            from: RequestTemplate {
                path: from.path,
                span: from.span,
                query: Vec::new(),
                ..request.clone()
            },
            at_most,
            span: node.span.clone(),
        }),
        Ok(_) => Err(faults),
        Err(more) => {
            faults.extend(more);
            Err(faults)
        }
    }
}

fn budgets(
    raw: &Raw,
    request: &RequestTemplate,
    grows: bool,
    faults: &mut Vec<Diagnostic>,
) -> Vec<Budget> {
    let written = [&raw.p50, &raw.p90, &raw.p95, &raw.p99];
    let written: Vec<_> = Percentile::ALL.into_iter().zip(written).collect();
    let mut budgets = Vec::new();
    for (percentile, limit) in &written {
        let Some(limit) = limit else {
            continue;
        };
        if limit.value.0.is_zero() {
            faults.push(
                Diagnostic::at(
                    limit.span.clone(),
                    "a latency budget of 0 is kept by nobody",
                )
                .label("expected a time, as in `300ms`"),
            );
        }
        budgets.push(Budget {
            percentile: *percentile,
            limit: limit.value.0,
            severity: Severity::High,
            span: limit.span.clone(),
        });
    }
    if budgets.is_empty() && !grows {
        budgets.extend(usual(&request.span));
    }
    budgets
}

/// What counts when the gate file has no figure: warn above the one, block above the other.
fn usual(span: &Span) -> [Budget; 2] {
    [(WARN, Severity::Low), (BLOCK, Severity::High)].map(|(limit, severity)| Budget {
        percentile: Percentile::P95,
        limit,
        severity,
        span: span.clone(),
    })
}
