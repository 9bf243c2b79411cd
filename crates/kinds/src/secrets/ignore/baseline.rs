//! A report of gitleaks' as a baseline.

use serde_json::Value as Json;
use tidegate_core::secret::Sensitive;

use super::MOST;
use super::line::{Entry, path};

/// Why a report cannot be a baseline. The text of the report is not repeated: it holds secrets.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BaselineError {
    /// It is not JSON.
    #[error("the baseline is not proper JSON at line {line}, column {column}")]
    NotJson {
        /// The 1-based line.
        line: usize,
        /// The 1-based column.
        column: usize,
    },
    /// It is JSON, and no report.
    #[error("the baseline is not a report of gitleaks': {reason}")]
    NotAReport {
        /// What is missing.
        reason: String,
    },
    /// It has more entries than anybody looked at.
    #[error("the baseline has more than {MOST} entries")]
    Large,
}

impl BaselineError {
    /// How to mend it.
    pub(crate) fn help(&self) -> &'static str {
        match self {
            Self::NotJson { .. } | Self::NotAReport { .. } => {
                "Make it with `gitleaks git --report-format json --report-path FILE`; add `--redact` to keep secrets out of it."
            }
            Self::Large => "Take out the files that are not yours, and make it again.",
        }
    }
}

/// Reads the findings of a report.
pub(super) fn entries(text: &str) -> Result<Vec<Entry>, BaselineError> {
    let report: Json =
        serde_json::from_str(text.trim_start_matches('\u{feff}')).map_err(|error| {
            BaselineError::NotJson {
                line: error.line(),
                column: error.column(),
            }
        })?;
    let findings = match &report {
        Json::Array(findings) => findings.as_slice(),
        // gitleaks writes it when there is nothing to report.
        Json::Null => &[],
        _ => return Err(not_a_report("it is no list")),
    };
    if findings.len() > MOST {
        return Err(BaselineError::Large);
    }
    findings
        .iter()
        .enumerate()
        .map(|(at, finding)| entry(finding, at + 1))
        .collect()
}

fn entry(finding: &Json, number: usize) -> Result<Entry, BaselineError> {
    let text = |key: &str| finding.get(key).and_then(Json::as_str).unwrap_or_default();
    for key in ["RuleID", "File"] {
        if text(key).is_empty() {
            return Err(not_a_report(&format!("entry {number} has no `{key}`")));
        }
    }
    let line = finding.get("StartLine").and_then(Json::as_u64);
    let value = Some(text("Secret")).filter(|value| !is_redacted(value));
    if value.is_none() && line.is_none() {
        let reason = format!("entry {number} has neither a `Secret` nor a `StartLine`");
        return Err(not_a_report(&reason));
    }
    Ok(Entry {
        origin: format!("baseline entry {number}"),
        commit: None,
        file: path(text("File")),
        rule: text("RuleID").to_owned(),
        line: line
            .and_then(|line| usize::try_from(line).ok())
            .unwrap_or(0),
        value: value.map(Sensitive::from),
        used: false,
    })
}

/// Whether gitleaks hid the value: wholly, or all but its beginning.
fn is_redacted(value: &str) -> bool {
    value.is_empty() || value == "REDACTED" || value.ends_with("...") || value.contains("***")
}

fn not_a_report(reason: &str) -> BaselineError {
    BaselineError::NotAReport {
        reason: reason.to_owned(),
    }
}
