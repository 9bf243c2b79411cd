//! What is said while a run goes on.

use std::collections::BTreeSet;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use tidegate_core::event::Event;
use tidegate_core::name::CheckId;
use tidegate_core::period::Period;
use tidegate_core::plan::Plan;
use tidegate_core::result::{CheckResult, Outcome};

use crate::page::Page;
use crate::style::{Style, Tone};
use crate::text::count;
use crate::why;

/// What is said about an event; empty for one that only moves the progress.
pub(super) fn line(event: &Event, style: &Style) -> String {
    let mut page = Page::new(style);
    match event {
        Event::RunStarted { plan, .. } => started(&mut page, plan),
        Event::Preparing { what } => {
            let text = format!("{}{}", style.line(what), style.symbol("…", "..."));
            page.toned(Tone::Faint, "  ", &text);
        }
        Event::AttemptFailed { check, attempt } => {
            let text = format!(
                "{}: attempt {} did not pass, trying again",
                style.line(check.as_str()),
                attempt.number
            );
            page.toned(Tone::Faint, "     ", &text);
        }
        Event::CheckFinished { result } => finished(&mut page, result),
        _ => {}
    }
    page.finish()
}

fn started(page: &mut Page<'_>, plan: &Plan) {
    let style = page.style();
    let text = format!(
        "Checking {} on {} ({}): {} of {}",
        style.line(&plan.gate),
        style.line(&plan.environment),
        style.line(&plan.url),
        plan.selected().count(),
        count(plan.checks.len(), "check")
    );
    page.toned(Tone::Strong, "", &text);
}

/// One line for a check that ended; none for one that did not run, nor for a silent observer.
fn finished(page: &mut Page<'_>, result: &CheckResult) {
    let unremarkable = result.observer && result.findings.is_empty();
    if matches!(result.outcome, Outcome::Skipped(_)) || unremarkable {
        return;
    }
    let style = page.style();
    let (tone, mark, words) = ending(result, style);
    let name = format!("{:<32}", style.line(result.id.as_str()));
    let words = format!("{words:<18}");
    page.line(format!(
        "  {} {name} {words} {}",
        style.paint(tone, mark),
        style.paint(Tone::Faint, &Period(result.elapsed).to_string()),
    ));
}

/// How a check ended: its tone, its mark and a word or two.
pub(super) fn ending(result: &CheckResult, style: &Style) -> (Tone, &'static str, &'static str) {
    let (tone, unicode, ascii) = match &result.outcome {
        Outcome::Passed if result.flaky => (Tone::Caution, "~", "~   "),
        Outcome::Passed => (Tone::Good, "✓", "ok  "),
        Outcome::Failed => (Tone::Bad, "✗", "FAIL"),
        Outcome::Skipped(_) => (Tone::Faint, "-", "-   "),
        _ => (Tone::Caution, "?", "??  "),
    };
    (tone, style.symbol(unicode, ascii), why::ending(result))
}

/// The bar that is drawn on standard error while a run goes on.
pub(super) struct Progress {
    bar: Option<ProgressBar>,
    running: BTreeSet<CheckId>,
}

impl Progress {
    pub(super) fn new(live: bool, style: &Style) -> Self {
        Self {
            bar: live.then(|| bar(style)),
            running: BTreeSet::new(),
        }
    }

    /// Writes beside the bar: it is taken away, and drawn again below.
    pub(super) fn aside<R>(&self, write: impl FnOnce() -> R) -> R {
        match &self.bar {
            Some(bar) => bar.suspend(write),
            None => write(),
        }
    }

    pub(super) fn event(&mut self, event: &Event) {
        let Some(bar) = &self.bar else { return };
        match event {
            Event::RunStarted { plan, .. } => {
                bar.set_length(u64::try_from(plan.selected().count()).unwrap_or(u64::MAX));
                bar.enable_steady_tick(Duration::from_millis(100));
            }
            Event::CheckStarted { check } => {
                self.running.insert(check.clone());
            }
            Event::CheckFinished { result } => {
                self.running.remove(&result.id);
                let counted = !result.observer && result.outcome.executed();
                bar.inc(u64::from(counted));
            }
            Event::RunFinished { .. } => return bar.finish_and_clear(),
            _ => {}
        }
        bar.set_message(running(&self.running));
    }
}

/// What is running, as in `create-record and 2 more`.
fn running(checks: &BTreeSet<CheckId>) -> String {
    match checks.iter().next() {
        None => String::new(),
        Some(first) => {
            let first = Style::PLAIN.line(first.as_str());
            match checks.len() {
                1 => first,
                all => format!("{first} and {} more", all - 1),
            }
        }
    }
}

fn bar(style: &Style) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr());
    let template = ProgressStyle::with_template("  {spinner} {pos} of {len}  {wide_msg}")
        .unwrap_or_else(|_| ProgressStyle::default_spinner());
    bar.with_style(template.tick_chars(style.symbol("⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏ ", "|/-\\ ")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;

    #[test]
    fn the_bar_names_what_runs_and_ends_with_the_run() {
        let mut progress = Progress {
            bar: Some(ProgressBar::hidden()),
            running: BTreeSet::new(),
        };
        let summary = samples::blocked();
        let started = |id: &str| Event::CheckStarted { check: id.into() };
        for event in [
            Event::RunStarted {
                plan: summary.plan.clone(),
                at: summary.started,
            },
            started("create-record"),
            started("list-is-fast"),
        ] {
            progress.event(&event);
        }
        let bar = progress.bar.clone().unwrap();
        assert_eq!(bar.message(), "create-record and 1 more");
        let result = summary
            .results
            .iter()
            .find(|one| one.id.as_str() == "create-record");
        progress.event(&Event::CheckFinished {
            result: Box::new(result.unwrap().clone()),
        });
        assert_eq!(
            (bar.message().as_str(), bar.position()),
            ("list-is-fast", 1)
        );
        progress.event(&Event::RunFinished {
            summary: Box::new(summary),
        });
        assert!(bar.is_finished());
    }
}
