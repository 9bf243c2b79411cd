//! What a target answers.

use serde_json::Value;

use crate::Exchange;
use crate::bindings::tidegate::check::http::{Header, Response, Timings};

/// An answer with a status, headers and a body.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    pub(super) status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Answer {
    /// An answer without a body.
    pub fn status(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    /// The same, with JSON.
    #[must_use]
    pub fn json(self, body: Value) -> Self {
        self.header("content-type", "application/json")
            .body(body.to_string())
    }

    /// The same, with this body.
    #[must_use]
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// The same, with a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers
            .push((name.to_ascii_lowercase(), value.to_owned()));
        self
    }

    /// As the check gets it: every millisecond of it is made up.
    pub(super) fn response(&self, url: String, limit: usize) -> Response {
        let kept = self.body.len().min(limit);
        Response {
            status: self.status,
            headers: headers(&self.headers),
            body: self.body[..kept].to_vec(),
            truncated: kept < self.body.len(),
            url,
            redirects: Vec::new(),
            timings: Timings {
                dns: None,
                connect: None,
                tls: None,
                first_byte: 1_000,
                download: 100,
                total: 1_100,
            },
        }
    }
}

fn headers(pairs: &[(String, String)]) -> Vec<Header> {
    let header = |(name, value): &(String, String)| Header {
        name: name.clone(),
        value: value.clone(),
    };
    pairs.iter().map(header).collect()
}

/// What another check sent and received, for [`Target::recorded`](super::Target::recorded); its members are open, to
/// be changed.
pub fn exchange(method: &str, route: &str, status: u16, body: Value) -> Exchange {
    Exchange {
        check: "another".to_owned(),
        identity: None,
        method: method.to_owned(),
        route: route.to_owned(),
        url: format!("{}{route}", super::target::URL),
        status: Some(status),
        headers: Vec::new(),
        body: body.to_string().into_bytes(),
        truncated: false,
        provoked: false,
    }
}
