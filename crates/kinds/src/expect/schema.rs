//! The JSON Schema (draft-07) of expectations and captures, for every kind that has them.

use serde_json::{Map, Value, json};

use super::PREDICATES;

/// The schema of `expect:`.
pub(crate) fn expectation() -> Value {
    let map_of = |description: &str, values: Value| json!({ "type": "object", "description": description, "additionalProperties": values });
    json!({
        "description": "What the response must be: a status in short, or a map.",
        "anyOf": [
            status(),
            {
                "type": "object",
                "additionalProperties": false,
                "properties": {
                    "status": status(),
                    "headers": map_of("The header's name and what it must be.", assertion()),
                    "cookies": map_of("The cookie's name and what it must be.", cookie()),
                    "json": json!({
                        "type": "object",
                        "description": "A JSONPath (RFC 9535) and what is there.",
                        "propertyNames": { "pattern": "^\\$" },
                        "additionalProperties": assertion(),
                    }),
                    "body": described("The body as text.", assertion()),
                    "size": described("The size of the body in bytes.", number()),
                    "time": time(),
                    "redirects": described("How many redirects were followed.", number()),
                    "url": described("The address the answer came from.", assertion()),
                },
            },
        ],
    })
}

/// The schema of `capture:`.
pub(crate) fn captures() -> Value {
    let text = |description: &str| json!({ "type": "string", "description": description });
    json!({
        "type": "object",
        "description": "Values of the response that later requests use as `${name}`.",
        "propertyNames": { "pattern": "^[a-z][a-z0-9_-]*$", "not": { "enum": ["unique", "canary", "uuid", "now"] } },
        "additionalProperties": {
            "anyOf": [
                { "type": "string", "description": "A JSONPath; the first value it finds.", "pattern": "^\\$" },
                {
                    "type": "object",
                    "additionalProperties": false,
                    "properties": {
                        "jsonpath": text("A JSONPath; the first value it finds."),
                        "regex": text("A regular expression over the body; its first group."),
                        "header": text("The name of a header."),
                        "cookie": text("The name of a cookie."),
                        "body": { "const": true, "description": "The whole body." },
                        "url": { "const": true, "description": "The address the answer came from." },
                        "optional": { "type": "boolean", "description": "Whether the response may lack it." },
                    },
                },
            ],
        },
    })
}

/// A scalar or list for equality, or a map of predicates.
fn assertion() -> Value {
    json!({
        "anyOf": [
            { "type": ["string", "number", "boolean", "null", "array"], "description": "Equal to this." },
            predicates(Map::new()),
        ],
    })
}

/// A count for equality, or a map of predicates.
fn number() -> Value {
    number_or(predicates(Map::new()))
}

fn number_or(map: Value) -> Value {
    json!({
        "anyOf": [
            { "type": "integer", "minimum": 0, "description": "Equal to this." },
            map,
        ],
    })
}

fn predicates(more: Map<String, Value>) -> Value {
    let mut properties: Map<String, Value> = PREDICATES
        .iter()
        .map(|name| ((*name).to_owned(), operand(name)))
        .collect();
    properties.extend(more);
    json!({
        "type": "object",
        "minProperties": 1,
        "additionalProperties": false,
        "properties": properties,
    })
}

fn operand(predicate: &str) -> Value {
    let nested = |description: &str| json!({ "description": description });
    let flag = |description: &str| json!({ "type": "boolean", "description": description });
    let text = |description: &str| json!({ "type": ["string", "number", "boolean"], "description": description });
    let limit =
        |description: &str| json!({ "type": ["string", "number"], "description": description });
    match predicate {
        "equals" => nested("Equal to this; also a whole map."),
        "not" => nested("None of these predicates holds, or not equal to this value."),
        "exists" => flag("Whether there is a value at all."),
        "type" => json!({
            "description": "The type of the value.",
            "enum": ["string", "number", "integer", "boolean", "array", "object", "null"],
        }),
        "gt" => limit("More than this."),
        "gte" => limit("At least this."),
        "lt" => limit("Less than this."),
        "lte" => limit("At most this."),
        "starts-with" => text("A text that starts with this."),
        "ends-with" => text("A text that ends with this."),
        "contains" => nested("A text, list or map that contains this."),
        "matches" => {
            json!({ "type": "string", "description": "A text that matches this regular expression." })
        }
        "length" | "count" => {
            described(
                "How many characters, elements or entries: a number, or predicates.",
                // The predicates of a count are not repeated: a schema must end.
                number_or(json!({ "type": "object", "minProperties": 1 })),
            )
        }
        "is-empty" => flag("Whether nothing is in it."),
        "one-of" => {
            json!({ "type": "array", "minItems": 1, "description": "Equal to one of these." })
        }
        "each" => nested("What every element of a list must be."),
        "is-date" => flag("Whether it is an ISO 8601 date or date and time."),
        "is-uuid" => flag("Whether it is a UUID."),
        "is-ipv4" => flag("Whether it is an IPv4 address."),
        _ => flag("Whether it is an IPv6 address."),
    }
}

fn cookie() -> Value {
    let attributes = [
        ("http-only", "Whether scripts cannot read it."),
        ("secure", "Whether it is sent over https only."),
        (
            "same-site",
            "Which other sites may cause it to be sent: strict, lax or none.",
        ),
        ("path", "The path it belongs to."),
        ("domain", "The domain it belongs to."),
        ("max-age", "How many seconds it lasts."),
        ("expires", "When it ends."),
    ];
    let more = attributes
        .into_iter()
        .map(|(name, description)| (name.to_owned(), described(description, attribute(name))))
        .collect();
    json!({
        "anyOf": [
            { "type": ["string", "number", "boolean"], "description": "The value." },
            predicates(more),
        ],
    })
}

fn attribute(name: &str) -> Value {
    let value = match name {
        "http-only" | "secure" => json!({ "type": "boolean" }),
        "same-site" => json!({ "type": "string", "pattern": "^([sS]trict|[lL]ax|[nN]one)$" }),
        _ => return assertion(),
    };
    json!({ "anyOf": [value, predicates(Map::new())] })
}

/// The schema of a status.
pub(crate) fn status() -> Value {
    let one = json!({
        "anyOf": [
            { "type": "integer", "minimum": 100, "maximum": 599 },
            { "type": "string", "pattern": "^([1-5][0-9]{2}|[1-5][xX]{2})$" },
        ],
    });
    json!({
        "description": "A status such as 201, a class such as 2xx, or a list of those.",
        "anyOf": [
            one.clone(),
            { "type": "array", "minItems": 1, "items": one },
            predicates(Map::new()),
        ],
    })
}

fn time() -> Value {
    let period = |words: &str| tidegate_core::request::schema::period(words);
    json!({
        "type": "object",
        "description": "How long the answer may take.",
        "additionalProperties": false,
        "minProperties": 1,
        "properties": {
            "lt": period("Less than this, as in `1500ms`."),
            "lte": period("At most this."),
            "gt": period("More than this."),
            "gte": period("At least this."),
        },
    })
}

fn described(description: &str, mut schema: Value) -> Value {
    schema["description"] = Value::from(description);
    schema
}
