//! The end of a run: what a person should know, the verdict, and what the next run remembers.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tidegate_core::baseline::Waiver;
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::event::{Event, PreflightFailure, Summary, Warning};
use tidegate_core::name::CheckId;
use tidegate_core::ports::Leftover;
use tidegate_core::result::{CheckResult, Outcome};
use tidegate_core::span::Span;
use tidegate_core::verdict::fold;

use crate::acceptances;
use crate::changed;
use crate::redaction::Redaction;
use crate::run::Session;

/// The state file that holds which checks did not pass lately.
pub(crate) const FAILURES: &str = "recent-failures.json";

#[derive(Serialize, Deserialize)]
struct Failures {
    version: u32,
    failed: BTreeSet<CheckId>,
}

/// The checks that a state file says did not pass lately; `None` when it is damaged.
pub(crate) fn failures(content: &[u8]) -> Option<BTreeSet<CheckId>> {
    let failures: Failures = serde_json::from_slice(content).ok()?;
    (failures.version == 1).then_some(failures.failed)
}

/// Puts the summary together, tells its warnings and its end, and remembers the failures.
pub(crate) fn conclude(
    session: &Session,
    mut results: Vec<CheckResult>,
    preflight: Option<PreflightFailure>,
    candidate_gone: Option<Warning>,
    started: Timestamp,
) -> Summary {
    changed::mark(session, &mut results);
    let (leftovers, journal) = session.ledger.close();
    let mut warnings: Vec<Warning> = session.gate.warnings.iter().map(from_diagnostic).collect();
    warnings.extend(session.weakened.warnings.iter().map(from_diagnostic));
    warnings.extend(candidate_gone);
    warnings.extend(waivers(session, &results));
    warnings.extend(acceptances::warnings(session, &results));
    warnings.extend(leftovers.iter().map(left_behind));
    warnings.extend(journal.map(not_journaled));
    warnings.extend(remember(session, &results));
    for warning in &warnings {
        session.emitter.emit(Event::Warning {
            warning: warning.clone(),
        });
    }
    let unready = preflight.as_ref().map(|failure| failure.message.as_str());
    let mut provenance = session.options.provenance.clone();
    if provenance.folder.is_none() {
        provenance.folder = changed::folder(session);
    }
    let mut summary = Summary {
        plan: session.plan.clone(),
        provenance,
        handover: session.gate.handover.clone(),
        judgement: fold(&results, !warnings.is_empty(), unready),
        results,
        interrupted: session.stop.is_requested(),
        advisory: session.options.advisory,
        preflight,
        warnings,
        leftovers,
        requests: session.ports.exchanges.sent(),
        started,
        elapsed: session.ports.clock.monotonic(),
    };
    Redaction(&*session.ports.secrets).summary(&mut summary);
    session.emitter.emit(Event::RunFinished {
        summary: Box::new(summary.clone()),
    });
    summary
}

fn from_diagnostic(fault: &Diagnostic) -> Warning {
    Warning {
        message: fault.message.clone(),
        help: fault.help.clone().unwrap_or_default(),
        location: fault.span.as_ref().map(Span::location),
    }
}

fn left_behind(leftover: &Leftover) -> Warning {
    let Leftover {
        marker,
        created_by,
        reason,
        ..
    } = leftover;
    let by_hand = leftover.remove_with.as_ref().map_or_else(
        || format!("Look for `{marker}` and delete it by hand."),
        |request| format!("Run `tidegate clean`, or send `{request}` by hand."),
    );
    Warning {
        message: format!(
            "what `{created_by}` created, marked `{marker}`, is still there: {reason}"
        ),
        help: by_hand,
        location: Some(leftover.location.clone()),
    }
}

fn not_journaled(reason: String) -> Warning {
    Warning {
        message: format!("what this run created could not be written down: {reason}"),
        help: "Make the folder `.tidegate` writable, so that `tidegate clean` knows what a lost run left behind.".into(),
        location: None,
    }
}

/// Waivers that are over, and waivers that match nothing although all they could match was run.
fn waivers(session: &Session, results: &[CheckResult]) -> Vec<Warning> {
    let today = session.policy.today;
    let message = |waiver: &Waiver| {
        if waiver.expired(today) {
            let expires = waiver.expires;
            return Some(format!(
                "the waiver for `{}` expired on {expires} and does not apply any more",
                waiver.code
            ));
        }
        let idle = all_ran(waiver, results) && !matches_any(waiver, results);
        idle.then(|| format!("the waiver for `{}` matches no finding", waiver.code))
    };
    session
        .gate
        .waivers
        .iter()
        .filter_map(|waiver| {
            Some(Warning {
                message: message(waiver)?,
                help: format!(
                    "Remove it, or ask {} whether it is still needed.",
                    waiver.owner
                ),
                location: Some(waiver.span.location()),
            })
        })
        .collect()
}

fn all_ran(waiver: &Waiver, results: &[CheckResult]) -> bool {
    results
        .iter()
        .filter(|result| match &waiver.check {
            Some(only) => *only == result.id,
            None => result.kind == waiver.code.kind(),
        })
        .all(|result| matches!(result.outcome, Outcome::Passed | Outcome::Failed))
}

fn matches_any(waiver: &Waiver, results: &[CheckResult]) -> bool {
    results.iter().any(|result| {
        let mut findings = result.findings.iter();
        findings.any(|finding| waiver.matches(&result.id, finding))
    })
}

/// Writes down which checks did not pass; those that did not run keep their record.
fn remember(session: &Session, results: &[CheckResult]) -> Option<Warning> {
    let state = &session.ports.state;
    let before = state.read(FAILURES).ok().flatten();
    let known = before.as_deref().and_then(failures);
    let mut failed = known.clone().unwrap_or_default();
    for result in results.iter().filter(|result| !result.observer) {
        match result.outcome {
            Outcome::Passed if !result.flaky => failed.remove(&result.id),
            Outcome::Skipped(_) | Outcome::Cancelled => continue,
            _ => failed.insert(result.id.clone()),
        };
    }
    if known.as_ref() == Some(&failed) {
        return None;
    }
    let content = serde_json::to_vec(&Failures { version: 1, failed }).ok()?;
    state.write(FAILURES, &content).err().map(|error| Warning {
        help: error.help().into(),
        message: error.to_string(),
        location: None,
    })
}
