//! What changed between two documents of an interface, for programs that have no gate file.

use std::path::Path;

use jiff::civil::Date;
use serde_json::Value as Json;
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::meta::Severity;
use tidegate_core::ports::Repository;

use crate::base::{folder_in, joined};
use crate::specification::Direction;
use crate::specification::diff::documents::{Document, Terms, compare};
use crate::specification::diff::grouped::Group;
use crate::specification::diff::report::Report;

/// A document and how it, and what it refers to, is read.
pub struct Input<'i> {
    /// How people name it: `origin/main:openapi.yaml`.
    pub name: &'i str,
    /// Its path.
    pub path: &'i str,
    /// Reads the bytes at a path, or says in a phrase why there are none.
    pub read: &'i dyn Fn(&str) -> Result<Vec<u8>, String>,
}

/// The largest document that is read, in bytes.
pub const SIZE_LIMIT: usize = crate::specification::document::SIZE_LIMIT;

/// Reads files of a revision, by their paths from a folder of the working tree.
pub fn at_revision<'r>(
    repository: &'r dyn Repository,
    folder: &Path,
    revision: &'r str,
) -> impl Fn(&str) -> Result<Vec<u8>, String> + 'r {
    let folder = folder_in(repository.root(), folder);
    move |path| {
        let outside = || format!("{path} is outside of the repository");
        let folder = folder.as_deref().ok_or_else(outside)?;
        let path = joined(folder, path).ok_or_else(outside)?;
        let read = repository.read_at(revision, &path, SIZE_LIMIT);
        let content = read.map_err(|error| error.to_string())?;
        content.ok_or_else(|| format!("there is no {path} at `{revision}`"))
    }
}

/// Which ways the values of a plain JSON Schema go; an OpenAPI document says it itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Values {
    /// From the client to the portal.
    Sent,
    /// From the portal to the client.
    #[default]
    Received,
    /// Both.
    Both,
}

impl Values {
    fn directions(self) -> &'static [Direction] {
        match self {
            Self::Sent => &[Direction::Request],
            Self::Received => &[Direction::Response],
            Self::Both => &[Direction::Request, Direction::Response],
        }
    }
}

/// What changed between two documents.
#[derive(Debug)]
pub struct Changelog {
    base: String,
    head: String,
    groups: Vec<Group>,
}

impl Changelog {
    /// Compares two OpenAPI documents, or two JSON Schemas; announced removals are judged by `today`.
    ///
    /// # Errors
    /// What is wrong with the document that cannot be read, at its place.
    pub fn compare(
        base: &Input<'_>,
        head: &Input<'_>,
        today: Date,
        values: Values,
    ) -> Result<Self, Box<Diagnostic>> {
        let old = Document::open(base.path, &base.read)?;
        let new = Document::open(head.path, &head.read)?;
        let terms = Terms {
            today,
            directions: values.directions(),
        };
        Ok(Self {
            groups: compare(&old, &new, &terms)?,
            base: base.name.to_owned(),
            head: head.name.to_owned(),
        })
    }

    /// How bad the worst change is: medium and worse breaks somebody, low may, info breaks nobody;
    /// nothing when nothing changed.
    pub fn worst(&self) -> Option<Severity> {
        let severities = self.groups.iter().map(|group| group.change.rule.severity);
        severities.max()
    }

    /// As plain text.
    pub fn text(&self) -> String {
        self.report().text()
    }

    /// As Markdown.
    pub fn markdown(&self) -> String {
        self.report().markdown()
    }

    /// As JSON, for machines.
    pub fn json(&self) -> Json {
        self.report().json()
    }

    fn report(&self) -> Report<'_> {
        Report {
            base: &self.base,
            head: &self.head,
            groups: &self.groups,
        }
    }
}
