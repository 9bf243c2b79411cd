//! Waits on a thread of its own for what a port does.

use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::Duration;

use tidegate_core::ports::BoxFuture;

use crate::deadline::Deadline;

/// How often a stop is looked for.
const LOOK: Duration = Duration::from_millis(20);

/// Wakes a thread that is parked.
struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Waits until a future is ready; nothing when the deadline comes before, and the future is dropped then.
pub(super) fn wait<T>(future: BoxFuture<'static, T>, deadline: &Deadline) -> Option<T> {
    let mut future = pin!(future);
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut task = Context::from_waker(&waker);
    loop {
        let left = deadline.left();
        if left.is_zero() {
            return None;
        }
        if let Poll::Ready(output) = future.as_mut().poll(&mut task) {
            return Some(output);
        }
        thread::park_timeout(left.min(LOOK));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deadline::Stop;

    const LONG: Duration = Duration::from_secs(3_600);

    #[test]
    fn what_is_ready_later_is_waited_for() {
        let deadline = Deadline::new(LONG, Stop::new());
        let (send, receive) = std::sync::mpsc::channel::<Waker>();
        let waking = thread::spawn(move || receive.recv().map(Waker::wake));
        let mut polled = 0;
        let future = std::future::poll_fn(move |task| {
            polled += 1;
            if polled == 1 {
                send.send(task.waker().clone()).unwrap();
                return Poll::Pending;
            }
            Poll::Ready(7)
        });
        assert_eq!(wait(Box::pin(future), &deadline), Some(7));
        waking.join().unwrap().unwrap();
    }

    #[test]
    fn a_stop_ends_what_hangs_and_drops_it() {
        struct Dropped(std::sync::mpsc::Sender<()>);
        impl Drop for Dropped {
            fn drop(&mut self) {
                let _ = self.0.send(());
            }
        }
        let stop = Stop::new();
        let deadline = Deadline::new(LONG, stop.clone());
        let (send, dropped) = std::sync::mpsc::channel();
        let guard = Dropped(send);
        let stopping = thread::spawn(move || stop.ask());
        let hangs = async move {
            let _guard = guard;
            std::future::pending::<()>().await;
        };
        assert_eq!(wait(Box::pin(hangs), &deadline), None);
        dropped.recv().unwrap();
        stopping.join().unwrap();
    }

    #[test]
    fn without_time_nothing_is_begun() {
        let deadline = Deadline::new(Duration::ZERO, Stop::new());
        assert_eq!(wait(Box::pin(async { 7 }), &deadline), None);
    }
}
