//! From the wire to the model.

use std::time::Duration;

use tidegate_core::check::{self, CheckError, Forecast, Inconclusive};
use tidegate_core::event::{PreflightFailure, Summary, Warning};
use tidegate_core::finding::{self, Finding, Suppression};
use tidegate_core::fingerprint::Fingerprint;
use tidegate_core::gate::OnInconclusive;
use tidegate_core::name::{CheckId, Code, IdentityName};
use tidegate_core::plan::{Plan, PlannedCheck};
use tidegate_core::ports::cleanup::Leftover;
use tidegate_core::provenance::Provenance;
use tidegate_core::result::{Attempt, CheckResult, Outcome};
use tidegate_core::span::Location;
use tidegate_core::verdict::{Judgement, fold};

use super::read::{ReadError, Report};
use super::{distribution, handover, origin, wire};
use crate::distribution::MOST;

impl wire::Report {
    /// Takes everything over into the model.
    ///
    /// # Errors
    /// [`ReadError::Wrong`] for a text that is not what it must be.
    pub(super) fn into_model(self) -> Result<Report, ReadError> {
        let codes = origin::codes(&self);
        let since = self.since.map(origin::into_since);
        let started = self.run.started.parse();
        let started =
            started.map_err(|_| wrong("run.started", "expected a time as RFC 3339 has it"))?;
        let seed = self.run.seed.parse();
        let seed = seed.map_err(|_| wrong("run.seed", "expected a whole number as text"))?;
        let results: Vec<CheckResult> = self.results.into_iter().map(result).collect();
        let because = self.verdict.because.into_iter();
        let judgement = Judgement {
            verdict: self.verdict.verdict.into(),
            executed: fold(&results, false, None).executed,
            because: because
                .map(|one| (CheckId::new(one.check), one.reason))
                .collect(),
        };
        let run = self.run;
        let summary = Summary {
            plan: Plan {
                gate: run.gate,
                file: self.plan.file,
                environment: run.environment,
                url: run.url,
                checks: self.plan.checks.into_iter().map(planned).collect(),
                observers: self.plan.observers,
                notes: self.plan.notes,
                run_budget: length(self.plan.run_budget_ms),
                seed,
            },
            provenance: run.provenance.map(Provenance::from).unwrap_or_default(),
            handover: self.handover.map(handover::into_handover).transpose()?,
            results,
            judgement,
            interrupted: run.interrupted,
            advisory: run.advisory,
            preflight: self.preflight.map(preflight),
            warnings: self.warnings.into_iter().map(warning).collect(),
            leftovers: self.leftovers.into_iter().map(leftover).collect(),
            requests: run.requests,
            started,
            elapsed: length(run.elapsed_ms),
        };
        Ok(Report {
            summary,
            codes,
            since,
        })
    }
}

fn wrong(path: &str, reason: &str) -> ReadError {
    ReadError::Wrong {
        path: path.to_owned(),
        reason: reason.to_owned(),
    }
}

/// The longest length of time that is told apart from longer ones, in milliseconds: three years.
pub(super) const MOST_MILLISECONDS: f64 = 1e11;

/// Milliseconds as a length of time, in whole microseconds as they are written.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a cast of a float ends at the limits of the integer, and no length is below zero"
)]
fn length(milliseconds: f64) -> Duration {
    Duration::from_micros((milliseconds.min(MOST_MILLISECONDS) * 1e3).round() as u64)
}

fn planned(check: wire::PlannedCheck) -> PlannedCheck {
    PlannedCheck {
        id: CheckId::new(check.id),
        kind: check.kind,
        selected: check.selected,
        reason: check.reason,
        untrusted: check.untrusted,
        forecast: forecast(check.forecast),
        timeout: length(check.timeout_ms),
        needs: check.needs.into_iter().map(CheckId::new).collect(),
        location: location(check.location),
    }
}

fn forecast(forecast: wire::Forecast) -> Forecast {
    let identities = forecast.identities.into_iter();
    Forecast {
        writes: forecast.writes,
        requests: forecast.requests,
        asks: forecast.asks,
        worst: length(forecast.worst_ms),
        identities: identities.map(IdentityName::new).collect(),
        secrets: forecast.secrets,
        exclusive: forecast.exclusive,
        starts_nothing: false,
        last: forecast.last,
        powers: forecast.powers,
    }
}

fn result(result: wire::CheckResult) -> CheckResult {
    let distributions = result.distributions.into_iter().take(MOST);
    CheckResult {
        id: CheckId::new(result.id),
        kind: result.kind,
        observer: result.observer,
        outcome: outcome(result.outcome),
        flaky: result.flaky,
        findings: result.findings.into_iter().map(finding).collect(),
        metrics: result.metrics.into_iter().map(metric).collect(),
        evaluated: result.evaluated,
        notes: result.notes,
        tables: result.tables.into_iter().map(check::Table::from).collect(),
        distributions: distributions.map(distribution::read).collect(),
        attempts: result.attempts.into_iter().map(attempt).collect(),
        elapsed: length(result.elapsed_ms),
        owner: result.owner,
        on_inconclusive: result.on_inconclusive.map(|on| match on {
            wire::OnInconclusive::Block => OnInconclusive::Block,
            wire::OnInconclusive::Warn => OnInconclusive::Warn,
        }),
        location: result.location.map(location),
    }
}

fn outcome(outcome: wire::Outcome) -> Outcome {
    let reason = outcome.reason.unwrap_or_default();
    match outcome.name {
        wire::OutcomeName::Passed => Outcome::Passed,
        wire::OutcomeName::Failed => Outcome::Failed,
        wire::OutcomeName::Cancelled => Outcome::Cancelled,
        wire::OutcomeName::Inconclusive => Outcome::Inconclusive(Inconclusive {
            reason: match outcome.doubt {
                Some(wire::Doubt::TooClose) => check::Doubt::TooClose,
                Some(wire::Doubt::NoEvidence) | None => check::Doubt::NoEvidence,
            },
            text: reason,
        }),
        wire::OutcomeName::Skipped => Outcome::Skipped(reason),
        wire::OutcomeName::Errored => Outcome::Errored(CheckError {
            message: reason,
            help: outcome.help.unwrap_or_default(),
            location: outcome.location.map(location),
        }),
        wire::OutcomeName::TimedOut => Outcome::TimedOut {
            limit: length(outcome.limit_ms.unwrap_or_default()),
        },
    }
}

fn attempt(attempt: wire::Attempt) -> Attempt {
    Attempt {
        number: attempt.number,
        outcome: outcome(attempt.outcome),
        findings: attempt.findings.into_iter().map(finding).collect(),
        elapsed: length(attempt.elapsed_ms),
    }
}

fn finding(finding: wire::Finding) -> Finding {
    let related = finding.related.into_iter();
    let evidence = finding.evidence.into_iter();
    Finding {
        code: Code::new(finding.code),
        severity: finding.severity.into(),
        confidence: finding.confidence.into(),
        title: finding.title,
        advice: finding.advice,
        location: location(finding.location),
        related: related
            .map(|related| finding::Related {
                label: related.label,
                location: location(related.location),
            })
            .collect(),
        evidence: evidence
            .map(|evidence| finding::Evidence {
                label: evidence.label,
                text: evidence.text,
            })
            .collect(),
        subject: finding.subject,
        cause: finding.cause.map(CheckId::new),
        changed: finding.changed,
        fingerprint: Fingerprint::from_text(finding.fingerprint),
        level: finding.level.into(),
        suppressed: finding.suppressed.map(suppression),
    }
}

fn suppression(suppression: wire::Suppression) -> Suppression {
    match suppression.by {
        wire::SuppressedBy::Baseline => Suppression::Baseline {
            expires: suppression.expires,
        },
        wire::SuppressedBy::Waiver => Suppression::Waived {
            owner: suppression.owner.unwrap_or_default(),
            reason: suppression.reason.unwrap_or_default(),
            expires: suppression.expires.unwrap_or_default(),
        },
    }
}

fn metric(metric: wire::Metric) -> check::Metric {
    let number = |value: Option<f64>| value.unwrap_or(f64::NAN);
    check::Metric {
        name: metric.name,
        subject: metric.subject,
        unit: metric.unit.into(),
        value: number(metric.value),
        samples: metric.samples.into_iter().map(number).collect(),
    }
}

fn warning(warning: wire::Warning) -> Warning {
    Warning {
        message: warning.message,
        help: warning.help,
        location: warning.location.map(location),
    }
}

fn leftover(leftover: wire::Leftover) -> Leftover {
    Leftover {
        check: CheckId::new(leftover.check),
        identity: leftover.identity.map(IdentityName::new),
        marker: leftover.marker,
        created_by: leftover.created_by,
        remove_with: leftover.remove_with,
        reason: leftover.reason,
        location: location(leftover.location),
    }
}

fn preflight(failure: wire::Preflight) -> PreflightFailure {
    PreflightFailure {
        code: Code::new(failure.code),
        message: failure.message,
        help: failure.help,
        evidence: failure.evidence,
        location: failure.location.map(location),
    }
}

fn location(location: wire::Location) -> Location {
    let number = |value: u64| usize::try_from(value).unwrap_or(usize::MAX);
    Location {
        file: location.file,
        line: number(location.line),
        column: number(location.column),
        end_line: number(location.end_line),
        end_column: number(location.end_column),
        text: location.text,
    }
}
