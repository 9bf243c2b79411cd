//! Which commits the names of revisions mean.

use gix::bstr::BStr;
use gix::remote::Direction;
use gix::{Commit, ObjectId, Repository, Tree};
use tidegate_core::ports::RepositoryError;

use super::unreadable;

/// Where changes usually start from, by the full names of the references.
const LIKELY: [&str; 5] = [
    "refs/remotes/origin/HEAD",
    "refs/remotes/origin/main",
    "refs/remotes/origin/master",
    "refs/heads/main",
    "refs/heads/master",
];

/// The commit that a revision names.
pub(super) fn commit<'r>(
    repository: &'r Repository,
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

/// The tree of the commit that the head names; an empty one before the first commit.
pub(super) fn head_tree(repository: &Repository) -> Result<Tree<'_>, RepositoryError> {
    match repository.head_id() {
        Ok(_) => commit(repository, "HEAD")?.tree().map_err(unreadable),
        Err(_) if repository.head().is_ok_and(|head| head.is_unborn()) => {
            Ok(repository.empty_tree())
        }
        Err(error) => Err(unreadable(error)),
    }
}

/// The best commit that the base and the head have in common.
pub(super) fn merge_base<'r>(
    repository: &'r Repository,
    base: &str,
    head: &str,
) -> Result<Commit<'r>, RepositoryError> {
    let ends = (commit(repository, base)?.id, commit(repository, head)?.id);
    let common = repository
        .merge_base(ends.0, ends.1)
        .map_err(|error| shallow_or(repository, base, unreadable(error)))?
        .ok_or_else(|| {
            let apart = format!("`{base}` and the head have no common commit");
            shallow_or(repository, base, unreadable(apart))
        })?;
    repository.find_commit(common).map_err(unreadable)
}

/// The parents of a commit, none of those that a shallow clone lacks.
pub(super) fn parents<'r>(
    repository: &'r Repository,
    commit: &Commit<'r>,
) -> Result<Vec<Commit<'r>>, RepositoryError> {
    let edge = repository.shallow_commits().map_err(unreadable)?;
    if edge.is_some_and(|edge| edge.binary_search(&commit.id).is_ok()) {
        return Ok(Vec::new());
    }
    let find = |id: gix::Id<'r>| repository.find_commit(id).map_err(unreadable);
    commit.parent_ids().map(find).collect()
}

/// What [`tidegate_core::ports::Repository::likely_base`] promises.
pub(super) fn likely_base(repository: &Repository) -> Result<Option<String>, RepositoryError> {
    let head = repository.head_id().ok().map(gix::Id::detach);
    for name in upstream(repository)
        .into_iter()
        .chain(LIKELY.map(str::to_owned))
    {
        let found = target(repository, &name)?;
        if found.is_some() && found != head {
            return Ok(Some(shorten(&name).to_owned()));
        }
    }
    Ok(None)
}

/// The full name of the branch that the current one follows.
fn upstream(repository: &Repository) -> Option<String> {
    let branch = repository.head_name().ok()??;
    let remote = repository.branch_remote_name(branch.shorten(), Direction::Fetch);
    let name = if remote.is_some_and(|name| name.as_bstr() == ".") {
        repository.branch_remote_ref_name(branch.as_ref(), Direction::Fetch)
    } else {
        repository.branch_remote_tracking_ref_name(branch.as_ref(), Direction::Fetch)
    };
    Some(name?.ok()?.as_bstr().to_string())
}

/// The commit that a reference leads to; `None` when there is no such reference, or it leads nowhere.
fn target(repository: &Repository, name: &str) -> Result<Option<ObjectId>, RepositoryError> {
    let reference = repository.try_find_reference(name).map_err(unreadable)?;
    Ok(reference.and_then(|mut reference| {
        let commit = reference.peel_to_commit().ok()?;
        Some(commit.id)
    }))
}

fn shorten(name: &str) -> &str {
    name.strip_prefix("refs/remotes/")
        .or_else(|| name.strip_prefix("refs/heads/"))
        .unwrap_or(name)
}

/// In a shallow clone, whatever is missing is missing because of that.
fn shallow_or(
    repository: &Repository,
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
