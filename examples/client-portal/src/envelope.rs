//! What every answer gets: a request id, security headers, one shape of errors, one log line.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::Response;
use serde_json::{Value, json};

use crate::app::{App, AppState};
use crate::breaks::Break;
use crate::errors::ApiError;
use crate::identifiers;
use crate::slowness;

/// The header that carries the request id in both directions.
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

const LONGEST_REQUEST_ID: usize = 128;

/// How long the portal itself took, as browsers and probes read it (W3C, Server Timing).
const SERVER_TIMING: HeaderName = HeaderName::from_static("server-timing");

/// One origin for everything, no inline script, no framing, no plugins.
const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; img-src 'self' data:; object-src 'none'; \
    base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// The same for [`Break::Embeddable`].
const FRAMED_BY_ANYBODY: &str = "default-src 'self'; img-src 'self' data:; object-src 'none'; \
    base-uri 'none'; form-action 'self'";

/// What keeps the portal out of frames, the policy aside.
const FRAMING: (&str, &str) = ("x-frame-options", "DENY");

const SECURITY_HEADERS: [(&str, &str); 4] = [
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    (
        "permissions-policy",
        "camera=(), geolocation=(), microphone=()",
    ),
];

/// Two years, as the HSTS preload list asks for.
const STRICT_TRANSPORT_SECURITY: &str = "max-age=63072000; includeSubDomains";

/// What [`Break::VersionBanner`] says.
const BANNER: &str = "nginx/1.18.0 (Ubuntu)";

/// What the answer's finishing needs to know of the request.
struct Asked {
    method: Method,
    uri: Uri,
    wants_page: bool,
    request_id: String,
    since: Instant,
}

/// The outermost layer.
pub(crate) async fn finish(State(app): State<App>, request: Request, next: Next) -> Response {
    slowness::stall(&app).await;
    let asked = Asked {
        method: request.method().clone(),
        uri: request.uri().clone(),
        wants_page: wants_page(&request),
        request_id: request_id(request.headers()),
        since: Instant::now(),
    };
    let mut response = next.run(request).await;
    slowness::stall(&app).await;
    let error = error_of(&mut response);
    if let Some(error) = &error {
        write_error(&app, &asked, error, &mut response);
    }
    write_headers(&app, &asked, &mut response);
    write_log(&app, &asked, error.as_ref(), response.status());
    response
}

/// Takes over a request id that is short and harmless in a log, or makes one.
fn request_id(headers: &HeaderMap) -> String {
    let given = headers
        .get(REQUEST_ID)
        .and_then(|value| value.to_str().ok());
    let harmless = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let fits =
        |text: &&str| (1..=LONGEST_REQUEST_ID).contains(&text.len()) && text.chars().all(harmless);
    let given = given.filter(fits).map(str::to_owned);
    given.unwrap_or_else(|| {
        identifiers::identifier("req").unwrap_or_else(|_| "req_unknown".to_owned())
    })
}

/// Only people at a browser get errors as a page; programs get JSON.
fn wants_page(request: &Request) -> bool {
    let accept = request
        .headers()
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok());
    accept.is_some_and(|types| types.contains("text/html"))
        && !request.uri().path().starts_with("/api/")
}

/// The error that a handler answered with, or one for a bare status from a layer below.
fn error_of(response: &mut Response) -> Option<ApiError> {
    let status = response.status();
    let declared = response.extensions_mut().remove::<ApiError>();
    let failed = status.is_client_error() || status.is_server_error();
    declared.or_else(|| failed.then(|| ApiError::of_status(status)))
}

fn write_error(app: &AppState, asked: &Asked, error: &ApiError, response: &mut Response) {
    let (kind, body) = if asked.wants_page {
        ("text/html; charset=utf-8", error_page(app, asked, error))
    } else {
        (
            "application/json",
            error_json(app, asked, error).to_string(),
        )
    };
    *response.body_mut() = Body::from(body);
    let headers = response.headers_mut();
    headers.remove(header::CONTENT_LENGTH);
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    if let Some(seconds) = error.retry_after_seconds {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    if error.status == StatusCode::UNAUTHORIZED {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
}

fn shows_request_id(app: &AppState, status: StatusCode) -> bool {
    !(app.broken(Break::NoRequestId) && status.is_server_error())
}

fn error_json(app: &AppState, asked: &Asked, error: &ApiError) -> Value {
    let mut inner = json!({ "code": error.code, "message": error.message });
    if shows_request_id(app, error.status) {
        inner["request_id"] = json!(asked.request_id);
    }
    if !error.fields.is_empty() {
        inner["fields"] = json!(error.fields);
    }
    if app.broken(Break::LeakyError) && error.code == "invalid-input" {
        inner["trace"] = json!(LEAKED_TRACE);
    }
    json!({ "error": inner })
}

/// What [`Break::LeakyError`] shows: made up, but of the shape that frameworks print.
const LEAKED_TRACE: &str = "SqliteFailure: NOT NULL constraint failed: records.title in \
    `INSERT INTO records (id, tenant_id, title) VALUES ('rec_1', 'acme', NULL)`\n\
    stack backtrace:\n   \
    0: rusqlite::statement::Statement::execute\n             \
    at /srv/client-portal/vendor/rusqlite/src/statement.rs:112:17\n   \
    1: client_portal::records::create\n             \
    at /srv/client-portal/src/records/mod.rs:88:9\n";

fn error_page(app: &AppState, asked: &Asked, error: &ApiError) -> String {
    let mut page = String::from(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Client portal</title>",
    );
    // Writing to a String cannot fail.
    let _ = write!(
        page,
        "<h1>{}</h1><p>{}</p>",
        error.status.as_u16(),
        escape(&error.message)
    );
    if shows_request_id(app, error.status) {
        let _ = write!(page, "<p>Request id: {}</p>", escape(&asked.request_id));
    }
    page.push_str("<p><a href=\"/\">Back to the portal</a></p></html>");
    page
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

fn write_headers(app: &AppState, asked: &Asked, response: &mut Response) {
    let shows_id = shows_request_id(app, response.status());
    let cache_rule = cache_rule(app, asked, response.status());
    let headers = response.headers_mut();
    if !app.broken(Break::NoSecurityHeaders) {
        write_security_headers(app, headers);
    }
    if app.broken(Break::VersionBanner) {
        headers.insert(header::SERVER, HeaderValue::from_static(BANNER));
    }
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static(cache_rule));
    if let Ok(value) = HeaderValue::from_str(&server_timing(asked.since.elapsed())) {
        headers.insert(SERVER_TIMING, value);
    }
    if let Some(value) = HeaderValue::from_str(&asked.request_id)
        .ok()
        .filter(|_| shows_id)
    {
        headers.insert(REQUEST_ID, value);
    }
}

fn server_timing(taken: Duration) -> String {
    format!("app;dur={:.1}", taken.as_secs_f64() * 1_000.0)
}

fn write_security_headers(app: &AppState, headers: &mut HeaderMap) {
    let framing = if app.broken(Break::Embeddable) {
        vec![("content-security-policy", FRAMED_BY_ANYBODY)]
    } else {
        vec![
            ("content-security-policy", CONTENT_SECURITY_POLICY),
            FRAMING,
        ]
    };
    for (name, value) in framing.into_iter().chain(SECURITY_HEADERS) {
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    }
    if app.secure {
        let value = HeaderValue::from_static(STRICT_TRANSPORT_SECURITY);
        headers.insert(header::STRICT_TRANSPORT_SECURITY, value);
    }
}

/// Who may keep an answer that says nothing of it itself: nobody.
fn cache_rule(app: &AppState, asked: &Asked, status: StatusCode) -> &'static str {
    let reads = asked.method == Method::GET && status.is_success();
    let records = ["/api/records", "/api/search"]
        .iter()
        .any(|path| asked.uri.path().starts_with(path));
    if app.broken(Break::PublicCache) && reads && records {
        "public, max-age=300"
    } else if app.broken(Break::NoVary) && reads {
        "private, max-age=60"
    } else {
        "private, no-store"
    }
}

/// The query stays out of the log: people search for names.
fn write_log(app: &AppState, asked: &Asked, error: Option<&ApiError>, status: StatusCode) {
    let mut facts = json!({
        "request_id": asked.request_id,
        "method": asked.method.as_str(),
        "path": asked.uri.path(),
        "status": status.as_u16(),
        "duration_ms": asked.since.elapsed().as_millis(),
    });
    if let Some(error) = error {
        facts["code"] = json!(error.code);
    }
    if let Some(cause) = error.and_then(|error| error.cause.as_ref()) {
        facts["cause"] = json!(cause);
    }
    let level = if status.is_server_error() {
        "error"
    } else {
        "info"
    };
    app.log.write(level, "request", facts);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id_for(given: &'static str) -> String {
        let mut headers = HeaderMap::new();
        headers.insert(REQUEST_ID, HeaderValue::from_static(given));
        request_id(&headers)
    }

    #[test]
    fn a_harmless_request_id_is_kept() {
        assert_eq!(id_for("run-7.step_2"), "run-7.step_2");
    }

    #[test]
    fn any_other_request_id_is_replaced() {
        for given in ["", "a b", "<script>", "a\"b"] {
            assert!(id_for(given).starts_with("req_"), "{given}");
        }
        let long: &'static str = Box::leak("a".repeat(129).into_boxed_str());
        assert!(id_for(long).starts_with("req_"));
    }

    #[test]
    fn pages_escape_what_they_show() {
        assert_eq!(escape("<b a=\"1\">&"), "&lt;b a=&quot;1&quot;&gt;&amp;");
    }
}
