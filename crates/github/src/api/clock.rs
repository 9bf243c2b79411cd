//! The machine's time.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use tidegate_core::ports::BoxFuture;
use tidegate_core::ports::machine::Clock;

/// The machine's time; waits on the runtime that polls it.
#[derive(Debug)]
pub struct SystemClock {
    started: Instant,
}

impl Default for SystemClock {
    fn default() -> Self {
        Self {
            started: Instant::now(),
        }
    }
}

impl Clock for SystemClock {
    fn wall(&self) -> Timestamp {
        Timestamp::now()
    }

    fn monotonic(&self) -> Duration {
        self.started.elapsed()
    }

    fn sleep_until(&self, instant: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep_until((self.started + instant).into()))
    }
}
