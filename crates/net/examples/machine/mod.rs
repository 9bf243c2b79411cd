//! What the examples wire a client to.

use std::sync::Arc;

use tidegate_core::exchange::Exchanges;
use tidegate_core::gate::Environment;
use tidegate_core::ports::HttpError;
use tidegate_core::ports::http::Cause;
use tidegate_core::span::Location;
use tidegate_net::{Client, Wiring};
use tidegate_testkit::machine::{Plain, Shelf, environment};
use tokio::runtime::Handle;

/// The file of the authority, where there is one.
const AUTHORITY: &str = "ca.pem";

/// A client for one address; without the PEM of an authority, https needs the system's.
pub(crate) fn client(
    url: &str,
    authority: &str,
    machine: Plain,
    runtime: &Handle,
) -> Result<Client, HttpError> {
    let machine = Arc::new(machine);
    Client::new(Wiring {
        environment: Arc::new(Environment {
            certificate_authority: (!authority.is_empty()).then(|| AUTHORITY.into()),
            ..environment(url)
        }),
        identities: Vec::new(),
        files: Arc::new(Shelf::with(AUTHORITY, authority)),
        secrets: machine.clone(),
        exchanges: Arc::new(Exchanges::default()),
        clock: machine.clone(),
        random: machine,
        runtime: runtime.clone(),
        user_agent: "tidegate/example".into(),
    })
}

/// The cause of every request.
pub(crate) fn cause() -> Cause {
    Cause {
        check: "example".into(),
        location: Location::line_of("tidegate.yaml", 1),
    }
}
