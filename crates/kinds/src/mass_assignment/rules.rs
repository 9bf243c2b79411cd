//! What the document says a client may set, and what it may not.

use serde_json::{Value as Json, json};

use crate::naming::words;
use crate::specification::At;
use crate::specification::openapi::{Found, OpenApi, Operation};

/// How deep schemas are put together.
const DEEPEST: usize = 8;

/// What a client may set with one request.
#[derive(Debug, Clone, Default)]
pub(super) struct Rules {
    /// Whether the document says anything about it.
    pub(super) is_known: bool,
    /// The words of each field that a client may set.
    writable: Vec<Vec<String>>,
    /// Fields that the document marks `readOnly`, each with a value of its type.
    pub(super) read_only: Vec<(String, Json)>,
}

impl Rules {
    /// What the document says about a request.
    pub(super) fn of(api: Option<&OpenApi>, method: &str, path: &str) -> Self {
        let mut rules = Self::default();
        let Some(api) = api else {
            return rules;
        };
        let Found::Operation(found) = api.find(method, path) else {
            return rules;
        };
        if let Some(schema) = body_schema(api, found.operation) {
            rules.add(schema, DEEPEST);
        }
        for response in &found.operation.responses {
            if !response.status.starts_with('2') {
                continue;
            }
            let schemas = response.content.iter().filter_map(|content| content.schema);
            for schema in schemas {
                rules.marked(api.at(schema), DEEPEST);
            }
        }
        rules
    }

    /// Whether a client may set the field.
    pub(super) fn allows(&self, name: &str) -> bool {
        self.writable.contains(&words(name))
    }

    /// Takes over the fields of a body.
    fn add(&mut self, schema: At<'_>, depth: usize) {
        each(schema, depth, &mut |name, property| {
            self.is_known = true;
            if property.flag("readOnly") {
                self.read_only(name, property);
            } else {
                self.writable.push(words(name));
                // What a wrapper around the thing has may be set, too.
                let inner = property
                    .follow()
                    .ok()
                    .filter(|inner| inner.get("properties").is_some());
                if let Some(inner) = inner.filter(|_| depth > DEEPEST - 2) {
                    self.add(inner, depth - 1);
                }
            }
        });
    }

    /// Takes over the fields of an answer that are marked as the portal's own.
    fn marked(&mut self, schema: At<'_>, depth: usize) {
        each(schema, depth, &mut |name, property| {
            if property.flag("readOnly") {
                self.read_only(name, property);
            }
        });
    }

    fn read_only(&mut self, name: &str, property: At<'_>) {
        let is_new = !self.read_only.iter().any(|(known, _)| known == name);
        if is_new {
            self.read_only.push((name.to_owned(), sample(property)));
        }
    }
}

fn body_schema<'a>(api: &'a OpenApi, operation: &Operation) -> Option<At<'a>> {
    let content = crate::attack::resource::json_body(operation)?;
    Some(api.at(content.schema?))
}

/// Shows every property of a schema and of those that it is put together from.
fn each<'a>(schema: At<'a>, depth: usize, visit: &mut dyn FnMut(&'a str, At<'a>)) {
    let Ok(schema) = schema.follow() else {
        return;
    };
    for (name, property) in schema.get("properties").into_iter().flat_map(At::entries) {
        visit(name, property);
    }
    if depth == 0 {
        return;
    }
    for keyword in ["allOf", "anyOf", "oneOf"] {
        let parts = schema.get(keyword).into_iter().flat_map(At::elements);
        parts.for_each(|part| each(part, depth - 1, visit));
    }
}

/// A value of the type that a schema asks for.
fn sample(schema: At<'_>) -> Json {
    let schema = schema.follow().unwrap_or(schema);
    if let Some(listed) = schema.get("enum") {
        return listed.elements().last().map_or(Json::Null, At::to_json);
    }
    let kind = schema.get("type");
    let kind = kind.and_then(|kind| kind.text().or_else(|| kind.elements().find_map(At::text)));
    match (kind, schema.text_of("format")) {
        (Some("boolean"), _) => json!(true),
        (Some("integer" | "number"), _) => json!(4_217),
        (Some("array"), _) => json!(["tidegate"]),
        (Some("object"), _) => json!({ "tidegate": true }),
        (_, Some("date-time")) => json!("2001-02-03T04:05:06.000Z"),
        (_, Some("date")) => json!("2001-02-03"),
        (_, Some("uuid")) => json!("71de9a7e-0000-4000-8000-000000004217"),
        (_, Some("email")) => json!("tidegate@example.com"),
        _ => json!("tidegate"),
    }
}
