//! What differs between two trees.

use std::collections::BTreeMap;
use std::path::Path;

use gix::diff::tree::recorder::Change;
use gix::diff::tree::{Recorder, State};
use gix::objs::tree::EntryMode;
use gix::{ObjectId, Tree};
use tidegate_core::ports::{ChangedFile, RepositoryError};

use super::{blob, unreadable};

/// The changed files by path.
#[derive(Debug, Default)]
pub(super) struct Changes(pub(super) BTreeMap<String, Sides>);

/// A changed file before and after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sides {
    pub(super) old: Option<ObjectId>,
    pub(super) new: New,
}

/// Where the content after the change is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum New {
    Removed,
    Blob(ObjectId),
    WorkingTree,
}

/// The files that differ between two trees; folders and submodules are none.
pub(super) fn between(
    repository: &gix::Repository,
    old: &Tree<'_>,
    new: &Tree<'_>,
) -> Result<Changes, RepositoryError> {
    let mut recorder = Recorder::default();
    gix::diff::tree(
        gix::objs::TreeRefIter::from_bytes(&old.data, repository.object_hash()),
        gix::objs::TreeRefIter::from_bytes(&new.data, repository.object_hash()),
        State::default(),
        &repository.objects,
        &mut recorder,
    )
    .map_err(unreadable)?;
    let mut changes = Changes::default();
    for record in recorder.records {
        changes.add(record);
    }
    Ok(changes)
}

impl Changes {
    fn add(&mut self, change: Change) {
        let file = |mode: EntryMode, id: ObjectId| mode.is_blob_or_symlink().then_some(id);
        let (path, old, new) = match change {
            Change::Addition {
                entry_mode,
                oid,
                path,
                ..
            } => (path, None, file(entry_mode, oid)),
            Change::Deletion {
                entry_mode,
                oid,
                path,
                ..
            } => (path, file(entry_mode, oid), None),
            Change::Modification {
                previous_entry_mode,
                previous_oid,
                entry_mode,
                oid,
                path,
            } => (
                path,
                file(previous_entry_mode, previous_oid),
                file(entry_mode, oid),
            ),
        };
        if old.is_some() || new.is_some() {
            let new = new.map_or(New::Removed, New::Blob);
            self.0.insert(path.to_string(), Sides { old, new });
        }
    }

    /// The changed files; one that was removed and added unchanged elsewhere is renamed.
    pub(super) fn files(&self) -> Vec<ChangedFile> {
        let mut removed: BTreeMap<ObjectId, &String> = BTreeMap::new();
        for (path, sides) in &self.0 {
            if let (Some(id), New::Removed) = (sides.old, &sides.new) {
                removed.entry(id).or_insert(path);
            }
        }
        let mut files: Vec<ChangedFile> = Vec::new();
        let mut renamed: Vec<&String> = Vec::new();
        for (path, sides) in &self.0 {
            let from = match (&sides.old, &sides.new) {
                (None, New::Blob(id)) => removed.remove(id),
                _ => None,
            };
            renamed.extend(from);
            files.push(ChangedFile {
                path: path.clone(),
                renamed_from: from.cloned(),
                removed: sides.new == New::Removed,
            });
        }
        files.retain(|file| !(file.removed && renamed.contains(&&file.path)));
        files
    }

    /// The content before the change, within the limit.
    pub(super) fn before(
        &self,
        repository: &gix::Repository,
        path: &str,
        limit: usize,
    ) -> Result<Option<Vec<u8>>, RepositoryError> {
        match self.0.get(path).and_then(|sides| sides.old) {
            Some(id) => blob(repository, id, limit),
            None => Ok(None),
        }
    }

    /// The content after the change, within the limit.
    pub(super) fn after(
        &self,
        repository: &gix::Repository,
        root: &Path,
        path: &str,
        limit: usize,
    ) -> Result<Option<Vec<u8>>, RepositoryError> {
        match self.0.get(path).map(|sides| &sides.new) {
            Some(New::Blob(id)) => blob(repository, *id, limit),
            Some(New::WorkingTree) => super::worktree::read(root, path, limit),
            Some(New::Removed) | None => Ok(None),
        }
    }
}
