//! YAML into nodes with their places.
//!
//! serde-saphyr is the one YAML dialect of the product: version 1.2 booleans, text for `010` and
//! `1_000`, aliases and merge keys, all of it within budgets. Its spans tell where a scalar stands
//! and where a list or map begins; where the latter ends is found here. What comes from an anchor
//! has its place at the anchor, where it would be mended.

mod faults;
mod tree;

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use serde_saphyr::options::DuplicateKeyPolicy;
use serde_saphyr::{Location, Options};
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::node::{Key, Node, Value};
use tidegate_core::span::{Source, Span};

use tree::{Tree, Written};

/// The largest file that is read, in bytes: 1 MiB.
const SIZE_LIMIT: usize = 1024 * 1024;
/// How deep lists and maps may be nested: more than any check needs, and little enough that reading
/// cannot overflow the stack of a thread with 2 MiB, optimised or not.
const DEPTH_LIMIT: usize = 32;
/// How many values aliases may add to those that are written out.
const ALIAS_LIMIT: usize = 100_000;

/// Reads another file of this dialect of YAML, of which JSON is a part, into a tree of values; errors call it `name`.
///
/// # Errors
/// When it cannot be read, or everything that makes it no such file.
pub fn document(
    texts: &dyn crate::reader::Reader,
    path: &Path,
    name: &str,
) -> Result<Node, Vec<Diagnostic>> {
    let source = open(texts, path, name).map_err(|fault| vec![fault])?;
    read(&source)
}

/// Reads the text of a file; errors and findings call it `name`.
///
/// # Errors
/// When it is missing, too large, or not text.
pub(crate) fn open(
    texts: &dyn crate::reader::Reader,
    path: &Path,
    name: &str,
) -> Result<Arc<Source>, Diagnostic> {
    let bytes = texts.read(path, SIZE_LIMIT + 1);
    decode(
        bytes.map_err(|error| faults::unreadable(name, &error))?,
        name,
    )
}

/// The text of a file's bytes, without a byte order mark.
fn decode(bytes: Vec<u8>, name: &str) -> Result<Arc<Source>, Diagnostic> {
    if bytes.len() > SIZE_LIMIT {
        return Err(faults::too_large(name, SIZE_LIMIT));
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Source::new(
            name,
            text.strip_prefix('\u{feff}').unwrap_or(&text),
        )),
        Err(error) => Err(faults::not_text(name, &error)),
    }
}

/// Reads a text into a tree of values.
///
/// # Errors
/// The first place where it is no YAML, or every key that stands twice in its map.
pub(crate) fn read(source: &Arc<Source>) -> Result<Node, Vec<Diagnostic>> {
    let tree: Tree = serde_saphyr::from_str_with_options(source.text(), options())
        .map_err(|error| vec![faults::syntax(source, &error)])?;
    let mut reader = Reader {
        source,
        faults: Vec::new(),
    };
    let node = reader.node(tree);
    if node.value == Value::Null {
        reader.faults.push(faults::empty(source));
    }
    if reader.faults.is_empty() {
        Ok(node)
    } else {
        Err(reader.faults)
    }
}

fn options() -> Options {
    serde_saphyr::options! {
        strict_booleans: true,
        leading_zero_numbers_as_strings: true,
        underscored_numbers_as_strings: true,
        with_snippet: false,
        // Told here, all of them and with both places.
        duplicate_keys: DuplicateKeyPolicy::PassThrough,
        alias_limits: serde_saphyr::alias_limits! { max_total_replayed_events: ALIAS_LIMIT },
        budget: serde_saphyr::budget! { max_depth: DEPTH_LIMIT },
    }
}

struct Reader<'s> {
    source: &'s Arc<Source>,
    faults: Vec<Diagnostic>,
}

impl Reader<'_> {
    fn node(&mut self, Tree(tree): Tree) -> Node {
        let at = self.range(tree.defined);
        let aliased = tree.defined != tree.referenced;
        match tree.value {
            Written::Scalar(value) => self.scalar(value, at),
            Written::Sequence(elements) => {
                let mut end = at.1;
                let elements = elements
                    .into_iter()
                    .map(|element| self.child(element, aliased, &mut end))
                    .collect();
                Node::new(Value::Sequence(elements), self.collection(at, end))
            }
            Written::Map(entries) => {
                let mut end = at.1;
                let entries = entries
                    .into_iter()
                    .map(|(key, value)| {
                        let (start, stop) = self.range(key.defined);
                        let span = self.span(start, stop);
                        let text = key.value;
                        (Key { text, span }, self.child(value, aliased, &mut end))
                    })
                    .collect();
                Node::new(Value::Map(self.unique(entries)), self.collection(at, end))
            }
        }
    }

    /// Reads a part of a list or map and moves the end of the whole behind it.
    fn child(&mut self, tree: Tree, inside_alias: bool, end: &mut usize) -> Node {
        let by_alias = !inside_alias && tree.0.defined != tree.0.referenced;
        let referenced = self.range(tree.0.referenced).1;
        let node = self.node(tree);
        let own_end = if by_alias {
            referenced
        } else {
            node.span.range().end
        };
        *end = own_end.max(*end);
        node
    }

    fn scalar(&mut self, value: Value, (start, end): (usize, usize)) -> Node {
        let written = self.source.text().get(start..end).unwrap_or("");
        let span = self.span(start, start + written.trim_end().len());
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if matches!(value, Value::Float(_)) && digits(written.trim_start_matches(['-', '+'])) {
            self.faults.push(faults::number_too_large(span.clone()));
        }
        Node::new(value, span)
    }

    /// The span of a list or map: from its first byte to its closing bracket, or to the end of its
    /// last part when it has none.
    fn collection(&self, (start, _): (usize, usize), last: usize) -> Span {
        let text = self.source.text();
        let flow = text[start..].starts_with(['{', '[']);
        let end = if flow {
            closing(text, last).unwrap_or(last)
        } else {
            last
        };
        self.span(start, end)
    }

    /// Keeps the first of each key and tells the others.
    fn unique(&mut self, entries: Vec<(Key, Node)>) -> Vec<(Key, Node)> {
        let mut seen = HashSet::with_capacity(entries.len());
        let doubled: Vec<usize> = entries
            .iter()
            .enumerate()
            .filter_map(|(index, (key, _))| (!seen.insert(key.text.as_str())).then_some(index))
            .collect();
        if doubled.is_empty() {
            return entries;
        }
        for &index in &doubled {
            let key = &entries[index].0;
            let first = entries.iter().find(|(other, _)| other.text == key.text);
            let line = first.map_or(0, |(other, _)| other.span.line());
            self.faults.push(faults::doubled(key, line));
        }
        let keep = |(index, _): &(usize, _)| doubled.binary_search(index).is_err();
        entries
            .into_iter()
            .enumerate()
            .filter(keep)
            .map(|(_, entry)| entry)
            .collect()
    }

    fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.source.clone(), start, end)
    }

    fn range(&self, location: Location) -> (usize, usize) {
        faults::range(self.source, location)
    }
}

/// Just past the bracket that closes a flow collection whose last part ends at `from`.
fn closing(text: &str, from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        let rest = &text[at..];
        let next = rest.find(|letter: char| !letter.is_whitespace() && letter != ',')?;
        at += next;
        match text.as_bytes()[at] {
            b'}' | b']' => return Some(at + 1),
            b'#' => at += text[at..].find('\n')?,
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests;
