//! Requests.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use serde::Serialize;

use crate::bindings::tidegate::check::http::{self, Header, HttpError, Place};
use crate::{Response, host};

/// The placeholder of a granted secret, for the value of a header; the check never sees the secret itself.
///
/// ```
/// assert_eq!(format!("Bearer {}", tidegate_plugin_sdk::secret("STRIPE_KEY")), "Bearer ${STRIPE_KEY}");
/// ```
pub fn secret(name: &str) -> String {
    ["${", name, "}"].concat()
}

/// A request that is put together and sent; [`Client::request`](crate::Client::request) begins one.
///
/// ```no_run
/// # use tidegate_plugin_sdk::prelude::*;
/// # fn run(context: &Context) -> Result<(), Failure> {
/// let invoice = context
///     .request("GET", "/api/invoices/{id}")
///     .parameter("id", "inv_17")
///     .query("currency", "EUR")
///     .header("accept", "application/json")
///     .as_identity("boris")
///     .send()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "a request is not sent before `send`"]
pub struct Request {
    inner: http::Request,
    /// What makes it no proper request.
    fault: Option<String>,
}

impl Request {
    pub(crate) fn new(method: &str, place: Place) -> Self {
        let templated = path_of(&place).contains('{');
        let route = templated.then(|| route_of(path_of(&place)).to_owned());
        Self {
            inner: http::Request {
                method: method.to_ascii_uppercase(),
                place,
                route,
                identity: None,
                headers: Vec::new(),
                body: None,
                timeout: None,
                redirects: 0,
                body_limit: None,
            },
            fault: None,
        }
    }

    /// Puts a value in the place of `{name}` in the path; reports show the path as it was before.
    pub fn parameter(mut self, name: &str, value: impl fmt::Display) -> Self {
        let mark = ["{", name, "}"].concat();
        let path = path_mut(&mut self.inner.place);
        if path.contains(&mark) {
            *path = path.replace(&mark, &encoded(&value.to_string()));
        } else {
            self.fault = Some(format!("its path has no {mark}"));
        }
        self
    }

    /// Adds a parameter to the query.
    pub fn query(mut self, name: &str, value: impl fmt::Display) -> Self {
        let path = path_mut(&mut self.inner.place);
        path.push(if path.contains('?') { '&' } else { '?' });
        path.push_str(&encoded(name));
        path.push('=');
        path.push_str(&encoded(&value.to_string()));
        self
    }

    /// Adds a header; [`secret`] stands for a secret in its value.
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.inner.headers.push(Header {
            name: name.to_owned(),
            value: value.into(),
        });
        self
    }

    /// Sends it as an identity of the gate file instead of the check's own.
    pub fn as_identity(mut self, name: &str) -> Self {
        self.inner.identity = Some(name.to_owned());
        self
    }

    /// Sends it as a stranger.
    pub fn as_nobody(mut self) -> Self {
        self.inner.identity = Some(String::new());
        self
    }

    /// Sends a value as JSON.
    pub fn json(mut self, value: &(impl Serialize + ?Sized)) -> Self {
        match serde_json::to_vec(value) {
            Ok(body) => self.header("content-type", "application/json").body(body),
            Err(error) => {
                self.fault = Some(format!("its body cannot be written as JSON: {error}"));
                self
            }
        }
    }

    /// Sends bytes.
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.inner.body = Some(body.into());
        self
    }

    /// The path without the parts that differ from request to request, for reports: `/api/invoices/{id}`.
    pub fn route(mut self, route: &str) -> Self {
        self.inner.route = Some(route.to_owned());
        self
    }

    /// How long it may take; 30 s unless this says otherwise.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.inner.timeout = Some(u32::try_from(timeout.as_millis()).unwrap_or(u32::MAX));
        self
    }

    /// How many redirects are followed; none unless this says otherwise.
    pub fn redirects(mut self, most: u8) -> Self {
        self.inner.redirects = most;
        self
    }

    /// The most bytes of the response's body that are kept; 1 MiB unless this says otherwise, 8 MiB at most.
    pub fn body_limit(mut self, bytes: u32) -> Self {
        self.inner.body_limit = Some(bytes);
        self
    }

    /// Sends it and waits for the answer.
    ///
    /// # Errors
    /// When nothing came back; an answer with a status of 4xx or 5xx is no error
    /// ([`Response::expect_ok`] makes it one).
    pub fn send(self) -> Result<Response, RequestError> {
        let method = self.inner.method.clone();
        let path = path_of(&self.inner.place);
        let route = self
            .inner
            .route
            .as_deref()
            .unwrap_or_else(|| route_of(path));
        let what = format!("{method} {route}");
        let sent = match self.fault {
            Some(fault) => Err(HttpError::Invalid(fault)),
            None => host::send(&self.inner),
        };
        match sent {
            Ok(response) => Ok(Response::new(what, response)),
            Err(error) => Err(RequestError { what, error }),
        }
    }

    pub(crate) fn with(mut self, change: impl FnOnce(&mut http::Request)) -> Self {
        change(&mut self.inner);
        self
    }
}

/// Why nothing came back; `?` makes it the [`Failure`](crate::Failure) that fits.
#[derive(Clone, Debug, PartialEq)]
pub struct RequestError {
    what: String,
    error: HttpError,
}

impl RequestError {
    /// What happened.
    pub fn error(&self) -> &HttpError {
        &self.error
    }
}

impl fmt::Display for RequestError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (happened, detail) = match &self.error {
            HttpError::Denied(detail) => ("it is not granted", detail),
            HttpError::Invalid(detail) => ("it is no proper request", detail),
            HttpError::Dns(detail) => ("the host's name leads nowhere", detail),
            HttpError::Connect(detail) => ("nobody answers", detail),
            HttpError::Tls(detail) => ("there is no secure connection", detail),
            HttpError::Timeout(detail) => ("it took too long", detail),
            HttpError::Login(detail) => ("the login failed", detail),
            HttpError::Broken(detail) => ("the connection broke", detail),
        };
        write!(formatter, "{}: {happened}: {detail}", self.what)
    }
}

impl Error for RequestError {}

/// The path or the address of a place.
pub(crate) fn path_of(place: &Place) -> &str {
    match place {
        Place::Target(path) | Place::Api((_, path)) | Place::Url(path) => path,
    }
}

fn path_mut(place: &mut Place) -> &mut String {
    match place {
        Place::Target(path) | Place::Api((_, path)) | Place::Url(path) => path,
    }
}

/// A path without its query.
fn route_of(path: &str) -> &str {
    path.split('?').next().unwrap_or(path)
}

/// A text as a part of a path or a query, percent-encoded but for unreserved characters (RFC 3986, section 2.3).
pub(crate) fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(path: &str) -> Request {
        Request::new("get", Place::Target(path.to_owned()))
    }

    #[test]
    fn parameters_are_encoded_and_the_route_keeps_their_names() {
        let request = request("/api/{kind}/{id}?full=1")
            .parameter("kind", "a b")
            .parameter("id", 17)
            .query("q", "ä&b");
        assert_eq!(
            path_of(&request.inner.place),
            "/api/a%20b/17?full=1&q=%C3%A4%26b"
        );
        assert_eq!(request.inner.route.as_deref(), Some("/api/{kind}/{id}"));
        assert_eq!(request.inner.method, "GET");
    }

    #[test]
    fn a_parameter_that_is_not_in_the_path_is_told_at_the_request() {
        let error = request("/api/x")
            .parameter("id", 1)
            .send()
            .expect_err("no {id}");
        assert_eq!(
            error.to_string(),
            "GET /api/x: it is no proper request: its path has no {id}"
        );
    }
}
