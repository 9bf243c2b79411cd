//! Puts back what a change of something that is there did.

use serde_json::{Map, Value as Json};
use tidegate_core::check::CheckError;
use tidegate_core::ports::http::{Body, Purpose, Request};
use tidegate_core::ports::{Promise, Recover, Ticket};

use super::candidate::Candidate;
use super::config::Update;
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
            None => self.with_body(update, &old_values(body, before))?,
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
        let names: Map<String, Json> = candidates
            .iter()
            .map(|one| (one.name.clone(), one.value.clone()))
            .collect();
        let request = self.with_body(update, &old_values(&Json::Object(names), before))?;
        let recover: Recover = Box::new(move || Box::pin(async move { Ok(vec![request]) }));
        self.promise(update, Some(recover))
    }

    /// Keeps that promise for the fields that were stored.
    pub(super) fn put_back(
        &self,
        update: &Update,
        ticket: Ticket,
        stored: &[&Candidate],
        before: &Map<String, Json>,
    ) -> Result<(), CheckError> {
        let cleanup = self.sender.context.cleanup()?;
        if stored.is_empty() {
            cleanup.release(ticket);
            return Ok(());
        }
        let values = stored.iter().map(|one| {
            let nothing = if one.value.is_boolean() {
                Json::Bool(false)
            } else {
                Json::Null
            };
            (
                one.name.clone(),
                before.get(&one.name).cloned().unwrap_or(nothing),
            )
        });
        let values = Json::Object(values.collect());
        cleanup.fulfil(ticket, self.with_body(update, &values)?);
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

    fn with_body(&self, update: &Update, body: &Json) -> Result<Request, CheckError> {
        let scope = Resource::scope(self.sender.context, &self.marks.prefix);
        let mut request = self.sender.render(
            &update.request,
            &scope,
            self.actor.session,
            Purpose::Cleanup,
        )?;
        request.body = Body::Json(body.to_string().into());
        Ok(request)
    }
}

/// The values from before of the fields that a body has, as far as they are known.
pub(super) fn old_values(body: &Json, before: &Map<String, Json>) -> Json {
    let names = body.as_object().into_iter().flat_map(Map::keys);
    let known = names.filter_map(|name| {
        let value = before.get(name).filter(|value| !is_masked(value))?;
        Some((name.clone(), value.clone()))
    });
    Json::Object(known.collect())
}
