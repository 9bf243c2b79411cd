//! One request on its way: hop by hop until an answer stays.

use std::time::Duration;

use http::{StatusCode, response};
use hyper::body::Incoming;
use tidegate_core::exchange::Exchange;
use tidegate_core::ports::HttpError;
use tidegate_core::ports::http::{Redirect, Request, Response, Timings};
use url::Url;

use crate::connector::{self, Phase};
use crate::courier::{Courier, Persona};
use crate::decode::{self, Kept};
use crate::failure::{self, Missed};
use crate::granted;
use crate::pool::{Connection, Pool};
use crate::prepared::{Answered, Prepared};
use crate::redirects::{self, Next};

/// The most bytes read of a redirect's body, to keep its connection in use.
const REDIRECT_BODY: usize = 64 * 1024;

/// A request that was checked and has its first address, headers and body.
pub(crate) struct Trip<'a> {
    courier: &'a Courier,
    request: &'a Request,
    persona: &'a Persona<'a>,
    hop: Prepared,
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
        Ok(Self {
            courier,
            request,
            persona,
            hop: Prepared::new(courier, request, persona)?,
            redirects: Vec::new(),
            phase: Phase::new(),
        })
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
            let arrival = tokio::time::timeout(left, self.go())
                .await
                .map_err(|_| self.overdue())??;
            elapsed += clock.monotonic().saturating_sub(started);
            let headers = &arrival.head.headers;
            self.hop.keep_cookies(self.courier, self.persona, headers);
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
        self.hop
            .record(self.courier, self.request, self.persona, outcome)
    }

    fn overdue(&self) -> HttpError {
        HttpError::Timeout {
            limit: self.request.timeout,
            phase: self.phase.get(),
        }
    }

    async fn go(&self) -> Result<Arrival, HttpError> {
        let courier = self.courier;
        let (connection, answer, mut timings) = self.exchange().await?;
        self.phase.enter("reading the body");
        let started = courier.clock.monotonic();
        let (head, body) = answer.into_parts();
        let next = self.next(&head);
        let cap = match next {
            Next::Follow(_) => REDIRECT_BODY,
            _ => self.request.body_cap,
        };
        let kept = decode::read(&head.headers, body, cap, failure::reading).await?;
        let now = courier.clock.monotonic();
        timings.download = now.saturating_sub(started);
        if let Some(pool) = courier.pool(self.request).filter(|_| !kept.truncated) {
            pool.put(&self.hop.url.origin(), connection, now);
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
        let may = |url: &Url| self.may_lead_to(url);
        redirects::next(head.status, &head.headers, &self.hop.url, may)
    }

    /// Whether a redirect of this request to that address is followed.
    fn may_lead_to(&self, url: &Url) -> bool {
        let origin = url.origin();
        let sites = &self.courier.sites;
        match (granted::origins(self.request), &self.request.within) {
            (Some(origins), _) => granted::cover(origins, &origin),
            (None, Some(places)) => sites.hold(places, url),
            (None, None) => sites.declares(&origin) || self.persona.also == Some(&origin),
        }
    }

    /// Sends the request on a waiting connection or a new one.
    async fn exchange(&self) -> Result<Exchanged, HttpError> {
        let waiting = match self.courier.pool(self.request) {
            Some(pool) => self.exchange_on_waiting(pool).await?,
            None => None,
        };
        match waiting {
            Some(exchanged) => Ok(exchanged),
            None => self.exchange_on_new().await,
        }
    }

    /// Sends the request on a waiting connection, if there is one that takes it.
    async fn exchange_on_waiting(&self, pool: &Pool) -> Result<Option<Exchanged>, HttpError> {
        let courier = self.courier;
        let clock = &*courier.clock;
        let origin = self.hop.url.origin();
        while let Some(mut connection) = pool.take(&origin, clock.monotonic()).await {
            let secrets = &*courier.secrets;
            let message = self.hop.message(connection.protocol(), secrets)?;
            self.phase.enter("waiting for the answer");
            let started = clock.monotonic();
            match connection.send(message).await {
                Ok(answer) => {
                    let timings = first_byte(Timings::default(), clock.monotonic(), started);
                    return Ok(Some((connection, answer, timings)));
                }
                Err(failure) => match failure::missed(&failure, &self.hop.method)? {
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
        let road = courier.road(self.request, &self.hop.url).await?;
        let (mut connection, timings) =
            connector::connect(&self.hop.url, road, clock, &self.phase).await?;
        if let Some(pool) = courier.pool(self.request) {
            let origin = self.hop.url.origin();
            pool.offer(&origin, &connection, clock.monotonic());
        }
        let secrets = &*courier.secrets;
        let message = self.hop.message(connection.protocol(), secrets)?;
        self.phase.enter("waiting for the answer");
        let started = clock.monotonic();
        let answer = connection
            .send(message)
            .await
            .map_err(|failure| failure::exchange(failure.error(), failure::WAITING))?;
        let timings = first_byte(timings, clock.monotonic(), started);
        Ok((connection, answer, timings))
    }

    /// Takes the next hop of a redirect.
    fn turn(&mut self, status: StatusCode, url: Url) -> Result<(), HttpError> {
        self.redirects.push(Redirect {
            status: status.as_u16(),
            url: url.to_string(),
        });
        self.hop
            .turn(self.courier, self.request, self.persona, (status, url))
    }

    fn response(
        &mut self,
        arrival: Arrival,
        refused_redirect: Option<String>,
        elapsed: Duration,
    ) -> Response {
        let answered = Answered {
            head: arrival.head,
            kept: arrival.kept,
            timings: arrival.timings,
            elapsed,
        };
        Response {
            redirects: std::mem::take(&mut self.redirects),
            refused_redirect,
            ..self.hop.response(answered)
        }
    }
}

fn first_byte(timings: Timings, now: Duration, started: Duration) -> Timings {
    Timings {
        first_byte: now.saturating_sub(started),
        ..timings
    }
}
