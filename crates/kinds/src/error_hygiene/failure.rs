//! A success whose body says that it failed.

use serde_json::{Map, Value as Json};

/// Keys that stand around an error and are no data of their own.
const ENVELOPE: &[&str] = &[
    "error",
    "errors",
    "message",
    "messages",
    "msg",
    "code",
    "status",
    "status_code",
    "statusCode",
    "success",
    "ok",
    "data",
    "result",
    "timestamp",
    "path",
    "request_id",
    "requestId",
    "trace_id",
    "traceId",
    "detail",
    "details",
    "type",
    "title",
    "instance",
    "extensions",
    "meta",
    "reason",
    "hint",
    "description",
    "error_description",
];

/// Where the body of a success says that it failed.
///
/// A thing that failed and is reported on is no failure of the request: what has data beside the
/// error, or an id, is left alone.
pub(crate) fn hidden(body: &Json) -> Option<&'static str> {
    let body = body.as_object()?;
    if body.get("success") == Some(&Json::Bool(false)) {
        return Some("$.success");
    }
    if body.get("ok") == Some(&Json::Bool(false)) {
        return Some("$.ok");
    }
    if has_data(body) {
        return None;
    }
    if body.get("error").is_some_and(says_something) {
        return Some("$.error");
    }
    if body.get("errors").is_some_and(says_something) {
        return Some("$.errors");
    }
    let status = body.get("status").and_then(Json::as_str)?;
    let explained = ["message", "msg", "reason", "code", "detail"];
    let failed = ["fail", "failed", "failure", "error"].contains(&&*status.to_ascii_lowercase());
    (failed && (body.len() == 1 || explained.iter().any(|key| body.contains_key(*key))))
        .then_some("$.status")
}

fn has_data(body: &Map<String, Json>) -> bool {
    body.iter().any(|(key, value)| match key.as_str() {
        "data" | "result" => says_something(value),
        key => !ENVELOPE.contains(&key),
    })
}

/// Whether a value is more than a polite nothing such as `null`, `false`, `""`, `[]` or `{}`.
fn says_something(value: &Json) -> bool {
    match value {
        Json::Null => false,
        Json::Bool(value) => *value,
        Json::Number(number) => number.as_f64() != Some(0.0),
        Json::String(text) => !text.is_empty(),
        Json::Array(elements) => elements.iter().any(says_something),
        Json::Object(entries) => entries.values().any(says_something),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn bodies_that_say_failed_are_seen() {
        for (body, place) in [
            (json!({ "success": false, "items": [] }), "$.success"),
            (json!({ "ok": false }), "$.ok"),
            (json!({ "error": { "code": "x" } }), "$.error"),
            (json!({ "data": null, "error": "no" }), "$.error"),
            (
                json!({ "errors": [{ "message": "no" }], "data": null }),
                "$.errors",
            ),
            (
                json!({ "errors": [{ "message": "no" }], "data": { "me": null } }),
                "$.errors",
            ),
            (json!({ "status": "fail", "message": "no" }), "$.status"),
            (json!({ "status": "ERROR", "code": 7 }), "$.status"),
        ] {
            assert_eq!(hidden(&body), Some(place), "{body}");
        }
    }

    #[test]
    fn data_about_failures_and_polite_nothings_are_left_alone() {
        for body in [
            json!({ "error": null, "data": { "id": 1 } }),
            json!({ "errors": [], "data": { "id": 1 } }),
            json!({ "errors": [{ "message": "partly" }], "data": { "me": { "id": 1 } } }),
            json!({ "items": [{ "id": 1, "status": "failed", "error": "no" }] }),
            json!({ "id": 7, "status": "failed", "error": "timeout" }),
            json!({ "imported": 3, "errors": ["line 4"] }),
            json!({ "status": "failed" , "since": "2026" }),
            json!({ "status": "ok", "message": "error" }),
            json!([{ "success": false }]),
        ] {
            assert_eq!(hidden(&body), None, "{body}");
        }
    }
}
