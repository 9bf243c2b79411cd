//! A JSON or YAML document as a tree in which every value knows its place and its parent.

mod at;
mod json;
mod yaml;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use serde_json::Number;
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::span::{Source, Span};

pub(crate) use at::At;

/// The largest document that is read, in bytes: 32 MiB, three times GitHub's own description.
pub(crate) const SIZE_LIMIT: usize = 32 * 1024 * 1024;

/// How deep lists and maps may be nested; serde_json allows one level less.
const DEPTH_LIMIT: usize = 128;

/// The most keys that stand twice and are told.
const DOUBLED_LIMIT: usize = 100;

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

    /// How many maps have this `$dynamicAnchor`.
    pub(crate) fn dynamic_anchors(&self, name: &str) -> usize {
        let anchors = self.texts_under("$dynamicAnchor");
        anchors.filter(|(_, text)| *text == name).count()
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

/// Says that a document is larger than [`SIZE_LIMIT`].
pub(crate) fn too_large(name: &str) -> Diagnostic {
    Diagnostic::at(
        Span::new(Source::new(name, ""), 0, 0),
        format!("{name} is larger than {} MiB", SIZE_LIMIT / 1024 / 1024),
    )
    .label("too large to be read")
    .help("Split the document into files that refer to each other.")
}

/// Says that lists and maps are nested as deep as [`DEPTH_LIMIT`] or deeper at an offset.
fn too_deep(source: &Arc<Source>, at: usize) -> Diagnostic {
    Diagnostic::at(
        Span::new(source.clone(), at, at),
        format!("{} is nested too deeply", source.name()),
    )
    .label(format!(
        "{DEPTH_LIMIT} or more lists and maps stand inside each other here"
    ))
    .help(
        "A few dozen levels are enough for any interface: give the inner parts a name of their own, such as under \
         `components`, and refer to them with `$ref`.",
    )
}

fn decode(name: &str, bytes: Vec<u8>) -> Result<Arc<Source>, Diagnostic> {
    if bytes.len() > SIZE_LIMIT {
        return Err(too_large(name));
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
            let room = DOUBLED_LIMIT.saturating_sub(self.doubled.len());
            for &(at, first) in doubled.iter().take(room) {
                let fault = self.doubled_key(&entries[at], &entries[first]);
                self.doubled.push(fault);
            }
            let mut again = doubled.iter().map(|&(again, _)| again).peekable();
            let mut at = 0;
            entries.retain(|_| {
                at += 1;
                again.next_if_eq(&(at - 1)).is_none()
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

/// The entries whose key stands earlier too, in their order, each with the first of its key.
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

/// A step of a JSON Pointer as it is written there.
pub(crate) fn escape(step: &str) -> String {
    step.replace('~', "~0").replace('/', "~1")
}

/// A step of a JSON Pointer as the key it names.
pub(crate) fn unescape(step: &str) -> String {
    step.replace("~1", "/").replace("~0", "~")
}
