//! Gate files as texts.

use std::sync::Arc;

use serde_json::Value as Json;
use tidegate_core::node::{Key, Node, Value};
use tidegate_core::span::{Source, Span};

/// Reads a text as a gate file would be, with spans good enough to tell lines apart.
pub(crate) fn node(text: &str) -> Node {
    let json: Json = serde_saphyr::from_str(text).expect("the YAML of a test");
    placed(&json, text)
}

/// A value as if it had been read from a text.
pub(crate) fn placed(json: &Json, text: &str) -> Node {
    let source = Source::new("tidegate.yaml", text);
    Reader { source, at: 0 }.node(json)
}

/// Finds each value where it stands, in the order of the text.
struct Reader {
    source: Arc<Source>,
    at: usize,
}

impl Reader {
    fn span(&mut self, text: &str) -> Span {
        let found = self.source.text()[self.at..].find(text);
        let start = found.map_or(self.at, |found| self.at + found);
        let end = found.map_or(start, |_| start + text.len());
        self.at = end;
        Span::new(self.source.clone(), start, end)
    }

    fn node(&mut self, json: &Json) -> Node {
        let start = self.at;
        let value = match json {
            Json::Null => Value::Null,
            Json::Bool(value) => {
                return Node::new(Value::Bool(*value), self.span(&value.to_string()));
            }
            Json::Number(number) => {
                let span = self.span(&number.to_string());
                let value = number
                    .as_i64()
                    .map_or_else(|| Value::Float(number.as_f64().unwrap()), Value::Integer);
                return Node::new(value, span);
            }
            Json::String(text) => return Node::new(Value::String(text.clone()), self.span(text)),
            Json::Array(elements) => {
                Value::Sequence(elements.iter().map(|element| self.node(element)).collect())
            }
            Json::Object(entries) => Value::Map(
                entries
                    .iter()
                    .map(|(key, value)| {
                        let span = self.span(key);
                        let key = Key {
                            text: key.clone(),
                            span,
                        };
                        (key, self.node(value))
                    })
                    .collect(),
            ),
        };
        Node::new(value, Span::new(self.source.clone(), start, self.at))
    }
}

/// The examples of a page, in its order.
pub(crate) fn examples(page: &str) -> Vec<Json> {
    let blocks = page.split("```yaml\n").skip(1);
    let blocks = blocks.filter_map(|rest| rest.split("```").next());
    blocks
        .map(|block| serde_saphyr::from_str(block).unwrap())
        .collect()
}
