use std::sync::Mutex;

use tidegate_core::check::{Check, ParseScope};
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::gate::EnvironmentKind;
use tidegate_core::located::Located;
use tidegate_core::name::{CheckId, IdentityName};
use tidegate_core::ports::BoxFuture;
use tidegate_core::ports::http::{Cookie, Credentials, HttpError};

use super::*;
use crate::testing::{FakeFiles, answer, block_on, context_with, node, path};

const DOCUMENT: &str = r##"
openapi: 3.1.0
servers: [{ url: "https://portal.acme.example/api/{v}", variables: { v: { default: v1 } } }]
security: [{ bearer: [] }]
components: { securitySchemes: { bearer: { type: http, scheme: bearer } } }
paths:
  /records/{recordId}/notes/{note_id}:
    get: { parameters: [{ name: recordId, in: path, schema: { type: integer } }, { name: note_id, in: path }], responses: { 200: {} } }
  /records/{recordId}:
    parameters: [{ name: recordId, in: path, schema: { type: integer } }]
    get: { operationId: record, responses: { 200: {}, 404: {} } }
    delete: { responses: { 204: {} } }
  /records/{recordId}/notes:
    get: { parameters: [{ name: recordId, in: path, schema: { type: integer } }], responses: { 200: {} } }
  /records:
    get:
      parameters:
        - { name: page, in: query, schema: { type: integer } }
        - { name: state, in: query, required: true, schema: { enum: [open, done] } }
        - { name: from, in: query, required: true, schema: { type: string, format: date } }
        - { name: ids, in: query, required: true, explode: false, example: [1, 2], schema: { type: array } }
        - { name: X-Area, in: header, required: true, schema: { type: string, default: north } }
      responses: { 200: { links: { author: { operationId: person, parameters: { name: "$response.body#/items/0/author" } } } } }
    post: { responses: { 201: {} } }
  /people/{name}: { get: { operationId: person, parameters: [{ name: name, in: path }], responses: { 200: {} } } }
  /reports/{year}: { get: { parameters: [{ name: year, in: path, schema: { type: integer, examples: [2024] } }], responses: { 200: {} } } }
  /files/{file}: { get: { parameters: [{ name: file, in: path, schema: { type: string } }], responses: { 200: {} } } }
  /health: { get: { security: [], responses: { 200: {} } }, head: { security: [], responses: { 200: {} } } }
  /logout: { get: { operationId: leave, responses: { 200: {} } } }
  /events: { get: { responses: { 200: { content: { text/event-stream: {} } } } } }
"##;

/// A portal of a closure that is given method and path.
struct Portal<F> {
    answers: F,
    sent: Arc<Mutex<Vec<Request>>>,
}

impl<F: Fn(&str, &str) -> Result<Response, HttpError> + Send + Sync> Http for Portal<F> {
    fn open_session(&self, _: Option<&IdentityName>, _: Sharing) -> SessionId {
        SessionId(1)
    }

    fn log_in(&self, _: SessionId) -> BoxFuture<'static, Result<(), HttpError>> {
        Box::pin(async { Ok(()) })
    }

    fn forget_login(&self, _: SessionId) {}

    fn cookies(&self, _: SessionId) -> Vec<Cookie> {
        Vec::new()
    }

    fn credentials(&self, _: SessionId) -> BoxFuture<'static, Result<Credentials, HttpError>> {
        unreachable!("nothing here copies credentials")
    }

    fn plant(&self, _: SessionId, _: Vec<Cookie>) {
        unreachable!("nothing here plants cookies")
    }

    fn send(&self, request: Request) -> BoxFuture<'static, Result<Response, HttpError>> {
        let answer = (self.answers)(&request.method, &path(&request));
        self.sent.lock().unwrap().push(request);
        Box::pin(async move { answer })
    }
}

fn parse(config: &str, who: Option<&str>) -> Result<Arc<dyn Check>, Vec<Diagnostic>> {
    let config = node(config);
    let document = Located {
        value: "openapi.yaml".to_owned(),
        span: config.span.clone(),
    };
    let identity = who.map(IdentityName::from);
    super::super::kind().parse(
        &config,
        &ParseScope {
            id: &CheckId::from("journey"),
            span: &config.span,
            identities: &["anna".into()],
            people: &[],
            apis: &[],
            environment: EnvironmentKind::Preview,
            identity: identity.as_ref(),
            openapi: Some(&document),
            plugins: &[],
            elsewhere: &crate::testing::Nowhere,
            applies: true,
        },
    )
}

struct Ran {
    report: CheckReport,
    sent: Vec<Request>,
}

impl Ran {
    fn requests(&self) -> Vec<String> {
        let sent = self.sent.iter();
        sent.map(|request| {
            let mut line = format!("{} {}", request.method, path(request));
            for (name, value) in &request.query {
                line.push_str(&format!(" {name}={}", value.expose()));
            }
            for (name, value) in &request.headers {
                line.push_str(&format!(" {name}: {}", value.expose()));
            }
            line
        })
        .collect()
    }

    fn codes(&self) -> Vec<String> {
        let findings = self.report.findings.iter();
        findings
            .map(|finding| format!("{} {}", finding.code, finding.subject))
            .collect()
    }

    fn rows(&self) -> Vec<String> {
        let rows = self.report.tables.iter().flat_map(|table| &table.rows);
        rows.map(|row| row.join(" | ")).collect()
    }
}

fn attempt(
    document: &str,
    config: &str,
    who: Option<&str>,
    answers: impl Fn(&str, &str) -> Result<Response, HttpError> + Send + Sync + 'static,
) -> Result<Ran, CheckError> {
    let config = config.strip_suffix('}').unwrap();
    let between = if config.len() > 1 { "," } else { "" };
    let check = parse(&format!("{config}{between} changes: off }}"), who).unwrap();
    let sent = Arc::new(Mutex::new(Vec::new()));
    let portal = Portal {
        answers,
        sent: sent.clone(),
    };
    let files = FakeFiles::new(&[("openapi.yaml", document)]);
    let kind = EnvironmentKind::Preview;
    let context = context_with(check.clone(), kind, Arc::new(portal), Arc::default(), files);
    let report = block_on(check.run(&context))?;
    let sent = std::mem::take(&mut *sent.lock().unwrap());
    Ok(Ran { report, sent })
}

fn good(_: &str, path: &str) -> Result<Response, HttpError> {
    answer(
        200,
        match path {
            "/api/v1/records" => {
                r#"{"total":2,"items":[{"id":"x","author":"Ä b"},{"record_id":8}]}"#
            }
            "/api/v1/records/8/notes" => r#"[{"uuid":"n-1"}]"#,
            _ => "{}",
        },
    )
}

fn run(config: &str) -> Ran {
    attempt(DOCUMENT, config, Some("anna"), good).unwrap()
}

#[test]
fn every_safe_operation_is_asked_with_what_must_be_sent() {
    let ran = run("{}");
    assert_eq!(
        ran.requests(),
        [
            "GET /api/v1/records state=open from=2026-01-01 ids=1,2 X-Area: north",
            "GET /api/v1/health",
            "HEAD /api/v1/health",
            "GET /api/v1/records/8",
            "GET /api/v1/records/8/notes",
            "GET /api/v1/people/%C3%84%20b",
            "GET /api/v1/reports/2024",
            "GET /api/v1/records/8/notes/n-1",
        ]
    );
    assert_eq!(
        ran.rows(),
        [
            "GET /files/{file} | not asked: no value for `{file}` is known (give one under `parameters`)",
            "GET /logout | not asked: `logout` in its name may do more than show something (name it under `include` to ask it)",
            "GET /events | not asked: it answers with a stream that has no end",
        ]
    );
    assert_eq!(
        ran.report.notes,
        ["8 of 11 safe operations of openapi.yaml were asked"]
    );
    assert_eq!(ran.report.evaluated, 8);
    assert_eq!(ran.report.inconclusive, None);
    assert_eq!(ran.codes(), [""; 0]);
    assert!(
        ran.sent
            .iter()
            .all(|request| request.session.is_some() && request.redirects == 0)
    );
    assert_eq!(ran.sent[3].route, "/records/{recordId}");
}

#[test]
fn the_gate_file_chooses_and_gives_values() {
    let ran = run(
        "{ operations: { include: [record, 'GET /rec*', leave, 'GET /files/*'], exclude: ['*/notes*'] }, \
         parameters: { recordId: 12, file: 'a/b c', page: 3, from: '${now}' } }",
    );
    assert_eq!(
        ran.requests(),
        [
            "GET /api/v1/records page=3 state=open from=1970-01-01T00:00:00Z ids=1,2 X-Area: north",
            "GET /api/v1/logout",
            "GET /api/v1/records/12",
            "GET /api/v1/files/a%2Fb%20c",
        ]
    );
    assert!(
        ran.rows()
            .contains(&"GET /records/{recordId}/notes | not asked: it is excluded".to_owned())
    );
    assert!(
        ran.rows()
            .contains(&"GET /health | not asked: it is not included".to_owned())
    );
}

#[test]
fn without_an_identity_only_open_operations_are_asked() {
    let ran = attempt(DOCUMENT, "{}", None, good).unwrap();
    assert_eq!(
        ran.requests(),
        ["GET /api/v1/health", "HEAD /api/v1/health"]
    );
    assert!(ran.rows()[0].ends_with("not asked: it needs a login (say who asks with `as:`)"));
}

#[test]
fn failures_and_refusals_are_told_with_the_line_of_the_document() {
    let ran = attempt(DOCUMENT, "{}", Some("anna"), |_, path| match path {
        "/api/v1/records" => answer(500, "{}"),
        "/api/v1/health" => answer(401, "{}"),
        "/api/v1/reports/2024" => answer(403, "{}"),
        _ => answer(404, "{}"),
    })
    .unwrap();
    assert_eq!(
        ran.codes(),
        [
            "contract/server-error GET /records fails",
            "contract/refused GET /health refuses",
            "contract/refused HEAD /health refuses",
            "contract/refused GET /reports/{year} refuses",
        ]
    );
    let finding = &ran.report.findings[0];
    assert_eq!(finding.related[0].location.to_string(), "openapi.yaml:16:5");
    assert_eq!(finding.location.file, "tidegate.yaml");
    assert_eq!(ran.rows()[0], "GET /records | answered 500");
}

#[test]
fn declared_refusals_are_no_finding() {
    let document = DOCUMENT.replace("responses: { 200:", "responses: { 4XX: {}, 200:");
    let ran = attempt(&document, "{}", Some("anna"), |_, path| match path {
        "/api/v1/health" => answer(200, "{}"),
        _ => answer(403, "{}"),
    })
    .unwrap();
    assert_eq!(ran.codes(), [""; 0]);
    assert_eq!(ran.report.inconclusive, None);
    assert!(
        ran.rows()
            .contains(&"GET /reports/{year} | answered 403".to_owned())
    );
    let all = attempt(&document, "{}", Some("anna"), |_, _| answer(403, "{}")).unwrap();
    assert_eq!(
        all.report.inconclusive.unwrap().text,
        "Every operation that was asked refused `anna`."
    );
}

#[test]
fn a_portal_that_asks_for_a_pause_gets_it() {
    let slow = |status: u16| {
        move |_: &str, path: &str| {
            let mut response = answer(
                if path.ends_with("health") {
                    status
                } else {
                    200
                },
                "{}",
            )?;
            response.headers.push(("retry-after".into(), "9".into()));
            Ok(response)
        }
    };
    for status in [429, 503] {
        let ran = attempt(DOCUMENT, "{}", Some("anna"), slow(status)).unwrap();
        assert_eq!(ran.sent.len(), 2);
        assert_eq!(ran.codes(), [""; 0]);
        assert_eq!(
            ran.report.inconclusive.unwrap().text,
            format!("Not every operation was asked: the portal asked to slow down with {status}.")
        );
    }
}

#[test]
fn silence_is_told_and_ends_the_questions() {
    let ran = attempt(DOCUMENT, "{}", Some("anna"), |_, _| {
        Err(HttpError::Broken {
            phase: "while reading the body",
            reason: "reset".into(),
        })
    })
    .unwrap();
    assert_eq!(ran.sent.len(), 3);
    assert_eq!(
        ran.codes()[0],
        "contract/no-answer GET /records does not answer"
    );
    assert!(ran.rows()[3].ends_with("not asked: 3 requests in a row had no answer"));
    let stopped = attempt(DOCUMENT, "{}", Some("anna"), |_, _| Err(HttpError::Stopped));
    assert!(stopped.is_err());
}

#[test]
fn the_budget_is_kept() {
    let ran = run("{ most: 2 }");
    assert_eq!(ran.sent.len(), 2);
    assert!(ran.rows()[0].ends_with("not asked: the 2 requests of `most` were used up"));
    let check = parse(
        "{ most: 7, parameters: { a: '${SOME_KEY}' } }",
        Some("anna"),
    )
    .unwrap();
    let forecast = check.forecast();
    assert_eq!((forecast.requests, forecast.writes.len()), (7, 0));
    assert_eq!(forecast.identities, [IdentityName::from("anna")]);
    assert_eq!(forecast.secrets, ["SOME_KEY"]);
}

#[test]
fn a_document_without_safe_operations_is_no_doubt_and_one_without_values_is() {
    let writes = "openapi: 3.1.0\npaths: { /a: { post: { responses: {} } } }\n";
    let ran = attempt(writes, "{}", None, good).unwrap();
    assert_eq!((ran.report.inconclusive, ran.report.evaluated), (None, 0));
    let ids =
        "openapi: 3.1.0\npaths: { '/a/{id}': { get: { parameters: [{ name: id, in: path }] } } }\n";
    let ran = attempt(ids, "{}", None, good).unwrap();
    let text = ran.report.inconclusive.unwrap().text;
    assert!(
        text.starts_with("No operation was asked; GET /a/{id} was not asked: no value"),
        "{text}"
    );
}

#[test]
fn what_the_gate_file_says_wrong_is_told() {
    for (config, message) in [
        ("{ most: 0 }", "this is no budget of requests"),
        ("{ parameters: [] }", "this is a list"),
        (
            "{ parameters: { a: '${other}' } }",
            "unknown capture `other`",
        ),
        ("{ operations: { includ: [] } }", "unknown key `includ`"),
        (
            "{ operations: off, changes: off }",
            "there is nothing to look at",
        ),
    ] {
        let faults = parse(config, None).err().unwrap();
        assert_eq!(faults[0].message, message, "{config}");
    }
    let config = "{ operations: { exclude: ['GET /record'] } }";
    let error = attempt(DOCUMENT, config, None, good).err().unwrap();
    assert_eq!(error.message, "the document has no operation `GET /record`");
    assert_eq!(error.help, "Did you mean `GET /records`?");
    let error = attempt("swagger: '2.0'\n", "{}", None, good).err().unwrap();
    assert!(
        error
            .message
            .starts_with("openapi.yaml is Swagger 2.0, not OpenAPI 3")
    );
}
