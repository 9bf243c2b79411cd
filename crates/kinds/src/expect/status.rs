//! Which status codes are expected.

use serde_json::Value as Json;
use tidegate_core::de::gather;
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::node::{Node, Value};
use tidegate_core::span::Span;
use tidegate_core::template::{Lookup, Template, TemplateError};

use super::predicate::{self, Mismatch, Predicate, Subject};

/// The status codes that are accepted.
#[derive(Debug, Clone)]
pub(crate) enum Status {
    /// Any of these.
    OneOf {
        /// The codes and classes.
        accepted: Vec<Accepted>,
        /// Where they were written.
        span: Span,
    },
    /// Those for which all of these hold.
    Predicates(Vec<Predicate>),
}

/// A status code or a class of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Accepted {
    /// One code, as in `201`.
    Code(u16),
    /// A hundred codes by their first digit, as in `2xx`.
    Class(u16),
}

impl Accepted {
    fn admits(self, status: u16) -> bool {
        match self {
            Self::Code(code) => code == status,
            Self::Class(class) => class == status / 100,
        }
    }

    fn class(self) -> u16 {
        match self {
            Self::Code(code) => code / 100,
            Self::Class(class) => class,
        }
    }

    fn words(self) -> String {
        match self {
            Self::Code(code) => code.to_string(),
            Self::Class(class) => format!("{class}xx"),
        }
    }
}

impl Status {
    /// Reads a number, a class such as `2xx`, a list of those, or predicates.
    ///
    /// # Errors
    /// When it is none of them.
    pub(crate) fn parse(node: &Node) -> Result<Self, Vec<Diagnostic>> {
        let elements = match &node.value {
            Value::Map(_) => return predicate::parse(node).map(Self::Predicates),
            Value::Sequence(elements) if elements.is_empty() => {
                return Err(vec![
                    Diagnostic::at(node.span.clone(), "no status is accepted here")
                        .label("needs at least one status"),
                ]);
            }
            Value::Sequence(elements) => elements.as_slice(),
            _ => std::slice::from_ref(node),
        };
        Ok(Self::OneOf {
            accepted: gather(elements.iter().map(accepted))?,
            span: node.span.clone(),
        })
    }

    /// What does not hold for a status.
    ///
    /// # Errors
    /// The first reference without a value.
    pub(crate) fn check(
        &self,
        status: u16,
        lookup: &dyn Lookup,
    ) -> Result<Vec<Mismatch>, TemplateError> {
        let actual = Json::from(status);
        match self {
            Self::Predicates(predicates) => {
                predicate::check(predicates, &Subject::of(Some(&actual)), lookup)
            }
            Self::OneOf { accepted, .. } if accepted.iter().any(|one| one.admits(status)) => {
                Ok(Vec::new())
            }
            Self::OneOf { accepted, span } => {
                let words: Vec<String> = accepted.iter().map(|one| one.words()).collect();
                Ok(vec![Mismatch {
                    span: span.clone(),
                    below: String::new(),
                    expected: words.join(" or "),
                    actual: Some(actual),
                }])
            }
        }
    }

    /// How many expectations it is.
    pub(crate) fn count(&self) -> usize {
        match self {
            Self::OneOf { .. } => 1,
            Self::Predicates(predicates) => predicates.len(),
        }
    }

    /// Whether a redirect is among what is listed.
    pub(crate) fn lists_redirect(&self) -> bool {
        self.classes().contains(&3)
    }

    /// Whether nothing but refusals and errors is listed.
    pub(crate) fn lists_only_errors(&self) -> bool {
        let classes = self.classes();
        !classes.is_empty() && classes.iter().all(|class| *class >= 4)
    }

    /// The templates in it.
    pub(crate) fn templates(&self) -> Vec<Template> {
        match self {
            Self::OneOf { .. } => Vec::new(),
            Self::Predicates(predicates) => predicate::templates(predicates),
        }
    }

    fn classes(&self) -> Vec<u16> {
        match self {
            Self::OneOf { accepted, .. } => accepted.iter().map(|one| one.class()).collect(),
            Self::Predicates(_) => Vec::new(),
        }
    }
}

fn accepted(node: &Node) -> Result<Accepted, Vec<Diagnostic>> {
    let text = match &node.value {
        Value::Integer(code) => code.to_string(),
        Value::String(text) | Value::Substituted(text) => text.to_ascii_lowercase(),
        _ => String::new(),
    };
    let class = text
        .strip_suffix("xx")
        .and_then(|class| class.parse().ok())
        .filter(|class| (1..=5).contains(class))
        .map(Accepted::Class);
    let code = text
        .parse()
        .ok()
        .filter(|code| (100..=599).contains(code))
        .map(Accepted::Code);
    class.or(code).ok_or_else(|| {
        vec![
            Diagnostic::at(node.span.clone(), "this is not a status")
                .label("expected a status such as 201, or a class such as 2xx")
                .help("Several are a list, as in [200, 204]."),
        ]
    })
}
