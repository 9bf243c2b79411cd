//! One attempt of a flow: step after step, until one fails.

use std::sync::Arc;

use tidegate_core::check::{CheckError, CheckReport, Context, Metric, Unit};
use tidegate_core::finding::{Evidence, Finding};
use tidegate_core::name::IdentityName;
use tidegate_core::period::Period;
use tidegate_core::ports::http::{HttpError, Request, Response, SessionId, Sharing};
use tidegate_core::ports::{Cleanup, Files, Http, Ticket};
use tidegate_core::request::RenderError;
use tidegate_core::scope::{Scope, Values};
use tidegate_core::template::{Template, TemplateError};

use super::auth::{is_refusal, unexpected_refusal};
use super::cleanup::{CleanupTemplate, promise};
use super::findings::{self, Findings};
use super::step::Step;
use crate::expect::{Capture, Received, Shown};

/// Runs the steps.
///
/// # Errors
/// What keeps the flow from being judged: a secret that is not set, an undeclared origin, a stop.
pub(super) async fn run(steps: &[Step], context: &Context) -> Result<CheckReport, CheckError> {
    let mut run = Run::new(context, context.values().clone())?;
    run.walk(steps).await?;
    Ok(run.report)
}

/// Steps on their way, with what the earlier ones captured.
pub(crate) struct Run<'a> {
    context: &'a Context,
    http: Arc<dyn Http>,
    files: Arc<dyn Files>,
    cleanup: Arc<dyn Cleanup>,
    /// What the steps captured so far.
    pub(crate) scope: Scope,
    sessions: Vec<(Option<IdentityName>, Sharing, SessionId)>,
    shown: Shown,
    /// What came of the steps so far.
    pub(crate) report: CheckReport,
    /// The last step that created something, by name.
    created: Option<String>,
}

/// What one request of a step came to.
#[derive(Default)]
pub(crate) struct Tried {
    /// What is wrong with it.
    pub(crate) findings: Vec<Finding>,
    evaluated: u32,
    metrics: Vec<Metric>,
    /// A live session was refused, and again when the request was repeated.
    refused: Option<u16>,
    /// The status of the answer, when there was one.
    pub(crate) status: Option<u16>,
}

/// What came back for a request, and the promise made for it.
struct Answer {
    response: Box<Response>,
    ticket: Option<Ticket>,
}

/// Why nothing came back.
enum Silence {
    /// The portal did not answer.
    Unanswered(HttpError),
    /// A value that the request names was not captured, so it was not sent.
    Incomplete(TemplateError),
}

impl<'a> Run<'a> {
    /// Begins with these built-in values and nothing captured.
    ///
    /// # Errors
    /// When the kind does not declare the ports of requests, files and cleanup.
    pub(crate) fn new(context: &'a Context, values: Values) -> Result<Self, CheckError> {
        Ok(Self {
            context,
            http: context.http()?.clone(),
            files: context.files()?.clone(),
            cleanup: context.cleanup()?.clone(),
            scope: Scope::new(values, context.secrets().clone()),
            sessions: Vec::new(),
            shown: Shown::of(context),
            report: CheckReport::default(),
            created: None,
        })
    }

    /// Runs the steps until one fails that does not let the others go on.
    ///
    /// # Errors
    /// As for [`run`].
    pub(crate) async fn walk(&mut self, steps: &[Step]) -> Result<(), CheckError> {
        for (index, step) in steps.iter().enumerate() {
            let failed = self
                .step(step)
                .await
                .map_err(|error| error.at(step.request.span.location()))?;
            if failed && !step.goes_on {
                self.stop_before(&steps[index + 1..]);
                break;
            }
        }
        Ok(())
    }

    /// Runs a step, again and again where it says so; whether it failed.
    async fn step(&mut self, step: &Step) -> Result<bool, CheckError> {
        let clock = self.context.clock().clone();
        let started = clock.monotonic();
        let mut refused = None;
        let mut times = 0;
        let mut tried = loop {
            times += 1;
            let tried = self.attempt(step).await?;
            let again = step
                .retry
                .filter(|_| !tried.findings.is_empty() && !self.report.decisive);
            refused = refused.or(tried.refused);
            match again {
                Some(retry) if clock.monotonic() + retry.every <= started + retry.within => {
                    clock.sleep_until(clock.monotonic() + retry.every).await;
                }
                _ => break tried,
            }
        };
        if times > 1 {
            let waited = Period(clock.monotonic().saturating_sub(started));
            for finding in &mut tried.findings {
                let text = format!("{times} times in {waited}; this is the last one");
                finding.evidence.push(Evidence {
                    label: "tried".into(),
                    text,
                });
            }
        }
        if let (Some(before), None, Some(after)) = (refused, tried.refused, tried.status) {
            tried.findings.push(self.intermittent(step, before, after));
        }
        if step.cleanup.is_some() && tried.findings.is_empty() {
            self.created = Some(step.name.clone());
        }
        let failed = !tried.findings.is_empty();
        self.report.evaluated += tried.evaluated;
        self.report.findings.extend(tried.findings);
        self.report.metrics.extend(tried.metrics);
        Ok(failed)
    }

    /// Sends a step's request once, and once more when a live session is refused.
    ///
    /// # Errors
    /// As for [`run`].
    pub(crate) async fn attempt(&mut self, step: &Step) -> Result<Tried, CheckError> {
        let first = match self.send(step).await? {
            Ok(answer) => answer,
            Err(silence) => return Ok(silence.tried(step)),
        };
        if !unexpected_refusal(step, &first.response, &self.scope)? {
            return self.judge(step, &first.response, first.ticket);
        }
        self.release(first.ticket);
        let before = first.response.status;
        match self.send(step).await? {
            Ok(second) if !is_refusal(second.response.status) => {
                let mut tried = self.judge(step, &second.response, second.ticket)?;
                let finding = self.intermittent(step, before, second.response.status);
                tried.findings.insert(0, finding);
                Ok(tried)
            }
            Ok(second) => {
                self.release(second.ticket);
                let tried = self.judge(step, &first.response, None)?;
                Ok(Tried {
                    refused: Some(before),
                    ..tried
                })
            }
            Err(_) => self.judge(step, &first.response, None),
        }
    }

    /// Repeating the check would hide this, so its outcome stands.
    fn intermittent(&mut self, step: &Step, refused: u16, accepted: u16) -> Finding {
        self.report.decisive = true;
        findings::intermittent(step, refused, accepted)
    }

    /// Promises the removal, sends the request, and keeps or gives back the promise when no answer
    /// came.
    async fn send(&mut self, step: &Step) -> Result<Result<Answer, Silence>, CheckError> {
        let mut request = match self.render(step) {
            Ok(request) => request,
            Err(RenderError::Template(error @ TemplateError::ValueUnknown { .. })) => {
                return Ok(Err(Silence::Incomplete(error)));
            }
            Err(error) => return Err(error.into()),
        };
        request.session = Some(self.session(step));
        let ticket = step
            .cleanup
            .as_ref()
            .map(|cleanup| self.promise(step, cleanup));
        match self.http.send(request).await {
            Ok(response) => Ok(Ok(Answer {
                response: Box::new(response),
                ticket,
            })),
            Err(error) => {
                self.release(ticket.filter(|_| never_arrived(&error)));
                unanswered(error).map(Err)
            }
        }
    }

    fn render(&self, step: &Step) -> Result<Request, RenderError> {
        let cause = self.context.cause(&step.request.span);
        let mut request = step.request.render(&self.scope, &*self.files, cause)?;
        request.redirects = step.redirects;
        request.purpose = step.purpose;
        Ok(request)
    }

    fn promise(&self, step: &Step, cleanup: &CleanupTemplate) -> Ticket {
        let promise = promise(
            step,
            cleanup,
            self.context,
            &self.scope,
            &self.http,
            &self.files,
        );
        self.cleanup.promise(promise)
    }

    /// The session of the step's identity, opened at the first step that needs it.
    fn session(&mut self, step: &Step) -> SessionId {
        self.session_of(step.identity.as_ref(), step.sharing)
    }

    /// The session that steps of this identity use.
    pub(crate) fn session_of(
        &mut self,
        identity: Option<&IdentityName>,
        sharing: Sharing,
    ) -> SessionId {
        let mut sessions = self.sessions.iter();
        let known =
            sessions.find(|(known, shared, _)| known.as_ref() == identity && *shared == sharing);
        if let Some((.., session)) = known {
            return *session;
        }
        let session = self.http.open_session(identity, sharing);
        self.sessions.push((identity.cloned(), sharing, session));
        session
    }

    fn release(&self, ticket: Option<Ticket>) {
        if let Some(ticket) = ticket {
            self.cleanup.release(ticket);
        }
    }

    /// Takes what later steps need out of a response, settles the promise and holds the
    /// expectations against it.
    fn judge(
        &mut self,
        step: &Step,
        response: &Response,
        ticket: Option<Ticket>,
    ) -> Result<Tried, CheckError> {
        let session = self.session(step);
        let http = self.http.clone();
        let jar = move || http.cookies(session);
        let received = Received::new(response, &jar);
        let missing = self.capture(step, &received);
        if let (Some(cleanup), Some(ticket)) = (&step.cleanup, ticket) {
            self.settle(cleanup, ticket, response, session, &missing)?;
        }
        let mut findings = Findings {
            step,
            received: &received,
            shown: &self.shown,
            created: self.created.as_deref(),
            moot: 0,
        };
        let mut tried = Tried {
            metrics: measured(step, response),
            status: Some(response.status),
            ..Tried::default()
        };
        if leads_nowhere(step, response) && !self.listed(step, response)? {
            tried.evaluated = 1;
            tried.findings.push(findings.redirect());
            return Ok(tried);
        }
        let judgement =
            step.expect
                .judge(&received, &step.request.span, &self.shown, &self.scope)?;
        findings.moot = judgement.moot;
        tried.evaluated = judgement.evaluated;
        tried
            .findings
            .extend(judgement.unmet.iter().map(|unmet| findings.unmet(unmet)));
        let error = response.status >= 400;
        let missing = missing.iter().filter(|capture| !capture.optional && !error);
        tried
            .findings
            .extend(missing.map(|capture| findings.capture(capture)));
        Ok(tried)
    }

    /// Whether the status is one that the step names.
    fn listed(&self, step: &Step, response: &Response) -> Result<bool, TemplateError> {
        Ok(step.expect.status.is_some() && step.expect.admits(response.status, &self.scope)?)
    }

    /// Keeps what a response holds for later steps; what it lacks.
    fn capture<'s>(&mut self, step: &'s Step, received: &Received<'_>) -> Vec<&'s Capture> {
        let mut missing = Vec::new();
        for capture in &step.captures {
            let Some(value) = capture.take(received) else {
                missing.push(capture);
                continue;
            };
            if let Some(text) = value.as_str().filter(|_| capture.is_credential()) {
                self.context.secrets().learn(&capture.name, text);
            }
            self.scope.capture(capture.name.clone(), value);
        }
        missing
    }

    /// A refusal created nothing; anything else did or may have. Without the values that the
    /// removal names the promise stays open, to be kept by what finds the created thing.
    fn settle(
        &self,
        cleanup: &CleanupTemplate,
        ticket: Ticket,
        response: &Response,
        session: SessionId,
        missing: &[&Capture],
    ) -> Result<(), CheckError> {
        if refuses(response.status) {
            self.cleanup.release(ticket);
            return Ok(());
        }
        let templates = cleanup.request.templates();
        let mut named = templates.iter().flat_map(Template::values);
        if named.any(|name| missing.iter().any(|capture| capture.name == name)) {
            return Ok(());
        }
        let cause = self.context.cause(&cleanup.request.span);
        let mut request = cleanup.render(&self.scope, &*self.files, cause)?;
        request.session = Some(session);
        self.cleanup.fulfil(ticket, request);
        Ok(())
    }

    fn stop_before(&mut self, rest: &[Step]) {
        if rest.is_empty() {
            return;
        }
        let names: Vec<String> = rest.iter().map(|step| format!("“{}”", step.name)).collect();
        let note = format!("Not run after the failed step: {}.", names.join(", "));
        self.report.notes.push(note);
    }
}

impl Silence {
    /// What a step without an answer comes to.
    fn tried(self, step: &Step) -> Tried {
        let finding = match self {
            Self::Unanswered(HttpError::Login(error)) => findings::login(step, &error),
            Self::Unanswered(error) => findings::unreachable(step, &error),
            Self::Incomplete(error) => findings::nothing_captured(step, &error),
        };
        Tried {
            findings: vec![finding],
            evaluated: 1,
            ..Tried::default()
        }
    }
}

/// An answer that does not come is the portal's fault; a request that cannot be sent is the gate
/// file's.
fn unanswered(error: HttpError) -> Result<Silence, CheckError> {
    if is_of_the_portal(&error) {
        Ok(Silence::Unanswered(error))
    } else {
        Err(error.into())
    }
}

/// Whether a missing answer is the portal's fault and not the gate file's.
pub(crate) fn is_of_the_portal(error: &HttpError) -> bool {
    match error {
        HttpError::Dns { .. }
        | HttpError::Connect { .. }
        | HttpError::Tls { .. }
        | HttpError::Timeout { .. }
        | HttpError::Broken { .. }
        | HttpError::Malformed { .. }
        | HttpError::Login(_) => true,
        HttpError::InvalidUrl { .. }
        | HttpError::InvalidHeader { .. }
        | HttpError::UndeclaredOrigin { .. }
        | HttpError::UngrantedOrigin { .. }
        | HttpError::ReadOnly { .. }
        | HttpError::ForbiddenAddress { .. }
        | HttpError::NoWay { .. }
        | HttpError::Stopped => false,
    }
}

/// Whether the request surely did not reach the portal, so that nothing was created.
pub(crate) fn never_arrived(error: &HttpError) -> bool {
    !matches!(
        error,
        HttpError::Timeout { .. }
            | HttpError::Broken { .. }
            | HttpError::Malformed { .. }
            | HttpError::Stopped
    )
}

/// Whether the status says that nothing was done. 408 is left out: the request may have been acted
/// on before the server gave up (RFC 9110, 15.5.9).
pub(crate) fn refuses(status: u16) -> bool {
    (400..500).contains(&status) && status != 408
}

/// Whether a redirect that should have been followed is all there is.
fn leads_nowhere(step: &Step, response: &Response) -> bool {
    let redirect = (300..400).contains(&response.status) && response.header("location").is_some();
    redirect && step.redirects > 0
}

fn measured(step: &Step, response: &Response) -> Vec<Metric> {
    let metric = |name: &str, unit, value| Metric {
        name: name.to_owned(),
        subject: step.name.clone(),
        unit,
        value,
        samples: Vec::new(),
    };
    let bytes = u32::try_from(response.body.len()).unwrap_or(u32::MAX);
    vec![
        metric(
            "duration",
            Unit::Milliseconds,
            response.elapsed.as_secs_f64() * 1e3,
        ),
        metric("size", Unit::Bytes, f64::from(bytes)),
    ]
}
