//! Which change a run judged, and what codes mean.

use serde::{Deserialize, Serialize};

use super::{Effort, Severity};

/// Which change a run judged, and who asked for it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Provenance {
    /// The address of the repository's page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repository: Option<String>,
    /// The full id of the judged commit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// The revision that the change starts from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base: Option<String>,
    /// The branch or the tag.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub branch: Option<String>,
    /// The number of the pull request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pull_request: Option<u64>,
    /// The event of the CI system that started the run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<String>,
    /// The address of the page of the CI run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run: Option<String>,
    /// The gate file's folder below the repository's root; empty for the root itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub folder: Option<String>,
    /// Why the change is not trusted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub untrusted: Option<String>,
    /// Why there is nothing to judge yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pending: Option<String>,
    /// What a verdict that stops the deploy stops here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consequence: Option<String>,
}

/// What a code means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Code {
    /// The code: `kind/slug`.
    pub code: String,
    /// What is wrong, in one line.
    pub summary: String,
    /// How bad it is unless the gate file says otherwise.
    pub severity: Severity,
    /// What it costs the business.
    pub impact: String,
    /// How much work mending it usually is.
    pub effort: Effort,
}
