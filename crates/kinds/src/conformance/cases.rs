//! Exchanges with a small portal: for each code one that raises it and one beside it that does not.

use tidegate_core::check::Updating;
use tidegate_core::exchange::{Exchange, Observed};
use tidegate_core::finding::Finding;
use tidegate_core::gate::Environment;
use tidegate_core::ports::{SnapshotError, Snapshots};
use tidegate_core::span::{Source, Span};

use super::*;
use crate::testing::{self, FakeFiles, exchange, node};

pub(super) const YAML: &str = include_str!("fixtures/portal-3.0.yaml");
pub(super) const JSON: &str = include_str!("fixtures/portal-3.1.json");

struct NoSnapshots;

impl Snapshots for NoSnapshots {
    fn read(&self, _: &str) -> Result<Option<Vec<u8>>, SnapshotError> {
        Ok(None)
    }

    fn write(&self, _: &str, _: &[u8]) -> Result<(), SnapshotError> {
        Ok(())
    }
}

pub(super) fn located(text: &str) -> Located<String> {
    let source = Source::new("tidegate.yaml", format!("version: 1\nopenapi: {text}\n"));
    let span = Span::new(source, 20, 20 + text.len());
    Located {
        value: text.to_owned(),
        span,
    }
}

/// An observer of a document, before its first exchange.
pub(super) fn observer_with(config: Option<&str>) -> Arc<dyn Observer> {
    let named = located("openapi.yaml");
    let scope = ObserverScope {
        openapi: Some(&named),
        ..ObserverScope::default()
    };
    let config = config.map(node);
    kind().parse(config.as_ref(), &scope).unwrap().unwrap()
}

pub(super) fn context(text: &str, environment: Arc<Environment>) -> ObserverContext {
    ObserverContext {
        environment,
        files: FakeFiles::new(&[("openapi.yaml", text)]),
        snapshots: Arc::new(NoSnapshots),
        updating: Updating::default(),
    }
}

pub(super) fn run_with(
    config: Option<&str>,
    document: &str,
    exchanges: &[Exchange],
) -> Vec<CheckReport> {
    let observer = observer_with(config);
    let begun = observer.begin(&context(document, testing::environment()));
    let mut reports = vec![begun.unwrap()];
    reports.extend(
        exchanges
            .iter()
            .map(|exchange| observer.observe(&Observed::new(exchange))),
    );
    reports.push(observer.finish());
    reports
}

pub(super) fn findings_with(
    config: Option<&str>,
    document: &str,
    exchange: &Exchange,
) -> Vec<Finding> {
    let reports = run_with(config, document, std::slice::from_ref(exchange));
    reports
        .into_iter()
        .flat_map(|report| report.findings)
        .collect()
}

pub(super) fn codes(findings: &[Finding]) -> Vec<&str> {
    findings
        .iter()
        .map(|finding| finding.code.as_str())
        .collect()
}

/// What both documents find.
pub(super) fn found(exchange: &Exchange) -> Vec<String> {
    let all = [YAML, JSON].map(|document| {
        let findings = findings_with(None, document, exchange);
        codes(&findings)
            .into_iter()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    });
    assert_eq!(all[0], all[1]);
    all[0].clone()
}

pub(super) fn asked(method: &str, path: &str, status: u16, body: &str) -> Exchange {
    let mut exchange = exchange(status, "application/json; charset=utf-8", body);
    exchange.method = method.into();
    exchange.route = path.into();
    exchange.url = format!("http://127.0.0.1{path}");
    exchange
}

pub(super) fn with_header(mut exchange: Exchange, name: &str, value: &str) -> Exchange {
    exchange.response_headers.retain(|(known, _)| known != name);
    if !value.is_empty() {
        exchange.response_headers.push((name.into(), value.into()));
    }
    exchange
}

pub(super) fn sending(mut exchange: Exchange, content_type: &str, body: &str) -> Exchange {
    exchange
        .request_headers
        .push(("content-type".into(), content_type.into()));
    exchange.request_body = body.as_bytes().into();
    exchange
}

pub(super) const RECORD: &str = r#"{"id":"r1","title":"A","amount":1}"#;

pub(super) fn record(body: &str) -> Exchange {
    asked("GET", "/api/records/r1", 200, body)
}

pub(super) fn list(query: &str) -> Exchange {
    let body = format!("{{\"items\":[{RECORD}]}}");
    let path = format!("/api/records{query}");
    with_header(asked("GET", &path, 200, &body), "x-total", "1")
}

pub(super) fn create(sent: &str) -> Exchange {
    let created = asked("POST", "/api/records", 201, RECORD);
    sending(created, "application/json", sent)
}

/// A code with an exchange that raises it and one beside it that does not.
type Case = (&'static str, Exchange, Exchange);

/// Every case.
pub(super) fn cases() -> Vec<Case> {
    let mut cases = undocumented();
    cases.extend(values());
    cases.extend(headers());
    cases.extend(requests());
    cases
}

fn undocumented() -> Vec<Case> {
    let text = |body: &str| with_header(record(body), "content-type", "text/html");
    let report = |kind: &str| {
        with_header(
            asked("GET", "/api/report", 200, "a;b"),
            "content-type",
            kind,
        )
    };
    vec![
        (
            "undocumented-path",
            asked("GET", "/api/people", 200, "[]"),
            asked("GET", "/api/people", 404, "{}"),
        ),
        (
            "undocumented-path",
            asked("POST", "/people", 200, "[]"),
            asked("GET", "/manifest.json", 200, "{}"),
        ),
        (
            "undocumented-method",
            asked("PUT", "/api/records", 200, "{}"),
            asked("PUT", "/api/records", 405, "{}"),
        ),
        (
            "undocumented-status",
            asked("GET", "/api/records/r1", 206, RECORD),
            asked("GET", "/api/report", 302, ""),
        ),
        (
            "undocumented-status",
            asked("GET", "/api/records/r1", 503, "{}"),
            asked("GET", "/api/report", 503, "{}"),
        ),
        ("undocumented-media-type", text("<html>"), record(RECORD)),
        (
            "undocumented-media-type",
            with_header(record(RECORD), "content-type", ""),
            report("text/csv; header=present"),
        ),
        (
            "undocumented-media-type",
            report("text/plain"),
            asked("GET", "/api/records/r1", 404, "{}"),
        ),
    ]
}

fn values() -> Vec<Case> {
    vec![
        (
            "not-json",
            record("{\"title\":"),
            record(&format!("\u{feff}{RECORD}")),
        ),
        (
            "empty-body",
            record(""),
            with_header(
                asked("GET", "/api/report", 200, ""),
                "content-type",
                "text/csv",
            ),
        ),
        ("missing-field", record(r#"{"title":"A"}"#), record(RECORD)),
        (
            "wrong-type",
            record(r#"{"title":"A","amount":"1"}"#),
            record(r#"{"title":"A","amount":1.0}"#),
        ),
        (
            "wrong-type",
            record(r#"{"title":null,"amount":1}"#),
            record(r#"{"title":"A","amount":1,"note":null}"#),
        ),
        (
            "wrong-value",
            record(r#"{"title":"A","amount":1,"state":"lost"}"#),
            record(r#"{"title":"A","amount":1,"state":"open"}"#),
        ),
        (
            "wrong-value",
            record(r#"{"title":"A","amount":1,"due":"soon"}"#),
            record(r#"{"title":"A","amount":1,"due":"2026-11-26"}"#),
        ),
        (
            "undocumented-field",
            record(r#"{"title":"A","amount":1,"margin":9}"#),
            record(RECORD),
        ),
        (
            "write-only-shown",
            record(r#"{"title":"A","amount":1,"pin":"0000"}"#),
            create(r#"{"title":"A","amount":1,"pin":"0000"}"#),
        ),
    ]
}

fn headers() -> Vec<Case> {
    vec![
        (
            "missing-header",
            with_header(list("?account=a"), "x-total", ""),
            list("?account=a"),
        ),
        (
            "wrong-header",
            with_header(list("?account=a"), "x-total", "many"),
            with_header(list("?account=a"), "x-total", "[redacted]"),
        ),
        (
            "wrong-header",
            with_header(list("?account=a"), "x-tags", "ab, c"),
            with_header(list("?account=a"), "x-tags", "ab, cd"),
        ),
    ]
}

fn requests() -> Vec<Case> {
    vec![
        (
            "request",
            list("?account=a&size=9"),
            list("?account=a&page=9"),
        ),
        ("request", list("?page=9"), list("?account=[TOKEN]")),
        (
            "request",
            create(r#"{"title":"A"}"#),
            create(r#"{"title":"A","amount":1}"#),
        ),
        (
            "request",
            create(r#"{"title":"A","amount":1,"id":"r1"}"#),
            create(r#"{"title":"A","amount":1,"state":"[STATE]"}"#),
        ),
        (
            "request",
            create(r#"{"title":"A","amount":1,"state":"lost"}"#),
            create("{\"title\":"),
        ),
        (
            "request",
            create(r#"{"title":"A","amount":1,"margin":9}"#),
            create(RECORD.replace("\"id\":\"r1\",", "").as_str()),
        ),
        (
            "request",
            asked("POST", "/api/records", 201, RECORD),
            create(r#"{"title":"A","amount":1}"#),
        ),
        (
            "request",
            sending(asked("POST", "/api/records", 201, RECORD), "text/csv", "a"),
            create(r#"{"title":"A","amount":1}"#),
        ),
    ]
}
