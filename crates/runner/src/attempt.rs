//! One check: its attempts, each within its time, and what they amount to.

use std::any::Any;
use std::sync::Arc;
use std::time::Duration;

use tidegate_core::check::{CheckError, CheckReport, Context};
use tidegate_core::event::Event;
use tidegate_core::finding::Finding;
use tidegate_core::gate::Entry;
use tidegate_core::meta::RetryClass;
use tidegate_core::plan::PlannedCheck;
use tidegate_core::result::{Attempt, CheckResult, Outcome, outcome};
use tidegate_core::scope::Values;
use tokio::sync::watch;
use tokio::task::{JoinError, JoinHandle};

use crate::redaction::Redaction;
use crate::run::Session;

/// How long a cancelled attempt may take to let go before its cleanup begins all the same.
const LET_GO: Duration = Duration::from_secs(5);

/// Why checks must end before they are over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Halt {
    /// Nothing is the matter.
    Going,
    /// Somebody stopped the run, or another check failed and the run ends with the first.
    Cancelled,
    /// The run budget is used up.
    BudgetOver,
}

/// How an attempt ended.
enum Ended {
    Reported(CheckReport),
    Failed(CheckError),
    OutOfTime(Duration),
    Cancelled,
}

/// Runs a check with all its attempts, and removes what each of them created.
pub(crate) async fn run_check(
    session: Arc<Session>,
    planned: PlannedCheck,
    entry: Entry,
    halt: watch::Receiver<Halt>,
) -> CheckResult {
    let allowed = match entry.kind.meta().retry {
        RetryClass::Allowed => u32::from(entry.common.retries) + 1,
        RetryClass::Never => 1,
    };
    let began = session.ports.clock.monotonic();
    let mut attempts = Vec::new();
    loop {
        let number = u32::try_from(attempts.len()).unwrap_or(u32::MAX) + 1;
        let (attempt, report) = attempt(&session, &planned, &entry, &halt, number).await;
        session
            .ledger
            .remove_all_of(&entry.id, &session.remover)
            .await;
        let repeat = number < allowed
            && worth_repeating(&attempt.outcome, &report)
            && *halt.borrow() == Halt::Going;
        attempts.push(attempt.clone());
        if !repeat {
            let elapsed = session.ports.clock.monotonic().saturating_sub(began);
            return result(&planned, &entry, attempt, report, attempts, elapsed);
        }
        session.emitter.emit(Event::AttemptFailed {
            check: entry.id.clone(),
            attempt,
        });
    }
}

/// Whether another attempt may end differently.
fn worth_repeating(outcome: &Outcome, report: &CheckReport) -> bool {
    !(report.decisive || matches!(outcome, Outcome::Passed | Outcome::Cancelled))
}

async fn attempt(
    session: &Arc<Session>,
    planned: &PlannedCheck,
    entry: &Entry,
    halt: &watch::Receiver<Halt>,
    number: u32,
) -> (Attempt, CheckReport) {
    let ports = &session.ports;
    let values = Values::draw(&*ports.random, &*ports.clock, &entry.id, number);
    let context = Context::new(entry, &session.gate, values, ports.clone())
        .changed_since(session.options.changed_since.clone())
        .judging(session.options.provenance.commit.clone())
        .salted(session.policy.baseline.salt.clone());
    let began = ports.clock.monotonic();
    let ended = ended(session, planned, entry, context, halt.clone()).await;
    let elapsed = ports.clock.monotonic().saturating_sub(began);
    let (outcome, report) = judged(session, entry, ended);
    let attempt = Attempt {
        number,
        outcome,
        findings: report.findings.clone(),
        elapsed,
    };
    (attempt, report)
}

/// Runs the check's own code on a task of its own, so that its panic or its blocking stays there.
async fn ended(
    session: &Session,
    planned: &PlannedCheck,
    entry: &Entry,
    context: Context,
    mut halt: watch::Receiver<Halt>,
) -> Ended {
    let limit = planned.timeout;
    let deadline = session.ports.clock.monotonic() + limit;
    let check = entry.check.clone();
    let mut task = tokio::spawn(async move { check.run(&context).await });
    let ended = tokio::select! {
        joined = &mut task => return finished(joined),
        () = session.ports.clock.sleep_until(deadline) => Ended::OutOfTime(limit),
        halted = halt.wait_for(|halt| *halt != Halt::Going) => match halted.as_deref() {
            Ok(Halt::BudgetOver) => Ended::OutOfTime(session.plan.run_budget),
            _ => Ended::Cancelled,
        },
    };
    let_go(task).await;
    ended
}

fn finished(joined: Result<Result<CheckReport, CheckError>, JoinError>) -> Ended {
    match joined {
        Ok(Ok(report)) => Ended::Reported(report),
        Ok(Err(error)) => Ended::Failed(error),
        Err(error) => Ended::Failed(panicked(error)),
    }
}

/// Cancels an attempt and waits until it is gone; one that never yields is left to itself.
async fn let_go(task: JoinHandle<Result<CheckReport, CheckError>>) {
    task.abort();
    let _ = tokio::time::timeout(LET_GO, task).await;
}

/// The error of a task that did not come to its end.
pub(crate) fn panicked(error: JoinError) -> CheckError {
    let message = match error.try_into_panic() {
        Ok(panic) => format!("the check panicked: {}", panic_text(&*panic)),
        Err(_) => "the check's task was cancelled".to_owned(),
    };
    CheckError::new(
        message,
        "This is a fault of the check's code; please report it to whoever wrote the kind.",
    )
}

/// What a panic said.
pub(crate) fn panic_text(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("it did not say why")
}

/// Redacts what an attempt reported and lays the gate's policy over it.
fn judged(session: &Session, entry: &Entry, ended: Ended) -> (Outcome, CheckReport) {
    let redaction = Redaction(&*session.ports.secrets);
    match ended {
        Ended::Reported(mut report) => {
            redaction.report(&mut report);
            for finding in &mut report.findings {
                session
                    .policy
                    .apply(&entry.id, entry.common.severity, finding);
            }
            worst_first(&mut report.findings);
            let doubt = report.inconclusive.clone();
            (outcome(&report.findings, report.evaluated, doubt), report)
        }
        Ended::Failed(mut error) => {
            redaction.error(&mut error);
            (Outcome::Errored(error), CheckReport::default())
        }
        Ended::OutOfTime(limit) => (Outcome::TimedOut { limit }, CheckReport::default()),
        Ended::Cancelled => (Outcome::Cancelled, CheckReport::default()),
    }
}

/// Sorts findings: those that count before those that do not, then the worst, then those on lines of
/// the change.
pub(crate) fn worst_first(findings: &mut [Finding]) {
    findings
        .sort_by_key(|one| std::cmp::Reverse((one.counts(), one.level, one.severity, one.changed)));
}

fn result(
    planned: &PlannedCheck,
    entry: &Entry,
    last: Attempt,
    report: CheckReport,
    attempts: Vec<Attempt>,
    elapsed: Duration,
) -> CheckResult {
    CheckResult {
        flaky: last.outcome == Outcome::Passed && attempts.len() > 1,
        findings: report.findings,
        metrics: report.metrics,
        evaluated: report.evaluated,
        notes: report.notes,
        tables: report.tables,
        distributions: report.distributions,
        attempts,
        elapsed,
        ..unexecuted(planned, entry, last.outcome)
    }
}

/// The result of a check of which nothing but its outcome is known.
pub(crate) fn unexecuted(planned: &PlannedCheck, entry: &Entry, outcome: Outcome) -> CheckResult {
    CheckResult {
        id: planned.id.clone(),
        kind: planned.kind.clone(),
        observer: false,
        outcome,
        flaky: false,
        findings: Vec::new(),
        metrics: Vec::new(),
        evaluated: 0,
        notes: Vec::new(),
        tables: Vec::new(),
        distributions: Vec::new(),
        attempts: Vec::new(),
        elapsed: Duration::ZERO,
        owner: entry.common.owner.clone(),
        on_inconclusive: entry.common.on_inconclusive,
        location: Some(planned.location.clone()),
    }
}
