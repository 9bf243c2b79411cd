//! What numbers a check of latency may have, and whether they can lead to a verdict.

use std::ops::RangeInclusive;
use std::time::Duration;

use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::gate::EnvironmentKind;
use tidegate_core::located::Located;
use tidegate_core::period::Period;
use tidegate_core::span::Span;

use super::super::line::PAUSE;
use super::{Config, FEWEST_PAIRS, Raw, Route};
use crate::measure::Percentile;
use crate::timed_routes::bounded;

/// The most samples of a route: more tell little more, and load the portal.
pub(crate) const MAX_SAMPLES: u32 = 2_000;
/// What `samples:` may be.
pub(crate) const SAMPLES: RangeInclusive<u32> = 5..=MAX_SAMPLES;
/// What `within:` may be.
pub(crate) const WITHIN: RangeInclusive<Duration> =
    Duration::from_secs(1)..=Duration::from_secs(1_800);
/// What `rate:` may be, in requests a second.
pub(crate) const RATES: RangeInclusive<u32> = 1..=1_000;
/// What `warm-up:` may be.
pub(crate) const WARM_UPS: RangeInclusive<u32> = 0..=50;
/// What `clients:` may be.
pub(crate) const CLIENTS: RangeInclusive<u32> = 2..=200;
/// What `for:` may be.
pub(crate) const LASTING: RangeInclusive<Duration> =
    Duration::from_secs(1)..=Duration::from_secs(60);

/// Tells numbers that are out of bounds, and keys that mean nothing beside others.
pub(super) fn check(raw: &Raw, faults: &mut Vec<Diagnostic>) {
    bounded(raw.samples.as_ref(), &SAMPLES, "number of samples", faults);
    bounded(
        raw.rate.as_ref(),
        &RATES,
        "number of requests a second",
        faults,
    );
    bounded(
        raw.warm_up.as_ref(),
        &WARM_UPS,
        "number of requests to warm up with",
        faults,
    );
    bounded(
        raw.clients.as_ref(),
        &CLIENTS,
        "number of clients at once",
        faults,
    );
    lasting(raw.within.as_ref(), &WITHIN, faults);
    lasting(raw.r#for.as_ref(), &LASTING, faults);
    match (&raw.clients, &raw.r#for) {
        (None, Some(time)) => faults.push(
            Diagnostic::at(time.span.clone(), "`for` has no meaning without `clients`")
                .label("says how long clients ask at once")
                .help(
                    "Add `clients:`, or say with `within:` how long the check may measure at most.",
                ),
        ),
        (Some(_), _) => beside_clients(raw, faults),
        (None, None) => {}
    }
}

fn beside_clients(raw: &Raw, faults: &mut Vec<Diagnostic>) {
    let of = |key, span: Option<&Span>| span.map(|span| (key, span.clone()));
    let others = [
        of("samples", raw.samples.as_ref().map(|one| &one.span)),
        of("rate", raw.rate.as_ref().map(|one| &one.span)),
        of("within", raw.within.as_ref().map(|one| &one.span)),
    ];
    faults.extend(others.into_iter().flatten().map(|(key, span)| {
        Diagnostic::at(span, format!("`{key}` has no meaning beside `clients`"))
            .label("each client asks again once it was answered")
            .help("Say with `for:` how long the clients ask.")
    }));
}

fn lasting(
    written: Option<&Located<Period>>,
    limits: &RangeInclusive<Duration>,
    faults: &mut Vec<Diagnostic>,
) {
    if let Some(time) = written.filter(|time| !limits.contains(&time.value.0)) {
        let (least, most) = (Period(*limits.start()), Period(*limits.end()));
        faults.push(
            Diagnostic::at(
                time.span.clone(),
                format!("{} is no time for this", time.value),
            )
            .label(format!("expected from {least} to {most}")),
        );
    }
}

/// Tells a check that can never come to a verdict, and what it needs.
pub(super) fn reach(raw: &Raw, config: &Config, faults: &mut Vec<Diagnostic>) {
    if config.clients.is_some() {
        let growing = config
            .routes
            .iter()
            .filter_map(|route| route.growth.as_ref());
        faults.extend(growing.map(|growth| {
            Diagnostic::at(
                growth.span.clone(),
                "`growth` has no meaning beside `clients`",
            )
            .label("is measured without load")
            .help("Make it a check of its own.")
        }));
        return;
    }
    samples(raw, config, faults);
}

/// Why a check cannot be in the environment that it was read for.
pub(in super::super) fn unfit(config: &Config) -> Option<Diagnostic> {
    let Some(clients) = &config.clients else {
        return too_little_time(config);
    };
    let at = |message: String| Diagnostic::at(clients.span.clone(), message);
    if config.environment == EnvironmentKind::Production {
        let message = format!(
            "{} clients at once are not sent to production",
            clients.count
        );
        let fault = at(message).label("only preview, staging and local");
        return Some(fault.help(
            "Give the check the environments it is for, as in `when: { environment: [staging] }`.",
        ));
    }
    let allowed = config.allowed?;
    let message = format!(
        "the environment allows {allowed} requests a second, and {} clients at once send more",
        clients.count
    );
    let fault = at(message).label("would never be measured here");
    Some(fault.help("Take `rate:` out of the environment, or give the check another one, as in `when: { environment: [staging] }`."))
}

/// The percentile of a route that needs the most samples.
fn hardest(route: &Route) -> Option<Percentile> {
    let percentiles = route.budgets.iter().map(|budget| budget.percentile);
    percentiles.max()
}

fn samples(raw: &Raw, config: &Config, faults: &mut Vec<Diagnostic>) {
    let Some(written) = &raw.samples else {
        return;
    };
    let hardest = config.routes.iter().filter_map(hardest).max();
    let Some(percentile) = hardest.filter(|one| written.value < one.fewest()) else {
        return;
    };
    let (number, fewest) = (written.value, percentile.fewest());
    let message =
        format!("{number} samples cannot show that {percentile} keeps to its latency budget");
    faults.push(
        Diagnostic::at(written.span.clone(), message)
            .label(format!("{percentile} needs {fewest} samples"))
            .help(format!("Write `samples: {fewest}` or more. {NEEDS}")),
    );
}

/// How many samples each percentile needs at 95 % confidence.
const NEEDS: &str = "p50 needs 5 samples of a route, p90 29, p95 59 and p99 299.";

/// Tells a time within which the requests do not fit that a verdict needs.
fn too_little_time(config: &Config) -> Option<Diagnostic> {
    let rates = config.rates();
    let needed = needed(config);
    let pauses = config.warm_up > 0 && config.routes.iter().any(Route::is_sampled);
    let pause = if pauses { PAUSE } else { Duration::ZERO };
    let room = rates.surely(config.within.saturating_sub(pause));
    if f64::from(needed) <= room {
        return None;
    }
    let within = Period(config.within);
    let routes = crate::measure::count(config.routes.len() as u64, "route");
    let message = format!(
        "a verdict on {routes} needs {needed} requests, and only {} surely fit into {within}",
        room.floor()
    );
    let seconds = rates.sure_of(needed) + pause.as_secs_f64();
    let help = format!(
        "Write `within: {}s` or more, raise `rate:` where the portal may be asked more often, or judge fewer routes. {NEEDS}",
        seconds.ceil()
    );
    let fault = Diagnostic::at(config.place.clone(), message);
    let label = format!("about {:.0} requests a second go out", rates.mean);
    Some(fault.label(label).help(help))
}

/// The fewest requests with which every claim can be found right.
fn needed(config: &Config) -> u32 {
    let sampled = config.routes.iter().filter(|route| route.is_sampled());
    let samples = sampled.map(|route| {
        let fewest = hardest(route).map_or(1, Percentile::fewest);
        fewest + config.warm_up
    });
    let growing = config.routes.iter().filter(|route| route.growth.is_some());
    let pairs = growing.map(|_| 2 * (FEWEST_PAIRS + super::PAIR_WARM_UPS) * 2);
    samples.chain(pairs).sum()
}
