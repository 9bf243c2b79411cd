//! What events must look like: a JSON Schema, or a part of the gate's OpenAPI document.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value as Json;
use tidegate_core::check::{CheckError, ParseScope};
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::located::Located;
use tidegate_core::ports::Files;
use tidegate_core::span::Span;

use crate::documents;
use crate::specification::openapi::{Content, Found, OpenApi, RequestBody};
use crate::specification::schema::{Dialect, SchemaFault, Schemas, Verdict};
use crate::specification::{At, Direction, Library, Place};

/// The content type of events.
const JSON: &str = "application/json";

/// Where a contract is written.
#[derive(Debug, Clone)]
pub(super) enum Source {
    /// A file with a JSON Schema, and behind `#` the part of it.
    Schema(Located<String>),
    /// A webhook of the OpenAPI document.
    Webhook(Located<String>),
}

impl Source {
    /// Reads `schema:` or `webhook:`, of which one may stand.
    ///
    /// # Errors
    /// When both stand, or a webhook is named without a document.
    pub(super) fn parse(
        schema: Option<Located<String>>,
        webhook: Option<Located<String>>,
        scope: &ParseScope<'_>,
    ) -> Result<Option<Self>, Vec<Diagnostic>> {
        match (schema, webhook) {
            (Some(_), Some(webhook)) => Err(vec![
                Diagnostic::at(webhook.span, "two contracts for one event")
                    .label("keep either `schema` or `webhook`"),
            ]),
            (None, Some(webhook)) if scope.openapi.is_none() => Err(vec![
                Diagnostic::at(webhook.span, "there is no document with webhooks")
                    .label("needs `openapi:` at the top of the gate file")
                    .help("Or name a JSON Schema with `schema:`."),
            ]),
            (schema, webhook) => Ok(schema.map(Self::Schema).or(webhook.map(Self::Webhook))),
        }
    }

    /// Where it was named.
    pub(super) fn span(&self) -> &Span {
        match self {
            Self::Schema(named) | Self::Webhook(named) => &named.span,
        }
    }
}

/// A contract that was read.
#[derive(Clone)]
pub(super) struct Contract {
    document: Arc<Document>,
    place: Place,
    direction: Direction,
}

impl Contract {
    /// Holds a value against it.
    ///
    /// # Errors
    /// When the schema itself makes no sense.
    pub(super) fn check(&self, value: &Json) -> Result<Verdict, CheckError> {
        let schema = self.schema();
        let verdict = self.document.schemas.check(schema, self.direction, value);
        verdict.map_err(useless)
    }

    /// Where it stands.
    pub(super) fn schema(&self) -> At<'_> {
        self.document.library().at(self.place)
    }
}

/// Reads contracts, each document once.
pub(super) struct Contracts<'c> {
    files: Arc<dyn Files>,
    openapi: Option<&'c Located<String>>,
    /// By path, and whether it was read as a whole interface.
    documents: BTreeMap<(String, bool), Arc<Document>>,
}

struct Document {
    content: Written,
    schemas: Schemas,
}

enum Written {
    Schema(Library),
    OpenApi(Box<OpenApi>),
}

impl Document {
    fn library(&self) -> &Library {
        match &self.content {
            Written::Schema(library) => library,
            Written::OpenApi(document) => &document.library,
        }
    }
}

impl<'c> Contracts<'c> {
    /// Begins with nothing read.
    pub(super) fn new(files: Arc<dyn Files>, openapi: Option<&'c Located<String>>) -> Self {
        Self {
            files,
            openapi,
            documents: BTreeMap::new(),
        }
    }

    /// The contract of what the portal sends, if there is one.
    ///
    /// # Errors
    /// When it is named and cannot be read, or is not where it is said to be.
    pub(super) fn outgoing(
        &mut self,
        source: Option<&Source>,
    ) -> Result<Option<Contract>, CheckError> {
        source
            .map(|source| self.named(source, Direction::Response))
            .transpose()
    }

    /// The contract of what others send: the one that is named, else the body that the document
    /// declares for the request.
    ///
    /// # Errors
    /// As for [`Contracts::outgoing`].
    pub(super) fn incoming(
        &mut self,
        source: Option<&Source>,
        method: &str,
        path: &str,
    ) -> Result<Option<Contract>, CheckError> {
        match (source, self.openapi) {
            (Some(source), _) => self.named(source, Direction::Request).map(Some),
            (None, Some(openapi)) => self.declared(openapi, method, path),
            (None, None) => Ok(None),
        }
    }

    fn named(&mut self, source: &Source, direction: Direction) -> Result<Contract, CheckError> {
        let read = match source {
            Source::Schema(named) => self.in_file(&named.value),
            Source::Webhook(named) => self.webhook(&named.value),
        };
        let (document, place) = read.map_err(|error| error.at(source.span().location()))?;
        Ok(Contract {
            document,
            place,
            direction,
        })
    }

    fn in_file(&mut self, named: &str) -> Result<(Arc<Document>, Place), CheckError> {
        let (path, fragment) = named.split_once('#').unwrap_or((named, ""));
        let document = self.document(path, false)?;
        let place = document
            .library()
            .root()
            .at_pointer(fragment)
            .map(At::place)
            .ok_or_else(|| {
                CheckError::new(
                    format!("`{named}` leads nowhere"),
                    "What stands behind `#` is a JSON pointer, as in `events.json#/$defs/created`.",
                )
            })?;
        Ok((document, place))
    }

    fn webhook(&mut self, name: &str) -> Result<(Arc<Document>, Place), CheckError> {
        let Some(openapi) = self.openapi else {
            return Err(CheckError::new(
                "there is no document with webhooks",
                "Name it with `openapi:` at the top of the gate file.",
            ));
        };
        let document = self.document(&openapi.value, true)?;
        let place = document.openapi_parts().and_then(|document| {
            let mut webhooks = document.webhooks.iter();
            let webhook = webhooks.find(|webhook| webhook.path == name)?;
            json_schema(webhook.body.as_ref())
        });
        let place = place.ok_or_else(|| {
            CheckError::new(
                format!("{} describes no JSON of a webhook `{name}`", openapi.value),
                "Webhooks stand under `webhooks:` of OpenAPI 3.1, each with a `requestBody` of \
                 application/json that has a schema.",
            )
        })?;
        Ok((document, place))
    }

    fn declared(
        &mut self,
        openapi: &Located<String>,
        method: &str,
        path: &str,
    ) -> Result<Option<Contract>, CheckError> {
        let document = self
            .document(&openapi.value, true)
            .map_err(|error| error.at(openapi.span.location()))?;
        let place =
            document
                .openapi_parts()
                .and_then(|document| match document.find(method, path) {
                    Found::Operation(found) => json_schema(found.operation.body.as_ref()),
                    _ => None,
                });
        Ok(place.map(|place| Contract {
            document,
            place,
            direction: Direction::Request,
        }))
    }

    /// What makes no sense in the contracts that were held against, each in a sentence.
    pub(super) fn faults(&self) -> Vec<String> {
        let faults = self
            .documents
            .values()
            .flat_map(|document| document.schemas.faults());
        faults
            .map(|fault| {
                format!(
                    "Part of a contract counts for nothing: {fault}, at {}.",
                    fault.location
                )
            })
            .collect()
    }

    fn document(&mut self, path: &str, interface: bool) -> Result<Arc<Document>, CheckError> {
        let key = (path.to_owned(), interface);
        if let Some(known) = self.documents.get(&key) {
            return Ok(Arc::clone(known));
        }
        let read = if interface {
            Document::openapi(path, &*self.files)
        } else {
            Document::schema(path, &*self.files)
        };
        let document = Arc::new(read?);
        self.documents.insert(key, Arc::clone(&document));
        Ok(document)
    }
}

impl Document {
    fn schema(path: &str, files: &dyn Files) -> Result<Self, CheckError> {
        let library = documents::open(path, files)?;
        let root = library.root();
        // A part of an interface may be named like a part of any other file.
        let schemas = if root.get("openapi").is_some() {
            Schemas::new(Dialect::of_openapi(root))
        } else {
            Schemas::for_json_schema(root).map_err(useless)?
        };
        Ok(Self {
            schemas,
            content: Written::Schema(library),
        })
    }

    fn openapi(path: &str, files: &dyn Files) -> Result<Self, CheckError> {
        let document = documents::open_api(path, files)?;
        Ok(Self {
            schemas: Schemas::new(Dialect::of_openapi(document.library.root())),
            content: Written::OpenApi(Box::new(document)),
        })
    }

    fn openapi_parts(&self) -> Option<&OpenApi> {
        match &self.content {
            Written::OpenApi(document) => Some(document),
            Written::Schema(_) => None,
        }
    }
}

fn json_schema(body: Option<&RequestBody>) -> Option<Place> {
    let content: &Content = body?.content(JSON)?;
    content.schema
}

fn useless(fault: SchemaFault) -> CheckError {
    let help = fault.help();
    CheckError::new(fault.to_string(), help).at(fault.location)
}
