//! What GitHub's description, or its documentation, says in words alone.

use serde_json::Value;

/// Texts and how many characters they have at most: operation, where in the body, limit.
const LONGEST: &[(&str, &str, usize)] = &[
    ("checks/create", "/output/title", 255),
    ("checks/update", "/output/title", 255),
    ("checks/update", "/output/summary", 65_535),
    ("issues/create-comment", "/body", 65_536),
    ("issues/update-comment", "/body", 65_536),
    ("repos/create-commit-status", "/description", 140),
    ("repos/create-commit-status", "/context", 255),
    ("repos/create-deployment-status", "/description", 140),
    ("actions/review-custom-gates-for-run", "/comment", 1_024),
];

/// What is wrong with a body.
pub(super) fn body(operation: &str, body: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    for (_, pointer, limit) in LONGEST.iter().filter(|(id, ..)| *id == operation) {
        let text = body
            .pointer(pointer)
            .and_then(Value::as_str)
            .unwrap_or_default();
        if text.chars().count() > *limit {
            faults.push(format!("{pointer} has more than {limit} characters"));
        }
    }
    let annotations = body
        .pointer("/output/annotations")
        .and_then(Value::as_array);
    for annotation in annotations.into_iter().flatten() {
        faults.extend(self::annotation(annotation));
    }
    if body["conclusion"] == "stale" {
        faults.push("only GitHub concludes stale".to_owned());
    }
    // The description leaves the state open where there is a comment.
    if operation == "actions/review-custom-gates-for-run"
        && !body["state"].is_null()
        && body["state"] != "approved"
        && body["state"] != "rejected"
    {
        faults.push("a waiting deployment is approved or rejected".to_owned());
    }
    if operation == "checks/create" && body["status"] == "completed" && body["conclusion"].is_null()
    {
        faults.push("what is completed needs a conclusion".to_owned());
    }
    if operation == "code-scanning/upload-sarif" {
        let packed = body["sarif"].as_str().unwrap_or_default();
        if packed.len() / 4 * 3 > 10_000_000 {
            faults.push("the SARIF file has more than 10 MB".to_owned());
        }
    }
    faults
}

fn annotation(annotation: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    let number = |name: &str| annotation[name].as_i64();
    let length = |name: &str| annotation[name].as_str().unwrap_or_default().len();
    if number("start_line") != number("end_line")
        && (number("start_column").is_some() || number("end_column").is_some())
    {
        faults.push("columns stand only where both lines are the same".to_owned());
    }
    for name in ["start_line", "end_line", "start_column", "end_column"] {
        if number(name).is_some_and(|number| number < 1) {
            faults.push(format!("{name} starts at 1"));
        }
    }
    if number("end_line") < number("start_line") {
        faults.push("the last line is before the first".to_owned());
    }
    for (name, limit) in [
        ("title", 255),
        ("message", 64 * 1024),
        ("raw_details", 64 * 1024),
    ] {
        if length(name) > limit {
            faults.push(format!("{name} has more than {limit} bytes"));
        }
    }
    faults
}

/// What is wrong with a value of the path or the query.
pub(super) fn parameter(name: &str, value: &Value) -> Option<String> {
    let number = value.as_i64();
    match name {
        "per_page" if number.is_some_and(|number| !(1..=100).contains(&number)) => {
            Some("per_page is at most 100".to_owned())
        }
        "page" if number.is_some_and(|number| number < 1) => Some("page starts at 1".to_owned()),
        "archive_format" if value != "zip" => Some("an archive is a zip".to_owned()),
        "basehead" if !value.as_str().is_some_and(|range| range.contains("...")) => {
            Some("two revisions are compared with three dots between".to_owned())
        }
        _ => None,
    }
}
