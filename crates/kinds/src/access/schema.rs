//! The JSON Schema (draft-07) of `access:`.

use serde_json::{Map, Value, json};
use tidegate_core::request::REQUEST_KEYS;
use tidegate_core::request::schema::properties;

use super::config::LIMIT;
use crate::attack::resource::schema::{resource, short};
use crate::expect;

const ROUTE: &str = "^(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|\\*) /";

/// The schema of the whole value.
pub(super) fn access() -> Value {
    json!({
        "type": "object",
        "description": "Tries every route as everybody who may not use it.",
        "additionalProperties": false,
        "properties": {
            "public": routes("Routes that everybody may use; all others need a login. `*` stands for a method or for a part of a path."),
            "routes": {
                "type": "object",
                "description": "Who may use which route; everybody else is refused. Without `public` and `routes` the gate's `openapi:` document says what needs a login.",
                "propertyNames": { "pattern": ROUTE },
                "additionalProperties": entry(),
            },
            "identities": {
                "type": "array",
                "description": "The identities that are judged; every declared one when absent.",
                "items": { "type": "string" },
            },
            "parameters": parameters("Values of path parameters by their names, for every route."),
            "resources": resources(),
            "code": {
                "type": "array",
                "description": "Folders whose code is searched for routes that the matrix must list.",
                "items": { "type": "string", "minLength": 1 },
            },
            "skip": {
                "type": "object",
                "description": "Routes that are not tried, each with the reason.",
                "propertyNames": { "pattern": ROUTE },
                "additionalProperties": { "type": "string", "minLength": 1 },
            },
            "allow-destructive": routes("Routes that are tried although their names speak of an effect, such as `GET /api/export-and-delete`."),
            "refused": refused(),
            "most": {
                "type": "integer",
                "description": "The most requests of one run, 600 when absent.",
                "minimum": 4,
                "maximum": LIMIT,
            },
        },
    })
}

fn routes(description: &str) -> Value {
    json!({
        "type": "array",
        "description": description,
        "items": { "type": "string", "pattern": ROUTE },
    })
}

fn entry() -> Value {
    let allow = allow();
    let mut own: Map<String, Value> = properties();
    own.retain(|key, _| REQUEST_KEYS.contains(&key.as_str()));
    own.insert("allow".to_owned(), allow.clone());
    own.insert(
        "parameters".to_owned(),
        parameters(
            "Values of this route's path parameters; a write may change or remove what they name.",
        ),
    );
    own.insert(
        "read".to_owned(),
        short("Where what is written shows up, read as somebody who may."),
    );
    own.insert(
        "restore".to_owned(),
        short("Puts back what was there before; by itself for a PUT or PATCH whose fields `read` shows."),
    );
    json!({
        "description": "Who may use it: names of identities, `role:NAME`, or `all`; or a map with what is sent.",
        "anyOf": [
            { "type": "string" },
            { "type": "array", "items": { "type": "string" } },
            {
                "type": "object",
                "additionalProperties": false,
                "properties": own,
                "required": ["allow"],
            },
        ],
    })
}

fn allow() -> Value {
    json!({
        "description": "Who may use it: names of identities, `role:NAME`, or `all`.",
        "anyOf": [
            { "type": "string" },
            { "type": "array", "items": { "type": "string" } },
        ],
    })
}

fn parameters(description: &str) -> Value {
    json!({ "type": "object", "description": description })
}

fn refused() -> Value {
    let mut schema = expect::schema::expectation();
    schema["description"] = json!(
        "What a refusal of this portal looks like, beside 401, 403, 404 and a redirect to the login."
    );
    schema
}

fn resources() -> Value {
    let properties: Map<String, Value> = resource()
        .into_iter()
        .map(|(key, schema)| (key.to_owned(), schema))
        .collect();
    json!({
        "type": "object",
        "description": "What writes are tried on: how one is created, read and removed, by the name of the sort. Those of the gate's document need not be declared.",
        "additionalProperties": {
            "type": "object",
            "additionalProperties": false,
            "properties": properties,
            "required": ["create", "read"],
        },
    })
}
