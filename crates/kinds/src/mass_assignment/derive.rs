//! Things of an OpenAPI document that are there and can be changed, such as the own profile.

use tidegate_core::span::Span;

use super::config::{Config, Update};
use crate::attack::resource::{is_dangerous, json_body};
use crate::documents::request;
use crate::specification::openapi::{OpenApi, Operation};

/// The changes that can be tried: a PATCH, or else a PUT, and a GET of the same path, without any id.
pub(super) fn updates(api: &OpenApi, config: &Config, span: &Span, address: &str) -> Vec<Update> {
    let mut found: Vec<Update> = Vec::new();
    for method in ["PATCH", "PUT"] {
        let operations = api.operations.iter();
        let tried = operations.filter(|one| one.method == method && is_tried(one, config));
        for update in tried.filter_map(|one| update(api, one, method, (span, address))) {
            let path = update.read.path.to_string();
            let mut known = found.iter();
            if !known.any(|known| known.read.path.to_string() == path) {
                found.push(update);
            }
        }
    }
    found
}

fn update(
    api: &OpenApi,
    operation: &Operation,
    method: &'static str,
    place: (&Span, &str),
) -> Option<Update> {
    let mut operations = api.operations.iter();
    let read = operations.find(|one| one.method == "GET" && one.path == operation.path)?;
    if read.parameters.iter().any(|one| one.required) {
        return None;
    }
    Some(Update {
        request: request(api, operation, method, place)?,
        read: request(api, read, "GET", place)?,
        restore: None,
    })
}

fn is_tried(operation: &Operation, config: &Config) -> bool {
    let name = operation.name();
    !operation.path.contains('{')
        && !operation.parameters.iter().any(|one| one.required)
        && json_body(operation).is_some()
        && !config.skip.contains(&name)
        && (config.include.contains(&name) || !is_dangerous(operation))
}
