//! What belongs to one call: its imports, what it used, and why it ended.

use tidegate_core::plugin::Limits;
use wasmtime::{Error, Result};

use super::room::Room;
use crate::deadline::Deadline;
use crate::error::RunError;
use crate::imports::Imports;
use crate::interface::log;
use crate::limits::{LimitName, Used};

/// The data of a store.
pub(super) struct State {
    pub(super) imports: Box<dyn Imports>,
    pub(super) deadline: Deadline,
    pub(super) limits: Limits,
    pub(super) used: Used,
    pub(super) log: Vec<(log::Level, String)>,
    pub(super) room: Room,
    ended: Option<RunError>,
}

impl State {
    /// The beginning of a call.
    pub(super) fn new(limits: Limits, imports: Box<dyn Imports>, deadline: Deadline) -> Self {
        Self {
            imports,
            deadline,
            limits,
            used: Used::default(),
            log: Vec::new(),
            room: Room::new(limits.memory),
            ended: None,
        }
    }

    /// Notes why the call ends; wasmtime takes what it returns through the plugin, which cannot catch it.
    pub(super) fn end(&mut self, error: RunError) -> Error {
        self.ended.get_or_insert(error);
        Error::msg("the host ends the call")
    }

    /// Ends the call because of a limit.
    pub(super) fn beyond(&mut self, which: LimitName) -> Error {
        let error = self.limit(which);
        self.end(error)
    }

    /// The error of a limit.
    pub(super) fn limit(&self, which: LimitName) -> RunError {
        RunError::Limit {
            which,
            limit: which.value(&self.limits),
        }
    }

    /// Ends the call when its time is over.
    pub(super) fn in_time(&mut self) -> Result<()> {
        if self.deadline.stopped() {
            return Err(self.end(RunError::Stopped));
        }
        if self.deadline.passed() {
            return Err(self.beyond(LimitName::Time));
        }
        Ok(())
    }

    /// Why the host ended the call, when it did.
    pub(super) fn ended(&mut self) -> Option<RunError> {
        let room = self.room.hit().map(|which| self.limit(which));
        self.ended.take().or(room)
    }
}
