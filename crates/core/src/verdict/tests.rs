use std::time::Duration;

use super::*;
use crate::check::{CheckError, Inconclusive};
use crate::finding::{Finding, Suppression};
use crate::meta::{CodeInfo, Effort, Severity};
use crate::span::Location;

const CODE: CodeInfo = CodeInfo::known("flow/status", Severity::High, Effort::Small, "a", "b");

fn result(outcome: Outcome) -> CheckResult {
    CheckResult {
        id: "a".into(),
        kind: "flow".into(),
        observer: false,
        outcome,
        flaky: false,
        findings: Vec::new(),
        metrics: Vec::new(),
        evaluated: 1,
        notes: Vec::new(),
        tables: Vec::new(),
        distributions: Vec::new(),
        attempts: Vec::new(),
        elapsed: Duration::ZERO,
        owner: None,
        on_inconclusive: None,
        location: None,
    }
}

fn with_finding(level: Level) -> CheckResult {
    let mut finding = Finding::new(&CODE, Location::line_of("gate.yaml", 1), "wrong status");
    finding.level = level;
    let outcome = if level == Level::Deny {
        Outcome::Failed
    } else {
        Outcome::Passed
    };
    CheckResult {
        findings: vec![finding],
        ..result(outcome)
    }
}

fn doubt(reason: Doubt) -> Outcome {
    Outcome::Inconclusive(Inconclusive {
        reason,
        text: "no sample".into(),
    })
}

fn verdict(results: &[CheckResult]) -> Verdict {
    fold(results, false, None).verdict
}

#[test]
fn a_blocking_finding_outweighs_everything() {
    let results = [
        result(doubt(Doubt::NoEvidence)),
        with_finding(Level::Deny),
        result(Outcome::Passed),
    ];
    let judgement = fold(&results, true, None);
    assert_eq!(judgement.verdict, Verdict::Block);
    assert_eq!(judgement.because, [("a".into(), "wrong status".to_owned())]);
}

#[test]
fn missing_evidence_stops_the_deploy_unless_the_gate_only_warns() {
    let errored = || Outcome::Errored(CheckError::new("no answer", "look"));
    for outcome in [
        doubt(Doubt::NoEvidence),
        errored(),
        Outcome::TimedOut {
            limit: Duration::ZERO,
        },
    ] {
        assert_eq!(
            verdict(&[result(outcome.clone()), result(Outcome::Passed)]),
            Verdict::Inconclusive
        );
        let mut lenient = result(outcome);
        lenient.on_inconclusive = Some(OnInconclusive::Warn);
        assert_eq!(
            verdict(&[lenient, result(Outcome::Passed)]),
            Verdict::AllowWithWarnings
        );
    }
}

#[test]
fn too_close_to_call_warns_unless_the_gate_is_strict() {
    assert_eq!(
        verdict(&[result(doubt(Doubt::TooClose))]),
        Verdict::AllowWithWarnings
    );
    let mut strict = result(doubt(Doubt::TooClose));
    strict.on_inconclusive = Some(OnInconclusive::Block);
    assert_eq!(verdict(&[strict]), Verdict::Inconclusive);
}

#[test]
fn warnings_and_flaky_passes_allow_with_warnings() {
    assert_eq!(
        verdict(&[with_finding(Level::Warn)]),
        Verdict::AllowWithWarnings
    );
    let mut flaky = result(Outcome::Passed);
    flaky.flaky = true;
    assert_eq!(verdict(&[flaky]), Verdict::AllowWithWarnings);
    assert_eq!(verdict(&[with_finding(Level::Allow)]), Verdict::Allow);
    assert_eq!(
        fold(&[result(Outcome::Passed)], true, None).verdict,
        Verdict::AllowWithWarnings
    );
}

#[test]
fn a_suppressed_finding_does_not_count() {
    let mut known = with_finding(Level::Deny);
    known.findings[0].suppressed = Some(Suppression::Baseline { expires: None });
    known.outcome = Outcome::Passed;
    assert_eq!(verdict(&[known]), Verdict::Allow);
}

#[test]
fn nothing_executed_is_not_allowed() {
    let skipped = result(Outcome::Skipped("not selected".into()));
    let judgement = fold(&[skipped], false, None);
    assert_eq!(judgement.verdict, Verdict::Inconclusive);
    assert_eq!(
        exit_code(&judgement, Circumstances::default()),
        exit::NOTHING_EXECUTED
    );
    let advisory = Circumstances {
        advisory: true,
        ..Circumstances::default()
    };
    assert_eq!(exit_code(&judgement, advisory), exit::NOTHING_EXECUTED);
}

#[test]
fn checks_that_were_not_started_make_it_inconclusive_whatever_observers_saw() {
    let mut observer = result(Outcome::Passed);
    observer.observer = true;
    let judgement = fold(&[observer.clone()], false, Some("nothing answers"));
    assert_eq!(judgement.verdict, Verdict::Inconclusive);
    assert_eq!(
        exit_code(&judgement, Circumstances::default()),
        exit::INCONCLUSIVE
    );
    let alone = fold(&[observer], false, None);
    assert_eq!(
        exit_code(&alone, Circumstances::default()),
        exit::NOTHING_EXECUTED
    );
}

#[test]
fn the_exit_code_follows_the_precedence() {
    let block = fold(&[with_finding(Level::Deny)], false, None);
    let doubtful = fold(&[result(doubt(Doubt::NoEvidence))], false, None);
    let fine = fold(&[result(Outcome::Passed)], false, None);
    let code = |judgement: &Judgement, interrupted, report_failed, advisory| {
        exit_code(
            judgement,
            Circumstances {
                interrupted,
                report_failed,
                advisory,
            },
        )
    };
    assert_eq!(code(&block, true, true, true), 130);
    assert_eq!(code(&block, false, true, false), 1);
    assert_eq!(code(&doubtful, false, true, false), 3);
    assert_eq!(code(&fine, false, true, false), 5);
    assert_eq!(code(&fine, false, false, false), 0);
    assert_eq!(code(&block, false, false, true), 0);
    assert_eq!(code(&doubtful, false, true, true), 5);
}
