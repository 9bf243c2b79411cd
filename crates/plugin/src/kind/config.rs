//! The config of a check of a plugin: held against the plugin's schema, and handed over as JSON.

use std::collections::BTreeSet;

use jsonschema::error::ValidationErrorKind as Kind;
use jsonschema::{JsonType, ValidationError, Validator};
use serde_json::{Map, Value as Json};
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::node::{Node, Value};
use tidegate_core::scope::BUILT_IN;
use tidegate_core::span::Span;
use tidegate_core::template::{Lookup, Part, Template, TemplateError};

use super::schema::{DEEPEST, SchemaError, on_large_stack};
use super::words::{bounded, expected, types};

/// The most faults of one config that are told.
const TOLD: usize = 30;

/// A config that fits its schema.
#[derive(Debug)]
pub(super) struct Config {
    node: Node,
}

impl Config {
    /// Holds a config against the schema of its plugin.
    ///
    /// # Errors
    /// Every fault at its own line.
    pub(super) fn read(
        node: &Node,
        validator: &Validator,
        schema: &Json,
    ) -> Result<Self, Vec<Diagnostic>> {
        if let Some(deep) = too_deep(node, DEEPEST) {
            return Err(vec![
                Diagnostic::at(deep.span.clone(), "this config is nested too deeply")
                    .label(format!("expected at most {DEEPEST} levels")),
            ]);
        }
        let mut node = node.or_empty().into_owned();
        let mut faults = references(&node);
        let unusable = |error: SchemaError| {
            vec![Diagnostic::at(node.span.clone(), error.to_string()).help(error.help())]
        };
        let (read, told) =
            on_large_stack(|| held(node.clone(), validator, schema)).map_err(unusable)?;
        node = read;
        faults.extend(told);
        faults.truncate(TOLD);
        if faults.is_empty() {
            Ok(Self { node })
        } else {
            Err(faults)
        }
    }

    /// The names of the secrets in it, each with its place.
    pub(super) fn secrets(&self) -> Vec<(String, Span)> {
        let mut found = Vec::new();
        each_text(&self.node, &mut |node, template| {
            let names = template
                .secrets()
                .map(|name| (name.to_owned(), node.span.clone()));
            found.extend(names);
        });
        found
    }

    /// The config as JSON: built-in values are filled in, and a secret is its reference.
    ///
    /// # Errors
    /// When a built-in value is not known.
    pub(super) fn json(&self, lookup: &dyn Lookup) -> Result<String, TemplateError> {
        Ok(rendered(&self.node, lookup)?.to_string())
    }

    /// The place of a part, by its JSON Pointer (RFC 6901): of its nearest parent when it is not there.
    pub(super) fn place(&self, pointer: &str) -> Span {
        at(&self.node, pointer).span.clone()
    }
}

/// Holds a config against a schema; text that stands for a variable becomes a number, true or false where the schema
/// wants one.
fn held(mut node: Node, validator: &Validator, schema: &Json) -> (Node, Vec<Diagnostic>) {
    loop {
        let json = plain(&node);
        let errors: Vec<_> = validator.iter_errors(&json).take(TOLD).collect();
        let mut wanted = Vec::new();
        for error in &errors {
            unread(error, &node, &mut wanted);
        }
        let mut changed = false;
        for (pointer, read) in wanted {
            if let Some(text) = at_exactly(&mut node, &pointer)
                && matches!(text.value, Value::Substituted(_))
            {
                text.value = read;
                changed = true;
            }
        }
        if !changed {
            let told = errors.iter().flat_map(|error| faults(error, &node, schema));
            let mut told = unique(told.collect());
            told.sort_by_key(|fault| fault.span.as_ref().map(|span| span.range().start));
            return (node, told);
        }
    }
}

/// The texts that stand for a variable where the schema wants something else that they can be read as.
fn unread(error: &ValidationError<'_>, node: &Node, wanted: &mut Vec<(String, Value)>) {
    match error.kind() {
        Kind::Type { kind } => {
            let pointer = error.instance_path().as_str();
            let Value::Substituted(text) = &at(node, pointer).value else {
                return;
            };
            let read = types(kind).into_iter().find_map(|one| read_as(text, one));
            wanted.extend(read.map(|value| (pointer.to_owned(), value)));
        }
        Kind::AnyOf { context }
        | Kind::OneOfNotValid { context }
        | Kind::OneOfMultipleValid { context } => {
            context
                .iter()
                .flatten()
                .for_each(|one| unread(one, node, wanted));
        }
        _ => {}
    }
}

fn read_as(text: &str, wanted: JsonType) -> Option<Value> {
    let text = text.trim();
    match wanted {
        JsonType::Boolean => text.parse().ok().map(Value::Bool),
        JsonType::Integer => text.parse().ok().map(Value::Integer),
        JsonType::Number => {
            let whole = text.parse().ok().map(Value::Integer);
            let float = text.parse().ok().filter(|number: &f64| number.is_finite());
            whole.or(float.map(Value::Float))
        }
        _ => None,
    }
}

/// What an error of the validator means for the gate file.
fn faults(error: &ValidationError<'_>, node: &Node, schema: &Json) -> Vec<Diagnostic> {
    let pointer = error.instance_path().as_str();
    let place = at(node, pointer);
    match error.kind() {
        Kind::Required { property } => {
            let name = bounded(property.as_str().unwrap_or_default());
            vec![
                Diagnostic::at(place.span.clone(), format!("`{name}` is missing"))
                    .label(format!("needs the key `{name}`")),
            ]
        }
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
            let known = known_keys(error.schema_path().as_str(), schema);
            let named = unexpected.iter().filter_map(|name| {
                let entries = place.entries().iter();
                let key = entries.map(|(key, _)| key).find(|key| key.text == *name)?;
                Some(unknown(key.span.clone(), name, &known))
            });
            named.collect()
        }
        // What a reference stands for is not known yet; only that it is text.
        kind if !matches!(kind, Kind::Type { .. }) && has_reference(place) => Vec::new(),
        kind => {
            let what = last(pointer).map_or_else(
                || "this config does not fit".to_owned(),
                |name| format!("`{}` does not fit", bounded(&name)),
            );
            let message = match kind {
                Kind::Type { .. } => format!("{what}: this is {}", place.describe()),
                _ => what,
            };
            vec![Diagnostic::at(place.span.clone(), message).label(expected(kind))]
        }
    }
}

fn unknown(span: Span, name: &str, known: &[&str]) -> Diagnostic {
    let diagnostic = Diagnostic::at(span, format!("unknown key `{name}`"));
    match tidegate_core::diagnostic::nearest(name, known) {
        Some(near) => diagnostic.label(format!("did you mean `{near}`?")),
        None if known.is_empty() => diagnostic.label("the plugin knows no such key"),
        None => diagnostic
            .label("the plugin knows no such key")
            .help(format!("Known here: {}.", known.join(", "))),
    }
}

/// The keys that stand beside the keyword which refuses all others.
fn known_keys<'s>(keyword: &str, schema: &'s Json) -> Vec<&'s str> {
    let parent = keyword.rsplit_once('/').map_or("", |(parent, _)| parent);
    let properties = schema.pointer(parent).and_then(|one| one.get("properties"));
    let properties = properties.and_then(Json::as_object);
    properties.map_or_else(Vec::new, |known| known.keys().map(String::as_str).collect())
}

fn unique(faults: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut kept: Vec<Diagnostic> = Vec::new();
    for fault in faults {
        if !kept.contains(&fault) {
            kept.push(fault);
        }
    }
    kept
}

/// References that cannot be resolved: malformed ones, and names that are no built-in value.
fn references(node: &Node) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    each_string(node, &mut |node| match Template::from_node(node) {
        Err(faults) => found.extend(faults),
        Ok(template) => {
            let names: BTreeSet<&str> = template.values().collect();
            let unknown = names.into_iter().filter(|name| !BUILT_IN.contains(name));
            found.extend(
                unknown.map(|name| Diagnostic::unknown(node.span.clone(), "value", name, BUILT_IN)),
            );
        }
    });
    found
}

fn has_reference(node: &Node) -> bool {
    let mut found = false;
    each_text(node, &mut |_, template| {
        found |= template.secrets().next().is_some() || template.values().next().is_some();
    });
    found
}

fn each_text(node: &Node, on_text: &mut dyn FnMut(&Node, &Template)) {
    each_string(node, &mut |node| {
        if let Ok(template) = Template::from_node(node) {
            on_text(node, &template);
        }
    });
}

fn each_string(node: &Node, on_string: &mut dyn FnMut(&Node)) {
    match &node.value {
        Value::String(_) => on_string(node),
        Value::Sequence(elements) => elements.iter().for_each(|one| each_string(one, on_string)),
        Value::Map(entries) => entries
            .iter()
            .for_each(|(_, one)| each_string(one, on_string)),
        _ => {}
    }
}

fn too_deep(node: &Node, levels: usize) -> Option<&Node> {
    let Some(below) = levels.checked_sub(1) else {
        return Some(node);
    };
    match &node.value {
        Value::Sequence(elements) => elements.iter().find_map(|one| too_deep(one, below)),
        Value::Map(entries) => entries.iter().find_map(|(_, one)| too_deep(one, below)),
        _ => None,
    }
}

/// The config as it stands in the gate file.
fn plain(node: &Node) -> Json {
    match &node.value {
        Value::Null => Json::Null,
        Value::Bool(value) => Json::Bool(*value),
        Value::Integer(value) => Json::from(*value),
        Value::Float(value) => Json::from(*value),
        Value::String(text) | Value::Substituted(text) => Json::String(text.clone()),
        Value::Sequence(elements) => elements.iter().map(plain).collect(),
        Value::Map(entries) => {
            let entries = entries.iter();
            let entries: Map<_, _> = entries
                .map(|(key, one)| (key.text.clone(), plain(one)))
                .collect();
            Json::Object(entries)
        }
    }
}

fn rendered(node: &Node, lookup: &dyn Lookup) -> Result<Json, TemplateError> {
    Ok(match &node.value {
        Value::String(text) => Json::String(filled(text, lookup)?),
        Value::Sequence(elements) => {
            let elements = elements.iter().map(|one| rendered(one, lookup));
            elements.collect::<Result<_, _>>()?
        }
        Value::Map(entries) => {
            let entries = entries.iter();
            let entries = entries.map(|(key, one)| Ok((key.text.clone(), rendered(one, lookup)?)));
            Json::Object(entries.collect::<Result<_, TemplateError>>()?)
        }
        _ => plain(node),
    })
}

/// A text with its built-in values; secrets stay references.
fn filled(text: &str, lookup: &dyn Lookup) -> Result<String, TemplateError> {
    let mut filled = String::new();
    for part in Template::parse(text)?.parts() {
        match part {
            Part::Literal(literal) => filled.push_str(literal),
            Part::Secret(name) => {
                filled.push_str("${");
                filled.push_str(name);
                filled.push('}');
            }
            Part::Value(name) => match lookup.value(name) {
                Some(Json::String(value)) => filled.push_str(&value),
                Some(other) => filled.push_str(&other.to_string()),
                None => return Err(TemplateError::ValueUnknown { name: name.clone() }),
            },
        }
    }
    Ok(filled)
}

/// The names that a JSON Pointer goes through (RFC 6901, 3 and 4).
fn steps(pointer: &str) -> impl Iterator<Item = String> {
    let steps = pointer.split('/').skip(1);
    steps.map(|step| step.replace("~1", "/").replace("~0", "~"))
}

fn last(pointer: &str) -> Option<String> {
    steps(pointer)
        .filter(|step| step.parse::<usize>().is_err())
        .last()
}

fn at<'n>(node: &'n Node, pointer: &str) -> &'n Node {
    let mut here = node;
    for step in steps(pointer) {
        let next = match &here.value {
            Value::Map(_) => here.get(&step),
            Value::Sequence(elements) => {
                let index: Option<usize> = step.parse().ok();
                index.and_then(|index| elements.get(index))
            }
            _ => None,
        };
        match next {
            Some(next) => here = next,
            None => return here,
        }
    }
    here
}

fn at_exactly<'n>(node: &'n mut Node, pointer: &str) -> Option<&'n mut Node> {
    let mut here = node;
    for step in steps(pointer) {
        here = match &mut here.value {
            Value::Map(entries) => {
                let mut entries = entries.iter_mut();
                &mut entries.find(|(key, _)| key.text == step)?.1
            }
            Value::Sequence(elements) => elements.get_mut(step.parse::<usize>().ok()?)?,
            _ => return None,
        };
    }
    Some(here)
}
