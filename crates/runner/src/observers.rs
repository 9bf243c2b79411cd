//! Hands what checks sent and received to the observers, on a thread of its own.

use std::collections::{BTreeMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread::JoinHandle;
use std::time::Duration;

use tidegate_core::check::{
    CheckError, CheckReport, Inconclusive, Metric, ObserverContext, Table, Updating,
};
use tidegate_core::distribution::Distribution;
use tidegate_core::event::Event;
use tidegate_core::exchange::{Exchange, Exchanges, Observed};
use tidegate_core::finding::{Finding, Related};
use tidegate_core::gate::ObserverEntry;
use tidegate_core::name::{CheckId, Code};
use tidegate_core::period::whole_microseconds;
use tidegate_core::ports::http::Purpose;
use tidegate_core::result::{CheckResult, Outcome, outcome};
use tidegate_core::span::Location;

use crate::attempt::{panic_text, worst_first};
use crate::redaction::Redaction;
use crate::run::Session;
use crate::state::FolderSnapshots;

/// How often the bus is emptied while checks run: often enough that it does not fill up.
const EVERY: Duration = Duration::from_millis(25);

/// The most findings one observer keeps; a portal with more has one cause, not many.
const MOST_FINDINGS: usize = 200;

/// The most other places that are named beside a finding.
const MOST_RELATED: usize = 5;

/// The observers of a run.
pub(crate) struct Observers {
    watching: Option<(mpsc::Sender<()>, JoinHandle<Vec<Seen>>)>,
}

impl Observers {
    /// Starts to watch, when there is anything to watch with.
    pub(crate) fn start(session: &Session) -> Self {
        let entries = session.gate.observers.clone();
        if entries.is_empty() {
            return Self { watching: None };
        }
        let exchanges = session.ports.exchanges.clone();
        let context = context(session);
        let (over, told) = mpsc::channel();
        let thread = std::thread::Builder::new()
            .name("tidegate-observers".into())
            .spawn(move || watch(entries, &context, &exchanges, &told));
        Self {
            watching: thread.ok().map(|thread| (over, thread)),
        }
    }

    /// Judges what is left, and gives the results.
    pub(crate) fn finish(self, session: &Session) -> Vec<CheckResult> {
        let seen = self.watching.and_then(|(over, thread)| {
            drop(over);
            thread.join().ok()
        });
        let mut seen = seen.unwrap_or_default().into_iter();
        let results: Vec<CheckResult> = session
            .gate
            .observers
            .iter()
            .map(|entry| result(session, entry, seen.next()))
            .collect();
        for result in &results {
            session.emitter.emit(Event::CheckFinished {
                result: Box::new(result.clone()),
            });
        }
        results
    }
}

/// What an observer has said so far.
#[derive(Default)]
struct Seen {
    evaluated: u32,
    findings: BTreeMap<(Code, String), Finding>,
    left_out: usize,
    metrics: Vec<Metric>,
    notes: Vec<String>,
    tables: Vec<Table>,
    distributions: Vec<Distribution>,
    inconclusive: Option<Inconclusive>,
    panicked: Option<String>,
    gave_up: Option<CheckError>,
    overflow: u64,
    elapsed: Duration,
}

/// What the observers may know and reach.
fn context(session: &Session) -> ObserverContext {
    let in_ci = session.ports.variables.get("CI");
    let in_ci = in_ci.is_some_and(|value| !matches!(value.expose(), "" | "false" | "0"));
    ObserverContext {
        environment: session.gate.environment.clone(),
        files: session.ports.files.clone(),
        snapshots: match &session.snapshots {
            Some(snapshots) => snapshots.clone(),
            None => Arc::new(FolderSnapshots::new(&session.gate.root)),
        },
        updating: match (session.options.update, in_ci) {
            (true, _) => Updating::Accept,
            (false, true) => Updating::Never,
            (false, false) => Updating::Extend,
        },
    }
}

fn watch(
    entries: Vec<ObserverEntry>,
    context: &ObserverContext,
    exchanges: &Exchanges,
    over: &mpsc::Receiver<()>,
) -> Vec<Seen> {
    let mut seen: Vec<Seen> = entries.iter().map(|_| Seen::default()).collect();
    for (entry, seen) in entries.iter().zip(&mut seen) {
        seen.ask(|| entry.observer.begin(context));
    }
    let mut sampled = HashSet::new();
    let mut going = true;
    while going {
        going = over.recv_timeout(EVERY) == Err(RecvTimeoutError::Timeout);
        for exchange in exchanges.take() {
            if worth_judging(&exchange, &mut sampled) {
                let observed = Observed::new(&exchange);
                for (entry, seen) in entries.iter().zip(&mut seen) {
                    seen.ask(|| Ok(entry.observer.observe(&observed)));
                }
            }
        }
    }
    for (entry, seen) in entries.iter().zip(&mut seen) {
        seen.overflow = exchanges.lost();
        seen.ask(|| Ok(entry.observer.finish()));
    }
    seen
}

/// Leaves out looks at the candidate before the first check, and all but one of many equal ones.
fn worth_judging(
    exchange: &Exchange,
    sampled: &mut HashSet<(String, String, Option<u16>)>,
) -> bool {
    match exchange.purpose {
        Purpose::Preflight => false,
        Purpose::Load => sampled.insert((
            exchange.method.clone(),
            exchange.route.clone(),
            exchange.status,
        )),
        _ => true,
    }
}

impl Seen {
    /// Asks the observer, unless it panicked or gave up before.
    fn ask(&mut self, ask: impl FnOnce() -> Result<CheckReport, CheckError>) {
        if self.panicked.is_some() || self.gave_up.is_some() {
            return;
        }
        let began = std::time::Instant::now();
        match catch_unwind(AssertUnwindSafe(ask)) {
            Ok(Ok(report)) => self.take(report),
            Ok(Err(error)) => self.gave_up = Some(error),
            Err(panic) => self.panicked = Some(panic_text(&*panic).to_owned()),
        }
        self.elapsed += began.elapsed();
    }

    fn take(&mut self, report: CheckReport) {
        self.evaluated = self.evaluated.saturating_add(report.evaluated);
        self.metrics.extend(report.metrics);
        self.tables.extend(report.tables);
        self.distributions.extend(report.distributions);
        for note in report.notes {
            if !self.notes.contains(&note) {
                self.notes.push(note);
            }
        }
        self.inconclusive = self.inconclusive.take().or(report.inconclusive);
        for finding in report.findings {
            self.add(finding);
        }
    }

    /// Keeps one finding of each code and subject: that of the first line, with the others beside it.
    fn add(&mut self, mut finding: Finding) {
        let key = (finding.code.clone(), finding.subject.clone());
        let full = self.findings.len() >= MOST_FINDINGS;
        match self.findings.get_mut(&key) {
            Some(known) => {
                if finding.location < known.location {
                    std::mem::swap(known, &mut finding);
                    known.related.append(&mut finding.related);
                }
                let place = finding.location;
                let named = known.related.iter().any(|other| other.location == place);
                if place != known.location && !named {
                    let related = std::mem::take(&mut known.related);
                    known.related = sorted_places(related, place);
                }
                add_others(&mut known.related, finding.related);
            }
            None if full => self.left_out += 1,
            None => {
                self.findings.insert(key, finding);
            }
        }
    }
}

/// Adds places that are not named yet: those of a finding about a line of another file are the lines
/// that led to it.
fn add_others(known: &mut Vec<Related>, others: Vec<Related>) {
    for other in others {
        if known.len() < MOST_RELATED && !known.contains(&other) {
            known.push(other);
        }
    }
}

/// The first few places in the order of the file, whatever order they were seen in.
fn sorted_places(mut places: Vec<Related>, place: Location) -> Vec<Related> {
    places.push(Related {
        label: "seen here too".into(),
        location: place,
    });
    places.sort_by(|one, other| one.location.cmp(&other.location));
    places.truncate(MOST_RELATED);
    places
}

fn result(session: &Session, entry: &ObserverEntry, seen: Option<Seen>) -> CheckResult {
    let name = &entry.kind.meta().name;
    let id = CheckId::from(&**name);
    let started = seen.is_some();
    let mut seen = seen.unwrap_or_default();
    let mut report = CheckReport {
        findings: std::mem::take(&mut seen.findings).into_values().collect(),
        metrics: std::mem::take(&mut seen.metrics),
        evaluated: seen.evaluated,
        inconclusive: seen.inconclusive.take(),
        decisive: true,
        notes: notes(&mut seen),
        tables: std::mem::take(&mut seen.tables),
        distributions: std::mem::take(&mut seen.distributions),
    };
    Redaction(&*session.ports.secrets).report(&mut report);
    for finding in &mut report.findings {
        session.policy.apply(&id, None, finding);
    }
    worst_first(&mut report.findings);
    CheckResult {
        id,
        kind: name.to_string(),
        observer: true,
        outcome: how_it_ended(started, &seen, &report),
        flaky: false,
        findings: report.findings,
        metrics: report.metrics,
        evaluated: report.evaluated,
        notes: report.notes,
        tables: report.tables,
        distributions: report.distributions,
        attempts: Vec::new(),
        elapsed: whole_microseconds(seen.elapsed),
        owner: None,
        on_inconclusive: None,
        location: None,
    }
}

fn notes(seen: &mut Seen) -> Vec<String> {
    let mut notes = std::mem::take(&mut seen.notes);
    if seen.overflow > 0 {
        notes.push(format!(
            "{} exchanges were not judged, because too much came at once",
            seen.overflow
        ));
    }
    if seen.left_out > 0 {
        notes.push(format!("{} more findings were left out", seen.left_out));
    }
    notes
}

fn how_it_ended(started: bool, seen: &Seen, report: &CheckReport) -> Outcome {
    let fault = |message: String| {
        Outcome::Errored(CheckError::new(
            message,
            "This is a fault of the observer; please report it.",
        ))
    };
    if !started {
        return fault("the observers could not be started".into());
    }
    let judged = outcome(
        &report.findings,
        report.evaluated,
        report.inconclusive.clone(),
    );
    if let Some(error) = &seen.gave_up {
        return Outcome::Errored(error.clone());
    }
    match (&seen.panicked, judged) {
        // What it found before its panic is still true.
        (_, Outcome::Failed) => Outcome::Failed,
        (Some(panic), _) => fault(format!("the observer panicked: {panic}")),
        _ if report.evaluated == 0
            && report.findings.is_empty()
            && report.inconclusive.is_none() =>
        {
            Outcome::Skipped("nothing was sent that it could judge".into())
        }
        (None, judged) => judged,
    }
}
