//! Routes that show something: to whom they do, and to whom they must not.

use tidegate_core::check::CheckError;
use tidegate_core::meta::Confidence;
use tidegate_core::ports::http::{Purpose, Response};

use super::control::{Control, Seen, away};
use super::data::{Data, Holds, words_of};
use super::findings;
use super::matrix::{Row, Who};
use super::outcome::Cell;
use super::run::Attempt;
use crate::attack::{Refusal, Reply, Story, seen};
use crate::filling::Filled;

/// What an answer to somebody who may not shows.
enum Shown {
    /// Nothing; whether a missing route would have looked the same.
    Nothing(String, bool),
    /// The data.
    Data(String),
    /// The data beside a refusal.
    InRefusal(String),
    /// It cannot be told.
    Unknown(String),
}

impl<'a> Attempt<'a> {
    /// Judges a route that everybody may use.
    pub(super) async fn public(&mut self, row: &Row<'a>) -> Result<(), CheckError> {
        if row.is_filled() {
            self.add(None, true, Cell::Untried("its path varies".to_owned()));
            return Ok(());
        }
        let filled = Filled {
            path: row.path.clone(),
            ..Filled::default()
        };
        let request = self.request(row, &filled, self.stranger, Purpose::Normal)?;
        let cell = match self.ask(None, request).await? {
            Err(why) => Cell::Unproven(why),
            Ok((response, Reply::Refused(Refusal::Status(status @ (401 | 403))))) => {
                let line = seen(&row.name(), None, &response, "");
                self.found(findings::locked_out(row, None, line));
                Cell::Wrong(format!("refused with {status}"))
            }
            Ok((_, Reply::Limited)) => Cell::Unproven(LIMITED.to_owned()),
            Ok((response, _)) => {
                self.ignored.extend(words_of(&response));
                Cell::Right(format!("answered {}", response.status))
            }
        };
        self.add(None, true, cell);
        Ok(())
    }

    /// Judges a route that some may use, or somebody who is logged in.
    pub(super) async fn read(&mut self, row: &Row<'a>) -> Result<(), CheckError> {
        let mut waiting = self.allowed(row).into_iter();
        let mut is = Seen::Nothing(self.nobody(row));
        for who in waiting.by_ref() {
            is = self.control(row, who, None).await?;
            if !matches!(is, Seen::Nothing(_)) {
                break;
            }
        }
        match is {
            Seen::Control(control) => self.attack_all(row, &control, waiting.collect()).await,
            Seen::Frame(why) => {
                self.add(None, false, Cell::Right(why.clone()));
                for who in self.judged(row) {
                    self.add(Some(who), false, Cell::Right(why.clone()));
                }
                Ok(())
            }
            Seen::Nothing(why) => self.attack_blindly(row, &why).await,
        }
    }

    /// Asks as everybody who may not, and then as the others who may.
    async fn attack_all(
        &mut self,
        row: &Row<'a>,
        control: &Control,
        others: Vec<usize>,
    ) -> Result<(), CheckError> {
        let stranger = self.attack(row, control, None, false).await?;
        // A page that a stranger does not get is no frame that scripts fill later.
        let is_guarded = matches!(stranger, Some((300..=499, _)));
        let mut soft = vec![];
        if let Some((_, true)) = stranger {
            soft.push(None);
        }
        for who in self.judged(row) {
            if let Some((status, is_soft)) =
                self.attack(row, control, Some(who), is_guarded).await?
            {
                // Told apart from a stranger, it is known who asks.
                if stranger.is_some_and(|(other, _)| other == 401) && matches!(status, 403 | 404) {
                    self.served(who, None);
                }
                if is_soft {
                    soft.push(Some(who));
                }
            }
        }
        let mut again = false;
        if row.who != Who::SomeLogin {
            for who in others {
                let seen = self.control(row, who, Some(&control.filled)).await?;
                again |= matches!(seen, Seen::Control(_));
            }
        }
        if soft.is_empty() || again {
            return Ok(());
        }
        self.recheck(row, control, &soft).await
    }

    /// Asks once more as whoever was served, because a route that is gone would look refused.
    async fn recheck(
        &mut self,
        row: &Row<'a>,
        control: &Control,
        soft: &[Option<usize>],
    ) -> Result<(), CheckError> {
        let session = self.people[control.who].session;
        let request = self.request(row, &control.filled, session, Purpose::Normal)?;
        let answer = self.ask(Some(control.who), request).await?;
        let is_served = match answer {
            Ok((_, Reply::Served)) => true,
            Ok((_, Reply::Refused(Refusal::Elsewhere))) => control.elsewhere.is_some(),
            _ => false,
        };
        if is_served {
            self.served(control.who, None);
            return Ok(());
        }
        let control = &self.people[control.who].person.name;
        let why = format!("`{control}` was served before and not after");
        let soft: Vec<_> = soft
            .iter()
            .map(|who| who.map(|who| self.people[who].person.name.clone()))
            .collect();
        if let Some(outcome) = self.outcomes.last_mut() {
            for (who, _, cell) in &mut outcome.cells {
                if soft.contains(who) && matches!(cell, Cell::Right(_)) {
                    *cell = Cell::Unproven(why.clone());
                }
            }
        }
        Ok(())
    }

    /// Asks as somebody who may not; gives the status, and whether a missing route would look the same.
    async fn attack(
        &mut self,
        row: &Row<'a>,
        control: &Control,
        who: Option<usize>,
        is_guarded: bool,
    ) -> Result<Option<(u16, bool)>, CheckError> {
        if who.is_some_and(|who| self.people[who].absent.is_some()) {
            self.add(who, false, Cell::Untried("it could not log in".to_owned()));
            return Ok(None);
        }
        let session = who.map_or(self.stranger, |who| self.people[who].session);
        let request = self.request(row, &control.filled, session, Purpose::Attack)?;
        let (response, reply) = match self.ask(who, request).await? {
            Ok(answer) => answer,
            Err(why) => {
                self.add(who, false, Cell::Unproven(why));
                return Ok(None);
            }
        };
        let person = who.map(|who| self.people[who].person);
        let tell = |remark: &str| Story {
            before: control.seen.clone(),
            attack: seen(&row.name(), person.map(|one| &one.name), &response, remark),
            after: String::new(),
        };
        let home = &self.sender.context.environment().url.value;
        let shown = match shown(control, &reply, &response, home) {
            Shown::Nothing(..) if is_guarded && is_same_page(control, &reply, &response) => {
                Shown::Data("is the same page".to_owned())
            }
            shown => shown,
        };
        match shown {
            Shown::Nothing(words, soft) => {
                match who {
                    Some(who) => self.add_pending(who, false, Cell::Right(words), None),
                    None => self.add(None, false, Cell::Right(words)),
                }
                return Ok(Some((response.status, soft)));
            }
            Shown::Data(remark) => {
                self.found(findings::leaked(row, person, &tell(&remark)));
                self.add(
                    who,
                    false,
                    Cell::Wrong(format!("served with {}", response.status)),
                );
            }
            Shown::InRefusal(remark) => {
                self.found(findings::in_refusal(row, person, &tell(&remark)));
                self.add(
                    who,
                    false,
                    Cell::Wrong(format!("data beside {}", response.status)),
                );
            }
            Shown::Unknown(why) => self.add(who, false, Cell::Unproven(why)),
        }
        if let Some(who) = who.filter(|_| reply == Reply::Served) {
            self.served(who, None);
        }
        Ok(None)
    }

    /// Asks as a stranger although nobody showed what the route gives.
    async fn attack_blindly(&mut self, row: &Row<'a>, why: &str) -> Result<(), CheckError> {
        for who in self.judged(row) {
            self.add(Some(who), false, Cell::Unproven(why.to_owned()));
        }
        let filled = match self.fill(row, None)? {
            Ok(filled) => filled,
            Err(missing) => {
                let why = if self.people.is_empty() {
                    &missing
                } else {
                    why
                };
                self.add(None, false, Cell::Unproven(why.to_owned()));
                return Ok(());
            }
        };
        let request = self.request(row, &filled, self.stranger, Purpose::Attack)?;
        let cell = match self.ask(None, request).await? {
            Err(why) => Cell::Unproven(why),
            Ok((response, Reply::Served)) => {
                let data = Data::of(&response, &self.scope.values().run_mark, &self.own(&filled));
                if data.is_empty() {
                    let seen = format!("shown no data, but {why}");
                    if data.is_page() {
                        Cell::Right("shown a page without data".to_owned())
                    } else {
                        Cell::Unproven(seen)
                    }
                } else {
                    let story = Story {
                        before: why.to_owned(),
                        attack: seen(&row.name(), None, &response, "holds data"),
                        after: String::new(),
                    };
                    let finding = findings::leaked(row, None, &story);
                    self.found(finding.confidence(Confidence::Medium));
                    Cell::Wrong(format!("served with {}", response.status))
                }
            }
            Ok((_, Reply::Refused(refusal))) if self.is_for_nobody(row) => {
                Cell::Right(refusal.words())
            }
            Ok((_, Reply::Refused(refusal))) => {
                Cell::Unproven(format!("{}, but {why}", refusal.words()))
            }
            Ok((response, _)) => Cell::Unproven(format!("answered {}, and {why}", response.status)),
        };
        self.add(None, false, cell);
        Ok(())
    }

    fn is_for_nobody(&self, row: &Row<'_>) -> bool {
        matches!(&row.who, Who::Only(names) if names.is_empty())
    }
}

/// Said of an answer that asks for fewer requests.
pub(super) const LIMITED: &str = "the portal wants fewer requests";

/// What an answer to somebody who may not shows.
fn shown(control: &Control, reply: &Reply, response: &Response, home: &str) -> Shown {
    let in_refusal = control.data.values_in(response);
    match reply {
        Reply::Limited => Shown::Unknown(LIMITED.to_owned()),
        Reply::Served
            if control.length.is_some() && response.body.is_empty() && control.data.is_empty() =>
        {
            head(control, response)
        }
        Reply::Served => served(control, response),
        Reply::Refused(Refusal::Elsewhere)
            if control.elsewhere.is_some() && away(response, home) == control.elsewhere =>
        {
            Shown::Data("leads to the same file".to_owned())
        }
        _ if in_refusal => Shown::InRefusal("holds the data".to_owned()),
        Reply::Refused(refusal) => {
            let is_said = matches!(
                refusal,
                Refusal::Status(401 | 403)
                    | Refusal::ToLogin
                    | Refusal::LoginPage
                    | Refusal::Declared
                    | Refusal::Body(_)
            );
            Shown::Nothing(refusal.words(), !is_said)
        }
        Reply::Invalid => Shown::Nothing(format!("refused with {}", response.status), true),
        Reply::Failed => Shown::Unknown(format!("answered {}", response.status)),
    }
}

fn served(control: &Control, response: &Response) -> Shown {
    match control.data.held_by(response) {
        Holds::Values => Shown::Data("holds the same data".to_owned()),
        Holds::Shape => Shown::Data("holds data of the same sort".to_owned()),
        Holds::Nothing if response.truncated || control.page.response().truncated => {
            Shown::Unknown("served more than can be compared".to_owned())
        }
        Holds::Nothing if !control.data.is_empty() => {
            Shown::Nothing(format!("answered {} without the data", response.status), true)
        }
        Holds::Nothing if control.data.is_page() => {
            Shown::Nothing("shown a page without data".to_owned(), false)
        }
        Holds::Nothing => Shown::Unknown(
            "served, and the answer to whoever may has no data to compare (give that identity some)".to_owned(),
        ),
    }
}

fn is_same_page(control: &Control, reply: &Reply, response: &Response) -> bool {
    *reply == Reply::Served && control.data.is_page() && control.page.is(response)
}

/// A HEAD tells no more than how long the answer would be.
fn head(control: &Control, response: &Response) -> Shown {
    let length = response.header("content-length");
    if length.is_some_and(|length| length != "0") && length == control.length.as_deref() {
        Shown::Data("tells the same length".to_owned())
    } else {
        Shown::Nothing(
            format!("answered {} without the data", response.status),
            true,
        )
    }
}
