//! Kind `mass-assignment`: fields that clients must not set, added to valid requests and read back.

mod attempt;
mod candidate;
mod codes;
mod config;
mod derive;
mod explore;
mod family;
mod findings;
mod restore;
mod rules;
mod run;
mod schema;
mod value;

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
use tidegate_core::request::RequestTemplate;

use config::Config;

static META: Meta = Meta {
    name: Cow::Borrowed("mass-assignment"),
    summary: Cow::Borrowed(
        "Adds fields that clients must not set to valid requests, and looks whether they are stored",
    ),
    docs: Docs::known(include_str!("check.md")),
    codes: Cow::Borrowed(codes::CODES),
    always_run: false,
    retry: RetryClass::Never,
    ports: Cow::Borrowed(&[Port::Http, Port::Files, Port::Cleanup]),
};

/// The kind `mass-assignment`.
pub(crate) fn kind() -> Arc<dyn Kind> {
    Arc::new(MassAssignmentKind)
}

struct MassAssignmentKind;

impl Kind for MassAssignmentKind {
    fn meta(&self) -> &Meta {
        &META
    }

    fn schema(&self) -> Json {
        schema::mass_assignment()
    }

    fn parse(
        &self,
        config: &Node,
        scope: &ParseScope<'_>,
    ) -> Result<Arc<dyn Check>, Vec<Diagnostic>> {
        Ok(Arc::new(MassAssignment {
            config: Config::read(config, scope)?,
        }))
    }
}

struct MassAssignment {
    config: Config,
}

impl Check for MassAssignment {
    fn forecast(&self) -> Forecast {
        let created = self.config.resources.iter().flat_map(|one| {
            let removal = one.delete.iter();
            [&one.create].into_iter().chain(&one.update).chain(removal)
        });
        let changed = self.config.updates.iter().map(|one| &one.request);
        let mut writes: Vec<String> = created.chain(changed).map(RequestTemplate::name).collect();
        if let (true, Some(document)) = (writes.is_empty(), &self.config.document) {
            writes.push(format!("write operations of {}", document.value));
        }
        let other = self.config.other.as_ref().map(|(name, _)| name.clone());
        let identities: Vec<IdentityName> =
            self.config.identity.iter().cloned().chain(other).collect();
        Forecast {
            writes,
            requests: self.config.most,
            worst: budget::worst(self.config.most),
            identities,
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
mod tests;
