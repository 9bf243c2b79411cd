//! Whole runs of Tidegate.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::outcome::Outcome;
use super::truth::Known;
use crate::bench::command::{Prepared, remove};
use crate::failure::Failure;

const GATE: &str = "bench.yaml";
const REPORT: &str = "report.json";

/// The exit codes of a run with a verdict: allowed, blocked, or not known.
const CODES: &[i32] = &[0, 1, 3];

/// What a run measured.
pub(super) struct Measured {
    /// The 95th percentile in milliseconds, counted from when requests were due.
    pub(super) p95: f64,
    /// How many samples it took.
    pub(super) samples: f64,
}

/// Runs all checks of a gate file in a folder, which gets what the run writes; `with` adds what else the
/// command needs.
///
/// # Errors
/// [`Failure`] when the run fails or leaves no report with a verdict.
pub(super) fn run(
    tidegate: &Path,
    folder: &Path,
    gate: &str,
    with: impl FnOnce(&mut Command),
) -> Result<Outcome, Failure> {
    let report = folder.join(REPORT);
    remove(&report)?;
    fs::write(folder.join(GATE), gate).map_err(Failure::io("write the gate"))?;
    let mut command = Command::new(tidegate);
    command
        .args(["--gate", GATE, "run", "--all", "--report"])
        .arg(format!("json={REPORT}"))
        .current_dir(folder);
    with(&mut command);
    Prepared::new(command, folder).ending_with(CODES).sample()?;
    Outcome::read(&report)
}

/// Measures a server whose median is known; `samples` at most, at a rate in requests a second.
///
/// # Errors
/// [`Failure`] when the run fails or its report has no figures.
pub(super) fn measure(
    tidegate: &Path,
    folder: &Path,
    url: &str,
    (rate, samples): (u32, u32),
    known: &Known,
) -> Result<Measured, Failure> {
    let outcome = run(
        tidegate,
        folder,
        &gate(url, rate, samples, known.p50),
        |_| {},
    )?;
    Ok(Measured {
        p95: outcome.metric("GET /", "p95")?,
        samples: outcome.metric("GET /", "samples")?,
    })
}

/// A gate whose only latency budget is the median itself: nothing is clear before all samples are in, so that
/// the check does not stop early.
fn gate(url: &str, rate: u32, samples: u32, median: f64) -> String {
    format!(
        "version: 1\n\
         name: bench\n\
         environments:\n  here: {{ kind: local, url: \"{url}\" }}\n\
         checks:\n  route:\n    latency: {{ get: /, p50: {median:.3}ms, rate: {rate}, samples: {samples} }}\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_budget_is_the_median() {
        let text = gate("http://127.0.0.1:1", 200, 1000, 5.7);
        let line = "latency: { get: /, p50: 5.700ms, rate: 200, samples: 1000 }";
        assert!(text.contains(line), "{text}");
    }
}
