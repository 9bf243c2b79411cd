//! Observer `learned`: holds answers against what earlier runs learned from the flows.

mod answer;
mod codes;
mod drift;
mod findings;
mod form;
mod sample;
mod shape;
mod snapshot;

#[cfg(test)]
mod cases;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Value as Json, json};
use tidegate_core::check::{
    CheckError, CheckReport, Observer, ObserverContext, ObserverKind, ObserverScope, Updating,
};
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::exchange::{Exchange, Observed};
use tidegate_core::finding::Finding;
use tidegate_core::located::Located;
use tidegate_core::meta::{Docs, Meta, RetryClass};
use tidegate_core::node::Node;
use tidegate_core::ports::SnapshotError;

use crate::observer;
use crate::specification::{At, Library};
use findings::Told;
use snapshot::{Key, Snapshot};

static META: Meta = Meta {
    name: Cow::Borrowed("learned"),
    summary: Cow::Borrowed("Holds every answer against the shape that earlier runs learned"),
    docs: Docs::known(include_str!("check.md")),
    codes: Cow::Borrowed(codes::ALL),
    always_run: false,
    retry: RetryClass::Never,
    ports: Cow::Borrowed(&[]),
};

/// The most answers that a snapshot is given.
const ANSWER_LIMIT: usize = 2_000;

/// The most parts of an answer that is learned: nobody reviews more.
const PART_LIMIT: usize = 2_000;

/// The observer kind `learned`.
pub(crate) fn kind() -> Arc<dyn ObserverKind> {
    Arc::new(LearnedKind)
}

struct LearnedKind;

impl ObserverKind for LearnedKind {
    fn meta(&self) -> &Meta {
        &META
    }

    fn schema(&self) -> Json {
        observer::schema(json!({}))
    }

    fn parse(
        &self,
        config: Option<&Node>,
        scope: &ObserverScope<'_>,
    ) -> Result<Option<Arc<dyn Observer>>, Vec<Diagnostic>> {
        if !observer::is_on(config)? {
            return Ok(None);
        }
        Ok(scope.learned.map(|path| -> Arc<dyn Observer> {
            Arc::new(Learned {
                path: path.clone(),
                state: Mutex::default(),
            })
        }))
    }
}

struct Learned {
    path: Located<String>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    context: Option<ObserverContext>,
    known: Option<Known>,
    /// What this run saw.
    seen: Snapshot,
    /// The answers that contradict what was learned.
    contradicted: BTreeSet<Key>,
    /// Whether answers were left out because there are too many.
    full: bool,
}

/// What earlier runs learned.
struct Known {
    library: Library,
    text: Vec<u8>,
    snapshot: Snapshot,
}

impl Known {
    /// The shape of an answer in the file.
    fn at(&self, key: &Key) -> Option<At<'_>> {
        let requests = self.library.root().get("answers")?;
        requests.get(&key.request)?.get(&key.answer)
    }
}

impl Observer for Learned {
    fn begin(&self, context: &ObserverContext) -> Result<CheckReport, CheckError> {
        let bytes = context.snapshots.read(&self.path.value);
        let bytes = bytes.map_err(|error| self.unreadable(&error))?;
        let known = bytes.map(|bytes| self.read(bytes)).transpose()?;
        let mut state = self.lock();
        let mut report = CheckReport::default();
        if known.is_none() && context.updating == Updating::Never {
            report.findings.push(findings::no_snapshot(&self.path));
        }
        state.known = known;
        state.context = Some(context.clone());
        Ok(report)
    }

    fn observe(&self, exchange: &Observed<'_>) -> CheckReport {
        let Some(status) = exchange.status.filter(|_| answer::is_told(exchange)) else {
            return CheckReport::default();
        };
        let state = &mut *self.lock();
        let environment = state.context.as_ref().map(|context| &*context.environment);
        let request = answer::request(exchange, environment);
        match answer::json_type(exchange) {
            Some(_) if exchange.truncated => CheckReport {
                notes: vec![
                    "answers that were too long to keep are not held against the snapshot"
                        .to_owned(),
                ],
                ..CheckReport::default()
            },
            Some(media_type) => {
                let key = answer::key(&request, status, &media_type);
                state.judge(exchange, key)
            }
            None => state.judge_other(exchange, &request, status),
        }
    }

    fn finish(&self) -> CheckReport {
        let state = &mut *self.lock();
        let mut report = CheckReport::default();
        if state.full {
            let note = format!("only the first {ANSWER_LIMIT} sorts of answers were learned");
            report.notes.push(note);
        }
        match state.keep(&self.path.value) {
            Ok(note) => report.notes.extend(note),
            Err(error) => {
                let reason = error.to_string();
                let finding = findings::not_written(&self.path, &reason, error.help());
                report.findings.push(finding);
            }
        }
        report
    }
}

impl Learned {
    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn read(&self, bytes: Vec<u8>) -> Result<Known, CheckError> {
        let nothing = |_: &str| Err("a snapshot refers to no other file".to_owned());
        let text = bytes.clone();
        let library = Library::new(&self.path.value, bytes, &nothing);
        // What mends a document that people write is wrong for one that Tidegate writes.
        let library = library.map_err(|fault| {
            self.corrupt(&Diagnostic {
                help: None,
                ..fault
            })
        })?;
        let snapshot = Snapshot::read(library.root()).map_err(|fault| self.corrupt(&fault))?;
        Ok(Known {
            library,
            text,
            snapshot,
        })
    }

    fn corrupt(&self, fault: &Diagnostic) -> CheckError {
        let label = fault.label.as_ref();
        let label = label.map_or_else(String::new, |label| format!(" ({label})"));
        let cause = fault.help.as_ref();
        let restore =
            cause.map_or_else(|| "Restore".to_owned(), |help| format!("{help} Or restore"));
        let help = format!(
            "{restore} {} as git has it, or delete it and run the gate once outside CI or with `--update`. \
             After a merge conflict take either side: `tidegate run --update` adds what is missing.",
            self.path.value
        );
        let message = format!(
            "the snapshot {} cannot be read: {}{label}",
            self.path.value, fault.message
        );
        let error = CheckError::new(message, help);
        match &fault.span {
            Some(span) => error.at(span.location()),
            None => error.at(self.path.span.location()),
        }
    }

    fn unreadable(&self, error: &SnapshotError) -> CheckError {
        CheckError::new(error.to_string(), error.help()).at(self.path.span.location())
    }
}

impl State {
    fn accepting(&self) -> bool {
        let context = self.context.as_ref();
        context.is_some_and(|context| context.updating == Updating::Accept)
    }

    /// Holds an answer that says it is JSON against what is known of it, and learns its shape.
    fn judge(&mut self, exchange: &Exchange, key: Key) -> CheckReport {
        if exchange.response_body.is_empty() {
            return CheckReport::default();
        }
        let Some(shape) = sample::sample(&exchange.response_body) else {
            let findings = self.lost(exchange, &key);
            return judged(findings);
        };
        if shape.describes_an_interface() {
            return CheckReport::default();
        }
        if shape.parts() > PART_LIMIT {
            return CheckReport {
                notes: vec![format!(
                    "{} has more than {PART_LIMIT} parts, too many to be learned",
                    key.request
                )],
                ..CheckReport::default()
            };
        }
        let mut findings = Vec::new();
        if let Some(known) = &self.known {
            let told = Told {
                exchange,
                key: &key,
                shape: known.at(&key),
                accepting: self.accepting(),
            };
            match known.snapshot.get(&key) {
                None => findings.push(told.new_answer()),
                Some(learned) => {
                    let drifts = drift::compare(learned, &shape);
                    findings.extend(drifts.iter().map(|drift| told.drift(drift)));
                    if drifts.iter().any(drift::Drift::contradicts) {
                        self.contradicted.insert(key.clone());
                    }
                }
            }
        }
        if self.seen.answers() < ANSWER_LIMIT || self.seen.get(&key).is_some() {
            self.seen.add(key, shape);
        } else {
            self.full = true;
        }
        judged(findings)
    }

    /// An answer of another type, where JSON was learned and nothing else was asked for.
    fn judge_other(&mut self, exchange: &Exchange, request: &str, status: u16) -> CheckReport {
        if exchange.response_body.is_empty() || answer::asked_for_other(exchange) {
            return CheckReport::default();
        }
        let known = self.known.as_ref();
        let answers = known.and_then(|known| known.snapshot.requests.get(request));
        let prefix = format!("{status} ");
        let mut learned = answers.into_iter().flat_map(|answers| answers.keys());
        let Some(answer) = learned.find(|answer| answer.starts_with(&prefix)) else {
            return CheckReport::default();
        };
        let key = Key {
            request: request.to_owned(),
            answer: answer.clone(),
        };
        judged(self.lost(exchange, &key))
    }

    /// An answer that was JSON and is not.
    fn lost(&mut self, exchange: &Exchange, key: &Key) -> Vec<Finding> {
        let known = self.known.as_ref();
        let Some(shape) = known.and_then(|known| known.at(key)) else {
            return Vec::new();
        };
        let told = Told {
            exchange,
            key,
            shape: Some(shape),
            accepting: self.accepting(),
        };
        let finding = told.not_json();
        self.contradicted.insert(key.clone());
        vec![finding]
    }

    /// Writes what is known now, as far as this run may, and says so.
    fn keep(&mut self, path: &str) -> Result<Option<String>, SnapshotError> {
        let Some(context) = self.context.take() else {
            return Ok(None);
        };
        let may_write = match context.updating {
            Updating::Never => false,
            Updating::Extend => self.contradicted.is_empty(),
            Updating::Accept => true,
        };
        if !may_write {
            let kept = (context.updating == Updating::Extend).then(|| {
                format!("{path} stays as it is, because answers contradict it; `tidegate run --update` accepts them")
            });
            return Ok(kept);
        }
        let next = self.next();
        let text = next.text();
        let before = self.known.as_ref();
        if next.answers() == 0 || before.is_some_and(|known| known.text == text.as_bytes()) {
            return Ok(None);
        }
        context.snapshots.write(path, text.as_bytes())?;
        let verb = match before {
            Some(_) if self.contradicted.is_empty() => "added to",
            Some(_) => "changed",
            None => "wrote",
        };
        Ok(Some(format!(
            "{verb} {path}, which now has the shape of {}: look through it and commit it",
            counted(next.answers())
        )))
    }

    /// What was known and what was seen; what contradicts takes the place of what was known.
    fn next(&mut self) -> Snapshot {
        let known = self.known.as_ref();
        let mut next = known.map_or_else(Snapshot::default, |known| known.snapshot.clone());
        for key in &self.contradicted {
            next.forget(key);
        }
        for (key, shape) in std::mem::take(&mut self.seen).into_answers() {
            next.add(key, shape);
        }
        next
    }
}

fn judged(findings: Vec<Finding>) -> CheckReport {
    CheckReport {
        findings,
        evaluated: 1,
        ..CheckReport::default()
    }
}

fn counted(answers: usize) -> String {
    match answers {
        1 => "1 answer".to_owned(),
        many => format!("{many} answers"),
    }
}
