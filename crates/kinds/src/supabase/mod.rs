//! Kind `supabase`: what a stranger can do at a Supabase project with the key that every page carries.

mod account;
mod answer;
mod codes;
mod config;
mod findings;
mod functions;
mod key;
mod outline;
mod run;
mod schema;
mod storage;
mod tables;
mod tenants;

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
    name: Cow::Borrowed("supabase"),
    summary: Cow::Borrowed(
        "Tries what a stranger can read and change at a Supabase project with its public key",
    ),
    docs: Docs::known(include_str!("check.md")),
    codes: Cow::Borrowed(codes::CODES),
    always_run: false,
    retry: RetryClass::Never,
    ports: Cow::Borrowed(&[Port::Http, Port::Files, Port::Cleanup]),
};

/// The kind `supabase`.
pub(crate) fn kind() -> Arc<dyn Kind> {
    Arc::new(SupabaseKind)
}

struct SupabaseKind;

impl Kind for SupabaseKind {
    fn meta(&self) -> &Meta {
        &META
    }

    fn schema(&self) -> Json {
        schema::supabase()
    }

    fn parse(
        &self,
        config: &Node,
        scope: &ParseScope<'_>,
    ) -> Result<Arc<dyn Check>, Vec<Diagnostic>> {
        Ok(Arc::new(Supabase {
            config: Config::read(config, scope)?,
            is_writable: scope.environment.writable(),
        }))
    }
}

struct Supabase {
    config: Config,
    is_writable: bool,
}

impl Supabase {
    /// What it may create; nothing in production, where these are left out.
    fn writes(&self) -> Vec<String> {
        let mut writes = Vec::new();
        if self.is_writable {
            let tables = self.config.writes.0.iter();
            writes.extend(tables.map(|(table, _)| format!("POST /rest/v1/{}", table.value)));
            if self.config.anonymous_user == Some(true) {
                writes.push("POST /auth/v1/signup".to_owned());
            }
        }
        writes
    }
}

impl Check for Supabase {
    fn forecast(&self) -> Forecast {
        let people = self.config.identity.iter().chain(&self.config.other);
        Forecast {
            writes: self.writes(),
            requests: self.config.most,
            worst: crate::budget::worst(self.config.most),
            identities: people.cloned().collect(),
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
mod testing;
#[cfg(test)]
mod tests;
