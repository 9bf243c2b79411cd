//! The files of a tree.

use std::ops::ControlFlow;

use gix::bstr::{BStr, BString, ByteSlice as _};
use gix::objs::tree::EntryMode;
use gix::{ObjectId, Tree};
use tidegate_core::ports::RepositoryError;

use super::unreadable;

/// Tells each file of a tree in the order of the paths; submodules are left out.
pub(super) fn walk(
    tree: &Tree<'_>,
    visit: &mut dyn FnMut(&BStr, ObjectId) -> ControlFlow<()>,
) -> Result<(), RepositoryError> {
    let mut waiting = Vec::new();
    push_entries(tree, BStr::new(""), &mut waiting)?;
    while let Some(entry) = waiting.pop() {
        if entry.mode.is_tree() {
            let tree = tree.repo.find_tree(entry.id).map_err(unreadable)?;
            push_entries(&tree, entry.path.as_bstr(), &mut waiting)?;
        } else if entry.mode.is_blob_or_symlink()
            && visit(entry.path.as_bstr(), entry.id).is_break()
        {
            break;
        }
    }
    Ok(())
}

struct Waiting {
    path: BString,
    mode: EntryMode,
    id: ObjectId,
}

/// Puts the entries of one folder on top of those that wait, the first one uppermost.
fn push_entries(
    tree: &Tree<'_>,
    folder: &BStr,
    waiting: &mut Vec<Waiting>,
) -> Result<(), RepositoryError> {
    let below = waiting.len();
    for entry in tree.iter() {
        let entry = entry.map_err(unreadable)?;
        let mut path = BString::from(folder);
        if !folder.is_empty() {
            path.push(b'/');
        }
        path.extend_from_slice(entry.filename());
        waiting.push(Waiting {
            path,
            mode: entry.mode(),
            id: entry.object_id(),
        });
    }
    waiting[below..].reverse();
    Ok(())
}

/// The id of the blob at a path, unless something else or nothing is there.
pub(super) fn blob_at(tree: &Tree<'_>, path: &BStr) -> Result<Option<ObjectId>, RepositoryError> {
    let names = path.split_str("/").filter(|name| !name.is_empty());
    let entry = tree.lookup_entry(names).map_err(unreadable)?;
    Ok(entry
        .filter(|entry| entry.mode().is_blob_or_symlink())
        .map(|entry| entry.object_id()))
}
