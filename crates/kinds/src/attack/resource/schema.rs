//! The JSON Schema (draft-07) of a resource.

use serde_json::{Value, json};
use tidegate_core::request::schema::{one_method, properties};

/// The properties of a resource: `create`, `read`, `update`, `absent-from`, `nested`.
pub(crate) fn resource() -> [(&'static str, Value); 5] {
    [
        ("create", create()),
        ("read", short("How one is read, with `${id}`.")),
        (
            "update",
            many("How one is changed, with `${id}`: a path for PUT, or a request with its body."),
        ),
        (
            "absent-from",
            many("Lists, searches and exports, with `${canary}` where one is searched by text."),
        ),
        (
            "nested",
            many("What lies below one, with `${id}`: a path for GET, or a request."),
        ),
    ]
}

fn create() -> Value {
    let mut all = properties();
    all.insert(
        "id".to_owned(),
        json!({
            "description": "Where the answer has the id: a JSONPath, or a source as in a flow's `capture`; the usual names and `Location` when absent.",
            "anyOf": [{ "type": "string", "pattern": "^\\$" }, { "type": "object" }],
        }),
    );
    all.insert(
        "delete".to_owned(),
        short("How it is removed, with `${id}`."),
    );
    json!({
        "type": "object",
        "description": "The valid request that creates one, with `${canary}` in a text of it.",
        "additionalProperties": false,
        "properties": all,
        "oneOf": [{ "required": ["post"] }, { "required": ["put"] }],
    })
}

fn many(description: &str) -> Value {
    json!({ "type": "array", "description": description, "items": short("A request.") })
}

/// A path, or a request with its keys.
pub(crate) fn short(description: &str) -> Value {
    json!({
        "description": description,
        "anyOf": [
            { "type": "string" },
            {
                "type": "object",
                "additionalProperties": false,
                "properties": properties(),
                "oneOf": one_method(),
            },
        ],
    })
}
