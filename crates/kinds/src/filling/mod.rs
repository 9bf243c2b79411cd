//! Values for what a request needs: declared, out of earlier answers, or from the document.

pub(crate) mod caution;
mod fill;
mod harvest;

pub(crate) use fill::{Filled, Filler, encoded};
pub(crate) use harvest::Harvest;

use std::collections::BTreeMap;

use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::node::{Node, Value};
use tidegate_core::scope::BUILT_IN;
use tidegate_core::template::JsonTemplate;

use crate::flow::references;

/// Reads what a gate file gives for parameters, by their names.
pub(crate) fn parameters(
    node: Option<&Node>,
    faults: &mut Vec<Diagnostic>,
) -> BTreeMap<String, JsonTemplate> {
    let mut read = BTreeMap::new();
    let Some(node) = node else {
        return read;
    };
    if !matches!(node.value, Value::Map(_)) {
        faults.push(
            Diagnostic::at(node.span.clone(), format!("this is {}", node.describe()))
                .label("expected a map from names of parameters to values, as in `{ id: 42 }`"),
        );
    }
    for (key, value) in node.entries() {
        match JsonTemplate::from_node(value) {
            Ok(template) => {
                references::unknown(&template.templates(), BUILT_IN, faults);
                read.insert(key.text.clone(), template);
            }
            Err(more) => faults.extend(more),
        }
    }
    read
}
