//! What serde-saphyr reads: any value, each with its place.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_saphyr::Spanned;
use tidegate_core::node::Value;

/// A value with the place it is used at and the place it is written at.
pub(super) struct Tree(pub(super) Spanned<Written>);

/// A value whose parts are not nodes yet.
pub(super) enum Written {
    /// Anything but a list or a map.
    Scalar(Value),
    /// A list.
    Sequence(Vec<Tree>),
    /// A map in the order it is written.
    Map(Vec<(Spanned<String>, Tree)>),
}

impl<'de> Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Spanned::deserialize(deserializer).map(Self)
    }
}

impl<'de> Deserialize<'de> for Written {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(WrittenVisitor)
    }
}

struct WrittenVisitor;

impl<'de> Visitor<'de> for WrittenVisitor {
    type Value = Written;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a value of a gate file")
    }

    fn visit_unit<E: Error>(self) -> Result<Written, E> {
        Ok(Written::Scalar(Value::Null))
    }

    fn visit_none<E: Error>(self) -> Result<Written, E> {
        self.visit_unit()
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Written, E> {
        Ok(Written::Scalar(Value::Bool(value)))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Written, E> {
        Ok(Written::Scalar(Value::Integer(value)))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Written, E> {
        let integer = i64::try_from(value).map(Value::Integer);
        Ok(Written::Scalar(
            integer.unwrap_or(Value::Float(value as f64)),
        ))
    }

    fn visit_i128<E: Error>(self, value: i128) -> Result<Written, E> {
        Ok(Written::Scalar(Value::Float(value as f64)))
    }

    fn visit_u128<E: Error>(self, value: u128) -> Result<Written, E> {
        Ok(Written::Scalar(Value::Float(value as f64)))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Written, E> {
        Ok(Written::Scalar(Value::Float(value)))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Written, E> {
        self.visit_string(text.to_owned())
    }

    fn visit_string<E: Error>(self, text: String) -> Result<Written, E> {
        Ok(Written::Scalar(Value::String(text)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Written, A::Error> {
        let mut elements = Vec::new();
        while let Some(element) = sequence.next_element()? {
            elements.push(element);
        }
        Ok(Written::Sequence(elements))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Written, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Written::Map(entries))
    }
}
