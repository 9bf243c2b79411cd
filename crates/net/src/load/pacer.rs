//! The thread that says when a request is due.
//!
//! The timers of tokio count in milliseconds and round up. A thread sleeps to within the scheduler's
//! precision; it wakes the sender a moment early, and the sender waits for the rest awake.

use std::io;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use tidegate_core::ports::Clock;
use tidegate_core::ports::load::Arrival;
use tokio::sync::mpsc;

use super::halt::Halt;

/// How early the sender is woken. Linux lets a sleeper wake up to 50 µs late to save power (`PR_SET_TIMERSLACK`
/// in prctl(2)), and waking the next thread takes some tens more.
const LEAD: Duration = Duration::from_micros(150);

/// The longest sleep at a stretch: a clock that jumped ahead, as after a suspended machine, is noticed.
const SLICE: Duration = Duration::from_millis(50);

/// How many requests may be due and not yet taken; the rest of the schedule waits.
const AHEAD: usize = 16;

/// A request that is due in a moment.
pub(super) struct Due {
    /// Its place in the schedule.
    pub(super) number: u64,
    /// What is due, and when.
    pub(super) arrival: Arrival,
}

/// Starts the thread; it ends with the schedule, with the receiver, or when `halt` says so.
///
/// # Errors
/// When the machine gives no thread.
pub(super) fn start(
    clock: Arc<dyn Clock>,
    schedule: Box<dyn Iterator<Item = Arrival> + Send>,
    halt: Arc<Halt>,
) -> io::Result<mpsc::Receiver<Due>> {
    let (due, receiver) = mpsc::channel(AHEAD);
    thread::Builder::new()
        .name("tidegate-pacer".to_owned())
        .spawn(move || pace(&*clock, schedule, &halt, &due))?;
    Ok(receiver)
}

fn pace(
    clock: &dyn Clock,
    schedule: impl Iterator<Item = Arrival>,
    halt: &Halt,
    due: &mpsc::Sender<Due>,
) {
    halt.wake_this_thread();
    for (number, arrival) in (0..).zip(schedule) {
        if !sleep_until(clock, arrival.at, halt) {
            return;
        }
        if due.blocking_send(Due { number, arrival }).is_err() {
            return;
        }
    }
}

/// Whether the instant came before the halt.
fn sleep_until(clock: &dyn Clock, instant: Duration, halt: &Halt) -> bool {
    loop {
        if halt.is_said() {
            return false;
        }
        let left = instant.saturating_sub(clock.monotonic());
        match left.checked_sub(LEAD) {
            Some(left) if !left.is_zero() => thread::park_timeout(left.min(SLICE)),
            _ => return true,
        }
    }
}

/// Waits awake for what is left until the instant, while the runtime does its other work.
pub(super) async fn reach(clock: &dyn Clock, instant: Duration) {
    let started = Instant::now();
    while clock.monotonic() < instant && started.elapsed() < LEAD * 2 {
        tokio::task::yield_now().await;
    }
}
