//! Work that blocks, on a thread of the runner's, as a future.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};

use tidegate_core::ports::Tasks;

/// What a thread leaves for whoever waits.
struct Left<T> {
    output: Option<T>,
    over: bool,
    waiting: Option<Waker>,
}

/// Hands the output over, or tells that there is none because the work panicked or was never begun.
struct Leaving<T>(Arc<Mutex<Left<T>>>);

impl<T> Leaving<T> {
    fn leave(&self, output: Option<T>) {
        let mut left = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if left.over {
            return;
        }
        left.over = true;
        left.output = output;
        if let Some(waiting) = left.waiting.take() {
            waiting.wake();
        }
    }
}

impl<T> Drop for Leaving<T> {
    fn drop(&mut self) {
        self.leave(None);
    }
}

/// Waits for the output.
struct Waiting<T>(Arc<Mutex<Left<T>>>);

impl<T> Future for Waiting<T> {
    type Output = Option<T>;

    fn poll(self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<Option<T>> {
        let mut left = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if left.over {
            return Poll::Ready(left.output.take());
        }
        left.waiting = Some(task.waker().clone());
        Poll::Pending
    }
}

/// Begins work on a thread of its own; the future gives what came of it, and nothing when it panicked. The work
/// goes on when the future is dropped.
pub(super) fn blocking<T: Send + 'static>(
    tasks: &dyn Tasks,
    work: impl FnOnce() -> T + Send + 'static,
) -> impl Future<Output = Option<T>> + Send + 'static {
    let left = Arc::new(Mutex::new(Left {
        output: None,
        over: false,
        waiting: None,
    }));
    let leaving = Leaving(left.clone());
    tasks.spawn_blocking(Box::new(move || leaving.leave(Some(work()))));
    Waiting(left)
}
