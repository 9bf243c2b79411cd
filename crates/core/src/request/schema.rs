//! The JSON Schema (draft-07) of a request's keys, for every kind whose steps send something.
//!
//! Scalars are described by their own type only: the gate file's schema lets each of them be a
//! template as well.

use serde_json::{Map, Value, json};

use super::METHOD_KEYS;

/// The schema of each key of [`super::request_keys`], to stand among a step's own properties.
pub fn properties() -> Map<String, Value> {
    let methods = METHOD_KEYS.iter().map(|method| {
        let description = format!(
            "Sends {} to this path, as in `/api/records`.",
            method.to_ascii_uppercase()
        );
        (
            (*method).to_owned(),
            json!({ "type": "string", "description": description }),
        )
    });
    methods.chain(beside_the_method()).collect()
}

/// The rule that a request names exactly one method, to stand as `oneOf` beside the properties.
pub fn one_method() -> Value {
    METHOD_KEYS
        .iter()
        .map(|method| json!({ "required": [method] }))
        .collect()
}

/// A text, number or truth value: what may stand where a template does.
pub fn scalar() -> Value {
    json!({ "type": ["string", "number", "boolean"] })
}

/// A map of names to scalars, as headers are.
pub fn pairs(description: &str) -> Value {
    json!({ "type": "object", "description": description, "additionalProperties": scalar() })
}

/// A length of time.
pub fn period(description: &str) -> Value {
    json!({
        "type": "string",
        "description": description,
        "pattern": "^\\s*[0-9]+(\\.[0-9]+)?(ms|s|m|h)\\s*$",
    })
}

fn beside_the_method() -> [(String, Value); 9] {
    let query = json!({
        "type": "object",
        "description": "Added to the query; a list repeats the name.",
        "additionalProperties": {
            "type": ["string", "number", "boolean", "array"],
            "items": scalar(),
        },
    });
    let text = |description: &str| json!({ "type": "string", "description": description });
    [
        ("on", text("The entry under `apis:` it goes to; the environment when absent.")),
        ("query", query),
        ("headers", pairs("Headers of this request.")),
        ("json", json!({ "description": "A JSON body." })),
        ("form", pairs("A form body, as a browser sends it.")),
        ("multipart", multipart()),
        ("body", json!({ "type": ["string", "number", "boolean"], "description": "A body sent as it is." })),
        ("file", text("The path of a file to send as the body.")),
        ("timeout", period("How long it may take, as in `10s`.")),
    ]
    .map(|(key, schema)| (key.to_owned(), schema))
}

fn multipart() -> Value {
    let text = |description: &str| json!({ "type": ["string", "number", "boolean"], "description": description });
    json!({
        "type": "object",
        "description": "A multipart body: the name of each part with a text, or with `{ file: path }`.",
        "additionalProperties": {
            "type": ["string", "number", "boolean", "object"],
            "properties": {
                "file": text("The path of a file to send."),
                "text": text("A text to send."),
                "name": text("The file name the portal is told."),
                "type": { "type": "string", "description": "The content type." },
            },
            "additionalProperties": false,
            "anyOf": [{ "required": ["file"] }, { "required": ["text"] }],
            "dependencies": { "file": { "not": { "required": ["text"] } } },
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_of_a_request_is_described() {
        let described = properties();
        let mut keys = super::super::request_keys();
        keys.sort_unstable();
        let mut found: Vec<&str> = described.keys().map(String::as_str).collect();
        found.sort_unstable();
        assert_eq!(found, keys);
        assert!(
            described
                .values()
                .all(|schema| schema["description"].is_string())
        );
    }
}
