//! Accepting what a run found: as known without an end, or until a day.

use std::collections::BTreeSet;

use jiff::civil::Date;
use tidegate_core::baseline::{Baseline, Known, Terms, day};
use tidegate_core::event::Summary;
use tidegate_core::finding::{Finding, Suppression};
use tidegate_core::fingerprint::Fingerprint;
use tidegate_core::meta::Severity;
use tidegate_core::name::CheckId;
use tidegate_core::result::{CheckResult, Outcome};
use tidegate_core::verdict::{Verdict, fold};

use crate::gate::Gate;
use crate::run::Error;

/// What [`Gate::adopt`] made known, and what it could not.
#[derive(Debug, Clone, PartialEq)]
pub struct Adopted {
    /// The last day the new findings are known.
    pub until: Date,
    /// The findings that are known now and were not before, worst first.
    pub findings: Vec<AdoptedFinding>,
    /// How many findings of the run were known before; they keep their day.
    pub known: usize,
    /// How many findings of the run were known until a day that is over: they count.
    pub expired: usize,
    /// The checks that came to no result, in the order of the run: there is nothing to accept.
    pub unresolved: Vec<Unresolved>,
    /// How many findings tell what the judged change does to its own gate; they are never accepted.
    pub about_the_gate: usize,
}

/// A finding that is known until a day.
#[derive(Debug, Clone, PartialEq)]
pub struct AdoptedFinding {
    /// The check that found it.
    pub check: CheckId,
    /// What it found.
    pub finding: Finding,
}

/// A check that came to no result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unresolved {
    /// Which.
    pub check: CheckId,
    /// How it ended, as in `inconclusive`.
    pub outcome: &'static str,
    /// Whether that stops a deploy.
    pub stops: bool,
}

impl Adopted {
    /// How many findings there are of each severity that occurs, the worst first.
    pub fn by_severity(&self) -> Vec<(Severity, usize)> {
        let of = |severity| {
            let findings = self.findings.iter();
            findings
                .filter(|one| one.finding.severity == severity)
                .count()
        };
        let all = Severity::ALL
            .into_iter()
            .map(|severity| (severity, of(severity)));
        all.filter(|(_, number)| *number > 0).collect()
    }
}

impl Gate {
    /// Accepts what a run found, and forgets what it no longer found; a waived finding stays its
    /// waiver's alone, which ends. What was accepted before keeps its day and its end, and so does all of a
    /// check that did not run or came to no result, and of observers unless every check came to one.
    ///
    /// Both the run and this belong to [`Gate::salted`], which this stores the salt of. Without it a
    /// secret is known by its place only, so that one that moved is new and another one at the same
    /// place is not.
    ///
    /// # Errors
    /// When the file cannot be read or written.
    pub fn accept(&self, summary: &Summary) -> Result<Baseline, Error> {
        self.accept_on(summary, Terms::from(day(summary.started)))
    }

    /// Accepts what a run found as [`Gate::accept`] does, the new findings until a day: its last one.
    ///
    /// Findings that were accepted before until an earlier day keep theirs, unless `extend` is said.
    /// What was accepted without an end stays so.
    ///
    /// # Errors
    /// When the file cannot be read or written.
    pub fn accept_until(
        &self,
        summary: &Summary,
        until: Date,
        extend: bool,
    ) -> Result<Baseline, Error> {
        let terms = Terms {
            until: Some(until),
            extend,
            ..Terms::from(day(summary.started))
        };
        self.accept_on(summary, terms)
    }

    fn accept_on(&self, summary: &Summary, terms: Terms) -> Result<Baseline, Error> {
        let findings = acceptable(summary).map(|(result, finding)| (&result.id, finding));
        let before = self.baseline()?;
        let mut baseline = before.accepting(findings, terms);
        let kept = before.findings.iter().filter(|known| {
            self.leaves_open(summary, &known.check) && baseline.counterpart(known).is_none()
        });
        let kept: Vec<Known> = kept.cloned().collect();
        baseline.findings.extend(kept);
        baseline.findings.sort();
        self.store(&baseline)?;
        Ok(baseline)
    }

    /// Whether a run does not tell what a check of this gate would find: it came to no result, or it is an
    /// observer, and a check whose requests it judges came to none.
    fn leaves_open(&self, summary: &Summary, id: &CheckId) -> bool {
        let gate = self.definition();
        let is_open = |id: &CheckId| !has_result(summary, id);
        let here = gate.checks.iter().map(|entry| &entry.id);
        let mut checks = here.chain(&gate.off);
        let mut observers = gate.observers.iter();
        if observers.any(|entry| *id == CheckId::from(&*entry.kind.meta().name)) {
            return is_open(id) || checks.any(is_open);
        }
        is_open(id) && checks.any(|known| known == id)
    }

    /// Makes known until a day, its last one, what a run found and nobody knew, and forgets nothing. Where nothing
    /// is new no file is written.
    ///
    /// Both the run and this belong to [`Gate::salted`], as with [`Gate::accept`]. A waived finding and
    /// what the change does to its gate are left out. A check that came to no result found nothing that
    /// could be known; it is named.
    ///
    /// # Errors
    /// When the file cannot be read or written.
    pub fn adopt(&self, summary: &Summary, until: Date) -> Result<Adopted, Error> {
        let before = self.baseline()?;
        let today = day(summary.started);
        let mut adopted = Adopted {
            until,
            findings: Vec::new(),
            known: 0,
            expired: 0,
            unresolved: summary.results.iter().filter_map(unresolved).collect(),
            about_the_gate: summary
                .results
                .iter()
                .filter(about_the_gate)
                .map(|result| result.findings.len())
                .sum(),
        };
        let mut seen: BTreeSet<(&CheckId, &Fingerprint)> = BTreeSet::new();
        for (result, finding) in acceptable(summary) {
            if !seen.insert((&result.id, &finding.fingerprint)) {
                continue;
            }
            match before.entry(&result.id, finding) {
                Some(known) if known.expired(today) => adopted.expired += 1,
                Some(_) => adopted.known += 1,
                None => adopted.findings.push(AdoptedFinding {
                    check: result.id.clone(),
                    finding: finding.clone(),
                }),
            }
        }
        adopted
            .findings
            .sort_by_key(|one| std::cmp::Reverse((one.finding.severity, one.finding.level)));
        // Where nothing is new the file stays as it is, or away.
        if adopted.findings.is_empty() {
            return Ok(adopted);
        }
        let terms = Terms {
            until: Some(until),
            ..Terms::from(today)
        };
        let new = adopted.findings.iter();
        self.store(&before.adding(new.map(|one| (&one.check, &one.finding)), terms))?;
        Ok(adopted)
    }

    fn store(&self, baseline: &Baseline) -> Result<(), Error> {
        Ok(tidegate_runner::write_baseline(
            &self.baseline_path(),
            baseline,
        )?)
    }
}

/// What can be accepted: what a change does to its gate is for people to agree to and never known, and
/// a waived finding is its waiver's alone.
fn acceptable(summary: &Summary) -> impl Iterator<Item = (&CheckResult, &Finding)> {
    let judged = summary
        .results
        .iter()
        .filter(|result| !about_the_gate(result));
    judged.flat_map(|result| {
        let lasting = result.findings.iter().filter(|finding| !waived(finding));
        lasting.map(move |finding| (result, finding))
    })
}

/// Whether a check came to a result, so that what it did not find is gone.
fn has_result(summary: &Summary, id: &CheckId) -> bool {
    let mut results = summary.results.iter();
    let came = |result: &CheckResult| matches!(result.outcome, Outcome::Passed | Outcome::Failed);
    results.any(|result| result.id == *id && came(result))
}

fn about_the_gate(result: &&CheckResult) -> bool {
    result.kind == tidegate_config::gate_meta().name
}

fn waived(finding: &Finding) -> bool {
    matches!(finding.suppressed, Some(Suppression::Waived { .. }))
}

fn unresolved(result: &CheckResult) -> Option<Unresolved> {
    let resolved = matches!(
        result.outcome,
        Outcome::Passed | Outcome::Failed | Outcome::Skipped(_)
    );
    (!resolved).then(|| Unresolved {
        check: result.id.clone(),
        outcome: result.outcome.name(),
        stops: fold([result], false, None).verdict == Verdict::Inconclusive,
    })
}
