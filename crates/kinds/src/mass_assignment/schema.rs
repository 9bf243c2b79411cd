//! The JSON Schema (draft-07) of `mass-assignment:`.

use serde_json::{Map, Value as Json, json};
use tidegate_core::request::schema::{one_method, properties};

use crate::attack::resource::schema::{resource, short};
use crate::expect::schema::expectation;

/// The schema of the whole value.
pub(super) fn mass_assignment() -> Json {
    let names = |description: &str| json!({ "type": "array", "description": description, "items": { "type": "string" } });
    let operations = |description: &str| {
        json!({
            "type": "array",
            "description": description,
            "items": { "type": "string", "pattern": "^(POST|PUT|PATCH) /" },
        })
    };
    let keys = || {
        resource()
            .into_iter()
            .map(|(key, schema)| (key.to_owned(), schema))
    };
    let mut all: Map<String, Json> = keys().collect();
    let one = json!({
        "type": "object",
        "description": "A thing: how it is created, read and changed.",
        "additionalProperties": false,
        "properties": keys().collect::<Map<String, Json>>(),
        "required": ["create", "read"],
    });
    let own = [
        (
            "resources",
            json!({ "type": "object", "description": "Several things, by name.", "additionalProperties": one }),
        ),
        (
            "updates",
            json!({ "type": "array", "description": "Things that are there and are changed, such as the own profile.", "items": update() }),
        ),
        (
            "fields",
            json!({ "type": "object", "description": "More fields that a client must not set, each with a value to try." }),
        ),
        (
            "protected",
            names("Fields that are tried although the valid body or the document has them."),
        ),
        (
            "include",
            operations(
                "Operations of the document that are tried although their names speak of accounts, mail or payments.",
            ),
        ),
        (
            "skip",
            operations("Operations of the document that are left alone."),
        ),
        ("refused", expectation()),
        (
            "most",
            json!({ "type": "integer", "description": "The most requests of one run, 200 when absent.", "minimum": 4, "maximum": 2000 }),
        ),
    ];
    all.extend(own.map(|(key, schema)| (key.to_owned(), schema)));
    json!({
        "type": "object",
        "description": "Adds fields that clients must not set to valid requests, and looks whether they are stored.",
        "additionalProperties": false,
        "properties": all,
    })
}

fn update() -> Json {
    let mut all = properties();
    let own = [
        ("read", short("How it is read.")),
        (
            "restore",
            short("How it is put back; the values from before are sent when absent."),
        ),
    ];
    all.extend(own.map(|(key, schema)| (key.to_owned(), schema)));
    json!({
        "type": "object",
        "description": "A valid change with its `json`, and how what it changes is read.",
        "additionalProperties": false,
        "properties": all,
        "required": ["read"],
        "oneOf": one_method(),
    })
}
