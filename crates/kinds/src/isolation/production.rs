//! Where nothing may be created: the same reads of what is there already.

use serde_json::Value as Json;
use tidegate_core::check::CheckError;
use tidegate_core::ports::http::{Purpose, Response};
use tidegate_core::request::RequestTemplate;
use tidegate_core::template::{Lookup, Template};

use super::coverage::Verb;
use super::trace::Canary;
use super::trial::Trial;
use crate::attack::Reply;
use crate::attack::resource::{Actor, ID, Look, Made, Resource};

/// How deep a list may stand in an answer.
const DEEPEST: usize = 4;

/// Tries to read what the owner has, without creating anything.
///
/// # Errors
/// When the gate file is at fault that it cannot be tried.
pub(super) async fn observe(
    mut trial: Trial<'_, '_>,
    existing: Option<&Template>,
) -> Result<(), CheckError> {
    trial.is_writable = false;
    trial.ledger.coverage.begin(&trial.resource.name);
    let list = trial.plain_list();
    let (owner, attacker) = (trial.owner.clone(), trial.attacker.clone());
    let (mut owners, mut attackers) = (Vec::new(), Vec::new());
    if let Some(list) = &list {
        owners = trial.ids_of(list, &owner).await?;
        attackers = trial.ids_of(list, &attacker).await?;
    }
    let scope = Resource::scope(trial.sender.context, "");
    let named = existing.map(|id| id.render_json(&scope as &dyn Lookup));
    let named = named.transpose()?;
    // What both are told of is shared on purpose, or a leak that only a thing of a known owner shows.
    let id = named.or_else(|| owners.iter().find(|id| !attackers.contains(id)).cloned());
    let Some(id) = id else {
        let why = format!(
            "{} of {} could not be tried: there is none that only {} is told of; name one with `existing: \"${{SOME_ID}}\"`.",
            trial.resource.name,
            trial.owning.side(),
            owner.name()
        );
        trial.not_proven(Verb::Read, why);
        return Ok(());
    };
    let own = attackers.into_iter().find(|id| !owners.contains(id));
    if let Some(own) = own {
        trial.own = trial.existing(own, attacker).await?.ok();
    }
    if trial.own.is_none() {
        let why = format!(
            "Refusals of {} to {} prove little: nothing of its own was found there.",
            trial.resource.name,
            trial.attacker.name()
        );
        trial.not_proven(Verb::Read, why);
    }
    let canary = match trial.existing(id, owner).await? {
        Ok(canary) => canary,
        Err(why) => {
            trial.not_proven(Verb::Read, format!("{why}."));
            return Ok(());
        }
    };
    let name = trial.resource.read.name();
    trial.public_cache(&name, &canary.state.response, Verb::Cache);
    trial.reads(&canary).await?;
    trial.nested_reads(&canary).await
}

impl Trial<'_, '_> {
    /// The list that is not searched.
    fn plain_list(&self) -> Option<RequestTemplate> {
        let mut lists = self.resource.lists.iter();
        let plain = lists.find(|list| {
            let templates = list.templates();
            let mut names = templates.iter().flat_map(Template::values);
            !names.any(|name| name == "canary" || name == "unique")
        });
        plain.cloned()
    }

    /// The ids in a list of somebody.
    async fn ids_of(
        &mut self,
        list: &RequestTemplate,
        actor: &Actor,
    ) -> Result<Vec<Json>, CheckError> {
        let scope = Resource::scope(self.sender.context, "");
        let request = self
            .sender
            .render(list, &scope, actor.session, Purpose::Normal)?;
        let response = self.sender.send(request).await?.response();
        let Some(response) = response else {
            return Ok(Vec::new());
        };
        let is_served = self.reader.read(&response, &scope)? == Reply::Served;
        Ok(if is_served {
            listed(&response, &self.resource.id_keys())
        } else {
            Vec::new()
        })
    }

    /// A thing that is there already, as its owner sees it.
    async fn existing(
        &mut self,
        id: Json,
        mut actor: Actor,
    ) -> Result<Result<Canary, String>, CheckError> {
        let mark = self.mark();
        let mut scope = Resource::scope(self.sender.context, &mark);
        scope.capture(ID, id.clone());
        let made = Made { id, mark, scope };
        let (resource, reader) = (self.resource, self.reader);
        let look = resource
            .look_at(self.sender, &mut actor, reader, &made)
            .await?;
        Ok(match look {
            Look::There(state) => Ok(Canary::new(made, *state)),
            Look::Gone(how) => Err(format!(
                "{} as {}, whose it is, was {how}",
                resource.read.name(),
                actor.name()
            )),
            Look::Unknown(why) => Err(why),
        })
    }
}

/// The ids of the things in the first list of an answer.
fn listed(response: &Response, keys: &[String]) -> Vec<Json> {
    let document: Json = serde_json::from_slice(&response.body).unwrap_or_default();
    let mut found = Vec::new();
    gather(&document, keys, &mut found, DEEPEST);
    found
}

fn gather(value: &Json, keys: &[String], found: &mut Vec<Json>, depth: usize) {
    match value {
        Json::Array(elements) => found.extend(elements.iter().filter_map(|element| {
            let mut ids = keys.iter().filter_map(|key| element.get(key));
            ids.find(|id| id.is_string() || id.is_number()).cloned()
        })),
        Json::Object(entries) if depth > 0 => {
            for entry in entries.values() {
                gather(entry, keys, found, depth - 1);
            }
        }
        _ => {}
    }
}
