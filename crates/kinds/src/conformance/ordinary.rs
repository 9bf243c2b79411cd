//! Documents as frameworks write them, and what their portals answer: nothing of it stops a deploy.

use tidegate_core::exchange::Exchange;
use tidegate_core::meta::Severity;
use tidegate_core::ports::http::Purpose;

use super::cases::*;

/// FastAPI with Pydantic 2.
const FASTAPI: &str = r##"{
"openapi": "3.1.0", "info": { "title": "FastAPI", "version": "0.1.0" },
"paths": {
  "/records/{record_id}": { "get": {
    "operationId": "get_record_records__record_id__get",
    "parameters": [{ "name": "record_id", "in": "path", "required": true, "schema": { "type": "integer", "title": "Record Id" } }],
    "responses": {
      "200": { "description": "Successful Response", "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Record" } } } },
      "422": { "description": "Validation Error", "content": { "application/json": { "schema": { "$ref": "#/components/schemas/HTTPValidationError" } } } } } } },
  "/records.csv": { "get": { "responses": { "200": { "description": "Successful Response", "content": { "application/json": { "schema": {} } } } } } },
  "/logout": { "post": { "responses": { "200": { "description": "Successful Response", "content": { "application/json": { "schema": {} } } } } } }
},
"components": { "schemas": {
  "Record": { "type": "object", "title": "Record", "required": ["id", "created_at", "starts", "amount", "website"], "properties": {
    "id": { "type": "integer", "title": "Id" },
    "created_at": { "type": "string", "format": "date-time" },
    "starts": { "type": "string", "format": "time" },
    "amount": { "type": "string", "pattern": "^(?!^[-+.]*$)[+-]?0*\\d*\\.?\\d*$" },
    "website": { "anyOf": [{ "type": "string", "format": "uri", "minLength": 1, "maxLength": 2083 }, { "type": "null" }] },
    "tags": { "additionalProperties": true, "type": "object" },
    "wait": { "type": "string", "format": "duration" } } },
  "HTTPValidationError": { "type": "object", "properties": { "detail": { "type": "array", "items": { "$ref": "#/components/schemas/ValidationError" } } } },
  "ValidationError": { "type": "object", "required": ["loc", "msg", "type"], "properties": {
    "loc": { "type": "array", "items": { "anyOf": [{ "type": "string" }, { "type": "integer" }] } }, "msg": { "type": "string" }, "type": { "type": "string" } } } } }
}"##;

/// NestJS with its Swagger module, and drf-spectacular: OpenAPI 3.0 with a server of its own.
const OLDER: &str = r##"
openapi: 3.0.3
info: { title: Acme, version: 1.0.0 }
servers: [{ url: 'https://api.acme.example/v1' }]
paths:
  /api/orders/{id}:
    get:
      parameters: [{ name: id, in: path, required: true, schema: { type: number } }]
      responses:
        '200': { description: '', content: { application/json: { schema: { $ref: '#/components/schemas/Order' } } } }
        default: { description: error, content: { application/json: { schema: { $ref: '#/components/schemas/Error' } } } }
    delete:
      parameters: [{ name: id, in: path, required: true, schema: { type: number } }]
      responses: { '204': { description: '', content: { application/json: { schema: { type: object } } } } }
  /api/ping: { get: { responses: { '200': { description: '' } } } }
  /api/any: { get: { responses: { '200': { description: '', content: { '*/*': { schema: { $ref: '#/components/schemas/Error' } } } } } } }
components:
  schemas:
    Base: { type: object, required: [id], properties: { id: { type: number } } }
    Owner: { type: object, properties: { name: { type: string } } }
    Error: { type: object, required: [message], properties: { message: { type: string } } }
    BlankEnum: { enum: [''] }
    NullEnum: { enum: [null] }
    StateEnum: { enum: [open, closed], type: string }
    Order:
      allOf:
        - $ref: '#/components/schemas/Base'
        - type: object
          required: [createdAt]
          properties:
            createdAt: { type: string, format: date-time }
            state: { type: string, enum: [open, closed], nullable: true }
            stage: { nullable: true, oneOf: [{ $ref: '#/components/schemas/StateEnum' }, { $ref: '#/components/schemas/BlankEnum' }, { $ref: '#/components/schemas/NullEnum' }] }
            owner: { nullable: true, allOf: [{ $ref: '#/components/schemas/Owner' }] }
            avatar: { type: string, format: uri, readOnly: true }
            homepage: { type: string, format: uri, maxLength: 200 }
            mail: { type: string, format: email, nullable: true }
            total: { type: string, format: decimal, pattern: '^-?\d{0,8}(?:\.\d{0,2})?$' }
            count: { type: integer, format: int64 }
            file: { type: string, format: binary, nullable: true }
            meta: { type: object, nullable: true, additionalProperties: {} }
"##;

fn got(url: &str, kind: &str, body: &str) -> Exchange {
    let mut exchange = asked("GET", url, 200, body);
    exchange.response_headers = vec![("content-type".into(), kind.into())];
    exchange
}

/// What is told, worst first, as `severity code path`.
fn told(document: &str, exchange: &Exchange) -> Vec<(Severity, String)> {
    let findings = findings_with(None, document, exchange);
    let told = findings.into_iter();
    told.map(|one| (one.severity, one.code.to_string()))
        .collect()
}

fn warns(code: &str) -> Vec<(Severity, String)> {
    vec![(Severity::Low, format!("conformance/{code}"))]
}

fn page(url: &str, status: u16, purpose: Purpose) -> Exchange {
    let mut exchange = asked("GET", url, status, "<html></html>");
    exchange.response_headers = vec![("content-type".into(), "text/html".into())];
    exchange.purpose = purpose;
    exchange
}

#[test]
fn an_answer_of_fastapi_is_right_but_for_its_times() {
    let record = |time: &str, more: &str| {
        let body = format!(
            r#"{{"id":1,"created_at":"{time}","starts":"10:00:00Z","amount":"10.50","website":null{more}}}"#
        );
        told(FASTAPI, &got("/records/1", "application/json", &body))
    };
    assert_eq!(record("2026-01-02T10:00:00.123456Z", ""), []);
    let more = r#","tags":{"a b":1},"wait":"P1DT2H""#;
    assert_eq!(record("2026-01-02T10:00:00+00:00", more), []);
    assert_eq!(
        record("2026-01-02T10:00:00.123456", ""),
        warns("wrong-value")
    );
    let broken = record("Friday", "");
    assert_eq!(broken[0].0, Severity::Medium);
}

#[test]
fn bodies_that_nobody_described_stop_nothing() {
    let file = got("/records.csv", "text/csv; charset=utf-8", "a,b");
    assert_eq!(told(FASTAPI, &file), warns("undocumented-media-type"));
    let mut nothing = asked("POST", "/logout", 200, "");
    nothing.response_headers.clear();
    assert_eq!(told(FASTAPI, &nothing), warns("empty-body"));
    let file = got("/records/1", "text/csv", "a,b");
    assert_eq!(told(FASTAPI, &file)[0].0, Severity::Medium);
    let ping = got("/api/ping", "application/json", "{}");
    assert_eq!(told(OLDER, &ping), warns("undocumented-media-type"));
}

#[test]
fn an_answer_of_an_older_document_is_right_but_for_its_formats() {
    let order = |fields: &str| {
        let body = format!(r#"{{"id":1,"createdAt":"2026-01-02T10:00:00.000Z",{fields}}}"#);
        told(
            OLDER,
            &got("/api/orders/1", "application/json; charset=utf-8", &body),
        )
    };
    let nulls = r#""state":null,"stage":null,"owner":null,"mail":null,"file":null,"meta":null"#;
    assert_eq!(order(nulls), []);
    let full = r#""state":"open","stage":"","owner":{"name":"A"},"total":"1.00","count":5000000000,"file":"/x","meta":{"a@b":1}"#;
    assert_eq!(order(full), []);
    for loose in [
        r#""avatar":"/media/a.png""#,
        r#""homepage":"""#,
        r#""mail":"""#,
    ] {
        assert_eq!(order(loose), warns("wrong-value"), "{loose}");
    }
    assert_eq!(order(r#""state":"gone""#)[0].0, Severity::Medium);
    for url in ["/api/any", "/v1/api/any"] {
        let any = got(url, "application/json", r#"{"message":""}"#);
        assert_eq!(told(OLDER, &any), [], "{url}");
    }
    let gone = asked("DELETE", "/api/orders/1", 204, "");
    assert_eq!(told(OLDER, &gone), []);
}

#[test]
fn pages_of_what_stands_in_front_of_the_portal_are_warnings() {
    for (status, purpose) in [
        (502, Purpose::Normal),
        (429, Purpose::Normal),
        (403, Purpose::Attack),
        (400, Purpose::Negative),
    ] {
        let exchange = page("/api/orders/1", status, purpose);
        assert_eq!(
            told(OLDER, &exchange),
            warns("undocumented-media-type"),
            "{status}"
        );
    }
    let own = page("/api/orders/1", 404, Purpose::Normal);
    assert_eq!(told(OLDER, &own)[0].0, Severity::Medium);
    let mut problem = asked("GET", "/api/orders/1", 404, r#"{"message":"x"}"#);
    problem.response_headers = vec![("content-type".into(), "application/problem+json".into())];
    assert_eq!(told(OLDER, &problem), []);
}
