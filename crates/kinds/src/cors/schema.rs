//! The JSON Schema (draft-07) of `cors:`.

use serde_json::{Value, json};

use super::config::LIMIT;

/// The schema of the whole value.
pub(super) fn cors() -> Value {
    let path = json!({ "type": "string", "pattern": "^/" });
    json!({
        "type": ["object", "null"],
        "description": "Which web sites may read the portal's answers through a visitor's browser.",
        "additionalProperties": false,
        "properties": {
            "allowed": {
                "type": "array",
                "description": "The origins whose pages call the portal, as in `https://app.acme.example`; `https://*.acme.example` means every host below. Nobody else when absent.",
                "items": { "type": "string", "pattern": "^https?://[^/]+$" },
            },
            "routes": {
                "type": "array",
                "description": "What these pages call; some operations of the gate's `openapi:` document, else the start page, when absent.",
                "minItems": 1,
                "items": {
                    "anyOf": [
                        { "type": "string", "pattern": "^((GET|HEAD|POST|PUT|PATCH|DELETE) )?/" },
                        {
                            "type": "object",
                            "additionalProperties": false,
                            "properties": {
                                "get": path,
                                "head": path,
                                "post": path,
                                "put": path,
                                "patch": path,
                                "delete": path,
                                "headers": {
                                    "type": "array",
                                    "description": "The headers that the page sets itself; `content-type` for a body and `authorization` for an identity with a token when absent.",
                                    "items": { "type": "string", "pattern": "^[A-Za-z0-9!#$%&'*+.^_|~-]+$" },
                                },
                            },
                        },
                    ],
                },
            },
            "credentials": {
                "type": "boolean",
                "description": "Whether these pages send cookies along; known from how the identity logs in when absent.",
            },
            "most": {
                "type": "integer",
                "description": "The most requests of one run, 150 when absent.",
                "minimum": 4,
                "maximum": LIMIT,
            },
        },
    })
}
