//! Kind `lists`: whether lists honour their limits, and what is in answers that no client may see.

mod codes;
mod config;
mod derive;
mod fields;
mod findings;
mod items;
mod limits;
mod numbers;
mod run;
mod schema;
mod sensitive;

use std::borrow::Cow;
use std::sync::Arc;

use crate::budget;
use serde_json::Value as Json;
use tidegate_core::check::{Check, CheckError, CheckReport, Context, Forecast, Kind, ParseScope};
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::meta::{Docs, Meta, Port, RetryClass};
use tidegate_core::node::Node;
use tidegate_core::ports::BoxFuture;
use tidegate_core::template::Template;

use config::{Config, Look};

static META: Meta = Meta {
    name: Cow::Borrowed("lists"),
    summary: Cow::Borrowed(
        "Asks lists for too much, and looks in answers for what no client may see",
    ),
    docs: Docs::known(include_str!("check.md")),
    codes: Cow::Borrowed(codes::CODES),
    always_run: false,
    retry: RetryClass::Never,
    ports: Cow::Borrowed(&[Port::Http, Port::Files]),
};

/// The kind `lists`.
pub(crate) fn kind() -> Arc<dyn Kind> {
    Arc::new(ListsKind)
}

struct ListsKind;

impl Kind for ListsKind {
    fn meta(&self) -> &Meta {
        &META
    }

    fn schema(&self) -> Json {
        schema::lists()
    }

    fn parse(
        &self,
        config: &Node,
        scope: &ParseScope<'_>,
    ) -> Result<Arc<dyn Check>, Vec<Diagnostic>> {
        Ok(Arc::new(Lists {
            config: Config::read(config, scope)?,
        }))
    }
}

/// Lists and objects and what their answers may be.
struct Lists {
    config: Config,
}

impl Check for Lists {
    fn forecast(&self) -> Forecast {
        let looks = self.config.looks.iter();
        let templates: Vec<Template> = looks.flat_map(Look::templates).collect();
        let each = |look: &Look| {
            if look.is_list {
                limits::REQUESTS + 1
            } else {
                1
            }
        };
        let requests = match self.config.looks.as_slice() {
            [] => self.config.most,
            looks => looks.iter().map(each).sum::<u32>().min(self.config.most),
        };
        Forecast {
            requests,
            worst: budget::worst(requests),
            identities: self.config.identity.iter().cloned().collect(),
            secrets: crate::flow::secrets(&templates),
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
