//! Observers: what they see, how their findings are kept, and what their faults do.

use tidegate_core::check::CheckReport;
use tidegate_core::exchange::Exchange;
use tidegate_core::finding::Finding;
use tidegate_core::gate::Entry;
use tidegate_core::ports::http::{Purpose, Request};
use tidegate_core::result::Outcome;
use tidegate_core::verdict::Verdict;

use super::fakes::*;

/// A check that sends requests of a purpose.
fn sending(id: &str, count: usize, purpose: Purpose) -> Entry {
    check_that(
        id,
        body(move |context| async move {
            for _ in 0..count {
                let mut request = Request::get("/page", context.cause(&span()));
                request.purpose = purpose;
                context.http()?.send(request).await?;
            }
            passed()
        }),
    )
}

fn found(exchange: &Exchange) -> CheckReport {
    let finding = Finding::new(&BROKEN, exchange.cause.location.clone(), "leaks")
        .subject("GET /page")
        .caused_by(exchange.cause.check.clone());
    CheckReport {
        findings: vec![finding],
        evaluated: 1,
        ..CheckReport::default()
    }
}

#[test]
fn equal_findings_are_told_once_and_the_check_stays_passed() {
    let mut bench = Bench::new(vec![
        sending("a", 3, Purpose::Normal),
        sending("b", 2, Purpose::Negative),
    ]);
    bench.gate.observers = vec![observer("hygiene", found)];
    let summary = bench.run();
    let result = result(&summary, "hygiene");
    assert!(result.observer);
    assert_eq!((result.findings.len(), result.evaluated), (1, 5));
    assert_eq!(result.outcome, Outcome::Failed);
    assert_eq!(outcome(&summary, "a"), "passed");
    assert_eq!(summary.judgement.verdict, Verdict::Block);
    assert_eq!(summary.results.last().unwrap().id.as_str(), "hygiene");
}

#[test]
fn load_is_judged_once_and_the_preflight_never() {
    let mut bench = Bench::new(vec![sending("a", 50, Purpose::Load)]);
    bench.gate.observers = vec![observer("hygiene", found)];
    let summary = bench.run();
    assert_eq!(result(&summary, "hygiene").evaluated, 1);
    assert_eq!(summary.requests, 51);
}

#[test]
fn an_observer_that_saw_nothing_is_skipped() {
    let mut bench = Bench::new(vec![check("a")]);
    bench.gate.observers = vec![observer("hygiene", found)];
    let summary = bench.run();
    assert_eq!(outcome(&summary, "hygiene"), "skipped");
    assert_eq!(summary.judgement.verdict, Verdict::Allow);
}

#[test]
fn an_observer_that_cannot_begin_is_errored_and_asked_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut bench = Bench::new(vec![sending("a", 2, Purpose::Normal)]);
    bench.gate.root = folder.path().join("gone");
    bench.gate.observers = vec![observer("hygiene", |_| panic!("asked"))];
    let summary = bench.run();
    let result = result(&summary, "hygiene");
    let Outcome::Errored(error) = &result.outcome else {
        panic!("{:?}", result.outcome);
    };
    assert!(error.message.contains("could not be written"), "{error}");
    assert_eq!(result.evaluated, 0);
    assert_eq!(summary.judgement.verdict, Verdict::Inconclusive);
}

#[test]
fn snapshots_change_outside_ci_or_when_they_are_told_to() {
    let told = |ci: Option<&'static str>, update: bool| {
        let folder = tempfile::tempdir().unwrap();
        let mut bench = Bench::new(vec![sending("a", 1, Purpose::Normal)]);
        bench.gate.root = folder.path().to_owned();
        bench.options.update = update;
        if let Some(ci) = ci {
            bench.variables.insert("CI", ci);
        }
        bench.gate.observers = vec![observer("hygiene", found)];
        result(&bench.run(), "hygiene").notes[0].clone()
    };
    assert_eq!(told(None, false), "snapshots: Extend");
    assert_eq!(told(Some("false"), false), "snapshots: Extend");
    assert_eq!(told(Some("true"), false), "snapshots: Never");
    assert_eq!(told(Some("true"), true), "snapshots: Accept");
}

#[test]
fn an_observer_that_panics_is_errored_and_the_others_go_on() {
    let mut bench = Bench::new(vec![sending("a", 2, Purpose::Normal)]);
    let silent = |_: &Exchange| CheckReport {
        evaluated: 1,
        ..CheckReport::default()
    };
    bench.gate.observers = vec![
        observer("bad", |_| panic!("boom")),
        observer("good", silent),
    ];
    let summary = bench.run();
    assert_eq!(outcome(&summary, "bad"), "errored");
    assert_eq!(outcome(&summary, "good"), "passed");
    assert_eq!(result(&summary, "good").evaluated, 2);
}
