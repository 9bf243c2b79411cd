//! Portals and machines that make it hard to measure.

use std::sync::Arc;
use std::time::Duration;

use tidegate_core::check::{CheckReport, Doubt};
use tidegate_core::distribution::Standing;
use tidegate_core::gate::EnvironmentKind;
use tidegate_core::ports::http::HttpError;

use super::super::testing::{answering, codes, doubt, run, run_in};
use crate::testing::{FakeLoad, Reached, Served, VirtualClock, served, timed_out};

const CHECK: &str = "{ get: /api/records, p95: 300ms }";

fn broken(error: HttpError) -> Served {
    Served {
        answer: Err(error),
        ..served(200, 1.0)
    }
}

/// A portal that answers in time, asked by a machine that sends everything so many milliseconds late.
fn late(milliseconds: u64, took: impl Fn(&Reached<'_>) -> f64 + Send + 'static) -> Arc<FakeLoad> {
    answering(move |reached| Served {
        late: Duration::from_millis(milliseconds),
        ..served(200, took(reached))
    })
}

#[track_caller]
fn proves_nothing(report: &CheckReport) {
    let doubt = report.inconclusive.as_ref();
    let without = doubt.is_some_and(|doubt| doubt.reason == Doubt::NoEvidence);
    assert!(report.findings.is_empty() && without, "{report:#?}");
}

#[track_caller]
fn is_well(report: &CheckReport) {
    let sure = report.inconclusive.is_none();
    assert!(report.findings.is_empty() && sure, "{report:#?}");
}

#[test]
fn three_failures_one_after_the_other_end_it() {
    let refused = || HttpError::Connect {
        origin: "http://127.0.0.1".into(),
        reason: "connection refused".into(),
    };
    let reset = || HttpError::Broken {
        phase: "while reading the body",
        reason: "connection reset".into(),
    };
    for (what, portal) in [
        ("500", answering(|_| served(500, 2.0))),
        ("refused", answering(move |_| broken(refused()))),
        ("reset", answering(move |_| broken(reset()))),
        ("silent", answering(|reached| timed_out(reached.request))),
    ] {
        let report = run(CHECK, &portal);
        assert_eq!(codes(&report), ["latency/errors"], "{what}: {report:#?}");
        let finding = &report.findings[0];
        let text = format!("{} {:?}", finding.title, finding.evidence);
        let expected = match what {
            "500" => "status 500 (",
            "silent" => "answers nothing within 10 s: 3 of 3 requests (100 %)",
            other => other,
        };
        assert!(text.contains(expected), "{what}: {text}");
        assert!(
            report.notes.join(" ").contains("Latency is not judged"),
            "{what}"
        );
        let bound = if what == "silent" { 250 } else { 8 };
        assert!(
            portal.sent.lock().unwrap().len() < bound,
            "{what}: {}",
            portal.sent.lock().unwrap().len()
        );
    }
}

#[test]
fn errors_faster_than_answers_never_help_a_slow_portal() {
    let portal = answering(|reached| match reached.number % 2 {
        0 => served(500, 1.0),
        _ => served(200, 2_000.0),
    });
    let report = run(CHECK, &portal);
    assert_eq!(codes(&report), ["latency/errors"], "{report:#?}");
    assert!(
        report
            .metrics
            .iter()
            .all(|metric| metric.name != "p95" || metric.value > 1_900.0)
    );
}

#[test]
fn a_few_failures_are_told_and_are_no_samples() {
    let portal = answering(|reached| match reached.number {
        40 => served(500, 1.0),
        _ => served(200, 40.0),
    });
    let report = run(CHECK, &portal);
    assert!(report.findings.is_empty(), "{report:#?}");
    let notes = report.notes.join(" ");
    assert!(
        notes.contains("failed") && notes.contains("status 500 (once)"),
        "{notes}"
    );
    assert!(
        report.distributions[0]
            .values
            .iter()
            .all(|value| *value >= 40.0)
    );
}

#[test]
fn a_portal_that_begins_to_fail_late_is_found_all_the_same() {
    let portal = answering(|reached| match reached.number {
        2_000.. if reached.number % 3 == 0 => served(500, 40.0),
        _ => served(200, 40.0),
    });
    let report = run("{ get: /a, p95: 300ms, clients: 30, for: 5s }", &portal);
    assert_eq!(codes(&report), ["latency/errors"], "{report:#?}");
}

#[test]
fn a_timeout_counts_as_over() {
    let portal = answering(|reached| match reached.number % 5 {
        4 => timed_out(reached.request),
        _ => served(200, 20.0),
    });
    let report = run("{ get: /api/records, p95: 300ms, timeout: 1s }", &portal);
    assert_eq!(codes(&report), ["latency/over-budget"], "{report:#?}");
    let notes = report.notes.join(" ");
    assert!(
        notes.contains("got no answer in time and count as over"),
        "{notes}"
    );
    assert!(
        report.distributions[0]
            .values
            .iter()
            .any(|value| *value >= 1_000.0)
    );
}

#[test]
fn a_portal_that_asks_for_patience_once_gets_it() {
    let portal = answering(
        |reached| match (reached.number, reached.at < Duration::from_secs(5)) {
            (20, true) => served(429, 1.0).with("retry-after", "3"),
            _ => served(200, 40.0),
        },
    );
    let report = run(CHECK, &portal);
    is_well(&report);
    assert!(
        report
            .notes
            .join(" ")
            .contains("after 3 s it was asked at half the rate")
    );
    let sent = portal.sent.lock().unwrap();
    let pause = sent.windows(2).map(|pair| pair[1].1 - pair[0].1).max();
    assert!(pause >= Some(Duration::from_secs(3)), "{pause:?}");
}

#[test]
fn a_portal_that_limits_requests_is_left_alone() {
    for (header, most) in [
        (Some("2"), 30),
        (Some("600"), 10),
        (None, 30),
        (Some("soon"), 30),
    ] {
        let portal = answering(move |_| match header {
            Some(after) => served(429, 1.0).with("retry-after", after),
            None => served(429, 1.0),
        });
        let report = run(CHECK, &portal);
        proves_nothing(&report);
        let text = doubt(&report);
        assert!(
            text.contains("The portal limits how often it may be asked"),
            "{text}"
        );
        let sent = portal.sent.lock().unwrap().len();
        assert!(sent <= most, "{header:?}: {sent}");
    }
}

#[test]
fn an_answer_that_is_not_meant_ends_it_with_what_to_do() {
    for (status, location, expected) in [
        (401, None, "answered 401: it is not logged in"),
        (403, None, "say with `as:`"),
        (404, None, "there is nothing to measure; check the path"),
        (
            302,
            Some("/login?next=/api"),
            "leads to /login: it is not logged in",
        ),
        (
            301,
            Some("https://www.acme.example/"),
            "write the path that it leads to",
        ),
    ] {
        let portal = answering(move |_| match location {
            Some(location) => served(status, 1.0).with("location", location),
            None => served(status, 1.0),
        });
        let report = run(CHECK, &portal);
        proves_nothing(&report);
        assert!(doubt(&report).contains(expected), "{}", doubt(&report));
        assert_eq!(portal.sent.lock().unwrap().len(), 1);
    }
    let portal = answering(|_| served(404, 20.0));
    let report = run("{ get: /gone, p95: 300ms, status: 404 }", &portal);
    assert!(
        report.inconclusive.is_none() && report.evaluated == 1,
        "{report:#?}"
    );
}

#[test]
fn a_session_that_ends_midway_is_a_failure() {
    let portal = answering(|reached| match reached.number {
        0..20 => served(200, 20.0),
        _ => served(401, 1.0),
    });
    let report = run(CHECK, &portal);
    assert_eq!(codes(&report), ["latency/errors"], "{report:#?}");
    let evidence = format!("{:?}", report.findings[0].evidence);
    assert!(evidence.contains("status 401"), "{evidence}");
}

#[test]
fn a_machine_that_is_late_proves_nothing() {
    let report = run(CHECK, &late(40, |_| 290.0));
    proves_nothing(&report);
    let text = doubt(&report);
    assert!(text.contains("too busy to measure: 1 in 100 requests was sent 40 ms late or more, and 30 ms is the most"), "{text}");
    let marks = report
        .distributions
        .iter()
        .flat_map(|picture| &picture.marks);
    assert!(
        marks
            .into_iter()
            .all(|mark| mark.standing == Standing::Unjudged)
    );
    assert_eq!(
        codes(&run(CHECK, &late(20, |_| 290.0))),
        ["latency/over-budget"]
    );
}

#[test]
fn a_machine_that_is_late_changes_no_verdict_that_lateness_cannot_make() {
    // Within its budget though 40 ms late: it would be so on time.
    let report = run(CHECK, &late(40, |_| 100.0));
    is_well(&report);
    assert!(report.notes.join(" ").contains("sent 40 ms late or more"));
    // Over it from when it was due, and from when it was sent by less than the machine was late.
    for took in [280.0, 330.0] {
        proves_nothing(&run(CHECK, &late(40, move |_| took)));
    }
    assert_eq!(
        codes(&run(CHECK, &late(40, |_| 350.0))),
        ["latency/over-budget"]
    );
    let many = "{ get: /a, p95: 300ms, clients: 30, for: 5s }";
    proves_nothing(&run(many, &late(40, |_| 100.0)));
    assert_eq!(
        codes(&run(many, &late(40, |_| 350.0))),
        ["latency/under-load"]
    );
}

#[test]
fn pages_are_not_judged_by_a_machine_that_is_late() {
    let portal = late(40, |reached| match reached.request.route.as_str() {
        "/a" => 90.0,
        _ => 20.0,
    });
    let config = "{ get: /a, growth: { from: /b, at-most: 3 } }";
    let report = run(config, &portal);
    proves_nothing(&report);
    assert!(doubt(&report).contains("too busy to see how GET /a grows"));
}

#[test]
fn requests_that_wait_to_spare_production_are_not_late() {
    let portal = answering(|_| served(200, 4_000.0));
    let report = run_in(EnvironmentKind::Production, CHECK, &portal);
    assert_eq!(codes(&report), ["latency/over-budget"], "{report:#?}");
    assert_eq!(*portal.most_at_once.lock().unwrap(), 8);
}

#[test]
fn a_clock_that_is_set_proves_nothing() {
    let clock = Arc::new(VirtualClock::default());
    let inner = clock.clone();
    let portal = FakeLoad::at(clock, move |reached| {
        if reached.number == 30 {
            *inner.step.lock().unwrap() = Duration::from_secs(3_600);
        }
        served(200, 40.0)
    });
    let report = run(CHECK, &portal);
    proves_nothing(&report);
    assert!(
        doubt(&report).contains("was set, or the machine slept, for 60 min"),
        "{}",
        doubt(&report)
    );
}

#[test]
fn requests_before_the_first_that_counts_do_not_count() {
    let portal = answering(|reached| match reached.number {
        0..5 => served(200, 4_000.0),
        _ => served(200, 40.0),
    });
    let report = run(CHECK, &portal);
    is_well(&report);
    let table = &report.tables[0];
    assert_eq!(
        (table.columns[3].as_str(), table.rows[0][3].as_str()),
        ("warm-up", "4.00 s")
    );
    assert!(
        report.distributions[0]
            .values
            .iter()
            .all(|value| *value < 50.0)
    );
}

#[test]
fn too_few_samples_are_no_evidence_and_say_how_many_are_needed() {
    let portal = answering(|_| served(200, 40.0));
    let report = run("{ get: /a, p95: 300ms, rate: 1, within: 20s }", &portal);
    proves_nothing(&report);
    assert!(
        doubt(&report).contains("p95 needs 59"),
        "{}",
        doubt(&report)
    );
    let notes = report.notes.join(" ");
    assert!(notes.contains("the time of 20 s was over"), "{notes}");
    assert_eq!(report.evaluated, 0);
}

#[test]
fn hostile_headers_and_addresses_stay_small() {
    let long = "x".repeat(100_000);
    let portal = answering(move |_| {
        served(200, 800.0)
            .with("server-timing", &format!("{long};dur=1"))
            .with("x-request-id", &format!("{long}\u{1b}[2J"))
            .with("age", "99999999999999999999")
    });
    let report = run(CHECK, &portal);
    let longest = report.findings[0]
        .evidence
        .iter()
        .map(|one| one.text.len())
        .max();
    assert!(longest < Some(400), "{longest:?}");
    let portal = answering(|_| served(302, 1.0).with("location", &"/a".repeat(100_000)));
    assert!(doubt(&run(CHECK, &portal)).len() < 400);
}
