//! Routes that change something: whether somebody who may not can change it.
//!
//! The state is read back as somebody who may, before and after each attack; in the end that identity
//! sends the same, which must be seen in the state, or the attacks prove nothing.

mod blind;
mod effect;
mod promises;
mod restore;
mod sight;
mod way;

use tidegate_core::check::CheckError;
use tidegate_core::meta::Confidence;
use tidegate_core::ports::http::{Purpose, Response};
use tidegate_core::request::RequestTemplate;

use super::findings;
use super::matrix::{Row, Who};
use super::outcome::Cell;
use super::reads::LIMITED;
use super::run::Attempt;
use crate::attack::{Refusal, Reply, Story, seen};
use effect::Effect;
use sight::{Before, Sight};

/// A write that can be tried and seen.
struct Write<'r> {
    /// What is sent, with `${id}` for the thing it works on.
    request: RequestTemplate,
    /// How its effect is seen.
    sight: Sight<'r>,
}

/// What an attack did.
struct Attacked {
    /// A number of the people; a stranger when absent.
    who: Option<usize>,
    reply: Reply,
    response: Response,
    story: Story,
    effect: Effect,
}

/// Why nothing more can be told of a row once somebody got through.
const CHANGED_BEFORE: &str = "it was changed before and could not be put back";

/// Why somebody is not let at a thing: where each tenant counts for itself, an id names several.
const NAMESAKE: &str = "it has one of its own under the same id, which the write would change (declare an identity without any)";

/// What the write of somebody who may did.
enum Control {
    /// It was taken, and the state shows it.
    Shown,
    /// It was taken; there is nothing where it could be seen.
    Taken,
    /// It proves nothing; why.
    Useless(String),
}

impl<'a> Attempt<'a> {
    /// Judges a route that changes something.
    pub(super) async fn write(&mut self, row: &Row<'a>) -> Result<(), CheckError> {
        if !self.is_writable() {
            self.leave(row, "production is only looked at");
            return Ok(());
        }
        let resources = std::sync::Arc::clone(&self.resources);
        match self.way(row, &resources)? {
            Ok(write) if !self.people.is_empty() => self.try_write(row, &write).await,
            Ok(_) | Err(None) => self.try_blindly(row).await,
            Err(Some(why)) => {
                self.leave(row, &why);
                Ok(())
            }
        }
    }

    /// Notes that a row is not tried.
    pub(super) fn leave(&mut self, row: &Row<'_>, why: &str) {
        self.add(None, false, Cell::Untried(why.to_owned()));
        for who in self.judged(row) {
            self.add(Some(who), false, Cell::Untried(why.to_owned()));
        }
    }

    async fn try_write(&mut self, row: &Row<'a>, write: &Write<'_>) -> Result<(), CheckError> {
        let mut why = self.nobody(row);
        for who in self.allowed(row) {
            if self.people[who].absent.is_some() {
                continue;
            }
            match self.look_before(row, who, &write.sight).await? {
                Ok(before) => return self.attack_writing(row, write, who, before).await,
                Err(reason) => why = reason,
            }
        }
        self.add(None, false, Cell::Unproven(why.clone()));
        for who in self.judged(row) {
            self.add(Some(who), false, Cell::Unproven(why.clone()));
        }
        Ok(())
    }

    async fn attack_writing(
        &mut self,
        row: &Row<'a>,
        write: &Write<'_>,
        owner: usize,
        mut before: Before,
    ) -> Result<(), CheckError> {
        let restore = self.promise_restore(row, write, owner, &before)?;
        let mut attacked = Vec::new();
        let attackers = std::iter::once(None).chain(self.judged(row).into_iter().map(Some));
        let mut is_there = true;
        for who in attackers.collect::<Vec<_>>() {
            if !is_there {
                self.add(who, false, Cell::Unproven(CHANGED_BEFORE.to_owned()));
                continue;
            }
            if who.is_some_and(|who| self.people[who].absent.is_some()) {
                self.add(who, false, Cell::Untried("it could not log in".to_owned()));
                continue;
            }
            match self
                .attack_once(row, write, owner, &mut before, who)
                .await?
            {
                Ok(one) => {
                    let is_changed = matches!(one.effect, Effect::Changed { .. });
                    attacked.push(one);
                    if is_changed {
                        is_there = self
                            .put_back(row, write, owner, &mut before, restore.as_ref())
                            .await?;
                    }
                }
                Err(why) => self.add(who, false, Cell::Unproven(why)),
            }
        }
        let control = if is_there {
            self.control_writing(row, write, owner, &mut before).await?
        } else {
            Control::Useless(CHANGED_BEFORE.to_owned())
        };
        let is_restored = restore.is_some();
        if let Some(restore) = restore.filter(|_| matches!(control, Control::Shown))
            && self.restore(owner, &restore).await?
        {
            self.release(Some(restore.ticket))?;
        }
        self.tell_kept(row, owner, &before, is_restored, &control);
        let stranger = attacked.iter().find(|one| one.who.is_none());
        let is_asked_who = stranger.is_some_and(|one| one.response.status == 401);
        for one in attacked {
            let (who, status) = (one.who, one.response.status);
            self.conclude(row, one, &control);
            // Told apart from a stranger, it is known who asks.
            if let Some(who) = who.filter(|_| is_asked_who && matches!(status, 403 | 404)) {
                self.served(who, None);
            }
        }
        self.others(row, write, owner, &control).await
    }

    /// Tells what stays changed, because it is not known how it is put back.
    fn tell_kept(
        &mut self,
        row: &Row<'_>,
        owner: usize,
        before: &Before,
        is_restored: bool,
        control: &Control,
    ) {
        let is_state = matches!(before, Before::State { .. }) && row.method != "DELETE";
        if is_restored || !is_state || !matches!(control, Control::Shown) {
            return;
        }
        self.report.notes.push(format!(
            "What {} changed as `{}` was not put back; say how with `restore` in its row.",
            row.name(),
            self.people[owner].person.name
        ));
    }

    /// Sends the write as somebody who may not, and looks what it did.
    async fn attack_once(
        &mut self,
        row: &Row<'a>,
        write: &Write<'_>,
        owner: usize,
        before: &mut Before,
        who: Option<usize>,
    ) -> Result<Result<Attacked, String>, CheckError> {
        let scope = self.scope_of(before);
        let session = who.map_or(self.stranger, |who| self.people[who].session);
        let request = self
            .sender
            .render(&write.request, &scope, session, Purpose::Attack)?;
        if let Some(who) = who
            && self.has_namesake(who, write, before).await?
        {
            return Ok(Err(NAMESAKE.to_owned()));
        }
        let ticket = self.promise(row, write, owner, &scope)?;
        let own = self.promise_beside(row, write, who, &scope)?;
        let sent = request.body.clone();
        let (response, reply) = match self.ask(who, request).await? {
            Ok(answer) => answer,
            Err(why) => return Ok(Err(why)),
        };
        let mut effect = match self
            .look_after(row, owner, &write.sight, before, (&scope, &sent))
            .await?
        {
            Ok(effect) => effect,
            Err(why) => return Ok(Err(why)),
        };
        let (mut keeper, mut reader) = ((owner, ticket, own), owner);
        if let Some(who) = who.filter(|_| effect == Effect::None && reply == Reply::Served)
            && let Some(seen) = self.look_beside(who, write, &scope).await?
        {
            effect = seen;
            reader = who;
            if own.is_some() {
                keeper = (who, own, ticket);
            }
        }
        self.release(keeper.2)?;
        self.keep_promise(write, keeper.0, keeper.1, &scope, &response, &effect)?;
        let name = who.map(|who| &self.people[who].person.name);
        let remark = match &reply {
            Reply::Refused(refusal) => refusal.words(),
            _ => String::new(),
        };
        let story = Story {
            before: before.line().to_owned(),
            attack: seen(&row.name(), name, &response, &remark),
            after: write.sight.told(&self.people[reader].person.name, &effect),
        };
        Ok(Ok(Attacked {
            who,
            reply,
            response,
            story,
            effect,
        }))
    }

    /// Sends the write as somebody who may.
    async fn control_writing(
        &mut self,
        row: &Row<'a>,
        write: &Write<'_>,
        owner: usize,
        before: &mut Before,
    ) -> Result<Control, CheckError> {
        let scope = self.scope_of(before);
        let visitor = &self.people[owner];
        let (session, person) = (visitor.session, visitor.person);
        let request = self
            .sender
            .render(&write.request, &scope, session, Purpose::Normal)?;
        let ticket = self.promise(row, write, owner, &scope)?;
        let sent = request.body.clone();
        let (response, reply) = match self.ask(Some(owner), request).await? {
            Ok(answer) => answer,
            Err(why) => return Ok(Control::Useless(why)),
        };
        let effect = if row.method == "DELETE" {
            self.look_if_gone(owner, &write.sight, &scope).await?
        } else {
            self.look_after(row, owner, &write.sight, before, (&scope, &sent))
                .await?
        };
        let effect = match effect {
            Ok(effect) => effect,
            Err(why) => return Ok(Control::Useless(why)),
        };
        self.keep_promise(write, owner, ticket, &scope, &response, &effect)?;
        let is_taken = matches!(reply, Reply::Served | Reply::Refused(Refusal::Elsewhere));
        if is_taken {
            self.served(owner, None);
            self.add(
                Some(owner),
                true,
                Cell::Right(format!("taken with {}", response.status)),
            );
            return Ok(match effect {
                Effect::Changed { .. } => Control::Shown,
                Effect::Unseen => Control::Taken,
                Effect::None => Control::Useless(format!(
                    "the same write of `{}` was taken and changes nothing that is read back (send something that \
                     differs from what is stored, and show it with `read`)",
                    person.name
                )),
            });
        }
        let why = match &reply {
            Reply::Refused(refusal) => refusal.words(),
            Reply::Limited => LIMITED.to_owned(),
            _ => format!("answered {}", response.status),
        };
        let line = seen(&row.name(), Some(&person.name), &response, "");
        // A body that says that it failed does not say that it was for who asked.
        let is_refused = matches!(&reply, Reply::Refused(how) if !matches!(how, Refusal::Body(_)));
        let is_certain = is_refused && row.who != Who::SomeLogin;
        if is_certain {
            let finding = findings::locked_out(row, Some(person), line);
            self.add_pending(owner, true, Cell::Wrong(why.clone()), Some(finding));
        } else if row.who != Who::SomeLogin {
            self.add(Some(owner), true, Cell::Unproven(why.clone()));
        }
        Ok(Control::Useless(format!(
            "`{}`, who may, was {why}",
            person.name
        )))
    }

    /// Judges an attack once it is known what the same write of somebody who may does.
    fn conclude(&mut self, row: &Row<'_>, one: Attacked, control: &Control) {
        let person = one.who.map(|who| self.people[who].person);
        let status = one.response.status;
        let is_taken = matches!(one.reply, Reply::Served);
        let words = match &one.reply {
            Reply::Refused(refusal) => refusal.words(),
            _ => format!("answered {status}"),
        };
        let is_named = matches!(&one.reply, Reply::Refused(refusal) if *refusal != Refusal::Elsewhere)
            || matches!(one.reply, Reply::Invalid | Reply::Failed);
        match (&one.effect, control) {
            (Effect::Changed { .. }, _) if is_named => {
                self.found(findings::changed(row, person, &one.story));
                self.add(one.who, false, Cell::Wrong(format!("{words}, and changed")));
            }
            (Effect::Changed { .. }, _) => {
                self.found(findings::written(row, person, &one.story));
                self.add(
                    one.who,
                    false,
                    Cell::Wrong(format!("changed with {status}")),
                );
            }
            (Effect::Unseen, _) if is_taken => {
                let finding = findings::written(row, person, &one.story);
                self.found(finding.confidence(Confidence::Medium));
                self.add(one.who, false, Cell::Wrong(format!("taken with {status}")));
            }
            (_, Control::Useless(why)) => {
                self.add(
                    one.who,
                    false,
                    Cell::Unproven(format!("{words}, but {why}")),
                );
            }
            _ if one.reply == Reply::Limited => {
                self.add(one.who, false, Cell::Unproven(LIMITED.to_owned()));
            }
            (Effect::Unseen, Control::Taken | Control::Shown)
                if !is_named || one.reply == Reply::Failed =>
            {
                let why = format!(
                    "{words}, and nothing is read back (say where it shows up with `read`)"
                );
                self.add(one.who, false, Cell::Unproven(why));
            }
            (effect, _) => {
                let after = if matches!(effect, Effect::None) {
                    ", unchanged"
                } else {
                    ""
                };
                let cell = Cell::Right(format!("{words}{after}"));
                match one.who {
                    Some(who) => self.add_pending(who, false, cell, None),
                    None => self.add(None, false, cell),
                }
            }
        }
    }

    /// Whether the others who may are let in as well.
    async fn others(
        &mut self,
        row: &Row<'a>,
        write: &Write<'_>,
        owner: usize,
        control: &Control,
    ) -> Result<(), CheckError> {
        // A thing belongs to whoever made it, and what was changed once is changed already.
        let is_create = matches!(write.sight, Sight::Mark { .. });
        if row.who == Who::SomeLogin || !is_create || matches!(control, Control::Useless(_)) {
            return Ok(());
        }
        for who in self.allowed(row).into_iter().filter(|who| *who != owner) {
            if self.people[who].absent.is_some() {
                continue;
            }
            let scope = self.next_scope();
            let (session, person) = (self.people[who].session, self.people[who].person);
            let request = self
                .sender
                .render(&write.request, &scope, session, Purpose::Normal)?;
            let ticket = self.promise(row, write, who, &scope)?;
            match self.ask(Some(who), request).await? {
                Ok((response, Reply::Served | Reply::Refused(Refusal::Elsewhere))) => {
                    let effect = Effect::Unseen;
                    self.keep_promise(write, who, ticket, &scope, &response, &effect)?;
                    self.served(who, None);
                    self.add(
                        Some(who),
                        true,
                        Cell::Right(format!("taken with {}", response.status)),
                    );
                }
                Ok((response, Reply::Refused(refusal))) => {
                    self.release(ticket)?;
                    let line = seen(&row.name(), Some(&person.name), &response, "");
                    let finding = findings::locked_out(row, Some(person), line);
                    self.add_pending(who, true, Cell::Wrong(refusal.words()), Some(finding));
                }
                Ok((response, _)) => {
                    self.add(
                        Some(who),
                        true,
                        Cell::Unproven(format!("answered {}", response.status)),
                    );
                }
                Err(why) => self.add(Some(who), true, Cell::Unproven(why)),
            }
        }
        Ok(())
    }
}
