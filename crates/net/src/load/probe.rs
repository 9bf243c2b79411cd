//! One request of a volume: sent, answered, and its body read to the end without being kept.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{Version, response};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use tidegate_core::ports::HttpError;
use tidegate_core::ports::http::Timings;
use tidegate_core::ports::load::{Answer, Sample};

use super::lanes::{Lanes, Lease};
use super::series::{Packed, Series};
use super::told;
use super::volume::Volume;
use super::witness::SHOWN;
use crate::connector::{self, Phase};
use crate::failure::{self, Missed};
use crate::prepared::Prepared;

/// Whose turn it is.
pub(super) struct Turn {
    /// The place of the request in the list.
    pub(super) series: usize,
    /// Its place in the order of arrivals.
    pub(super) number: u64,
    /// When it was due.
    pub(super) planned: Duration,
}

/// One request on its way.
struct Shot<'a> {
    series: &'a Series,
    packed: &'a Packed,
    /// The place of the request in the list.
    place: usize,
    phase: Phase,
}

/// An answer that was read to its end, or to the cap.
pub(super) struct Received {
    /// Its head.
    pub(super) head: response::Parts,
    /// What came of its body.
    pub(super) body: Drained,
    /// Where the time went.
    pub(super) timings: Timings,
}

/// A body that was read.
#[derive(Default)]
pub(super) struct Drained {
    /// How many bytes came.
    pub(super) bytes: u64,
    /// Whether there were more than the cap.
    pub(super) truncated: bool,
    /// The bytes, when the observers get to see them.
    pub(super) kept: Option<Bytes>,
}

/// The connection, the head of the answer and where the time went until then.
type Exchanged = (Lease, http::Response<Incoming>, Timings);

impl Volume {
    /// Sends one request and tells what became of it.
    pub(super) async fn sample(&self, turn: Turn, lanes: &Lanes) -> Sample {
        let packed = self.packed(turn.series);
        let sent = self.now();
        let outcome = match (self.parts.series.get(turn.series), packed) {
            (Some(series), Some(packed)) => {
                let shot = Shot {
                    series,
                    packed: &packed,
                    place: turn.series,
                    phase: Phase::new(),
                };
                self.within(&shot, lanes).await
            }
            _ => Err(HttpError::Stopped),
        };
        let ended = self.now();
        self.show(turn.series, &outcome);
        Sample {
            series: turn.series,
            number: turn.number,
            planned: turn.planned,
            sent,
            ended,
            answer: outcome.map(|received| self.answer(&received)),
        }
    }

    async fn within(&self, shot: &Shot<'_>, lanes: &Lanes) -> Result<Received, HttpError> {
        let limit = shot.series.request.timeout;
        match tokio::time::timeout(limit, self.receive(shot, lanes)).await {
            Ok(outcome) => outcome,
            Err(_) => Err(HttpError::Timeout {
                limit,
                phase: shot.phase.get(),
            }),
        }
    }

    async fn receive(&self, shot: &Shot<'_>, lanes: &Lanes) -> Result<Received, HttpError> {
        let (lease, answer, mut timings) = self.exchange(shot, lanes).await?;
        shot.phase.enter("reading the body");
        let started = self.now();
        let (head, body) = answer.into_parts();
        let keep = self.witness.wants(shot.place, Some(head.status.as_u16()));
        let body = drain(body, shot.series.request.body_cap, keep).await?;
        let now = self.now();
        timings.download = now.saturating_sub(started);
        if !body.truncated {
            lanes.put(shot.series.origin, lease, now);
        }
        Ok(Received {
            head,
            body,
            timings,
        })
    }

    /// Sends the request on a waiting connection or a new one.
    async fn exchange(&self, shot: &Shot<'_>, lanes: &Lanes) -> Result<Exchanged, HttpError> {
        let (origin, phase) = (shot.series.origin, &shot.phase);
        let Prepared { method, url, .. } = &shot.packed.prepared;
        while let Some(mut lease) = lanes.take(origin, self.now()).await {
            phase.enter("waiting for the answer");
            let started = self.now();
            let message = shot.packed.message(lease.connection.protocol());
            match lease.connection.send(message).await {
                Ok(answer) => return Ok(self.answered(lease, answer, Timings::default(), started)),
                Err(failure) => match failure::missed(&failure, method)? {
                    Missed::Unsent => {}
                    Missed::Crossed => break,
                },
            }
        }
        let road = self.parts.inner.courier.home_road();
        let connected = connector::connect(url, road, self.clock(), phase).await;
        let (connection, timings) = connected?;
        let mut lease = lanes.open(origin, connection, self.now());
        phase.enter("waiting for the answer");
        let started = self.now();
        let message = shot.packed.message(lease.connection.protocol());
        match lease.connection.send(message).await {
            Ok(answer) => Ok(self.answered(lease, answer, timings, started)),
            Err(failure) => Err(failure::exchange(failure.error(), failure::WAITING)),
        }
    }

    fn answered(
        &self,
        lease: Lease,
        answer: http::Response<Incoming>,
        timings: Timings,
        started: Duration,
    ) -> Exchanged {
        let first_byte = self.now().saturating_sub(started);
        let timings = Timings {
            first_byte,
            ..timings
        };
        (lease, answer, timings)
    }

    fn answer(&self, received: &Received) -> Answer {
        let secrets = &*self.parts.inner.courier.secrets;
        Answer {
            status: received.head.status.as_u16(),
            version: version(received.head.version),
            bytes: received.body.bytes,
            truncated: received.body.truncated,
            timings: received.timings,
            headers: told::headers(&received.head.headers, secrets),
        }
    }
}

/// Reads a body up to the cap; what comes is counted, and its beginning kept where it is wanted.
async fn drain(mut body: Incoming, cap: usize, keep: bool) -> Result<Drained, HttpError> {
    let mut drained = Drained::default();
    let mut kept = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(failure::reading)?;
        let Ok(data) = frame.into_data() else {
            continue;
        };
        drained.bytes += data.len() as u64;
        if keep {
            let room = SHOWN.min(cap).saturating_sub(kept.len());
            kept.extend_from_slice(&data[..data.len().min(room)]);
        }
        if drained.bytes > cap as u64 {
            drained.truncated = true;
            break;
        }
    }
    drained.kept = keep.then(|| kept.freeze());
    Ok(drained)
}

/// The name of a version.
fn version(version: Version) -> &'static str {
    match version {
        Version::HTTP_2 => "HTTP/2.0",
        Version::HTTP_10 => "HTTP/1.0",
        _ => "HTTP/1.1",
    }
}
