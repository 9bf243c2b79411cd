use serde_json::json;
use tidegate_core::ports::Secrets as _;
use tidegate_core::scope::{Scope, Values};

use super::*;
use crate::kind::config::Config;
use crate::testing::{FakeSecrets, Fixed, node};

fn read(schema: &Json, config: &str) -> Result<Config, Vec<String>> {
    let validator = schema::compile(schema).unwrap();
    Config::read(&node(config), &validator, schema).map_err(|faults| super::told(&faults))
}

fn faults(schema: &Json, config: &str) -> Vec<String> {
    read(schema, config).unwrap_err()
}

fn handed_over(schema: &Json, config: &str) -> Json {
    let values = Values::draw(&Fixed, &Fixed, &"totals".into(), 1);
    let scope = Scope::new(values, FakeSecrets::new());
    let config = read(schema, config).unwrap().json(&scope).unwrap();
    assert_eq!(
        FakeSecrets::new().redact(&config),
        config,
        "it holds a secret"
    );
    serde_json::from_str(&config).unwrap()
}

fn rules() -> Json {
    json!({
        "type": "object",
        "additionalProperties": false,
        "required": ["currency"],
        "properties": {
            "currency": { "enum": ["EUR", "USD"] },
            "most": { "type": "integer", "minimum": 1 },
            "strict": { "type": "boolean" },
            "share": { "type": ["number", "null"] },
            "rows": { "type": "array", "maxItems": 2, "items": { "$ref": "#/definitions/Row" } },
            "name": { "type": "string", "pattern": "^[a-z]+$" },
        },
        "definitions": {
            "Row": {
                "type": "object",
                "additionalProperties": false,
                "properties": { "path": { "type": "string" }, "limit": { "type": "number" } },
            },
        },
    })
}

#[test]
fn every_fault_is_told_at_its_own_line() {
    let config = r#"{
"curency": "EUR",
"most": 0,
"strict": "yes",
"rows": [
  { "path": 7 },
  { "pth": "x" }
],
"name": "Anna 1"
}"#;
    assert_eq!(
        faults(&rules(), config),
        [
            "1: `currency` is missing | needs the key `currency`",
            "2: unknown key `curency` | did you mean `currency`?",
            "3: `most` does not fit | expected 1 or more",
            "4: `strict` does not fit: this is text | expected true or false",
            "6: `path` does not fit: this is a number | expected text",
            "7: unknown key `pth` | did you mean `path`?",
            "9: `name` does not fit | expected text that matches ^[a-z]+$",
        ]
    );
    let told = faults(
        &rules(),
        r#"{ "currency": "GBP", "rows": [{}, {}, {}], "share": [] }"#,
    );
    assert_eq!(
        told.iter()
            .map(|one| one.split(" | ").nth(1).unwrap())
            .collect::<Vec<_>>(),
        [
            "expected one of EUR, USD",
            "expected at most 2 entries",
            "expected a number or nothing"
        ]
    );
    assert_eq!(
        faults(&rules(), "[]"),
        ["1: this config does not fit: this is a list | expected a map"]
    );
}

#[test]
fn nothing_is_an_empty_map() {
    assert_eq!(handed_over(&any(), "null"), json!({}));
    assert_eq!(
        faults(&rules(), "null"),
        ["1: `currency` is missing | needs the key `currency`"]
    );
}

#[test]
fn variables_become_what_the_schema_wants() {
    let config = r#"{
        "currency": "substituted:EUR",
        "most": "substituted:12",
        "strict": "substituted:true",
        "share": "substituted:0.5",
        "rows": [{ "limit": "substituted:7" }]
    }"#;
    assert_eq!(
        handed_over(&rules(), config),
        json!({ "currency": "EUR", "most": 12, "strict": true, "share": 0.5, "rows": [{ "limit": 7 }] })
    );
    let wrong = r#"{ "currency": "EUR", "most": "substituted:many" }"#;
    assert_eq!(
        faults(&rules(), wrong),
        ["1: `most` does not fit: this is text | expected a whole number"]
    );
    // Text that is written as such stays text.
    assert_eq!(
        faults(&rules(), r#"{ "currency": "EUR", "most": "12" }"#).len(),
        1
    );
    let either =
        json!({ "anyOf": [{ "properties": { "a": { "type": "integer" } }, "required": ["a"] }] });
    assert_eq!(
        handed_over(&either, r#"{ "a": "substituted:3" }"#),
        json!({ "a": 3 })
    );
}

#[test]
fn secrets_stay_references_and_built_in_values_are_filled_in() {
    let config = r#"{ "key": "Bearer ${KEY}", "mark": "${unique}", "now": "at ${now}", "literal": "$${KEY}" }"#;
    let handed = handed_over(&any(), config);
    assert_eq!(handed["key"], "Bearer ${KEY}");
    assert_eq!(handed["mark"], "tidegate-00c0ffee-000000c0ffee");
    assert_eq!(handed["now"], "at 1970-01-01T00:00:00Z");
    assert_eq!(handed["literal"], "${KEY}");
    let named = read(&any(), config).unwrap().secrets();
    assert_eq!(named.len(), 1);
    assert_eq!(named[0].0, "KEY");
}

#[test]
fn references_that_lead_nowhere_are_told() {
    let told = faults(&any(), "{\n\"a\": \"${uniq}\",\n\"b\": \"${KEY\"\n}");
    assert!(told[0].starts_with("2: unknown value `uniq`"), "{told:?}");
    assert!(
        told[1].starts_with("3: `${KEY` is not a reference"),
        "{told:?}"
    );
}

#[test]
fn a_reference_is_text_of_any_shape_and_nothing_else() {
    let fits = r#"{ "currency": "EUR", "name": "${KEY}" }"#;
    assert_eq!(handed_over(&rules(), fits)["name"], "${KEY}");
    let told = faults(&rules(), r#"{ "currency": "EUR", "most": "${KEY}" }"#);
    assert_eq!(
        told,
        ["1: `most` does not fit: this is text | expected a whole number"]
    );
}

#[test]
fn a_pointer_leads_to_its_line_or_to_the_nearest() {
    let config = "{\n\"a/b\": [\n1,\n{ \"~c\": 2 }\n] }";
    let config = read(&any(), config).unwrap();
    let line = |pointer: &str| config.place(pointer).line();
    assert_eq!(line("/a~1b/0"), 3);
    assert_eq!(line("/a~1b/1/~0c"), 4);
    assert_eq!(line("/a~1b/0/deeper"), 3);
    for nowhere in ["", "nonsense", "/none", "/a~1b/99999999999999999999"] {
        assert!(line(nowhere) <= 2, "{nowhere}");
    }
}

#[test]
fn a_config_of_many_levels_is_refused() {
    let deep = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
    let schema = json!({});
    assert!(read(&schema, &deep(60)).is_ok());
    assert!(faults(&schema, &deep(70))[0].contains("nested too deeply"));
}
