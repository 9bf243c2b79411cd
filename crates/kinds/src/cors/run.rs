//! One attempt: first the origins that must get in, then those that must not.

use tidegate_core::check::{CheckError, CheckReport, Context};
use tidegate_core::ports::http::{Purpose, Request, Response, SessionId, Target};

use super::config::{Config, Route};
use super::findings::{self, Attempt, Refused, Unvaried};
use super::grant::{Grant, Lets, preflight_faults};
use super::origins::{Foreign, Origin, Shape, foreign};
use crate::attack::Sender;
use crate::documents;

/// How many operations of the document are tried.
const READS: usize = 3;

/// The most bytes of a body that are read; nothing is looked for in it.
const BODY: usize = 64 * 1024;

/// Runs the check.
///
/// # Errors
/// What keeps it from being judged: a document that cannot be read, an undeclared origin, a stop.
pub(super) async fn run(config: &Config, context: &Context) -> Result<CheckReport, CheckError> {
    let sender = Sender::new(context, config.most)?;
    let identity = config.identity.as_ref();
    let session = identity.map(|identity| sender.session(Some(identity)));
    let routes = routes(config, context, &sender)?;
    let address = &context.environment().url.value;
    let Some(own) = Origin::of(address) else {
        return Err(CheckError::new(
            format!("`{address}` has no origin"),
            "Write the environment's `url:` as a whole http(s) address.",
        ));
    };
    let is_production = !context.environment().kind.writable();
    let mut asking = Asking {
        config,
        foreign: foreign(&own, &config.allowed, is_production),
        sender,
        session,
        granted: Vec::new(),
        seen: Seen::default(),
    };
    // All origins are tried where it is known that the route works, once with the request itself and
    // once with a preflight.
    let (mut read, mut written) = (false, false);
    for route in &routes {
        let works = asking.legitimate(route).await?;
        let done = if route.is_read() {
            &mut read
        } else {
            &mut written
        };
        asking.deny(route, !*done).await?;
        *done |= works;
    }
    Ok(asking.finish(&routes))
}

/// The routes of the gate file; else some of the document, those behind a login first; else the start
/// page.
fn routes(
    config: &Config,
    context: &Context,
    sender: &Sender<'_>,
) -> Result<Vec<Route>, CheckError> {
    if !config.routes.is_empty() {
        return Ok(config.routes.clone());
    }
    let span = context.span();
    let usual = |method: &str, path: &str| Route::usual(method, path, &config.proofs, span.clone());
    let mut routes = Vec::new();
    if let Some(document) = &config.document {
        let api = documents::open_api(&document.value, &*sender.files)
            .map_err(|error| error.at(document.span.location()))?;
        let plain = documents::plain(&api, &context.environment().url.value);
        let is_known = config.identity.is_some();
        // As nobody, routes behind a login only tell how they refuse.
        let mut reads: Vec<_> = plain.iter().filter(|one| one.method == "GET").collect();
        reads.sort_by_key(|one| one.anonymous == is_known);
        routes.extend(reads.iter().take(READS).map(|one| usual("GET", &one.path)));
        let write = plain.iter().find(|one| one.method == "POST");
        routes.extend(write.map(|one| usual("POST", &one.path)));
    }
    if !routes.iter().any(Route::is_read) {
        routes.insert(0, usual("GET", "/"));
    }
    Ok(routes)
}

/// What was seen.
#[derive(Default)]
pub(super) struct Seen {
    /// Allowed origins that a browser locks out.
    pub(super) refused: Vec<Refused>,
    /// Foreign origins that got in.
    pub(super) let_in: Vec<Attempt>,
    /// Routes whose answer depends on the origin without saying so.
    pub(super) unvaried: Vec<Unvaried>,
    /// The controls, a line each.
    pub(super) controls: Vec<String>,
    /// Routes without a control, each with the reason.
    unproven: Vec<String>,
    evaluated: u32,
}

struct Asking<'a> {
    config: &'a Config,
    sender: Sender<'a>,
    session: Option<SessionId>,
    foreign: Vec<Foreign>,
    /// What the allowed origins were answered at the route under way.
    granted: Vec<(String, Grant)>,
    seen: Seen,
}

impl Asking<'_> {
    /// A request as a page of this origin sends it. Nothing that it answers is of interest to others.
    async fn ask(
        &mut self,
        route: &Route,
        origin: Option<&str>,
    ) -> Result<Option<Response>, CheckError> {
        let mut request = self.request(route, &route.method);
        request.session = self.session;
        let origin = origin.map(|origin| ("origin".to_owned(), origin.into()));
        request.headers.extend(origin);
        self.sender.ask(request).await
    }

    /// What a browser asks before it sends the request: without cookies and tokens.
    async fn preflight(
        &mut self,
        route: &Route,
        origin: &str,
    ) -> Result<Option<Response>, CheckError> {
        let mut request = self.request(route, "OPTIONS");
        let mut headers = vec![
            ("origin", origin.to_owned()),
            ("access-control-request-method", route.method.clone()),
        ];
        if !route.headers.is_empty() {
            let mut names = route.headers.clone();
            names.sort_unstable();
            headers.push(("access-control-request-headers", names.join(",")));
        }
        let headers = headers.into_iter();
        request
            .headers
            .extend(headers.map(|(name, value)| (name.to_owned(), value.into())));
        self.sender.ask(request).await
    }

    fn request(&self, route: &Route, method: &str) -> Request {
        let cause = self.sender.context.cause(&route.span);
        let path = route.path.as_str().into();
        Request {
            body_cap: BODY,
            purpose: Purpose::Survey,
            ..Request::new(method, Target::Path { api: None, path }, &route.path, cause)
        }
    }

    /// The origins that must get in, and the control: whether the route works.
    async fn legitimate(&mut self, route: &Route) -> Result<bool, CheckError> {
        let allowed: Vec<String> = self.config.allowed.iter().map(Origin::sent).collect();
        if allowed.is_empty() {
            return self.control(route).await;
        }
        let mut works = true;
        for origin in &allowed {
            let Some(faults) = self.faults(route, origin).await? else {
                works = false;
                continue;
            };
            self.seen.evaluated += 1;
            let name = route.name();
            if faults.is_empty() {
                let line = format!("{name} from {origin}: let in");
                self.seen.controls.push(line);
            } else {
                self.seen.refused.push(Refused {
                    route: name,
                    origin: origin.clone(),
                    faults,
                });
            }
        }
        Ok(works)
    }

    /// Why a browser locks an allowed origin out; nothing when that is not known.
    async fn faults(
        &mut self,
        route: &Route,
        origin: &str,
    ) -> Result<Option<Vec<String>>, CheckError> {
        let mut faults = Vec::new();
        if route.needs_preflight() {
            let Some(response) = self.preflight(route, origin).await? else {
                self.unproven(route, "its preflight got no answer");
                return Ok(None);
            };
            faults = preflight_faults(
                &response,
                origin,
                &route.method,
                &route.headers,
                self.config.credentials,
            );
        }
        if route.is_read() && !self.read(route, origin, &mut faults).await? {
            return Ok(None);
        }
        Ok(Some(faults))
    }

    /// The answer itself must let the origin in, and be one.
    async fn read(
        &mut self,
        route: &Route,
        origin: &str,
        faults: &mut Vec<String>,
    ) -> Result<bool, CheckError> {
        let Some(response) = self.ask(route, Some(origin)).await? else {
            self.unproven(route, "it got no answer");
            return Ok(false);
        };
        if let Some(reason) = self.no_control(&response) {
            self.unproven(route, &reason);
            return Ok(false);
        }
        let grant = Grant::of(&response);
        if let Some(fault) = grant.fault(origin, self.config.credentials) {
            let fault = format!("the answer: {fault}");
            if faults.is_empty() {
                faults.push(fault);
            }
        }
        self.granted.push((origin.to_owned(), grant));
        Ok(true)
    }

    /// Nobody is to get in: it is enough that the route answers.
    async fn control(&mut self, route: &Route) -> Result<bool, CheckError> {
        if !route.is_read() {
            return Ok(true);
        }
        let Some(response) = self.ask(route, None).await? else {
            self.unproven(route, "it got no answer");
            return Ok(false);
        };
        if let Some(reason) = self.no_control(&response) {
            self.unproven(route, &reason);
            return Ok(false);
        }
        let line = format!("{}: {}", route.name(), response.status);
        self.seen.controls.push(line);
        Ok(true)
    }

    /// Why an answer does not show that the route works.
    fn no_control(&self, response: &Response) -> Option<String> {
        match response.status {
            401 | 403 if self.session.is_none() => Some(format!(
                "it was answered with {}; name somebody who may read it with `as:`",
                response.status
            )),
            0..=399 => None,
            status => Some(format!("it was answered with {status}")),
        }
    }

    fn unproven(&mut self, route: &Route, reason: &str) {
        let name = route.name();
        let text = format!("{name} could not be tried: {reason}.");
        if !self.seen.unproven.contains(&text) {
            self.seen.unproven.push(text);
        }
    }

    /// The origins that must not get in: all of them at the first route, the most telling ones at the
    /// others, since one place usually decides for all.
    async fn deny(&mut self, route: &Route, all: bool) -> Result<(), CheckError> {
        let mut shapes = Vec::new();
        let mut others = Vec::new();
        for one in self.foreign.clone() {
            let telling = matches!(
                one.shape,
                Shape::Unrelated | Shape::Null | Shape::Suffix | Shape::Prefix
            );
            if !all && (!telling || shapes.contains(&one.shape)) {
                continue;
            }
            shapes.push(one.shape);
            let (asked, response) = if route.is_read() {
                (route.name(), self.ask(route, Some(&one.origin)).await?)
            } else {
                let name = format!("preflight of {}", route.name());
                (name, self.preflight(route, &one.origin).await?)
            };
            let Some(response) = response else { continue };
            self.seen.evaluated += 1;
            let grant = Grant::of(&response);
            let lets = grant.lets(&one.origin);
            if lets != Lets::No {
                let attempt = self.attempt(route, &asked, &one, &response, &grant);
                self.seen.let_in.push(attempt);
            }
            if route.is_read() {
                others.push((one, grant));
            }
        }
        self.vary(route, &others);
        Ok(())
    }

    fn attempt(
        &self,
        route: &Route,
        asked: &str,
        one: &Foreign,
        response: &Response,
        grant: &Grant,
    ) -> Attempt {
        let who = match (&self.config.identity, route.is_read()) {
            (Some(identity), true) => format!(" as {identity}"),
            _ => String::new(),
        };
        let said = grant.words(&one.origin);
        Attempt {
            route: route.name(),
            foreign: one.clone(),
            by_name: grant.lets(&one.origin) == Lets::ByName,
            credentials: grant.credentials,
            is_known: self.session.is_some(),
            line: format!(
                "{asked}{who} from {}: {}, {said}",
                one.origin, response.status
            ),
        }
    }

    /// Whether an answer that lets somebody in by name is another one for others, and does not say so.
    fn vary(&mut self, route: &Route, others: &[(Foreign, Grant)]) {
        let got_in = |(one, grant): &(Foreign, Grant)| grant.lets(&one.origin) == Lets::ByName;
        if others.iter().any(got_in) {
            return;
        }
        for (origin, grant) in std::mem::take(&mut self.granted) {
            let differs = |(_, other): &(Foreign, Grant)| other.lets(&origin) != Lets::ByName;
            let by_name = grant.lets(&origin) == Lets::ByName;
            if by_name && !grant.varies && others.iter().any(differs) {
                self.seen.unvaried.push(Unvaried {
                    route: route.name(),
                    origin,
                    keeping: grant.keeping,
                });
                return;
            }
        }
    }

    fn finish(mut self, routes: &[Route]) -> CheckReport {
        let unproven = std::mem::take(&mut self.seen.unproven);
        let is_declared = !self.config.routes.is_empty();
        let mut report = CheckReport {
            findings: findings::all(&self.seen, self.sender.context, &*self.sender.files),
            evaluated: self.seen.evaluated,
            ..CheckReport::default()
        };
        report.notes.push(format!(
            "{} requests asked {} routes as {} origins that must not get in and {} that must.",
            self.sender.sent,
            routes.len(),
            self.foreign.len(),
            self.config.allowed.len()
        ));
        let is_needed = is_declared || unproven.len() >= routes.len();
        self.sender.settle(&mut report, unproven, is_needed);
        report
    }
}
