//! What a write creates is promised to be removed before it is sent.

use tidegate_core::check::CheckError;
use tidegate_core::ports::Ticket;
use tidegate_core::ports::http::Response;
use tidegate_core::scope::Scope;

use super::super::matrix::Row;
use super::super::run::Attempt;
use super::Write;
use super::sight::{Before, Effect, Sight};
use crate::attack::Marks;
use crate::attack::resource::{Actor, ID, Resource};

impl Attempt<'_> {
    /// Promises that what a create makes is removed.
    pub(super) fn promise(
        &self,
        row: &Row<'_>,
        write: &Write<'_>,
        owner: usize,
        scope: &Scope,
    ) -> Result<Option<Ticket>, CheckError> {
        match &write.sight {
            Sight::Mark {
                resource: Some(resource),
                ..
            } => {
                let actor = self.actor(owner);
                resource.promise(&self.sender, &actor, &scope.values().unique, &row.name())
            }
            _ => Ok(None),
        }
    }

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
        let Sight::Mark {
            resource: Some(resource),
            ..
        } = &write.sight
        else {
            return Ok(());
        };
        let told = (200..300)
            .contains(&response.status)
            .then(|| resource.id_in(response))
            .flatten();
        let found = match effect {
            Effect::Changed(ids) => ids.first().cloned(),
            _ => None,
        };
        match (told.or(found), effect) {
            (Some(id), _) => {
                let mut scope = scope.clone();
                scope.capture(ID, id);
                resource.fulfil(&self.sender, ticket, &self.actor(owner), &scope)
            }
            // What was created stays promised, and is found by its mark.
            (None, Effect::Changed(_)) => Ok(()),
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
