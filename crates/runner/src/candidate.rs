//! The candidate, when the gate starts it itself.

use std::sync::Arc;
use std::time::Duration;

use tidegate_core::event::{PreflightFailure, Warning};
use tidegate_core::gate::Start;
use tidegate_core::name::CheckId;
use tidegate_core::period::Period;
use tidegate_core::ports::http::{Purpose, Request};
use tidegate_core::ports::{HttpError, Running};
use tidegate_core::scope::{Scope, Values};
use tidegate_core::span::Span;

use crate::preflight::{self, cause};
use crate::run::Session;

/// How often the candidate is asked whether it is ready.
const EVERY: Duration = Duration::from_millis(50);

/// How long one such question may take.
const ASKING: Duration = Duration::from_secs(2);

/// How long the candidate may take to end by itself.
const PATIENCE: Duration = Duration::from_secs(5);

/// How much of the candidate's log is kept, in bytes.
const LOG: usize = 256 * 1024;

/// How many lines of the log are shown.
const EXCERPT: usize = 30;

/// A candidate that the gate started; it ends with this value at the latest.
pub(crate) struct Candidate {
    running: Box<dyn Running>,
}

impl Candidate {
    /// The last lines of its log, if it wrote any.
    pub(crate) fn excerpt(&self) -> Option<String> {
        let log = self.running.output();
        let lines: Vec<&str> = log.trim_end().lines().collect();
        let last = lines[lines.len().saturating_sub(EXCERPT)..].join("\n");
        (!last.is_empty()).then_some(last)
    }

    /// Ends it; a candidate that was gone already is a warning.
    pub(crate) async fn stop(self, start: Option<&Start>) -> Option<Warning> {
        let gone = self.running.ending().map(|how| Warning {
            message: format!("the candidate ended {how} while the checks ran"),
            help: format!(
                "Mend this first: whatever failed after that says nothing else. {}",
                self.running.last_words()
            ),
            location: start.map(|start| start.command.span.location()),
        });
        self.running.stop(PATIENCE).await;
        gone
    }
}

/// Starts the candidate and waits until it is ready.
pub(crate) async fn start(
    session: &Arc<Session>,
    start: &Start,
) -> Result<Candidate, Box<PreflightFailure>> {
    let scope = scope(session);
    let span = &start.command.span;
    let ready = ready_request(session, start, &scope)?;
    if session.ports.http.send(ready.clone()).await.is_ok() {
        let url = &session.gate.environment.url.value;
        return Err(failure(
            span,
            format!("something answers at {url} before the candidate is started"),
            "Stop the program that holds the port, or choose another one; the gate would check the wrong program.",
        ));
    }
    session.emitter.preparing("starting the candidate");
    let command = start.command(&scope, &session.gate.root, LOG);
    let command = command.map_err(|error| failure(span, error.to_string(), &error.help()))?;
    let running = session.ports.processes.start(command).await;
    let running = running.map_err(|error| failure(span, error.to_string(), error.help()))?;
    let candidate = Candidate { running };
    match wait(session, start, &candidate, &ready).await {
        Ok(()) => Ok(candidate),
        Err(mut failure) => {
            failure.evidence = candidate.excerpt();
            candidate.stop(None).await;
            Err(failure)
        }
    }
}

fn scope(session: &Session) -> Scope {
    let ports = &session.ports;
    let values = Values::draw(
        &*ports.random,
        &*ports.clock,
        &CheckId::from("preflight"),
        1,
    );
    Scope::new(values, ports.secrets.clone())
}

fn ready_request(
    session: &Session,
    start: &Start,
    scope: &Scope,
) -> Result<Request, Box<PreflightFailure>> {
    let span = &start.ready.span;
    let rendered = start
        .ready
        .render(scope, &*session.ports.files, cause(span.location()));
    let mut request = rendered.map_err(|error| failure(span, error.to_string(), &error.help()))?;
    request.purpose = Purpose::Preflight;
    request.timeout = ASKING;
    Ok(request)
}

/// Asks until the answer is 2xx, the candidate is gone, or the time is up.
async fn wait(
    session: &Session,
    start: &Start,
    candidate: &Candidate,
    ready: &Request,
) -> Result<(), Box<PreflightFailure>> {
    let clock = &session.ports.clock;
    let deadline = clock.monotonic() + start.within;
    loop {
        if let Some(how) = candidate.running.ending() {
            return Err(failure(
                &start.command.span,
                format!("the candidate ended {how} before it was ready"),
                "See its log; run the command by hand.",
            ));
        }
        let answer = session.ports.http.send(ready.clone()).await;
        if answer
            .as_ref()
            .is_ok_and(|answer| (200..300).contains(&answer.status))
        {
            return Ok(());
        }
        let again = clock.monotonic() + EVERY;
        if again >= deadline {
            let last = answer.map_or_else(
                |error: HttpError| error.to_string(),
                |answer| format!("it answered {}", answer.status),
            );
            let within = Period(start.within);
            return Err(failure(
                &start.ready.span,
                format!("the candidate was not ready within {within}: {last}"),
                "See its log; give it longer with `within:`, or correct the path under `ready:`.",
            ));
        }
        clock.sleep_until(again).await;
    }
}

fn failure(span: &Span, message: impl Into<String>, help: &str) -> Box<PreflightFailure> {
    preflight::failure("preflight/start", message, help, Some(span.location()))
}
