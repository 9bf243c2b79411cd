//! One attempt: the operations one after the other, within the budget.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value as Json;
use tidegate_core::check::{CheckError, CheckReport, Context, Doubt, Inconclusive};
use tidegate_core::ports::http::{HttpError, Request, Response, SessionId, Sharing};
use tidegate_core::ports::{Cleanup, Files, Http};
use tidegate_core::request::{RenderError, RequestTemplate};
use tidegate_core::scope::Scope;

use super::config::Config;
use super::derive::derive;
use super::rules::Document;
use super::subject::Subject;
use super::trial::Trial;
use crate::attack::Marks;
use crate::attack::resource::json_body;
use crate::flow::is_of_the_portal;
use crate::specification::openapi::Found;

/// Runs the check.
///
/// # Errors
/// What keeps it from being judged: a document that cannot be read, an undeclared origin, a stop.
pub(super) async fn run(config: &Config, context: &Context) -> Result<CheckReport, CheckError> {
    let files = context.files()?.clone();
    let needs_document = config.operations.iter().any(|one| one.schema.is_none());
    let document = config
        .document
        .as_ref()
        .filter(|_| needs_document || config.operations.is_empty());
    let document = document
        .map(|path| Document::open(path, &*files))
        .transpose()?;
    let mut run = Run::new(context, config.most)?;
    let subjects = run.subjects(config, document.as_ref())?;
    for (number, subject) in subjects.iter().enumerate() {
        if run.stopped.is_some() {
            break;
        }
        let others = u32::try_from(subjects.len() - number).unwrap_or(u32::MAX);
        let share = run.left / others.max(1);
        let mut trial = Trial::new(&mut run, subject, config, share);
        let placed = |error: CheckError| error.at(subject.span.location());
        match trial.prepare(document.as_ref(), &*files).map_err(placed)? {
            Ok(control) => trial.run(control).await.map_err(placed)?,
            Err(reason) => trial.give_up(&reason),
        }
    }
    Ok(run.finish(&subjects, config))
}

/// What the operations share.
pub(super) struct Run<'a> {
    /// The attempt.
    pub(super) context: &'a Context,
    /// Requests.
    pub(super) http: Arc<dyn Http>,
    /// Files that requests send.
    pub(super) files: Arc<dyn Files>,
    /// Promises.
    pub(super) cleanup: Arc<dyn Cleanup>,
    /// The session of this check alone: what wrong input does to a session is nobody else's trouble.
    pub(super) session: SessionId,
    /// What valid requests gave to later ones.
    pub(super) captures: BTreeMap<String, Json>,
    /// How many requests may still be sent.
    pub(super) left: u32,
    /// Why no more is sent.
    pub(super) stopped: Option<String>,
    /// What was found.
    pub(super) report: CheckReport,
    /// Operations that could not be tried, each with the reason.
    pub(super) unproven: Vec<String>,
}

impl<'a> Run<'a> {
    fn new(context: &'a Context, most: u32) -> Result<Self, CheckError> {
        let http = context.http()?.clone();
        Ok(Self {
            context,
            session: http.open_session(context.identity(), Sharing::Fresh),
            http,
            files: context.files()?.clone(),
            cleanup: context.cleanup()?.clone(),
            captures: BTreeMap::new(),
            left: most,
            stopped: None,
            report: CheckReport::default(),
            unproven: Vec::new(),
        })
    }

    fn subjects(
        &mut self,
        config: &Config,
        document: Option<&Document>,
    ) -> Result<Vec<Subject>, CheckError> {
        let Some(document) = document.filter(|_| config.operations.is_empty()) else {
            let declared = config.operations.iter();
            return Ok(declared
                .filter_map(|one| Subject::declared(one, documented(one, document)))
                .collect());
        };
        let address = &self.context.environment().url.value;
        let derived =
            derive(&document.api, config, self.context.span(), address).map_err(|fault| {
                let label = fault.label.unwrap_or_default();
                CheckError::new(
                    format!("{}, {label}", fault.message),
                    fault.help.unwrap_or_default(),
                )
            })?;
        self.report.notes.extend(derived.left_out.notes());
        Ok(derived.subjects)
    }

    /// The values and captures of one request.
    pub(super) fn scope(&self, mark: &str) -> Scope {
        let values = Marks::values(self.context.values(), mark);
        let mut scope = Scope::new(values, self.context.secrets().clone());
        for (name, value) in &self.captures {
            scope.capture(name.clone(), value.clone());
        }
        scope
    }

    /// A request from its template, in this check's session.
    ///
    /// # Errors
    /// When a value that it names is not known.
    pub(super) fn render(
        &self,
        template: &RequestTemplate,
        scope: &Scope,
    ) -> Result<Request, RenderError> {
        let cause = self.context.cause(&template.span);
        let mut request = template.render(scope, &*self.files, cause)?;
        request.session = Some(self.session);
        Ok(request)
    }

    /// Sends a request when the budget still has one.
    ///
    /// # Errors
    /// When the gate file is at fault, and not the portal, that there is no answer.
    pub(super) async fn send(
        &mut self,
        request: Request,
    ) -> Result<Option<Result<Response, HttpError>>, CheckError> {
        if self.left == 0 {
            return Ok(None);
        }
        self.left -= 1;
        match self.http.send(request).await {
            Ok(response) => Ok(Some(Ok(response))),
            Err(error) if is_of_the_portal(&error) => Ok(Some(Err(error))),
            Err(error) => Err(error.into()),
        }
    }

    fn finish(mut self, subjects: &[Subject], config: &Config) -> CheckReport {
        let none = self.report.evaluated == 0;
        let is_declared = !config.operations.is_empty();
        let text = if let Some(stopped) = self.stopped.take() {
            Some(stopped)
        } else if subjects.is_empty() {
            Some(
                "The document has no write operation that can be tried and cleaned up after."
                    .to_owned(),
            )
        } else if self.unproven.is_empty() {
            None
        } else if is_declared || none {
            Some(self.unproven.join(" "))
        } else {
            self.report.notes.append(&mut self.unproven);
            None
        };
        self.report.inconclusive = text.map(|text| Inconclusive {
            reason: Doubt::NoEvidence,
            text,
        });
        self.report
    }
}

/// The schema that the document has for a declared operation, and where it has the operation.
fn documented(
    declared: &super::config::Declared,
    document: Option<&Document>,
) -> Option<(crate::specification::Place, tidegate_core::span::Location)> {
    let api = &document?.api;
    let path = declared.request.path.to_string();
    let Found::Operation(found) = api.find(declared.request.method, &path) else {
        return None;
    };
    let schema = json_body(found.operation)?.schema?;
    Some((schema, api.at(found.operation.place).location()))
}
