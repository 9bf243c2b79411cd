//! Files, revisions and the small state that outlives a run.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::ops::{ControlFlow, RangeInclusive};
use std::path::{Path, PathBuf};

/// Bounded reads under granted roots.
pub trait Files: Send + Sync {
    /// Reads a file whole; the path is relative to the gate file's folder.
    ///
    /// # Errors
    /// When the path leads outside the roots, the file cannot be read, or it is larger than `limit` bytes.
    fn read(&self, path: &str, limit: usize) -> Result<Vec<u8>, FilesError>;

    /// The files under the roots that match any of the globs, as paths relative to the gate file's
    /// folder with forward slashes, sorted. A folder that this user may not look into is left out.
    ///
    /// # Errors
    /// When a glob is malformed or a folder cannot be read.
    fn list(&self, globs: &[String]) -> Result<Vec<String>, FilesError>;

    /// Walks through every plain file below a folder, in a fixed order, and tells each; the folder
    /// is relative to the gate file's, and empty for that one itself. Links to folders are not
    /// followed, links to files only inside the roots, and `.git` is left out. What cannot be read
    /// is told in its place, and the walk goes on. A name that is not UTF-8 is told lossily, and
    /// every path that was told can be opened.
    ///
    /// # Errors
    /// When the folder leads outside the roots, is not there or cannot be listed.
    fn walk(
        &self,
        folder: &str,
        visit: &mut dyn FnMut(Result<FoundFile, FilesError>) -> ControlFlow<()>,
    ) -> Result<(), FilesError>;

    /// Opens a file to be read piece by piece; the path is relative to the gate file's folder.
    ///
    /// # Errors
    /// When the path leads outside the roots, or the file cannot be opened or is no plain file.
    fn open(&self, path: &str) -> Result<Box<dyn Read + Send>, FilesError>;

    /// When a file was last written, as time since the Unix epoch; `None` when there is none.
    ///
    /// # Errors
    /// When the path leads outside the roots.
    fn modified(&self, path: &str) -> Result<Option<std::time::Duration>, FilesError>;
}

/// A file that a walk came by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FoundFile {
    /// Its path relative to the gate file's folder, with forward slashes.
    pub path: String,
    /// Its size in bytes.
    pub size: u64,
}

/// Why a file could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FilesError {
    /// The path leads outside what was granted.
    #[error("{path} is outside the project folder")]
    Outside {
        /// The path as it was asked for.
        path: String,
    },
    /// There is no such file.
    #[error("there is no file {path}")]
    Missing {
        /// The path as it was asked for.
        path: String,
    },
    /// The system refused.
    #[error("{path} could not be read: {reason}")]
    Unreadable {
        /// The path as it was asked for.
        path: String,
        /// What the system said.
        reason: String,
    },
    /// The file is larger than the reader allows.
    #[error("{path} is larger than {limit} bytes")]
    TooLarge {
        /// The path as it was asked for.
        path: String,
        /// The limit in bytes.
        limit: usize,
    },
    /// A glob is malformed.
    #[error("`{glob}` is not a proper glob: {reason}")]
    Glob {
        /// The glob.
        glob: String,
        /// What is wrong with it.
        reason: String,
    },
}

impl FilesError {
    /// The same as a phrase that follows the name of the file.
    pub fn reason(&self) -> String {
        match self {
            Self::Outside { .. } => "it is outside the project folder".to_owned(),
            Self::Missing { .. } => "there is no such file".to_owned(),
            Self::Unreadable { reason, .. } => reason.clone(),
            Self::TooLarge { limit, .. } => format!("it is larger than {limit} bytes"),
            Self::Glob { reason, .. } => format!("it is no proper glob: {reason}"),
        }
    }

    /// How to mend it.
    pub fn help(&self) -> &'static str {
        match self {
            Self::Outside { .. } => "Name a file below the folder of the gate file.",
            Self::Missing { .. } => {
                "Check the path; it is relative to the folder of the gate file."
            }
            Self::Unreadable { .. } => "Name a file, not a folder, that this user may read.",
            Self::TooLarge { .. } => "Use a smaller file.",
            Self::Glob { .. } => "Write it like `src/**/*.ts`.",
        }
    }
}

/// The git repository around the gate file.
pub trait Repository: Send + Sync {
    /// The files that differ between the merge base of `base` and `head`, and `head`; with no head,
    /// the working tree is the head. Paths are relative to the repository's root.
    ///
    /// # Errors
    /// When a revision is unknown, or history is missing in a shallow clone.
    fn changed_files(
        &self,
        base: &str,
        head: Option<&str>,
    ) -> Result<Vec<ChangedFile>, RepositoryError>;

    /// The lines that a change added or edited in some files, by path: ranges of 1-based lines of the
    /// head, in order. The base is that of [`Repository::changed_files`], and files that were renamed
    /// and edited are recognised. A file that did not change is absent, and so is one that is larger
    /// than [`WHOLE`] or cannot be read. An implementation that does not know tells no file.
    ///
    /// # Errors
    /// As [`Repository::visit_changes`].
    fn changed_lines(
        &self,
        _base: &str,
        _head: &Head,
        _paths: &BTreeSet<String>,
    ) -> Result<BTreeMap<String, Vec<RangeInclusive<usize>>>, RepositoryError> {
        Ok(BTreeMap::new())
    }

    /// Tells the contents of each changed file, one at a time, in the order of their paths.
    ///
    /// The base is a revision, of which the merge base with the head is taken, or nothing at all for
    /// a repository whose first commit is judged. Submodules are left out; a link's content is its
    /// target's name. A path that is not UTF-8 is told lossily.
    ///
    /// Unlike in [`Repository::changed_files`], a renamed file may also have been edited: its old
    /// content is that of the removed file that it resembles, which is then not told by itself. The
    /// old content of an unchanged copy is that of the file it was copied from. What cannot be read,
    /// or vanished meanwhile, is [`Content::Unreadable`] and does not end the visit.
    ///
    /// # Errors
    /// When a revision is unknown, history is missing in a shallow clone, or the head is not a
    /// revision and the `git` program is missing or fails.
    fn visit_changes(
        &self,
        base: Option<&str>,
        head: &Head,
        visit: &mut dyn FnMut(ChangedBlob) -> ControlFlow<()>,
    ) -> Result<(), RepositoryError>;

    /// Tells every file of a revision, one at a time, in the order of their paths.
    ///
    /// # Errors
    /// When the revision is unknown.
    fn visit_tree(
        &self,
        revision: &str,
        visit: &mut dyn FnMut(TreeFile) -> ControlFlow<()>,
    ) -> Result<(), RepositoryError>;

    /// Tells what each commit reachable from a revision added or edited, newest first, without the
    /// commits that the revision `since` reaches. Removed files are not told. A merge tells only the
    /// files that are as none of its parents had them, and their old content is that of all parents,
    /// one after the other. In a shallow clone the walk ends at its edge, where a commit counts as a
    /// first one.
    ///
    /// # Errors
    /// When a revision is unknown.
    fn visit_history(
        &self,
        since: Option<&str>,
        head: &str,
        visit: &mut dyn FnMut(&Commit, ChangedBlob) -> ControlFlow<()>,
    ) -> Result<(), RepositoryError>;

    /// The oldest commit reachable from `head` whose version of `path` holds `needle`, as far back
    /// as the file held it without a gap and at most 1,000 commits that touch the file, 20,000 in
    /// all; `None` when not even the head's version holds it. Renames are not followed, and a shallow
    /// clone ends at its edge.
    ///
    /// # Errors
    /// When the revision is unknown.
    fn first_seen(
        &self,
        head: &str,
        path: &str,
        needle: &[u8],
    ) -> Result<Option<Commit>, RepositoryError>;

    /// The content of a file at a revision; `None` when it did not exist there.
    ///
    /// # Errors
    /// When the revision is unknown or the file is larger than `limit` bytes.
    fn read_at(
        &self,
        revision: &str,
        path: &str,
        limit: usize,
    ) -> Result<Option<Vec<u8>>, RepositoryError>;

    /// The full id of a revision.
    ///
    /// # Errors
    /// When the revision is unknown.
    fn resolve(&self, revision: &str) -> Result<String, RepositoryError>;

    /// The full id of the best commit that two revisions have in common: where the head left the base.
    ///
    /// # Errors
    /// When a revision is unknown, history is missing in a shallow clone, or they have none in common.
    fn merge_base(&self, base: &str, head: &str) -> Result<String, RepositoryError>;

    /// Whether the clone lacks the beginning of its history.
    ///
    /// # Errors
    /// When the repository cannot be read.
    fn shallow(&self) -> Result<bool, RepositoryError>;

    /// The revision that a change most likely starts from when nobody names one: the upstream of
    /// the current branch, else `origin/HEAD`, `origin/main`, `origin/master`, `main` or `master`,
    /// whichever exists first and is another commit than the head; `None` when there is none.
    ///
    /// # Errors
    /// When the repository cannot be read.
    fn likely_base(&self) -> Result<Option<String>, RepositoryError>;

    /// The root of the working tree.
    fn root(&self) -> &Path;
}

/// Where a change ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Head {
    /// The files as they lie there, untracked ones included and ignored ones not.
    WorkingTree,
    /// What the next commit would hold.
    Staged,
    /// A revision.
    Revision(String),
}

/// A commit as people know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// The full id.
    pub id: String,
    /// When it was committed (RFC 3339).
    pub at: String,
    /// Who wrote it, by name; no address.
    pub author: String,
}

/// A file of a revision.
#[derive(Debug)]
pub struct TreeFile {
    /// Its path relative to the repository's root, with forward slashes.
    pub path: String,
    /// Its content.
    pub content: Content,
}

/// The content of a file, whole or piece by piece.
pub enum Content {
    /// All of it: at most [`WHOLE`] bytes.
    Whole(Vec<u8>),
    /// A larger one.
    Large {
        /// Its size in bytes.
        size: u64,
        /// Reads it from its start.
        reader: Box<dyn Read + Send>,
    },
    /// It is there and could not be read, with the reason.
    Unreadable(String),
}

/// The largest content that is handed over whole, in bytes: 8 MiB.
pub const WHOLE: usize = 8 * 1024 * 1024;

impl std::fmt::Debug for Content {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Whole(content) => write!(formatter, "Whole({} bytes)", content.len()),
            Self::Large { size, .. } => write!(formatter, "Large({size} bytes)"),
            Self::Unreadable(reason) => write!(formatter, "Unreadable({reason})"),
        }
    }
}

/// A file that a change touches.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ChangedFile {
    /// Its path in the head, or in the base when it was removed; forward slashes.
    pub path: String,
    /// Its path in the base when it was renamed.
    pub renamed_from: Option<String>,
    /// Whether the head no longer has it.
    pub removed: bool,
}

/// The content of a changed file on both sides.
#[derive(Debug)]
pub struct ChangedBlob {
    /// Which file.
    pub file: ChangedFile,
    /// The content in the base, under the name that the file had there; `None` when it is new.
    pub old: Option<Content>,
    /// The content in the head; `None` when it was removed.
    pub new: Option<Content>,
}

/// Why the repository has no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RepositoryError {
    /// The revision names nothing.
    #[error("`{revision}` is not a revision of this repository")]
    UnknownRevision {
        /// The revision as it was asked for.
        revision: String,
    },
    /// The clone does not reach back far enough.
    #[error("this clone is shallow and does not reach back to `{revision}`")]
    Shallow {
        /// The revision as it was asked for.
        revision: String,
    },
    /// There is no repository here.
    #[error("{path} is not inside a git repository")]
    Absent {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// There is a repository, and nothing is checked out beside it.
    #[error("the git repository {path} is bare: it has no working tree")]
    Bare {
        /// The repository.
        path: PathBuf,
    },
    /// The `git` program did not start.
    #[error("the program `git` could not be started: {reason}")]
    NoProgram {
        /// What the system said.
        reason: String,
    },
    /// A file is larger than the reader allows.
    #[error("{path} is larger than {limit} bytes")]
    TooLarge {
        /// The file.
        path: String,
        /// The limit in bytes.
        limit: usize,
    },
    /// The repository is damaged or unreadable.
    #[error("the git repository could not be read: {reason}")]
    Unreadable {
        /// What the library said.
        reason: String,
    },
}

impl RepositoryError {
    /// How to mend it.
    pub fn help(&self) -> &'static str {
        match self {
            Self::UnknownRevision { .. } => {
                "Name a branch, a tag or a commit that this clone has; in CI fetch it first."
            }
            Self::Shallow { .. } => {
                "Fetch more history: for actions/checkout `fetch-depth: 0`, of which `fetch-depth: 2` is enough for `HEAD^1` of a pull request; elsewhere `git fetch --unshallow`."
            }
            Self::Absent { .. } => "Run Tidegate inside a git checkout.",
            Self::Bare { .. } => {
                "Run Tidegate in a clone of it, or in a working tree that `git worktree add` makes."
            }
            Self::NoProgram { .. } => {
                "Install git; only the working tree, the index and files above 8 MiB need it, two commits are compared without."
            }
            Self::TooLarge { .. } => "Leave the file out, or keep it smaller.",
            Self::Unreadable { .. } => {
                "Run `git status` and `git fsck` there and see what they say."
            }
        }
    }
}

/// Small files by name that outlive the run: references, recent failures, learned schemas.
pub trait State: Send + Sync {
    /// The content under a name, if there is one.
    ///
    /// # Errors
    /// When it exists and cannot be read.
    fn read(&self, name: &str) -> Result<Option<Vec<u8>>, StateError>;

    /// Replaces the content under a name in one step: a reader sees the old or the new one whole.
    ///
    /// # Errors
    /// When the folder is not writable.
    fn write(&self, name: &str, content: &[u8]) -> Result<(), StateError>;
}

/// Why a state file could not be read or written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the state file {path} could not be {action}: {reason}")]
pub struct StateError {
    /// The file.
    pub path: PathBuf,
    /// `read`, `written`, `removed` or `salted`.
    pub action: &'static str,
    /// What the system said.
    pub reason: String,
}

impl StateError {
    /// How to mend it.
    pub fn help(&self) -> &'static str {
        "Make the folder `.tidegate` beside the gate file readable and writable."
    }
}
