//! What a run tells while it goes: the only interface between the runner and the reporters.

use std::time::Duration;

use jiff::Timestamp;

use crate::handover::Handover;
use crate::name::{CheckId, Code};
use crate::plan::Plan;
use crate::ports::cleanup::Leftover;
use crate::provenance::Provenance;
use crate::result::{Attempt, CheckResult};
use crate::span::Location;
use crate::verdict::Judgement;

/// Something happened; redacted, and in the order one dispatcher saw it.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// The run begins.
    RunStarted {
        /// What it will do.
        plan: Plan,
        /// The time of day.
        at: Timestamp,
    },
    /// A step before the first check, as in `waking the instance up`.
    Preparing {
        /// What is going on, in a plain phrase.
        what: String,
    },
    /// A check begins.
    CheckStarted {
        /// Which.
        check: CheckId,
    },
    /// An attempt ended and another one follows.
    AttemptFailed {
        /// Which check.
        check: CheckId,
        /// The attempt.
        attempt: Attempt,
    },
    /// A check or an observer has its result.
    CheckFinished {
        /// The result.
        result: Box<CheckResult>,
    },
    /// Something a person should know that is no finding.
    Warning {
        /// What.
        warning: Warning,
    },
    /// The run ended.
    RunFinished {
        /// Everything about it.
        summary: Box<Summary>,
    },
}

/// Something a person should know that is no finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// What, as a sentence without a full stop.
    pub message: String,
    /// What to do.
    pub help: String,
    /// Where, when it is about a line.
    pub location: Option<Location>,
}

/// Everything about a run that ended.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// What was planned.
    pub plan: Plan,
    /// Which change was judged, and who asked.
    pub provenance: Provenance,
    /// What the gate file says to whoever the portal is handed to.
    pub handover: Option<Handover>,
    /// What the change does to its own gate first, then the results in the order of the plan,
    /// observers last.
    pub results: Vec<CheckResult>,
    /// The verdict and what decided it.
    pub judgement: Judgement,
    /// Whether somebody stopped the run.
    pub interrupted: bool,
    /// Whether a verdict that is not allow stops the deploy.
    pub advisory: bool,
    /// Why no check was started, when the candidate or a login was not there.
    pub preflight: Option<PreflightFailure>,
    /// What a person should know.
    pub warnings: Vec<Warning>,
    /// What was created and not removed.
    pub leftovers: Vec<Leftover>,
    /// How many requests were sent.
    pub requests: u64,
    /// When it began.
    pub started: Timestamp,
    /// How long it took.
    pub elapsed: Duration,
}

/// Why no check was started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreflightFailure {
    /// What kind of thing it is: `preflight/login`, `preflight/unreachable`, `preflight/sign-in-wall`,
    /// `preflight/asleep`, `preflight/bot-challenge`, `preflight/tls`, `preflight/start`, …
    pub code: Code,
    /// What happened, as a sentence without a full stop.
    pub message: String,
    /// What to do.
    pub help: String,
    /// What was seen, such as the candidate's log.
    pub evidence: Option<String>,
    /// The line of the gate file it is about.
    pub location: Option<Location>,
}

/// Turns events into a format.
pub trait Reporter: Send {
    /// Takes an event.
    fn event(&mut self, event: &Event);

    /// Writes what is left to write, once the run ended.
    ///
    /// # Errors
    /// Why the report is not there.
    fn finish(&mut self) -> Result<(), ReportError>;
}

/// Why a report is not there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the {format} report could not be written to {target}: {reason}")]
pub struct ReportError {
    /// The format's name.
    pub format: String,
    /// The file, or `standard output`.
    pub target: String,
    /// What the system said.
    pub reason: String,
}

impl ReportError {
    /// How to mend it.
    pub fn help(&self) -> &'static str {
        "Check that the folder exists and is writable, or write the report somewhere else."
    }
}
