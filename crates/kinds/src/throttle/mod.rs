//! Kind `throttle`: whether guessing passwords is slowed down, and whether a login tells who has an
//! account.

mod codes;
mod config;
mod enumeration;
mod guesses;
mod run;
mod schema;

use std::borrow::Cow;
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

use config::Config;

static META: Meta = Meta {
    name: Cow::Borrowed("throttle"),
    summary: Cow::Borrowed(
        "Guesses a password a few times, and looks whether that is slowed down and who is told apart",
    ),
    docs: Docs::known(include_str!("check.md")),
    codes: Cow::Borrowed(codes::CODES),
    always_run: false,
    retry: RetryClass::Never,
    ports: Cow::Borrowed(&[Port::Http, Port::Files]),
};

/// The kind `throttle`.
pub(crate) fn kind() -> Arc<dyn Kind> {
    Arc::new(ThrottleKind)
}

struct ThrottleKind;

impl Kind for ThrottleKind {
    fn meta(&self) -> &Meta {
        &META
    }

    fn schema(&self) -> Json {
        schema::throttle()
    }

    fn parse(
        &self,
        config: &Node,
        scope: &ParseScope<'_>,
    ) -> Result<Arc<dyn Check>, Vec<Diagnostic>> {
        Ok(Arc::new(Throttle {
            config: Config::parse(config, scope)?,
        }))
    }
}

struct Throttle {
    config: Config,
}

impl Check for Throttle {
    fn forecast(&self) -> Forecast {
        let requests = self.config.most_requests();
        let limit = self.config.login.request().timeout;
        let limit = limit.map_or(DEFAULT_TIMEOUT, |Period(limit)| limit);
        let names = self.config.requests().map(RequestTemplate::name);
        Forecast {
            writes: names.collect(),
            requests,
            // A few slow answers end it, so that most requests are quick.
            worst: limit.saturating_mul(4) + Duration::from_secs(1).saturating_mul(requests),
            secrets: crate::flow::secrets(&self.config.templates()),
            // A portal that slows down whoever guesses may slow down everybody behind that address.
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
