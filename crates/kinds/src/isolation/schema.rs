//! The JSON Schema (draft-07) of `isolation:`.

use serde_json::{Map, Value, json};

use crate::attack::resource::schema::resource;
use crate::expect::schema::expectation;

/// The schema of the whole value.
pub(super) fn isolation() -> Value {
    let who = |description: &str| json!({ "type": "string", "description": description });
    let names = |description: &str| {
        json!({
            "type": "array",
            "description": description,
            "items": { "type": "string", "pattern": "^(GET|HEAD|POST|PUT|PATCH|DELETE) /" },
        })
    };
    let mut refused = expectation();
    refused["description"] =
        Value::from("What a refusal looks like, beside 401, 403, 404, 410 and a redirect.");
    let mut all = one();
    let own = [
        ("owner", who("The identity whose data it is.")),
        (
            "attacker",
            who("The identity of another tenant that must not get at it."),
        ),
        (
            "attackers",
            json!({ "type": "array", "items": { "type": "string" }, "description": "Several of them." }),
        ),
        ("resources", resources()),
        ("tenant-fields", tenant_fields()),
        ("refused", refused),
        (
            "include",
            names(
                "Operations of the document that are tried although their names speak of payments, mail, accounts or the like.",
            ),
        ),
        ("skip", names("Requests that are not sent.")),
        (
            "most",
            json!({ "type": "integer", "minimum": 20, "maximum": 4000, "description": "The most requests of one run, 400 when absent." }),
        ),
    ];
    all.extend(own.map(|(key, schema)| (key.to_owned(), schema)));
    json!({
        "type": "object",
        "description": "Proves that one client cannot read, change or delete what belongs to another.",
        "additionalProperties": false,
        "properties": all,
    })
}

fn one() -> Map<String, Value> {
    let mut all: Map<String, Value> = resource()
        .into_iter()
        .map(|(key, schema)| (key.to_owned(), schema))
        .collect();
    all.insert(
        "existing".to_owned(),
        json!({ "type": ["string", "number"], "description": "The id of one that the owner has already, for production, where nothing is created." }),
    );
    all
}

fn resources() -> Value {
    json!({
        "type": "object",
        "description": "What clients own, by name; that of the gate's `openapi:` document when absent.",
        "additionalProperties": {
            "type": "object",
            "additionalProperties": false,
            "required": ["create", "read"],
            "properties": one(),
        },
    })
}

fn tenant_fields() -> Value {
    json!({
        "type": "object",
        "description": "Fields that say whose a thing is, with the owner's value: `{ tenant_id: acme }`.",
        "additionalProperties": {
            "anyOf": [
                { "type": ["string", "number"] },
                {
                    "type": "object",
                    "additionalProperties": false,
                    "required": ["owner"],
                    "properties": { "owner": { "type": ["string", "number"], "description": "The owner's value." } },
                },
            ],
        },
    })
}
