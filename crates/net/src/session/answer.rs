//! What the answer to a login means, in plain English and without showing a value of it.

use serde_json::Value as Json;
use tidegate_core::ports::http::Response;

/// How deep the shape of an answer is described.
const DEPTH: usize = 3;

/// How many fields of an object are named.
const FIELDS: usize = 12;

/// The longest name of a field that is repeated, in characters.
const LONGEST_NAME: usize = 40;

/// Why an answer is no success.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Verdict {
    /// What happened.
    pub(super) reason: String,
    /// What to do.
    pub(super) help: String,
}

/// Whether a status says no for good: asking the same again changes nothing.
pub(super) fn is_refusal(status: u16) -> bool {
    (400..500).contains(&status) && !matches!(status, 408 | 425 | 429)
}

/// Judges the answer to the request called `name`, which sent the secrets of these names; `None`
/// when it is a success.
pub(super) fn judge(name: &str, response: &Response, secrets: &[String]) -> Option<Verdict> {
    let status = response.status;
    if let Some(elsewhere) = &response.refused_redirect {
        return Some(Verdict {
            reason: format!("{name} was redirected to {}, which the gate file does not declare", origin(elsewhere)),
            help: "If that is the sign-in wall of the host, let the gate through with its bypass header under `headers:` of the environment; if the portal logs in there, declare it under `apis:`.".into(),
        });
    }
    let (reason, help) = match status {
        401 | 403 if is_page(response) => (
            format!("{name} was answered with status {status} and a web page"),
            "A sign-in wall of the host may stand before the app: give the environment its bypass header under `headers:`. If the page is the app's own, check the password.".to_owned(),
        ),
        400 | 401 | 403 | 422 => (
            format!("the server refused the credentials of {name} with status {status}"),
            check_secrets(secrets),
        ),
        404 | 405 | 410 => (
            format!("there is no {name}: the server answered {status}"),
            "Correct the path or the method of the login; the network tab of a browser shows the right one.".to_owned(),
        ),
        408 | 425 | 429 => (
            format!("the server put {name} off with status {status}"),
            "It limits logins: wait a little, or raise the limit for this environment.".to_owned(),
        ),
        300..=399 if !response.redirects.is_empty() => (
            format!("{name} was redirected {} times and no page came", response.redirects.len()),
            "Open the login in a browser; one page leads back to the other.".to_owned(),
        ),
        500..=599 => (
            format!("the server failed at {name} with status {status}"),
            "Look at the application's log at this moment; the gate file is not at fault.".to_owned(),
        ),
        400..=499 => (
            format!("the server did not accept {name}: status {status}"),
            "Compare the request with what the app sends, in the network tab of a browser.".to_owned(),
        ),
        _ => return None,
    };
    Some(Verdict { reason, help })
}

/// What to do when the server said no to these secrets.
pub(super) fn check_secrets(names: &[String]) -> String {
    match names {
        [] => "Check the user name and the password.".to_owned(),
        names => format!(
            "Check the value of {} in the environment of this run, and that the user exists there.",
            names.join(" and ")
        ),
    }
}

fn is_page(response: &Response) -> bool {
    response
        .header("content-type")
        .is_some_and(|value| value.starts_with("text/html"))
}

/// Whether a response is a page with a field for a password.
pub(super) fn asks_for_password(response: &Response) -> bool {
    if !is_page(response) {
        return false;
    }
    let page = response.text().to_ascii_lowercase();
    ["type=\"password\"", "type='password'", "type=password"]
        .iter()
        .any(|field| page.contains(field))
}

fn origin(address: &str) -> String {
    url::Url::parse(address).map_or_else(
        |_| "another site".to_owned(),
        |url| url.origin().ascii_serialization(),
    )
}

/// What a body is, in a word or two.
pub(super) fn sort(response: &Response) -> &'static str {
    if response.body.is_empty() {
        "empty"
    } else if is_page(response) {
        "a web page"
    } else {
        "text"
    }
}

/// The fields of a JSON value and their types, without any value.
pub(super) fn shape(value: &Json) -> String {
    shape_to(value, DEPTH)
}

fn shape_to(value: &Json, depth: usize) -> String {
    match value {
        Json::Null => "null".to_owned(),
        Json::Bool(_) => "true or false".to_owned(),
        Json::Number(_) => "number".to_owned(),
        Json::String(_) => "text".to_owned(),
        Json::Array(_) | Json::Object(_) if depth == 0 => "…".to_owned(),
        Json::Array(values) => match values.first() {
            Some(first) => format!("[{}]", shape_to(first, depth - 1)),
            None => "[]".to_owned(),
        },
        Json::Object(fields) => {
            let named = fields.iter().take(FIELDS).map(|(name, value)| {
                // A part of a name would hide a secret in it from the redactor.
                let long = name.chars().count() > LONGEST_NAME;
                let name = if long { "…" } else { name };
                format!("{name}: {}", shape_to(value, depth - 1))
            });
            let mut named: Vec<String> = named.collect();
            if fields.len() > FIELDS {
                named.push("…".to_owned());
            }
            format!("{{ {} }}", named.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_shape_names_fields_and_types_but_no_value() {
        let answer = json!({
            "user": { "id": 7, "email": "anna@acme.example" },
            "access_token": "eyJ",
            "roles": ["admin"],
            "deep": { "a": { "b": { "c": 1 } } },
            "none": null,
            "x".repeat(41): 1,
            "empty": [],
        });
        assert_eq!(
            shape(&answer),
            "{ user: { id: number, email: text }, access_token: text, roles: [text], \
             deep: { a: { b: … } }, none: null, …: number, empty: [] }"
        );
    }

    #[test]
    fn only_a_lasting_no_is_a_refusal() {
        assert!(is_refusal(401) && is_refusal(404));
        assert!(!is_refusal(429) && !is_refusal(503) && !is_refusal(200));
    }
}
