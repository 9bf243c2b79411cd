//! Puts back what a change of something that is there did.

use serde_json::{Map, Value as Json};
use tidegate_core::check::CheckError;
use tidegate_core::ports::http::{Body, Purpose, Request};
use tidegate_core::ports::{Promise, Recover, Ticket};

use super::candidate::Candidate;
use super::config::Update;
use super::explore::Explored;
use super::run::Run;
use crate::attack::resource::{Resource, is_masked};

impl Run<'_> {
    /// Promises to put back the fields that the valid change sets, before it is sent.
    pub(super) fn promise_back(
        &self,
        update: &Update,
        body: &Json,
        before: &Map<String, Json>,
    ) -> Result<(), CheckError> {
        let request = match &update.restore {
            Some(restore) => {
                let scope = Resource::scope(self.sender.context, &self.marks.prefix);
                self.sender
                    .render(restore, &scope, self.actor.session, Purpose::Cleanup)?
            }
            None => self.with_body(update, &old_values(names(body), before))?,
        };
        let ticket = self.promise(update, None)?;
        self.sender.context.cleanup()?.fulfil(ticket, request);
        Ok(())
    }

    /// Promises to put back the fields that are about to be tried.
    pub(super) fn promise_fields(
        &self,
        update: &Update,
        candidates: &[Candidate],
        before: &Map<String, Json>,
    ) -> Result<Ticket, CheckError> {
        let request = self.with_body(update, &old_values(names_of(candidates), before))?;
        let recover: Recover = Box::new(move || Box::pin(async move { Ok(vec![request]) }));
        self.promise(update, Some(recover))
    }

    /// Keeps that promise for the fields that were stored, and for all of them where that is not known.
    pub(super) fn put_back(
        &self,
        update: &Update,
        ticket: Ticket,
        (candidates, explored): (&[Candidate], &Explored),
        before: &Map<String, Json>,
    ) -> Result<(), CheckError> {
        let cleanup = self.sender.context.cleanup()?;
        let mut old = if explored.is_sure {
            Map::new()
        } else {
            old_values(names_of(candidates), before)
        };
        for one in explored.stored.iter().map(|stored| &stored.candidate) {
            let nothing = if one.value.is_boolean() {
                Json::Bool(false)
            } else {
                Json::Null
            };
            let value = before.get(&one.name).cloned();
            old.insert(one.name.clone(), value.unwrap_or(nothing));
        }
        if old.is_empty() {
            cleanup.release(ticket);
        } else {
            cleanup.fulfil(ticket, self.with_body(update, &old)?);
        }
        Ok(())
    }

    fn promise(&self, update: &Update, recover: Option<Recover>) -> Result<Ticket, CheckError> {
        Ok(self.sender.context.cleanup()?.promise(Promise {
            check: self.sender.context.check().clone(),
            identity: self.config.identity.clone(),
            marker: self.marks.prefix.clone(),
            created_by: update.request.name(),
            location: update.request.span.location(),
            recover,
        }))
    }

    fn with_body(&self, update: &Update, body: &Map<String, Json>) -> Result<Request, CheckError> {
        let scope = Resource::scope(self.sender.context, &self.marks.prefix);
        let mut request = self.sender.render(
            &update.request,
            &scope,
            self.actor.session,
            Purpose::Cleanup,
        )?;
        request.body = Body::Json(Json::Object(body.clone()).to_string().into());
        Ok(request)
    }
}

fn names_of(candidates: &[Candidate]) -> impl Iterator<Item = &String> {
    candidates.iter().map(|one| &one.name)
}

/// The names of the fields that a body has.
pub(super) fn names(body: &Json) -> impl Iterator<Item = &String> {
    body.as_object().into_iter().flat_map(Map::keys)
}

/// The values from before of fields, as far as they are known.
pub(super) fn old_values<'n>(
    names: impl Iterator<Item = &'n String>,
    before: &Map<String, Json>,
) -> Map<String, Json> {
    let known = names.filter_map(|name| {
        let value = before.get(name).filter(|value| !is_masked(value))?;
        Some((name.clone(), value.clone()))
    });
    known.collect()
}
