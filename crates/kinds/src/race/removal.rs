//! Removing what a race creates: promised before the first request is sent, and by then found by its
//! mark; by its ids once they are known.

use serde_json::Value as Json;
use tidegate_core::check::CheckError;
use tidegate_core::ports::http::{Purpose, Request};
use tidegate_core::ports::{Promise, Recover, Ticket};
use tidegate_core::request::RequestTemplate;

use super::config::ID;
use super::judge::plain;
use super::mode::Measure;
use super::read_back::{MOST_IDS, ids_in};
use super::run::{Attempt, Stage};
use crate::flow::Lost;

/// The promise for what the requests of one stage create.
pub(super) struct Pledged {
    ticket: Ticket,
    /// Whether the removing request is known already, because it names no id.
    whole: bool,
}

impl Attempt<'_> {
    /// Promises to remove what the requests of a stage will have created; nothing where the gate file
    /// does not say how.
    ///
    /// # Errors
    /// When the removing request cannot be made.
    pub(super) fn pledge(&self, stage: &Stage) -> Result<Option<Pledged>, CheckError> {
        let Some(cleanup) = &self.config.cleanup else {
            return Ok(None);
        };
        let whole = !self.config.removes_by_id();
        let recover = (!whole).then(|| self.recover(stage, cleanup)).flatten();
        let ticket = self.cleanup.promise(self.promise(stage, recover));
        if whole {
            let request = self.removal(stage, cleanup, None)?;
            self.cleanup.fulfil(ticket, request);
        }
        Ok(Some(Pledged { ticket, whole }))
    }

    /// Says that nothing arrived.
    pub(super) fn give_back(&self, pledged: Option<Pledged>) {
        if let Some(pledged) = pledged {
            self.cleanup.release(pledged.ticket);
        }
    }

    /// Promises the removal of each thing that is known. The first promise stays open where more may
    /// have been created than is known, so that the rest is looked for in the end.
    ///
    /// # Errors
    /// When a removing request cannot be made.
    pub(super) fn settle(
        &self,
        stage: &Stage,
        pledged: Option<Pledged>,
        mut ids: Vec<Json>,
        complete: bool,
    ) -> Result<(), CheckError> {
        let (Some(pledged), Some(cleanup)) = (pledged, &self.config.cleanup) else {
            return Ok(());
        };
        if pledged.whole {
            return Ok(());
        }
        let mut known: Vec<String> = Vec::new();
        ids.retain(|id| {
            let text = plain(id);
            let new = !known.contains(&text);
            known.push(text);
            new
        });
        let complete = complete && ids.len() <= MOST_IDS;
        for id in ids.into_iter().take(MOST_IDS) {
            let request = self.removal(stage, cleanup, Some(id))?;
            let ticket = self.cleanup.promise(self.promise(stage, None));
            self.cleanup.fulfil(ticket, request);
        }
        if complete {
            self.cleanup.release(pledged.ticket);
        }
        Ok(())
    }

    fn removal(
        &self,
        stage: &Stage,
        cleanup: &RequestTemplate,
        id: Option<Json>,
    ) -> Result<Request, CheckError> {
        let mut scope = stage.scope.clone();
        if let Some(id) = id {
            scope.capture(ID, id);
        }
        let cause = self.context.cause(&cleanup.span);
        let mut request = cleanup.render(&scope, &*self.files, cause)?;
        request.purpose = Purpose::Cleanup;
        request.session = Some(stage.session);
        Ok(request)
    }

    fn promise(&self, stage: &Stage, recover: Option<Recover>) -> Promise {
        Promise {
            check: self.context.check().clone(),
            identity: self.config.identity.clone(),
            marker: stage.marker.clone(),
            created_by: self.config.send.name(),
            location: self.config.send.span.location(),
            recover,
        }
    }

    /// Looks in the end for what has the mark of the stage, and removes it.
    fn recover(&self, stage: &Stage, cleanup: &RequestTemplate) -> Option<Recover> {
        let watch = self.config.watch.clone();
        if !matches!(watch.measure, Measure::Entries(_)) {
            return None;
        }
        let mark = stage.mark.clone();
        let lost = Lost {
            look: watch.look.clone(),
            remove: cleanup.clone(),
            name: ID.into(),
            identity: self.config.identity.clone(),
            scope: stage.scope.clone(),
            cause: self.context.cause(&cleanup.span),
            http: self.http.clone(),
            files: self.files.clone(),
        };
        Some(lost.recover(move |document| ids_in(&watch, document, mark.as_deref())))
    }
}
