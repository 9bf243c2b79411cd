//! The JSON Schema (draft-07) of `headers:`.

use serde_json::{Value, json};

use super::item::Item;

/// The schema of the whole value.
pub(super) fn headers() -> Value {
    json!({
        "type": ["object", "null"],
        "description": "Grades the headers with which pages protect whoever looks at them.",
        "additionalProperties": false,
        "properties": {
            "pages": {
                "type": "array",
                "description": "Paths of pages and of answers of the interface; `/` and one GET of the gate's `openapi:` document when absent.",
                "minItems": 1,
                "maxItems": 50,
                "items": { "type": "string", "pattern": "^/" },
            },
            "embedded-by": {
                "type": "array",
                "description": "The origins whose pages show the portal inside their own: these must be able to, and nobody else. `[]` for nobody.",
                "items": { "type": "string", "pattern": "^https?://[^/]+$" },
            },
            "ignore": {
                "type": "array",
                "description": "Headers that are not judged.",
                "items": { "enum": Item::ALL.map(Item::name) },
            },
        },
    })
}
