//! What the services of Firebase answer to a question for what they keep.

use serde_json::Value as Json;
use tidegate_core::ports::http::Response;

use crate::hosted::{amount, is_page, json};

/// What an answer says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Said {
    /// There is something that whoever asked may read.
    Some(Amount),
    /// Whoever asked may read it, and there is nothing.
    Empty,
    /// The rules refuse it.
    Held,
    /// Something else.
    Unclear(String),
}

/// How much there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Amount {
    /// The number.
    pub(super) number: u64,
    /// Whether there is no more.
    pub(super) exact: bool,
}

impl Amount {
    /// For people: `12 documents`, `at least 1 key`.
    pub(super) fn words(self, one: &str) -> String {
        let least = if self.exact { "" } else { "at least " };
        if one == "file or folder" {
            let many = if self.number == 1 {
                one
            } else {
                "files and folders"
            };
            return format!("{least}{} {many}", self.number);
        }
        format!("{least}{}", amount(self.number, one))
    }
}

fn some(number: usize, exact: bool) -> Said {
    let number = u64::try_from(number).unwrap_or(u64::MAX);
    Said::Some(Amount { number, exact })
}

/// An answer of the Realtime Database: null, a value, or an object whose members are `true`.
///
/// Errors: <https://firebase.google.com/docs/reference/rest/database#section-error-conditions>.
pub(super) fn database(response: &Response) -> Said {
    if let Some(said) = no_success(response) {
        return said;
    }
    if response.truncated {
        let is_object = response.body.trim_ascii_start().starts_with(b"{\"");
        return if is_object {
            some(1, false)
        } else {
            unreadable()
        };
    }
    match json(response) {
        Some(Json::Null) => Said::Empty,
        Some(Json::Object(members)) if members.is_empty() => Said::Empty,
        Some(Json::Object(members)) => some(members.len(), true),
        Some(Json::Array(elements)) if elements.is_empty() => Said::Empty,
        Some(Json::Array(elements)) => some(elements.len(), true),
        Some(_) => some(1, true),
        None => unreadable(),
    }
}

/// A list of documents; without any the answer is an empty object.
pub(super) fn documents(response: &Response) -> Said {
    if let Some(said) = no_success(response) {
        return said;
    }
    let Some(Json::Object(body)) = json(response) else {
        return unreadable();
    };
    let is_all = !body.contains_key("nextPageToken");
    match body.get("documents").and_then(Json::as_array) {
        Some(documents) if !documents.is_empty() => some(documents.len(), is_all),
        // A page may be empty and have others behind it.
        _ if !is_all => some(1, false),
        None if !body.is_empty() => unreadable(),
        _ => Said::Empty,
    }
}

/// A list of files and of what stands for folders.
pub(super) fn files(response: &Response) -> Said {
    if let Some(said) = no_success(response) {
        return said;
    }
    let Some(Json::Object(body)) = json(response) else {
        return unreadable();
    };
    let length = |key: &str| body.get(key).and_then(Json::as_array).map(Vec::len);
    let is_all = !body.contains_key("nextPageToken");
    match (length("items"), length("prefixes")) {
        (None, None) => unreadable(),
        (items, prefixes) => match items.unwrap_or(0) + prefixes.unwrap_or(0) {
            0 if is_all => Said::Empty,
            0 => some(1, false),
            number => some(number, is_all),
        },
    }
}

fn unreadable() -> Said {
    Said::Unclear("did not answer as this service does".to_owned())
}

/// What an answer says that is no success, or a page.
fn no_success(response: &Response) -> Option<Said> {
    let status = response.status;
    if is_page(response) {
        let text = format!("answered {status} with a page and not with data");
        return Some(Said::Unclear(text));
    }
    if (200..300).contains(&status) {
        return None;
    }
    let body = json(response).unwrap_or_default();
    // A service that is switched off refuses with 403, too, and protects nothing.
    let is_off = reasons(&body).any(|reason| reason != "IAM_PERMISSION_DENIED");
    let message = message(&body);
    Some(match status {
        401 | 403 if is_off => Said::Unclear(format!(
            "answered {status} because the service or the key is not set up for this"
        )),
        401 | 403 if body.get("error").is_none() => {
            Said::Unclear(format!("answered {status}, and not as this service does"))
        }
        401 | 403 => Said::Held,
        // Rules of the first version let nobody list.
        400 if message.contains("rules_version") => Said::Held,
        404 => Said::Unclear("does not know this project, database or bucket (404)".to_owned()),
        423 => Said::Unclear("is switched off by its owner (423)".to_owned()),
        429 => Said::Unclear("asked for fewer requests (429)".to_owned()),
        300..=399 => Said::Unclear(format!("sent the request elsewhere ({status})")),
        _ => Said::Unclear(format!("answered {status}")),
    })
}

/// The machine-readable reasons of an error of Google's services.
///
/// <https://cloud.google.com/apis/design/errors#error_info>
fn reasons(body: &Json) -> impl Iterator<Item = &str> {
    let details = body.pointer("/error/details").and_then(Json::as_array);
    let details = details.into_iter().flatten();
    details.filter_map(|detail| detail.get("reason")?.as_str())
}

/// The message of an error, which may be compared and must not be shown.
fn message(body: &Json) -> &str {
    let message = body.pointer("/error/message").and_then(Json::as_str);
    message.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::answer;

    fn said(read: fn(&Response) -> Said, status: u16, body: &str) -> Said {
        let mut response = answer(status, body).unwrap();
        response.headers[0].1 = "application/json".to_owned();
        read(&response)
    }

    #[test]
    fn what_there_is_is_counted() {
        assert_eq!(
            said(database, 200, r#"{"clients":true,"log":true}"#),
            some(2, true)
        );
        assert_eq!(said(database, 200, "\"a value\""), some(1, true));
        assert_eq!(said(database, 200, "null"), Said::Empty);
        let page = r#"{"documents":[{"name":"a"}],"nextPageToken":"x"}"#;
        assert_eq!(said(documents, 200, page), some(1, false));
        assert_eq!(said(documents, 200, "{}"), Said::Empty);
        let list = r#"{"prefixes":["a/"],"items":[{"name":"b"}]}"#;
        assert_eq!(said(files, 200, list), some(2, true));
        assert_eq!(
            said(files, 200, r#"{"prefixes":[],"items":[]}"#),
            Said::Empty
        );
    }

    #[test]
    fn refusals_of_rules_are_told_from_everything_else() {
        let denied = r#"{"error":{"code":403,"message":"Missing or insufficient permissions.","status":"PERMISSION_DENIED"}}"#;
        assert_eq!(said(documents, 403, denied), Said::Held);
        assert_eq!(
            said(database, 401, r#"{"error":"Permission denied"}"#),
            Said::Held
        );
        let off = r#"{"error":{"code":403,"status":"PERMISSION_DENIED","details":[{"reason":"SERVICE_DISABLED"}]}}"#;
        assert!(matches!(said(documents, 403, off), Said::Unclear(_)));
        let old = r#"{"error":{"code":400,"message":"Listing objects in a bucket is disallowed for rules_version = \"1\"."}}"#;
        assert_eq!(said(files, 400, old), Said::Held);
        for (status, body) in [(404, "{}"), (423, "{}"), (429, "{}"), (500, ""), (302, "")] {
            assert!(
                matches!(said(database, status, body), Said::Unclear(_)),
                "{status}"
            );
        }
    }

    #[test]
    fn answers_of_something_else_prove_nothing() {
        for body in ["<html>hi", "{\"hello\":1}", "[]", "{", ""] {
            assert!(
                matches!(said(documents, 200, body), Said::Unclear(_)),
                "{body}"
            );
            assert!(matches!(said(files, 200, body), Said::Unclear(_)), "{body}");
        }
        assert!(matches!(
            said(database, 403, "<html>blocked"),
            Said::Unclear(_)
        ));
        for body in ["{}", "", r#"{"message":"log in first"}"#] {
            assert!(
                matches!(said(documents, 403, body), Said::Unclear(_)),
                "{body}"
            );
        }
        let deep = "[".repeat(100_000);
        assert!(matches!(said(database, 200, &deep), Said::Unclear(_)));
    }
}
