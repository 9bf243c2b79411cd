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
        if let Some(turn) = self.reserve(clock.monotonic(), Duration::ZERO) {
            clock.sleep_until(turn).await;
        }
    }

    /// Waits until no more go out in a second than the rate allows: a schedule that stays below the rate
    /// on the whole is not moved, however its requests lie beside each other.
    pub(crate) async fn wait_in_bulk(&self, clock: &dyn Clock) {
        let slack = Duration::from_secs(1).saturating_sub(self.gap.unwrap_or_default());
        if let Some(turn) = self.reserve(clock.monotonic(), slack) {
            clock.sleep_until(turn).await;
        }
    }

    /// Takes the next free moment, which may come earlier than evenly spread by so much; `None` when it is
    /// now (the generic cell rate algorithm, ITU-T I.371, annex A).
    fn reserve(&self, now: Duration, slack: Duration) -> Option<Duration> {
        let gap = self.gap?;
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let even = now.max(*next);
        *next = even + gap;
        let turn = even.saturating_sub(slack);
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
        assert_eq!(pace.reserve(at(5), Duration::ZERO), None);
        assert_eq!(pace.reserve(at(5), Duration::ZERO), Some(at(105)));
        assert_eq!(pace.reserve(at(6), Duration::ZERO), Some(at(205)));
        assert_eq!(pace.reserve(at(900), Duration::ZERO), None);
        assert_eq!(pace.reserve(at(901), Duration::ZERO), Some(at(1000)));
    }
    #[test]
    fn in_bulk_a_second_has_no_more_than_the_rate() {
        let pace = Pace {
            gap: Some(Duration::from_millis(100)),
            next: Mutex::default(),
        };
        let (at, slack) = (Duration::from_millis, Duration::from_millis(900));
        let turns: Vec<_> = (0..12).map(|_| pace.reserve(at(5), slack)).collect();
        assert!(turns[..10].iter().all(Option::is_none));
        assert_eq!(turns[10..], [Some(at(105)), Some(at(205))]);
    }
}
