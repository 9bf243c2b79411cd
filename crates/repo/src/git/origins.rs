//! Where added files come from.

use std::collections::{BTreeMap, BTreeSet};

use gix::ObjectId;
use gix::bstr::{BStr, BString, ByteSlice as _};
use tidegate_core::ports::ChangedFile;

use super::changes::{Changes, New, Sides};

/// For each added file that is not all new, what it was made from.
#[derive(Debug, Default)]
pub(super) struct Origins {
    of: BTreeMap<BString, Origin>,
    renamed: BTreeSet<BString>,
}

/// What an added file was made from.
#[derive(Debug)]
struct Origin {
    blob: ObjectId,
    /// The path it had, when it is gone from there.
    path: Option<BString>,
}

impl Origins {
    /// Files that were removed and added unchanged elsewhere; each removed one counts once.
    pub(super) fn exact(changes: &Changes) -> Self {
        let mut removed: BTreeMap<ObjectId, &BString> = BTreeMap::new();
        for (path, blob) in removals(changes) {
            removed.entry(blob).or_insert(path);
        }
        let mut origins = Self::default();
        for (path, sides) in additions(changes) {
            let id = sides.new.id();
            if let Some((blob, from)) = id.and_then(|id| removed.remove_entry(&id)) {
                origins.rename(path, from, blob);
            }
        }
        origins
    }

    /// Says that an added file is a removed one under a new name.
    pub(super) fn rename(&mut self, path: &BString, from: &BString, blob: ObjectId) {
        self.renamed.insert(from.clone());
        let from = Some(from.clone());
        self.of.insert(path.clone(), Origin { blob, path: from });
    }

    /// Says that an added file is a copy.
    pub(super) fn copy(&mut self, path: &BString, blob: ObjectId) {
        self.of.insert(path.clone(), Origin { blob, path: None });
    }

    /// The added files of which nothing is known yet.
    pub(super) fn open<'c>(
        &self,
        changes: &'c Changes,
    ) -> impl Iterator<Item = (&'c BString, &'c Sides)> {
        additions(changes).filter(|(path, _)| !self.of.contains_key(*path))
    }

    /// The removed files that no added one was made from, with their blobs.
    pub(super) fn left<'c>(
        &self,
        changes: &'c Changes,
    ) -> impl Iterator<Item = (&'c BString, ObjectId)> {
        removals(changes).filter(|(path, _)| !self.renamed.contains(*path))
    }

    /// The blob that holds what a file was before.
    pub(super) fn before(&self, path: &BStr, sides: &Sides) -> Option<ObjectId> {
        let origin = || self.of.get(path).map(|origin| origin.blob);
        sides.old.or_else(origin)
    }

    /// A changed file by its names; `None` for a removed one that goes on under another.
    pub(super) fn file(&self, path: &BStr, sides: &Sides) -> Option<ChangedFile> {
        let removed = sides.new == New::Removed;
        if removed && self.renamed.contains(path) {
            return None;
        }
        let from = self.of.get(path).and_then(|origin| origin.path.as_ref());
        Some(ChangedFile {
            path: path.to_string(),
            renamed_from: from.map(ToString::to_string),
            removed,
        })
    }

    /// The changed files by their names.
    pub(super) fn files(&self, changes: &Changes) -> Vec<ChangedFile> {
        let changed = changes.0.iter();
        changed
            .filter_map(|(path, sides)| self.file(path.as_bstr(), sides))
            .collect()
    }
}

fn removals(changes: &Changes) -> impl Iterator<Item = (&BString, ObjectId)> {
    let gone = changes.0.iter();
    gone.filter(|(_, sides)| sides.new == New::Removed)
        .filter_map(|(path, sides)| Some((path, sides.old?)))
}

fn additions(changes: &Changes) -> impl Iterator<Item = (&BString, &Sides)> {
    let came = changes.0.iter();
    came.filter(|(_, sides)| sides.old.is_none())
}
