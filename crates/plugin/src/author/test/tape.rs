//! Recording what a plugin asks for, and answering from a recording.

use std::mem;
use std::sync::{Arc, Mutex, PoisonError};

use super::cassette::{Call, Cassette};
use super::fake::{closest, line, said};
use super::run::Asked;
use crate::deadline::Deadline;
use crate::imports::Imports;
use crate::interface::files::FilesError;
use crate::interface::http::{HttpError, Request, Response};
use crate::interface::recorded::Exchange;
use crate::interface::types::Context;

/// What a [`Recorder`] writes to.
#[derive(Debug, Clone, Default)]
pub struct Tape(Arc<Mutex<Recording>>);

#[derive(Debug, Default)]
struct Recording {
    context: Option<Context>,
    calls: Vec<Call>,
}

impl Tape {
    /// Takes what was recorded; nothing when no plugin ran.
    pub fn take(&self) -> Option<Cassette> {
        let recording = mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        Some(Cassette::new(recording.context?, recording.calls))
    }

    /// Begins anew, for a plugin that is told this.
    pub(crate) fn begin(&self, context: Context) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Recording {
            context: Some(context),
            calls: Vec::new(),
        };
    }

    fn push(&self, call: Call) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .calls
            .push(call);
    }
}

/// Hands everything on, and keeps what was asked and answered.
///
/// Secrets are put in and taken out behind it, so that none is ever on a tape.
pub struct Recorder {
    inner: Box<dyn Imports>,
    tape: Tape,
}

impl Recorder {
    /// Records what is asked of `inner`.
    pub fn new(inner: Box<dyn Imports>, tape: Tape) -> Self {
        Self { inner, tape }
    }
}

impl Imports for Recorder {
    fn send(&mut self, request: Request, deadline: Deadline) -> Result<Response, HttpError> {
        let answer = self.inner.send(request.clone(), deadline);
        self.tape.push(Call::Send {
            request: comparable(request),
            answer: answer.clone(),
        });
        answer
    }

    fn page(&mut self, after: u64, limit: u32) -> Result<(Vec<Exchange>, Option<u64>), String> {
        let answer = self.inner.page(after, limit);
        self.tape.push(Call::Page {
            after,
            limit,
            answer: answer.clone(),
        });
        answer
    }

    fn find(&mut self, glob: &str) -> Result<Vec<String>, FilesError> {
        let answer = self.inner.find(glob);
        self.tape.push(Call::Find {
            glob: glob.to_owned(),
            answer: answer.clone(),
        });
        answer
    }

    fn read(&mut self, path: &str, limit: u32) -> Result<Vec<u8>, FilesError> {
        let answer = self.inner.read(path, limit);
        self.tape.push(Call::Read {
            path: path.to_owned(),
            answer: answer.clone(),
        });
        answer
    }
}

/// A request without what differs from run to run: how much time was left for it.
fn comparable(request: Request) -> Request {
    Request {
        timeout: None,
        body_limit: None,
        ..request
    }
}

/// Answers from a recording, each answer once.
pub(super) struct Player {
    calls: Vec<Option<Call>>,
    identity: Option<String>,
    asked: Arc<Mutex<Asked>>,
}

impl Player {
    pub(super) fn new(
        cassette: Cassette,
        identity: Option<String>,
        asked: Arc<Mutex<Asked>>,
    ) -> Self {
        let calls = cassette.calls.into_iter().map(Some).collect();
        Self {
            calls,
            identity,
            asked,
        }
    }

    /// Takes the first call that `pick` finds an answer in.
    fn take<T>(&mut self, pick: impl Fn(&Call) -> Option<T>) -> Option<T> {
        self.calls.iter_mut().find_map(|slot| {
            let answer = pick(slot.as_ref()?)?;
            *slot = None;
            Some(answer)
        })
    }

    fn note(&self, change: impl FnOnce(&mut Asked)) {
        change(&mut self.asked.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// Keeps what the tape does not have, and gives the words for the plugin.
    fn missing(&self, what: &str) -> String {
        self.note(|asked| asked.missing.push(what.to_owned()));
        format!("the cassette has no answer to {what}")
    }
}

/// The requests of a cassette in one line each.
pub(super) fn known(cassette: &Cassette) -> Vec<String> {
    let own = cassette.context.identity.as_deref();
    let told = |call: &Call| match call {
        Call::Send { request, .. } => line(request, own),
        Call::Page { after, limit, .. } => page_line(*after, *limit),
        Call::Find { glob, .. } => format!("files that match {glob}"),
        Call::Read { path, .. } => format!("the file {path}"),
    };
    cassette.calls.iter().map(told).collect()
}

fn page_line(after: u64, limit: u32) -> String {
    format!("{limit} exchanges after number {after}")
}

/// What is missing, with what comes nearest to it.
pub(super) fn with_nearest(missing: &str, known: &[String]) -> String {
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    match closest(missing, &known) {
        Some(same) if same == missing => {
            format!(
                "{missing}: asked for once more, or with other headers or another body, than there is an answer for"
            )
        }
        Some(near) => format!("{missing}; the nearest is {near}"),
        None => missing.to_owned(),
    }
}

impl Imports for Player {
    fn send(&mut self, request: Request, _deadline: Deadline) -> Result<Response, HttpError> {
        let told = line(&request, self.identity.as_deref());
        let wanted = comparable(request);
        let found = self.take(|call| match call {
            Call::Send { request, answer } if *request == wanted => Some(answer.clone()),
            _ => None,
        });
        let answer = found.unwrap_or_else(|| Err(HttpError::Connect(self.missing(&told))));
        let came = answer
            .as_ref()
            .map_or_else(said, |response| response.status.to_string());
        self.note(|asked| asked.requests.push(format!("{told} → {came}")));
        answer
    }

    fn page(&mut self, after: u64, limit: u32) -> Result<(Vec<Exchange>, Option<u64>), String> {
        let wanted = (after, limit);
        let found = self.take(|call| match call {
            Call::Page {
                after,
                limit,
                answer,
            } if (*after, *limit) == wanted => Some(answer.clone()),
            _ => None,
        });
        found.unwrap_or_else(|| Err(self.missing(&page_line(after, limit))))
    }

    fn find(&mut self, wanted: &str) -> Result<Vec<String>, FilesError> {
        let found = self.take(|call| match call {
            Call::Find { glob, answer } if glob == wanted => Some(answer.clone()),
            _ => None,
        });
        found.unwrap_or_else(|| {
            Err(FilesError::Unreadable(
                self.missing(&format!("files that match {wanted}")),
            ))
        })
    }

    fn read(&mut self, wanted: &str, _limit: u32) -> Result<Vec<u8>, FilesError> {
        let found = self.take(|call| match call {
            Call::Read { path, answer } if path == wanted => Some(answer.clone()),
            _ => None,
        });
        found.unwrap_or_else(|| {
            Err(FilesError::Unreadable(
                self.missing(&format!("the file {wanted}")),
            ))
        })
    }
}
