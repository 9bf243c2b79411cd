//! Faults that are collected while reading goes on.

use serde::de::DeserializeOwned;
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::node::{Key, Node, Value};
use tidegate_core::span::Span;

/// How an id or a name may be written; the schema says the same.
pub(crate) const NAME_PATTERN: &str = "^[A-Za-z0-9][A-Za-z0-9_.-]*$";

/// Everything that was found wrong so far.
#[derive(Debug, Default)]
pub(crate) struct Faults(Vec<Diagnostic>);

impl Faults {
    /// Adds a fault.
    pub(crate) fn push(&mut self, fault: Diagnostic) {
        self.0.push(fault);
    }

    /// The value, or nothing once its faults are kept.
    pub(crate) fn take<T>(&mut self, read: Result<T, Vec<Diagnostic>>) -> Option<T> {
        read.map_err(|faults| self.0.extend(faults)).ok()
    }

    /// All faults, each once, in the order of `first`'s lines, then file by file.
    pub(crate) fn sorted(mut self, first: &str) -> Vec<Diagnostic> {
        self.0.sort_by_cached_key(|fault| {
            fault.span.as_ref().map(|span| {
                let name = span.source().name();
                (name != first, name.to_owned(), span.range().start)
            })
        });
        let mut kept = Vec::new();
        for fault in self.0 {
            // Several checks of a plugin lack the same power.
            if !kept.contains(&fault) {
                kept.push(fault);
            }
        }
        kept
    }

    /// Whether nothing was found wrong.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Reads a struct whose every field has a default, field by field: a wrong one is told and left
    /// out, so that it does not hide the others.
    pub(crate) fn read_fields<T: DeserializeOwned + Default>(
        &mut self,
        node: &Node,
        others: &[&str],
    ) -> T {
        let Value::Map(entries) = &node.value else {
            self.push(wrong_type(node, "a map"));
            return T::default();
        };
        if let Ok(read) = node.read_beside(others) {
            return read;
        }
        let alone =
            |entry: &(Key, Node)| Node::new(Value::Map(vec![entry.clone()]), node.span.clone());
        let good = entries
            .iter()
            .filter(|entry| self.take(alone(entry).read_beside::<T>(others)).is_some())
            .cloned()
            .collect();
        Node::new(Value::Map(good), node.span.clone())
            .read_beside(others)
            .unwrap_or_default()
    }

    /// The value of a mandatory key; its absence is told, a wrong value or no map has been told before.
    pub(crate) fn required<T>(&mut self, value: Option<T>, key: &str, node: &Node) -> Option<T> {
        let absent = node.get(key).is_none_or(|value| value.value == Value::Null);
        if value.is_none() && absent && matches!(node.value, Value::Map(_)) {
            self.push(
                Diagnostic::at(head(node), format!("`{key}` is missing"))
                    .label(format!("needs `{key}`"))
                    .help(format!("Add `{key}:` here.")),
            );
        }
        value
    }

    /// The entries of a section that maps the name of each `what` to its settings; an absent section
    /// has none.
    pub(crate) fn named<'n>(&mut self, section: Option<&'n Node>, what: &str) -> &'n [(Key, Node)] {
        let Some(node) = section.filter(|node| node.value != Value::Null) else {
            return &[];
        };
        let Value::Map(entries) = &node.value else {
            self.push(wrong_type(
                node,
                &format!("a map with the name of {what} before each value"),
            ));
            return &[];
        };
        for (key, _) in entries.iter().filter(|(key, _)| !is_name(&key.text)) {
            self.push(
                Diagnostic::at(
                    key.span.clone(),
                    format!("`{}` cannot name {what}", key.text),
                )
                .label("letters, digits, `-`, `_` and `.` only")
                .help("Start with a letter or a digit, as in `create-record`."),
            );
        }
        entries
    }
}

/// Whether an id or a name is written as [`NAME_PATTERN`] says.
pub(crate) fn is_name(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphanumeric())
        && text
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || "-_.".contains(letter))
}

/// Says that a value of another type stands here.
pub(crate) fn wrong_type(node: &Node, expected: &str) -> Diagnostic {
    Diagnostic::at(head(node), format!("this is {}", node.describe()))
        .label(format!("expected {expected}"))
}

/// The first line of a value, so that a caret does not run over a whole section.
pub(crate) fn head(node: &Node) -> Span {
    let range = node.span.range();
    let first = node.span.text().lines().next().unwrap_or("").trim_end();
    Span::new(
        node.span.source().clone(),
        range.start,
        range.start + first.len(),
    )
}
