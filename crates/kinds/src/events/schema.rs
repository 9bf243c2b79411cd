//! The JSON Schema (draft-07) of `events:`.

use serde_json::{Value as Json, json};
use tidegate_core::request::schema::period;

use super::{incoming, signature};
use crate::expect::schema::expectation;
use crate::flow::schema::flow;

/// The schema of the whole value.
pub(super) fn events() -> Json {
    json!({
        "description": "Events that the portal sends and that others send to it.",
        "type": "object",
        "additionalProperties": false,
        "minProperties": 1,
        "properties": {
            "outgoing": outgoing(),
            "incoming": incoming::schema(),
        },
    })
}

fn outgoing() -> Json {
    let mut trigger = flow();
    trigger["description"] = Json::from("The steps that make the portal send, as those of a flow.");
    json!({
        "description": "Events that the portal sends to a server on this machine while the check runs.",
        "type": "object",
        "additionalProperties": false,
        "required": ["sink", "trigger", "expect"],
        "properties": {
            "sink": sink(),
            "trigger": trigger,
            "within": period("How long events are waited for after the last step; 10s when absent, 5m at most."),
            "expect": {
                "description": "The events that must arrive.",
                "type": "array",
                "minItems": 1,
                "items": expected(),
            },
        },
    })
}

fn sink() -> Json {
    let port = json!({
        "type": "integer",
        "minimum": 1,
        "maximum": 65_535,
        "description": "The port of 127.0.0.1 that the portal is set to send to.",
    });
    json!({
        "anyOf": [
            port,
            {
                "type": "object",
                "additionalProperties": false,
                "required": ["port"],
                "properties": {
                    "port": port,
                    "reply": {
                        "type": "integer",
                        "minimum": 200,
                        "maximum": 599,
                        "description": "The status that every event is answered with; 204 when absent.",
                    },
                },
            },
        ],
    })
}

fn expected() -> Json {
    let text = |description: &str| json!({ "type": "string", "description": description });
    let expectation = expectation();
    let part = |name: &str, description: &str| {
        let mut part = expectation["anyOf"][1]["properties"][name].clone();
        part["description"] = Json::from(description);
        part
    };
    json!({
        "type": "object",
        "additionalProperties": false,
        "properties": {
            "name": text("What reports call the event."),
            "path": text("The path it is sent to; any when absent."),
            "schema": text("A file with the JSON Schema of the event, and behind `#` the part of it."),
            "webhook": text("The name of a webhook of the OpenAPI document, in place of `schema`."),
            "where": part("json", "What tells the event from others: a JSONPath and what is there."),
            "json": part("json", "What else must hold of the event: a JSONPath and what is there."),
            "headers": part("headers", "The header's name and what it must be."),
            "signature": signature::schema("How the portal signs the event."),
        },
    })
}
