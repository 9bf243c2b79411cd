//! One operation on trial: the control, what is wrong, and what became of it.

use std::collections::BTreeMap;

use serde_json::Value as Json;
use tidegate_core::check::CheckError;
use tidegate_core::ports::Ticket;
use tidegate_core::ports::http::{Body, HttpError, Purpose, Request, Response};
use tidegate_core::request::{RenderError, RequestTemplate};
use tidegate_core::secret::Sensitive;

use super::answer::{self, Outcome};
use super::config::Config;
use super::negative::{Negative, Sent, choose, markup};
use super::rules::{Document, Rules};
use super::run::{Marks, Run};
use super::subject::{Base, Subject};
use super::watch::{self, Sight};
use crate::flow::never_arrived;
use crate::specification::sample::{Sampler, Wrong};
use crate::specification::{Direction, Fetch};

/// How many texts of a made body have the mark, so that one of them may be made wrong.
const MARKED: usize = 2;

/// How many answers in a row may not come before no more is sent.
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
    counts: bool,
    /// What the thing looked like when it was last right.
    state: Option<Vec<u8>>,
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
        fetch: &dyn Fetch,
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
        self.rules = Rules::of(&self.subject.rule, document, fetch, &|| written.clone())?;
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
    fn body(&self, mark: &str) -> Result<Option<Json>, CheckError> {
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
        let seen = self.look(&self.marks.nth(0)).await?;
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
    fn chosen(&self, control: &Json, left: u32) -> Vec<Negative> {
        let pages = u32::try_from(self.subject.pages.len()).unwrap_or(u32::MAX);
        let each = if self.sight.looks_each_time() { 2 } else { 1 };
        let most = left.saturating_sub(pages + 1) / each;
        let chosen = choose(self.wrong(control), most as usize);
        let fits = |negative: &Negative| {
            self.subject.needs_body || !matches!(negative, Negative::EmptyBody)
        };
        chosen.into_iter().filter(fits).collect()
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

    /// Looks at where stored things show up.
    pub(super) async fn look(&mut self, mark: &str) -> Result<Option<Response>, CheckError> {
        let Some(read) = &self.subject.read else {
            return Ok(None);
        };
        self.get(&read.clone(), mark).await
    }

    pub(super) async fn get(
        &mut self,
        template: &RequestTemplate,
        mark: &str,
    ) -> Result<Option<Response>, CheckError> {
        let request = match self.run.render(template, &self.run.scope(mark)) {
            Ok(request) => request,
            // What it names was not captured yet.
            Err(RenderError::Template(_)) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let answer = self.run.send(request).await?;
        Ok(answer.and_then(Result::ok))
    }

    async fn count(&mut self) -> Result<Option<u64>, CheckError> {
        let Some(count) = self.subject.count.clone() else {
            return Ok(None);
        };
        let mark = self.marks.nth(0);
        let response = self.get(&count.request, &mark).await?;
        Ok(response.and_then(|response| watch::counted(&count, &response)))
    }

    /// Proves with the control how what is stored can be seen.
    async fn prove(
        &mut self,
        counted: Option<u64>,
        before: Option<Response>,
    ) -> Result<(), CheckError> {
        let mark = self.marks.nth(0);
        let prefix = self.marks.prefix.clone();
        let Some(together) = self.look(&prefix).await? else {
            return self.prove_count(counted).await;
        };
        if self.subject.is_update() {
            let again = self.look(&prefix).await?;
            let is_steady = again
                .as_ref()
                .is_some_and(|again| again.body == together.body);
            let moved = before.is_some_and(|before| before.body != together.body);
            if together.status < 400 && is_steady && (moved || watch::shows(&together, &mark)) {
                self.sight = Sight::State;
                self.state = Some(together.body.to_vec());
            }
        } else if watch::shows(&together, &mark) {
            self.sight = Sight::Together;
        } else if let Some(alone) = self.look(&mark).await? {
            if watch::shows(&alone, &mark) {
                self.sight = Sight::Alone;
            }
        }
        self.prove_count(counted).await
    }

    async fn prove_count(&mut self, before: Option<u64>) -> Result<(), CheckError> {
        if let Some(before) = before {
            self.counts = self.count().await? == Some(before + 1);
        }
        Ok(())
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

    async fn sent(
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
        self.silent = 0;
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

    /// Whether a count moved by one, and by one again when the same is sent once more.
    async fn recount(&mut self, tried: &mut Tried, before: Option<u64>) -> Result<(), CheckError> {
        let Some(before) = before else {
            return Ok(());
        };
        if self.count().await? != Some(before + 1) {
            return Ok(());
        }
        let valid = self.body(&tried.mark)?;
        let sent = valid.and_then(|valid| tried.negative.body(&valid, &tried.mark));
        let Some(sent) = sent else {
            return Ok(());
        };
        let again = self
            .sent(&tried.mark.clone(), tried.negative.clone(), sent)
            .await?;
        let Some(again) = again else {
            return Ok(());
        };
        if self.count().await? != Some(before + 2) {
            self.run.release(again.ticket);
            return Ok(());
        }
        let count = self.subject.count.as_ref();
        let name = count.map_or_else(String::new, |count| count.request.name());
        let how = format!("yes: {name} counts one more, and one more again for the same request");
        tried.stored = Some((true, how));
        Ok(())
    }

    /// Looks at once where one look at the end could not tell.
    async fn look_after(&mut self, tried: &mut Tried) -> Result<(), CheckError> {
        let asked = matches!(tried.outcome, Outcome::Accepted | Outcome::Refused);
        if !self.sight.looks_each_time() || !asked {
            return Ok(());
        }
        let Some(response) = self.look(&tried.mark.clone()).await? else {
            return Ok(());
        };
        if response.status >= 400 {
            return Ok(());
        }
        let name = self.read_name();
        if self.sight == Sight::Alone {
            self.found(tried, &response);
            return Ok(());
        }
        let is_changed = self.state.as_deref() != Some(&*response.body);
        let how = if is_changed {
            "yes: shown by"
        } else {
            "no: unchanged in"
        };
        tried.stored = Some((is_changed, format!("{how} {name}")));
        self.state = Some(response.body.to_vec());
        Ok(())
    }

    /// What reports call the look.
    pub(super) fn read_name(&self) -> String {
        let read = self.subject.read.as_ref();
        read.map(RequestTemplate::name).unwrap_or_default()
    }

    /// Decides by the mark whether it was stored, and takes the id of what was.
    pub(super) fn found(&self, tried: &mut Tried, response: &Response) {
        if !tried.is_marked {
            return;
        }
        let name = self.read_name();
        let is_stored = watch::shows(response, &tried.mark);
        let how = if is_stored {
            "yes: found by its mark in"
        } else {
            "no: its mark is not in"
        };
        tried.stored = Some((is_stored, format!("{how} {name}")));
        let removes = self.subject.removes();
        let Some(name) = removes.filter(|name| is_stored && !tried.known.contains_key(name)) else {
            return;
        };
        let document: Option<Json> = serde_json::from_slice(&response.body).ok();
        let ids = document.map(|document| {
            super::subject::ids_of(&document, &tried.mark, &self.subject.id_keys())
        });
        if let Some(id) = ids.and_then(|ids| ids.into_iter().next()) {
            tried.known.insert(name, id);
        }
    }
}
