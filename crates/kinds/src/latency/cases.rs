//! Bad cases that raise it alone and good cases that it leaves alone, for every code.

use std::sync::Arc;

use super::META;
use super::testing::{Times, answering, codes, portal, run};
use crate::testing::{FakeLoad, each_code_has_a_case, served};

/// A code, a check, a portal that has it, and one that has not.
type Case = (
    &'static str,
    &'static str,
    fn() -> Arc<FakeLoad>,
    fn() -> Arc<FakeLoad>,
);

const BUDGET: &str = "{ get: /api/records, p95: 300ms }";
const USUAL: &str = "{ get: /api/records }";
const SIZE: &str = "{ get: /api/records, p95: 300ms, size: 2kB }";
const GROWTH: &str =
    "{ get: '/api/records?limit=100', growth: { from: '/api/records?limit=10', at-most: 3 } }";
const CLIENTS: &str = "{ get: /api/records, p95: 300ms, clients: 30, for: 5s }";

static CASES: &[Case] = &[
    (
        "latency/over-budget",
        BUDGET,
        || portal(450.0),
        || portal(150.0),
    ),
    (
        "latency/over-budget",
        BUDGET,
        || portal(450.0),
        || portal(300.0),
    ),
    (
        "latency/over-budget",
        USUAL,
        || portal(450.0),
        || portal(200.0),
    ),
    (
        "latency/over-budget",
        USUAL,
        || portal(900.0),
        || portal(200.0),
    ),
    ("latency/size", SIZE, || sending(2_001), || sending(2_000)),
    ("latency/growth", GROWTH, || growing(9.0), || growing(0.5)),
    (
        "latency/under-load",
        CLIENTS,
        || queueing(20.0),
        || queueing(2.0),
    ),
    ("latency/errors", BUDGET, || failing(4), || failing(400)),
    ("latency/errors", CLIENTS, || crowded(10), || crowded(40)),
];

/// A portal whose answers have so many bytes.
fn sending(bytes: u64) -> Arc<FakeLoad> {
    answering(move |_| {
        let mut served = served(200, 20.0);
        served.answer.as_mut().unwrap().bytes = bytes;
        served
    })
}

/// A portal that needs so many milliseconds for each ten rows beside those for a page.
fn growing(each: f64) -> Arc<FakeLoad> {
    let mut times = Times::with_p95(10.0, 5);
    answering(move |reached| {
        let rows = reached.request.route.rsplit('=').next().unwrap();
        served(
            200,
            times.draw() + each * rows.parse::<f64>().unwrap() / 10.0,
        )
    })
}

/// A portal that answers one request after the other.
fn queueing(each: f64) -> Arc<FakeLoad> {
    answering(move |reached| served(200, each * (reached.beside + 1) as f64))
}

/// A portal of which every so manieth request fails.
fn failing(every: u64) -> Arc<FakeLoad> {
    answering(move |reached| match (reached.number + 1) % every {
        0 => served(500, 2.0),
        _ => served(200, 40.0),
    })
}

/// A portal that fails when more than so many ask at once.
fn crowded(most: usize) -> Arc<FakeLoad> {
    answering(move |reached| match reached.beside {
        beside if beside >= most => served(503, 2.0),
        _ => served(200, 40.0),
    })
}

#[test]
fn every_code_has_a_case_that_raises_it_alone_and_one_that_raises_nothing() {
    each_code_has_a_case(&META, CASES.iter().map(|case| case.0));
    for (code, config, bad, good) in CASES {
        let report = run(config, &bad());
        assert_eq!(codes(&report), [*code], "{config}: {report:#?}");
        let report = run(config, &good());
        assert!(codes(&report).is_empty(), "{config}: {report:#?}");
        assert!(report.evaluated > 0, "{config}");
    }
}
