//! The word to send nothing more.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::Thread;

use tokio::sync::Notify;

/// Said once, heard by everybody who sends.
#[derive(Default)]
pub(super) struct Halt {
    said: AtomicBool,
    told: Notify,
    pacer: OnceLock<Thread>,
}

impl Halt {
    /// Says it.
    pub(super) fn say(&self) {
        self.said.store(true, Ordering::SeqCst);
        self.told.notify_waiters();
        if let Some(pacer) = self.pacer.get() {
            pacer.unpark();
        }
    }

    /// Whether it was said.
    pub(super) fn is_said(&self) -> bool {
        self.said.load(Ordering::SeqCst)
    }

    /// Wakes this thread when it is said.
    pub(super) fn wake_this_thread(&self) {
        // There is one pacer.
        drop(self.pacer.set(std::thread::current()));
    }

    /// Waits for something; `None` when it is said before.
    pub(super) async fn or<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        let mut told = std::pin::pin!(self.told.notified());
        // From here on nothing that is said is missed.
        told.as_mut().enable();
        if self.is_said() {
            return None;
        }
        tokio::select! {
            biased;
            done = work => Some(done),
            () = told => None,
        }
    }
}
