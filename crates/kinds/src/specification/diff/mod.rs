//! What changed between two documents, and whom each change breaks.

pub(crate) mod change;
pub(crate) mod documents;
pub(crate) mod grouped;
pub(crate) mod openapi;
pub(crate) mod report;
pub(crate) mod rule;
pub(crate) mod schema;
#[cfg(test)]
mod tests;

use rule::Rule;

/// Every rule, in the order they are listed to people.
pub(crate) fn rules() -> impl Iterator<Item = &'static Rule> {
    openapi::rules::all().chain(schema::rules::all())
}
