//! Whether the candidate answers, and whether it is the candidate that answers.

use std::sync::Arc;
use std::time::Duration;

use tidegate_core::event::PreflightFailure;
use tidegate_core::name::ApiName;
use tidegate_core::ports::HttpError;
use tidegate_core::ports::http::{Purpose, Request, Response, Target};
use tidegate_core::span::Location;

use super::walls::{Wall, wall};
use super::{cause, failure};
use crate::run::Session;

/// How long a sleeping instance may take to wake up.
const WAKING: Duration = Duration::from_secs(90);

/// How long to wait between two looks at a sleeping instance.
const BETWEEN: Duration = Duration::from_secs(2);

/// How long one look may take; some hosts hold the request while the instance starts.
const LOOK: Duration = Duration::from_secs(60);

/// How much of a page is read to tell what it is, in bytes.
const PAGE: usize = 256 * 1024;

/// Looks at the environment's root; wakes a sleeping instance and waits for it.
pub(super) async fn check(session: &Arc<Session>) -> Result<(), Box<PreflightFailure>> {
    let url = &session.gate.environment.url;
    session.emitter.preparing(format!("reaching {}", url.value));
    let clock = &session.ports.clock;
    let awake_by = clock.monotonic() + WAKING;
    let mut told = false;
    loop {
        let response = look(session)
            .await
            .map_err(|error| unreachable(&error, url.span.location()))?;
        let Some(standing) = wall(&response) else {
            return Ok(());
        };
        let Wall::Asleep(host) = standing else {
            return Err(walled(standing, &response, url.span.location()));
        };
        let again = clock.monotonic() + BETWEEN;
        if again >= awake_by {
            return Err(walled(standing, &response, url.span.location()));
        }
        if !std::mem::replace(&mut told, true) {
            let name = host.name();
            session
                .emitter
                .preparing(format!("waking the instance at {name} up"));
        }
        clock.sleep_until(again).await;
    }
}

async fn look(session: &Session) -> Result<Response, HttpError> {
    let location = session.gate.environment.url.span.location();
    session.ports.http.send(request(None, location, LOOK)).await
}

/// A look at the root of the environment, or of one of its apis.
pub(super) fn request(api: Option<ApiName>, location: Location, timeout: Duration) -> Request {
    let path = "/".into();
    let target = Target::Path { api, path };
    let mut request = Request::new("GET", target, "/", cause(location));
    request.purpose = Purpose::Preflight;
    request.timeout = timeout;
    request.body_cap = PAGE;
    request
}

pub(super) fn unreachable(error: &HttpError, location: Location) -> Box<PreflightFailure> {
    let code = match error {
        HttpError::Tls { .. } => "preflight/tls",
        _ => "preflight/unreachable",
    };
    failure(code, error.to_string(), error.help(), Some(location))
}

pub(super) fn walled(
    standing: Wall,
    response: &Response,
    location: Location,
) -> Box<PreflightFailure> {
    let (url, status) = (&response.url, response.status);
    let mut failure = failure(
        standing.code(),
        standing.message(),
        standing.help(),
        Some(location),
    );
    failure.evidence = Some(format!("GET {url} was answered {status}"));
    failure
}
