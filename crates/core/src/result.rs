//! What became of a check.

use std::time::Duration;

use crate::check::{CheckError, Inconclusive, Metric, Table};
use crate::distribution::Distribution;
use crate::finding::Finding;
use crate::gate::OnInconclusive;
use crate::meta::Level;
use crate::name::CheckId;
use crate::span::Location;

/// What became of a check, redacted and with policy applied.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckResult {
    /// Its id; an observer's is its name.
    pub id: CheckId,
    /// The name of its kind.
    pub kind: String,
    /// Whether it is an observer.
    pub observer: bool,
    /// How it ended.
    pub outcome: Outcome,
    /// Whether it passed only when repeated.
    pub flaky: bool,
    /// What is wrong, worst first.
    pub findings: Vec<Finding>,
    /// What was measured in the last attempt.
    pub metrics: Vec<Metric>,
    /// How many expectations were evaluated in the last attempt.
    pub evaluated: u32,
    /// What a reader should know beside the findings.
    pub notes: Vec<String>,
    /// What is told best in rows and columns.
    pub tables: Vec<Table>,
    /// What is told best as a picture.
    pub distributions: Vec<Distribution>,
    /// Every attempt, oldest first.
    pub attempts: Vec<Attempt>,
    /// How long all attempts took.
    pub elapsed: Duration,
    /// Who looks after it.
    pub owner: Option<String>,
    /// What an inconclusive outcome does.
    pub on_inconclusive: Option<OnInconclusive>,
    /// Its key in the gate file; absent for an observer that is on by default.
    pub location: Option<Location>,
}

/// How a check ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing blocking was found, and something was evaluated.
    Passed,
    /// A blocking finding.
    Failed,
    /// It cannot say.
    Inconclusive(Inconclusive),
    /// It was not run, with the reason.
    Skipped(String),
    /// It came to no result.
    Errored(CheckError),
    /// It ran out of time.
    TimedOut {
        /// The limit it ran into.
        limit: Duration,
    },
    /// The run was stopped before it ended.
    Cancelled,
}

impl Outcome {
    /// Whether the check was executed to a result or a fault of its own.
    pub fn executed(&self) -> bool {
        !matches!(self, Self::Skipped(_) | Self::Cancelled)
    }

    /// The outcome in one word, as reports write it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Inconclusive(_) => "inconclusive",
            Self::Skipped(_) => "skipped",
            Self::Errored(_) => "errored",
            Self::TimedOut { .. } => "timed-out",
            Self::Cancelled => "cancelled",
        }
    }
}

/// One attempt of a check.
#[derive(Debug, Clone, PartialEq)]
pub struct Attempt {
    /// Its number, from 1.
    pub number: u32,
    /// How it ended.
    pub outcome: Outcome,
    /// What it found.
    pub findings: Vec<Finding>,
    /// How long it took.
    pub elapsed: Duration,
}

/// The outcome that findings and evidence amount to.
pub fn outcome(
    findings: &[Finding],
    evaluated: u32,
    inconclusive: Option<Inconclusive>,
) -> Outcome {
    if findings
        .iter()
        .any(|finding| finding.counts() && finding.level == Level::Deny)
    {
        return Outcome::Failed;
    }
    match inconclusive {
        Some(doubt) => Outcome::Inconclusive(doubt),
        None if evaluated == 0 && findings.is_empty() => Outcome::Inconclusive(Inconclusive {
            reason: crate::check::Doubt::NoEvidence,
            text: "it evaluated nothing".into(),
        }),
        None => Outcome::Passed,
    }
}
