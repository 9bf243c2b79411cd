//! What a project asks of Supabase.

use std::collections::BTreeMap;

use tidegate_core::span::Location;

/// What a project asks of Supabase, each by its name with the first place that names it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Supabase {
    /// Tables and views of the schema `public`.
    pub(crate) tables: BTreeMap<String, Location>,
    /// Functions of the database.
    pub(crate) functions: BTreeMap<String, Location>,
    /// Buckets of the storage.
    pub(crate) buckets: BTreeMap<String, Location>,
    /// Edge functions.
    pub(crate) edge_functions: BTreeMap<String, Location>,
}

impl Supabase {
    /// Whether the project asks for nothing.
    pub(crate) fn is_empty(&self) -> bool {
        self.tables.is_empty()
            && self.functions.is_empty()
            && self.buckets.is_empty()
            && self.edge_functions.is_empty()
    }
}
