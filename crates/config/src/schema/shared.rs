//! Says once what stands at several places of a schema, so that editors read less of it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::{Map, Value, json};

/// From how many bytes on a schema that stands twice becomes a definition.
const WORTH: usize = 400;

/// Keywords whose value is a map from names to schemas.
const MAPS: [&str; 3] = ["properties", "patternProperties", "definitions"];

/// Keywords whose value is a schema or a list of schemas.
const SCHEMAS: [&str; 6] = [
    "items",
    "additionalProperties",
    "anyOf",
    "allOf",
    "oneOf",
    "not",
];

/// Moves every schema that is large and stands at several places to the definitions.
pub(super) fn share(root: &mut Value) {
    let mut seen = HashMap::new();
    count(root, "", &mut seen);
    let mut names = BTreeSet::new();
    let mut chosen: Vec<(String, String)> = seen
        .into_iter()
        .filter(|(_, (times, _))| *times > 1)
        .map(|(text, (_, key))| (key, text))
        .collect();
    chosen.sort_unstable();
    let named: HashMap<String, String> = chosen
        .into_iter()
        .map(|(key, text)| (text, name(&key, &mut names)))
        .collect();
    let mut definitions = BTreeMap::new();
    within(root, &mut |_, schema| {
        replace(schema, &named, &mut definitions);
    });
    if let Some(own) = root.get_mut("definitions").and_then(Value::as_object_mut) {
        own.extend(definitions);
    }
}

/// Counts each large schema below one, with the name that it has where it stands first.
fn count(schema: &mut Value, key: &str, seen: &mut HashMap<String, (usize, String)>) {
    if let Some(text) = text(schema) {
        let known = seen.entry(text).or_insert_with(|| (0, key.to_owned()));
        known.0 += 1;
        if known.0 > 1 {
            // What is inside goes along with it.
            return;
        }
    }
    within(schema, &mut |inner, schema| {
        count(schema, inner.unwrap_or(key), seen);
    });
}

/// The schema as text, when it is worth a definition.
fn text(schema: &Value) -> Option<String> {
    let text = schema.as_object().map(|_| schema.to_string());
    text.filter(|text| text.len() >= WORTH)
}

fn name(key: &str, taken: &mut BTreeSet<String>) -> String {
    let key = if key.is_empty() { "value" } else { key };
    let mut name = format!("shared.{key}");
    let mut number = 1;
    while !taken.insert(name.clone()) {
        number += 1;
        name = format!("shared.{key}-{number}");
    }
    name
}

fn replace(
    schema: &mut Value,
    named: &HashMap<String, String>,
    definitions: &mut BTreeMap<String, Value>,
) {
    let name = text(schema).and_then(|text| named.get(&text));
    let Some(name) = name else {
        within(schema, &mut |_, schema| replace(schema, named, definitions));
        return;
    };
    let reference = json!({ "$ref": format!("#/definitions/{name}") });
    let mut moved = std::mem::replace(schema, reference);
    if !definitions.contains_key(name) {
        definitions.insert(name.clone(), Value::Null);
        within(&mut moved, &mut |_, schema| {
            replace(schema, named, definitions);
        });
        definitions.insert(name.clone(), moved);
    }
}

/// Hands on each schema directly inside another, with the name it stands under if it has one.
fn within(schema: &mut Value, visit: &mut dyn FnMut(Option<&str>, &mut Value)) {
    let Some(object) = schema.as_object_mut() else {
        return;
    };
    for (keyword, value) in object.iter_mut() {
        if MAPS.contains(&keyword.as_str()) {
            let named = value.as_object_mut().into_iter().flat_map(Map::iter_mut);
            named.for_each(|(name, schema)| visit(Some(name), schema));
        } else if SCHEMAS.contains(&keyword.as_str()) {
            match value {
                Value::Array(schemas) => schemas.iter_mut().for_each(|one| visit(None, one)),
                schema => visit(None, schema),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_twice_is_said_once_with_all_that_is_in_it() {
        let body = json!({ "type": "object", "description": "x".repeat(WORTH) });
        let request = json!({ "properties": { "json": body, "query": { "type": "string" } } });
        let mut root = json!({
            "properties": { "login": request, "step": { "items": request }, "json": body },
            "definitions": {},
        });
        share(&mut root);
        let of = |name: &str| json!({ "$ref": format!("#/definitions/shared.{name}") });
        assert_eq!(root["properties"]["login"], of("login"));
        assert_eq!(root["properties"]["step"]["items"], of("login"));
        assert_eq!(root["properties"]["json"], of("json"));
        let login = &root["definitions"]["shared.login"]["properties"];
        assert_eq!(login["json"], of("json"));
        assert_eq!(login["query"], json!({ "type": "string" }));
        assert_eq!(root["definitions"]["shared.json"], body);
    }

    #[test]
    fn data_and_what_is_small_or_stands_alone_stay() {
        let large = json!({ "const": { "a": "x".repeat(WORTH) } });
        let small = json!({ "type": "string" });
        let mut root = json!({
            "properties": { "a": { "default": large["const"], "enum": [large["const"]] }, "b": large, "c": small, "d": small },
            "definitions": {},
        });
        let before = root.clone();
        share(&mut root);
        assert_eq!(root, before);
    }
}
