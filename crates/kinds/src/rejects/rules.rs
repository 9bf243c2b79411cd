//! What a body must be, wherever it is known from, and who judges by it.

use std::sync::Arc;

use serde_json::{Map, Value as Json, json};
use tidegate_core::check::CheckError;
use tidegate_core::located::Located;
use tidegate_core::ports::Files;

use super::subject::Rule;
use crate::documents;
use crate::specification::openapi::OpenApi;
use crate::specification::schema::{Dialect, Schemas};
use crate::specification::{At, Direction, Library, Place};

/// The gate's document and its schemas.
pub(super) struct Document {
    /// The document.
    pub(super) api: OpenApi,
    schemas: Arc<Schemas>,
}

impl Document {
    /// Reads the gate's document.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(super) fn open(path: &Located<String>, files: &dyn Files) -> Result<Self, CheckError> {
        let api = documents::open_api(&path.value, files)
            .map_err(|error| error.at(path.span.location()))?;
        let dialect = Dialect::of_openapi(api.library.root());
        Ok(Self {
            api,
            schemas: Arc::new(Schemas::new(dialect)),
        })
    }
}

/// The schema of a body.
pub(super) struct Rules<'d> {
    library: Source<'d>,
    place: Place,
    schemas: Arc<Schemas>,
}

enum Source<'d> {
    Document(&'d Library),
    Own(Box<Library>),
}

impl<'d> Rules<'d> {
    /// Finds the schema of an operation; `control` is a valid body, for when there is nothing else.
    ///
    /// # Errors
    /// When its file cannot be read.
    pub(super) fn of(
        rule: &Rule,
        document: Option<&'d Document>,
        files: &dyn Files,
        control: &dyn Fn() -> Option<Json>,
    ) -> Result<Option<Self>, CheckError> {
        match (rule, document) {
            (Rule::Document(place), Some(document)) => Ok(Some(Self {
                library: Source::Document(&document.api.library),
                place: *place,
                schemas: document.schemas.clone(),
            })),
            (Rule::File(file), _) => Self::file(file, files).map(Some),
            _ => Ok(control().and_then(|control| Self::alike(&control))),
        }
    }

    fn file(file: &Located<String>, files: &dyn Files) -> Result<Self, CheckError> {
        let (path, pointer) = file.value.split_once('#').unwrap_or((&file.value, ""));
        let library =
            documents::open(path, files).map_err(|error| error.at(file.span.location()))?;
        let place = library.root().at_pointer(pointer).map(At::place);
        let place = place.ok_or_else(|| {
            CheckError::new(
                format!("`{}` leads nowhere", file.value),
                "Write the path of the file, and behind a `#` the JSON Pointer of the schema in it.",
            )
            .at(file.span.location())
        })?;
        let schemas = Schemas::for_json_schema(library.root()).map_err(|fault| {
            CheckError::new(fault.to_string(), fault.help()).at(fault.location.clone())
        })?;
        Ok(Self {
            library: Source::Own(Box::new(library)),
            place,
            schemas: Arc::new(schemas),
        })
    }

    /// The types that a valid body has.
    fn alike(control: &Json) -> Option<Self> {
        let text = alike(control).to_string().into_bytes();
        let none = |_: &str| Err("there is no such file".to_owned());
        let library = Library::new("the valid body", text, &none).ok()?;
        Some(Self {
            place: library.root().place(),
            library: Source::Own(Box::new(library)),
            schemas: Arc::new(Schemas::new(Dialect::Draft202012)),
        })
    }

    /// The schema itself.
    pub(super) fn schema(&self) -> At<'_> {
        match &self.library {
            Source::Document(library) => library.at(self.place),
            Source::Own(library) => library.at(self.place),
        }
    }

    /// Whether a value fits a schema of the same document.
    pub(super) fn fits(&self, schema: At<'_>, value: &Json) -> bool {
        let verdict = self.schemas.check(schema, Direction::Request, value);
        verdict.is_ok_and(|verdict| verdict.mismatches.is_empty())
    }

    /// What a body breaks, in words.
    pub(super) fn complaint(&self, value: &Json) -> Option<String> {
        match self.schemas.check(self.schema(), Direction::Request, value) {
            Ok(verdict) => {
                let first = verdict.mismatches.into_iter().next()?;
                Some(format!("{} {}", first.path, first.text))
            }
            Err(fault) => Some(format!("its schema cannot be used: {fault}")),
        }
    }
}

/// The schema that says no more than of which types the parts of a value are.
fn alike(value: &Json) -> Json {
    match value {
        Json::Null => json!({}),
        Json::Bool(_) => json!({ "type": "boolean" }),
        Json::Number(_) => json!({ "type": "number" }),
        Json::String(_) => json!({ "type": "string" }),
        Json::Array(elements) => match elements.first() {
            Some(first) => json!({ "type": "array", "items": alike(first) }),
            None => json!({ "type": "array" }),
        },
        Json::Object(entries) => {
            let entries = entries.iter();
            let properties: Map<String, Json> = entries
                .map(|(key, value)| (key.clone(), alike(value)))
                .collect();
            json!({ "type": "object", "properties": properties })
        }
    }
}
