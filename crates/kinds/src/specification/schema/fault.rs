//! What is wrong with a schema itself.

use tidegate_core::span::Location;

use super::At;
use crate::specification::library::RefError;

/// A part of a schema that makes no sense; nothing is held against that part.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{reason}")]
pub(crate) struct SchemaFault {
    /// Where it stands.
    pub(crate) location: Location,
    /// What is wrong.
    pub(crate) reason: Reason,
}

/// What is wrong with a part of a schema.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub(crate) enum Reason {
    /// A reference leads nowhere.
    #[error(transparent)]
    Reference(#[from] RefError),
    /// A keyword holds what it cannot hold.
    #[error("`{keyword}` must be {expected}, and this is {actual}")]
    Keyword {
        /// The keyword.
        keyword: String,
        /// What it should hold.
        expected: &'static str,
        /// What it holds.
        actual: &'static str,
    },
    /// What stands where a schema should is none.
    #[error("a schema must be a map, true or false, and this is {0}")]
    NoSchema(&'static str),
    /// A regular expression that cannot be read.
    #[error("this is not a regular expression that can be used")]
    Pattern,
    /// A regular expression that takes too long.
    #[error("this regular expression takes too long to be matched")]
    SlowPattern,
    /// Too much is reached from it.
    #[error("this schema reaches more than {0} others")]
    Large(usize),
    /// A value and its schemas are nested too deep.
    #[error("the value and the schemas it meets are nested too deep inside each other")]
    Deep,
    /// The schema cannot be used for another reason.
    #[error("this schema cannot be used: {0}")]
    Unusable(String),
}

impl SchemaFault {
    pub(super) fn at(at: At<'_>, reason: impl Into<Reason>) -> Self {
        Self {
            location: at.location(),
            reason: reason.into(),
        }
    }

    /// How to mend it.
    pub(crate) fn help(&self) -> &'static str {
        match &self.reason {
            Reason::Reference(fault) => fault.help(),
            Reason::Keyword { .. } | Reason::NoSchema(_) => {
                "Correct it; until then nothing is held against this part."
            }
            Reason::Pattern => {
                "Patterns are those of ECMA-262; look for a slip such as a bracket that stays open."
            }
            Reason::SlowPattern => {
                "Write it without repetitions inside repetitions, such as (a+)+, or without look-around."
            }
            Reason::Deep => "Write the schema with fewer references to references.",
            Reason::Large(_) => "Split the schema, or refer to less of it.",
            Reason::Unusable(_) => "Correct the schema by the rules of its `$schema`.",
        }
    }
}
