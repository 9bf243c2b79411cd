//! Time.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use tidegate_core::period::whole_microseconds;
use tidegate_core::ports::{BoxFuture, Clock};
use tokio::runtime::Handle;

/// The clocks of this machine; the monotonic one starts when this is made.
pub(crate) struct SystemClock {
    started: Instant,
    runtime: Handle,
}

impl SystemClock {
    /// Starts the monotonic clock; sleeps use the timer of `runtime`.
    pub(crate) fn new(runtime: Handle) -> Self {
        Self {
            started: Instant::now(),
            runtime,
        }
    }
}

impl Clock for SystemClock {
    fn wall(&self) -> Timestamp {
        Timestamp::now()
    }

    fn monotonic(&self) -> Duration {
        whole_microseconds(self.started.elapsed())
    }

    fn sleep_until(&self, instant: Duration) -> BoxFuture<'static, ()> {
        // A sleep belongs to the runtime it is made in, whoever polls it.
        let _context = self.runtime.enter();
        Box::pin(tokio::time::sleep_until((self.started + instant).into()))
    }
}
