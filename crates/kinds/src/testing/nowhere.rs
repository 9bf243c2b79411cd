//! Places for kinds that are read without a gate file.

use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::elsewhere::Elsewhere;
use tidegate_core::gate::{Environment, Start};
use tidegate_core::located::Located;
use tidegate_core::node::Node;

/// Knows no other place.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Nowhere;

impl Nowhere {
    fn refuse<T>(node: &Node) -> Result<T, Vec<Diagnostic>> {
        Err(vec![
            Diagnostic::at(node.span.clone(), "no other place is known here")
                .label("needs the environments of a gate file"),
        ])
    }
}

impl Elsewhere for Nowhere {
    fn here(&self) -> Option<&Located<String>> {
        None
    }

    fn environment(&self, name: &Located<String>) -> Result<Environment, Vec<Diagnostic>> {
        Err(vec![Diagnostic::unknown(
            name.span.clone(),
            "environment",
            &name.value,
            &[],
        )])
    }

    fn described(&self, _: &str, node: &Node) -> Result<Environment, Vec<Diagnostic>> {
        Self::refuse(node)
    }

    fn program(&self, node: &Node, _: &[&str]) -> Result<Start, Vec<Diagnostic>> {
        Self::refuse(node)
    }
}
