//! Routes of an OpenAPI document.

use super::path::joined;
use super::{Guard, Method, Route};
use crate::specification::openapi::{OpenApi, Operation};

/// The operations of a document as routes of a portal at this address, which may be empty.
pub(crate) fn in_document(api: &OpenApi, address: &str) -> Vec<Route> {
    let speaks = speaks_of_logins(api);
    let routes = api.operations.iter().filter_map(|operation| {
        Some(Route {
            method: Method::named(&operation.method)?,
            path: joined(&api.base_below(operation, address), &operation.path),
            source: api.at(operation.place).location(),
            guard: guard(operation, speaks),
        })
    });
    routes.collect()
}

/// Whether the document says anywhere who may: one that only declares how people log in, and asks for it
/// nowhere, says nothing.
fn speaks_of_logins(api: &OpenApi) -> bool {
    let components = api.library.root().get("components");
    let schemes = components.and_then(|components| components.get("securitySchemes"));
    let declares = schemes.is_some_and(|schemes| schemes.entries().len() > 0);
    declares && !api.operations.iter().all(Operation::anonymous)
}

fn guard(operation: &Operation, speaks: bool) -> Guard {
    if !speaks {
        return Guard::Unknown;
    }
    if operation.anonymous() {
        return Guard::None;
    }
    let schemes = operation.security.iter().flatten();
    let mut names: Vec<&str> = schemes.map(|one| one.scheme.as_str()).collect();
    names.dedup();
    Guard::Seen(names.join(", "))
}
