use super::*;

#[test]
fn null_fits_only_where_it_is_nullable() {
    let text = "properties: { a: { type: string, nullable: true }, b: { type: string } }";
    assert_eq!(old(text, &json!({ "a": null, "b": "x" })), NOTHING);
    assert_eq!(
        old(text, &json!({ "b": null })),
        ["$.b: must be a string, not null"]
    );
    assert_eq!(
        old(text, &json!({ "a": 1 })),
        ["$.a: must be a string or null, not an integer"]
    );
    // Beside `nullable` an enum means what it lists and null, also when nobody listed null.
    let text = "properties: { a: { type: string, nullable: true, enum: [x, y] } }";
    assert_eq!(old(text, &json!({ "a": null })), NOTHING);
    assert_eq!(
        old(text, &json!({ "a": "z" })),
        ["$.a: must be one of x, y, null"]
    );
}

#[test]
fn null_fits_a_nullable_reference_inside_of_all_of() {
    let text = "
properties:
  owner: { nullable: true, allOf: [{ $ref: '#/owner' }] }
  other: { $ref: '#/owner' }
owner: { type: object, required: [name], properties: { name: { type: string } } }
";
    assert_eq!(
        old(text, &json!({ "owner": null, "other": { "name": "a" } })),
        NOTHING
    );
    assert_eq!(
        old(text, &json!({ "other": null })),
        ["$.other: must be an object, not null"]
    );
    assert_eq!(
        old(text, &json!({ "owner": {} })),
        ["$.owner: must have the field name"]
    );
    assert_eq!(
        old(text, &json!({ "owner": { "name": "a", "more": 1 } })),
        ["$.owner.more?"]
    );
}

#[test]
fn bounds_may_be_exclusive_by_a_flag() {
    let text = "{ minimum: 1, exclusiveMinimum: true, maximum: 9, exclusiveMaximum: false }";
    assert_eq!(old(text, &json!(1)), ["$: must be above 1"]);
    assert_eq!(old(text, &json!(9)), NOTHING);
    assert_eq!(old(text, &json!(10)), ["$: must not be above 9"]);
    assert_eq!(
        old("{ exclusiveMinimum: 1 }", &json!(1)),
        ["$: must be above 1"]
    );
}

#[test]
fn nothing_counts_beside_a_reference() {
    let text = "
properties: { a: { $ref: '#/b', maxLength: 1 } }
b: { type: string }
";
    assert_eq!(old(text, &json!({ "a": "long" })), NOTHING);
    assert_eq!(
        response(text, &json!({ "a": "long" })),
        ["$.a: is longer than 1 character"]
    );
}

#[test]
fn keywords_of_later_versions_say_nothing() {
    let text = "{ const: 5, example: { a: 1 }, if: { type: string }, then: false }";
    assert_eq!(old(text, &json!("x")), NOTHING);
    assert_eq!(response(text, &json!(5)), NOTHING);
    assert_eq!(response("{ const: 5 }", &json!("x")), ["$: must be 5"]);
}

#[test]
fn an_integer_may_be_written_with_a_point() {
    for dialect in [Dialect::OpenApi30, Dialect::Draft202012] {
        assert_eq!(
            told("type: integer", dialect, Direction::Request, &json!(1.0)),
            NOTHING
        );
    }
    assert_eq!(
        old("type: integer", &json!(1.5)),
        ["$: must be an integer, not a number"]
    );
}
