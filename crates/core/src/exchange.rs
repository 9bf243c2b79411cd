//! What was sent and received, for observers.

use std::cell::OnceCell;
use std::collections::VecDeque;
use std::ops::Deref;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value as Json;

use crate::name::IdentityName;
use crate::ports::http::{Cause, Purpose, Timings};

/// The most bytes of bodies the bus keeps: 32 MiB.
pub const CAPACITY: usize = 32 * 1024 * 1024;

/// A request and what came back, with credentials already replaced.
#[derive(Debug, Clone)]
pub struct Exchange {
    /// Its place in the order of publication, from 1.
    pub number: u64,
    /// The check and the line of the gate file behind it.
    pub cause: Cause,
    /// Whose credentials went with it.
    pub identity: Option<IdentityName>,
    /// What it was for.
    pub purpose: Purpose,
    /// The method in capitals.
    pub method: String,
    /// The path as the gate file has it, for grouping.
    pub route: String,
    /// The address, secrets replaced.
    pub url: String,
    /// Lowercase name and value; credentials replaced.
    pub request_headers: Vec<(String, String)>,
    /// The body that was sent, bounded.
    pub request_body: Arc<[u8]>,
    /// The status code; `None` when there was no response.
    pub status: Option<u16>,
    /// Lowercase name and value; credentials replaced.
    pub response_headers: Vec<(String, String)>,
    /// The body that came back, as far as it was kept; not redacted.
    pub response_body: Arc<[u8]>,
    /// Whether there was more of it.
    pub truncated: bool,
    /// Where the time went.
    pub timings: Timings,
}

impl Exchange {
    /// The first response header of this lowercase name.
    pub fn response_header(&self, name: &str) -> Option<&str> {
        self.response_headers
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// Whether a refusal or an error is what the request asked for.
    pub fn provoked(&self) -> bool {
        matches!(self.purpose, Purpose::Negative | Purpose::Attack)
    }

    fn weight(&self) -> usize {
        self.response_body.len() + self.request_body.len() + 512
    }
}

/// An exchange while observers judge it: what several of them need is worked out once, and forgotten
/// with it.
#[derive(Debug)]
pub struct Observed<'e> {
    exchange: &'e Exchange,
    json: OnceCell<Option<Json>>,
}

impl<'e> Observed<'e> {
    /// Looks at an exchange.
    pub fn new(exchange: &'e Exchange) -> Self {
        Self {
            exchange,
            json: OnceCell::new(),
        }
    }

    /// The body of the response as JSON, whatever its content type, without the mark that some servers
    /// put before UTF-8; `None` when it is none or was cut.
    pub fn json(&self) -> Option<&Json> {
        let read = || {
            let body = &*self.exchange.response_body;
            let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
            serde_json::from_slice(body).ok()
        };
        self.json.get_or_init(read).as_ref()
    }
}

impl Deref for Observed<'_> {
    type Target = Exchange;

    fn deref(&self) -> &Exchange {
        self.exchange
    }
}

/// The bus between the client and the observers: bounded, and never in the way of a request.
#[derive(Debug)]
pub struct Exchanges {
    inner: Mutex<Inner>,
    capacity: usize,
}

#[derive(Debug, Default)]
struct Inner {
    waiting: VecDeque<Arc<Exchange>>,
    kept: VecDeque<Arc<Exchange>>,
    waiting_bytes: usize,
    kept_bytes: usize,
    published: u64,
    unpublished: u64,
    lost: u64,
}

impl Default for Exchanges {
    fn default() -> Self {
        Self::with_capacity(CAPACITY)
    }
}

impl Exchanges {
    /// A bus that keeps at most `capacity` bytes of bodies.
    pub fn with_capacity(capacity: usize) -> Self {
        Self {
            inner: Mutex::default(),
            capacity,
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Publishes an exchange and gives it its number; over the capacity it is counted as lost.
    pub fn publish(&self, mut exchange: Exchange) -> u64 {
        let mut inner = self.lock();
        inner.published += 1;
        exchange.number = inner.published;
        let weight = exchange.weight();
        if inner.waiting_bytes + weight > self.capacity {
            inner.lost += 1;
        } else {
            inner.waiting_bytes += weight;
            inner.waiting.push_back(Arc::new(exchange));
        }
        inner.published
    }

    /// Takes what was published since the last call, for the observers; it stays readable by
    /// [`Exchanges::recorded`] as long as the capacity allows, newest first.
    pub fn take(&self) -> Vec<Arc<Exchange>> {
        let mut inner = self.lock();
        let taken: Vec<_> = std::mem::take(&mut inner.waiting).into();
        inner.kept_bytes += std::mem::take(&mut inner.waiting_bytes);
        inner.kept.extend(taken.iter().cloned());
        while inner.kept_bytes > self.capacity {
            let Some(oldest) = inner.kept.pop_front() else {
                break;
            };
            inner.kept_bytes -= oldest.weight();
        }
        taken
    }

    /// Everything that is still kept, oldest first.
    pub fn recorded(&self) -> Vec<Arc<Exchange>> {
        let inner = self.lock();
        inner.kept.iter().chain(&inner.waiting).cloned().collect()
    }

    /// Counts a request that is published to nobody, as most of a measurement are.
    pub fn count_unpublished(&self) {
        self.lock().unpublished += 1;
    }

    /// How many requests were sent: those that were published, and those that were only counted.
    pub fn sent(&self) -> u64 {
        let inner = self.lock();
        inner.published + inner.unpublished
    }

    /// How many exchanges no observer saw because the bus was full.
    pub fn lost(&self) -> u64 {
        self.lock().lost
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::span::Location;

    fn exchange(bytes: usize) -> Exchange {
        Exchange {
            number: 0,
            cause: Cause {
                check: "a".into(),
                location: Location::line_of("gate.yaml", 1),
            },
            identity: None,
            purpose: Purpose::Normal,
            method: "GET".into(),
            route: "/".into(),
            url: "http://127.0.0.1/".into(),
            request_headers: Vec::new(),
            request_body: Arc::from([]),
            status: Some(200),
            response_headers: Vec::new(),
            response_body: vec![0; bytes].into(),
            truncated: false,
            timings: Timings::default(),
        }
    }

    #[test]
    fn exchanges_are_taken_once_in_order_and_stay_recorded() {
        let bus = Exchanges::default();
        bus.publish(exchange(1));
        bus.publish(exchange(1));
        let numbers: Vec<u64> = bus.take().iter().map(|exchange| exchange.number).collect();
        assert_eq!(numbers, [1, 2]);
        assert!(bus.take().is_empty());
        assert_eq!(bus.recorded().len(), 2);
    }

    #[test]
    fn an_overflow_is_counted_and_memory_stays_bounded() {
        let bus = Exchanges::with_capacity(4000);
        for _ in 0..10 {
            bus.publish(exchange(1000));
        }
        assert_eq!(bus.take().len(), 2);
        bus.count_unpublished();
        assert_eq!((bus.lost(), bus.sent()), (8, 11));
        for _ in 0..10 {
            bus.publish(exchange(1000));
            bus.take();
        }
        assert_eq!(bus.recorded().len(), 2);
    }
}
