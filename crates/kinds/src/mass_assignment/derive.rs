//! Things of an OpenAPI document that are there and can be changed, such as the own profile.

use tidegate_core::request::{BodyTemplate, RequestTemplate};
use tidegate_core::span::Span;
use tidegate_core::template::{Template, escape};

use super::config::{Config, Update};
use crate::attack::resource::{is_dangerous, json_body};
use crate::specification::openapi::{OpenApi, Operation};

/// The changes that can be tried: a PATCH or PUT and a GET of the same path, without any id.
pub(super) fn updates(api: &OpenApi, config: &Config, span: &Span, address: &str) -> Vec<Update> {
    let mut found: Vec<Update> = Vec::new();
    let all = &api.operations;
    for method in ["PATCH", "PUT"] {
        for operation in all
            .iter()
            .filter(|one| one.method == method && is_tried(one, config))
        {
            let read = all
                .iter()
                .find(|one| one.method == "GET" && one.path == operation.path);
            let Some(read) = read.filter(|read| !read.parameters.iter().any(|one| one.required))
            else {
                continue;
            };
            let request = bare(
                api,
                operation,
                if method == "PUT" { "PUT" } else { "PATCH" },
                span,
                address,
            );
            let read = bare(api, read, "GET", span, address);
            let (Some(request), Some(read)) = (request, read) else {
                continue;
            };
            let path = read.path.to_string();
            if !found
                .iter()
                .any(|known| known.read.path.to_string() == path)
            {
                found.push(Update {
                    request,
                    read,
                    restore: None,
                });
            }
        }
    }
    found
}

fn is_tried(operation: &Operation, config: &Config) -> bool {
    let name = operation.name();
    !operation.path.contains('{')
        && !operation.parameters.iter().any(|one| one.required)
        && json_body(operation).is_some()
        && !config.skip.contains(&name)
        && (config.include.contains(&name) || !is_dangerous(operation))
}

fn bare(
    api: &OpenApi,
    operation: &Operation,
    method: &'static str,
    span: &Span,
    address: &str,
) -> Option<RequestTemplate> {
    let path = format!("{}{}", api.base_below(operation, address), operation.path);
    Some(RequestTemplate {
        method,
        path: Template::parse(&escape(&path)).ok()?,
        api: None,
        query: Vec::new(),
        headers: Vec::new(),
        body: BodyTemplate::Empty,
        timeout: None,
        span: span.clone(),
    })
}
