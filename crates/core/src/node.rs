//! A tree of values that remember where they were written.

use std::borrow::Cow;

use crate::span::Span;

/// A value of a gate file with the place it was written at.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// What was written.
    pub value: Value,
    /// Where it was written.
    pub span: Span,
}

/// What a [`Node`] holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Nothing, or `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// A number with a fraction or an exponent.
    Float(f64),
    /// Text; `${…}` in it is a reference that is resolved later, `$${` is a literal `${`.
    String(String),
    /// Text that replaced a template at load; a field that asks for a number may read it as one.
    Substituted(String),
    /// A list.
    Sequence(Vec<Node>),
    /// A map in the order it was written.
    Map(Vec<(Key, Node)>),
}

/// A key of a map with the place it was written at.
#[derive(Debug, Clone, PartialEq)]
pub struct Key {
    /// The key itself.
    pub text: String,
    /// Where it was written.
    pub span: Span,
}

impl Node {
    /// Puts a value at a place.
    pub fn new(value: Value, span: Span) -> Self {
        Self { value, span }
    }

    /// The value under `key`, when this is a map that has it.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entries()
            .iter()
            .find(|(name, _)| name.text == key)
            .map(|(_, node)| node)
    }

    /// The entries of a map, none for anything else.
    pub fn entries(&self) -> &[(Key, Node)] {
        match &self.value {
            Value::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The same, or a map without entries where nothing is written: a key alone asks for what is usual.
    pub fn or_empty(&self) -> Cow<'_, Self> {
        match self.value {
            Value::Null => Cow::Owned(Self::new(Value::Map(Vec::new()), self.span.clone())),
            _ => Cow::Borrowed(self),
        }
    }

    /// The text, when this is a string.
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::String(text) | Value::Substituted(text) => Some(text),
            _ => None,
        }
    }

    /// What this is, in words for an error.
    pub fn describe(&self) -> &'static str {
        match self.value {
            Value::Null => "nothing",
            Value::Bool(_) => "true or false",
            Value::Integer(_) | Value::Float(_) => "a number",
            Value::String(_) | Value::Substituted(_) => "text",
            Value::Sequence(_) => "a list",
            Value::Map(_) => "a map",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::span::Source;

    #[test]
    fn nothing_is_read_as_an_empty_map_and_everything_else_as_it_is() {
        let node = |value| Node::new(value, Span::new(Source::new("tidegate.yaml", ""), 0, 0));
        let nothing = node(Value::Null);
        assert_eq!(
            *nothing.or_empty(),
            Node::new(Value::Map(Vec::new()), nothing.span.clone())
        );
        for written in [node(Value::Bool(false)), node(Value::Sequence(Vec::new()))] {
            assert_eq!(*written.or_empty(), written);
        }
    }
}
