//! A request as it goes onto a connection.

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, HOST};
use http::{HeaderMap, HeaderValue, Method, Request, Uri};
use http_body_util::Full;
use tidegate_core::ports::{HttpError, Secrets};
use url::{Position, Url};

use crate::headers;

/// A request with its body.
pub(crate) type Message = Request<Full<Bytes>>;

/// How a protocol wants its requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// The path, and a `host` header (RFC 9112, 3.2).
    Http1,
    /// The whole address (RFC 9113, 8.3.1).
    Http2,
}

/// What a message is made of.
pub(crate) struct Outgoing<'a> {
    /// The method.
    pub(crate) method: &'a Method,
    /// The address.
    pub(crate) url: &'a Url,
    /// Every header but those that frame it.
    pub(crate) headers: &'a HeaderMap,
    /// The body.
    pub(crate) body: &'a Bytes,
}

impl Outgoing<'_> {
    /// The request as a protocol wants it.
    ///
    /// # Errors
    /// When the address is none that a request can name.
    pub(crate) fn message(&self, form: Form, secrets: &dyn Secrets) -> Result<Message, HttpError> {
        let from = match form {
            Form::Http1 => Position::BeforePath,
            Form::Http2 => Position::BeforeScheme,
        };
        let uri = Uri::try_from(&self.url[from..Position::AfterQuery]);
        let mut message = Request::new(Full::new(self.body.clone()));
        *message.uri_mut() = uri.map_err(|error| HttpError::InvalidUrl {
            url: secrets.redact(self.url.as_str()),
            reason: error.to_string(),
        })?;
        *message.method_mut() = self.method.clone();
        *message.headers_mut() = self.headers.clone();
        // Said even of nothing where content is expected (RFC 9110, 8.6): some servers insist.
        let expected = matches!(*self.method, Method::POST | Method::PUT | Method::PATCH);
        if expected && self.body.is_empty() {
            let nothing = HeaderValue::from_static("0");
            message.headers_mut().insert(CONTENT_LENGTH, nothing);
        }
        if form == Form::Http1 && !self.headers.contains_key(HOST) {
            let host = &self.url[Position::BeforeHost..Position::AfterPort];
            let host = headers::value(&HOST, host)?;
            message.headers_mut().insert(HOST, host);
        }
        Ok(message)
    }
}

/// A request that is put together once and sent again and again.
pub(crate) struct Prepared {
    url: Url,
    body: Bytes,
    http1: Message,
    http2: Message,
}

impl Prepared {
    /// Puts it together for every protocol.
    ///
    /// # Errors
    /// As for [`Outgoing::message`].
    pub(crate) fn new(outgoing: &Outgoing<'_>, secrets: &dyn Secrets) -> Result<Self, HttpError> {
        Ok(Self {
            url: outgoing.url.clone(),
            body: outgoing.body.clone(),
            http1: outgoing.message(Form::Http1, secrets)?,
            http2: outgoing.message(Form::Http2, secrets)?,
        })
    }

    /// The address.
    pub(crate) fn url(&self) -> &Url {
        &self.url
    }

    /// The method.
    pub(crate) fn method(&self) -> &Method {
        self.http2.method()
    }

    /// The headers.
    pub(crate) fn headers(&self) -> &HeaderMap {
        self.http2.headers()
    }

    /// The body.
    pub(crate) fn body(&self) -> &Bytes {
        &self.body
    }

    /// A copy for a connection; the texts in it are shared.
    pub(crate) fn message(&self, form: Form) -> Message {
        match form {
            Form::Http1 => self.http1.clone(),
            Form::Http2 => self.http2.clone(),
        }
    }
}
