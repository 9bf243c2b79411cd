//! Writes that name the owner's tenant, or the id of what the owner has.

use serde_json::{Map, Value as Json};
use tidegate_core::check::CheckError;
use tidegate_core::ports::http::{Body, Purpose, Request};
use tidegate_core::request::RequestTemplate;
use tidegate_core::secret::Sensitive;

use super::codes::Failure;
use super::coverage::Verb;
use super::trace::{Canary, has};
use super::trial::{Trial, Tried};
use super::writes::Write;
use crate::attack::resource::{Actor, Created, ID, Look, Made, Resource};
use crate::attack::{Reply, Story, seen};
use crate::naming::words;

/// Words that name the client somebody works for.
const TENANT_WORDS: &[&str] = &[
    "tenant",
    "account",
    "organization",
    "organisation",
    "org",
    "company",
    "workspace",
    "client",
    "customer",
    "team",
];

/// Fields that portals commonly have for it.
const TENANT_FIELDS: &[&str] = &[
    "tenant_id",
    "account_id",
    "organization_id",
    "tenant",
    "account",
];

/// Words of a field that points at another thing, beside the name of the thing.
const POINTERS: &[&str] = &[
    "parent",
    "related",
    "linked",
    "reference",
    "ref",
    "source",
    "origin",
    "copy",
    "template",
];

/// The most fields that are tried one by one when all at once are refused.
const ALONE: usize = 5;

impl Trial<'_, '_> {
    /// Tries everything that names what is the owner's.
    ///
    /// # Errors
    /// When the gate file is at fault that it cannot be tried.
    pub(super) async fn foreign(&mut self, canary: Canary) -> Result<Option<Canary>, CheckError> {
        if self.sender.stopped.is_some() {
            return Ok(Some(canary));
        }
        let fields = self.tenant_fields(&canary)?;
        if !fields.is_empty() {
            self.create_for(&fields).await?;
            self.update_for(&fields).await?;
        }
        self.references(&canary).await?;
        if self.has_namesake {
            return Ok(Some(canary));
        }
        self.with_the_id(canary).await
    }

    /// The fields that say whose a thing is, with the owner's values: declared, else those that the
    /// owner's thing has, and the common ones.
    fn tenant_fields(&self, canary: &Canary) -> Result<Vec<(String, Json)>, CheckError> {
        if !self.config.tenant_fields.is_empty() {
            let fields = self.config.tenant_fields.iter();
            let fields = fields.map(|(name, value)| {
                let value = value.render_json(&canary.made.scope)?;
                Ok((name.clone(), value))
            });
            return fields.collect();
        }
        let mut fields: Vec<(String, Json)> = Vec::new();
        for (path, value) in canary.state.leaves() {
            let name = path.trim_start_matches('/');
            let is_tenant = words(name)
                .iter()
                .any(|word| TENANT_WORDS.contains(&word.as_str()));
            if !name.contains('/') && is_tenant && (value.is_string() || value.is_number()) {
                fields.push((name.to_owned(), value.clone()));
            }
        }
        if let Some(tenant) = &self.owning.tenant {
            for name in TENANT_FIELDS {
                if !fields.iter().any(|(known, _)| known == name) {
                    fields.push(((*name).to_owned(), Json::from(tenant.as_str())));
                }
            }
        }
        Ok(fields)
    }

    /// The attacker creates one that names the owner's tenant.
    async fn create_for(&mut self, fields: &[(String, Json)]) -> Result<(), CheckError> {
        let mut sets: Vec<Vec<(String, Json)>> = vec![fields.to_vec()];
        if fields.len() > 1 {
            let alone = fields.iter().take(ALONE);
            sets.extend(alone.map(|field| vec![field.clone()]));
        }
        let mut is_taken = false;
        for set in sets {
            if self.sender.stopped.is_some() {
                break;
            }
            let was_invalid = self.create_with(&set).await?;
            is_taken |= !was_invalid;
            // Only a portal that refuses fields it does not know must be asked about each.
            if set.len() == fields.len() && !was_invalid {
                break;
            }
        }
        if !is_taken {
            // Whatever names a tenant is refused: that is the answer that is wanted.
            self.held(Verb::Foreign);
        }
        Ok(())
    }

    /// Whether the create was refused for its fields; otherwise it was judged where it landed.
    async fn create_with(&mut self, fields: &[(String, Json)]) -> Result<bool, CheckError> {
        let mark = self.mark();
        let (resource, attacker) = (self.resource, self.attacker.clone());
        let request = resource.creating(self.sender, &attacker, &mark, Purpose::Attack)?;
        let Some(request) = adding(request, fields) else {
            return Ok(true);
        };
        let name = format!("{} with {}", resource.create.name(), listed(fields));
        match resource
            .create(self.sender, &attacker, &mark, request)
            .await?
        {
            Created::Made(made) => {
                self.landed(&name, &made).await?;
                self.attacker.renew(self.sender);
                Ok(false)
            }
            Created::Refused(response) => Ok(matches!(response.status, 400 | 422)),
            Created::Unknown(_) => Ok(false),
        }
    }

    /// Whether what the attacker created is now the owner's.
    async fn landed(&mut self, name: &str, made: &Made) -> Result<(), CheckError> {
        let state = match self.look(made).await? {
            Look::There(state) => state,
            Look::Gone(_) => {
                self.held(Verb::Foreign);
                return Ok(());
            }
            Look::Unknown(why) => {
                self.not_proven(Verb::Foreign, format!("{why}."));
                return Ok(());
            }
        };
        if !has(&state.response, made.needle()) {
            self.held(Verb::Foreign);
            return Ok(());
        }
        // Whoever sees everything of the attacker sees this too, and it landed nowhere.
        let own = self.own.as_ref().map(|own| own.made.clone());
        let Some(own) = own else {
            return Ok(());
        };
        if let Look::There(state) = self.look(&own).await?
            && has(&state.response, own.needle())
        {
            let why = format!(
                "Where {name} lands is not known: {} sees everything of {}.",
                self.owner.name(),
                self.attacker.name()
            );
            self.not_proven(Verb::Foreign, why);
            return Ok(());
        }
        let (resource, owner) = (self.resource, self.owner.clone());
        let ticket = resource.promise(self.sender, &owner, &made.mark, name)?;
        resource.fulfil(self.sender, ticket, &owner, &made.scope)?;
        let read = resource.read.name();
        let after = seen(
            &read,
            owner.identity.as_ref(),
            &state.response,
            "holds the mark of the attack",
        );
        let story = Story {
            before: format!(
                "{read} as {} of what {} creates otherwise: refused",
                owner.name(),
                self.attacker.name()
            ),
            attack: format!("{name} as {}", self.attacker.name()),
            after,
        };
        self.leak(Verb::Foreign, Failure::ForeignTenant, None, name, story);
        Ok(())
    }

    /// The attacker moves one of its own to the owner's tenant.
    async fn update_for(&mut self, fields: &[(String, Json)]) -> Result<(), CheckError> {
        let Some(template) = self.item_update() else {
            return Ok(());
        };
        let Some(moved) = self.another_own().await? else {
            return Ok(());
        };
        let request = self.attacking(&template, &moved.scope)?;
        let Some(request) = adding(request, fields) else {
            return Ok(());
        };
        let name = format!("{} with {}", template.name(), listed(fields));
        match self.attack(&request).await? {
            Tried::Answered(_, Reply::Served | Reply::Failed) => self.landed(&name, &moved).await,
            Tried::Answered(..) => {
                self.held(Verb::Foreign);
                Ok(())
            }
            Tried::NotProven(why) => {
                self.not_proven(Verb::Foreign, why);
                Ok(())
            }
        }
    }

    /// The update of one thing, of which there may be several.
    fn item_update(&self) -> Option<RequestTemplate> {
        let mut updates = self.resource.update.iter();
        let update = updates.find(|update| {
            let mut names = update.path.values();
            names.any(|name| name == ID) && !self.skips(update.method, update)
        });
        update.cloned()
    }

    /// One more thing of the attacker, to be moved.
    async fn another_own(&mut self) -> Result<Option<Made>, CheckError> {
        let mark = self.mark();
        let (resource, attacker) = (self.resource, self.attacker.clone());
        let request = resource.creating(self.sender, &attacker, &mark, Purpose::Normal)?;
        let created = resource
            .create(self.sender, &attacker, &mark, request)
            .await?;
        Ok(match created {
            Created::Made(made) => Some(*made),
            Created::Refused(_) | Created::Unknown(_) => None,
        })
    }

    /// The attacker's own points at what the owner has.
    async fn references(&mut self, canary: &Canary) -> Result<(), CheckError> {
        let targets: Vec<(String, Made)> = self.owned.clone();
        for field in self.pointers(canary)? {
            let stem = words(&field);
            let target = targets.iter().find(|(name, _)| {
                let one = name.strip_suffix('s').unwrap_or(name);
                stem.iter().any(|word| word == one)
            });
            let target = target.map_or(&canary.made, |(_, made)| made).clone();
            self.point(&field, &target, canary).await?;
        }
        Ok(())
    }

    /// The fields of the create, or of the thing, that hold the id of another.
    fn pointers(&self, canary: &Canary) -> Result<Vec<String>, CheckError> {
        let session = self.attacker.session;
        let scope = &canary.made.scope;
        let request = self
            .sender
            .render(&self.resource.create, scope, session, Purpose::Attack)?;
        let sent = body_of(&request).unwrap_or_default();
        let seen = canary
            .state
            .leaves()
            .map(|(path, _)| path.trim_start_matches('/'));
        let names = sent.keys().map(String::as_str).chain(seen);
        let known: Vec<String> = self.owned.iter().map(|(name, _)| name.clone()).collect();
        let mut fields: Vec<String> = names
            .filter(|name| !name.contains('/'))
            .filter(|name| {
                let words = words(name);
                let stem = words.split_last().filter(|(last, _)| *last == "id");
                stem.is_some_and(|(_, stem)| {
                    stem.iter().any(|word| {
                        POINTERS.contains(&word.as_str())
                            || known
                                .iter()
                                .any(|one| one.strip_suffix('s').unwrap_or(one) == word)
                    })
                })
            })
            .map(str::to_owned)
            .collect();
        fields.sort_unstable();
        fields.dedup();
        fields.truncate(2);
        Ok(fields)
    }

    async fn point(
        &mut self,
        field: &str,
        target: &Made,
        canary: &Canary,
    ) -> Result<(), CheckError> {
        let mark = self.mark();
        let (resource, attacker, reader) = (self.resource, self.attacker.clone(), self.reader);
        let request = resource.creating(self.sender, &attacker, &mark, Purpose::Attack)?;
        let fields = [(field.to_owned(), target.id.clone())];
        let Some(request) = adding(request, &fields) else {
            return Ok(());
        };
        let created = resource
            .create(self.sender, &attacker, &mark, request)
            .await?;
        let made = match created {
            Created::Made(made) => made,
            Created::Refused(response) if response.status != 429 && response.status < 500 => {
                self.held(Verb::Foreign);
                return Ok(());
            }
            Created::Refused(response) => {
                let name = resource.create.name();
                let why = format!("{name} with {field} was answered with {}.", response.status);
                self.not_proven(Verb::Foreign, why);
                return Ok(());
            }
            Created::Unknown(why) => {
                self.not_proven(Verb::Foreign, format!("{why}."));
                return Ok(());
            }
        };
        let mut actor: Actor = attacker;
        let look = resource
            .look_at(self.sender, &mut actor, reader, &made)
            .await?;
        match look {
            Look::There(state) if has(&state.response, target.needle()) => {
                let name = format!("{} with {field}", resource.create.name());
                let story = Story {
                    before: self.before(canary),
                    attack: format!("{name} as {}", actor.name()),
                    after: seen(
                        &resource.read.name(),
                        actor.identity.as_ref(),
                        &state.response,
                        "holds the owner's canary",
                    ),
                };
                self.leak(Verb::Foreign, Failure::Reference, None, &name, story);
            }
            Look::There(_) | Look::Gone(_) => self.held(Verb::Foreign),
            Look::Unknown(why) => self.not_proven(Verb::Foreign, format!("{why}.")),
        }
        Ok(())
    }

    /// The id of the owner's thing in the body of the attacker's own create and update.
    async fn with_the_id(&mut self, canary: Canary) -> Result<Option<Canary>, CheckError> {
        let key = self.resource.id_keys().into_iter().next();
        let key = key.unwrap_or_else(|| ID.to_owned());
        let fields = [(key.clone(), canary.made.id.clone())];
        let mut templates: Vec<(RequestTemplate, Option<Made>)> =
            vec![(self.resource.create.clone(), None)];
        let own = self.own.as_ref().map(|own| own.made.clone());
        templates.extend(self.item_update().zip(own.map(Some)));
        let mut canary = Some(canary);
        for (template, own) in templates {
            let Some(current) = canary.take() else {
                return self.plant().await;
            };
            let mark = self.mark();
            let mut scope = Resource::scope(self.sender.context, &mark);
            if let Some(own) = own {
                scope.capture(ID, own.id);
            }
            let request = self.attacking(&template, &scope)?;
            let Some(request) = adding(request, &fields) else {
                canary = Some(current);
                continue;
            };
            let write = Write {
                name: format!("{} with `{key}` in the body", template.name()),
                mark,
                request,
                verb: Verb::Foreign,
                control: None,
            };
            canary = self.write(&write, current).await?.canary();
        }
        match canary {
            Some(canary) => Ok(Some(canary)),
            None => self.plant().await,
        }
    }
}

/// The names of fields, for people.
fn listed(fields: &[(String, Json)]) -> String {
    let names: Vec<&str> = fields.iter().map(|(name, _)| name.as_str()).collect();
    names.join(", ")
}

fn body_of(request: &Request) -> Option<Map<String, Json>> {
    match &request.body {
        Body::Json(text) => serde_json::from_str(text.expose()).ok(),
        _ => None,
    }
}

/// A request with more fields in its body; none when the body has no room for them.
fn adding(mut request: Request, fields: &[(String, Json)]) -> Option<Request> {
    match &mut request.body {
        Body::Json(text) => {
            let mut body: Map<String, Json> = serde_json::from_str(text.expose()).ok()?;
            body.extend(fields.iter().cloned());
            *text = Sensitive::new(Json::Object(body).to_string());
        }
        Body::Form(pairs) => pairs.extend(fields.iter().map(|(name, value)| {
            let text = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            (name.clone(), Sensitive::new(text))
        })),
        _ => return None,
    }
    Some(request)
}
