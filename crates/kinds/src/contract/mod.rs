//! Kind `contract`: the interface stays what its clients rely on.

mod changes;
mod codes;
mod origin;
mod probe;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use crate::budget;
use serde::Deserialize;
use serde_json::{Value as Json, json};
use tidegate_core::check::{Check, CheckError, CheckReport, Context, Forecast, Kind, ParseScope};
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::located::Located;
use tidegate_core::meta::Meta;
use tidegate_core::node::Node;
use tidegate_core::ports::BoxFuture;

use changes::Changes;
use probe::Probe;

/// How long reading and comparing two documents may take.
const WORST: Duration = Duration::from_secs(60);

/// The kind `contract`.
pub(crate) fn kind() -> Arc<dyn Kind> {
    Arc::new(ContractKind)
}

struct ContractKind;

/// The keys of the config as they are written.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Written {
    changes: Option<Node>,
    operations: Option<Node>,
    parameters: Option<Node>,
    most: Option<Located<u32>>,
}

impl Kind for ContractKind {
    fn meta(&self) -> &Meta {
        &codes::META
    }

    fn schema(&self) -> Json {
        let mut schema = json!({
            "description": "Asks the safe operations of the document, and compares it with what clients rely on.",
            "type": ["object", "null"],
            "additionalProperties": false,
            "properties": { "changes": changes::schema() },
        });
        for (key, property) in probe::properties() {
            schema["properties"][key] = property;
        }
        schema
    }

    fn parse(
        &self,
        config: &Node,
        scope: &ParseScope<'_>,
    ) -> Result<Arc<dyn Check>, Vec<Diagnostic>> {
        // `contract:` with nothing behind it is the usual look.
        let config = config.or_empty();
        let written: Written = config.read()?;
        let changes = Changes::read(written.changes.as_ref(), scope.openapi)?;
        let asked = probe::Written {
            operations: written.operations,
            parameters: written.parameters,
            most: written.most,
        };
        let probe = Probe::read(&asked, scope)?;
        if changes.is_none() && probe.is_none() {
            return Err(vec![nothing(&config)]);
        }
        Ok(Arc::new(Contract { changes, probe }))
    }
}

fn nothing(config: &Node) -> Diagnostic {
    Diagnostic::at(config.span.clone(), "there is nothing to look at").help(
        "Name the document at the top of the gate file, as in `openapi: openapi.yaml`, and leave `operations` or \
         `changes` on.",
    )
}

/// A configured look at the interface.
struct Contract {
    changes: Option<Changes>,
    probe: Option<Probe>,
}

impl Check for Contract {
    fn forecast(&self) -> Forecast {
        let served = self.changes.as_ref().map_or(0, Changes::requests);
        let asked = self.probe.as_ref().map_or(0, |probe| probe.most);
        let identity = self.probe.iter().filter_map(|probe| probe.identity.clone());
        Forecast {
            requests: served + asked,
            worst: WORST + budget::worst(asked),
            identities: identity.collect(),
            secrets: self.probe.as_ref().map(Probe::secrets).unwrap_or_default(),
            ..Forecast::default()
        }
    }

    fn run<'a>(&'a self, context: &'a Context) -> BoxFuture<'a, Result<CheckReport, CheckError>> {
        Box::pin(self.attempt(context))
    }
}

impl Contract {
    async fn attempt(&self, context: &Context) -> Result<CheckReport, CheckError> {
        let mut report = match &self.probe {
            Some(probe) => probe.run(context).await?,
            None => CheckReport::default(),
        };
        if let Some(changes) = &self.changes {
            let compared = changes.run(context).await?;
            report.findings.extend(compared.findings);
            // A document that is new, or has nothing before it, breaks nobody.
            report.evaluated += compared.evaluated.max(1);
            report.notes.extend(compared.notes);
        }
        Ok(report)
    }
}
