//! Loopback servers that record what the portal sends out.

use std::sync::Arc;
use std::time::Duration;

use super::BoxFuture;

/// The most bytes of one request's body that a sink keeps: 1 MiB.
pub const SINK_BODY_CAP: usize = 1024 * 1024;

/// The most requests that a sink keeps; later ones are answered and counted.
pub const SINK_REQUEST_CAP: usize = 1_000;

/// The most bytes of headers and bodies that a sink keeps in all: 64 MiB; what comes later is
/// answered and counted.
pub const SINK_MEMORY_CAP: usize = 64 * 1024 * 1024;

/// Opens loopback servers.
pub trait Sinks: Send + Sync {
    /// Listens on a port of the loopback interface, 0 for any that is free, and gives every request
    /// that `reply`.
    ///
    /// A request is kept once all of it has arrived. One that is no HTTP is answered 400, one whose
    /// body is larger than [`SINK_BODY_CAP`] is kept up to there and answered 413.
    ///
    /// # Errors
    /// When the port is taken or may not be used, or the reply is no status of an answer.
    fn listen(
        &self,
        port: u16,
        reply: Reply,
    ) -> BoxFuture<'static, Result<Box<dyn Sink>, SinkError>>;
}

/// What a sink answers: a status from 200 to 599 and nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reply {
    /// The status code.
    pub status: u16,
}

/// A loopback server that records; dropping it closes it, and its port is free again.
pub trait Sink: Send + Sync {
    /// Its address, as in `http://127.0.0.1:4010`.
    fn url(&self) -> String;

    /// What was received so far, oldest first.
    fn received(&self) -> Vec<Arc<Received>>;

    /// What arrived and was not kept.
    fn overlooked(&self) -> Overlooked;

    /// Waits until there are more than `known` requests, at most so long; gives all of them.
    fn wait(&self, known: usize, within: Duration) -> BoxFuture<'static, Vec<Arc<Received>>>;
}

/// What arrived at a sink and was not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Overlooked {
    /// Requests that were no proper HTTP or ended before they were whole.
    pub broken: usize,
    /// Whole requests beyond [`SINK_REQUEST_CAP`] or [`SINK_MEMORY_CAP`].
    pub beyond: usize,
}

/// A request that a sink received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// The method in capitals.
    pub method: String,
    /// The path with its query.
    pub path: String,
    /// Lowercase name and value, in the order received; not redacted.
    pub headers: Vec<(String, String)>,
    /// The body up to [`SINK_BODY_CAP`]; not redacted.
    pub body: Arc<[u8]>,
    /// Whether there was more of it.
    pub truncated: bool,
}

impl Received {
    /// The first header of this lowercase name.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// Why a sink could not be opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no loopback server could listen on port {port}: {reason}")]
pub struct SinkError {
    /// The port.
    pub port: u16,
    /// What the system said.
    pub reason: String,
}

impl SinkError {
    /// How to mend it.
    pub fn help(&self) -> &'static str {
        "Choose a port that nothing else listens on, above 1023."
    }
}
