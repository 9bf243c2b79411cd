//! YAML, from the events of the parser that serde-saphyr reads with; plain scalars mean what it says.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use granit_parser::{Event, Parser, ScalarStyle, Span as Written, StrInput, Tag};
use serde_json::{Number, Value as Json};
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::span::{Source, Span};

use super::{Builder, DEPTH_LIMIT, Entry, Id, Tree, Value, count, too_deep};

/// How many values aliases and merge keys may add to those that are written out.
const ALIAS_LIMIT: usize = 100_000;

/// Reads a YAML text that holds one document.
pub(super) fn read(source: &Arc<Source>) -> Result<Tree, Diagnostic> {
    let text = source.text();
    let mut reader = Reader {
        source,
        parser: Parser::new_from_str(text),
        builder: Builder::new(source),
        anchors: HashMap::new(),
        copied: 0,
        end: 0,
    };
    let root = reader.document()?;
    Ok(reader.builder.finish(root))
}

struct Reader<'t> {
    source: &'t Arc<Source>,
    parser: Parser<'t, StrInput<'t>>,
    builder: Builder,
    anchors: HashMap<usize, Id>,
    copied: usize,
    /// Where the last scalar or closing bracket ended.
    end: usize,
}

type Result<T, E = Diagnostic> = std::result::Result<T, E>;

impl<'t> Reader<'t> {
    fn fault(&self, at: usize, title: &str, label: &str, help: &str) -> Diagnostic {
        let span = Span::new(self.source.clone(), at, at);
        let title = format!("{} {title}", self.source.name());
        Diagnostic::at(span, title)
            .label(label.to_owned())
            .help(help.to_owned())
    }

    fn next(&mut self) -> Result<(Event<'t>, Written)> {
        match self.parser.next_event() {
            Some(Ok(event)) => Ok(event),
            Some(Err(error)) => {
                let at = error.marker().byte_offset().unwrap_or(self.end);
                let said = error.info().to_owned();
                Err(self.fault(
                    at,
                    "is no proper YAML",
                    &said,
                    "Look at the indentation and the quotes of this line and the one before.",
                ))
            }
            None => Ok((Event::StreamEnd, Written::default())),
        }
    }

    fn document(&mut self) -> Result<Id> {
        loop {
            let (event, written) = self.next()?;
            match event {
                Event::StreamStart | Event::DocumentStart(..) => {}
                Event::StreamEnd => {
                    return Err(self.fault(
                        0,
                        "is empty",
                        "nothing is written here",
                        "Name the document that describes the interface.",
                    ));
                }
                event => {
                    let root = self.value(event, written, 0)?;
                    self.only()?;
                    return Ok(root);
                }
            }
        }
    }

    /// Nothing may follow the first document.
    fn only(&mut self) -> Result<()> {
        loop {
            let (event, written) = self.next()?;
            match event {
                Event::StreamEnd => return Ok(()),
                Event::DocumentStart(..) => {
                    let (at, _) = self.range(&written);
                    return Err(self.fault(
                        at,
                        "holds several documents",
                        "a second one begins here",
                        "Keep one document in a file.",
                    ));
                }
                _ => {}
            }
        }
    }

    fn range(&self, written: &Written) -> (usize, usize) {
        let range = written.byte_range().unwrap_or(self.end..self.end);
        (range.start, range.end)
    }

    fn value(&mut self, event: Event<'t>, written: Written, depth: usize) -> Result<Id> {
        let (start, end) = self.range(&written);
        if depth > DEPTH_LIMIT {
            return Err(too_deep(self.source, start));
        }
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                self.end = end.max(start);
                let value = self.scalar(&text, style, tag.as_deref(), start)?;
                let written = self.source.text().get(start..end).unwrap_or("");
                let end = start + written.trim_end().len();
                let id = self.builder.add(start, end, value);
                self.remember(anchor, id);
                Ok(id)
            }
            Event::SequenceStart(_, anchor, _) => {
                let mut elements = Vec::new();
                loop {
                    let (event, written) = self.next()?;
                    if matches!(event, Event::SequenceEnd) {
                        self.close(&written);
                        break;
                    }
                    elements.push(self.value(event, written, depth + 1)?);
                }
                let id = self.builder.list(start, self.end.max(start), elements);
                self.remember(anchor, id);
                Ok(id)
            }
            Event::MappingStart(_, anchor, _) => {
                let entries = self.entries(depth)?;
                let id = self.builder.map(start, self.end.max(start), entries);
                self.remember(anchor, id);
                Ok(id)
            }
            Event::Alias(anchor) => {
                let known = self.anchors.get(&anchor).copied();
                self.end = end.max(start);
                match known {
                    Some(id) => self.copy(id, start, depth),
                    None => Err(self.fault(
                        start,
                        "refers to itself",
                        "this alias stands inside what it names",
                        "Write the part out, or use `$ref`.",
                    )),
                }
            }
            _ => Ok(self.builder.add(start, end, Value::Null)),
        }
    }

    fn remember(&mut self, anchor: usize, id: Id) {
        if anchor != 0 {
            self.anchors.insert(anchor, id);
        }
    }

    /// A block collection ends with its last part, one in brackets with its bracket.
    fn close(&mut self, written: &Written) {
        let (start, end) = self.range(written);
        let closing = self.source.text().as_bytes().get(start);
        if matches!(closing, Some(b']' | b'}')) {
            self.end = end.max(start + 1);
        }
    }

    fn entries(&mut self, depth: usize) -> Result<Vec<Entry>> {
        let mut entries = Vec::new();
        let mut merged = Vec::new();
        loop {
            let (event, written) = self.next()?;
            let (start, end) = self.range(&written);
            let (key, plain) = match event {
                Event::MappingEnd => {
                    self.close(&written);
                    break;
                }
                Event::Scalar(key, style, anchor, _) => {
                    if anchor != 0 {
                        let value = Value::Text(key.as_ref().into());
                        let id = self.builder.add(start, end, value);
                        self.remember(anchor, id);
                    }
                    (key, style == ScalarStyle::Plain)
                }
                Event::Alias(anchor) => (self.key_of(anchor, start)?, false),
                _ => {
                    return Err(self.fault(
                        start,
                        "has a key that is no text",
                        "a list or map stands as a key here",
                        "Keys are texts.",
                    ));
                }
            };
            let quote = usize::from(!plain && end > start + 1);
            let (event, written) = self.next()?;
            let value = self.value(event, written, depth + 1)?;
            if plain && key == "<<" {
                merged.push((value, start));
                continue;
            }
            entries.push(Entry {
                key: key.as_ref().into(),
                start: count(start + quote),
                end: count(end.saturating_sub(quote).max(start + quote)),
                value,
            });
        }
        if !merged.is_empty() {
            let mut known = entries.iter().map(|entry| entry.key.clone()).collect();
            for (value, start) in merged {
                self.merge(&mut entries, &mut known, value, (start, depth))?;
            }
        }
        Ok(entries)
    }

    fn key_of(&self, anchor: usize, at: usize) -> Result<Cow<'t, str>> {
        let id = self.anchors.get(&anchor);
        match id.map(|&id| &self.builder.records[id as usize].value) {
            Some(Value::Text(text)) => Ok(Cow::Owned(text.to_string())),
            _ => Err(self.fault(
                at,
                "has a key that is no text",
                "this alias names no text",
                "Keys are texts.",
            )),
        }
    }

    /// Adds the entries of the map, or of the list of maps, under a merge key where they have none yet.
    fn merge(
        &mut self,
        entries: &mut Vec<Entry>,
        known: &mut HashSet<Box<str>>,
        from: Id,
        (at, depth): (usize, usize),
    ) -> Result<()> {
        let sources = match self.builder.records[from as usize].value {
            Value::List { first, length } => {
                self.builder.elements[first as usize..(first + length) as usize].to_vec()
            }
            _ => vec![from],
        };
        for source in sources {
            let Value::Map { first, length, .. } = self.builder.records[source as usize].value
            else {
                return Err(self.fault(
                    at,
                    "merges what is no map",
                    "a map, or a list of maps, must stand under `<<`",
                    "Write the entries out.",
                ));
            };
            for position in first..first + length {
                let entry = &self.builder.entries[position as usize];
                let (key, start, end, value) =
                    (entry.key.clone(), entry.start, entry.end, entry.value);
                if !known.insert(key.clone()) {
                    self.count_copy(at)?;
                    continue;
                }
                let value = self.copy(value, at, depth + 1)?;
                entries.push(Entry {
                    key,
                    start,
                    end,
                    value,
                });
            }
        }
        Ok(())
    }

    /// A copy of a value with everything in it, at the place of the original.
    ///
    /// What it stands in counts for how deep it is, or aliases of deep values would have no end.
    fn copy(&mut self, id: Id, at: usize, depth: usize) -> Result<Id> {
        if depth > DEPTH_LIMIT {
            return Err(too_deep(self.source, at));
        }
        self.count_copy(at)?;
        let record = &self.builder.records[id as usize];
        let (start, end) = (record.start as usize, record.end as usize);
        match record.value {
            Value::List { first, length } => {
                let mut elements = Vec::with_capacity(length as usize);
                for position in first..first + length {
                    let element = self.builder.elements[position as usize];
                    elements.push(self.copy(element, at, depth + 1)?);
                }
                Ok(self.builder.list(start, end, elements))
            }
            Value::Map { first, length, .. } => {
                let mut entries = Vec::with_capacity(length as usize);
                for position in first..first + length {
                    let entry = &self.builder.entries[position as usize];
                    let (key, key_start, key_end, value) =
                        (entry.key.clone(), entry.start, entry.end, entry.value);
                    entries.push(Entry {
                        key,
                        start: key_start,
                        end: key_end,
                        value: self.copy(value, at, depth + 1)?,
                    });
                }
                Ok(self.builder.map(start, end, entries))
            }
            Value::Null => Ok(self.builder.add(start, end, Value::Null)),
            Value::Bool(value) => Ok(self.builder.add(start, end, Value::Bool(value))),
            Value::Number(ref number) => {
                let value = Value::Number(number.clone());
                Ok(self.builder.add(start, end, value))
            }
            Value::Text(ref text) => {
                let value = Value::Text(text.clone());
                Ok(self.builder.add(start, end, value))
            }
        }
    }

    fn count_copy(&mut self, at: usize) -> Result<()> {
        self.copied += 1;
        if self.copied <= ALIAS_LIMIT {
            return Ok(());
        }
        Err(self.fault(
            at,
            "unfolds into too much",
            "aliases repeat more than 100,000 values by here",
            "Use `$ref` for what is used often.",
        ))
    }

    fn scalar(
        &self,
        text: &str,
        style: ScalarStyle,
        tag: Option<&Tag>,
        at: usize,
    ) -> Result<Value> {
        if let Some(suffix) = tag
            .and_then(Tag::core_suffix)
            .filter(|suffix| *suffix != "str")
        {
            return tagged(suffix, text).ok_or_else(|| {
                self.fault(
                    at,
                    "has a value that its tag does not fit",
                    "this is not what its tag says",
                    "Leave the tag out.",
                )
            });
        }
        if style != ScalarStyle::Plain || tag.is_some() {
            return Ok(Value::Text(text.into()));
        }
        Ok(plain(text))
    }
}

/// What a scalar with a tag of the core schema is.
fn tagged(suffix: &str, text: &str) -> Option<Value> {
    let value = plain(text);
    let fits = match suffix {
        "null" => matches!(value, Value::Null),
        "bool" => matches!(value, Value::Bool(_)),
        "int" | "float" => matches!(value, Value::Number(_)),
        _ => return Some(Value::Text(text.into())),
    };
    fits.then_some(value)
}

/// What a scalar without quotes and tag is: that of the core schema, of version 1.2.
fn plain(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
        "true" | "True" | "TRUE" => return Value::Bool(true),
        "false" | "False" | "FALSE" => return Value::Bool(false),
        _ => {}
    }
    let first = text.as_bytes()[0];
    if !(first.is_ascii_digit() || matches!(first, b'+' | b'-' | b'.')) {
        return Value::Text(text.into());
    }
    let digits = text.strip_prefix('-').unwrap_or(text);
    let simple = !digits.is_empty()
        && digits.len() < 18
        && !(digits.len() > 1 && digits.starts_with('0'))
        && digits.bytes().all(|byte| byte.is_ascii_digit());
    match text.parse::<i64>() {
        Ok(number) if simple => Value::Number(number.into()),
        _ => unusual(text),
    }
}

/// Asks serde-saphyr what an unusual scalar is, so that there is one dialect of YAML.
fn unusual(text: &str) -> Value {
    let options = serde_saphyr::options! {
        strict_booleans: true,
        leading_zero_numbers_as_strings: true,
        underscored_numbers_as_strings: true,
        with_snippet: false,
    };
    match serde_saphyr::from_str_with_options::<Json>(text, options) {
        Ok(Json::Number(number)) => Value::Number(number),
        _ => match text.parse::<f64>().ok().and_then(Number::from_f64) {
            // Beyond 64 bits it refuses; what is written is a number all the same.
            Some(number) if is_integer(text) => Value::Number(number),
            _ => Value::Text(text.into()),
        },
    }
}

fn is_integer(text: &str) -> bool {
    let digits = text.trim_start_matches(['-', '+']);
    digits.len() > 18
        && !digits.starts_with('0')
        && digits.bytes().all(|byte| byte.is_ascii_digit())
}
