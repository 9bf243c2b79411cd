//! The server of forty routes that is measured against.

use std::process::Command;

use crate::bench::server::Server;
use crate::failure::Failure;
use crate::process::build_example;

/// The office on a free loopback port; it ends when dropped.
pub(super) struct Office(Server);

impl Office {
    /// Builds it for release, starts it and waits until it says where it listens.
    ///
    /// # Errors
    /// [`Failure`] when it does not build or start.
    pub(super) fn start() -> Result<Self, Failure> {
        let program = build_example("office", "tidegate-testkit")?;
        Server::start(&mut Command::new(program)).map(Self)
    }

    /// The base URL, without a slash at the end.
    pub(super) fn url(&self) -> &str {
        self.0.url()
    }

    /// Stops it; how many requests it answered.
    ///
    /// # Errors
    /// [`Failure`] when it does not say.
    pub(super) fn stop(self) -> Result<usize, Failure> {
        let line = self.0.finish()?;
        let said = || Failure::Found(format!("the office said `{line}` at its end"));
        line.parse().map_err(|_| said())
    }
}
