//! Kind `race`: what comes of requests that arrive at the same moment.

mod answers;
mod certainty;
mod codes;
mod config;
mod findings;
mod judge;
mod mode;
mod read_back;
mod removal;
mod round;
mod run;
mod schema;
mod summary;

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value as Json;
use tidegate_core::check::{Check, CheckError, CheckReport, Context, Forecast, Kind, ParseScope};
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::meta::{Docs, Meta, Port, RetryClass};
use tidegate_core::node::Node;
use tidegate_core::period::Period;
use tidegate_core::ports::BoxFuture;
use tidegate_core::ports::http::DEFAULT_TIMEOUT;
use tidegate_core::request::RequestTemplate;

use crate::flow::Step;
use config::Config;

static META: Meta = Meta {
    name: Cow::Borrowed("race"),
    summary: Cow::Borrowed(
        "Sends the same request many times at one moment, and looks what came of it",
    ),
    docs: Docs::known(include_str!("check.md")),
    codes: Cow::Borrowed(codes::CODES),
    always_run: false,
    retry: RetryClass::Never,
    ports: Cow::Borrowed(&[Port::Http, Port::Volley, Port::Files, Port::Cleanup]),
};

/// How long a round takes beside its requests: requests are held back, and what is stored settles.
const ROUND: Duration = Duration::from_secs(4);

/// The kind `race`.
pub(crate) fn kind() -> Arc<dyn Kind> {
    Arc::new(RaceKind)
}

struct RaceKind;

impl Kind for RaceKind {
    fn meta(&self) -> &Meta {
        &META
    }

    fn schema(&self) -> Json {
        schema::race()
    }

    fn parse(
        &self,
        config: &Node,
        scope: &ParseScope<'_>,
    ) -> Result<Arc<dyn Check>, Vec<Diagnostic>> {
        Ok(Arc::new(Race {
            config: Config::parse(config, scope)?,
        }))
    }
}

struct Race {
    config: Config,
}

impl Check for Race {
    fn forecast(&self) -> Forecast {
        let config = &self.config;
        let requests = config.most_requests();
        let limit = config.send.timeout;
        let limit = limit.map_or(DEFAULT_TIMEOUT, |Period(limit)| limit);
        let steps = config.before.iter();
        let people = steps.clone().filter_map(|step| step.identity.clone());
        let people: BTreeSet<_> = people.chain(config.identity.clone()).collect();
        let removing = steps.clone().filter_map(|step| step.cleanup.as_ref());
        let writes = steps.map(|step: &Step| &step.request);
        let writes = writes.chain([&config.send]);
        let writes = writes.chain(removing.map(|cleanup| &cleanup.request));
        let writes = writes.chain(&config.cleanup);
        let writes = writes.filter(|request| request.writes());
        Forecast {
            writes: writes.map(RequestTemplate::name).collect(),
            requests,
            worst: crate::budget::worst_within(limit, requests) + ROUND * (config.rounds + 1),
            identities: people.into_iter().collect(),
            secrets: crate::flow::secrets(&config.templates()),
            // What comes at the same moment is measured, and others would come in between.
            exclusive: true,
            ..Forecast::default()
        }
    }

    fn run<'a>(&'a self, context: &'a Context) -> BoxFuture<'a, Result<CheckReport, CheckError>> {
        Box::pin(run::run(&self.config, context))
    }
}

#[cfg(test)]
mod cases;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
