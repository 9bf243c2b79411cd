//! The git repository around the gate file.

use tidegate_core::meta::Port;

use super::pending::Pending;
use super::{Line, Surroundings};
use crate::ci::Situation;
use crate::gate::Gate;

/// What is asked of the repository.
#[cfg_attr(not(feature = "git"), allow(dead_code))]
struct Asked {
    /// The checks that look into it.
    checks: Vec<String>,
    /// Where the change begins.
    base: Option<String>,
    /// Whether a CI system said which change is judged.
    in_ci: bool,
    notes: Vec<String>,
}

pub(super) fn begin(
    surroundings: &Surroundings,
    gate: Option<&Gate>,
    situation: &Situation,
) -> Pending<Vec<Line>> {
    let checks = gate.map_or_else(Vec::new, |gate| {
        let entries = gate.definition().checks.iter();
        entries
            .filter(|entry| entry.kind.meta().ports.contains(&Port::Repository))
            .map(|entry| format!("`{}`", entry.id))
            .collect()
    });
    let base = situation.provenance.base.clone();
    let asked = Asked {
        checks,
        base: base.or_else(|| situation.changed_since.clone()),
        in_ci: situation.provenance.event.is_some(),
        notes: situation.notes.clone(),
    };
    let folder = surroundings.folder.clone();
    Pending::begin("repository", move || here::lines(&folder, &asked))
}

#[cfg(not(feature = "git"))]
mod here {
    use std::path::Path;

    use super::{Asked, Line};

    pub(super) fn lines(_folder: &Path, _asked: &Asked) -> Vec<Line> {
        Vec::new()
    }
}

#[cfg(feature = "git")]
mod here {
    use std::path::Path;

    use tidegate_core::ports::{Repository as _, RepositoryError};
    use tidegate_repo::GitRepository;

    use super::{Asked, Line};
    use crate::judge::shortened;

    pub(super) fn lines(folder: &Path, asked: &Asked) -> Vec<Line> {
        let repository = match GitRepository::discover(folder) {
            Ok(repository) => repository,
            Err(RepositoryError::Absent { .. }) => return vec![absent(folder, asked)],
            Err(error) => return vec![Line::warning(error.to_string()).remedy(error.help())],
        };
        let mut lines = vec![match repository.resolve("HEAD") {
            Ok(head) => Line::ok(format!(
                "the repository {} is at {}",
                repository.root().display(),
                shortened(&head)
            )),
            Err(_) => Line::warning("the repository has no commit yet")
                .remedy("Commit what is there, so that a later change can be held against it."),
        }];
        lines.extend(depth(&repository));
        lines.extend(beginning(asked));
        lines.extend(asked.notes.iter().map(Line::warning));
        lines
    }

    fn absent(folder: &Path, asked: &Asked) -> Line {
        let place = if folder == Path::new(".") {
            "this folder".to_owned()
        } else {
            format!("`{}`", folder.display())
        };
        if asked.checks.is_empty() {
            return Line::note(format!("{place} is in no git repository"));
        }
        Line::warning(format!(
            "{place} is in no git repository, so that {} cannot see what a change brings",
            asked.checks.join(", ")
        ))
        .remedy("Type `git init` and commit, or run Tidegate in a checkout.")
    }

    fn depth(repository: &GitRepository) -> Option<Line> {
        match repository.is_shallow() {
            Ok(false) => None,
            Ok(true) => Some(
                Line::warning("the clone is shallow: it may not reach back to where a change begins").remedy(
                    "In a workflow give actions/checkout `fetch-depth: 0`; elsewhere type `git fetch --unshallow`.",
                ),
            ),
            Err(error) => Some(Line::warning(error.to_string()).remedy(error.help())),
        }
    }

    fn beginning(asked: &Asked) -> Option<Line> {
        match &asked.base {
            Some(base) => Some(Line::ok(format!(
                "the change begins at {}",
                shortened(base)
            ))),
            None if asked.in_ci => None,
            None => Some(
                Line::note("no beginning of a change is named, so that everything counts as new")
                    .remedy("`tidegate run --changed-since main` judges what this branch changes."),
            ),
        }
    }
}
