//! What changed between two commits, asked of GitHub: for a checkout that does not reach back.

use serde::Deserialize;

use super::call::{Call, Purpose, escaped};
use super::client::Client;
use super::error::ApiError;

const READ: Purpose = Purpose {
    action: "compare two commits",
    permission: "contents: read",
};

/// The most files that GitHub tells of.
const FILES: usize = 300;

/// What changed from one commit to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    /// Where the two came apart.
    pub merge_base: String,
    /// The files, as far as GitHub tells of them.
    pub files: Vec<ChangedFile>,
    /// Whether these are all: GitHub tells of three hundred at most.
    pub complete: bool,
}

impl Comparison {
    /// The paths of every file, those before a renaming too; nothing when not all are told.
    pub fn paths(self) -> Option<Vec<String>> {
        let both = |file: ChangedFile| file.before.into_iter().chain([file.path]);
        self.complete
            .then(|| self.files.into_iter().flat_map(both).collect())
    }
}

/// A file that changed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ChangedFile {
    /// Its path from the repository's root.
    #[serde(rename = "filename")]
    pub path: String,
    /// Its path before, when it was renamed.
    #[serde(rename = "previous_filename", default)]
    pub before: Option<String>,
    /// `added`, `removed`, `modified`, `renamed`, `copied`, `changed` or `unchanged`.
    pub status: String,
    /// The changed lines as a patch, unless the file is binary or large.
    #[serde(default)]
    pub patch: Option<String>,
}

#[derive(Deserialize)]
struct Answer {
    merge_base_commit: Commit,
    #[serde(default)]
    files: Vec<ChangedFile>,
}

#[derive(Deserialize)]
struct Commit {
    sha: String,
}

/// Compares two revisions, from where they came apart to the head.
///
/// # Errors
/// When GitHub refuses, knows one of them not, or cannot be asked.
pub async fn compare(client: &Client, base: &str, head: &str) -> Result<Comparison, ApiError> {
    let range = format!("{}...{}", escaped(base), escaped(head));
    // The files stand on the first page, however few commits a page has.
    let call = Call::get(READ, client.path(&format!("compare/{range}")))
        .query("per_page", 1)
        .query("page", 1);
    let answer: Answer = client.read(&call).await?;
    Ok(Comparison {
        merge_base: answer.merge_base_commit.sha,
        complete: answer.files.len() < FILES,
        files: answer.files,
    })
}
