//! How what a write changed is put back.

use serde_json::Value as Json;
use tidegate_core::check::CheckError;
use tidegate_core::ports::http::{Body, Purpose, Request};
use tidegate_core::ports::{Promise, Ticket};

use super::super::matrix::Row;
use super::super::run::Attempt;
use super::Write;
use super::effect::is_marked;
use super::sight::{Before, Sight};
use crate::attack::resource::{State, is_masked};
use crate::attack::{Refusal, Reply};

/// How what was there before is put back, which is promised.
pub(super) struct Restore {
    request: Request,
    /// The promise.
    pub(super) ticket: Ticket,
}

impl<'a> Attempt<'a> {
    /// Promises that what the gate file names is put back, whatever happens; gives the request.
    pub(super) fn promise_restore(
        &self,
        row: &Row<'a>,
        write: &Write<'_>,
        owner: usize,
        before: &Before,
    ) -> Result<Option<Restore>, CheckError> {
        let Before::State { state, .. } = before else {
            return Ok(None);
        };
        let context = self.sender.context;
        let session = self.people[owner].session;
        let detail = row.entry.and_then(|entry| entry.detail.as_ref());
        let declared = detail.and_then(|detail| detail.restore.as_ref());
        let request = match declared {
            Some(restore) => {
                Some(
                    self.sender
                        .render(restore, &self.scope, session, Purpose::Cleanup)?,
                )
            }
            None => {
                let own =
                    self.sender
                        .render(&write.request, &self.scope, session, Purpose::Cleanup)?;
                as_before(&own, state).map(|body| Request { body, ..own })
            }
        };
        let Some(request) = request else {
            return Ok(None);
        };
        let cleanup = context.cleanup()?;
        let ticket = cleanup.promise(Promise {
            check: context.check().clone(),
            identity: Some(self.people[owner].person.name.clone()),
            marker: format!("what {} changed", row.name()),
            created_by: row.name(),
            location: row.location.clone(),
            recover: None,
        });
        cleanup.fulfil(ticket, request.clone());
        Ok(Some(Restore { request, ticket }))
    }

    /// Puts back at once what the last write changed; what does not work is done in the end.
    pub(super) async fn restore(
        &mut self,
        owner: usize,
        restore: &Restore,
    ) -> Result<bool, CheckError> {
        let session = Some(self.people[owner].session);
        let request = Request {
            session,
            ..restore.request.clone()
        };
        let answer = self.ask(Some(owner), request).await?;
        Ok(matches!(
            answer,
            Ok((_, Reply::Served | Reply::Refused(Refusal::Elsewhere)))
        ))
    }

    /// Puts back what an attack changed, so that the next one can be seen; whether that worked.
    pub(super) async fn put_back(
        &mut self,
        row: &Row<'a>,
        write: &Write<'_>,
        owner: usize,
        before: &mut Before,
        restore: Option<&Restore>,
    ) -> Result<bool, CheckError> {
        match (&write.sight, restore) {
            (Sight::Mark { .. } | Sight::Nothing, _) => Ok(true),
            (Sight::Thing(resource), _) => {
                if write.request.method != "DELETE" {
                    return Ok(true);
                }
                let again = self.make(row, owner, resource).await?;
                let is_made = again.is_ok();
                if let Ok(again) = again {
                    *before = again;
                }
                Ok(is_made)
            }
            (Sight::State(_), None) => Ok(is_marked(&write.request)),
            (Sight::State(_), Some(restore)) => {
                self.restore(owner, restore).await?;
                let again = self.look_before(row, owner, &write.sight).await?;
                let is_seen = again.is_ok();
                if let Ok(again) = again {
                    *before = again;
                }
                Ok(is_seen)
            }
        }
    }
}

/// The body that puts back what is sent: its keys with the values that were there before.
fn as_before(sent: &Request, state: &State) -> Option<Body> {
    let Body::Json(body) = &sent.body else {
        return None;
    };
    if !matches!(sent.method.as_str(), "PUT" | "PATCH") {
        return None;
    }
    let sent: Json = serde_json::from_str(body.expose()).ok()?;
    let before: Json = serde_json::from_slice(&state.response.body).ok()?;
    let before = before
        .get("data")
        .filter(|data| data.is_object())
        .unwrap_or(&before);
    let keys = sent.as_object()?.keys();
    let put_back = keys.map(|key| {
        let value = before.get(key).filter(|value| !is_masked(value))?;
        Some((key.clone(), value.clone()))
    });
    let put_back: serde_json::Map<String, Json> = put_back.collect::<Option<_>>()?;
    (!put_back.is_empty()).then(|| Body::Json(Json::from(put_back).to_string().into()))
}
