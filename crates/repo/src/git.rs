//! Revisions of a git repository.

mod changes;
#[cfg(test)]
mod tests;
mod worktree;

use std::fmt::Display;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use gix::bstr::BStr;
use gix::{Commit, ObjectId, Tree};
use tidegate_core::ports::{ChangedBlob, ChangedFile, Head, Repository, RepositoryError, TreeFile};

use changes::Changes;

/// The git repository around a folder; opened anew for each question, which costs next to nothing
/// and lets it be shared between threads.
#[derive(Debug, Clone)]
pub struct GitRepository {
    root: PathBuf,
}

impl GitRepository {
    /// Finds the repository that `start` stands in.
    ///
    /// # Errors
    /// When there is none, or it has no working tree.
    pub fn discover(start: &Path) -> Result<Self, RepositoryError> {
        let absent = || RepositoryError::Absent { path: start.into() };
        let repository = gix::discover(start).map_err(|_| absent())?;
        let root = repository.workdir().ok_or_else(absent)?;
        let root = root.canonicalize().map_err(unreadable)?;
        Ok(Self { root })
    }

    fn open(&self) -> Result<gix::Repository, RepositoryError> {
        gix::open(&self.root).map_err(unreadable)
    }

    /// What changed from the merge base to the head, or to the working tree.
    fn changes(
        &self,
        repository: &gix::Repository,
        base: &str,
        head: Option<&str>,
    ) -> Result<Changes, RepositoryError> {
        let base_commit = commit(repository, base)?;
        let head_commit = commit(repository, head.unwrap_or("HEAD"))?;
        let merge_base = repository
            .merge_base(base_commit.id, head_commit.id)
            .map_err(|error| shallow_or(repository, base, unreadable(error)))?
            .ok_or_else(|| {
                let apart = format!("`{base}` and the head have no common commit");
                shallow_or(repository, base, unreadable(apart))
            })?;
        let old = commit_of(repository, merge_base.detach())?;
        let old = old.tree().map_err(unreadable)?;
        let new = head_commit.tree().map_err(unreadable)?;
        let mut changes = changes::between(repository, &old, &new)?;
        if head.is_none() {
            worktree::add(&self.root, repository, &old, &mut changes)?;
        }
        Ok(changes)
    }
}

impl Repository for GitRepository {
    fn changed_files(
        &self,
        base: &str,
        head: Option<&str>,
    ) -> Result<Vec<ChangedFile>, RepositoryError> {
        let repository = self.open()?;
        Ok(self.changes(&repository, base, head)?.files())
    }

    fn visit_changes(
        &self,
        _: Option<&str>,
        _: &Head,
        _: &mut dyn FnMut(ChangedBlob) -> ControlFlow<()>,
    ) -> Result<(), RepositoryError> {
        Err(unreadable("not yet"))
    }

    fn visit_tree(
        &self,
        _: &str,
        _: &mut dyn FnMut(TreeFile) -> ControlFlow<()>,
    ) -> Result<(), RepositoryError> {
        Err(unreadable("not yet"))
    }

    fn visit_history(
        &self,
        _: Option<&str>,
        _: &str,
        _: &mut dyn FnMut(&tidegate_core::ports::Commit, ChangedBlob) -> ControlFlow<()>,
    ) -> Result<(), RepositoryError> {
        Err(unreadable("not yet"))
    }

    fn first_seen(
        &self,
        _: &str,
        _: &str,
        _: &[u8],
    ) -> Result<Option<tidegate_core::ports::Commit>, RepositoryError> {
        Err(unreadable("not yet"))
    }

    fn shallow(&self) -> Result<bool, RepositoryError> {
        Err(unreadable("not yet"))
    }

    fn likely_base(&self) -> Result<Option<String>, RepositoryError> {
        Err(unreadable("not yet"))
    }

    fn read_at(
        &self,
        revision: &str,
        path: &str,
        limit: usize,
    ) -> Result<Option<Vec<u8>>, RepositoryError> {
        let repository = self.open()?;
        let tree = commit(&repository, revision)?.tree().map_err(unreadable)?;
        let Some(id) = blob_at(&tree, path)? else {
            return Ok(None);
        };
        let content = blob(&repository, id, limit)?;
        content.map(Some).ok_or_else(|| RepositoryError::TooLarge {
            path: path.to_owned(),
            limit,
        })
    }

    fn resolve(&self, revision: &str) -> Result<String, RepositoryError> {
        let repository = self.open()?;
        Ok(commit(&repository, revision)?.id.to_string())
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

/// In a shallow clone, whatever is missing is missing because of that.
fn shallow_or(
    repository: &gix::Repository,
    revision: &str,
    otherwise: RepositoryError,
) -> RepositoryError {
    if repository.is_shallow().unwrap_or(false) {
        RepositoryError::Shallow {
            revision: revision.to_owned(),
        }
    } else {
        otherwise
    }
}

/// The commit that a revision names.
fn commit<'r>(
    repository: &'r gix::Repository,
    revision: &str,
) -> Result<Commit<'r>, RepositoryError> {
    let unknown = || {
        let revision = revision.to_owned();
        shallow_or(
            repository,
            &revision.clone(),
            RepositoryError::UnknownRevision { revision },
        )
    };
    let id = repository
        .rev_parse_single(BStr::new(revision))
        .map_err(|_| unknown())?;
    let object = id.object().map_err(|_| unknown())?;
    object.peel_to_commit().map_err(|_| unknown())
}

fn commit_of(repository: &gix::Repository, id: ObjectId) -> Result<Commit<'_>, RepositoryError> {
    repository.find_commit(id).map_err(unreadable)
}

/// The id of the blob at a path, unless something else or nothing is there.
fn blob_at(tree: &Tree<'_>, path: &str) -> Result<Option<ObjectId>, RepositoryError> {
    let entry = tree.lookup_entry_by_path(path).map_err(unreadable)?;
    Ok(entry
        .filter(|entry| entry.mode().is_blob_or_symlink())
        .map(|entry| entry.object_id()))
}

/// The content of a blob; `None` when it is larger than the limit.
fn blob(
    repository: &gix::Repository,
    id: ObjectId,
    limit: usize,
) -> Result<Option<Vec<u8>>, RepositoryError> {
    let header = repository.find_header(id).map_err(unreadable)?;
    if usize::try_from(header.size()).map_or(true, |size| size > limit) {
        return Ok(None);
    }
    let mut object = repository.find_object(id).map_err(unreadable)?;
    Ok(Some(std::mem::take(&mut object.data)))
}
