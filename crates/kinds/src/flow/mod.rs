//! Kind `flow`: what a user does, request after request, and what each answer must be.

mod advice;
mod auth;
pub(crate) mod cleanup;
mod codes;
mod findings;
mod lost;
mod parts;
pub(crate) mod references;
mod run;
pub(crate) mod schema;
mod step;

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::Value as Json;
use tidegate_core::check::{Check, CheckError, CheckReport, Context, Forecast, Kind, ParseScope};
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::meta::{Docs, Meta, Port, RetryClass};
use tidegate_core::node::Node;
use tidegate_core::ports::BoxFuture;
use tidegate_core::template::Template;

pub(crate) use lost::Lost;
pub(crate) use parts::{keep, no_look, take};
pub(crate) use run::{Run, Tried, is_of_the_portal, never_arrived, refuses};
pub(crate) use step::{Step, parse_steps};

static META: Meta = Meta {
    name: Cow::Borrowed("flow"),
    summary: Cow::Borrowed("Walks through a journey of requests and checks every answer"),
    docs: Docs::known(include_str!("check.md")),
    codes: Cow::Borrowed(codes::CODES),
    always_run: false,
    retry: RetryClass::Allowed,
    ports: Cow::Borrowed(&[Port::Http, Port::Files, Port::Cleanup]),
};

/// The kind `flow`.
pub(crate) fn kind() -> Arc<dyn Kind> {
    Arc::new(FlowKind)
}

/// The secrets that templates name, in order and each once.
pub(crate) fn secrets<'t>(templates: impl IntoIterator<Item = &'t Template>) -> Vec<String> {
    let templates = templates.into_iter();
    let names: BTreeSet<&str> = templates.flat_map(Template::secrets).collect();
    names.into_iter().map(str::to_owned).collect()
}

struct FlowKind;

impl Kind for FlowKind {
    fn meta(&self) -> &Meta {
        &META
    }

    fn schema(&self) -> Json {
        schema::flow()
    }

    fn parse(
        &self,
        config: &Node,
        scope: &ParseScope<'_>,
    ) -> Result<Arc<dyn Check>, Vec<Diagnostic>> {
        let steps = parse_steps(config, scope)?;
        references::check(&steps)?;
        Ok(Arc::new(Flow { steps }))
    }
}

/// A journey: the steps in order.
struct Flow {
    steps: Vec<Step>,
}

impl Check for Flow {
    fn forecast(&self) -> Forecast {
        let requests = self
            .steps
            .iter()
            .flat_map(|step| {
                let removal = step.cleanup.iter().map(|cleanup| &cleanup.request);
                std::iter::once(&step.request).chain(removal)
            })
            .collect::<Vec<_>>();
        let writes = requests.iter().filter(|request| request.writes());
        let identities: BTreeSet<_> = self
            .steps
            .iter()
            .filter_map(|step| step.identity.clone())
            .collect();
        let templates = self
            .steps
            .iter()
            .flat_map(Step::templates)
            .collect::<Vec<_>>();
        Forecast {
            writes: writes.map(|request| request.name()).collect(),
            requests: u32::try_from(requests.len()).unwrap_or(u32::MAX),
            worst: self.steps.iter().map(Step::worst).sum(),
            identities: identities.into_iter().collect(),
            secrets: secrets(&templates),
            ..Forecast::default()
        }
    }

    fn run<'a>(&'a self, context: &'a Context) -> BoxFuture<'a, Result<CheckReport, CheckError>> {
        Box::pin(run::run(&self.steps, context))
    }
}

#[cfg(test)]
mod tests;
