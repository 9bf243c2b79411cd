//! An outcome, held against the limits and what its plugin declares.

use tidegate_core::plugin::Limits;

use crate::error::RunError;
use crate::interface::types::{Code, Finding, Metric, Outcome};
use crate::limits::{LimitName, METRICS, NOTES, OUTCOME};

/// Looks whether an outcome is what the interface says.
///
/// # Errors
/// When it is too large, or names a code that is not declared, a place outside the project, or a
/// value that is no number.
pub(super) fn check(outcome: &Outcome, codes: &[Code], limits: &Limits) -> Result<(), RunError> {
    let counts = [
        (
            outcome.findings.len(),
            limits.findings as usize,
            LimitName::Findings,
        ),
        (outcome.metrics.len(), METRICS, LimitName::Metrics),
        (outcome.notes.len(), NOTES, LimitName::Notes),
        (size(outcome), OUTCOME, LimitName::Outcome),
    ];
    if let Some((.., which)) = counts.into_iter().find(|(count, most, _)| count > most) {
        return Err(RunError::Limit {
            which,
            limit: which.value(limits),
        });
    }
    let malformed = |reason| RunError::Malformed { reason };
    for finding in &outcome.findings {
        finding_fits(finding, codes).map_err(malformed)?;
    }
    for metric in &outcome.metrics {
        metric_fits(metric).map_err(malformed)?;
    }
    Ok(())
}

fn finding_fits(finding: &Finding, codes: &[Code]) -> Result<(), String> {
    if !codes.iter().any(|code| code.slug == finding.code) {
        return Err(format!(
            "a finding has the code `{}`, which the description does not declare",
            clipped(&finding.code)
        ));
    }
    if finding.title.trim().is_empty() {
        return Err(format!("a finding of `{}` has no title", finding.code));
    }
    let Some(location) = &finding.location else {
        return Ok(());
    };
    if !within(&location.file) {
        return Err(format!(
            "a finding of `{}` is in `{}`, which is no path within the project",
            finding.code,
            clipped(&location.file)
        ));
    }
    if location.line == Some(0) || location.column == Some(0) {
        return Err(format!(
            "a finding of `{}` is in line or column 0; both count from 1",
            finding.code
        ));
    }
    Ok(())
}

fn metric_fits(metric: &Metric) -> Result<(), String> {
    if metric.name.trim().is_empty() {
        return Err("a metric has no name".to_owned());
    }
    match metric.value.is_finite() {
        true => Ok(()),
        false => Err(format!(
            "the metric `{}` is infinite or no number",
            clipped(&metric.name)
        )),
    }
}

/// Whether a path stays within the folder of the gate file: with forward slashes, and never up.
fn within(path: &str) -> bool {
    let parts = |path: &str| path.split('/').all(|part| !matches!(part, "" | "." | ".."));
    !path.contains(['\\', ':', '\0']) && parts(path)
}

/// The bytes of all texts.
fn size(outcome: &Outcome) -> usize {
    let optional = |text: &Option<String>| text.as_ref().map_or(0, String::len);
    let findings: usize = outcome
        .findings
        .iter()
        .map(|finding| {
            let evidence = finding.evidence.iter();
            finding.title.len()
                + finding
                    .location
                    .as_ref()
                    .map_or(0, |place| place.file.len())
                + evidence
                    .map(|piece| piece.label.len() + piece.text.len())
                    .sum::<usize>()
                + optional(&finding.remediation)
                + optional(&finding.subject)
        })
        .sum();
    let metrics = outcome.metrics.iter();
    let metrics: usize = metrics
        .map(|metric| metric.name.len() + metric.subject.len())
        .sum();
    let notes: usize = outcome.notes.iter().map(String::len).sum();
    findings + metrics + notes + optional(&outcome.inconclusive)
}

/// The beginning of a foreign text, for a message.
pub(super) fn clipped(text: &str) -> String {
    let mut clipped: String = text.escape_debug().take(100).collect();
    if clipped.len() < text.len() {
        clipped.push('…');
    }
    clipped
}
