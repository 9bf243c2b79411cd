//! What a check found.

use std::fmt;

use crate::{Confidence, Evidence, Finding, Location, Metric, Outcome, Severity, Unit};

impl Outcome {
    /// Nothing evaluated and nothing found. A check that evaluates nothing has no evidence, and the deploy stops.
    pub fn new() -> Self {
        Self {
            evaluated: 0,
            findings: Vec::new(),
            metrics: Vec::new(),
            notes: Vec::new(),
            inconclusive: None,
        }
    }

    /// Evaluates an expectation: counts it, and adds the finding when it does not hold. Gives whether it holds.
    pub fn check(&mut self, holds: bool, otherwise: impl FnOnce() -> Finding) -> bool {
        self.evaluated = self.evaluated.saturating_add(1);
        if !holds {
            self.findings.push(otherwise());
        }
        holds
    }

    /// Adds a finding of its own, and counts it as an expectation that was evaluated.
    pub fn find(&mut self, finding: Finding) {
        self.check(false, || finding);
    }

    /// Adds something measured on the whole check; a number that is infinite or none is left out.
    pub fn metric(&mut self, name: &str, unit: Unit, value: f64) {
        self.metric_of(name, "", unit, value);
    }

    /// Adds something measured on a part of it, such as a route.
    pub fn metric_of(&mut self, name: &str, subject: &str, unit: Unit, value: f64) {
        if value.is_finite() {
            self.metrics.push(Metric {
                name: name.to_owned(),
                subject: subject.to_owned(),
                unit,
                value,
            });
        }
    }

    /// Adds what a reader should know beside the findings.
    pub fn note(&mut self, text: impl Into<String>) {
        self.notes.push(text.into());
    }

    /// Says why the check cannot say, in a plain sentence.
    pub fn inconclusive(&mut self, because: impl Into<String>) {
        self.inconclusive = Some(because.into());
    }
}

impl Default for Outcome {
    fn default() -> Self {
        Self::new()
    }
}

impl Finding {
    /// The same, with a piece of proof: a label such as `expected`, and what was seen, in one or several lines.
    #[must_use]
    pub fn evidence(mut self, label: &str, text: impl fmt::Display) -> Self {
        self.evidence.push(Evidence {
            label: label.to_owned(),
            text: text.to_string(),
        });
        self
    }

    /// The same, with what makes it the same finding in the next run, such as `invoice 17`; its title otherwise.
    #[must_use]
    pub fn subject(mut self, subject: impl Into<String>) -> Self {
        self.subject = Some(subject.into());
        self
    }

    /// The same, as bad as this instead of what its code says.
    #[must_use]
    pub fn severity(mut self, severity: Severity) -> Self {
        self.severity = Some(severity);
        self
    }

    /// The same, this sure.
    #[must_use]
    pub fn confidence(mut self, confidence: Confidence) -> Self {
        self.confidence = confidence;
        self
    }

    /// The same, in a file of the project; the check's line in the gate file otherwise. The line counts from 1.
    #[must_use]
    pub fn at(mut self, file: impl Into<String>, line: impl Into<Option<u32>>) -> Self {
        self.location = Some(Location {
            file: file.into(),
            line: line.into(),
            column: None,
        });
        self
    }

    /// The same, with what to do about this one, when its code's remedy is not all there is to say.
    #[must_use]
    pub fn remedy(mut self, text: impl Into<String>) -> Self {
        self.remediation = Some(text.into());
        self
    }
}
