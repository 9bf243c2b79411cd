//! What is wrong with a gate file, where, and what helps.

use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::gate::EnvironmentKind;

use super::super::kind;
use crate::testing::Bench;

/// Everything that is said about a config, in a preview.
fn faults(config: &str) -> Vec<Diagnostic> {
    let parsed = Bench::of(kind()).parse(config);
    parsed.err().unwrap_or_else(|| panic!("{config} is taken"))
}

fn words(fault: &Diagnostic) -> String {
    let parts = [
        Some(&fault.message),
        fault.label.as_ref(),
        fault.help.as_ref(),
    ];
    let parts = parts.into_iter().flatten().map(String::as_str);
    parts.collect::<Vec<_>>().join(" | ")
}

/// Holds what is told of each config against a part of it.
fn told(wrong: &[(&str, &str)]) {
    for (config, expected) in wrong {
        let faults = faults(config);
        let told: Vec<String> = faults.iter().map(words).collect();
        assert!(
            told.iter().any(|told| told.contains(expected)),
            "{config}: {told:#?}"
        );
        assert!(faults.iter().all(|fault| fault.span.is_some()), "{config}");
    }
}

#[test]
fn wrong_latency_budgets_are_told_with_what_was_expected() {
    told(&[
        ("{ get: /a, p95: 0ms }", "a latency budget of 0"),
        (
            "{ get: /a, p100: 300ms }",
            "`p100` cannot have a latency budget | expected p50, p90, p95 or p99 | No number of samples",
        ),
        ("{ get: /a, p0: 300ms }", "The fastest of all"),
        ("{ get: /a, p99.9: 300ms }", "expected p50, p90, p95 or p99"),
        ("{ get: /a, p95: fast }", "a number and a unit"),
        (
            "{ get: /a, p95: 300ms, p99: 200ms }",
            "p99 may take 200 ms and p95 may take 300 ms | expected 300 ms or more",
        ),
        (
            "{ get: /a, p50: 1s, p99: 900ms }",
            "p99 may take 900 ms and p50 may take 1 s",
        ),
        (
            "{ get: /a, p95: 300ms, samples: 58 }",
            "p95 needs 59 samples",
        ),
        (
            "{ get: /a, p99: 300ms, samples: 200 }",
            "p99 needs 299 samples",
        ),
        ("{ get: /a, samples: 58 }", "p95 needs 59 samples"),
        ("{ get: /a, samples: 2001 }", "from 5 to 2000"),
        (
            "{ post: /a }",
            "POST may change something each time it is sent",
        ),
        ("{ post: /a, idempotent: false }", "`idempotent: true`"),
    ]);
}

#[test]
fn what_is_wrong_is_told_with_what_was_expected() {
    let many = format!("{{ routes: [{}] }}", "{ get: /a }, ".repeat(21));
    told(&[
        (
            "{ get: /a, growth: { from: /b, at-most: 1 } }",
            "1 is no growth",
        ),
        ("{ get: /a, growth: { from: /b } }", "`at-most` is missing"),
        (
            "{ get: /a, growth: { from: b, at-most: 2 } }",
            "`b` is not a path",
        ),
        ("{ get: /a, size: 0 }", "a size of 0"),
        ("{ get: /a, size: 0kB }", "a size of 0"),
        ("{ get: /a, size: big }", "no number of bytes"),
        ("{ get: /a, sampels: 100 }", "did you mean `samples`?"),
        (
            "{ get: /a, p95: 1s, idempotnt: true }",
            "did you mean `idempotent`?",
        ),
        (
            "{ routes: [{ get: /a, sice: 1kB }] }",
            "did you mean `size`?",
        ),
        ("{ routes: [{ get: /a, rate: 5 }] }", "unknown key `rate`"),
        ("{ routes: [{ get: /a }], rat: 5 }", "did you mean `rate`?"),
        (
            "{ routes: [{ get: /a }], p95: 1s }",
            "`p95` stands beside `routes:`",
        ),
        ("{ routes: [{ get: /a }], get: /b }", "belongs to a route"),
        ("{ routes: [] }", "no route is listed"),
        ("{ routes: /a }", "expected a list of routes"),
        (
            many.as_str(),
            "21 routes are too many for one check | expected at most 20",
        ),
        ("{ p95: 300ms }", "no method is named"),
        ("{ get: /a, on: nowhere }", "unknown api `nowhere`"),
        ("{ get: '/a/${record}' }", "unknown capture `record`"),
        (
            "{ get: /a, growth: { from: '/a/${record}', at-most: 2 } }",
            "unknown capture `record`",
        ),
        (
            "{ get: /a, for: 5s }",
            "`for` has no meaning without `clients`",
        ),
        (
            "{ get: /a, clients: 30, rate: 5 }",
            "`rate` has no meaning beside `clients`",
        ),
        (
            "{ get: /a, clients: 30, within: 5s }",
            "`within` has no meaning beside `clients`",
        ),
        (
            "{ get: /a, clients: 30, samples: 100 }",
            "`samples` has no meaning beside `clients`",
        ),
        (
            "{ get: /a, clients: 30, growth: { from: /b, at-most: 2 } }",
            "is measured without load",
        ),
        ("{ get: /a, clients: 1 }", "from 2 to 200"),
        ("{ get: /a, clients: 30, for: 5m }", "from 1 s to 1 min"),
        ("{ get: /a, rate: 0 }", "from 1 to 1000"),
        ("{ get: /a, warm-up: 51 }", "from 0 to 50"),
        ("{ get: /a, within: 0s }", "from 1 s to 30 min"),
        (
            "{ get: /a, p95: 12s }",
            "no answer is waited for longer than 10 s",
        ),
        (
            "{ get: /a, p95: 3s, timeout: 2s }",
            "Write a longer `timeout:`",
        ),
        ("{ get: /a, status: [] }", "no status is accepted"),
        (
            "/a",
            "expected a map with a route, as in `{ get: /api/records }`",
        ),
    ]);
}

#[test]
fn a_fault_stands_at_its_line_and_column() {
    let config = "routes:\n  - get: /a\n    p95: 300ms\n  - get: /b\n    p95: 0ms\n";
    let faults = faults(config);
    let place = faults[0].span.as_ref().unwrap().location();
    assert_eq!((place.line, place.column), (5, 10), "{faults:?}");
}

#[test]
fn a_percentile_that_may_take_less_than_a_lower_one_is_told_with_both_places() {
    let config = "routes:\n  - get: /a\n    p95: 300ms\n    p99: 200ms\n";
    let faults = faults(config);
    assert_eq!(faults.len(), 1, "{faults:?}");
    let place = faults[0].span.as_ref().unwrap().location();
    assert_eq!((place.line, place.column), (4, 10), "{faults:?}");
    let told = words(&faults[0]);
    assert!(told.contains("at tidegate.yaml:3:10 would never"), "{told}");
}

#[test]
fn what_is_right_is_taken() {
    for config in [
        "{ get: /a }",
        "{ get: /a, p95: 300ms, p99: 300ms }",
        "{ get: /a, on: db, query: { limit: 10 }, headers: { accept: application/json }, p50: 1s, p90: 2s, p95: 3s, p99: 4s }",
        "{ post: /a, json: { q: paint }, idempotent: true, status: [200, 204], timeout: 20s, p95: 15s }",
        "{ post: /a, form: { q: '${unique}' }, idempotent: true, size: 1MB }",
        "{ routes: [{ get: /a, p99: 1s }, { get: /b, growth: { from: /c, at-most: 1.5 } }], samples: 299, within: 1m, rate: 30, warm-up: 0, timeout: 5s }",
        "{ get: /a, clients: 30, for: 10s, warm-up: 1 }",
    ] {
        let parsed = Bench::of(kind()).parse(config);
        let faults = parsed.as_ref().err().into_iter().flatten();
        let told: Vec<String> = faults.map(words).collect();
        assert!(parsed.is_ok(), "{config}: {told:?}");
        assert!(
            parsed.is_ok_and(|check| check.unfit().is_none()),
            "{config}"
        );
    }
}

#[test]
fn a_time_that_most_runs_would_exceed_is_too_little_and_the_one_that_is_told_is_enough() {
    let unfit = |config: &str| {
        let check = Bench::of(kind()).parse(config).unwrap();
        check.unfit().as_ref().map(words)
    };
    // 76 come on average, and 64 are needed: in too many runs fewer come.
    for (config, time) in [
        ("{ get: /a, p95: 1s, rate: 1, within: 80s }", "80s"),
        ("{ get: /a, p95: 1s, rate: 20, within: 4s }", "4s"),
        ("{ get: /a, p99: 1s, rate: 3, within: 100s }", "100s"),
    ] {
        let told = unfit(config).unwrap_or_default();
        let (_, better) = told.split_once("Write `within: ").unwrap();
        let (better, _) = better.split_once('`').unwrap();
        assert_eq!(unfit(&config.replace(time, better)), None, "{told}");
    }
}

#[test]
fn what_leads_to_no_verdict_in_an_environment_is_unfit_there() {
    let unfit = |environment, config: &str| {
        let bench = Bench::of(kind()).within(environment);
        let fault = bench.parse(config).unwrap().unfit();
        fault.as_ref().map(words)
    };
    use EnvironmentKind::{Local, Preview, Production};
    let clients = "{ get: /a, clients: 30 }";
    let told = unfit(Production, clients).unwrap();
    assert!(
        told.contains("30 clients at once are not sent to production"),
        "{told}"
    );
    assert!(told.contains("when: { environment: [staging] }"), "{told}");
    assert_eq!(unfit(Preview, clients), None);
    for (environment, config, expected) in [
        (
            Production,
            "{ get: /a, p99: 1s, within: 30s }",
            "a verdict on 1 route needs 304 requests, and only 190 surely fit into 30 s",
        ),
        (
            Preview,
            "{ get: /a, p95: 1s, rate: 1, within: 1m }",
            "p95 59 and p99 299",
        ),
        (
            Preview,
            "{ get: /a, growth: { from: /b, at-most: 2 }, within: 3s }",
            "needs 88 requests",
        ),
    ] {
        let told = unfit(environment, config).unwrap_or_default();
        assert!(told.contains(expected), "{config}: {told}");
        assert_eq!(
            unfit(Local, &config.replace("rate: 1,", "rate: 9,")),
            None,
            "{config}"
        );
    }
}
