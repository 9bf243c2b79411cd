//! The old deploy as a program beside the candidate.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use tidegate_core::check::CheckReport;

use crate::regression::testing::{Machine, bench, beside, codes, deploy, doubt};
use crate::testing::{FakePortal, answer};

const CONFIG: &str = "
get: /api/records
old: { start: { command: './old --port ${port}', environment: { TOKEN: '${KEY}' }, ready: { get: /health } } }
";

fn run(machine: &Arc<Machine>, portal: &Arc<FakePortal>, new: f64) -> CheckReport {
    let (old, new) = (deploy(100.0, 1), deploy(new, 2));
    beside(&old, &new, portal);
    let mut bench = bench();
    bench.ports.processes = machine.clone();
    bench.ports.sinks = machine.clone();
    bench.run(CONFIG, &new).unwrap()
}

#[test]
fn it_is_started_on_a_free_port_asked_and_stopped() {
    let machine = Arc::new(Machine::default());
    // It takes a while to be ready.
    let mut asked = 0;
    let portal = FakePortal::new(move |_| {
        asked += 1;
        answer(if asked < 4 { 503 } else { 200 }, "{}")
    });
    let report = run(&machine, &portal, 200.0);
    assert_eq!(codes(&report), ["regression/slower"], "{}", doubt(&report));
    let started = machine.started.lock().unwrap();
    let [(line, folder, variables)] = started.as_slice() else {
        panic!("{started:?}")
    };
    assert_eq!(
        (line.as_str(), folder.as_str()),
        ("./old --port 4711", "./old")
    );
    let variable = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(
        *variables,
        [variable("TOKEN", "s3cret-value"), variable("PORT", "4711")]
    );
    assert!(machine.stopped.load(Ordering::Relaxed));
    let lines = portal.lines();
    assert_eq!(
        lines[3..],
        ["- GET /health", "- GET /api/records"],
        "{lines:?}"
    );
}

#[test]
fn one_that_never_is_ready_is_stopped_and_its_log_told() {
    let machine = Arc::new(Machine::default());
    let report = run(&machine, &FakePortal::new(|_| answer(503, "{}")), 100.0);
    let said = doubt(&report);
    assert!(
        said.contains("not ready within 5 s: it answered 503"),
        "{said}"
    );
    assert!(
        said.contains("Its log ends: starting | no database"),
        "{said}"
    );
    assert!(machine.stopped.load(Ordering::Relaxed));
}

#[test]
fn one_that_ends_is_told_with_its_code() {
    let machine = Arc::new(Machine {
        ended: Some(3),
        ..Machine::default()
    });
    let report = run(&machine, &FakePortal::new(|_| answer(200, "{}")), 100.0);
    assert!(
        doubt(&report).contains("ended with exit code 3"),
        "{}",
        doubt(&report)
    );
}
