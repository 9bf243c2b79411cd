//! When the ends of requests were written.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tidegate_core::ports::Clock;

/// The first and the last moment of the writes that ended a request.
#[derive(Clone)]
pub(super) struct Meter {
    clock: Arc<dyn Clock>,
    written: Arc<Mutex<Option<(Duration, Duration)>>>,
}

impl Meter {
    /// A meter of one volley.
    pub(super) fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            written: Arc::default(),
        }
    }

    /// Now.
    pub(super) fn now(&self) -> Duration {
        self.clock.monotonic()
    }

    /// Notes a write that began at `begun`, ends now, and ended a request.
    pub(super) fn note(&self, begun: Duration) {
        let now = self.now();
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        let (first, last) = written.unwrap_or((begun, now));
        *written = Some((first.min(begun), last.max(now)));
    }

    /// From the first moment to the last; nothing when no request was ended.
    pub(super) fn spread(&self) -> Option<Duration> {
        let written = *self.written.lock().unwrap_or_else(PoisonError::into_inner);
        written.map(|(first, last)| last.saturating_sub(first))
    }
}
