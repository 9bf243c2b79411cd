//! What the switches do that make the portal slow; each slows one thing and answers nothing wrong.

use std::time::{Duration, Instant};

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::sleep;

use crate::app::AppState;
use crate::breaks::Break;
use crate::errors::ApiError;

/// How long [`Break::SlowList`] takes.
const SLOW: Duration = Duration::from_secs(2);

/// How long the way to a database on another machine takes, which the portal's own does not have.
const ROUND_TRIP: Duration = Duration::from_millis(1);

/// How often [`Break::Stalls`] stops everything, and for how long.
const STALL_EVERY: Duration = Duration::from_secs(3);
const STALL: Duration = Duration::from_secs(1);

/// How much longer an answer of [`Break::SlowTail`] takes, and how many of 256 do.
const TAIL: Duration = Duration::from_millis(900);
const TAIL_OF_256: u8 = 20;

/// How many connections [`Break::Collapses`] leaves, and how long each search holds one.
const CONNECTIONS: usize = 3;
const HELD: Duration = Duration::from_millis(200);

/// What the slow switches share between requests.
#[derive(Debug)]
pub(crate) struct Slowness {
    started: Instant,
    connections: Semaphore,
}

impl Default for Slowness {
    fn default() -> Self {
        Self {
            started: Instant::now(),
            connections: Semaphore::new(CONNECTIONS),
        }
    }
}

/// Waits for the end of the pause that holds everything up, as collecting garbage or starting an
/// instance does.
pub(crate) async fn stall(app: &AppState) {
    if app.broken(Break::Stalls) {
        sleep(rest_of_stall(app.slowness.started.elapsed())).await;
    }
}

/// How long a portal of this age still stands still; each period ends with a stall.
fn rest_of_stall(age: Duration) -> Duration {
    let period = STALL_EVERY.as_nanos();
    let into = age.as_nanos() % period;
    let begins = period - STALL.as_nanos();
    if into < begins {
        return Duration::ZERO;
    }
    Duration::from_nanos(u64::try_from(period - into).unwrap_or(0))
}

/// What slows a list of records down whatever is in it: now and then, or always.
///
/// # Errors
/// When the system gives no random number.
pub(crate) async fn before_list(app: &AppState) -> Result<(), ApiError> {
    if app.broken(Break::SlowList) {
        sleep(SLOW).await;
    }
    if app.broken(Break::SlowTail) {
        let mut byte = [0];
        getrandom::fill(&mut byte).map_err(ApiError::internal)?;
        if byte[0] < TAIL_OF_256 {
            sleep(TAIL).await;
        }
    }
    Ok(())
}

/// One of the few connections, once it is free and the question on it was answered.
///
/// # Errors
/// When the portal ends meanwhile.
pub(crate) async fn connection(app: &AppState) -> Result<Option<SemaphorePermit<'_>>, ApiError> {
    if !app.broken(Break::Collapses) {
        return Ok(None);
    }
    let connection = app.slowness.connections.acquire().await;
    let connection = connection.map_err(ApiError::internal)?;
    sleep(HELD).await;
    Ok(Some(connection))
}

/// What one more question to the database takes when it runs on another machine.
pub(crate) async fn round_trip() {
    sleep(ROUND_TRIP).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_period_ends_with_a_stall() {
        let rest = |milliseconds| rest_of_stall(Duration::from_millis(milliseconds)).as_millis();
        assert_eq!([0, 1_000, 1_999].map(rest), [0, 0, 0]);
        assert_eq!([2_000, 2_900, 2_999].map(rest), [1_000, 100, 1]);
        assert_eq!([3_000, 4_999, 5_000].map(rest), [0, 0, 1_000]);
    }
}
