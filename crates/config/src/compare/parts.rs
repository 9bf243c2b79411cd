//! The parts of lists and maps, matched to each other.

use std::collections::{HashMap, HashSet, VecDeque};

use tidegate_core::node::{Node, Value};
use tidegate_core::request::METHOD_KEYS;

use super::measure::{by_key, canonical, same, scalar};
use super::remark::brief;
use super::values::Sides;

/// Goes through the keys of two maps: what the base has, in its order, then what was added.
pub(super) fn keys<'n>(before: &'n Node, after: &'n Node, mut tell: impl FnMut(&str, Sides<'n>)) {
    let (old, new) = (by_key(before.entries()), by_key(after.entries()));
    for (key, value) in before.entries() {
        let sides = Sides {
            before: Some(value),
            after: new.get(key.text.as_str()).copied(),
            around: &after.span,
        };
        tell(&key.text, sides);
    }
    for (key, value) in after.entries() {
        if !old.contains_key(key.text.as_str()) {
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
    let there: HashSet<&str> = there.iter().map(String::as_str).collect();
    let absent = |entry: &&String| !there.contains(entry.as_str());
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

/// Matches the elements of two lists: equal ones first, then those of one name, then those of one
/// request, then, where as many are left on both sides, in order. A path may stand for another one;
/// of other plain values one that is gone is gone.
pub(super) fn pair<'n>(old: &'n [Node], new: &'n [Node]) -> Vec<Pairing<'n>> {
    let mut pairs = Vec::new();
    let (old, new) = matched(
        old.iter().collect(),
        new.iter().collect(),
        &mut pairs,
        |node| Some(canonical(node)),
    );
    let (old, new) = matched(old, new, &mut pairs, |node| {
        scalar(&node.value).is_none().then(|| label(node))
    });
    let (old, new) = matched(old, new, &mut pairs, request);
    let exchangeable = |node: &&Node| scalar(&node.value).is_none_or(|text| is_path(&text));
    if old.len() == new.len() && old.iter().chain(&new).all(exchangeable) {
        let rest = old.into_iter().zip(new);
        pairs.extend(rest.map(|(before, after)| Pairing::Both(before, after)));
    } else {
        pairs.extend(old.into_iter().map(Pairing::Gone));
    }
    pairs
}

/// Pairs what has the same key, tells what differs all the same, and gives what is left.
fn matched<'n>(
    old: Vec<&'n Node>,
    new: Vec<&'n Node>,
    pairs: &mut Vec<Pairing<'n>>,
    key: impl Fn(&Node) -> Option<String>,
) -> (Vec<&'n Node>, Vec<&'n Node>) {
    let mut waiting: HashMap<String, VecDeque<usize>> = HashMap::new();
    for (at, node) in new.iter().enumerate() {
        if let Some(key) = key(node) {
            waiting.entry(key).or_default().push_back(at);
        }
    }
    let mut taken = vec![false; new.len()];
    let mut open = Vec::new();
    for node in old {
        let twin = key(node).and_then(|key| waiting.get_mut(&key)?.pop_front());
        match twin {
            Some(at) => {
                taken[at] = true;
                if !same(node, new[at]) {
                    pairs.push(Pairing::Both(node, new[at]));
                }
            }
            None => open.push(node),
        }
    }
    let left = new.into_iter().zip(taken).filter(|(_, taken)| !taken);
    (open, left.map(|(node, _)| node).collect())
}

/// What people call an element of a list: its name, its method and path, or itself.
pub(super) fn label(node: &Node) -> String {
    if scalar(&node.value).is_some() {
        return brief(node);
    }
    if let Some(name) = node.get("name").and_then(Node::text) {
        return name.to_owned();
    }
    let named = || {
        let keys = ["webhook", "path", "id"];
        keys.iter()
            .find_map(|key| node.get(key)?.text().map(str::to_owned))
    };
    request(node).or_else(named).unwrap_or_else(|| brief(node))
}

/// The method and the path of an element that is a request.
fn request(node: &Node) -> Option<String> {
    node.entries().iter().find_map(|(key, path)| {
        let method = METHOD_KEYS.contains(&key.text.as_str());
        method.then(|| format!("{} {}", key.text.to_uppercase(), path.text().unwrap_or("")))
    })
}

/// Whether a text is a path, with or without a method before it.
pub(super) fn is_path(text: &str) -> bool {
    let path = text.split_once(' ').map_or(text, |(_, path)| path);
    path.starts_with('/')
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
