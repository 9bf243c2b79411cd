//! One request on its way: hop by hop until an answer stays.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use http::header::{ACCEPT, ACCEPT_ENCODING, CONTENT_TYPE, COOKIE, SET_COOKIE, USER_AGENT};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, response};
use hyper::body::Incoming;
use tidegate_core::exchange::Exchange;
use tidegate_core::ports::HttpError;
use tidegate_core::ports::http::{Redirect, Request, Response, Timings};
use tidegate_core::redact::CREDENTIAL_HEADERS;
use tidegate_core::secret::Sensitive;
use url::Url;

use crate::addresses::Reach;
use crate::connector::{self, Phase};
use crate::courier::{Courier, Persona};
use crate::decode::{self, Kept};
use crate::encode::{self, Encoded};
use crate::exchange::{self, Sent};
use crate::failure::{self, Missed};
use crate::headers;
use crate::message::{Message, Outgoing, Prepared};
use crate::pool::Connection;
use crate::provider;
use crate::redirects::{self, Next};
use crate::session::jar;

/// The most bytes read of a redirect's body, to keep its connection in use.
const REDIRECT_BODY: usize = 64 * 1024;

/// A request that was checked and has its first address, headers and body.
pub(crate) struct Trip<'a> {
    courier: &'a Courier,
    request: &'a Request,
    persona: &'a Persona<'a>,
    method: Method,
    url: Url,
    headers: HeaderMap,
    body: Encoded,
    /// Whether every hop so far stayed on the first origin.
    at_home: bool,
    authenticated: bool,
    redirects: Vec<Redirect>,
    phase: Phase,
}

/// An answer of one hop.
struct Arrival {
    head: response::Parts,
    kept: Kept,
    timings: Timings,
    next: Next,
}

/// The connection, the head of the answer and where the time went until then.
type Exchanged = (Connection, http::Response<Incoming>, Timings);

impl<'a> Trip<'a> {
    /// Checks a request and prepares its first hop; nothing is sent.
    ///
    /// # Errors
    /// When it may not or cannot be sent.
    pub(crate) fn plan(
        courier: &'a Courier,
        request: &'a Request,
        persona: &'a Persona<'a>,
    ) -> Result<Self, HttpError> {
        let method = courier.permit(request)?;
        let secrets = &*courier.secrets;
        let url = courier
            .sites
            .locate(&request.target, &request.query, persona.also, secrets)?;
        let mut trip = Self {
            courier,
            request,
            persona,
            method,
            url,
            headers: HeaderMap::new(),
            body: encode::encode(&request.body, &*courier.random),
            at_home: true,
            authenticated: false,
            redirects: Vec::new(),
            phase: Phase::new(),
        };
        trip.pack()?;
        Ok(trip)
    }

    /// Sends the request and follows its redirects.
    ///
    /// # Errors
    /// Whatever keeps the response from being whole.
    pub(crate) async fn travel(&mut self) -> Result<Response, HttpError> {
        let clock = &*self.courier.clock;
        let mut elapsed = Duration::ZERO;
        loop {
            self.courier.pace.wait(clock).await;
            let started = clock.monotonic();
            let left = self.request.timeout.saturating_sub(elapsed);
            let arrival = tokio::time::timeout(left, self.hop())
                .await
                .map_err(|_| self.overdue())??;
            elapsed += clock.monotonic().saturating_sub(started);
            self.keep_cookies(&arrival.head.headers);
            match arrival.next {
                Next::Follow(url) => self.turn(arrival.head.status, url)?,
                Next::Refuse(url) => {
                    let arrival = Arrival {
                        next: Next::Stop,
                        ..arrival
                    };
                    return Ok(self.response(arrival, Some(url), elapsed));
                }
                Next::Stop => return Ok(self.response(arrival, None, elapsed)),
            }
        }
    }

    /// What the observers get to see.
    pub(crate) fn record(&self, outcome: &Result<Response, HttpError>) -> Exchange {
        let sent = Sent {
            method: self.method.as_str(),
            url: self.url.as_str(),
            headers: &self.headers,
            body: &self.body.bytes,
        };
        let secrets = &*self.courier.secrets;
        exchange::record(self.request, self.persona.identity, &sent, outcome, secrets)
    }

    fn overdue(&self) -> HttpError {
        HttpError::Timeout {
            limit: self.request.timeout,
            phase: self.phase.get(),
        }
    }

    async fn hop(&self) -> Result<Arrival, HttpError> {
        let courier = self.courier;
        let origin = self.url.origin();
        let (connection, answer, mut timings) = self.exchange().await?;
        self.phase.enter("reading the body");
        let started = courier.clock.monotonic();
        let (head, body) = answer.into_parts();
        let next = self.next(&head);
        let cap = match next {
            Next::Follow(_) => REDIRECT_BODY,
            _ => self.request.body_cap,
        };
        let kept = decode::read(&head.headers, body, cap).await?;
        let now = courier.clock.monotonic();
        timings.download = now.saturating_sub(started);
        if !kept.truncated && !provider::is_asked(self.request) {
            courier.pool.put(&origin, connection, now);
        }
        Ok(Arrival {
            head,
            kept,
            timings,
            next,
        })
    }

    fn next(&self, head: &response::Parts) -> Next {
        if self.redirects.len() >= usize::from(self.request.redirects) {
            return Next::Stop;
        }
        let sites = &self.courier.sites;
        redirects::next(
            head.status,
            &head.headers,
            &self.url,
            sites,
            self.persona.also,
        )
    }

    /// Sends the request on a waiting connection or a new one.
    async fn exchange(&self) -> Result<Exchanged, HttpError> {
        // A waiting connection may lead to an address that a provider does not have.
        let waiting = if provider::is_asked(self.request) {
            None
        } else {
            self.exchange_on_waiting().await?
        };
        match waiting {
            Some(exchanged) => Ok(exchanged),
            None => self.exchange_on_new().await,
        }
    }

    /// Sends the request on a waiting connection, if there is one that takes it.
    async fn exchange_on_waiting(&self) -> Result<Option<Exchanged>, HttpError> {
        let courier = self.courier;
        let clock = &*courier.clock;
        let origin = self.url.origin();
        while let Some(mut connection) = courier.pool.take(&origin, clock.monotonic()).await {
            let message = self.message(&connection)?;
            self.phase.enter("waiting for the answer");
            let started = clock.monotonic();
            match connection.send(message).await {
                Ok(answer) => {
                    let timings = first_byte(Timings::default(), clock.monotonic(), started);
                    return Ok(Some((connection, answer, timings)));
                }
                Err(failure) => match failure::missed(&failure, &self.method)? {
                    Missed::Unsent => {}
                    Missed::Crossed => break,
                },
            }
        }
        Ok(None)
    }

    async fn exchange_on_new(&self) -> Result<Exchanged, HttpError> {
        let courier = self.courier;
        let clock = &*courier.clock;
        let provider = provider::is_asked(self.request);
        let (tls, reach) = if provider {
            (&courier.providers.tls, courier.providers.reach)
        } else {
            (&courier.tls, Reach::Declared)
        };
        let (mut connection, timings) =
            connector::connect(&self.url, tls, reach, clock, &self.phase).await?;
        if !provider {
            let origin = self.url.origin();
            courier.pool.offer(&origin, &connection, clock.monotonic());
        }
        let message = self.message(&connection)?;
        self.phase.enter("waiting for the answer");
        let started = clock.monotonic();
        let answer = connection
            .send(message)
            .await
            .map_err(|failure| failure::exchange(failure.error(), failure::WAITING))?;
        let timings = first_byte(timings, clock.monotonic(), started);
        Ok((connection, answer, timings))
    }

    fn message(&self, connection: &Connection) -> Result<Message, HttpError> {
        self.outgoing()
            .message(connection.form(), &*self.courier.secrets)
    }

    fn outgoing(&self) -> Outgoing<'_> {
        Outgoing {
            method: &self.method,
            url: &self.url,
            headers: &self.headers,
            body: &self.body.bytes,
        }
    }

    /// The first hop, ready to be sent as often as one likes.
    ///
    /// # Errors
    /// When its address is none that a request can name.
    pub(crate) fn prepare(&self) -> Result<Prepared, HttpError> {
        Prepared::new(&self.outgoing(), &*self.courier.secrets)
    }

    /// Takes the next hop of a redirect.
    fn turn(&mut self, status: StatusCode, url: Url) -> Result<(), HttpError> {
        let (method, keeps_body) = redirects::method_after(status, &self.method);
        self.method = method;
        if !keeps_body {
            self.body = encode::encode(
                &tidegate_core::ports::http::Body::Empty,
                &*self.courier.random,
            );
        }
        self.at_home &= url.origin() == self.url.origin();
        self.redirects.push(Redirect {
            status: status.as_u16(),
            url: url.to_string(),
        });
        self.url = url;
        self.pack()
    }

    /// Puts the headers of the next hop together.
    fn pack(&mut self) -> Result<(), HttpError> {
        let courier = self.courier;
        let mut packed = HeaderMap::with_capacity(16);
        packed.insert(USER_AGENT, courier.user_agent.clone());
        packed.insert(ACCEPT, HeaderValue::from_static("*/*"));
        packed.insert(ACCEPT_ENCODING, HeaderValue::from_static(decode::ACCEPTED));
        if let Some(content_type) = &self.body.content_type {
            packed.insert(CONTENT_TYPE, headers::value(&CONTENT_TYPE, content_type)?);
        }
        if !provider::is_asked(self.request) {
            for (name, template) in courier.sites.headers(&self.url) {
                packed.insert(name, headers::rendered(name, template, &*courier.secrets)?);
            }
        }
        let mut credentials = self.pack_credentials(&mut packed)?;
        for name in self.pack_own(&mut packed)? {
            credentials.retain(|credential| *credential != name);
        }
        self.authenticated = !credentials.is_empty();
        self.headers = packed;
        Ok(())
    }

    /// Adds what the session holds for this address; returns the names that prove who sends it.
    fn pack_credentials(&self, packed: &mut HeaderMap) -> Result<Vec<HeaderName>, HttpError> {
        let origin = self.url.origin();
        let reaching = self
            .persona
            .grant
            .filter(|grant| grant.reaches(&origin, &self.courier.sites));
        let mut names = Vec::new();
        let mut cookies = String::new();
        if let Some(grant) = reaching {
            for (name, value) in grant.headers(&origin) {
                packed.insert(name, value.clone());
                names.push(name.clone());
            }
            jar::write(&mut cookies, grant.cookies());
        }
        if let Some(jar) = self.persona.jar {
            let jar = jar.lock().unwrap_or_else(PoisonError::into_inner);
            jar::write(&mut cookies, jar.matching(&self.url));
        }
        if !cookies.is_empty() {
            let value = headers::credential(&COOKIE, &Sensitive::new(cookies))?;
            packed.insert(COOKIE, value);
            if self.persona.grant.is_some() {
                names.push(COOKIE);
            }
        }
        Ok(names)
    }

    /// Adds the request's own headers in the place of others of their name; returns their names.
    fn pack_own(&self, packed: &mut HeaderMap) -> Result<Vec<HeaderName>, HttpError> {
        let mut names = Vec::new();
        for (name, value) in &self.request.headers {
            let name = headers::name(name)?;
            let text = value.expose();
            let about_body = name.as_str().starts_with("content-");
            let bodiless = !self.redirects.is_empty() && self.body.bytes.is_empty();
            if (about_body && bodiless) || (!self.at_home && self.confidential(&name, text)) {
                continue;
            }
            let mut value = headers::value(&name, text)?;
            if provider::is_asked(self.request) {
                // Which header holds the key is the provider's choice.
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

    /// Whether a header of the request stays on the origin it was written for.
    fn confidential(&self, name: &HeaderName, value: &str) -> bool {
        CREDENTIAL_HEADERS.contains(&name.as_str()) || self.courier.secrets.redact(value) != value
    }

    /// Remembers the cookies a response sets; their values are secrets from then on.
    fn keep_cookies(&self, headers: &HeaderMap) {
        for value in headers.get_all(SET_COOKIE) {
            let text = String::from_utf8_lossy(value.as_bytes());
            jar::learn(&text, &self.url, &*self.courier.secrets);
            if let Some(jar) = self.persona.jar {
                let mut jar = jar.lock().unwrap_or_else(PoisonError::into_inner);
                jar.store(&text, &self.url);
            }
        }
    }

    fn response(
        &mut self,
        arrival: Arrival,
        refused_redirect: Option<String>,
        elapsed: Duration,
    ) -> Response {
        let Arrival {
            head,
            kept,
            timings,
            ..
        } = arrival;
        let headers = headers::shown(&head.headers);
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
            redirects: std::mem::take(&mut self.redirects),
            refused_redirect,
            cookies,
            timings,
            elapsed,
            authenticated: self.authenticated,
        }
    }
}

fn first_byte(timings: Timings, now: Duration, started: Duration) -> Timings {
    Timings {
        first_byte: now.saturating_sub(started),
        ..timings
    }
}
