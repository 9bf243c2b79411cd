//! The settings under `observers: { conformance: … }`.

use serde::Deserialize;
use serde_json::{Value as Json, json};
use tidegate_core::finding::Finding;
use tidegate_core::meta::Severity;

use crate::observer;

/// What becomes of something that the document does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Strictness {
    /// It is not told.
    Ignore,
    /// It is a warning.
    #[default]
    Warn,
    /// It stops the deploy.
    Block,
}

impl Strictness {
    /// The finding as it counts, if it does.
    pub(super) fn apply(self, finding: Finding) -> Option<Finding> {
        match self {
            Self::Ignore => None,
            Self::Warn => Some(finding),
            Self::Block => {
                let severity = finding.severity.max(Severity::High);
                Some(finding.severity(severity))
            }
        }
    }
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub(super) struct Config {
    /// Fields that the document does not name.
    pub(super) undocumented_fields: Strictness,
    /// Paths, and methods of paths, that it does not have.
    pub(super) undocumented_paths: Strictness,
    /// Statuses that it does not have.
    pub(super) undocumented_statuses: Strictness,
    /// What the checks themselves send.
    pub(super) requests: Strictness,
}

/// The JSON Schema of the settings.
pub(super) fn schema() -> Json {
    let strictness = |what: &str| {
        json!({
            "enum": ["ignore", "warn", "block"],
            "default": "warn",
            "description": format!("What becomes of {what}."),
        })
    };
    observer::schema(json!({
        "undocumented-fields": strictness("fields of answers that the document does not name"),
        "undocumented-paths": strictness("paths and methods that the document does not have"),
        "undocumented-statuses": strictness("statuses that the document does not have"),
        "requests": strictness("requests of the checks that do not fit the document"),
    }))
}
