//! What a pack says about itself, for people who look for one.

use tidegate_core::node::{Node, Value};
use tidegate_core::pack::PackFile;
use tidegate_core::registry::COMMON_KEYS;
use tidegate_core::span::Source;

use super::RawPack;
use super::chosen::{GIVEN, texts};
use super::parameters::RawParameter;
use crate::faults::Faults;
use crate::load::LoadError;
use crate::yaml;

/// What a pack says about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outline {
    /// What it does, in a sentence.
    pub summary: String,
    /// Which portals it is for; empty when it does not say.
    pub suits: String,
    /// What an include may say under `with:`, in the order of the pack.
    pub parameters: Vec<Parameter>,
    /// What it checks, in its order.
    pub checks: Vec<PackCheck>,
}

/// A parameter of a pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// What it is; empty when the pack does not say.
    pub description: String,
    /// Its value when the include says nothing, as it is written.
    pub default: Option<String>,
    /// Whether it may have no value.
    pub optional: bool,
}

/// A check of a pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackCheck {
    /// Its id, without what the include puts before it.
    pub id: String,
    /// Its kind, as it is written.
    pub kind: String,
    /// The parameters without which it is left out.
    pub given: Vec<String>,
}

/// Reads what a pack says about itself; its checks are not read.
///
/// # Errors
/// When it is no YAML, or not the map of a pack.
pub fn outline(pack: &PackFile) -> Result<Outline, LoadError> {
    let mut faults = Faults::default();
    let source = Source::new(pack.file.as_str(), pack.text.as_str());
    let outline = faults
        .take(yaml::read(&source))
        .map(|node| of(&node, &mut faults));
    match outline {
        Some(outline) if faults.is_empty() => Ok(outline),
        _ => Err(LoadError {
            diagnostics: faults.sorted(&pack.file),
        }),
    }
}

fn of(node: &Node, faults: &mut Faults) -> Outline {
    let raw: RawPack = faults.read_fields(node, &[]);
    let parameters = faults.named(raw.parameters.as_ref(), "a parameter");
    let parameters = parameters.iter().map(|(key, node)| {
        let raw: RawParameter = match node.value {
            Value::Null => RawParameter::default(),
            _ => faults.read_fields(node, &[]),
        };
        Parameter {
            name: key.text.clone(),
            description: raw.description().to_owned(),
            default: raw.default.map(|node| node.span.text().trim().to_owned()),
            optional: raw.optional,
        }
    });
    Outline {
        summary: raw.summary.unwrap_or_default(),
        suits: raw.suits.unwrap_or_default(),
        parameters: parameters.collect(),
        checks: checks(raw.checks.as_ref(), faults),
    }
}

fn checks(section: Option<&Node>, faults: &mut Faults) -> Vec<PackCheck> {
    let checks = faults.named(section, "a check").iter();
    let is_kind = |key: &&str| !COMMON_KEYS.contains(key) && *key != GIVEN;
    let checks = checks.map(|(key, node)| {
        let keys = node.entries().iter().map(|(key, _)| key.text.as_str());
        let given = node.get(GIVEN).into_iter().flat_map(texts);
        PackCheck {
            id: key.text.clone(),
            kind: keys.filter(is_kind).collect::<Vec<_>>().join(", "),
            given: given.filter_map(Node::text).map(str::to_owned).collect(),
        }
    });
    checks.collect()
}
