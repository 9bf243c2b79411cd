//! The rules, one file for each group of providers.

mod cloud;
mod developer;
mod generic;
mod messaging;
mod operations;
mod payments;
mod saas;

use super::rule::{Part, Rule, Set};

/// A UUID in lowercase (RFC 9562).
const UUID: &[Part] = &[
    Part::Run(Set::LowerHex, 8, 8),
    Part::Text("-"),
    Part::Run(Set::LowerHex, 4, 4),
    Part::Text("-"),
    Part::Run(Set::LowerHex, 4, 4),
    Part::Text("-"),
    Part::Run(Set::LowerHex, 4, 4),
    Part::Text("-"),
    Part::Run(Set::LowerHex, 12, 12),
];

/// Every rule, in the order people are told of them.
pub(crate) static RULES: &[&[Rule]] = &[
    payments::RULES,
    cloud::RULES,
    developer::RULES,
    operations::RULES,
    messaging::RULES,
    saas::RULES,
    generic::RULES,
];

/// Every rule, one after the other.
pub(crate) fn all() -> impl Iterator<Item = &'static Rule> {
    RULES.iter().copied().flatten()
}
