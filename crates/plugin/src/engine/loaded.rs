//! A component that is ready to run, and one call of it.

use std::sync::Arc;
use std::time::Instant;

use tidegate_core::plugin::Limits;
use wasmtime::{Store, StoreContextMut, UpdateDeadline};

use super::core::Core;
use super::link::Linked;
use super::state::State;
use super::{description, outcome, trap};
use crate::bindings::Plugin;
use crate::deadline::{Deadline, Stop};
use crate::error::{PluginError, RunError};
use crate::imports::{Imports, Nothing};
use crate::interface::{log, types};
use crate::limits::{DESCRIBING, Used, transfer};

/// A plugin that is ready to run.
pub struct Loaded {
    core: Arc<Core>,
    linked: Linked,
    origin: Origin,
    notes: Vec<String>,
}

/// Where the machine code of a plugin comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// It was compiled.
    Compiled,
    /// An earlier run compiled it.
    Cache,
}

/// What one check asks of a plugin.
#[derive(Debug, Clone)]
pub struct Call<'c> {
    /// The value under the plugin's key in the gate file, as JSON.
    pub config: &'c str,
    /// What the plugin knows of the run.
    pub context: types::Context,
    /// The codes that its findings may have: those of its description.
    pub codes: &'c [types::Code],
    /// How much it may use.
    pub limits: Limits,
    /// What ends it early.
    pub stop: Stop,
}

/// What a call of a plugin came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Ran {
    /// What it found, or why it found nothing.
    pub result: Result<types::Outcome, RunError>,
    /// What it used.
    pub used: Used,
    /// What it logged, also when it ended in an error.
    pub log: Vec<(log::Level, String)>,
}

impl Loaded {
    pub(super) fn new(core: Arc<Core>, linked: Linked, origin: Origin, notes: Vec<String>) -> Self {
        Self {
            core,
            linked,
            origin,
            notes,
        }
    }

    /// The interface that it is made for: `tidegate:check@0.1.0`.
    pub fn interface(&self) -> &str {
        &self.linked.interface
    }

    /// Where its machine code comes from.
    pub fn origin(&self) -> Origin {
        self.origin
    }

    /// What a reader should know of how it was made ready, such as a cache that cannot be used.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// The interfaces that it imports, as it names them.
    pub fn imports(&self) -> &[String] {
        &self.linked.imports
    }

    /// What the plugin says of itself; it has no power while it is asked.
    ///
    /// # Errors
    /// When it does not come to an end within small limits, or says what no description may say.
    pub fn describe(&self) -> Result<types::Description, PluginError> {
        self.describe_within(DESCRIBING)
    }

    /// The same within other limits.
    pub(super) fn describe_within(
        &self,
        limits: Limits,
    ) -> Result<types::Description, PluginError> {
        let (described, _) = self.call(limits, Box::new(Nothing), Stop::new(), |plugin, store| {
            plugin.call_description(store)
        });
        let described = described.map_err(PluginError::Describing)?;
        description::check(&described)
            .map_err(|reason| PluginError::Description { reason })
            .map(|()| described)
    }

    /// Runs one check, and blocks the thread meanwhile, which needs 2 MiB of stack.
    pub fn run(&self, call: Call<'_>, imports: Box<dyn Imports>) -> Ran {
        let (result, state) = self.call(call.limits, imports, call.stop, |plugin, store| {
            plugin.call_run(store, call.config, &call.context)
        });
        let result = match result {
            Ok(Ok(outcome)) => outcome::check(&outcome, call.codes, &call.limits).map(|()| outcome),
            Ok(Err(failure)) => Err(RunError::Failure(failure)),
            Err(error) => Err(error),
        };
        Ran {
            result,
            used: state.used,
            log: state.log,
        }
    }

    /// Makes a store, calls into it, and throws it away.
    fn call<T>(
        &self,
        limits: Limits,
        imports: Box<dyn Imports>,
        stop: Stop,
        function: impl FnOnce(&Plugin, &mut Store<State>) -> wasmtime::Result<T>,
    ) -> (Result<T, RunError>, State) {
        let began = Instant::now();
        let deadline = Deadline::new(limits.time, stop);
        let mut store = Store::new(self.core.engine(), State::new(limits, imports, deadline));
        store.limiter(|state| &mut state.room);
        store.set_hostcall_fuel(transfer(&limits));
        store.epoch_deadline_callback(look_at_deadline);
        let ticking = self.core.ticker().tick();
        store.set_epoch_deadline(1);
        let plugin = self.linked.plugin.instantiate(&mut store);
        let start = began.elapsed();
        let called = plugin.and_then(|plugin| function(&plugin, &mut store));
        drop(ticking);
        let mut state = store.into_data();
        let result = match called {
            // What came after the deadline does not count, however near it was.
            Ok(result) => state.in_time().map(|()| result),
            Err(error) => Err(error),
        };
        let result = result.map_err(|error| trap::reason(&error, &mut state));
        state.used.start = start;
        state.used.time = began.elapsed();
        state.used.memory = state.room.memory();
        (result, state)
    }
}

/// Goes on until the next tick while there is time.
fn look_at_deadline(mut store: StoreContextMut<'_, State>) -> wasmtime::Result<UpdateDeadline> {
    store.data_mut().in_time()?;
    Ok(UpdateDeadline::Continue(1))
}
