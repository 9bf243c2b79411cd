use super::*;

#[test]
fn what_a_value_breaks_is_told_with_the_line_that_says_so() {
    let text = "type: object
required: [id, name]
properties:
  id: { type: string }
  name: { type: string }
  state: { enum: [open, closed] }
  at: { type: string, format: date-time }
  note: { type: [string, 'null'], maxLength: 3 }
  items: { type: array, items: { $ref: '#/$defs/item' } }
$defs:
  item: { type: object, required: [price], properties: { price: { minimum: 0 } } }
";
    let value = json!({ "id": 5, "state": "half", "at": "now", "note": "long", "items": [{}, { "price": -1 }] });
    let library = library(text);
    let schemas = Schemas::new(Dialect::Draft202012);
    let verdict = schemas
        .check(library.root(), Direction::Response, &value)
        .unwrap();
    let mismatches = verdict.mismatches.iter();
    let mut told: Vec<String> = mismatches
        .map(|one| format!("{} {} {}", one.location, one.path, one.text))
        .collect();
    told.sort();
    assert_eq!(
        told,
        [
            "api.yaml:11:36 $.items[0] must have the field price",
            "api.yaml:11:67 $.items[1].price must not be below 0",
            "api.yaml:2:16 $ must have the field name",
            "api.yaml:4:9 $.id must be a string, not an integer",
            "api.yaml:6:12 $.state must be one of open, closed",
            "api.yaml:7:23 $.at must match the format date-time",
            "api.yaml:8:35 $.note is longer than 3 characters",
        ]
    );
    let good = json!({ "id": "a", "name": "b", "state": "open", "at": "2026-01-01T00:00:00Z", "note": null, "items": [{ "price": 0 }] });
    assert_eq!(response(text, &good), NOTHING);
}

#[test]
fn references_lead_across_files_in_both_versions() {
    let fetch = |path: &str| match path {
        "types/user.yaml" => {
            Ok(b"required: [id]\nproperties:\n  id: { $ref: '../api.yaml#/id' }\n".to_vec())
        }
        _ => Err("there is no such file".to_owned()),
    };
    let text = "items: { $ref: types/user.yaml }\nid: { type: string }\n";
    let library = Library::new("api.yaml", text.as_bytes().to_vec(), &fetch).unwrap();
    for dialect in [Dialect::OpenApi30, Dialect::Draft202012] {
        let schemas = Schemas::new(dialect);
        let value = json!([{ "id": 1 }, { "x": 1 }, { "id": "a" }]);
        let verdict = schemas
            .check(library.root(), Direction::Response, &value)
            .unwrap();
        let mismatches = verdict.mismatches.iter();
        let told: Vec<String> = mismatches
            .map(|one| format!("{} {} {}", one.location, one.path, one.text))
            .collect();
        assert_eq!(
            told,
            [
                "api.yaml:2:7 $[0].id must be a string, not an integer",
                "types/user.yaml:1:12 $[1] must have the field id",
            ]
        );
        assert_eq!(verdict.undocumented[0].path, "$[1].x");
        assert_eq!(
            verdict.undocumented[0].location.to_string(),
            "types/user.yaml:1:1"
        );
    }
}

#[test]
fn anchors_are_found_and_what_depends_on_the_way_is_left_open() {
    let text = "
properties: { a: { $ref: '#name' }, b: { $dynamicRef: '#one' }, c: { $dynamicRef: '#two' } }
$defs:
  name: { $anchor: name, type: string }
  one: { $dynamicAnchor: one, type: string }
  two: { $dynamicAnchor: two, not: {} }
  other: { $dynamicAnchor: two, type: string }
";
    assert_eq!(
        response(text, &json!({ "a": 1, "b": 1, "c": { "d": 1 } })),
        [
            "$.a: must be a string, not an integer",
            "$.b: must be a string, not an integer"
        ]
    );
    assert_eq!(response(text, &json!({ "a": "x", "b": "x" })), NOTHING);
}

#[test]
fn the_dialect_is_the_one_that_a_document_names() {
    let of = |text: &str| Dialect::of_openapi(library(text).root());
    assert_eq!(of("openapi: 3.0.3"), Dialect::OpenApi30);
    assert_eq!(of("openapi: 3.0"), Dialect::OpenApi30);
    assert_eq!(of("openapi: 3.1.0"), Dialect::Draft202012);
    assert_eq!(of("openapi: 3.2.0"), Dialect::Draft202012);
    let draft = "openapi: 3.1.0\njsonSchemaDialect: 'http://json-schema.org/draft-07/schema#'";
    assert_eq!(of(draft), Dialect::Draft7);
    let base = "openapi: 3.1.0\njsonSchemaDialect: https://spec.openapis.org/oas/3.1/dialect/base";
    assert_eq!(of(base), Dialect::Draft202012);
}

#[test]
fn a_schema_is_made_ready_once_for_each_direction() {
    let library = library("required: [id]\nproperties: { id: { readOnly: true } }");
    let schemas = Schemas::new(Dialect::Draft202012);
    for _ in 0..3 {
        for direction in [Direction::Request, Direction::Response] {
            let verdict = schemas
                .check(library.root(), direction, &json!({}))
                .unwrap();
            assert_eq!(
                verdict.mismatches.is_empty(),
                direction == Direction::Request
            );
        }
    }
    assert_eq!(lock(&schemas.kept).len(), 2);
}

#[test]
fn the_examples_of_the_portal_fit_their_schemas() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../examples/client-portal/src/openapi.json"
    );
    let none = |_: &str| Err("there is no such file".to_owned());
    let library = Library::new("openapi.json", std::fs::read(path).unwrap(), &none).unwrap();
    let schemas = Schemas::new(Dialect::of_openapi(library.root()));
    let mut waiting = vec![library.root()];
    let (mut held, mut fit) = (0, 0);
    while let Some(at) = waiting.pop() {
        waiting.extend(at.elements().chain(at.entries().map(|(_, value)| value)));
        if let Some((schema, example)) = at.get("schema").zip(at.get("example")) {
            let example = example.to_json();
            let verdict = schemas
                .check(schema, Direction::Response, &example)
                .unwrap();
            held += 1;
            fit += usize::from(verdict == Verdict::default());
        }
        if at.parent().and_then(At::key) == Some("schemas") {
            schemas.check(at, Direction::Request, &json!({})).unwrap();
        }
    }
    assert!(held > 3, "{held} examples");
    assert_eq!(fit, held);
    assert_eq!(schemas.faults(), []);
}
