//! What the judged change does to its own gate, as a result that stands before all others.

use std::collections::BTreeSet;
use std::time::Duration;

use tidegate_core::check::CheckReport;
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::event::Event;
use tidegate_core::finding::Finding;
use tidegate_core::fingerprint::Fingerprint;
use tidegate_core::meta::Level;
use tidegate_core::name::CheckId;
use tidegate_core::result::{CheckResult, outcome};

use crate::attempt::worst_first;
use crate::redaction::Redaction;
use crate::run::Session;

/// The id and the kind of the result.
const GATE: &str = "gate";

/// The most findings that are kept: a gate that lost more has one cause, not many.
const MOST_FINDINGS: usize = 200;

/// What the judged change does to its own gate.
#[derive(Debug, Clone, Default)]
pub struct Weakened {
    /// What is less strict than at the base. Their levels are kept: they are the base's word, and
    /// neither a level nor a waiver nor the baseline of the change touches them.
    pub findings: Vec<Finding>,
    /// The checks that the base does not have: they take no place in the selection from those that
    /// it has.
    pub added: BTreeSet<CheckId>,
    /// What a reader of the plan should know.
    pub notes: Vec<String>,
    /// Why it is not known, when it is not.
    pub warnings: Vec<Diagnostic>,
}

/// Whether what the change does to its gate stops the deploy, whatever the checks find.
pub(crate) fn denied(weakened: &Weakened) -> bool {
    let mut findings = weakened.findings.iter();
    findings.any(|finding| finding.level == Level::Deny)
}

/// The result, told at once; none when the change leaves its gate as strict as it was.
pub(crate) fn result(session: &Session) -> Option<CheckResult> {
    if session.weakened.findings.is_empty() {
        return None;
    }
    let id = CheckId::from(GATE);
    let mut report = CheckReport {
        findings: session.weakened.findings.clone(),
        evaluated: 1,
        ..CheckReport::default()
    };
    Redaction(&*session.ports.secrets).report(&mut report);
    for finding in &mut report.findings {
        finding.fingerprint = Fingerprint::of(&id, finding);
        finding.suppressed = None;
    }
    worst_first(&mut report.findings);
    let left_out = report.findings.len().saturating_sub(MOST_FINDINGS);
    report.findings.truncate(MOST_FINDINGS);
    let notes = match left_out {
        0 => Vec::new(),
        number => vec![format!("{number} more findings were left out")],
    };
    let result = CheckResult {
        id,
        kind: GATE.to_owned(),
        observer: true,
        outcome: outcome(&report.findings, report.evaluated, None),
        flaky: false,
        findings: report.findings,
        metrics: Vec::new(),
        evaluated: report.evaluated,
        notes,
        tables: Vec::new(),
        distributions: Vec::new(),
        attempts: Vec::new(),
        elapsed: Duration::ZERO,
        owner: None,
        on_inconclusive: None,
        location: None,
    };
    session.emitter.emit(Event::CheckFinished {
        result: Box::new(result.clone()),
    });
    Some(result)
}
