//! What checks begin with while the run looks at other things: compiling, for one.

use tokio::task::JoinSet;

use crate::preflight;
use crate::run::Session;

/// What the checks of a run prepare; it is given up when this value is dropped.
#[derive(Default)]
pub(crate) struct Preparations(JoinSet<()>);

impl Preparations {
    /// Begins, for every check that is in, on a task of its own: a panic or a wait without end stays there.
    pub(crate) fn begin(session: &Session) -> Self {
        let mut tasks = JoinSet::new();
        for entry in preflight::selected(&session.gate, &session.plan) {
            let check = entry.check.clone();
            let port = session.ports.tasks.clone();
            tasks.spawn(async move { check.prepare(&port).await });
        }
        Self(tasks)
    }

    /// Whether all have ended, however.
    pub(crate) fn are_over(&self) -> bool {
        self.0.is_empty()
    }

    /// Waits until all have ended; what is told of one is told by its check when it runs.
    pub(crate) async fn over(&mut self) {
        while self.0.join_next().await.is_some() {}
    }
}
