//! One attempt: every thing, one after the other, within the budget.

use serde_json::{Map, Value as Json};
use tidegate_core::check::{CheckError, CheckReport, Context, Doubt, Inconclusive};
use tidegate_core::ports::http::Purpose;
use tidegate_core::request::{BodyTemplate, RequestTemplate};

use super::attempt::{Taken, Target, Tried};
use super::candidate::{Candidate, Ground, thing};
use super::config::{Config, Update};
use super::derive;
use super::restore::{names, old_values};
use super::rules::Rules;
use crate::attack::resource::{Actor, ID, Reader, Resource, derive as derive_resources};
use crate::attack::{Answer, Marks, Sender};
use crate::documents;
use crate::frameworks::{Topic, advise};
use crate::specification::openapi::OpenApi;

/// The tenant that is tried where no other one is declared.
const MADE_UP: &str = "tidegate-no-such-tenant";

/// Runs the check.
///
/// # Errors
/// What keeps it from being judged: a document that cannot be read, an undeclared origin, a stop.
pub(super) async fn run(config: &Config, context: &Context) -> Result<CheckReport, CheckError> {
    if !context.environment().kind.writable() {
        return Ok(only_told());
    }
    let mut run = Run::new(config, context)?;
    let api = run.document()?;
    let (resources, updates) = run.subjects(api.as_ref());
    for resource in &resources {
        if run.sender.stopped.is_some() {
            break;
        }
        let tried = run.resource(resource, api.as_ref()).await;
        tried.map_err(|error| error.at(resource.span.location()))?;
    }
    for update in &updates {
        if run.sender.stopped.is_some() {
            break;
        }
        let tried = run.update(update, api.as_ref()).await;
        tried.map_err(|error| error.at(update.request.span.location()))?;
    }
    Ok(run.finish(resources.is_empty() && updates.is_empty()))
}

/// What is said in production, where nothing is written.
fn only_told() -> CheckReport {
    CheckReport {
        notes: vec![
            "Nothing was sent: this check writes, and production is only read. Run it against a preview or staging."
                .to_owned(),
        ],
        ..CheckReport::default()
    }
}

/// What the things share.
pub(super) struct Run<'a> {
    /// What is asked.
    pub(super) config: &'a Config,
    /// Requests.
    pub(super) sender: Sender<'a>,
    /// Who tries.
    pub(super) actor: Actor,
    /// How answers are read.
    pub(super) reader: Reader<'a>,
    /// The texts that tell what a request stored.
    pub(super) marks: Marks,
    /// The number of the last mark.
    pub(super) number: usize,
    /// What was found.
    pub(super) report: CheckReport,
    /// What could not be judged although the gate file names it, a sentence each.
    pub(super) unproven: Vec<String>,
    fields: Vec<(String, Json)>,
}

impl<'a> Run<'a> {
    fn new(config: &'a Config, context: &'a Context) -> Result<Self, CheckError> {
        let sender = Sender::new(context, config.most)?;
        let marks = Marks::new(context.values(), "mass-assignment");
        let scope = Resource::scope(context, &marks.prefix);
        let fields = config.fields.iter();
        let fields = fields.map(|(name, value)| Ok((name.clone(), value.render(&scope)?)));
        Ok(Self {
            config,
            actor: Actor::new(&sender, config.identity.as_ref()),
            reader: Reader {
                refusals: &config.refusals,
                fallback: None,
            },
            fields: fields.collect::<Result<_, CheckError>>()?,
            sender,
            marks,
            number: 0,
            report: CheckReport::default(),
            unproven: Vec::new(),
        })
    }

    fn document(&self) -> Result<Option<OpenApi>, CheckError> {
        let Some(path) = &self.config.document else {
            return Ok(None);
        };
        match documents::open_api(&path.value, &*self.sender.files) {
            Ok(api) => Ok(Some(api)),
            // What is declared can be judged without the document.
            Err(_) if self.config.is_declared() => Ok(None),
            Err(error) => Err(error.at(path.span.location())),
        }
    }

    fn subjects(&mut self, api: Option<&OpenApi>) -> (Vec<Resource>, Vec<Update>) {
        let config = self.config;
        let Some(api) = api.filter(|_| !config.is_declared()) else {
            return (config.resources.clone(), config.updates.clone());
        };
        let context = self.sender.context;
        let (address, span) = (&context.environment().url.value, context.span());
        let derived = derive_resources(api, address, span, &config.include, &config.skip);
        self.report.notes.extend(derived.notes());
        let updates = derive::updates(api, config, span, address);
        (derived.resources, updates)
    }

    async fn resource(
        &mut self,
        resource: &Resource,
        api: Option<&OpenApi>,
    ) -> Result<(), CheckError> {
        let target = Target::Create(resource);
        let Some(control) = self.control(target).await? else {
            return Ok(());
        };
        let rules = Rules::of(api, target.method(), &target.path());
        let candidates = self.candidates(target, &control, &rules);
        self.explore(target, (&control.state, control.line()), &candidates)
            .await?;
        let Some(made) = control.made else {
            return Ok(());
        };
        for template in resource.update.iter().filter(|one| is_of_one(one)) {
            if self.sender.stopped.is_some() {
                break;
            }
            self.changed(Target::Change(resource, template, &made), api)
                .await?;
        }
        Ok(())
    }

    async fn changed(
        &mut self,
        target: Target<'_>,
        api: Option<&OpenApi>,
    ) -> Result<(), CheckError> {
        let Some(control) = self.control(target).await? else {
            return Ok(());
        };
        let rules = Rules::of(api, target.method(), &target.path());
        let candidates = self.candidates(target, &control, &rules);
        self.explore(target, (&control.state, control.line()), &candidates)
            .await?;
        Ok(())
    }

    /// The valid request, which must be taken, and whose thing must be seen.
    async fn control(&mut self, target: Target<'_>) -> Result<Option<Taken>, CheckError> {
        let why = match self.attempt(target, &[]).await? {
            Tried::Taken(taken) if taken.state.leaves().next().is_some() => {
                self.report.evaluated += 1;
                return Ok(Some(*taken));
            }
            Tried::Taken(_) => "it is not read back as JSON".to_owned(),
            Tried::Refused(status) | Tried::Failed(status) => {
                format!("the valid request was answered with {status}")
            }
            Tried::Unknown(why) => why,
        };
        self.unproven(&target.name(), &why);
        Ok(None)
    }

    fn candidates(&self, target: Target<'_>, control: &Taken, rules: &Rules) -> Vec<Candidate> {
        let document: Json =
            serde_json::from_slice(&control.state.response.body).unwrap_or_default();
        let other = self.config.other.as_ref();
        let ground = Ground {
            body: &control.body,
            thing: &thing(&document, &control.body),
            rules,
            fields: &self.fields,
            protected: &self.config.protected,
            tenant: other.map_or(MADE_UP, |(_, tenant)| tenant),
            is_update: target.is_update(),
        };
        ground.candidates()
    }

    async fn update(&mut self, update: &Update, api: Option<&OpenApi>) -> Result<(), CheckError> {
        let Some(before) = self.before(update).await? else {
            return Ok(());
        };
        let rules = Rules::of(api, update.request.method, &update.request.path.to_string());
        let body = match &update.request.body {
            BodyTemplate::Json(json) => {
                json.render(&Resource::scope(self.sender.context, &self.marks.prefix))?
            }
            _ => settable(&before, &rules),
        };
        let before = thing(&Json::Object(before), &body);
        let count = names(&body).count();
        let is_known = count > 0 && old_values(names(&body), &before).len() == count;
        if update.restore.is_none() && !is_known {
            let read = update.read.name();
            self.unproven(
                &update.request.name(),
                &format!("{read} does not show every field that it changes, or shows it masked, so that it could not be put back; say how with `restore:`"),
            );
            return Ok(());
        }
        self.promise_back(update, &body, &before)?;
        let target = Target::Own(update, &body);
        let Some(control) = self.control(target).await? else {
            return Ok(());
        };
        let candidates = self.candidates(target, &control, &rules);
        let ticket = self.promise_fields(update, &candidates, &before)?;
        let explored = self
            .explore(target, (&control.state, control.line()), &candidates)
            .await?;
        self.put_back(update, ticket, (&candidates, &explored), &before)
    }

    /// What is there before anything is changed.
    async fn before(&mut self, update: &Update) -> Result<Option<Map<String, Json>>, CheckError> {
        let scope = Resource::scope(self.sender.context, &self.marks.prefix);
        let request =
            self.sender
                .render(&update.read, &scope, self.actor.session, Purpose::Normal)?;
        let why = match self.sender.send(request).await? {
            Answer::Response(response) if response.status < 300 => {
                match serde_json::from_slice(&response.body) {
                    Ok(Json::Object(before)) => return Ok(Some(before)),
                    _ => "it does not answer with a JSON object".to_owned(),
                }
            }
            Answer::Response(response) => format!("it was answered with {}", response.status),
            other => other.missing().unwrap_or_default(),
        };
        let read = update.read.name();
        self.unproven(
            &update.request.name(),
            &format!("{read} shows nothing before: {why}"),
        );
        Ok(None)
    }

    /// Notes that a request could not be judged; what the gate file names must be.
    fn unproven(&mut self, name: &str, why: &str) {
        let sentence = format!("{name} was not judged: {why}.");
        if self.config.is_declared() {
            self.unproven.push(sentence);
        } else {
            self.report.notes.push(sentence);
        }
    }

    fn finish(mut self, has_none: bool) -> CheckReport {
        let text = if let Some(stopped) = self.sender.stopped.take() {
            Some(stopped)
        } else if has_none {
            Some("The document has nothing that can be created, read and removed again, or changed and put back.".to_owned())
        } else if !self.unproven.is_empty() {
            Some(self.unproven.join(" "))
        } else if self.report.evaluated == 0 {
            Some("Nothing could be judged; the notes say why.".to_owned())
        } else {
            None
        };
        self.report.inconclusive = text.map(|text| Inconclusive {
            reason: Doubt::NoEvidence,
            text,
        });
        advise(&mut self.report.findings, &*self.sender.files, |_| {
            Some(Topic::MassAssignment)
        });
        self.report
    }
}

/// Whether a change works on one thing, by its id.
fn is_of_one(template: &RequestTemplate) -> bool {
    template.path.values().any(|name| name == ID)
}

/// The values that are there of the fields that may be set: sending them changes nothing.
fn settable(before: &Map<String, Json>, rules: &Rules) -> Json {
    let known = before
        .iter()
        .filter(|(name, value)| rules.allows(name) && !value.is_null());
    Json::Object(
        known
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect(),
    )
}
