//! wasmtime's engine with the thread that interrupts what runs on it.

use wasmtime::Engine;

use super::settings;
use super::ticker::Ticker;
use crate::error::PluginError;

/// What all plugins of a process share.
pub(super) struct Core {
    engine: Engine,
    ticker: Ticker,
}

impl Core {
    /// Starts wasmtime.
    ///
    /// # Errors
    /// When it does not run on this machine.
    pub(super) fn start() -> Result<Self, PluginError> {
        let machine = |reason: String| PluginError::Machine { reason };
        let engine =
            Engine::new(&settings::config()).map_err(|error| machine(format!("{error:#}")))?;
        let ticker = Ticker::start(engine.clone()).map_err(|error| machine(error.to_string()))?;
        Ok(Self { engine, ticker })
    }

    /// wasmtime's engine.
    pub(super) fn engine(&self) -> &Engine {
        &self.engine
    }

    /// What interrupts.
    pub(super) fn ticker(&self) -> &Ticker {
        &self.ticker
    }
}
