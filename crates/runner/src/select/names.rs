//! Ids and globs of ids, as `--only` and `--skip` take them.

use std::collections::BTreeSet;

use globset::GlobBuilder;
use tidegate_core::diagnostic::nearest;
use tidegate_core::gate::Gate;

use crate::error::SelectError;

/// The indices of the checks that the names mean; `None` when no name is given.
pub(super) fn named(gate: &Gate, names: &[String]) -> Result<Option<BTreeSet<usize>>, SelectError> {
    if names.is_empty() {
        return Ok(None);
    }
    let mut all = BTreeSet::new();
    for name in names {
        all.extend(matching(gate, name)?);
    }
    Ok(Some(all))
}

fn matching(gate: &Gate, name: &str) -> Result<Vec<usize>, SelectError> {
    let ids: Vec<&str> = gate.checks.iter().map(|entry| entry.id.as_str()).collect();
    if let Some(index) = ids.iter().position(|id| *id == name) {
        return Ok(vec![index]);
    }
    if !name.contains(['*', '?', '[', '{']) {
        return Err(SelectError::UnknownCheck {
            name: name.to_owned(),
            nearest: nearest(name, &ids).map(str::to_owned),
        });
    }
    let glob = GlobBuilder::new(name)
        .build()
        .map_err(|error| SelectError::Glob {
            glob: name.to_owned(),
            reason: error.kind().to_string(),
        })?
        .compile_matcher();
    let found: Vec<usize> = (0..ids.len())
        .filter(|index| glob.is_match(ids[*index]))
        .collect();
    if found.is_empty() {
        return Err(SelectError::NoMatch {
            glob: name.to_owned(),
        });
    }
    Ok(found)
}
