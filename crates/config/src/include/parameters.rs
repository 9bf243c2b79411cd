//! Parameters of a pack: `${lower}` references that an include replaces before anything else.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::node::{Key, Node, Value};
use tidegate_core::scope::BUILT_IN;
use tidegate_core::span::Span;
use tidegate_core::template::is_value_name;

use crate::faults::{Faults, head, wrong_type};
use crate::pieces::{self, Piece};

#[derive(Default, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub(super) struct RawParameter {
    /// What it is; may name references, which stand for themselves.
    description: Option<Node>,
    /// Its value when the include says nothing.
    pub(super) default: Option<Node>,
    /// Whether it may have no value at all.
    pub(super) optional: bool,
}

impl RawParameter {
    /// What it is; empty when the pack does not say.
    pub(super) fn description(&self) -> &str {
        let text = self.description.as_ref().and_then(Node::text);
        text.unwrap_or_default()
    }
}

/// The parameters of a pack, as one include gives them.
#[derive(Debug, Default)]
pub(super) struct Values {
    /// Those with a value.
    values: BTreeMap<String, Node>,
    /// The optional ones without.
    absent: BTreeSet<String>,
}

impl Values {
    /// Whether a parameter has a value; nothing when there is no such parameter.
    pub(super) fn has(&self, name: &str) -> Option<bool> {
        let known = self.values.contains_key(name);
        (known || self.absent.contains(name)).then_some(known)
    }

    /// The names of all parameters.
    pub(super) fn names(&self) -> Vec<&str> {
        let names = self.values.keys().chain(&self.absent);
        names.map(String::as_str).collect()
    }

    fn get(&self, name: &str) -> Option<&Node> {
        self.values.get(name)
    }

    /// Whether a value is nothing but a reference to a parameter without a value.
    fn is_absent(&self, node: &Node) -> bool {
        let Value::String(text) = &node.value else {
            return false;
        };
        match pieces::split(text).as_slice() {
            [only] => only.inner().is_some_and(|name| self.absent.contains(name)),
            _ => false,
        }
    }
}

/// The value of each parameter: what `with:` says, else its default; nothing when one has neither and needs one.
pub(super) fn read(
    declared: Option<&Node>,
    with: Option<&Node>,
    include: &Node,
    faults: &mut Faults,
) -> Option<Values> {
    let declared = faults.named(declared, "a parameter");
    let given = match with {
        Some(node) if !matches!(node.value, Value::Map(_) | Value::Null) => {
            faults.push(wrong_type(node, "a map of parameters"));
            return None;
        }
        Some(node) => node.entries(),
        None => &[],
    };
    let names: Vec<&str> = declared.iter().map(|(key, _)| key.text.as_str()).collect();
    for (key, _) in given
        .iter()
        .filter(|(key, _)| !names.contains(&key.text.as_str()))
    {
        faults.push(Diagnostic::unknown(
            key.span.clone(),
            "parameter",
            &key.text,
            &names,
        ));
    }
    let mut complete = true;
    let mut values = Values::default();
    for (key, node) in declared {
        refuse_shadowing(key, faults);
        let raw: RawParameter = match node.value {
            Value::Null => RawParameter::default(),
            _ => faults.read_fields(node, &[]),
        };
        let own = given.iter().find(|(name, _)| name.text == key.text);
        let own = own.map(|(_, value)| value.clone());
        let own = own.filter(|value| !raw.optional || value.value != Value::Null);
        match own.or(raw.default.clone()) {
            Some(value) => {
                values.values.insert(key.text.clone(), value);
            }
            None if raw.optional => {
                values.absent.insert(key.text.clone());
            }
            None => {
                complete = false;
                faults.push(missing(&key.text, raw.description(), with, include));
            }
        }
    }
    complete.then_some(values)
}

fn refuse_shadowing(key: &Key, faults: &mut Faults) {
    let fault = if BUILT_IN.contains(&key.text.as_str()) {
        Diagnostic::at(
            key.span.clone(),
            format!("`{}` is a built-in value", key.text),
        )
        .label("cannot be a parameter")
    } else if is_value_name(&key.text) {
        return;
    } else {
        Diagnostic::at(
            key.span.clone(),
            format!("`{}` cannot name a parameter", key.text),
        )
        .label("small letters, digits, `-` and `_` only")
    };
    faults.push(fault.help("Give the parameter another name."));
}

fn missing(name: &str, description: &str, with: Option<&Node>, include: &Node) -> Diagnostic {
    let place = with.unwrap_or(include);
    Diagnostic::at(head(place), format!("the parameter `{name}` has no value"))
        .label(format!("needs `{name}`"))
        .help(format!("Add `{name}:` under `with:`. {description}").trim_end())
}

/// Puts the values of parameters in place of their references, in keys too; what is nothing but a parameter
/// without a value goes away.
pub(super) fn fill(node: &mut Node, values: &Values, faults: &mut Faults) {
    match &mut node.value {
        Value::String(text) if text.contains("${") => {
            let lone = pieces::split(text);
            if let [only] = lone.as_slice()
                && let Some(value) = only.inner().and_then(|name| values.get(name))
            {
                *node = value.clone();
            } else if let Some(text) = filled(text, values, &node.span, faults) {
                node.value = Value::String(text);
            }
        }
        Value::Sequence(elements) => {
            elements.retain(|element| !values.is_absent(element));
            elements
                .iter_mut()
                .for_each(|element| fill(element, values, faults));
        }
        Value::Map(entries) => {
            entries.retain(|(_, value)| !values.is_absent(value));
            for (key, value) in entries {
                if let Some(text) = filled(&key.text, values, &key.span, faults) {
                    key.text = text;
                }
                fill(value, values, faults);
            }
        }
        _ => {}
    }
}

/// A text with the values of parameters in it, when one is named there.
fn filled(text: &str, values: &Values, span: &Span, faults: &mut Faults) -> Option<String> {
    if !text.contains("${") {
        return None;
    }
    let mut changed = false;
    let mut pieces = Vec::new();
    for piece in pieces::split(text) {
        if let Some(name) = piece.inner().filter(|name| values.absent.contains(*name)) {
            faults.push(inside(name, span));
            return None;
        }
        match piece.inner().and_then(|name| values.get(name)) {
            Some(value) => {
                changed = true;
                pieces.extend(inserted(value, span, faults)?);
            }
            None => pieces.push(piece),
        }
    }
    if !changed {
        return None;
    }
    let joined = pieces::join(&pieces);
    if joined.is_none() {
        faults.push(Diagnostic::at(
            span.clone(),
            "a parameter here ends with `$`, right before a reference",
        ));
    }
    joined
}

/// Only a whole value can be left out.
fn inside(name: &str, span: &Span) -> Diagnostic {
    Diagnostic::at(
        span.clone(),
        format!("the optional parameter `{name}` has no value, and stands inside a text"),
    )
    .help(format!(
        "Give it a value under `with:`. In a pack of your own let the check say `given: {name}`, so that it is left \
         out without one."
    ))
}

/// The pieces of a value that becomes a part of a text.
fn inserted(value: &Node, span: &Span, faults: &mut Faults) -> Option<Vec<Piece>> {
    let text = match &value.value {
        Value::String(text) | Value::Substituted(text) => return Some(pieces::split(text)),
        Value::Bool(value) => value.to_string(),
        Value::Integer(value) => value.to_string(),
        Value::Float(value) => value.to_string(),
        Value::Null => String::new(),
        Value::Sequence(_) | Value::Map(_) => {
            faults.push(
                Diagnostic::at(
                    span.clone(),
                    format!("{} cannot stand inside a text", value.describe()),
                )
                .help("Give the parameter a text, or let its reference be the whole value."),
            );
            return None;
        }
    };
    Some(vec![Piece::Literal(text)])
}
