//! Kind `regression`: whether the new deploy is slower than the old one.
//!
//! Both are asked at the same time, in pairs whose order is random, so that whatever slows the machine
//! or the network slows both. Where there is no old deploy to ask, what an earlier run stored takes its
//! place, held straight by a route that should not change.

mod codes;
mod config;
mod fitness;
mod judge;
mod live;
mod looks;
mod measure;
mod old;
mod origin;
mod program;
mod rounds;
mod schedule;
mod schema;
mod stored;
mod tell;

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value as Json;
use tidegate_core::check::{Check, CheckError, CheckReport, Context, Forecast, Kind, ParseScope};
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::meta::{Docs, Meta, Port, RetryClass};
use tidegate_core::node::Node;
use tidegate_core::ports::BoxFuture;

use config::Config;
use old::Old;

static META: Meta = Meta {
    name: Cow::Borrowed("regression"),
    summary: Cow::Borrowed(
        "Asks the old deploy and the new one at the same time, and says whether the new one is slower",
    ),
    docs: Docs::known(include_str!("check.md")),
    codes: Cow::Borrowed(codes::CODES),
    always_run: false,
    retry: RetryClass::Never,
    ports: Cow::Borrowed(&[
        Port::Http,
        Port::Load,
        Port::Files,
        Port::Repository,
        Port::Processes,
        Port::Sinks,
        Port::State,
    ]),
};

/// What starting, stopping and reckoning may take beyond the measurement.
const AROUND: Duration = Duration::from_secs(20);

/// The kind `regression`.
pub(crate) fn kind() -> Arc<dyn Kind> {
    Arc::new(RegressionKind)
}

struct RegressionKind;

impl Kind for RegressionKind {
    fn meta(&self) -> &Meta {
        &META
    }

    fn schema(&self) -> Json {
        schema::regression()
    }

    fn parse(
        &self,
        config: &Node,
        scope: &ParseScope<'_>,
    ) -> Result<Arc<dyn Check>, Vec<Diagnostic>> {
        Ok(Arc::new(Regression {
            config: Config::parse(config, scope)?,
        }))
    }
}

struct Regression {
    config: Config,
}

impl Check for Regression {
    fn forecast(&self) -> Forecast {
        let config = &self.config;
        let starting = match &config.old {
            Old::Program(start) => start.within,
            _ => Duration::ZERO,
        };
        Forecast {
            requests: config.most_requests(),
            asks: config.old.asked().into_iter().collect(),
            worst: config.within + config.longest() * 3 + starting + AROUND,
            secrets: crate::flow::secrets(&config.templates()),
            exclusive: true,
            starts_nothing: !matches!(config.old, Old::Program(_)),
            ..Forecast::default()
        }
    }

    fn unfit(&self) -> Option<Diagnostic> {
        self.config.unfit()
    }

    fn run<'a>(&'a self, context: &'a Context) -> BoxFuture<'a, Result<CheckReport, CheckError>> {
        Box::pin(async move {
            match &self.config.old {
                Old::Reference(control) => stored::run(&self.config, control, context).await,
                _ => live::run(&self.config, context).await,
            }
        })
    }
}

#[cfg(test)]
mod cases;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
