//! Every sort of change of a schema, by the way the values go.

pub(crate) mod request;
pub(crate) mod response;

use super::super::rule::Rule;

/// All rules, in the order they are listed to people.
pub(crate) fn all() -> impl Iterator<Item = &'static Rule> {
    request::ALL.iter().chain(response::ALL).copied()
}
