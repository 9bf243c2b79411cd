//! When each check starts: after those it needs, so many at once, some of them alone, some of them last.

use std::collections::HashMap;
use std::sync::Arc;

use tidegate_core::event::Event;
use tidegate_core::gate::Entry;
use tidegate_core::name::CheckId;
use tidegate_core::period::Period;
use tidegate_core::plan::PlannedCheck;
use tidegate_core::result::{CheckResult, Outcome};
use tidegate_core::verdict::{Verdict, fold};
use tokio::sync::watch;
use tokio::task::{Id, JoinError, JoinSet};

use crate::attempt::{Halt, panicked, run_check, unexecuted};
use crate::preparation::Preparations;
use crate::run::Session;

/// Runs the selected checks, whose preparations have begun; the results are in the order of the plan.
pub(crate) async fn all(
    session: &Arc<Session>,
    mut preparations: Preparations,
) -> Vec<CheckResult> {
    let mut schedule = Schedule::new(session);
    schedule.note_unselected();
    let deadline = session.plan.run_budget;
    if session.stop.is_requested() {
        schedule.halt(Halt::Cancelled);
    }
    loop {
        schedule.preparing = !preparations.are_over();
        schedule.start_ready();
        if schedule.running.is_empty() && !schedule.waits_for_preparations() {
            if schedule.settle_circle() {
                continue;
            }
            break;
        }
        let going = *schedule.halt.borrow() == Halt::Going;
        tokio::select! {
            () = preparations.over(), if schedule.preparing => {}
            Some(joined) = schedule.tasks.join_next_with_id() => schedule.ended(joined),
            () = session.stop.requested(), if going => schedule.halt(Halt::Cancelled),
            () = session.ports.clock.sleep_until(deadline), if going => {
                schedule.halt(Halt::BudgetOver);
            }
        }
    }
    schedule.results.into_iter().flatten().collect()
}

/// Runs nothing: every selected check is skipped for the same reason, or cancelled with the run.
pub(crate) fn none(session: &Arc<Session>, reason: &str) -> Vec<CheckResult> {
    let mut schedule = Schedule::new(session);
    schedule.note_unselected();
    let outcome = if session.stop.is_requested() {
        Outcome::Cancelled
    } else {
        Outcome::Skipped(reason.to_owned())
    };
    schedule.settle_all(&outcome);
    schedule.results.into_iter().flatten().collect()
}

/// The one owner of what has run, what runs and what is still to run.
struct Schedule<'s> {
    session: &'s Arc<Session>,
    /// The entry of each planned check.
    entries: Vec<&'s Entry>,
    /// Whether each planned check comes after those that do not come last: it comes last itself, or it needs one
    /// that does.
    late: Vec<bool>,
    /// Whether checks still prepare, so that none can be alone.
    preparing: bool,
    waiting: Vec<usize>,
    running: HashMap<Id, usize>,
    tasks: JoinSet<CheckResult>,
    results: Vec<Option<CheckResult>>,
    halt: watch::Sender<Halt>,
    jobs: usize,
}

/// What can be done about a check that has not started.
enum Readiness {
    Ready,
    NotYet,
    Never(String),
}

impl<'s> Schedule<'s> {
    fn new(session: &'s Arc<Session>) -> Self {
        let checks = &session.plan.checks;
        let entry = |planned: &PlannedCheck| {
            let mut entries = session.gate.checks.iter();
            entries.find(|entry| entry.id == planned.id)
        };
        let entries: Vec<&Entry> = checks.iter().filter_map(entry).collect();
        Self {
            session,
            late: late(checks),
            preparing: false,
            waiting: (0..entries.len()).collect(),
            results: vec![None; entries.len()],
            entries,
            running: HashMap::new(),
            tasks: JoinSet::new(),
            halt: watch::Sender::new(Halt::Going),
            jobs: session.options.jobs.unwrap_or_else(default_jobs).max(1),
        }
    }

    fn planned(&self, index: usize) -> &'s PlannedCheck {
        &self.session.plan.checks[index]
    }

    /// Notes the checks that are out; nothing is told about them beside the plan.
    fn note_unselected(&mut self) {
        for index in std::mem::take(&mut self.waiting) {
            let planned = self.planned(index);
            if planned.selected {
                self.waiting.push(index);
            } else {
                let outcome = Outcome::Skipped(planned.reason.clone());
                self.results[index] = Some(unexecuted(planned, self.entries[index], outcome));
            }
        }
    }

    /// Starts whatever may start now; what cannot start any more gets its result.
    fn start_ready(&mut self) {
        self.settle_hopeless();
        while self.running.len() < self.jobs {
            let Some(position) = self.next_ready() else {
                return;
            };
            let index = self.waiting.remove(position);
            self.start(index);
        }
    }

    fn settle_hopeless(&mut self) {
        let halt = *self.halt.borrow();
        let mut before = usize::MAX;
        while self.waiting.len() < before {
            before = self.waiting.len();
            for index in std::mem::take(&mut self.waiting) {
                match self.readiness(index) {
                    _ if halt == Halt::Cancelled => self.settle(index, Outcome::Cancelled, None),
                    _ if halt == Halt::BudgetOver => {
                        let budget = Period(self.session.plan.run_budget);
                        let note = format!("the run budget of {budget} was over before it began");
                        self.settle(index, Outcome::Cancelled, Some(note));
                    }
                    Readiness::Never(reason) => {
                        self.settle(index, Outcome::Skipped(reason), None);
                    }
                    Readiness::Ready | Readiness::NotYet => self.waiting.push(index),
                }
            }
        }
    }

    fn readiness(&self, index: usize) -> Readiness {
        for need in &self.planned(index).needs {
            let position = self.entries.iter().position(|entry| entry.id == *need);
            match position.map(|need| self.results[need].as_ref()) {
                Some(None) if position == Some(index) => {}
                Some(None) => return Readiness::NotYet,
                Some(Some(result)) if result.outcome == Outcome::Passed => {}
                Some(Some(result)) => {
                    let why = unmet(&result.outcome);
                    return Readiness::Never(format!("it needs `{need}`, which {why}"));
                }
                None => return Readiness::Never(format!("it needs `{need}`, which is not there")),
            }
        }
        if self.planned(index).forecast.last && self.others_go_on() {
            return Readiness::NotYet;
        }
        Readiness::Ready
    }

    /// Whether a check that does not come last has no result yet.
    fn others_go_on(&self) -> bool {
        let mut results = self.results.iter().zip(&self.late);
        results.any(|(result, late)| result.is_none() && !late)
    }

    /// Whether nothing but what checks prepare keeps one that must be alone from starting.
    fn waits_for_preparations(&self) -> bool {
        let mut waiting = self.waiting.iter();
        self.preparing && waiting.any(|index| matches!(self.readiness(*index), Readiness::Ready))
    }

    /// The first waiting check that may start; one that must be alone waits for all the others, and for what they
    /// prepare.
    fn next_ready(&self) -> Option<usize> {
        let alone = |index: usize| self.planned(index).forecast.exclusive;
        if self.running.values().any(|index| alone(*index)) {
            return None;
        }
        let ready = |index: usize| matches!(self.readiness(index), Readiness::Ready);
        let mut waiting = self.waiting.iter();
        waiting
            .position(|index| !alone(*index) && ready(*index))
            .or_else(|| {
                let free = self.running.is_empty() && !self.preparing;
                let mut waiting = self.waiting.iter();
                waiting.position(|index| free && ready(*index))
            })
    }

    fn start(&mut self, index: usize) {
        let check = self.planned(index).id.clone();
        self.session.emitter.emit(Event::CheckStarted { check });
        let task = self.tasks.spawn(run_check(
            self.session.clone(),
            self.planned(index).clone(),
            self.entries[index].clone(),
            self.halt.subscribe(),
        ));
        self.running.insert(task.id(), index);
    }

    fn ended(&mut self, joined: Result<(Id, CheckResult), JoinError>) {
        let id = joined.as_ref().map_or_else(JoinError::id, |(id, _)| *id);
        let Some(index) = self.running.remove(&id) else {
            return;
        };
        match joined {
            Ok((_, result)) => self.finish(index, result),
            Err(error) => self.settle(index, Outcome::Errored(panicked(error)), None),
        }
    }

    /// Skips what waits for itself, when nothing else is left to wait for: first what does not come last, so that
    /// the last ones still have their turn. Says whether there was any.
    fn settle_circle(&mut self) -> bool {
        let early = self.waiting.iter().any(|index| !self.late[*index]);
        let waiting = std::mem::take(&mut self.waiting);
        let (stuck, rest): (Vec<usize>, Vec<usize>) = waiting
            .into_iter()
            .partition(|index| self.late[*index] != early);
        self.waiting = rest;
        for index in &stuck {
            let reason = "its needs go in a circle".into();
            self.settle(*index, Outcome::Skipped(reason), None);
        }
        !stuck.is_empty()
    }

    /// Gives everything that still waits the same outcome.
    fn settle_all(&mut self, outcome: &Outcome) {
        for index in std::mem::take(&mut self.waiting) {
            self.settle(index, outcome.clone(), None);
        }
    }

    fn settle(&mut self, index: usize, outcome: Outcome, note: Option<String>) {
        let mut result = unexecuted(self.planned(index), self.entries[index], outcome);
        result.notes.extend(note);
        self.finish(index, result);
    }

    fn finish(&mut self, index: usize, result: CheckResult) {
        let stops = result.outcome.executed()
            && fold([&result], false, None).verdict > Verdict::AllowWithWarnings;
        self.session.emitter.emit(Event::CheckFinished {
            result: Box::new(result.clone()),
        });
        self.results[index] = Some(result);
        if stops && self.session.options.fail_fast {
            self.halt(Halt::Cancelled);
        }
    }

    /// Ends every check; the first reason stays.
    fn halt(&mut self, reason: Halt) {
        self.halt.send_if_modified(|halt| {
            let first = *halt == Halt::Going;
            if first {
                *halt = reason;
            }
            first
        });
    }
}

/// Which checks come last, or after one that does.
fn late(checks: &[PlannedCheck]) -> Vec<bool> {
    let mut late: Vec<bool> = checks.iter().map(|check| check.forecast.last).collect();
    let mut before = usize::MAX;
    loop {
        let count = late.iter().filter(|late| **late).count();
        if count == before {
            return late;
        }
        before = count;
        for (index, check) in checks.iter().enumerate() {
            let place = |need: &CheckId| checks.iter().position(|other| other.id == *need);
            late[index] |= check.needs.iter().filter_map(place).any(|need| late[need]);
        }
    }
}

/// What became of a needed check, as the end of a sentence.
fn unmet(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Passed => "passed",
        Outcome::Failed => "failed",
        Outcome::Inconclusive(_) => "could not tell",
        Outcome::Skipped(_) => "did not run",
        Outcome::Errored(_) => "ended with an error",
        Outcome::TimedOut { .. } => "ran out of time",
        Outcome::Cancelled => "was cancelled",
    }
}

/// As many checks at once as there are cores, within what keeps a small candidate responsive.
fn default_jobs() -> usize {
    std::thread::available_parallelism().map_or(4, |cores| cores.get().clamp(4, 8))
}
