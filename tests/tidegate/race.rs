//! Requests at the same moment against real servers, over real connections.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::json;
use tidegate::result::{CheckResult, Outcome};
use tidegate::{Gate, RunOptions, Summary, Verdict};
use tidegate_client_portal::{Break, Options, Passwords, start_blocking};
use tidegate_testkit::arrivals::{Arrivals, Shape, Speaks};
use tidegate_testkit::recorder::{RecordedRequest, Reply};

use crate::support::Project;

/// One check for each mode.
const CHECKS: &str = r#"
  natural-key:
    as: anna
    race:
      send: { post: /api/records, json: { title: "${unique}", external_id: "${unique}" } }
      duplicate: { read: "/api/records?q=${unique}", records: "$.items[*]", answer: $.id }
      cleanup: { delete: "/api/records/${id}" }
  idempotency-key:
    as: anna
    race:
      send: { post: /api/records, json: { title: "${unique}" } }
      idempotent: { read: "/api/records?q=${unique}", records: "$.items[*]", answer: $.id }
      cleanup: { delete: "/api/records/${id}" }
  double-click:
    as: anna
    race:
      send: { post: /api/records, headers: { idempotency-key: "${uuid}" }, json: { title: "${unique}" } }
      double-submit: { read: "/api/records?q=${unique}", records: "$.items[*]" }
      cleanup: { delete: "/api/records/${id}" }
  additions:
    as: anna
    race:
      before:
        - &account
          post: /api/records
          json: { title: "${unique}", amount: 300 }
          expect: 201
          capture: { record: $.id }
          cleanup: { delete: "/api/records/${record}" }
      send: { post: "/api/records/${record}/amount", json: { add: 100 } }
      lost-update: { read: "/api/records/${record}", number: $.amount, step: 100 }
  takers:
    as: anna
    race:
      before: [*account]
      send: { post: "/api/records/${record}/amount", json: { add: -100 } }
      limit: { most: 3, read: "/api/records/${record}", number: $.amount }
"#;

/// What the checks find with a switch, by check.
const CAUGHT: [(Break, &[(&str, &str)]); 3] = [
    (
        Break::DuplicateCreate,
        &[
            ("double-click", "race/duplicate"),
            ("idempotency-key", "race/duplicate-key"),
            ("natural-key", "race/duplicate"),
        ],
    ),
    (Break::LostUpdate, &[("additions", "race/lost-update")]),
    (Break::LimitOverrun, &[("takers", "race/over-limit")]),
];

/// Runs all checks in so many rounds against a portal with these regressions, and looks whether anything stayed.
fn run(breaks: &[Break], rounds: Option<u32>) -> Summary {
    let portal = start_blocking(Options {
        breaks: breaks.iter().copied().collect(),
        ..Options::default()
    });
    let portal = portal.expect("the portal starts");
    let login = "{ post: /api/login, json: { email: anna@acme.example, password: \"${ANNA_PASSWORD}\" }, bearer: $.token }";
    let rounds = rounds.map_or_else(String::new, |rounds| format!("\n      rounds: {rounds}"));
    let checks = CHECKS.replace("    race:", &format!("    race:{rounds}"));
    let project = Project::new(&format!(
        "version: 1\nname: races\nenvironments:\n  local: {{ kind: local, url: \"{}\" }}\nidentities:\n  anna: {{ tenant: acme, login: {login} }}\nchecks:{checks}  nothing-stays:\n    as: anna\n    flow: [{{ get: /api/records?q=tidegate-, expect: {{ status: 200, json: {{ $.total: 0 }} }} }}]\n",
        portal.url()
    ));
    let builder = Gate::builder(project.gate());
    let builder = Passwords::default()
        .variables()
        .fold(builder, |builder, (name, password)| {
            builder.variable(name, password.reveal())
        });
    let gate = builder.load().expect("the gate is right");
    let summary = gate.run(
        RunOptions {
            all: true,
            jobs: Some(1),
            skip: vec!["nothing-stays".into()],
            ..RunOptions::default()
        },
        |_| {},
    );
    let afterwards = gate.run(
        RunOptions {
            only: vec!["nothing-stays".into()],
            ..RunOptions::default()
        },
        |_| {},
    );
    let afterwards = afterwards.expect("the second run begins");
    assert_eq!(
        afterwards.judgement.verdict,
        Verdict::Allow,
        "{afterwards:#?}"
    );
    summary.expect("the run begins")
}

/// The codes that were found, by check.
fn caught(summary: &Summary) -> BTreeSet<(String, String)> {
    let found = summary.results.iter().flat_map(|result| {
        let findings = result.findings.iter();
        findings.map(|finding| (result.id.to_string(), finding.code.to_string()))
    });
    found.collect()
}

fn expected(codes: &[(&str, &str)]) -> BTreeSet<(String, String)> {
    let codes = codes.iter();
    codes
        .map(|(check, code)| ((*check).to_owned(), (*code).to_owned()))
        .collect()
}

fn of<'s>(summary: &'s Summary, check: &str) -> &'s CheckResult {
    let mut results = summary.results.iter();
    results
        .find(|result| result.id.as_str() == check)
        .expect("the check ran")
}

#[test]
fn each_switch_is_caught_and_what_it_created_is_removed() {
    for (regression, codes) in CAUGHT {
        let summary = run(&[regression], None);
        assert_eq!(
            caught(&summary),
            expected(codes),
            "{regression}: {summary:#?}"
        );
        assert_eq!(summary.judgement.verdict, Verdict::Block, "{regression}");
        assert_eq!(summary.leftovers, [], "{regression}");
    }
}

#[test]
fn the_good_portal_passes_and_the_report_says_what_that_is_worth() {
    let summary = run(&[], Some(4));
    assert_eq!(caught(&summary), BTreeSet::new(), "{summary:#?}");
    assert_eq!(summary.leftovers, []);
    for check in [
        "natural-key",
        "idempotency-key",
        "double-click",
        "additions",
        "takers",
    ] {
        let result = of(&summary, check);
        assert_eq!(result.outcome, Outcome::Passed, "{result:#?}");
        assert_eq!(result.evaluated, 5, "{check}");
        let notes = result.notes.join("\n");
        assert!(
            notes.contains(" in 4 rounds of ") && notes.contains("HTTP/2, last frames together"),
            "{notes}"
        );
        let spread = result.metrics.iter().find(|metric| metric.name == "spread");
        assert_eq!(
            spread.map(|spread| spread.samples.len()),
            Some(4),
            "{check}"
        );
    }
}

/// A store of titles that sees what others stored only after a moment, over HTTP/1.1 alone.
fn old_fashioned(window: Duration) -> Arrivals {
    let stored: Arc<Mutex<Vec<(u32, String, Instant)>>> = Arc::default();
    let shape = Shape {
        speaks: Speaks::Http1,
        ..Shape::default()
    };
    Arrivals::start(shape, move |request: &RecordedRequest| {
        let mut stored = stored.lock().expect("nobody panicked");
        let (path, query) = request
            .target
            .split_once("?q=")
            .unwrap_or((&request.target, ""));
        match (request.method.as_str(), path) {
            ("POST", "/orders") => {
                let body = request.json().expect("JSON");
                let title = body["title"].as_str().expect("a title").to_owned();
                let mut seen = stored.iter().filter(|(.., at)| at.elapsed() >= window);
                if seen.any(|(_, known, _)| *known == title) {
                    return Reply::json(409, &json!({}));
                }
                let id = u32::try_from(stored.len()).expect("few") + 1;
                stored.push((id, title, Instant::now()));
                Reply::json(201, &json!({ "id": id }))
            }
            ("GET", "/orders") => {
                let found = stored.iter().filter(|(_, title, _)| title == query);
                let found = found.map(|(id, title, _)| json!({ "id": id, "title": title }));
                Reply::json(200, &found.collect())
            }
            ("DELETE", path) => {
                let before = stored.len();
                stored.retain(|(id, ..)| path != format!("/orders/{id}"));
                Reply::json(if stored.len() < before { 200 } else { 404 }, &json!({}))
            }
            _ => Reply::json(200, &json!({})),
        }
    })
}

const ORDERS: &str = r#"  one-order-each:
    race:
      send: { post: /orders, json: { title: "${unique}" } }
      duplicate: { read: "/orders?q=${unique}", records: "$[*]" }
      cleanup: { delete: "/orders/${id}" }
      rounds: 6
"#;

#[test]
fn a_server_of_http_1_alone_is_raced_by_last_bytes() {
    for (window, code, text) in [
        (Duration::from_secs(1), 1, "race/duplicate"),
        (Duration::ZERO, 0, "No duplicate in 6 rounds"),
    ] {
        let server = old_fashioned(window);
        let project = Project::checking(server.url(), ORDERS);
        let output = project.command(&["run"]).output().unwrap();
        let told = String::from_utf8_lossy(&output.stdout);
        // The terminal breaks lines where they are full.
        let told = told.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(output.status.code(), Some(code), "{told}");
        assert!(
            told.contains(text) && told.contains("HTTP/1.1, last bytes together"),
            "{told}"
        );
    }
}
