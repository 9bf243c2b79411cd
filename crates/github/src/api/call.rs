//! One call, before it is sent, and what came back.

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::error::ApiError;
use super::foreign::Foreign;

/// What is left as it is within a path's segment and a query (RFC 3986, 2.3).
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// A text within a path or a query.
pub(crate) fn escaped(text: &str) -> String {
    utf8_percent_encode(text, ESCAPED).to_string()
}

/// What a call is for, in words that an error can use, and the permission that allows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Purpose {
    /// As in `write the check run`.
    pub(crate) action: &'static str,
    /// As in `checks: write`.
    pub(crate) permission: &'static str,
}

/// A call.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) method: Method,
    /// Path and query below the address of the interface.
    pub(crate) path: String,
    pub(crate) body: Option<Value>,
    pub(crate) purpose: Purpose,
}

impl Call {
    pub(crate) fn get(purpose: Purpose, path: String) -> Self {
        Self {
            method: Method::GET,
            path,
            body: None,
            purpose,
        }
    }

    pub(crate) fn post(purpose: Purpose, path: String, body: Value) -> Self {
        Self {
            method: Method::POST,
            path,
            body: Some(body),
            purpose,
        }
    }

    pub(crate) fn patch(purpose: Purpose, path: String, body: Value) -> Self {
        Self {
            method: Method::PATCH,
            ..Self::post(purpose, path, body)
        }
    }

    pub(crate) fn delete(purpose: Purpose, path: String) -> Self {
        Self {
            method: Method::DELETE,
            ..Self::get(purpose, path)
        }
    }

    /// Adds a parameter to the query.
    pub(crate) fn query(mut self, name: &str, value: impl ToString) -> Self {
        let sign = if self.path.contains('?') { '&' } else { '?' };
        let value = escaped(&value.to_string());
        self.path.push_str(&format!("{sign}{name}={value}"));
        self
    }
}

/// What came back.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Reply {
    /// The reply, when it says that what was asked was done.
    pub(crate) fn accepted(self, call: &Call, foreign: &Foreign) -> Result<Self, ApiError> {
        if self.status.is_success() {
            return Ok(self);
        }
        let Purpose { action, permission } = call.purpose;
        let status = self.status.as_u16();
        let message = self.message(foreign);
        Err(match status {
            401 => ApiError::Token { message },
            404 if call.method == Method::GET => ApiError::NotFound {
                thing: foreign.line(&thing(&call.path)),
            },
            // What the token may not see or write is hidden behind a 404.
            403 | 404 => ApiError::Permission {
                action,
                permission,
                status,
                message,
            },
            _ => ApiError::Refused {
                action,
                status,
                message,
            },
        })
    }

    /// The content of the reply.
    pub(crate) fn read<T: DeserializeOwned>(
        &self,
        call: &Call,
        foreign: &Foreign,
    ) -> Result<T, ApiError> {
        serde_json::from_slice(&self.body).map_err(|error| ApiError::Answer {
            action: call.purpose.action,
            reason: foreign.line(&error.to_string()),
        })
    }

    /// What GitHub says about a refusal.
    fn message(&self, foreign: &Foreign) -> String {
        if self.status.is_redirection() {
            return "the interface is elsewhere; the token is not sent there".to_owned();
        }
        let Ok(body) = serde_json::from_slice::<Value>(&self.body) else {
            return String::new();
        };
        let mut message = text(&body["message"]);
        let errors = body["errors"].as_array().into_iter().flatten().take(3);
        for error in errors {
            let parts: Vec<String> = ["resource", "field", "code", "message"]
                .iter()
                .map(|key| text(&error[*key]))
                .chain([text(error)])
                .filter(|part| !part.is_empty())
                .collect();
            message.push_str(&format!("; {}", parts.join(" ")));
        }
        foreign.line(&message)
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// What a path is about, for a person.
fn thing(path: &str) -> String {
    let path = path.split('?').next().unwrap_or_default();
    match path.strip_prefix("/repos/") {
        Some(rest) if rest.split('/').count() == 2 => format!("repository {rest}"),
        Some(rest) => format!("`{rest}`"),
        None => format!("`{path}`"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PURPOSE: Purpose = Purpose {
        action: "write the comment",
        permission: "pull-requests: write",
    };

    fn reply(status: u16, body: &str) -> Reply {
        Reply {
            status: StatusCode::from_u16(status).unwrap(),
            headers: HeaderMap::new(),
            body: Bytes::copy_from_slice(body.as_bytes()),
        }
    }

    #[test]
    fn parameters_cannot_leave_their_place() {
        let call = Call::get(PURPOSE, "/x".to_owned())
            .query("name", "a b&page=9#é")
            .query("page", 2);
        assert_eq!(call.path, "/x?name=a%20b%26page%3D9%23%C3%A9&page=2");
        assert_eq!(escaped("../a/b"), "..%2Fa%2Fb");
    }

    #[test]
    fn a_refusal_says_what_github_said_and_not_the_token() {
        let foreign = Foreign::new(&"ghs_0123456789abcdef".into());
        let call = Call::post(PURPOSE, "/repos/a/b/x".to_owned(), Value::Null);
        let body = r#"{"message":"Validation Failed ghs_0123456789abcdef\n::error::x","errors":[{"field":"body","code":"too_long"},"more"]}"#;
        let error = reply(422, body).accepted(&call, &foreign).unwrap_err();
        insta::assert_snapshot!(error.to_string());
        let error = reply(404, "{}").accepted(&call, &foreign).unwrap_err();
        assert_eq!(error.permission(), Some("pull-requests: write"));
        let call = Call::get(PURPOSE, "/repos/a/b".to_owned());
        let error = reply(404, "<html>").accepted(&call, &foreign).unwrap_err();
        assert_eq!(
            error.to_string(),
            "GitHub knows no repository a/b, or the token may not see it (404)"
        );
    }
}
