//! Connections that wait for their next request.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::client::conn::{TrySendError, http1, http2};
use url::Origin;

use crate::prepared::Protocol;

/// How long a connection may wait and still be used: less than the five seconds after which common
/// servers (Node's among them) close it, so that a request does not meet the closing.
pub(crate) const IDLE_LIMIT: Duration = Duration::from_secs(4);

/// The most connections that wait for one origin.
const IDLE_CONNECTIONS: usize = 64;

/// How long a connection may take to finish its last exchange once its response was read whole.
const SETTLING: Duration = Duration::from_millis(100);

/// Tells how many exchanges the server takes at a time, which it may change at any moment (RFC 9113, 6.5.2).
pub(crate) type Room = Arc<dyn Fn() -> usize + Send + Sync>;

/// The sending half of a connection.
pub(crate) enum Connection {
    /// One exchange at a time.
    Http1(http1::SendRequest<Full<Bytes>>),
    /// Many exchanges at a time.
    Http2(http2::SendRequest<Full<Bytes>>, Room),
}

impl Connection {
    /// Sends a request and waits for the response's head.
    pub(crate) async fn send(
        &mut self,
        request: Request<Full<Bytes>>,
    ) -> Result<Response<Incoming>, TrySendError<Request<Full<Bytes>>>> {
        match self {
            Self::Http1(sender) => sender.try_send_request(request).await,
            Self::Http2(sender, _) => sender.try_send_request(request).await,
        }
    }

    /// What is spoken on it.
    pub(crate) fn protocol(&self) -> Protocol {
        match self {
            Self::Http1(_) => Protocol::Http1,
            Self::Http2(..) => Protocol::Http2,
        }
    }

    /// Whether the next request can go out; waits a moment for the last exchange to be wound up.
    pub(crate) async fn ready(&mut self) -> bool {
        let ready = async {
            match self {
                Self::Http1(sender) => sender.ready().await,
                Self::Http2(sender, _) => sender.ready().await,
            }
        };
        matches!(tokio::time::timeout(SETTLING, ready).await, Ok(Ok(())))
    }

    /// Whether the next request can go out now.
    pub(crate) fn is_ready(&self) -> bool {
        match self {
            Self::Http1(sender) => sender.is_ready(),
            Self::Http2(sender, _) => sender.is_ready(),
        }
    }

    /// Whether no request can go out any more.
    pub(crate) fn is_closed(&self) -> bool {
        match self {
            Self::Http1(sender) => sender.is_closed(),
            Self::Http2(sender, _) => sender.is_closed(),
        }
    }

    /// How many exchanges the server takes on it at a time; what is sent beyond that waits unseen.
    pub(crate) fn room(&self) -> usize {
        match self {
            Self::Http1(_) => 1,
            Self::Http2(_, room) => room(),
        }
    }

    /// The same connection for somebody else, where the protocol allows it.
    pub(crate) fn share(&self) -> Option<Self> {
        match self {
            Self::Http1(_) => None,
            Self::Http2(sender, room) => Some(Self::Http2(sender.clone(), Arc::clone(room))),
        }
    }
}

/// Connections by origin, the last used first.
#[derive(Default)]
pub(crate) struct Pool {
    waiting: Mutex<HashMap<Origin, Vec<Waiting>>>,
}

struct Waiting {
    connection: Connection,
    since: Duration,
}

impl Pool {
    /// A connection to the origin that can take a request.
    pub(crate) async fn take(&self, origin: &Origin, now: Duration) -> Option<Connection> {
        while let Some(mut connection) = self.pop(origin, now) {
            if connection.ready().await {
                return Some(connection);
            }
        }
        None
    }

    fn pop(&self, origin: &Origin, now: Duration) -> Option<Connection> {
        let mut waiting = self.lock();
        let list = waiting.get_mut(origin)?;
        list.retain(|entry| {
            !entry.connection.is_closed() && now.saturating_sub(entry.since) < IDLE_LIMIT
        });
        if let Some(shared) = list.iter_mut().find_map(|entry| {
            let shared = entry.connection.share()?;
            entry.since = now;
            Some(shared)
        }) {
            return Some(shared);
        }
        list.pop().map(|entry| entry.connection)
    }

    /// Keeps a connection whose exchange is over, or that several may use.
    pub(crate) fn put(&self, origin: &Origin, connection: Connection, now: Duration) {
        if connection.is_closed() {
            return;
        }
        let mut waiting = self.lock();
        let list = waiting.entry(origin.clone()).or_default();
        let shared = |connection: &Connection| matches!(connection, Connection::Http2(..));
        let known = shared(&connection) && list.iter().any(|entry| shared(&entry.connection));
        if !known && list.len() < IDLE_CONNECTIONS {
            list.push(Waiting {
                connection,
                since: now,
            });
        }
    }

    /// Makes an h2 connection available to others while its first exchange goes on.
    pub(crate) fn offer(&self, origin: &Origin, connection: &Connection, now: Duration) {
        if let Some(shared) = connection.share() {
            self.put(origin, shared, now);
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Origin, Vec<Waiting>>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
