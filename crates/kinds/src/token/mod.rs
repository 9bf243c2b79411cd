//! Kind `token`: whether wrong, changed and old credentials are refused.

mod attacks;
mod carrier;
mod claims;
mod codes;
mod config;
mod cookies;
mod ends;
mod findings;
mod fixation;
mod jwt;
mod keys;
mod refresh;
mod run;
mod schema;

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value as Json;
use tidegate_core::check::{Check, CheckError, CheckReport, Context, Forecast, Kind, ParseScope};
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::meta::{Docs, Meta, Port, RetryClass};
use tidegate_core::node::Node;
use tidegate_core::ports::BoxFuture;
use tidegate_core::request::RequestTemplate;

use crate::budget;
use config::Config;

static META: Meta = Meta {
    name: Cow::Borrowed("token"),
    summary: Cow::Borrowed(
        "Tries wrong, changed and old credentials, and looks at sessions and their cookies",
    ),
    docs: Docs::known(include_str!("check.md")),
    codes: Cow::Borrowed(codes::CODES),
    always_run: false,
    retry: RetryClass::Never,
    ports: Cow::Borrowed(&[Port::Http, Port::Files, Port::Cleanup, Port::Exchanges]),
};

/// The kind `token`.
pub(crate) fn kind() -> Arc<dyn Kind> {
    Arc::new(TokenKind)
}

struct TokenKind;

impl Kind for TokenKind {
    fn meta(&self) -> &Meta {
        &META
    }

    fn schema(&self) -> Json {
        schema::token()
    }

    fn parse(
        &self,
        config: &Node,
        scope: &ParseScope<'_>,
    ) -> Result<Arc<dyn Check>, Vec<Diagnostic>> {
        Ok(Arc::new(Token {
            config: Config::parse(config, scope)?,
        }))
    }
}

struct Token {
    config: Config,
}

impl Check for Token {
    fn forecast(&self) -> Forecast {
        let writes = self.config.writes();
        let password = self.config.password.as_ref().map(|change| &change.identity);
        let identities: BTreeSet<_> = self.config.identities.iter().chain(password).collect();
        Forecast {
            // Some portals end every session of a person at a logout, those of other checks too.
            exclusive: !writes.is_empty(),
            writes: writes.into_iter().map(RequestTemplate::name).collect(),
            requests: self.config.most,
            worst: self.worst(),
            identities: identities.into_iter().cloned().collect(),
            secrets: crate::flow::secrets(&self.config.templates()),
            ..Forecast::default()
        }
    }

    fn run<'a>(&'a self, context: &'a Context) -> BoxFuture<'a, Result<CheckReport, CheckError>> {
        Box::pin(run::run(&self.config, context))
    }
}

impl Token {
    fn worst(&self) -> Duration {
        let grace = self.config.refresh.as_ref().map(|refresh| refresh.grace);
        budget::worst_within(config::limit(&self.config.probe), self.config.most)
            .saturating_add(grace.unwrap_or_default())
    }
}

#[cfg(test)]
mod cases;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
