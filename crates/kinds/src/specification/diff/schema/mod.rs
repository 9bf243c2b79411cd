//! What changed between two schemas, and whom each change breaks.

pub(crate) mod rules;

use super::change::Change;
use crate::specification::{At, Direction, Library};

/// How the keywords of a document are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reading {
    /// Whether `nullable` is a keyword.
    nullable: bool,
    /// Whether what stands beside a `$ref` counts.
    siblings: bool,
}

impl Reading {
    /// OpenAPI 3.0.
    pub(crate) const OPENAPI_3_0: Self = Self {
        nullable: true,
        siblings: false,
    };

    /// OpenAPI 3.1 and later, and JSON Schema since draft 2019-09.
    pub(crate) const MODERN: Self = Self {
        nullable: false,
        siblings: true,
    };

    /// JSON Schema until draft 7.
    pub(crate) const OLD: Self = Self {
        nullable: false,
        siblings: false,
    };
}

/// Compares the schemas of two documents, and remembers what it compared.
#[derive(Debug)]
pub(crate) struct Comparison<'l> {
    base: (&'l Library, Reading),
    head: (&'l Library, Reading),
    changes: Vec<Change>,
}

impl<'l> Comparison<'l> {
    /// Starts without a change.
    pub(crate) fn new(base: (&'l Library, Reading), head: (&'l Library, Reading)) -> Self {
        Self {
            base,
            head,
            changes: Vec::new(),
        }
    }

    /// Compares two schemas; where there is none, anything is allowed.
    ///
    /// `subject` names the part of the interface that has them, such as `GET /records 200 application/json`.
    pub(crate) fn compare(
        &mut self,
        base: Option<At<'l>>,
        head: Option<At<'l>>,
        direction: Direction,
        subject: &str,
    ) {
        let _ = (self.base, self.head, base, head, direction, subject);
    }

    /// Every change, in the order it was found.
    pub(crate) fn finish(self) -> Vec<Change> {
        self.changes
    }
}
