//! The verdict in one plain sentence.

use tidegate_core::event::Summary;
use tidegate_core::meta::Level;
use tidegate_core::period::Period;
use tidegate_core::result::CheckResult;
use tidegate_core::verdict::{Circumstances, Verdict, exit, exit_code};

use crate::digest::{cautions, executed, total, unresolved};
use crate::text::count;

/// The verdict in one plain sentence; may carry foreign text, which the caller makes harmless.
pub fn headline(summary: &Summary) -> String {
    if summary.interrupted {
        return interrupted(summary);
    }
    let stopped = if lenient(summary) {
        "would be stopped"
    } else {
        "is stopped"
    };
    let sentence = match summary.judgement.verdict {
        Verdict::Block => {
            let blocked = stopped.replace("stopped", "blocked");
            format!("This deploy {blocked}: {}.", problems(summary))
        }
        Verdict::Inconclusive => format!("This deploy {stopped}{}.", doubt(summary)),
        Verdict::AllowWithWarnings => match cautions(summary) {
            1 => "This deploy may go out; 1 thing wants a look.".into(),
            number => format!("This deploy may go out; {number} things want a look."),
        },
        Verdict::Allow => match executed(summary) {
            1 => "This deploy may go out: the one check that ran passed.".into(),
            number => format!("This deploy may go out: all {number} checks that ran passed."),
        },
    };
    let sentence = match partly(summary) {
        Some(partly) => format!("{sentence} {partly}"),
        None => sentence,
    };
    if lenient(summary) {
        format!("{sentence} The run is advisory, so nothing stops it.")
    } else {
        sentence
    }
}

/// That checks are missing because the change is not trusted, where others ran.
fn partly(summary: &Summary) -> Option<String> {
    let who = summary.provenance.untrusted.as_ref()?;
    let missing = summary.plan.checks.iter().filter(|check| check.untrusted);
    match missing.count() {
        0 => None,
        _ if executed(summary) == 0 => None,
        missing => Some(format!(
            "It was only partly checked: {} did not run, because this is {who}.",
            count(missing, "check")
        )),
    }
}

/// How much ran, where and how long it took, as in `12 of 31 checks ran …`.
pub fn extent(summary: &Summary) -> String {
    let plan = &summary.plan;
    format!(
        "{} of {} ran against {} ({}) in {}.",
        executed(summary),
        count(total(summary), "check"),
        plan.environment,
        plan.url,
        Period(summary.elapsed)
    )
}

/// The exit code of the run, reports that cannot be written aside.
pub fn code(summary: &Summary) -> u8 {
    let circumstances = Circumstances {
        interrupted: summary.interrupted,
        report_failed: false,
        advisory: summary.advisory,
    };
    exit_code(&summary.judgement, circumstances)
}

/// Whether a verdict that would stop the deploy does not, because the run is advisory.
fn lenient(summary: &Summary) -> bool {
    let stops = matches!(
        summary.judgement.verdict,
        Verdict::Block | Verdict::Inconclusive
    );
    stops && code(summary) == exit::ALLOW
}

fn blocks(result: &&CheckResult) -> bool {
    let findings = &result.findings;
    findings
        .iter()
        .any(|finding| finding.counts() && finding.level == Level::Deny)
}

/// As in `2 of 9 checks found a problem`.
fn problems(summary: &Summary) -> String {
    let blocking = || summary.results.iter().filter(blocks);
    let checks = blocking().filter(|result| !result.observer).count();
    let observers: Vec<&str> = blocking()
        .filter(|result| result.observer && result.kind != GATE)
        .map(|result| result.id.as_str())
        .collect();
    let counted = format!("{checks} of {}", count(executed(summary), "check"));
    let found = match (checks, observers.as_slice()) {
        (_, []) => format!("{counted} found a problem"),
        (0, names) => format!(
            "{} found a problem in what the checks saw",
            names.join(" and ")
        ),
        (_, names) => format!(
            "{counted} found a problem, and so did {}",
            names.join(" and ")
        ),
    };
    if !blocking().any(|result| result.kind == GATE) {
        return found;
    }
    match (checks, observers.is_empty()) {
        (0, true) => WEAKENED.to_owned(),
        _ => format!("{WEAKENED}, and {found}"),
    }
}

/// The kind of the result that says what the change does to its gate.
const GATE: &str = "gate";

const WEAKENED: &str = "the change weakens its own gate";

/// What follows `This deploy is stopped`.
fn doubt(summary: &Summary) -> String {
    if let Some(failure) = &summary.preflight {
        return format!(" before the first check: {}", failure.message);
    }
    let unclear = unresolved(summary).filter(|one| crate::why::stops(one));
    match unclear.count() {
        0 => format!(": no check ran, {}", unknown(summary)),
        number => format!(
            ": {number} of {} could not tell whether it is good",
            count(executed(summary).max(number), "check")
        ),
    }
}

/// What follows from there being no check that ran.
fn unknown(summary: &Summary) -> String {
    let provenance = &summary.provenance;
    let left_out = summary.plan.checks.iter().any(|check| check.untrusted);
    match (&provenance.pending, &provenance.untrusted) {
        (Some(pending), _) => format!("because {pending}"),
        (None, Some(who)) if left_out => format!("because this is {who}"),
        _ => "so nothing is known about it".into(),
    }
}

fn interrupted(summary: &Summary) -> String {
    let sentence = "The run was interrupted, so this deploy may not go out";
    if summary.judgement.verdict == Verdict::Block {
        format!("{sentence}; until then {}.", problems(summary))
    } else {
        format!("{sentence}.")
    }
}
