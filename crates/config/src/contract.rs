//! The keys `openapi:` and `contract:`: what answers are held against, a document or what earlier runs learned.

use serde::Deserialize;
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::located::Located;
use tidegate_core::node::{Node, Value};

use crate::faults::Faults;

/// The word that switches learning on.
pub(crate) const LEARN: &str = "learn";

/// Where the snapshot is unless the gate file names a path.
pub(crate) const SNAPSHOT: &str = "tidegate.contract.json";

/// The long form of `contract:`.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct RawContract {
    learn: Located<String>,
}

/// The path of the OpenAPI document.
pub(crate) fn document(node: &Node, faults: &mut Faults) -> Option<Located<String>> {
    let named: Located<String> = faults.take(node.read())?;
    if named.value.contains("://") {
        faults.push(
            Diagnostic::at(named.span.clone(), "the OpenAPI document is a URL")
                .label("a file was expected")
                .help(
                    "Keep the document in the repository and name its path from the gate file's folder. What the \
                     portal serves is compared with it by the check `contract: { changes: { base: FILE, head: \
                     /openapi.json } }`.",
                ),
        );
    }
    Some(named)
}

/// The path of the snapshot.
pub(crate) fn read(node: &Node, faults: &mut Faults) -> Option<Located<String>> {
    if matches!(node.value, Value::Map(_)) {
        let raw: RawContract = faults.take(node.read())?;
        return Some(raw.learn);
    }
    if node.text() == Some(LEARN) {
        return Some(Located {
            value: SNAPSHOT.to_owned(),
            span: node.span.clone(),
        });
    }
    faults.push(
        Diagnostic::at(node.span.clone(), format!("this is {}", node.describe()))
            .label("expected `learn` or `{ learn: contract.json }`")
            .help(
                "`contract: learn` learns the shape of the answers from the flows; a document of \
                 yours is named with `openapi:`.",
            ),
    );
    None
}
