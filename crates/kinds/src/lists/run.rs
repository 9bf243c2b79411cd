//! One attempt: every list and object, one after the other, within the budget.

use serde_json::Value as Json;
use tidegate_core::check::{CheckError, CheckReport, Context, Doubt, Inconclusive};
use tidegate_core::ports::http::{
    DEFAULT_BODY_CAP, HttpError, Purpose, Request, Response, SessionId, Target,
};
use tidegate_core::scope::Scope;

use super::config::{Config, Look};
use super::{derive, fields, findings, items};
use crate::attack::{Answer, Reply, Sender, Story, seen};
use crate::documents;
use crate::frameworks::{Topic, advise};

/// The most bytes of an answer that are kept, whatever the gate file says.
const CAP: u64 = 64 * 1024 * 1024;

/// Runs the check.
///
/// # Errors
/// What keeps it from being judged: a document that cannot be read, an undeclared origin, a stop.
pub(super) async fn run(config: &Config, context: &Context) -> Result<CheckReport, CheckError> {
    let mut run = Run::new(config, context)?;
    let looks = run.looks()?;
    for look in &looks {
        if run.sender.stopped.is_some() {
            break;
        }
        let looked = run.look(look).await;
        looked.map_err(|error| error.at(look.request.span.location()))?;
    }
    Ok(run.finish(looks.is_empty()))
}

/// What the lists share.
pub(super) struct Run<'a> {
    /// What is asked of them.
    pub(super) config: &'a Config,
    /// Requests.
    pub(super) sender: Sender<'a>,
    scope: Scope,
    session: SessionId,
    /// What was found.
    pub(super) report: CheckReport,
    /// What could not be judged although the gate file names it, a sentence each.
    pub(super) unproven: Vec<String>,
}

/// An answer that was read.
pub(super) struct Page {
    /// The answer.
    pub(super) response: Response,
    /// Its JSON, unless it is none or was too long to keep.
    pub(super) document: Option<Json>,
    /// How many items it has, when it is a list.
    pub(super) count: Option<usize>,
}

/// What came of a request for a page.
pub(super) enum Got {
    /// A page.
    Page(Box<Page>),
    /// An answer that is none.
    Other(Reply, Box<Response>),
    /// No answer, with the reason.
    Nothing(String),
}

impl<'a> Run<'a> {
    fn new(config: &'a Config, context: &'a Context) -> Result<Self, CheckError> {
        let sender = Sender::new(context, config.most)?;
        Ok(Self {
            config,
            session: sender.session(config.identity.as_ref()),
            scope: Scope::new(context.values().clone(), context.secrets().clone()),
            sender,
            report: CheckReport::default(),
            unproven: Vec::new(),
        })
    }

    fn looks(&mut self) -> Result<Vec<Look>, CheckError> {
        let mut looks = self.config.looks.clone();
        let Some(path) = &self.config.document else {
            return Ok(looks);
        };
        let context = self.sender.context;
        if looks.is_empty() {
            let api = documents::open_api(&path.value, &*self.sender.files);
            let api = api.map_err(|error| error.at(path.span.location()))?;
            let address = &context.environment().url.value;
            let (looks, notes) = derive::looks(&api, self.config, context.span(), address)?;
            self.report.notes.extend(notes);
            return Ok(looks);
        }
        // What is declared can be judged without the document.
        if let Ok(api) = documents::open_api(&path.value, &*self.sender.files) {
            looks
                .iter_mut()
                .for_each(|look| derive::complete(look, &api));
        }
        Ok(looks)
    }

    /// Who looks, for people.
    pub(super) fn who(&self) -> String {
        let who = self.config.identity.as_ref();
        who.map_or_else(|| "everybody".to_owned(), ToString::to_string)
    }

    async fn look(&mut self, look: &Look) -> Result<(), CheckError> {
        let page = match self.ask(look, None, Purpose::Normal).await? {
            Got::Page(page) => page,
            Got::Other(_, response) => {
                self.unproven(look, &format!("it answered {}", response.status));
                return Ok(());
            }
            Got::Nothing(reason) => {
                self.unproven(look, &reason);
                return Ok(());
            }
        };
        let story = Story {
            before: self.told(look, None, &page),
            ..Story::default()
        };
        self.size(look, &page, &story);
        let Some(document) = &page.document else {
            let reason = if page.response.truncated {
                "it is too long to be read whole"
            } else {
                "it does not answer with JSON"
            };
            self.unproven(look, reason);
            return Ok(());
        };
        if is_description(document) {
            self.unproven(look, "it describes the interface, with made-up examples");
            return Ok(());
        }
        let Some(count) = page.count else {
            if look.is_list {
                self.unproven(
                    look,
                    "no list was found in its answer (name it with `items:`)",
                );
            } else {
                self.fields(look, document, &story);
            }
            return Ok(());
        };
        if look.is_list && count == 0 {
            let who = self.who();
            self.unproven(
                look,
                &format!("it shows {who} no items; let {who} have a few"),
            );
            return Ok(());
        }
        self.fields(look, document, &story);
        if look.is_list {
            self.limits(look, &page, count).await?;
        }
        Ok(())
    }

    /// Notes that a list could not be judged; what the gate file names must be.
    fn unproven(&mut self, look: &Look, reason: &str) {
        let sentence = format!("{} was not judged: {reason}.", look.request.name());
        if look.declared {
            self.unproven.push(sentence);
        } else {
            self.report.notes.push(sentence);
        }
    }

    fn size(&mut self, look: &Look, page: &Page, story: &Story) {
        self.report.evaluated += 1;
        let bytes = bytes(&page.response);
        if bytes > look.bounds.bytes {
            self.report
                .findings
                .push(findings::too_large(look, bytes, story));
        }
    }

    fn fields(&mut self, look: &Look, document: &Json, story: &Story) {
        self.report.evaluated += 1;
        let who = self.who();
        for ((path, sort), count) in fields::sensitive(document, &look.bounds) {
            let finding = findings::sensitive(look, &who, (&path, sort), count, story);
            self.report.findings.push(finding);
        }
        if look.bounds.fields.is_empty() {
            return;
        }
        self.report.evaluated += 1;
        let things = if look.is_list {
            items::items(document, look.items.as_ref()).unwrap_or_default()
        } else {
            vec![document]
        };
        for (path, count) in fields::unlisted(&things, &look.bounds.fields) {
            self.report
                .findings
                .push(findings::unlisted(look, &path, count, story));
        }
    }

    /// Asks for a page, with a parameter in the place of the one that the request has.
    pub(super) async fn ask(
        &mut self,
        look: &Look,
        limit: Option<(&str, &str)>,
        purpose: Purpose,
    ) -> Result<Got, CheckError> {
        let mut request = self
            .sender
            .render(&look.request, &self.scope, self.session, purpose)?;
        let wanted = look.bounds.bytes.saturating_add(1).min(CAP);
        request.body_cap = usize::try_from(wanted)
            .unwrap_or(DEFAULT_BODY_CAP)
            .max(DEFAULT_BODY_CAP);
        if let Some((name, value)) = limit {
            limit_to(&mut request, name, value);
        }
        let response = match self.sender.send(request).await? {
            Answer::Response(response) => response,
            Answer::Silence(error) => return Ok(Got::Nothing(silence(&error))),
            Answer::NotSent => return Ok(Got::Nothing("it was not asked any more".to_owned())),
        };
        let reply = self.config.refusals.read(&response, None, &self.scope)?;
        if reply != Reply::Served {
            return Ok(Got::Other(reply, response));
        }
        let document = items::document(&response);
        let found = document
            .as_ref()
            .and_then(|document| items::items(document, look.items.as_ref()));
        let count = found.map(|items| items.len());
        Ok(Got::Page(Box::new(Page {
            response: *response,
            document,
            count,
        })))
    }

    /// A page in one line.
    pub(super) fn told(&self, look: &Look, limit: Option<(&str, &str)>, page: &Page) -> String {
        let count = page.count.filter(|_| look.is_list);
        let remark = count.map_or_else(String::new, |count| format!("{count} items"));
        let name = name(look, limit);
        seen(
            &name,
            self.config.identity.as_ref(),
            &page.response,
            &remark,
        )
    }

    fn finish(mut self, has_none: bool) -> CheckReport {
        advise(&mut self.report.findings, &*self.sender.files, |_| {
            Some(Topic::Lists)
        });
        let text = if let Some(stopped) = self.sender.stopped.take() {
            Some(stopped)
        } else if has_none {
            Some("The document has no list or object that can be read without a value.".to_owned())
        } else if !self.unproven.is_empty() {
            Some(self.unproven.join(" "))
        } else if self.report.evaluated == 0 {
            Some("No list could be judged; the notes say why.".to_owned())
        } else {
            None
        };
        self.report.inconclusive = text.map(|text| Inconclusive {
            reason: Doubt::NoEvidence,
            text,
        });
        self.report
    }
}

/// What a request is called, with the limit that it asks for.
pub(super) fn name(look: &Look, limit: Option<(&str, &str)>) -> String {
    let name = look.request.name();
    let Some((parameter, value)) = limit else {
        return name;
    };
    let mark = if name.contains('?') { '&' } else { '?' };
    format!("{name}{mark}{parameter}={value}")
}

/// The bytes of an answer; one more than were kept when there were more.
pub(super) fn bytes(response: &Response) -> u64 {
    let kept = u64::try_from(response.body.len()).unwrap_or(u64::MAX);
    kept.saturating_add(u64::from(response.truncated))
}

/// Whether an answer is an OpenAPI document: the passwords in its examples are nobody's.
fn is_description(document: &Json) -> bool {
    let says = |name: &str| document[name].is_string();
    (says("openapi") || says("swagger")) && document["paths"].is_object()
}

fn silence(error: &HttpError) -> String {
    format!("it did not answer: {error}")
}

/// Puts a query parameter in the place of the one that the request may have.
fn limit_to(request: &mut Request, name: &str, value: &str) {
    request.query.retain(|(known, _)| known != name);
    request.query.push((name.to_owned(), value.into()));
    let (Target::Path { path, .. } | Target::Url(path)) = &mut request.target else {
        return;
    };
    let written = path.expose().to_owned();
    let Some((before, query)) = written.split_once('?') else {
        return;
    };
    let encoded = name
        .replace('$', "%24")
        .replace('[', "%5B")
        .replace(']', "%5D");
    let others = query.split('&').filter(|pair| {
        let key = pair.split('=').next().unwrap_or_default();
        key != name && !key.eq_ignore_ascii_case(&encoded)
    });
    let others = others.collect::<Vec<_>>().join("&");
    let mark = if others.is_empty() { "" } else { "?" };
    *path = format!("{before}{mark}{others}").into();
}
