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
use tidegate_core::span::Span;

use config::Config;
use matrix::{Matrix, Row, Who};

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
            span: scope.span.clone(),
            environment: scope.environment,
        }))
    }
}

/// A matrix of routes and identities.
struct Access {
    config: Config,
    span: Span,
    environment: EnvironmentKind,
}

impl Check for Access {
    fn forecast(&self) -> Forecast {
        let people = self.config.people.iter();
        Forecast {
            writes: self.writes(),
            requests: self.requests(),
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
    /// How many requests a run sends: by its routes and people where the gate file lists each route, and
    /// otherwise as many as it may.
    fn requests(&self) -> u32 {
        let config = &self.config;
        let mut entries = config.routes.iter().flatten();
        let is_complete = config.routes.is_some() && entries.all(|one| one.pattern.is_one());
        if !is_complete {
            return config.most;
        }
        let people = u32::try_from(config.people.len()).unwrap_or(u32::MAX);
        let of_row = |row: &Row<'_>| match (&row.who, row.is_read()) {
            _ if row.left_out(config).is_some() => 0,
            (Who::Everybody, true) => u32::from(!row.is_filled()),
            (Who::Everybody, false) => 0,
            // A stranger, everybody else, and once more whoever is shown it.
            (_, true) => people.saturating_add(2),
            (_, false) if !self.environment.writable() => 0,
            // Each with a look at what it did, between looks before and what puts it back.
            (_, false) => people.saturating_mul(2).saturating_add(5),
        };
        let matrix = Matrix::of(config, Vec::new(), &self.span);
        // What the site answers to a path that is not there, and whether each is still let in at the end.
        let around = people.saturating_add(1);
        let sum = matrix
            .rows
            .iter()
            .map(of_row)
            .fold(around, u32::saturating_add);
        sum.min(config.most)
    }

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
