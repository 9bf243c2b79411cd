//! Which checks of a pack an include takes: all but those it names, and those whose parameters have no value.

use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::node::{Key, Node, Value};

use super::parameters::Values;
use crate::faults::{Faults, wrong_type};

/// In a check of a pack: the parameters without which it is left out.
pub(super) const GIVEN: &str = "given";

/// Leaves out the checks of a pack that do not fit, and takes `given` out of the others.
pub(super) fn choose(
    checks: &mut Node,
    without: Option<&Node>,
    values: &Values,
    faults: &mut Faults,
) {
    let Value::Map(entries) = &mut checks.value else {
        return;
    };
    let unwanted = unwanted(entries, without, faults);
    entries.retain_mut(|(key, node)| {
        let is_given = take_given(node).is_none_or(|given| {
            names(&given, "a parameter, or a list of them", faults)
                .into_iter()
                .all(|name| has(name, values, faults))
        });
        is_given && !unwanted.contains(&key.text)
    });
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
