//! Added files that are equal to files of the base.

use std::collections::HashMap;
use std::ops::ControlFlow;

use gix::bstr::BString;
use gix::{ObjectId, Tree};
use tidegate_core::ports::RepositoryError;

use super::changes::Changes;
use super::origins::Origins;
use super::tree;

/// How many files of the base are looked at.
const MOST: usize = 20_000;

/// Finds the added files whose blob the base has, under whatever name.
pub(super) fn find(
    origins: &mut Origins,
    changes: &Changes,
    base: &Tree<'_>,
) -> Result<(), RepositoryError> {
    let mut wanted: HashMap<ObjectId, Vec<&BString>> = HashMap::new();
    for (path, sides) in origins.open(changes) {
        if let Some(id) = sides.new.id().filter(|id| !id.is_empty_blob()) {
            wanted.entry(id).or_default().push(path);
        }
    }
    if wanted.is_empty() {
        return Ok(());
    }
    let mut found = |id: ObjectId| {
        for path in wanted.remove(&id).unwrap_or_default() {
            origins.copy(path, id);
        }
        wanted.is_empty()
    };
    let mut looked_at = 0;
    tree::walk(base, &mut |_, id| {
        looked_at += 1;
        if found(id) || looked_at == MOST {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    })
}
