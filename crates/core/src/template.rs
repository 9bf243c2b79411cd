//! Text with `${…}` references, resolved as late as each reference allows.
//!
//! `${UPPER}` names a secret of the environment, `${lower}` a built-in value of the attempt or a
//! capture, `$${` is a literal `${`. Plain variables are gone by the time a template is read: the
//! gate file's reader replaces them at load.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, Unexpected};
use serde_json::Value as Json;

use crate::diagnostic::Diagnostic;
use crate::node::{Node, Value};
use crate::secret::Sensitive;
use crate::span::Span;

/// A text with references in it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Template {
    parts: Vec<Part>,
    span: Option<Span>,
}

/// A piece of a [`Template`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// Text that stands for itself.
    Literal(String),
    /// `${UPPER}`: a secret, known at the moment of sending.
    Secret(String),
    /// `${lower}`: a built-in value or a capture of the attempt.
    Value(String),
}

/// Where the references of a template find their values.
pub trait Lookup {
    /// The secret of this name.
    ///
    /// # Errors
    /// Why it cannot be had, with the remedy.
    fn secret(&self, name: &str) -> Result<Sensitive, TemplateError>;

    /// The built-in value or capture of this name.
    fn value(&self, name: &str) -> Option<Json>;
}

/// Why a template has no text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// The braces do not close, or the name is not one.
    #[error("`{text}` is not a reference")]
    Malformed {
        /// What stands in the template.
        text: String,
    },
    /// No variable of the environment has this name.
    #[error("the secret `{name}` is not set")]
    SecretNotSet {
        /// The name of the variable.
        name: String,
    },
    /// The secret cannot be told apart from ordinary text in a report.
    #[error(
        "the secret `{name}` is shorter than {minimum} characters, too short to be kept out of reports"
    )]
    SecretTooShort {
        /// The name of the variable.
        name: String,
        /// The shortest length accepted, in characters.
        minimum: usize,
    },
    /// Nothing captured or built in has this name.
    #[error("nothing named `{name}` has been captured")]
    ValueUnknown {
        /// The name of the reference.
        name: String,
    },
}

impl TemplateError {
    /// How to mend it.
    pub fn help(&self) -> String {
        match self {
            Self::Malformed { .. } => {
                "Write `${NAME}` for a variable of the environment, `${name}` for a capture, `$${` for a literal `${`.".into()
            }
            Self::SecretNotSet { name } => {
                format!("Set {name} in the environment of this run, in CI as a secret of the job.")
            }
            Self::SecretTooShort { name, .. } => format!(
                "Use a longer value, or declare {name} under `variables:` when it is not a secret."
            ),
            Self::ValueUnknown { name } => {
                format!("Add `capture: {{ {name}: … }}` to an earlier step, or use a built-in: unique, canary, uuid, now.")
            }
        }
    }
}

impl Template {
    /// Reads the references of a text.
    ///
    /// # Errors
    /// [`TemplateError::Malformed`] for a reference that does not close or has no proper name.
    pub fn parse(text: &str) -> Result<Self, TemplateError> {
        let mut parts = Vec::new();
        let mut literal = String::new();
        let mut rest = text;
        while let Some(at) = rest.find('$') {
            literal.push_str(&rest[..at]);
            rest = &rest[at..];
            if let Some(after) = rest.strip_prefix("$${") {
                literal.push_str("${");
                rest = after;
            } else if rest.starts_with("${") {
                let (part, after) = reference(rest)?;
                if !literal.is_empty() {
                    parts.push(Part::Literal(std::mem::take(&mut literal)));
                }
                parts.push(part);
                rest = after;
            } else {
                literal.push('$');
                rest = &rest[1..];
            }
        }
        literal.push_str(rest);
        if !literal.is_empty() {
            parts.push(Part::Literal(literal));
        }
        Ok(Self { parts, span: None })
    }

    /// A text without references.
    pub fn literal(text: impl Into<String>) -> Self {
        Self {
            parts: vec![Part::Literal(text.into())],
            span: None,
        }
    }

    /// Reads the template that stands in a node; numbers and booleans count as their text.
    ///
    /// # Errors
    /// A fault at the node when it is a list or a map, or when a reference is malformed.
    pub fn from_node(node: &Node) -> Result<Self, Vec<Diagnostic>> {
        let parsed = match &node.value {
            Value::String(text) => Self::parse(text).map_err(|error| {
                vec![Diagnostic::at(node.span.clone(), error.to_string()).help(error.help())]
            })?,
            Value::Substituted(text) => Self::literal(text),
            Value::Bool(value) => Self::literal(value.to_string()),
            Value::Integer(value) => Self::literal(value.to_string()),
            Value::Float(value) => Self::literal(value.to_string()),
            Value::Null | Value::Sequence(_) | Value::Map(_) => {
                return Err(vec![
                    Diagnostic::at(node.span.clone(), format!("this is {}", node.describe()))
                        .label("expected text"),
                ]);
            }
        };
        Ok(Self {
            span: Some(node.span.clone()),
            ..parsed
        })
    }

    /// The pieces in order.
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// Where the template was written, if it was.
    pub fn span(&self) -> Option<&Span> {
        self.span.as_ref()
    }

    /// The names of the secrets it needs.
    pub fn secrets(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Secret(name) => Some(name.as_str()),
            _ => None,
        })
    }

    /// The names of the built-in values and captures it needs.
    pub fn values(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Value(name) => Some(name.as_str()),
            _ => None,
        })
    }

    /// The text with every reference resolved.
    ///
    /// # Errors
    /// The first reference that has no value.
    pub fn render(&self, lookup: &dyn Lookup) -> Result<Sensitive, TemplateError> {
        let mut text = String::new();
        for part in &self.parts {
            match part {
                Part::Literal(literal) => text.push_str(literal),
                Part::Secret(name) => text.push_str(lookup.secret(name)?.expose()),
                Part::Value(name) => match captured(lookup, name)? {
                    Json::String(value) => text.push_str(&value),
                    other => text.push_str(&other.to_string()),
                },
            }
        }
        Ok(Sensitive::new(text))
    }

    /// The value of the template: a lone reference keeps the type of what was captured.
    ///
    /// # Errors
    /// The first reference that has no value.
    pub fn render_json(&self, lookup: &dyn Lookup) -> Result<Json, TemplateError> {
        match self.parts.as_slice() {
            [Part::Value(name)] => captured(lookup, name),
            _ => Ok(Json::String(self.render(lookup)?.expose().to_owned())),
        }
    }
}

fn captured(lookup: &dyn Lookup, name: &str) -> Result<Json, TemplateError> {
    lookup
        .value(name)
        .ok_or_else(|| TemplateError::ValueUnknown {
            name: name.to_owned(),
        })
}

/// Splits one reference off the front of a text that starts with `${`.
fn reference(text: &str) -> Result<(Part, &str), TemplateError> {
    let malformed = |end: usize| TemplateError::Malformed {
        text: text.chars().take(end.min(40)).collect(),
    };
    let close = text.find('}').ok_or_else(|| malformed(40))?;
    let name = &text[2..close];
    let rest = &text[close + 1..];
    if is_variable_name(name) {
        Ok((Part::Secret(name.to_owned()), rest))
    } else if is_value_name(name) {
        Ok((Part::Value(name.to_owned()), rest))
    } else {
        Err(malformed(close + 1))
    }
}

/// Whether this is the name of a variable of the environment: `[A-Z_][A-Z0-9_]*`.
pub fn is_variable_name(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes
        .next()
        .is_some_and(|first| first.is_ascii_uppercase() || first == b'_')
        && bytes.all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
}

/// Whether this is the name of a capture or built-in value: `[a-z][a-z0-9_-]*`.
pub fn is_value_name(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes.next().is_some_and(|first| first.is_ascii_lowercase())
        && bytes
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-".contains(&byte))
}

/// Writes a text so that a template reads it as itself.
pub fn escape(text: &str) -> String {
    text.replace("${", "$${")
}

/// The text of a place where nothing is left to resolve.
pub(crate) fn without_references(text: &str) -> Result<String, String> {
    if !text.contains("${") {
        return Ok(text.to_owned());
    }
    let template = Template::parse(text).map_err(|error| error.to_string())?;
    match template.parts.as_slice() {
        [] => Ok(String::new()),
        [Part::Literal(literal)] => Ok(literal.clone()),
        parts => {
            let name = parts.iter().find_map(|part| match part {
                Part::Secret(name) | Part::Value(name) => Some(name.as_str()),
                Part::Literal(_) => None,
            });
            Err(format!(
                "`${{{}}}` cannot stand here: this value must be known when the gate file is read",
                name.unwrap_or_default()
            ))
        }
    }
}

impl<'de> Deserialize<'de> for Template {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let node = Node::deserialize(deserializer)?;
        if matches!(node.value, Value::Null | Value::Sequence(_) | Value::Map(_)) {
            // The reader of the node tells what is there instead.
            return Err(D::Error::invalid_type(
                Unexpected::Other("no text"),
                &"text",
            ));
        }
        Self::from_node(&node).map_err(|faults| {
            let message = faults.into_iter().map(|fault| fault.message).next();
            D::Error::custom(message.unwrap_or_default())
        })
    }
}

impl fmt::Display for Template {
    /// Writes the template as it stands in the gate file.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for part in &self.parts {
            match part {
                Part::Literal(text) => formatter.write_str(&escape(text))?,
                Part::Secret(name) | Part::Value(name) => write!(formatter, "${{{name}}}")?,
            }
        }
        Ok(())
    }
}

/// A JSON value with templates in its strings.
#[derive(Debug, Clone, PartialEq)]
pub struct JsonTemplate(Node);

impl JsonTemplate {
    /// Takes over a node, reading every reference in it once.
    ///
    /// # Errors
    /// Every malformed reference, at its place.
    pub fn from_node(node: &Node) -> Result<Self, Vec<Diagnostic>> {
        let template = Self(node.clone());
        let mut faults = Vec::new();
        visit(&template.0, &mut |text| {
            if let Err(more) = Template::from_node(text) {
                faults.extend(more);
            }
        });
        if faults.is_empty() {
            Ok(template)
        } else {
            Err(faults)
        }
    }

    /// The templates of all its strings.
    pub fn templates(&self) -> Vec<Template> {
        let mut templates = Vec::new();
        visit(&self.0, &mut |text| {
            templates.extend(Template::from_node(text));
        });
        templates
    }

    /// The value with every reference resolved.
    ///
    /// # Errors
    /// The first reference that has no value.
    pub fn render(&self, lookup: &dyn Lookup) -> Result<Json, TemplateError> {
        render_node(&self.0, lookup)
    }

    /// Where it was written.
    pub fn span(&self) -> &Span {
        &self.0.span
    }
}

fn visit(node: &Node, on_text: &mut dyn FnMut(&Node)) {
    match &node.value {
        Value::String(_) => on_text(node),
        Value::Sequence(elements) => elements.iter().for_each(|element| visit(element, on_text)),
        Value::Map(entries) => entries.iter().for_each(|(_, value)| visit(value, on_text)),
        _ => {}
    }
}

fn render_node(node: &Node, lookup: &dyn Lookup) -> Result<Json, TemplateError> {
    Ok(match &node.value {
        Value::Null => Json::Null,
        Value::Bool(value) => Json::Bool(*value),
        Value::Integer(value) => Json::from(*value),
        Value::Float(value) => Json::from(*value),
        Value::String(text) => Template::parse(text)?.render_json(lookup)?,
        Value::Substituted(text) => Json::String(text.clone()),
        Value::Sequence(elements) => elements
            .iter()
            .map(|element| render_node(element, lookup))
            .collect::<Result<Vec<_>, _>>()?
            .into(),
        Value::Map(entries) => Json::Object(
            entries
                .iter()
                .map(|(key, value)| Ok((key.text.clone(), render_node(value, lookup)?)))
                .collect::<Result<_, TemplateError>>()?,
        ),
    })
}

impl<'de> Deserialize<'de> for JsonTemplate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let node = Node::deserialize(deserializer)?;
        Self::from_node(&node).map_err(|faults| {
            let message = faults.into_iter().map(|fault| fault.message).next();
            D::Error::custom(message.unwrap_or_default())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fixed;

    impl Lookup for Fixed {
        fn secret(&self, name: &str) -> Result<Sensitive, TemplateError> {
            match name {
                "KEY" => Ok("s3cr${x}et".into()),
                _ => Err(TemplateError::SecretNotSet { name: name.into() }),
            }
        }

        fn value(&self, name: &str) -> Option<Json> {
            (name == "record").then(|| Json::from(7))
        }
    }

    fn rendered(text: &str) -> Result<String, TemplateError> {
        Template::parse(text)?
            .render(&Fixed)
            .map(|text| text.expose().to_owned())
    }

    #[test]
    fn references_are_resolved_once_and_only_once() {
        assert_eq!(
            rendered("/r/${record}?k=${KEY}").unwrap(),
            "/r/7?k=s3cr${x}et"
        );
        assert_eq!(rendered("cost $5 $${record}").unwrap(), "cost $5 ${record}");
        assert_eq!(rendered("$").unwrap(), "$");
    }

    #[test]
    fn a_lone_reference_keeps_its_type() {
        let template = Template::parse("${record}").unwrap();
        assert_eq!(template.render_json(&Fixed).unwrap(), Json::from(7));
        let template = Template::parse("n${record}").unwrap();
        assert_eq!(template.render_json(&Fixed).unwrap(), Json::from("n7"));
    }

    #[test]
    fn malformed_and_unknown_references_are_errors() {
        assert!(matches!(
            rendered("${oops"),
            Err(TemplateError::Malformed { .. })
        ));
        assert!(matches!(
            rendered("${Mixed}"),
            Err(TemplateError::Malformed { .. })
        ));
        assert!(matches!(
            rendered("${other}"),
            Err(TemplateError::ValueUnknown { .. })
        ));
        assert!(matches!(
            rendered("${NOPE}"),
            Err(TemplateError::SecretNotSet { .. })
        ));
    }

    proptest::proptest! {
        #[test]
        fn an_escaped_text_reads_as_itself(text in ".*") {
            let rendered = Template::parse(&escape(&text)).unwrap().render(&Fixed).unwrap();
            proptest::prop_assert_eq!(rendered.expose(), text.as_str());
        }
    }
}
