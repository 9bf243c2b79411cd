//! Lets every scalar of a schema be a text with a `${…}` reference too.

use serde_json::{Map, Value, json};

/// What a text with a reference looks like.
const REFERENCE: &str = r"\$\{";

/// Keywords that stay beside a description when the rest of a schema becomes one of two choices.
const NOTES: [&str; 5] = [
    "description",
    "markdownDescription",
    "title",
    "default",
    "examples",
];

/// Widens every scalar in a schema, in place.
pub(super) fn allow(schema: &mut Value) {
    let Some(object) = schema.as_object_mut() else {
        return;
    };
    // Two branches may both take a reference, so that exactly one cannot be asked for any more.
    if let Some(branches) = object.remove("oneOf") {
        let rule = branches
            .as_array()
            .is_some_and(|all| all.iter().all(only_requires));
        object.insert(if rule { "oneOf" } else { "anyOf" }.to_owned(), branches);
    }
    for (keyword, value) in object.iter_mut() {
        match keyword.as_str() {
            "properties" | "patternProperties" | "definitions" => {
                value
                    .as_object_mut()
                    .into_iter()
                    .flatten()
                    .for_each(|(_, schema)| allow(schema));
            }
            "additionalProperties" => allow(value),
            "items" | "anyOf" | "allOf" => match value {
                Value::Array(schemas) => schemas.iter_mut().for_each(allow),
                schema => allow(schema),
            },
            _ => {}
        }
    }
    widen(object);
}

fn only_requires(branch: &Value) -> bool {
    branch
        .as_object()
        .is_some_and(|branch| branch.len() == 1 && branch.contains_key("required"))
}

fn widen(object: &mut Map<String, Value>) {
    let types: Vec<String> = match object.get("type") {
        Some(Value::String(one)) => vec![one.clone()],
        Some(Value::Array(some)) => some
            .iter()
            .filter_map(|name| name.as_str().map(str::to_owned))
            .collect(),
        _ => Vec::new(),
    };
    let has = |name: &str| types.iter().any(|own| own == name);
    let narrow = ["enum", "const"]
        .iter()
        .any(|key| object.contains_key(*key))
        || has("string")
            && ["pattern", "format", "minLength"]
                .iter()
                .any(|key| object.contains_key(*key));
    if narrow {
        let (notes, rest): (Map<_, _>, Map<_, _>) = std::mem::take(object)
            .into_iter()
            .partition(|(key, _)| NOTES.contains(&key.as_str()));
        *object = notes;
        object.insert(
            "anyOf".into(),
            json!([rest, { "type": "string", "pattern": REFERENCE }]),
        );
    } else if !has("string") && ["integer", "number", "boolean"].into_iter().any(has) {
        let types: Vec<String> = types.into_iter().chain(["string".to_owned()]).collect();
        object.insert("type".into(), json!(types));
        object.insert("pattern".into(), json!(REFERENCE));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn widened(mut schema: Value) -> Value {
        allow(&mut schema);
        schema
    }

    #[test]
    fn numbers_and_choices_also_take_a_reference() {
        assert_eq!(
            widened(json!({ "type": "integer", "minimum": 1 })),
            json!({ "type": ["integer", "string"], "minimum": 1, "pattern": "\\$\\{" })
        );
        let choice = widened(json!({ "type": "string", "enum": ["a"], "description": "d" }));
        assert_eq!(choice["description"], "d");
        assert_eq!(choice["anyOf"].as_array().map(Vec::len), Some(2));
        assert_eq!(
            widened(json!({ "type": "string" })),
            json!({ "type": "string" })
        );
    }

    #[test]
    fn choices_between_shapes_need_not_exclude_each_other() {
        let shapes = widened(json!({ "oneOf": [{ "type": "integer" }, { "type": "boolean" }] }));
        assert!(shapes.get("oneOf").is_none());
        let rule = json!({ "oneOf": [{ "required": ["a"] }, { "required": ["b"] }] });
        assert_eq!(widened(rule.clone()), rule);
    }
}
