//! What a check kind or an observer says about itself.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::name::Code;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
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

impl Severity {
    /// Every severity, the worst first.
    pub const ALL: [Self; 5] = [
        Self::Critical,
        Self::High,
        Self::Medium,
        Self::Low,
        Self::Info,
    ];

    /// The severity in one word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

/// How sure a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Confidence {
    /// A hint that a person should look at.
    Low,
    /// Likely.
    Medium,
    /// Observed.
    High,
}

impl Confidence {
    /// The confidence in one word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// What a finding does to the verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effort {
    /// Minutes.
    Small,
    /// Hours.
    Medium,
    /// Days.
    Large,
}

/// Whether a failed attempt of a kind may be repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RetryClass {
    /// `retries:` is allowed.
    Allowed,
    /// A repeated attempt would make the verdict a lie; `retries:` is an error.
    Never,
}

/// A port a check may ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Port {
    /// Requests to declared origins.
    Http,
    /// Many requests, on time.
    Load,
    /// Requests released together.
    Volley,
    /// Revisions of the git repository.
    Repository,
    /// Files under granted roots.
    Files,
    /// Programs on this machine.
    Processes,
    /// Removal of what the check creates.
    Cleanup,
    /// Small files that outlive the run.
    State,
    /// What other checks sent and received.
    Exchanges,
    /// The process environment.
    Variables,
    /// Loopback servers that record what the portal sends out.
    Sinks,
}

/// One thing a check can find.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeInfo {
    /// Its name.
    pub code: Code,
    /// What is wrong, in one line without a full stop.
    pub summary: Cow<'static, str>,
    /// How bad it is unless the gate says otherwise.
    pub severity: Severity,
    /// What it costs the business, in one sentence for a person who is not an engineer.
    pub impact: Cow<'static, str>,
    /// How much work mending it usually is.
    pub effort: Effort,
}

impl CodeInfo {
    /// Describes a code that is known when Tidegate is built.
    pub const fn known(
        code: &'static str,
        severity: Severity,
        effort: Effort,
        summary: &'static str,
        impact: &'static str,
    ) -> Self {
        Self {
            code: Code::known(code),
            summary: Cow::Borrowed(summary),
            severity,
            impact: Cow::Borrowed(impact),
            effort,
        }
    }
}

/// A page in Markdown.
#[derive(Debug, Clone)]
pub enum Docs {
    /// One that is at hand.
    Written(Cow<'static, str>),
    /// One that is put together when somebody reads it: every run names its kinds, and few are read
    /// about.
    Made(fn() -> String),
}

impl Docs {
    /// A page that is known when Tidegate is built.
    pub const fn known(text: &'static str) -> Self {
        Self::Written(Cow::Borrowed(text))
    }

    /// The page itself.
    pub fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Written(text) => Cow::Borrowed(text),
            Self::Made(make) => Cow::Owned(make()),
        }
    }
}

/// What a check kind or an observer says about itself.
#[derive(Debug, Clone)]
pub struct Meta {
    /// The name that stands as the key in a check entry or under `observers:`.
    pub name: Cow<'static, str>,
    /// What it does, in one line.
    pub summary: Cow<'static, str>,
    /// Its page in Markdown, with the headings `What it does`, `Why it is bad`, `Example`,
    /// `How to fix` and `References`, and one heading for each code.
    pub docs: Docs,
    /// Everything it can find.
    pub codes: Cow<'static, [CodeInfo]>,
    /// Whether it runs in every selection without being counted.
    pub always_run: bool,
    /// Whether a failed attempt may be repeated.
    pub retry: RetryClass,
    /// The ports its checks ask for.
    pub ports: Cow<'static, [Port]>,
}

impl Meta {
    /// The entry of a code it declares.
    pub fn code(&self, code: &str) -> Option<&CodeInfo> {
        self.codes.iter().find(|info| info.code.as_str() == code)
    }
}
