//! A request that was checked and put together: what is the same however it is sent.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::header::{
    ACCEPT, ACCEPT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, COOKIE, HOST, SET_COOKIE, USER_AGENT,
};
use http::uri::InvalidUri;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, response};
use http_body_util::Full;
use tidegate_core::exchange::Exchange;
use tidegate_core::ports::http::{Body, Request, Response, Timings};
use tidegate_core::ports::{HttpError, Secrets};
use tidegate_core::redact::CREDENTIAL_HEADERS;
use tidegate_core::secret::Sensitive;
use url::{Position, Url};

use crate::courier::{Courier, Persona};
use crate::decode::{self, Kept};
use crate::encode::{self, Encoded};
use crate::exchange::{self, Sent};
use crate::granted;
use crate::headers;
use crate::provider;
use crate::redirects;
use crate::session::jar;

/// Method, address, headers and body of a request's next hop.
pub(crate) struct Prepared {
    /// The method.
    pub(crate) method: Method,
    /// Where it goes.
    pub(crate) url: Url,
    /// What it says of itself, but for what depends on the protocol.
    pub(crate) headers: HeaderMap,
    /// What it sends.
    pub(crate) body: Encoded,
    /// Whether every hop so far stayed on the first origin.
    at_home: bool,
    /// Whether a redirect was followed.
    redirected: bool,
    /// Whether a credential of the session goes with it.
    pub(crate) authenticated: bool,
}

/// Which protocol a request is written for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Protocol {
    /// RFC 9112.
    Http1,
    /// RFC 9113.
    Http2,
}

/// What an answer was, read up to its cap.
pub(crate) struct Answered {
    /// Status, version and headers.
    pub(crate) head: response::Parts,
    /// The body.
    pub(crate) kept: Kept,
    /// Where the time went.
    pub(crate) timings: Timings,
    /// How long it took in all.
    pub(crate) elapsed: Duration,
}

impl Prepared {
    /// Checks a request and puts its first hop together; nothing is sent.
    ///
    /// # Errors
    /// When it may not or cannot be sent.
    pub(crate) fn new(
        courier: &Courier,
        request: &Request,
        persona: &Persona<'_>,
    ) -> Result<Self, HttpError> {
        let method = courier.permit(request)?;
        let secrets = &*courier.secrets;
        let url = courier
            .sites
            .locate(&request.target, &request.query, persona.also, secrets)?;
        courier.permit_at(request, &method, &url)?;
        let mut prepared = Self {
            method,
            url,
            headers: HeaderMap::new(),
            body: encode::encode(&request.body, &*courier.random),
            at_home: true,
            redirected: false,
            authenticated: false,
        };
        prepared.pack(courier, request, persona)?;
        Ok(prepared)
    }

    /// Takes the next hop of a redirect.
    ///
    /// # Errors
    /// When a header cannot be sent, or the address may only be looked at.
    pub(crate) fn turn(
        &mut self,
        courier: &Courier,
        request: &Request,
        persona: &Persona<'_>,
        (status, url): (StatusCode, Url),
    ) -> Result<(), HttpError> {
        let (method, keeps_body) = redirects::method_after(status, &self.method);
        self.method = method;
        if !keeps_body {
            self.body = encode::encode(&Body::Empty, &*courier.random);
        }
        courier.permit_at(request, &self.method, &url)?;
        self.at_home &= url.origin() == self.url.origin();
        self.redirected = true;
        self.url = url;
        self.pack(courier, request, persona)
    }

    /// The request as a protocol wants it.
    ///
    /// # Errors
    /// When the address is one that the library does not take.
    pub(crate) fn message(
        &self,
        protocol: Protocol,
        secrets: &dyn Secrets,
    ) -> Result<http::Request<Full<Bytes>>, HttpError> {
        let uri = uri(&self.url, protocol);
        let mut message = http::Request::new(Full::new(self.body.bytes.clone()));
        *message.uri_mut() = uri.map_err(|error| HttpError::InvalidUrl {
            url: secrets.redact(self.url.as_str()),
            reason: error.to_string(),
        })?;
        *message.method_mut() = self.method.clone();
        *message.headers_mut() = self.headers.clone();
        // Said even of nothing where content is expected (RFC 9110, 8.6): some servers insist.
        let expected = matches!(self.method, Method::POST | Method::PUT | Method::PATCH);
        if expected && self.body.bytes.is_empty() {
            let nothing = HeaderValue::from_static("0");
            message.headers_mut().insert(CONTENT_LENGTH, nothing);
        }
        if protocol == Protocol::Http1 && !self.headers.contains_key(HOST) {
            message.headers_mut().insert(HOST, host(&self.url)?);
        }
        Ok(message)
    }

    /// What the observers get to see.
    pub(crate) fn record(
        &self,
        courier: &Courier,
        request: &Request,
        persona: &Persona<'_>,
        outcome: &Result<Response, HttpError>,
    ) -> Exchange {
        let sent = Sent {
            method: self.method.as_str(),
            url: self.url.as_str(),
            headers: &self.headers,
            body: &self.body.bytes,
        };
        let secrets = &*courier.secrets;
        exchange::record(request, persona.identity, &sent, outcome, secrets)
    }

    /// Remembers the cookies an answer sets; their values are secrets from then on.
    pub(crate) fn keep_cookies(
        &self,
        courier: &Courier,
        persona: &Persona<'_>,
        headers: &HeaderMap,
    ) {
        for value in headers.get_all(SET_COOKIE) {
            let text = String::from_utf8_lossy(value.as_bytes());
            jar::learn(&text, &self.url, &*courier.secrets);
            if let Some(jar) = persona.jar {
                let mut jar = jar.lock().unwrap_or_else(PoisonError::into_inner);
                jar.store(&text, &self.url);
            }
        }
    }

    /// The answer as the port has it, without redirects.
    pub(crate) fn response(&self, answered: Answered) -> Response {
        let Answered {
            head,
            kept,
            timings,
            elapsed,
        } = answered;
        let shown = |(name, value): (&HeaderName, &HeaderValue)| {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            (name.as_str().to_owned(), value)
        };
        let headers: Vec<(String, String)> = head.headers.iter().map(shown).collect();
        let cookies = headers
            .iter()
            .filter(|(name, _)| name == SET_COOKIE.as_str())
            .filter_map(|(_, value)| jar::parse(value))
            .collect();
        Response {
            status: head.status.as_u16(),
            version: format!("{:?}", head.version),
            headers,
            body: Arc::from(kept.bytes),
            truncated: kept.truncated,
            url: self.url.to_string(),
            redirects: Vec::new(),
            refused_redirect: None,
            cookies,
            timings,
            elapsed,
            authenticated: self.authenticated,
        }
    }

    /// Puts the headers of the next hop together.
    fn pack(
        &mut self,
        courier: &Courier,
        request: &Request,
        persona: &Persona<'_>,
    ) -> Result<(), HttpError> {
        let mut packed = HeaderMap::with_capacity(16);
        packed.insert(USER_AGENT, courier.user_agent.clone());
        packed.insert(ACCEPT, HeaderValue::from_static("*/*"));
        packed.insert(ACCEPT_ENCODING, HeaderValue::from_static(decode::ACCEPTED));
        if let Some(content_type) = &self.body.content_type {
            packed.insert(CONTENT_TYPE, headers::value(&CONTENT_TYPE, content_type)?);
        }
        if !provider::is_beside(request) {
            for (name, template) in courier.sites.headers(&self.url) {
                packed.insert(name, headers::rendered(name, template, &*courier.secrets)?);
            }
        }
        let mut credentials = self.pack_credentials(courier, persona, &mut packed)?;
        for name in self.pack_own(&*courier.secrets, request, &mut packed)? {
            credentials.retain(|credential| *credential != name);
        }
        self.authenticated = !credentials.is_empty();
        self.headers = packed;
        Ok(())
    }

    /// Adds what the session holds for this address; returns the names that prove who sends it.
    fn pack_credentials(
        &self,
        courier: &Courier,
        persona: &Persona<'_>,
        packed: &mut HeaderMap,
    ) -> Result<Vec<HeaderName>, HttpError> {
        let origin = self.url.origin();
        let reaching = persona
            .grant
            .filter(|grant| grant.reaches(&origin, &courier.sites));
        let mut names = Vec::new();
        let mut cookies = String::new();
        if let Some(grant) = reaching {
            for (name, value) in grant.headers(&origin) {
                packed.insert(name, value.clone());
                names.push(name.clone());
            }
            jar::write(&mut cookies, grant.cookies());
        }
        if let Some(jar) = persona.jar {
            let jar = jar.lock().unwrap_or_else(PoisonError::into_inner);
            jar::write(&mut cookies, jar.matching(&self.url));
        }
        if !cookies.is_empty() {
            let value = headers::credential(&COOKIE, &Sensitive::new(cookies))?;
            packed.insert(COOKIE, value);
            if persona.grant.is_some() {
                names.push(COOKIE);
            }
        }
        Ok(names)
    }

    /// Adds the request's own headers in the place of others of their name; returns their names.
    fn pack_own(
        &self,
        secrets: &dyn Secrets,
        request: &Request,
        packed: &mut HeaderMap,
    ) -> Result<Vec<HeaderName>, HttpError> {
        let mut names = Vec::new();
        for (name, value) in &request.headers {
            let name = headers::name(name)?;
            let text = value.expose();
            let about_body = name.as_str().starts_with("content-");
            let bodiless = self.redirected && self.body.bytes.is_empty();
            if granted::origins(request).is_some() {
                granted::permit_header(&name)?;
            }
            let stays = !self.at_home && (name == HOST || confidential(&name, text, secrets));
            if (about_body && bodiless) || stays {
                continue;
            }
            let mut value = headers::value(&name, text)?;
            if provider::is_beside(request) {
                // Which header holds the key is the other side's choice.
                value.set_sensitive(true);
            }
            if names.contains(&name) {
                packed.append(&name, value);
            } else {
                packed.insert(&name, value);
                names.push(name);
            }
        }
        Ok(names)
    }
}

/// The address of a message: HTTP/1.1 has the path beside a `host` header (RFC 9112, 3.2), HTTP/2 the whole address
/// (RFC 9113, 8.3.1).
///
/// # Errors
/// When the address is one that the library does not take.
pub(crate) fn uri(url: &Url, protocol: Protocol) -> Result<Uri, InvalidUri> {
    let from = match protocol {
        Protocol::Http1 => Position::BeforePath,
        Protocol::Http2 => Position::BeforeScheme,
    };
    Uri::try_from(&url[from..Position::AfterQuery])
}

/// The value of a `host` header.
///
/// # Errors
/// When it cannot be sent.
pub(crate) fn host(url: &Url) -> Result<HeaderValue, HttpError> {
    headers::value(&HOST, &url[Position::BeforeHost..Position::AfterPort])
}

/// Whether a header of the request stays on the origin it was written for.
fn confidential(name: &HeaderName, value: &str, secrets: &dyn Secrets) -> bool {
    CREDENTIAL_HEADERS.contains(&name.as_str()) || secrets.redact(value) != value
}
