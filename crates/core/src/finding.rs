//! What a check found: where, how it knows, and what to do.

use crate::fingerprint::Fingerprint;
use crate::meta::{CodeInfo, Confidence, Level, Severity};
use crate::name::{CheckId, Code};
use crate::span::Location;

/// One thing a check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What kind of thing it is.
    pub code: Code,
    /// How bad it is, after the gate file's own view.
    pub severity: Severity,
    /// How sure it is.
    pub confidence: Confidence,
    /// What is wrong, in one plain sentence without a full stop.
    pub title: String,
    /// What to do about it, in plain sentences.
    pub advice: String,
    /// The line of the gate file or of the source that it is about.
    pub location: Location,
    /// Other places that belong to it.
    pub related: Vec<Related>,
    /// How it is known.
    pub evidence: Vec<Evidence>,
    /// What makes it the same finding in the next run, whatever line it moved to.
    pub subject: String,
    /// The check that sent the request an observer judged.
    pub cause: Option<CheckId>,
    /// Whether the change that is judged added or edited its line; set by the runner.
    pub changed: bool,
    /// Its identity for baselines; set by the runner.
    pub fingerprint: Fingerprint,
    /// What it does to the verdict; set by policy.
    pub level: Level,
    /// Why it does not count, if it does not; set by policy.
    pub suppressed: Option<Suppression>,
}

/// Another place that belongs to a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Related {
    /// What the place is.
    pub label: String,
    /// Where it is.
    pub location: Location,
}

/// A piece of proof: a label and what was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// What it is: `expected`, `actual`, `path`, `request`, `response`, `log`, …
    pub label: String,
    /// What was seen; may have several lines.
    pub text: String,
}

/// Why a finding does not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Suppression {
    /// The baseline knew it before this deploy.
    Baseline {
        /// The last day it applies, `YYYY-MM-DD`; it has no end when absent.
        expires: Option<String>,
    },
    /// A person answers for it.
    Waived {
        /// Who.
        owner: String,
        /// Why.
        reason: String,
        /// The last day it applies, `YYYY-MM-DD`.
        expires: String,
    },
}

impl Finding {
    /// States what was found and where; a finding without a place cannot be made.
    pub fn new(info: &CodeInfo, location: Location, title: impl Into<String>) -> Self {
        let title = title.into();
        Self {
            code: info.code.clone(),
            severity: info.severity,
            confidence: Confidence::High,
            subject: title.clone(),
            title,
            advice: String::new(),
            location,
            related: Vec::new(),
            evidence: Vec::new(),
            cause: None,
            changed: false,
            fingerprint: Fingerprint::default(),
            level: Level::Deny,
            suppressed: None,
        }
    }

    /// Says what to do.
    #[must_use]
    pub fn advice(mut self, advice: impl Into<String>) -> Self {
        self.advice = advice.into();
        self
    }

    /// Adds a piece of proof.
    #[must_use]
    pub fn evidence(mut self, label: impl Into<String>, text: impl Into<String>) -> Self {
        self.evidence.push(Evidence {
            label: label.into(),
            text: text.into(),
        });
        self
    }

    /// Adds another place.
    #[must_use]
    pub fn related(mut self, label: impl Into<String>, location: Location) -> Self {
        self.related.push(Related {
            label: label.into(),
            location,
        });
        self
    }

    /// Names what makes it the same finding in the next run; the title is taken otherwise.
    #[must_use]
    pub fn subject(mut self, subject: impl Into<String>) -> Self {
        self.subject = subject.into();
        self
    }

    /// Says how sure it is; high is taken otherwise.
    #[must_use]
    pub fn confidence(mut self, confidence: Confidence) -> Self {
        self.confidence = confidence;
        self
    }

    /// Says how bad it is; the code's own severity is taken otherwise.
    #[must_use]
    pub fn severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    /// Names the check whose request an observer judged.
    #[must_use]
    pub fn caused_by(mut self, check: CheckId) -> Self {
        self.cause = Some(check);
        self
    }

    /// Whether it counts: neither known to the baseline nor waived.
    pub fn counts(&self) -> bool {
        self.suppressed.is_none()
    }

    /// Whether the baseline knew it before this deploy.
    pub fn is_known(&self) -> bool {
        matches!(self.suppressed, Some(Suppression::Baseline { .. }))
    }
}
