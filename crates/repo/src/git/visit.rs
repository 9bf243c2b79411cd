//! The contents of changed files, one after the other.

use std::ops::ControlFlow;

use gix::bstr::{BStr, ByteSlice as _};
use tidegate_core::ports::{ChangedBlob, Content};

use super::changes::{Changes, New};
use super::content::Reader;
use super::origins::Origins;

/// Tells both sides of each changed file.
pub(super) fn each(
    reader: &Reader<'_>,
    changes: &Changes,
    origins: &Origins,
    visit: &mut dyn FnMut(ChangedBlob) -> ControlFlow<()>,
) {
    for (path, sides) in &changes.0 {
        let path = path.as_bstr();
        let Some(file) = origins.file(path, sides) else {
            continue;
        };
        let before = origins.before(path, sides);
        let blob = ChangedBlob {
            file,
            old: before.map(|id| reader.blob(id)),
            new: after(reader, path, &sides.new),
        };
        if visit(blob).is_break() {
            break;
        }
    }
}

/// The content after the change.
pub(super) fn after(reader: &Reader<'_>, path: &BStr, new: &New) -> Option<Content> {
    Some(match new {
        New::Removed => return None,
        New::Blob(id) => reader.blob(*id),
        New::WorkingTree(_) => reader.file(path),
        New::Unmerged => Content::Unreadable("its merge is not finished".to_owned()),
    })
}
