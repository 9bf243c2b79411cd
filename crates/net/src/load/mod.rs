//! Many requests, on time.

use tidegate_core::gate::Environment;
use tidegate_core::ports::load::{Neighbour, Samples, Volume};
use tidegate_core::ports::{BoxFuture, HttpError, Load};

use crate::client::Client;

impl Load for Client {
    fn start(&self, _: Volume) -> BoxFuture<'static, Result<Box<dyn Samples>, HttpError>> {
        Box::pin(async { Err(HttpError::Stopped) })
    }

    fn beside(&self, _: Environment) -> Result<Neighbour, HttpError> {
        Err(HttpError::Stopped)
    }
}
