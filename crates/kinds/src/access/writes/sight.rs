//! Where the effect of a write shows up, and how it is put back.

use std::sync::Arc;

use tidegate_core::check::CheckError;
use tidegate_core::name::IdentityName;
use tidegate_core::ports::http::{Body, Purpose};
use tidegate_core::request::RequestTemplate;
use tidegate_core::scope::Scope;

use super::super::matrix::Row;
use super::super::pattern::Pattern;
use super::super::run::Attempt;
use super::Write;
use super::effect::{Effect, found, is_ours};
use super::way::plain;
use crate::attack::resource::{Actor, Change, Created, ID, Look, Made, Reader, Resource, State};
use crate::attack::{Refusal, Reply, seen};
use crate::filling::Filled;

/// Said of a look at what is not there any more.
const GONE: &str = "gone";

/// Where the effect of a write shows up.
pub(super) enum Sight<'r> {
    /// The mark that was sent is found there.
    Mark {
        /// The list or the search.
        look: RequestTemplate,
        /// What it creates.
        resource: Option<&'r Resource>,
    },
    /// A thing that this run creates looks different, or is gone.
    Thing(&'r Resource),
    /// What the gate file names looks different.
    State(RequestTemplate),
    /// Nowhere.
    Nothing,
}

impl<'r> Sight<'r> {
    /// The request that shows it.
    fn read(&self) -> Option<&RequestTemplate> {
        match self {
            Self::Mark { look, .. } => Some(look),
            Self::Thing(resource) => Some(&resource.read),
            Self::State(read) => Some(read),
            Self::Nothing => None,
        }
    }

    /// What somebody who looked saw of a write, in one line; empty when there is nothing to look at.
    pub(super) fn told(&self, reader: &IdentityName, effect: &Effect) -> String {
        self.read().map_or_else(String::new, |read| {
            format!("{} as {reader}: {}", read.name(), effect.shown())
        })
    }

    /// What the write creates.
    pub(super) fn creates(&self) -> Option<&'r Resource> {
        match self {
            Self::Mark { resource, .. } => *resource,
            Self::Thing(_) | Self::State(_) | Self::Nothing => None,
        }
    }
}

/// What was there before an attack.
pub(super) enum Before {
    /// What the mark is looked for in.
    List(String),
    /// A thing of this run.
    Thing {
        made: Box<Made>,
        state: Box<State>,
        volatile: Change,
        line: String,
    },
    /// What the gate file names.
    State {
        state: Box<State>,
        volatile: Change,
        line: String,
    },
    /// Nothing is looked at.
    Unseen,
}

impl Before {
    /// It in one line, for people.
    pub(super) fn line(&self) -> &str {
        match self {
            Self::List(line) | Self::Thing { line, .. } | Self::State { line, .. } => line,
            Self::Unseen => "",
        }
    }
}

/// What a look shows to somebody who may.
enum Shown {
    /// The state, and the request and its answer in one line.
    There(Box<State>, String),
    /// There is no such thing.
    Gone(String),
    /// Nothing is known.
    Unknown(String),
}

impl Shown {
    fn there(self) -> Result<(State, String), String> {
        match self {
            Self::There(state, line) => Ok((*state, line)),
            Self::Gone(why) | Self::Unknown(why) => Err(why),
        }
    }
}

type Known<T> = Result<Result<T, String>, CheckError>;

impl<'a> Attempt<'a> {
    /// Looks at what is there before the first attack; the inner error says why that cannot be seen.
    pub(super) async fn look_before(
        &mut self,
        row: &Row<'a>,
        owner: usize,
        sight: &Sight<'_>,
    ) -> Known<Before> {
        match sight {
            Sight::Nothing => Ok(Ok(Before::Unseen)),
            Sight::Mark { look, .. } => {
                let scope = self.next_scope();
                let shown = self.show(owner, look, &scope).await?.there();
                Ok(shown.map(|(_, line)| Before::List(line)))
            }
            Sight::Thing(resource) => self.make(row, owner, resource).await,
            Sight::State(read) => {
                let scope = self.next_scope();
                let first = match self.show(owner, read, &scope).await?.there() {
                    Ok(first) => first,
                    Err(why) => return Ok(Err(why)),
                };
                let second = self.show(owner, read, &scope).await?.there();
                Ok(second.map(|(state, line)| Before::State {
                    volatile: first.0.change(&state),
                    state: Box::new(state),
                    line,
                }))
            }
        }
    }

    /// Creates the thing that is attacked and looks at it; at the first of its sort twice: what differs by
    /// itself is no effect.
    pub(super) async fn make(
        &mut self,
        row: &Row<'a>,
        owner: usize,
        resource: &Resource,
    ) -> Known<Before> {
        let scope = self.next_scope();
        let mark = scope.values().unique.clone();
        let mut actor = self.actor(owner);
        let request = resource.creating(&self.sender, &actor, &mark, Purpose::Normal)?;
        let name = &self.people[owner].person.name;
        let made = match resource
            .create(&mut self.sender, &actor, &mark, request)
            .await?
        {
            Created::Made(made) => made,
            Created::Refused(response) => {
                return Ok(Err(format!(
                    "`{name}` could not create one to try it on: {} answered {}",
                    resource.create.name(),
                    response.status
                )));
            }
            Created::Unknown(why) => return Ok(Err(why)),
        };
        self.served(owner, None);
        let state = match self.look_at_made(row, &mut actor, resource, &made).await? {
            Ok(state) => state,
            Err(why) => return Ok(Err(why)),
        };
        let pair = (owner, resource.read.name());
        let (state, volatile) = match self.volatile.get(&pair) {
            Some(known) => (state, known.clone()),
            None => {
                let again = match self.look_at_made(row, &mut actor, resource, &made).await? {
                    Ok(again) => again,
                    Err(why) => return Ok(Err(why)),
                };
                let volatile = state.change(&again);
                self.volatile.insert(pair, volatile.clone());
                (again, volatile)
            }
        };
        self.people[owner].session = actor.session;
        let name = &self.people[owner].person.name;
        Ok(Ok(Before::Thing {
            line: seen(&resource.read.name(), Some(name), &state.response, ""),
            made,
            state,
            volatile,
        }))
    }

    /// Looks at what was just created as whoever created it.
    async fn look_at_made(
        &mut self,
        row: &Row<'_>,
        actor: &mut Actor,
        resource: &Resource,
        made: &Made,
    ) -> Known<Box<State>> {
        let reader = Reader {
            refusals: &self.config.refusals,
            fallback: self.fallback.clone(),
        };
        let look = resource
            .first_look(&mut self.sender, actor, &reader, made)
            .await?;
        Ok(match look {
            Look::There(state) => Ok(state),
            Look::Gone(how) => Err(format!("what {} created is not found: {how}", row.name())),
            Look::Unknown(why) => Err(why),
        })
    }

    /// The path of a read for a thing that is created for it, when that is known how.
    pub(in super::super) async fn created(
        &mut self,
        row: &Row<'a>,
        who: usize,
    ) -> Result<Option<Filled>, CheckError> {
        let resources = Arc::clone(&self.resources);
        let pattern = Pattern::of("GET", &row.path);
        let reads = |one: &RequestTemplate| one.method == "GET" && pattern.is("GET", &plain(one));
        let mut fitting = resources.iter().filter_map(|one| {
            let mut known = std::iter::once(&one.read).chain(&one.nested);
            Some((one, known.find(|read| reads(read))?))
        });
        let Some((resource, read)) = fitting.next() else {
            return Ok(None);
        };
        let Ok(Before::Thing { made, .. }) = self.make(row, who, resource).await? else {
            return Ok(None);
        };
        let path = read.path.render(&made.scope)?;
        Ok(Some(Filled {
            path: path.expose().to_owned(),
            plain: path.expose().to_owned(),
            values: vec![(ID.to_owned(), made.id.clone())],
            ..Filled::default()
        }))
    }

    /// Looks what a write did; what is seen is what later attacks are compared with.
    pub(super) async fn look_after(
        &mut self,
        row: &Row<'a>,
        owner: usize,
        sight: &Sight<'_>,
        before: &mut Before,
        (scope, sent): (&Scope, &Body),
    ) -> Known<Effect> {
        match (sight, before) {
            (Sight::Mark { look, resource }, _) => {
                let (state, _) = match self.show(owner, look, scope).await?.there() {
                    Ok(shown) => shown,
                    Err(why) => return Ok(Err(why)),
                };
                let keys = resource.map_or_else(usual, Resource::id_keys);
                Ok(Ok(found(&state, look, scope, &keys)))
            }
            (
                Sight::Thing(resource),
                Before::Thing {
                    made,
                    state,
                    volatile,
                    ..
                },
            ) => {
                let mut actor = self.actor(owner);
                let reader = Reader {
                    refusals: &self.config.refusals,
                    fallback: self.fallback.clone(),
                };
                let look = resource
                    .look_at(&mut self.sender, &mut actor, &reader, made)
                    .await?;
                self.people[owner].session = actor.session;
                Ok(match look {
                    Look::There(now) => {
                        let change = state.change(&now).without(volatile);
                        // What was just created may still be worked on.
                        let is_ours = is_ours(sent, &change, &now);
                        *state = now;
                        Ok(if is_ours {
                            Effect::of(&change)
                        } else {
                            Effect::None
                        })
                    }
                    Look::Gone(how) => Ok(Effect::changed(how)),
                    Look::Unknown(why) => Err(why),
                })
            }
            (
                Sight::State(read),
                Before::State {
                    state, volatile, ..
                },
            ) => {
                let scope = self.next_scope();
                let now = match self.show(owner, read, &scope).await? {
                    Shown::There(now, _) => *now,
                    Shown::Gone(_) => return Ok(Ok(Effect::changed(GONE))),
                    Shown::Unknown(why) => return Ok(Err(format!("{why} after {}", row.name()))),
                };
                let change = state.change(&now).without(volatile);
                let is_ours = is_ours(sent, &change, &now);
                **state = now;
                Ok(Ok(if is_ours {
                    Effect::of(&change)
                } else {
                    Effect::None
                }))
            }
            _ => Ok(Ok(Effect::Unseen)),
        }
    }

    /// Looks whether what somebody who may removed is gone; a refusal is what is expected then.
    pub(super) async fn look_if_gone(
        &mut self,
        owner: usize,
        sight: &Sight<'_>,
        scope: &Scope,
    ) -> Known<Effect> {
        let Some(read) = sight.read() else {
            return Ok(Ok(Effect::Unseen));
        };
        let session = self.people[owner].session;
        let request = self
            .sender
            .render(read, scope, session, Purpose::Negative)?;
        Ok(match self.ask(Some(owner), request).await? {
            Ok((_, Reply::Served)) => Ok(Effect::None),
            Ok((_, Reply::Refused(how))) => Ok(Effect::changed(how.words())),
            Ok((response, _)) => Err(format!("{} answered {}", read.name(), response.status)),
            Err(why) => Err(format!("{} had no answer: {why}", read.name())),
        })
    }

    /// What a create did that whoever may does not see: it is looked for as whoever sent it.
    pub(super) async fn look_beside(
        &mut self,
        who: usize,
        write: &Write<'_>,
        scope: &Scope,
    ) -> Result<Option<Effect>, CheckError> {
        let Sight::Mark { look, resource } = &write.sight else {
            return Ok(None);
        };
        let Ok((state, _)) = self.show(who, look, scope).await?.there() else {
            return Ok(None);
        };
        let keys = resource.map_or_else(usual, Resource::id_keys);
        let effect = found(&state, look, scope, &keys);
        Ok(matches!(effect, Effect::Changed { .. }).then_some(effect))
    }

    /// Whether somebody sees another thing under the id of the one that this run created.
    pub(super) async fn has_namesake(
        &mut self,
        who: usize,
        write: &Write<'_>,
        before: &Before,
    ) -> Result<bool, CheckError> {
        let (Sight::Thing(resource), Before::Thing { made, state, .. }) = (&write.sight, before)
        else {
            return Ok(false);
        };
        let pair = (who, resource.read.name());
        // Where one was refused, those that came later lie beyond what somebody else counts; only what
        // could not be made good is asked for each time.
        let is_known = write.request.method != "DELETE" && self.apart.contains(&pair);
        if is_known || made.id_text().parse::<u64>().is_err() {
            return Ok(false);
        }
        let session = self.people[who].session;
        let request = self
            .sender
            .render(&resource.read, &made.scope, session, Purpose::Attack)?;
        Ok(match self.ask(Some(who), request).await? {
            Ok((response, Reply::Served)) => state.is_namesake(made, &State::of(&response)),
            Ok((_, Reply::Refused(_))) => {
                self.apart.insert(pair);
                false
            }
            _ => false,
        })
    }

    /// Reads something as somebody who may.
    async fn show(
        &mut self,
        owner: usize,
        read: &RequestTemplate,
        scope: &Scope,
    ) -> Result<Shown, CheckError> {
        let session = self.people[owner].session;
        let request = self.sender.render(read, scope, session, Purpose::Normal)?;
        let name = &self.people[owner].person.name;
        Ok(match self.ask(Some(owner), request).await? {
            Ok((response, Reply::Served)) => {
                let line = seen(&read.name(), Some(name), &response, "");
                self.served(owner, None);
                Shown::There(Box::new(State::of(&response)), line)
            }
            Ok((response, reply)) => {
                let why = format!(
                    "{} answered `{name}` with {}, so that the state cannot be read",
                    read.name(),
                    response.status
                );
                match reply {
                    Reply::Refused(Refusal::Status(404 | 410)) => Shown::Gone(why),
                    _ => Shown::Unknown(why),
                }
            }
            Err(why) => Shown::Unknown(format!("{} had no answer: {why}", read.name())),
        })
    }
}

fn usual() -> Vec<String> {
    let keys = crate::attack::resource::IDS.iter();
    keys.map(|key| (*key).to_owned()).collect()
}
