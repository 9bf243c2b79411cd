//! Files with keys in them that must not be served.

use tidegate_core::check::{CheckError, Context};
use tidegate_core::ports::http::{HttpError, Purpose, Request, Response};

use super::catalogue::{self, Look};
use super::{Fetched, FetchedKind};
use crate::attack::{Patience, asks_to_wait};

/// The most bytes of a file that are read.
const BODY_CAP: usize = 1024 * 1024;

/// A file that is served and must not be.
#[derive(Debug)]
pub(crate) struct Exposed {
    /// Its path.
    pub(crate) path: &'static str,
    /// What it is, as in `environment variables`.
    pub(crate) what: &'static str,
    /// The answer, for what is in it.
    pub(crate) fetched: Fetched,
}

/// What came of looking for such files.
#[derive(Debug, Default)]
pub(crate) struct Probed {
    /// Those that are served.
    pub(crate) exposed: Vec<Exposed>,
    /// The paths without an answer, and why.
    pub(crate) unanswered: Vec<(String, HttpError)>,
    /// Whether the site wanted fewer requests, so that the rest was not looked for.
    pub(crate) is_unwelcome: bool,
    patience: Patience,
}

/// Looks for files that must not be served, as a stranger. What an answer holds decides, never its
/// status: many sites answer with a page whatever is asked for.
///
/// # Errors
/// When the kind does not declare the port for requests, or the run was stopped.
pub(crate) async fn probe(context: &Context) -> Result<Probed, CheckError> {
    let mut probed = Probed::default();
    let nowhere = format!("/.{:016x}", context.random().derive("no such file"));
    let usual = send(context, &nowhere, &mut probed).await?;
    if usual.is_none() {
        return Ok(probed);
    }
    let usual = usual.map(|response| response.body);
    for probe in catalogue::all().filter(|probe| probe.holds_keys) {
        let path = probe.path;
        let Some(response) = send(context, path, &mut probed).await? else {
            continue;
        };
        let same = usual.as_deref() == Some(&*response.body);
        if same || !probe.is(&Look::new(path, &response)) {
            continue;
        }
        let fetched = Fetched::new(response, path.to_owned(), FetchedKind::Other, None);
        probed.exposed.push(Exposed {
            path,
            what: probe.what,
            fetched,
        });
    }
    Ok(probed)
}

/// Asks for a path; what does not answer is noted.
async fn send(
    context: &Context,
    path: &str,
    probed: &mut Probed,
) -> Result<Option<Response>, CheckError> {
    let request = Request {
        body_cap: BODY_CAP,
        purpose: Purpose::Survey,
        ..Request::get(path, context.cause(context.span()))
    };
    if probed.is_unwelcome {
        return Ok(None);
    }
    let http = context.http()?;
    let mut sent = http.send(request.clone()).await;
    while let Ok(response) = &sent
        && asks_to_wait(response)
    {
        let clock = &**context.clock();
        if probed.patience.wait(clock, response).await.is_err() {
            probed.is_unwelcome = true;
            return Ok(None);
        }
        sent = http.send(request.clone()).await;
    }
    match sent {
        Ok(response) => Ok(Some(response)),
        Err(HttpError::Stopped) => Err(HttpError::Stopped.into()),
        Err(error) => {
            probed.unanswered.push((path.to_owned(), error));
            Ok(None)
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tidegate_core::gate::EnvironmentKind;

    use super::*;
    use crate::testing::{FakeCleanup, FakePortal, answer, block_on, context, parse};

    #[test]
    fn a_site_that_wants_no_more_requests_is_asked_no_more() {
        for (wait, asked) in [("600", 2), ("1", 5)] {
            let portal = FakePortal::new(move |asked| {
                let is_limited = asked.path == "/.env";
                let mut response = answer(if is_limited { 429 } else { 404 }, "no")?;
                let header = ("retry-after".to_owned(), wait.to_owned());
                response.headers.push(header);
                Ok(response)
            });
            let check = parse("[{ get: / }]").unwrap();
            let cleanup = Arc::new(FakeCleanup::default());
            let context = context(check, EnvironmentKind::Production, portal.clone(), cleanup);
            let probed = block_on(probe(&context)).unwrap();
            assert!(probed.is_unwelcome && probed.exposed.is_empty());
            assert_eq!(portal.lines().len(), asked, "{wait}");
        }
    }
}
