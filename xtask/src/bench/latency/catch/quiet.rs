//! How quick the good portal is when nothing else runs.

use super::gates::{self, GOOD_ROUTES, LOADED, PAGE};
use super::{Bench, Outcome};
use crate::bench::measure::Spread;
use crate::failure::Failure;

/// How often it is measured; the medians count.
const RUNS: usize = 5;

/// The percentiles of a route of the good portal, in milliseconds.
#[derive(Debug, Clone)]
struct Known {
    route: String,
    p95: f64,
    p99: f64,
}

/// The percentiles of all routes that are judged.
#[derive(Debug, Clone)]
pub(super) struct Quiet(Vec<Known>);

impl Quiet {
    /// Measures the good portal.
    ///
    /// # Errors
    /// [`Failure`] when a run does not end with figures.
    pub(super) fn measure(bench: &Bench<'_>) -> Result<Self, Failure> {
        let alone = GOOD_ROUTES.into_iter().chain([PAGE]);
        let gate = gates::generous();
        let loaded = gates::generous_at_once();
        let (mut outcomes, mut at_once) = (Vec::new(), Vec::new());
        for run in 0..RUNS {
            outcomes.push(bench.gate(None, &gate, run)?);
            at_once.push(bench.gate(None, &loaded, run)?);
        }
        let median = |outcomes: &[Outcome], route: &str, name: &str| {
            let subject = format!("GET {route}");
            let values = outcomes.iter().map(|one| one.metric(&subject, name));
            let values = values.collect::<Result<Vec<_>, Failure>>()?;
            Ok::<f64, Failure>(Spread::of(values).median)
        };
        let mut known = Vec::new();
        for route in alone {
            known.push(Known {
                route: route.to_owned(),
                p95: median(&outcomes, route, "p95")?,
                p99: median(&outcomes, route, "p99")?,
            });
        }
        known.push(Known {
            route: LOADED.to_owned(),
            p95: median(&at_once, LOADED, "p95")?,
            p99: median(&at_once, LOADED, "p99")?,
        });
        Ok(Self(known))
    }

    /// So many times the p95 of a route, in milliseconds.
    pub(super) fn p95(&self, route: &str, factor: f64) -> f64 {
        self.of(route, |known| known.p95) * factor
    }

    /// So many times the p99 of a route, in milliseconds.
    pub(super) fn p99(&self, route: &str, factor: f64) -> f64 {
        self.of(route, |known| known.p99) * factor
    }

    fn of(&self, route: &str, value: impl Fn(&Known) -> f64) -> f64 {
        let known = self.0.iter().find(|known| known.route == route);
        known.map_or(f64::NAN, value)
    }

    /// A line for people.
    pub(super) fn show(&self) -> String {
        let routes = self
            .0
            .iter()
            .map(|known| format!("`{}` {:.1} / {:.1} ms", known.route, known.p95, known.p99));
        let routes: Vec<String> = routes.collect();
        format!(
            "Quiet p95 / p99 of the good portal, median of {RUNS} runs: {}\n",
            routes.join(", ")
        )
    }
}
