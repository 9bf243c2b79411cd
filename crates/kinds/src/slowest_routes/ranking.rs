//! Routes by how long they took.

use std::collections::BTreeMap;
use std::time::Duration;

use tidegate_core::check::{CheckReport, Metric, Table, Unit};
use tidegate_core::exchange::Exchange;
use tidegate_core::finding::Finding;
use tidegate_core::period::Period;
use tidegate_core::ports::http::Cause;

use super::OVER_A_SECOND;
use crate::statistics::{Reservoir, fewest, nearest_rank};

/// The most routes that are told apart.
const MOST_ROUTES: usize = 1_000;
/// How many routes the table has.
const SHOWN: usize = 10;
/// From which p95 on a route is told, in milliseconds: the limit of an uninterrupted train of thought
/// (Nielsen, *Usability Engineering*, 1993, chapter 5).
const LONG: f64 = 1_000.0;
/// The share of requests that took no longer.
const QUANTILE: f64 = 0.95;
/// How sure one is to be that a p95 is below a limit, when so few samples are below it.
const CONFIDENCE: f64 = 0.95;

/// What was seen of each route.
#[derive(Default)]
pub(super) struct Ranking {
    routes: BTreeMap<String, Seen>,
    /// How many requests were of a route beyond the limit.
    left_out: u64,
}

/// What was seen of one route.
struct Seen {
    times: Reservoir,
    /// Who asked first.
    cause: Cause,
}

/// A route with its place in the ranking.
struct Ranked<'r> {
    route: &'r str,
    seen: &'r Seen,
    /// In milliseconds.
    p95: f64,
    /// In milliseconds.
    median: f64,
}

impl Ranked<'_> {
    /// Whether there are enough samples to hold the p95 against a limit.
    fn often_enough(&self) -> bool {
        self.seen.times.count() >= u64::from(fewest(QUANTILE, CONFIDENCE))
    }
}

impl Ranking {
    /// Takes the time of an exchange: from the request's start on the connection to the last byte.
    pub(super) fn take(&mut self, route: String, exchange: &Exchange) {
        let known = self.routes.len();
        if known >= MOST_ROUTES && !self.routes.contains_key(&route) {
            self.left_out += 1;
            return;
        }
        let seen = self.routes.entry(route).or_insert_with(|| Seen {
            times: Reservoir::new(known as u64),
            cause: exchange.cause.clone(),
        });
        let time = exchange.timings.first_byte + exchange.timings.download;
        seen.times.add(time.as_secs_f64() * 1e3);
    }

    /// Everything, the slowest route first.
    pub(super) fn report(&self) -> CheckReport {
        let mut ranked: Vec<Ranked<'_>> = self.routes.iter().filter_map(ranked).collect();
        ranked.sort_by(|one, other| other.p95.total_cmp(&one.p95));
        let notes = (self.left_out > 0).then(|| {
            format!(
                "{} requests were of other routes than the first {MOST_ROUTES}, and are not ranked",
                self.left_out
            )
        });
        CheckReport {
            findings: ranked.iter().filter_map(finding).collect(),
            metrics: ranked.iter().flat_map(metrics).collect(),
            notes: notes.into_iter().collect(),
            tables: table(&ranked).into_iter().collect(),
            ..CheckReport::default()
        }
    }
}

fn ranked<'r>((route, seen): (&'r String, &'r Seen)) -> Option<Ranked<'r>> {
    let times = seen.times.ascending();
    Some(Ranked {
        route,
        seen,
        p95: nearest_rank(&times, QUANTILE)?,
        median: nearest_rank(&times, 0.5)?,
    })
}

fn metrics(ranked: &Ranked<'_>) -> [Metric; 2] {
    let metric = |name: &str, unit, value| Metric {
        name: name.to_owned(),
        subject: ranked.route.to_owned(),
        unit,
        value,
        samples: Vec::new(),
    };
    let count = u32::try_from(ranked.seen.times.count()).unwrap_or(u32::MAX);
    [
        metric("p95", Unit::Milliseconds, ranked.p95),
        metric("samples", Unit::Count, f64::from(count)),
    ]
}

/// The slowest routes; nothing when none was seen.
fn table(ranked: &[Ranked<'_>]) -> Option<Table> {
    let rarely = ranked.iter().filter(|one| !one.often_enough()).count();
    let title = match rarely {
        0 => "Slowest routes".to_owned(),
        _ => format!(
            "Slowest routes; {rarely} of {} were seen too rarely to judge",
            ranked.len()
        ),
    };
    let rows: Vec<Vec<String>> = ranked.iter().take(SHOWN).map(row).collect();
    let columns = ["Route", "p95", "Median", "Requests", "How well it is known"];
    (!rows.is_empty()).then(|| Table {
        title,
        columns: columns.map(str::to_owned).into(),
        rows,
    })
}

fn row(ranked: &Ranked<'_>) -> Vec<String> {
    let known = if ranked.often_enough() {
        "measured"
    } else {
        "seen in passing"
    };
    vec![
        ranked.route.to_owned(),
        period(ranked.p95),
        period(ranked.median),
        ranked.seen.times.count().to_string(),
        known.to_owned(),
    ]
}

/// What is worth to know of a route that was seen often enough and takes long.
fn finding(ranked: &Ranked<'_>) -> Option<Finding> {
    if ranked.p95 <= LONG || !ranked.often_enough() {
        return None;
    }
    let title = format!(
        "{} needs {} for 95 of 100 requests",
        ranked.route,
        period(ranked.p95)
    );
    let cause = &ranked.seen.cause;
    let finding = Finding::new(&OVER_A_SECOND, cause.location.clone(), title)
        .caused_by(cause.check.clone())
        .evidence("p95", period(ranked.p95))
        .evidence("median", period(ranked.median))
        .evidence("requests", ranked.seen.times.count().to_string())
        .advice(
            "Add a check of the kind `latency` for it: it measures the route by itself and holds it against a \
             latency budget. Then look at what it waits for: queries without an index, one query for each \
             record, calls to other services.",
        )
        .subject(ranked.route);
    Some(finding)
}

fn period(milliseconds: f64) -> String {
    let length = Duration::try_from_secs_f64(milliseconds / 1e3).unwrap_or_default();
    Period(length).to_string()
}
