//! Keeps secrets out of the model: every text that leaves the runner goes through here.

use tidegate_core::check::{CheckError, CheckReport, Inconclusive, Metric, Table};
use tidegate_core::distribution::Distribution;
use tidegate_core::event::{Event, PreflightFailure, Summary, Warning};
use tidegate_core::finding::{Finding, Suppression};
use tidegate_core::plan::Plan;
use tidegate_core::ports::{Leftover, Secrets};
use tidegate_core::result::{Attempt, CheckResult, Outcome};
use tidegate_core::span::Location;

/// Redacts values of the model in place.
///
/// Names that the gate file gives (ids, kinds, codes, identities) are left: they are what a secret
/// is called, and never one.
#[derive(Clone, Copy)]
pub(crate) struct Redaction<'s>(
    /// What is known.
    pub(crate) &'s dyn Secrets,
);

impl Redaction<'_> {
    fn text(self, text: &mut String) {
        if !text.is_empty() {
            *text = self.0.redact(text);
        }
    }

    fn texts<'t>(self, texts: impl IntoIterator<Item = &'t mut String>) {
        for text in texts {
            self.text(text);
        }
    }

    /// Redacts an event.
    pub(crate) fn event(self, event: &mut Event) {
        match event {
            Event::RunStarted { plan, .. } => self.plan(plan),
            Event::Preparing { what } => self.text(what),
            Event::AttemptFailed { attempt, .. } => self.attempt(attempt),
            Event::CheckFinished { result } => self.result(result),
            Event::Warning { warning } => self.warning(warning),
            Event::RunFinished { summary } => self.summary(summary),
            _ => {}
        }
    }

    /// Redacts a summary.
    pub(crate) fn summary(self, summary: &mut Summary) {
        self.plan(&mut summary.plan);
        summary.results.iter_mut().for_each(|one| self.result(one));
        let reasons = summary.judgement.because.iter_mut();
        self.texts(reasons.map(|(_, reason)| reason));
        summary
            .warnings
            .iter_mut()
            .for_each(|one| self.warning(one));
        summary
            .leftovers
            .iter_mut()
            .for_each(|one| self.leftover(one));
        if let Some(failure) = &mut summary.preflight {
            self.preflight(failure);
        }
    }

    fn plan(self, plan: &mut Plan) {
        self.text(&mut plan.url);
        self.texts(&mut plan.notes);
        for check in &mut plan.checks {
            self.text(&mut check.reason);
            self.texts(&mut check.forecast.writes);
            self.location(&mut check.location);
        }
    }

    /// Redacts what an attempt or an observer reported.
    pub(crate) fn report(self, report: &mut CheckReport) {
        report.findings.iter_mut().for_each(|one| self.finding(one));
        report.metrics.iter_mut().for_each(|one| self.metric(one));
        self.texts(&mut report.notes);
        report.tables.iter_mut().for_each(|one| self.table(one));
        self.distributions(&mut report.distributions);
        if let Some(doubt) = &mut report.inconclusive {
            self.doubt(doubt);
        }
    }

    fn table(self, table: &mut Table) {
        self.text(&mut table.title);
        self.texts(&mut table.columns);
        self.texts(table.rows.iter_mut().flatten());
    }

    fn distributions(self, distributions: &mut [Distribution]) {
        self.texts(distributions.iter_mut().map(|one| &mut one.subject));
    }

    fn metric(self, metric: &mut Metric) {
        self.texts([&mut metric.name, &mut metric.subject]);
    }

    fn doubt(self, doubt: &mut Inconclusive) {
        self.text(&mut doubt.text);
    }

    fn finding(self, finding: &mut Finding) {
        self.texts([
            &mut finding.title,
            &mut finding.advice,
            &mut finding.subject,
        ]);
        self.location(&mut finding.location);
        for related in &mut finding.related {
            self.text(&mut related.label);
            self.location(&mut related.location);
        }
        for evidence in &mut finding.evidence {
            self.texts([&mut evidence.label, &mut evidence.text]);
        }
        if let Some(Suppression::Waived { owner, reason, .. }) = &mut finding.suppressed {
            self.texts([owner, reason]);
        }
    }

    fn location(self, location: &mut Location) {
        self.text(&mut location.file);
        self.texts(&mut location.text);
    }

    /// Redacts why an attempt came to no result.
    pub(crate) fn error(self, error: &mut CheckError) {
        self.texts([&mut error.message, &mut error.help]);
        if let Some(location) = &mut error.location {
            self.location(location);
        }
    }

    fn outcome(self, outcome: &mut Outcome) {
        match outcome {
            Outcome::Inconclusive(doubt) => self.doubt(doubt),
            Outcome::Skipped(reason) => self.text(reason),
            Outcome::Errored(error) => self.error(error),
            Outcome::Passed | Outcome::Failed | Outcome::TimedOut { .. } | Outcome::Cancelled => {}
        }
    }

    fn attempt(self, attempt: &mut Attempt) {
        self.outcome(&mut attempt.outcome);
        attempt
            .findings
            .iter_mut()
            .for_each(|one| self.finding(one));
    }

    fn result(self, result: &mut CheckResult) {
        self.outcome(&mut result.outcome);
        result.findings.iter_mut().for_each(|one| self.finding(one));
        result.metrics.iter_mut().for_each(|one| self.metric(one));
        result.attempts.iter_mut().for_each(|one| self.attempt(one));
        self.texts(&mut result.notes);
        result.tables.iter_mut().for_each(|one| self.table(one));
        self.distributions(&mut result.distributions);
        if let Some(location) = &mut result.location {
            self.location(location);
        }
    }

    fn warning(self, warning: &mut Warning) {
        self.texts([&mut warning.message, &mut warning.help]);
        if let Some(location) = &mut warning.location {
            self.location(location);
        }
    }

    /// Redacts why no check was started.
    pub(crate) fn preflight(self, failure: &mut PreflightFailure) {
        self.texts([&mut failure.message, &mut failure.help]);
        self.texts(&mut failure.evidence);
        if let Some(location) = &mut failure.location {
            self.location(location);
        }
    }

    /// Redacts what was left behind.
    pub(crate) fn leftover(self, leftover: &mut Leftover) {
        self.texts([
            &mut leftover.marker,
            &mut leftover.created_by,
            &mut leftover.reason,
        ]);
        self.texts(&mut leftover.remove_with);
        self.location(&mut leftover.location);
    }
}
