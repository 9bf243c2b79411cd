//! Kind `rejects`: wrong input to write operations, and whether it is refused.

mod answer;
mod codes;
mod conclude;
mod config;
mod derive;
mod findings;
mod negative;
mod removal;
mod rules;
mod run;
mod schema;
mod subject;
mod together;
mod trial;
mod watch;

use std::borrow::Cow;
use std::sync::Arc;

use crate::budget;
use serde_json::Value as Json;
use tidegate_core::check::{Check, CheckError, CheckReport, Context, Forecast, Kind, ParseScope};
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::meta::{Docs, Meta, Port, RetryClass};
use tidegate_core::name::IdentityName;
use tidegate_core::node::Node;
use tidegate_core::ports::BoxFuture;
use tidegate_core::template::Template;

use config::{Config, Declared};

static META: Meta = Meta {
    name: Cow::Borrowed("rejects"),
    summary: Cow::Borrowed("Sends wrong input to write operations and looks whether it is refused"),
    docs: Docs::known(include_str!("check.md")),
    codes: Cow::Borrowed(codes::CODES),
    always_run: false,
    retry: RetryClass::Never,
    ports: Cow::Borrowed(&[Port::Http, Port::Files, Port::Cleanup]),
};

/// The kind `rejects`.
pub(crate) fn kind() -> Arc<dyn Kind> {
    Arc::new(RejectsKind)
}

struct RejectsKind;

impl Kind for RejectsKind {
    fn meta(&self) -> &Meta {
        &META
    }

    fn schema(&self) -> Json {
        schema::rejects()
    }

    fn parse(
        &self,
        config: &Node,
        scope: &ParseScope<'_>,
    ) -> Result<Arc<dyn Check>, Vec<Diagnostic>> {
        Ok(Arc::new(Rejects {
            config: Config::read(config, scope)?,
            identity: scope.identity.cloned(),
        }))
    }
}

/// Operations and what they may accept.
struct Rejects {
    config: Config,
    identity: Option<IdentityName>,
}

impl Check for Rejects {
    fn forecast(&self) -> Forecast {
        let operations = self.config.operations.iter();
        let mut writes: Vec<String> = operations.map(|one| one.request.name()).collect();
        if let (true, Some(document)) = (writes.is_empty(), &self.config.document) {
            writes.push(format!("write operations of {}", document.value));
        }
        let operations = self.config.operations.iter();
        let templates: Vec<Template> = operations.flat_map(Declared::templates).collect();
        Forecast {
            writes,
            requests: self.config.most,
            worst: budget::worst(self.config.most),
            identities: self.identity.iter().cloned().collect(),
            secrets: crate::flow::secrets(&templates),
            ..Forecast::default()
        }
    }

    fn run<'a>(&'a self, context: &'a Context) -> BoxFuture<'a, Result<CheckReport, CheckError>> {
        Box::pin(run::run(&self.config, context))
    }
}

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
