//! Requests that are released together.
//!
//! Each volley has connections of its own and a thread of its own with a current-thread runtime: the
//! tasks of several connections then never run beside the one that releases, and what it releases on an
//! HTTP/2 connection is gathered before that connection's task writes it.
//!
//! With [`Way::LastFrame`] the server has the head of every request, and all of its body but one byte,
//! before the release. A request without a body has its `END_STREAM` held back, in an empty DATA frame. A
//! server that begins with the head alone (most do, until something asks for the body) gets the heads in
//! one write, too. With [`Way::LastByte`] a request without a body lacks the last byte of its head, so
//! that no server begins with it.

mod answer;
mod frames;
mod line;
mod meter;
mod pipes;
mod streams;
mod together;
mod withheld;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::HeaderName;
use http::header::CONTENT_LENGTH;
use http_body_util::Full;
use tidegate_core::ports::http::{Request, Response, Timings};
use tidegate_core::ports::volley::{LARGEST, Released, Way};
use tidegate_core::ports::{BoxFuture, HttpError, Volley};
use url::Url;

use crate::client::{Client, Errand, Inner, Visitor};
use crate::courier::Courier;
use crate::prepared::{Answered, Prepared, Protocol};
use crate::provider;
use crate::thread;
use answer::Arrival;
use line::Outcome;

pub(crate) use streams::Spoken;

/// Headers of a connection, which HTTP/2 does not have (RFC 9113, 8.2.2).
const OF_CONNECTIONS: [HeaderName; 2] = [
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
];

impl Volley for Client {
    fn release(
        &self,
        requests: Vec<Request>,
        ways: &[Way],
    ) -> BoxFuture<'static, Result<Released, HttpError>> {
        let inner = Arc::clone(&self.inner);
        let ways = ways.to_vec();
        Errand::send(&self.runtime, async move {
            release(inner, requests, ways).await
        })
    }
}

/// A request as it goes on its way.
struct Parcel {
    url: Url,
    /// For HTTP/1.1.
    whole: http::Request<Full<Bytes>>,
    /// For HTTP/2, without its body.
    head: http::Request<()>,
    body: Bytes,
    timeout: Duration,
    /// The most bytes that are kept of the answer's body.
    cap: usize,
}

async fn release(
    inner: Arc<Inner>,
    requests: Vec<Request>,
    ways: Vec<Way>,
) -> Result<Released, HttpError> {
    check(&inner.courier, &requests)?;
    let mut visitors = Vec::with_capacity(requests.len());
    for request in &requests {
        visitors.push(inner.admit(request).await?);
    }
    let courier = &inner.courier;
    let pairs = requests.iter().zip(&visitors);
    let prepared = pairs
        .map(|(request, visitor)| Prepared::new(courier, request, &visitor.persona()))
        .collect::<Result<Vec<_>, _>>()?;
    let parcels = prepared
        .iter()
        .zip(&requests)
        .map(|(prepared, request)| Parcel::new(courier, prepared, request))
        .collect::<Result<Vec<_>, _>>()?;
    for _ in &requests {
        courier.pace.wait(&*courier.clock).await;
    }
    let sending = Arc::clone(&inner);
    let fired = thread::alone("tidegate-volley", move || async move {
        line::fire(&sending.courier, &parcels, &ways).await
    });
    let fired = fired.map_err(|error| HttpError::NoWay {
        reason: format!("this machine gives no thread for them: {error}"),
    })?;
    let crew = Crew {
        courier,
        requests: &requests,
        visitors: &visitors,
        prepared: &prepared,
    };
    match fired.await.map_err(|_| HttpError::Stopped)? {
        Ok(outcome) => Ok(crew.told(outcome)),
        Err(error) => {
            crew.failed(&error);
            Err(error)
        }
    }
}

/// Refuses what may not be sent before anybody logs in for it.
fn check(courier: &Courier, requests: &[Request]) -> Result<(), HttpError> {
    let reason = if requests.is_empty() {
        Some("there are none".to_owned())
    } else if requests.len() > LARGEST {
        Some(format!("{} are more than {LARGEST}", requests.len()))
    } else if requests.iter().any(provider::is_beside) {
        Some("who is not of the portal is asked once".to_owned())
    } else {
        None
    };
    if let Some(reason) = reason {
        return Err(HttpError::NoWay { reason });
    }
    requests
        .iter()
        .try_for_each(|request| courier.permit(request).map(drop))
}

impl Parcel {
    fn new(courier: &Courier, prepared: &Prepared, request: &Request) -> Result<Self, HttpError> {
        let secrets = &*courier.secrets;
        let body = prepared.body.bytes.clone();
        let mut head = prepared.message(Protocol::Http2, secrets)?.map(drop);
        for name in OF_CONNECTIONS {
            head.headers_mut().remove(name);
        }
        if !body.is_empty() {
            head.headers_mut().insert(CONTENT_LENGTH, body.len().into());
        }
        Ok(Self {
            url: prepared.url.clone(),
            whole: prepared.message(Protocol::Http1, secrets)?,
            head,
            body,
            timeout: request.timeout,
            cap: request.body_cap,
        })
    }
}

/// The requests of a volley and who sends them, each list in the same order.
struct Crew<'a> {
    courier: &'a Courier,
    requests: &'a [Request],
    visitors: &'a [Visitor],
    prepared: &'a [Prepared],
}

impl Crew<'_> {
    /// The volley as the port has it; cookies are kept and exchanges published.
    fn told(&self, outcome: Outcome) -> Released {
        let released = outcome.released;
        let answers = outcome.arrivals.into_iter().enumerate();
        let answers = answers.map(|(number, arrival)| {
            let answer = arrival.map(|arrival| {
                let prepared = &self.prepared[number];
                let persona = self.visitors[number].persona();
                prepared.keep_cookies(self.courier, &persona, &arrival.head.headers);
                prepared.response(answered(arrival, released))
            });
            self.publish(number, &answer);
            answer
        });
        Released {
            way: outcome.way,
            spread: outcome.spread,
            answers: answers.collect(),
            notes: outcome.notes,
        }
    }

    /// Publishes that none of the requests was answered, unless none was tried.
    fn failed(&self, error: &HttpError) {
        if !matches!(error, HttpError::NoWay { .. }) {
            let answer = Err(error.clone());
            (0..self.requests.len()).for_each(|number| self.publish(number, &answer));
        }
    }

    fn publish(&self, number: usize, answer: &Result<Response, HttpError>) {
        let persona = self.visitors[number].persona();
        let request = &self.requests[number];
        let exchange = self.prepared[number].record(self.courier, request, &persona, answer);
        self.courier.publish(exchange);
    }
}

/// An answer with its times counted from the release.
fn answered(arrival: Arrival, released: Duration) -> Answered {
    Answered {
        timings: Timings {
            first_byte: arrival.answered.saturating_sub(released),
            download: arrival.ended.saturating_sub(arrival.answered.max(released)),
            ..arrival.setup
        },
        elapsed: arrival.ended.saturating_sub(released),
        head: arrival.head,
        kept: arrival.kept,
    }
}
