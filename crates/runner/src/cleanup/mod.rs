//! Keeps the promise that what a run creates is removed.

mod journal;
mod removal;

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tidegate_core::name::CheckId;
use tidegate_core::ports::http::Request;
use tidegate_core::ports::{Cleanup, Leftover, Promise, Secrets, Ticket};

use journal::{Journal, StoredRequest};
pub(crate) use journal::{Lost, Pending, Site, lost_journals};
pub(crate) use removal::{FreshSessions, Remover};

/// What is promised, and what became of it.
///
/// The lock is held while a promise is journaled, so that the journal has the order of the tickets.
pub(crate) struct Ledger {
    secrets: Arc<dyn Secrets>,
    inner: Mutex<Inner>,
}

struct Inner {
    next: u64,
    open: Vec<Pledge>,
    leftovers: Vec<Leftover>,
    journal: Journal,
}

/// A promise that is neither kept nor released.
struct Pledge {
    ticket: Ticket,
    promise: Promise,
    remove_with: Option<Request>,
}

impl Ledger {
    /// An empty ledger that is journaled under `state`.
    pub(crate) fn new(state: &Path, site: Site, secrets: Arc<dyn Secrets>) -> Self {
        Self {
            secrets,
            inner: Mutex::new(Inner {
                next: 0,
                open: Vec::new(),
                leftovers: Vec::new(),
                journal: Journal::new(state, site),
            }),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Removes what a check created, last in first out, and remembers what stays.
    pub(crate) async fn remove_all_of(&self, check: &CheckId, remover: &Remover) {
        let sessions = remover.fresh_sessions();
        while let Some(pledge) = self.take_last(check) {
            let ticket = pledge.ticket;
            match remover.keep(pledge, &sessions, &*self.secrets).await {
                Ok(()) => self.lock().journal.ended(ticket),
                Err(leftover) => self.lock().leftovers.push(*leftover),
            }
        }
    }

    fn take_last(&self, check: &CheckId) -> Option<Pledge> {
        let open = &mut self.lock().open;
        let last = open
            .iter()
            .rposition(|pledge| pledge.promise.check == *check)?;
        Some(open.remove(last))
    }

    /// Ends the journal: what was left behind, and why nothing could be journaled if so.
    pub(crate) fn close(&self) -> (Vec<Leftover>, Option<String>) {
        let mut inner = self.lock();
        let fault = inner.journal.close();
        (std::mem::take(&mut inner.leftovers), fault)
    }
}

impl Cleanup for Ledger {
    fn promise(&self, promise: Promise) -> Ticket {
        let mut inner = self.lock();
        inner.next += 1;
        let ticket = Ticket(inner.next);
        inner
            .journal
            .promised(ticket, &promise, &|text| self.secrets.redact(text));
        inner.open.push(Pledge {
            ticket,
            promise,
            remove_with: None,
        });
        ticket
    }

    fn fulfil(&self, ticket: Ticket, request: Request) {
        let mut inner = self.lock();
        let stored = StoredRequest::of(&request, &|text| self.secrets.redact(text));
        inner.journal.fulfilled(ticket, &stored);
        if let Some(pledge) = inner.open.iter_mut().find(|one| one.ticket == ticket) {
            pledge.remove_with = Some(request);
        }
    }

    fn release(&self, ticket: Ticket) {
        let mut inner = self.lock();
        inner.open.retain(|pledge| pledge.ticket != ticket);
        inner.journal.ended(ticket);
    }
}

impl Pledge {
    /// The pledge as something that stays behind.
    fn leftover(&self, reason: impl Into<String>, secrets: &dyn Secrets) -> Box<Leftover> {
        let remove_with = self
            .remove_with
            .as_ref()
            .map(|request| StoredRequest::of(request, &|text| secrets.redact(text)).name());
        let mut leftover = Box::new(Leftover {
            check: self.promise.check.clone(),
            identity: self.promise.identity.clone(),
            marker: self.promise.marker.clone(),
            created_by: self.promise.created_by.clone(),
            remove_with,
            reason: reason.into(),
            location: self.promise.location.clone(),
        });
        crate::redaction::Redaction(secrets).leftover(&mut leftover);
        leftover
    }
}
