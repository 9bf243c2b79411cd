//! A whole run of Tidegate with a gate that measures one route.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::truth::Known;
use crate::bench::command::{Prepared, remove};
use crate::failure::Failure;
use crate::process::build;

const GATE: &str = "bench.yaml";
const REPORT: &str = "report.json";

/// The exit codes of a run that measured: allowed, blocked, or not known.
const CODES: &[i32] = &[0, 1, 3];

/// Tidegate, built, and where it runs.
pub(super) struct Gate {
    tidegate: PathBuf,
    folder: PathBuf,
}

/// What a run measured.
pub(super) struct Measured {
    /// The 95th percentile in milliseconds, counted from when requests were due.
    pub(super) p95: f64,
    /// How many samples it took.
    pub(super) samples: f64,
}

impl Gate {
    /// Builds Tidegate for release.
    ///
    /// # Errors
    /// [`Failure`] when it does not build.
    pub(super) fn build(folder: &Path) -> Result<Self, Failure> {
        Ok(Self {
            tidegate: build("tidegate", &["--release"])?,
            folder: folder.to_owned(),
        })
    }

    /// Measures a server whose median is known; `samples` at most, at a rate in requests a second.
    ///
    /// # Errors
    /// [`Failure`] when the run fails or its report has no figures.
    pub(super) fn measure(
        &self,
        url: &str,
        (rate, samples): (u32, u32),
        known: &Known,
    ) -> Result<Measured, Failure> {
        let report = self.folder.join(REPORT);
        remove(&report)?;
        let text = gate(url, rate, samples, known.p50);
        fs::write(self.folder.join(GATE), text).map_err(Failure::io("write the gate"))?;
        let mut command = Command::new(&self.tidegate);
        command
            .args(["--gate", GATE, "run", "--all", "--report"])
            .arg(format!("json={REPORT}"))
            .current_dir(&self.folder);
        Prepared::new(command, &self.folder)
            .ending_with(CODES)
            .sample()?;
        let text = fs::read_to_string(&report).map_err(Failure::io("read the report"))?;
        let report: Value = serde_json::from_str(&text)
            .map_err(|error| Failure::Found(format!("the report is no JSON: {error}")))?;
        let figure = |name: &str| {
            metric(&report, name)
                .ok_or_else(|| Failure::Found(format!("the report has no metric `{name}`")))
        };
        Ok(Measured {
            p95: figure("p95")?,
            samples: figure("samples")?,
        })
    }
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

/// The first metric of this name, wherever it stands in a report.
fn metric(report: &Value, name: &str) -> Option<f64> {
    match report {
        Value::Object(fields) if fields.get("name").is_some_and(|known| known == name) => {
            fields.get("value")?.as_f64()
        }
        Value::Object(fields) => fields.values().find_map(|value| metric(value, name)),
        Value::Array(values) => values.iter().find_map(|value| metric(value, name)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_budget_is_the_median() {
        let text = gate("http://127.0.0.1:1", 200, 1000, 5.7);
        let line = "latency: { get: /, p50: 5.700ms, rate: 200, samples: 1000 }";
        assert!(text.contains(line), "{text}");
    }

    #[test]
    fn a_metric_is_found_where_it_stands() {
        let report = json!({ "checks": [
            { "id": "route", "metrics": [{ "name": "p50", "value": 5.0 }, { "name": "p95", "value": 11.5 }] },
        ] });
        assert_eq!(metric(&report, "p95"), Some(11.5));
        assert_eq!(metric(&report, "p99"), None);
    }
}
