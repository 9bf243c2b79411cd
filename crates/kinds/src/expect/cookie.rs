//! What a cookie must be: its value and its attributes (RFC 6265, 5.2).

use serde_json::Value as Json;
use tidegate_core::de::gather;
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::node::{Key, Node, Value};
use tidegate_core::ports::http::Cookie;
use tidegate_core::template::{Lookup, Template, TemplateError};

use super::predicate::{self, Mismatch, PREDICATES, Predicate, Subject};

/// The key in the gate file and the name of the attribute.
const ATTRIBUTES: &[(&str, &str)] = &[
    ("http-only", "httponly"),
    ("secure", "secure"),
    ("same-site", "samesite"),
    ("path", "path"),
    ("domain", "domain"),
    ("max-age", "max-age"),
    ("expires", "expires"),
];

/// The attributes that are there or not, without a value.
const FLAGS: &[&str] = &["httponly", "secure"];

/// What one cookie must be.
#[derive(Debug, Clone)]
pub(crate) struct CookieExpectation {
    /// Its name.
    pub(crate) name: String,
    value: Vec<Predicate>,
    attributes: Vec<(&'static str, Vec<Predicate>)>,
}

impl CookieExpectation {
    /// Reads what stands under a cookie's name: a value, or predicates and attributes.
    ///
    /// # Errors
    /// Unknown keys with the nearest name.
    pub(crate) fn parse(name: &str, node: &Node) -> Result<Self, Vec<Diagnostic>> {
        let mut cookie = Self {
            name: name.to_owned(),
            value: Vec::new(),
            attributes: Vec::new(),
        };
        if !matches!(node.value, Value::Map(_)) {
            cookie.value = predicate::parse(node)?;
            return Ok(cookie);
        }
        let (attributes, rest): (Vec<_>, Vec<_>) = node
            .entries()
            .iter()
            .cloned()
            .partition(|(key, _)| attribute(key).is_some());
        let known = rest
            .iter()
            .find(|(key, _)| !PREDICATES.contains(&key.text.as_str()));
        if let Some((key, _)) = known {
            return Err(vec![unknown(key)]);
        }
        if !rest.is_empty() || attributes.is_empty() {
            cookie.value = predicate::parse(&Node::new(Value::Map(rest), node.span.clone()))?;
        }
        cookie.attributes = gather(attributes.iter().map(|(key, value)| {
            let name = attribute(key).unwrap_or_default();
            possible(name, value)?;
            Ok((name, predicate::parse(value)?))
        }))?;
        Ok(cookie)
    }

    /// How many expectations it is.
    pub(crate) fn count(&self) -> usize {
        let attributes = self
            .attributes
            .iter()
            .map(|(_, predicates)| predicates.len());
        self.value.len() + attributes.sum::<usize>()
    }

    /// The templates in it.
    pub(crate) fn templates(&self) -> Vec<Template> {
        let attributes = self.attributes.iter().map(|(_, predicates)| predicates);
        std::iter::once(&self.value)
            .chain(attributes)
            .flat_map(|predicates| predicate::templates(predicates))
            .collect()
    }

    /// What does not hold: the attribute, empty for the value, and the mismatch.
    ///
    /// # Errors
    /// The first reference without a value.
    pub(crate) fn check(
        &self,
        cookie: Option<&Cookie>,
        lookup: &dyn Lookup,
    ) -> Result<Vec<(&'static str, Mismatch)>, TemplateError> {
        let value = cookie.map(|cookie| cookie.value.expose());
        let mut unmet: Vec<_> = predicate::check(&self.value, &Subject::text(value), lookup)?
            .into_iter()
            .map(|mismatch| ("", mismatch))
            .collect();
        for (name, predicates) in &self.attributes {
            let subject = subject(cookie, name);
            let mismatches = predicate::check(predicates, &subject, lookup)?;
            unmet.extend(mismatches.into_iter().map(|mismatch| (*name, mismatch)));
        }
        Ok(unmet)
    }
}

/// Refuses what an attribute can never be: a flag is there or not, and `SameSite` has three values.
fn possible(name: &str, node: &Node) -> Result<(), Vec<Diagnostic>> {
    let text = match &node.value {
        Value::Map(_) => return Ok(()),
        Value::Bool(value) => value.to_string(),
        Value::String(text) | Value::Substituted(text) => text.to_ascii_lowercase(),
        _ => String::new(),
    };
    let choices: &[&str] = match name {
        "samesite" => &["strict", "lax", "none"],
        _ if FLAGS.contains(&name) => &["true", "false"],
        _ => return Ok(()),
    };
    if text.contains("${") || choices.contains(&text.as_str()) {
        return Ok(());
    }
    Err(vec![
        Diagnostic::at(node.span.clone(), "a cookie is never like this")
            .label(format!("expected one of {}", choices.join(", "))),
    ])
}

/// A flag is true or false; other attributes are lowercase text. No cookie has no attribute.
fn subject<'v>(cookie: Option<&Cookie>, name: &str) -> Subject<'v> {
    let Some(cookie) = cookie else {
        return Subject::of(None);
    };
    let attribute = cookie.attribute(name);
    if FLAGS.contains(&name) {
        return Subject::made(Json::Bool(attribute.is_some()));
    }
    let text = attribute.map(|value| value.unwrap_or_default().to_ascii_lowercase());
    Subject::text(text)
}

fn attribute(key: &Key) -> Option<&'static str> {
    ATTRIBUTES
        .iter()
        .find(|(known, _)| *known == key.text)
        .map(|(_, name)| *name)
}

fn unknown(key: &Key) -> Diagnostic {
    let names: Vec<&str> = ATTRIBUTES
        .iter()
        .map(|(known, _)| *known)
        .chain(PREDICATES.iter().copied())
        .collect();
    Diagnostic::unknown(
        key.span.clone(),
        "attribute or predicate",
        &key.text,
        &names,
    )
}
