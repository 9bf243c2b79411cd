//! The report for the code quality widget of GitLab: a JSON array of findings.
//!
//! GitLab wants of each a description, the name of the check, a fingerprint that no other has, one of
//! five severities, a path and a line. What does not count is left out: the widget has no word for it.

use std::collections::BTreeMap;
use std::io;

use serde::Serialize;
use tidegate_core::event::Summary;
use tidegate_core::finding::Finding;
use tidegate_core::meta::Severity;

use crate::json::harmless::pretty;
use crate::places::Places;
use crate::text::{clip, one_line};

/// How much of a title or of advice is written, in characters.
const SHOWN: usize = 500;

#[derive(Serialize)]
struct Issue<'s> {
    description: String,
    check_name: &'s str,
    fingerprint: String,
    severity: &'static str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: usize,
    end: usize,
}

/// The findings that count as a JSON array, in the order of the plan.
///
/// # Errors
/// What serde_json refuses to write; the types hold nothing of the kind.
pub fn render(summary: &Summary) -> io::Result<String> {
    let places = Places::of(summary);
    let mut numbers: BTreeMap<&str, usize> = BTreeMap::new();
    let findings = summary.results.iter().flat_map(|result| {
        let counting = result.findings.iter().filter(|finding| finding.counts());
        counting.map(move |finding| (result, finding))
    });
    let issues: Vec<Issue<'_>> = findings
        .map(|(result, finding)| {
            let number = numbers.entry(finding.fingerprint.as_str()).or_default();
            *number += 1;
            let place = places.of_finding(result, finding);
            Issue {
                description: description(finding),
                check_name: finding.code.as_str(),
                fingerprint: fingerprint(finding, *number),
                severity: severity(finding.severity),
                location: Location {
                    path: place.path,
                    lines: Lines {
                        begin: place.line,
                        end: place.end_line,
                    },
                },
            }
        })
        .collect();
    Ok(pretty(&issues)? + "\n")
}

/// What is wrong and what to do, on one line.
fn description(finding: &Finding) -> String {
    let title = one_line(&clip(&finding.title, SHOWN), true);
    match one_line(&clip(&finding.advice, SHOWN), true) {
        advice if advice.is_empty() => title,
        advice => format!("{title}. {advice}"),
    }
}

/// The fingerprint, with a number from the second one on that shares it.
fn fingerprint(finding: &Finding, number: usize) -> String {
    match number {
        1 => finding.fingerprint.to_string(),
        number => format!("{}-{number}", finding.fingerprint),
    }
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "info",
        Severity::Low => "minor",
        Severity::Medium => "major",
        Severity::High => "critical",
        Severity::Critical => "blocker",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;
    use crate::samples;
    use crate::text::steers;

    /// What GitLab's documentation asks of an entry; more may be there.
    fn schema() -> jsonschema::Validator {
        let text = json!({ "type": "string", "minLength": 1 });
        let lines = json!({
            "type": "object",
            "required": ["begin"],
            "properties": { "begin": { "type": "integer", "minimum": 1 } },
        });
        let location = json!({
            "type": "object",
            "required": ["path", "lines"],
            "properties": {
                "path": { "type": "string", "pattern": "^[^/.][^\\\\]*$|^\\.[^./]" },
                "lines": lines,
            },
        });
        let schema = json!({
            "type": "array",
            "items": {
                "type": "object",
                "required": ["description", "check_name", "fingerprint", "severity", "location"],
                "properties": {
                    "description": text,
                    "check_name": text,
                    "fingerprint": text,
                    "severity": { "enum": ["info", "minor", "major", "critical", "blocker"] },
                    "location": location,
                },
            },
        });
        jsonschema::validator_for(&schema).unwrap()
    }

    fn issues(summary: &Summary) -> Value {
        serde_json::from_str(&render(summary).unwrap()).unwrap()
    }

    #[test]
    fn every_sample_is_as_gitlab_wants_it() {
        let schema = schema();
        for (name, summary) in samples::all() {
            let issues = issues(&summary);
            let faults: Vec<String> = schema
                .iter_errors(&issues)
                .map(|fault| format!("{}: {fault}", fault.instance_path()))
                .collect();
            assert!(faults.is_empty(), "{name}: {faults:#?}");
            let issues = issues.as_array().unwrap();
            let prints: BTreeSet<&str> = issues
                .iter()
                .map(|issue| issue["fingerprint"].as_str().unwrap())
                .collect();
            assert_eq!(prints.len(), issues.len(), "{name}");
        }
        assert!(!schema.is_valid(&json!([{ "description": "x", "severity": "bad" }])));
    }

    #[test]
    fn a_blocked_run_is_told() {
        insta::assert_snapshot!(render(&samples::requested()).unwrap());
    }

    #[test]
    fn two_findings_with_one_fingerprint_get_two() {
        let mut summary = samples::blocked();
        let twin = summary.results[0].findings[0].clone();
        summary.results[0].findings.push(twin);
        let issues = issues(&summary);
        let first = issues[0]["fingerprint"].as_str().unwrap();
        assert_eq!(issues[1]["fingerprint"], format!("{first}-2"));
    }

    #[test]
    fn what_does_not_count_is_left_out() {
        assert_eq!(issues(&samples::allowed()), json!([]));
    }

    proptest! {
        #[test]
        fn foreign_text_steers_nothing(text in "([\\PC\u{0}-\u{9f}\u{202e}#\\[\n]|::|##\\[){0,30}") {
            let report = render(&samples::saying(&text)).unwrap();
            prop_assert!(!report.chars().any(|c| c != '\n' && steers(c)));
            prop_assert!(!report.contains("##"));
            let issues: Value = serde_json::from_str(&report).unwrap();
            let told = issues[0]["description"].as_str().unwrap();
            prop_assert!(!told.chars().any(steers));
        }
    }
}
