use super::*;

fn both(text: &str, value: &Json) -> Vec<String> {
    let new = response(text, value);
    assert_eq!(old(text, value), new);
    new
}

#[test]
fn a_field_that_no_schema_names_is_undocumented() {
    let text = "
properties: { a: { type: object, properties: { b: {} } }, list: { type: array, items: { properties: { c: {} } } } }
";
    assert_eq!(
        both(
            text,
            &json!({ "a": { "b": { "free": 1 } }, "list": [{ "c": 1 }] })
        ),
        NOTHING
    );
    assert_eq!(
        both(
            text,
            &json!({ "a": { "x-y": 1 }, "list": [{}, { "d": 1 }], "e": 1 })
        ),
        ["$.a['x-y']?", "$.list[1].d?", "$.e?"]
    );
}

#[test]
fn its_place_is_the_schema_that_names_the_others() {
    let library = library("properties:\n  a:\n    properties: { b: {} }\n");
    let schemas = Schemas::new(Dialect::Draft202012);
    let value = json!({ "a": { "x": 1 } });
    let verdict = schemas
        .check(library.root(), Direction::Response, &value)
        .unwrap();
    assert_eq!(verdict.undocumented[0].location.to_string(), "api.yaml:2:3");
}

#[test]
fn every_schema_of_a_value_may_name_it() {
    let text = "
allOf: [{ $ref: '#/base' }, { properties: { own: {} } }]
anyOf: [{ properties: { one: {} } }, { oneOf: [{ properties: { deep: {} } }] }]
base: { properties: { id: {} } }
";
    let good = json!({ "id": 1, "own": 1, "one": 1, "deep": 1 });
    assert_eq!(both(text, &good), NOTHING);
    assert_eq!(both(text, &json!({ "id": 1, "other": 1 })), ["$.other?"]);
    let text = "
if: { properties: { a: {} } }
then: { properties: { b: {} } }
else: { properties: { c: {} } }
dependentSchemas: { a: { properties: { d: {} } } }
patternProperties: { '^x-': {} }
";
    assert_eq!(
        response(text, &json!({ "a": 1, "b": 1, "c": 1, "d": 1, "x-y": 1 })),
        NOTHING
    );
    assert_eq!(response(text, &json!({ "y": 1 })), ["$.y?"]);
}

#[test]
fn what_must_be_there_is_documented() {
    let text = "{ properties: { a: {} }, required: [b] }";
    assert_eq!(both(text, &json!({ "b": { "c": 1 } })), NOTHING);
    assert_eq!(both(text, &json!({ "b": 1, "c": 1 })), ["$.c?"]);
}

#[test]
fn what_is_said_to_be_open_is_open() {
    for open in ["additionalProperties: true", "additionalProperties: {}"] {
        let text = format!("{{ properties: {{ a: {{}} }}, {open} }}");
        assert_eq!(both(&text, &json!({ "b": 1 })), NOTHING);
    }
    let text = "{ properties: { a: {} }, unevaluatedProperties: true }";
    assert_eq!(response(text, &json!({ "b": 1 })), NOTHING);
    assert_eq!(both("type: object", &json!({ "b": { "c": 1 } })), NOTHING);
    assert_eq!(
        both("{ type: object, properties: {} }", &json!({ "b": 1 })),
        NOTHING
    );
    let text = "{ additionalProperties: { properties: { a: {} } } }";
    assert_eq!(
        both(text, &json!({ "any": { "a": 1, "b": 1 } })),
        ["$.*.b?"]
    );
    let text = "anyOf: [{ properties: { a: {} } }, { type: object }]";
    assert_eq!(both(text, &json!({ "b": 1 })), NOTHING);
}

#[test]
fn what_is_forbidden_is_told_once() {
    let text = "{ properties: { a: {} }, additionalProperties: false }";
    assert_eq!(
        both(text, &json!({ "a": 1, "b": 1 })),
        ["$.b: is not allowed here"]
    );
    let text = "{ allOf: [{ properties: { a: {} } }], unevaluatedProperties: false }";
    assert_eq!(
        response(text, &json!({ "a": 1, "b": 1 })),
        ["$.b: is not allowed here"]
    );
}

#[test]
fn recursive_schemas_are_followed_as_deep_as_the_value() {
    let text = "properties: { next: { $ref: '#' } }";
    let value = json!({ "next": { "next": { "next": { "last": 1 } } } });
    assert_eq!(both(text, &value), ["$.next.next.next.last?"]);
}

#[test]
fn elements_may_have_schemas_by_their_place() {
    let text = "
prefixItems: [{ properties: { a: {} } }, {}]
items: { properties: { b: {} } }
";
    let value = json!([{ "a": 1, "x": 1 }, { "x": 1 }, { "b": 1 }, { "x": 1 }]);
    assert_eq!(response(text, &value), ["$[0].x?", "$[3].x?"]);
}

#[test]
fn keys_that_are_data_are_in_no_path() {
    let text = "
properties:
  2xx: { type: integer }
  totals: { additionalProperties: { type: integer } }
  people: { patternProperties: { '@': { properties: { age: { type: integer } } } } }
  closed: { properties: { a: {} }, additionalProperties: false }
";
    let value = json!({
        "2xx": "1",
        "totals": { "anna": "1", "bert": "2" },
        "people": { "anna@acme.example": { "age": "1", "pet": 1 } },
        "closed": { "bert@acme.example": 1, "extra": 1 },
        "carl@acme.example": 1,
        "dora@acme.example": 1,
    });
    let mut told = response(text, &value);
    told.sort();
    assert_eq!(
        told,
        [
            "$.*?",
            "$.closed.*: is not allowed here",
            "$.closed.extra: is not allowed here",
            "$.people.*.age: must be an integer, not a string",
            "$.people.*.pet?",
            "$.totals.*: must be an integer, not a string",
            "$['2xx']: must be an integer, not a string",
        ]
    );
}
