//! What is sent, how fast, and that it is never more than was told before.

use std::time::Duration;

use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::elsewhere::Elsewhere;
use tidegate_core::gate::{Environment, EnvironmentKind, Start};
use tidegate_core::located::Located;
use tidegate_core::node::Node;

use super::super::kind;
use super::super::testing::{answering, doubt, portal, run, run_in};
use crate::testing::{Bench, FakeLoad, Nowhere, served, timed_out};

/// The most that were sent within any second.
fn most_in_a_second(portal: &FakeLoad) -> usize {
    let sent = portal.sent.lock().unwrap();
    let mut most = 0;
    for (place, (_, from)) in sent.iter().enumerate() {
        let within = sent[place..]
            .iter()
            .take_while(|(_, at)| *at < *from + Duration::from_secs(1));
        most = within.count().max(most);
    }
    most
}

/// How many were sent in a second, on average.
fn each_second(portal: &FakeLoad) -> f64 {
    let sent = portal.sent.lock().unwrap();
    sent.len() as f64 / sent.last().unwrap().1.as_secs_f64()
}

#[test]
fn production_is_asked_gently_and_only_what_reads() {
    let config = "{ routes: [{ get: /a, p95: 300ms }, { post: /find, json: { q: a }, idempotent: true, p95: 300ms }], rate: 50 }";
    let portal = portal(300.0);
    let report = run_in(EnvironmentKind::Production, config, &portal);
    assert_eq!(portal.count("POST /find"), 0);
    assert!(
        report
            .notes
            .join(" ")
            .contains("Left out in production, because it may change something: POST /find.")
    );
    // A burst of ten, and what comes evenly while it passes.
    assert!(
        most_in_a_second(&portal) < 20,
        "{}",
        most_in_a_second(&portal)
    );
    assert!(each_second(&portal) < 9.0, "{}", each_second(&portal));
}

#[test]
fn nothing_is_sent_to_production_when_all_may_change_something() {
    let config = "{ post: /find, json: { q: a }, idempotent: true }";
    let portal = portal(100.0);
    let report = run_in(EnvironmentKind::Production, config, &portal);
    assert!(portal.sent.lock().unwrap().is_empty());
    assert!(
        doubt(&report).contains("production is only looked at"),
        "{}",
        doubt(&report)
    );
    let bench = Bench::of(kind()).within(EnvironmentKind::Production);
    let forecast = bench.parse(config).unwrap().forecast();
    assert_eq!((forecast.requests, forecast.writes.len()), (0, 0));
}

#[test]
fn the_rate_of_the_environment_is_never_exceeded() {
    let mut bench = Bench::of(kind());
    bench.rate = Some(5);
    let portal = portal(300.0);
    bench
        .run("{ get: /a, p95: 300ms, rate: 100 }", &portal)
        .unwrap();
    assert!(each_second(&portal) < 5.0, "{}", each_second(&portal));
    assert!(most_in_a_second(&portal) < 10);
}

/// Knows no other place, and allows 5 requests a second.
#[derive(Debug)]
struct Slow;

impl Elsewhere for Slow {
    fn here(&self) -> Option<&Located<String>> {
        None
    }

    fn rate(&self) -> Option<u32> {
        Some(5)
    }

    fn environment(&self, name: &Located<String>) -> Result<Environment, Vec<Diagnostic>> {
        Nowhere.environment(name)
    }

    fn described(&self, name: &str, node: &Node) -> Result<Environment, Vec<Diagnostic>> {
        Nowhere.described(name, node)
    }

    fn program(&self, node: &Node, values: &[&str]) -> Result<Start, Vec<Diagnostic>> {
        Nowhere.program(node, values)
    }
}

#[test]
fn clients_at_once_are_not_sent_where_a_rate_is_set() {
    let mut bench = Bench::of(kind());
    bench.rate = Some(5);
    bench.elsewhere = &Slow;
    let told = bench
        .parse("{ get: /a, clients: 30 }")
        .unwrap()
        .unfit()
        .unwrap();
    assert!(
        told.message.contains("allows 5 requests a second"),
        "{told:?}"
    );
    let told = bench.parse("{ get: /a, p95: 300ms, within: 10s }").unwrap();
    assert!(told.unfit().unwrap().message.contains("needs 64 requests"));
    assert!(told.forecast().requests <= 50);
    let portal = portal(100.0);
    let report = bench.run("{ get: /a, clients: 30 }", &portal).unwrap();
    assert!(portal.sent.lock().unwrap().is_empty());
    assert!(
        doubt(&report).contains("raise its `rate:`"),
        "{}",
        doubt(&report)
    );
}

#[test]
fn no_run_sends_more_or_takes_longer_than_was_told() {
    let configs = [
        "{ get: /a, p95: 300ms }",
        "{ get: /a, p95: 300ms, rate: 1000, samples: 2000 }",
        "{ get: /a, p99: 300ms, within: 20s, rate: 100 }",
        "{ routes: [{ get: /a, p95: 300ms }, { get: /b, growth: { from: /c, at-most: 3 } }, { get: /d, growth: { from: /e, at-most: 3 }, p95: 1s }], within: 30s }",
        "{ get: /a, p95: 300ms, clients: 50, for: 3s }",
    ];
    for config in configs {
        for sort in 0..4 {
            let portal = match sort {
                0 => portal(300.0),
                1 => answering(|_| served(200, 0.5)),
                2 => answering(|reached| match reached.number % 3 {
                    0 => timed_out(reached.request),
                    _ => served(200, 290.0),
                }),
                _ => answering(|reached| match reached.number % 40 {
                    39 => served(429, 1.0).with("retry-after", "10"),
                    _ => served(200, 290.0),
                }),
            };
            let bench = Bench::of(kind());
            let forecast = bench.parse(config).unwrap().forecast();
            bench.run(config, &portal).unwrap();
            let sent = portal.sent.lock().unwrap().len();
            assert!(
                sent <= forecast.requests as usize,
                "{config}, {sort}: {sent} of {}",
                forecast.requests
            );
            let took = tidegate_core::ports::Clock::monotonic(&*portal.clock());
            assert!(took <= forecast.worst, "{config}, {sort}: {took:?}");
            assert!(forecast.exclusive);
        }
    }
}

#[test]
fn the_plan_names_writes_secrets_and_identities() {
    let mut bench = Bench::of(kind());
    bench.who = Some("anna");
    let config = "{ routes: [{ get: /a, headers: { x-key: '${KEY}' } }, { post: /find, json: { q: a }, idempotent: true }] }";
    let forecast = bench.parse(config).unwrap().forecast();
    assert_eq!(forecast.writes, ["POST /find"]);
    assert_eq!(forecast.secrets, ["KEY"]);
    assert_eq!(forecast.identities.len(), 1);
}

#[test]
fn the_same_seed_measures_the_same() {
    let of = || run("{ get: /a, p95: 300ms }", &portal(250.0));
    assert_eq!(of(), of());
}
