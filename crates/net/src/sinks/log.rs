//! What a sink has received.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tidegate_core::ports::sinks::{SINK_MEMORY_CAP, SINK_REQUEST_CAP};
use tidegate_core::ports::{Overlooked, Received};
use tokio::sync::Notify;

/// The requests in the order they became whole.
#[derive(Default)]
pub(super) struct Log {
    entries: Mutex<Entries>,
    arrival: Notify,
}

#[derive(Default)]
struct Entries {
    kept: Vec<Arc<Received>>,
    /// The bytes of all that are kept.
    size: usize,
    overlooked: Overlooked,
}

impl Log {
    /// Keeps a request while there is room, and wakes who waits.
    pub(super) fn keep(&self, received: Received) {
        let mut entries = self.entries();
        let size = entries.size + size(&received);
        if entries.kept.len() >= SINK_REQUEST_CAP || size > SINK_MEMORY_CAP {
            entries.overlooked.beyond += 1;
            return;
        }
        entries.size = size;
        entries.kept.push(Arc::new(received));
        drop(entries);
        self.arrival.notify_waiters();
    }

    /// Counts a request that did not become whole.
    pub(super) fn broken(&self) {
        self.entries().overlooked.broken += 1;
    }

    /// All that are kept, oldest first.
    pub(super) fn received(&self) -> Vec<Arc<Received>> {
        self.entries().kept.clone()
    }

    /// What was not kept.
    pub(super) fn overlooked(&self) -> Overlooked {
        self.entries().overlooked
    }

    /// Waits until more requests are there than so many.
    pub(super) async fn more_than(&self, known: usize) {
        loop {
            // Listening before looking, or an arrival between the two would be missed.
            let arrival = self.arrival.notified();
            if self.entries().kept.len() > known {
                return;
            }
            arrival.await;
        }
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn size(received: &Received) -> usize {
    let headers = received
        .headers
        .iter()
        .map(|(name, value)| name.len() + value.len());
    headers.sum::<usize>() + received.path.len() + received.body.len()
}
