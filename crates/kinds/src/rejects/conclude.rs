//! What the requests of one operation come to.

use std::collections::BTreeMap;

use tidegate_core::check::CheckError;
use tidegate_core::finding::Finding;
use tidegate_core::ports::http::Response;

use super::answer::{self, Outcome};
use super::codes;
use super::findings::{Seen, unnamed};
use super::negative::{Negative, markup};
use super::together::Ill;
use super::trial::{Trial, Tried};
use super::watch::Sight;

/// What one request comes to.
enum Judged {
    /// A finding of its own.
    Alone(Box<Finding>),
    /// One of those that are told together.
    Together(Ill),
}

impl Trial<'_, '_> {
    /// Looks once more, keeps or gives back the promises and says what was found.
    pub(super) async fn conclude(mut self) -> Result<(), CheckError> {
        let mut tried = std::mem::take(&mut self.tried);
        if self.sight == Sight::Together
            && let Some(response) = self.last_look().await?
        {
            for one in &mut tried {
                if one.stored.is_none() {
                    self.found(one, &response);
                }
            }
        }
        for one in &mut tried {
            self.settle(one)?;
        }
        let pages = self.pages(&tried).await?;
        let mut findings = self.findings(&tried);
        findings.extend(pages);
        findings.extend(self.unnamed(&tried));
        self.tell(&tried);
        self.run.report.findings.extend(findings);
        Ok(())
    }

    /// Looks at everything that was stored. Many servers close the connection of a body that is too large,
    /// under whatever is asked next: a look that breaks is taken once more.
    async fn last_look(&mut self) -> Result<Option<Response>, CheckError> {
        let prefix = self.marks.prefix.clone();
        for _ in 0..2 {
            if let Some(look) = self.look(&prefix).await? {
                return Ok(Some(look).filter(|look| look.status < 400));
            }
        }
        Ok(None)
    }

    /// Whether it would have been seen, and the look at it failed.
    fn is_unseen(&self, tried: &Tried) -> bool {
        tried.stored.is_none() && tried.is_marked && self.sight != Sight::None
    }

    /// Keeps the promise for one request, or gives it back; where the look failed it stays open.
    fn settle(&mut self, tried: &mut Tried) -> Result<(), CheckError> {
        let ticket = tried.ticket.take();
        let stored = tried.stored.as_ref().map(|(stored, _)| *stored);
        let surely_not = stored == Some(false) && tried.outcome != Outcome::Accepted;
        let told_so =
            stored.is_none() && tried.outcome == Outcome::Refused && !self.is_unseen(tried);
        let before =
            stored.is_none() && matches!(tried.outcome, Outcome::NotReached | Outcome::Limited);
        if surely_not || told_so || before {
            self.run.release(ticket);
            return Ok(());
        }
        self.run
            .fulfil(self.subject, ticket, &tried.mark, &tried.known)
    }

    /// What the requests come to; what is wrong with many fields is one finding.
    fn findings(&self, tried: &[Tried]) -> Vec<Finding> {
        let mut findings = Vec::new();
        let mut together: BTreeMap<Ill, Vec<Seen<'_>>> = BTreeMap::new();
        for one in tried {
            match self.judge(one) {
                Some(Judged::Alone(finding)) => findings.push(*finding),
                Some(Judged::Together(ill)) => {
                    together.entry(ill).or_default().push(self.seen(one));
                }
                None => {}
            }
        }
        let together = together.iter();
        findings.extend(together.filter_map(|(ill, seen)| ill.finding(seen)));
        findings
    }

    fn judge(&self, tried: &Tried) -> Option<Judged> {
        let seen = self.seen(tried);
        let is_stored = tried.stored.as_ref().is_some_and(|(stored, _)| *stored);
        let broken = || Judged::Alone(seen.broken_by_quote(tried.sql).into());
        match (&tried.negative, tried.outcome) {
            (Negative::Quote, Outcome::Failed) => Some(broken()),
            (Negative::Quote, _) if tried.sql.is_some() => Some(broken()),
            (_, Outcome::Failed) => Some(Judged::Together(Ill::Failed)),
            (Negative::Markup, _) if tried.is_shown && !self.lenient.contains(&"markup") => {
                Some(Judged::Alone(seen.unescaped(&self.subject.name).into()))
            }
            (negative, _) if negative.is_marker() => None,
            (negative, Outcome::Accepted) => {
                let sort = negative.sort().unwrap_or_default();
                (!self.lenient.contains(&sort)).then(|| accepted(&seen))
            }
            (_, Outcome::Refused) if is_stored => Some(Judged::Together(Ill::Stored)),
            _ => None,
        }
    }

    fn seen<'s>(&'s self, tried: &'s Tried) -> Seen<'s> {
        let stored = tried.stored.as_ref().map(|(_, how)| how.clone());
        let unknown = || match self.sight {
            Sight::None => "not known: nothing shows what this operation stores".to_owned(),
            _ if self.is_unseen(tried) => format!("not known: {} did not answer", self.read_name()),
            _ => "not known: the request has no mark in it".to_owned(),
        };
        Seen {
            subject: self.subject,
            negative: &tried.negative,
            answer: tried.answer.clone(),
            stored: stored.unwrap_or_else(unknown),
        }
    }

    /// Whether a page shows markup that was stored as markup.
    async fn pages(&mut self, tried: &[Tried]) -> Result<Vec<Finding>, CheckError> {
        let taken = |one: &&Tried| {
            matches!(one.negative, Negative::Markup) && one.outcome == Outcome::Accepted
        };
        let stored = tried.iter().find(taken);
        let Some(stored) = stored.filter(|_| !self.lenient.contains(&"markup")) else {
            return Ok(Vec::new());
        };
        let mut findings = Vec::new();
        let looks = self.subject.pages.iter().chain(&self.subject.read);
        for look in looks.cloned().collect::<Vec<_>>() {
            let page = self.get(&look, &stored.mark).await?;
            let Some(page) = page.filter(|page| page.status < 400) else {
                self.run.report.notes.push(format!(
                    "Whether {} shows markup as markup is not known, because it could not be looked at.",
                    look.name()
                ));
                continue;
            };
            let is_shown = page.text().contains(&markup(&stored.mark));
            if answer::is_page(&page) && is_shown {
                findings.push(self.seen(stored).unescaped(&look.name()));
            }
        }
        Ok(findings)
    }

    fn unnamed(&self, tried: &[Tried]) -> Option<Finding> {
        let mut fields: Vec<String> = Vec::new();
        for one in tried {
            let is_silent = one.outcome == Outcome::Refused && !one.is_named;
            let path = one
                .negative
                .path()
                .unwrap_or_default()
                .trim_start_matches("$.");
            if is_silent && !fields.iter().any(|field| field == path) {
                fields.push(path.to_owned());
            }
        }
        (!fields.is_empty()).then(|| unnamed(self.subject, &fields))
    }

    /// Counts what was evaluated and tells what was not.
    fn tell(&mut self, tried: &[Tried]) {
        let name = &self.subject.name;
        let judged = |one: &&Tried| {
            matches!(
                one.outcome,
                Outcome::Accepted | Outcome::Refused | Outcome::Failed
            )
        };
        let evaluated = tried.iter().filter(judged).count();
        self.run.report.evaluated += u32::try_from(evaluated).unwrap_or(u32::MAX);
        let missed = tried
            .iter()
            .filter(|one| one.outcome == Outcome::NotReached);
        let mut answers: Vec<&str> = missed.map(|one| one.answer.as_str()).collect();
        let amount = answers.len();
        answers.sort_unstable();
        answers.dedup();
        if amount > 0 {
            self.run.report.notes.push(format!(
                "{amount} of {} wrong requests to {name} never reached the check of the input ({}).",
                tried.len(),
                answers.join("; ")
            ));
        }
        if evaluated == 0 {
            let reason = format!(
                "{name} could not be tried: no wrong request reached the check of the input."
            );
            self.run.unproven.push(reason);
        } else if self.sight == Sight::None {
            self.run.report.notes.push(format!(
                "Whether {name} stores what it refuses is not known: nothing showed the valid request."
            ));
        } else if tried
            .iter()
            .any(|one| one.outcome == Outcome::Refused && self.is_unseen(one))
        {
            let read = self.read_name();
            self.run.report.notes.push(format!(
                "Whether {name} stores what it refuses is not known: {read} did not answer."
            ));
        }
    }
}

fn accepted(seen: &Seen<'_>) -> Judged {
    let (info, advice) = match seen.negative {
        Negative::ContentType => (
            codes::CONTENT_TYPE_IGNORED,
            "Refuse bodies whose content type is not `application/json` with 415. If other programs rely on it, \
             say so with `lenient: [content-type]`.",
        ),
        Negative::Oversized => (
            codes::NO_SIZE_LIMIT,
            "Limit the size of a body to what forms need, usually a megabyte or less, in the portal or in the \
             proxy before it, and answer 413. If large bodies are meant, say so with `lenient: [oversized]`.",
        ),
        _ => return Judged::Together(Ill::Accepted),
    };
    Judged::Alone(seen.taken(&info, advice).into())
}
