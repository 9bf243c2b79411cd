//! A JSON or YAML document as a tree in which every value knows its place and its parent.

mod json;
mod yaml;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use serde_json::{Map, Number, Value as Json};
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::span::{Location, Source, Span};

use super::library::{Library, Place};

/// The largest document that is read, in bytes: 32 MiB, three times GitHub's own description.
pub(crate) const SIZE_LIMIT: usize = 32 * 1024 * 1024;

/// How deep lists and maps may be nested, as in serde_json.
const DEPTH_LIMIT: usize = 128;

/// Maps with more entries than this have a sorted index of their keys.
const INDEXED_FROM: usize = 12;

/// A value by its number in a [`Tree`].
pub(crate) type Id = u32;

/// The root's parent.
const NOBODY: Id = Id::MAX;

/// A document that was read.
#[derive(Debug)]
pub(crate) struct Tree {
    source: Arc<Source>,
    records: Vec<Record>,
    entries: Vec<Entry>,
    elements: Vec<Id>,
    indexes: Vec<Id>,
    root: Id,
    /// Keys that stand twice in their map; the first one counts.
    pub(crate) doubled: Vec<Diagnostic>,
}

#[derive(Debug)]
struct Record {
    parent: Id,
    start: u32,
    end: u32,
    value: Value,
}

/// What a value is; lists and maps name a range of the tree's elements or entries.
#[derive(Debug)]
enum Value {
    Null,
    Bool(bool),
    Number(Number),
    Text(Box<str>),
    List {
        first: u32,
        length: u32,
    },
    Map {
        first: u32,
        length: u32,
        /// Where its sorted keys begin in the indexes, when it has many.
        index: Option<u32>,
    },
}

#[derive(Debug)]
struct Entry {
    key: Box<str>,
    start: u32,
    end: u32,
    value: Id,
}

impl Tree {
    /// Reads a document; JSON when it begins as one, YAML otherwise.
    ///
    /// # Errors
    /// What is wrong with it, at its place.
    pub(crate) fn read(name: &str, bytes: Vec<u8>) -> Result<Self, Diagnostic> {
        let source = decode(name, bytes)?;
        let begins = source.text().trim_start().bytes().next();
        if matches!(begins, Some(b'{' | b'[')) {
            // What begins with a bracket may be YAML in flow style.
            return json::read(&source).or_else(|fault| yaml::read(&source).map_err(|_| fault));
        }
        yaml::read(&source)
    }

    /// The text it was read from.
    pub(crate) fn source(&self) -> &Arc<Source> {
        &self.source
    }

    /// The value of the whole document.
    pub(crate) fn root(&self) -> Id {
        self.root
    }

    /// The text of every `$ref`, wherever it stands.
    pub(crate) fn references(&self) -> impl Iterator<Item = &str> {
        self.texts_under("$ref").map(|(_, text)| text)
    }

    /// Every map with a `$ref`.
    pub(super) fn referring(&self) -> impl Iterator<Item = Id> {
        let values = self.texts_under("$ref");
        values.map(|(value, _)| self.record(value).parent)
    }

    /// The map with this `$anchor` or `$dynamicAnchor`.
    pub(crate) fn anchor(&self, name: &str) -> Option<Id> {
        let mut anchors = self
            .texts_under("$anchor")
            .chain(self.texts_under("$dynamicAnchor"));
        let (value, _) = anchors.find(|(_, text)| *text == name)?;
        Some(self.record(value).parent)
    }

    fn texts_under(&self, key: &'static str) -> impl Iterator<Item = (Id, &str)> {
        self.entries.iter().filter_map(move |entry| {
            let Value::Text(text) = &self.record(entry.value).value else {
                return None;
            };
            (&*entry.key == key).then_some((entry.value, &**text))
        })
    }

    fn record(&self, id: Id) -> &Record {
        &self.records[id as usize]
    }

    fn entries(&self, first: u32, length: u32) -> &[Entry] {
        &self.entries[first as usize..(first + length) as usize]
    }

    fn find(&self, id: Id, key: &str) -> Option<&Entry> {
        let Value::Map {
            first,
            length,
            index,
        } = self.record(id).value
        else {
            return None;
        };
        let entries = self.entries(first, length);
        let Some(index) = index else {
            return entries.iter().find(|entry| *entry.key == *key);
        };
        let sorted = &self.indexes[index as usize..(index + length) as usize];
        let found = sorted.binary_search_by(|&at| (*entries[at as usize].key).cmp(key));
        found.ok().map(|at| &entries[sorted[at] as usize])
    }
}

fn decode(name: &str, bytes: Vec<u8>) -> Result<Arc<Source>, Diagnostic> {
    if bytes.len() > SIZE_LIMIT {
        return Err(Diagnostic::at(
            Span::new(Source::new(name, ""), 0, 0),
            format!("{name} is larger than {} MiB", SIZE_LIMIT / 1024 / 1024),
        )
        .label("too large to be read")
        .help("Split the document into files that refer to each other."));
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(match text.strip_prefix('\u{feff}') {
            Some(rest) => Source::new(name, rest),
            None => Source::new(name, text),
        }),
        Err(error) => {
            let valid = error.utf8_error().valid_up_to();
            let text = String::from_utf8_lossy(&error.as_bytes()[..valid]).into_owned();
            let source = Source::new(name, text);
            Err(Diagnostic::at(
                Span::new(source, valid, valid),
                format!("{name} is no text"),
            )
            .label("these bytes are not UTF-8")
            .help("Save the document as UTF-8."))
        }
    }
}

/// Puts a tree together while a document is read.
#[derive(Debug)]
struct Builder {
    source: Arc<Source>,
    records: Vec<Record>,
    entries: Vec<Entry>,
    elements: Vec<Id>,
    indexes: Vec<Id>,
    doubled: Vec<Diagnostic>,
}

impl Builder {
    fn new(source: &Arc<Source>) -> Self {
        let guess = source.text().len() / 24;
        Self {
            source: source.clone(),
            records: Vec::with_capacity(guess),
            entries: Vec::with_capacity(guess),
            elements: Vec::new(),
            indexes: Vec::new(),
            doubled: Vec::new(),
        }
    }

    fn add(&mut self, start: usize, end: usize, value: Value) -> Id {
        let id = count(self.records.len());
        self.records.push(Record {
            parent: NOBODY,
            start: count(start),
            end: count(end),
            value,
        });
        id
    }

    fn list(&mut self, start: usize, end: usize, elements: Vec<Id>) -> Id {
        let value = Value::List {
            first: count(self.elements.len()),
            length: count(elements.len()),
        };
        let id = self.add(start, end, value);
        for &element in &elements {
            self.records[element as usize].parent = id;
        }
        self.elements.extend(elements);
        id
    }

    fn map(&mut self, start: usize, end: usize, mut entries: Vec<Entry>) -> Id {
        let index = self.unique(&mut entries);
        let value = Value::Map {
            first: count(self.entries.len()),
            length: count(entries.len()),
            index,
        };
        let id = self.add(start, end, value);
        for entry in &entries {
            self.records[entry.value as usize].parent = id;
        }
        self.entries.extend(entries);
        id
    }

    /// Keeps the first of each key, tells the others, and indexes large maps.
    fn unique(&mut self, entries: &mut Vec<Entry>) -> Option<u32> {
        let large = entries.len() > INDEXED_FROM;
        let mut sorted: Vec<Id> = (0..count(entries.len())).collect();
        if large {
            let key = |at: &Id| &*entries[*at as usize].key;
            sorted.sort_by(|one, other| key(one).cmp(key(other)).then(one.cmp(other)));
        }
        let doubled = doubled(entries, large.then_some(&sorted));
        if !doubled.is_empty() {
            for &(at, first) in &doubled {
                let fault = self.doubled_key(&entries[at], &entries[first]);
                self.doubled.push(fault);
            }
            let mut at = 0;
            entries.retain(|_| {
                at += 1;
                !doubled.iter().any(|&(again, _)| again == at - 1)
            });
            return self.unique(entries);
        }
        large.then(|| {
            let index = count(self.indexes.len());
            self.indexes.extend(sorted);
            index
        })
    }

    fn doubled_key(&self, again: &Entry, first: &Entry) -> Diagnostic {
        let span = |entry: &Entry| {
            Span::new(
                self.source.clone(),
                entry.start as usize,
                entry.end as usize,
            )
        };
        Diagnostic::at(
            span(again),
            format!("`{}` stands twice in its map", again.key),
        )
        .label(format!("line {} has it already", span(first).line()))
        .help("Readers of this document take one or the other: keep one.")
    }

    fn finish(self, root: Id) -> Tree {
        Tree {
            source: self.source,
            records: self.records,
            entries: self.entries,
            elements: self.elements,
            indexes: self.indexes,
            root,
            doubled: self.doubled,
        }
    }
}

/// The entries whose key stands earlier too, each with the first of its key.
fn doubled(entries: &[Entry], sorted: Option<&Vec<Id>>) -> Vec<(usize, usize)> {
    let key = |at: usize| &*entries[at].key;
    let Some(sorted) = sorted else {
        let first = |at: usize| (0..at).find(|&before| key(before) == key(at));
        let all = 0..entries.len();
        return all.filter_map(|at| Some((at, first(at)?))).collect();
    };
    let mut found = Vec::new();
    let mut first = 0;
    for (position, &at) in sorted.iter().enumerate() {
        if position > 0 && key(at as usize) == key(first) {
            found.push((at as usize, first));
        } else {
            first = at as usize;
        }
    }
    found.sort_unstable();
    found
}

/// Documents are below 4 GiB, and so is everything counted in them.
fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

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
    pub(super) fn new(library: &'l Library, tree: &'l Tree, place: Place) -> Self {
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

    /// Whether this is nothing, or `null`.
    pub(crate) fn is_null(self) -> bool {
        matches!(self.value(), Value::Null)
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

    /// Where a person looks for it.
    pub(crate) fn location(self) -> Location {
        self.mark().location()
    }
}

/// A step of a JSON Pointer as it is written there.
pub(crate) fn escape(step: &str) -> String {
    step.replace('~', "~0").replace('/', "~1")
}

/// A step of a JSON Pointer as the key it names.
pub(crate) fn unescape(step: &str) -> String {
    step.replace("~1", "/").replace("~0", "~")
}
