//! Which other origins may call the interface, with credentials.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use tower_http::cors::{AllowCredentials, AllowOrigin, CorsLayer};

use crate::app::{App, AppState};
use crate::breaks::Break;
use crate::envelope::REQUEST_ID;
use crate::errors::ApiError;

const PREFLIGHT_AGE: Duration = Duration::from_secs(600);

/// The header under which a create may be sent again.
pub(crate) const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// Answers preflights and marks the answers that a declared origin may read.
pub(crate) fn layer(app: &App) -> CorsLayer {
    let (reads, with_credentials) = (App::clone(app), App::clone(app));
    let varies = (!app.broken(Break::NoVary)).then_some(header::ORIGIN);
    CorsLayer::new()
        .allow_origin(AllowOrigin::predicate(move |origin, _| {
            allows(&reads, origin)
        }))
        .allow_credentials(AllowCredentials::predicate(move |origin, _| {
            allows(&with_credentials, origin)
        }))
        .allow_methods([
            Method::GET,
            Method::POST,
            Method::PUT,
            Method::PATCH,
            Method::DELETE,
        ])
        .allow_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            header::IF_MATCH,
            IDEMPOTENCY_KEY,
            REQUEST_ID,
        ])
        .expose_headers([REQUEST_ID, header::ETAG, header::CONTENT_DISPOSITION])
        .max_age(PREFLIGHT_AGE)
        .vary(varies.into_iter().collect::<Vec<_>>())
}

/// Tells whether pages of the origin may read answers.
fn allows(app: &AppState, origin: &HeaderValue) -> bool {
    let origin = origin.to_str().unwrap_or_default();
    let declared = |allowed: &String| {
        let is_prefix = app.broken(Break::CorsSuffix) && origin.starts_with(allowed.as_str());
        origin == allowed || is_prefix
    };
    let known = !app.broken(Break::CorsBlocked) && app.allowed_origins.iter().any(declared);
    known || app.broken(Break::CorsReflect) || (app.broken(Break::CorsNull) && origin == "null")
}

/// Tells whether the text is an origin: scheme, host and perhaps a port, nothing more (RFC 6454).
pub(crate) fn is_origin(text: &str) -> bool {
    let rest = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    let host = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-.:[]".contains(c);
    rest.is_some_and(|rest| !rest.is_empty() && rest.chars().all(host))
}

/// Refuses a write that a page of an undeclared origin sends with the visitor's cookie.
pub(crate) fn refuse_foreign_write(
    app: &AppState,
    method: &Method,
    headers: &HeaderMap,
) -> Result<(), ApiError> {
    let Some(origin) = headers.get(header::ORIGIN).filter(|_| !method.is_safe()) else {
        return Ok(());
    };
    let origin = origin.to_str().unwrap_or_default();
    let own = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
        .unwrap_or_default();
    let scheme = if app.secure { "https" } else { "http" };
    let is_own = origin == format!("{scheme}://{own}");
    if is_own || app.allowed_origins.iter().any(|allowed| allowed == origin) {
        return Ok(());
    }
    Err(ApiError::forbidden(
        "this origin may not change anything here",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_have_no_path_and_no_wildcard() {
        for origin in [
            "https://portal.example",
            "http://localhost:5173",
            "http://[::1]:80",
        ] {
            assert!(is_origin(origin), "{origin}");
        }
        for text in [
            "*",
            "null",
            "https://",
            "https://a.example/",
            "ftp://a.example",
            "https://*.a",
        ] {
            assert!(!is_origin(text), "{text}");
        }
    }
}
