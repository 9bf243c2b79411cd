//! A server whose service times are known exactly: it takes as long as its plan says, and writes down how
//! long that was.
//!
//! The time of a request is counted from its first byte that was read to the last byte of the answer that
//! was written. What a client reports beyond that is the client's, the network's and the machine's.
//!
//! ```
//! use std::time::Duration;
//! use tidegate_testkit::truth::{Plan, Service, Truth};
//!
//! let truth = Truth::start(Plan::of(Service::Constant(Duration::from_millis(2))));
//! assert!(truth.served().is_empty());
//! ```

mod plan;
mod wire;

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use plan::Course;
pub use plan::{Plan, Service, Stall};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use crate::server::Loopback;

/// The most requests that are written down.
const WRITTEN_DOWN: usize = 1_000_000;

/// A loopback server that keeps to its plan until it is dropped. It speaks HTTP/1.1.
pub struct Truth {
    server: Loopback,
    shared: Arc<Shared>,
}

/// One answered request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Served {
    /// Its place in the order of arrival at its path, from 0; also in `x-request-id`.
    pub number: u64,
    /// When its first byte was read, since the start of the server or since [`Truth::forget`].
    pub received: Duration,
    /// From its first byte that was read to the last that was written.
    pub took: Duration,
    /// How long the plan wanted it to take, stalls not counted.
    pub planned: Duration,
}

struct Shared {
    courses: HashMap<String, Mutex<Course>>,
    record: Mutex<Record>,
    open: Mutex<Connections>,
}

struct Record {
    since: Instant,
    served: Vec<Served>,
}

#[derive(Default)]
struct Connections {
    now: usize,
    ever: usize,
}

impl Truth {
    /// Starts a server that answers every path by one plan.
    ///
    /// # Panics
    /// When the machine refuses a loopback port or a thread.
    pub fn start(plan: Plan) -> Self {
        Self::with_paths([("", plan)])
    }

    /// Starts a server with a plan for each path; `""` is for all others.
    ///
    /// # Panics
    /// When the machine refuses a loopback port or a thread.
    pub fn with_paths<'a>(plans: impl IntoIterator<Item = (&'a str, Plan)>) -> Self {
        let plans = plans.into_iter();
        let courses = plans.map(|(path, plan)| (path.to_owned(), Mutex::new(Course::new(plan))));
        let shared = Arc::new(Shared {
            courses: courses.collect(),
            record: Mutex::new(Record {
                since: Instant::now(),
                served: Vec::new(),
            }),
            open: Mutex::default(),
        });
        let handed = Arc::clone(&shared);
        let server = Loopback::start(move |stream| {
            let connection = Connection::new(Arc::clone(&handed));
            async move {
                // A client that hangs up is no fault of the server.
                drop(connection.serve(stream).await);
            }
        });
        Self { server, shared }
    }

    /// Returns the origin without a trailing slash.
    pub fn url(&self) -> String {
        format!("http://{}", self.server.address())
    }

    /// Returns the address the server listens on.
    pub fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// Returns what was answered so far, in the order in which it ended.
    pub fn served(&self) -> Vec<Served> {
        lock(&self.shared.record).served.clone()
    }

    /// Forgets what was answered, and begins all plans and the time of stalls anew.
    pub fn forget(&self) {
        for course in self.shared.courses.values() {
            lock(course).restart();
        }
        let mut record = lock(&self.shared.record);
        record.since = Instant::now();
        record.served.clear();
    }

    /// Returns how many connections are open now.
    pub fn connections(&self) -> usize {
        lock(&self.shared.open).now
    }

    /// Returns how many connections were ever opened.
    pub fn connections_ever(&self) -> usize {
        lock(&self.shared.open).ever
    }
}

/// The value at a percentile of ascending values, by nearest rank; `None` of nothing.
pub fn nearest_rank<T: Copy>(ascending: &[T], percentile: usize) -> Option<T> {
    let rank = (ascending.len() * percentile).div_ceil(100).max(1);
    ascending.get(rank - 1).copied()
}

/// An open connection; counted while it lives.
struct Connection(Arc<Shared>);

impl Connection {
    fn new(shared: Arc<Shared>) -> Self {
        {
            let mut open = lock(&shared.open);
            open.now += 1;
            open.ever += 1;
        }
        Self(shared)
    }

    async fn serve(&self, mut stream: TcpStream) -> std::io::Result<()> {
        let mut buffer = Vec::with_capacity(4096);
        let mut left = u32::MAX;
        while left > 0 {
            let Some(request) = wire::read(&mut stream, &mut buffer).await? else {
                return Ok(());
            };
            let Some(most) = self.answer(&mut stream, &request).await? else {
                return stream.write_all(wire::NOT_FOUND).await;
            };
            left = if request.last { 0 } else { left.min(most) - 1 };
        }
        Ok(())
    }

    /// Answers by the plan of the path; how many requests a connection carries.
    async fn answer(
        &self,
        stream: &mut TcpStream,
        request: &wire::Request,
    ) -> std::io::Result<Option<u32>> {
        let shared = &*self.0;
        let courses = &shared.courses;
        let Some(course) = courses.get(&request.path).or_else(|| courses.get("")) else {
            return Ok(None);
        };
        let step = lock(course).next();
        let received = request
            .first_byte
            .saturating_duration_since(lock(&shared.record).since);
        let stalled = step
            .stall
            .map_or(Duration::ZERO, |stall| stall.rest(received));
        let due = request.first_byte + stalled + step.service;
        if due > Instant::now() {
            tokio::select! {
                () = tokio::time::sleep_until(due.into()) => {}
                () = wire::gone(stream) => return Err(std::io::ErrorKind::ConnectionAborted.into()),
            }
        }
        stream.write_all(&wire::answer(&step)).await?;
        shared.write_down(Served {
            number: step.number,
            received,
            took: request.first_byte.elapsed(),
            planned: step.service,
        });
        Ok(Some(step.requests_per_connection))
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        lock(&self.0.open).now -= 1;
    }
}

impl Shared {
    fn write_down(&self, served: Served) {
        let mut record = lock(&self.record);
        if record.served.len() < WRITTEN_DOWN {
            record.served.push(served);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
