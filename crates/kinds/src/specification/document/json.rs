//! JSON, by serde_json; where each value stands is followed beside it.

use std::fmt;
use std::sync::Arc;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::Number;
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::span::{Source, Span};

use super::{Builder, Entry, Id, Tree, Value, count, too_deep};

/// Reads a JSON text.
pub(super) fn read(source: &Arc<Source>) -> Result<Tree, Diagnostic> {
    let mut reader = Reader {
        text: source.text().as_bytes(),
        at: 0,
        builder: Builder::new(source),
    };
    let mut deserializer = serde_json::Deserializer::from_str(source.text());
    let root = ValueSeed(&mut reader)
        .deserialize(&mut deserializer)
        .and_then(|root| deserializer.end().map(|()| root));
    match root {
        Ok(root) => Ok(reader.builder.finish(root)),
        Err(error) => Err(fault(source, &error)),
    }
}

fn fault(source: &Arc<Source>, error: &serde_json::Error) -> Diagnostic {
    let at = byte_offset(source, error.line(), error.column());
    let said = error.to_string();
    let said = said.split(" at line ").next().unwrap_or_default();
    if said == "recursion limit exceeded" {
        return too_deep(source, at);
    }
    let said = said.strip_prefix("EOF ").map_or_else(
        || said.to_owned(),
        |rest| format!("the document ends {rest}"),
    );
    Diagnostic::at(
        Span::new(source.clone(), at, at),
        format!("{} is no proper JSON", source.name()),
    )
    .label(said)
    .help("The document seems cut off or edited by hand; a JSON editor shows the place.")
}

/// The offset of a 1-based line and a column that counts bytes, as serde_json has them.
fn byte_offset(source: &Arc<Source>, line: usize, column: usize) -> usize {
    let start = source.offset(line, 1);
    let at = start + column.saturating_sub(1);
    let mut at = at.min(source.text().len());
    while !source.text().is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// Follows the text while serde_json reads it: whatever was read was proper JSON.
struct Reader<'t> {
    text: &'t [u8],
    at: usize,
    builder: Builder,
}

impl Reader<'_> {
    /// Moves to the next value or key, past what separates them.
    fn skip(&mut self) {
        while matches!(
            self.text.get(self.at),
            Some(b' ' | b'\t' | b'\r' | b'\n' | b',' | b':')
        ) {
            self.at += 1;
        }
    }

    /// Moves past a string that begins here.
    fn pass_string(&mut self) {
        self.at += 1;
        while let Some(rest) = self.text.get(self.at..) {
            let Some(next) = memchr::memchr2(b'"', b'\\', rest) else {
                break;
            };
            self.at += next + 1;
            if rest[next] == b'"' {
                return;
            }
            self.at += 1;
        }
    }

    /// Moves past a number or a word that begins here.
    fn pass_word(&mut self) {
        while matches!(
            self.text.get(self.at),
            Some(b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'+' | b'-' | b'.')
        ) {
            self.at += 1;
        }
    }

    /// Moves past the bracket that closes here.
    fn pass_closing(&mut self) {
        self.skip();
        self.at += 1;
    }

    fn word(&mut self, value: Value) -> Id {
        let start = self.at;
        self.pass_word();
        self.builder.add(start, self.at, value)
    }
}

struct ValueSeed<'r, 't>(&'r mut Reader<'t>);

impl<'de> DeserializeSeed<'de> for ValueSeed<'_, '_> {
    type Value = Id;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Id, D::Error> {
        self.0.skip();
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ValueSeed<'_, '_> {
    type Value = Id;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a value")
    }

    fn visit_unit<E: Error>(self) -> Result<Id, E> {
        Ok(self.0.word(Value::Null))
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Id, E> {
        Ok(self.0.word(Value::Bool(value)))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Id, E> {
        Ok(self.0.word(Value::Number(value.into())))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Id, E> {
        Ok(self.0.word(Value::Number(value.into())))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Id, E> {
        let number = Number::from_f64(value);
        Ok(self.0.word(number.map_or(Value::Null, Value::Number)))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Id, E> {
        let reader = self.0;
        let start = reader.at;
        reader.pass_string();
        let value = Value::Text(text.into());
        Ok(reader.builder.add(start, reader.at, value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Id, A::Error> {
        let reader = self.0;
        let start = reader.at;
        reader.at += 1;
        let mut elements = Vec::new();
        while let Some(element) = sequence.next_element_seed(ValueSeed(reader))? {
            elements.push(element);
        }
        reader.pass_closing();
        Ok(reader.builder.list(start, reader.at, elements))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Id, A::Error> {
        let reader = self.0;
        let start = reader.at;
        reader.at += 1;
        let mut entries = Vec::new();
        while let Some((key, key_start, key_end)) = map.next_key_seed(KeySeed(reader))? {
            let value = map.next_value_seed(ValueSeed(reader))?;
            entries.push(Entry {
                key,
                start: count(key_start),
                end: count(key_end),
                value,
            });
        }
        reader.pass_closing();
        Ok(reader.builder.map(start, reader.at, entries))
    }
}

/// Reads a key and gives the place of it between its quotes.
struct KeySeed<'r, 't>(&'r mut Reader<'t>);

impl<'de> DeserializeSeed<'de> for KeySeed<'_, '_> {
    type Value = (Box<str>, usize, usize);

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        self.0.skip();
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for KeySeed<'_, '_> {
    type Value = (Box<str>, usize, usize);

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a key")
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<Self::Value, E> {
        let start = self.0.at + 1;
        self.0.pass_string();
        Ok((key.into(), start, self.0.at.saturating_sub(1).max(start)))
    }
}
