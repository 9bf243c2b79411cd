//! Requests that are released together.

use std::time::Duration;

use super::BoxFuture;
use super::http::{HttpError, Request, Response};

/// Sends requests so that a server gets them at the same moment.
pub trait Volley: Send + Sync {
    /// Opens and warms the connections, logs in where a request needs it, sends all but the last of each
    /// request, and then the rest of all at once.
    ///
    /// `ways` are tried in their order; the first that the server can be asked in counts.
    ///
    /// # Errors
    /// When no request could be released; what becomes of a released one stands in its answer.
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
    /// From the first release to the last on this machine; what the network adds is not in it.
    pub spread: Duration,
    /// What became of each request, in their order.
    pub answers: Vec<Result<Response, HttpError>>,
    /// Why ways before it were not taken, in plain sentences.
    pub notes: Vec<String>,
}
