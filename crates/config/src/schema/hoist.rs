//! Moves what a kind's schema defines to the root, where its references find it.

use serde_json::{Map, Value};

/// The schema without its definitions, which are added to `definitions` under the kind's name.
pub(super) fn out(mut schema: Value, kind: &str, definitions: &mut Map<String, Value>) -> Value {
    let prefix = format!("{}.", kind.replace('/', "."));
    let Some(object) = schema.as_object_mut() else {
        return schema;
    };
    object.remove("$schema");
    object.remove("title");
    let own: Vec<(String, Value)> = ["definitions", "$defs"]
        .iter()
        .filter_map(|key| object.remove(*key))
        .filter_map(|own| match own {
            Value::Object(own) => Some(own),
            _ => None,
        })
        .flatten()
        .collect();
    for (name, mut definition) in own {
        rename(&mut definition, &prefix);
        definitions.insert(format!("{prefix}{name}"), definition);
    }
    rename(&mut schema, &prefix);
    schema
}

fn rename(value: &mut Value, prefix: &str) {
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                match value {
                    Value::String(target) if key == "$ref" => *target = moved(target, prefix),
                    _ => rename(value, prefix),
                }
            }
        }
        Value::Array(elements) => elements
            .iter_mut()
            .for_each(|element| rename(element, prefix)),
        _ => {}
    }
}

fn moved(target: &str, prefix: &str) -> String {
    let name = ["#/definitions/", "#/$defs/"]
        .iter()
        .find_map(|start| target.strip_prefix(start));
    name.map_or_else(
        || target.to_owned(),
        |name| format!("#/definitions/{prefix}{name}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn definitions_move_and_references_follow() {
        let mut definitions = Map::new();
        let schema = json!({
            "$ref": "#/$defs/Step",
            "$defs": { "Step": { "items": { "$ref": "#/$defs/Step" } } },
        });
        let moved = out(schema, "plugin/rules", &mut definitions);
        assert_eq!(moved, json!({ "$ref": "#/definitions/plugin.rules.Step" }));
        assert_eq!(
            definitions["plugin.rules.Step"]["items"]["$ref"],
            "#/definitions/plugin.rules.Step"
        );
    }
}
