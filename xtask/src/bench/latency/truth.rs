//! The server that knows its own times, as a process of its own.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::bench::server::Server;
use crate::failure::Failure;

/// The server on a free loopback port; it ends when dropped.
pub(super) struct Truth(Server);

/// What the server knows of its times.
pub(super) struct Known {
    /// The median in milliseconds.
    pub(super) p50: f64,
    /// The 95th percentile in milliseconds.
    pub(super) p95: f64,
}

impl Truth {
    /// Starts it and waits until it says where it listens.
    ///
    /// # Errors
    /// [`Failure`] when it does not start.
    pub(super) fn start(program: &Path, arguments: &[&str]) -> Result<Self, Failure> {
        Server::start(Command::new(program).args(arguments)).map(Self)
    }

    /// The address, without a slash at the end.
    pub(super) fn url(&self) -> &str {
        self.0.url()
    }

    /// Begins anew.
    ///
    /// # Errors
    /// [`Failure`] when it does not answer.
    pub(super) fn forget(&mut self) -> Result<(), Failure> {
        self.0.ask("forget").map(drop)
    }

    /// What it knows of the requests since then.
    ///
    /// # Errors
    /// [`Failure`] when it does not answer, or got no request.
    pub(super) fn tell(&mut self) -> Result<Known, Failure> {
        let line = self.0.ask("tell")?;
        let told: Value = serde_json::from_str(&line)
            .map_err(|_| Failure::Found(format!("the server said `{line}`")))?;
        let figure = |name: &str| {
            let nothing = || Failure::Found("the server got no request".to_owned());
            told[name].as_f64().ok_or_else(nothing)
        };
        Ok(Known {
            p50: figure("p50")?,
            p95: figure("p95")?,
        })
    }
}
