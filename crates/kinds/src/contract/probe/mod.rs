//! What the portal answers to one minimal valid request for each safe operation of the document.
//!
//! Whether an answer keeps what the document promises is judged by the observer `conformance`, as for
//! every exchange; here it counts only that there is a proper answer.

mod config;
mod judge;
mod plan;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use tidegate_core::check::{
    CheckError, CheckReport, Context, Doubt, Inconclusive, Metric, Table, Unit,
};
use tidegate_core::ports::Http;
use tidegate_core::ports::http::{Request, Response, SessionId, Sharing, Target};
use tidegate_core::scope::Scope;

use crate::documents;
use crate::filling::{Filled, Filler, Harvest};
use crate::flow::is_of_the_portal;
use crate::specification::openapi::{OpenApi, Operation};
pub(super) use config::{Probe, Written, properties};
use plan::Plan;

/// After so many requests without an answer no more is sent.
const SILENCE: u32 = 3;

impl Probe {
    /// Asks the operations one after the other.
    ///
    /// # Errors
    /// What keeps them from being asked: a document that cannot be read, an undeclared origin, a stop.
    pub(super) async fn run(&self, context: &Context) -> Result<CheckReport, CheckError> {
        let api = documents::open_api(&self.document.value, &**context.files()?)
            .map_err(|error| error.at(self.document.span.location()))?;
        let plan = Plan::of(&api, self)?;
        let http = context.http()?.clone();
        let mut asking = Asking {
            probe: self,
            context,
            api: &api,
            session: http.open_session(context.identity(), Sharing::Shared),
            http,
            scope: Scope::new(context.values().clone(), context.secrets().clone()),
            harvest: Harvest::default(),
            seen: Seen::default(),
            report: CheckReport::default(),
        };
        asking.ask_all(&plan).await?;
        Ok(asking.finish(plan))
    }
}

/// What became of the operations.
#[derive(Debug, Default)]
struct Seen {
    /// How many requests were sent.
    asked: u32,
    /// How many answers were refusals.
    refused: u32,
    /// How many requests in a row had no answer.
    silent: u32,
    /// Why no more is sent.
    stopped: Option<String>,
    /// Operations without a good answer, each with what was seen instead.
    open: Vec<(String, String)>,
}

/// One attempt.
struct Asking<'a> {
    probe: &'a Probe,
    context: &'a Context,
    api: &'a OpenApi,
    http: Arc<dyn Http>,
    session: SessionId,
    scope: Scope,
    harvest: Harvest,
    seen: Seen,
    report: CheckReport,
}

impl Asking<'_> {
    async fn ask_all(&mut self, plan: &Plan<'_>) -> Result<(), CheckError> {
        let filler = Filler::new(self.api, &self.context.environment().url.value);
        for &operation in &plan.operations {
            let why = if let Some(stopped) = &self.seen.stopped {
                Some(stopped.clone())
            } else if self.seen.asked >= self.probe.most {
                Some(format!(
                    "the {} requests of `most` were used up",
                    self.probe.most
                ))
            } else {
                None
            };
            if let Some(why) = why {
                self.leave(operation, &why);
                continue;
            }
            let filled = filler.fill(
                operation,
                &self.probe.parameters,
                &self.scope,
                &self.harvest,
            )?;
            match filled {
                Ok(filled) => self.ask(operation, filled).await?,
                Err(why) => self.leave(operation, &why),
            }
        }
        Ok(())
    }

    fn leave(&mut self, operation: &Operation, why: &str) {
        let open = (operation.name(), format!("not asked: {why}"));
        self.seen.open.push(open);
    }

    async fn ask(&mut self, operation: &Operation, filled: Filled) -> Result<(), CheckError> {
        let request = self.request(operation, &filled);
        self.seen.asked += 1;
        match self.http.send(request).await {
            Ok(response) => {
                self.seen.silent = 0;
                self.answered(operation, &filled, &response);
                Ok(())
            }
            Err(error) if is_of_the_portal(&error) => {
                self.seen.silent += 1;
                if self.seen.silent >= SILENCE {
                    let why = format!("{SILENCE} requests in a row had no answer");
                    self.seen.stopped = Some(why);
                }
                self.silent(operation, &error);
                Ok(())
            }
            Err(error) => Err(error.into()),
        }
    }

    fn request(&self, operation: &Operation, filled: &Filled) -> Request {
        let target = Target::Path {
            api: None,
            path: filled.path.as_str().into(),
        };
        let cause = self.context.cause(self.context.span());
        let pairs = |pairs: &[(String, String)]| {
            let pairs = pairs.iter();
            pairs
                .map(|(name, value)| (name.clone(), value.as_str().into()))
                .collect()
        };
        Request {
            query: pairs(&filled.query),
            headers: pairs(&filled.headers),
            session: Some(self.session),
            ..Request::new(&operation.method, target, &operation.path, cause)
        }
    }

    fn answered(&mut self, operation: &Operation, filled: &Filled, response: &Response) {
        let status = response.status;
        if judge::asks_to_wait(response) {
            let why = format!("the portal asked to slow down with {status}");
            self.seen
                .open
                .push((operation.name(), format!("answered {status}")));
            self.seen.stopped = Some(why);
            return;
        }
        self.report.evaluated += 1;
        if (200..300).contains(&status) {
            self.harvest.learn(self.api, operation, filled, response);
            return;
        }
        self.seen.refused += u32::from(matches!(status, 401 | 403));
        self.seen
            .open
            .push((operation.name(), format!("answered {status}")));
        self.judge(operation, response);
    }

    fn finish(self, plan: Plan<'_>) -> CheckReport {
        let doubt = self.doubt(&plan);
        let Seen { asked, open, .. } = self.seen;
        let declared = plan.operations.len() + plan.left_out.len();
        let mut report = self.report;
        report.inconclusive = doubt.map(|text| Inconclusive {
            reason: Doubt::NoEvidence,
            text,
        });
        report.notes.push(format!(
            "{asked} of {declared} safe operations of {} were asked",
            self.probe.document.value
        ));
        let rows: Vec<Vec<String>> = open
            .into_iter()
            .chain(plan.left_out)
            .map(|(operation, seen)| vec![operation, seen])
            .collect();
        if !rows.is_empty() {
            report.tables.push(Table {
                title: "Safe operations without a good answer".to_owned(),
                columns: vec!["operation".to_owned(), "what happened".to_owned()],
                rows,
            });
        }
        let count = |name: &str, value: f64| Metric {
            name: name.to_owned(),
            subject: String::new(),
            unit: Unit::Count,
            value,
            samples: Vec::new(),
        };
        let declared = u32::try_from(declared).unwrap_or(u32::MAX);
        report
            .metrics
            .push(count("safe-operations-asked", f64::from(asked)));
        report
            .metrics
            .push(count("safe-operations-declared", f64::from(declared)));
        report
    }

    /// Why nothing, or not enough, is known.
    fn doubt(&self, plan: &Plan<'_>) -> Option<String> {
        let Seen {
            stopped,
            refused,
            open,
            ..
        } = &self.seen;
        if plan.operations.is_empty() {
            return None;
        }
        if let Some(stopped) = stopped.as_ref().filter(|_| self.report.findings.is_empty()) {
            return Some(format!("Not every operation was asked: {stopped}."));
        }
        let evaluated = self.report.evaluated;
        if evaluated > 0 && *refused == evaluated {
            let who = self.probe.identity.as_ref();
            let who = who.map_or_else(
                || "a visitor who is not logged in".to_owned(),
                |who| format!("`{who}`"),
            );
            return Some(format!("Every operation that was asked refused {who}."));
        }
        if evaluated > 0 || !self.report.findings.is_empty() {
            return None;
        }
        let (operation, seen) = open.first()?;
        Some(format!("No operation was asked; {operation} was {seen}."))
    }
}
