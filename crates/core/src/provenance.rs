//! Which change a run judges, who asked for the run, and how far the change is trusted.

/// Which change a run judges, who asked for the run, and how far the change is trusted.
///
/// Empty for a run on somebody's own machine that names no base.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Provenance {
    /// The address of the repository's page, as in `https://github.com/acme/portal`.
    pub repository: Option<String>,
    /// The full id of the judged commit.
    pub commit: Option<String>,
    /// The revision that the change starts from.
    pub base: Option<String>,
    /// The branch or the tag, without `refs/…/`.
    pub branch: Option<String>,
    /// The number of the pull request.
    pub pull_request: Option<u64>,
    /// The event of the CI system that started the run, as in `pull_request`.
    pub event: Option<String>,
    /// The address of the page of the CI run.
    pub run: Option<String>,
    /// The gate file's folder below the repository's root, with forward slashes; empty for the root
    /// itself.
    pub folder: Option<String>,
    /// Why the change is not trusted, as the phrase that names it, `a pull request from a fork`: it
    /// gets no secrets, and its gate file is not its judge.
    pub untrusted: Option<String>,
    /// Why there is nothing to judge yet, as a phrase, such as a deployment that is not out.
    pub pending: Option<String>,
    /// What a verdict that stops the deploy stops here, as a sentence.
    pub consequence: Option<String>,
}
