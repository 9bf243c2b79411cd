//! The life of one thing: created with a mark, found, read, and removed in the end.

use std::time::Duration;

use serde_json::Value as Json;
use tidegate_core::check::{CheckError, Context};
use tidegate_core::name::IdentityName;
use tidegate_core::ports::http::{Purpose, Request, Response, SessionId};
use tidegate_core::ports::{Promise, Recover, Ticket};
use tidegate_core::request::{RenderError, RequestTemplate};
use tidegate_core::scope::Scope;

use super::{ID, IdPlace, Resource, State, id_of_made, ids_of, last_segment};
use crate::attack::{Answer, Fallback, Marks, Refusals, Reply, Sender};
use crate::expect::Received;
use crate::flow::{Lost, never_arrived, refuses};

/// How long is waited for a thing that is created later, between one look and the next.
const WAITS: &[u64] = &[100, 200, 400, 800, 1_600, 3_200];

/// Somebody with a session that nobody else uses.
#[derive(Debug, Clone)]
pub(crate) struct Actor {
    /// Who; nobody when absent.
    pub(crate) identity: Option<IdentityName>,
    /// The session.
    pub(crate) session: SessionId,
}

impl Actor {
    /// Somebody who logs in with the first request.
    pub(crate) fn new(sender: &Sender<'_>, identity: Option<&IdentityName>) -> Self {
        Self {
            identity: identity.cloned(),
            session: sender.session(identity),
        }
    }

    /// Logs in anew with the next request, in a session without anything of the old one.
    pub(crate) fn renew(&mut self, sender: &Sender<'_>) {
        sender.http.forget_login(self.session);
        self.session = sender.session(self.identity.as_ref());
    }

    /// Who it is, for people.
    pub(crate) fn name(&self) -> &str {
        self.identity
            .as_ref()
            .map_or("nobody", IdentityName::as_str)
    }
}

/// How answers are read.
#[derive(Debug, Clone)]
pub(crate) struct Reader<'r> {
    /// What the gate file calls a refusal.
    pub(crate) refusals: &'r Refusals,
    /// What the site answers to a path that cannot be there.
    pub(crate) fallback: Option<Fallback>,
}

impl Reader<'_> {
    /// What an answer says.
    ///
    /// # Errors
    /// When the gate file's own description of a refusal names a value that is not known.
    pub(crate) fn read(&self, response: &Response, scope: &Scope) -> Result<Reply, CheckError> {
        Ok(self
            .refusals
            .read(response, self.fallback.as_ref(), scope)?)
    }
}

/// A thing that was created.
#[derive(Clone)]
pub(crate) struct Made {
    /// Its id.
    pub(crate) id: Json,
    /// The text in it that nothing else has.
    pub(crate) mark: String,
    /// The values and the id, for requests that work on it.
    pub(crate) scope: Scope,
}

impl Made {
    /// The id as it stands in a path.
    pub(crate) fn id_text(&self) -> String {
        match &self.id {
            Json::String(text) => text.clone(),
            other => other.to_string(),
        }
    }

    /// The part of the mark that every text made from it has.
    pub(crate) fn needle(&self) -> &str {
        needle(&self.scope.values().run_mark, &self.mark)
    }
}

/// The part of a mark that every text made from it has.
pub(crate) fn needle<'m>(run_mark: &str, mark: &'m str) -> &'m str {
    let own = mark.strip_prefix(run_mark);
    own.map_or(mark, |own| own.trim_start_matches('-'))
}

/// What came of a create.
pub(crate) enum Created {
    /// It is there.
    Made(Box<Made>),
    /// The portal said no, and nothing was created.
    Refused(Box<Response>),
    /// It is not known what was created, and why.
    Unknown(String),
}

/// What a look at a thing shows.
#[derive(Debug, Clone)]
pub(crate) enum Look {
    /// It is there.
    There(Box<State>),
    /// Whoever looks is told that there is no such thing; how.
    Gone(String),
    /// Nothing is known; why.
    Unknown(String),
}

impl Resource {
    /// The values of requests with a mark.
    pub(crate) fn scope(context: &Context, mark: &str) -> Scope {
        let values = Marks::values(context.values(), mark);
        Scope::new(values, context.secrets().clone())
    }

    /// The valid create of somebody, with a mark.
    ///
    /// # Errors
    /// When a value that it names is not known, or a file cannot be read.
    pub(crate) fn creating(
        &self,
        sender: &Sender<'_>,
        actor: &Actor,
        mark: &str,
        purpose: Purpose,
    ) -> Result<Request, RenderError> {
        let scope = Self::scope(sender.context, mark);
        sender.render(&self.create, &scope, actor.session, purpose)
    }

    /// Sends a create; what comes of it is removed in the end.
    ///
    /// # Errors
    /// When the gate file is at fault that there is no answer.
    pub(crate) async fn create(
        &self,
        sender: &mut Sender<'_>,
        actor: &Actor,
        mark: &str,
        request: Request,
    ) -> Result<Created, CheckError> {
        let name = format!("{} as {}", self.create.name(), actor.name());
        let ticket = self.promise(sender, actor, mark, &self.create.name())?;
        let answer = sender.send(request).await?;
        let response = match answer {
            Answer::Response(response) => *response,
            Answer::Silence(error) => {
                let ticket = ticket.filter(|_| never_arrived(&error));
                self.release(sender, ticket)?;
                return Ok(Created::Unknown(format!("{name} got no answer: {error}")));
            }
            Answer::NotSent => {
                self.release(sender, ticket)?;
                return Ok(Created::Unknown(format!("{name} was not sent")));
            }
        };
        if !(200..300).contains(&response.status) {
            self.release(sender, ticket.filter(|_| refuses(response.status)))?;
            return Ok(Created::Refused(Box::new(response)));
        }
        let mut scope = Self::scope(sender.context, mark);
        let id = match self.id_in(&response, needle(&scope.values().run_mark, mark)) {
            Some(id) => Some(id),
            None if response.status == 202 => self.later(sender, actor, mark).await?,
            None => None,
        };
        let Some(id) = id else {
            return Ok(Created::Unknown(self.without_id(&name, &response)));
        };
        scope.capture(ID, id.clone());
        self.fulfil(sender, ticket, actor, &scope)?;
        Ok(Created::Made(Box::new(Made {
            id,
            mark: mark.to_owned(),
            scope,
        })))
    }

    fn without_id(&self, name: &str, response: &Response) -> String {
        let place = match &self.id {
            IdPlace::Declared(capture) => {
                let line = capture.span.location().line;
                format!("at {} (line {line} of the gate file)", capture.source())
            }
            IdPlace::Usual => {
                "under a usual name; say where it is with `id:` in the create".to_owned()
            }
        };
        format!(
            "{name} was answered with {}, and its answer has no id {place}",
            response.status
        )
    }

    /// The id in the answer of a create that has a mark.
    pub(crate) fn id_in(&self, response: &Response, mark: &str) -> Option<Json> {
        let jar = Vec::new;
        let received = Received::new(response, &jar);
        match &self.id {
            IdPlace::Declared(capture) => {
                let value = capture.take(&received)?;
                let is_address = capture.source() == "the header location";
                if is_address {
                    last_segment(response)
                } else {
                    Some(value).filter(|value| value.is_string() || value.is_number())
                }
            }
            IdPlace::Usual => {
                let id = received
                    .json()
                    .and_then(|document| id_of_made(document, mark, &self.id_keys()));
                id.or_else(|| last_segment(response))
            }
        }
    }

    /// The id of what is created after the answer, by its mark in a list.
    async fn later(
        &self,
        sender: &mut Sender<'_>,
        actor: &Actor,
        mark: &str,
    ) -> Result<Option<Json>, CheckError> {
        let Some(look) = self.look() else {
            return Ok(None);
        };
        let scope = Self::scope(sender.context, mark);
        for wait in WAITS {
            pause(sender, *wait).await;
            let request = sender.render(look, &scope, actor.session, Purpose::Normal)?;
            let Some(response) = sender.send(request).await?.response() else {
                return Ok(None);
            };
            let document: Option<Json> = serde_json::from_slice(&response.body).ok();
            let ids = document.map(|document| {
                ids_of(
                    &document,
                    needle(&scope.values().run_mark, mark),
                    &self.id_keys(),
                )
            });
            if let Some(id) = ids.into_iter().flatten().next() {
                return Ok(Some(id));
            }
        }
        Ok(None)
    }

    /// Looks at a thing as somebody; a login that ended meanwhile is renewed once.
    ///
    /// # Errors
    /// When the gate file is at fault that there is no answer.
    pub(crate) async fn look_at(
        &self,
        sender: &mut Sender<'_>,
        actor: &mut Actor,
        reader: &Reader<'_>,
        made: &Made,
    ) -> Result<Look, CheckError> {
        self.look_for(sender, actor, reader, made, Purpose::Normal)
            .await
    }

    /// The same for a reason: whether something is there that should not be is no look of a user.
    ///
    /// # Errors
    /// When the gate file is at fault that there is no answer.
    pub(crate) async fn look_for(
        &self,
        sender: &mut Sender<'_>,
        actor: &mut Actor,
        reader: &Reader<'_>,
        made: &Made,
        purpose: Purpose,
    ) -> Result<Look, CheckError> {
        let mut renewed = false;
        loop {
            let request = sender.render(&self.read, &made.scope, actor.session, purpose)?;
            let name = format!("{} as {}", self.read.name(), actor.name());
            let answer = sender.send(request).await?;
            let response = match answer {
                Answer::Response(response) => *response,
                other => {
                    let why = other.missing().unwrap_or_default();
                    return Ok(Look::Unknown(format!("{name} got no answer: {why}")));
                }
            };
            return Ok(match reader.read(&response, &made.scope)? {
                Reply::Served => Look::There(Box::new(State::of(&response))),
                Reply::Refused(_) if response.status == 401 && !renewed => {
                    renewed = true;
                    actor.renew(sender);
                    continue;
                }
                Reply::Refused(_) if response.status == 401 => {
                    Look::Unknown(format!("{name} was answered with 401"))
                }
                Reply::Refused(refusal) => Look::Gone(refusal.words()),
                Reply::Invalid | Reply::Failed | Reply::Limited => {
                    Look::Unknown(format!("{name} was answered with {}", response.status))
                }
            });
        }
    }

    /// The same right after the create, which some portals carry out a little later.
    ///
    /// # Errors
    /// When the gate file is at fault that there is no answer.
    pub(crate) async fn first_look(
        &self,
        sender: &mut Sender<'_>,
        actor: &mut Actor,
        reader: &Reader<'_>,
        made: &Made,
    ) -> Result<Look, CheckError> {
        let mut look = self.look_at(sender, actor, reader, made).await?;
        for wait in WAITS {
            if !matches!(look, Look::Gone(_)) || sender.stopped.is_some() {
                break;
            }
            pause(sender, *wait).await;
            look = self.look_at(sender, actor, reader, made).await?;
        }
        Ok(look)
    }

    /// Promises to remove what a request of somebody is about to create, where it is known how.
    ///
    /// # Errors
    /// When the kind does not declare the port of cleanup.
    pub(crate) fn promise(
        &self,
        sender: &Sender<'_>,
        actor: &Actor,
        mark: &str,
        created_by: &str,
    ) -> Result<Option<Ticket>, CheckError> {
        let Some(delete) = &self.delete else {
            return Ok(None);
        };
        let cleanup = sender.context.cleanup()?;
        Ok(Some(cleanup.promise(Promise {
            check: sender.context.check().clone(),
            identity: actor.identity.clone(),
            marker: mark.to_owned(),
            created_by: created_by.to_owned(),
            location: delete.span.location(),
            recover: self.recover(sender, actor, mark, delete),
        })))
    }

    /// Says that nothing was created.
    ///
    /// # Errors
    /// When the kind does not declare the port of cleanup.
    pub(crate) fn release(
        &self,
        sender: &Sender<'_>,
        ticket: Option<Ticket>,
    ) -> Result<(), CheckError> {
        if let Some(ticket) = ticket {
            sender.context.cleanup()?.release(ticket);
        }
        Ok(())
    }

    /// Says how to remove what was created; the scope has its id.
    ///
    /// # Errors
    /// When the removing request cannot be made.
    pub(crate) fn fulfil(
        &self,
        sender: &Sender<'_>,
        ticket: Option<Ticket>,
        actor: &Actor,
        scope: &Scope,
    ) -> Result<(), CheckError> {
        if let (Some(ticket), Some(delete)) = (ticket, &self.delete) {
            let request = sender.render(delete, scope, actor.session, Purpose::Cleanup)?;
            sender.context.cleanup()?.fulfil(ticket, request);
        }
        Ok(())
    }

    /// Finds what was created although the answer was lost, by the mark in it.
    fn recover(
        &self,
        sender: &Sender<'_>,
        actor: &Actor,
        mark: &str,
        delete: &RequestTemplate,
    ) -> Option<Recover> {
        let scope = Self::scope(sender.context, mark);
        let own = needle(&scope.values().run_mark, mark).to_owned();
        let keys = self.id_keys();
        let lost = Lost {
            look: self.look()?.clone(),
            remove: delete.clone(),
            name: ID.to_owned(),
            identity: actor.identity.clone(),
            scope,
            cause: sender.context.cause(&delete.span),
            http: sender.http.clone(),
            files: sender.files.clone(),
        };
        Some(lost.recover(move |document| ids_of(document, &own, &keys)))
    }
}

/// Waits so many milliseconds.
async fn pause(sender: &Sender<'_>, milliseconds: u64) {
    let clock = sender.context.clock();
    let until = clock.monotonic() + Duration::from_millis(milliseconds);
    clock.sleep_until(until).await;
}
