//! An earlier report held against a run.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use tidegate_core::event::Summary;
use tidegate_core::finding::Finding;
use tidegate_core::name::CheckId;
use tidegate_core::result::{CheckResult, Outcome};

use super::{Before, Change, Flaky, Incomparable, Key, Known, Since, key};

/// Whether a check looked at everything it looks at, or at something that it found wrong.
pub(super) fn looked(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Passed | Outcome::Failed)
}

/// What counted in earlier attempts of a check that passed when it was repeated.
pub(super) fn passing(result: &CheckResult) -> impl Iterator<Item = Key> {
    let attempts = result.attempts.iter().filter(|_| result.flaky);
    attempts
        .flat_map(|attempt| &attempt.findings)
        .filter(|finding| finding.counts())
        .map(|finding| key(&result.id, finding))
}

/// What this run found, by identity.
struct Found<'s> {
    /// What counts.
    counting: BTreeMap<Key, (&'s CheckId, &'s Finding)>,
    /// What is known or waived.
    suppressed: BTreeSet<Key>,
    /// What counted in an attempt before the one that passed.
    passing: BTreeSet<Key>,
    results: BTreeMap<&'s CheckId, &'s CheckResult>,
}

impl<'s> Found<'s> {
    fn of(summary: &'s Summary) -> Self {
        let mut found = Self {
            counting: BTreeMap::new(),
            suppressed: BTreeSet::new(),
            passing: summary.results.iter().flat_map(passing).collect(),
            results: summary.results.iter().map(|one| (&one.id, one)).collect(),
        };
        for result in &summary.results {
            for finding in &result.findings {
                let key = key(&result.id, finding);
                if finding.counts() {
                    found.counting.entry(key).or_insert((&result.id, finding));
                } else {
                    found.suppressed.insert(key);
                }
            }
        }
        found
    }

    /// Whether this run looked again at what the earlier one found.
    fn looked_again(&self, known: &Known, key: &Key) -> bool {
        let ran = |check: &CheckId| self.results.get(check).filter(|one| looked(&one.outcome));
        let Some(result) = ran(&key.0) else {
            return false;
        };
        let judged = known.causes.get(key).is_none_or(|cause| {
            // What is no check of the gate file cannot have run or not.
            !known.checks.contains(cause) || ran(cause).is_some()
        });
        let evaluated = known.looked.get(&key.0).copied().unwrap_or(0);
        // A journey that fails at an early step says nothing of the later ones.
        let whole = result.outcome == Outcome::Passed || result.evaluated >= evaluated;
        judged && whole
    }
}

/// What changed between an earlier report and a run.
pub(super) fn compare(known: &Known, summary: &Summary) -> Result<Since, Incomparable> {
    let plan = &summary.plan;
    if known.gate != plan.gate {
        return Err(Incomparable::Gate {
            before: known.gate.clone(),
            now: plan.gate.clone(),
        });
    }
    if known.environment != plan.environment {
        return Err(Incomparable::Environment {
            before: known.environment.clone(),
            now: plan.environment.clone(),
        });
    }
    let found = Found::of(summary);
    let mut since = empty(known, summary);
    for (key, (check, finding)) in &found.counting {
        now(known, key, Change::of(check, finding), &mut since);
    }
    for (key, change) in &known.counted {
        if !found.counting.contains_key(key) {
            gone(known, &found, key, change.clone(), &mut since);
        }
    }
    checks(known, summary, &found, &mut since);
    for list in [
        &mut since.new,
        &mut since.fixed,
        &mut since.accepted,
        &mut since.unchanged,
        &mut since.not_looked_at,
    ] {
        list.sort_by_key(|change| Reverse(change.severity));
    }
    Ok(since)
}

fn empty(known: &Known, summary: &Summary) -> Since {
    let before = known.before.clone();
    Since {
        before: before.unwrap_or_else(|| Before {
            started: String::new(),
            verdict: summary.judgement.verdict,
            commit: None,
            run: None,
        }),
        verdict: summary.judgement.verdict,
        new: Vec::new(),
        fixed: Vec::new(),
        accepted: Vec::new(),
        unchanged: Vec::new(),
        flaky: Vec::new(),
        not_looked_at: Vec::new(),
        checks_added: Vec::new(),
        checks_removed: Vec::new(),
        checks_newly_skipped: Vec::new(),
    }
}

fn flaky(change: Change, reason: &str) -> Flaky {
    Flaky {
        check: change.check.clone(),
        reason: reason.to_owned(),
        finding: Some(change),
    }
}

/// Sorts in what counts now.
fn now(known: &Known, key: &Key, change: Change, since: &mut Since) {
    if known.counted.contains_key(key) {
        since.unchanged.push(change);
    } else if known.passing.contains(key) {
        let reason = "it was there last time, too, until the check was repeated";
        since.flaky.push(flaky(change, reason));
    } else if known.fixed.contains(key) {
        let reason = "it was gone last time and is back";
        since.flaky.push(flaky(change, reason));
    } else {
        since.new.push(change);
    }
}

/// Sorts in what counted then and does not now.
fn gone(known: &Known, found: &Found<'_>, key: &Key, change: Change, since: &mut Since) {
    if found.suppressed.contains(key) {
        since.accepted.push(change);
    } else if found.passing.contains(key) {
        let reason = "it was there until the check was repeated";
        since.flaky.push(flaky(change, reason));
    } else if found.looked_again(known, key) {
        since.fixed.push(change);
    } else {
        since.not_looked_at.push(change);
    }
}

/// Compares which checks there are, which ran and which passed only when repeated.
fn checks(known: &Known, summary: &Summary, found: &Found<'_>, since: &mut Since) {
    let planned: BTreeSet<&CheckId> = summary.plan.checks.iter().map(|one| &one.id).collect();
    let added = planned.iter().filter(|id| !known.checks.contains(**id));
    since.checks_added = added.map(|id| (*id).clone()).collect();
    let removed = known.checks.iter().filter(|id| !planned.contains(id));
    since.checks_removed = removed.cloned().collect();
    for check in &summary.plan.checks {
        if !known.looked.contains_key(&check.id) {
            continue;
        }
        let reason = match found.results.get(&check.id).map(|one| &one.outcome) {
            Some(Outcome::Skipped(reason)) => reason,
            None => &check.reason,
            Some(_) => continue,
        };
        let skipped = (check.id.clone(), reason.clone());
        since.checks_newly_skipped.push(skipped);
    }
    let repeated = summary.results.iter().filter(|result| result.flaky);
    since.flaky.extend(repeated.map(|result| Flaky {
        check: result.id.clone(),
        reason: "it passed only when repeated".to_owned(),
        finding: None,
    }));
}
