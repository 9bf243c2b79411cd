//! Where the judged change starts, and where the gate file stands in the repository.

use std::path::Path;

use tidegate_core::ports::{Repository, RepositoryError, Variables};

/// What is compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Base {
    /// The merge base with this revision.
    Revision(String),
    /// The last commit, because nobody names another start: what is not committed yet is judged.
    LastCommit,
    /// Nothing, for this reason.
    Nothing(String),
    /// Nothing, because the clone lacks it for this reason; [`FETCH`] says how to get it.
    Missing(String),
}

/// How to get what a shallow clone lacks.
pub(crate) const FETCH: &str = "fetch it with `fetch-depth: 0` for actions/checkout, \
     `GIT_DEPTH: 0` for GitLab, or `git fetch --unshallow`";

impl Base {
    /// The revision that the change starts from.
    pub(crate) fn revision(&self) -> Option<&str> {
        match self {
            Self::Revision(revision) => Some(revision),
            Self::LastCommit => Some("HEAD"),
            Self::Nothing(_) | Self::Missing(_) => None,
        }
    }
}

/// Variables by which CI systems tell what a change is compared with, and what stands before the
/// value to make it a revision: the branch that a request goes into, or the commit before a push.
const TOLD: &[(&str, &str)] = &[
    ("GITHUB_BASE_REF", "origin/"),
    ("CI_MERGE_REQUEST_DIFF_BASE_SHA", ""),
    ("CI_COMMIT_BEFORE_SHA", ""),
    ("BITBUCKET_PR_DESTINATION_COMMIT", ""),
    ("BITBUCKET_PR_DESTINATION_BRANCH", "origin/"),
    ("CHANGE_TARGET", "origin/"),
    ("GIT_PREVIOUS_SUCCESSFUL_COMMIT", ""),
    ("VERCEL_GIT_PREVIOUS_SHA", ""),
    ("CACHED_COMMIT_REF", ""),
];

/// Variables that are set in CI and nowhere else.
const CI: &[&str] = &[
    "CI",
    "GITHUB_ACTIONS",
    "GITLAB_CI",
    "TF_BUILD",
    "JENKINS_URL",
];

/// The start of the change: what the gate file or the caller names, else what the CI system tells,
/// else what the repository suggests.
///
/// # Errors
/// When a named revision does not exist, or the repository cannot be read.
pub(crate) fn find(
    repository: &dyn Repository,
    variables: &dyn Variables,
    named: Option<&str>,
) -> Result<Base, RepositoryError> {
    if let Some(named) = named {
        repository.resolve(named)?;
        return Ok(Base::Revision(named.to_owned()));
    }
    if !begun(repository)? {
        return Ok(Base::Nothing("there is no commit yet".to_owned()));
    }
    let told = told(variables);
    for revision in &told {
        if repository.resolve(revision).is_ok() {
            return Ok(Base::Revision(revision.clone()));
        }
    }
    // A pull request is checked out as its merge with the base, which is the first parent.
    if variables
        .get("GITHUB_BASE_REF")
        .is_some_and(|base| !base.expose().is_empty())
        && repository.resolve("HEAD^2").is_ok()
        && repository.resolve("HEAD^1").is_ok()
    {
        return Ok(Base::Revision("HEAD^1".to_owned()));
    }
    let in_ci = CI.iter().any(|name| variables.get(name).is_some());
    if !told.is_empty() || (in_ci && repository.shallow()?) {
        return Ok(Base::Missing(lacking(&told)));
    }
    match repository.likely_base()? {
        Some(likely) => Ok(Base::Revision(likely)),
        None if in_ci && repository.resolve("HEAD^1").is_ok() => {
            Ok(Base::Revision("HEAD^1".to_owned()))
        }
        None if in_ci => Ok(Base::Nothing("this is the first commit".to_owned())),
        // On the main branch itself.
        None => Ok(Base::LastCommit),
    }
}

/// Whether there is a commit.
///
/// # Errors
/// When the repository cannot be read.
pub(crate) fn begun(repository: &dyn Repository) -> Result<bool, RepositoryError> {
    match repository.resolve("HEAD") {
        Err(RepositoryError::UnknownRevision { .. }) => Ok(false),
        found => found.map(|_| true),
    }
}

fn told(variables: &dyn Variables) -> Vec<String> {
    let mut told = Vec::new();
    for (name, before) in TOLD {
        let Some(value) = variables.get(name) else {
            continue;
        };
        let value = value.expose().trim();
        // A push that creates a branch has zeros for the commit before it.
        let nothing = value.is_empty() || value.bytes().all(|byte| byte == b'0');
        if !nothing {
            told.push(format!("{before}{value}"));
        }
    }
    told
}

fn lacking(told: &[String]) -> String {
    match told.first() {
        Some(revision) => {
            format!("`{revision}`, which this change is compared with, is not in this clone")
        }
        None => "this clone is shallow and holds nothing to compare with".to_owned(),
    }
}

/// The folder of the gate file relative to the repository's; nothing when it is outside.
pub(crate) fn folder_in(repository: &Path, gate: &Path) -> Option<String> {
    let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let gate = if gate.as_os_str().is_empty() {
        Path::new(".")
    } else {
        gate
    };
    let (repository, gate) = (real(repository), real(gate));
    let folder = gate.strip_prefix(&repository).ok()?;
    Some(folder.to_str()?.replace('\\', "/"))
}

/// A path below a folder, without `.` and `..`; nothing when it leads out of the root.
pub(crate) fn joined(folder: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.split('/').chain(path.split(['/', '\\'])) {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            _ => parts.push(part),
        }
    }
    Some(parts.join("/"))
}
