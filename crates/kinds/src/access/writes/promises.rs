//! What a write creates is promised to be removed before it is sent.

use tidegate_core::check::CheckError;
use tidegate_core::ports::http::Response;
use tidegate_core::ports::{Promise, Ticket};
use tidegate_core::scope::Scope;

use super::super::matrix::Row;
use super::super::run::Attempt;
use super::Write;
use super::effect::Effect;
use super::sight::{Before, Sight};
use crate::attack::Marks;
use crate::attack::resource::{Actor, ID, Resource, needle};

impl Attempt<'_> {
    /// Promises that what a create makes is removed.
    pub(super) fn promise(
        &self,
        row: &Row<'_>,
        write: &Write<'_>,
        owner: usize,
        scope: &Scope,
    ) -> Result<Option<Ticket>, CheckError> {
        let actor = self.actor(owner);
        let mark = &scope.values().unique;
        match &write.sight {
            Sight::Mark {
                resource: Some(resource),
                ..
            } => resource.promise(&self.sender, &actor, mark, &row.name()),
            // How it is removed is not known, so that a person is told what to look for.
            Sight::Mark { resource: None, .. } => {
                let cleanup = self.sender.context.cleanup()?;
                Ok(Some(cleanup.promise(Promise {
                    check: self.sender.context.check().clone(),
                    identity: actor.identity,
                    marker: mark.clone(),
                    created_by: row.name(),
                    location: row.location.clone(),
                    recover: None,
                })))
            }
            _ => Ok(None),
        }
    }

    /// The same for whoever attacks: what it creates may land where only it sees and removes it.
    pub(super) fn promise_beside(
        &self,
        row: &Row<'_>,
        write: &Write<'_>,
        who: Option<usize>,
        scope: &Scope,
    ) -> Result<Option<Ticket>, CheckError> {
        match who.filter(|_| write.sight.creates().is_some()) {
            Some(who) => self.promise(row, write, who, scope),
            None => Ok(None),
        }
    }

    /// Says that nothing was created.
    pub(super) fn release(&self, ticket: Option<Ticket>) -> Result<(), CheckError> {
        if let Some(ticket) = ticket {
            self.sender.context.cleanup()?.release(ticket);
        }
        Ok(())
    }

    /// Says how to remove what was created, or that nothing was.
    pub(super) fn keep_promise(
        &self,
        write: &Write<'_>,
        owner: usize,
        ticket: Option<Ticket>,
        scope: &Scope,
        response: &Response,
        effect: &Effect,
    ) -> Result<(), CheckError> {
        if *effect == Effect::None {
            return self.release(ticket);
        }
        let Some(resource) = write.sight.creates() else {
            return Ok(());
        };
        let values = scope.values();
        let told = (200..300)
            .contains(&response.status)
            .then(|| resource.id_in(response, needle(&values.run_mark, &values.unique)))
            .flatten();
        let found = match effect {
            Effect::Changed { ids, .. } => ids.first().cloned(),
            _ => None,
        };
        match (told.or(found), effect) {
            (Some(id), _) => {
                let mut scope = scope.clone();
                scope.capture(ID, id);
                resource.fulfil(&self.sender, ticket, &self.actor(owner), &scope)
            }
            // What was created stays promised, and is found by its mark.
            (None, Effect::Changed { .. }) => Ok(()),
            (None, _) if crate::flow::refuses(response.status) => self.release(ticket),
            (None, _) => Ok(()),
        }
    }

    /// Somebody as the shared code of resources has it.
    pub(super) fn actor(&self, who: usize) -> Actor {
        Actor {
            identity: Some(self.people[who].person.name.clone()),
            session: self.people[who].session,
        }
    }

    /// The values of the next request, with a mark of its own and the id of the thing it works on.
    pub(super) fn scope_of(&mut self, before: &Before) -> Scope {
        let mut scope = self.next_scope();
        if let Before::Thing { made, .. } = before {
            scope.capture(ID, made.id.clone());
        }
        scope
    }

    /// The values of the next request, with a mark of its own.
    pub(in super::super) fn next_scope(&mut self) -> Scope {
        let context = self.sender.context;
        let marks = Marks::new(context.values(), "access");
        self.marked += 1;
        Resource::scope(context, &marks.nth(self.marked))
    }
}
