//! What a report says beside its results, both ways: the change, the codes, and what
//! changed since an earlier gate.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use tidegate_core::event::Summary;
use tidegate_core::fingerprint::Fingerprint;
use tidegate_core::meta::CodeInfo;
use tidegate_core::name::{CheckId, Code};
use tidegate_core::provenance::Provenance;

use super::wire;
use crate::codes::Codes;
use crate::since::{Before, Change, Flaky, Since};

/// Nothing for a run on somebody's own machine.
pub(super) fn provenance(provenance: &Provenance) -> Option<wire::Provenance> {
    if *provenance == Provenance::default() {
        return None;
    }
    Some(provenance.clone().into())
}

/// What is known of the codes that a run has.
pub(super) fn known(summary: &Summary, codes: &Codes) -> Vec<wire::Code> {
    let results = summary.results.iter();
    let found = results.flat_map(|result| {
        let attempts = result.attempts.iter().flat_map(|one| &one.findings);
        result.findings.iter().chain(attempts)
    });
    let found = found.map(|finding| finding.code.as_str());
    let preflight = summary
        .preflight
        .iter()
        .map(|failure| failure.code.as_str());
    let found: BTreeSet<&str> = found.chain(preflight).collect();
    let known = found.into_iter().filter_map(|code| codes.get(code));
    known
        .map(|info| wire::Code {
            code: info.code.to_string(),
            summary: info.summary.to_string(),
            severity: info.severity.into(),
            impact: info.impact.to_string(),
            effort: info.effort.into(),
        })
        .collect()
}

/// What is known of the plugins whose checks a run has.
pub(super) fn plugins(summary: &Summary, codes: &Codes) -> Vec<wire::Plugin> {
    let kinds: BTreeSet<&str> = summary
        .results
        .iter()
        .map(|one| one.kind.as_str())
        .collect();
    let plugins = kinds.into_iter().filter_map(|kind| {
        Some(wire::Plugin {
            kind: kind.to_owned(),
            summary: codes.plugin(kind)?.to_owned(),
        })
    });
    plugins.collect()
}

/// What a report says of its codes and plugins; of a code that it does not list, what its findings say.
pub(super) fn codes(report: &wire::Report) -> Codes {
    let mut codes: BTreeMap<&str, CodeInfo> = BTreeMap::new();
    let findings = report.results.iter().flat_map(|result| {
        let attempts = result.attempts.iter().flat_map(|one| &one.findings);
        result.findings.iter().chain(attempts)
    });
    for finding in findings {
        let (Some(impact), Some(effort)) = (&finding.impact, finding.effort) else {
            continue;
        };
        codes
            .entry(&finding.code)
            .or_insert_with(|| info(&finding.code, "", finding.severity, impact, effort));
    }
    for code in &report.codes {
        let known = info(
            &code.code,
            &code.summary,
            code.severity,
            &code.impact,
            code.effort,
        );
        codes.insert(&code.code, known);
    }
    let mut codes: Codes = codes.into_values().collect();
    for plugin in &report.plugins {
        codes.add_plugin(plugin.kind.clone(), plugin.summary.clone());
    }
    codes
}

fn info(
    code: &str,
    summary: &str,
    severity: wire::Severity,
    impact: &str,
    effort: wire::Effort,
) -> CodeInfo {
    CodeInfo {
        code: Code::new(code),
        summary: Cow::Owned(summary.to_owned()),
        severity: severity.into(),
        impact: Cow::Owned(impact.to_owned()),
        effort: effort.into(),
    }
}

pub(super) fn since(since: &Since) -> wire::Since {
    let changes = |list: &[Change]| list.iter().map(change).collect();
    let ids = |list: &[CheckId]| list.iter().map(CheckId::to_string).collect();
    wire::Since {
        before: wire::Before {
            started: since.before.started.clone(),
            verdict: since.before.verdict.into(),
            commit: since.before.commit.clone(),
            run: since.before.run.clone(),
        },
        verdict: since.verdict.into(),
        new: changes(&since.new),
        fixed: changes(&since.fixed),
        accepted: changes(&since.accepted),
        unchanged: changes(&since.unchanged),
        flaky: since
            .flaky
            .iter()
            .map(|flaky| wire::FlakyChange {
                check: flaky.check.to_string(),
                reason: flaky.reason.clone(),
                finding: flaky.finding.as_ref().map(change),
            })
            .collect(),
        not_looked_at: changes(&since.not_looked_at),
        checks_added: ids(&since.checks_added),
        checks_removed: ids(&since.checks_removed),
        checks_newly_skipped: since
            .checks_newly_skipped
            .iter()
            .map(|(check, reason)| wire::NewlySkipped {
                check: check.to_string(),
                reason: reason.clone(),
            })
            .collect(),
    }
}

pub(super) fn into_since(since: wire::Since) -> Since {
    let changes = |list: Vec<wire::Change>| list.into_iter().map(into_change).collect();
    let ids = |list: Vec<String>| list.into_iter().map(CheckId::new).collect();
    let flaky = since.flaky.into_iter().map(|flaky| Flaky {
        check: CheckId::new(flaky.check),
        reason: flaky.reason,
        finding: flaky.finding.map(into_change),
    });
    let skipped = since.checks_newly_skipped.into_iter();
    Since {
        before: Before {
            started: since.before.started,
            verdict: since.before.verdict.into(),
            commit: since.before.commit,
            run: since.before.run,
        },
        verdict: since.verdict.into(),
        new: changes(since.new),
        fixed: changes(since.fixed),
        accepted: changes(since.accepted),
        unchanged: changes(since.unchanged),
        flaky: flaky.collect(),
        not_looked_at: changes(since.not_looked_at),
        checks_added: ids(since.checks_added),
        checks_removed: ids(since.checks_removed),
        checks_newly_skipped: skipped
            .map(|one| (CheckId::new(one.check), one.reason))
            .collect(),
    }
}

fn change(change: &Change) -> wire::Change {
    wire::Change {
        check: change.check.to_string(),
        code: change.code.to_string(),
        fingerprint: change.fingerprint.to_string(),
        severity: change.severity.into(),
        title: change.title.clone(),
    }
}

fn into_change(change: wire::Change) -> Change {
    Change {
        check: CheckId::new(change.check),
        code: Code::new(change.code),
        fingerprint: Fingerprint::from_text(change.fingerprint),
        severity: change.severity.into(),
        title: change.title,
    }
}
