//! What every report for people needs of a summary, sorted and counted once.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use tidegate_core::event::Summary;
use tidegate_core::finding::Finding;
use tidegate_core::meta::Level;
use tidegate_core::name::CheckId;
use tidegate_core::result::{CheckResult, Outcome};

/// One finding, and where else the same was found.
pub(crate) struct Group<'s> {
    pub(crate) result: &'s CheckResult,
    pub(crate) finding: &'s Finding,
    pub(crate) also: Vec<(&'s CheckResult, &'s Finding)>,
}

/// What every report for people needs of a summary.
pub(crate) struct Digest<'s> {
    /// Checks, observers not counted, that were executed.
    pub(crate) executed: usize,
    /// Checks of the gate file.
    pub(crate) total: usize,
    /// What blocks, worst first.
    pub(crate) problems: Vec<Group<'s>>,
    /// What warns, worst first.
    pub(crate) warnings: Vec<Group<'s>>,
    /// What is only reported.
    pub(crate) remarks: Vec<Group<'s>>,
    /// The findings that the baseline knew.
    pub(crate) known: Vec<(&'s CheckResult, &'s Finding)>,
    /// The findings somebody answers for.
    pub(crate) waived: Vec<(&'s CheckResult, &'s Finding)>,
    /// Checks that came to no result.
    pub(crate) unresolved: Vec<&'s CheckResult>,
    /// Checks that passed only when repeated.
    pub(crate) flaky: Vec<&'s CheckResult>,
    /// Checks that did not run, by reason, the commonest first.
    pub(crate) skipped: Vec<(&'s str, Vec<&'s CheckId>)>,
}

impl<'s> Digest<'s> {
    pub(crate) fn of(summary: &'s Summary) -> Self {
        let results = &summary.results;
        let at = |level: Level| {
            groups(
                all(results).filter(move |(_, finding)| finding.counts() && finding.level == level),
            )
        };
        let suppressed = all(results).filter(|(_, finding)| !finding.counts());
        let (known, waived): (Vec<_>, Vec<_>) =
            suppressed.partition(|(_, finding)| finding.is_known());
        Self {
            executed: executed(summary),
            total: total(summary),
            problems: at(Level::Deny),
            warnings: at(Level::Warn),
            remarks: at(Level::Allow),
            known,
            waived,
            unresolved: unresolved(summary).collect(),
            flaky: results.iter().filter(|result| result.flaky).collect(),
            skipped: skipped(summary),
        }
    }
}

impl Group<'_> {
    /// How many findings it stands for.
    pub(crate) fn size(&self) -> usize {
        1 + self.also.len()
    }
}

/// How many findings groups stand for.
pub(crate) fn size(groups: &[Group<'_>]) -> usize {
    groups.iter().map(Group::size).sum()
}

fn checks(summary: &Summary) -> impl Iterator<Item = &CheckResult> {
    summary.results.iter().filter(|result| !result.observer)
}

/// How many checks were executed, observers not counted.
pub(crate) fn executed(summary: &Summary) -> usize {
    checks(summary)
        .filter(|check| check.outcome.executed())
        .count()
}

/// How many checks the gate file has.
pub(crate) fn total(summary: &Summary) -> usize {
    summary.plan.checks.len().max(checks(summary).count())
}

/// Checks that came to no result.
pub(crate) fn unresolved(summary: &Summary) -> impl Iterator<Item = &CheckResult> {
    let results = summary.results.iter();
    results.filter(|result| crate::why::why(result).is_some())
}

/// How many things want a look although they do not stop the deploy.
pub(crate) fn cautions(summary: &Summary) -> usize {
    let warned = all(&summary.results).filter(|(_, one)| one.counts() && one.level == Level::Warn);
    let lenient = unresolved(summary).filter(|one| !crate::why::stops(one));
    let flaky = summary.results.iter().filter(|one| one.flaky);
    warned.count() + lenient.count() + flaky.count() + summary.warnings.len()
}

/// Every finding with the result it belongs to.
fn all(results: &[CheckResult]) -> impl Iterator<Item = (&CheckResult, &Finding)> {
    results
        .iter()
        .flat_map(|result| result.findings.iter().map(move |finding| (result, finding)))
}

/// Puts what has the same code and says the same together: the worst first, and of what is equally bad
/// that on lines of the change.
fn groups<'s>(findings: impl Iterator<Item = (&'s CheckResult, &'s Finding)>) -> Vec<Group<'s>> {
    let mut findings: Vec<_> = findings.collect();
    findings.sort_by_key(|(_, finding)| !finding.changed);
    let mut groups: Vec<Group<'s>> = Vec::new();
    let mut known: HashMap<(&str, &str), usize> = HashMap::new();
    for (result, finding) in findings {
        let key = (finding.code.as_str(), finding.title.as_str());
        match known.get(&key).and_then(|&at| groups.get_mut(at)) {
            Some(group) => group.also.push((result, finding)),
            None => {
                known.insert(key, groups.len());
                groups.push(Group {
                    result,
                    finding,
                    also: Vec::new(),
                });
            }
        }
    }
    groups.sort_by_key(|group| std::cmp::Reverse(group.finding.severity));
    groups
}

fn skipped(summary: &Summary) -> Vec<(&str, Vec<&CheckId>)> {
    let told = summary
        .results
        .iter()
        .filter_map(|result| match &result.outcome {
            Outcome::Skipped(reason) if !result.observer => Some((reason.as_str(), &result.id)),
            _ => None,
        });
    let with_result: BTreeSet<&CheckId> = summary.results.iter().map(|one| &one.id).collect();
    let unplanned = summary
        .plan
        .checks
        .iter()
        .filter(|check| !check.selected && !with_result.contains(&check.id))
        .map(|check| (check.reason.as_str(), &check.id));
    let mut reasons: BTreeMap<&str, Vec<&CheckId>> = BTreeMap::new();
    for (reason, id) in told.chain(unplanned) {
        reasons.entry(reason).or_default().push(id);
    }
    let mut reasons: Vec<_> = reasons.into_iter().collect();
    reasons.sort_by_key(|(_, ids)| std::cmp::Reverse(ids.len()));
    reasons
}
