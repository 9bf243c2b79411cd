//! A GitHub that keeps what it is told, for one repository, `acme/portal`.
//!
//! Every request is held against GitHub's own description of its interface before it is looked at,
//! and every answer before it is sent, so that neither the client nor this server can lie about
//! what GitHub takes and gives. What was wrong is in [`GitHub::wrong`].

mod deeds;
mod description;
mod prose;
mod sample;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};

use crate::recorder::{App, RecordedRequest, Reply};

pub use deeds::State;
pub use description::{Description, Matched, folder};

/// How a request goes wrong.
#[derive(Debug, Clone)]
pub enum Fault {
    /// Nothing is done, and this is answered.
    Answer {
        /// The status.
        status: u16,
        /// Headers beside the usual ones.
        headers: Vec<(&'static str, String)>,
        /// The message in the body.
        message: String,
    },
    /// Nothing is done, and the connection is cut.
    CutBefore,
    /// It is done, and the connection is cut before the answer.
    CutAfter,
    /// It is done, and the answer is no JSON.
    Garbage,
    /// It is done, and this is answered.
    FailAfter(u16),
    /// It is done, and the answer comes late.
    Slow(Duration),
    /// Nothing is done, and it is sent elsewhere.
    Redirect(String),
}

impl Fault {
    /// An answer without headers of its own.
    pub fn status(status: u16, message: &str) -> Self {
        Self::Answer {
            status,
            headers: Vec::new(),
            message: message.to_owned(),
        }
    }

    /// An answer with one header.
    pub fn header(status: u16, name: &'static str, value: impl ToString) -> Self {
        Self::Answer {
            status,
            headers: vec![(name, value.to_string())],
            message: String::new(),
        }
    }
}

/// The server.
pub struct GitHub {
    app: App,
    store: App,
    description: Arc<Description>,
    shared: Arc<Mutex<Shared>>,
}

#[derive(Default)]
struct Shared {
    state: State,
    faults: Vec<(String, Fault)>,
    wrong: Vec<String>,
    seen: Vec<String>,
}

impl GitHub {
    /// Starts a server; nothing when the description was not fetched.
    pub fn start() -> Option<Self> {
        let description = Arc::new(Description::load()?);
        let shared = Arc::new(Mutex::new(Shared::default()));
        let archives = Arc::clone(&shared);
        let store = App::start(move |request| {
            let name = request.path().trim_start_matches('/');
            let id = name.parse().unwrap_or_default();
            match lock(&archives).state.archives.get(&id) {
                Some(archive) => Reply::bytes(200, "application/zip", archive.clone()),
                None => Reply::new(404),
            }
        });
        let (judge, told, archives) = (
            Arc::clone(&description),
            Arc::clone(&shared),
            store.url().to_owned(),
        );
        let app = App::start(move |request| answer(&judge, &told, &archives, request));
        Some(Self {
            app,
            store,
            description,
            shared,
        })
    }

    /// The address of the interface.
    pub fn url(&self) -> &str {
        self.app.url()
    }

    /// The description that judges.
    pub fn description(&self) -> &Description {
        &self.description
    }

    /// Lets the next request for an operation go wrong; several wait in line.
    pub fn fail(&self, operation: &str, fault: Fault) {
        self.shared().faults.push((operation.to_owned(), fault));
    }

    /// Looks at what is kept, or changes it.
    pub fn with<T>(&self, look: impl FnOnce(&mut State) -> T) -> T {
        look(&mut self.shared().state)
    }

    /// What the description says is wrong with requests and answers so far.
    pub fn wrong(&self) -> Vec<String> {
        self.shared().wrong.clone()
    }

    /// The operations that were asked for, in order.
    pub fn seen(&self) -> Vec<String> {
        self.shared().seen.clone()
    }

    /// How often an operation was asked for.
    pub fn count(&self, operation: &str) -> usize {
        self.shared()
            .seen
            .iter()
            .filter(|seen| *seen == operation)
            .count()
    }

    /// Every request so far.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.app.requests()
    }

    /// Every request to the store of artifacts, which is another host.
    pub fn store_requests(&self) -> Vec<RecordedRequest> {
        self.store.requests()
    }

    fn shared(&self) -> MutexGuard<'_, Shared> {
        lock(&self.shared)
    }
}

fn lock(shared: &Mutex<Shared>) -> MutexGuard<'_, Shared> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

fn answer(
    description: &Description,
    shared: &Mutex<Shared>,
    store: &str,
    request: &RecordedRequest,
) -> Reply {
    let mut shared = lock(shared);
    let matched = match description.request(request) {
        Ok(matched) => matched,
        Err(faults) => {
            let told = format!(
                "{} {}: {}",
                request.method,
                request.target,
                faults.join("; ")
            );
            shared.wrong.push(told.clone());
            return message(422, &told);
        }
    };
    let operation = matched.operation.as_str();
    shared.seen.push(operation.to_owned());
    let waiting = shared.faults.iter().position(|(name, _)| name == operation);
    let fault = waiting.map(|at| shared.faults.remove(at).1);
    match &fault {
        Some(Fault::Answer {
            status,
            headers,
            message: text,
        }) => {
            let reply = message(*status, text);
            return headers
                .iter()
                .fold(reply, |reply, (name, value)| reply.header(name, value));
        }
        Some(Fault::CutBefore) => return Reply::lost(),
        Some(Fault::Redirect(address)) => return Reply::redirect(307, address),
        _ => {}
    }
    let (status, body) = shared.state.act(description, &matched, request);
    if status < 300
        && let Err(faults) = description.answer(operation, status, &body)
    {
        let told = format!("the answer {status} to {operation}: {}", faults.join("; "));
        shared.wrong.push(told.clone());
        return message(500, &told);
    }
    let reply = match status {
        204 => Reply::new(204),
        302 => Reply::redirect(
            302,
            &format!("{store}/{}", body.as_u64().unwrap_or_default()),
        ),
        _ => Reply::json(status, &body),
    };
    match fault {
        Some(Fault::CutAfter) => Reply::lost(),
        Some(Fault::Garbage) => Reply::html(status, "<html>::error::it is broken</html>"),
        Some(Fault::FailAfter(status)) => message(status, "it broke"),
        Some(Fault::Slow(delay)) => reply.after(delay),
        _ => reply,
    }
}

fn message(status: u16, text: &str) -> Reply {
    Reply::json(
        status,
        &json!({ "message": text, "documentation_url": "https://docs.github.com/rest" }),
    )
}

/// A part of a path, decoded.
fn decoded(text: &str) -> String {
    let plain = text.replace('+', "%2B");
    let mut parts = form_urlencoded::parse(plain.as_bytes());
    let part = parts.next();
    part.map_or_else(String::new, |(name, _)| name.into_owned())
}

/// The parameter of a path as a number.
fn number(matched: &Matched, name: &str) -> u64 {
    matched
        .path
        .get(name)
        .and_then(|text| text.parse().ok())
        .unwrap_or_default()
}

/// A refusal.
fn refused(status: u16, text: &str) -> (u16, Value) {
    (
        status,
        json!({ "message": text, "documentation_url": "https://docs.github.com/rest" }),
    )
}
