//! Kind `access`: who may use which route, and whether everybody else is kept out.

mod asking;
mod codes;
mod config;
mod control;
mod data;
mod findings;
mod matrix;
mod outcome;
mod pattern;
mod reads;
mod run;
mod schema;
mod visitors;
mod writes;

use std::borrow::Cow;
use std::sync::Arc;

use crate::budget;
use serde_json::Value as Json;
use tidegate_core::check::{Check, CheckError, CheckReport, Context, Forecast, Kind, ParseScope};
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::gate::EnvironmentKind;
use tidegate_core::meta::{Docs, Meta, Port, RetryClass};
use tidegate_core::node::Node;
use tidegate_core::ports::BoxFuture;

use config::Config;

static META: Meta = Meta {
    name: Cow::Borrowed("access"),
    summary: Cow::Borrowed("Tries every route as everybody who may not use it"),
    docs: Docs::known(include_str!("check.md")),
    codes: Cow::Borrowed(codes::CODES),
    always_run: true,
    retry: RetryClass::Never,
    ports: Cow::Borrowed(&[Port::Http, Port::Files, Port::Cleanup]),
};

/// The kind `access`.
pub(crate) fn kind() -> Arc<dyn Kind> {
    Arc::new(AccessKind)
}

struct AccessKind;

impl Kind for AccessKind {
    fn meta(&self) -> &Meta {
        &META
    }

    fn schema(&self) -> Json {
        schema::access()
    }

    fn parse(
        &self,
        config: &Node,
        scope: &ParseScope<'_>,
    ) -> Result<Arc<dyn Check>, Vec<Diagnostic>> {
        Ok(Arc::new(Access {
            config: Config::read(config, scope)?,
            environment: scope.environment,
        }))
    }
}

/// A matrix of routes and identities.
struct Access {
    config: Config,
    environment: EnvironmentKind,
}

impl Check for Access {
    fn forecast(&self) -> Forecast {
        let people = self.config.people.iter();
        Forecast {
            writes: self.writes(),
            requests: self.config.most,
            worst: budget::worst(self.config.most),
            identities: people.map(|person| person.name.clone()).collect(),
            secrets: crate::flow::secrets(&self.config.templates()),
            ..Forecast::default()
        }
    }

    fn run<'a>(&'a self, context: &'a Context) -> BoxFuture<'a, Result<CheckReport, CheckError>> {
        Box::pin(run::run(&self.config, context))
    }
}

impl Access {
    /// What may change something: listed writes, those of the document, and reads that do more than show.
    fn writes(&self) -> Vec<String> {
        let entries = self.config.routes.iter().flatten();
        let patterns = entries.map(|entry| &entry.pattern);
        let is_skipped = |method: &str, path: &str| {
            let mut skip = self.config.skip.iter();
            skip.any(|(skipped, _)| skipped.covers(method, path))
        };
        let is_write = |pattern: &&config::Pattern| {
            let is_sent = |method: &str| {
                !matches!(method, "GET" | "HEAD" | "OPTIONS") && !is_skipped(method, &pattern.path)
            };
            pattern.is_one() && pattern.method.is_some_and(is_sent)
        };
        let mut writes = Vec::new();
        if self.environment.writable() {
            writes.extend(patterns.filter(is_write).map(config::Pattern::name));
            let document = self.config.document.iter();
            writes
                .extend(document.map(|document| format!("write operations of {}", document.value)));
        }
        let named = self.config.allow_destructive.iter();
        let reads = named.filter(|pattern| matches!(pattern.method, Some("GET" | "HEAD")));
        writes.extend(reads.map(|pattern| format!("{}, by its name", pattern.name())));
        writes
    }
}

#[cfg(test)]
mod tests;
