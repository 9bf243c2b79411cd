//! The JSON Schema (draft-07) of a whole gate file.
//!
//! What the loader reads with a struct is derived from that struct; kinds and observers bring
//! their own schemas; [`templates`] then lets every scalar be a text with `${…}` too.

mod hoist;
pub(crate) mod parts;
mod shared;
mod templates;

use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};
use tidegate_core::meta::{Meta, RetryClass};
use tidegate_core::registry::Registry;

use crate::entries::RawCommon;
use crate::load::RawGate;
use crate::overlay::OFF;

/// The JSON Schema (draft-07) of a gate file whose checks are of these kinds.
pub fn schema(registry: &Registry) -> Value {
    let mut root = generated::<RawGate>();
    let mut definitions = Map::new();
    let kinds = kinds(registry, &mut definitions);
    definitions.insert("check".into(), check(registry, &kinds));
    definitions.insert("overlay".into(), overlay(&kinds));
    let observers = observers(registry, &mut definitions);
    set(&mut root, "/properties/observers", observers);
    let codes: Vec<String> = registry
        .codes()
        .iter()
        .map(|info| info.code.to_string())
        .collect();
    set(
        &mut root,
        "/properties/policy/properties/levels/properties",
        levels(registry),
    );
    set(
        &mut root,
        "/properties/waivers/items/properties/code/enum",
        json!(codes),
    );
    root["definitions"] = Value::Object(definitions);
    templates::allow(&mut root);
    shared::share(&mut root);
    root
}

/// The schema of one of the loader's own types, without references.
fn generated<T: schemars::JsonSchema>() -> Value {
    let settings = SchemaSettings::draft07().with(|settings| settings.inline_subschemas = true);
    let generator = settings.into_generator();
    let mut schema = generator.into_root_schema_for::<T>().to_value();
    tidy(&mut schema);
    schema
}

/// Brings a derived schema into the gate file's words: an absent key is not written as `null`, and
/// a description is one line.
fn tidy(schema: &mut Value) {
    match schema {
        Value::Object(object) => {
            if object.get("default") == Some(&Value::Null) {
                object.remove("default");
                object.remove("format");
            }
            let or_null = match object.get("type").and_then(Value::as_array) {
                Some(types) if types.len() == 2 && types[1] == "null" => Some(types[0].clone()),
                _ => None,
            };
            if let Some(only) = or_null {
                object.insert("type".into(), only);
            }
            if let Some(Value::String(description)) = object.get_mut("description") {
                *description = description.replace('\n', " ");
            }
            object.values_mut().for_each(tidy);
        }
        Value::Array(elements) => elements.iter_mut().for_each(tidy),
        _ => {}
    }
}

fn set(root: &mut Value, pointer: &str, value: Value) {
    if let Some((parent, key)) = pointer.rsplit_once('/')
        && let Some(parent) = root.pointer_mut(parent)
    {
        let description = parent[key].get("description").cloned();
        parent[key] = value;
        if let Some(description) = description {
            parent[key]["description"] = description;
        }
    }
}

/// The schema of each kind's value, with what the kind says about itself.
fn kinds(registry: &Registry, definitions: &mut Map<String, Value>) -> Map<String, Value> {
    registry
        .kinds()
        .iter()
        .map(|kind| {
            let name = kind.meta().name.to_string();
            let schema = hoist::out(kind.schema(), &name, definitions);
            (name, explained(schema, kind.meta()))
        })
        .collect()
}

fn explained(mut schema: Value, meta: &Meta) -> Value {
    if let Some(schema) = schema.as_object_mut() {
        schema.insert("description".into(), json!(meta.summary));
        schema.insert("markdownDescription".into(), json!(meta.docs.text()));
    }
    schema
}

/// An entry: the common keys, and exactly one kind.
fn check(registry: &Registry, kinds: &Map<String, Value>) -> Value {
    let mut schema = generated::<RawCommon>();
    strip(&mut schema);
    let unrepeatable = registry
        .kinds()
        .iter()
        .filter(|kind| kind.meta().retry == RetryClass::Never);
    let dependencies: Map<String, Value> = unrepeatable
        .map(|kind| {
            (
                kind.meta().name.to_string(),
                json!({ "not": { "required": ["retries"] } }),
            )
        })
        .collect();
    let one: Vec<Value> = kinds
        .keys()
        .map(|name| json!({ "required": [name] }))
        .collect();
    if let Some(properties) = schema["properties"].as_object_mut() {
        properties.extend(kinds.clone());
    }
    if !dependencies.is_empty() {
        schema["dependencies"] = Value::Object(dependencies);
    }
    if !one.is_empty() {
        schema["oneOf"] = Value::Array(one);
    }
    schema["description"] = json!("A check: the keys every check may have, and exactly one kind.");
    schema
}

/// What differs in an entry: any of its keys with any part of their values, or `off`.
fn overlay(kinds: &Map<String, Value>) -> Value {
    let mut schema = generated::<RawCommon>();
    strip(&mut schema);
    if let Some(properties) = schema["properties"].as_object_mut() {
        properties.extend(
            kinds
                .iter()
                .map(|(name, kind)| (name.clone(), json!({ "description": kind["description"] }))),
        );
    }
    json!({
        "description": "What differs here, or `off` to take the check out.",
        "anyOf": [schema, { "const": OFF }],
    })
}

fn observers(registry: &Registry, definitions: &mut Map<String, Value>) -> Value {
    let properties: Map<String, Value> = registry
        .observers()
        .iter()
        .map(|observer| {
            let name = observer.meta().name.to_string();
            let config = hoist::out(observer.schema(), &name, definitions);
            let schema = json!({ "anyOf": [config, { "const": OFF }, { "type": "null" }] });
            (name, explained(schema, observer.meta()))
        })
        .collect();
    json!({ "type": "object", "properties": properties, "additionalProperties": false })
}

fn levels(registry: &Registry) -> Value {
    let properties = registry.codes().into_iter().map(|info| {
        let mut schema = parts::level();
        schema["description"] = json!(info.summary);
        (info.code.to_string(), schema)
    });
    Value::Object(properties.collect())
}

/// What only the root of a schema says.
fn strip(schema: &mut Value) {
    if let Some(schema) = schema.as_object_mut() {
        schema.remove("$schema");
        schema.remove("title");
    }
}
