use serde_json::json;

use super::*;
use crate::specification::Library;

/// A plain validator of one document, formats included.
fn fits(root: &Json) -> impl Fn(At<'_>, &Json) -> bool {
    let root = root.clone();
    move |at, value| {
        let mut schema = root.clone();
        let pointer = at.pointer();
        if !pointer.is_empty() {
            schema = json!({ "$ref": format!("#/components{pointer}"), "components": root });
            rebase(&mut schema["components"]);
        }
        let built = jsonschema::options()
            .with_draft(jsonschema::Draft::Draft202012)
            .should_validate_formats(true)
            .build(&schema);
        built.is_ok_and(|validator| validator.is_valid(value))
    }
}

fn rebase(value: &mut Json) {
    match value {
        Json::Object(entries) => {
            for (key, value) in entries {
                match value {
                    Json::String(text) if key == "$ref" => {
                        *text = text.replacen('#', "#/components", 1);
                    }
                    value => rebase(value),
                }
            }
        }
        Json::Array(elements) => elements.iter_mut().for_each(rebase),
        _ => {}
    }
}

fn library(schema: &Json) -> Library {
    let fetch = |_: &str| Err("there is no such file".to_owned());
    Library::new("schema.json", schema.to_string().into_bytes(), &fetch).unwrap()
}

const MARK: &str = "tidegate-00c0ffee-01";

fn made(schema: &Json) -> Option<Json> {
    let library = library(schema);
    let fits = fits(schema);
    Sampler::new(Direction::Request, MARK, &fits).valid(library.root())
}

#[test]
fn a_minimal_valid_value_is_made() {
    let cases = [
        (json!({ "type": "string" }), json!(MARK)),
        (
            json!({ "type": "string", "example": "Kick-off" }),
            json!("Kick-off"),
        ),
        (
            json!({ "type": "string", "maxLength": 3, "example": "Kick-off" }),
            json!("t26"),
        ),
        (json!({ "type": "integer" }), json!(1)),
        (json!({ "type": "integer", "minimum": 10 }), json!(10)),
        (
            json!({ "type": "integer", "exclusiveMinimum": 10, "multipleOf": 4 }),
            json!(12),
        ),
        (
            json!({ "type": "number", "minimum": 0.25, "maximum": 0.75 }),
            json!(0.5),
        ),
        (json!({ "type": "number", "maximum": -3 }), json!(-3)),
        (
            json!({ "type": "array", "minItems": 2, "items": { "type": "number", "minimum": -3, "maximum": 4, "multipleOf": 5 } }),
            json!([0, 0]),
        ),
        (
            json!({ "type": "array", "minItems": 2, "items": { "type": "integer", "minimum": 7, "maximum": 7 } }),
            json!([7, 7]),
        ),
        (json!({ "enum": ["b", "c"], "default": "c" }), json!("c")),
        (json!({ "const": 7 }), json!(7)),
        (json!({ "type": ["null", "boolean"] }), json!(true)),
        (
            json!({ "type": "array", "items": { "type": "integer" } }),
            json!([]),
        ),
        (
            json!({ "type": "array", "minItems": 2, "uniqueItems": true, "items": { "type": "string" } }),
            json!([MARK, format!("{MARK}-1")]),
        ),
        (
            json!({ "required": ["a"], "properties": { "a": { "type": "boolean" }, "b": {} } }),
            json!({ "a": true }),
        ),
        (
            json!({ "type": "object", "required": ["a", "id"], "properties": { "id": { "readOnly": true, "type": "string" }, "a": { "const": 1 } } }),
            json!({ "a": 1 }),
        ),
        (
            json!({ "type": "string", "format": "email" }),
            json!(format!("{MARK}@example.com")),
        ),
        (
            json!({ "type": "string", "format": "date" }),
            json!("2026-01-01"),
        ),
        (
            json!({ "type": "string", "pattern": "^[A-Z]{3}$" }),
            json!("AAA"),
        ),
        (
            json!({ "type": "string", "pattern": "^(?=.*[A-Z])(?=.*[0-9]).{12,}$" }),
            json!(format!("Tidegate-1!{MARK}")),
        ),
        (
            json!({ "allOf": [{ "required": ["a"] }, { "properties": { "a": { "type": "integer", "minimum": 3 } } }] }),
            json!({ "a": 3 }),
        ),
        (
            json!({ "oneOf": [{ "type": "integer", "not": {} }, { "type": "integer", "minimum": 5 }] }),
            json!(5),
        ),
        (
            json!({ "type": "object", "minProperties": 1, "properties": { "a": { "type": "integer" }, "b": {} } }),
            json!({ "a": 1 }),
        ),
        (
            json!({ "$ref": "#/$defs/a", "$defs": { "a": { "type": "object", "required": ["n"], "properties": { "n": { "anyOf": [{ "$ref": "#/$defs/a" }, { "type": "null" }] } } } } }),
            json!({ "n": null }),
        ),
        (
            json!({ "type": "object", "required": ["a"], "properties": { "a": { "type": "integer" } }, "example": { "a": 42, "b": 1 } }),
            json!({ "a": 42 }),
        ),
    ];
    for (schema, wanted) in cases {
        // Required by the schema, but only the portal sends it.
        if schema.to_string().contains("readOnly") {
            let library = library(&schema);
            let sampler = Sampler::new(Direction::Request, MARK, &|_, _| true);
            assert_eq!(sampler.valid(library.root()), Some(wanted));
            continue;
        }
        assert_eq!(made(&schema), Some(wanted), "{schema}");
    }
}

#[test]
fn branches_that_differ_in_what_may_be_left_out_are_told_apart() {
    let branch = |kind: &str| json!({ "type": "object", "properties": { "kind": { "enum": [kind] }, "note": {} } });
    let made = made(&json!({ "oneOf": [branch("cat"), branch("dog")] }));
    assert_eq!(made.unwrap()["kind"], "cat");
}

#[test]
fn what_cannot_be_made_is_given_up() {
    let cases = [
        json!(false),
        json!({ "type": "integer", "minimum": 3, "maximum": 2 }),
        json!({ "type": "string", "minLength": 999_999_999 }),
        json!({ "type": "array", "minItems": 99_999_999 }),
        json!({ "$ref": "#/$defs/a", "$defs": { "a": { "type": "object", "required": ["n"], "properties": { "n": { "$ref": "#/$defs/a" } } } } }),
        json!({ "$ref": "#" }),
        json!({ "$ref": "https://x.example/schema.json" }),
        json!({ "type": "string", "pattern": "^(?=x)(?=y)$" }),
        json!({ "allOf": [{ "type": "string" }, { "type": "integer" }] }),
    ];
    for schema in cases {
        let made = made(&schema);
        // A reference to itself says nothing, so that anything fits.
        assert!(
            made.is_none() || schema == json!({ "$ref": "#" }),
            "{schema}: {made:?}"
        );
    }
}

#[test]
fn schemas_that_branch_without_end_are_given_up_in_time() {
    let mut schema =
        json!({ "type": "object", "required": ["a", "b"], "properties": { "a": {}, "b": {} } });
    for key in ["a", "b"] {
        schema["properties"][key] =
            json!({ "oneOf": [{ "$ref": "#" }, { "$ref": "#" }, { "$ref": "#" }] });
    }
    let library = library(&schema);
    let asked = Cell::new(0_u32);
    let count = |_: At<'_>, _: &Json| {
        asked.set(asked.get() + 1);
        false
    };
    assert_eq!(
        Sampler::new(Direction::Request, MARK, &count).valid(library.root()),
        None
    );
    assert!(asked.get() < 100_000);
}

#[test]
fn marks_come_before_examples_where_they_are_wanted() {
    let schema = json!({
        "type": "object", "required": ["title", "kind", "email"],
        "properties": {
            "title": { "type": "string", "example": "Kick-off" },
            "kind": { "enum": ["a"] },
            "email": { "type": "string", "format": "email" },
        },
    });
    let library = library(&schema);
    let fits = fits(&schema);
    let sampler = Sampler::new(Direction::Request, MARK, &fits);
    assert_eq!(sampler.valid(library.root()).unwrap()["title"], "Kick-off");
    let value = sampler.marking().valid(library.root()).unwrap();
    assert_eq!(value["title"], MARK);
    assert_eq!(value["kind"], "a");
}

#[test]
fn a_discriminator_is_named_after_the_branch() {
    let schema = json!({
        "oneOf": [{ "$ref": "#/$defs/Cat" }],
        "discriminator": { "propertyName": "kind", "mapping": { "cat": "#/$defs/Cat" } },
        "$defs": { "Cat": { "type": "object", "required": ["kind"], "properties": { "kind": { "type": "string" } } } },
    });
    assert_eq!(made(&schema), Some(json!({ "kind": "cat" })));
}

fn label(wrong: &Wrong) -> String {
    let name = wrong.path.strip_prefix("$.").unwrap_or("the body");
    format!("{name} {}", wrong.text)
}

fn labels(schema: &Json) -> Vec<String> {
    let library = library(schema);
    let fits = fits(schema);
    let sampler = Sampler::new(Direction::Request, MARK, &fits).marking();
    let valid = sampler.valid(library.root()).unwrap();
    let wrong = sampler.wrong(library.root(), &valid);
    wrong.iter().map(label).collect()
}

#[test]
fn each_field_is_made_wrong_in_every_way_that_its_schema_tells() {
    let schema = json!({
        "type": "object",
        "required": ["title"],
        "additionalProperties": false,
        "properties": {
            "amount": { "type": "integer", "minimum": 0, "maximum": 100 },
            "title": { "type": "string", "minLength": 1, "maxLength": 40 },
            "kind": { "enum": ["a", "b"] },
            "due": { "type": ["string", "null"], "format": "date" },
            "id": { "type": "string", "readOnly": true },
            "tags": { "type": "array", "maxItems": 2, "items": { "type": "string" } },
            "note": {},
        },
    });
    assert_eq!(
        labels(&schema),
        [
            "the body is an empty object",
            "the body is a list instead of an object",
            "title is missing",
            "title is a list instead of text",
            "title is longer than 40 characters",
            "title is empty",
            "title is null",
            "amount is text instead of a whole number",
            "amount is a fraction instead of a whole number",
            "amount is above its maximum of 100",
            "amount is below its minimum of 0",
            "kind is not one of the listed values",
            "due is a list instead of text",
            "due is no date",
            "tags is text instead of a list",
            "tags has more than 2 elements",
            "tidegate_extra is a field that the schema does not have",
        ]
    );
}

#[test]
fn fields_of_maps_and_lists_inside_are_made_wrong_too() {
    let schema = json!({
        "type": "object",
        "required": ["lines"],
        "properties": {
            "lines": { "type": "array", "minItems": 1, "items": {
                "type": "object", "required": ["amount"],
                "properties": { "amount": { "type": "number" } },
            } },
        },
    });
    let labels = labels(&schema);
    assert!(
        labels.contains(&"lines[0].amount is text instead of a number".to_owned()),
        "{labels:?}"
    );
    assert!(
        labels.contains(&"lines[0].amount is missing".to_owned()),
        "{labels:?}"
    );
    assert!(
        labels.contains(&"lines[0] is text instead of an object".to_owned()),
        "{labels:?}"
    );
}

#[test]
fn a_change_carries_the_mark_of_its_own_request() {
    let schema = json!({ "type": "object", "required": ["a", "b"], "properties": { "a": { "type": "string", "maxLength": 30 }, "b": { "type": "integer" } } });
    let library = library(&schema);
    let fits = fits(&schema);
    let sampler = Sampler::new(Direction::Request, MARK, &fits);
    let valid = sampler.valid(library.root()).unwrap();
    let other = "tidegate-00c0ffee-02";
    for wrong in sampler.wrong(library.root(), &valid) {
        let again = Sampler::new(Direction::Request, other, &fits)
            .valid(library.root())
            .unwrap();
        let value = wrong.apply(&again, other).unwrap().to_string();
        assert!(!value.contains(MARK), "{value}");
    }
}

mod any {
    use proptest::prelude::*;

    use super::*;

    /// A schema that some value fits.
    fn schema() -> impl Strategy<Value = Json> {
        let text = (0_u8..30, 0_u8..30, 0_usize..7).prop_map(|(least, more, form)| {
            let least = u16::from(least);
            match form {
                0 => json!({ "type": "string", "format": "email" }),
                1 => json!({ "type": "string", "format": "date-time" }),
                2 => json!({ "type": "string", "format": "uuid" }),
                3 => json!({ "type": "string", "pattern": "^[a-z]{2,5}-[0-9]+$" }),
                4 => json!({ "type": "string" }),
                _ => json!({ "type": "string", "minLength": least, "maxLength": least + u16::from(more) }),
            }
        });
        let number = (-50_i32..50, 7_i32..60, 1_i32..7, any::<bool>()).prop_map(|(least, width, step, whole)| {
            let kind = if whole { "integer" } else { "number" };
            json!({ "type": kind, "minimum": least, "maximum": least + width, "multipleOf": step })
        });
        let leaf = prop_oneof![
            text,
            number,
            Just(json!({ "type": "boolean" })),
            Just(json!({ "enum": ["a", 2, null] })),
            Just(json!({})),
        ];
        leaf.prop_recursive(3, 16, 4, |inner| {
            let entries = proptest::collection::btree_map("[a-d]", (inner.clone(), any::<bool>()), 0..4);
            let map = (entries, any::<bool>()).prop_map(|(entries, open)| {
                let required: Vec<&String> = entries.iter().filter(|(_, (_, must))| *must).map(|(key, _)| key).collect();
                let properties: serde_json::Map<_, _> = entries.iter().map(|(key, (schema, _))| (key.clone(), schema.clone())).collect();
                json!({ "type": "object", "required": required, "properties": properties, "additionalProperties": open })
            });
            let list = (inner.clone(), 0_u8..3, 0_u8..3).prop_map(|(items, least, more)| {
                json!({ "type": "array", "items": items, "minItems": least, "maxItems": least + more })
            });
            let either = (inner.clone(), inner).prop_map(|(one, other)| json!({ "anyOf": [one, other] }));
            prop_oneof![map, list, either]
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]

        #[test]
        fn a_valid_value_is_found_and_every_wrong_one_is_wrong(schema in schema()) {
            let library = library(&schema);
            let fits = fits(&schema);
            let sampler = Sampler::new(Direction::Request, MARK, &fits);
            let valid = sampler.valid(library.root());
            prop_assert!(valid.is_some(), "nothing fits {schema}");
            let valid = valid.unwrap();
            let judge = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
            prop_assert!(judge.is_valid(&valid), "{valid} does not fit {schema}");
            let again = Sampler::new(Direction::Request, MARK, &fits);
            prop_assert_eq!(again.valid(library.root()).unwrap(), valid.clone());
            for wrong in sampler.wrong(library.root(), &valid) {
                let value = wrong.apply(&valid, MARK).unwrap();
                prop_assert!(!judge.is_valid(&value), "{}: {value} fits {schema}", label(&wrong));
            }
        }

        #[test]
        fn no_document_makes_the_sampler_panic(text in "[\\[\\]{}:, a\"$refoneOfallOf#/type0-9\n]{0,80}") {
            let fetch = |_: &str| Err("there is no such file".to_owned());
            if let Ok(library) = Library::new("any.yaml", text.into_bytes(), &fetch) {
                let sampler = Sampler::new(Direction::Request, MARK, &|_, _| true);
                let made = sampler.valid(library.root());
                sampler.wrong(library.root(), &made.unwrap_or_default());
            }
        }
    }
}
