//! The JSON Schema (draft-07) of `rejects:`.

use serde_json::{Map, Value, json};
use tidegate_core::request::schema::{one_method, properties};

use super::negative::SORTS;
use crate::expect;
use crate::flow;

/// The schema of the whole value.
pub(super) fn rejects() -> Value {
    let names = |description: &str| {
        json!({
            "type": "array",
            "description": description,
            "items": { "type": "string", "pattern": "^(POST|PUT|PATCH) /" },
        })
    };
    json!({
        "type": "object",
        "description": "Sends wrong input to write operations and looks whether it is refused.",
        "additionalProperties": false,
        "properties": {
            "operations": {
                "type": "array",
                "description": "The operations, each with a valid request; those of the gate's `openapi:` document when absent.",
                "minItems": 1,
                "items": operation(),
            },
            "include": names("Operations of the document that are tried although their names speak of payments, mail, accounts or the like."),
            "exclude": names("Operations of the document that are left alone."),
            "lenient": lenient("What every operation accepts on purpose."),
            "most": {
                "type": "integer",
                "description": "The most requests of one run, 200 when absent.",
                "minimum": 4,
                "maximum": 2000,
            },
        },
    })
}

fn operation() -> Value {
    let mut all = properties();
    let own = [
        ("capture", expect::schema::captures()),
        ("cleanup", flow::schema::cleanup()),
        (
            "schema",
            json!({ "type": "string", "description": "The file with the JSON Schema of the body; the document's own when absent, else the types of the valid body." }),
        ),
        (
            "read",
            look(
                "Where stored things show up: a list or a search, with `${unique}` where it is searched by text.",
            ),
        ),
        ("count", count()),
        (
            "pages",
            json!({ "type": "array", "description": "Pages that show what is stored; markup in it must not come out as markup.", "items": look("A page.") }),
        ),
        (
            "lenient",
            lenient("What this operation accepts on purpose."),
        ),
    ];
    all.extend(own.map(|(key, schema)| (key.to_owned(), schema)));
    request(
        all,
        "A write and its valid body, with `${unique}` in a text of it.",
    )
}

fn count() -> Value {
    let mut all = properties();
    all.insert(
        "total".to_owned(),
        json!({ "type": "string", "description": "The JSONPath of the number of things, or of the things themselves.", "pattern": "^\\$" }),
    );
    let mut schema = request(all, "Where it is told how many things there are.");
    schema["required"] = json!(["total"]);
    schema
}

fn look(description: &str) -> Value {
    json!({
        "description": description,
        "anyOf": [{ "type": "string" }, request(properties(), "A GET.")],
    })
}

fn lenient(description: &str) -> Value {
    json!({ "type": "array", "description": description, "items": { "enum": SORTS } })
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
