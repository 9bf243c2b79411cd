//! Requests on HTTP/2 connections, their last frames held back.

use std::collections::HashSet;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use h2::client::{Builder, ResponseFuture, SendRequest};
use h2::{PingPong, Reason, RecvStream, SendStream};
use hyper::body::{Body, Frame};
use tidegate_core::ports::HttpError;
use tidegate_core::ports::http::Timings;
use tokio::time::timeout;
use url::{Origin, Url};

use super::Parcel;
use super::answer::{Answer, Arrival};
use super::frames::Metered;
use super::line::{Field, SENDING, slow};
use super::meter::Meter;
use crate::connector::HEAD_LIMIT;
use crate::failure;
use crate::wire::Wire;

/// How long a server may take to greet a client that speaks HTTP/2 without having been asked whether it
/// may (RFC 9113, 3.3).
pub(super) const GREETING: Duration = Duration::from_secs(3);

/// How long a server may take to say that it has read what came before the release.
const ECHO: Duration = Duration::from_secs(1);

/// The flow-control window of one answer in bytes.
const WINDOW: u32 = 1024 * 1024;

/// The flow-control window of a connection in bytes.
const CONNECTION_WINDOW: u32 = 8 * WINDOW;

/// Origins known not to speak HTTP/2 without TLS; they are asked once a run.
#[derive(Default)]
pub(crate) struct Spoken(Mutex<HashSet<Origin>>);

impl Spoken {
    /// Whether it is worth asking.
    pub(super) fn may_be(&self, url: &Url) -> bool {
        let refused = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        !refused.contains(&url.origin())
    }

    /// Remembers that it is not.
    pub(super) fn is_not(&self, url: &Url) {
        let mut refused = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        refused.insert(url.origin());
    }
}

/// An HTTP/2 connection and the requests on it.
pub(super) struct Connection {
    sender: SendRequest<Bytes>,
    pings: PingPong,
    setup: Timings,
    pub(super) riders: Vec<Rider>,
}

/// A request on an HTTP/2 connection.
pub(super) struct Rider {
    /// Its place among the requests.
    pub(super) number: usize,
    /// What ends it, as long as the server takes it.
    end: Option<(SendStream<Bytes>, Bytes)>,
    pub(super) answer: Option<Answer>,
    /// Why it was not sent.
    pub(super) fault: Option<HttpError>,
}

impl Connection {
    /// Greets a server and waits for its greeting, with `patience` where the protocol is only tried;
    /// nothing when it does not speak HTTP/2 after all.
    ///
    /// # Errors
    /// When the connection breaks on the way, unless the protocol was only tried.
    pub(super) async fn greet(
        wire: Wire,
        setup: Timings,
        meter: Meter,
        patience: Duration,
    ) -> Result<Option<Self>, HttpError> {
        let tried = matches!(wire, Wire::Plain(_));
        let (sender, mut connection) = Builder::new()
            .enable_push(false)
            .max_header_list_size(u32::try_from(HEAD_LIMIT).unwrap_or(u32::MAX))
            .initial_window_size(WINDOW)
            .initial_connection_window_size(CONNECTION_WINDOW)
            .handshake::<_, Bytes>(Metered::new(wire, meter))
            .await
            .map_err(|error| fault(&error, failure::WAITING))?;
        let Some(mut pings) = connection.ping_pong() else {
            return Ok(None);
        };
        // It ends with the connection, which ends when its last handle is dropped.
        tokio::spawn(connection);
        // A server's settings come before its answer to a ping (RFC 9113, 3.4).
        let greeted = pings.ping(h2::Ping::opaque());
        let greeted = if tried {
            timeout(patience, greeted).await.ok()
        } else {
            Some(greeted.await)
        };
        match greeted {
            Some(Ok(_)) => Ok(Some(Self {
                sender,
                pings,
                setup,
                riders: Vec::new(),
            })),
            Some(Err(error)) if !tried => Err(fault(&error, failure::WAITING)),
            _ => Ok(None),
        }
    }

    /// How many requests the server takes at a time on a connection.
    pub(super) fn room(&self) -> usize {
        self.sender.current_max_send_streams()
    }

    /// Takes requests along; nothing is sent.
    pub(super) fn take(&mut self, numbers: &[usize]) {
        self.riders.extend(numbers.iter().map(|&number| Rider {
            number,
            end: None,
            answer: None,
            fault: None,
        }));
    }

    /// Hands its requests to the connection's task, which writes them in one go: their heads, and with
    /// `whole` their bodies, too.
    pub(super) async fn send(&mut self, field: &Field<'_>, whole: bool) {
        for rider in &mut self.riders {
            let parcel = &field.parcels[rider.number];
            let sent = timeout(SENDING, self.sender.clone().ready()).await;
            let sent = match sent {
                Ok(Ok(mut sender)) => {
                    let ends = whole && parcel.body.is_empty();
                    sender.send_request(parcel.head.clone(), ends)
                }
                Ok(Err(error)) => Err(error),
                Err(_) => {
                    rider.fault = Some(slow());
                    continue;
                }
            };
            match sent {
                Ok((answer, mut stream)) => {
                    rider.await_answer(field, parcel, self.setup, answer);
                    if !whole {
                        rider.end = Some((stream, parcel.body.clone()));
                    } else if !parcel.body.is_empty() {
                        // It goes out as the windows allow; a stream that is closed has its answer.
                        let _ = stream.send_data(parcel.body.clone(), true);
                    }
                }
                Err(error) => rider.fault = Some(fault(&error, "while sending the request")),
            }
        }
    }

    /// Waits until the server has read what was sent, or has had its time.
    pub(super) async fn echo(&mut self) {
        // A server that does not answer may still be asked; its answers will tell.
        let _ = timeout(ECHO, self.pings.ping(h2::Ping::opaque())).await;
    }

    /// Ends its requests; the connection's task writes the ends in one go.
    pub(super) fn release(&mut self) {
        for rider in &mut self.riders {
            if let Some((mut stream, last)) = rider.end.take() {
                // A stream that the server has closed has its answer.
                let _ = stream.send_data(last, true);
            }
        }
    }
}

impl Rider {
    fn await_answer(
        &mut self,
        field: &Field<'_>,
        parcel: &Parcel,
        setup: Timings,
        answer: ResponseFuture,
    ) {
        let work = read(answer, parcel.cap, setup, field.meter.clone());
        self.answer = Some(Answer::read(work));
    }

    /// Sends all of the body but its last byte, as the server takes it.
    pub(super) async fn send_bulk(&mut self) {
        let (Some((stream, body)), Some(answer)) = (&mut self.end, &mut self.answer) else {
            return;
        };
        let last = body.split_off(body.len().saturating_sub(1));
        let bulk = std::mem::replace(body, last.clone());
        let sent = tokio::select! {
            biased;
            sent = timeout(SENDING, fill(stream, bulk, last.len())) => sent,
            // The answer came before the end; the server need not take the rest.
            () = answer.wait() => Ok(false),
        };
        match sent {
            Ok(true) => {}
            Ok(false) => self.end = None,
            Err(_) => {
                (self.end, self.answer) = (None, None);
                self.fault = Some(slow());
            }
        }
    }
}

/// Sends bytes as the windows allow, and makes room for so many more; whether the stream took them.
async fn fill(stream: &mut SendStream<Bytes>, mut bulk: Bytes, last: usize) -> bool {
    while !bulk.is_empty() {
        stream.reserve_capacity(bulk.len());
        let Some(Ok(room)) = poll_fn(|context| stream.poll_capacity(context)).await else {
            return false;
        };
        let piece = bulk.split_to(room.min(bulk.len()));
        if stream.send_data(piece, false).is_err() {
            return false;
        }
    }
    stream.reserve_capacity(last);
    while stream.capacity() < last {
        let Some(Ok(_)) = poll_fn(|context| stream.poll_capacity(context)).await else {
            return false;
        };
    }
    true
}

async fn read(
    answer: ResponseFuture,
    cap: usize,
    setup: Timings,
    meter: Meter,
) -> Result<Arrival, HttpError> {
    let answer = answer.await;
    let answer = answer.map_err(|error| fault(&error, failure::WAITING))?;
    let reading = |error: h2::Error| fault(&error, failure::READING);
    Arrival::read(answer.map(Received), cap, setup, &meter, reading).await
}

/// The body of an answer.
struct Received(RecvStream);

impl Body for Received {
    type Data = Bytes;
    type Error = h2::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, h2::Error>>> {
        let next = match ready!(self.0.poll_data(context)) {
            Some(Ok(data)) => {
                // It fails only when more is given back than was received.
                let _ = self.0.flow_control().release_capacity(data.len());
                Some(Ok(Frame::data(data)))
            }
            // The answer is whole and the rest of the request not wanted (RFC 9113, 8.1).
            Some(Err(error)) if error.reason() == Some(Reason::NO_ERROR) => None,
            Some(Err(error)) => Some(Err(error)),
            None => None,
        };
        Poll::Ready(next)
    }
}

/// What the library reports, by whether the connection or the message was at fault.
fn fault(error: &h2::Error, phase: &'static str) -> HttpError {
    let reason = failure::told(error);
    if error.is_library() && (error.is_go_away() || error.is_reset()) {
        return HttpError::Malformed { reason };
    }
    HttpError::Broken { phase, reason }
}
