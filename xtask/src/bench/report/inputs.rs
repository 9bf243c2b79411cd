//! A JSON report of a run with many findings, as varied as those of a bad day.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use serde_json::{Value, json};

use crate::failure::Failure;

/// How many checks share the findings.
const CHECKS: usize = 40;

/// Codes of several kinds with their severities.
const CODES: [(&str, &str); 8] = [
    ("flow/status", "high"),
    ("flow/json", "high"),
    ("flow/time", "medium"),
    ("access/open", "critical"),
    ("secrets/private-key", "critical"),
    ("headers/missing", "low"),
    ("conformance/type", "medium"),
    ("lists/unbounded", "info"),
];

/// The results of the frame, which the checks are written between.
const RESULTS: &str = "\"results\":[";

/// Writes the report, one check at a time: what this process ever held counts as memory of each
/// program that it starts.
///
/// # Errors
/// [`Failure::Io`] when it cannot be written.
pub(super) fn write(path: &Path, findings: usize) -> Result<(), Failure> {
    let written = File::create(path).and_then(|file| stream(BufWriter::new(file), findings));
    written.map_err(Failure::io(format!("write {}", path.display())))
}

fn stream(mut file: impl Write, findings: usize) -> io::Result<()> {
    let each = findings / CHECKS;
    let frame = frame().to_string();
    let (before, after) = frame.split_at(frame.find(RESULTS).map_or(0, |at| at + RESULTS.len()));
    file.write_all(before.as_bytes())?;
    for check in 0..CHECKS {
        let comma = if check == 0 { "" } else { "," };
        write!(file, "{comma}{}", result(&id(check), check * each, each))?;
    }
    file.write_all(after.as_bytes())?;
    file.flush()
}

fn id(check: usize) -> String {
    format!("check-{check}")
}

/// The report without its results.
fn frame() -> Value {
    let planned: Vec<Value> = (0..CHECKS).map(|check| planned(&id(check))).collect();
    json!({
        "version": 1,
        "tidegate": "0.1.0",
        "run": {
            "gate": "bench", "environment": "preview", "url": "https://portal.example", "seed": "7",
            "started": "2026-11-23T09:30:00Z", "elapsed_ms": 41_230.5, "requests": 4_211,
            "interrupted": false, "advisory": false,
            "provenance": {
                "repository": "https://github.com/acme/portal",
                "commit": "6e2f0c1d9b8a7f6e5d4c3b2a190817263544f3e2",
                "branch": "records", "pull_request": 17, "folder": "apps/portal",
            },
        },
        "verdict": {
            "verdict": "block", "exit_code": 1, "headline": "This deploy is blocked.",
            "executed": CHECKS, "total": CHECKS, "because": [{ "check": id(0), "reason": "It is broken" }],
        },
        "plan": {
            "file": "tidegate.yaml", "checks": planned, "observers": [], "notes": [],
            "run_budget_ms": 600_000.0,
        },
        "results": [],
        "warnings": [],
        "leftovers": [],
    })
}

fn planned(id: &str) -> Value {
    json!({
        "id": id, "kind": "flow", "selected": true, "reason": "by file order",
        "forecast": {
            "writes": [], "requests": 3, "worst_ms": 30_000.0, "identities": ["anna"], "secrets": [],
            "exclusive": false,
        },
        "timeout_ms": 60_000.0, "needs": [], "location": location("tidegate.yaml", 12),
    })
}

/// A check with findings, and its one attempt that found the same.
fn result(id: &str, first: usize, number: usize) -> Value {
    let findings: Vec<Value> = (first..first + number).map(finding).collect();
    json!({
        "id": id, "kind": "flow", "observer": false, "outcome": { "name": "failed" }, "flaky": false,
        "findings": findings, "metrics": [], "evaluated": number, "notes": [],
        "attempts": [{
            "number": 1, "outcome": { "name": "failed" }, "findings": findings, "elapsed_ms": 900.25,
        }],
        "elapsed_ms": 900.25, "location": location("tidegate.yaml", 12),
    })
}

fn finding(number: usize) -> Value {
    let (code, severity) = CODES[number % CODES.len()];
    let file = format!("src/area-{}/module-{}.ts", number % 17, number % 230);
    let level = match severity {
        "info" => "allow",
        "low" => "warn",
        _ => "deny",
    };
    let mut finding = json!({
        "code": code, "severity": severity, "confidence": "high", "level": level,
        "title": format!("GET /api/records/{number} is answered with {} instead of 200", 400 + number % 120),
        "impact": "A step that users take every day does not work.",
        "advice": format!("Look into the portal's log for request {number}; the answer names no cause."),
        "effort": "small",
        "location": location(&file, 1 + number % 900),
        "related": [{ "label": "the route", "location": location("openapi.yaml", 1 + number % 2_000) }],
        "evidence": [
            { "label": "expected", "text": "200" },
            { "label": "actual", "text": format!("{}", 400 + number % 120) },
            {
                "label": "response",
                "text": format!("HTTP/1.1 {}\ncontent-type: application/json\n\n{{\"error\": \"<record {number}> & more\"}}", 400 + number % 120),
            },
        ],
        "subject": format!("GET /api/records/{number} status"),
        "fingerprint": format!("{:016x}", number * 0x9e37_79b9),
        "changed": number.is_multiple_of(11),
    });
    if number.is_multiple_of(29) {
        finding["suppressed"] = json!({
            "by": "waiver", "owner": "mia", "reason": "the vendor mends it", "expires": "2027-01-31",
        });
    }
    finding
}

fn location(file: &str, line: usize) -> Value {
    json!({
        "file": file, "line": line, "column": 9, "end_line": line, "end_column": 26,
        "text": format!("        expect: {{ status: {line} }}"),
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_run_has_as_many_findings_as_asked_for_and_no_two_are_the_same() {
        let mut text = Vec::new();
        stream(&mut text, 400).unwrap();
        let report: Value = serde_json::from_slice(&text).unwrap();
        let results = report["results"].as_array().unwrap();
        let findings: Vec<&Value> = results
            .iter()
            .flat_map(|result| result["findings"].as_array().unwrap())
            .collect();
        assert_eq!(findings.len(), 400);
        let known: BTreeSet<&str> = findings
            .iter()
            .map(|finding| finding["fingerprint"].as_str().unwrap())
            .collect();
        assert_eq!(known.len(), 400);
    }
}
