//! Kind `page`: a page is there, and what it needs loads.

mod asset;
mod codes;
mod config;
mod error_pages;
mod findings;
mod imports;
mod integrity;
mod load;
mod look;
mod markup;
mod run;
mod styles;

use std::borrow::Cow;
use std::sync::Arc;

use serde_json::Value as Json;
use tidegate_core::check::{Check, CheckError, CheckReport, Context, Forecast, Kind, ParseScope};
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::meta::{Docs, Meta, Port, RetryClass};
use tidegate_core::node::Node;
use tidegate_core::ports::BoxFuture;

use crate::budget;
use config::Config;

static META: Meta = Meta {
    name: Cow::Borrowed("page"),
    summary: Cow::Borrowed(
        "Opens pages as a browser does, and proves that they and what they load are there",
    ),
    docs: Docs::known(include_str!("check.md")),
    codes: Cow::Borrowed(codes::CODES),
    always_run: false,
    retry: RetryClass::Never,
    ports: Cow::Borrowed(&[Port::Http, Port::Files]),
};

/// The kind `page`.
pub(crate) fn kind() -> Arc<dyn Kind> {
    Arc::new(PageKind)
}

struct PageKind;

impl Kind for PageKind {
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
        Ok(Arc::new(Pages {
            config: Config::read(config, scope)?,
        }))
    }
}

/// Pages that must be there, with what they load.
struct Pages {
    config: Config,
}

impl Check for Pages {
    fn forecast(&self) -> Forecast {
        let requests = self.config.most_requests();
        Forecast {
            requests,
            worst: budget::worst(requests),
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
