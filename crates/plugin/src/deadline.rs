//! Until when a plugin may run.
//!
//! Here alone time comes from the machine and not from the port: threads are interrupted that are
//! really running, whatever a test's clock says.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Asks a call to end, from whatever thread.
#[derive(Debug, Clone, Default)]
pub struct Stop {
    asked: Arc<AtomicBool>,
    at: Option<Instant>,
}

impl Stop {
    /// A stop that is asked for by [`Stop::ask`] alone.
    pub fn new() -> Self {
        Self::default()
    }

    /// A stop that comes by itself when `time` is over.
    pub fn after(time: Duration) -> Self {
        Self {
            asked: Arc::default(),
            at: Instant::now().checked_add(time),
        }
    }

    /// Asks for it.
    pub fn ask(&self) {
        self.asked.store(true, Ordering::Relaxed);
    }

    /// Whether it was asked for, or its time is over.
    pub fn asked(&self) -> bool {
        self.asked.load(Ordering::Relaxed) || self.at.is_some_and(|at| at <= Instant::now())
    }
}

/// When a call must be over: its limit of time, or earlier by a [`Stop`].
#[derive(Debug, Clone)]
pub struct Deadline {
    at: Option<Instant>,
    stop: Stop,
}

impl Deadline {
    /// A deadline when `time` is over, or when `stop` comes.
    pub fn new(time: Duration, stop: Stop) -> Self {
        Self {
            at: Instant::now().checked_add(time),
            stop,
        }
    }

    /// The time that is left; nothing after a stop.
    pub fn left(&self) -> Duration {
        if self.stop.asked() {
            return Duration::ZERO;
        }
        let ends = [self.at, self.stop.at].into_iter().flatten().min();
        ends.map_or(Duration::MAX, |at| {
            at.saturating_duration_since(Instant::now())
        })
    }

    /// Whether nothing is left.
    pub fn passed(&self) -> bool {
        self.left().is_zero()
    }

    /// Whether a stop came, and not the limit of time.
    pub(crate) fn stopped(&self) -> bool {
        self.stop.asked()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stop_leaves_no_time() {
        let stop = Stop::new();
        let deadline = Deadline::new(Duration::from_secs(3_600), stop.clone());
        assert!(!deadline.passed() && deadline.left() > Duration::from_secs(3_000));
        stop.ask();
        assert!(deadline.passed() && deadline.stopped() && deadline.left().is_zero());
    }

    #[test]
    fn the_limit_is_no_stop() {
        let deadline = Deadline::new(Duration::ZERO, Stop::new());
        assert!(deadline.passed() && !deadline.stopped());
        let deadline = Deadline::new(Duration::from_secs(3_600), Stop::after(Duration::ZERO));
        assert!(deadline.passed() && deadline.stopped());
        assert!(!Deadline::new(Duration::MAX, Stop::new()).passed());
    }
}
