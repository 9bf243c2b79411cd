//! What the portal in memory promises.

use serde_json::{Value as Json, json};

/// The schema of a record, as the portal checks it.
pub(in crate::rejects) fn schema() -> Json {
    json!({
        "type": "object",
        "required": ["title"],
        "additionalProperties": false,
        "properties": {
            "title": { "type": "string", "minLength": 1, "maxLength": 60 },
            "amount": { "type": "integer", "minimum": 0, "maximum": 100 },
        },
    })
}

/// The portal's document.
pub(in crate::rejects) fn document() -> Json {
    let body = |schema: Json| json!({ "required": true, "content": { "application/json": { "schema": schema } } });
    let mut changes = schema();
    changes.as_object_mut().unwrap().remove("required");
    let done = json!({ "200": { "description": "Done.", "content": { "application/json": { "schema": { "properties": { "total": { "type": "integer" } } } } } } });
    let id =
        json!([{ "name": "id", "in": "path", "required": true, "schema": { "type": "string" } }]);
    json!({
        "openapi": "3.1.0",
        "info": { "title": "Portal", "version": "1" },
        "servers": [{ "url": "/api" }],
        "paths": {
            "/records": {
                "get": { "parameters": [{ "name": "q", "in": "query", "schema": { "type": "string" } }], "responses": done },
                "post": { "requestBody": body(schema()), "responses": done },
            },
            "/records/{id}": {
                "parameters": id,
                "get": { "responses": done },
                "put": { "requestBody": body(schema()), "responses": done },
                "patch": { "requestBody": body(changes), "responses": done },
                "delete": { "responses": done },
            },
            "/records/{id}/notes": {
                "parameters": id,
                "post": { "requestBody": body(schema()), "responses": done },
            },
            "/invitations": { "post": { "requestBody": body(schema()), "responses": done } },
            "/uploads": { "post": { "requestBody": { "content": { "multipart/form-data": { "schema": {} } } }, "responses": done } },
            "/events": { "post": { "requestBody": body(schema()), "responses": done } },
        },
    })
}
