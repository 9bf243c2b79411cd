//! What a plugin found, as a text to keep and to compare.

use imara_diff::{Algorithm, BasicLineDiffPrinter, Diff, InternedInput, UnifiedDiffConfig};
use serde_json::{Value, json};

use crate::engine::Ran;
use crate::error::RunError;
use crate::interface::types::Failure;

/// How what came compares with what was expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Comparison {
    /// It is the same.
    Same,
    /// Nothing was expected yet.
    New,
    /// It differs: removed lines begin with `-`, added ones with `+`.
    Different(String),
}

/// The result of a call as JSON: `evaluated`, `findings`, `metrics`, `notes` and `inconclusive`, or `failure` alone.
/// What is absent is left out.
pub fn outcome(ran: &Ran) -> Value {
    let mut value = match &ran.result {
        Ok(outcome) => json!(outcome),
        Err(RunError::Failure(failure)) => json!({ "failure": words(failure) }),
        Err(error) => json!({ "failure": { "error": error.to_string() } }),
    };
    prune(&mut value);
    value
}

/// A failure by the names of the interface.
fn words(failure: &Failure) -> Value {
    match failure {
        Failure::Config(fault) => json!({ "config": fault }),
        Failure::Denied(reason) => json!({ "denied": reason }),
        Failure::Timeout(reason) => json!({ "timeout": reason }),
        Failure::Failed(reason) => json!({ "failed": reason }),
    }
}

/// Removes what is absent or empty, so that a finding has the lines that its author wrote, and writes words as the
/// interface has them.
fn prune(value: &mut Value) {
    match value {
        Value::Array(elements) => elements.iter_mut().for_each(prune),
        Value::Object(entries) => {
            for (key, value) in entries.iter_mut() {
                prune(value);
                if matches!(key.as_str(), "severity" | "confidence" | "unit")
                    && let Value::String(word) = value
                {
                    word.make_ascii_lowercase();
                }
            }
            entries.retain(|key, value| {
                !value.is_null() && (key == "findings" || *value != json!([]))
            });
        }
        _ => {}
    }
}

/// Holds what came against what was expected.
pub fn compare(expected: Option<&Value>, came: &Value) -> Comparison {
    match expected {
        None => Comparison::New,
        Some(expected) if expected == came => Comparison::Same,
        Some(expected) => Comparison::Different(difference(&lines(expected), &lines(came))),
    }
}

fn lines(value: &Value) -> String {
    // A value that came from JSON can be written as JSON.
    serde_json::to_string_pretty(value).unwrap_or_default() + "\n"
}

fn difference(before: &str, after: &str) -> String {
    let input = InternedInput::new(before, after);
    let mut diff = Diff::compute(Algorithm::Histogram, &input);
    diff.postprocess_lines(&input);
    let printer = BasicLineDiffPrinter(&input.interner);
    diff.unified_diff(&printer, UnifiedDiffConfig::default(), &input)
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interface::types::{Confidence, Finding, Outcome, Severity};
    use crate::limits::Used;

    fn ran(result: Result<Outcome, RunError>) -> Ran {
        Ran {
            result,
            used: Used::default(),
            log: Vec::new(),
        }
    }

    #[test]
    fn an_outcome_has_only_what_its_author_said() {
        let finding = Finding {
            code: "total-differs".to_owned(),
            title: "invoice 17 does not add up".to_owned(),
            severity: Some(Severity::High),
            confidence: Confidence::High,
            location: None,
            evidence: Vec::new(),
            remediation: None,
            subject: None,
        };
        let found = Outcome {
            evaluated: 3,
            findings: vec![finding],
            metrics: Vec::new(),
            notes: Vec::new(),
            inconclusive: None,
        };
        let expected = json!({
            "evaluated": 3,
            "findings": [{
                "code": "total-differs",
                "title": "invoice 17 does not add up",
                "severity": "high",
                "confidence": "high",
            }],
        });
        assert_eq!(outcome(&ran(Ok(found))), expected);
    }

    #[test]
    fn a_failure_is_told_by_its_name() {
        let denied = RunError::Failure(Failure::Denied("needs the API".to_owned()));
        assert_eq!(
            outcome(&ran(Err(denied))),
            json!({ "failure": { "denied": "needs the API" } })
        );
        let told = outcome(&ran(Err(RunError::Stopped)));
        assert!(told["failure"]["error"].is_string());
    }

    #[test]
    fn a_difference_shows_the_lines_that_differ() {
        let before = json!({ "evaluated": 3, "findings": [] });
        let after = json!({ "evaluated": 2, "findings": [] });
        assert_eq!(compare(None, &after), Comparison::New);
        assert_eq!(compare(Some(&after), &after), Comparison::Same);
        let Comparison::Different(shown) = compare(Some(&before), &after) else {
            panic!("they differ");
        };
        assert!(
            shown.contains("-  \"evaluated\": 3,") && shown.contains("+  \"evaluated\": 2,"),
            "{shown}"
        );
    }
}
