//! The JSON Schema (draft-07) of `lists:`.

use serde_json::{Map, Value as Json, json};
use tidegate_core::request::schema::{one_method, properties};

use crate::expect::schema::expectation;

/// The schema of the whole value.
pub(super) fn lists() -> Json {
    json!({
        "type": "object",
        "description": "Looks at lists and objects: whether limits hold, how large answers are, and what is in them that no client may see.",
        "additionalProperties": false,
        "properties": {
            "routes": looks("The lists, each a path or a request; those of the gate's `openapi:` document when neither these nor `objects` are named.", true),
            "objects": looks("Single things whose fields are looked at, each a path or a request.", false),
            "exclude": {
                "type": "array",
                "description": "Operations of the document that are left alone.",
                "items": { "type": "string", "pattern": "^GET /" },
            },
            "max-bytes": size(),
            "max-items": items(),
            "sensitive": names("More names of fields that no client may see."),
            "allow": names("Fields that are shown on purpose, each by its name, its dotted path or its JSONPath."),
            "refused": expectation(),
            "most": {
                "type": "integer",
                "description": "The most requests of one run, 200 when absent.",
                "minimum": 1,
                "maximum": 2000,
            },
        },
    })
}

fn looks(description: &str, is_list: bool) -> Json {
    json!({
        "type": "array",
        "description": description,
        "minItems": 1,
        "items": { "anyOf": [{ "type": "string" }, look(is_list)] },
    })
}

fn look(is_list: bool) -> Json {
    let mut all: Map<String, Json> = properties();
    let mut add = |key: &str, schema: Json| all.insert(key.to_owned(), schema);
    if is_list {
        add(
            "limit",
            json!({ "type": "string", "description": "The query parameter that sets the size of a page; the document's, or a usual one, when absent." }),
        );
        add(
            "items",
            json!({ "type": "string", "pattern": "^\\$", "description": "The JSONPath of the items; found by itself when absent." }),
        );
        add("max-items", items());
    }
    add("max-bytes", size());
    add(
        "fields",
        names(
            "The only fields that an item may have, such as `title` or `owner.name`; what is inside a listed one is listed.",
        ),
    );
    add(
        "sensitive",
        names("More names of fields that no client may see."),
    );
    add("allow", names("Fields that are shown on purpose."));
    json!({
        "type": "object",
        "description": "A request and what its answer may have.",
        "additionalProperties": false,
        "properties": all,
        "oneOf": one_method(),
    })
}

fn size() -> Json {
    json!({
        "type": ["string", "integer"],
        "description": "The most bytes of an answer, as in `500kB` or `2MB`; 1MB when absent, and only a warning then.",
    })
}

fn items() -> Json {
    json!({
        "type": "integer",
        "minimum": 1,
        "description": "The most items of a page; 1000 when absent, or the largest limit that the document allows.",
    })
}

fn names(description: &str) -> Json {
    json!({ "type": "array", "description": description, "items": { "type": "string" } })
}
