//! How the requests of a volley are lined up, released and waited for.

mod muster;

use std::future::poll_fn;
use std::task::Poll;
use std::time::Duration;

use tidegate_core::ports::HttpError;
use tidegate_core::ports::http::Timings;
use tidegate_core::ports::volley::Way;
use tokio::time::{Instant, timeout};
use url::Url;

use super::Parcel;
use super::answer::{Answer, Arrival};
use super::meter::Meter;
use super::pipes::Pipe;
use super::streams::{Connection, GREETING, Rider};
use super::together::together;
use crate::connector::{self, Phase};
use crate::courier::Courier;
use crate::tls::Offer;
use crate::wire::Wire;
use muster::Mustered;

/// How long everything but the ends of the requests is left to arrive (PortSwigger, "Smashing the state
/// machine", 2023).
const HOLD: Duration = Duration::from_millis(100);

/// How long a server may take to take what comes before the end of a request.
pub(super) const SENDING: Duration = Duration::from_secs(10);

/// What all requests of a volley share.
pub(super) struct Field<'a> {
    pub(super) courier: &'a Courier,
    pub(super) parcels: &'a [Parcel],
    pub(super) meter: Meter,
    phase: Phase,
    /// How long opening all connections may take.
    limit: Duration,
}

/// A volley that was sent, and what became of each of its requests.
pub(super) struct Outcome {
    pub(super) way: Way,
    pub(super) spread: Duration,
    /// When the ends were sent, by the run's clock.
    pub(super) released: Duration,
    pub(super) arrivals: Vec<Result<Arrival, HttpError>>,
    pub(super) notes: Vec<String>,
}

/// Requests that are ready to be released.
#[derive(Default)]
struct Line {
    connections: Vec<Connection>,
    pipes: Vec<Pipe>,
    /// Those that have no connection.
    lost: Vec<(usize, HttpError)>,
    notes: Vec<String>,
}

/// Sends requests in the first of the ways that the server can be asked in.
///
/// # Errors
/// When there is none, or no request came to an answer.
pub(super) async fn fire(
    courier: &Courier,
    parcels: &[Parcel],
    ways: &[Way],
) -> Result<Outcome, HttpError> {
    let limit = parcels.iter().map(|parcel| parcel.timeout).min();
    let limit = limit.unwrap_or(SENDING);
    let mut notes = Vec::new();
    for &way in ways {
        let field = Field {
            courier,
            parcels,
            meter: Meter::new(courier.clock.clone()),
            phase: Phase::new(),
            limit,
        };
        let mut line = Line::default();
        let mustered = timeout(limit, line.muster(&field, way)).await;
        let mustered = mustered.map_err(|_| HttpError::Timeout {
            limit,
            phase: field.phase.get(),
        })?;
        match mustered? {
            Mustered::Fit => {
                line.notes.splice(0..0, notes);
                return line.release(&field, way).await;
            }
            Mustered::Unfit(reason) => notes.push(format!("not {}: {reason}", way.name())),
        }
    }
    let reason = if notes.is_empty() {
        "no way is wanted".to_owned()
    } else {
        notes.join("; ")
    };
    Err(HttpError::NoWay { reason })
}

/// A request whose bulk the server did not take in time.
pub(super) fn slow() -> HttpError {
    HttpError::Timeout {
        limit: SENDING,
        phase: "sending the request",
    }
}

impl Field<'_> {
    async fn open(&self, url: &Url, offer: Offer) -> Result<(Wire, Timings), HttpError> {
        let courier = self.courier;
        let road = (courier.home_road(), offer);
        connector::open(url, road, &*courier.clock, &self.phase).await
    }

    /// Greets a server in HTTP/2; trying that leaves time for another protocol.
    async fn greet(&self, (wire, setup): (Wire, Timings)) -> Result<Option<Connection>, HttpError> {
        let patience = GREETING.min(self.limit / 2);
        Connection::greet(wire, setup, self.meter.clone(), patience).await
    }

    /// The requests by their origins, in the order of these.
    fn origins(&self) -> Vec<Vec<usize>> {
        let mut groups: Vec<Vec<usize>> = Vec::new();
        for (number, parcel) in self.parcels.iter().enumerate() {
            let origin = parcel.url.origin();
            let same = |group: &&mut Vec<usize>| self.parcels[group[0]].url.origin() == origin;
            match groups.iter_mut().find(same) {
                Some(group) => group.push(number),
                None => groups.push(vec![number]),
            }
        }
        groups
    }
}

impl Line {
    /// Hands the requests to their connections; `whole` ends those of HTTP/2, too.
    async fn send(&mut self, field: &Field<'_>, whole: bool) {
        for connection in &mut self.connections {
            connection.send(field, whole).await;
        }
        for pipe in &mut self.pipes {
            pipe.send(field);
        }
    }

    /// Waits until all but the ends is with the server.
    async fn hold(&mut self, field: &Field<'_>) {
        let riders = self
            .connections
            .iter_mut()
            .flat_map(|each| &mut each.riders);
        together(riders.map(Rider::send_bulk)).await;
        together(self.pipes.iter_mut().map(Pipe::hold)).await;
        let clock = &field.courier.clock;
        clock.sleep_until(clock.monotonic() + HOLD).await;
        together(self.connections.iter_mut().map(Connection::echo)).await;
    }

    /// Ends all requests in one go.
    async fn let_go(&mut self) {
        for connection in &mut self.connections {
            connection.release();
        }
        let mut waiting: Vec<&Pipe> = self.pipes.iter().collect();
        let released = poll_fn(|context| {
            waiting.retain(|pipe| pipe.poll_release(context).is_pending());
            if waiting.is_empty() {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        });
        // A server that does not take even a byte has no answer either.
        let _ = timeout(SENDING, released).await;
    }

    async fn release(mut self, field: &Field<'_>, way: Way) -> Result<Outcome, HttpError> {
        if way != Way::Barrier {
            self.hold(field).await;
        }
        let released = field.meter.now();
        if way == Way::Barrier {
            self.send(field, true).await;
        } else {
            self.let_go().await;
        }
        let mut answers = self.answers();
        if answers.iter().all(|(_, answer)| answer.is_err()) {
            let first = answers.drain(..).find_map(|(_, answer)| answer.err());
            return Err(first.unwrap_or_else(gone));
        }
        let released_at = Instant::now();
        let waited = together(answers.into_iter().map(|(number, answer)| async move {
            let limit = field.parcels[number].timeout;
            match answer {
                Ok(answer) => answer.by(released_at + limit, limit).await,
                Err(error) => Err(error),
            }
        }));
        let arrivals = waited.await;
        let early = early(&arrivals, released);
        let began_with_heads = early.is_some();
        self.notes.extend(early);
        Ok(Outcome {
            way,
            spread: field.meter.spread(began_with_heads),
            released,
            arrivals,
            notes: self.notes,
        })
    }

    /// What is waited for, or why it need not be, in the order of the requests.
    fn answers(&mut self) -> Vec<(usize, Result<Answer, HttpError>)> {
        let riders = self
            .connections
            .iter_mut()
            .flat_map(|each| &mut each.riders);
        let riders = riders.map(|rider| (rider.number, rider.fault.take(), rider.answer.take()));
        let pipes = self.pipes.iter_mut();
        let pipes = pipes.map(|pipe| (pipe.number, pipe.fault.take(), pipe.answer.take()));
        let sent = riders.chain(pipes).map(|(number, fault, answer)| {
            let answer = match (fault, answer) {
                (None, Some(answer)) => Ok(answer),
                (Some(fault), _) => Err(fault),
                (None, None) => Err(gone()),
            };
            (number, answer)
        });
        let lost = self
            .lost
            .drain(..)
            .map(|(number, error)| (number, Err(error)));
        let mut all: Vec<_> = sent.chain(lost).collect();
        all.sort_by_key(|(number, _)| *number);
        all
    }
}

/// A connection that ended before the request was on it.
fn gone() -> HttpError {
    HttpError::Broken {
        phase: "before the request was sent",
        reason: "the server closed the connection".to_owned(),
    }
}

/// Says when requests were answered before they were whole.
fn early(arrivals: &[Result<Arrival, HttpError>], released: Duration) -> Option<String> {
    let answered = arrivals.iter().flatten();
    let count = answered
        .filter(|arrival| arrival.answered < released)
        .count();
    let all = arrivals.len();
    (count > 0).then(|| format!("{count} of {all} were answered before their ends were sent"))
}
