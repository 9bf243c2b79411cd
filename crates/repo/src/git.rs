//! Revisions of a git repository.

mod changes;
mod content;
mod copies;
mod deepen;
mod history;
pub(crate) mod ignored;
mod lines;
mod origins;
mod program;
mod revisions;
mod seen;
mod similar;
mod staged;
#[cfg(test)]
mod tests;
mod tree;
mod unusable;
mod visit;
mod worktree;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::ops::{ControlFlow, RangeInclusive};
use std::path::{Path, PathBuf};

use gix::bstr::BStr;
use gix::sec::trust::Mapping;
use tidegate_core::ports::{
    ChangedBlob, ChangedFile, Commit, Head, Repository, RepositoryError, TreeFile,
};

pub use unusable::UnusableRepository;

use content::Reader;
use origins::Origins;
use revisions::commit;

/// How much of the trees that were read last is kept for the next look, in bytes.
const KEPT_OBJECTS: usize = 4 * 1024 * 1024;

/// The git repository around a folder; opened anew for each question, which costs next to nothing
/// and lets it be shared between threads.
#[derive(Debug, Clone)]
pub struct GitRepository {
    root: PathBuf,
}

impl GitRepository {
    /// Finds the repository that `start` stands in, by a `.git` there or above.
    ///
    /// A folder that holds the files of a repository is none: a change can add such files, with a
    /// config that names programs. A `.git` cannot be committed.
    ///
    /// # Errors
    /// When there is none, it cannot be opened, or it has no working tree.
    pub fn discover(start: &Path) -> Result<Self, RepositoryError> {
        let ways = gix::discover::upwards::Options {
            dot_git_only: true,
            ..gix::discover::upwards::Options::default()
        };
        let found = gix::ThreadSafeRepository::discover_opts(start, ways, Mapping::default());
        let found = found.map_err(|error| match gix::discover(start) {
            Ok(bare) => RepositoryError::Bare {
                path: bare.git_dir().to_owned(),
            },
            Err(_) => absent_or(start, &error),
        })?;
        let repository = gix::Repository::from(found);
        let root = repository.workdir().ok_or_else(|| RepositoryError::Bare {
            path: repository.git_dir().to_owned(),
        })?;
        let root = root.canonicalize().map_err(unreadable)?;
        Ok(Self { root })
    }

    /// Whether it is a part of another repository, which says what it holds.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn is_submodule(&self) -> Result<bool, RepositoryError> {
        let kind = self.open()?.kind();
        Ok(matches!(kind, gix::repository::Kind::Submodule))
    }

    /// Whether the clone lacks commits that others were made on.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn is_shallow(&self) -> Result<bool, RepositoryError> {
        self.open()?.is_shallow().map_err(unreadable)
    }

    fn open(&self) -> Result<gix::Repository, RepositoryError> {
        gix::open(&self.root).map_err(unreadable)
    }

    /// Opens the repository for a question that comes by the same trees again and again.
    fn open_keeping(&self) -> Result<gix::Repository, RepositoryError> {
        let mut repository = self.open()?;
        repository.object_cache_size_if_unset(KEPT_OBJECTS);
        Ok(repository)
    }

    /// Each file that git calls touched is looked up in the same trees.
    fn open_for(&self, head: &Head) -> Result<gix::Repository, RepositoryError> {
        match head {
            Head::WorkingTree => self.open_keeping(),
            Head::Staged | Head::Revision(_) => self.open(),
        }
    }

    fn reader<'r>(&'r self, repository: &'r gix::Repository) -> Reader<'r> {
        Reader {
            repository,
            root: &self.root,
        }
    }
}

impl Repository for GitRepository {
    fn changed_files(
        &self,
        base: &str,
        head: Option<&str>,
    ) -> Result<Vec<ChangedFile>, RepositoryError> {
        let head = head.map_or(Head::WorkingTree, |head| Head::Revision(head.to_owned()));
        let repository = self.open_for(&head)?;
        let (_, changes) = changes::of(&self.reader(&repository), Some(base), &head)?;
        Ok(Origins::exact(&changes).files(&changes))
    }

    fn changed_lines(
        &self,
        base: &str,
        head: &Head,
        paths: &BTreeSet<String>,
    ) -> Result<BTreeMap<String, Vec<RangeInclusive<usize>>>, RepositoryError> {
        if paths.is_empty() {
            return Ok(BTreeMap::new());
        }
        let repository = self.open_for(head)?;
        let reader = self.reader(&repository);
        let (_, changes) = changes::of(&reader, Some(base), head)?;
        Ok(lines::of(&reader, &changes, paths))
    }

    fn visit_changes(
        &self,
        base: Option<&str>,
        head: &Head,
        visit: &mut dyn FnMut(ChangedBlob) -> ControlFlow<()>,
    ) -> Result<(), RepositoryError> {
        let repository = self.open_for(head)?;
        let reader = self.reader(&repository);
        let (old, changes) = changes::of(&reader, base, head)?;
        let mut origins = Origins::exact(&changes);
        copies::find(&mut origins, &changes, &old)?;
        similar::find(&mut origins, &changes, &reader);
        visit::each(&reader, &changes, &origins, visit);
        Ok(())
    }

    fn visit_tree(
        &self,
        revision: &str,
        visit: &mut dyn FnMut(TreeFile) -> ControlFlow<()>,
    ) -> Result<(), RepositoryError> {
        let repository = self.open()?;
        let reader = self.reader(&repository);
        let tree = commit(&repository, revision)?.tree().map_err(unreadable)?;
        tree::walk(&tree, &mut |path, id| {
            visit(TreeFile {
                path: path.to_string(),
                content: reader.blob(id),
            })
        })
    }

    fn visit_history(
        &self,
        since: Option<&str>,
        head: &str,
        visit: &mut dyn FnMut(&Commit, ChangedBlob) -> ControlFlow<()>,
    ) -> Result<(), RepositoryError> {
        let repository = self.open_keeping()?;
        history::visit(&self.reader(&repository), since, head, visit)
    }

    fn first_seen(
        &self,
        head: &str,
        path: &str,
        needle: &[u8],
    ) -> Result<Option<Commit>, RepositoryError> {
        let repository = self.open_keeping()?;
        seen::first(&self.reader(&repository), head, BStr::new(path), needle)
    }

    fn read_at(
        &self,
        revision: &str,
        path: &str,
        limit: usize,
    ) -> Result<Option<Vec<u8>>, RepositoryError> {
        let repository = self.open()?;
        let tree = commit(&repository, revision)?.tree().map_err(unreadable)?;
        let Some(id) = tree::blob_at(&tree, BStr::new(path))? else {
            return Ok(None);
        };
        let content = content::within(&repository, id, limit)?;
        content.map(Some).ok_or_else(|| RepositoryError::TooLarge {
            path: path.to_owned(),
            limit,
        })
    }

    fn resolve(&self, revision: &str) -> Result<String, RepositoryError> {
        let repository = self.open()?;
        Ok(commit(&repository, revision)?.id.to_string())
    }

    fn merge_base(&self, base: &str, head: &str) -> Result<String, RepositoryError> {
        let repository = self.open()?;
        Ok(revisions::merge_base(&repository, base, head)?
            .id
            .to_string())
    }

    fn shallow(&self) -> Result<bool, RepositoryError> {
        self.open()?.is_shallow().map_err(unreadable)
    }

    fn likely_base(&self) -> Result<Option<String>, RepositoryError> {
        revisions::likely_base(&self.open()?)
    }

    fn root(&self) -> &Path {
        &self.root
    }
}

fn unreadable(reason: impl Display) -> RepositoryError {
    RepositoryError::Unreadable {
        reason: reason.to_string(),
    }
}

/// A repository that is there and cannot be opened is not absent.
fn absent_or(start: &Path, error: &dyn Display) -> RepositoryError {
    let start = start.canonicalize().unwrap_or_else(|_| start.to_owned());
    if start.ancestors().any(|above| above.join(".git").exists()) {
        unreadable(error)
    } else {
        RepositoryError::Absent { path: start }
    }
}
