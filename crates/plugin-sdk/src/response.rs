//! What came back.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use serde::de::DeserializeOwned;

use crate::bindings::tidegate::check::http;

/// What came back.
#[derive(Clone, Debug, PartialEq)]
pub struct Response {
    /// Method and route of the request.
    what: String,
    inner: http::Response,
}

/// Where the time went. What did not happen is absent: a connection that was used before needs no name, no connection
/// and no encryption.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timings {
    /// The name of the host.
    pub dns: Option<Duration>,
    /// The connection.
    pub connect: Option<Duration>,
    /// Its encryption.
    pub tls: Option<Duration>,
    /// From the first byte sent to the first one of the answer.
    pub first_byte: Duration,
    /// From there to the end of the body.
    pub download: Duration,
    /// All of it, redirects included.
    pub total: Duration,
}

impl Response {
    pub(crate) fn new(what: String, inner: http::Response) -> Self {
        Self { what, inner }
    }

    /// The status.
    pub fn status(&self) -> u16 {
        self.inner.status
    }

    /// Whether the status is 2xx.
    pub fn is_ok(&self) -> bool {
        (200..300).contains(&self.inner.status)
    }

    /// Itself, when the status is 2xx.
    ///
    /// # Errors
    /// When it is not.
    pub fn expect_ok(self) -> Result<Self, ResponseError> {
        if self.is_ok() {
            Ok(self)
        } else {
            Err(self.error(Trouble::Status("2xx")))
        }
    }

    /// The value of a header by its name in any case, the first when it came more than once; `set-cookie` never comes.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    /// Names, in lowercase, and values of all headers.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        let headers = self.inner.headers.iter();
        headers.map(|header| (header.name.as_str(), header.value.as_str()))
    }

    /// The body, its encoding undone and secrets replaced.
    pub fn bytes(&self) -> &[u8] {
        &self.inner.body
    }

    /// The body as text.
    ///
    /// # Errors
    /// When it is no UTF-8, or not whole.
    pub fn text(&self) -> Result<&str, ResponseError> {
        if self.inner.truncated {
            return Err(self.error(Trouble::Truncated));
        }
        std::str::from_utf8(&self.inner.body).map_err(|_| self.error(Trouble::NoText))
    }

    /// The body read from JSON.
    ///
    /// # Errors
    /// When it is no JSON, has another shape, or is not whole.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, ResponseError> {
        if self.inner.truncated {
            return Err(self.error(Trouble::Truncated));
        }
        serde_json::from_slice(&self.inner.body)
            .map_err(|error| self.error(Trouble::Json(error.to_string())))
    }

    /// Whether the body was longer than what was kept of it.
    pub fn is_truncated(&self) -> bool {
        self.inner.truncated
    }

    /// The address it came from.
    pub fn url(&self) -> &str {
        &self.inner.url
    }

    /// The addresses that redirects led to.
    pub fn redirects(&self) -> &[String] {
        &self.inner.redirects
    }

    /// Where the time went.
    pub fn timings(&self) -> Timings {
        let timings = &self.inner.timings;
        Timings {
            dns: timings.dns.map(Duration::from_micros),
            connect: timings.connect.map(Duration::from_micros),
            tls: timings.tls.map(Duration::from_micros),
            first_byte: Duration::from_micros(timings.first_byte),
            download: Duration::from_micros(timings.download),
            total: Duration::from_micros(timings.total),
        }
    }

    /// Method, route and status in one line, for evidence: `GET /api/invoices answered 200`.
    pub fn summary(&self) -> String {
        format!("{} answered {}", self.what, self.inner.status)
    }

    fn error(&self, trouble: Trouble) -> ResponseError {
        ResponseError {
            summary: self.summary(),
            trouble,
        }
    }
}

/// Why an answer is of no use to the check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResponseError {
    summary: String,
    trouble: Trouble,
}

/// What is the matter with an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Trouble {
    /// Its status is not of this class.
    Status(&'static str),
    /// Its body was longer than what was kept of it.
    Truncated,
    /// Its body is no UTF-8.
    NoText,
    /// Its body is no JSON of the wanted shape: what the reader says.
    Json(String),
}

impl ResponseError {
    /// What is the matter.
    pub fn trouble(&self) -> &Trouble {
        &self.trouble
    }
}

impl fmt::Display for ResponseError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let summary = &self.summary;
        match &self.trouble {
            Trouble::Status(wanted) => write!(formatter, "{summary} instead of {wanted}"),
            Trouble::Truncated => {
                write!(
                    formatter,
                    "{summary} with more than is kept; raise the body limit"
                )
            }
            Trouble::NoText => write!(formatter, "{summary} with a body that is no UTF-8"),
            Trouble::Json(error) => {
                write!(formatter, "{summary} with a body of another shape: {error}")
            }
        }
    }
}

impl Error for ResponseError {}
