use tidegate_core::span::{Source, Span};

use super::*;
use crate::specification::Library;
use crate::specification::openapi::OpenApi;

const DOCUMENT: &str = r##"
openapi: 3.1.0
info: { title: t, version: "1" }
paths:
  /records:
    get: { parameters: [{ name: q, in: query, schema: { type: string } }], responses: { "200": { description: ok } } }
    post:
      requestBody: { content: { application/json: { schema: { type: object, required: [title, kind], properties: { title: { type: string, maxLength: 40 }, kind: { enum: [note] } } } } } }
      responses: { "201": { description: ok } }
  /records/bulk:
    post:
      requestBody: { content: { application/json: { schema: { type: object, required: [ids, title], properties: { ids: { type: array, items: { type: string } }, title: { type: string } } } } } }
      responses: { "200": { description: ok } }
  /records/purge:
    get: { responses: { "200": { description: ok } } }
  /records/{record_id}/approve:
    parameters: [{ name: record_id, in: path, required: true, schema: { type: string } }]
    get: { responses: { "200": { description: ok } } }
  /records/export.csv:
    get: { responses: { "200": { description: ok } } }
  /records/{record_id}:
    parameters: [{ name: record_id, in: path, required: true, schema: { type: string } }]
    get: { responses: { "200": { description: ok } } }
    patch:
      requestBody: { content: { application/json: { schema: { type: object, properties: { title: { type: string } } } } } }
      responses: { "200": { description: ok } }
    delete: { responses: { "204": { description: ok } } }
  /records/{record_id}/content:
    parameters: [{ name: record_id, in: path, required: true, schema: { type: string } }]
    get: { responses: { "200": { description: ok } } }
  /records/{record_id}/send:
    parameters: [{ name: record_id, in: path, required: true, schema: { type: string } }]
    post: { responses: { "200": { description: ok } } }
  /search:
    get: { parameters: [{ name: q, in: query, required: true, schema: { type: string } }], responses: { "200": { description: ok } } }
  /files:
    post:
      requestBody: { content: { multipart/form-data: { schema: { type: object, required: [file], properties: { file: { type: string, format: binary } } } } } }
      responses: { "201": { description: ok } }
  /files/{id}:
    parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
    get: { responses: { "200": { description: ok } } }
    delete: { responses: { "204": { description: ok } } }
  /payments:
    post: { requestBody: { content: { application/json: { schema: { type: object } } } }, responses: { "201": { description: ok } } }
  /payments/{id}:
    parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
    get: { responses: { "200": { description: ok } } }
"##;

fn derived() -> Derived {
    let none = |_: &str| Err("there is no such file".to_owned());
    let library = Library::new("api.yaml", DOCUMENT.as_bytes().to_vec(), &none).unwrap();
    let api = OpenApi::of(library).unwrap();
    let span = Span::new(Source::new("tidegate.yaml", "isolation: {}"), 0, 9);
    derive(&api, "http://127.0.0.1", &span, &[], &[])
}

fn names(requests: &[RequestTemplate]) -> Vec<String> {
    let query = |request: &RequestTemplate| {
        let pairs = request.query.iter();
        pairs
            .map(|(name, value)| format!("?{name}={value}"))
            .collect::<String>()
    };
    let name = |request| format!("{}{}", RequestTemplate::name(request), query(request));
    requests.iter().map(name).collect()
}

#[test]
fn a_document_gives_what_can_be_created_read_and_removed() {
    let derived = derived();
    let [records, files] = &*derived.resources else {
        panic!("{derived:?}");
    };
    assert_eq!((&*records.name, &*files.name), ("records", "files"));
    assert_eq!(records.read.name(), "GET /records/${id}");
    assert_eq!(
        names(&records.update),
        ["PATCH /records/${id}", "POST /records/bulk"]
    );
    assert_eq!(
        names(&records.lists),
        [
            "GET /records?q=${canary}",
            "GET /records/export.csv",
            "GET /search?q=${canary}",
            "GET /records"
        ]
    );
    assert_eq!(names(&records.nested), ["GET /records/${id}/content"]);
    let templates = records.update[1].templates();
    let texts: Vec<String> = templates.iter().map(ToString::to_string).collect();
    assert!(texts.contains(&"${id}".to_owned()), "{texts:?}");
    let templates = files.create.templates();
    assert!(
        templates
            .iter()
            .any(|text| text.to_string() == "${canary}.txt")
    );
    let notes = derived.notes().join("\n");
    assert!(notes.contains("POST /payments"), "{notes}");
    let left_out =
        "(list them under `include`): GET /records/purge, GET /records/{record_id}/approve";
    assert!(notes.contains(left_out), "{notes}");
}

fn state(body: &str) -> State {
    State::of(&crate::testing::answer(200, body).unwrap())
}

#[test]
fn a_field_that_changes_by_itself_is_no_change() {
    let before = state(r#"{"id":1,"title":"a","views":1}"#);
    let after = state(r#"{"id":1,"title":"a","views":2}"#);
    let again = state(r#"{"id":1,"title":"a","views":3}"#);
    let volatile = after.change(&again);
    assert_eq!(before.change(&after).without(&volatile), Change::None);
    let written = state(r#"{"id":1,"title":"b","views":2}"#);
    let change = before.change(&written).without(&volatile);
    assert_eq!(change.words(), "changed: title");
    assert_eq!(state("page").change(&state("page")), Change::None);
    assert_eq!(state("page").change(&state("other")), Change::Body);
}

#[test]
fn the_same_thing_without_its_title_is_the_same_thing() {
    let own = state(r#"{"id":1,"title":"a","amount":250,"owner":"acme"}"#);
    assert!(own.resembles(&state(r#"{"id":1,"amount":250,"owner":"acme"}"#)));
    assert!(!own.resembles(&state(r#"{"id":1,"error":"no such record"}"#)));
    assert!(!own.resembles(&state("{}")));
}
