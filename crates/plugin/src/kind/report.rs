//! What a plugin found, as the report of its check.

use tidegate_core::check::{CheckError, CheckReport, Doubt, Inconclusive, Metric, Unit};
use tidegate_core::finding::Finding;
use tidegate_core::meta::{CodeInfo, Confidence};
use tidegate_core::plugin::KIND_PREFIX;
use tidegate_core::ports::Files;
use tidegate_core::span::Location;

use super::config::Config;
use super::severity;
use crate::engine::Ran;
use crate::error::RunError;
use crate::interface::log::Level;
use crate::interface::types::{self, Failure};

/// How many of the last lines of a plugin's log stand beside an error.
const LINES: usize = 10;

/// How many warnings of a plugin's log become notes; it is said how many more there are.
const WARNINGS: usize = 50;

/// The longest line of a log beside an error, in characters.
const LINE: usize = 300;

/// What a report is made with.
pub(super) struct Reporting<'r> {
    /// The plugin's name.
    pub(super) kind: &'r str,
    /// What it can find, as the kind has it.
    pub(super) codes: &'r [CodeInfo],
    /// The same as the plugin described it.
    pub(super) described: &'r [types::Code],
    /// The check's config.
    pub(super) config: &'r Config,
    /// The files that findings may point into.
    pub(super) files: &'r dyn Files,
    /// The check's line of the gate file.
    pub(super) line: Location,
}

impl Reporting<'_> {
    /// The report of a call.
    ///
    /// # Errors
    /// When the call came to no result.
    pub(super) fn report(&self, ran: Ran) -> Result<CheckReport, CheckError> {
        let outcome = match ran.result {
            Ok(outcome) => outcome,
            Err(error) => return Err(self.error(&error, &ran.log)),
        };
        let mut notes = outcome.notes;
        notes.extend(warnings(&ran.log));
        let findings = outcome.findings.into_iter();
        let inconclusive = outcome.inconclusive.map(|text| Inconclusive {
            reason: Doubt::NoEvidence,
            text,
        });
        Ok(CheckReport {
            findings: findings.filter_map(|one| self.finding(one)).collect(),
            metrics: outcome.metrics.into_iter().map(metric).collect(),
            evaluated: outcome.evaluated,
            inconclusive,
            notes,
            ..CheckReport::default()
        })
    }

    /// A finding; nothing when its code is not declared, which the engine refused before.
    fn finding(&self, found: types::Finding) -> Option<Finding> {
        let at = self
            .described
            .iter()
            .position(|code| code.slug == found.code)?;
        let (info, described) = (self.codes.get(at)?, &self.described[at]);
        let place = found.location.as_ref().and_then(|place| self.place(place));
        let mut finding = Finding::new(
            info,
            place.clone().unwrap_or_else(|| self.line.clone()),
            one_line(&found.title),
        );
        if let Some(said) = found.severity {
            finding = finding.severity(severity(said));
        }
        if let Some(subject) = &found.subject {
            finding = finding.subject(one_line(subject));
        }
        for piece in found.evidence {
            finding = finding.evidence(one_line(&piece.label), piece.text);
        }
        // A place that is not there is still what the plugin says.
        if let (None, Some(said)) = (place, &found.location) {
            finding = finding.evidence("place", one_line(&said.file));
        }
        let mut advice = described.remedy.clone();
        if let Some(more) = found.remediation.filter(|more| !more.trim().is_empty()) {
            advice = format!("{} {}", advice.trim_end(), more.trim());
        }
        Some(
            finding
                .confidence(confidence(found.confidence))
                .advice(advice),
        )
    }

    /// A place in a file of the project, when there is such a file.
    fn place(&self, said: &types::Location) -> Option<Location> {
        self.files.modified(&said.file).ok().flatten()?;
        let line = said.line.map_or(1, |line| line as usize);
        let column = said.column.map_or(1, |column| column as usize);
        Some(Location {
            column,
            end_column: column,
            ..Location::line_of(&*said.file, line)
        })
    }

    fn error(&self, error: &RunError, log: &[(Level, String)]) -> CheckError {
        let mut help = error.help();
        if !log.is_empty() {
            let from = log.len().saturating_sub(LINES);
            let lines: Vec<String> = log[from..].iter().map(|(_, line)| clipped(line)).collect();
            help = format!("{help} The last lines of its log: {}", lines.join(" | "));
        }
        let message = format!("{KIND_PREFIX}{}: {error}", self.kind);
        let location = match error {
            RunError::Failure(Failure::Config(fault)) => {
                self.config.place(&fault.pointer).location()
            }
            _ => return CheckError::new(message, help),
        };
        CheckError::new(message, help).at(location)
    }
}

/// The warnings of a log as notes of the report.
fn warnings(log: &[(Level, String)]) -> Vec<String> {
    let warnings = log.iter().filter(|(level, _)| *level == Level::Warn);
    let mut told: Vec<String> = warnings
        .map(|(_, line)| format!("The plugin warns: {}", one_line(line)))
        .collect();
    if let Some(more) = told.len().checked_sub(WARNINGS).filter(|more| *more > 0) {
        told.truncate(WARNINGS);
        let more = tidegate_core::words::count(more as u64, "more warning");
        told.push(format!("The plugin logged {more}."));
    }
    told
}

fn confidence(said: types::Confidence) -> Confidence {
    match said {
        types::Confidence::Low => Confidence::Low,
        types::Confidence::Medium => Confidence::Medium,
        types::Confidence::High => Confidence::High,
    }
}

fn metric(said: types::Metric) -> Metric {
    Metric {
        name: one_line(&said.name),
        subject: one_line(&said.subject),
        unit: match said.unit {
            types::Unit::Milliseconds => Unit::Milliseconds,
            types::Unit::Bytes => Unit::Bytes,
            types::Unit::Count => Unit::Count,
        },
        value: said.value,
        samples: Vec::new(),
    }
}

/// What stands on one line of every report: without line breaks, which would begin a command of a CI system.
fn one_line(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

fn clipped(line: &str) -> String {
    let line = one_line(line);
    let mut clipped: String = line.chars().take(LINE).collect();
    if clipped.len() < line.len() {
        clipped.push('…');
    }
    clipped
}
