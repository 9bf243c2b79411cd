//! The document as it is kept during a run.

use std::collections::BTreeMap;

use tidegate_core::check::{CheckError, ObserverContext};
use tidegate_core::located::Located;
use tidegate_core::span::Span;

use super::origins::{Origins, path};
use crate::documents;
use crate::specification::openapi::OpenApi;
use crate::specification::schema::{Dialect, SchemaFault, Schemas};

/// The document, and what is asked of it for every exchange.
pub(super) struct Contract {
    pub(super) document: OpenApi,
    pub(super) schemas: Schemas,
    pub(super) origins: Origins,
    /// How many declared paths begin with each segment.
    beginnings: BTreeMap<String, usize>,
    /// The path that the environment stands under.
    base: String,
}

impl Contract {
    /// Reads the document that the gate file names.
    pub(super) fn open(
        named: &Located<String>,
        context: &ObserverContext,
    ) -> Result<Self, CheckError> {
        let document = documents::open_api(&named.value, &*context.files)
            .map_err(|error| error.at(named.span.location()))?;
        let origins = Origins::new(&document, &context.environment);
        let base = path(&context.environment.url.value).to_owned();
        let mut beginnings = BTreeMap::new();
        for operation in &document.operations {
            *beginnings
                .entry(first(&operation.path).to_owned())
                .or_default() += 1;
        }
        let dialect = Dialect::of_openapi(document.library.root());
        Ok(Self {
            document: document.deployed_under(&base),
            schemas: Schemas::new(dialect),
            origins,
            beginnings,
            base,
        })
    }

    /// Whether a fault of a schema is among those of the document.
    ///
    /// Columns do not count: one points at the key and the other at the value.
    pub(super) fn has_told(&self, fault: &SchemaFault) -> bool {
        let reason = fault.reason.to_string();
        let mut told = self.document.faults.iter();
        told.any(|told| {
            let place = told.span.as_ref().map(Span::location);
            let is_there = place.is_some_and(|place| {
                (&place.file, place.line) == (&fault.location.file, fault.location.line)
            });
            is_there && told.message == reason
        })
    }

    /// Whether several declared operations stand where this address does.
    pub(super) fn has_neighbours(&self, url: &str) -> bool {
        let path = path(url);
        let below = path.strip_prefix(&self.base).unwrap_or(path);
        let alike = self.beginnings.get(first(below));
        !first(below).is_empty() && alike.is_some_and(|count| *count > 1)
    }
}

/// The first segment of a path.
fn first(path: &str) -> &str {
    let path = path.trim_start_matches('/');
    path.split('/').next().unwrap_or_default()
}
