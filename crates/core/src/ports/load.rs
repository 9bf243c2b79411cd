//! Requests that are sent again and again while their times are taken.

use std::sync::Arc;
use std::time::Duration;

use super::BoxFuture;
use super::http::{Http, HttpError, Request, Timings};
use crate::gate::Environment;

/// Sends the same requests many times, on time, and tells what became of each.
///
/// All instants are those of the run's monotonic clock.
pub trait Load: Send + Sync {
    /// Logs in where a request needs it, and starts sending; the samples come as answers do.
    ///
    /// # Errors
    /// When a request cannot be sent at all, or its session cannot log in.
    fn start(&self, volume: Volume) -> BoxFuture<'static, Result<Box<dyn Samples>, HttpError>>;

    /// The same for another deploy of the portal, with sessions of its own; the environment is one that
    /// the gate file declares. What the other deploy answers is published to no observer.
    ///
    /// # Errors
    /// When an address or a header of the environment is improper.
    fn beside(&self, environment: Environment) -> Result<Neighbour, HttpError>;
}

/// What reaches another deploy of the portal.
#[derive(Clone)]
pub struct Neighbour {
    /// Single requests to it, and its sessions.
    pub http: Arc<dyn Http>,
    /// Many requests to it.
    pub load: Arc<dyn Load>,
}

/// What is sent, and when.
pub struct Volume {
    /// The requests; an arrival names one by its place in this list. Their purpose is
    /// [`Load`](super::http::Purpose::Load), and redirects are not followed.
    pub series: Vec<Request>,
    /// When they are sent.
    pub arrivals: Arrivals,
    /// The most that may wait for an answer at once: a bound against harm. One that is due while so many
    /// wait is sent late, and its time still counts from when it was due. Of a closed workload no more
    /// clients ask than this.
    pub in_flight: usize,
}

/// When the requests of a volume are sent.
///
/// The rate of the environment (10 a second in production unless it says otherwise) bounds them beside
/// this: as many as it allows in a second may go together, more are sent late. So a schedule stays below it.
pub enum Arrivals {
    /// Each at its own instant, whether or not earlier ones were answered (an open workload). The iterator
    /// is asked on a thread of its own, one ahead of what is due.
    Open(Box<dyn Iterator<Item = Arrival> + Send>),
    /// So many clients with a connection each, of which each sends its next request once its last was
    /// answered (a closed workload), taking turns through the series. One whose request came to nothing
    /// pauses for 50 ms.
    Closed {
        /// How many clients.
        clients: usize,
        /// The instant after which nothing more is sent.
        until: Duration,
        /// The most requests of all clients together.
        requests: u64,
    },
}

/// When one request of an open workload is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrival {
    /// Its place in the list of requests.
    pub series: usize,
    /// The instant it is due; not before the one of the arrival before it.
    pub at: Duration,
}

/// The samples of a volume, in the order in which they end.
///
/// Dropping it stops the volume and gives up what waits for an answer.
pub trait Samples: Send {
    /// The next sample; nothing once everything that was sent has ended. Samples that nobody fetches are
    /// kept up to a bound; then what is due is sent late.
    fn next(&mut self) -> BoxFuture<'_, Option<Sample>>;

    /// Sends nothing more; what was sent still ends.
    fn stop(&mut self);
}

/// One request and what became of it.
#[derive(Debug, Clone)]
pub struct Sample {
    /// Its place in the list of requests.
    pub series: usize,
    /// Its place in the order of arrivals, from 0; none comes twice, and one that was due when the
    /// volume stopped is missing.
    pub number: u64,
    /// When it was due; in a closed workload, when its client was free.
    pub planned: Duration,
    /// When the client began with it: took a connection that was ready, or began to open one. What lies
    /// before it is the client's own lateness; the request's timeout counts from here.
    pub sent: Duration,
    /// When its last byte arrived, or it came to nothing.
    pub ended: Duration,
    /// What came back.
    pub answer: Result<Answer, HttpError>,
}

impl Sample {
    /// How long it took from when it was due: what somebody waits who comes at that moment.
    pub fn waited(&self) -> Duration {
        self.ended.saturating_sub(self.planned)
    }

    /// How long it took from when it was sent, the opening of a connection included.
    pub fn took(&self) -> Duration {
        self.ended.saturating_sub(self.sent)
    }
}

/// What came back for a sample.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// As in `HTTP/1.1` or `HTTP/2.0`.
    pub version: &'static str,
    /// The size of the body in bytes as it was sent, content codings not undone.
    pub bytes: u64,
    /// Whether the body was longer than the request's cap, and not read to its end.
    pub truncated: bool,
    /// Where the time went; name, connection and TLS only when a connection was opened for it.
    pub timings: Timings,
    /// Lowercase name and value of the headers in [`TOLD_HEADERS`] and [`REQUEST_IDS`].
    pub headers: Vec<(&'static str, String)>,
}

impl Answer {
    /// The first header of this lowercase name, when it is one that is told.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value.as_str())
    }
}

/// The headers by which a server or a proxy may name a request, the most telling first.
pub const REQUEST_IDS: [&str; 6] = [
    "x-request-id",
    "x-correlation-id",
    "x-amzn-requestid",
    "x-vercel-id",
    "cf-ray",
    "traceparent",
];

/// What else of an answer's headers its sample tells.
pub const TOLD_HEADERS: [&str; 6] = [
    "server-timing",
    "retry-after",
    "location",
    "content-encoding",
    "age",
    "x-cache",
];
