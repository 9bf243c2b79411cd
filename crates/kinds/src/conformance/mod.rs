//! Observer `conformance`: holds every exchange against the OpenAPI document of the gate file.

mod body;
mod codes;
mod config;
mod contract;
mod coverage;
mod findings;
mod header;
mod judge;
mod origins;
mod request;

#[cfg(test)]
mod cases;
#[cfg(test)]
mod ordinary;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use serde_json::Value as Json;
use tidegate_core::check::{
    CheckError, CheckReport, Observer, ObserverContext, ObserverKind, ObserverScope,
};
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::exchange::Observed;
use tidegate_core::located::Located;
use tidegate_core::meta::{Docs, Meta, RetryClass};
use tidegate_core::node::Node;

use crate::observer;
use config::Config;
use contract::Contract;
use coverage::Coverage;
use judge::Judge;

static META: Meta = Meta {
    name: Cow::Borrowed("conformance"),
    summary: Cow::Borrowed("Holds every exchange against the OpenAPI document"),
    docs: Docs::known(include_str!("check.md")),
    codes: Cow::Borrowed(codes::ALL),
    always_run: false,
    retry: RetryClass::Never,
    ports: Cow::Borrowed(&[]),
};

/// The most faults of the document that are told.
const FAULT_LIMIT: usize = 20;

/// The observer kind `conformance`.
pub(crate) fn kind() -> Arc<dyn ObserverKind> {
    Arc::new(ConformanceKind)
}

struct ConformanceKind;

impl ObserverKind for ConformanceKind {
    fn meta(&self) -> &Meta {
        &META
    }

    fn schema(&self) -> Json {
        config::schema()
    }

    fn parse(
        &self,
        config: Option<&Node>,
        scope: &ObserverScope<'_>,
    ) -> Result<Option<Arc<dyn Observer>>, Vec<Diagnostic>> {
        let config = match config {
            None => Config::default(),
            Some(node) if observer::is_off(node) => return Ok(None),
            Some(node) => node.read()?,
        };
        Ok(scope.openapi.map(|named| -> Arc<dyn Observer> {
            Arc::new(Conformance {
                config,
                named: named.clone(),
                contract: OnceLock::new(),
                coverage: Mutex::default(),
            })
        }))
    }
}

struct Conformance {
    config: Config,
    /// The path of the document.
    named: Located<String>,
    /// The document, from the first exchange on.
    contract: OnceLock<Contract>,
    coverage: Mutex<Coverage>,
}

impl Observer for Conformance {
    fn begin(&self, context: &ObserverContext) -> Result<CheckReport, CheckError> {
        let contract = Contract::open(&self.named, context)?;
        let faults = &contract.document.faults;
        let mut report = CheckReport::default();
        let told = faults.iter().take(FAULT_LIMIT);
        let told = told.map(|fault| findings::document(fault, &self.named));
        report.findings.extend(told);
        report.notes.extend(untold(faults.len()));
        let _ = self.contract.set(contract);
        Ok(report)
    }

    fn observe(&self, exchange: &Observed<'_>) -> CheckReport {
        let Some(contract) = self.contract.get() else {
            return CheckReport::default();
        };
        let Some((report, declared)) = Judge::judge(contract, &self.config, exchange) else {
            return CheckReport::default();
        };
        if let Some(declared) = declared {
            let mut coverage = self.coverage.lock().unwrap_or_else(PoisonError::into_inner);
            coverage.add(&contract.document, declared.operation, declared.response);
        }
        report
    }

    fn finish(&self) -> CheckReport {
        let Some(contract) = self.contract.get() else {
            return CheckReport::default();
        };
        let coverage = self.coverage.lock().unwrap_or_else(PoisonError::into_inner);
        let mut report = coverage.report(&contract.document);
        let faults = contract.schemas.faults();
        let new = faults.iter().filter(|fault| !contract.has_told(fault));
        report.notes.extend(untold(new.clone().count()));
        let told = new.take(FAULT_LIMIT).map(findings::schema);
        report.findings.extend(told);
        report
    }
}

/// Says how many of so many parts that make no sense are not told one by one.
fn untold(faults: usize) -> Option<String> {
    let more = faults.checked_sub(FAULT_LIMIT).filter(|more| *more > 0)?;
    Some(format!("{more} more parts of the document make no sense"))
}
