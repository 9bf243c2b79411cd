//! The operations of a document that can be asked for without knowing anything.

use crate::specification::openapi::{OpenApi, Operation, ParameterIn};

/// An operation whose path has no parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Plain {
    /// In capitals.
    pub(crate) method: String,
    /// The path below the portal's address.
    pub(crate) path: String,
    /// Whether the document says that nobody needs to log in for it.
    pub(crate) anonymous: bool,
}

/// The operations of a document whose path has no parameter and whose query may be empty, those for
/// which one must be logged in first.
pub(crate) fn plain(api: &OpenApi, address: &str) -> Vec<Plain> {
    let operations = api.operations.iter();
    let mut plain: Vec<Plain> = operations
        .filter(|operation| is_plain(operation))
        .map(|operation| Plain {
            method: operation.method.to_ascii_uppercase(),
            path: format!("{}{}", api.base_below(operation, address), operation.path),
            anonymous: operation.anonymous(),
        })
        .collect();
    plain.sort_by_key(|one| one.anonymous);
    plain
}

fn is_plain(operation: &Operation) -> bool {
    let needs = |location| matches!(location, ParameterIn::Path | ParameterIn::Query);
    let mut parameters = operation.parameters.iter();
    !operation.path.contains(['{', '#', '?'])
        && operation.path.starts_with('/')
        && !parameters.any(|one| one.required && needs(one.location))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::FakeFiles;

    #[test]
    fn operations_without_parameters_are_plain_and_protected_ones_come_first() {
        let document = r#"{
            "openapi": "3.0.3", "info": { "title": "a", "version": "1" },
            "servers": [{ "url": "/api" }],
            "components": { "securitySchemes": { "token": { "type": "http", "scheme": "bearer" } } },
            "paths": {
                "/health": { "get": { "responses": {} } },
                "/records": {
                    "get": { "security": [{ "token": [] }], "responses": {} },
                    "post": { "security": [{ "token": [] }], "responses": {} }
                },
                "/records/{id}": { "get": { "responses": {} } },
                "/search": { "get": { "parameters": [{ "name": "q", "in": "query", "required": true }], "responses": {} } }
            }
        }"#;
        let files = FakeFiles::new(&[("openapi.json", document)]);
        let api = crate::documents::open_api("openapi.json", &*files).unwrap();
        let names: Vec<String> = plain(&api, "http://127.0.0.1")
            .iter()
            .map(|one| format!("{} {}", one.method, one.path))
            .collect();
        assert_eq!(
            names,
            ["GET /api/records", "POST /api/records", "GET /api/health"]
        );
    }
}
