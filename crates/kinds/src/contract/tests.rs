//! The kind against a repository, a folder and a site.

use tidegate_core::check::{CheckError, CheckReport, ParseScope};
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::gate::EnvironmentKind;
use tidegate_core::located::Located;
use tidegate_core::name::CheckId;

use super::*;
use crate::secrets::testing::{Bench, told};
use crate::testing::node;

const OLD: &str = "\
openapi: 3.1.0
info: { title: t, version: '1' }
paths:
  /records:
    get: { responses: { '200': { description: ok } } }
    post: { responses: { '201': { description: ok } } }
";
const NEW: &str = "\
openapi: 3.1.0
info: { title: t, version: '1' }
paths:
  /records:
    get: { responses: { '200': { description: ok } } }
";

fn parse(config: &str, openapi: Option<&str>) -> Result<Arc<dyn Check>, Vec<Diagnostic>> {
    let config = node(config);
    let openapi = openapi.map(|path| Located {
        value: path.to_owned(),
        span: config.span.clone(),
    });
    kind().parse(
        &config,
        &ParseScope {
            id: &CheckId::from("contract"),
            span: &config.span,
            identities: &[],
            people: &[],
            apis: &[],
            environment: EnvironmentKind::Preview,
            identity: None,
            openapi: openapi.as_ref(),
            plugins: &[],
            elsewhere: &crate::testing::Nowhere,
            applies: true,
        },
    )
}

/// Compares without asking any operation.
fn attempt(bench: &Bench, config: &str) -> Result<CheckReport, Box<CheckError>> {
    let config = match config {
        "{}" => "operations: off".to_owned(),
        config => format!("{config}\noperations: off"),
    };
    let check = parse(&config, Some("openapi.yaml")).unwrap();
    bench.attempt(kind(), &check, node(&config).span)
}

fn run(bench: &Bench, config: &str) -> (Vec<String>, Vec<String>) {
    let report = attempt(bench, config).unwrap();
    (report.findings.iter().map(told).collect(), report.notes)
}

#[test]
fn the_document_is_compared_with_what_it_was_where_the_change_starts() {
    let bench = Bench::new()
        .base("openapi.yaml", OLD)
        .head("openapi.yaml", NEW);
    let report = attempt(&bench, "{}").unwrap();
    let finding = &report.findings[0];
    assert_eq!(told(finding), "contract/operation-removed openapi.yaml:4");
    assert_eq!(finding.title, "POST /records is gone");
    assert_eq!(finding.subject, "POST /records: POST /records is gone");
    assert_eq!(finding.related[0].label, "in main:openapi.yaml");
    assert_eq!(finding.related[0].location.line, 6);
    assert!(finding.advice.contains("x-sunset"), "{}", finding.advice);
    assert_eq!(report.findings.len(), 1);
    assert_eq!(report.evaluated, 2);
    assert_eq!(
        report.notes,
        ["openapi.yaml was compared with main:openapi.yaml, 2 operations"]
    );
}

#[test]
fn a_document_as_it_was_is_no_finding_and_evidence() {
    let bench = Bench::new().both("openapi.yaml", OLD);
    let report = attempt(&bench, "{}").unwrap();
    assert_eq!((report.findings.len(), report.evaluated), (0, 2));
}

#[test]
fn what_the_document_refers_to_is_read_where_the_document_is() {
    let document = "\
openapi: 3.1.0
info: { title: t, version: '1' }
paths: { /a: { $ref: '../shared/a.yaml' } }
";
    let bench = Bench {
        folder: "apps/portal".to_owned(),
        ..Bench::new()
    };
    let bench = bench
        .both("apps/portal/openapi.yaml", document)
        .base(
            "apps/shared/a.yaml",
            "get: { responses: { '200': { description: ok } } }\n",
        )
        .head(
            "apps/shared/a.yaml",
            "post: { responses: { '200': { description: ok } } }\n",
        );
    // What lies above the gate file is outside of the granted roots in the working tree only.
    let (found, _) = run(&bench, "changes: { head: 'git:HEAD:openapi.yaml' }");
    assert_eq!(
        found,
        [
            "contract/operation-removed ../shared/a.yaml:1",
            "contract/operation-added ../shared/a.yaml:1"
        ]
    );
}

#[test]
fn a_new_document_breaks_nobody() {
    let bench = Bench::new().head("openapi.yaml", NEW);
    let (found, notes) = run(&bench, "{}");
    assert!(found.is_empty());
    assert_eq!(notes, ["openapi.yaml is new: it was not there at `main`"]);
}

#[test]
fn without_a_repository_there_is_nothing_to_compare_with() {
    let bench = Bench {
        repository: false,
        ..Bench::new()
    };
    let bench = bench.file("openapi.yaml", NEW);
    let (found, notes) = run(&bench, "{}");
    assert!(found.is_empty());
    assert_eq!(
        notes,
        ["this is no git repository, so there is no older document to compare with"]
    );
}

#[test]
fn a_shallow_clone_is_told_with_how_to_mend_it() {
    let bench = Bench {
        shallow: true,
        ..Bench::new()
    };
    let bench = bench.both("openapi.yaml", OLD);
    let (_, notes) = run(&bench, "{}");
    assert!(notes[0].contains("fetch-depth: 0"), "{notes:?}");
}

#[test]
fn named_documents_are_compared_wherever_they_are() {
    let bench = Bench::new()
        .base("openapi.yaml", OLD)
        .head("openapi.yaml", NEW)
        .file("old.yaml", OLD)
        .page("/openapi.json", NEW);
    let one = ["contract/operation-removed openapi.yaml:4"];
    assert_eq!(run(&bench, "changes: { base: old.yaml }").0, one);
    assert_eq!(
        run(&bench, "changes: { base: 'git:main:openapi.yaml' }").0,
        one
    );
    let served = run(&bench, "changes: { base: old.yaml, head: /openapi.json }").0;
    assert_eq!(served, ["contract/operation-removed /openapi.json:4"]);
    let back = run(&bench, "changes: { base: /openapi.json, head: old.yaml }").0;
    assert_eq!(back, ["contract/operation-added old.yaml:6"]);
}

#[test]
fn nothing_is_compared_when_it_is_off() {
    let bench = Bench::new()
        .base("openapi.yaml", OLD)
        .head("openapi.yaml", NEW);
    let bench = bench.page("/records", "hello");
    for off in ["changes: off", "changes: false"] {
        let check = parse(off, Some("openapi.yaml")).unwrap();
        let report = bench.attempt(kind(), &check, node(off).span).unwrap();
        assert!(report.findings.is_empty());
        assert_eq!(report.evaluated, 1);
    }
}

#[test]
fn what_cannot_be_read_ends_the_attempt_with_help() {
    let bench = Bench::new()
        .both("openapi.yaml", OLD)
        .page("/", "hello")
        .both("swagger.yaml", "swagger: '2.0'\n")
        .both("broken.yaml", "openapi: [\n")
        .both("schema.json", "{ \"type\": \"object\" }");
    let cases = [
        ("changes: { base: gone.yaml }", "there is no file gone.yaml"),
        ("changes: { base: swagger.yaml }", "Swagger 2.0"),
        ("changes: { base: broken.yaml }", "broken.yaml"),
        ("changes: { base: schema.json }", "not of the same sort"),
        (
            "changes: { base: 'git:main:gone.yaml' }",
            "there is no gone.yaml at `main`",
        ),
        (
            "changes: { base: 'git:nowhere:openapi.yaml' }",
            "`nowhere` is not a revision",
        ),
        ("changes: { base: /gone.json }", "/gone.json answered 404"),
    ];
    for (config, wanted) in cases {
        let error = attempt(&bench, config).unwrap_err();
        assert!(
            error.message.contains(wanted),
            "{config}: {}",
            error.message
        );
        assert!(error.help.ends_with('.'), "{config}: {}", error.help);
    }
}

#[test]
fn a_config_that_names_no_document_is_told_at_its_place() {
    let faults = |config: &str, openapi: Option<&str>| -> Vec<String> {
        let faults = parse(config, openapi).err().unwrap_or_default();
        faults.into_iter().map(|fault| fault.message).collect()
    };
    let path = Some("openapi.yaml");
    assert_eq!(
        faults("changes: { base: 'git:main' }", path),
        ["a document of git has a revision and a path"]
    );
    assert_eq!(
        faults("changes: { base: '' }", path),
        ["no document is named"]
    );
    assert_eq!(
        faults("changes: { base: a.yaml }", None),
        ["there is no document to compare"]
    );
    assert_eq!(
        faults("changes: { head: /openapi.json }", path),
        ["it is not said what the served document is compared with"]
    );
    assert_eq!(faults("changes: { bass: a.yaml }", path).len(), 1);
    assert_eq!(faults("{}", None), ["there is nothing to look at"]);
    assert_eq!(
        faults("{ parameters: { id: 1 } }", None),
        ["there is no document whose operations could be asked"]
    );
}

#[test]
fn two_json_schemas_are_compared_as_what_is_received() {
    let bench = Bench::new()
        .file("old.json", r#"{ "type": "object", "required": ["id"], "properties": { "id": { "type": "string" } } }"#)
        .file("new.json", r#"{ "type": "object", "properties": { "id": { "type": "string" } } }"#);
    let (found, _) = run(&bench, "changes: { base: old.json, head: new.json }");
    assert_eq!(found, ["contract/response-field-optional new.json:1"]);
}
