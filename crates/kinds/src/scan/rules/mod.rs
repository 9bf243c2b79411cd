//! The rules, one file for each group of providers.

mod payments;

use super::rule::Rule;

/// The rule that guesses by a name alone; it only warns.
pub(crate) const GENERIC: &str = "generic-secret";

/// Every rule, in the order people are told of them.
pub(crate) static RULES: &[&[Rule]] = &[payments::RULES];

/// Every rule, one after the other.
pub(crate) fn all() -> impl Iterator<Item = &'static Rule> {
    RULES.iter().copied().flatten()
}
