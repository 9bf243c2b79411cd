//! The removal of everything that was created, wrong or not.

use std::collections::BTreeMap;

use serde_json::Value as Json;
use tidegate_core::check::CheckError;
use tidegate_core::ports::http::{Purpose, Request, Sharing};
use tidegate_core::ports::{Promise, Recover, Ticket};
use tidegate_core::scope::Scope;

use super::run::Run;
use super::subject::Subject;
use crate::attack::resource::ids_of;

impl Run<'_> {
    /// Promises to remove what a request is about to create, where it is known how.
    pub(super) fn promise(&self, subject: &Subject, mark: &str) -> Option<Ticket> {
        let removal = subject.removal.as_ref()?;
        Some(self.cleanup.promise(Promise {
            check: self.context.check().clone(),
            identity: self.context.identity().cloned(),
            marker: mark.to_owned(),
            created_by: subject.name.clone(),
            location: removal.request.span.location(),
            recover: self.recover(subject, mark),
        }))
    }

    /// Says that nothing was created.
    pub(super) fn release(&self, ticket: Option<Ticket>) {
        if let Some(ticket) = ticket {
            self.cleanup.release(ticket);
        }
    }

    /// Says how to remove what was created; the promise stays open when that is not known.
    pub(super) fn fulfil(
        &self,
        subject: &Subject,
        ticket: Option<Ticket>,
        mark: &str,
        known: &BTreeMap<String, Json>,
    ) -> Result<(), CheckError> {
        let (Some(ticket), Some(removal)) = (ticket, &subject.removal) else {
            return Ok(());
        };
        if subject
            .removes()
            .is_some_and(|name| !known.contains_key(&name))
        {
            return Ok(());
        }
        let mut scope = self.scope(mark);
        for (name, value) in known {
            scope.capture(name.clone(), value.clone());
        }
        let mut request = self.render(&removal.request, &scope)?;
        request.purpose = Purpose::Cleanup;
        self.cleanup.fulfil(ticket, request);
        Ok(())
    }

    /// Finds what was created although the answer was lost, by the mark in it.
    fn recover(&self, subject: &Subject, mark: &str) -> Option<Recover> {
        let removal = subject.removal.clone()?;
        let name = subject.removes()?;
        let found = removal.find.as_ref().map(|(request, _)| request);
        let look = found.or(subject.read.as_ref())?.clone();
        let (keys, mark) = (subject.id_keys(), mark.to_owned());
        let mut scope = self.scope(&mark);
        let (http, files) = (self.http.clone(), self.files.clone());
        let identity = self.context.identity().cloned();
        let cause = self.context.cause(&removal.request.span);
        Some(Box::new(move || {
            Box::pin(async move {
                let mut request = look
                    .render(&scope, &*files, cause.clone())
                    .map_err(|error| error.to_string())?;
                request.purpose = Purpose::Cleanup;
                request.session = Some(http.open_session(identity.as_ref(), Sharing::Fresh));
                let response = http
                    .send(request)
                    .await
                    .map_err(|error| error.to_string())?;
                if response.status >= 400 {
                    return Err(format!("{} answered {}", look.name(), response.status));
                }
                let document: Json = serde_json::from_slice(&response.body)
                    .map_err(|_| format!("{} did not answer with JSON", look.name()))?;
                let ids = match &removal.find {
                    Some((_, path)) => path.all(&document).into_iter().cloned().collect(),
                    None => ids_of(&document, &mark, &keys),
                };
                let mut remove = |id| -> Result<Request, String> {
                    scope.capture(name.clone(), id);
                    removing(&removal.request, &scope, &*files, cause.clone())
                };
                ids.into_iter().map(&mut remove).collect()
            })
        }))
    }
}

fn removing(
    template: &tidegate_core::request::RequestTemplate,
    scope: &Scope,
    files: &dyn tidegate_core::ports::Files,
    cause: tidegate_core::ports::http::Cause,
) -> Result<Request, String> {
    let mut request = template
        .render(scope, files, cause)
        .map_err(|error| error.to_string())?;
    request.purpose = Purpose::Cleanup;
    Ok(request)
}
