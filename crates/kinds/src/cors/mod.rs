//! Kind `cors`: which web sites may read the portal's answers through a visitor's browser.

mod codes;
mod config;
mod findings;
pub(crate) mod grant;
mod origins;
mod run;
mod schema;

use std::borrow::Cow;
use std::sync::Arc;

use crate::budget;
use serde_json::Value as Json;
use tidegate_core::check::{Check, CheckError, CheckReport, Context, Forecast, Kind, ParseScope};
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::meta::{Docs, Meta, Port, RetryClass};
use tidegate_core::node::Node;
use tidegate_core::ports::BoxFuture;

use config::Config;

static META: Meta = Meta {
    name: Cow::Borrowed("cors"),
    summary: Cow::Borrowed(
        "Tries which web sites may read the portal's answers through a visitor's browser",
    ),
    docs: Docs::known(include_str!("check.md")),
    codes: Cow::Borrowed(codes::CODES),
    always_run: false,
    retry: RetryClass::Never,
    ports: Cow::Borrowed(&[Port::Http, Port::Files]),
};

/// The kind `cors`.
pub(crate) fn kind() -> Arc<dyn Kind> {
    Arc::new(CorsKind)
}

struct CorsKind;

impl Kind for CorsKind {
    fn meta(&self) -> &Meta {
        &META
    }

    fn schema(&self) -> Json {
        schema::cors()
    }

    fn parse(
        &self,
        config: &Node,
        scope: &ParseScope<'_>,
    ) -> Result<Arc<dyn Check>, Vec<Diagnostic>> {
        Ok(Arc::new(Cors {
            config: Config::read(config, scope)?,
        }))
    }
}

/// Origins that may get in, and routes.
struct Cors {
    config: Config,
}

impl Check for Cors {
    fn forecast(&self) -> Forecast {
        Forecast {
            requests: self.config.most,
            worst: budget::worst(self.config.most),
            identities: self.config.identity.iter().cloned().collect(),
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
