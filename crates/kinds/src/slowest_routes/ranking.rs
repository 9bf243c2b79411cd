//! Routes by how long they took.

use std::collections::BTreeMap;

use tidegate_core::check::{CheckReport, Metric, Table, Unit};
use tidegate_core::exchange::Exchange;

use crate::statistics::{Reservoir, ascending, fewest, nearest_rank};

/// The most routes that are told apart.
const MOST_ROUTES: usize = 1_000;
/// How many routes the table has.
const SHOWN: usize = 10;
/// The share of requests that took no longer.
const QUANTILE: f64 = 0.95;
/// How sure one is to be that a p95 is below a limit, when so few samples are below it.
const CONFIDENCE: f64 = 0.95;

/// What was seen of each route.
#[derive(Default)]
pub(super) struct Ranking {
    /// The times of each, in milliseconds.
    routes: BTreeMap<String, Reservoir<f64>>,
    /// How many requests were of a route beyond the limit.
    left_out: u64,
}

/// A route with its place in the ranking.
struct Ranked<'r> {
    route: &'r str,
    /// In milliseconds.
    times: &'r Reservoir<f64>,
    /// In milliseconds.
    p95: f64,
    /// In milliseconds.
    median: f64,
}

impl Ranked<'_> {
    /// Whether there are enough samples to hold the p95 against a limit.
    fn often_enough(&self) -> bool {
        self.times.count() >= u64::from(fewest(QUANTILE, CONFIDENCE))
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
        let times = self.routes.entry(route);
        let times = times.or_insert_with(|| Reservoir::new(known as u64));
        let taken = exchange.timings.first_byte + exchange.timings.download;
        times.add(crate::measure::milliseconds(taken));
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
            metrics: ranked.iter().flat_map(metrics).collect(),
            notes: notes.into_iter().collect(),
            tables: table(&ranked).into_iter().collect(),
            ..CheckReport::default()
        }
    }
}

fn ranked<'r>((route, times): (&'r String, &'r Reservoir<f64>)) -> Option<Ranked<'r>> {
    let ascending = ascending(times.kept().iter().copied());
    Some(Ranked {
        route,
        times,
        p95: nearest_rank(&ascending, QUANTILE)?,
        median: nearest_rank(&ascending, 0.5)?,
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
    let count = u32::try_from(ranked.times.count()).unwrap_or(u32::MAX);
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
    let time = crate::measure::time;
    vec![
        ranked.route.to_owned(),
        time(ranked.p95),
        time(ranked.median),
        ranked.times.count().to_string(),
        known.to_owned(),
    ]
}
