//! The removal of what a check creates.

use serde::{Deserialize, Serialize};

use super::BoxFuture;
use super::http::Request;
use crate::name::{CheckId, IdentityName};
use crate::span::Location;

/// Keeps the promise that what a check creates is removed.
///
/// A check promises before it sends the create, fulfils the promise with the removing request once
/// it knows what to remove, and releases it when nothing was created. The runner carries the
/// requests out after the check, last in first out, with fresh sessions.
pub trait Cleanup: Send + Sync {
    /// Registers, and journals, that something marked is about to be created.
    fn promise(&self, promise: Promise) -> Ticket;

    /// Says which request removes it; its session is replaced by a fresh one of the same identity.
    fn fulfil(&self, ticket: Ticket, request: Request);

    /// Says that nothing was created.
    fn release(&self, ticket: Ticket);
}

/// A promise that was registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Ticket(
    /// A number without a meaning.
    pub u64,
);

/// Finds what was created although the answer was lost: the removing requests, none when nothing was.
pub type Recover = Box<dyn FnOnce() -> BoxFuture<'static, Result<Vec<Request>, String>> + Send>;

/// What is about to be created.
pub struct Promise {
    /// The check that creates it.
    pub check: CheckId,
    /// Who creates it, and removes it.
    pub identity: Option<IdentityName>,
    /// What a person would look for: the text in it that no other run has.
    pub marker: String,
    /// The creating request, as in `POST /api/records`.
    pub created_by: String,
    /// The line of the gate file that creates it.
    pub location: Location,
    /// How to find it when the answer is lost; absent when only the marker can help.
    pub recover: Option<Recover>,
}

/// Something a run created and did not remove.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leftover {
    /// The check that created it.
    pub check: CheckId,
    /// Who created it.
    pub identity: Option<IdentityName>,
    /// The text in it that no other run has.
    pub marker: String,
    /// The creating request.
    pub created_by: String,
    /// The removing request as far as it is known, as in `DELETE /api/records/17`.
    pub remove_with: Option<String>,
    /// Why it is still there.
    pub reason: String,
    /// The line of the gate file that created it.
    pub location: Location,
}
