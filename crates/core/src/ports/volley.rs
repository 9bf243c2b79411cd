//! Requests that are released together.

use std::time::Duration;

use super::BoxFuture;
use super::http::{HttpError, Request, Response};

/// The most requests of one volley.
pub const LARGEST: usize = 100;

/// Sends requests so that a server gets them at the same moment.
pub trait Volley: Send + Sync {
    /// Logs in where a request needs it, opens a connection for the volley alone, sends all but the last
    /// of each request, waits a moment, and then sends the rest of all at once.
    ///
    /// `ways` are tried in their order; the first that the server can be asked in counts. Nothing is sent
    /// to find that out, and nothing to warm the server up, but an empty HTTP/2 connection to an `http`
    /// address that [`Way::LastFrame`] is wanted for.
    ///
    /// Redirects are not followed. Opening the connections may take as long as the shortest timeout of the
    /// requests, and sending what comes before the release ten seconds; each timeout counts from the
    /// release. In an environment with a rate the volley waits for as many turns as it has requests.
    ///
    /// # Errors
    /// When there are no requests or more than [`LARGEST`], one of them may not or cannot be sent, the
    /// server can be asked in none of the ways, or no request could be released; what becomes of a released
    /// one stands in its answer.
    fn release(
        &self,
        requests: Vec<Request>,
        ways: &[Way],
    ) -> BoxFuture<'static, Result<Released, HttpError>>;
}

/// How requests are held back and released.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Way {
    /// HTTP/2: the last DATA frame of every stream is withheld, then all are sent at once.
    LastFrame,
    /// HTTP/1.1: the last byte of every request is withheld, then sent on all connections in turn.
    LastByte,
    /// Whole requests on warm connections, started together.
    Barrier,
}

impl Way {
    /// Every way, the one that brings requests closest together first.
    pub const ALL: [Self; 3] = [Self::LastFrame, Self::LastByte, Self::Barrier];

    /// What it is, in a few words.
    pub fn name(self) -> &'static str {
        match self {
            Self::LastFrame => "HTTP/2, last frames together",
            Self::LastByte => "HTTP/1.1, last bytes together",
            Self::Barrier => "started together on warm connections",
        }
    }
}

/// A volley that was sent.
#[derive(Debug)]
pub struct Released {
    /// How.
    pub way: Way,
    /// From the begin of the first write that ended a request to the end of the last such write, on this
    /// machine; of the heads where that is longer and the server answered before the ends. What the
    /// network, a proxy or the server's own queue adds is not in it, so it is the least by which arrivals
    /// were spread, and no promise of how far apart they were handled.
    pub spread: Duration,
    /// What became of each request, in their order; their timings count from the release.
    pub answers: Vec<Result<Response, HttpError>>,
    /// Why ways before it were not taken, and what kept requests apart, in plain sentences.
    pub notes: Vec<String>,
}
