//! One request with fields that it must not have, and what was stored of them.

use serde_json::Value as Json;
use tidegate_core::check::CheckError;
use tidegate_core::ports::http::{Body, Purpose, Request, Response};
use tidegate_core::request::{BodyTemplate, RequestTemplate};
use tidegate_core::span::{Location, Span};

use super::candidate::{Candidate, add};
use super::config::Update;
use super::family::Family;
use super::findings::Stored;
use super::run::Run;
use super::value::is_same;
use crate::attack::resource::{Actor, Created, ID, Look, Made, Resource, State};
use crate::attack::{Answer, Reply, seen};
use crate::naming::words;

/// What is written to.
#[derive(Clone, Copy)]
pub(super) enum Target<'t> {
    /// Things that are created.
    Create(&'t Resource),
    /// A created thing that is changed.
    Change(&'t Resource, &'t RequestTemplate, &'t Made),
    /// Something that is there; with the body that changes nothing where none is written.
    Own(&'t Update, &'t Json),
}

/// What came of a request.
pub(super) enum Tried {
    /// It was taken; the state afterwards.
    Taken(Box<Taken>),
    /// It was refused with this status.
    Refused(u16),
    /// The portal failed with this status, which is neither.
    Failed(u16),
    /// Nothing is known, and why.
    Unknown(String),
}

/// What a request that was taken did.
pub(super) struct Taken {
    /// The thing afterwards.
    pub(super) state: State,
    /// The thing itself, when it was created.
    pub(super) made: Option<Made>,
    /// The body that was sent.
    pub(super) body: Json,
    /// Whether another tenant has it now.
    is_moved: bool,
    attack: String,
    after: String,
}

impl Target<'_> {
    fn request(&self) -> &RequestTemplate {
        match self {
            Self::Create(resource) => &resource.create,
            Self::Change(_, request, _) => request,
            Self::Own(update, _) => &update.request,
        }
    }

    fn read(&self) -> &RequestTemplate {
        match self {
            Self::Create(resource) | Self::Change(resource, ..) => &resource.read,
            Self::Own(update, _) => &update.read,
        }
    }

    /// The request as people name it.
    pub(super) fn name(&self) -> String {
        self.request().name()
    }

    /// The path of the request.
    pub(super) fn path(&self) -> String {
        self.request().path.to_string()
    }

    /// The method of the request.
    pub(super) fn method(&self) -> &'static str {
        self.request().method
    }

    /// The line of the gate file that asks for it.
    pub(super) fn span(&self) -> &Span {
        &self.request().span
    }

    /// Where the document has it.
    pub(super) fn documented(&self) -> Option<Location> {
        match self {
            Self::Create(resource) => resource.documented.clone(),
            Self::Change(..) | Self::Own(..) => None,
        }
    }

    /// Whether it works on something that is there already.
    pub(super) fn is_update(&self) -> bool {
        !matches!(self, Self::Create(_))
    }
}

impl Run<'_> {
    /// Sends the valid request with these fields added, and looks at the thing afterwards. A login that
    /// ended meanwhile is renewed once.
    pub(super) async fn attempt(
        &mut self,
        target: Target<'_>,
        extras: &[&Candidate],
    ) -> Result<Tried, CheckError> {
        let tried = self.once(target, extras).await?;
        if !matches!(tried, Tried::Refused(401)) {
            return Ok(tried);
        }
        self.actor.renew(&self.sender);
        self.once(target, extras).await
    }

    async fn once(
        &mut self,
        target: Target<'_>,
        extras: &[&Candidate],
    ) -> Result<Tried, CheckError> {
        self.number += 1;
        let mark = self.marks.nth(self.number);
        let purpose = if extras.is_empty() {
            Purpose::Normal
        } else {
            Purpose::Attack
        };
        match target {
            Target::Create(resource) => {
                self.create(target, resource, &mark, (extras, purpose))
                    .await
            }
            Target::Change(resource, template, made) => {
                let mut scope = Resource::scope(self.sender.context, &mark);
                scope.capture(ID, made.id.clone());
                let made = Made {
                    scope,
                    ..made.clone()
                };
                let mut request =
                    self.sender
                        .render(template, &made.scope, self.actor.session, purpose)?;
                if matches!(template.body, BodyTemplate::Empty) {
                    let create = resource.creating(&self.sender, &self.actor, &mark, purpose)?;
                    request.body = create.body;
                }
                let Some(body) = extended(&mut request, extras) else {
                    return Ok(Tried::Unknown("it takes no JSON object".to_owned()));
                };
                if let Some(refused) = self.change(target, request).await? {
                    return Ok(refused);
                }
                self.look(target, resource, made, (body, extras)).await
            }
            Target::Own(update, written) => {
                self.own(target, update, written, (extras, purpose)).await
            }
        }
    }

    async fn create(
        &mut self,
        target: Target<'_>,
        resource: &Resource,
        mark: &str,
        (extras, purpose): (&[&Candidate], Purpose),
    ) -> Result<Tried, CheckError> {
        let mut request = resource.creating(&self.sender, &self.actor, mark, purpose)?;
        let Some(body) = extended(&mut request, extras) else {
            return Ok(Tried::Unknown("it takes no JSON object".to_owned()));
        };
        match resource
            .create(&mut self.sender, &self.actor, mark, request)
            .await?
        {
            Created::Made(made) => self.look(target, resource, *made, (body, extras)).await,
            Created::Refused(response) => self.not_taken(target, &response),
            Created::Unknown(why) => Ok(Tried::Unknown(why)),
        }
    }

    async fn own(
        &mut self,
        target: Target<'_>,
        update: &Update,
        written: &Json,
        (extras, purpose): (&[&Candidate], Purpose),
    ) -> Result<Tried, CheckError> {
        let scope = Resource::scope(self.sender.context, &self.marks.nth(self.number));
        let mut request =
            self.sender
                .render(&update.request, &scope, self.actor.session, purpose)?;
        if matches!(request.body, Body::Empty) {
            request.body = Body::Json(written.to_string().into());
        }
        let Some(body) = extended(&mut request, extras) else {
            return Ok(Tried::Unknown("it takes no JSON object".to_owned()));
        };
        if let Some(refused) = self.change(target, request).await? {
            return Ok(refused);
        }
        self.look_at_own(target, update, (body, extras)).await
    }

    async fn look_at_own(
        &mut self,
        target: Target<'_>,
        update: &Update,
        sent: (Json, &[&Candidate]),
    ) -> Result<Tried, CheckError> {
        let scope = Resource::scope(self.sender.context, &self.marks.nth(self.number));
        let request =
            self.sender
                .render(&update.read, &scope, self.actor.session, Purpose::Normal)?;
        let state = match self.sender.send(request).await? {
            Answer::Response(response) if response.status < 300 => State::of(&response),
            Answer::Response(response) => {
                return Ok(Tried::Unknown(format!(
                    "{} was answered with {}",
                    update.read.name(),
                    response.status
                )));
            }
            other => return Ok(Tried::Unknown(other.missing().unwrap_or_default())),
        };
        Ok(self.taken(target, state, sent, None))
    }

    /// Sends a change; nothing when it was taken.
    async fn change(
        &mut self,
        target: Target<'_>,
        request: Request,
    ) -> Result<Option<Tried>, CheckError> {
        let response = match self.sender.send(request).await? {
            Answer::Response(response) => response,
            other => return Ok(Some(Tried::Unknown(other.missing().unwrap_or_default()))),
        };
        let scope = Resource::scope(self.sender.context, &self.marks.prefix);
        if self.reader.read(&response, &scope)? == Reply::Served {
            return Ok(None);
        }
        self.not_taken(target, &response).map(Some)
    }

    /// What an answer that is no success says: a portal that failed, or wants fewer requests, refused
    /// nothing.
    fn not_taken(&self, target: Target<'_>, response: &Response) -> Result<Tried, CheckError> {
        let scope = Resource::scope(self.sender.context, &self.marks.prefix);
        Ok(match self.reader.read(response, &scope)? {
            Reply::Failed => Tried::Failed(response.status),
            Reply::Limited => Tried::Unknown(format!(
                "{} was answered with {}",
                target.name(),
                response.status
            )),
            _ => Tried::Refused(response.status),
        })
    }

    /// What is there after requests that were not taken: a status alone does not prove that nothing was
    /// stored.
    pub(super) async fn afterwards(
        &mut self,
        target: Target<'_>,
        extras: &[&Candidate],
    ) -> Result<Tried, CheckError> {
        let sent = (Json::Null, extras);
        let tried = match target {
            Target::Create(_) => return Ok(Tried::Unknown("nothing was created".to_owned())),
            Target::Change(resource, _, made) => {
                self.look(target, resource, made.clone(), sent).await?
            }
            Target::Own(update, _) => self.look_at_own(target, update, sent).await?,
        };
        let Tried::Taken(taken) = tried else {
            return Ok(tried);
        };
        let attack = format!(
            "{} as {}: not taken, as its status says",
            target.name(),
            self.actor.name()
        );
        Ok(Tried::Taken(Box::new(Taken { attack, ..*taken })))
    }

    /// Looks at a thing; where its owner has it no more, somebody of the other tenant may.
    async fn look(
        &mut self,
        target: Target<'_>,
        resource: &Resource,
        made: Made,
        (body, extras): (Json, &[&Candidate]),
    ) -> Result<Tried, CheckError> {
        let mut actor = self.actor.clone();
        let reader = self.reader.clone();
        let mut look = resource
            .look_at(&mut self.sender, &mut actor, &reader, &made)
            .await?;
        if matches!(look, Look::Gone(_)) {
            if let Some(taken) = self.moved(target, resource, &made, extras).await? {
                let made = Some(made);
                return Ok(Tried::Taken(Box::new(Taken {
                    body,
                    made,
                    ..taken
                })));
            }
            // Some portals create a little later than they answer.
            if !target.is_update() {
                look = resource
                    .first_look(&mut self.sender, &mut actor, &reader, &made)
                    .await?;
            }
        }
        self.actor = actor;
        Ok(match look {
            Look::There(state) => self.taken(target, *state, (body, extras), Some(made)),
            Look::Unknown(why) => Tried::Unknown(why),
            Look::Gone(how) => {
                Tried::Unknown(format!("{} was {how} afterwards", resource.read.name()))
            }
        })
    }

    /// The thing as somebody of the other tenant sees it, who has to remove it then.
    async fn moved(
        &mut self,
        target: Target<'_>,
        resource: &Resource,
        made: &Made,
        extras: &[&Candidate],
    ) -> Result<Option<Taken>, CheckError> {
        let sends_tenant = extras.iter().any(|one| one.family == Family::Tenant);
        let Some((identity, _)) = self.config.other.clone().filter(|_| sends_tenant) else {
            return Ok(None);
        };
        let mut other = Actor::new(&self.sender, Some(&identity));
        let reader = self.reader.clone();
        let look = resource
            .look_at(&mut self.sender, &mut other, &reader, made)
            .await?;
        let Look::There(state) = look else {
            return Ok(None);
        };
        let ticket = resource.promise(&self.sender, &other, &made.mark, &target.name())?;
        resource.fulfil(&self.sender, ticket, &other, &made.scope)?;
        let after = seen(
            &resource.read.name(),
            Some(&identity),
            &state.response,
            "the thing is there",
        );
        Ok(Some(Taken {
            state: *state,
            made: None,
            body: Json::Null,
            is_moved: true,
            attack: self.attack(target, extras),
            after,
        }))
    }

    fn taken(
        &self,
        target: Target<'_>,
        state: State,
        (body, extras): (Json, &[&Candidate]),
        made: Option<Made>,
    ) -> Tried {
        let who = self.config.identity.as_ref();
        Tried::Taken(Box::new(Taken {
            attack: self.attack(target, extras),
            after: seen(&target.read().name(), who, &state.response, ""),
            is_moved: false,
            state,
            made,
            body,
        }))
    }

    fn attack(&self, target: Target<'_>, extras: &[&Candidate]) -> String {
        let names: Vec<&str> = extras.iter().map(|one| one.name.as_str()).collect();
        format!(
            "{} as {} with {}: taken",
            target.name(),
            self.actor.name(),
            names.join(", ")
        )
    }
}

impl Taken {
    /// The fields that were stored: the thing has the value that was sent, and had another before.
    pub(super) fn stored(&self, before: &State, extras: &[&Candidate]) -> Vec<Stored> {
        let shown = |one: &Candidate| {
            if self.is_moved {
                return (one.family == Family::Tenant).then(|| one.name.clone());
            }
            let own = words(&one.name);
            self.state.leaves().find_map(|(path, value)| {
                let last = path
                    .rsplit('/')
                    .find(|part| part.parse::<usize>().is_err())?;
                let is_stored = words(last) == own
                    && is_same(&one.value, value)
                    && before.value(path) != Some(value);
                is_stored.then(|| last.to_owned())
            })
        };
        let found = extras.iter().filter_map(|one| Some((*one, shown(one)?)));
        let found: Vec<(&Candidate, String)> = found.collect();
        // Where both spellings were sent, the one that the thing shows is told.
        let is_other = |(one, name): &&(&Candidate, String)| {
            one.name != *name && extras.iter().any(|other| other.name == *name)
        };
        let found = found.iter().filter(|one| !is_other(one));
        found
            .map(|(one, _)| Stored {
                candidate: (*one).clone(),
                attack: self.attack.clone(),
                after: if self.is_moved {
                    self.after.clone()
                } else {
                    format!("{}, {} as it was sent", self.after, one.name)
                },
                is_moved: self.is_moved,
            })
            .collect()
    }

    /// The thing afterwards in one line.
    pub(super) fn line(&self) -> &str {
        &self.after
    }
}

/// Adds fields to the body of a request; the body, when it is a JSON object.
fn extended(request: &mut Request, extras: &[&Candidate]) -> Option<Json> {
    let Body::Json(text) = &request.body else {
        return None;
    };
    let valid: Json = serde_json::from_str(text.expose())
        .ok()
        .filter(Json::is_object)?;
    let mut body = valid.clone();
    add(&mut body, extras);
    request.body = Body::Json(body.to_string().into());
    Some(valid)
}
