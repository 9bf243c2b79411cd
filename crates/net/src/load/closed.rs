//! The closed workload: clients that send their next request once their last was answered.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::task::JoinSet;

use super::lanes::{Lanes, Patience};
use super::probe::Turn;
use super::volume::Volume;

/// How long a client pauses whose request came to nothing: a server that refuses is not asked as fast as
/// it can refuse.
const PAUSE: Duration = Duration::from_millis(50);

/// What bounds the clients of a thread.
pub(super) struct Bounds {
    /// How many there are.
    pub(super) clients: usize,
    /// The instant after which nothing more is sent.
    pub(super) until: Duration,
    /// The most requests of all of them, on whatever thread they are.
    pub(super) requests: u64,
    /// The number of the next request.
    pub(super) next: Arc<AtomicU64>,
}

/// Lets the clients send, and returns when the last answer has come.
pub(super) async fn run(volume: Arc<Volume>, bounds: Bounds) {
    let bounds = Arc::new(bounds);
    let mut clients = JoinSet::new();
    for _ in 0..bounds.clients {
        clients.spawn(client(Arc::clone(&volume), Arc::clone(&bounds)));
    }
    while clients.join_next().await.is_some() {}
}

async fn client(volume: Arc<Volume>, bounds: Arc<Bounds>) {
    let lanes = Lanes::new(volume.origins(), Patience::UntilSettled);
    let over = |volume: &Volume| volume.halt.is_said() || volume.now() >= bounds.until;
    while !over(&volume) {
        let planned = volume.now();
        if !volume.turn().await || over(&volume) {
            return;
        }
        let number = bounds.next.fetch_add(1, Ordering::Relaxed);
        if number >= bounds.requests {
            return;
        }
        let turn = Turn {
            series: volume.in_turn(number),
            number,
            planned,
        };
        let sample = volume.sample(turn, &lanes).await;
        let failed = sample.answer.is_err();
        volume.tell(sample).await;
        if failed && volume.halt.or(tokio::time::sleep(PAUSE)).await.is_none() {
            return;
        }
    }
}
