//! Sends the requests of one attempt: within its budget, and no faster than the portal allows.

use std::sync::Arc;

use tidegate_core::check::{CheckError, CheckReport, Context, Doubt, Inconclusive};
use tidegate_core::name::IdentityName;
use tidegate_core::ports::http::{HttpError, Purpose, Request, Response, SessionId, Sharing};
use tidegate_core::ports::{Files, Http};
use tidegate_core::request::{RenderError, RequestTemplate};
use tidegate_core::scope::Scope;

use super::{Patience, asks_to_wait};
use crate::flow::is_of_the_portal;

/// How many requests may get no answer before no more is sent.
const SILENT: u32 = 3;

/// Sends the requests of one attempt.
pub(crate) struct Sender<'a> {
    /// The attempt.
    pub(crate) context: &'a Context,
    /// Requests.
    pub(crate) http: Arc<dyn Http>,
    /// Files that requests send.
    pub(crate) files: Arc<dyn Files>,
    /// How many requests may still be sent.
    pub(crate) left: u32,
    /// How many were sent.
    pub(crate) sent: u32,
    /// Why no more is sent, in a plain sentence.
    pub(crate) stopped: Option<String>,
    patience: Patience,
    silent: u32,
}

/// What came of a request.
#[derive(Debug)]
pub(crate) enum Answer {
    /// The portal answered.
    Response(Box<Response>),
    /// It did not.
    Silence(HttpError),
    /// The request was not sent: the budget is used up, or the portal wants no more.
    NotSent,
}

impl Answer {
    /// The response, when there is one.
    pub(crate) fn response(self) -> Option<Response> {
        match self {
            Self::Response(response) => Some(*response),
            Self::Silence(_) | Self::NotSent => None,
        }
    }

    /// Why there is no response, for people.
    pub(crate) fn missing(&self) -> Option<String> {
        match self {
            Self::Response(_) => None,
            Self::Silence(error) => Some(error.to_string()),
            Self::NotSent => Some("it was not sent any more".to_owned()),
        }
    }
}

impl<'a> Sender<'a> {
    /// Begins with a budget of requests.
    ///
    /// # Errors
    /// When the kind does not declare the ports of requests and files.
    pub(crate) fn new(context: &'a Context, most: u32) -> Result<Self, CheckError> {
        Ok(Self {
            context,
            http: context.http()?.clone(),
            files: context.files()?.clone(),
            left: most,
            sent: 0,
            stopped: None,
            patience: Patience::default(),
            silent: 0,
        })
    }

    /// A session that only this attempt uses; nobody's without an identity.
    pub(crate) fn session(&self, identity: Option<&IdentityName>) -> SessionId {
        self.http.open_session(identity, Sharing::Fresh)
    }

    /// A request from its template, as whoever the session is; it follows no redirect.
    ///
    /// # Errors
    /// When a value that it names is not known, or a file cannot be read.
    pub(crate) fn render(
        &self,
        template: &RequestTemplate,
        scope: &Scope,
        session: SessionId,
        purpose: Purpose,
    ) -> Result<Request, RenderError> {
        let cause = self.context.cause(&template.span);
        let mut request = template.render(scope, &*self.files, cause)?;
        request.session = Some(session);
        request.purpose = purpose;
        Ok(request)
    }

    /// Sends a request. An answer that asks to wait a moment (RFC 6585, 4) is obeyed: the same request
    /// is sent again after it, a few times at most; what asks for more ends the sending.
    ///
    /// # Errors
    /// When the gate file is at fault, and not the portal, that there is no answer.
    pub(crate) async fn send(&mut self, request: Request) -> Result<Answer, CheckError> {
        loop {
            if self.stopped.is_some() {
                return Ok(Answer::NotSent);
            }
            if self.left == 0 {
                self.stopped =
                    Some("The budget of requests is used up; raise it with `most:`.".to_owned());
                return Ok(Answer::NotSent);
            }
            self.left -= 1;
            self.sent += 1;
            let name = format!("{} {}", request.method, request.route);
            match self.http.send(request.clone()).await {
                Ok(response) if asks_to_wait(&response) => {
                    self.silent = 0;
                    if !self.waited(&name, &response).await {
                        return Ok(Answer::Response(Box::new(response)));
                    }
                }
                Ok(response) => {
                    self.silent = 0;
                    return Ok(Answer::Response(Box::new(response)));
                }
                Err(error) if is_of_the_portal(&error) => {
                    self.silent += 1;
                    if self.silent >= SILENT {
                        self.stopped = Some(format!(
                            "{SILENT} requests in a row got no answer, the last one {name}: {error}. No more was sent."
                        ));
                    }
                    return Ok(Answer::Silence(error));
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Sends a request of which only the answer is of interest: one that asks for fewer requests says
    /// nothing else.
    ///
    /// # Errors
    /// When the gate file is at fault, and not the portal, that there is no answer.
    pub(crate) async fn ask(&mut self, request: Request) -> Result<Option<Response>, CheckError> {
        let answer = self.send(request).await?;
        // What ended the sending was this answer, or there is none.
        let is_ended = self.stopped.is_some();
        Ok(answer.response().filter(|_| !is_ended))
    }

    /// Says what was not proven: that no more was sent, or else what has no control. Without the need
    /// for it, that is only noted.
    pub(crate) fn settle(
        &mut self,
        report: &mut CheckReport,
        unproven: Vec<String>,
        is_needed: bool,
    ) {
        let doubt = match self.stopped.take() {
            None if unproven.is_empty() => None,
            None if is_needed => Some(unproven.join(" ")),
            None => {
                report.notes.extend(unproven);
                None
            }
            stopped => stopped,
        };
        report.inconclusive = doubt.map(|text| Inconclusive {
            reason: Doubt::NoEvidence,
            text,
        });
    }

    /// Waits as long as an answer asks for; or notes that no more is sent.
    async fn waited(&mut self, name: &str, response: &Response) -> bool {
        let clock = &**self.context.clock();
        let Err(wanted) = self.patience.wait(clock, response).await else {
            return true;
        };
        self.stopped = Some(format!(
            "{name} was answered with {}: the portal wants no more requests{wanted}, so that the rest was not \
             sent. Allow the gate's identities more requests, or set a lower `rate:` for this environment.",
            response.status
        ));
        false
    }
}

#[cfg(test)]
mod tests;
