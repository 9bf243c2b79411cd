//! Kind `exposure`: files, consoles and folders that a site has for strangers and must not.

mod banner;
mod codes;
mod config;
mod findings;
mod run;

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

use config::Config;

static META: Meta = Meta {
    name: Cow::Borrowed("exposure"),
    summary: Cow::Borrowed(
        "Looks, as a stranger, for files, consoles and folders that must not be served",
    ),
    docs: Docs::known(include_str!("check.md")),
    codes: Cow::Borrowed(codes::CODES),
    always_run: false,
    retry: RetryClass::Never,
    ports: Cow::Borrowed(&[Port::Http, Port::Files]),
};

/// The kind `exposure`.
pub(crate) fn kind() -> Arc<dyn Kind> {
    Arc::new(ExposureKind)
}

struct ExposureKind;

impl Kind for ExposureKind {
    fn meta(&self) -> &Meta {
        &META
    }

    fn schema(&self) -> Json {
        config::schema()
    }

    fn parse(
        &self,
        config: &Node,
        scope: &ParseScope<'_>,
    ) -> Result<Arc<dyn Check>, Vec<Diagnostic>> {
        Ok(Arc::new(Exposure {
            config: Config::read(config)?,
            is_production: !scope.environment.writable(),
            identity: scope.identity.cloned(),
        }))
    }
}

/// What is served on purpose, and what is looked for beside the usual.
struct Exposure {
    config: Config,
    is_production: bool,
    identity: Option<IdentityName>,
}

impl Check for Exposure {
    fn forecast(&self) -> Forecast {
        let probes = run::most_requests(&self.config, self.is_production);
        let probes = self.config.most.unwrap_or(probes);
        let crawl = run::limits(self.is_production);
        Forecast {
            requests: probes + crawl.requests,
            worst: budget::worst(probes).saturating_add(crawl.time),
            identities: self.identity.iter().cloned().collect(),
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
