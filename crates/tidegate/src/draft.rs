//! Proposals of checks from what a project holds.

use std::path::Path;

use tidegate_kinds::draft::{Input, access as propose};
use tidegate_repo::LocalFiles;

use crate::Gate;

pub use tidegate_kinds::draft::AccessDraft;

/// Proposes who may use which route of the project in a folder: YAML to review, for `checks:` of a gate
/// file.
///
/// Folders of `code` are relative to the project's; with none everything is read. A gate file lends its
/// document and its roles. Nothing is sent and nothing is written.
pub fn access(project: &Path, gate: Option<&Gate>, code: &[String]) -> AccessDraft {
    let files = LocalFiles::new(project);
    let definition = gate.map(Gate::definition);
    let document = definition.and_then(|gate| gate.openapi.as_ref());
    let identities = definition.into_iter().flat_map(|gate| &gate.identities);
    let mut roles: Vec<String> = identities.filter_map(|one| one.role.clone()).collect();
    roles.sort_unstable();
    roles.dedup();
    propose(&Input {
        files: &files,
        code,
        document: document.map(|document| document.value.as_str()),
        roles,
    })
}
