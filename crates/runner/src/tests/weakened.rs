//! What a change does to its own gate: first, uncounted, and beyond the reach of the change.

use tidegate_core::baseline::Waiver;
use tidegate_core::finding::Finding;
use tidegate_core::meta::{CodeInfo, Effort, Level, Severity};
use tidegate_core::name::Code;
use tidegate_core::result::Outcome;
use tidegate_core::verdict::Verdict;

use super::fakes::*;

const WEAKENED: CodeInfo = CodeInfo::known(
    "gate/weakened",
    Severity::Medium,
    Effort::Small,
    "less strict",
    "Nobody sees it.",
);

fn weakened(level: Level) -> Finding {
    let mut finding = Finding::new(&WEAKENED, location(), "The check `b` was removed");
    finding.level = level;
    finding
}

#[test]
fn it_stands_before_all_checks_and_is_not_counted_as_one() {
    let mut bench = Bench::new(vec![check("a")]);
    bench.weakened.findings = vec![weakened(Level::Warn)];
    bench.weakened.notes = vec!["the gate file moved".into()];
    let (summary, events) = bench.run_with_events();
    let ids: Vec<&str> = summary.results.iter().map(|one| one.id.as_str()).collect();
    assert_eq!(ids, ["gate", "a"]);
    assert_eq!(summary.judgement.executed, 1);
    assert_eq!(summary.judgement.verdict, Verdict::AllowWithWarnings);
    assert_eq!(summary.plan.notes[0], "the gate file moved");
    let second = format!("{:?}", events[1]);
    assert!(
        second.starts_with("CheckFinished") && second.contains("\"gate\""),
        "{second}"
    );
}

#[test]
fn nothing_in_the_change_silences_it() {
    let mut bench = Bench::new(vec![check("a")]);
    bench.weakened.findings = vec![weakened(Level::Deny)];
    let code = Code::known("gate/weakened");
    bench.gate.levels.insert(code.clone(), Level::Allow);
    bench.gate.waivers = vec![Waiver {
        code,
        check: None,
        fingerprint: None,
        owner: "mia".into(),
        reason: "it is in the way".into(),
        expires: jiff::civil::Date::constant(2999, 1, 1),
        span: span(),
    }];
    let first = bench.run();
    let found = first.results[0].findings[0].clone();
    let day = jiff::civil::Date::constant(2026, 1, 1);
    let terms = tidegate_core::baseline::Terms::from(day);
    bench.baseline = bench.baseline.accepting([(&"gate".into(), &found)], terms);
    let summary = bench.run();
    assert_eq!(summary.judgement.verdict, Verdict::Block);
    assert_eq!(summary.results[0].outcome, Outcome::Failed);
    let found = &summary.results[0].findings[0];
    assert_eq!((found.level, &found.suppressed), (Level::Deny, &None));
    assert_eq!(found.fingerprint.as_str().len(), 16);
}

#[test]
fn it_is_redacted_and_a_gate_as_strict_as_before_has_no_result() {
    let mut bench = Bench::new(vec![check("a")]);
    bench.gate.identities = vec![identity("anna", "${ANNA_TOKEN}")];
    bench.variables.insert("ANNA_TOKEN", "very-secret-token");
    let finding = weakened(Level::Warn).evidence("before", "bearer: very-secret-token");
    bench.weakened.findings = vec![finding];
    let told = format!("{:?}", bench.run_with_events());
    assert!(told.contains("bearer: "), "{told}");
    assert!(!told.contains("very-secret"), "{told}");
    bench.weakened.findings.clear();
    assert_eq!(bench.run().results.len(), 1);
}

#[test]
fn with_fail_fast_a_change_that_may_not_weaken_its_gate_runs_nothing() {
    let mut bench = Bench::new(vec![check("a")]);
    bench.weakened.findings = vec![weakened(Level::Warn)];
    bench.options.fail_fast = true;
    assert_eq!(outcome(&bench.run(), "a"), "passed");
    bench.weakened.findings = vec![weakened(Level::Deny)];
    let summary = bench.run();
    assert_eq!(outcome(&summary, "a"), "skipped");
    assert_eq!(summary.judgement.verdict, Verdict::Block);
    bench.options.fail_fast = false;
    assert_eq!(outcome(&bench.run(), "a"), "passed");
}
