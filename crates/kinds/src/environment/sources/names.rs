//! Exports that hold names alone: their values never leave the provider.

use super::Set;
use super::tree::{Tree, Value};

/// The names in a list, or in the lists of a map: `[{ "name": … }]`, `{ "secrets": [ … ] }`.
pub(super) fn of_list(tree: &Tree) -> Vec<Set> {
    let lists: Vec<&Tree> = match &tree.value {
        Value::List(elements) => elements.iter().collect(),
        Value::Map(entries) => entries
            .iter()
            .flat_map(|(_, _, list)| list.elements())
            .collect(),
        Value::Null | Value::Scalar(_) => Vec::new(),
    };
    let name = |entry: &&Tree| {
        let named = ["name", "Name", "key"]
            .iter()
            .find_map(|key| entry.get(key));
        let name = named.unwrap_or(entry);
        Some(Set::new(name.text()?, None, name.line))
    };
    lists.iter().filter_map(name).collect()
}

/// One name a line, as the first word of it; what comes after is left.
pub(super) fn of_lines(text: &str) -> Vec<Set> {
    let named = |(at, line): (usize, &str)| {
        let name = line.split([' ', '\t', '=', ',']).next()?.trim();
        let proper = !name.is_empty()
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        (proper && name != "NAME").then(|| Set::new(name, None, at + 1))
    };
    text.lines().enumerate().filter_map(named).collect()
}
