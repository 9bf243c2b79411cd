use super::*;

const RECORD: &str = "
required: [id, title, password]
properties:
  id: { type: string, readOnly: true }
  title: { type: string }
  password: { type: string, writeOnly: true }
";

fn both(text: &str, direction: Direction, value: &Json) -> Vec<String> {
    let new = told(text, Dialect::Draft202012, direction, value);
    assert_eq!(told(text, Dialect::OpenApi30, direction, value), new);
    new
}

#[test]
fn a_request_need_not_and_must_not_send_what_may_only_be_read() {
    let good = json!({ "title": "a", "password": "b" });
    assert_eq!(both(RECORD, Direction::Request, &good), NOTHING);
    assert_eq!(
        both(RECORD, Direction::Response, &good),
        [
            "$: must have the field id",
            "$.password: must not be shown: it is writeOnly"
        ]
    );
    let sent = json!({ "id": "1", "title": "a", "password": "b" });
    assert_eq!(
        both(RECORD, Direction::Request, &sent),
        ["$.id: must not be sent: it is readOnly"]
    );
}

#[test]
fn a_response_need_not_and_must_not_show_what_may_only_be_written() {
    let good = json!({ "id": "1", "title": "a" });
    assert_eq!(both(RECORD, Direction::Response, &good), NOTHING);
    let library = library(RECORD);
    let schemas = Schemas::new(Dialect::Draft202012);
    let shown = json!({ "id": "1", "title": "a", "password": "b" });
    let verdict = schemas
        .check(library.root(), Direction::Response, &shown)
        .unwrap();
    let [only] = &*verdict.mismatches else {
        panic!("{verdict:?}");
    };
    let field = "password".to_owned();
    assert_eq!(only.kind, MismatchKind::WriteOnlyShown { field });
    assert_eq!(only.location.to_string(), "api.yaml:6:29");
    let verdict = schemas
        .check(library.root(), Direction::Request, &shown)
        .unwrap();
    let field = "id".to_owned();
    assert_eq!(
        verdict.mismatches[0].kind,
        MismatchKind::ReadOnlySent { field }
    );
}

#[test]
fn marks_are_found_through_references_and_combinations() {
    let text = "
allOf:
  - { $ref: '#/base' }
  - { required: [id, secret], oneOf: [{ required: [a, id] }, { required: [b] }] }
properties: { secret: { $ref: '#/secret' } }
base: { type: object, required: [id], properties: { id: { allOf: [{ $ref: '#/id' }] } } }
id: { type: string, readOnly: true }
secret: { type: string, writeOnly: true }
";
    assert_eq!(
        both(text, Direction::Request, &json!({ "secret": "x", "a": 1 })),
        NOTHING
    );
    assert_eq!(
        both(
            text,
            Direction::Request,
            &json!({ "secret": "x", "b": 1, "id": "1" })
        ),
        ["$.id: must not be sent: it is readOnly"]
    );
    assert_eq!(
        both(text, Direction::Response, &json!({ "id": "1", "a": 1 })),
        NOTHING
    );
    assert_eq!(
        both(text, Direction::Response, &json!({ "b": 1 })),
        ["$: must have the field id"]
    );
    assert_eq!(
        both(
            text,
            Direction::Response,
            &json!({ "id": "1", "b": 1, "secret": "x" })
        ),
        ["$.secret: must not be shown: it is writeOnly"]
    );
}

#[test]
fn a_schema_that_two_share_keeps_what_each_requires() {
    let text = "
properties:
  mine: { allOf: [{ $ref: '#/base' }, { properties: { id: { readOnly: true } } }] }
  plain: { $ref: '#/base' }
base: { type: object, required: [id] }
";
    assert_eq!(
        both(
            text,
            Direction::Request,
            &json!({ "mine": {}, "plain": { "id": 1 } })
        ),
        NOTHING
    );
    assert_eq!(
        both(text, Direction::Request, &json!({ "plain": {} })),
        ["$.plain: must have the field id"]
    );
}
