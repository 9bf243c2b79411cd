//! A repository in memory.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use tidegate_core::ports::{
    ChangedBlob, ChangedFile, Commit, Content, Head, Repository, RepositoryError, TreeFile, WHOLE,
};

use super::{BASE, HEAD};

/// A repository of two commits, the second of which is checked out.
pub(super) struct Revisions {
    pub(super) base: BTreeMap<String, Vec<u8>>,
    pub(super) head: BTreeMap<String, Vec<u8>>,
    pub(super) root: PathBuf,
    pub(super) shallow: bool,
}

impl Revisions {
    fn tree(&self, revision: &str) -> Result<&BTreeMap<String, Vec<u8>>, RepositoryError> {
        match revision {
            "main" | "origin/main" | "HEAD^1" | BASE => Ok(&self.base),
            "HEAD" | HEAD => Ok(&self.head),
            _ => Err(RepositoryError::UnknownRevision {
                revision: revision.into(),
            }),
        }
    }

    /// What differs between two trees.
    fn changes(
        old: &BTreeMap<String, Vec<u8>>,
        new: &BTreeMap<String, Vec<u8>>,
    ) -> Vec<ChangedBlob> {
        let paths: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
        paths
            .into_iter()
            .filter(|path| old.get(*path) != new.get(*path))
            .map(|path| ChangedBlob {
                file: ChangedFile {
                    path: path.clone(),
                    renamed_from: None,
                    removed: !new.contains_key(path),
                },
                old: old.get(path).map(|bytes| content(bytes)),
                new: new.get(path).map(|bytes| content(bytes)),
            })
            .collect()
    }
}

fn content(bytes: &[u8]) -> Content {
    if bytes.len() <= WHOLE {
        return Content::Whole(bytes.to_vec());
    }
    Content::Large {
        size: bytes.len() as u64,
        reader: Box::new(std::io::Cursor::new(bytes.to_vec())),
    }
}

fn commit(id: &str) -> Commit {
    Commit {
        id: id.into(),
        at: "2026-03-02T10:00:00Z".into(),
        author: "Anna".into(),
    }
}

impl Repository for Revisions {
    fn changed_files(
        &self,
        base: &str,
        _: Option<&str>,
    ) -> Result<Vec<ChangedFile>, RepositoryError> {
        let changes = Self::changes(self.tree(base)?, &self.head);
        Ok(changes.into_iter().map(|change| change.file).collect())
    }

    fn visit_changes(
        &self,
        base: Option<&str>,
        head: &Head,
        visit: &mut dyn FnMut(ChangedBlob) -> ControlFlow<()>,
    ) -> Result<(), RepositoryError> {
        let nothing = BTreeMap::new();
        let old = match base {
            Some(revision) if self.shallow => {
                return Err(RepositoryError::Shallow {
                    revision: revision.into(),
                });
            }
            Some(revision) => self.tree(revision)?,
            None => &nothing,
        };
        let new = match head {
            Head::Revision(revision) => self.tree(revision)?,
            Head::WorkingTree | Head::Staged => &self.head,
        };
        let _ = Self::changes(old, new).into_iter().try_for_each(visit);
        Ok(())
    }

    fn visit_tree(
        &self,
        revision: &str,
        visit: &mut dyn FnMut(TreeFile) -> ControlFlow<()>,
    ) -> Result<(), RepositoryError> {
        let files = self.tree(revision)?.iter().map(|(path, bytes)| TreeFile {
            path: path.clone(),
            content: content(bytes),
        });
        let _ = files.into_iter().try_for_each(visit);
        Ok(())
    }

    fn visit_history(
        &self,
        since: Option<&str>,
        head: &str,
        visit: &mut dyn FnMut(&Commit, ChangedBlob) -> ControlFlow<()>,
    ) -> Result<(), RepositoryError> {
        self.tree(head)?;
        let mut commits = vec![(commit(HEAD), Self::changes(&self.base, &self.head))];
        match since {
            Some(since) => drop(self.tree(since)?),
            None => commits.push((commit(BASE), Self::changes(&BTreeMap::new(), &self.base))),
        }
        for (commit, changes) in commits {
            let kept = changes.into_iter().filter(|change| change.new.is_some());
            for change in kept {
                if visit(&commit, change).is_break() {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    fn first_seen(
        &self,
        head: &str,
        path: &str,
        needle: &[u8],
    ) -> Result<Option<Commit>, RepositoryError> {
        let holds = |tree: &BTreeMap<String, Vec<u8>>| {
            let content = tree.get(path);
            content.is_some_and(|bytes| memchr::memmem::find(bytes, needle).is_some())
        };
        let id = if holds(&self.base) { BASE } else { HEAD };
        Ok(holds(self.tree(head)?).then(|| commit(id)))
    }

    fn read_at(
        &self,
        revision: &str,
        path: &str,
        limit: usize,
    ) -> Result<Option<Vec<u8>>, RepositoryError> {
        let content = self.tree(revision)?.get(path);
        if content.is_some_and(|bytes| bytes.len() > limit) {
            return Err(RepositoryError::TooLarge {
                path: path.into(),
                limit,
            });
        }
        Ok(content.cloned())
    }

    fn resolve(&self, revision: &str) -> Result<String, RepositoryError> {
        let tree = self.tree(revision)?;
        let id = if std::ptr::eq(tree, &raw const self.base) {
            BASE
        } else {
            HEAD
        };
        Ok(id.into())
    }

    fn merge_base(&self, base: &str, _: &str) -> Result<String, RepositoryError> {
        if self.shallow {
            return Err(RepositoryError::Shallow {
                revision: base.into(),
            });
        }
        self.resolve(base)
    }

    fn shallow(&self) -> Result<bool, RepositoryError> {
        Ok(self.shallow)
    }

    fn likely_base(&self) -> Result<Option<String>, RepositoryError> {
        Ok(Some("main".into()))
    }

    fn root(&self) -> &Path {
        &self.root
    }
}
