//! Why a check came to no result, in words for people.

use tidegate_core::check::Doubt;
use tidegate_core::period::Period;
use tidegate_core::result::{CheckResult, Outcome};
use tidegate_core::span::Location;
use tidegate_core::verdict::{Verdict, fold};

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
    let (ending, text, help) = match &result.outcome {
        Outcome::Inconclusive(doubt) => {
            let help = match doubt.reason {
                Doubt::NoEvidence => {
                    "Mend what kept the check from looking, or set `on-inconclusive: warn` on it if \
                     the deploy may go out without it."
                }
                Doubt::TooClose => {
                    "Run the gate again, or give the budget some room; `on-inconclusive: block` \
                     makes this stop a deploy."
                }
            };
            ("could not tell", doubt.text.clone(), help.to_owned())
        }
        Outcome::Errored(error) => (
            "came to no result",
            error.message.clone(),
            error.help.clone(),
        ),
        Outcome::TimedOut { limit } => (
            "ran out of time",
            format!("it was stopped after {}", Period(*limit)),
            "Find out what it waits for, or raise its `timeout:`.".to_owned(),
        ),
        Outcome::Cancelled => (
            "was stopped",
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
        ending,
        text,
        help,
        location: narrower.or_else(|| result.location.clone()),
    })
}

/// Whether an unresolved check stops the deploy, as the fold sees it.
pub(crate) fn stops(result: &CheckResult) -> bool {
    fold([result], false, None).verdict == Verdict::Inconclusive
}
