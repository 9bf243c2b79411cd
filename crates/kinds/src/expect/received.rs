//! A response as expectations and captures look at it.

use std::borrow::Cow;
use std::sync::OnceLock;

use serde_json::Value as Json;
use tidegate_core::ports::http::{Cookie, Response};

/// A response whose body is read as JSON at most once.
pub(crate) struct Received<'r> {
    /// The response.
    pub(crate) response: &'r Response,
    json: OnceLock<Option<Json>>,
    jar: &'r (dyn Fn() -> Vec<Cookie> + Sync),
}

impl<'r> Received<'r> {
    /// Looks at a response; `jar` tells the cookies its session holds.
    pub(crate) fn new(response: &'r Response, jar: &'r (dyn Fn() -> Vec<Cookie> + Sync)) -> Self {
        Self {
            response,
            json: OnceLock::new(),
            jar,
        }
    }

    /// The body as JSON, if it is.
    pub(crate) fn json(&self) -> Option<&Json> {
        self.json
            .get_or_init(|| serde_json::from_slice(&self.response.body).ok())
            .as_ref()
    }

    /// The body as text.
    pub(crate) fn text(&self) -> Cow<'r, str> {
        self.response.text()
    }

    /// A header; several of one name are one list (RFC 9110, 5.2).
    pub(crate) fn header(&self, name: &str) -> Option<String> {
        let values: Vec<&str> = self
            .response
            .headers
            .iter()
            .filter(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
            .collect();
        (!values.is_empty()).then(|| values.join(", "))
    }

    /// A cookie that the response set, or else one that the session holds: a cookie set on the way
    /// of a redirect is in the session only.
    pub(crate) fn cookie(&self, name: &str) -> Option<Cookie> {
        let set = self
            .response
            .cookies
            .iter()
            .find(|cookie| cookie.name == name);
        set.cloned()
            .or_else(|| (self.jar)().into_iter().find(|cookie| cookie.name == name))
    }

    /// The content type as it was sent, empty when it was not.
    pub(crate) fn content_type(&self) -> &str {
        self.response.header("content-type").unwrap_or_default()
    }
}
