//! Why a check came to no result, in words for people.

use tidegate_core::check::Doubt;
use tidegate_core::period::Period;
use tidegate_core::result::{CheckResult, Outcome};
use tidegate_core::span::Location;
use tidegate_core::verdict::{Verdict, fold};

/// How a check ended, in a word or two.
pub(crate) fn ending(result: &CheckResult) -> &'static str {
    match &result.outcome {
        Outcome::Passed if result.flaky => "passed on repeat",
        Outcome::Passed => "passed",
        Outcome::Failed => "found a problem",
        Outcome::Skipped(_) => "did not run",
        Outcome::Inconclusive(_) => "could not tell",
        Outcome::Errored(_) => "came to no result",
        Outcome::TimedOut { .. } => "ran out of time",
        Outcome::Cancelled => "was stopped",
    }
}

/// Why a check came to no result.
pub(crate) struct Why {
    /// How it ended, as in `could not tell`.
    pub(crate) ending: &'static str,
    /// What happened.
    pub(crate) text: String,
    /// What to do; may be empty.
    pub(crate) help: String,
    /// The line it is about.
    pub(crate) location: Option<Location>,
}

/// Why the check came to no result; nothing when it passed, failed or was skipped.
pub(crate) fn why(result: &CheckResult) -> Option<Why> {
    let (text, help) = match &result.outcome {
        Outcome::Inconclusive(doubt) => {
            let help = match doubt.reason {
                Doubt::NoEvidence => {
                    "Mend what kept the check from looking, or set `on-inconclusive: warn` on it if \
                     the deploy may go out without it."
                }
                Doubt::TooClose => {
                    "Run the gate again, or give the latency budget some room; \
                     `on-inconclusive: block` makes this stop a deploy."
                }
            };
            (doubt.text.clone(), help.to_owned())
        }
        Outcome::Errored(error) => (error.message.clone(), error.help.clone()),
        Outcome::TimedOut { limit } => (
            format!("it was stopped after {}", Period(*limit)),
            "Find out what it waits for, or raise its `timeout:`.".to_owned(),
        ),
        Outcome::Cancelled => (
            "the run was stopped before it ended".to_owned(),
            String::new(),
        ),
        Outcome::Passed | Outcome::Failed | Outcome::Skipped(_) => return None,
    };
    let narrower = match &result.outcome {
        Outcome::Errored(error) => error.location.clone(),
        _ => None,
    };
    Some(Why {
        ending: ending(result),
        text,
        help,
        location: narrower.or_else(|| result.location.clone()),
    })
}

/// Whether an unresolved check stops the deploy, as the fold sees it.
pub(crate) fn stops(result: &CheckResult) -> bool {
    fold([result], false, None).verdict == Verdict::Inconclusive
}
