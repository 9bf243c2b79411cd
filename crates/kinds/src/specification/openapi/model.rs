//! What an operation promises.

use super::super::Place;
use super::media::{self, MediaType};

/// A method of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Operation {
    /// In capitals.
    pub(crate) method: String,
    /// The template as it is written.
    pub(crate) path: String,
    /// The operation itself.
    pub(crate) place: Place,
    /// The path item under its path, before any reference.
    pub(crate) item: Place,
    /// Its `operationId`.
    pub(crate) id: Option<String>,
    /// Whether the document advises against it.
    pub(crate) deprecated: bool,
    /// Its own, then those of its path item that it does not replace.
    pub(crate) parameters: Vec<Parameter>,
    /// What may or must be sent.
    pub(crate) body: Option<RequestBody>,
    /// What may be answered, in the order of the document.
    pub(crate) responses: Vec<Response>,
    /// Any one of these suffices, with all that it requires; an empty one lets everybody in.
    pub(crate) security: Vec<Vec<Requirement>>,
    /// The servers it is at: its own, else those of its path item, else those of the document.
    pub(crate) servers: Vec<Place>,
}

impl Operation {
    /// How people name it: `GET /records/{id}`.
    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// Whether it needs no login.
    pub(crate) fn anonymous(&self) -> bool {
        self.security.is_empty() || self.security.iter().any(Vec::is_empty)
    }

    /// What is declared for a status: by itself, by its range, or for all the others.
    pub(crate) fn response(&self, status: u16) -> Option<&Response> {
        let by = |key: &str| self.responses.iter().find(|one| one.status == key);
        by(&status.to_string())
            .or_else(|| by(&format!("{}XX", status / 100)))
            .or_else(|| by("default"))
    }

    /// The parameter of a name; names of headers have no case.
    pub(crate) fn parameter(&self, location: ParameterIn, name: &str) -> Option<&Parameter> {
        let mut parameters = self.parameters.iter();
        parameters.find(|one| one.location == location && location.same(&one.name, name))
    }
}

/// One of the schemes that must be satisfied together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Requirement {
    /// The name of the scheme.
    pub(crate) scheme: String,
    /// What the login must be allowed to do.
    pub(crate) scopes: Vec<String>,
    /// The scheme itself, when the document declares it.
    pub(crate) place: Option<Place>,
}

/// Where a parameter is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum ParameterIn {
    /// In the path.
    Path,
    /// In the query, by its name.
    Query,
    /// As a header.
    Header,
    /// As a cookie.
    Cookie,
    /// As the whole query.
    QueryString,
}

impl ParameterIn {
    /// What a value of `in:` means.
    pub(super) fn of(text: &str) -> Option<Self> {
        Some(match text {
            "path" => Self::Path,
            "query" => Self::Query,
            "header" => Self::Header,
            "cookie" => Self::Cookie,
            "querystring" => Self::QueryString,
            _ => return None,
        })
    }

    /// As it stands in a document.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Path => "path",
            Self::Query => "query",
            Self::Header => "header",
            Self::Cookie => "cookie",
            Self::QueryString => "querystring",
        }
    }

    /// Whether two names are the same there.
    pub(crate) fn same(self, one: &str, other: &str) -> bool {
        match self {
            Self::Header => one.eq_ignore_ascii_case(other),
            _ => one == other,
        }
    }
}

/// A parameter of an operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Parameter {
    /// Its name.
    pub(crate) name: String,
    /// Where it is sent.
    pub(crate) location: ParameterIn,
    /// Whether it must be sent; one of the path always must.
    pub(crate) required: bool,
    /// Whether the document advises against it.
    pub(crate) deprecated: bool,
    /// The parameter itself, after any reference.
    pub(crate) place: Place,
    /// What its value must be.
    pub(crate) schema: Option<Place>,
    /// How its value is written, when that is by a media type.
    pub(crate) content: Vec<Content>,
}

/// What is sent to an operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RequestBody {
    /// Whether it must be sent.
    pub(crate) required: bool,
    /// The request body itself, after any reference.
    pub(crate) place: Place,
    /// The media types it may have.
    pub(crate) content: Vec<Content>,
}

impl RequestBody {
    /// What is declared for a content type.
    pub(crate) fn content(&self, content_type: &str) -> Option<&Content> {
        media::best(&self.content, content_type)
    }
}

/// What is answered with a status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Response {
    /// `200`, `2XX` or `default`.
    pub(crate) status: String,
    /// The response itself, after any reference.
    pub(crate) place: Place,
    /// The headers that are promised.
    pub(crate) headers: Vec<Header>,
    /// The media types it may have; none says that there is no body.
    pub(crate) content: Vec<Content>,
}

impl Response {
    /// What is declared for a content type: itself, then a wildcard, then what its suffix says it is.
    pub(crate) fn content(&self, content_type: &str) -> Option<&Content> {
        media::best(&self.content, content_type)
    }
}

/// A media type of a body or a parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Content {
    /// As it is written.
    pub(crate) media_type: String,
    /// The same, taken apart.
    pub(crate) parsed: MediaType,
    /// What is under it, after any reference.
    pub(crate) place: Place,
    /// What the whole must be.
    pub(crate) schema: Option<Place>,
    /// What each part of a stream must be.
    pub(crate) item_schema: Option<Place>,
}

/// A header of a response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Header {
    /// Its name as it is written.
    pub(crate) name: String,
    /// Whether it must be there.
    pub(crate) required: bool,
    /// The header itself, after any reference.
    pub(crate) place: Place,
    /// What its value must be.
    pub(crate) schema: Option<Place>,
}
