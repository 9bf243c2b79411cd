//! Keywords as the engine reads them.

use std::collections::HashSet;

use serde_json::{Map, Value as Json};

use super::At;
use super::format::{NUMBER_FORMAT, is_of_numbers};

/// Whether null can be let through at the types of the schema itself.
pub(super) fn says_null_itself(at: At<'_>) -> bool {
    let combined = ["allOf", "anyOf", "oneOf", "not"];
    at.get("type").is_some() && combined.iter().all(|key| at.get(key).is_none())
}

/// Lets null through beside the types and values of a schema.
pub(super) fn nullable(made: &mut Map<String, Json>) {
    let null = Json::from("null");
    match made.get_mut("type") {
        Some(Json::Array(types)) if !types.contains(&null) => types.push(null),
        Some(one @ Json::String(_)) => *one = Json::Array(vec![one.take(), null]),
        _ => {}
    }
    match made.get_mut("enum") {
        Some(Json::Array(values)) if !values.contains(&Json::Null) => values.push(Json::Null),
        _ => {}
    }
}

/// Writes `exclusiveMinimum: true` as the number it stands for.
pub(super) fn exclusive(made: &mut Map<String, Json>, bound: &str, exclusive: &str) {
    match made.get(exclusive) {
        Some(Json::Bool(true)) => {
            made.remove(exclusive);
            if let Some(limit) = made.remove(bound) {
                made.insert(exclusive.to_owned(), limit);
            }
        }
        Some(Json::Bool(false)) => drop(made.remove(exclusive)),
        _ => {}
    }
}

/// Adds a schema that must hold as well.
pub(super) fn also(made: &mut Map<String, Json>, schema: Json) {
    match made.get_mut("allOf") {
        Some(Json::Array(all)) => all.push(schema),
        _ => drop(made.insert("allOf".to_owned(), Json::Array(vec![schema]))),
    }
}

/// Writes a format under the keyword that holds it.
pub(super) fn format(value: At<'_>, made: &mut Map<String, Json>) {
    let Some(text) = value.text() else {
        return;
    };
    let key = if is_of_numbers(text) {
        NUMBER_FORMAT
    } else {
        "format"
    };
    made.insert(key.to_owned(), text.into());
}

/// The names of a list, each once, without those that do not count.
pub(super) fn list_of_names(value: At<'_>, counts: impl Fn(&str) -> bool) -> Option<Json> {
    let mut names: Vec<Json> = Vec::new();
    let mut seen = HashSet::new();
    for one in value.elements() {
        let name = one.text()?;
        if counts(name) && seen.insert(name) {
            names.push(name.into());
        }
    }
    value.is_list().then_some(Json::Array(names))
}

/// The types that a schema lets through; `None` when one of them is none.
pub(super) fn types(value: At<'_>) -> Option<Json> {
    const TYPES: [&str; 7] = [
        "array", "boolean", "integer", "null", "number", "object", "string",
    ];
    let known = |text: &str| TYPES.contains(&text).then(|| Json::from(text));
    if let Some(text) = value.text() {
        return known(text);
    }
    let mut types = Vec::new();
    for one in value.elements() {
        let one = known(one.text()?)?;
        if !types.contains(&one) {
            types.push(one);
        }
    }
    (!types.is_empty()).then_some(Json::Array(types))
}
