//! Health, and the error that is raised on purpose.

use axum::Json;
use axum::extract::State;
use axum::http::{Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::app::App;
use crate::auth::Caller;
use crate::breaks::Break;
use crate::errors::ApiError;
use crate::{leftovers, routes};

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
pub(crate) async fn openapi(State(app): State<App>) -> Result<impl IntoResponse, ApiError> {
    let document = if app.broken(Break::AuthDroppedFromSpec) {
        document_without_login().map_err(ApiError::internal)?
    } else {
        routes::OPENAPI.to_owned()
    };
    Ok(([(header::CONTENT_TYPE, "application/json")], document))
}

/// The document that lets everybody at the invoices.
fn document_without_login() -> serde_json::Result<String> {
    let mut document: Value = serde_json::from_str(routes::OPENAPI)?;
    document["paths"]["/api/invoices"]["get"]["security"] = json!([]);
    serde_json::to_string(&document)
}

/// What has no route: not found, but for what a switch leaves lying about.
pub(crate) async fn no_route(State(app): State<App>, method: Method, uri: Uri) -> Response {
    let left = leftovers::at(&app, uri.path()).filter(|_| method == Method::GET);
    left.map_or_else(
        || StatusCode::NOT_FOUND.into_response(),
        |(kind, content)| ([(header::CONTENT_TYPE, kind)], content).into_response(),
    )
}
