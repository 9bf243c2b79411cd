//! The JSON Schema (draft-07) of `race:`.

use serde_json::{Map, Value, json};

use super::certainty::MOST_ROUNDS;
use crate::attack::calls_schema::request;
use crate::flow::schema::flow;

/// The schema of the whole value.
pub(super) fn race() -> Value {
    let share = |description: &str| json!({ "type": "string", "pattern": "^[0-9]+(\\.[0-9]+)?\\s*%$", "description": description });
    let mut before = flow();
    before["description"] = Value::from(
        "Steps that each round begins with, with values of their own: they make what the requests compete for.",
    );
    let modes = [
        "duplicate",
        "idempotent",
        "double-submit",
        "lost-update",
        "limit",
    ];
    let one_mode = modes.map(|mode| json!({ "required": [mode] }));
    json!({
        "type": "object",
        "description": "Sends the same request many times at one moment, reads back what came of it, and removes it.",
        "additionalProperties": false,
        "required": ["send"],
        "oneOf": one_mode,
        "properties": {
            "before": before,
            "send": request("The request that is sent many times at once; `${unique}` is another text in each round.", &[]),
            "times": {
                "type": "integer",
                "minimum": 2,
                "maximum": 50,
                "description": "How many are sent at once; 12 when absent.",
            },
            "duplicate": created("At most one record by its natural key.", &[]),
            "idempotent": created("Exactly one record by its idempotency key.", &[
                ("key", text("The header of the key; `idempotency-key` when absent.")),
            ]),
            "double-submit": created("Two requests, as of a double click, and exactly one record.", &[]),
            "lost-update": lost_update(),
            "limit": limit(),
            "cleanup": request("The request that removes what was created, with `${id}`.", &[]),
            "rounds": {
                "type": "integer",
                "minimum": 1,
                "maximum": MOST_ROUNDS,
                "description": "How many rounds there are; by `certainty` when absent.",
            },
            "certainty": share("With which certainty a fault is to be caught; 99% when absent."),
            "chance": share("The chance that one round catches it; 30% when absent."),
        },
    })
}

fn text(description: &str) -> Value {
    json!({ "type": "string", "description": description })
}

fn path(description: &str) -> Value {
    json!({ "type": "string", "pattern": "^\\$", "description": description })
}

fn read() -> Value {
    json!({
        "description": "Where it is read what came of it: a path, or a request.",
        "anyOf": [text("A path."), request("A request.", &[])],
    })
}

fn created(description: &str, more: &[(&str, Value)]) -> Value {
    let mut properties = Map::from_iter([
        ("read".to_owned(), read()),
        (
            "records".to_owned(),
            path(
                "The JSONPath of the entries in what is read; those that hold the mark count. When absent it counts how often the mark stands in the text.",
            ),
        ),
        (
            "id".to_owned(),
            path("The JSONPath of the id inside an entry; `$.id` when absent."),
        ),
        (
            "answer".to_owned(),
            path(
                "The JSONPath of the id in an answer to the request, when it names one: all answers must name the same.",
            ),
        ),
    ]);
    let more = more.iter();
    properties.extend(more.map(|(key, schema)| ((*key).to_owned(), schema.clone())));
    json!({
        "type": "object",
        "description": description,
        "additionalProperties": false,
        "required": ["read"],
        "properties": properties,
    })
}

fn lost_update() -> Value {
    json!({
        "type": "object",
        "description": "Every change that was answered with a success counts.",
        "additionalProperties": false,
        "required": ["read", "number"],
        "properties": {
            "read": read(),
            "number": path("The JSONPath of the number that changes."),
            "step": { "type": "number", "description": "How much one request adds, below 0 when it takes away; 1 when absent." },
        },
    })
}

fn limit() -> Value {
    json!({
        "type": "object",
        "description": "No more than so many requests are served.",
        "additionalProperties": false,
        "required": ["most", "read"],
        "properties": {
            "most": { "type": "integer", "minimum": 1, "maximum": 49, "description": "How many may be served." },
            "read": read(),
            "number": path("The JSONPath of a number that changes with each request that is served."),
            "records": path("The JSONPath of the entries that they create."),
            "id": path("The JSONPath of the id inside an entry; `$.id` when absent."),
        },
    })
}
