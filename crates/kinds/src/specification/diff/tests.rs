//! Whole documents: how they are written says nothing, and how changes are told to people.

use jiff::civil::date;
use serde_json::json;
use tidegate_core::finding::Finding;
use tidegate_core::meta::Severity;
use tidegate_core::span::Location;

use super::documents::{Document, Terms, compare};
use super::grouped::{Effect, Group};
use super::report::Report;
use super::*;
use crate::specification::Direction;

fn document(name: &str, text: &str) -> Document {
    let nobody = |_: &str| Err("there is no such file".to_owned());
    Document::new(name, text.as_bytes().to_vec(), &nobody).unwrap()
}

fn changes(base: &str, head: &str) -> Vec<Group> {
    let terms = Terms {
        today: date(2026, 11, 26),
        directions: &[Direction::Response],
    };
    let (base, head) = (document("old.yaml", base), document("new.yaml", head));
    compare(&base, &head, &terms).unwrap()
}

const PORTAL: &str = "\
openapi: 3.1.0
info: { title: Portal, version: '1' }
servers: [{ url: https://api.acme.example/v1 }]
paths:
  /records:
    get:
      parameters:
        - { name: limit, in: query, schema: { type: integer, minimum: 1 } }
      responses:
        '200': { description: ok, content: { application/json: { schema: { type: array, items: { $ref: '#/components/schemas/Record' } } } } }
  /records/{id}:
    get:
      parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
      responses:
        '200': { description: ok, content: { application/json: { schema: { $ref: '#/components/schemas/Record' } } } }
components:
  schemas:
    Record: { type: object, required: [id, title], properties: { id: { type: string }, title: { type: string } } }
";

#[test]
fn json_and_yaml_and_the_order_of_keys_say_nothing() {
    let turned = "\
paths:
  '/records/{id}':
    get:
      responses:
        \"200\":
          content: { application/json: { schema: { $ref: '#/components/schemas/Record' } } }
          description: one
      parameters: [{ schema: { type: string }, required: true, in: path, name: id }]
  /records:
    get:
      responses: { '200': { content: { application/json: { schema: { items: { $ref: '#/components/schemas/Record' }, type: array } } }, description: all } }
      parameters: [{ schema: { minimum: 1.0, type: integer }, in: query, name: limit }]
components: { schemas: { Record: { properties: { title: { type: string }, id: { type: string } }, required: [title, id], type: object } } }
servers: [{ url: https://api.acme.example/v1/ }]
info: { version: '2', title: Other }
openapi: 3.1.1
";
    assert!(changes(PORTAL, turned).is_empty());
    let json: serde_json::Value = serde_saphyr::from_str(PORTAL).unwrap();
    assert!(changes(PORTAL, &json.to_string()).is_empty());
    assert!(changes(&json.to_string(), PORTAL).is_empty());
}

#[test]
fn a_shared_schema_is_told_once_with_everything_it_affects() {
    let head = PORTAL.replace("required: [id, title]", "required: [id]");
    let groups = changes(PORTAL, &head);
    assert_eq!(groups.len(), 1, "{groups:?}");
    let group = &groups[0];
    assert_eq!(
        group.change.rule.code.as_str(),
        "contract/response-field-optional"
    );
    assert_eq!(group.section(), "GET /records");
    assert_eq!(group.also.len(), 1);
    assert!(
        group.also[0].starts_with("GET /records/{id} 200 application/json"),
        "{:?}",
        group.also
    );
    let finding = group.finding("main:openapi.yaml", &Location::line_of("tidegate.yaml", 3));
    assert_eq!(
        (finding.location.file.as_str(), finding.location.line),
        ("new.yaml", 18)
    );
    assert_eq!(finding.related[0].location.file, "old.yaml");
    assert!(told(&finding, "also").contains("GET /records/{id}"));
    assert_eq!(told(&finding, "base"), "old.yaml:18");
}

#[test]
fn what_is_critical_is_told_for_each_operation() {
    let login = "security: [{ token: [] }]\n";
    let base = format!("{PORTAL}{login}");
    let groups = changes(&base, PORTAL);
    let subjects: Vec<&str> = groups
        .iter()
        .map(|group| group.change.subject.as_str())
        .collect();
    assert_eq!(subjects, ["GET /records", "GET /records/{id}"]);
    assert!(
        groups
            .iter()
            .all(|group| group.change.rule.severity == Severity::Critical)
    );
}

fn told<'f>(finding: &'f Finding, label: &str) -> &'f str {
    let found = finding.evidence.iter().find(|one| one.label == label);
    found.map_or("", |one| one.text.as_str())
}

#[test]
fn a_changelog_has_the_worst_first_and_a_part_for_each_operation() {
    let head = PORTAL
        .replace("  /records/{id}:\n    get:", "  /records/{key}:\n    get:")
        .replace("name: id, in: path", "name: key, in: path")
        .replace("minimum: 1", "minimum: 5")
        .replace("/v1 }", "/v2 }");
    let groups = changes(PORTAL, &head);
    let report = Report {
        base: "old.yaml",
        head: "new.yaml",
        groups: &groups,
    };
    let text = report.text();
    let order = [
        "2 breaking, 0 risky and 1 compatible changes",
        "Breaking",
        "Servers",
        "GET /records",
        "Compatible",
        "GET /records/{id}",
    ];
    let found: Vec<usize> = order
        .iter()
        .map(|part| text.find(part).unwrap_or_else(|| panic!("{part}\n{text}")))
        .collect();
    assert!(found.is_sorted(), "{text}");
    let markdown = report.markdown();
    assert!(markdown.contains("\n### GET /records\n"), "{markdown}");
    assert!(
        markdown.contains(
            "`contract/server-base-path-changed`, high; base old.yaml:3, head new.yaml:3"
        ),
        "{markdown}"
    );
    let machine = report.json();
    assert_eq!(machine["breaking"], 2);
    assert_eq!(
        machine["changes"][0]["head"],
        json!({ "file": "new.yaml", "line": 3, "column": 11 })
    );
    let quiet = Report {
        groups: &[],
        ..report
    };
    assert!(
        quiet
            .text()
            .starts_with("No change that a client could notice")
    );
}

#[test]
fn what_a_document_says_moves_no_cursor_and_makes_no_markup() {
    let head = PORTAL.replace("  /records:", "  \"/<img src=x>\\e[2J`@all\\u202e\\n::error::x\\n# x\": { get: { responses: { '200': { description: ok } } } }\n  /records:");
    let groups = changes(PORTAL, &head);
    let report = Report {
        base: "old.yaml",
        head: "new.yaml",
        groups: &groups,
    };
    let text = report.text();
    assert!(!text.contains(['\u{1b}', '\u{202e}']), "{text}");
    assert!(
        text.lines()
            .all(|line| !line.trim_start().starts_with("::")),
        "{text}"
    );
    let markdown = report.markdown();
    assert!(
        !markdown.contains(['\u{1b}', '\u{202e}']) && !markdown.contains("\n# x"),
        "{markdown}"
    );
    assert!(markdown.contains("`/<img src=x>"), "as code: {markdown}");
}

#[test]
fn the_severity_of_a_rule_says_whom_it_breaks() {
    let effects = [
        Severity::Info,
        Severity::Low,
        Severity::Medium,
        Severity::High,
        Severity::Critical,
    ]
    .map(Effect::of);
    let (compatible, risky, breaking) = (Effect::Compatible, Effect::Risky, Effect::Breaking);
    assert_eq!(effects, [compatible, risky, breaking, breaking, breaking]);
}

#[test]
fn every_rule_that_breaks_somebody_says_how_to_do_without() {
    for rule in rules() {
        let info = &rule.info;
        let breaks = Effect::of(info.severity) != Effect::Compatible;
        assert!(!breaks || rule.advice.ends_with('.'), "{}", info.code);
        assert!(info.code.as_str().starts_with("contract/"), "{}", info.code);
        assert!(rule.section().contains(info.code.as_str()));
    }
}

#[test]
fn documents_of_different_sorts_are_not_compared() {
    let terms = Terms {
        today: date(2026, 11, 26),
        directions: &[Direction::Response],
    };
    let (one, other) = (
        document("old.yaml", PORTAL),
        document("new.yaml", "type: object\n"),
    );
    let fault = compare(&one, &other, &terms).unwrap_err();
    assert!(fault.message.contains("not of the same sort"));
    let nobody = |_: &str| Err("there is no such file".to_owned());
    for (text, wanted) in [
        ("name: x\n", "no OpenAPI"),
        ("swagger: '2.0'\n", "Swagger 2.0"),
        ("[]", "no OpenAPI"),
    ] {
        let fault = Document::new("x.yaml", text.as_bytes().to_vec(), &nobody).unwrap_err();
        assert!(fault.message.contains(wanted), "{text}: {}", fault.message);
    }
}

#[test]
fn a_json_schema_is_compared_in_the_ways_its_values_go() {
    let base = document(
        "old.json",
        r#"{ "type": "object", "properties": { "id": { "type": "string" } } }"#,
    );
    let head = document(
        "new.json",
        r#"{ "type": "object", "required": ["id"], "properties": { "id": { "type": "string" } } }"#,
    );
    let codes = |directions: &[Direction]| -> Vec<String> {
        let terms = Terms {
            today: date(2026, 11, 26),
            directions,
        };
        let groups = compare(&base, &head, &terms).unwrap();
        groups
            .iter()
            .map(|group| group.change.rule.code.to_string())
            .collect()
    };
    assert_eq!(
        codes(&[Direction::Request]),
        ["contract/request-field-required"]
    );
    assert_eq!(
        codes(&[Direction::Response]),
        ["contract/response-field-required"]
    );
    assert_eq!(codes(&[Direction::Request, Direction::Response]).len(), 2);
}

#[test]
fn a_document_without_line_breaks_is_not_carried_along_with_each_change() {
    let path = |name: &str, number: u32| {
        format!(
            "\"/{name}{number}\": {{ \"get\": {{ \"responses\": {{ \"200\": {{ \"description\": \"ok\" }} }} }} }}"
        )
    };
    let document = |name: &str| {
        let paths: Vec<String> = (0..500).map(|number| path(name, number)).collect();
        format!(
            "{{ \"openapi\": \"3.1.0\", \"paths\": {{ {} }} }}",
            paths.join(",")
        )
    };
    let groups = changes(&document("a"), &document("b"));
    assert_eq!(groups.len(), 1_000);
    let places = groups.iter().filter_map(|group| group.change.head.as_ref());
    assert!(places.clone().count() == 1_000 && places.clone().all(|place| place.text.is_none()));
}

#[test]
fn references_in_circles_end() {
    let circles = "\
openapi: 3.1.0
info: { title: t, version: '1' }
paths:
  /a: { get: { parameters: [{ $ref: '#/components/parameters/A' }], requestBody: { $ref: '#/components/requestBodies/A' }, responses: { '200': { $ref: '#/components/responses/A' } }, callbacks: { x: { $ref: '#/components/callbacks/A' } }, security: [{ a: [] }] } }
  /b: { $ref: '#/paths/~1c' }
  /c: { $ref: '#/paths/~1b' }
  /d: { get: { responses: { '200': { description: ok, content: { application/json: { schema: { $ref: '#/components/schemas/A' } } } } } } }
components:
  parameters: { A: { $ref: '#/components/parameters/A' } }
  requestBodies: { A: { $ref: '#/components/requestBodies/A' } }
  responses: { A: { $ref: '#/components/responses/A' } }
  callbacks: { A: { $ref: '#/components/callbacks/A' } }
  securitySchemes: { a: { $ref: '#/components/securitySchemes/a' } }
  schemas:
    A: { allOf: [{ $ref: '#/components/schemas/B' }], properties: { a: { $ref: '#/components/schemas/A' } } }
    B: { anyOf: [{ $ref: '#/components/schemas/A' }, { type: 'null' }] }
";
    assert!(changes(circles, circles).is_empty());
    let head = circles.replace("type: 'null'", "type: string");
    // That it ends is what counts here.
    drop(changes(circles, &head));
}
