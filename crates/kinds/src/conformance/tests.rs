use std::sync::Arc;
use tidegate_core::exchange::{Exchange, Observed};

use proptest::prelude::*;
use tidegate_core::meta::Severity;
use tidegate_core::ports::http::Purpose;

use super::cases::*;
use super::*;
use crate::testing::{self, FakeFiles, node};

#[test]
fn every_code_has_an_exchange_that_raises_it_alone_and_one_that_does_not() {
    for (code, bad, good) in cases() {
        let bad_one = format!("{} {} {:?}", bad.method, bad.url, bad.status);
        assert_eq!(found(&bad), [format!("conformance/{code}")], "{bad_one}");
        let good_one = format!("{} {} {:?}", good.method, good.url, good.status);
        assert_eq!(found(&good), [""; 0], "beside {code}: {good_one}");
    }
    let covered: Vec<String> = cases()
        .iter()
        .map(|(code, ..)| format!("conformance/{code}"))
        .collect();
    for info in codes::ALL {
        let code = info.code.as_str();
        assert!(
            code == "conformance/document" || covered.iter().any(|one| one == code),
            "{code}"
        );
    }
}

#[test]
fn parts_that_make_no_sense_are_told_at_their_line_and_spoil_nothing_else() {
    let broken = YAML.replace("{ description: Removed. }", "{ $ref: \"#/nowhere\" }");
    let findings = findings_with(None, &broken, &record(r#"{"title":"A"}"#));
    assert_eq!(
        codes(&findings),
        ["conformance/document", "conformance/missing-field"]
    );
    let line = broken
        .lines()
        .position(|line| line.contains("#/nowhere"))
        .unwrap()
        + 1;
    assert_eq!(findings[0].location.line, line);
    assert_eq!(findings[0].severity, Severity::Low);
    let pattern = YAML.replace(
        "amount: { type: integer }",
        "amount: { type: integer, pattern: \"(\" }",
    );
    let findings = findings_with(None, &pattern, &record(r#"{"title":"A","amount":1}"#));
    assert_eq!(codes(&findings), ["conformance/document"]);
    assert_eq!(codes(&findings_with(None, YAML, &record(RECORD))), [""; 0]);
}

#[test]
fn a_reference_that_leads_nowhere_or_back_to_itself_is_told_once() {
    for target in ["#/nowhere", "#/components/schemas/Circle"] {
        let broken = YAML
            .replace(
                "amount: { type: integer }",
                &format!("amount: {{ $ref: \"{target}\" }}"),
            )
            .replace(
                "  schemas:\n",
                "  schemas:\n    Circle: { $ref: \"#/components/schemas/Circle\" }\n",
            );
        let findings = findings_with(None, &broken, &record(r#"{"title":"A","amount":1}"#));
        assert_eq!(codes(&findings), ["conformance/document"; 2]);
        let mut lines: Vec<usize> = findings.iter().map(|one| one.location.line).collect();
        lines.dedup();
        assert_eq!(lines.len(), 2, "{target}: {lines:?}");
    }
}

#[test]
fn without_the_key_it_is_not_there_and_it_can_be_switched_off() {
    assert!(
        kind()
            .parse(None, &ObserverScope::default())
            .unwrap()
            .is_none()
    );
    let named = located("openapi.yaml");
    let scope = ObserverScope {
        openapi: Some(&named),
        ..ObserverScope::default()
    };
    assert!(kind().parse(Some(&node("off")), &scope).unwrap().is_none());
    assert!(
        kind()
            .parse(Some(&node("undocumented-fields: block")), &scope)
            .unwrap()
            .is_some()
    );
    assert!(
        kind()
            .parse(Some(&node("undocumented-field: block")), &scope)
            .is_err()
    );
    assert!(kind().parse(Some(&node("requests: loud")), &scope).is_err());
}

#[test]
fn settings_decide_what_is_not_in_the_document() {
    let field = record(r#"{"title":"A","amount":1,"margin":9}"#);
    let cases = [
        ("undocumented-fields", field),
        ("undocumented-paths", asked("GET", "/api/people", 200, "[]")),
        (
            "undocumented-paths",
            asked("PUT", "/api/records", 200, "{}"),
        ),
        (
            "undocumented-statuses",
            asked("GET", "/api/records/r1", 206, RECORD),
        ),
        ("requests", create(r#"{"title":"A"}"#)),
    ];
    for (setting, exchange) in cases {
        let severities = ["ignore", "warn", "block"].map(|strictness| {
            let config = format!("{setting}: {strictness}");
            let findings = findings_with(Some(&config), YAML, &exchange);
            findings.first().map(|finding| finding.severity)
        });
        assert_eq!(
            severities,
            [None, Some(Severity::Low), Some(Severity::High)],
            "{setting}"
        );
    }
    let closed = YAML.replace(
        "      required: [title, amount]",
        "      additionalProperties: false\n      required: [title, amount]",
    );
    let odd = record(r#"{"title":"A","amount":1,"margin":9}"#);
    assert_eq!(
        codes(&findings_with(None, &closed, &odd)),
        ["conformance/undocumented-field"]
    );
    assert_eq!(
        codes(&findings_with(
            Some("undocumented-fields: ignore"),
            &closed,
            &odd
        )),
        [""; 0]
    );
}

#[test]
fn findings_point_into_the_document_and_name_who_sent_the_request() {
    let exchange = record(r#"{"title":"A","amount":"1"}"#);
    let findings = findings_with(None, YAML, &exchange);
    let finding = &findings[0];
    assert_eq!(finding.location.file, "openapi.yaml");
    assert_eq!(
        finding.location.text.as_deref(),
        Some("        amount: { type: integer }")
    );
    assert_eq!(finding.related[0].label, "sent by");
    assert_eq!(
        finding.related[0].location.to_string(),
        "tidegate.yaml:12:1"
    );
    assert_eq!(finding.cause.as_ref().unwrap().as_str(), "records");
    assert_eq!(
        finding.title,
        "GET /api/records/{id} answers 200: $.amount must be an integer, not a string"
    );
    let path = asked("GET", "/api/people", 200, "[]");
    assert_eq!(
        findings_with(None, YAML, &path)[0].location.file,
        "tidegate.yaml"
    );
}

#[test]
fn a_field_is_one_finding_however_many_items_lack_it() {
    let items = [r#"{"title":"A"}"#; 60].join(",");
    let list = with_header(
        asked(
            "GET",
            "/api/records?account=a",
            200,
            &format!("{{\"items\":[{items}]}}"),
        ),
        "x-total",
        "60",
    );
    let findings = findings_with(None, JSON, &list);
    assert_eq!(codes(&findings), ["conformance/missing-field"]);
    assert!(
        findings[0].title.contains("$.items[].amount is missing"),
        "{}",
        findings[0].title
    );
}

#[test]
fn wrong_input_and_attacks_are_held_only_where_a_refusal_is_declared() {
    for purpose in [Purpose::Negative, Purpose::Attack] {
        let with = |mut exchange: Exchange| {
            exchange.purpose = purpose;
            found(&exchange)
        };
        assert_eq!(
            with(asked("POST", "/api/records", 422, r#"{"message":"no"}"#)),
            [
                "conformance/missing-field",
                "conformance/undocumented-field"
            ]
        );
        assert_eq!(
            with(asked("POST", "/api/records", 422, r#"{"error":"no"}"#)),
            [""; 0]
        );
        assert_eq!(with(asked("DELETE", "/api/records/r1", 403, "{}")), [""; 0]);
        assert_eq!(with(record("{}")), [""; 0]);
        assert_eq!(with(asked("GET", "/api/people", 200, "[]")), [""; 0]);
    }
    for purpose in [Purpose::Survey, Purpose::Preflight] {
        let mut looked_at = record("{}");
        looked_at.purpose = purpose;
        assert_eq!(found(&looked_at), [""; 0]);
    }
}

#[test]
fn bodies_that_are_absent_cut_or_not_to_be_there_are_left_alone() {
    let mut head = asked("HEAD", "/api/records/r1", 200, "");
    assert_eq!(found(&head), [""; 0]);
    head.method = "GET".into();
    assert_eq!(found(&head), ["conformance/empty-body"]);
    assert_eq!(found(&asked("DELETE", "/api/records/r1", 204, "")), [""; 0]);
    assert_eq!(found(&asked("GET", "/api/records/r1", 304, "")), [""; 0]);
    let mut cut = record("{\"title\":");
    cut.truncated = true;
    let reports = run_with(None, YAML, &[cut]);
    assert_eq!(reports[1].findings, []);
    assert_eq!(reports[1].notes.len(), 1);
    let mut lost = record("");
    lost.status = None;
    assert_eq!(found(&lost), [""; 0]);
}

#[test]
fn failures_in_front_of_the_portal_are_one_finding_for_all_operations() {
    let one = asked("GET", "/api/records/r1", 503, "");
    let other = asked("DELETE", "/api/records/r1", 503, "");
    let subject = |exchange: &Exchange| findings_with(None, YAML, exchange)[0].subject.clone();
    assert_eq!(subject(&one), subject(&other));
    let mut other = other;
    other.status = Some(200);
    assert_eq!(
        findings_with(None, YAML, &other)[0].subject,
        "conformance/undocumented-status DELETE /api/records/{id} 200"
    );
}

#[test]
fn pages_and_what_belongs_to_them_are_no_interface() {
    let page =
        |path: &str, kind: &str| with_header(asked("GET", path, 200, "x"), "content-type", kind);
    for (path, kind) in [
        ("/", "text/html"),
        ("/api/docs", "text/html; charset=utf-8"),
        ("/assets/app.js", "text/javascript"),
        ("/favicon.ico", "image/x-icon"),
        ("/_next/data/x", "application/json"),
        ("/.well-known/x", "application/json"),
        ("/robots.txt", "text/plain"),
        ("/api/[TOKEN]", "application/json"),
    ] {
        assert_eq!(found(&page(path, kind)), [""; 0], "{path}");
    }
    assert_eq!(
        found(&page("/api/export", "text/csv")),
        ["conformance/undocumented-path"]
    );
}

#[test]
fn other_origins_are_held_only_when_a_server_names_them() {
    let elsewhere = |document: &str, url: &str| {
        let mut exchange = record(r#"{"title":"A"}"#);
        exchange.url = url.into();
        codes(&findings_with(None, document, &exchange)).len()
    };
    assert_eq!(elsewhere(YAML, "https://db.example/api/records/r1"), 0);
    assert_eq!(
        elsewhere(YAML, "https://portal.acme.example/v1/api/records/r1"),
        0
    );
    assert_eq!(elsewhere(YAML, "http://127.0.0.1/v1/api/records/r1"), 1);
    assert_eq!(
        elsewhere(YAML, "http://127.0.0.1.evil.example/api/records/r1"),
        0
    );
    let of_the_api = YAML
        .replace("  - url: /\n", "")
        .replace("https://portal.acme.example/v1", "https://DB.example:443");
    assert_eq!(
        elsewhere(&of_the_api, "https://db.example/api/records/r1"),
        1
    );
    assert_eq!(elsewhere(&of_the_api, "http://127.0.0.1/api/records/r1"), 0);
}

#[test]
fn a_portal_below_a_path_is_matched_behind_it() {
    let observer = observer_with(None);
    let mut environment = (*testing::environment()).clone();
    environment.url.value = "https://acme.example/portal".into();
    observer
        .begin(&context(YAML, Arc::new(environment)))
        .unwrap();
    let mut exchange = record(r#"{"title":"A"}"#);
    exchange.url = "https://acme.example/portal/api/records/r1".into();
    assert_eq!(
        codes(&observer.observe(&Observed::new(&exchange)).findings),
        ["conformance/missing-field"]
    );
    exchange.url = "https://acme.example/portal/api/people".into();
    assert_eq!(
        codes(&observer.observe(&Observed::new(&exchange)).findings),
        ["conformance/undocumented-path"]
    );
    exchange.url = "https://acme.example/other/api/records/r1".into();
    assert_eq!(observer.observe(&Observed::new(&exchange)).evaluated, 0);
}

#[test]
fn documents_that_cannot_be_read_are_errors_with_their_place() {
    for (text, place, message) in [
        ("swagger: \"2.0\"\n", "openapi.yaml:1:1", "Swagger 2.0"),
        ("openapi: 3.0.0\npaths: [\n", "openapi.yaml:", ""),
        ("hello: 1\n", "openapi.yaml:1:1", "no OpenAPI document"),
        ("", "openapi.yaml:1:1", ""),
    ] {
        let observer = observer_with(None);
        let error = observer
            .begin(&context(text, testing::environment()))
            .unwrap_err();
        assert!(error.message.contains(message), "{}", error.message);
        assert!(
            error.location.unwrap().to_string().starts_with(place),
            "{text}"
        );
        assert!(!error.help.is_empty());
        assert_eq!(observer.observe(&Observed::new(&record("{}"))).evaluated, 0);
    }
    let context = ObserverContext {
        files: FakeFiles::new(&[]),
        ..context("", testing::environment())
    };
    let error = observer_with(None).begin(&context).unwrap_err();
    assert_eq!(error.location.unwrap().to_string(), "tidegate.yaml:2:10");
}

#[test]
fn coverage_names_what_was_not_seen_first() {
    let seen = [
        list("?account=a"),
        record(RECORD),
        record(RECORD),
        asked("GET", "/api/records/r1", 404, ""),
    ];
    let report = run_with(None, YAML, &seen).pop().unwrap();
    let table = &report.tables[0];
    assert_eq!(
        table.title,
        "2 of 5 operations and 3 of 9 responses of the document were seen"
    );
    let rows: Vec<String> = table.rows.iter().map(|row| row.join(" | ")).collect();
    assert_eq!(
        rows,
        [
            "POST /api/records | never | 201, 4XX",
            "DELETE /api/records/{id} | never | 204",
            "GET /api/report | never | 200, default",
            "GET /api/records | 200 | 200, 4XX",
            "GET /api/records/{id} | 200, 404 | 200, 404",
        ]
    );
    let figures: Vec<f64> = report.metrics.iter().map(|metric| metric.value).collect();
    assert_eq!(figures, [2.0, 5.0, 3.0, 9.0]);
    let nothing = run_with(None, YAML, &[]).pop().unwrap();
    assert_eq!(nothing, CheckReport::default());
}

#[test]
fn the_coverage_of_a_large_document_is_short() {
    let paths = (0..100).map(|at| {
        format!(
            "  /api/things{at}:\n    get: {{ responses: {{ \"200\": {{ description: x }} }} }}\n"
        )
    });
    let paths: String = paths.collect();
    let document = format!("openapi: 3.1.0\ninfo: {{ title: x, version: '1' }}\npaths:\n{paths}");
    let seen = asked("GET", "/api/things7", 200, "");
    let report = run_with(None, &document, &[seen]).pop().unwrap();
    let rows = &report.tables[0].rows;
    assert_eq!(rows.len(), 25);
    assert_eq!(rows[24][0], "and 76 more");
}

#[test]
fn a_report_reads_well() {
    let exchanges: Vec<Exchange> = cases().into_iter().map(|(_, bad, _)| bad).collect();
    let reports = run_with(None, YAML, &exchanges);
    let findings = reports.into_iter().flat_map(|report| report.findings);
    let told: Vec<String> = findings
        .map(|finding| {
            let evidence = finding
                .evidence
                .iter()
                .map(|one| format!("  {}: {}\n", one.label, one.text));
            let evidence: String = evidence.collect();
            format!(
                "{} {:?}\n{}\n  at {}\n{evidence}  subject: {}\n",
                finding.code, finding.severity, finding.title, finding.location, finding.subject
            )
        })
        .collect();
    insta::assert_snapshot!("report", told.join("\n"));
}

#[test]
fn no_value_of_an_answer_is_told() {
    let body = r#"{"title":{"x":"zqsecret"},"amount":"zqsecret","state":"zqsecret","due":"zqsecret","pin":"zqsecret","margin":"zqsecret"}"#;
    for finding in findings_with(None, YAML, &record(body)) {
        assert!(!format!("{finding:?}").contains("zqsecret"), "{finding:?}");
    }
    let header = with_header(list("?account=a"), "x-total", "zqsecret");
    assert!(!format!("{:?}", findings_with(None, YAML, &header)).contains("zqsecret"));
}

fn bodies() -> impl Strategy<Value = Vec<u8>> {
    let json = prop_oneof![
        Just("null".to_owned()),
        any::<i64>().prop_map(|number| number.to_string()),
        any::<f64>().prop_map(|number| number.to_string()),
        ".{0,12}".prop_map(|text| Json::from(text).to_string()),
    ];
    let json = json.prop_recursive(4, 40, 5, |inner| {
        let key = prop_oneof![
            "items",
            "title",
            "amount",
            "state",
            "due",
            "pin",
            "[a-z.\\[\\]\"]{0,4}"
        ];
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5)
                .prop_map(|items| format!("[{}]", items.join(","))),
            proptest::collection::vec((key, inner), 0..5).prop_map(|fields| {
                let fields = fields
                    .into_iter()
                    .map(|(key, value)| format!("{}:{value}", Json::from(key)));
                format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
            }),
        ]
    });
    prop_oneof![4 => json.prop_map(String::into_bytes), 1 => proptest::collection::vec(any::<u8>(), 0..60)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn no_exchange_is_too_odd(
        body in bodies(),
        sent in bodies(),
        status in 100..600u16,
        method in "GET|POST|PUT|DELETE|HEAD|OPTIONS|[A-Z]{1,5}",
        path in "/api/records(/[^ ]{0,6})?(\\?.{0,12})?|.{0,20}",
        header in ".{0,12}",
    ) {
        let mut exchange = asked(&method, &path, status, "");
        exchange.response_body = body.into();
        exchange.response_headers.push(("x-total".into(), header.clone()));
        exchange.response_headers.push(("x-tags".into(), header));
        exchange = sending(exchange, "application/json", "");
        exchange.request_body = sent.into();
        for document in [YAML, JSON] {
            let reports = run_with(None, document, std::slice::from_ref(&exchange));
            prop_assert!(reports[1].findings.len() <= 50);
        }
    }
}
