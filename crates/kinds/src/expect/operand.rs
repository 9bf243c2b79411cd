//! What a predicate compares with: a value that may hold references.

use regex::Regex;
use serde_json::Value as Json;
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::node::{Node, Value};
use tidegate_core::span::Span;
use tidegate_core::template::{JsonTemplate, Lookup, Part, Template, TemplateError};

use super::equality::scalar_text;
use super::shape::cut;

/// The longest operand that a report repeats, in characters.
const LONGEST: usize = 120;

/// A value to compare with, and how the gate file has it.
#[derive(Debug, Clone)]
pub(crate) struct Operand {
    template: JsonTemplate,
    written: String,
}

impl Operand {
    /// Takes over the value of a node.
    ///
    /// # Errors
    /// Every malformed reference in it.
    pub(crate) fn from_node(node: &Node) -> Result<Self, Vec<Diagnostic>> {
        Ok(Self {
            template: JsonTemplate::from_node(node)?,
            written: cut(&written(node), LONGEST),
        })
    }

    /// Replaces how a report names it.
    pub(crate) fn named(self, written: String) -> Self {
        Self { written, ..self }
    }

    /// The value with every reference resolved.
    ///
    /// # Errors
    /// The first reference without a value.
    pub(crate) fn render(&self, lookup: &dyn Lookup) -> Result<Json, TemplateError> {
        self.template.render(lookup)
    }

    /// The value as the gate file has it, references unresolved.
    pub(crate) fn written(&self) -> &str {
        &self.written
    }

    /// The templates in it.
    pub(crate) fn templates(&self) -> Vec<Template> {
        self.template.templates()
    }
}

/// A value as one would write it on one line.
fn written(node: &Node) -> String {
    match &node.value {
        Value::Null => "null".into(),
        Value::Bool(value) => value.to_string(),
        Value::Integer(value) => value.to_string(),
        Value::Float(value) => value.to_string(),
        Value::String(text) | Value::Substituted(text) => Json::from(text.as_str()).to_string(),
        Value::Sequence(elements) => {
            let listed: Vec<String> = elements.iter().map(written).collect();
            format!("[{}]", listed.join(", "))
        }
        Value::Map(entries) => {
            let listed: Vec<String> = entries
                .iter()
                .map(|(key, value)| format!("{}: {}", key.text, written(value)))
                .collect();
            format!("{{ {} }}", listed.join(", "))
        }
    }
}

/// A regular expression, whose references stand for themselves letter by letter.
#[derive(Debug, Clone)]
pub(crate) enum Pattern {
    /// Compiled when the gate file was read.
    Fixed(Regex),
    /// Holds references.
    Filled(Template),
}

impl Pattern {
    /// Reads an expression.
    ///
    /// # Errors
    /// A fault at the node when it is no regular expression.
    pub(crate) fn from_node(node: &Node) -> Result<Self, Vec<Diagnostic>> {
        let template = Template::from_node(node)?;
        match template.parts() {
            [] => compile("", &node.span).map(Self::Fixed),
            [Part::Literal(text)] => compile(text, &node.span).map(Self::Fixed),
            parts => {
                let stand_in = filled(parts, |_| Ok::<_, ()>("x".into())).unwrap_or_default();
                compile(&stand_in, &node.span)?;
                Ok(Self::Filled(template))
            }
        }
    }

    /// Whether the expression matches anywhere in a text.
    ///
    /// # Errors
    /// The first reference without a value.
    pub(crate) fn matches(&self, text: &str, lookup: &dyn Lookup) -> Result<bool, TemplateError> {
        match self {
            Self::Fixed(regex) => Ok(regex.is_match(text)),
            Self::Filled(template) => {
                let expression = filled(template.parts(), |part| referenced(part, lookup))?;
                Ok(Regex::new(&expression).is_ok_and(|regex| regex.is_match(text)))
            }
        }
    }

    /// The expression as the gate file has it.
    pub(crate) fn written(&self) -> String {
        match self {
            Self::Fixed(regex) => regex.as_str().to_owned(),
            Self::Filled(template) => template.to_string(),
        }
    }

    /// The template of an expression with references.
    pub(crate) fn template(&self) -> Option<&Template> {
        match self {
            Self::Fixed(_) => None,
            Self::Filled(template) => Some(template),
        }
    }
}

/// Compiles a regular expression that stands at `span`.
///
/// # Errors
/// A fault at the span when it is none.
pub(crate) fn compile(text: &str, span: &Span) -> Result<Regex, Vec<Diagnostic>> {
    Regex::new(text).map_err(|error| {
        let reason = error.to_string();
        let last = reason.lines().last().unwrap_or_default();
        let last = last.trim().trim_start_matches("error: ").to_owned();
        vec![
            Diagnostic::at(span.clone(), "this is not a regular expression")
                .label(last)
                .help("The syntax is that of the Rust crate `regex`: no look-around, no back-references."),
        ]
    })
}

fn referenced(part: &Part, lookup: &dyn Lookup) -> Result<String, TemplateError> {
    match part {
        Part::Literal(text) => Ok(text.clone()),
        Part::Secret(name) => Ok(lookup.secret(name)?.expose().to_owned()),
        Part::Value(name) => {
            let unknown = || TemplateError::ValueUnknown { name: name.clone() };
            let value = lookup.value(name).ok_or_else(unknown)?;
            Ok(scalar_text(&value).unwrap_or_else(|| value.to_string()))
        }
    }
}

fn filled<E>(parts: &[Part], value: impl Fn(&Part) -> Result<String, E>) -> Result<String, E> {
    parts
        .iter()
        .map(|part| match part {
            Part::Literal(text) => Ok(text.clone()),
            reference => value(reference).map(|text| regex::escape(&text)),
        })
        .collect()
}
