//! The memory and the tables that a plugin may have.

use wasmtime::{Error, ResourceLimiter, Result};

use crate::limits::{INSTANCES, LimitName, MEMORIES, TABLE_ELEMENTS, TABLES};

/// Counts what all memories and tables of a store have together.
#[derive(Debug)]
pub(super) struct Room {
    limit: usize,
    memory: usize,
    elements: usize,
    grown: usize,
    hit: Option<LimitName>,
}

impl Room {
    /// Room for so many bytes of memory.
    pub(super) fn new(limit: usize) -> Self {
        Self {
            limit,
            memory: 0,
            elements: 0,
            grown: 0,
            hit: None,
        }
    }

    /// The bytes of memory that it has; memories never shrink.
    pub(super) fn memory(&self) -> usize {
        self.memory
    }

    /// The limit that ended it.
    pub(super) fn hit(&self) -> Option<LimitName> {
        self.hit
    }

    fn beyond(&mut self, limit: LimitName) -> Error {
        self.hit = Some(limit);
        Error::msg("beyond a limit")
    }
}

/// Growth beyond a limit ends the call, rather than telling the plugin that there is no memory: whoever
/// reads the report then sees the limit, and not whatever the plugin made of it.
impl ResourceLimiter for Room {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> Result<bool> {
        if maximum.is_some_and(|maximum| desired > maximum) {
            return Ok(false);
        }
        self.grown = desired.saturating_sub(current);
        if self.memory.saturating_add(self.grown) > self.limit {
            return Err(self.beyond(LimitName::Memory));
        }
        self.memory += self.grown;
        Ok(true)
    }

    fn memory_grow_failed(&mut self, _error: Error) -> Result<()> {
        self.memory = self.memory.saturating_sub(std::mem::take(&mut self.grown));
        Ok(())
    }

    fn table_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> Result<bool> {
        if maximum.is_some_and(|maximum| desired > maximum) {
            return Ok(false);
        }
        let grown = desired.saturating_sub(current);
        if self.elements.saturating_add(grown) > TABLE_ELEMENTS {
            return Err(self.beyond(LimitName::Tables));
        }
        self.elements += grown;
        Ok(true)
    }

    fn instances(&self) -> usize {
        INSTANCES
    }

    fn tables(&self) -> usize {
        TABLES
    }

    fn memories(&self) -> usize {
        MEMORIES
    }
}
