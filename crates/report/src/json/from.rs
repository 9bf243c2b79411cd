//! From the model to the wire.

use std::time::Duration;

use serde::ser::{Serialize, SerializeMap as _, Serializer};
use tidegate_core::check::{self, Forecast};
use tidegate_core::event::{PreflightFailure, Summary, Warning};
use tidegate_core::finding::{Finding, Suppression};
use tidegate_core::gate::OnInconclusive;
use tidegate_core::name::{CheckId, IdentityName};
use tidegate_core::plan::{Plan, PlannedCheck};
use tidegate_core::ports::cleanup::Leftover;
use tidegate_core::result::{Attempt, CheckResult, Outcome};
use tidegate_core::span::Location;

use super::into::MOST_MILLISECONDS;
use super::{distribution, handover, origin, wire};
use crate::codes::Codes;
use crate::distribution::{MOST, Room};
use crate::questions::{Answered, answers};
use crate::since::Since;
use crate::{digest, headline, text};

/// A whole report, whose results are taken over one at a time: they may be many, and large.
pub(super) struct Whole<'s> {
    frame: wire::Report,
    results: Results<'s>,
}

struct Results<'s> {
    summary: &'s Summary,
    codes: &'s Codes,
    room: Room,
}

impl<'s> Whole<'s> {
    /// Prepares the report of a summary; `codes` add what findings cost.
    pub(super) fn new(summary: &'s Summary, codes: &'s Codes, since: Option<&Since>) -> Self {
        Self {
            frame: wire::Report::frame(summary, codes, since),
            results: Results {
                summary,
                codes,
                room: Room::of(summary),
            },
        }
    }
}

impl Serialize for Whole<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let frame = &self.frame;
        let mut report = serializer.serialize_map(None)?;
        report.serialize_entry("version", &frame.version)?;
        report.serialize_entry("tidegate", &frame.tidegate)?;
        report.serialize_entry("run", &frame.run)?;
        report.serialize_entry("verdict", &frame.verdict)?;
        report.serialize_entry("plan", &frame.plan)?;
        report.serialize_entry("results", &self.results)?;
        report.serialize_entry("warnings", &frame.warnings)?;
        report.serialize_entry("leftovers", &frame.leftovers)?;
        if let Some(preflight) = &frame.preflight {
            report.serialize_entry("preflight", preflight)?;
        }
        if !frame.codes.is_empty() {
            report.serialize_entry("codes", &frame.codes)?;
        }
        if !frame.plugins.is_empty() {
            report.serialize_entry("plugins", &frame.plugins)?;
        }
        if let Some(since) = &frame.since {
            report.serialize_entry("since", since)?;
        }
        if let Some(handover) = &frame.handover {
            report.serialize_entry("handover", handover)?;
        }
        report.serialize_entry("questions", &frame.questions)?;
        report.end()
    }
}

impl Serialize for Results<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let results = self.summary.results.iter();
        serializer.collect_seq(results.map(|one| result(one, self.codes, self.room)))
    }
}

impl wire::Report {
    /// Takes everything over from a summary but its results.
    pub(super) fn frame(summary: &Summary, codes: &Codes, since: Option<&Since>) -> Self {
        Self {
            version: 1,
            tidegate: env!("CARGO_PKG_VERSION").to_owned(),
            run: run(summary),
            verdict: verdict(summary),
            plan: plan(&summary.plan),
            results: Vec::new(),
            warnings: summary.warnings.iter().map(warning).collect(),
            leftovers: summary.leftovers.iter().map(leftover).collect(),
            preflight: summary.preflight.as_ref().map(preflight),
            codes: origin::known(summary, codes),
            plugins: origin::plugins(summary, codes),
            since: since.map(origin::since),
            handover: summary.handover.as_ref().map(handover::handover),
            questions: answers(summary).into_iter().map(question).collect(),
        }
    }
}

fn run(summary: &Summary) -> wire::Run {
    wire::Run {
        gate: summary.plan.gate.clone(),
        environment: summary.plan.environment.clone(),
        url: summary.plan.url.clone(),
        seed: summary.plan.seed.to_string(),
        started: summary.started.to_string(),
        elapsed_ms: milliseconds(summary.elapsed),
        requests: summary.requests,
        interrupted: summary.interrupted,
        advisory: summary.advisory,
        provenance: origin::provenance(&summary.provenance),
    }
}

fn verdict(summary: &Summary) -> wire::Verdict {
    let because = summary.judgement.because.iter();
    wire::Verdict {
        verdict: summary.judgement.verdict.into(),
        exit_code: headline::code(summary),
        headline: headline::headline(summary),
        executed: digest::executed(summary) as u64,
        total: digest::total(summary) as u64,
        because: because
            .map(|(check, reason)| wire::Because {
                check: check.to_string(),
                reason: reason.clone(),
            })
            .collect(),
    }
}

fn question(answered: Answered) -> wire::Question {
    wire::Question {
        number: answered.number as u64,
        question: answered.question.to_owned(),
        reply: answered.reply.into(),
        good: answered.good,
        reason: answered.reason,
        checks: answered.checks.iter().map(CheckId::to_string).collect(),
        add: answered.add.map(str::to_owned),
        said_by: answered.said_by,
    }
}

fn plan(plan: &Plan) -> wire::Plan {
    wire::Plan {
        file: plan.file.clone(),
        checks: plan.checks.iter().map(planned).collect(),
        observers: plan.observers.clone(),
        notes: plan.notes.clone(),
        run_budget_ms: milliseconds(plan.run_budget),
    }
}

fn planned(check: &PlannedCheck) -> wire::PlannedCheck {
    wire::PlannedCheck {
        id: check.id.to_string(),
        kind: check.kind.clone(),
        selected: check.selected,
        reason: check.reason.clone(),
        untrusted: check.untrusted,
        forecast: forecast(&check.forecast),
        timeout_ms: milliseconds(check.timeout),
        needs: check.needs.iter().map(CheckId::to_string).collect(),
        location: location(&check.location),
    }
}

fn forecast(forecast: &Forecast) -> wire::Forecast {
    let identities = forecast.identities.iter();
    wire::Forecast {
        writes: forecast.writes.clone(),
        requests: forecast.requests,
        asks: forecast.asks.clone(),
        worst_ms: milliseconds(forecast.worst),
        identities: identities.map(IdentityName::to_string).collect(),
        secrets: forecast.secrets.clone(),
        exclusive: forecast.exclusive,
        last: forecast.last,
        powers: forecast.powers.clone(),
    }
}

fn result(result: &CheckResult, codes: &Codes, room: Room) -> wire::CheckResult {
    let distributions = result.distributions.iter().take(MOST);
    wire::CheckResult {
        id: result.id.to_string(),
        kind: result.kind.clone(),
        observer: result.observer,
        outcome: outcome(&result.outcome),
        flaky: result.flaky,
        findings: findings(&result.findings, codes),
        metrics: result.metrics.iter().map(metric).collect(),
        evaluated: result.evaluated,
        notes: notes(result),
        tables: result
            .tables
            .iter()
            .cloned()
            .map(wire::Table::from)
            .collect(),
        distributions: distributions
            .map(|one| distribution::told(one, room))
            .collect(),
        attempts: result
            .attempts
            .iter()
            .map(|one| attempt(one, codes))
            .collect(),
        elapsed_ms: milliseconds(result.elapsed),
        owner: result.owner.clone(),
        on_inconclusive: result.on_inconclusive.map(|on| match on {
            OnInconclusive::Block => wire::OnInconclusive::Block,
            OnInconclusive::Warn => wire::OnInconclusive::Warn,
        }),
        location: result.location.as_ref().map(location),
    }
}

/// The notes of a check, and how many of its distributions the report has no room for.
fn notes(result: &CheckResult) -> Vec<String> {
    let more = result.distributions.len().saturating_sub(MOST);
    let left_out = format!(
        "{} left out of the report",
        text::count(more, "distribution")
    );
    let left_out = (more > 0).then_some(left_out);
    result.notes.iter().cloned().chain(left_out).collect()
}

fn outcome(outcome: &Outcome) -> wire::Outcome {
    let plain = |name| wire::Outcome {
        name,
        doubt: None,
        reason: None,
        help: None,
        limit_ms: None,
        location: None,
    };
    match outcome {
        Outcome::Passed => plain(wire::OutcomeName::Passed),
        Outcome::Failed => plain(wire::OutcomeName::Failed),
        Outcome::Cancelled => plain(wire::OutcomeName::Cancelled),
        Outcome::Inconclusive(doubt) => wire::Outcome {
            doubt: Some(match doubt.reason {
                check::Doubt::NoEvidence => wire::Doubt::NoEvidence,
                check::Doubt::TooClose => wire::Doubt::TooClose,
            }),
            reason: Some(doubt.text.clone()),
            ..plain(wire::OutcomeName::Inconclusive)
        },
        Outcome::Skipped(reason) => wire::Outcome {
            reason: Some(reason.clone()),
            ..plain(wire::OutcomeName::Skipped)
        },
        Outcome::Errored(error) => wire::Outcome {
            reason: Some(error.message.clone()),
            help: Some(error.help.clone()),
            location: error.location.as_ref().map(location),
            ..plain(wire::OutcomeName::Errored)
        },
        Outcome::TimedOut { limit } => wire::Outcome {
            limit_ms: Some(milliseconds(*limit)),
            ..plain(wire::OutcomeName::TimedOut)
        },
    }
}

fn attempt(attempt: &Attempt, codes: &Codes) -> wire::Attempt {
    wire::Attempt {
        number: attempt.number,
        outcome: outcome(&attempt.outcome),
        findings: findings(&attempt.findings, codes),
        elapsed_ms: milliseconds(attempt.elapsed),
    }
}

fn findings(findings: &[Finding], codes: &Codes) -> Vec<wire::Finding> {
    findings.iter().map(|one| finding(one, codes)).collect()
}

fn finding(finding: &Finding, codes: &Codes) -> wire::Finding {
    let info = codes.get(finding.code.as_str());
    wire::Finding {
        code: finding.code.to_string(),
        severity: finding.severity.into(),
        confidence: finding.confidence.into(),
        level: finding.level.into(),
        title: finding.title.clone(),
        impact: info.map(|info| info.impact.to_string()),
        advice: finding.advice.clone(),
        effort: info.map(|info| info.effort.into()),
        location: location(&finding.location),
        related: finding
            .related
            .iter()
            .map(|related| wire::Related {
                label: related.label.clone(),
                location: location(&related.location),
            })
            .collect(),
        evidence: finding
            .evidence
            .iter()
            .map(|evidence| wire::Evidence {
                label: evidence.label.clone(),
                text: evidence.text.clone(),
            })
            .collect(),
        subject: finding.subject.clone(),
        cause: finding.cause.as_ref().map(CheckId::to_string),
        fingerprint: finding.fingerprint.to_string(),
        changed: finding.changed,
        suppressed: finding.suppressed.as_ref().map(suppression),
    }
}

fn suppression(suppression: &Suppression) -> wire::Suppression {
    match suppression {
        Suppression::Baseline { expires } => wire::Suppression {
            by: wire::SuppressedBy::Baseline,
            owner: None,
            reason: None,
            expires: expires.clone(),
        },
        Suppression::Waived {
            owner,
            reason,
            expires,
        } => wire::Suppression {
            by: wire::SuppressedBy::Waiver,
            owner: Some(owner.clone()),
            reason: Some(reason.clone()),
            expires: Some(expires.clone()),
        },
    }
}

fn metric(metric: &check::Metric) -> wire::Metric {
    let finite = |value: f64| value.is_finite().then_some(value);
    wire::Metric {
        name: metric.name.clone(),
        subject: metric.subject.clone(),
        unit: metric.unit.into(),
        value: finite(metric.value),
        samples: metric.samples.iter().map(|value| finite(*value)).collect(),
    }
}

fn warning(warning: &Warning) -> wire::Warning {
    wire::Warning {
        message: warning.message.clone(),
        help: warning.help.clone(),
        location: warning.location.as_ref().map(location),
    }
}

fn leftover(leftover: &Leftover) -> wire::Leftover {
    wire::Leftover {
        check: leftover.check.to_string(),
        identity: leftover.identity.as_ref().map(IdentityName::to_string),
        marker: leftover.marker.clone(),
        created_by: leftover.created_by.clone(),
        remove_with: leftover.remove_with.clone(),
        reason: leftover.reason.clone(),
        location: location(&leftover.location),
    }
}

fn preflight(failure: &PreflightFailure) -> wire::Preflight {
    wire::Preflight {
        code: failure.code.to_string(),
        message: failure.message.clone(),
        help: failure.help.clone(),
        evidence: failure.evidence.clone(),
        location: failure.location.as_ref().map(location),
    }
}

fn location(location: &Location) -> wire::Location {
    wire::Location {
        file: location.file.clone(),
        line: location.line as u64,
        column: location.column as u64,
        end_line: location.end_line as u64,
        end_column: location.end_column as u64,
        text: location.text.clone(),
    }
}

/// Whole microseconds as milliseconds; a length beyond reason is cut, so that it is read as it was written.
fn milliseconds(length: Duration) -> f64 {
    ((length.as_secs_f64() * 1e6).round() / 1e3).min(MOST_MILLISECONDS)
}
