//! Concurrency.

use tidegate_core::ports::{BoxFuture, Tasks};
use tokio::runtime::Handle;

/// Tasks on the runtime of the run.
pub(crate) struct RuntimeTasks(
    /// The runtime.
    pub(crate) Handle,
);

impl Tasks for RuntimeTasks {
    fn spawn(&self, task: BoxFuture<'static, ()>) {
        self.0.spawn(task);
    }

    fn spawn_blocking(&self, task: Box<dyn FnOnce() + Send>) {
        self.0.spawn_blocking(task);
    }
}
