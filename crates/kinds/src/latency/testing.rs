//! Portals in virtual time whose answers take as long as a test says.

use std::sync::Arc;

use tidegate_core::check::CheckReport;
use tidegate_core::gate::EnvironmentKind;

use crate::statistics::Seeded;
use crate::testing::{Bench, FakeLoad, Reached, Served, served};

/// Log-normal times whose p95 is this many milliseconds (σ 0.5, as the reference has it).
pub(super) struct Times {
    random: Seeded,
    median: f64,
}

impl Times {
    /// Those of a seed.
    pub(super) fn with_p95(p95: f64, seed: u64) -> Self {
        Self {
            random: Seeded::new(seed),
            // The 95th percentile of the normal distribution is 1.6449.
            median: p95 / (0.5f64 * 1.644_9).exp(),
        }
    }

    /// The next one.
    pub(super) fn draw(&mut self) -> f64 {
        let (first, second) = (1.0 - self.random.unit(), self.random.unit());
        let normal = (-2.0 * first.ln()).sqrt() * (std::f64::consts::TAU * second).cos();
        self.median * (0.5 * normal).exp()
    }
}

/// A portal whose every answer takes log-normal times with this p95 in milliseconds.
pub(super) fn portal(p95: f64) -> Arc<FakeLoad> {
    let mut times = Times::with_p95(p95, 7);
    FakeLoad::new(move |_| served(200, times.draw()))
}

/// A portal that answers like this.
pub(super) fn answering(
    serving: impl FnMut(&Reached<'_>) -> Served + Send + 'static,
) -> Arc<FakeLoad> {
    FakeLoad::new(serving)
}

/// Runs a check in a preview.
pub(super) fn run(config: &str, portal: &Arc<FakeLoad>) -> CheckReport {
    run_in(EnvironmentKind::Preview, config, portal)
}

/// Runs a check somewhere.
pub(super) fn run_in(
    environment: EnvironmentKind,
    config: &str,
    portal: &Arc<FakeLoad>,
) -> CheckReport {
    let bench = Bench::of(super::kind()).within(environment);
    bench.run(config, portal).unwrap()
}

/// The codes of what was found.
pub(super) fn codes(report: &CheckReport) -> Vec<&str> {
    let findings = report.findings.iter();
    findings.map(|finding| finding.code.as_str()).collect()
}

/// Why the check cannot say; empty when it can.
pub(super) fn doubt(report: &CheckReport) -> &str {
    let doubt = report.inconclusive.as_ref();
    doubt.map_or("", |doubt| doubt.text.as_str())
}
