//! What arrived at the sink, as expectations look at it.

use std::time::Duration;

use serde_json::Value as Json;
use tidegate_core::ports::Received;
use tidegate_core::ports::http::{Cookie, Response, Timings};
use tidegate_core::template::{Lookup, TemplateError};

use super::config::Expected;
use crate::expect::{self, Expectation, Judgement, Shown};
use crate::naming::without_data;

/// A request of the portal.
pub(super) struct Arrival {
    /// The method and the path without what may be a token or somebody's: its query, and segments that are
    /// data.
    pub(super) name: String,
    /// The path without its query.
    pub(super) path: String,
    /// The body as JSON, if it is.
    pub(super) json: Option<Json>,
    /// Headers and body in the form that expectations are held against.
    pub(super) response: Response,
}

impl Arrival {
    /// Looks at a request that was received.
    pub(super) fn new(received: &Received) -> Self {
        let path = received.path.split(['?', '#']).next().unwrap_or_default();
        let json = serde_json::from_slice(&received.body).ok();
        Self {
            name: format!("{} {}", received.method, without_data(path)),
            path: path.to_owned(),
            json: json.filter(|_| !received.truncated),
            response: Response {
                status: 200,
                version: "HTTP/1.1".into(),
                headers: received.headers.clone(),
                body: received.body.clone(),
                truncated: received.truncated,
                url: String::new(),
                redirects: Vec::new(),
                refused_redirect: None,
                cookies: Vec::new(),
                timings: Timings::default(),
                elapsed: Duration::ZERO,
                authenticated: false,
            },
        }
    }

    /// All headers of a name as one list (RFC 9110, 5.2).
    pub(super) fn header(&self, name: &str) -> Option<String> {
        expect::Received::new(&self.response, &no_cookies).header(name)
    }

    /// What the body is, as far as it may be told.
    pub(super) fn shape(&self, shown: &Shown) -> String {
        let kind = self.response.header("content-type").unwrap_or_default();
        // Of a body that is no JSON even its beginning may be somebody's.
        match &self.json {
            Some(json) => shown.shape(json),
            None if self.response.body.is_empty() => "an empty body".into(),
            None => {
                let kind = kind.split(';').next().unwrap_or_default();
                let more = if self.response.truncated {
                    "more than "
                } else {
                    ""
                };
                format!("{more}{} bytes of type “{kind}”", self.response.body.len())
            }
        }
    }

    /// Whether it was sent where the event is expected.
    pub(super) fn is_at(&self, expected: &Expected) -> bool {
        expected.path.as_ref().is_none_or(|path| *path == self.path)
    }

    /// Holds a part of what is expected of an event against it.
    ///
    /// # Errors
    /// The first reference without a value.
    pub(super) fn judge(
        &self,
        expectation: &Expectation,
        expected: &Expected,
        shown: &Shown,
        lookup: &dyn Lookup,
    ) -> Result<Judgement, TemplateError> {
        let received = expect::Received::new(&self.response, &no_cookies);
        expectation.judge(&received, &expected.span, shown, lookup)
    }
}

fn no_cookies() -> Vec<Cookie> {
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_token_in_a_path_is_told() {
        let name = |path: &str| {
            Arrival::new(&Received {
                method: "POST".into(),
                path: path.into(),
                headers: Vec::new(),
                body: Vec::new().into(),
                truncated: false,
            })
            .name
        };
        assert_eq!(name("/hooks/records?key=s3cr3t"), "POST /hooks/records");
        assert_eq!(name("/hooks/T024BE7LH/x9s8a7"), "POST /hooks/{}/{}");
        assert_eq!(name("/to/anna@acme.example"), "POST /to/{}");
    }
}
