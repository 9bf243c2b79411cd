//! Two documents of the same sort: OpenAPI, or a plain JSON Schema.

use jiff::civil::Date;
use tidegate_core::diagnostic::Diagnostic;

use super::grouped::{Group, grouped};
use super::openapi;
use super::schema;
use crate::specification::openapi::OpenApi;
use crate::specification::{At, Direction, Fetch, Library};

/// Keywords by which a map is known for a JSON Schema.
const KEYWORDS: &[&str] = &[
    "$schema",
    "$ref",
    "$defs",
    "definitions",
    "type",
    "properties",
    "items",
    "enum",
    "const",
    "allOf",
    "anyOf",
    "oneOf",
    "not",
    "required",
    "additionalProperties",
    "patternProperties",
    "prefixItems",
];

/// A document that can be compared.
#[derive(Debug)]
pub(crate) enum Document {
    /// The operations of an interface.
    OpenApi(Box<OpenApi>),
    /// The shape of a value.
    Schema(Library),
}

/// How two documents are compared.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Terms<'t> {
    /// The day by which announced removals are judged.
    pub(crate) today: Date,
    /// Which ways the values of a plain JSON Schema go.
    pub(crate) directions: &'t [Direction],
}

impl Document {
    /// Reads the document at a path.
    ///
    /// # Errors
    /// When it cannot be read, or is neither an OpenAPI document nor a JSON Schema.
    pub(crate) fn open(path: &str, fetch: &dyn Fetch) -> Result<Self, Diagnostic> {
        Self::of(Library::open(path, fetch)?)
    }

    /// Takes the bytes of a document that is known by a path.
    ///
    /// # Errors
    /// When it is neither an OpenAPI document nor a JSON Schema.
    pub(crate) fn new(path: &str, bytes: Vec<u8>, fetch: &dyn Fetch) -> Result<Self, Diagnostic> {
        Self::of(Library::new(path, bytes, fetch)?)
    }

    /// Takes a document that was read already.
    ///
    /// # Errors
    /// When it is neither an OpenAPI document nor a JSON Schema.
    pub(crate) fn of(library: Library) -> Result<Self, Diagnostic> {
        let root = library.root();
        let other = ["openapi", "swagger", "asyncapi"]
            .iter()
            .any(|key| root.get(key).is_some());
        if !other && is_schema(root) {
            return Ok(Self::Schema(library));
        }
        OpenApi::of(library).map(|document| Self::OpenApi(Box::new(document)))
    }

    /// How many parts of it make no sense and were left out.
    pub(crate) fn faults(&self) -> usize {
        match self {
            Self::OpenApi(document) => document.faults.len(),
            Self::Schema(library) => library.doubled().count(),
        }
    }

    /// How many parts of it are compared: operations, or the one schema.
    pub(crate) fn parts(&self) -> usize {
        match self {
            Self::OpenApi(document) => document.operations.len(),
            Self::Schema(_) => 1,
        }
    }

    /// The same in words.
    pub(crate) fn extent(&self) -> String {
        match (self, self.parts()) {
            (Self::OpenApi(_), 1) => "1 operation".to_owned(),
            (Self::OpenApi(_), parts) => format!("{parts} operations"),
            (Self::Schema(_), _) => "one schema".to_owned(),
        }
    }

    fn root(&self) -> At<'_> {
        match self {
            Self::OpenApi(document) => document.library.root(),
            Self::Schema(library) => library.root(),
        }
    }
}

fn is_schema(root: At<'_>) -> bool {
    root.boolean().is_some() || KEYWORDS.iter().any(|key| root.get(key).is_some())
}

/// What changed from one document to the other.
///
/// # Errors
/// When one is an OpenAPI document and the other is not.
pub(crate) fn compare(
    base: &Document,
    head: &Document,
    terms: &Terms<'_>,
) -> Result<Vec<Group>, Diagnostic> {
    let changes = match (base, head) {
        (Document::OpenApi(base), Document::OpenApi(head)) => {
            openapi::compare(base, head, terms.today)
        }
        (Document::Schema(base), Document::Schema(head)) => {
            schema::compare_documents(base, head, terms.directions)
        }
        _ => return Err(unlike(head.root())),
    };
    Ok(grouped(changes))
}

fn unlike(head: At<'_>) -> Diagnostic {
    let name = head.span().source().name().to_owned();
    Diagnostic::new(format!("{name} is not of the same sort as the base"))
        .label("one is an OpenAPI document, and the other a JSON Schema")
        .help("Name two OpenAPI documents or two JSON Schemas.")
}
