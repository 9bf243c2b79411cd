//! What a run of the gate came to, as its JSON report says it.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::failure::Failure;

/// The report of one run.
pub(super) struct Outcome(Value);

impl Outcome {
    /// Reads the report.
    ///
    /// # Errors
    /// [`Failure`] when there is none, or when it has no verdict.
    pub(super) fn read(path: &Path) -> Result<Self, Failure> {
        let text = fs::read_to_string(path).map_err(Failure::io("read the report"))?;
        let report: Value = serde_json::from_str(&text)
            .map_err(|error| Failure::Found(format!("the report is no JSON: {error}")))?;
        let outcome = Self(report);
        if outcome.verdict().is_empty() {
            return Err(Failure::Found("the report has no verdict".to_owned()));
        }
        Ok(outcome)
    }

    fn verdict(&self) -> &str {
        self.0["verdict"]["verdict"].as_str().unwrap_or_default()
    }

    /// Whether the run came to this verdict.
    pub(super) fn is(&self, verdict: &str) -> bool {
        self.verdict() == verdict
    }

    /// Whether the deploy was blocked with a finding of this code.
    pub(super) fn caught(&self, code: &str) -> bool {
        self.is("block") && self.codes().any(|found| found == code)
    }

    /// The verdict, and the codes of what was found.
    pub(super) fn short(&self) -> String {
        let codes: Vec<&str> = self.codes().collect();
        format!("{} {}", self.verdict(), codes.join(" "))
            .trim_end()
            .to_owned()
    }

    /// A metric of a route; times are in milliseconds.
    ///
    /// # Errors
    /// [`Failure`] when the run has none.
    pub(super) fn metric(&self, subject: &str, name: &str) -> Result<f64, Failure> {
        let results = self.0["results"].as_array().into_iter().flatten();
        let mut metrics = results
            .filter_map(|result| result["metrics"].as_array())
            .flatten();
        let metric = metrics.find(|metric| metric["subject"] == subject && metric["name"] == name);
        metric
            .and_then(|metric| metric["value"].as_f64())
            .ok_or_else(|| Failure::Found(format!("a run told no {name} of {subject}")))
    }

    fn codes(&self) -> impl Iterator<Item = &str> {
        let results = self.0["results"].as_array().into_iter().flatten();
        let findings = results.filter_map(|result| result["findings"].as_array());
        findings
            .flatten()
            .filter_map(|finding| finding["code"].as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(verdict: &str) -> Outcome {
        Outcome(serde_json::json!({
            "verdict": { "verdict": verdict },
            "results": [{
                "findings": [{ "code": "latency/growth" }],
                "metrics": [{ "name": "p95", "subject": "GET /", "value": 1.5 }],
            }],
        }))
    }

    #[test]
    fn only_a_block_with_the_code_is_a_catch() {
        assert!(outcome("block").caught("latency/growth"));
        assert!(!outcome("block").caught("latency/over-budget"));
        assert!(!outcome("inconclusive").caught("latency/growth"));
        assert_eq!(
            outcome("inconclusive").short(),
            "inconclusive latency/growth"
        );
    }

    #[test]
    fn a_metric_is_found_by_its_route_and_name() {
        assert_eq!(outcome("allow").metric("GET /", "p95").unwrap(), 1.5);
        assert!(outcome("allow").metric("GET /", "p99").is_err());
    }
}
