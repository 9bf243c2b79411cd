//! Kind `isolation`: whether one client gets at what belongs to another.

mod aftermath;
mod cache;
mod codes;
mod config;
mod coverage;
mod findings;
mod foreign;
mod lists;
mod pages;
mod production;
mod reads;
mod run;
mod schema;
mod trace;
mod trial;
mod writes;

use std::borrow::Cow;
use std::sync::Arc;

use crate::budget;
use serde_json::Value as Json;
use tidegate_core::check::{Check, CheckError, CheckReport, Context, Forecast, Kind, ParseScope};
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::meta::{Docs, Meta, Port, RetryClass};
use tidegate_core::node::Node;
use tidegate_core::ports::BoxFuture;
use tidegate_core::request::RequestTemplate;

use config::Config;

static META: Meta = Meta {
    name: Cow::Borrowed("isolation"),
    summary: Cow::Borrowed(
        "Lets one client try to read, change and delete what belongs to another",
    ),
    docs: Docs::known(include_str!("check.md")),
    codes: Cow::Borrowed(codes::CODES),
    always_run: true,
    retry: RetryClass::Never,
    ports: Cow::Borrowed(&[Port::Http, Port::Files, Port::Cleanup]),
};

/// The kind `isolation`.
pub(crate) fn kind() -> Arc<dyn Kind> {
    Arc::new(IsolationKind)
}

struct IsolationKind;

impl Kind for IsolationKind {
    fn meta(&self) -> &Meta {
        &META
    }

    fn schema(&self) -> Json {
        schema::isolation()
    }

    fn parse(
        &self,
        config: &Node,
        scope: &ParseScope<'_>,
    ) -> Result<Arc<dyn Check>, Vec<Diagnostic>> {
        Ok(Arc::new(Isolation {
            config: Config::read(config, scope)?,
            is_writable: scope.environment.writable(),
        }))
    }
}

/// Two sides, and what one of them owns.
struct Isolation {
    config: Config,
    /// Whether the environment may be written to.
    is_writable: bool,
}

impl Check for Isolation {
    fn forecast(&self) -> Forecast {
        let resources = self.config.resources.iter();
        let requests = resources.flat_map(|declared| declared.resource.requests());
        let writes = requests.filter(|request| request.writes());
        let mut writes: Vec<String> = writes.map(RequestTemplate::name).collect();
        if let (true, Some(document)) = (self.config.resources.is_empty(), &self.config.document) {
            writes.push(format!("write operations of {}", document.value));
        }
        writes.retain(|_| self.is_writable);
        let sides = std::iter::once(&self.config.owner).chain(&self.config.attackers);
        Forecast {
            writes,
            requests: self.config.most,
            worst: budget::worst(self.config.most),
            identities: sides.map(|side| side.identity.clone()).collect(),
            secrets: crate::flow::secrets(&self.config.templates()),
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
