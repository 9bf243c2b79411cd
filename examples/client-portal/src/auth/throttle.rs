//! Slows down whoever guesses passwords.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Failed attempts that one account may have within [`WINDOW`].
const MOST_FAILURES: usize = 10;
const WINDOW: Duration = Duration::from_secs(60);

/// Above this number of accounts the old entries are removed before one is added.
const SWEEP_ABOVE: usize = 10_000;

type Failures = HashMap<String, VecDeque<Instant>>;

/// Counts failed logins per account, whether the account exists or not.
#[derive(Debug, Default)]
pub(crate) struct Throttle(Mutex<Failures>);

impl Throttle {
    /// Seconds until the account may be tried again; `None` when it may be tried now.
    pub(crate) fn wait_seconds(&self, account: &str, now: Instant) -> Option<u64> {
        let failures = self.lock();
        let recent = failures
            .get(account)?
            .iter()
            .filter(|at| is_recent(**at, now));
        let oldest = recent.rev().nth(MOST_FAILURES - 1)?;
        Some((WINDOW - now.duration_since(*oldest)).as_secs() + 1)
    }

    /// Notes a failed attempt.
    pub(crate) fn failed(&self, account: &str, now: Instant) {
        let mut failures = self.lock();
        if failures.len() > SWEEP_ABOVE {
            failures.retain(|_, times| times.back().is_some_and(|at| is_recent(*at, now)));
        }
        let times = failures.entry(account.to_owned()).or_default();
        times.push_back(now);
        while times.len() > MOST_FAILURES {
            times.pop_front();
        }
    }

    /// Forgets the failures of an account whose owner has just logged in.
    pub(crate) fn succeeded(&self, account: &str) {
        self.lock().remove(account);
    }

    fn lock(&self) -> MutexGuard<'_, Failures> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_recent(at: Instant, now: Instant) -> bool {
    now.duration_since(at) < WINDOW
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after_failures(count: usize, now: Instant) -> Throttle {
        let throttle = Throttle::default();
        (0..count).for_each(|_| throttle.failed("anna", now));
        throttle
    }

    #[test]
    fn ten_failures_are_allowed_and_the_next_waits() {
        let now = Instant::now();
        assert_eq!(after_failures(9, now).wait_seconds("anna", now), None);
        let throttle = after_failures(10, now);
        assert_eq!(throttle.wait_seconds("anna", now), Some(61));
        assert_eq!(throttle.wait_seconds("boris", now), None);
    }

    #[test]
    fn the_wait_ends_with_the_window() {
        let now = Instant::now();
        let throttle = after_failures(12, now);
        assert_eq!(
            throttle.wait_seconds("anna", now + Duration::from_secs(59)),
            Some(2)
        );
        assert_eq!(throttle.wait_seconds("anna", now + WINDOW), None);
    }

    #[test]
    fn a_login_forgets_the_failures() {
        let now = Instant::now();
        let throttle = after_failures(10, now);
        throttle.succeeded("anna");
        assert_eq!(throttle.wait_seconds("anna", now), None);
    }
}
