//! Requests for what a document has.

use tidegate_core::request::{BodyTemplate, RequestTemplate};
use tidegate_core::span::Span;
use tidegate_core::template::{Template, escape};

use crate::specification::openapi::{OpenApi, Operation};

/// A request with nothing but its path.
pub(crate) fn bare(method: &'static str, path: Template, span: &Span) -> RequestTemplate {
    RequestTemplate {
        method,
        path,
        api: None,
        query: Vec::new(),
        headers: Vec::new(),
        body: BodyTemplate::Empty,
        timeout: None,
        span: span.clone(),
    }
}

/// The same for an operation whose path has no parameter, behind the base of its server.
pub(crate) fn request(
    api: &OpenApi,
    operation: &Operation,
    method: &'static str,
    (span, address): (&Span, &str),
) -> Option<RequestTemplate> {
    let path = format!("{}{}", api.base_below(operation, address), operation.path);
    Some(bare(method, Template::parse(&escape(&path)).ok()?, span))
}
