//! The closed sets of names in the report.

use serde::{Deserialize, Serialize};

/// What the gate says about the deploy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum VerdictName {
    /// Everything that ran passed.
    Allow,
    /// Nothing blocks; something wants a look.
    AllowWithWarnings,
    /// The gate cannot know.
    Inconclusive,
    /// A finding blocks.
    Block,
}

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum OutcomeName {
    /// Nothing blocking was found, and something was evaluated.
    Passed,
    /// A blocking finding.
    Failed,
    /// It cannot say.
    Inconclusive,
    /// It was not run.
    Skipped,
    /// It came to no result.
    Errored,
    /// It ran out of time.
    TimedOut,
    /// The run was stopped before it ended.
    Cancelled,
}

/// The two sorts of doubt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Doubt {
    /// No sample, a failed control, a noisy client.
    NoEvidence,
    /// A measurement too near its budget.
    TooClose,
}

/// What an inconclusive outcome does to the verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum OnInconclusive {
    /// It stops the deploy.
    Block,
    /// It is a warning.
    Warn,
}

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// A blemish.
    Low,
    /// Somebody will notice.
    Medium,
    /// A journey is broken or data is at risk.
    High,
    /// Data leaks or everybody is locked out.
    Critical,
}

/// How sure a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Confidence {
    /// A hint that a person should look at.
    Low,
    /// Likely.
    Medium,
    /// Observed.
    High,
}

/// What a finding does to the verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// It is only reported.
    Allow,
    /// It is a warning.
    Warn,
    /// It blocks.
    Deny,
}

/// How much work it usually is to mend a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Effort {
    /// Minutes.
    Small,
    /// Hours.
    Medium,
    /// Days.
    Large,
}

/// What keeps a finding from counting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum SuppressedBy {
    /// The baseline knew it before this deploy.
    Baseline,
    /// A person answers for it.
    Waiver,
}

/// The unit of a metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Unit {
    /// Milliseconds.
    Milliseconds,
    /// Bytes.
    Bytes,
    /// A plain number.
    Count,
}

/// How a measured percentile stands to its latency budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// Within it.
    Within,
    /// Over it.
    Over,
    /// Too near to tell.
    TooClose,
    /// Only told, or there is too little to judge by.
    Unjudged,
}
