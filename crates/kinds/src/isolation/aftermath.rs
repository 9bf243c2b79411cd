//! What a write of the attacker left: at the owner's, and at the attacker's own.

use serde_json::Value as Json;
use tidegate_core::check::CheckError;
use tidegate_core::ports::Ticket;
use tidegate_core::ports::http::{Body, Purpose, Request, Response};

use super::trace::{Canary, has};
use super::trial::Trial;
use crate::attack::Reply;
use crate::attack::resource::{Change, ID, Look, Made, Resource, State, ids_of, needle};

/// What became of the owner's thing.
pub(super) enum Became {
    /// It is as before.
    Same,
    /// It changed; what, and the new state when it is still there.
    Changed(String, Option<Box<State>>),
    /// It is not known; why.
    Unknown(String),
}

impl Trial<'_, '_> {
    /// Looks at the owner's thing after a write, and holds it against what it was.
    ///
    /// # Errors
    /// When the gate file is at fault that there is no answer.
    pub(super) async fn became(&mut self, canary: &Canary) -> Result<Became, CheckError> {
        let state = match self.look(&canary.made).await? {
            Look::There(state) => state,
            Look::Gone(how) => return Ok(Became::Changed(how, None)),
            Look::Unknown(why) => return Ok(Became::Unknown(format!("{why}."))),
        };
        let change = canary.state.change(&state);
        if change == Change::None {
            return Ok(Became::Same);
        }
        // What differs again without any write changes by itself.
        let again = match self.look(&canary.made).await? {
            Look::There(again) => again,
            Look::Gone(how) => return Ok(Became::Changed(how, None)),
            Look::Unknown(why) => return Ok(Became::Unknown(format!("{why}."))),
        };
        let change = change.without(&state.change(&again));
        Ok(match change {
            Change::None => Became::Same,
            change => Became::Changed(change.words(), Some(again)),
        })
    }

    /// Whether a changed state shows what a request sent, so that it was this request that changed it.
    pub(super) fn is_by(
        &self,
        request: &Request,
        mark: &str,
        canary: &Canary,
        now: &State,
    ) -> bool {
        let run = &self.sender.context.values().run_mark;
        if has(&now.response, needle(run, mark)) {
            return true;
        }
        let Body::Json(text) = &request.body else {
            return false;
        };
        let Ok(Json::Object(sent)) = serde_json::from_str::<Json>(text.expose()) else {
            return false;
        };
        now.leaves().any(|(path, value)| {
            let name = path.rsplit('/').next().unwrap_or_default();
            let is_new = canary.state.value(path) != Some(value);
            is_new && sent.get(name) == Some(value)
        })
    }

    /// Removes what a write of the attacker created for itself, and logs the attacker in anew: a portal
    /// may have changed whoever wrote instead of what was written to.
    ///
    /// # Errors
    /// When the removing request cannot be made.
    pub(super) async fn settle(
        &mut self,
        ticket: Option<Ticket>,
        mark: &str,
        response: &Response,
        reply: &Reply,
        canary: &Canary,
    ) -> Result<(), CheckError> {
        if !matches!(reply, Reply::Served | Reply::Failed) {
            self.resource.release(self.sender, ticket)?;
            return Ok(());
        }
        let (resource, attacker) = (self.resource, self.attacker.clone());
        let found = self.made_by(mark, response, canary).await?;
        let mut ticket = ticket;
        for id in &found {
            let mut scope = Resource::scope(self.sender.context, mark);
            scope.capture(ID, id.clone());
            let one = match ticket.take() {
                Some(ticket) => Some(ticket),
                None => {
                    resource.promise(self.sender, &attacker, mark, "a write of the attacker")?
                }
            };
            resource.fulfil(self.sender, one, &attacker, &scope)?;
        }
        // Without a list nothing tells whether something was made: the open promise names the mark.
        if found.is_empty() && resource.look().is_some() {
            resource.release(self.sender, ticket)?;
        }
        self.attacker.renew(self.sender);
        Ok(())
    }

    /// The ids of what a write created for the attacker.
    async fn made_by(
        &mut self,
        mark: &str,
        response: &Response,
        canary: &Canary,
    ) -> Result<Vec<Json>, CheckError> {
        let own = self.own.as_ref().map(|own| own.made.id.clone());
        let is_new = |id: &Json| *id != canary.made.id && Some(id) != own.as_ref();
        let run = self.sender.context.values().run_mark.clone();
        let own_mark = needle(&run, mark);
        let answered = self.resource.id_in(response, own_mark).filter(is_new);
        if let Some(id) = answered
            && self.is_made_by(mark, &id).await?
        {
            return Ok(vec![id]);
        }
        let Some(look) = self.resource.look() else {
            return Ok(Vec::new());
        };
        let scope = Resource::scope(self.sender.context, mark);
        let session = self.attacker.session;
        let request = self.sender.render(look, &scope, session, Purpose::Normal)?;
        let Some(response) = self.sender.send(request).await?.response() else {
            return Ok(Vec::new());
        };
        let document: Option<Json> = serde_json::from_slice(&response.body).ok();
        let ids = document.map(|document| ids_of(&document, own_mark, &self.resource.id_keys()));
        Ok(ids.into_iter().flatten().filter(is_new).collect())
    }

    /// Whether the attacker sees the mark under an id: an answer may name other things too, such as who
    /// asked, and what this run did not make is never removed.
    async fn is_made_by(&mut self, mark: &str, id: &Json) -> Result<bool, CheckError> {
        let mut scope = Resource::scope(self.sender.context, mark);
        scope.capture(ID, id.clone());
        let made = Made {
            id: id.clone(),
            mark: mark.to_owned(),
            scope,
        };
        let (resource, reader) = (self.resource, self.reader);
        let actor = &mut self.attacker;
        let look = resource.look_at(self.sender, actor, reader, &made).await?;
        Ok(matches!(look, Look::There(state) if has(&state.response, made.needle())))
    }
}
