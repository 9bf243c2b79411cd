//! What changed since an earlier gate.

use serde::{Deserialize, Serialize};

use super::{Severity, VerdictName};

/// What changed since an earlier gate of the same portal and environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Since {
    /// The earlier run.
    pub before: Before,
    /// The verdict of this run.
    pub verdict: VerdictName,
    /// What counts now and did not then.
    pub new: Vec<Change>,
    /// What counted then, was looked at again and is not there any more.
    pub fixed: Vec<Change>,
    /// What counted then and is known or waived now.
    pub accepted: Vec<Change>,
    /// What counted then and counts now.
    pub unchanged: Vec<Change>,
    /// What comes and goes.
    pub flaky: Vec<FlakyChange>,
    /// What counted then and was not looked at this time.
    pub not_looked_at: Vec<Change>,
    /// The checks that the gate file did not have.
    pub checks_added: Vec<String>,
    /// The checks that the gate file has no more.
    pub checks_removed: Vec<String>,
    /// The checks that ran then and did not this time.
    pub checks_newly_skipped: Vec<NewlySkipped>,
}

/// The earlier run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Before {
    /// When it began (RFC 3339, UTC).
    pub started: String,
    /// Its verdict.
    pub verdict: VerdictName,
    /// The commit that it judged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// The address of the page of its CI run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<String>,
}

/// A finding of one of the two runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Change {
    /// The check.
    pub check: String,
    /// The code.
    pub code: String,
    /// Its identity across runs.
    pub fingerprint: String,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, in one sentence.
    pub title: String,
}

/// Something that comes and goes: a check that passed only when repeated, or a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct FlakyChange {
    /// The check.
    pub check: String,
    /// How it comes and goes, as a phrase.
    pub reason: String,
    /// The finding, when it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finding: Option<Change>,
}

/// A check that ran then and did not this time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct NewlySkipped {
    /// The check.
    pub check: String,
    /// Why it did not run.
    pub reason: String,
}
