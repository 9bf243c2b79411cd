//! What the fuzz targets share: answers and values written as text, so that a seed can be read.

#![forbid(unsafe_code)]

use std::sync::Arc;

use serde_json::Value as Json;
use tidegate_core::node::{Key, Node, Value};
use tidegate_core::span::{Source, Span};

/// An answer of a portal.
#[derive(Debug)]
pub struct Answer<'a> {
    /// Its status.
    pub status: u16,
    /// Its content type.
    pub content_type: &'a str,
    /// Its body.
    pub body: &'a [u8],
}

impl<'a> Answer<'a> {
    /// Reads `500 text/html`, a line feed and the body.
    pub fn read(input: &'a [u8]) -> Option<Self> {
        let (line, body) = split_line(input)?;
        let (status, content_type) = line.split_once(' ')?;
        Some(Self {
            status: status.parse().ok()?,
            content_type,
            body,
        })
    }
}

/// The first line as text, and what follows it.
pub fn split_line(input: &[u8]) -> Option<(&str, &[u8])> {
    let at = input.iter().position(|byte| *byte == b'\n')?;
    Some((std::str::from_utf8(&input[..at]).ok()?, &input[at + 1..]))
}

/// The value that a JSON text stands for, every part of it at the place of the whole.
pub fn node(text: &str) -> Option<Node> {
    let source = Source::new("tidegate.yaml", text);
    Some(placed(serde_json::from_str(text).ok()?, &source))
}

fn placed(json: Json, source: &Arc<Source>) -> Node {
    let span = || Span::new(source.clone(), 0, source.text().len());
    let value = match json {
        Json::Null => Value::Null,
        Json::Bool(value) => Value::Bool(value),
        Json::Number(number) => match number.as_i64() {
            Some(integer) => Value::Integer(integer),
            None => Value::Float(number.as_f64().unwrap_or_default()),
        },
        Json::String(text) => Value::String(text),
        Json::Array(elements) => Value::Sequence(
            elements
                .into_iter()
                .map(|element| placed(element, source))
                .collect(),
        ),
        Json::Object(entries) => {
            let entries = entries
                .into_iter()
                .map(|(text, value)| (Key { text, span: span() }, placed(value, source)));
            Value::Map(entries.collect())
        }
    };
    Node::new(value, span())
}
