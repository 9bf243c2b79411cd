//! Health, and the error that is raised on purpose.

use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use serde_json::{Value, json};

use crate::app::App;
use crate::auth::Caller;
use crate::errors::ApiError;
use crate::routes;

/// `GET /health`
pub(crate) async fn health(State(app): State<App>) -> Json<Value> {
    let facts = json!({
        "status": "ok",
        "revision": app.revision,
        "environment": app.environment,
    });
    Json(facts)
}

/// `POST /api/diagnostics/error`: fails, so that the way from an error to its log line can be shown.
pub(crate) async fn raise_error(caller: Caller) -> Result<(), ApiError> {
    caller.require_admin()?;
    Err(ApiError::internal(
        "raised on purpose by /api/diagnostics/error",
    ))
}

/// `GET /openapi.json`
pub(crate) async fn openapi() -> impl IntoResponse {
    ([("content-type", "application/json")], routes::OPENAPI)
}
