//! Loopback servers that record what the portal sends out.

use tidegate_core::ports::{BoxFuture, Reply, Sink, SinkError, Sinks};
use tokio::runtime::Handle;

/// Opens loopback servers on a runtime.
pub struct LoopbackSinks {
    runtime: Handle,
}

impl LoopbackSinks {
    /// Names the runtime that the servers run on.
    pub fn new(runtime: Handle) -> Self {
        Self { runtime }
    }
}

impl Sinks for LoopbackSinks {
    fn listen(
        &self,
        port: u16,
        _reply: Reply,
    ) -> BoxFuture<'static, Result<Box<dyn Sink>, SinkError>> {
        let _ = &self.runtime;
        let reason = "loopback servers are not there yet".to_owned();
        Box::pin(async move { Err(SinkError { port, reason }) })
    }
}
