//! Kind `contract`: the interface stays what its clients rely on.

mod changes;
mod codes;
mod origin;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value as Json, json};
use tidegate_core::check::{Check, CheckError, CheckReport, Context, Forecast, Kind, ParseScope};
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::meta::Meta;
use tidegate_core::node::{Node, Value};
use tidegate_core::ports::BoxFuture;

use changes::Changes;

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
}

impl Kind for ContractKind {
    fn meta(&self) -> &Meta {
        &codes::META
    }

    fn schema(&self) -> Json {
        json!({
            "description": "Compares the interface with what its clients rely on.",
            "type": ["object", "null"],
            "additionalProperties": false,
            "properties": { "changes": changes::schema() },
        })
    }

    fn parse(
        &self,
        config: &Node,
        scope: &ParseScope<'_>,
    ) -> Result<Arc<dyn Check>, Vec<Diagnostic>> {
        // `contract:` with nothing behind it is the usual look.
        let empty = Node::new(Value::Map(Vec::new()), config.span.clone());
        let config = if config.value == Value::Null {
            &empty
        } else {
            config
        };
        let written: Written = config.read()?;
        let changes = Changes::read(written.changes.as_ref(), scope.openapi)?;
        Ok(Arc::new(Contract { changes }))
    }
}

/// A configured look at the interface.
struct Contract {
    changes: Option<Changes>,
}

impl Check for Contract {
    fn forecast(&self) -> Forecast {
        Forecast {
            requests: self.changes.as_ref().map_or(0, Changes::requests),
            worst: WORST,
            ..Forecast::default()
        }
    }

    fn run<'a>(&'a self, context: &'a Context) -> BoxFuture<'a, Result<CheckReport, CheckError>> {
        Box::pin(self.attempt(context))
    }
}

impl Contract {
    async fn attempt(&self, context: &Context) -> Result<CheckReport, CheckError> {
        let Some(changes) = &self.changes else {
            return Ok(CheckReport::default());
        };
        let compared = changes.run(context).await?;
        Ok(CheckReport {
            findings: compared.findings,
            // A document that is new, or has nothing before it, breaks nobody.
            evaluated: compared.evaluated.max(1),
            notes: compared.notes,
            ..CheckReport::default()
        })
    }
}
