//! How a run is stopped from outside.

use std::sync::Arc;

use tokio::sync::watch;

/// How far a run was asked to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Going,
    Requested,
    Abandoned,
}

/// Stops a run from another thread, as Ctrl-C does.
///
/// The first request cancels the checks; what they created is still removed and the verdict is
/// given. The second abandons the removal too.
#[derive(Debug, Clone)]
pub struct Stop {
    stage: Arc<watch::Sender<Stage>>,
}

impl Default for Stop {
    fn default() -> Self {
        Self {
            stage: Arc::new(watch::Sender::new(Stage::Going)),
        }
    }
}

impl Stop {
    /// A switch nobody has pressed.
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks the run to stop; the second time, to leave everything as it is.
    pub fn request(&self) {
        self.stage.send_modify(|stage| {
            *stage = match *stage {
                Stage::Going => Stage::Requested,
                Stage::Requested | Stage::Abandoned => Stage::Abandoned,
            };
        });
    }

    /// Whether the run was asked to stop.
    pub fn is_requested(&self) -> bool {
        *self.stage.borrow() >= Stage::Requested
    }

    /// Whether the removal of what was created is abandoned too.
    pub(crate) fn is_abandoned(&self) -> bool {
        *self.stage.borrow() == Stage::Abandoned
    }

    /// Waits for the first request.
    pub(crate) async fn requested(&self) {
        self.reached(Stage::Requested).await;
    }

    /// Waits for the second request.
    pub(crate) async fn abandoned(&self) {
        self.reached(Stage::Abandoned).await;
    }

    async fn reached(&self, wanted: Stage) {
        // The sender lives in `self`, so the wait can only end by the stage being reached.
        let _ = self
            .stage
            .subscribe()
            .wait_for(|stage| *stage >= wanted)
            .await;
    }
}
