//! A value of a document, with the way to what stands around it.

use serde_json::{Map, Number, Value as Json};
use tidegate_core::span::{Location, Span};

use super::{Entry, Id, NOBODY, Tree, Value, escape, unescape};
use crate::specification::library::{Library, Place};

/// A value of a document of a [`Library`].
#[derive(Clone, Copy)]
pub(crate) struct At<'l> {
    library: &'l Library,
    tree: &'l Tree,
    place: Place,
}

impl PartialEq for At<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.place == other.place
    }
}

impl std::fmt::Debug for At<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}#{}", self.tree.source.name(), self.pointer())
    }
}

impl<'l> At<'l> {
    pub(in super::super) fn new(library: &'l Library, tree: &'l Tree, place: Place) -> Self {
        Self {
            library,
            tree,
            place,
        }
    }

    fn beside(self, value: Id) -> Self {
        let place = Place {
            value,
            ..self.place
        };
        Self { place, ..self }
    }

    /// Where it is, to be kept.
    pub(crate) fn place(self) -> Place {
        self.place
    }

    /// The library that its document belongs to.
    pub(crate) fn library(self) -> &'l Library {
        self.library
    }

    fn value(self) -> &'l Value {
        &self.tree.record(self.place.value).value
    }

    /// The value under a key, when this is a map that has it.
    pub(crate) fn get(self, key: &str) -> Option<Self> {
        let entry = self.tree.find(self.place.value, key)?;
        Some(self.beside(entry.value))
    }

    /// The place of a key of this map, without quotes where it has any.
    pub(crate) fn key_span(self, key: &str) -> Option<Span> {
        let entry = self.tree.find(self.place.value, key)?;
        Some(self.span_of(entry.start, entry.end))
    }

    /// The entries of a map in the order they were written, none for anything else.
    pub(crate) fn entries(self) -> impl ExactSizeIterator<Item = (&'l str, Self)> + Clone {
        let entries = match *self.value() {
            Value::Map { first, length, .. } => self.tree.entries(first, length),
            _ => &[],
        };
        entries
            .iter()
            .map(move |entry| (&*entry.key, self.beside(entry.value)))
    }

    /// The elements of a list, none for anything else.
    pub(crate) fn elements(self) -> impl ExactSizeIterator<Item = Self> + Clone {
        let elements = match *self.value() {
            Value::List { first, length } => {
                &self.tree.elements[first as usize..(first + length) as usize]
            }
            _ => &[],
        };
        elements.iter().map(move |&element| self.beside(element))
    }

    /// The text, when this is one.
    pub(crate) fn text(self) -> Option<&'l str> {
        match self.value() {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The text under a key, when this is a map that has one there.
    pub(crate) fn text_of(self, key: &str) -> Option<&'l str> {
        self.get(key)?.text()
    }

    /// Whether it is true or false, when it is one of them.
    pub(crate) fn boolean(self) -> Option<bool> {
        match self.value() {
            Value::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// Whether the key holds `true`.
    pub(crate) fn flag(self, key: &str) -> bool {
        self.get(key).and_then(Self::boolean) == Some(true)
    }

    /// The number, when this is one.
    pub(crate) fn number(self) -> Option<&'l Number> {
        match self.value() {
            Value::Number(number) => Some(number),
            _ => None,
        }
    }

    /// Whether this is a map.
    pub(crate) fn is_map(self) -> bool {
        matches!(self.value(), Value::Map { .. })
    }

    /// Whether this is a list.
    pub(crate) fn is_list(self) -> bool {
        matches!(self.value(), Value::List { .. })
    }

    /// What this is, in words for an error.
    pub(crate) fn describe(self) -> &'static str {
        match self.value() {
            Value::Null => "nothing",
            Value::Bool(_) => "true or false",
            Value::Number(_) => "a number",
            Value::Text(_) => "text",
            Value::List { .. } => "a list",
            Value::Map { .. } => "a map",
        }
    }

    /// The whole value as JSON, references left as they are.
    pub(crate) fn to_json(self) -> Json {
        match self.value() {
            Value::Null => Json::Null,
            Value::Bool(value) => Json::Bool(*value),
            Value::Number(number) => Json::Number(number.clone()),
            Value::Text(text) => Json::String(text.to_string()),
            Value::List { .. } => Json::Array(self.elements().map(Self::to_json).collect()),
            Value::Map { .. } => {
                let entries = self.entries();
                let entries = entries.map(|(key, value)| (key.to_owned(), value.to_json()));
                Json::Object(entries.collect::<Map<_, _>>())
            }
        }
    }

    /// What it is part of; `None` for the whole document.
    pub(crate) fn parent(self) -> Option<Self> {
        let parent = self.tree.record(self.place.value).parent;
        (parent != NOBODY).then(|| self.beside(parent))
    }

    /// The key it stands under, when it is a value of a map.
    pub(crate) fn key(self) -> Option<&'l str> {
        self.entry().map(|entry| &*entry.key)
    }

    fn entry(self) -> Option<&'l Entry> {
        let Value::Map { first, length, .. } = *self.parent()?.value() else {
            return None;
        };
        let mut entries = self.tree.entries(first, length).iter();
        entries.find(|entry| entry.value == self.place.value)
    }

    /// The JSON Pointer (RFC 6901) of it in its document; empty for the whole.
    pub(crate) fn pointer(self) -> String {
        let Some(parent) = self.parent() else {
            return String::new();
        };
        let step = match self.key() {
            Some(key) => escape(key),
            None => {
                let mut elements = parent.elements();
                elements
                    .position(|one| one == self)
                    .unwrap_or(0)
                    .to_string()
            }
        };
        format!("{}/{step}", parent.pointer())
    }

    /// The value at a JSON Pointer (RFC 6901) below this one.
    pub(crate) fn at_pointer(self, pointer: &str) -> Option<Self> {
        let mut steps = pointer.split('/');
        if steps.next() != Some("") {
            return None;
        }
        let mut at = self;
        for step in steps {
            let step = unescape(step);
            at = if at.is_list() {
                at.elements().nth(step.parse().ok()?)?
            } else {
                at.get(&step)?
            };
        }
        Some(at)
    }

    fn span_of(self, start: u32, end: u32) -> Span {
        Span::new(self.tree.source.clone(), start as usize, end as usize)
    }

    /// Where the value stands.
    pub(crate) fn span(self) -> Span {
        let record = self.tree.record(self.place.value);
        self.span_of(record.start, record.end)
    }

    /// What a person looks at for it: its key, or itself when it has none and is no more than a line.
    pub(crate) fn mark(self) -> Span {
        if let Some(entry) = self.entry() {
            return self.span_of(entry.start, entry.end);
        }
        let record = self.tree.record(self.place.value);
        let end = match self.value() {
            Value::List { .. } | Value::Map { .. } => record.start,
            _ => record.end,
        };
        self.span_of(record.start, end)
    }

    /// Where a person looks for it; a line that nobody could read is left out.
    pub(crate) fn location(self) -> Location {
        self.mark().brief_location()
    }
}
