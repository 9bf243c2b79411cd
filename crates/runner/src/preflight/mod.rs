//! What is looked at before the first check, so that one missing thing stops the run once and
//! with its remedy, not once for every check.

mod logins;
mod look;
mod meta;
mod reach;
pub(crate) mod secrets;
mod walls;

pub use look::{Answer, Looked, LookedLogin, LookedOrigin, LookedSecret, look};
pub use meta::preflight_meta;

use std::sync::Arc;

use tidegate_core::event::PreflightFailure;
use tidegate_core::gate::{Entry, Gate};
use tidegate_core::name::{CheckId, Code};
use tidegate_core::plan::Plan;
use tidegate_core::ports::http::Cause;
use tidegate_core::span::Location;

use crate::candidate::{self, Candidate};
use crate::run::Session;

/// What the preflight came to.
#[derive(Default)]
pub(crate) struct Prepared {
    /// The candidate, when the gate started it.
    pub(crate) candidate: Option<Candidate>,
    /// Why no check can run.
    pub(crate) failure: Option<PreflightFailure>,
}

/// Starts the candidate and looks at everything the selected checks rely on.
///
/// Ends early, without a failure, when the run is stopped.
pub(crate) async fn prepare(session: &Arc<Session>) -> Prepared {
    let mut prepared = Prepared::default();
    if session.plan.selected().next().is_none() {
        return prepared;
    }
    let ended = tokio::select! {
        ended = make_ready(session, &mut prepared.candidate) => ended,
        () = session.stop.requested() => Ok(()),
    };
    prepared.failure = ended.err().map(|failure| *failure);
    prepared
}

async fn make_ready(
    session: &Arc<Session>,
    candidate: &mut Option<Candidate>,
) -> Result<(), Box<PreflightFailure>> {
    let online = online(&session.plan);
    let start = session.start();
    if session.options.preflight {
        secrets::check(session, online)?;
    }
    if let Some(start) = start {
        *candidate = Some(candidate::start(session, start).await?);
    }
    if !(online && session.options.preflight) {
        return Ok(());
    }
    let reached = match reach::check(session).await {
        Ok(()) => logins::check(session).await,
        Err(failure) => Err(failure),
    };
    reached.map_err(|failure| with_log(failure, candidate.as_ref()))
}

/// Whether a check that is in sends anything.
fn online(plan: &Plan) -> bool {
    plan.selected().any(|planned| planned.forecast.requests > 0)
}

/// Adds the log of a candidate that the gate started: the cause is often there.
fn with_log(
    mut failure: Box<PreflightFailure>,
    candidate: Option<&Candidate>,
) -> Box<PreflightFailure> {
    failure.evidence = failure
        .evidence
        .take()
        .or_else(|| candidate.and_then(Candidate::excerpt));
    failure
}

/// The entries of the checks that are in.
pub(crate) fn selected<'g>(gate: &'g Gate, plan: &'g Plan) -> impl Iterator<Item = &'g Entry> {
    plan.selected().filter_map(|planned| {
        let mut entries = gate.checks.iter();
        entries.find(|entry| entry.id == planned.id)
    })
}

/// Why no check can run: a code under `preflight/`, what happened and what to do.
pub(crate) fn failure(
    code: &'static str,
    message: impl Into<String>,
    help: impl Into<String>,
    location: Option<Location>,
) -> Box<PreflightFailure> {
    Box::new(PreflightFailure {
        code: Code::known(code),
        message: message.into(),
        help: help.into(),
        evidence: None,
        location,
    })
}

/// The cause of a request that no check asks for.
pub(crate) fn cause(location: Location) -> Cause {
    Cause {
        check: CheckId::from("preflight"),
        location,
    }
}
