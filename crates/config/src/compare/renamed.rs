//! Checks that go by another name than before.

use std::collections::{BTreeSet, HashMap, HashSet};

use tidegate_core::node::{Node, Value};
use tidegate_core::registry::Registry;

use super::checks::kind;
use super::measure::{canonical, scalar};
use crate::include::{Declared, Fate};

/// Whether a check that is gone is one that was added.
type Fits<'f> = &'f dyn Fn(&Declared, &Declared) -> bool;

/// The new names of checks by their old ones: of what is gone and what was added, those that say the
/// same, then those of one kind that have at least half of what they say in common.
pub(super) fn checks<'d>(
    before: &'d [Declared],
    after: &'d [Declared],
    registry: &Registry,
) -> HashMap<&'d str, &'d Declared> {
    let mut gone = only(before, after);
    let mut added = only(after, before);
    let mut renamed = HashMap::new();
    let equal = |old: &Declared, new: &Declared| canonical(&old.node) == canonical(&new.node);
    let alike = |old: &Declared, new: &Declared| {
        let name =
            |check: &'_ Declared| kind(&check.node, registry).map(|(key, _)| key.text.clone());
        name(old) == name(new) && related(&old.node, &new.node)
    };
    let rounds: [Fits<'_>; 2] = [&equal, &alike];
    for fits in rounds {
        gone.retain(|old| match added.iter().position(|new| fits(old, new)) {
            Some(at) => {
                renamed.insert(old.id.as_str(), added.remove(at));
                false
            }
            None => true,
        });
    }
    renamed
}

/// The checks that run in one state and are not in the other.
fn only<'d>(here: &'d [Declared], there: &[Declared]) -> Vec<&'d Declared> {
    let known: HashSet<&str> = there.iter().map(|check| check.id.as_str()).collect();
    let mine = here.iter().filter(|check| check.fate == Fate::Read);
    mine.filter(|check| !known.contains(check.id.as_str()))
        .collect()
}

/// Whether two entries have at least half of what they say in common.
fn related(one: &Node, other: &Node) -> bool {
    let said = |node: &Node| {
        let mut leaves = BTreeSet::new();
        collect(node, "", &mut leaves);
        leaves
    };
    let (one, other) = (said(one), said(other));
    one.intersection(&other).count() * 2 >= one.len().max(other.len())
}

/// Every plain value with the key that it stands under.
fn collect(node: &Node, key: &str, leaves: &mut BTreeSet<String>) {
    match &node.value {
        Value::Map(entries) => {
            for (key, value) in entries {
                collect(value, &key.text, leaves);
            }
        }
        Value::Sequence(elements) => {
            for element in elements {
                collect(element, key, leaves);
            }
        }
        value => {
            leaves.insert(format!("{key}: {}", scalar(value).unwrap_or_default()));
        }
    }
}
