//! A repository that is there and cannot be used.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::{ControlFlow, RangeInclusive};
use std::path::Path;

use tidegate_core::ports::{
    ChangedBlob, ChangedFile, Commit, Head, Repository, RepositoryError, TreeFile,
};

/// Answers every question with the reason, so that nobody takes the repository for absent.
#[derive(Debug, Clone)]
pub struct UnusableRepository(pub RepositoryError);

impl UnusableRepository {
    fn reason<T>(&self) -> Result<T, RepositoryError> {
        Err(self.0.clone())
    }
}

impl Repository for UnusableRepository {
    fn changed_files(
        &self,
        _base: &str,
        _head: Option<&str>,
    ) -> Result<Vec<ChangedFile>, RepositoryError> {
        self.reason()
    }

    fn changed_lines(
        &self,
        _base: &str,
        _head: &Head,
        _paths: &BTreeSet<String>,
    ) -> Result<BTreeMap<String, Vec<RangeInclusive<usize>>>, RepositoryError> {
        self.reason()
    }

    fn visit_changes(
        &self,
        _base: Option<&str>,
        _head: &Head,
        _visit: &mut dyn FnMut(ChangedBlob) -> ControlFlow<()>,
    ) -> Result<(), RepositoryError> {
        self.reason()
    }

    fn visit_tree(
        &self,
        _revision: &str,
        _visit: &mut dyn FnMut(TreeFile) -> ControlFlow<()>,
    ) -> Result<(), RepositoryError> {
        self.reason()
    }

    fn visit_history(
        &self,
        _since: Option<&str>,
        _head: &str,
        _visit: &mut dyn FnMut(&Commit, ChangedBlob) -> ControlFlow<()>,
    ) -> Result<(), RepositoryError> {
        self.reason()
    }

    fn first_seen(
        &self,
        _head: &str,
        _path: &str,
        _needle: &[u8],
    ) -> Result<Option<Commit>, RepositoryError> {
        self.reason()
    }

    fn read_at(
        &self,
        _revision: &str,
        _path: &str,
        _limit: usize,
    ) -> Result<Option<Vec<u8>>, RepositoryError> {
        self.reason()
    }

    fn resolve(&self, _revision: &str) -> Result<String, RepositoryError> {
        self.reason()
    }

    fn merge_base(&self, _base: &str, _head: &str) -> Result<String, RepositoryError> {
        self.reason()
    }

    fn shallow(&self) -> Result<bool, RepositoryError> {
        self.reason()
    }

    fn likely_base(&self) -> Result<Option<String>, RepositoryError> {
        self.reason()
    }

    fn root(&self) -> &Path {
        Path::new(".")
    }
}
