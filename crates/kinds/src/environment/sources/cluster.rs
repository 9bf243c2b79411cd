//! Manifests of Kubernetes: config maps, secrets, and the containers of whatever has some.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::super::text::SourceError;
use super::Set;
use super::tree::{self, Tree};

/// How deep containers are looked for.
const DEPTH_LIMIT: usize = 12;

/// The variables of every document.
///
/// # Errors
/// When it is no YAML, or a value of a secret is no base64.
pub(super) fn read(file: &str, text: &str) -> Result<Vec<Set>, SourceError> {
    let mut found = Vec::new();
    for document in tree::yaml(file, text)? {
        let items = document.get("items").map(Tree::elements);
        match items {
            Some(items) => {
                for item in items {
                    manifest(file, item, &mut found)?;
                }
            }
            None => manifest(file, &document, &mut found)?,
        }
    }
    Ok(found)
}

fn manifest(file: &str, document: &Tree, found: &mut Vec<Set>) -> Result<(), SourceError> {
    let part = |name: &str| document.get(name).map(Tree::entries).unwrap_or_default();
    let plain = |entries: &[(String, usize, Tree)], found: &mut Vec<Set>| {
        let sets = entries.iter();
        found.extend(sets.map(|(name, line, value)| Set::new(name, value.text(), *line)));
    };
    match document.get("kind").and_then(Tree::text) {
        Some("ConfigMap") => plain(part("data"), found),
        Some("Secret") => {
            for (name, line, value) in part("data") {
                let text = value.text().map(|text| decoded(file, *line, text));
                let text = text.transpose()?.flatten();
                found.push(Set::new(name, text.as_deref(), *line));
            }
            plain(part("stringData"), found);
        }
        Some(_) => containers(document, 0, found),
        None => {}
    }
    Ok(())
}

/// A value that is no text is known by its name alone.
fn decoded(file: &str, line: usize, text: &str) -> Result<Option<String>, SourceError> {
    let packed: String = text.split_whitespace().collect();
    let bytes = STANDARD.decode(packed).map_err(|_| {
        SourceError::new(
            file,
            (line, 1),
            "a value of this secret is no base64",
            "Encode it, or put it under `stringData` as it is.",
        )
    })?;
    Ok(String::from_utf8(bytes).ok())
}

fn containers(tree: &Tree, depth: usize, found: &mut Vec<Set>) {
    if depth > DEPTH_LIMIT {
        return;
    }
    for (name, _, value) in tree.entries() {
        if matches!(name.as_str(), "containers" | "initContainers") {
            let variables = value
                .elements()
                .iter()
                .filter_map(|container| container.get("env"))
                .flat_map(Tree::elements);
            found.extend(variables.filter_map(|variable| {
                let name = variable.get("name")?;
                let value = variable.get("value").and_then(Tree::text);
                Some(Set::new(name.text()?, value, name.line))
            }));
        } else {
            containers(value, depth + 1, found);
        }
    }
}
