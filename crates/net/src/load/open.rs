//! The open workload: each request at its instant, whether or not earlier ones were answered.

use std::sync::Arc;

use tokio::sync::{Semaphore, mpsc};

use super::lanes::{Lanes, Patience};
use super::pacer::{self, Due};
use super::probe::Turn;
use super::volume::Volume;

/// Sends what becomes due, at most so many at once, and returns when the last has ended.
pub(super) async fn run(volume: Arc<Volume>, mut due: mpsc::Receiver<Due>, in_flight: u32) {
    let places = Arc::new(Semaphore::new(in_flight as usize));
    let lanes = Arc::new(Lanes::new(volume.origins(), Patience::None));
    while let Some(Due { number, arrival }) = due.recv().await {
        let place = volume.halt.or(Arc::clone(&places).acquire_owned()).await;
        let Some(Ok(place)) = place else {
            break;
        };
        if !volume.turn().await {
            break;
        }
        pacer::reach(volume.clock(), arrival.at).await;
        let turn = Turn {
            series: arrival.series,
            number,
            planned: arrival.at,
        };
        let (volume, lanes) = (Arc::clone(&volume), Arc::clone(&lanes));
        tokio::spawn(async move {
            let sample = volume.sample(turn, &lanes).await;
            volume.tell(sample).await;
            // Only now: a consumer that falls behind holds the sending back, and not the memory.
            drop(place);
        });
    }
    drop(due);
    // Nobody closes the semaphore.
    drop(places.acquire_many(in_flight).await);
}
