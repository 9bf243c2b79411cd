//! Latency budgets through the real binary: the example portal as it should be and with each slow switch,
//! and servers that cannot be measured.
//!
//! No test judges how fast this machine is: what must pass has budgets of seconds, and what must fail is
//! slower than its budget by design.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde_json::Value;
use tidegate_client_portal::{Break, Options, Passwords, start_blocking};
use tidegate_testkit::hostile::{Behaviour, Hostile, RefusingPort};
use tidegate_testkit::recorder::{App, Reply};

use crate::support::{Project, Ran, codes};

const HEAD: &str = r#"version: 1
name: portal
environments:
  local: { kind: local, url: "${PORTAL_URL}" }
variables: { PORTAL_URL: {} }
identities:
  anna:
    login: { post: /api/login, json: { email: anna@acme.example, password: "${ANNA_PASSWORD}" }, bearer: $.token }
checks:
"#;

/// Budgets that only a switch exceeds.
const LIST: &str = "  list:
    as: anna
    latency: { get: /api/records, p95: 1s, rate: 40, within: 20s }
";

const TAIL: &str = "  tail:
    as: anna
    latency: { get: /api/records, p99: 700ms, rate: 60, within: 30s, samples: 1000 }
";

const GROWTH: &str = "  growth:
    as: anna
    latency:
      get: /api/records?per_page=50
      growth: { from: /api/records?per_page=5, at-most: 5 }
      rate: 20
      within: 8s
";

const STALLS: &str = "  stalls:
    latency: { get: /health, p95: 600ms, rate: 50, within: 20s }
";

const AT_ONCE: &str = "  at-once:
    as: anna
    latency: { get: '/api/search?q=workshop', p95: 800ms, clients: 30, for: 2s }
";

fn gate_portal(breaks: &[Break], checks: &str) -> (Ran, Value) {
    let portal = start_blocking(Options {
        breaks: breaks.iter().copied().collect(),
        ..Options::default()
    });
    let portal = portal.expect("the portal starts");
    let password = Passwords::default().of("anna");
    let project = Project::new(&format!("{HEAD}{checks}"));
    let variables = [
        ("PORTAL_URL", &*portal.url()),
        ("ANNA_PASSWORD", password.reveal()),
    ];
    let (ran, report) = project.run_with(&variables, &["--seed", "7"]);
    ran.never_says(password.reveal());
    assert!(
        !report.to_string().contains(password.reveal()),
        "the report holds a secret"
    );
    (ran, report)
}

fn results(report: &Value) -> impl Iterator<Item = &Value> {
    report["results"].as_array().into_iter().flatten()
}

/// The metric of that name and subject.
#[track_caller]
fn metric(report: &Value, name: &str, subject: &str) -> f64 {
    let metric = results(report)
        .flat_map(|result| result["metrics"].as_array().into_iter().flatten())
        .find(|metric| metric["name"] == name && metric["subject"] == subject);
    let metric = metric.unwrap_or_else(|| panic!("no {name} of {subject} in {report:#}"));
    metric["value"].as_f64().expect("a number")
}

#[track_caller]
fn result<'r>(report: &'r Value, id: &str) -> &'r Value {
    results(report)
        .find(|result| result["id"] == id)
        .unwrap_or_else(|| panic!("no check {id} in {report:#}"))
}

#[test]
fn the_good_portal_is_allowed_and_the_report_tells_how_long_it_takes() {
    let checks = "  fast:
    as: anna
    latency:
      routes:
        - { get: /, p95: 5s }
        - { get: /api/records, p95: 5s, size: 1MB }
        - { get: '/api/search?q=workshop', p90: 5s }
      rate: 50
      within: 30s
";
    let (ran, report) = gate_portal(&[], checks);
    ran.expect(0);
    assert_eq!(codes(&report), Vec::<String>::new());
    assert_eq!(report["verdict"]["verdict"], "allow");
    for route in ["GET /", "GET /api/records", "GET /api/search?q=workshop"] {
        let told = ["p50", "p90", "p95", "p99"].map(|name| metric(&report, name, route));
        assert!(told.is_sorted(), "{told:?}");
        assert!(metric(&report, "samples", route) >= 29.0);
    }
    let pictures = result(&report, "fast")["distributions"].as_array();
    assert_eq!(pictures.map(Vec::len), Some(3));
    assert!(result(&report, "fast")["evaluated"].as_u64() >= Some(3));
}

/// Gates a portal with this switch by the check that judges it: it is blocked by that code alone.
#[track_caller]
fn is_blocked(switch: Break, check: &str, code: &str) {
    let (ran, report) = gate_portal(&[switch], check);
    ran.expect(1);
    assert_eq!(codes(&report), [code], "{switch}: {}", ran.stdout);
}

#[test]
fn a_list_of_two_seconds_is_blocked() {
    is_blocked(Break::SlowList, LIST, "latency/over-budget");
}

#[test]
fn a_list_that_grows_with_the_page_is_blocked() {
    is_blocked(Break::NPlusOne, GROWTH, "latency/growth");
}

#[test]
fn a_portal_that_stalls_is_blocked() {
    is_blocked(Break::Stalls, STALLS, "latency/over-budget");
}

#[test]
fn a_slow_tail_is_blocked() {
    is_blocked(Break::SlowTail, TAIL, "latency/over-budget");
}

#[test]
fn a_portal_that_collapses_under_thirty_is_blocked() {
    is_blocked(Break::Collapses, AT_ONCE, "latency/under-load");
}

#[test]
fn the_good_portal_passes_what_blocks_its_switches() {
    let (ran, report) = gate_portal(&[], &[GROWTH, AT_ONCE, TAIL].concat());
    ran.expect(0);
    assert_eq!(codes(&report), Vec::<String>::new());
}

/// A server of which one answer in fifteen takes longer than every budget here.
fn now_and_then_slow() -> App {
    let asked = AtomicU64::new(0);
    App::start(move |_| {
        let number = asked.fetch_add(1, Ordering::Relaxed);
        let reply = Reply::text(200, "here");
        if number.is_multiple_of(15) {
            reply.after(Duration::from_millis(1_500))
        } else {
            reply
        }
    })
}

/// 60 samples of which four or five are over: p95 may be within or over.
const CLOSE: &str = "get: /page, p95: 800ms, samples: 60, warm-up: 0, rate: 50, within: 20s";

#[test]
fn what_is_too_close_to_call_warns_with_the_interval() {
    let app = now_and_then_slow();
    let project = Project::checking(
        app.url(),
        &format!("  page: {{ latency: {{ {CLOSE} }} }}\n"),
    );
    let (ran, report) = project.run(&["--no-preflight"]);
    ran.expect(0).says("too close to call");
    assert_eq!(report["verdict"]["verdict"], "allow-with-warnings");
    assert_eq!(result(&report, "page")["outcome"]["name"], "inconclusive");
    assert_eq!(metric(&report, "samples", "GET /page"), 60.0);
}

#[test]
fn a_strict_gate_stops_what_is_too_close_to_call() {
    let app = now_and_then_slow();
    let checks = format!("  page: {{ on-inconclusive: block, latency: {{ {CLOSE} }} }}\n");
    let (ran, report) = Project::checking(app.url(), &checks).run(&["--no-preflight"]);
    ran.expect(3);
    assert_eq!(report["verdict"]["verdict"], "inconclusive");
}

/// A check of one page that any answer in time would pass.
fn page(url: &str, path: &str) -> (Ran, Value) {
    let checks = format!(
        "  page: {{ latency: {{ get: '{path}', p95: 900ms, rate: 50, within: 10s, timeout: 1s }} }}\n"
    );
    Project::checking(url, &checks).run(&["--no-preflight"])
}

/// Nothing that could not be measured is ever allowed.
#[track_caller]
fn stops(ran: &Ran, report: &Value) {
    assert!(matches!(ran.code, Some(1 | 3)), "{ran:#?}");
    assert_ne!(report["verdict"]["verdict"], "allow");
    assert_ne!(report["verdict"]["verdict"], "allow-with-warnings");
}

#[test]
fn a_server_that_is_not_there_is_no_evidence_for_anything() {
    let port = RefusingPort::take();
    let (ran, report) = page(&port.url(), "/");
    stops(&ran, &report);
}

#[test]
fn a_server_that_never_answers_stops_the_deploy() {
    let hostile = Hostile::start();
    let (ran, report) = page(hostile.url(), Behaviour::Silent.path());
    stops(&ran, &report);
    assert!(hostile.requests().len() <= 60, "asked on and on");
}

#[test]
fn a_server_that_resets_stops_the_deploy() {
    let hostile = Hostile::start();
    let (ran, report) = page(hostile.url(), Behaviour::Reset.path());
    stops(&ran, &report);
    assert_eq!(codes(&report), ["latency/errors"]);
}

#[test]
fn a_server_that_sends_byte_by_byte_stops_the_deploy() {
    let hostile = Hostile::start();
    let (ran, report) = page(hostile.url(), Behaviour::DripBody.path());
    stops(&ran, &report);
}

/// A server that gives every request the same answer, and counts.
fn always(reply: impl Fn() -> Reply + Send + Sync + 'static) -> (App, Arc<AtomicU64>) {
    let asked = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&asked);
    let app = App::start(move |_| {
        counted.fetch_add(1, Ordering::Relaxed);
        reply()
    });
    (app, asked)
}

#[test]
fn a_server_that_fails_faster_than_it_answers_is_not_fast() {
    let (app, asked) = always(|| Reply::text(500, "oops").header("x-request-id", "one"));
    let (ran, report) = page(app.url(), "/page");
    ran.expect(1);
    assert_eq!(codes(&report), ["latency/errors"]);
    assert!(asked.load(Ordering::Relaxed) <= 60, "asked on and on");
}

#[test]
fn a_server_that_always_asks_for_patience_gives_no_evidence() {
    let (app, asked) = always(|| Reply::text(429, "slower").header("retry-after", "1"));
    let (ran, report) = page(app.url(), "/page");
    ran.expect(3);
    assert_eq!(result(&report, "page")["outcome"]["name"], "inconclusive");
    assert!(asked.load(Ordering::Relaxed) <= 60, "asked on and on");
}

#[test]
fn a_server_that_asks_for_an_hour_is_not_waited_for() {
    let (app, _) = always(|| Reply::text(429, "slower").header("retry-after", "3600"));
    let (ran, _) = page(app.url(), "/page");
    ran.expect(3);
}

#[test]
fn a_redirect_to_the_login_is_no_measurement_of_the_page() {
    let (app, _) = always(|| Reply::redirect(302, "/login"));
    let (ran, report) = page(app.url(), "/page");
    stops(&ran, &report);
    ran.says("/login");
}
