//! How many requests a second go out.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tidegate_core::gate::{Environment, EnvironmentKind};
use tidegate_core::ports::Clock;

/// The pace in production unless the environment says otherwise, in requests a second.
const PRODUCTION_RATE: u32 = 10;

/// Spreads requests evenly over time; without a rate they go as they come.
pub(crate) struct Pace {
    gap: Option<Duration>,
    next: Mutex<Duration>,
}

impl Pace {
    /// The pace of an environment.
    pub(crate) fn of(environment: &Environment) -> Self {
        let gentle = environment.kind == EnvironmentKind::Production;
        let rate = environment.rate.or(gentle.then_some(PRODUCTION_RATE));
        Self {
            gap: rate.map(|rate| Duration::from_secs(1) / rate.max(1)),
            next: Mutex::default(),
        }
    }

    /// Waits for this request's turn.
    pub(crate) async fn wait(&self, clock: &dyn Clock) {
        if let Some(turn) = self.reserve(clock.monotonic()) {
            clock.sleep_until(turn).await;
        }
    }

    /// Takes the next free moment; `None` when it is now.
    fn reserve(&self, now: Duration) -> Option<Duration> {
        let gap = self.gap?;
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let turn = now.max(*next);
        *next = turn + gap;
        (turn > now).then_some(turn)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turns_are_spread_evenly_and_a_pause_is_not_saved_up() {
        let pace = Pace {
            gap: Some(Duration::from_millis(100)),
            next: Mutex::default(),
        };
        let at = Duration::from_millis;
        assert_eq!(pace.reserve(at(5)), None);
        assert_eq!(pace.reserve(at(5)), Some(at(105)));
        assert_eq!(pace.reserve(at(6)), Some(at(205)));
        assert_eq!(pace.reserve(at(900)), None);
        assert_eq!(pace.reserve(at(901)), Some(at(1000)));
    }
}
