//! Order, outcomes, attempts, cancelling and redaction.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tidegate_core::baseline::{Terms, Waiver};
use tidegate_core::check::{CheckError, CheckReport, Forecast};
use tidegate_core::event::Event;
use tidegate_core::gate::OnInconclusive;
use tidegate_core::result::Outcome;
use tidegate_core::verdict::Verdict;

use super::fakes::*;

#[test]
fn a_run_tells_its_events_in_order_and_gives_the_verdict() {
    let (summary, events) = Bench::new(vec![check("a")]).run_with_events();
    assert_eq!(summary.judgement.verdict, Verdict::Allow);
    let told: Vec<String> = events
        .iter()
        .map(|event| match event {
            Event::RunStarted { plan, .. } => format!("started {}", plan.checks.len()),
            Event::Preparing { what } => what.clone(),
            Event::CheckStarted { check } => format!("check {check}"),
            Event::CheckFinished { result } => format!("{} {}", result.id, result.outcome.name()),
            Event::RunFinished { summary: told } => {
                assert_eq!(**told, summary);
                "finished".into()
            }
            other => format!("{other:?}"),
        })
        .collect();
    assert_eq!(
        told,
        [
            "started 1",
            "reaching http://127.0.0.1:1",
            "check a",
            "a passed",
            "finished"
        ]
    );
}

#[test]
fn a_check_waits_for_its_needs_and_is_skipped_when_one_does_not_pass() {
    let order = Arc::new(Mutex::new(Vec::new()));
    let noting = |id: &str, fails: bool| {
        let order = order.clone();
        check_that(
            id,
            body(move |context| {
                order.lock().unwrap().push(context.check().to_string());
                async move { if fails { broken("no") } else { passed() } }
            }),
        )
    };
    let summary = Bench::new(vec![
        needing(noting("last", false), &["middle"]),
        needing(noting("middle", false), &["first"]),
        noting("first", false),
        noting("bad", true),
        needing(noting("after-bad", false), &["bad"]),
        needing(noting("after-that", false), &["after-bad"]),
    ])
    .run();
    let order = order.lock().unwrap().clone();
    let place = |id: &str| order.iter().position(|ran| ran == id);
    assert!(place("first") < place("middle") && place("middle") < place("last"));
    assert_eq!((place("after-bad"), place("after-that")), (None, None));
    assert_eq!(
        result(&summary, "after-bad").outcome,
        Outcome::Skipped("it needs `bad`, which failed".into())
    );
    assert_eq!(outcome(&summary, "after-that"), "skipped");
    assert_eq!(summary.judgement.verdict, Verdict::Block);
}

#[test]
fn needs_in_a_circle_end_the_run_all_the_same() {
    let circle = vec![
        needing(check("a"), &["b"]),
        needing(check("b"), &["a"]),
        check("c"),
    ];
    let summary = Bench::new(circle).run();
    assert_eq!(outcome(&summary, "a"), "skipped");
    assert_eq!(outcome(&summary, "b"), "skipped");
    assert_eq!(outcome(&summary, "c"), "passed");
}

#[test]
fn a_panic_is_the_outcome_of_its_check_alone() {
    let panics = check_that("panics", body(|_| async { panic!("boom {}", 7) }));
    let summary = Bench::new(vec![panics, check("fine")]).run();
    let Outcome::Errored(error) = &result(&summary, "panics").outcome else {
        panic!("{:?}", result(&summary, "panics").outcome);
    };
    assert_eq!(error.message, "the check panicked: boom 7");
    assert_eq!(outcome(&summary, "fine"), "passed");
    assert_eq!(summary.judgement.verdict, Verdict::Inconclusive);
}

#[test]
fn an_error_that_only_warns_lets_the_deploy_out() {
    let mut fails = check_that("a", body(|_| async { Err(CheckError::new("no", "look")) }));
    fails.common.on_inconclusive = Some(OnInconclusive::Warn);
    let summary = Bench::new(vec![fails, check("b")]).run();
    assert_eq!(summary.judgement.verdict, Verdict::AllowWithWarnings);
}

#[test]
fn an_attempt_that_takes_too_long_is_timed_out() {
    let mut slow = endless("slow");
    slow.common.timeout = Some(Duration::from_millis(20));
    let summary = Bench::new(vec![slow]).run();
    let limit = Duration::from_millis(20);
    assert_eq!(
        result(&summary, "slow").outcome,
        Outcome::TimedOut { limit }
    );
}

#[test]
fn a_check_that_passes_when_repeated_is_flaky_and_its_attempts_are_kept() {
    let runs = Arc::new(AtomicUsize::new(0));
    let mut flaky = check_that(
        "flaky",
        body(move |context| {
            let first = runs.fetch_add(1, Ordering::Relaxed) == 0;
            let unique = context.values().unique.clone();
            async move { if first { broken(&unique) } else { passed() } }
        }),
    );
    flaky.common.retries = 3;
    let (summary, events) = Bench::new(vec![flaky]).run_with_events();
    let result = result(&summary, "flaky");
    assert!(result.flaky && result.findings.is_empty());
    let outcomes: Vec<&str> = result
        .attempts
        .iter()
        .map(|one| one.outcome.name())
        .collect();
    assert_eq!(outcomes, ["failed", "passed"]);
    assert_eq!(summary.judgement.verdict, Verdict::AllowWithWarnings);
    let failed = |event: &&Event| matches!(event, Event::AttemptFailed { .. });
    assert_eq!(events.iter().filter(failed).count(), 1);
}

#[test]
fn a_decisive_report_is_not_repeated() {
    let decisive = || {
        broken("refused").map(|report| CheckReport {
            decisive: true,
            ..report
        })
    };
    let mut refused = check_that("a", body(move |_| async move { decisive() }));
    refused.common.retries = 3;
    let summary = Bench::new(vec![refused]).run();
    assert_eq!(result(&summary, "a").attempts.len(), 1);
}

#[test]
fn an_exclusive_check_runs_alone_and_others_run_together() {
    let running = Arc::new(AtomicUsize::new(0));
    let most = Arc::new(AtomicUsize::new(0));
    let alone = Arc::new(AtomicUsize::new(0));
    let counted = |id: &str, exclusive: bool| {
        let (running, most, alone) = (running.clone(), most.clone(), alone.clone());
        let run = check_that(
            id,
            body(move |_| {
                let (running, most, alone) = (running.clone(), most.clone(), alone.clone());
                async move {
                    let now = running.fetch_add(1, Ordering::SeqCst) + 1;
                    let most = if exclusive { alone } else { most };
                    most.fetch_max(now, Ordering::SeqCst);
                    // The others wait for each other, which shows that they run at once.
                    while !exclusive && most.load(Ordering::SeqCst) < 3 {
                        tokio::task::yield_now().await;
                    }
                    running.fetch_sub(1, Ordering::SeqCst);
                    passed()
                }
            }),
        );
        let forecast = Forecast {
            exclusive,
            ..Forecast::default()
        };
        forecasting(run, forecast)
    };
    let mut bench = Bench::new(vec![
        counted("alone", true),
        counted("a", false),
        counted("b", false),
        counted("c", false),
        counted("alone-too", true),
    ]);
    bench.options.jobs = Some(3);
    assert_eq!(bench.run().judgement.verdict, Verdict::Allow);
    assert_eq!(alone.load(Ordering::SeqCst), 1);
    assert_eq!(most.load(Ordering::SeqCst), 3);
}

#[test]
fn with_fail_fast_the_first_failure_ends_the_others() {
    let mut bench = Bench::new(vec![
        endless("endless"),
        check_that("bad", body(|_| async { broken("no") })),
        needing(check("later"), &["endless"]),
    ]);
    bench.options.fail_fast = true;
    let summary = bench.run();
    assert_eq!(outcome(&summary, "endless"), "cancelled");
    assert_eq!(outcome(&summary, "later"), "cancelled");
    assert_eq!(summary.judgement.verdict, Verdict::Block);
    assert!(!summary.interrupted);
}

#[test]
fn a_used_up_run_budget_ends_what_runs_and_is_said_of_what_waits() {
    let mut bench = Bench::new(vec![endless("a"), needing(check("b"), &["a"])]);
    bench.options.run_budget = Some(Duration::from_millis(50));
    bench.gate.checks[0].common.timeout = None;
    let summary = bench.run();
    assert_eq!(outcome(&summary, "a"), "timed-out");
    assert_ne!(outcome(&summary, "b"), "passed");
    assert_eq!(summary.judgement.verdict, Verdict::Inconclusive);
}

#[test]
fn a_stop_cancels_what_runs_and_what_waits_and_still_gives_a_verdict() {
    let mut bench = Bench::new(vec![]);
    let stop = bench.stop.clone();
    let stopping = check_that(
        "stopping",
        body(move |_| {
            stop.request();
            std::future::pending()
        }),
    );
    bench.gate.checks = vec![
        check("done"),
        needing(stopping, &["done"]),
        needing(check("waits"), &["stopping"]),
    ];
    let summary = bench.run();
    assert!(summary.interrupted);
    assert_eq!(outcome(&summary, "done"), "passed");
    assert_eq!(outcome(&summary, "stopping"), "cancelled");
    assert_eq!(outcome(&summary, "waits"), "cancelled");
    assert_eq!(summary.judgement.verdict, Verdict::Inconclusive);
}

#[test]
fn a_stop_before_the_first_check_runs_none() {
    let bench = Bench::new(vec![check("a")]);
    bench.stop.request();
    let (summary, events) = bench.run_with_events();
    assert!(summary.interrupted);
    assert_eq!(outcome(&summary, "a"), "cancelled");
    let started = |event: &Event| matches!(event, Event::CheckStarted { .. });
    assert!(!events.iter().any(started));
    assert_eq!(summary.judgement.executed, 0);
}

#[test]
fn no_text_of_the_model_shows_a_secret() {
    const SECRET: &str = "hunter2-hunter2";
    let leaky = body(|_| async {
        let mut report = broken(SECRET)?;
        let finding = &mut report.findings[0];
        *finding = finding
            .clone()
            .advice(SECRET)
            .subject(SECRET)
            .evidence(SECRET, SECRET)
            .related(SECRET, location());
        finding.location.text = Some(SECRET.into());
        finding.location.file = SECRET.into();
        report.notes.push(SECRET.into());
        report.metrics.push(tidegate_core::check::Metric {
            name: SECRET.into(),
            subject: SECRET.into(),
            unit: tidegate_core::check::Unit::Count,
            value: 1.0,
            samples: Vec::new(),
        });
        Ok(report)
    });
    let erring = body(|_| async {
        Err(CheckError::new(SECRET, SECRET).at(tidegate_core::span::Location::line_of(SECRET, 1)))
    });
    let panicking = body(|_| async { panic!("{SECRET}") });
    let mut repeated = check_that("a", leaky);
    repeated.common.retries = 1;
    let mut bench = Bench::new(vec![
        repeated,
        check_that("b", erring),
        check_that("c", panicking),
    ]);
    bench.gate.identities = vec![identity("anna", "${TOKEN}")];
    bench.variables.insert("TOKEN", SECRET);
    let (summary, events) = bench.run_with_events();
    let text = format!("{summary:?} {events:?}");
    assert!(text.contains("[TOKEN]"));
    assert!(!text.contains(SECRET), "{text}");
}

#[test]
fn known_findings_do_not_count_and_waivers_are_held_against_the_day() {
    let mut bench = Bench::new(vec![check_that("a", body(|_| async { broken("no") }))]);
    let finding = result(&bench.run(), "a").findings[0].clone();
    let day = jiff::civil::Date::constant(2026, 1, 1);
    bench.baseline = bench
        .baseline
        .accepting([(&"a".into(), &finding)], Terms::from(day));
    let summary = bench.run();
    assert_eq!(summary.judgement.verdict, Verdict::Allow);
    let known = &result(&summary, "a").findings[0];
    assert!(known.is_known());

    let waiver = |code: &str, expires| Waiver {
        code: tidegate_core::name::Code::new(code),
        check: None,
        fingerprint: None,
        owner: "mia".into(),
        reason: "vendor".into(),
        expires,
        span: span(),
    };
    bench.baseline = Default::default();
    bench.gate.waivers = vec![
        waiver("fake/broken", jiff::civil::Date::constant(2020, 1, 1)),
        waiver("fake/other", jiff::civil::Date::constant(2999, 1, 1)),
    ];
    let summary = bench.run();
    assert_eq!(summary.judgement.verdict, Verdict::Block);
    let warnings: Vec<&str> = summary
        .warnings
        .iter()
        .map(|one| one.message.as_str())
        .collect();
    assert_eq!(
        warnings,
        [
            "the waiver for `fake/broken` expired on 2020-01-01 and does not apply any more",
            "the waiver for `fake/other` matches no finding",
        ]
    );
}

#[test]
fn the_end_of_an_acceptance_is_told_ahead_and_then_the_finding_counts_again() {
    let mut bench = Bench::new(vec![
        check_that("a", body(|_| async { broken("no") })),
        check("b"),
    ]);
    let finding = result(&bench.run(), "a").findings[0].clone();
    let today = tidegate_core::baseline::day(jiff::Timestamp::now());
    let day = |days: i64| today.saturating_add(jiff::Span::new().days(days));
    let mut ran = |left: i64| {
        let terms = Terms {
            until: Some(day(left)),
            ..Terms::from(day(-40))
        };
        // That of `b` is mended, so that nothing is said of its end.
        let (a, b) = ("a".into(), "b".into());
        bench.baseline = tidegate_core::baseline::Baseline::default()
            .accepting([(&a, &finding), (&b, &finding)], terms);
        let summary = bench.run();
        let told = summary.warnings.iter().map(|one| one.message.clone());
        (summary.judgement.verdict, told.collect::<Vec<_>>(), summary)
    };
    let (verdict, told, _) = ran(30);
    assert_eq!((verdict, told), (Verdict::Allow, Vec::new()));
    let (verdict, told, _) = ran(5);
    assert_eq!(verdict, Verdict::AllowWithWarnings);
    let soon = format!(
        "the acceptance of 1 finding expires on {}, in 5 days; from then on it counts again: no (a, fake/broken)",
        day(5)
    );
    assert_eq!(told, [soon]);
    let (verdict, told, summary) = ran(-2);
    assert_eq!(verdict, Verdict::Block);
    let over = format!(
        "the acceptance of 1 finding expired on {} and does not apply any more: no (a, fake/broken)",
        day(-2)
    );
    assert_eq!(told, [over]);
    let found = &result(&summary, "a").findings[0];
    assert_eq!(
        found.advice,
        format!(
            "Its acceptance expired on {} and does not apply any more.",
            day(-2)
        )
    );
}

#[test]
fn failures_are_remembered_and_preferred_until_they_pass() {
    let mut bench = Bench::new(vec![check_that("a", body(|_| async { broken("no") }))]);
    bench.options.all = false;
    bench.run();
    let plan = crate::plan(&bench.setup()).unwrap();
    assert_eq!(plan.checks[0].reason, "it did not pass last time");
    assert!(plan.notes.is_empty(), "{:?}", plan.notes);
    // A change that is not trusted may have brought the record itself.
    bench.options.provenance.untrusted = Some("a pull request from a fork".into());
    let plan = crate::plan(&bench.setup()).unwrap();
    assert_eq!(plan.checks[0].reason, "chosen by severity (high)");
    bench.options.provenance.untrusted = None;
    bench.gate.checks = vec![check("a")];
    bench.run();
    let plan = crate::plan(&bench.setup()).unwrap();
    assert_eq!(plan.checks[0].reason, "chosen by severity (high)");
}

#[test]
fn a_run_can_be_started_inside_another_runtime() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let summary = runtime.block_on(async { Bench::new(vec![check("a")]).run() });
    assert_eq!(summary.judgement.verdict, Verdict::Allow);
}

#[test]
fn two_runs_in_one_folder_leave_each_other_alone() {
    let bench = Bench::new(vec![creating("a", "/things/1")]);
    let other = Bench {
        options: bench.options.clone(),
        ..Bench::new(vec![creating("b", "/things/2")])
    };
    std::thread::scope(|scope| {
        for bench in [&bench, &other] {
            scope.spawn(move || {
                for _ in 0..5 {
                    assert_eq!(bench.run().judgement.verdict, Verdict::Allow);
                }
            });
        }
    });
    assert!(!bench.http.sent().contains(&"DELETE /things/2".into()));
    let journals = std::fs::read_dir(bench.state().join("journal")).unwrap();
    assert_eq!(journals.count(), 0);
}

fn creating(id: &str, path: &'static str) -> tidegate_core::gate::Entry {
    check_that(
        id,
        body(move |context| async move {
            let cleanup = context.cleanup()?;
            let ticket = cleanup.promise(promise(&context, "tidegate-1"));
            cleanup.fulfil(ticket, removal(&context, path));
            passed()
        }),
    )
}
