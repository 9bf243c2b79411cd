//! The removal of everything that was created, wrong or not.

use std::collections::BTreeMap;

use serde_json::Value as Json;
use tidegate_core::check::CheckError;
use tidegate_core::ports::http::Purpose;
use tidegate_core::ports::{Promise, Recover, Ticket};

use super::run::Run;
use super::subject::Subject;
use crate::attack::resource::ids_of;
use crate::flow::Lost;

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
        let found = removal.find.as_ref().map(|(request, _)| request);
        let (keys, mark) = (subject.id_keys(), mark.to_owned());
        let lost = Lost {
            look: found.or(subject.read.as_ref())?.clone(),
            name: subject.removes()?,
            identity: self.context.identity().cloned(),
            scope: self.scope(&mark),
            cause: self.context.cause(&removal.request.span),
            http: self.http.clone(),
            files: self.files.clone(),
            remove: removal.request,
        };
        let place = removal.find.map(|(_, path)| path);
        Some(lost.recover(move |document| match &place {
            Some(path) => path.all(document).into_iter().cloned().collect(),
            None => ids_of(document, &mark, &keys),
        }))
    }
}
