//! When a question is answered yes, no or not proven.

use std::collections::BTreeSet;

use tidegate_core::check::{Doubt, Inconclusive, Metric, Unit};
use tidegate_core::distribution::Standing;
use tidegate_core::event::Summary;
use tidegate_core::finding::{Finding, Suppression};
use tidegate_core::meta::{CodeInfo, Confidence, Effort, Severity};
use tidegate_core::result::{CheckResult, Outcome};
use tidegate_core::span::Location;

use super::table::QUESTIONS;
use super::{Answered, Reply, answers};
use crate::samples;

const LEAKED: CodeInfo = CodeInfo::known(
    "secrets/stripe",
    Severity::Critical,
    Effort::Small,
    "A key",
    "Money.",
);

/// A run in which one check of a kind ended so.
fn run(kind: &str, outcome: Outcome) -> Summary {
    let mut summary = samples::allowed();
    let first = &mut summary.results[0];
    first.kind = kind.into();
    first.outcome = outcome;
    first.findings.clear();
    summary
}

fn first(summary: &mut Summary) -> &mut CheckResult {
    &mut summary.results[0]
}

fn question(summary: &Summary, number: usize) -> Answered {
    answers(summary).swap_remove(number - 1)
}

fn finding() -> Finding {
    let place = Location::line_of("src/a.ts", 3);
    Finding::new(&LEAKED, place, "a key of Stripe stands in the code")
}

#[test]
fn yes_needs_a_check_that_came_to_a_result_with_evidence() {
    let proven = question(&run("secrets", Outcome::Passed), 2);
    assert_eq!((proven.reply, proven.good), (Reply::Yes, Some(true)));
    assert_eq!(proven.checks, ["create-record".into()]);

    let mut empty = run("secrets", Outcome::Passed);
    first(&mut empty).evaluated = 0;
    assert_eq!(question(&empty, 2).reply, Reply::NotProven);

    let doubt = Outcome::Inconclusive(Inconclusive {
        reason: Doubt::NoEvidence,
        text: "the control failed".into(),
    });
    let unclear = question(&run("secrets", doubt), 2);
    assert_eq!((unclear.reply, unclear.good), (Reply::NotProven, None));
    assert_eq!(
        unclear.reason,
        "`create-record` could not tell: the control failed."
    );
    assert!(unclear.add.is_some());

    let skipped = question(&run("secrets", Outcome::Skipped("no base".into())), 2);
    assert_eq!(skipped.reason, "`create-record` did not run: no base.");
    let absent = question(&run("flow", Outcome::Passed), 2);
    assert_eq!(absent.reason, "No check of this gate looks at it.");
}

#[test]
fn one_doubtful_check_of_a_kind_is_enough_for_not_proven() {
    let mut summary = run("isolation", Outcome::Passed);
    summary.results[1].kind = "isolation".into();
    assert_eq!(question(&summary, 5).reply, Reply::Yes);
    summary.results[1].outcome = Outcome::Cancelled;
    assert_eq!(question(&summary, 5).reply, Reply::NotProven);
}

#[test]
fn a_finding_means_no_also_when_it_is_accepted() {
    let mut summary = run("secrets", Outcome::Failed);
    first(&mut summary).findings = vec![finding()];
    let no = question(&summary, 2);
    assert_eq!((no.reply, no.good), (Reply::No, Some(false)));
    assert_eq!(no.reason, "A key of Stripe stands in the code.");

    first(&mut summary).outcome = Outcome::Passed;
    first(&mut summary).findings[0].suppressed = Some(Suppression::Baseline { expires: None });
    let known = question(&summary, 2);
    assert_eq!(known.reply, Reply::No);
    assert!(
        known
            .reason
            .contains("known before this deploy, and still true")
    );

    first(&mut summary).findings[0].suppressed = Some(Suppression::Waived {
        owner: "mia".into(),
        reason: "soon".into(),
        expires: "2026-12-31".into(),
    });
    let waived = question(&summary, 2).reason;
    assert!(
        waived.contains("accepted by mia until 2026-12-31"),
        "{waived}"
    );
}

#[test]
fn a_hint_is_no_proof_of_a_fault() {
    let mut summary = run("secrets", Outcome::Passed);
    first(&mut summary).findings = vec![finding().confidence(Confidence::Low)];
    assert_eq!(question(&summary, 2).reply, Reply::Yes);
}

fn metric(name: &str, subject: &str, value: f64) -> Metric {
    Metric {
        name: name.into(),
        subject: subject.into(),
        unit: if name == "samples" {
            Unit::Count
        } else {
            Unit::Milliseconds
        },
        value,
        samples: Vec::new(),
    }
}

#[test]
fn the_three_slowest_are_named_and_what_was_seen_in_passing_proves_nothing() {
    let mut summary = run("flow", Outcome::Passed);
    summary.results[1].findings.clear();
    let unknown = question(&summary, 4);
    assert_eq!(unknown.reply, Reply::NotProven);
    assert!(unknown.reason.contains("No check of this run"));
    first(&mut summary).metrics = vec![
        metric("p95", "GET /a", 10.0),
        metric("p95", "GET /b", 400.4),
        metric("samples", "GET /b", 12.0),
        metric("p95", "GET /c", f64::NAN),
        metric("p95", "GET /d", 30.0),
        metric("samples", "GET /d", 59.0),
        metric("p95", "GET /e", 20.0),
    ];
    let passing = question(&summary, 4);
    assert_eq!(passing.reply, Reply::NotProven);
    assert!(passing.add.unwrap().contains("`latency`"));
    let named = "GET /b 400 ms (12 samples, only seen in passing), GET /d 30 ms (59 samples, not judged), \
                 GET /e 20 ms (0 samples, only seen in passing).";
    assert!(passing.reason.ends_with(named), "{}", passing.reason);
}

#[test]
fn the_three_slowest_are_fast_enough_once_each_was_measured_and_judged() {
    let mut summary = run("flow", Outcome::Passed);
    summary.results[1] = samples::measured(
        "list-is-fast",
        "latency",
        Outcome::Passed,
        vec![samples::good()],
    );
    // The observer saw the same request more often, slower, and judged nothing.
    first(&mut summary).metrics = vec![
        metric("p95", "GET /api/records", 900.0),
        metric("samples", "GET /api/records", 3_000.0),
    ];
    let yes = question(&summary, 4);
    assert_eq!(
        (yes.reply, yes.good),
        (Reply::Yes, Some(true)),
        "{}",
        yes.reason
    );
    let named = "GET /api/records 217 ms (400 samples, within its latency budget).";
    assert!(yes.reason.ends_with(named), "{}", yes.reason);
    assert_eq!(yes.checks, ["list-is-fast".into()]);

    let mut close = summary.clone();
    close.results[1].distributions[0].marks[0].standing = Standing::TooClose;
    let unsure = question(&close, 4);
    assert_eq!(unsure.reply, Reply::NotProven);
    assert!(
        unsure
            .reason
            .contains("too close to its latency budget to call")
    );
    assert!(unsure.add.unwrap().ends_with("or give the budgets room."));

    let few = metric("samples", "GET /api/records", 58.0);
    summary.results[1].metrics[1] = few;
    assert_eq!(question(&summary, 4).reply, Reply::NotProven);
}

#[test]
fn what_no_check_proves_is_what_somebody_said_lately() {
    let mut summary = run("flow", Outcome::Passed);
    assert_eq!(question(&summary, 10).reply, Reply::NotProven);
    summary.handover = Some(samples::handover());
    let tickets = question(&summary, 10);
    assert_eq!((tickets.reply, tickets.good), (Reply::No, Some(true)));
    assert_eq!(tickets.said_by.as_deref(), Some("Mia Berg, 2026-11-20"));
    let errors = question(&summary, 7);
    assert_eq!(errors.reply, Reply::NotProven);
    assert!(errors.reason.contains("276 days ago"), "{}", errors.reason);
}

#[test]
fn every_code_and_kind_of_the_table_is_written_as_codes_are() {
    let mut texts = BTreeSet::new();
    for question in &QUESTIONS {
        assert!(texts.insert(question.text));
        assert!(!question.add.is_empty() && !question.matters.is_empty());
        let ways = [
            !question.proven_by.is_empty(),
            question.slowest,
            question.asked.is_some(),
        ];
        assert_eq!(
            ways.iter().filter(|way| **way).count(),
            1,
            "{}",
            question.text
        );
        assert!(question.denied_by.iter().all(|code| code.contains('/')));
    }
}
