//! `tidegate.lock`: which component each plugin of a gate file is, and what it says about itself.
//!
//! The file lies beside the gate file and is reviewed and committed with it. With it the schema, the plan and the
//! explanations need no component, and another component than the locked one is refused.

mod describes;
mod read;
mod rules;
#[cfg(test)]
mod tests;
mod write;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use tidegate_core::plugin;

pub use describes::{Description, DescriptionError};
pub use write::{WriteError, replace};

/// The name of the file, beside the gate file.
pub const FILE: &str = "tidegate.lock";

/// The version of the file's format that is written.
pub const VERSION: u64 = 1;

/// The largest file that is read, in bytes: 4 MiB.
pub const LIMIT: usize = 4 * 1024 * 1024;

/// The largest component that can be locked, in bytes: 32 MiB.
pub const LARGEST: u64 = crate::limits::LARGEST_COMPONENT as u64;

/// The most plugins of one gate file.
pub const MOST: usize = 100;

/// What is locked.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Lock {
    /// The plugins, by name.
    pub plugins: BTreeMap<String, Locked>,
}

/// A plugin that is locked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Locked {
    /// Where the component came from.
    pub source: Source,
    /// The SHA-256 of the component, in lowercase hexadecimal.
    #[serde(deserialize_with = "rules::digest")]
    pub sha256: String,
    /// Its size in bytes.
    #[serde(deserialize_with = "rules::size")]
    pub size: u64,
    /// The version of the interface that it was made for, such as `tidegate:check@0.1.0`.
    #[serde(deserialize_with = "rules::short_line")]
    pub interface: String,
    /// What it says about itself.
    pub describes: Description,
}

/// Where a locked component came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// A file, by its path from the folder of the gate file.
    Path(#[serde(deserialize_with = "rules::line")] String),
    /// An https address.
    Url(#[serde(deserialize_with = "rules::line")] String),
}

impl Locked {
    /// Whether a component is the locked one.
    pub fn is(&self, component: &[u8]) -> bool {
        self.size == component.len() as u64 && self.sha256 == digest(component)
    }
}

impl Source {
    /// Whether a gate file names the same place.
    pub fn is(&self, declared: &plugin::Source) -> bool {
        *self == Self::from(declared)
    }
}

impl From<&plugin::Source> for Source {
    fn from(declared: &plugin::Source) -> Self {
        match declared {
            plugin::Source::File(path) => Self::Path(path.value.clone()),
            plugin::Source::Address { url, .. } => Self::Url(url.value.clone()),
        }
    }
}

impl std::fmt::Display for Source {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (Self::Path(text) | Self::Url(text)) = self;
        formatter.write_str(text)
    }
}

/// The SHA-256 of a component, in lowercase hexadecimal.
pub fn digest(component: &[u8]) -> String {
    tidegate_core::fingerprint::hex(&Sha256::digest(component))
}
