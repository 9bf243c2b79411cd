//! The parts of lists and maps, matched to each other.

use tidegate_core::node::{Node, Value};
use tidegate_core::request::METHOD_KEYS;

use super::measure::{same, scalar};
use super::remark::brief;
use super::values::Sides;

/// Goes through the keys of two maps: what the base has, in its order, then what was added.
pub(super) fn keys<'n>(before: &'n Node, after: &'n Node, mut tell: impl FnMut(&str, Sides<'n>)) {
    for (key, value) in before.entries() {
        let sides = Sides {
            before: Some(value),
            after: after.get(&key.text),
            around: &after.span,
        };
        tell(&key.text, sides);
    }
    for (key, value) in after.entries() {
        if before.get(&key.text).is_none() {
            let sides = Sides {
                before: None,
                after: Some(value),
                around: &value.span,
            };
            tell(&key.text, sides);
        }
    }
}

/// The entries of a list, or the keys of a map, as texts; a single value is a list of one.
pub(super) fn list(side: Option<&Node>) -> Vec<String> {
    match side.map(|node| &node.value) {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Sequence(elements)) => elements.iter().map(brief).collect(),
        Some(Value::Map(entries)) => entries.iter().map(|(key, _)| key.text.clone()).collect(),
        Some(value) => scalar(value).into_iter().collect(),
    }
}

/// What the first list has and the second has not.
pub(super) fn missing(of: &[String], there: &[String]) -> Vec<String> {
    let absent = |entry: &&String| !there.contains(entry);
    of.iter().filter(absent).cloned().collect()
}

/// What became of an element of a list.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Pairing<'n> {
    /// It differs.
    Both(&'n Node, &'n Node),
    /// It is gone.
    Gone(&'n Node),
}

/// Matches the elements of two lists: equal ones first, then those of one name, then, where as many
/// are left on both sides, in order.
pub(super) fn pair<'n>(old: &'n [Node], new: &'n [Node]) -> Vec<Pairing<'n>> {
    let mut left: Vec<&Node> = new.iter().collect();
    let mut take = |wanted: &dyn Fn(&Node) -> bool| {
        let at = left.iter().position(|node| wanted(node))?;
        Some(left.remove(at))
    };
    let mut open: Vec<&Node> = Vec::new();
    for node in old {
        if take(&|other| same(node, other)).is_none() {
            open.push(node);
        }
    }
    let mut pairs = Vec::new();
    let mut nameless = Vec::new();
    for node in open {
        let name = label(node);
        match take(&|other| scalar(&node.value).is_none() && label(other) == name) {
            Some(other) => pairs.push(Pairing::Both(node, other)),
            None => nameless.push(node),
        }
    }
    if nameless.len() == left.len() && nameless.iter().all(|node| scalar(&node.value).is_none()) {
        pairs.extend(
            nameless
                .into_iter()
                .zip(left)
                .map(|(a, b)| Pairing::Both(a, b)),
        );
    } else {
        pairs.extend(nameless.into_iter().map(Pairing::Gone));
    }
    pairs
}

/// What people call an element of a list: its name, its method and path, or itself.
pub(super) fn label(node: &Node) -> String {
    if scalar(&node.value).is_some() {
        return brief(node);
    }
    if let Some(name) = node.get("name").and_then(Node::text) {
        return name.to_owned();
    }
    let request = node.entries().iter().find_map(|(key, path)| {
        let method = METHOD_KEYS.contains(&key.text.as_str());
        method.then(|| format!("{} {}", key.text.to_uppercase(), path.text().unwrap_or("")))
    });
    let named = || {
        let keys = ["webhook", "path", "id"];
        keys.iter()
            .find_map(|key| node.get(key)?.text().map(str::to_owned))
    };
    request.or_else(named).unwrap_or_else(|| brief(node))
}

/// Whether more people may do something than before: `all`, a list of them, or a map with `allow`.
pub(super) fn more_may(before: &Node, after: &Node) -> bool {
    let who = |node: &Node| match node.value {
        Value::Map(_) => list(node.get("allow")),
        _ => list(Some(node)),
    };
    let everybody = |names: &[String]| names.iter().any(|name| name == "all");
    let (before, after) = (who(before), who(after));
    !everybody(&before) && (everybody(&after) || !missing(&after, &before).is_empty())
}
