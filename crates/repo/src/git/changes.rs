//! What differs between two states.

use std::collections::BTreeMap;

use gix::bstr::{BStr, BString};
use gix::diff::tree::recorder::Change;
use gix::diff::tree::{Recorder, State, Visit, visit};
use gix::objs::TreeRefIter;
use gix::objs::tree::EntryMode;
use gix::{ObjectId, Tree};
use tidegate_core::ports::{Head, RepositoryError};

use super::content::Reader;
use super::revisions::{commit, head_tree, merge_base};
use super::{staged, unreadable, worktree};

/// The most entries of two trees that may differ. Trees that hold the same folder again and again
/// unfold to more files than memory has room for.
const MOST: usize = 1_000_000;

/// The changed files by path.
#[derive(Debug, Default)]
pub(super) struct Changes(pub(super) BTreeMap<BString, Sides>);

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
    /// With the id that its blob would have, when that was worth finding out.
    WorkingTree(Option<ObjectId>),
    /// In the middle of a merge the index holds no version of it.
    Unmerged,
}

impl New {
    /// The id of the blob, as far as it is known.
    pub(super) fn id(&self) -> Option<ObjectId> {
        match self {
            Self::Blob(id) => Some(*id),
            Self::WorkingTree(id) => *id,
            Self::Removed | Self::Unmerged => None,
        }
    }
}

/// The tree that a change starts from, and what changed from there to the head.
pub(super) fn of<'r>(
    reader: &Reader<'r>,
    base: Option<&str>,
    head: &Head,
) -> Result<(Tree<'r>, Changes), RepositoryError> {
    let repository = reader.repository;
    let name = match head {
        Head::Revision(name) => name,
        Head::WorkingTree | Head::Staged => "HEAD",
    };
    let old = match base {
        Some(base) => merge_base(repository, base, name)?
            .tree()
            .map_err(unreadable)?,
        None => repository.empty_tree(),
    };
    let changes = match head {
        Head::Revision(name) => {
            let new = commit(repository, name)?.tree().map_err(unreadable)?;
            between(&old, &new)?
        }
        Head::Staged => staged::changes(reader.root, &old)?,
        Head::WorkingTree => {
            let mut changes = between(&old, &head_tree(repository)?)?;
            worktree::add(reader, &old, &mut changes)?;
            changes
        }
    };
    Ok((old, changes))
}

/// The files that differ between two trees; folders and submodules are none.
pub(super) fn between(old: &Tree<'_>, new: &Tree<'_>) -> Result<Changes, RepositoryError> {
    between_at_most(MOST, old, new)
}

/// The same for at most so many entries.
pub(super) fn between_at_most(
    most: usize,
    old: &Tree<'_>,
    new: &Tree<'_>,
) -> Result<Changes, RepositoryError> {
    let repository = new.repo;
    let mut changes = Changes::default();
    if old.id == new.id {
        return Ok(changes);
    }
    let mut recorder = Bounded {
        recorder: Recorder::default(),
        most,
    };
    gix::diff::tree(
        TreeRefIter::from_bytes(&old.data, repository.object_hash()),
        TreeRefIter::from_bytes(&new.data, repository.object_hash()),
        State::default(),
        &repository.objects,
        &mut recorder,
    )
    .map_err(|error| match error {
        gix::diff::tree::Error::Cancelled => {
            unreadable(format!("more than {most} files and folders changed"))
        }
        gix::diff::tree::Error::Failure(error) => unreadable(error),
    })?;
    for record in recorder.recorder.records {
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
        // A folder takes no file's place: that file's removal is told by itself.
        if old.is_some() || new.is_some() {
            self.put(path, old, new.map_or(New::Removed, New::Blob));
        }
    }

    /// Says what became of a file; one that was in neither state is none, and one that is as it was
    /// is not changed.
    pub(super) fn put(&mut self, path: BString, old: Option<ObjectId>, new: New) {
        let nowhere = old.is_none() && new == New::Removed;
        if nowhere || (old.is_some() && old == new.id()) {
            self.0.remove(&path);
        } else {
            self.0.insert(path, Sides { old, new });
        }
    }
}

/// A recorder that gives up at so many records.
struct Bounded {
    recorder: Recorder,
    most: usize,
}

impl Visit for Bounded {
    fn pop_front_tracked_path_and_set_current(&mut self) {
        self.recorder.pop_front_tracked_path_and_set_current();
    }

    fn push_back_tracked_path_component(&mut self, component: &BStr) {
        self.recorder.push_back_tracked_path_component(component);
    }

    fn push_path_component(&mut self, component: &BStr) {
        self.recorder.push_path_component(component);
    }

    fn pop_path_component(&mut self) {
        self.recorder.pop_path_component();
    }

    fn visit(&mut self, change: visit::Change) -> visit::Action {
        if self.recorder.records.len() >= self.most {
            return visit::Action::Break(());
        }
        self.recorder.visit(change)
    }
}
