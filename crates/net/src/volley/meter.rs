//! When heads and ends of requests were written.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tidegate_core::ports::Clock;

/// The first and the last moment of the writes that brought a head, or an end, of a request.
#[derive(Clone)]
pub(super) struct Meter {
    clock: Arc<dyn Clock>,
    written: Arc<Mutex<Written>>,
}

#[derive(Default)]
struct Written {
    heads: Option<(Duration, Duration)>,
    ends: Option<(Duration, Duration)>,
}

/// What a write brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Brought {
    /// The last byte of the head of a request.
    pub(super) head: bool,
    /// The last byte of a request.
    pub(super) end: bool,
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

    /// Notes a write that began at `begun` and ends now.
    pub(super) fn note(&self, begun: Duration, brought: Brought) {
        let now = self.now();
        let widen = |span: &mut Option<(Duration, Duration)>| {
            let (first, last) = span.unwrap_or((begun, now));
            *span = Some((first.min(begun), last.max(now)));
        };
        let mut written = self.lock();
        if brought.head {
            widen(&mut written.heads);
        }
        if brought.end {
            widen(&mut written.ends);
        }
    }

    /// From the first write of an end to the last. With `heads` it is that of the heads when it is longer;
    /// so it is when no end was written.
    pub(super) fn spread(&self, heads: bool) -> Duration {
        let written = self.lock();
        let length = |span: Option<(Duration, Duration)>| {
            span.map_or(Duration::ZERO, |(first, last)| last.saturating_sub(first))
        };
        let (begun, ended) = (length(written.heads), length(written.ends));
        if heads || written.ends.is_none() {
            ended.max(begun)
        } else {
            ended
        }
    }

    fn lock(&self) -> MutexGuard<'_, Written> {
        self.written.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
