//! The JSON Schema (draft-07) of `flow:`.

use serde_json::{Map, Value, json};
use tidegate_core::request::schema::{one_method, period, properties};

use crate::expect;

/// The schema of the list of steps.
pub(crate) fn flow() -> Value {
    let mut step = properties();
    step.extend(beside_the_request());
    json!({
        "description": "The steps of a journey, in order.",
        "type": "array",
        "minItems": 1,
        "items": request(step, "A request and what its answer must be."),
    })
}

fn beside_the_request() -> Map<String, Value> {
    let entries = [
        (
            "name",
            json!({ "type": "string", "description": "What reports call the step." }),
        ),
        (
            "as",
            json!({ "type": "string", "description": "The identity of this step; the check's own when absent." }),
        ),
        (
            "session",
            json!({
                "description": "`shared` uses the session of the identity that all checks share; `fresh` one of this flow's own, for steps that log out or switch accounts.",
                "enum": ["fresh", "shared"],
            }),
        ),
        (
            "redirects",
            json!({
                "description": "How many redirects are followed, 10 unless a 3xx is expected; `none` follows none.",
                "anyOf": [{ "const": "none" }, { "type": "integer", "minimum": 0, "maximum": 50 }],
            }),
        ),
        ("expect", expect::schema::expectation()),
        ("capture", expect::schema::captures()),
        ("cleanup", cleanup()),
        (
            "retry",
            json!({
                "type": "object",
                "description": "Repeats the step until its expectations are met.",
                "additionalProperties": false,
                "properties": {
                    "every": period("The pause between two requests; 500ms when absent."),
                    "within": period("How long it goes on; 10s when absent, 10m at most."),
                },
            }),
        ),
        (
            "continue",
            json!({ "type": "boolean", "description": "Whether the flow goes on when this step fails." }),
        ),
    ];
    entries
        .into_iter()
        .map(|(key, schema)| (key.to_owned(), schema))
        .collect()
}

/// The schema of `cleanup:`.
pub(crate) fn cleanup() -> Value {
    let mut find = properties();
    find.insert(
        "capture".into(),
        json!({
            "type": "object",
            "description": "One name and the JSONPath of the values to remove by it.",
            "minProperties": 1,
            "maxProperties": 1,
            "additionalProperties": { "type": "string", "pattern": "^\\$" },
        }),
    );
    let mut find = request(find, "Finds what was created although the answer was lost.");
    find["required"] = json!(["capture"]);
    let mut removal = properties();
    removal.insert("find".into(), find);
    request(
        removal,
        "The request that removes what this step creates; always sent.",
    )
}

fn request(properties: Map<String, Value>, description: &str) -> Value {
    json!({
        "type": "object",
        "description": description,
        "additionalProperties": false,
        "properties": properties,
        "oneOf": one_method(),
    })
}
