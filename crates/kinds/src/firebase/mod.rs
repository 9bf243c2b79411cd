//! Kind `firebase`: what a stranger can do at a Firebase project with what every page carries.

mod account;
mod answer;
mod codes;
mod config;
mod findings;
mod place;
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

use config::Config;

static META: Meta = Meta {
    name: Cow::Borrowed("firebase"),
    summary: Cow::Borrowed("Tries what a stranger can read and change at a Firebase project"),
    docs: Docs::known(include_str!("check.md")),
    codes: Cow::Borrowed(codes::CODES),
    always_run: false,
    retry: RetryClass::Never,
    ports: Cow::Borrowed(&[Port::Http, Port::Files, Port::Cleanup]),
};

/// The kind `firebase`.
pub(crate) fn kind() -> Arc<dyn Kind> {
    Arc::new(FirebaseKind)
}

struct FirebaseKind;

impl Kind for FirebaseKind {
    fn meta(&self) -> &Meta {
        &META
    }

    fn schema(&self) -> Json {
        schema::firebase()
    }

    fn parse(
        &self,
        config: &Node,
        scope: &ParseScope<'_>,
    ) -> Result<Arc<dyn Check>, Vec<Diagnostic>> {
        Ok(Arc::new(Firebase {
            config: Config::read(config, scope)?,
            is_writable: scope.environment.writable(),
        }))
    }
}

struct Firebase {
    config: Config,
    is_writable: bool,
}

impl Firebase {
    /// What it may create; nothing in production, where these are left out.
    fn writes(&self) -> Vec<String> {
        let mut writes = Vec::new();
        if self.is_writable && self.config.writes {
            let places = self.config.places.iter().filter(|place| !place.is_public);
            writes.extend(places.filter_map(|place| Some(place.write("${canary}")?.0.name())));
        }
        if self.is_writable && self.config.anonymous_user {
            writes.push("POST /v1/accounts:signUp".to_owned());
        }
        writes
    }
}

impl Check for Firebase {
    fn forecast(&self) -> Forecast {
        let key = self.config.accounts.iter().map(|accounts| &accounts.key);
        Forecast {
            writes: self.writes(),
            requests: self.config.most,
            worst: crate::budget::worst(self.config.most),
            secrets: crate::flow::secrets(key),
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
