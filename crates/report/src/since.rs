//! What changed since an earlier gate of the same portal and environment.

mod compare;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use tidegate_core::event::Summary;
use tidegate_core::finding::Finding;
use tidegate_core::fingerprint::Fingerprint;
use tidegate_core::meta::Severity;
use tidegate_core::name::{CheckId, Code};
use tidegate_core::result::CheckResult;
use tidegate_core::verdict::Verdict;

use crate::json::Report;
use crate::text::count;

/// What changed since an earlier gate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Since {
    /// The earlier run.
    pub before: Before,
    /// The verdict of this run.
    pub verdict: Verdict,
    /// What counts now and did not then, worst first.
    pub new: Vec<Change>,
    /// What counted then, was looked at again and is not there any more, worst first.
    pub fixed: Vec<Change>,
    /// What counted then and is known or waived now, worst first.
    pub accepted: Vec<Change>,
    /// What counted then and counts now, worst first.
    pub unchanged: Vec<Change>,
    /// What comes and goes: in neither of the lists above.
    pub flaky: Vec<Flaky>,
    /// What counted then and was not looked at this time, worst first: nobody knows whether it is fixed.
    pub not_looked_at: Vec<Change>,
    /// The checks that the gate file did not have.
    pub checks_added: Vec<CheckId>,
    /// The checks that the gate file has no more.
    pub checks_removed: Vec<CheckId>,
    /// The checks that ran then and did not this time, with the reason.
    pub checks_newly_skipped: Vec<(CheckId, String)>,
}

/// The earlier run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Before {
    /// When it began (RFC 3339, UTC).
    pub started: String,
    /// Its verdict.
    pub verdict: Verdict,
    /// The commit that it judged.
    pub commit: Option<String>,
    /// The address of the page of its CI run.
    pub run: Option<String>,
}

/// A finding of one of the two runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The check that found it.
    pub check: CheckId,
    /// What kind of thing it is.
    pub code: Code,
    /// Its identity across runs.
    pub fingerprint: Fingerprint,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, in one sentence.
    pub title: String,
}

/// Something that comes and goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaky {
    /// The check.
    pub check: CheckId,
    /// How it comes and goes, as a phrase.
    pub reason: String,
    /// The finding that comes and goes; absent where it is the check that passed only when repeated.
    pub finding: Option<Change>,
}

/// Why two reports are not compared.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Incomparable {
    /// They are of two gates.
    #[error("the earlier report is of the gate `{before}`, and this run of `{now}`")]
    Gate {
        /// The gate of the earlier report.
        before: String,
        /// The gate of this run.
        now: String,
    },
    /// They are of two environments.
    #[error("the earlier report is of the environment `{before}`, and this run of `{now}`")]
    Environment {
        /// The environment of the earlier report.
        before: String,
        /// The environment of this run.
        now: String,
    },
}

impl Incomparable {
    /// How to mend it.
    pub fn help(&self) -> &'static str {
        "Give the JSON report of an earlier run of the same gate and environment."
    }
}

/// An earlier report, reduced to what a comparison needs, or a comparison that was made before.
#[derive(Debug)]
pub struct Earlier {
    known: Known,
    since: OnceLock<Result<Since, Incomparable>>,
}

/// What is kept of an earlier report.
#[derive(Debug, Default)]
struct Known {
    gate: String,
    environment: String,
    before: Option<Before>,
    /// What counted, by its identity.
    counted: BTreeMap<Key, Change>,
    /// What counted in an attempt of a check that passed when it was repeated.
    passing: BTreeSet<Key>,
    /// What that report has as fixed.
    fixed: BTreeSet<Key>,
    /// What an observer found, by the check whose request it judged.
    causes: BTreeMap<Key, CheckId>,
    /// How much each check that came to a result evaluated.
    looked: BTreeMap<CheckId, u32>,
    /// Every check of the gate file.
    checks: BTreeSet<CheckId>,
}

/// What makes a finding the same in two runs.
type Key = (CheckId, Code, Fingerprint);

impl Earlier {
    /// Keeps what a comparison needs of an earlier report.
    pub fn new(report: Report) -> Self {
        Self {
            known: Known::of(report),
            since: OnceLock::new(),
        }
    }

    /// Keeps a comparison that was made when a report was written.
    pub fn made(since: Since) -> Self {
        Self {
            known: Known::default(),
            since: OnceLock::from(Ok(since)),
        }
    }

    /// What changed up to a run; the comparison is made once.
    ///
    /// # Errors
    /// [`Incomparable`] when the two are of different gates or environments.
    pub fn since(&self, summary: &Summary) -> Result<&Since, &Incomparable> {
        let made = self
            .since
            .get_or_init(|| compare::compare(&self.known, summary));
        made.as_ref()
    }
}

impl Known {
    fn of(report: Report) -> Self {
        let Report { summary, since, .. } = report;
        let before = Before {
            started: summary.started.to_string(),
            verdict: summary.judgement.verdict,
            commit: summary.provenance.commit,
            run: summary.provenance.run,
        };
        let mut known = Self {
            gate: summary.plan.gate,
            environment: summary.plan.environment,
            before: Some(before),
            checks: summary.plan.checks.into_iter().map(|one| one.id).collect(),
            ..Self::default()
        };
        known.fixed = since
            .map(|since| since.fixed.iter().map(Change::key).collect())
            .unwrap_or_default();
        for result in &summary.results {
            known.keep(result);
        }
        known
    }

    fn keep(&mut self, result: &CheckResult) {
        if compare::looked(&result.outcome) {
            self.looked.insert(result.id.clone(), result.evaluated);
        }
        for finding in result.findings.iter().filter(|one| one.counts()) {
            let key = key(&result.id, finding);
            if let Some(cause) = &finding.cause {
                self.causes.insert(key.clone(), cause.clone());
            }
            self.counted
                .entry(key)
                .or_insert_with(|| Change::of(&result.id, finding));
        }
        self.passing.extend(compare::passing(result));
    }
}

fn key(check: &CheckId, finding: &Finding) -> Key {
    let fingerprint = finding.fingerprint.clone();
    (check.clone(), finding.code.clone(), fingerprint)
}

impl Change {
    fn of(check: &CheckId, finding: &Finding) -> Self {
        Self {
            check: check.clone(),
            code: finding.code.clone(),
            fingerprint: finding.fingerprint.clone(),
            severity: finding.severity,
            title: finding.title.clone(),
        }
    }

    fn key(&self) -> Key {
        let code = self.code.clone();
        (self.check.clone(), code, self.fingerprint.clone())
    }
}

/// The findings of a run that are new since an earlier gate.
#[derive(Debug, Default)]
pub(crate) struct New<'s>(BTreeSet<(&'s CheckId, &'s Code, &'s Fingerprint)>);

impl<'s> New<'s> {
    /// None of them without an earlier gate.
    pub(crate) fn of(since: Option<&'s Since>) -> Self {
        let new = since.into_iter().flat_map(|since| &since.new);
        let keys = new.map(|one| (&one.check, &one.code, &one.fingerprint));
        Self(keys.collect())
    }

    /// Whether a finding is one of them.
    pub(crate) fn has(&self, check: &CheckId, finding: &Finding) -> bool {
        self.0
            .contains(&(check, &finding.code, &finding.fingerprint))
    }
}

impl Since {
    /// All of it in one sentence, as in `Since the last gate (2026-11-23, block): 1 new, 2 fixed.`
    pub fn sentence(&self) -> String {
        let numbers = [
            (self.new.len(), "new"),
            (self.fixed.len(), "fixed"),
            (self.unchanged.len(), "unchanged"),
            (self.accepted.len(), "accepted"),
            (self.flaky.len(), "flaky"),
            (self.not_looked_at.len(), "not looked at"),
        ];
        let findings = numbers
            .iter()
            .filter(|(number, _)| *number > 0)
            .map(|(number, what)| format!("{number} {what}"));
        let checks = [
            (self.checks_added.len(), "added"),
            (self.checks_removed.len(), "removed"),
            (self.checks_newly_skipped.len(), "newly skipped"),
        ];
        let checks = checks
            .iter()
            .filter(|(number, _)| *number > 0)
            .map(|(number, what)| format!("{} {what}", count(*number, "check")));
        let parts: Vec<String> = findings.chain(checks).collect();
        let changes = if parts.is_empty() {
            "nothing was found then or now".to_owned()
        } else {
            parts.join(", ")
        };
        let (day, _) = self.before.started.split_once('T').unwrap_or_default();
        let (before, now) = (self.before.verdict.name(), self.verdict.name());
        format!("Since the last gate ({day}): {changes}; the verdict was {before} and is {now}.")
    }
}

#[cfg(test)]
mod tests;
