//! Time, randomness and concurrency.

use std::time::Duration;

use jiff::Timestamp;

use super::BoxFuture;

/// Time: the wall's for people, the monotonic one for measuring.
pub trait Clock: Send + Sync {
    /// The time of day.
    fn wall(&self) -> Timestamp;

    /// Time since the run began, in whole microseconds; never goes back.
    fn monotonic(&self) -> Duration;

    /// Waits until [`Clock::monotonic`] reaches `instant`.
    fn sleep_until(&self, instant: Duration) -> BoxFuture<'static, ()>;
}

/// Randomness that a printed seed makes repeatable.
pub trait Random: Send + Sync {
    /// The seed, as the report prints it.
    fn seed(&self) -> u64;

    /// The next 64 random bits.
    fn next(&self) -> u64;

    /// Random bits that depend only on the seed and the label, whatever else was drawn.
    fn derive(&self, label: &str) -> u64;
}

/// Concurrency on the runner's own threads.
pub trait Tasks: Send + Sync {
    /// Runs a future in the background.
    fn spawn(&self, task: BoxFuture<'static, ()>);

    /// Runs blocking work on a thread of its own.
    fn spawn_blocking(&self, task: Box<dyn FnOnce() + Send>);
}
