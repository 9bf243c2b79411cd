//! Entries of the baseline whose end is near or was passed, told as warnings.

use std::collections::BTreeMap;

use jiff::civil::Date;
use tidegate_core::baseline::Known;
use tidegate_core::event::Warning;
use tidegate_core::result::{CheckResult, Outcome};

use crate::run::Session;
use crate::state::BASELINE_FILE;

/// How many days ahead an end is told.
const AHEAD: i32 = 7;

/// The most findings that a warning names.
const NAMED: usize = 3;

/// One warning for each day on which acceptances end soon, or have ended although the findings are
/// still there.
pub(crate) fn warnings(session: &Session, results: &[CheckResult]) -> Vec<Warning> {
    let today = session.policy.today;
    let mut days: BTreeMap<Date, Vec<&Known>> = BTreeMap::new();
    for known in &session.policy.baseline.findings {
        let Some(day) = known.expires else { continue };
        let told = if known.expired(today) {
            found(known, results)
        } else {
            left(day, today) <= AHEAD && concerns(session, known, results)
        };
        if told {
            days.entry(day).or_default().push(known);
        }
    }
    days.into_iter()
        .map(|(day, known)| warning(day, today, &known))
        .collect()
}

/// Whether the run found it again and nothing else lets it through.
fn found(known: &Known, results: &[CheckResult]) -> bool {
    results.iter().any(|result| {
        let mut findings = result.findings.iter();
        result.id == known.check
            && findings.any(|one| one.fingerprint == known.fingerprint && one.counts())
    })
}

/// Whether it may still be there: the run found it, or did not look.
fn concerns(session: &Session, known: &Known, results: &[CheckResult]) -> bool {
    let result = results.iter().find(|result| result.id == known.check);
    match result {
        Some(result) if matches!(result.outcome, Outcome::Passed | Outcome::Failed) => {
            let mut findings = result.findings.iter();
            findings.any(|one| one.fingerprint == known.fingerprint)
        }
        Some(_) => true,
        None => {
            let mut planned = session.plan.checks.iter();
            planned.any(|check| check.id == known.check)
        }
    }
}

fn warning(day: Date, today: Date, known: &[&Known]) -> Warning {
    let number = known.len();
    let (findings, they) = match number {
        1 => ("1 finding".to_owned(), "it counts"),
        _ => (format!("{number} findings"), "they count"),
    };
    let names = names(known);
    let message = if today > day {
        format!(
            "the acceptance of {findings} expired on {day} and does not apply any more: {names}"
        )
    } else {
        let when = when(left(day, today));
        format!(
            "the acceptance of {findings} expires on {day}, {when}; from then on {they} again: {names}"
        )
    };
    Warning {
        message,
        help: format!(
            "Mend what was found. If it has to wait, `tidegate baseline accept --for 30d --extend` accepts it for longer \
             in {BASELINE_FILE}."
        ),
        location: None,
    }
}

fn names(known: &[&Known]) -> String {
    let mut names: Vec<String> = known
        .iter()
        .take(NAMED)
        .map(|one| format!("{} ({}, {})", one.title, one.check, one.code))
        .collect();
    if known.len() > NAMED {
        names.push(format!("{} more", known.len() - NAMED));
    }
    names.join(", ")
}

fn left(day: Date, today: Date) -> i32 {
    (day - today).get_days()
}

fn when(days: i32) -> String {
    match days {
        0 => "today".to_owned(),
        1 => "tomorrow".to_owned(),
        _ => format!("in {days} days"),
    }
}
