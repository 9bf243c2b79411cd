//! A deploy against what an earlier run stored.

use std::sync::Arc;

use tidegate_core::check::{CheckReport, Doubt};

use crate::latency_references::{References, last_name, reference_name};
use crate::regression::testing::{Kept, Portal, bench, codes, doubt, notes, odd};
use crate::testing::{FakeLoad, served};

const CONFIG: &str =
    "{ get: /api/records, samples: 200, old: { reference: true, control: { get: /health } } }";

/// A portal whose records have this median, on a machine that is slower by a factor.
fn portal(median: f64, machine: f64, seed: u64) -> Arc<FakeLoad> {
    let mut records = Portal::of(median, seed);
    let mut health = Portal::of(20.0, seed + 1);
    odd(move |reached| {
        let time = match reached.request.route.as_str() {
            "/health" => health.time(),
            _ => records.time(),
        };
        served(200, time * machine)
    })
}

fn run_as(
    config: &str,
    who: Option<&'static str>,
    load: &Arc<FakeLoad>,
    state: &Arc<Kept>,
) -> CheckReport {
    let mut bench = bench();
    bench.who = who;
    bench.ports.state = state.clone();
    bench.run(config, load).unwrap()
}

fn run(config: &str, load: &Arc<FakeLoad>, state: &Arc<Kept>) -> CheckReport {
    run_as(config, None, load, state)
}

fn stored() -> Arc<Kept> {
    let state = Arc::new(Kept::default());
    run(CONFIG, &portal(100.0, 1.0, 1), &state);
    state
}

fn file(state: &Kept, name: &str) -> References {
    let content = state.0.lock().unwrap()[name].clone();
    References::read(&content, "acme", "preview").unwrap()
}

#[test]
fn the_first_run_stores_its_times_says_so_and_passes() {
    let state = Arc::new(Kept::default());
    let report = run(CONFIG, &portal(100.0, 1.0, 1), &state);
    assert!(report.inconclusive.is_none() && report.findings.is_empty());
    assert_eq!(report.evaluated, 1);
    assert!(
        notes(&report).contains("stored as the reference"),
        "{}",
        notes(&report)
    );
    let reference = file(&state, &reference_name("preview"));
    let check = &reference.checks["journey"];
    assert_eq!(check.host, "127.0.0.1");
    assert_eq!(check.route("GET /api/records").unwrap().len(), 200);
    assert_eq!(check.control.values.len(), 200);
    assert_eq!(reference, file(&state, &last_name("preview")));
}

#[test]
fn a_slower_route_is_found_and_stays_out_of_the_reference() {
    let state = stored();
    let before = file(&state, &reference_name("preview"));
    let report = run(CONFIG, &portal(200.0, 1.0, 5), &state);
    assert_eq!(codes(&report), ["regression/slower"], "{}", notes(&report));
    assert!(
        report.findings[0]
            .title
            .contains("the reference of 1970-01-01")
    );
    assert!(notes(&report).contains("multiplicative noise"));
    assert!(notes(&report).contains("this run could have seen"));
    assert_eq!(before, file(&state, &reference_name("preview")));
    assert!(file(&state, &last_name("preview")).checks["journey"].slower);
}

#[test]
fn an_unchanged_route_passes_on_a_machine_of_another_pace() {
    for machine in [0.5, 1.0, 2.0, 5.0] {
        let state = stored();
        let report = run(CONFIG, &portal(100.0, machine, 5), &state);
        assert!(
            report.findings.is_empty() && report.inconclusive.is_none(),
            "{machine}: {} {}",
            doubt(&report),
            notes(&report)
        );
        let reference = file(&state, &reference_name("preview"));
        let last = file(&state, &last_name("preview"));
        assert_ne!(reference, last, "a pass does not replace the reference");
    }
}

#[test]
fn a_reference_that_does_not_fit_is_said_and_not_used() {
    let text = |state: &Kept| {
        let content = state.0.lock().unwrap()[&reference_name("preview")].clone();
        String::from_utf8(content).unwrap()
    };
    let good = text(&stored());
    for (content, expected) in [
        ("{".to_owned(), "it cannot be read"),
        (
            good.replace("\"gate\":\"acme\"", "\"gate\":\"globex\""),
            "it belongs to the gate `globex`",
        ),
        (
            good.replace("\"preview\"", "\"staging\""),
            "it belongs to the environment `staging`",
        ),
        (good.replace("\"version\":1", "\"version\":2"), "version 2"),
        (" ".repeat(5 * 1024 * 1024), "larger than 4 MiB"),
        (
            good.replace("GET /health", "GET /up"),
            "measured beside GET /up",
        ),
        (
            good.replace("\"identity\":null", "\"identity\":\"anna\""),
            "measured as anna",
        ),
    ] {
        let state = stored();
        state
            .0
            .lock()
            .unwrap()
            .insert(reference_name("preview"), content.clone().into_bytes());
        let report = run(CONFIG, &portal(200.0, 1.0, 5), &state);
        let said = doubt(&report);
        assert!(said.contains(expected), "{expected}: {said}");
        assert!(said.contains("tidegate baseline latency"), "{said}");
        let reason = report.inconclusive.as_ref().unwrap().reason;
        assert_eq!((reason, report.evaluated), (Doubt::NoEvidence, 0));
        let kept = state.0.lock().unwrap()[&reference_name("preview")].clone();
        assert_eq!(kept, content.into_bytes(), "it is not overwritten");
    }
}

#[test]
fn a_new_route_is_added_to_the_reference_of_the_others() {
    let state = stored();
    let config = "{ routes: [{ get: /api/records }, { get: /api/search }], old: { reference: true, control: { get: /health } } }";
    let before = file(&state, &reference_name("preview"));
    let report = run(config, &portal(100.0, 3.0, 5), &state);
    assert!(report.inconclusive.is_none(), "{}", doubt(&report));
    assert!(notes(&report).contains("nothing to compare GET /api/search with yet"));
    let (before, after) = (
        &before.checks["journey"],
        file(&state, &reference_name("preview")),
    );
    let after = &after.checks["journey"];
    assert_eq!(before.routes[0], after.routes[0]);
    assert_eq!(
        (after.routes.len(), &after.routes[1].route[..]),
        (2, "GET /api/search")
    );
    // It is put at the pace of the reference: the machine is three times as slow as then.
    let (median, _) = after.routes[1].summary();
    assert!((50.0..200.0).contains(&median.unwrap()), "{median:?}");
}

#[test]
fn what_fails_is_not_stored() {
    let state = Arc::new(Kept::default());
    let report = run(CONFIG, &odd(|_| served(503, 1.0)), &state);
    assert!(
        doubt(&report).contains("The portal failed three times"),
        "{}",
        doubt(&report)
    );
    assert!(state.0.lock().unwrap().is_empty());
}
