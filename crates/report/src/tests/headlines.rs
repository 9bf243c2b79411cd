//! The first sentence of every report.

use tidegate_core::event::Summary;
use tidegate_core::meta::Level;

use super::{UNICODE, shown};
use crate::headline::{code, headline};
use crate::samples;

#[test]
fn the_headline_agrees_with_the_exit_code() {
    for (name, mut summary) in samples::all() {
        for advisory in [false, true] {
            summary.advisory = advisory;
            let (said, code) = (headline(&summary), code(&summary));
            let goes = said.contains("may go out:")
                || said.contains("may go out;")
                || said.contains("nothing stops it");
            assert_eq!(goes, code == 0, "{name}: {said} but {code}");
        }
    }
}

/// A summary of a change that is not trusted, with so many checks left out for it.
fn from_a_fork(mut summary: Summary, left_out: usize) -> Summary {
    summary.provenance.untrusted = Some("a pull request from a fork".into());
    for check in summary.plan.checks.iter_mut().take(left_out) {
        check.untrusted = true;
    }
    summary
}

#[test]
fn what_a_fork_may_not_do_is_not_offered_as_an_option() {
    let summary = samples::allowed();
    let checks = summary.plan.checks.len();
    let offer = "`--all` also runs";
    assert!(shown(&from_a_fork(summary.clone(), 0), &UNICODE).contains(offer));
    let text = shown(&from_a_fork(summary, checks), &UNICODE);
    assert!(!text.contains(offer), "{text}");
    assert!(
        text.contains("`tidegate plan` says why for each of them."),
        "{text}"
    );
}

#[test]
fn the_headline_says_that_a_change_was_only_partly_checked() {
    let partly = "It was only partly checked: 2 checks did not run, because this is a pull request from a fork.";
    for summary in [samples::allowed(), samples::blocked(), samples::warned()] {
        let whole = headline(&summary);
        assert_eq!(headline(&from_a_fork(summary.clone(), 0)), whole);
        assert_eq!(
            headline(&from_a_fork(summary, 2)),
            format!("{whole} {partly}")
        );
    }
    assert_eq!(
        headline(&from_a_fork(samples::nothing(), 2)),
        "This deploy is stopped: no check ran, because this is a pull request from a fork."
    );
}

#[test]
fn the_headline_says_that_there_is_nothing_to_judge_yet() {
    let mut summary = samples::nothing();
    summary.provenance.pending = Some("the deployment is `in_progress`".into());
    assert_eq!(
        headline(&summary),
        "This deploy is stopped: no check ran, because the deployment is `in_progress`."
    );
}

#[test]
fn the_headline_says_that_the_change_weakens_its_own_gate() {
    let mut summary = samples::blocked();
    let mut gate = summary.results[0].clone();
    gate.observer = true;
    gate.kind = "gate".to_owned();
    gate.id = "gate".into();
    gate.findings = summary
        .results
        .iter()
        .flat_map(|result| result.findings.clone())
        .collect();
    let said = headline(&summary);
    summary.results.insert(0, gate);
    let both = headline(&summary);
    assert!(
        both.contains("the change weakens its own gate, and "),
        "{both}"
    );
    let rest = said.trim_start_matches("This deploy is blocked: ");
    assert!(both.ends_with(rest), "{both}");
    summary.results.truncate(1);
    let alone = headline(&summary);
    assert_eq!(
        alone,
        "This deploy is blocked: the change weakens its own gate."
    );
}

#[test]
fn the_headline_names_an_observer_that_blocks() {
    let mut summary = samples::blocked();
    for result in &mut summary.results {
        for finding in &mut result.findings {
            if result.observer {
                finding.suppressed = None;
            } else {
                finding.level = Level::Warn;
            }
        }
    }
    assert_eq!(
        headline(&summary),
        "This deploy is blocked: error-hygiene found a problem in what the checks saw."
    );
}
