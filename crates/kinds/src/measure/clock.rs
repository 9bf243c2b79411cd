//! Whether the clocks of this machine kept step while something was measured.

use std::time::Duration;

use jiff::Timestamp;
use tidegate_core::period::Period;
use tidegate_core::ports::Clock;

/// By how much the time of day may differ from the measured one at the end: more is no drift, but a clock
/// that was set or a machine that slept.
const TOLERATED: Duration = Duration::from_secs(1);

/// Remembers both clocks from when a measurement began.
pub(crate) struct ClockWatch {
    wall: Timestamp,
    monotonic: Duration,
}

impl ClockWatch {
    /// Begins.
    pub(crate) fn begin(clock: &dyn Clock) -> Self {
        Self {
            wall: clock.wall(),
            monotonic: clock.monotonic(),
        }
    }

    /// By how much the two clocks differ since then, when it is too much: the machine slept, which the
    /// monotonic clock of some systems does not count, or its clock was set.
    pub(crate) fn step(&self, clock: &dyn Clock) -> Option<Duration> {
        let passed = clock.monotonic().saturating_sub(self.monotonic);
        let shown = clock.wall().duration_since(self.wall);
        let passed = jiff::SignedDuration::try_from(passed).ok()?;
        let difference = (shown - passed).unsigned_abs();
        (difference > TOLERATED).then_some(difference)
    }
}

/// What is said when the clock of this machine was set by so much, or it slept for so long.
pub(crate) fn stepped(time: Duration) -> String {
    format!(
        "the clock of this machine was set, or the machine slept, for {} while it measured; run it again",
        Period(time)
    )
}
