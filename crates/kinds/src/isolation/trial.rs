//! One resource on trial: what the owner creates, what the attacker may do with its own, and what both
//! have in common.

use tidegate_core::check::CheckError;
use tidegate_core::meta::Severity;
use tidegate_core::ports::http::{Purpose, Request, Response};
use tidegate_core::request::{RenderError, RequestTemplate};
use tidegate_core::scope::Scope;
use tidegate_core::template::TemplateError;

use super::codes::Failure;
use super::config::{Config, Party};
use super::coverage::Verb;
use super::findings::{Attempt, Ledger};
use super::trace::Canary;
use crate::attack::resource::{Actor, Created, Look, Made, Reader, Resource};
use crate::attack::{Answer, Marks, Reply, Sender, Story, seen};
use crate::flow::never_arrived;

/// One resource, an owner and an attacker.
pub(super) struct Trial<'t, 'a> {
    pub(super) sender: &'t mut Sender<'a>,
    pub(super) config: &'t Config,
    pub(super) resource: &'t Resource,
    pub(super) reader: &'t Reader<'t>,
    pub(super) ledger: &'t mut Ledger,
    pub(super) owner: Actor,
    pub(super) attacker: Actor,
    pub(super) owning: &'t Party,
    pub(super) attacking: &'t Party,
    /// What the owner has of this and of other resources, by their names.
    pub(super) owned: &'t mut Vec<(String, Made)>,
    /// What the attacker owns itself; without it nothing proves that a refusal means anything.
    pub(super) own: Option<Canary>,
    /// Whether the environment may be written to.
    pub(super) is_writable: bool,
    /// Whether the last attack may have arrived although no answer came.
    pub(super) is_lost: bool,
    /// Whether the attacker has a thing under the id of the owner's that this run did not create.
    pub(super) has_namesake: bool,
    marks: Marks,
    used: usize,
}

/// Two people in one trial.
pub(super) struct Sides<'t> {
    /// Whose it is.
    pub(super) owner: &'t Party,
    /// Who tries.
    pub(super) attacker: &'t Party,
}

/// What came of an attack.
pub(super) enum Tried {
    /// The portal answered.
    Answered(Box<Response>, Reply),
    /// It did not, or wants no more; why.
    NotProven(String),
}

impl<'t, 'a> Trial<'t, 'a> {
    /// Prepares a trial; nothing is sent yet.
    pub(super) fn new(
        sender: &'t mut Sender<'a>,
        config: &'t Config,
        resource: &'t Resource,
        reader: &'t Reader<'t>,
        ledger: &'t mut Ledger,
        owned: &'t mut Vec<(String, Made)>,
        sides: &Sides<'t>,
    ) -> Self {
        let thing = format!("{} {}", resource.name, sides.attacker.identity);
        Self {
            marks: Marks::new(sender.context.values(), &thing),
            owner: Actor::new(sender, Some(&sides.owner.identity)),
            attacker: Actor::new(sender, Some(&sides.attacker.identity)),
            owning: sides.owner,
            attacking: sides.attacker,
            own: None,
            is_writable: true,
            is_lost: false,
            has_namesake: false,
            used: 0,
            sender,
            config,
            resource,
            reader,
            ledger,
            owned,
        }
    }

    /// Tries everything.
    ///
    /// # Errors
    /// When the gate file is at fault that it cannot be tried.
    pub(super) async fn run(mut self) -> Result<(), CheckError> {
        self.ledger.coverage.begin(&self.resource.name);
        let Some(canary) = self.plant().await? else {
            return Ok(());
        };
        self.public_cache(
            &self.resource.read.name(),
            &canary.state.response,
            Verb::Cache,
        );
        self.owned
            .push((self.resource.name.clone(), canary.made.clone()));
        self.attacker_control().await?;
        self.reads(&canary).await?;
        self.nested_reads(&canary).await?;
        self.lists(&canary).await?;
        self.still_there().await?;
        if self.has_namesake {
            self.spare_namesake();
            self.foreign(canary).await?;
            return Ok(());
        }
        let canary = self.writes(canary).await?;
        let canary = match canary {
            Some(canary) => self.foreign(canary).await?,
            None => None,
        };
        if let Some(canary) = canary {
            self.delete(&canary).await?;
        }
        Ok(())
    }

    /// Where each tenant counts for itself, a write to the owner's id would hit what the attacker had before.
    fn spare_namesake(&mut self) {
        let updates = self.resource.update.iter();
        let nested = self.resource.nested.iter().filter(|one| one.writes());
        let writes = updates.chain(nested).chain(&self.resource.delete);
        let is_tried = writes.into_iter().any(|one| !self.skips(one.method, one));
        if !is_tried {
            return;
        }
        let why = format!(
            "Writes to {} were not tried: {} has one of its own under the id of {}'s, which they would change (use \
             an attacker without any, or name the writes under `skip`).",
            self.resource.name,
            self.attacker.name(),
            self.owner.name()
        );
        self.not_proven(Verb::Change, why.clone());
        self.not_proven(Verb::Delete, why);
    }

    /// A mark that nothing else in this trial has.
    pub(super) fn mark(&mut self) -> String {
        self.used += 1;
        self.marks.nth(self.used)
    }

    /// The owner creates one and sees it: the control of everything that follows.
    pub(super) async fn plant(&mut self) -> Result<Option<Canary>, CheckError> {
        match self.planted(true).await? {
            Ok(canary) => Ok(Some(canary)),
            Err(why) => {
                let text = format!(
                    "Whether {} of {} are kept apart is not proven: {why}.",
                    self.resource.name,
                    self.owning.side()
                );
                self.ledger.not_proven(self.resource, Verb::Read, text);
                Ok(None)
            }
        }
    }

    /// Creates one as the owner or the attacker, and looks at it.
    async fn planted(&mut self, is_owner: bool) -> Result<Result<Canary, String>, CheckError> {
        let mark = self.mark();
        let (resource, reader) = (self.resource, self.reader);
        let actor = if is_owner {
            &mut self.owner
        } else {
            &mut self.attacker
        };
        let request = match resource.creating(self.sender, actor, &mark, Purpose::Normal) {
            Ok(request) => request,
            Err(RenderError::Template(error @ TemplateError::ValueUnknown { .. })) => {
                return Ok(Err(error.to_string()));
            }
            Err(error) => return Err(error.into()),
        };
        let made = match resource.create(self.sender, actor, &mark, request).await? {
            Created::Made(made) => *made,
            Created::Refused(response) => {
                return Ok(Err(format!(
                    "{} as {} was answered with {}",
                    resource.create.name(),
                    actor.name(),
                    response.status
                )));
            }
            Created::Unknown(why) => return Ok(Err(why)),
        };
        let look = resource
            .first_look(self.sender, actor, reader, &made)
            .await?;
        Ok(match look {
            Look::There(state) => Ok(Canary::new(made, *state)),
            Look::Gone(how) => Err(format!(
                "{} as {}, who created it, was {how}",
                resource.read.name(),
                actor.name()
            )),
            Look::Unknown(why) => Err(why),
        })
    }

    /// The attacker creates one of its own and sees it: whoever is locked out proves nothing.
    async fn attacker_control(&mut self) -> Result<(), CheckError> {
        match self.planted(false).await? {
            Ok(canary) => self.own = Some(canary),
            Err(why) => {
                let text = format!(
                    "Refusals of {} to {} prove nothing, because {} cannot be seen to own one: {why}.",
                    self.resource.name,
                    self.attacker.name(),
                    self.attacker.name()
                );
                self.ledger.not_proven(self.resource, Verb::Read, text);
            }
        }
        Ok(())
    }

    /// The attacker still sees its own: a login that ended meanwhile is refused everything too.
    async fn still_there(&mut self) -> Result<(), CheckError> {
        let Some(own) = self.own.clone() else {
            return Ok(());
        };
        let (resource, reader) = (self.resource, self.reader);
        let actor = &mut self.attacker;
        let look = resource
            .look_at(self.sender, actor, reader, &own.made)
            .await?;
        if !matches!(look, Look::There(_)) {
            let why = format!(
                "{} was refused its own {} after the reads were tried, so that their refusals prove nothing.",
                self.attacker.name(),
                self.resource.name
            );
            self.not_proven(Verb::Read, why);
            self.attacker.renew(self.sender);
        }
        Ok(())
    }

    /// Sends an attack; a login that ended meanwhile is renewed once.
    ///
    /// # Errors
    /// When the gate file is at fault that there is no answer.
    pub(super) async fn attack(&mut self, request: &Request) -> Result<Tried, CheckError> {
        let scope = Resource::scope(self.sender.context, "");
        let name = format!(
            "{} {} as {}",
            request.method,
            request.route,
            self.attacker.name()
        );
        let mut renewed = false;
        self.is_lost = false;
        loop {
            let mut request = request.clone();
            request.session = Some(self.attacker.session);
            request.purpose = Purpose::Attack;
            let response = match self.sender.send(request).await? {
                Answer::Response(response) => response,
                other => {
                    let why = other.missing().unwrap_or_default();
                    self.is_lost =
                        matches!(other, Answer::Silence(error) if !never_arrived(&error));
                    return Ok(Tried::NotProven(format!("{name} got no answer: {why}.")));
                }
            };
            if response.status == 401 && !renewed {
                renewed = true;
                self.attacker.renew(self.sender);
                continue;
            }
            return Ok(match self.reader.read(&response, &scope)? {
                Reply::Limited => {
                    Tried::NotProven(format!("{name} was answered with {}.", response.status))
                }
                reply => Tried::Answered(response, reply),
            });
        }
    }

    /// A request of the attacker.
    ///
    /// # Errors
    /// When a value that it names is not known.
    pub(super) fn attacking(
        &self,
        template: &RequestTemplate,
        scope: &Scope,
    ) -> Result<Request, CheckError> {
        let session = self.attacker.session;
        Ok(self
            .sender
            .render(template, scope, session, Purpose::Attack)?)
    }

    /// Looks at the owner's thing as the owner.
    ///
    /// # Errors
    /// When the gate file is at fault that there is no answer.
    pub(super) async fn look(&mut self, made: &Made) -> Result<Look, CheckError> {
        let (resource, reader) = (self.resource, self.reader);
        resource
            .look_for(self.sender, &mut self.owner, reader, made, Purpose::Attack)
            .await
    }

    /// Whether a request is one that the gate file skips.
    pub(super) fn skips(&self, method: &str, template: &RequestTemplate) -> bool {
        let path = template.path.to_string();
        let plain = path.replace("${", "{");
        self.config.skip.iter().any(|skipped| {
            skipped.split_once(' ').is_some_and(|(verb, skipped)| {
                verb == method && (skipped == path || skipped == plain)
            })
        })
    }

    /// The line about the control: the owner sees the thing.
    pub(super) fn before(&self, canary: &Canary) -> String {
        seen(
            &self.resource.read.name(),
            self.owner.identity.as_ref(),
            &canary.state.response,
            if canary.is_marked {
                "holds the canary"
            } else {
                ""
            },
        )
    }

    /// The line about an attack.
    pub(super) fn told(&self, name: &str, response: &Response, remark: &str) -> String {
        seen(name, self.attacker.identity.as_ref(), response, remark)
    }

    /// Notes an attack that got at what it must not.
    pub(super) fn leak(
        &mut self,
        verb: Verb,
        failure: Failure,
        severity: Option<Severity>,
        name: &str,
        story: Story,
    ) {
        let attempt = Attempt {
            resource: self.resource,
            owner: self.owning,
            attacker: self.attacking,
            verb,
        };
        self.ledger
            .leaked(&attempt, failure, severity, name.to_owned(), story);
    }

    /// Notes an attack that got nothing: it proves something only when the attacker is nobody who is
    /// refused everything.
    pub(super) fn held(&mut self, verb: Verb) {
        if self.own.is_some() {
            self.ledger.held(self.resource, verb);
        } else {
            self.ledger.coverage.not_proven(&self.resource.name, verb);
        }
    }

    /// Said of an answer of which only the beginning could be looked at.
    pub(super) fn too_long(&self, name: &str) -> String {
        format!(
            "{name} answers {} with more than can be looked through.",
            self.attacker.name()
        )
    }

    /// Notes an attack that says nothing.
    pub(super) fn not_proven(&mut self, verb: Verb, why: String) {
        self.ledger.not_proven(self.resource, verb, why);
    }
}
