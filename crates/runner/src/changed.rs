//! Which findings stand on lines that the judged change added or edited.

use std::collections::BTreeSet;
use std::path::Path;

use tidegate_core::place::in_repository;
use tidegate_core::ports::Head;
use tidegate_core::result::CheckResult;
use tidegate_core::span::Location;

use crate::attempt::worst_first;
use crate::run::Session;
use crate::select::below;

/// The gate file's folder below the repository's root, when it is known to stand in one.
pub(crate) fn folder(session: &Session) -> Option<String> {
    let repository = session.ports.repository.as_ref()?;
    below(repository.root(), root(session))
}

fn root(session: &Session) -> &Path {
    let root = &session.gate.root;
    if root.as_os_str().is_empty() {
        Path::new(".")
    } else {
        root
    }
}

/// Marks the findings whose lines the change added or edited; without a base, or where git cannot
/// tell, none is marked. A run without findings asks nothing.
pub(crate) fn mark(session: &Session, results: &mut [CheckResult]) {
    let base = session.options.changed_since.as_deref();
    let (Some(base), Some(repository)) = (base, &session.ports.repository) else {
        return;
    };
    let Some(folder) = folder(session) else {
        return;
    };
    let gate = &session.plan.file;
    let path = |location: &Location| in_repository(&location.file, gate, &folder);
    let found = results.iter().flat_map(|result| &result.findings);
    let paths: BTreeSet<String> = found.filter_map(|one| path(&one.location)).collect();
    if paths.is_empty() {
        return;
    }
    let Ok(changed) = repository.changed_lines(base, &Head::WorkingTree, &paths) else {
        return;
    };
    for finding in results.iter_mut().flat_map(|result| &mut result.findings) {
        let location = &finding.location;
        let lines = path(location).and_then(|path| changed.get(&path));
        let (first, last) = (location.line, location.end_line.max(location.line));
        finding.changed = lines.is_some_and(|lines| {
            let mut lines = lines.iter();
            lines.any(|range| *range.start() <= last && first <= *range.end())
        });
    }
    for result in results {
        worst_first(&mut result.findings);
    }
}
