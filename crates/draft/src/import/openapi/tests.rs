use insta::assert_snapshot;

use super::super::Format;
use super::super::tests::{imported, shown};

fn openapi(text: &str) -> String {
    shown(&imported(
        Some(Format::OpenApi),
        "openapi.yaml",
        text.as_bytes(),
    ))
}

const NOTES: &str = "openapi: 3.1.0
info: { title: Acme Notes, version: '1' }
servers: [{ url: https://api.acme.example/v1 }]
security: [{ bearer: [] }]
components:
  securitySchemes:
    bearer: { type: http, scheme: bearer }
    key: { type: apiKey, in: header, name: X-Key }
  schemas:
    Note:
      type: object
      required: [title]
      properties: { id: { type: string, readOnly: true }, title: { type: string }, pages: { type: integer, minimum: 1 } }
paths:
  /login:
    post:
      security: []
      requestBody: { content: { application/json: { schema: { type: object, required: [email, password], properties: { email: { type: string }, password: { type: string } } } } } }
      responses: { '200': { description: ok, content: { application/json: { schema: { type: object, properties: { access_token: { type: string } } } } } } }
  /notes:
    get: { responses: { '200': { description: ok } } }
    post:
      requestBody: { required: true, content: { application/json: { schema: { $ref: '#/components/schemas/Note' } } } }
      responses: { '201': { description: ok, content: { application/json: { schema: { $ref: '#/components/schemas/Note' } } } } }
  /notes/{noteId}:
    parameters: [{ name: noteId, in: path, required: true, schema: { type: string } }]
    get: { responses: { '200': { description: ok } } }
    delete: { responses: { '204': { description: gone } } }
  /orders:
    post:
      requestBody: { content: { application/json: { schema: { type: object, properties: { title: { type: string } } } } } }
      responses: { '201': { description: ok } }
  /orders/{id}:
    parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
    get: { responses: { '200': { description: ok } } }
    delete: { responses: { '204': { description: gone } } }
";

#[test]
fn a_document_becomes_checks_and_journeys() {
    assert_snapshot!(openapi(NOTES));
}

#[test]
fn a_document_of_no_use_says_why() {
    let mut text = openapi("swagger: '2.0'\ninfo: {}\npaths: {}\n");
    text.push_str(&openapi(
        "openapi: 3.0.0\ninfo: { title: x, version: '1' }\npaths: {}\n",
    ));
    text.push_str(&openapi("openapi: [1\n"));
    assert_snapshot!(text);
}

#[test]
fn no_text_of_a_document_becomes_a_reference() {
    for sample in ["\\x01HOME\\x02", "\\x01home\\x02", "${HOME}"] {
        let text = openapi(&NOTES.replace(
            "title: { type: string }, pages",
            &format!("title: {{ type: string, enum: [\"{sample}\"] }}, pages"),
        ));
        assert!(text.contains("\nchecks:\n"), "{text}");
        assert!(!text.replace("$${HOME}", "").contains("${HOME}"), "{text}");
    }
}
