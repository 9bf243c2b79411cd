//! Properties that only one side may write, or only the other may read.

use std::collections::BTreeSet;

use super::members::Members;
use super::{At, Dialect, Direction};

/// How many references and `allOf` are looked through for a mark.
const DEPTH_LIMIT: usize = 16;

/// The mark that says why a property must not travel in this direction.
pub(super) fn mark(direction: Direction) -> &'static str {
    match direction {
        Direction::Request => "readOnly",
        Direction::Response => "writeOnly",
    }
}

/// The mark on the schema of a property, or on what it refers to, by which it must not travel.
pub(super) fn hidden(at: At<'_>, direction: Direction, dialect: Dialect) -> Option<At<'_>> {
    marked(at, mark(direction), dialect, DEPTH_LIMIT)
}

fn marked<'l>(at: At<'l>, mark: &str, dialect: Dialect, depth: usize) -> Option<At<'l>> {
    let depth = depth.checked_sub(1)?;
    if !at.is_map() {
        return None;
    }
    let reference = at.reference();
    let target = reference.and_then(|text| at.library().target(at, text).ok());
    if let Some(found) = target.and_then(|target| marked(target, mark, dialect, depth)) {
        return Some(found);
    }
    if reference.is_some() && dialect.references_stand_alone() {
        return None;
    }
    if at.flag(mark) {
        return at.get(mark);
    }
    let mut all = at.get("allOf")?.elements();
    all.find_map(|one| marked(one, mark, dialect, depth))
}

/// The names of the properties of an object that must not travel in this direction.
pub(super) fn hidden_names(at: At<'_>, dialect: Dialect, direction: Direction) -> BTreeSet<&str> {
    let members = Members::of([at], dialect);
    let properties = members.schemas.iter().filter_map(|at| at.get("properties"));
    let entries = properties.flat_map(At::entries);
    let kept = entries.filter(|(_, schema)| hidden(*schema, direction, dialect).is_some());
    kept.map(|(name, _)| name).collect()
}
