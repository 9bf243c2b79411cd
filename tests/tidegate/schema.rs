//! The schema that editors use against the loader: what one refuses the other must not let through.

use std::sync::LazyLock;

use serde_json::{Value, json};

use crate::support::Project;

/// A gate with this as its only check; JSON is YAML, too.
fn gate(check: &Value) -> Value {
    json!({
        "version": 1,
        "name": "test",
        "environments": { "local": { "kind": "local", "url": "http://127.0.0.1:9" } },
        "checks": { "a": check },
    })
}

fn expecting(expectation: &Value) -> Value {
    gate(&json!({ "flow": [{ "get": "/", "expect": expectation }] }))
}

fn at_a(predicates: &Value) -> Value {
    expecting(&json!({ "json": { "$.a": predicates } }))
}

/// What the program prints for editors, made ready once: it is the same for every gate file.
static SCHEMA: LazyLock<jsonschema::Validator> = LazyLock::new(|| {
    let printed = Project::new("{}").tidegate(&["schema"]);
    let schema: Value = serde_json::from_str(&printed.stdout).expect("JSON");
    jsonschema::validator_for(&schema).expect("a schema")
});

/// Whether the loader and the schema accept a gate.
fn verdicts(gate: &Value) -> (bool, bool) {
    let project = Project::new(&gate.to_string());
    let loaded = project.tidegate(&["plan"]).code == Some(0);
    (loaded, SCHEMA.is_valid(gate))
}

#[test]
fn loader_and_schema_refuse_the_same() {
    let step = |step: Value| gate(&json!({ "flow": [step] }));
    let bad = [
        gate(&json!({})),
        gate(&json!({ "as": "anna" })),
        gate(&json!({ "flow": [] })),
        gate(&json!({ "flow": null })),
        gate(&json!({ "flow": [{ "get": "/" }], "command": { "run": "x" } })),
        gate(&json!({ "flow": [{ "get": "/" }], "severity": "urgent" })),
        gate(&json!({ "flow": [{ "get": "/" }], "timeout": 5 })),
        gate(&json!({ "flow": [{ "get": "/" }], "retries": -1 })),
        gate(&json!({ "flow": [{ "get": "/" }], "when": { "branch": "main" } })),
        gate(&json!({ "command": { "run": "x" }, "retries": 2 })),
        gate(&json!({ "command": { "run": "" } })),
        gate(&json!({ "command": { "run": "x", "junit": "a", "tap": "b" } })),
        gate(&json!({ "command": { "run": "x", "success": [] } })),
        step(json!({ "expect": 200 })),
        step(json!({ "get": "/", "post": "/" })),
        step(json!({ "post": "/", "body": { "a": 1 } })),
        step(json!({ "post": "/", "multipart": { "f": { "file": "x", "text": "y" } } })),
        step(json!({ "get": "/", "redirects": "many" })),
        step(json!({ "get": "/", "retry": { "times": 3 } })),
        step(json!({ "get": "/", "capture": { "unique": "$.a" } })),
        step(json!({ "post": "/", "cleanup": { "remove": "/x" } })),
        expecting(&json!(999)),
        expecting(&json!({ "time": "3s" })),
        expecting(&json!({ "size": "big" })),
        expecting(&json!({ "redirects": -1 })),
        expecting(&json!({ "cookies": { "s": { "same-site": "laxx" } } })),
        expecting(&json!({ "cookies": { "s": { "http-only": "maybe" } } })),
        at_a(&json!({})),
        at_a(&json!({ "lenght": 1 })),
        at_a(&json!({ "length": -1 })),
        at_a(&json!({ "length": "long" })),
        at_a(&json!({ "length": "3" })),
        at_a(&json!({ "type": "int" })),
        at_a(&json!({ "gt": [1] })),
        at_a(&json!({ "one-of": "x" })),
        at_a(&json!({ "exists": "maybe" })),
    ];
    for gate in &bad {
        assert_eq!(verdicts(gate), (false, false), "(loader, schema) of {gate}");
    }
}

#[test]
fn loader_and_schema_accept_the_same() {
    let good = [
        expecting(&json!({})),
        expecting(&json!("2xx")),
        expecting(&json!({ "size": { "gte": 1 }, "redirects": 0, "time": { "lt": "1500ms" } })),
        expecting(&json!({ "size": 26, "status": [200, "3xx"] })),
        expecting(
            &json!({ "cookies": { "s": { "same-site": "Lax", "secure": true, "path": "/" }, "t": "1" } }),
        ),
        expecting(&json!({ "cookies": { "s": { "same-site": { "one-of": ["lax", "strict"] } } } })),
        at_a(&json!({ "length": 3 })),
        at_a(&json!({ "count": { "gte": 1, "lt": 9 } })),
        at_a(&json!({ "length": "${unique}" })),
        at_a(&json!({ "gt": "a", "not": { "is-empty": true } })),
        gate(&json!({ "covers": "src/**", "flow": [{ "get": "/", "timeout": "1s" }] })),
        gate(&json!({ "command": { "run": "x", "tap": "-", "success": [0, 3] } })),
    ];
    for gate in &good {
        assert_eq!(verdicts(gate), (true, true), "(loader, schema) of {gate}");
    }
}
