//! What another version of a plugin asks for, held against what this one does.

use std::fmt;

use super::{access, phrase};
use crate::interface::types::{Capability, Power};

/// The difference between the powers that two versions of a plugin ask for, each as what follows the plugin's name,
/// the worst first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Difference {
    /// What only the newer version asks for.
    pub more: Vec<String>,
    /// What the newer version cannot do without, and the older one could.
    pub needed: Vec<String>,
    /// What only the older version asks for.
    pub less: Vec<String>,
}

impl Difference {
    /// Holds what two versions ask for against each other.
    pub fn between(older: &[Capability], newer: &[Capability]) -> Self {
        let find = |known: &[Capability], power: &Power| {
            let mut known = known.iter();
            known.find(|one| one.power == *power).cloned()
        };
        let mut more = Vec::new();
        let mut needed = Vec::new();
        for one in worst_first(newer) {
            match find(older, &one.power) {
                Some(before) if before.optional && !one.optional => needed.push(phrase(&one.power)),
                Some(_) => {}
                None if covered(&one.power, older) => {}
                None => more.push(phrase(&one.power)),
            }
        }
        let gone =
            |one: &&Capability| find(newer, &one.power).is_none() && !covered(&one.power, newer);
        let less = worst_first(older).into_iter().filter(gone);
        Self {
            more,
            needed,
            less: less.map(|one| phrase(&one.power)).collect(),
        }
    }

    /// Whether whoever granted the older version must look again.
    pub fn asks_for_more(&self) -> bool {
        !self.more.is_empty() || !self.needed.is_empty()
    }

    /// Whether both ask for the same.
    pub fn is_empty(&self) -> bool {
        !self.asks_for_more() && self.less.is_empty()
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return formatter.write_str("asks for the same");
        }
        let parts = [
            ("asks for more: ", &self.more),
            ("cannot do without what it could before: ", &self.needed),
            ("asks no more for: ", &self.less),
        ];
        let parts = parts.iter().filter(|(_, told)| !told.is_empty());
        let parts: Vec<String> = parts
            .map(|(title, told)| format!("{title}{}", told.join("; ")))
            .collect();
        formatter.write_str(&parts.join(". "))
    }
}

/// Whether a power comes with another one: who may change things may read.
fn covered(power: &Power, asked: &[Capability]) -> bool {
    *power == Power::TargetRead && access(asked).is_some()
}

/// In the order of the harm they can do.
pub(super) fn worst_first(asked: &[Capability]) -> Vec<&Capability> {
    let mut sorted: Vec<&Capability> = asked.iter().collect();
    sorted.sort_by_key(|one| harm(&one.power));
    sorted
}

fn harm(power: &Power) -> u8 {
    match power {
        Power::TargetWrite => 0,
        Power::Secret(_) => 1,
        Power::Host(_) => 2,
        Power::Apis => 3,
        Power::Recorded => 4,
        Power::TargetRead => 5,
        Power::Files(_) => 6,
    }
}
