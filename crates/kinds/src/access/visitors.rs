//! Everybody who asks, and whether their logins were accepted all the time.

use tidegate_core::check::CheckError;
use tidegate_core::finding::Finding;
use tidegate_core::ports::http::{Request, SessionId};

use super::config::Person;
use super::matrix::{Row, Who};
use super::outcome::Cell;
use super::run::Attempt;
use crate::attack::Reply;
use crate::filling::Harvest;

/// Somebody who asks.
pub(super) struct Visitor<'a> {
    /// Who.
    pub(super) person: &'a Person,
    /// The session, which nobody else uses.
    pub(super) session: SessionId,
    /// The ids that the lists of this identity told.
    pub(super) harvest: Harvest,
    /// Why it cannot ask.
    pub(super) absent: Option<String>,
    /// A request that was served to it.
    alive: Option<Request>,
    /// Refusals that mean nothing unless its login is still accepted.
    pending: Vec<Pending>,
}

/// A refusal that stands once the identity is served again.
struct Pending {
    row: usize,
    cell: usize,
    /// What is found when the refusal stands; nothing when it is as it should be.
    finding: Option<Finding>,
}

impl<'a> Visitor<'a> {
    /// Somebody who asked nothing yet.
    pub(super) fn new(
        person: &'a Person,
        session: SessionId,
        absent: Option<String>,
        run_mark: &str,
    ) -> Self {
        Self {
            person,
            session,
            harvest: Harvest::default().preferring_without(run_mark),
            absent,
            alive: None,
            pending: Vec::new(),
        }
    }
}

impl Attempt<'_> {
    /// Adds a cell that stands once the identity is served again.
    pub(super) fn add_pending(
        &mut self,
        who: usize,
        allowed: bool,
        cell: Cell,
        finding: Option<Finding>,
    ) {
        let row = self.outcomes.len() - 1;
        self.add(Some(who), allowed, cell);
        let cell = self.outcomes[row].cells.len() - 1;
        self.people[who]
            .pending
            .push(Pending { row, cell, finding });
    }

    /// Says that an identity was served, so that what it was refused before stands.
    pub(super) fn served(&mut self, who: usize, request: Option<&Request>) {
        let visitor = &mut self.people[who];
        if let Some(request) = request.filter(|_| visitor.alive.is_none()) {
            visitor.alive = Some(request.clone());
        }
        for pending in std::mem::take(&mut visitor.pending) {
            self.report.findings.extend(pending.finding);
        }
    }

    /// The numbers of those who may use a row; everybody when it is not known.
    pub(super) fn allowed(&self, row: &Row<'_>) -> Vec<usize> {
        let may = |visitor: &Visitor<'_>| match &row.who {
            Who::Everybody | Who::SomeLogin => true,
            Who::Only(names) => names.contains(&visitor.person.name),
        };
        let all = self.people.iter().enumerate();
        all.filter(|(_, visitor)| may(visitor))
            .map(|(number, _)| number)
            .collect()
    }

    /// The numbers of those who may not.
    pub(super) fn denied(&self, row: &Row<'_>) -> Vec<usize> {
        let allowed = self.allowed(row);
        (0..self.people.len())
            .filter(|number| !allowed.contains(number))
            .collect()
    }

    /// Asks once more as everybody whose refusals are not confirmed yet.
    pub(super) async fn settle_all(&mut self) -> Result<(), CheckError> {
        for who in 0..self.people.len() {
            if self.people[who].pending.is_empty() {
                continue;
            }
            if let Some(request) = self.people[who].alive.clone()
                && let Ok((_, Reply::Served)) = self.ask(Some(who), request).await?
            {
                self.served(who, None);
            }
        }
        Ok(())
    }

    /// Takes back what is not confirmed, and says why.
    pub(super) fn unconfirmed(&mut self) -> Vec<String> {
        let mut doubts = Vec::new();
        for visitor in &mut self.people {
            let name = &visitor.person.name;
            if let Some(absent) = &visitor.absent {
                doubts.push(format!("{absent}."));
            }
            if visitor.pending.is_empty() {
                continue;
            }
            let was_served = visitor.alive.is_some();
            let why = if was_served {
                "its login was not accepted any more in the end"
            } else {
                "it was served nowhere"
            };
            for pending in std::mem::take(&mut visitor.pending) {
                self.outcomes[pending.row].cells[pending.cell].2 = Cell::Unproven(why.to_owned());
            }
            if visitor.absent.is_none() {
                doubts.push(if was_served {
                    format!(
                        "`{name}` was served at first and refused in the end, so that its refusals prove nothing: its \
                         login ended midway."
                    )
                } else {
                    format!(
                        "`{name}` was served nowhere, so that its refusals prove nothing; list a route that it may \
                         use, or leave it out with `identities:`."
                    )
                });
            }
        }
        doubts
    }

    /// Those whose refusals are judged: nobody when it is not known who may.
    pub(super) fn judged(&self, row: &Row<'_>) -> Vec<usize> {
        match row.who {
            Who::Only(_) => self.denied(row),
            Who::Everybody | Who::SomeLogin => Vec::new(),
        }
    }

    /// Why nobody can show that a row works.
    pub(super) fn nobody(&self, row: &Row<'_>) -> String {
        match &row.who {
            Who::Only(names) if names.is_empty() => "nobody may use it".to_owned(),
            _ if self.people.is_empty() => "no identity is declared that could use it".to_owned(),
            _ => "nobody who may use it was served".to_owned(),
        }
    }
}
