//! What is taken from the answers of a login.

use regex::Regex;
use serde_json::Value as Json;
use serde_json_path::JsonPath;
use tidegate_core::gate::CaptureSource;
use tidegate_core::ports::http::Response;

use super::Jar;
use super::answer;
use super::desk::Desk;

/// Why a capture found nothing.
pub(super) struct Missing {
    /// What is not there, to stand after "but".
    pub(super) what: String,
    /// What to do.
    pub(super) help: String,
}

/// Finds what a capture asks for.
///
/// # Errors
/// When it is not there; the answer is described by its shape only.
pub(super) fn find(
    source: &CaptureSource,
    response: &Response,
    jar: &Jar,
) -> Result<Json, Missing> {
    match source {
        CaptureSource::JsonPath(path) => json_path(path, response),
        CaptureSource::Regex(pattern) => regex(pattern, response),
        CaptureSource::Header(name) => response
            .header(&name.to_ascii_lowercase())
            .map(Json::from)
            .ok_or_else(|| missing(format!("it has no header `{name}`"))),
        CaptureSource::Cookie(name) => response
            .cookies
            .iter()
            .find_map(|cookie| (cookie.name == *name).then(|| cookie.value.expose()))
            // A cookie set on the way, before a redirect, is in the jar.
            .or_else(|| jar.value(name))
            .map(Json::from)
            .ok_or_else(|| missing(format!("it set no cookie `{name}`"))),
    }
}

/// Keeps what was captured out of every output.
pub(super) fn learn(desk: &Desk<'_>, name: &str, value: &Json) {
    match value {
        Json::String(text) => desk.learn(name, text),
        Json::Array(values) => values.iter().for_each(|value| learn(desk, name, value)),
        Json::Object(fields) => fields.values().for_each(|value| learn(desk, name, value)),
        Json::Number(number) => desk.learn(name, &number.to_string()),
        Json::Null | Json::Bool(_) => {}
    }
}

fn json_path(path: &str, response: &Response) -> Result<Json, Missing> {
    let parsed = JsonPath::parse(path)
        .map_err(|error| missing(format!("`{path}` is not a JSONPath: {error}")))?;
    let body: Json = serde_json::from_slice(&response.body).map_err(|_| {
        missing(format!(
            "its body is {} instead of JSON",
            answer::sort(response)
        ))
    })?;
    match parsed.query(&body).first() {
        Some(Json::Null) | None => Err(missing(format!(
            "there is no `{path}` in it; it looks like {}",
            answer::shape(&body)
        ))),
        Some(value) => Ok(value.clone()),
    }
}

fn regex(pattern: &str, response: &Response) -> Result<Json, Missing> {
    let parsed = Regex::new(pattern)
        .map_err(|_| missing(format!("`{pattern}` is not a regular expression")))?;
    let text = response.text();
    let found = parsed.captures(&text);
    found
        .and_then(|groups| groups.get(1).or_else(|| groups.get(0)))
        .map(|group| Json::from(group.as_str()))
        .ok_or_else(|| missing(format!("`{pattern}` matches nothing in its body")))
}

fn missing(what: String) -> Missing {
    Missing {
        what,
        help: "Compare the login of the gate file with what the app answers, for example in the network tab of a browser.".to_owned(),
    }
}
