//! Reads typed values out of [`Node`]s with serde, so that every error has a place.
//!
//! Unknown keys are always errors here: a typed config need not say so.

use std::cell::RefCell;
use std::fmt;

use serde::de::{self, DeserializeOwned, DeserializeSeed, Error as _, IntoDeserializer, Visitor};

use crate::diagnostic::Diagnostic;
use crate::located::{LOCATED_TOKEN, NODE_TOKEN, hand_over};
use crate::node::{Key, Node, Value};
use crate::template;

impl Node {
    /// Reads a typed value.
    ///
    /// # Errors
    /// Every unknown key, and the first wrong value of each struct.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, Vec<Diagnostic>> {
        self.read_beside(&[])
    }

    /// Reads a typed value from a map whose keys in `others` were taken before, so that a slip of
    /// the keyboard is compared with those as well.
    ///
    /// # Errors
    /// As for [`Node::read`].
    pub fn read_beside<T: DeserializeOwned>(&self, others: &[&str]) -> Result<T, Vec<Diagnostic>> {
        let faults = RefCell::new(Vec::new());
        let read = T::deserialize(Reader {
            node: self,
            others,
            faults: &faults,
        });
        let mut faults = faults.into_inner();
        match read {
            Ok(value) if faults.is_empty() => Ok(value),
            Ok(_) => Err(faults),
            Err(Fault(diagnostic)) => {
                faults.push(diagnostic.or_at(self));
                Err(faults)
            }
        }
    }

    /// Reads each element of a list, or the one value that stands where a list may.
    ///
    /// # Errors
    /// The faults of all elements.
    pub fn read_each<T: DeserializeOwned>(&self) -> Result<Vec<T>, Vec<Diagnostic>> {
        let elements = match &self.value {
            Value::Sequence(elements) => elements.as_slice(),
            _ => std::slice::from_ref(self),
        };
        gather(elements.iter().map(Node::read))
    }
}

/// All values, or the faults of all that failed.
///
/// # Errors
/// The faults of every item, in order.
pub fn gather<T>(
    items: impl IntoIterator<Item = Result<T, Vec<Diagnostic>>>,
) -> Result<Vec<T>, Vec<Diagnostic>> {
    let mut values = Vec::new();
    let mut faults = Vec::new();
    for item in items {
        match item {
            Ok(value) => values.push(value),
            Err(more) => faults.extend(more),
        }
    }
    if faults.is_empty() {
        Ok(values)
    } else {
        Err(faults)
    }
}

/// Stands in until the place, and so the value, is known.
const WRONG_TYPE: &str = "wrong type of value";

/// Serde names Rust types; a gate file has only these.
fn plain_words(expected: &str) -> String {
    match expected {
        "u8" | "u16" | "u32" | "u64" | "usize" | "i8" | "i16" | "i32" | "i64" | "isize" => {
            "a whole number"
        }
        "f32" | "f64" => "a number",
        "a string" | "str" | "string" => "text",
        "a sequence" => "a list",
        "a boolean" => "true or false",
        other if other.starts_with("struct ") => "a map",
        other => other,
    }
    .to_owned()
}

/// A fault on its way up to where its place is known.
#[derive(Debug)]
struct Fault(Diagnostic);

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0.message)
    }
}

impl std::error::Error for Fault {}

impl de::Error for Fault {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(Diagnostic::new(message.to_string()))
    }

    fn invalid_type(_: de::Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        Self(
            Diagnostic::new(WRONG_TYPE)
                .label(format!("expected {}", plain_words(&expected.to_string()))),
        )
    }

    fn invalid_value(found: de::Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        let expected = plain_words(&expected.to_string());
        Self(Diagnostic::new(format!("unfit value: {found}")).label(format!("expected {expected}")))
    }

    fn unknown_variant(variant: &str, expected: &'static [&'static str]) -> Self {
        Self(choice(variant, expected))
    }

    fn missing_field(field: &'static str) -> Self {
        Self(
            Diagnostic::new(format!("`{field}` is missing"))
                .label(format!("needs `{field}`"))
                .help(format!("Add `{field}:` here.")),
        )
    }
}

fn choice(found: &str, expected: &[&str]) -> Diagnostic {
    let listed = expected.join("`, `");
    let diagnostic = Diagnostic::new(format!("unknown choice `{found}`"));
    match crate::diagnostic::nearest(found, expected) {
        Some(near) => diagnostic.label(format!("did you mean `{near}`?")),
        None => diagnostic.label("not one of the choices"),
    }
    .help(format!("Choose one of `{listed}`."))
}

impl Diagnostic {
    fn or_at(mut self, node: &Node) -> Self {
        self.span.get_or_insert_with(|| node.span.clone());
        if self.message == WRONG_TYPE {
            self.message = format!("this is {}", node.describe());
        }
        self
    }
}

/// The serde deserializer of one node.
#[derive(Clone, Copy)]
struct Reader<'n> {
    node: &'n Node,
    others: &'n [&'n str],
    faults: &'n RefCell<Vec<Diagnostic>>,
}

impl<'n> Reader<'n> {
    fn inside(self, node: &'n Node) -> Self {
        Self {
            node,
            others: &[],
            ..self
        }
    }

    fn placed<T>(self, read: Result<T, Fault>) -> Result<T, Fault> {
        read.map_err(|Fault(diagnostic)| Fault(diagnostic.or_at(self.node)))
    }

    fn plain_text(self, text: &str) -> Result<String, Fault> {
        template::without_references(text)
            .map_err(|message| Fault(Diagnostic::new(message).or_at(self.node)))
    }

    /// Text that replaced a template counts as the scalar it spells.
    fn scalar<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let read = match &self.node.value {
            Value::Bool(value) => visitor.visit_bool(*value),
            Value::Integer(value) => visitor.visit_i64(*value),
            Value::Float(value) => visitor.visit_f64(*value),
            Value::Substituted(text) => {
                match (text.parse::<i64>(), text.parse::<f64>(), text.as_str()) {
                    (Ok(value), _, _) => visitor.visit_i64(value),
                    (_, Ok(value), _) if value.is_finite() => visitor.visit_f64(value),
                    (_, _, "true") => visitor.visit_bool(true),
                    (_, _, "false") => visitor.visit_bool(false),
                    _ => visitor.visit_str(text),
                }
            }
            Value::String(text) => visitor.visit_string(self.plain_text(text)?),
            Value::Null => visitor.visit_unit(),
            Value::Sequence(_) | Value::Map(_) => {
                return de::Deserializer::deserialize_any(self, visitor);
            }
        };
        self.placed(read)
    }

    fn map<'de, V: Visitor<'de>>(
        self,
        entries: Vec<&'n (Key, Node)>,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        let access = MapReader {
            reader: self,
            entries: entries.into_iter(),
            value: None,
        };
        self.placed(visitor.visit_map(access))
    }
}

macro_rules! scalars {
    ($($method:ident)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
            self.scalar(visitor)
        })*
    };
}

impl<'de> de::Deserializer<'de> for Reader<'_> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match &self.node.value {
            Value::Sequence(elements) => {
                let access = SequenceReader {
                    reader: self,
                    elements: elements.iter(),
                };
                self.placed(visitor.visit_seq(access))
            }
            Value::Map(entries) => self.map(entries.iter().collect(), visitor),
            Value::Substituted(text) => self.placed(visitor.visit_str(text)),
            _ => self.scalar(visitor),
        }
    }

    scalars! {
        deserialize_bool deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64
        deserialize_f32 deserialize_f64
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.node.value {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        let read = match name {
            NODE_TOKEN => {
                hand_over(self.node);
                visitor.visit_unit()
            }
            LOCATED_TOKEN => {
                hand_over(self.node);
                visitor.visit_newtype_struct(self)
            }
            _ => visitor.visit_newtype_struct(self),
        };
        self.placed(read)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        let Value::Map(entries) = &self.node.value else {
            return self.deserialize_any(visitor);
        };
        let (known, unknown): (Vec<_>, Vec<_>) = entries
            .iter()
            .partition(|(key, _)| fields.contains(&key.text.as_str()));
        let names: Vec<&str> = fields.iter().chain(self.others).copied().collect();
        self.faults.borrow_mut().extend(
            unknown
                .iter()
                .map(|(key, _)| Diagnostic::unknown(key.span.clone(), "key", &key.text, &names)),
        );
        self.map(known, visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        let read = match &self.node.value {
            Value::String(text) | Value::Substituted(text) => {
                visitor.visit_enum(self.plain_text(text)?.as_str().into_deserializer())
            }
            Value::Map(entries) if entries.len() == 1 => {
                self.map(entries.iter().collect(), EnumFromMap(visitor))
            }
            _ => Err(Fault::invalid_type(
                de::Unexpected::Other(""),
                &"one of the choices",
            )),
        };
        self.placed(read)
    }

    serde::forward_to_deserialize_any! {
        i128 u128 char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map
        identifier ignored_any
    }
}

/// Reads an enum with a payload from a map of one entry.
struct EnumFromMap<V>(V);

impl<'de, V: Visitor<'de>> Visitor<'de> for EnumFromMap<V> {
    type Value = V::Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(formatter)
    }

    fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<V::Value, A::Error> {
        self.0
            .visit_enum(de::value::MapAccessDeserializer::new(map))
    }
}

struct SequenceReader<'n> {
    reader: Reader<'n>,
    elements: std::slice::Iter<'n, Node>,
}

impl<'de> de::SeqAccess<'de> for SequenceReader<'_> {
    type Error = Fault;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Fault> {
        let Some(element) = self.elements.next() else {
            return Ok(None);
        };
        let reader = self.reader.inside(element);
        reader.placed(seed.deserialize(reader)).map(Some)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.elements.len())
    }
}

struct MapReader<'n> {
    reader: Reader<'n>,
    entries: std::vec::IntoIter<&'n (Key, Node)>,
    value: Option<&'n Node>,
}

impl<'de> de::MapAccess<'de> for MapReader<'_> {
    type Error = Fault;

    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Fault> {
        let Some((key, value)) = self.entries.next() else {
            return Ok(None);
        };
        self.value = Some(value);
        let node = Node::new(Value::Substituted(key.text.clone()), key.span.clone());
        let reader = Reader {
            node: &node,
            others: &[],
            faults: self.reader.faults,
        };
        reader.placed(seed.deserialize(reader)).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Fault> {
        let value = self
            .value
            .take()
            .ok_or_else(|| Fault::custom("value asked for before its key"))?;
        let reader = self.reader.inside(value);
        reader.placed(seed.deserialize(reader))
    }
}

#[cfg(test)]
mod tests;
