//! Work that computes or waits for the disk, on threads of its own.

use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Poll, Waker};
use std::thread::Result as Ended;

use tidegate_core::ports::Tasks;

/// Tells blocking work that nobody waits for it any more.
#[derive(Debug, Clone, Default)]
pub(crate) struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Whether the work should end.
    pub(crate) fn requested(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

struct StopOnDrop(Stop);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.0.store(true, Ordering::Relaxed);
    }
}

struct Shared<T> {
    ended: Option<Ended<T>>,
    waker: Option<Waker>,
}

/// Runs work on a thread of its own; dropping the future tells the work to stop, and a panic of the
/// work is one of the caller.
pub(crate) async fn run<T: Send + 'static>(
    tasks: &dyn Tasks,
    work: impl FnOnce(&Stop) -> T + Send + 'static,
) -> T {
    let shared = Arc::new(Mutex::new(Shared {
        ended: None,
        waker: None,
    }));
    let guard = StopOnDrop(Stop::default());
    let (theirs, stop) = (shared.clone(), guard.0.clone());
    tasks.spawn_blocking(Box::new(move || {
        let ended = catch_unwind(AssertUnwindSafe(|| work(&stop)));
        let mut shared = theirs.lock().unwrap_or_else(PoisonError::into_inner);
        shared.ended = Some(ended);
        if let Some(waker) = shared.waker.take() {
            waker.wake();
        }
    }));
    let ended = poll_fn(|context| {
        let mut shared = shared.lock().unwrap_or_else(PoisonError::into_inner);
        match shared.ended.take() {
            Some(ended) => Poll::Ready(ended),
            None => {
                shared.waker = Some(context.waker().clone());
                Poll::Pending
            }
        }
    })
    .await;
    drop(guard);
    ended.unwrap_or_else(|panic| resume_unwind(panic))
}

/// Does work on every item on as many threads as the machine has, at most four, and gives the results
/// in the order of the items, as many as there are until the stop. Each thread makes its own tools.
pub(crate) fn each<I: Sync, T: Send, W>(
    items: &[I],
    stop: &Stop,
    tools: impl Fn() -> W + Sync,
    work: impl Fn(&mut W, &I) -> T + Sync,
) -> Vec<T> {
    const MOST_THREADS: usize = 4;
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let next = AtomicUsize::new(0);
    let one = || {
        let mut tools = tools();
        let mut results = Vec::new();
        while !stop.requested() {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(index) else {
                break;
            };
            results.push((index, work(&mut tools, item)));
        }
        results
    };
    let threads = cores.min(MOST_THREADS).min(items.len());
    let mut results: Vec<(usize, T)> = std::thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(one)).collect();
        let mut results = one();
        for other in others {
            match other.join() {
                Ok(more) => results.extend(more),
                Err(panic) => resume_unwind(panic),
            }
        }
        results
    });
    results.sort_unstable_by_key(|(index, _)| *index);
    results.into_iter().map(|(_, result)| result).collect()
}
