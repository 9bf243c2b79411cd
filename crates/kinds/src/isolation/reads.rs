//! Attempts to read one of the owner's things.

use serde_json::Value as Json;
use tidegate_core::check::CheckError;
use tidegate_core::meta::Severity;
use tidegate_core::ports::http::{Purpose, Request, Response};
use tidegate_core::request::RequestTemplate;
use tidegate_core::secret::Sensitive;

use super::codes::Failure;
use super::coverage::Verb;
use super::trace::{Canary, has};
use super::trial::{Trial, Tried};
use crate::attack::resource::{Created, ID, State};
use crate::attack::{Answer, Reply, Story, seen};

/// Headers by which portals are told which tenant is meant.
pub(super) const TENANT_HEADERS: &[&str] = &[
    "x-tenant-id",
    "x-tenant",
    "x-account-id",
    "x-organization-id",
    "x-org-id",
    "x-workspace-id",
];

/// The largest id that is one of a row, so that its neighbours are worth a try.
const COUNTED: u64 = 1 << 31;

impl Trial<'_, '_> {
    /// Tries to read the thing itself.
    ///
    /// # Errors
    /// When the gate file is at fault that it cannot be tried.
    pub(super) async fn reads(&mut self, canary: &Canary) -> Result<(), CheckError> {
        let read = self.resource.read.clone();
        if self.skips("GET", &read) {
            return Ok(());
        }
        let name = read.name();
        let request = self.attacking(&read, &canary.made.scope)?;
        let got = self.read_as(&name, &request, canary, Verb::Read).await?;
        if let Some(response) = got {
            let remark = canary.shown_in(&response).unwrap_or_default();
            let story = Story {
                before: self.before(canary),
                attack: self.told(&name, &response, remark),
                after: String::new(),
            };
            self.blame(&read, Verb::Read, story).await?;
        } else {
            self.stranger(&read, canary).await?;
            self.head(&request, canary).await?;
            self.with_headers(&name, &request, canary).await?;
        }
        self.neighbours(&read, canary).await
    }

    /// Sends a read; gives the answer that shows the thing, and otherwise notes that it held.
    async fn read_as(
        &mut self,
        name: &str,
        request: &Request,
        canary: &Canary,
        verb: Verb,
    ) -> Result<Option<Response>, CheckError> {
        match self.attack(request).await? {
            Tried::NotProven(why) => self.not_proven(verb, why),
            Tried::Answered(response, _) if canary.shown_in(&response).is_some() => {
                return Ok(Some(*response));
            }
            Tried::Answered(response, Reply::Failed) => {
                let who = self.attacker.name();
                let why = format!("{name} as {who} was answered with {}.", response.status);
                self.not_proven(verb, why);
            }
            Tried::Answered(response, Reply::Served) if response.truncated => {
                self.not_proven(verb, self.too_long(name));
            }
            Tried::Answered(response, _) => {
                let own = self.own.as_ref().map(|own| &own.made.id);
                self.has_namesake |=
                    own != Some(&canary.made.id) && canary.is_namesake_in(&response);
                self.held(verb);
            }
        }
        Ok(None)
    }

    /// Says whether the portal or a cache before it gave the thing away: a cache cannot have what nobody
    /// has read yet.
    async fn blame(
        &mut self,
        template: &RequestTemplate,
        verb: Verb,
        mut story: Story,
    ) -> Result<(), CheckError> {
        let name = template.name();
        match self.unread(template, false).await? {
            Some(refused) => {
                story.after = format!("{refused}: one that nobody had read before");
                self.leak(Verb::Cache, Failure::SharedCache, None, &name, story);
            }
            None => self.leak(verb, Failure::Read, None, &name, story),
        }
        Ok(())
    }

    /// The line about a refused read of a second thing that its owner created and did not read.
    async fn unread(
        &mut self,
        template: &RequestTemplate,
        is_stranger: bool,
    ) -> Result<Option<String>, CheckError> {
        if !self.is_writable {
            return Ok(None);
        }
        let mark = self.mark();
        let (resource, owner) = (self.resource, self.owner.clone());
        let request = resource.creating(self.sender, &owner, &mark, Purpose::Normal)?;
        let created = resource.create(self.sender, &owner, &mark, request).await?;
        let Created::Made(made) = created else {
            return Ok(None);
        };
        let who = if is_stranger {
            None
        } else {
            self.attacker.identity.clone()
        };
        let session = self.sender.session(who.as_ref());
        let scope = &made.scope;
        let request = self
            .sender
            .render(template, scope, session, Purpose::Attack)?;
        let Some(response) = self.sender.send(request).await?.response() else {
            return Ok(None);
        };
        let reply = self.reader.read(&response, scope)?;
        let is_refused = matches!(reply, Reply::Refused(_)) && !has(&response, made.needle());
        Ok(is_refused.then(|| seen(&template.name(), who.as_ref(), &response, "")))
    }

    /// Somebody without a login asks for it, right after its owner did.
    async fn stranger(
        &mut self,
        read: &RequestTemplate,
        canary: &Canary,
    ) -> Result<(), CheckError> {
        let session = self.sender.session(None);
        let scope = &canary.made.scope;
        let request = self.sender.render(read, scope, session, Purpose::Attack)?;
        let name = read.name();
        let Answer::Response(response) = self.sender.send(request).await? else {
            return Ok(());
        };
        let Some(remark) = canary.shown_in(&response) else {
            self.held(Verb::Cache);
            return Ok(());
        };
        let refused = self.unread(read, true).await?;
        let (failure, verb) = if refused.is_some() {
            (Failure::SharedCache, Verb::Cache)
        } else {
            (Failure::Read, Verb::Read)
        };
        let after = refused.map(|line| format!("{line}: one that nobody had read before"));
        let story = Story {
            before: self.before(canary),
            attack: seen(&name, None, &response, remark),
            after: after.unwrap_or_default(),
        };
        self.leak(
            verb,
            failure,
            None,
            &format!("{name} without a login"),
            story,
        );
        Ok(())
    }

    /// HEAD tells that it is there, and how large.
    async fn head(&mut self, request: &Request, canary: &Canary) -> Result<(), CheckError> {
        let mut request = request.clone();
        "HEAD".clone_into(&mut request.method);
        let Tried::Answered(response, reply) = self.attack(&request).await? else {
            return Ok(());
        };
        let same = |header: &str| {
            let own = canary.state.response.header(header);
            own.is_some() && response.header(header) == own
        };
        let size = canary.state.response.body.len().to_string();
        let has_size = response.header("content-length") == Some(size.as_str()) && size != "0";
        if reply == Reply::Served && (same("etag") || has_size) {
            let name = format!("HEAD {}", self.resource.read.path);
            let remark = "tells the owner's size or version";
            let story = Story {
                before: self.before(canary),
                attack: self.told(&name, &response, remark),
                after: String::new(),
            };
            let severity = Some(Severity::High);
            self.leak(Verb::Read, Failure::Read, severity, &name, story);
        } else if reply != Reply::Invalid {
            self.held(Verb::Read);
        }
        Ok(())
    }

    /// The same with headers that name the owner's tenant.
    async fn with_headers(
        &mut self,
        name: &str,
        request: &Request,
        canary: &Canary,
    ) -> Result<(), CheckError> {
        let Some(tenant) = self.owning.tenant.clone() else {
            return Ok(());
        };
        let mut request = request.clone();
        let named = TENANT_HEADERS.iter();
        let named = named.map(|header| ((*header).to_owned(), Sensitive::new(tenant.clone())));
        request.headers.extend(named);
        let got = self.read_as(name, &request, canary, Verb::Foreign).await?;
        if let Some(response) = got {
            let name = format!("{name} with a header that names {tenant}");
            let remark = canary.shown_in(&response).unwrap_or_default();
            let story = Story {
                before: self.before(canary),
                attack: self.told(&name, &response, remark),
                after: String::new(),
            };
            self.leak(Verb::Foreign, Failure::Read, None, &name, story);
        }
        Ok(())
    }

    /// The numbers before and after the attacker's own, which are the owner's when ids count up.
    async fn neighbours(
        &mut self,
        read: &RequestTemplate,
        canary: &Canary,
    ) -> Result<(), CheckError> {
        let number = |id: &Json| id.as_u64().or_else(|| id.as_str()?.parse().ok());
        let own = self.own.as_ref();
        let own = own.and_then(|own| number(&own.made.id));
        let (Some(own), Some(owned)) = (own, number(&canary.made.id)) else {
            return Ok(());
        };
        if !self.is_writable || own >= COUNTED || own.abs_diff(owned) > 8 {
            return Ok(());
        }
        // One on each side, so that it does not matter which way they count.
        let Some(second) = self.plant().await? else {
            return Ok(());
        };
        let name = format!("{} beside the own id", read.name());
        for neighbour in [own.saturating_sub(1), own + 1] {
            let known = [canary, &second];
            let known = known
                .into_iter()
                .find(|one| number(&one.made.id) == Some(neighbour));
            let Some(known) = known else {
                continue;
            };
            let mut scope = known.made.scope.clone();
            scope.capture(ID, Json::from(neighbour));
            let request = self.attacking(read, &scope)?;
            let got = self.read_as(&name, &request, known, Verb::Read).await?;
            if let Some(response) = got {
                let story = Story {
                    before: self.before(known),
                    attack: self.told(&name, &response, "holds the canary; ids count up"),
                    after: String::new(),
                };
                let failure = if self.ledger.has(self.resource, Failure::SharedCache) {
                    Failure::SharedCache
                } else {
                    Failure::Read
                };
                self.leak(Verb::Read, failure, None, &name, story);
            }
        }
        Ok(())
    }

    /// Tries to read what lies below the thing.
    ///
    /// # Errors
    /// When the gate file is at fault that it cannot be tried.
    pub(super) async fn nested_reads(&mut self, canary: &Canary) -> Result<(), CheckError> {
        let nested: Vec<RequestTemplate> = self
            .resource
            .nested
            .iter()
            .filter(|nested| !nested.writes() && !self.skips(nested.method, nested))
            .cloned()
            .collect();
        for below in nested {
            let name = below.name();
            let session = self.owner.session;
            let scope = &canary.made.scope;
            let request = self
                .sender
                .render(&below, scope, session, Purpose::Normal)?;
            let control = self.sender.send(request).await?.response();
            let served = match &control {
                Some(response) => self.reader.read(response, scope)? == Reply::Served,
                None => false,
            };
            let Some(control) = control.filter(|_| served) else {
                let why = format!("{name} does not serve {} itself.", self.owner.name());
                self.not_proven(Verb::Nested, why);
                continue;
            };
            self.public_cache(&name, &control, Verb::Cache);
            let seen_below = Canary::new(canary.made.clone(), State::of(&control));
            let request = self.attacking(&below, scope)?;
            match self.attack(&request).await? {
                Tried::NotProven(why) => self.not_proven(Verb::Nested, why),
                Tried::Answered(response, reply) => {
                    let is_same = reply == Reply::Served
                        && !control.body.is_empty()
                        && response.body == control.body
                        && !seen_below.is_marked
                        && self.differs_for_own(&below, &control).await?;
                    let remark = seen_below.shown_in(&response);
                    let remark = remark.or(is_same.then_some("the same body"));
                    match remark {
                        Some(remark) => {
                            let before = seen(&name, self.owner.identity.as_ref(), &control, "");
                            let story = Story {
                                before,
                                attack: self.told(&name, &response, remark),
                                after: String::new(),
                            };
                            self.blame(&below, Verb::Nested, story).await?;
                        }
                        None => self.held(Verb::Nested),
                    }
                }
            }
        }
        Ok(())
    }

    /// Whether the attacker's own thing shows something else there: what is the same for everybody is
    /// nobody's secret.
    async fn differs_for_own(
        &mut self,
        below: &RequestTemplate,
        control: &Response,
    ) -> Result<bool, CheckError> {
        let Some(own) = self.own.clone() else {
            return Ok(false);
        };
        let request = self.attacking(below, &own.made.scope)?;
        Ok(match self.attack(&request).await? {
            Tried::Answered(response, Reply::Served) => response.body != control.body,
            _ => false,
        })
    }
}
