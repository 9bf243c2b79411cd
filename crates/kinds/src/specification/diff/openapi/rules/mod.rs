//! What can change around the schemas: one table for each part of a document.

pub(crate) mod messages;
pub(crate) mod operations;
pub(crate) mod parameters;
pub(crate) mod security;
pub(crate) mod servers;

use crate::specification::diff::rule::Rule;

/// All of them, in the order they are listed to people.
pub(crate) fn all() -> impl Iterator<Item = &'static Rule> {
    [
        operations::ALL,
        parameters::ALL,
        messages::ALL,
        security::ALL,
        servers::ALL,
    ]
    .into_iter()
    .flatten()
    .copied()
}
