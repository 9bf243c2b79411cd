//! What a handler answers.

use std::fmt;
use std::time::Duration;

use http_body_util::Full;
use hyper::Response;
use hyper::body::Bytes;
use serde_json::Value;
use tokio::time;

/// An answer: status, headers, body, and when or whether it is sent.
#[derive(Clone, Debug)]
pub struct Reply {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    delay: Duration,
    lost: bool,
}

impl Reply {
    /// Creates an answer with a status and an empty body.
    pub fn new(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Vec::new(),
            delay: Duration::ZERO,
            lost: false,
        }
    }

    /// Creates an answer with a body of any media type.
    pub fn bytes(status: u16, media_type: &str, body: impl Into<Vec<u8>>) -> Self {
        let mut reply = Self::new(status).header("content-type", media_type);
        reply.body = body.into();
        reply
    }

    /// Creates an answer with a JSON body.
    pub fn json(status: u16, body: &Value) -> Self {
        Self::bytes(status, "application/json", body.to_string())
    }

    /// Creates an answer with a plain text body.
    pub fn text(status: u16, body: &str) -> Self {
        Self::bytes(status, "text/plain; charset=utf-8", body)
    }

    /// Creates an answer with an HTML body.
    pub fn html(status: u16, body: &str) -> Self {
        Self::bytes(status, "text/html; charset=utf-8", body)
    }

    /// Creates a redirect with an empty body.
    pub fn redirect(status: u16, location: &str) -> Self {
        Self::new(status).header("location", location)
    }

    /// Creates an answer that never arrives: the request is handled, then the connection closes.
    pub fn lost() -> Self {
        Self {
            lost: true,
            ..Self::new(200)
        }
    }

    /// Adds a header; a name may be added more than once.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Sends the answer only after a delay; other requests are served meanwhile.
    #[must_use]
    pub fn after(self, delay: Duration) -> Self {
        Self { delay, ..self }
    }

    /// Holds the answer back as long as it says, and turns it into hyper's response.
    ///
    /// # Errors
    /// [`Lost`] for an answer that is not to arrive: hyper then closes the connection.
    ///
    /// # Panics
    /// When the status or a header is not valid HTTP; [`crate::hostile`] is the place for those.
    pub(crate) async fn into_response(self) -> Result<Response<Full<Bytes>>, Lost> {
        if !self.delay.is_zero() {
            time::sleep(self.delay).await;
        }
        if self.lost {
            return Err(Lost);
        }
        let mut response = Response::builder().status(self.status);
        for (name, value) in &self.headers {
            response = response.header(name, value);
        }
        let body = Full::new(Bytes::from(self.body));
        Ok(response
            .body(body)
            .expect("the handler's status and headers are valid"))
    }
}

/// Tells hyper to close the connection without an answer.
#[derive(Debug)]
pub(crate) struct Lost;

impl fmt::Display for Lost {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the answer is lost on purpose")
    }
}

impl std::error::Error for Lost {}
