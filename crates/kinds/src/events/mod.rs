//! Kind `events`: what the portal sends out and what others send to it, held against contracts.

mod arrival;
mod codes;
mod config;
mod contract;
mod findings;
mod incoming;
mod outgoing;
mod payload;
mod refusals;
mod schema;
mod signature;

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value as Json;
use tidegate_core::check::{Check, CheckError, CheckReport, Context, Forecast, Kind, ParseScope};
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::finding::Finding;
use tidegate_core::meta::{Docs, Meta, Port, RetryClass};
use tidegate_core::node::Node;
use tidegate_core::ports::BoxFuture;
use tidegate_core::request::RequestTemplate;
use tidegate_core::template::Template;

use crate::flow::Step;
use config::Config;
use contract::Contracts;
use incoming::Once;

static META: Meta = Meta {
    name: Cow::Borrowed("events"),
    summary: Cow::Borrowed(
        "Receives the portal's webhooks and sends it those of others, and holds both against their contracts",
    ),
    docs: Docs::known(include_str!("check.md")),
    codes: Cow::Borrowed(codes::CODES),
    always_run: false,
    retry: RetryClass::Never,
    ports: Cow::Borrowed(&[Port::Http, Port::Files, Port::Cleanup, Port::Sinks]),
};

/// The kind `events`.
pub(crate) fn kind() -> Arc<dyn Kind> {
    Arc::new(EventsKind)
}

struct EventsKind;

impl Kind for EventsKind {
    fn meta(&self) -> &Meta {
        &META
    }

    fn schema(&self) -> Json {
        schema::events()
    }

    fn parse(
        &self,
        config: &Node,
        scope: &ParseScope<'_>,
    ) -> Result<Arc<dyn Check>, Vec<Diagnostic>> {
        Ok(Arc::new(Events {
            config: Config::parse(config, scope)?,
        }))
    }
}

struct Events {
    config: Config,
}

impl Events {
    /// Everything that is sent at most, each as often as it is sent.
    fn requests(&self) -> impl Iterator<Item = &RequestTemplate> {
        let trigger = self
            .config
            .outgoing
            .iter()
            .flat_map(|outgoing| &outgoing.trigger);
        let incoming = self.config.incoming.iter().flat_map(|incoming| {
            let events = std::iter::repeat_n(&incoming.step, incoming.most_requests());
            let once = incoming.once.iter();
            let reads = once.flat_map(|once| std::iter::repeat_n(&once.step, Once::READS as usize));
            events.chain(reads)
        });
        trigger.chain(incoming).flat_map(|step| {
            let removal = step.cleanup.iter().map(|cleanup| &cleanup.request);
            std::iter::once(&step.request).chain(removal)
        })
    }

    fn steps(&self) -> impl Iterator<Item = &Step> {
        let trigger = self
            .config
            .outgoing
            .iter()
            .flat_map(|outgoing| &outgoing.trigger);
        let incoming = self.config.incoming.iter().flat_map(|incoming| {
            let once = incoming.once.iter().map(|once| &once.step);
            std::iter::once(&incoming.step).chain(once)
        });
        trigger.chain(incoming)
    }

    fn templates(&self) -> Vec<Template> {
        let mut templates: Vec<Template> = self.steps().flat_map(Step::templates).collect();
        let expected = self
            .config
            .outgoing
            .iter()
            .flat_map(|outgoing| &outgoing.expect);
        templates.extend(expected.flat_map(config::Expected::templates));
        let signatures = self
            .config
            .incoming
            .iter()
            .filter_map(|incoming| incoming.signature.as_ref());
        templates.extend(signatures.map(|signature| signature.secret.clone()));
        templates
    }

    fn worst(&self) -> Duration {
        let outgoing = self.config.outgoing.iter().map(|outgoing| {
            let trigger: Duration = outgoing.trigger.iter().map(Step::worst).sum();
            trigger + outgoing.within + outgoing::SETTLING
        });
        let incoming = self.config.incoming.iter().map(|incoming| {
            let times = u32::try_from(incoming.most_requests()).unwrap_or(u32::MAX);
            let once = incoming.once.as_ref().map_or(Duration::ZERO, Once::worst);
            incoming.step.worst().saturating_mul(times) + once
        });
        outgoing.chain(incoming).sum()
    }

    async fn run_once(&self, context: &Context) -> Result<CheckReport, CheckError> {
        let mut report = CheckReport::default();
        let mut contracts = Contracts::new(context.files()?.clone(), self.config.openapi.as_ref());
        if let Some(outgoing) = &self.config.outgoing {
            outgoing::run(outgoing, context, &mut contracts, &mut report).await?;
        }
        for (number, incoming) in self.config.incoming.iter().enumerate() {
            incoming::run(incoming, number, context, &mut contracts, &mut report).await?;
        }
        report.notes.extend(contracts.faults());
        Ok(report)
    }
}

impl Check for Events {
    fn forecast(&self) -> Forecast {
        let requests: Vec<&RequestTemplate> = self.requests().collect();
        let mut writes: Vec<String> = Vec::new();
        for request in requests.iter().filter(|request| request.writes()) {
            let name = request.name();
            if !writes.contains(&name) {
                writes.push(name);
            }
        }
        let identities: BTreeSet<_> = self
            .steps()
            .filter_map(|step| step.identity.clone())
            .collect();
        let templates = self.templates();
        Forecast {
            writes,
            requests: u32::try_from(requests.len()).unwrap_or(u32::MAX),
            worst: self.worst(),
            identities: identities.into_iter().collect(),
            secrets: crate::flow::secrets(&templates),
            // The portal knows one address to send to, so checks would take each other's port.
            exclusive: self.config.outgoing.is_some(),
            ..Forecast::default()
        }
    }

    fn run<'a>(&'a self, context: &'a Context) -> BoxFuture<'a, Result<CheckReport, CheckError>> {
        Box::pin(self.run_once(context))
    }
}

/// A failed step of a flow, as what it is here: nothing about events can be seen behind it.
fn as_step(mut finding: Finding) -> Finding {
    finding.code = codes::STEP.code.clone();
    finding.severity = codes::STEP.severity;
    finding
}

#[cfg(test)]
mod cases;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
