//! Many requests, on time.
//!
//! A volume has a thread with a runtime of its own, so that nothing else of the run stands between an
//! instant and its request, and connections of its own; the clients of a closed one share a few such
//! threads. When it ends or is dropped, that runtime goes with every task and socket on it. Only what is not
//! on time happens on the runtime of the run: logins, and what observers see.

mod closed;
mod halt;
mod lanes;
mod open;
mod pacer;
mod probe;
mod series;
mod told;
mod volume;
mod witness;

use std::sync::Arc;

use tidegate_core::gate::Environment;
use tidegate_core::ports::load::{Neighbour, Samples, Volume};
use tidegate_core::ports::{BoxFuture, HttpError, Load};

use crate::client::{Client, Errand};

impl Load for Client {
    fn start(&self, volume: Volume) -> BoxFuture<'static, Result<Box<dyn Samples>, HttpError>> {
        let inner = Arc::clone(&self.inner);
        let runtime = self.runtime.clone();
        Errand::send(&self.runtime, async move {
            let series = series::prepare(&inner, volume.series).await?;
            let parts = volume::Parts::new(inner, series, runtime);
            let running = volume::start(parts, volume.arrivals, volume.in_flight);
            let running = running.map_err(|error| HttpError::Broken {
                phase: "before the first request",
                reason: format!("this machine gives no thread: {error}"),
            })?;
            Ok(Box::new(running) as Box<dyn Samples>)
        })
    }

    fn beside(&self, environment: Environment) -> Result<Neighbour, HttpError> {
        let client = Arc::new(self.neighbour(environment)?);
        Ok(Neighbour {
            http: Arc::clone(&client) as _,
            load: client,
        })
    }
}
