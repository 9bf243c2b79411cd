//! The connections of a volume, by origin; the one used last goes first.
//!
//! There is no cap: whoever finds none opens one.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::pool::{Connection, IDLE_LIMIT};

/// The most exchanges that share an h2 connection before another is opened. Servers should allow at least
/// so many (RFC 9113, 6.5.2); where one allows fewer, its own limit counts.
const STREAMS: usize = 100;

/// What is done about a connection that is still winding up its last exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Patience {
    /// Another one is taken.
    None,
    /// It is waited for a moment.
    UntilSettled,
}

/// The connections to each origin.
pub(super) struct Lanes {
    lanes: Box<[Mutex<Lane>]>,
    patience: Patience,
}

#[derive(Default)]
struct Lane {
    /// The one used last is at the back.
    idle: VecDeque<Idle>,
    shared: Vec<Shared>,
}

struct Idle {
    connection: Connection,
    since: Duration,
}

/// A connection for many exchanges at a time.
struct Shared {
    connection: Connection,
    /// Held once here and once by each exchange.
    streams: Arc<()>,
    since: Duration,
}

/// A connection while an exchange has it.
pub(super) struct Lease {
    /// The connection.
    pub(super) connection: Connection,
    _stream: Option<Arc<()>>,
}

enum Found {
    Ready(Lease),
    Settling(Lease),
    Nothing,
}

impl Lanes {
    /// None yet, to so many origins.
    pub(super) fn new(origins: usize, patience: Patience) -> Self {
        Self {
            lanes: (0..origins).map(|_| Mutex::default()).collect(),
            patience,
        }
    }

    /// A connection that can take a request.
    pub(super) async fn take(&self, origin: usize, now: Duration) -> Option<Lease> {
        loop {
            let found = self.lane(origin)?.find(self.patience, now);
            match found {
                Found::Ready(lease) => return Some(lease),
                Found::Settling(mut lease) => {
                    if lease.connection.ready().await {
                        return Some(lease);
                    }
                }
                Found::Nothing => return None,
            }
        }
    }

    /// Takes in a new connection for its first exchange.
    pub(super) fn open(&self, origin: usize, connection: Connection, now: Duration) -> Lease {
        let shared = connection.share();
        match (shared, self.lane(origin)) {
            (Some(shared), Some(mut lane)) => {
                let streams = Arc::new(());
                lane.shared.push(Shared {
                    connection: shared,
                    streams: Arc::clone(&streams),
                    since: now,
                });
                Lease {
                    connection,
                    _stream: Some(streams),
                }
            }
            _ => Lease::alone(connection),
        }
    }

    /// Takes back a connection whose exchange is over.
    pub(super) fn put(&self, origin: usize, lease: Lease, now: Duration) {
        let Lease {
            connection,
            _stream: None,
        } = lease
        else {
            return;
        };
        if connection.is_closed() {
            return;
        }
        if let Some(mut lane) = self.lane(origin) {
            lane.idle.push_back(Idle {
                connection,
                since: now,
            });
            lane.forget_old(now);
        }
    }

    fn lane(&self, origin: usize) -> Option<MutexGuard<'_, Lane>> {
        let lane = self.lanes.get(origin)?;
        Some(lane.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Lease {
    fn alone(connection: Connection) -> Self {
        Self {
            connection,
            _stream: None,
        }
    }
}

impl Lane {
    fn find(&mut self, patience: Patience, now: Duration) -> Found {
        if let Some(lease) = self.shared(now) {
            return Found::Ready(lease);
        }
        self.forget_old(now);
        let mut settling = VecDeque::new();
        let mut found = Found::Nothing;
        while let Some(idle) = self.idle.pop_back() {
            if idle.connection.is_closed() {
                continue;
            }
            if idle.connection.is_ready() {
                found = Found::Ready(Lease::alone(idle.connection));
                break;
            }
            if patience == Patience::UntilSettled {
                found = Found::Settling(Lease::alone(idle.connection));
                break;
            }
            settling.push_front(idle);
        }
        self.idle.append(&mut settling);
        found
    }

    fn shared(&mut self, now: Duration) -> Option<Lease> {
        self.shared.retain(|shared| {
            let used = Arc::strong_count(&shared.streams) > 1;
            let fresh = now.saturating_sub(shared.since) < IDLE_LIMIT;
            !shared.connection.is_closed() && (used || fresh)
        });
        let room = |shared: &&mut Shared| {
            let most = STREAMS.min(shared.connection.room());
            Arc::strong_count(&shared.streams) <= most
        };
        let shared = self.shared.iter_mut().find(room)?;
        shared.since = now;
        Some(Lease {
            connection: shared.connection.share()?,
            _stream: Some(Arc::clone(&shared.streams)),
        })
    }

    fn forget_old(&mut self, now: Duration) {
        let old = |idle: &Idle| now.saturating_sub(idle.since) >= IDLE_LIMIT;
        while self.idle.front().is_some_and(old) {
            self.idle.pop_front();
        }
    }
}
