//! Documents to measure with, made of the portal's own.

use serde_json::{Map, Value, json};

/// The portal's document.
pub(super) const PORTAL: &str = include_str!("../../../../examples/client-portal/src/openapi.json");

/// What the measured flows call.
const ROUTES: [&str; 7] = [
    "/",
    "/health",
    "/api/login",
    "/api/me",
    "/api/records",
    "/api/records/{id}",
    "/api/search",
];

/// How many copies [`changed`] changes, each in five places.
const CHANGED: u32 = 10;

/// The portal's document, as a value.
///
/// # Errors
/// What is wrong with it.
pub(super) fn portal() -> serde_json::Result<Value> {
    serde_json::from_str(PORTAL)
}

/// The part of the document that says what the measured flows call.
pub(super) fn described(mut document: Value) -> Value {
    if let Some(paths) = document["paths"].as_object_mut() {
        paths.retain(|path, _| ROUTES.contains(&path.as_str()));
    }
    loop {
        let written = document.to_string();
        let mut removed = false;
        let sections = document["components"].as_object_mut().into_iter().flatten();
        for (section, members) in sections.filter(|(name, _)| *name != "securitySchemes") {
            let Some(members) = members.as_object_mut() else {
                continue;
            };
            let before = members.len();
            let used = |name: &str| written.contains(&format!("\"#/components/{section}/{name}\""));
            members.retain(|name, _| used(name));
            removed |= members.len() < before;
        }
        if !removed {
            return document;
        }
    }
}

/// The document with copies of its operations and schemas until it has a million characters.
///
/// # Errors
/// A copy that is no JSON any more.
pub(super) fn repeated(document: &Value) -> serde_json::Result<Value> {
    const ENOUGH: usize = 1_000_000;
    let mut all = document.clone();
    let mut copy = 0;
    while pretty(&all)?.len() < ENOUGH {
        let mut one = copied(document, copy)?;
        for section in ["/components/schemas", "/components/responses", "/paths"] {
            let from = one.pointer_mut(section).map(Value::take);
            let to = all.pointer_mut(section).and_then(Value::as_object_mut);
            if let (Some(Value::Object(from)), Some(to)) = (from, to) {
                to.extend(from);
            }
        }
        copy += 1;
    }
    Ok(all)
}

/// A copy under other names.
fn copied(document: &Value, copy: u32) -> serde_json::Result<Value> {
    let mut text = document.to_string();
    for section in ["schemas", "responses"] {
        let link = format!("\"#/components/{section}/");
        text = text.replace(&link, &format!("{link}{}", component(copy, "")));
    }
    let id = "\"operationId\":\"";
    let mut one: Value =
        serde_json::from_str(&text.replace(id, &format!("{id}{}", component(copy, ""))))?;
    let renamed = |section: &mut Value, name: &dyn Fn(&str) -> String| {
        if let Value::Object(members) = section.take() {
            let members = members.into_iter().map(|(key, value)| (name(&key), value));
            *section = Value::Object(members.collect::<Map<_, _>>());
        }
    };
    for section in ["schemas", "responses"] {
        renamed(&mut one["components"][section], &|name| {
            component(copy, name)
        });
    }
    renamed(&mut one["paths"], &|name| path(copy, name));
    Ok(one)
}

fn component(copy: u32, name: &str) -> String {
    format!("Copy{copy:02}{name}")
}

fn path(copy: u32, name: &str) -> String {
    format!("/copy-{copy:02}{name}")
}

/// What [`repeated`] made, changed in fifty places.
pub(super) fn changed(mut document: Value) -> Value {
    for copy in 0..CHANGED {
        let paths = &mut document["paths"];
        if let Some(item) = paths[path(copy, "/api/invoices")].as_object_mut() {
            item.remove("get");
        }
        paths[path(copy, "/api/me")]["get"]["security"] = json!([]);
        let schemas = &mut document["components"]["schemas"];
        let record = &mut schemas[component(copy, "Record")];
        record["properties"]["version"]["type"] = json!("string");
        schemas[component(copy, "RecordDraft")]["required"] = json!(["title", "amount"]);
        schemas[component(copy, "PlanName")]["enum"] = json!(["starter", "team", "enterprise"]);
    }
    document
}

/// The document as people keep it.
///
/// # Errors
/// None for what was read from JSON.
pub(super) fn pretty(document: &Value) -> serde_json::Result<String> {
    serde_json::to_string_pretty(document)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::flow::inputs;

    /// Whether each link of the document leads somewhere.
    fn is_whole(document: &Value) -> bool {
        let written = document.to_string();
        let links = written.split("\"#").skip(1);
        let mut targets = links.filter_map(|rest| rest.split('"').next());
        targets.all(|target| document.pointer(target).is_some())
    }

    #[test]
    fn what_the_flows_call_is_described_and_little_else() {
        let document = described(portal().unwrap());
        assert!(is_whole(&document));
        assert_eq!(document["paths"].as_object().unwrap().len(), ROUTES.len());
        assert!(document.pointer("/components/schemas/Invoice").is_none());
        let flows = format!("{}{}", inputs::FLOW, inputs::many());
        for line in flows
            .lines()
            .map(|line| line.trim_start_matches([' ', '-']))
        {
            let route = ["get: ", "post: ", "patch: ", "delete: "];
            let called = route.iter().find_map(|method| line.strip_prefix(method));
            let called = called.map(|path| path.replace("${record}", "{id}"));
            assert!(
                called.is_none_or(|path| ROUTES.contains(&path.as_str())),
                "{line}"
            );
        }
    }

    #[test]
    fn the_large_document_has_a_megabyte_and_its_links_lead_somewhere() {
        let document = repeated(&portal().unwrap()).unwrap();
        let size = pretty(&document).unwrap().len();
        assert!((1_000_000..1_200_000).contains(&size), "{size}");
        assert!(is_whole(&document));
    }

    #[test]
    fn fifty_places_differ() {
        let document = repeated(&portal().unwrap()).unwrap();
        let other = changed(document.clone());
        assert!(is_whole(&other));
        assert_eq!(differences(&document, &other), 50);
    }

    fn differences(left: &Value, right: &Value) -> usize {
        match (left, right) {
            (Value::Object(left), Value::Object(right)) => left
                .iter()
                .map(|(key, value)| right.get(key).map_or(1, |other| differences(value, other)))
                .sum(),
            (left, right) => usize::from(left != right),
        }
    }
}
