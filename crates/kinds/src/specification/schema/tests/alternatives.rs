use super::*;

#[test]
fn the_errors_are_those_of_the_closest_alternative() {
    let text = "
oneOf:
  - { type: object, required: [a, b, c] }
  - { type: object, required: [d], properties: { d: { type: object, required: [e] } } }
  - { type: string }
";
    assert_eq!(
        response(text, &json!({ "a": 1, "b": 2 })),
        ["$: must have the field c"]
    );
    assert_eq!(
        response(text, &json!({ "d": {} })),
        ["$.d: must have the field e"]
    );
    assert_eq!(
        response(text, &json!(5)),
        ["$: must be an object or a string, not an integer"]
    );
    assert_eq!(response(text, &json!("x")), NOTHING);
}

#[test]
fn a_fixed_field_tells_which_alternative_is_meant() {
    let text = "
anyOf:
  - { required: [type, a, b], properties: { type: { const: one }, a: {}, b: {} } }
  - { required: [type], properties: { type: { enum: [two] } } }
";
    assert_eq!(
        response(text, &json!({ "type": "one" })),
        ["$: must have the field a", "$: must have the field b"]
    );
    assert_eq!(response(text, &json!({ "type": "two" })), NOTHING);
}

#[test]
fn an_alternative_that_is_null_is_not_meant_by_an_object() {
    let text = "anyOf: [{ type: 'null' }, { type: object, required: [a, b], properties: { a: {}, b: {} } }]";
    assert_eq!(
        response(text, &json!({})),
        ["$: must have the field a", "$: must have the field b"]
    );
    assert_eq!(response(text, &json!(null)), NOTHING);
    assert_eq!(
        response(text, &json!(1)),
        ["$: must be an object or null, not an integer"]
    );
}

#[test]
fn more_than_one_of_one_is_too_many() {
    let text = "oneOf: [{ minimum: 1 }, { minimum: 2 }]";
    assert_eq!(
        response(text, &json!(3)),
        ["$: fits more than one of the alternatives"]
    );
    assert_eq!(response(text, &json!(1)), NOTHING);
}

#[test]
fn what_two_schemas_require_is_missing_once() {
    let text = "
allOf: [{ required: [a] }, { $ref: '#/more' }]
required: [a]
more: { required: [a], properties: { a: { type: string } } }
";
    assert_eq!(response(text, &json!({})), ["$: must have the field a"]);
    let text = "{ type: string, enum: [a], format: date, allOf: [{ type: string }] }";
    assert_eq!(
        response(text, &json!(5)),
        ["$: must be a string, not an integer"]
    );
}
