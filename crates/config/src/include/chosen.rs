//! Which checks of a pack an include takes: all but those it names, and those whose parameters have no value.

use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::node::{Key, Node, Value};

use super::parameters::Values;
use crate::faults::{Faults, wrong_type};

/// In a check of a pack: the parameters without which it is left out.
pub(super) const GIVEN: &str = "given";

/// A check that an include leaves out because it lacks parameters.
pub(super) struct Lacking {
    id: String,
    parameters: Vec<String>,
}

/// Leaves out the checks of a pack that do not fit, and takes `given` out of the others.
///
/// Returns those that would fit, but lack a parameter.
pub(super) fn choose(
    checks: &mut Node,
    without: Option<&Node>,
    values: &Values,
    faults: &mut Faults,
) -> Vec<Lacking> {
    let Value::Map(entries) = &mut checks.value else {
        return Vec::new();
    };
    let unwanted = unwanted(entries, without, faults);
    let mut lacking = Vec::new();
    entries.retain_mut(|(key, node)| {
        let parameters = match take_given(node) {
            Some(given) => absent(&given, values, faults),
            None => Vec::new(),
        };
        if unwanted.contains(&key.text) {
            return false;
        }
        let is_whole = parameters.is_empty();
        if !is_whole {
            let id = key.text.clone();
            lacking.push(Lacking { id, parameters });
        }
        is_whole
    });
    lacking
}

/// What a reader of the plan is told of the checks that are left out; `prefix` stands before their ids.
pub(super) fn note(prefix: &str, lacking: &[Lacking]) -> Option<String> {
    let told: Vec<String> = lacking
        .iter()
        .map(|check| format!("{prefix}{} ({})", check.id, check.parameters.join(", ")))
        .collect();
    let told = told.join(", ");
    (!told.is_empty()).then(|| format!("not checked for want of a parameter: {told}"))
}

/// The ids that an include does not want.
fn unwanted(entries: &[(Key, Node)], without: Option<&Node>, faults: &mut Faults) -> Vec<String> {
    let Some(without) = without.filter(|node| node.value != Value::Null) else {
        return Vec::new();
    };
    let ids: Vec<&str> = entries.iter().map(|(key, _)| key.text.as_str()).collect();
    let mut unwanted = Vec::new();
    for node in names(without, "the id of a check, or a list of them", faults) {
        let id = node.text().unwrap_or_default();
        if ids.contains(&id) {
            unwanted.push(id.to_owned());
        } else {
            faults.push(Diagnostic::unknown(node.span.clone(), "check", id, &ids));
        }
    }
    unwanted
}

fn take_given(node: &mut Node) -> Option<Node> {
    let Value::Map(entries) = &mut node.value else {
        return None;
    };
    let at = entries.iter().position(|(key, _)| key.text == GIVEN)?;
    Some(entries.remove(at).1)
}

/// The parameters among these that have no value.
fn absent(given: &Node, values: &Values, faults: &mut Faults) -> Vec<String> {
    let names = names(given, "a parameter, or a list of them", faults);
    let absent = names.into_iter().filter(|name| !has(name, values, faults));
    absent.filter_map(Node::text).map(str::to_owned).collect()
}

/// Whether a parameter has a value; one that is not there is told.
fn has(name: &Node, values: &Values, faults: &mut Faults) -> bool {
    let text = name.text().unwrap_or_default();
    values.has(text).unwrap_or_else(|| {
        faults.push(Diagnostic::unknown(
            name.span.clone(),
            "parameter",
            text,
            &values.names(),
        ));
        false
    })
}

/// The texts of a value that is one or a list of them; anything else is told.
fn names<'n>(node: &'n Node, expected: &str, faults: &mut Faults) -> Vec<&'n Node> {
    let (texts, others): (Vec<_>, Vec<_>) = texts(node)
        .into_iter()
        .partition(|one| one.text().is_some());
    for other in others {
        faults.push(wrong_type(other, expected));
    }
    texts
}

/// The elements of a value that is one or a list of them.
pub(super) fn texts(node: &Node) -> Vec<&Node> {
    match &node.value {
        Value::Sequence(elements) => elements.iter().collect(),
        _ => vec![node],
    }
}
