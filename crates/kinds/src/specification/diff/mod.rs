//! What changed between two documents, and whom each change breaks.

pub(crate) mod change;
pub(crate) mod rule;
pub(crate) mod schema;
