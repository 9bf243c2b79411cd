//! The types of the report as programs read it, version 1.
//!
//! They mirror the model and are changed only by additions. Lengths of time are milliseconds; keys
//! that have no value are absent.

mod distribution;
mod handover;
mod names;
mod origin;
mod questions;
mod since;

use serde::{Deserialize, Serialize};

pub use self::distribution::{Distribution, Mark};
pub use self::handover::{Answer, Handover, Journey};
pub use self::names::{
    Confidence, Doubt, Effort, Level, OnInconclusive, OutcomeName, Severity, Standing,
    SuppressedBy, Unit, VerdictName,
};
pub use self::origin::{Code, Provenance};
pub use self::questions::{Question, Reply};
pub use self::since::{Before, Change, FlakyChange, NewlySkipped, Since};

/// Keys that say nothing are left out.
#[allow(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde asks with a reference"
)]
fn is_false(value: &bool) -> bool {
    !value
}

/// A whole run of a gate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Report {
    /// The version of this format: 1.
    pub version: u32,
    /// The version of Tidegate that wrote it.
    pub tidegate: String,
    /// What ran where.
    pub run: Run,
    /// What the gate says about the deploy.
    pub verdict: Verdict,
    /// What was going to run and why.
    pub plan: Plan,
    /// What became of each check, in the order of the plan, observers last.
    pub results: Vec<CheckResult>,
    /// What a person should know about the run that is no finding.
    pub warnings: Vec<Warning>,
    /// What was created on the portal and not removed.
    pub leftovers: Vec<Leftover>,
    /// Why no check was started, when the candidate or a login was not there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preflight: Option<Preflight>,
    /// What the codes in this report mean, sorted by code.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub codes: Vec<Code>,
    /// What the plugins in this report check, sorted by their names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub plugins: Vec<Plugin>,
    /// What changed since an earlier gate, when its report was at hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Since>,
    /// What the gate file says to whoever the portal is handed to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handover: Option<Handover>,
    /// The ten questions that whoever takes the portal over asks, answered from this run.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub questions: Vec<Question>,
}

/// What ran where.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Run {
    /// The portal's name.
    pub gate: String,
    /// The environment's name.
    pub environment: String,
    /// The address the run looked at.
    pub url: String,
    /// The seed of everything random: a 64-bit number, as text because of JavaScript.
    pub seed: String,
    /// When it began (RFC 3339, UTC).
    pub started: String,
    /// How long it took, in milliseconds.
    pub elapsed_ms: f64,
    /// How many requests were sent.
    pub requests: u64,
    /// Whether somebody stopped it.
    pub interrupted: bool,
    /// Whether the verdict is only advice.
    pub advisory: bool,
    /// Which change was judged, and who asked; absent for a run on somebody's own machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provenance: Option<Provenance>,
}

/// What the gate says about the deploy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Verdict {
    /// The verdict.
    pub verdict: VerdictName,
    /// The exit code of the run, unless a required report could not be written.
    pub exit_code: u8,
    /// The verdict in one sentence for people.
    pub headline: String,
    /// How many checks were executed, observers not counted.
    pub executed: u64,
    /// How many checks the gate file has.
    pub total: u64,
    /// The checks that decided it, worst first.
    pub because: Vec<Because>,
}

/// A check that decided the verdict.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Because {
    /// Its id.
    pub check: String,
    /// Why.
    pub reason: String,
}

/// What was going to run and why.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Plan {
    /// The gate file's path as it was given, with forward slashes.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub file: String,
    /// Every check of the gate file in the order it would run.
    pub checks: Vec<PlannedCheck>,
    /// The observers that are switched on.
    pub observers: Vec<String>,
    /// What a reader should know about the selection.
    pub notes: Vec<String>,
    /// How long the whole run may take, in milliseconds.
    pub run_budget_ms: f64,
}

/// A check of the gate file, in or out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct PlannedCheck {
    /// Its id.
    pub id: String,
    /// The name of its kind.
    pub kind: String,
    /// Whether it is in.
    pub selected: bool,
    /// Why it is in or out.
    pub reason: String,
    /// Whether it is out because the change is not trusted.
    #[serde(default, skip_serializing_if = "is_false")]
    pub untrusted: bool,
    /// What it would do.
    pub forecast: Forecast,
    /// How long one attempt may take, in milliseconds.
    pub timeout_ms: f64,
    /// The checks that must pass before it.
    pub needs: Vec<String>,
    /// Its key in the gate file.
    pub location: Location,
}

/// What a check would do at most.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Forecast {
    /// Requests that may change something.
    pub writes: Vec<String>,
    /// How many requests it sends when nothing is repeated.
    pub requests: u32,
    /// Others than the candidate that it may ask something, and what.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub asks: Vec<String>,
    /// The longest one attempt may take by its own limits, in milliseconds.
    pub worst_ms: f64,
    /// Everybody it acts as.
    pub identities: Vec<String>,
    /// The secrets it needs, by name.
    pub secrets: Vec<String>,
    /// Whether nothing else may run beside it.
    pub exclusive: bool,
    /// Whether it runs after all others, because it reads what they did.
    #[serde(default, skip_serializing_if = "is_false")]
    pub last: bool,
    /// The powers that the gate file grants it, each as a person reads it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub powers: Vec<String>,
}

/// What a plugin checks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Plugin {
    /// The name of its kind: `plugin/invoice-totals`.
    pub kind: String,
    /// What it checks, in its own words and one line.
    pub summary: String,
}

/// What became of a check or an observer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct CheckResult {
    /// Its id; an observer's is its name.
    pub id: String,
    /// The name of its kind.
    pub kind: String,
    /// Whether it is an observer.
    pub observer: bool,
    /// How it ended.
    pub outcome: Outcome,
    /// Whether it passed only when repeated.
    pub flaky: bool,
    /// What is wrong, worst first.
    pub findings: Vec<Finding>,
    /// What was measured in the last attempt.
    pub metrics: Vec<Metric>,
    /// How many expectations were evaluated in the last attempt.
    pub evaluated: u32,
    /// What a reader should know beside the findings.
    pub notes: Vec<String>,
    /// What is told best in rows and columns.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tables: Vec<Table>,
    /// What is told best as a picture; at most 1,000.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub distributions: Vec<Distribution>,
    /// Every attempt, oldest first.
    pub attempts: Vec<Attempt>,
    /// How long all attempts took, in milliseconds.
    pub elapsed_ms: f64,
    /// Who looks after it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// What an inconclusive outcome does to the verdict, when the gate file says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_inconclusive: Option<OnInconclusive>,
    /// Its key in the gate file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<Location>,
}

/// Rows and columns, such as variables by environment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Table {
    /// What it shows, in one phrase.
    pub title: String,
    /// The head of each column.
    pub columns: Vec<String>,
    /// The rows, each with as many cells as there are columns.
    pub rows: Vec<Vec<String>>,
}

/// How a check ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Outcome {
    /// The outcome.
    pub name: OutcomeName,
    /// What sort of doubt it is, when it is inconclusive.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub doubt: Option<Doubt>,
    /// Why it is inconclusive, was skipped or errored.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What to do, when it errored.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// The limit it ran into, in milliseconds, when it ran out of time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit_ms: Option<f64>,
    /// The line of the gate file it errored at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<Location>,
}

/// One attempt of a check.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Attempt {
    /// Its number, from 1.
    pub number: u32,
    /// How it ended.
    pub outcome: Outcome,
    /// What it found.
    pub findings: Vec<Finding>,
    /// How long it took, in milliseconds.
    pub elapsed_ms: f64,
}

/// One thing a check found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Finding {
    /// What kind of thing it is: `kind/slug`.
    pub code: String,
    /// How bad it is.
    pub severity: Severity,
    /// How sure it is.
    pub confidence: Confidence,
    /// What it does to the verdict.
    pub level: Level,
    /// What is wrong, in one sentence.
    pub title: String,
    /// What it costs the business, as far as the code is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub impact: Option<String>,
    /// What to do about it.
    pub advice: String,
    /// How much work mending it usually is, as far as the code is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effort: Option<Effort>,
    /// The line of the gate file or of the source it is about.
    pub location: Location,
    /// Other places that belong to it.
    pub related: Vec<Related>,
    /// How it is known.
    pub evidence: Vec<Evidence>,
    /// What makes it the same finding in the next run.
    pub subject: String,
    /// The check that sent the request an observer judged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
    /// Its identity across runs: 16 hexadecimal digits.
    pub fingerprint: String,
    /// Whether the judged change added or edited its line.
    #[serde(default, skip_serializing_if = "is_false")]
    pub changed: bool,
    /// Why it does not count, when it does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suppressed: Option<Suppression>,
}

/// Another place that belongs to a finding.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Related {
    /// What the place is.
    pub label: String,
    /// Where it is.
    pub location: Location,
}

/// A piece of proof.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Evidence {
    /// What it is, as in `expected` or `actual`.
    pub label: String,
    /// What was seen; may have several lines.
    pub text: String,
}

/// Why a finding does not count.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Suppression {
    /// What suppresses it.
    pub by: SuppressedBy,
    /// Who answers for a waiver.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Why it was waived.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The last day it applies (`YYYY-MM-DD`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires: Option<String>,
}

/// Something measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Metric {
    /// What it is, as in `duration` or `p95`.
    pub name: String,
    /// What it was measured on; empty for the whole check.
    pub subject: String,
    /// Its unit.
    pub unit: Unit,
    /// The value; null when it is no finite number.
    pub value: Option<f64>,
    /// The samples behind it, in order; empty when it is a single reading.
    pub samples: Vec<Option<f64>>,
}

/// Something a person should know that is no finding.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Warning {
    /// What.
    pub message: String,
    /// What to do.
    pub help: String,
    /// Where, when it is about a line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<Location>,
}

/// Something that was created and not removed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Leftover {
    /// The check that created it.
    pub check: String,
    /// Who created it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity: Option<String>,
    /// The text in it that no other run has.
    pub marker: String,
    /// The creating request.
    pub created_by: String,
    /// The removing request, as far as it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remove_with: Option<String>,
    /// Why it is still there.
    pub reason: String,
    /// The line of the gate file that created it.
    pub location: Location,
}

/// Why no check was started.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Preflight {
    /// What kind of thing it is: `preflight/slug`.
    pub code: String,
    /// What happened.
    pub message: String,
    /// What to do.
    pub help: String,
    /// What was seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evidence: Option<String>,
    /// The line of the gate file it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<Location>,
}

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Location {
    /// The file, with forward slashes.
    pub file: String,
    /// The line it starts on, from 1.
    pub line: u64,
    /// The column it starts at, in characters, from 1.
    pub column: u64,
    /// The line it ends on.
    pub end_line: u64,
    /// The column just past its end.
    pub end_column: u64,
    /// The text of the first line, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}
