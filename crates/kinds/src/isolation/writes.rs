//! Attempts to change and to delete the owner's things.

use tidegate_core::check::CheckError;
use tidegate_core::ports::http::{Request, Response};
use tidegate_core::request::RequestTemplate;

use super::aftermath::Became;
use super::codes::Failure;
use super::coverage::Verb;
use super::trace::Canary;
use super::trial::{Trial, Tried};
use crate::attack::resource::{ID, Resource, State};
use crate::attack::{Reply, Story, seen};

/// What a write left.
pub(super) enum Left {
    /// The owner's thing as it was.
    Same(Canary),
    /// The owner's thing, changed.
    Changed(Canary),
    /// Nothing that the owner can see.
    Gone,
}

impl Left {
    /// The owner's thing, when there is one.
    pub(super) fn canary(self) -> Option<Canary> {
        match self {
            Self::Same(canary) | Self::Changed(canary) => Some(canary),
            Self::Gone => None,
        }
    }
}

/// A write that is tried.
pub(super) struct Write<'w> {
    /// What reports call it.
    pub(super) name: String,
    /// The mark in it.
    pub(super) mark: String,
    /// The request.
    pub(super) request: Request,
    /// What is tried.
    pub(super) verb: Verb,
    /// The template, for the control: the attacker's own thing is changed with it.
    pub(super) control: Option<&'w RequestTemplate>,
}

impl Trial<'_, '_> {
    /// Tries every update, and every write below the thing.
    ///
    /// # Errors
    /// When the gate file is at fault that it cannot be tried.
    pub(super) async fn writes(&mut self, canary: Canary) -> Result<Option<Canary>, CheckError> {
        let updates = self.resource.update.iter().map(|one| (Verb::Change, one));
        let nested = self.resource.nested.iter().filter(|one| one.writes());
        let nested = nested.map(|one| (Verb::Nested, one));
        let all: Vec<(Verb, &RequestTemplate)> = updates.chain(nested).collect();
        let mut canary = Some(canary);
        for (verb, template) in all {
            if self.skips(template.method, template) || self.sender.stopped.is_some() {
                continue;
            }
            let current = match canary.take() {
                Some(current) => current,
                None => match self.plant().await? {
                    Some(current) => current,
                    None => return Ok(None),
                },
            };
            let mark = self.mark();
            let mut scope = Resource::scope(self.sender.context, &mark);
            scope.capture(ID, current.made.id.clone());
            let write = Write {
                name: template.name(),
                request: self.attacking(template, &scope)?,
                mark,
                verb,
                control: Some(template),
            };
            canary = self.write(&write, current).await?.canary();
        }
        match canary {
            Some(canary) => Ok(Some(canary)),
            None => self.plant().await,
        }
    }

    /// Sends one write of the attacker and looks at what it left.
    ///
    /// # Errors
    /// When the gate file is at fault that it cannot be tried.
    pub(super) async fn write(
        &mut self,
        write: &Write<'_>,
        canary: Canary,
    ) -> Result<Left, CheckError> {
        let (resource, attacker) = (self.resource, self.attacker.clone());
        let ticket = resource.promise(self.sender, &attacker, &write.mark, &write.name)?;
        let (response, reply) = match self.attack(&write.request).await? {
            Tried::Answered(response, reply) => (*response, reply),
            Tried::NotProven(why) => {
                // What was lost on the way may have been done: then the open promise finds it.
                let ticket = ticket.filter(|_| !self.is_lost);
                resource.release(self.sender, ticket)?;
                self.not_proven(write.verb, why);
                return Ok(Left::Same(canary));
            }
        };
        let became = self.became(&canary).await?;
        let became = self.confirmed(write, &canary, became).await?;
        self.settle(ticket, &write.mark, &response, &reply, &canary)
            .await?;
        if let Some(remark) = canary.shown_in(&response) {
            let story = Story {
                before: self.before(&canary),
                attack: self.told(&write.name, &response, remark),
                after: String::new(),
            };
            self.leak(write.verb, Failure::Read, None, &write.name, story);
        }
        match became {
            Became::Same => {
                self.write_held(write, &reply).await?;
                Ok(Left::Same(canary))
            }
            Became::Unknown(why) => {
                self.not_proven(write.verb, why);
                Ok(Left::Same(canary))
            }
            Became::Changed(what, state) => {
                if state.is_none() && write.verb != Verb::Delete {
                    self.promise_taken(&canary, &write.name)?;
                }
                Ok(self.write_leak(write, canary, &response, &reply, &what, state))
            }
        }
    }

    /// A change that does not show what was sent may be somebody else's: it must come again with the same
    /// write.
    async fn confirmed(
        &mut self,
        write: &Write<'_>,
        canary: &Canary,
        became: Became,
    ) -> Result<Became, CheckError> {
        let Became::Changed(what, Some(state)) = became else {
            return Ok(became);
        };
        if self.is_by(&write.request, &write.mark, canary, &state) {
            return Ok(Became::Changed(what, Some(state)));
        }
        let changed = Canary::new(canary.made.clone(), *state);
        if let Tried::NotProven(why) = self.attack(&write.request).await? {
            return Ok(Became::Unknown(why));
        }
        Ok(match self.became(&changed).await? {
            Became::Same => Became::Unknown(format!(
                "The {} of {} changed by itself while {} was tried.",
                self.resource.name,
                self.owner.name(),
                write.name
            )),
            other => other,
        })
    }

    /// A write that changed nothing proves something when the same write works on the attacker's own.
    async fn write_held(&mut self, write: &Write<'_>, reply: &Reply) -> Result<(), CheckError> {
        let (Some(template), Some(own)) = (write.control, self.own.clone()) else {
            self.held(write.verb);
            return Ok(());
        };
        if *reply == Reply::Served {
            // It was taken and went somewhere else, which only a write that works can do.
            self.held(write.verb);
            return Ok(());
        }
        let request = self.attacking(template, &own.made.scope)?;
        match self.attack(&request).await? {
            Tried::Answered(_, Reply::Served) => self.held(write.verb),
            Tried::Answered(response, _) => {
                let why = format!(
                    "That {} does not change foreign {} proves nothing: {} cannot use it on its own either ({}).",
                    write.name,
                    self.resource.name,
                    self.attacker.name(),
                    response.status
                );
                self.not_proven(write.verb, why);
            }
            Tried::NotProven(why) => self.not_proven(write.verb, why),
        }
        Ok(())
    }

    /// What its owner cannot see any more may be the attacker's now, who must remove it then.
    fn promise_taken(&mut self, canary: &Canary, name: &str) -> Result<(), CheckError> {
        let (resource, attacker) = (self.resource, self.attacker.clone());
        let made = &canary.made;
        let ticket = resource.promise(self.sender, &attacker, &made.mark, name)?;
        resource.fulfil(self.sender, ticket, &attacker, &made.scope)
    }

    fn write_leak(
        &mut self,
        write: &Write<'_>,
        canary: Canary,
        response: &Response,
        reply: &Reply,
        what: &str,
        state: Option<Box<State>>,
    ) -> Left {
        let name = self.resource.read.name();
        let after = match &state {
            Some(state) => seen(&name, self.owner.identity.as_ref(), &state.response, what),
            None => format!("{name} as {}: {what}", self.owner.name()),
        };
        let story = Story {
            before: self.before(&canary),
            attack: self.told(&write.name, response, ""),
            after,
        };
        let failure = match (write.verb, reply) {
            (Verb::Delete, _) => Failure::Delete,
            (_, Reply::Served) => Failure::Write,
            _ => Failure::WriteByRefused,
        };
        self.leak(write.verb, failure, None, &write.name, story);
        match state {
            Some(state) => {
                // What the attacker wrote may have replaced the canary.
                let is_marked = super::trace::has(&state.response, canary.made.needle());
                Left::Changed(Canary {
                    made: canary.made,
                    state: *state,
                    is_marked,
                })
            }
            None => Left::Gone,
        }
    }

    /// Tries to delete the thing, after everything else.
    ///
    /// # Errors
    /// When the gate file is at fault that it cannot be tried.
    pub(super) async fn delete(&mut self, canary: &Canary) -> Result<(), CheckError> {
        let Some(delete) = &self.resource.delete else {
            return Ok(());
        };
        if self.skips(delete.method, delete) || self.sender.stopped.is_some() {
            return Ok(());
        }
        let write = Write {
            name: delete.name(),
            mark: self.mark(),
            request: self.attacking(delete, &canary.made.scope)?,
            verb: Verb::Delete,
            control: Some(delete),
        };
        self.write(&write, canary.clone()).await?;
        Ok(())
    }
}
