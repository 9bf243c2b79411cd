//! One operation on trial: the control, what is wrong, and what became of it.

use std::collections::BTreeMap;

use serde_json::Value as Json;
use tidegate_core::check::CheckError;
use tidegate_core::ports::http::{Body, HttpError, Purpose, Request, Response};
use tidegate_core::ports::{Files, Ticket};
use tidegate_core::request::RenderError;
use tidegate_core::secret::Sensitive;

use super::answer::{self, Outcome};
use super::config::Config;
use super::negative::{Negative, Sent, choose, markup};
use super::rules::{Document, Rules};
use super::run::Run;
use super::subject::{Base, Keeps, Subject};
use super::watch::Sight;
use crate::attack::Marks;
use crate::flow::never_arrived;
use crate::specification::Direction;
use crate::specification::sample::{Sampler, Wrong};

/// How many texts of a made body have the mark, so that one of them may be made wrong.
const MARKED: usize = 2;

/// Requests that are kept to count what has no mark.
const RECOUNTS: u32 = 12;

/// How many answers may not come before no more is sent.
const SILENT: u32 = 3;

/// One operation on trial.
pub(super) struct Trial<'t, 'a> {
    pub(super) run: &'t mut Run<'a>,
    pub(super) subject: &'t Subject,
    pub(super) lenient: Vec<&'t str>,
    pub(super) marks: Marks,
    /// Requests that it may send.
    share: u32,
    rules: Option<Rules<'t>>,
    pub(super) sight: Sight,
    /// Whether the count moved by one with the control.
    pub(super) counts: bool,
    /// What the thing looked like when it was last right.
    pub(super) state: Option<Vec<u8>>,
    pub(super) tried: Vec<Tried>,
    silent: u32,
}

/// A request that was sent, and what is known of it.
pub(super) struct Tried {
    pub(super) negative: Negative,
    pub(super) mark: String,
    pub(super) is_marked: bool,
    pub(super) outcome: Outcome,
    /// The status, or why there is none.
    pub(super) answer: String,
    /// Whether a refusal says what is wrong.
    pub(super) is_named: bool,
    /// The database whose error the answer shows.
    pub(super) sql: Option<&'static str>,
    /// Whether the answer is a page with the markup in it.
    pub(super) is_shown: bool,
    pub(super) ticket: Option<Ticket>,
    /// What the answer gave, to remove what it created.
    pub(super) known: BTreeMap<String, Json>,
    /// Whether it was stored, and how that is known.
    pub(super) stored: Option<(bool, String)>,
}

impl<'t, 'a> Trial<'t, 'a> {
    /// Prepares an operation that may send so many requests.
    pub(super) fn new(
        run: &'t mut Run<'a>,
        subject: &'t Subject,
        config: &'t Config,
        share: u32,
    ) -> Self {
        let lenient = config.lenient.iter().chain(&subject.lenient);
        Self {
            marks: Marks::new(run.context.values(), &subject.name),
            lenient: lenient.map(String::as_str).collect(),
            run,
            subject,
            share,
            rules: None,
            sight: Sight::None,
            counts: false,
            state: None,
            tried: Vec::new(),
            silent: 0,
        }
    }

    /// Finds the schema and a valid body, or says why there is none.
    ///
    /// # Errors
    /// When a file that the gate file names cannot be read.
    pub(super) fn prepare(
        &mut self,
        document: Option<&'t Document>,
        files: &dyn Files,
    ) -> Result<Result<Json, String>, CheckError> {
        let mark = self.marks.nth(0);
        let written = match &self.subject.base {
            Base::Written(json) => match json.render(&self.run.scope(&mark)) {
                Ok(control) => Some(control),
                Err(error @ tidegate_core::template::TemplateError::ValueUnknown { .. }) => {
                    return Ok(Err(error.to_string()));
                }
                Err(error) => return Err(error.into()),
            },
            Base::Made(_) => None,
        };
        self.rules = Rules::of(&self.subject.rule, document, files, &|| written.clone())?;
        let Some(rules) = &self.rules else {
            return Ok(Err("there is no schema".to_owned()));
        };
        if let Some(control) = written {
            return Ok(match rules.complaint(&control) {
                Some(complaint) => Err(format!(
                    "the valid body does not fit the schema: {complaint}"
                )),
                None => Ok(control),
            });
        }
        let made = self.body(&mark)?;
        Ok(made.ok_or_else(|| "no valid body could be made from its schema".to_owned()))
    }

    /// A valid body with a mark in it.
    pub(super) fn body(&self, mark: &str) -> Result<Option<Json>, CheckError> {
        match (&self.subject.base, &self.rules) {
            (Base::Written(json), _) => Ok(Some(json.render(&self.run.scope(mark))?)),
            (Base::Made(examples), Some(rules)) => {
                let fits = |at: crate::specification::At<'_>, value: &Json| rules.fits(at, value);
                let sampler = Sampler::new(Direction::Request, mark, &fits).marking();
                let made = sampler.valid_like(rules.schema(), examples.clone());
                Ok(made.map(|made| sampler.marked(rules.schema(), made, MARKED)))
            }
            _ => Ok(None),
        }
    }

    /// The ways to make the valid body wrong.
    fn wrong(&self, valid: &Json) -> Vec<Wrong> {
        let Some(rules) = &self.rules else {
            return Vec::new();
        };
        let fits = |at: crate::specification::At<'_>, value: &Json| rules.fits(at, value);
        let sampler = Sampler::new(Direction::Request, &self.marks.nth(0), &fits);
        sampler.wrong(rules.schema(), valid)
    }

    /// Says why the operation could not be tried.
    pub(super) fn give_up(&mut self, reason: &str) {
        let name = &self.subject.name;
        self.run
            .unproven
            .push(format!("{name} could not be tried: {reason}."));
    }

    /// Sends the control and everything that is wrong.
    ///
    /// # Errors
    /// What keeps it from being judged.
    pub(super) async fn run(mut self, control: Json) -> Result<(), CheckError> {
        let before = self.run.left;
        let counted = self.count().await?;
        let seen = if self.subject.is_update() {
            self.look(&self.marks.nth(0)).await?
        } else {
            None
        };
        if let Err(reason) = self.control(&control).await? {
            self.give_up(&reason);
            return Ok(());
        }
        self.prove(counted, seen).await?;
        let spent = before - self.run.left;
        let chosen = self.chosen(&control, self.share.saturating_sub(spent));
        for (number, negative) in chosen.into_iter().enumerate() {
            if self.run.stopped.is_some() || self.silent >= SILENT {
                break;
            }
            self.try_one(number + 1, negative).await?;
        }
        self.conclude().await
    }

    /// What is sent, as far as the budget goes; the last looks are kept in it.
    fn chosen(&mut self, control: &Json, left: u32) -> Vec<Negative> {
        let pages = u32::try_from(self.subject.pages.len()).unwrap_or(u32::MAX);
        let recounts = if self.counts { RECOUNTS } else { 0 };
        let each = if self.sight.looks_each_time() { 2 } else { 1 };
        let most = left.saturating_sub(pages.saturating_add(recounts + 3)) / each;
        let wrong = self.wrong(control);
        let all = choose(wrong.clone(), usize::MAX).len();
        let mut chosen = choose(wrong, most as usize);
        if chosen.len() < all {
            self.run.report.notes.push(format!(
                "{} of {all} wrong requests to {} were sent: `most` allows no more.",
                chosen.len(),
                self.subject.name
            ));
        }
        if !self.subject.needs_body {
            chosen.retain(|negative| !matches!(negative, Negative::EmptyBody));
        }
        chosen
    }

    /// Sends the valid request, which must be taken.
    async fn control(&mut self, control: &Json) -> Result<Result<(), String>, CheckError> {
        let mark = self.marks.nth(0);
        let body = Body::Json(Sensitive::new(control.to_string()));
        let sent = self.request(&mark, Purpose::Normal);
        let mut request = match sent {
            Ok(request) => request,
            Err(RenderError::Template(error)) => return Ok(Err(error.to_string())),
            Err(error) => return Err(error.into()),
        };
        request.body = body;
        if let Keeps::Id { name, .. } = &self.subject.keeps {
            // What an earlier operation created is none of this one's.
            self.run.captures.remove(name);
        }
        let ticket = self.run.promise(self.subject, &mark);
        let response = match self.run.send(request).await? {
            Some(Ok(response)) => response,
            Some(Err(error)) => {
                self.run.release(ticket.filter(|_| never_arrived(&error)));
                return Ok(Err(error.to_string()));
            }
            None => {
                self.run.release(ticket);
                return Ok(Err("the budget of requests is used up".to_owned()));
            }
        };
        if Outcome::of(&response) == Outcome::Limited {
            self.stop(&response);
        }
        if !(200..300).contains(&response.status) {
            let refused = crate::flow::refuses(response.status);
            self.run.release(ticket.filter(|_| refused));
            let status = response.status;
            return Ok(Err(format!("its valid request was answered with {status}")));
        }
        let known = self.subject.take(&response);
        self.run.fulfil(self.subject, ticket, &mark, &known)?;
        self.run.captures.extend(known);
        Ok(Ok(()))
    }

    fn request(&self, mark: &str, purpose: Purpose) -> Result<Request, RenderError> {
        let scope = self.run.scope(mark);
        let mut template = self.subject.request.clone();
        template.body = tidegate_core::request::BodyTemplate::Empty;
        let mut request = self.run.render(&template, &scope)?;
        request.purpose = purpose;
        Ok(request)
    }

    /// No more is sent: the portal asked for it.
    fn stop(&mut self, response: &Response) {
        let again = response.header("retry-after");
        let again = again.map_or_else(String::new, |again| format!(" (retry after {again})"));
        self.run.stopped = Some(format!(
            "{} was answered with {}{again}, so that no more was sent. Allow the gate's identities more requests, \
             or set a lower `rate:` for this environment.",
            self.subject.name, response.status
        ));
    }

    /// Sends one wrong request and looks at what came of it.
    async fn try_one(&mut self, number: usize, negative: Negative) -> Result<(), CheckError> {
        let mark = self.marks.nth(number);
        let valid = self.body(&mark)?;
        let Some(sent) = valid.and_then(|valid| negative.body(&valid, &mark)) else {
            return Ok(());
        };
        let is_counted = self.counts && !sent.is_marked;
        let before = if is_counted {
            self.count().await?
        } else {
            None
        };
        let Some(mut tried) = self.sent(&mark, negative, sent).await? else {
            return Ok(());
        };
        if tried.outcome == Outcome::Refused && is_counted {
            self.recount(&mut tried, before).await?;
        }
        self.look_after(&mut tried).await?;
        self.tried.push(tried);
        Ok(())
    }

    /// Sends a body that is wrong; nothing when the budget is used up.
    pub(super) async fn sent(
        &mut self,
        mark: &str,
        negative: Negative,
        sent: Sent,
    ) -> Result<Option<Tried>, CheckError> {
        let is_marked = sent.is_marked;
        let mut request = self.request(mark, Purpose::Negative)?;
        sent.into_request(&mut request);
        let ticket = self.run.promise(self.subject, mark);
        let Some(answer) = self.run.send(request).await? else {
            self.run.release(ticket);
            return Ok(None);
        };
        let mut tried = Tried {
            is_marked,
            mark: mark.to_owned(),
            outcome: Outcome::NotReached,
            answer: String::new(),
            is_named: true,
            sql: None,
            is_shown: false,
            ticket,
            known: BTreeMap::new(),
            stored: None,
            negative,
        };
        match answer {
            Ok(response) => self.answered(&mut tried, &response),
            Err(error) => self.unanswered(&mut tried, &error),
        }
        Ok(Some(tried))
    }

    fn answered(&mut self, tried: &mut Tried, response: &Response) {
        tried.outcome = Outcome::of(response);
        let kind = response.header("content-type").unwrap_or("no content type");
        tried.answer = format!("{}, {kind}", response.status);
        tried.is_named = answer::names(response, &tried.negative);
        tried.sql = answer::shown_sql(response);
        let shown = || response.text().contains(&markup(&tried.mark));
        tried.is_shown = answer::is_page(response) && shown();
        if tried.outcome == Outcome::Accepted {
            tried.known = self.subject.take(response);
        }
        if tried.outcome == Outcome::Limited {
            self.stop(response);
        }
    }

    fn unanswered(&mut self, tried: &mut Tried, error: &HttpError) {
        tried.outcome = Outcome::of_silence(error, &tried.negative);
        tried.answer = format!("none: {error}");
        if tried.outcome == Outcome::Failed {
            self.silent += 1;
        }
        if never_arrived(error) {
            self.run.release(tried.ticket.take());
        }
    }
}
