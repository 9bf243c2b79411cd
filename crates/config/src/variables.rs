//! Plain variables: `${NAME}` of a declared name and `${NAME:-default}`, replaced when the file is read.
//!
//! What is neither stays a reference to a secret, which only the moment of sending resolves.

use std::collections::{BTreeMap, BTreeSet};

use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::node::{Key, Node, Value};
use tidegate_core::span::Span;
use tidegate_core::template::is_variable_name;

use crate::faults::{Faults, wrong_type};
use crate::pieces::{self, Piece};

/// The plain variables of a gate file for one environment.
pub(crate) struct Variables<'v> {
    /// Declared names with the value the file gives them.
    declared: BTreeMap<String, Declared>,
    process: &'v dyn Fn(&str) -> Option<String>,
    /// Names that were told to be missing.
    told: BTreeSet<String>,
    /// Whether a reference to a missing one stays as it is written.
    keep_unset: bool,
}

#[derive(Default)]
struct Declared {
    description: Option<String>,
    /// The environment's own value.
    fixed: Option<String>,
    default: Option<String>,
}

/// A variable under `variables:`.
#[derive(Default, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(deny_unknown_fields)]
pub(crate) struct RawVariable {
    /// What it is for; shown when it is not set.
    #[serde(default)]
    description: Option<String>,
    /// The value when the environment does not set it.
    #[schemars(schema_with = "crate::schema::parts::scalar")]
    #[serde(default)]
    default: Option<Node>,
}

impl<'v> Variables<'v> {
    /// Reads `variables:` at the top and in the environments, of which `chosen` gives its values.
    pub(crate) fn read(
        section: Option<&Node>,
        environments: &[(String, Option<&Node>)],
        chosen: &str,
        process: &'v dyn Fn(&str) -> Option<String>,
        faults: &mut Faults,
    ) -> Self {
        let mut declared: BTreeMap<String, Declared> = BTreeMap::new();
        for (name, node) in proper(section, faults) {
            let read = match &node.value {
                Value::Null => Declared::default(),
                Value::Map(_) => declaration(node, faults),
                _ => Declared {
                    default: plain(node, faults),
                    ..Declared::default()
                },
            };
            declared.insert(name.to_owned(), read);
        }
        for (environment, section) in environments {
            for (name, node) in proper(*section, faults) {
                let value = plain(node, faults);
                let slot = declared.entry(name.to_owned()).or_default();
                if environment == chosen {
                    slot.fixed = value;
                }
            }
        }
        Self {
            declared,
            process,
            told: BTreeSet::new(),
            keep_unset: false,
        }
    }

    /// The same of a whole gate file: `all` are its environments.
    pub(crate) fn of(
        section: Option<&Node>,
        all: &[(Key, Node)],
        chosen: &str,
        process: &'v dyn Fn(&str) -> Option<String>,
        faults: &mut Faults,
    ) -> Self {
        let sections = all.iter();
        let sections = sections.map(|(key, node)| (key.text.clone(), node.get("variables")));
        let sections: Vec<(String, Option<&Node>)> = sections.collect();
        Self::read(section, &sections, chosen, process, faults)
    }

    /// Leaves references to variables without a value as they are written, and tells none.
    pub(crate) fn keeping_unset(self) -> Self {
        Self {
            keep_unset: true,
            ..self
        }
    }

    /// Replaces every plain reference in a tree; a missing variable is told once.
    pub(crate) fn resolve(&mut self, node: &mut Node, faults: &mut Faults) {
        match &mut node.value {
            Value::String(text) if text.contains("${") => {
                if let Some(value) = self.replaced(text, &node.span, faults) {
                    node.value = value;
                }
            }
            Value::Sequence(elements) => {
                elements
                    .iter_mut()
                    .for_each(|element| self.resolve(element, faults));
            }
            Value::Map(entries) => {
                entries
                    .iter_mut()
                    .for_each(|(_, value)| self.resolve(value, faults));
            }
            _ => {}
        }
    }

    /// What stands in place of a text, when a plain reference is in it.
    fn replaced(&mut self, text: &str, span: &Span, faults: &mut Faults) -> Option<Value> {
        let mut changed = false;
        let pieces: Vec<Piece> = pieces::split(text)
            .into_iter()
            .map(|piece| match self.value(&piece, span, faults) {
                Some(value) => {
                    changed = true;
                    Piece::Literal(value)
                }
                None => piece,
            })
            .collect();
        if !changed {
            return None;
        }
        if let Some(literal) = pieces::literal(&pieces) {
            return Some(Value::Substituted(literal));
        }
        let joined = pieces::join(&pieces);
        if joined.is_none() {
            faults.push(
                Diagnostic::at(
                    span.clone(),
                    "a variable here ends with `$`, right before a reference",
                )
                .help("Put a character between the two references."),
            );
        }
        joined.map(Value::String)
    }

    /// The value of a reference to a plain variable.
    fn value(&mut self, piece: &Piece, span: &Span, faults: &mut Faults) -> Option<String> {
        let inner = piece.inner()?;
        let (name, inline) = match inner.split_once(":-") {
            Some((name, default)) => (name, Some(default)),
            None => (inner, None),
        };
        let declared = self.declared.get(name);
        if !is_variable_name(name) || (declared.is_none() && inline.is_none()) {
            return None;
        }
        let set = (self.process)(name).filter(|value| !value.is_empty());
        let value = set
            .or_else(|| declared.and_then(|declared| declared.fixed.clone()))
            .or_else(|| inline.map(str::to_owned))
            .or_else(|| declared.and_then(|declared| declared.default.clone()));
        if value.is_none() && self.keep_unset {
            return None;
        }
        if value.is_none() && self.told.insert(name.to_owned()) {
            let purpose = declared.and_then(|declared| declared.description.as_deref());
            faults.push(missing(name, purpose, &narrowed(span, inner)));
        }
        // A missing one is read on as empty: its absence has been told.
        Some(value.unwrap_or_default())
    }
}

fn declaration(node: &Node, faults: &mut Faults) -> Declared {
    let raw: RawVariable = faults.read_fields(node, &[]);
    Declared {
        description: raw.description,
        fixed: None,
        default: raw.default.as_ref().and_then(|node| plain(node, faults)),
    }
}

/// The entries of a `variables:` section whose names are proper.
fn proper<'n>(section: Option<&'n Node>, faults: &mut Faults) -> Vec<(&'n str, &'n Node)> {
    let Some(node) = section.filter(|node| node.value != Value::Null) else {
        return Vec::new();
    };
    if !matches!(node.value, Value::Map(_)) {
        faults.push(wrong_type(
            node,
            "a map with the name of a variable before each value",
        ));
    }
    let mut entries = Vec::new();
    for (key, value) in node.entries() {
        if is_variable_name(&key.text) {
            entries.push((key.text.as_str(), value));
        } else {
            faults.push(
                Diagnostic::at(
                    key.span.clone(),
                    format!("`{}` cannot name a variable", key.text),
                )
                .label("capitals, digits and `_` only")
                .help("Name it as the environment does, as in PREVIEW_URL."),
            );
        }
    }
    entries
}

/// The text of a scalar without references.
fn plain(node: &Node, faults: &mut Faults) -> Option<String> {
    let text = match &node.value {
        Value::String(text) => pieces::literal(&pieces::split(text)),
        Value::Bool(value) => Some(value.to_string()),
        Value::Integer(value) => Some(value.to_string()),
        Value::Float(value) => Some(value.to_string()),
        _ => None,
    };
    if text.is_none() {
        faults.push(
            Diagnostic::at(crate::faults::head(node), "this is no plain value")
                .label("expected text without references"),
        );
    }
    text
}

fn missing(name: &str, purpose: Option<&str>, span: &Span) -> Diagnostic {
    let purpose = purpose.map_or(String::new(), |purpose| format!(" ({purpose})"));
    Diagnostic::at(span.clone(), format!("the variable `{name}` is not set"))
        .label("no value in this environment")
        .help(format!(
            "Set {name}{purpose} for this run, as in `{name}=… tidegate run`, or give it a default: ${{{name}:-value}}."
        ))
}

/// The reference itself inside the text it stands in.
fn narrowed(span: &Span, inner: &str) -> Span {
    let written = format!("${{{inner}}}");
    span.text().find(&written).map_or_else(
        || span.clone(),
        |at| {
            let start = span.range().start + at;
            Span::new(span.source().clone(), start, start + written.len())
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use tidegate_core::span::Source;

    fn resolved(declared: &str, text: &str) -> (Value, Faults) {
        let node = |text: &str| crate::yaml::read(&Source::new("gate.yaml", text)).unwrap();
        let process = |name: &str| match name {
            "HOST" => Some("a.example".to_owned()),
            "TRICK" => Some("${SECRET}$".to_owned()),
            "EMPTY" => Some(String::new()),
            _ => None,
        };
        let mut faults = Faults::default();
        let section = node(declared);
        let mut variables = Variables::read(Some(&section), &[], "", &process, &mut faults);
        let span = Span::new(Source::new("gate.yaml", text), 0, text.len());
        let mut value = Node::new(Value::String(text.into()), span);
        variables.resolve(&mut value, &mut faults);
        (value.value, faults)
    }

    #[test]
    fn declared_and_defaulted_names_are_replaced_and_others_stay_secrets() {
        let declared = "{ HOST: {}, EMPTY: { default: e }, FILE: 7 }";
        for (text, expected) in [
            (
                "https://${HOST}/x",
                Value::Substituted("https://a.example/x".into()),
            ),
            ("${PORT:-8080}", Value::Substituted("8080".into())),
            ("${EMPTY}${FILE}", Value::Substituted("e7".into())),
            ("${EMPTY:-inline}", Value::Substituted("inline".into())),
            (
                "$${HOST} ${HOST}",
                Value::Substituted("${HOST} a.example".into()),
            ),
            (
                "${SECRET} ${unique}",
                Value::String("${SECRET} ${unique}".into()),
            ),
            (
                "${HOST} ${SECRET} $${x}",
                Value::String("a.example ${SECRET} $${x}".into()),
            ),
            (
                "${HOST} ${Mixed} ${open",
                Value::String("a.example ${Mixed} ${open".into()),
            ),
        ] {
            let (value, faults) = resolved(declared, text);
            assert_eq!(value, expected, "{text}");
            assert!(faults.is_empty(), "{text}");
        }
    }

    #[test]
    fn a_value_is_never_read_as_a_reference_again() {
        let declared = "{ TRICK: {} }";
        assert_eq!(
            resolved(declared, "${TRICK}").0,
            Value::Substituted("${SECRET}$".into())
        );
        assert_eq!(
            resolved(declared, "${TRICK}{HOST} ${SECRET}").0,
            Value::String("$${SECRET}$${HOST} ${SECRET}".into())
        );
        let (_, faults) = resolved(declared, "${TRICK}${SECRET}");
        let told = faults.sorted("");
        assert_eq!(told.len(), 1);
        assert!(told[0].message.contains("ends with `$`"));
    }

    #[test]
    fn a_missing_variable_is_told_once_at_its_reference() {
        let (_, faults) = resolved("{ NOPE: { description: where } }", "x ${NOPE} ${NOPE}");
        let told = faults.sorted("");
        assert_eq!(told.len(), 1);
        assert_eq!(told[0].span.as_ref().unwrap().text(), "${NOPE}");
        assert!(told[0].help.as_deref().unwrap().contains("NOPE=…"));
        assert!(told[0].help.as_deref().unwrap().contains("(where)"));
    }
}
