//! A request as a server received it, and the log that keeps them.

use std::borrow::Cow;
use std::sync::{Arc, Mutex, PoisonError};

use hyper::http::request::Parts;

/// The most bytes of one request body that are read.
pub(crate) const BODY_LIMIT: usize = 16 << 20;

/// The most requests a log keeps; later ones are answered and forgotten.
const RECORDED: usize = 10_000;

/// A request as a server received it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedRequest {
    /// The method as sent, such as `GET`.
    pub method: String,
    /// The path and query as sent, still percent-encoded.
    pub target: String,
    /// The headers in order of arrival; bytes that are not UTF-8 are replaced.
    pub headers: Vec<(String, String)>,
    /// The body without its transfer coding.
    pub body: Vec<u8>,
}

impl RecordedRequest {
    /// Copies the head of a request that hyper parsed and joins its body to it.
    pub(crate) fn from_parts(parts: &Parts, body: Vec<u8>) -> Self {
        let headers = parts.headers.iter().map(|(name, value)| {
            (
                name.as_str().to_owned(),
                String::from_utf8_lossy(value.as_bytes()).into_owned(),
            )
        });
        let target = parts
            .uri
            .path_and_query()
            .map_or("/", |target| target.as_str());
        Self {
            method: parts.method.to_string(),
            target: target.to_owned(),
            headers: headers.collect(),
            body,
        }
    }

    /// Returns the path without the query, still percent-encoded.
    pub fn path(&self) -> &str {
        self.target
            .split_once('?')
            .map_or(&self.target, |(path, _)| path)
    }

    /// Returns the query without the question mark, or nothing where there is none.
    pub fn query(&self) -> &str {
        self.target.split_once('?').map_or("", |(_, query)| query)
    }

    /// Returns the first value of a query parameter, decoded.
    pub fn query_value(&self, name: &str) -> Option<String> {
        form_value(self.query().as_bytes(), name)
    }

    /// Returns the first value of a field of an urlencoded body, decoded.
    pub fn form_value(&self, name: &str) -> Option<String> {
        form_value(&self.body, name)
    }

    /// Returns the first header of that name, in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self
            .headers
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// Returns the value of a cookie the client sent (RFC 6265 §4.2).
    pub fn cookie(&self, name: &str) -> Option<&str> {
        let headers = self
            .headers
            .iter()
            .filter(|(key, _)| key.eq_ignore_ascii_case("cookie"));
        let pairs = headers.flat_map(|(_, value)| value.split(';'));
        pairs
            .filter_map(|pair| pair.trim().split_once('='))
            .find_map(|(key, value)| (key == name).then_some(value))
    }

    /// Returns the body as text; bytes that are not UTF-8 are replaced.
    pub fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.body)
    }

    /// Returns the body as JSON, or nothing when it is not JSON.
    pub fn json(&self) -> Option<serde_json::Value> {
        serde_json::from_slice(&self.body).ok()
    }
}

fn form_value(encoded: &[u8], name: &str) -> Option<String> {
    let mut pairs = form_urlencoded::parse(encoded);
    pairs.find_map(|(key, value)| (key == name).then(|| value.into_owned()))
}

/// The requests a server received, shared with its thread.
#[derive(Clone, Default)]
pub(crate) struct RequestLog(Arc<Mutex<Vec<RecordedRequest>>>);

impl RequestLog {
    /// Keeps a request while there is room.
    pub(crate) fn push(&self, request: RecordedRequest) {
        let mut requests = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if requests.len() < RECORDED {
            requests.push(request);
        }
    }

    /// Returns a copy of what was kept.
    pub(crate) fn all(&self) -> Vec<RecordedRequest> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}
