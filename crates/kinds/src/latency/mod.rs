//! Kind `latency`: whether routes keep to their latency budgets, answers to their sizes, and both under
//! many clients at once.

mod advice;
mod budgets;
mod clients;
mod codes;
mod config;
mod evidence;
mod growth;
mod line;
mod loaded;
mod open;
mod run;
mod schema;
mod subject;
mod told;
mod track;
mod trouble;
mod watch;

use std::borrow::Cow;
use std::sync::Arc;

use serde_json::Value as Json;
use tidegate_core::check::{Check, CheckError, CheckReport, Context, Forecast, Kind, ParseScope};
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::meta::{Docs, Meta, Port, RetryClass};
use tidegate_core::name::IdentityName;
use tidegate_core::node::Node;
use tidegate_core::ports::BoxFuture;

use config::Config;

static META: Meta = Meta {
    name: Cow::Borrowed("latency"),
    summary: Cow::Borrowed(
        "Measures how long routes take, and says whether they keep to their latency budgets",
    ),
    docs: Docs::known(include_str!("check.md")),
    codes: Cow::Borrowed(codes::CODES),
    always_run: false,
    retry: RetryClass::Never,
    ports: Cow::Borrowed(&[Port::Http, Port::Load, Port::Files]),
};

/// The kind `latency`.
pub(crate) fn kind() -> Arc<dyn Kind> {
    Arc::new(LatencyKind)
}

struct LatencyKind;

impl Kind for LatencyKind {
    fn meta(&self) -> &Meta {
        &META
    }

    fn schema(&self) -> Json {
        schema::latency()
    }

    fn parse(
        &self,
        config: &Node,
        scope: &ParseScope<'_>,
    ) -> Result<Arc<dyn Check>, Vec<Diagnostic>> {
        Ok(Arc::new(Latency {
            config: Config::parse(config, scope)?,
            identity: scope.identity.cloned(),
        }))
    }
}

struct Latency {
    config: Config,
    identity: Option<IdentityName>,
}

impl Check for Latency {
    fn forecast(&self) -> Forecast {
        let config = &self.config;
        let routes = config.measured(config.environment);
        let requests = if routes.is_empty() {
            0
        } else {
            config.most_requests()
        };
        let writes = routes.iter().filter(|route| route.request.writes());
        Forecast {
            writes: writes.map(|route| route.request.name()).collect(),
            requests,
            worst: config.worst(),
            identities: self.identity.iter().cloned().collect(),
            secrets: crate::flow::secrets(&config.templates()),
            // What else runs would be measured, too.
            exclusive: true,
            ..Forecast::default()
        }
    }

    fn unfit(&self) -> Option<Diagnostic> {
        config::unfit(&self.config)
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
