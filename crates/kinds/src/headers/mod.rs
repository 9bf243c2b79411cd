//! Kind `headers`: grades the headers with which pages protect whoever looks at them.

mod codes;
mod config;
mod csp;
mod findings;
mod framing;
mod item;
mod judge;
mod run;
mod schema;

use std::borrow::Cow;
use std::sync::Arc;

use serde_json::Value as Json;
use tidegate_core::check::{Check, CheckError, CheckReport, Context, Forecast, Kind, ParseScope};
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::meta::{Docs, Meta, Port, RetryClass};
use tidegate_core::node::Node;
use tidegate_core::ports::BoxFuture;
use tidegate_core::ports::http::DEFAULT_TIMEOUT;

use config::Config;

static META: Meta = Meta {
    name: Cow::Borrowed("headers"),
    summary: Cow::Borrowed("Grades the headers with which pages protect whoever looks at them"),
    docs: Docs::known(include_str!("check.md")),
    codes: Cow::Borrowed(codes::CODES),
    always_run: false,
    retry: RetryClass::Never,
    ports: Cow::Borrowed(&[Port::Http, Port::Files]),
};

/// The kind `headers`.
pub(crate) fn kind() -> Arc<dyn Kind> {
    Arc::new(HeadersKind)
}

struct HeadersKind;

impl Kind for HeadersKind {
    fn meta(&self) -> &Meta {
        &META
    }

    fn schema(&self) -> Json {
        schema::headers()
    }

    fn parse(
        &self,
        config: &Node,
        scope: &ParseScope<'_>,
    ) -> Result<Arc<dyn Check>, Vec<Diagnostic>> {
        Ok(Arc::new(Headers {
            config: Config::read(config, scope)?,
        }))
    }
}

/// Pages, and who may show them.
struct Headers {
    config: Config,
}

impl Check for Headers {
    fn forecast(&self) -> Forecast {
        let requests = run::most_requests(&self.config);
        Forecast {
            requests,
            worst: DEFAULT_TIMEOUT.saturating_mul(requests.min(4)),
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
