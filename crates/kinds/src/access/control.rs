//! The positive control of a read: what somebody who may is shown.

use std::collections::BTreeSet;

use tidegate_core::check::CheckError;
use tidegate_core::ports::http::{Purpose, Request, Response};

use super::data::Data;
use super::findings;
use super::matrix::{Row, Who};
use super::outcome::Cell;
use super::reads::LIMITED;
use super::run::Attempt;
use crate::attack::{Fallback, Refusal, Reply, seen};
use crate::filling::Filled;

/// What somebody who may got.
pub(super) struct Control {
    /// A number of the people.
    pub(super) who: usize,
    /// What was asked.
    pub(super) filled: Filled,
    /// What it got.
    pub(super) data: Data,
    /// The answer as a page, to know it again.
    pub(super) page: Fallback,
    /// The request and its answer in one line.
    pub(super) seen: String,
    /// Where it was sent when the thing itself lies on another site.
    pub(super) elsewhere: Option<String>,
    /// The length that a HEAD told.
    pub(super) length: Option<String>,
}

/// What a row is, as those see it who may use it.
pub(super) enum Seen {
    /// Data.
    Control(Box<Control>),
    /// The page for every address, or a redirect within the portal: there is nothing to protect.
    Frame(String),
    /// Nobody who may was served; why.
    Nothing(String),
}

impl<'a> Attempt<'a> {
    /// Asks as somebody who may.
    pub(super) async fn control(
        &mut self,
        row: &Row<'a>,
        who: usize,
        other: Option<&Filled>,
    ) -> Result<Seen, CheckError> {
        let is_known = row.who != Who::SomeLogin;
        let person = self.people[who].person;
        if let Some(absent) = &self.people[who].absent {
            let absent = absent.clone();
            if is_known {
                self.add(
                    Some(who),
                    true,
                    Cell::Untried("it could not log in".to_owned()),
                );
            }
            return Ok(Seen::Nothing(absent));
        }
        let filled = match (self.fill(row, Some(who))?, other) {
            (Ok(filled), _) => filled,
            (Err(_), Some(other)) => Filled {
                path: other.path.clone(),
                plain: other.plain.clone(),
                query: other.query.clone(),
                headers: other.headers.clone(),
                values: Vec::new(),
                guessed: true,
            },
            (Err(why), None) => match self.created(row, who).await? {
                Some(filled) => filled,
                None => {
                    if is_known {
                        self.add(Some(who), true, Cell::Unproven(why.clone()));
                    }
                    return Ok(Seen::Nothing(why));
                }
            },
        };
        let request = self.request(row, &filled, self.people[who].session, Purpose::Normal)?;
        let answer = self.ask(Some(who), request.clone()).await?;
        let (response, reply) = match answer {
            Ok(answer) => answer,
            Err(why) => {
                if is_known {
                    self.add(Some(who), true, Cell::Unproven(why.clone()));
                }
                return Ok(Seen::Nothing(why));
            }
        };
        let line = seen(&row.name(), Some(&person.name), &response, "");
        let away = away(&response, &self.sender.context.environment().url.value);
        if reply == Reply::Served || (reply == Reply::Refused(Refusal::Elsewhere) && away.is_some())
        {
            self.served(who, Some(&request).filter(|_| reply == Reply::Served));
            self.add(
                Some(who),
                true,
                Cell::Right(format!("served with {}", response.status)),
            );
            self.learn(row, who, &filled, &response);
            return Ok(Seen::Control(Box::new(Control {
                who,
                data: self.data_of(&request, &filled, &response),
                filled,
                page: Fallback::of(&response),
                seen: line,
                elsewhere: away,
                length: response.header("content-length").map(str::to_owned),
            })));
        }
        if let Reply::Refused(refusal @ (Refusal::Elsewhere | Refusal::Fallback)) = &reply {
            let why = refusal.words();
            self.add(Some(who), true, Cell::Right(why.clone()));
            return Ok(Seen::Frame(why));
        }
        Ok(Seen::Nothing(
            self.not_served(row, who, &filled, &reply, &response, line),
        ))
    }

    /// The data in an answer. What the request itself has may be repeated to anybody.
    fn data_of(&self, request: &Request, filled: &Filled, response: &Response) -> Data {
        let asked = request.query.iter().chain(&request.headers);
        let asked: Vec<String> = asked.map(|(_, value)| value.expose().to_owned()).collect();
        let run_mark = &self.scope.values().run_mark;
        let is_repeated = asked.iter().any(|value| value.contains(run_mark));
        let mut ignored = self.own(filled);
        ignored.extend(asked);
        Data::of(response, if is_repeated { "" } else { run_mark }, &ignored)
    }

    /// Notes that somebody who may was not served, and gives the reason.
    fn not_served(
        &mut self,
        row: &Row<'_>,
        who: usize,
        filled: &Filled,
        reply: &Reply,
        response: &Response,
        line: String,
    ) -> String {
        let person = self.people[who].person;
        let why = match reply {
            Reply::Refused(refusal) => refusal.words(),
            Reply::Limited => LIMITED.to_owned(),
            Reply::Invalid => format!(
                "answered {}, so that the request is not right (say what it needs with `query`, `headers` or `parameters`)",
                response.status
            ),
            Reply::Failed | Reply::Served => format!("answered {}", response.status),
        };
        let told = format!("`{}` was {why}", person.name);
        if row.who == Who::SomeLogin {
            return told;
        }
        // A thing may be somebody else's although the route is allowed, or be removed meanwhile.
        let is_own = !filled.guessed && !self.is_declared(row);
        let is_certain = match reply {
            Reply::Refused(Refusal::Status(403)) => !row.is_filled() || is_own,
            Reply::Refused(Refusal::Status(404 | 410)) => !row.is_filled(),
            Reply::Refused(_) => true,
            _ => false,
        };
        if is_certain {
            let finding = findings::locked_out(row, Some(person), line);
            self.add_pending(who, true, Cell::Wrong(why), Some(finding));
        } else {
            self.add(Some(who), true, Cell::Unproven(why));
        }
        told
    }

    /// Whether the gate file has the values of a path, whoever asks.
    fn is_declared(&self, row: &Row<'_>) -> bool {
        let detail = row.entry.and_then(|entry| entry.detail.as_ref());
        let own = detail
            .into_iter()
            .flat_map(|detail| detail.parameters.keys());
        let mut names = self.config.parameters.keys().chain(own);
        names.any(|name| row.path.contains(&format!("{{{name}}}")))
    }

    fn learn(&mut self, row: &Row<'_>, who: usize, filled: &Filled, response: &Response) {
        let harvest = &mut self.people[who].harvest;
        match (self.api, row.operation) {
            (Some(api), Some(operation)) => harvest.learn(api, operation, filled, response),
            _ => harvest.learn_list(&filled.plain, response),
        }
    }

    /// Words that are no data in an answer to this request: what everybody sees, and what was sent.
    pub(super) fn own(&self, filled: &Filled) -> BTreeSet<String> {
        let mut own = self.ignored.clone();
        let values = filled.values.iter().map(|(_, value)| match value.as_str() {
            Some(text) => text.to_owned(),
            None => value.to_string(),
        });
        own.extend(values);
        own.extend(filled.path.split('/').map(str::to_owned));
        own.extend(filled.query.iter().map(|(_, value)| value.clone()));
        own
    }
}

/// Where an answer leads when that is another site, without its query.
pub(super) fn away(response: &Response, home: &str) -> Option<String> {
    let target = response
        .header("location")
        .or(response.refused_redirect.as_deref())?;
    let target = target.split(['?', '#']).next()?;
    let is_whole = target.contains("://") || target.starts_with("//");
    let is_home = target.starts_with(home);
    (is_whole && !is_home).then(|| target.to_owned())
}
