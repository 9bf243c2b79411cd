//! Parameters of a pack: `${lower}` references that an include replaces before anything else.

use std::collections::BTreeMap;

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
struct RawParameter {
    description: Option<String>,
    default: Option<Node>,
}

/// The value of each parameter: what `with:` says, else its default; nothing when one has neither.
pub(super) fn read(
    declared: Option<&Node>,
    with: Option<&Node>,
    include: &Node,
    faults: &mut Faults,
) -> Option<BTreeMap<String, Node>> {
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
    let mut values = BTreeMap::new();
    for (key, node) in declared {
        refuse_shadowing(key, faults);
        let raw: RawParameter = match node.value {
            Value::Null => RawParameter::default(),
            _ => faults.read_fields(node, &[]),
        };
        let own = given.iter().find(|(name, _)| name.text == key.text);
        match own.map(|(_, value)| value.clone()).or(raw.default) {
            Some(value) => {
                values.insert(key.text.clone(), value);
            }
            None => {
                complete = false;
                faults.push(missing(&key.text, raw.description, with, include));
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

fn missing(
    name: &str,
    description: Option<String>,
    with: Option<&Node>,
    include: &Node,
) -> Diagnostic {
    let purpose = description.map_or(String::new(), |text| format!(" {text}"));
    let place = with.unwrap_or(include);
    Diagnostic::at(head(place), format!("the parameter `{name}` has no value"))
        .label(format!("needs `{name}`"))
        .help(format!("Add `{name}:` under `with:`.{purpose}"))
}

/// Puts the values of parameters in place of their references, in keys too.
pub(super) fn fill(node: &mut Node, values: &BTreeMap<String, Node>, faults: &mut Faults) {
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
            elements
                .iter_mut()
                .for_each(|element| fill(element, values, faults));
        }
        Value::Map(entries) => {
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
fn filled(
    text: &str,
    values: &BTreeMap<String, Node>,
    span: &Span,
    faults: &mut Faults,
) -> Option<String> {
    if !text.contains("${") {
        return None;
    }
    let mut changed = false;
    let mut pieces = Vec::new();
    for piece in pieces::split(text) {
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
